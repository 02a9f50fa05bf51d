//! The sealed route: which document a record belongs to, and what its device had seen.

use crate::{
    DeviceIndex, DocId, Generation, Incarnation, KeyId, RecordHash, Seq, limit,
    reader::{Reader, ShortError},
};

const FIXED_BYTES: usize = 36;
const SEEN_BYTES: usize = 22;
const CRITICAL: u8 = 0x80;

/// What a record does. The highest bit of its byte says whether a version that does not know it may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// Automerge changes of one document. Critical.
    Changes,
    /// New keys and documents. Critical.
    Keybox,
    /// Nothing but `seen`. Not critical.
    Beacon,
    /// Lines of the access log. Not critical.
    Audit,
    /// The state at which older records may go. Critical.
    Checkpoint,
    /// The wish to erase entries of one document. Critical.
    EraseIntent,
    /// This device has erased. Not critical.
    Erased,
    /// Sealed blobs that belong to a document. Not critical.
    Blobs,
    /// A kind of a newer version.
    Unknown {
        /// The low seven bits.
        code: u8,
        /// Whether the document becomes read-only until the app is updated.
        critical: bool,
    },
}

impl RecordKind {
    /// The kinds this version knows.
    pub const ALL: [Self; 8] = [
        Self::Changes,
        Self::Keybox,
        Self::Beacon,
        Self::Audit,
        Self::Checkpoint,
        Self::EraseIntent,
        Self::Erased,
        Self::Blobs,
    ];

    /// The byte in the route.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::Changes => CRITICAL | 1,
            Self::Keybox => CRITICAL | 2,
            Self::Beacon => 3,
            Self::Audit => 4,
            Self::Checkpoint => CRITICAL | 5,
            Self::EraseIntent => CRITICAL | 6,
            Self::Erased => 7,
            Self::Blobs => 8,
            Self::Unknown { code, critical } => {
                (code & !CRITICAL) | if critical { CRITICAL } else { 0 }
            }
        }
    }

    /// The kind of a byte; every byte has one.
    #[must_use]
    pub fn from_byte(byte: u8) -> Self {
        Self::ALL
            .into_iter()
            .find(|kind| kind.to_byte() == byte)
            .unwrap_or(Self::Unknown {
                code: byte & !CRITICAL,
                critical: byte & CRITICAL != 0,
            })
    }

    /// Whether a version that does not know the kind must stop writing to the document.
    #[must_use]
    pub const fn is_critical(self) -> bool {
        self.to_byte() & CRITICAL != 0
    }

    /// What this version does with it.
    #[must_use]
    pub const fn rule(self) -> KindRule {
        match self {
            Self::Unknown { critical: true, .. } => KindRule::ReadOnly,
            Self::Unknown {
                critical: false, ..
            } => KindRule::Keep,
            _ => KindRule::Apply,
        }
    }
}

/// What to do with a verified record of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindRule {
    /// Known: apply it.
    Apply,
    /// Unknown, not critical: store it and pass it on, apply nothing.
    Keep,
    /// Unknown and critical: as [`KindRule::Keep`], and the document becomes read-only.
    ReadOnly,
}

/// The newest record of one device that stands verified and durably stored here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whose record.
    pub device: DeviceIndex,
    /// In which run of its sequence.
    pub incarnation: Incarnation,
    /// Its place in that run.
    pub seq: Seq,
    /// First 8 bytes of its hash.
    pub hash: [u8; 8],
}

impl Seen {
    /// The mark of a record.
    #[must_use]
    pub fn new(device: DeviceIndex, incarnation: Incarnation, seq: Seq, hash: &RecordHash) -> Self {
        Self {
            device,
            incarnation,
            seq,
            hash: hash.short(),
        }
    }
}

/// The opened route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What the record does.
    pub kind: RecordKind,
    /// Which document; all zero when it belongs to none.
    pub doc: DocId,
    /// The document's generation.
    pub generation: Generation,
    /// The key its body key comes from.
    pub key: KeyId,
    /// Changes in what this device had since its previous record.
    pub seen: Vec<Seen>,
}

/// Why bytes are not a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// Too short for the fields it names.
    #[error(transparent)]
    Short(#[from] ShortError),
    /// Bytes follow the last mark.
    #[error("{count} bytes after the route")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// More marks than the format holds.
    #[error("{got} seen marks is over the limit")]
    TooManySeen {
        /// How many.
        got: usize,
    },
}

impl Route {
    /// The bytes that are sealed.
    ///
    /// # Errors
    /// With more than 255 marks.
    pub fn encode(&self) -> Result<Vec<u8>, RouteError> {
        let count = u8::try_from(self.seen.len()).map_err(|_| RouteError::TooManySeen {
            got: self.seen.len(),
        })?;
        let mut bytes = Vec::with_capacity(FIXED_BYTES + self.seen.len() * SEEN_BYTES);
        bytes.push(self.kind.to_byte());
        bytes.extend_from_slice(self.doc.as_bytes());
        bytes.extend_from_slice(&self.generation.0.to_be_bytes());
        bytes.extend_from_slice(self.key.as_bytes());
        bytes.push(count);
        for seen in &self.seen {
            bytes.extend_from_slice(&seen.device.0.to_be_bytes());
            bytes.extend_from_slice(seen.incarnation.as_bytes());
            bytes.extend_from_slice(&seen.seq.0.to_be_bytes());
            bytes.extend_from_slice(&seen.hash);
        }
        Ok(bytes)
    }

    /// Reads an opened route.
    ///
    /// # Errors
    /// When bytes are missing or left over.
    pub fn decode(bytes: &[u8]) -> Result<Self, RouteError> {
        let mut reader = Reader::new(bytes);
        let kind = RecordKind::from_byte(reader.u8()?);
        let doc = DocId::from_bytes(reader.array()?);
        let generation = Generation(reader.u16()?);
        let key = KeyId::from_bytes(reader.array()?);
        let count = reader.u8()?;
        let mut seen = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            seen.push(Seen {
                device: DeviceIndex(reader.u16()?),
                incarnation: Incarnation::from_bytes(reader.array()?),
                seq: Seq(reader.u32()?),
                hash: reader.array()?,
            });
        }
        match reader.rest().len() {
            0 => Ok(Self {
                kind,
                doc,
                generation,
                key,
                seen,
            }),
            count => Err(RouteError::Trailing { count }),
        }
    }
}

pub(super) const fn is_sealed_len(len: usize) -> bool {
    let fixed = FIXED_BYTES + super::TAG_BYTES;
    len >= fixed
        && (len - fixed).is_multiple_of(SEEN_BYTES)
        && (len - fixed) / SEEN_BYTES <= limit::SEEN_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_a_kind_and_comes_back() {
        for byte in 0..=u8::MAX {
            let kind = RecordKind::from_byte(byte);
            assert_eq!(kind.to_byte(), byte);
            assert_eq!(kind.is_critical(), byte >= 0x80);
        }
    }

    #[test]
    fn unknown_kinds_are_kept_or_stop_writing() {
        assert_eq!(RecordKind::Beacon.rule(), KindRule::Apply);
        assert_eq!(RecordKind::from_byte(0x33).rule(), KindRule::Keep);
        assert_eq!(RecordKind::from_byte(0xb3).rule(), KindRule::ReadOnly);
    }
}
