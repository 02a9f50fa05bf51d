//! The access log (NEN 7513): hash-chained lines, one stream per device.
//!
//! `c(n) = H(link ‖ c(n−1) ‖ H(line ‖ salt ‖ encoded line))`. A line whose term has ended is replaced by its inner hash and the chain still verifies.

use minicbor::{Decode, Encode};

use crate::{
    AccountId, DeviceIndex, Domain, Incarnation,
    cbor::{self, CborError},
    hash, limit,
};

/// What was done to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum AuditAction {
    /// Made.
    #[n(1)]
    Create,
    /// Read.
    #[n(2)]
    Read,
    /// Changed.
    #[n(3)]
    Update,
    /// Removed.
    #[n(4)]
    Delete,
    /// Carried out: unlock, search, print, share.
    #[n(5)]
    Execute,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum AuditOutcome {
    /// It was done.
    #[n(1)]
    Success,
    /// It was refused or failed.
    #[n(2)]
    Failure,
}

/// What happened; codes are only added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditEvent {
    /// A dossier was made.
    DossierMade,
    /// Data were entered.
    Entered,
    /// Data were corrected.
    Corrected,
    /// Data were removed.
    Removed,
    /// A dossier was read.
    Read,
    /// It was copied or printed.
    Copied,
    /// It was shared with someone.
    Shared,
    /// Someone searched over dossiers.
    Searched,
    /// The vault was unlocked.
    Unlocked,
    /// Unlocking failed.
    UnlockFailed,
    /// This log was read.
    LogRead,
    /// A safeguard was overridden in an emergency.
    EmergencyOverride,
    /// The vault was locked.
    Locked,
    /// A dossier was destroyed.
    Destroyed,
    /// An event of a newer version.
    Unknown(u8),
}

impl AuditEvent {
    /// The events this version knows.
    pub const ALL: [Self; 14] = [
        Self::DossierMade,
        Self::Entered,
        Self::Corrected,
        Self::Removed,
        Self::Read,
        Self::Copied,
        Self::Shared,
        Self::Searched,
        Self::Unlocked,
        Self::UnlockFailed,
        Self::LogRead,
        Self::EmergencyOverride,
        Self::Locked,
        Self::Destroyed,
    ];

    /// The code in a line.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::DossierMade => 1,
            Self::Entered => 2,
            Self::Corrected => 3,
            Self::Removed => 4,
            Self::Read => 5,
            Self::Copied => 6,
            Self::Shared => 7,
            Self::Searched => 8,
            Self::Unlocked => 9,
            Self::UnlockFailed => 10,
            Self::LogRead => 11,
            Self::EmergencyOverride => 12,
            Self::Locked => 13,
            Self::Destroyed => 14,
            Self::Unknown(code) => code,
        }
    }

    /// The event of a code; every code has one.
    #[must_use]
    pub fn from_byte(code: u8) -> Self {
        Self::ALL
            .into_iter()
            .find(|event| event.to_byte() == code)
            .unwrap_or(Self::Unknown(code))
    }
}

impl<C> Encode<C> for AuditEvent {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.to_byte())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for AuditEvent {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u8().map(Self::from_byte)
    }
}

/// One line of the access log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AuditLine {
    /// Its place in the stream, from 1.
    #[n(0)]
    pub n: u32,
    /// When, ms since epoch UTC.
    #[n(1)]
    pub at: u64,
    /// What happened.
    #[n(2)]
    pub event: AuditEvent,
    /// The client it concerned, as a pseudonym; `None` when it concerned nobody.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub client: Option<[u8; 16]>,
    /// Who did it: an id from the profile, never a name.
    #[n(4)]
    pub user: String,
    /// On which device.
    #[n(5)]
    pub device: DeviceIndex,
    /// What it was done to: kind and id, never content.
    #[n(6)]
    pub object: String,
    /// What was done to it.
    #[n(7)]
    pub action: AuditAction,
    /// How it ended.
    #[n(8)]
    pub outcome: AuditOutcome,
}

/// A place in the stream: a line, or what is left of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditEntry {
    /// A line with its salt.
    Line {
        /// Random; keeps a removed line from being guessed from its inner hash.
        salt: [u8; 16],
        /// The encoded [`AuditLine`], as made.
        line: Vec<u8>,
    },
    /// The inner hash of a line whose term has ended.
    Removed([u8; 32]),
}

impl AuditEntry {
    /// An entry of a line.
    #[must_use]
    pub fn new(salt: [u8; 16], line: &AuditLine) -> Self {
        Self::Line {
            salt,
            line: cbor::encode(line),
        }
    }

    /// `H(line ‖ salt ‖ encoded line)`.
    #[must_use]
    pub fn inner_hash(&self) -> [u8; 32] {
        match self {
            Self::Line { salt, line } => hash(Domain::AuditLine, &[salt, line]),
            Self::Removed(inner) => *inner,
        }
    }

    /// The same place without its line.
    #[must_use]
    pub fn removed(&self) -> Self {
        Self::Removed(self.inner_hash())
    }
}

/// The link before the first line of a device's stream.
#[must_use]
pub fn first_link(account: &AccountId, device: DeviceIndex, incarnation: Incarnation) -> [u8; 32] {
    hash(
        Domain::AuditStart,
        &[
            account.as_bytes(),
            &device.0.to_be_bytes(),
            incarnation.as_bytes(),
        ],
    )
}

/// The link after one more entry.
#[must_use]
pub fn next_link(prev: &[u8; 32], entry: &AuditEntry) -> [u8; 32] {
    hash(Domain::AuditLink, &[prev, &entry.inner_hash()])
}

/// Why a stretch of the log does not verify.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// Not the one encoding of a batch or line.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// More lines than one batch may hold.
    #[error("{got} lines is over the limit")]
    TooMany {
        /// How many.
        got: usize,
    },
    /// A line does not carry the number of its place.
    #[error("line at place {place} says {got}")]
    Number {
        /// Where it stands.
        place: u32,
        /// What it says.
        got: u32,
    },
    /// The stretch does not start where the previous one ended.
    #[error("line {n} does not follow")]
    Gap {
        /// First line of the stretch.
        n: u32,
    },
    /// The last link is not the one the lines give: a line was changed, added or taken out.
    #[error("lines up to {n} do not give the stated link")]
    Link {
        /// Last line of the stretch.
        n: u32,
    },
}

/// A stretch of one device's stream: the content of an audit record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditBatch {
    /// Number of the first line.
    pub first: u32,
    /// Link before it.
    pub before: [u8; 32],
    /// The lines.
    pub entries: Vec<AuditEntry>,
    /// Link after the last one.
    pub after: [u8; 32],
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct RawBatch {
    #[n(0)]
    first: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    before: [u8; 32],
    #[n(2)]
    entries: Vec<RawEntry>,
    #[cbor(n(3), with = "minicbor::bytes")]
    after: [u8; 32],
}

#[derive(Encode, Decode)]
enum RawEntry {
    #[n(1)]
    Line(
        #[cbor(n(0), with = "minicbor::bytes")] [u8; 16],
        #[cbor(n(1), with = "minicbor::bytes")] Vec<u8>,
    ),
    #[n(2)]
    Removed(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]),
}

impl AuditBatch {
    /// The bytes for a body's content.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let entries = self
            .entries
            .iter()
            .map(|entry| match entry {
                AuditEntry::Line { salt, line } => RawEntry::Line(*salt, line.clone()),
                AuditEntry::Removed(inner) => RawEntry::Removed(*inner),
            })
            .collect();
        cbor::encode(&RawBatch {
            first: self.first,
            before: self.before,
            entries,
            after: self.after,
        })
    }

    /// Reads the content of an audit record and verifies it in itself.
    ///
    /// # Errors
    /// When the bytes are not exactly one batch, or its lines do not give its last link.
    pub fn decode(bytes: &[u8]) -> Result<Self, AuditError> {
        let raw: RawBatch = cbor::decode(bytes)?;
        let entries = raw
            .entries
            .into_iter()
            .map(|entry| match entry {
                RawEntry::Line(salt, line) => AuditEntry::Line { salt, line },
                RawEntry::Removed(inner) => AuditEntry::Removed(inner),
            })
            .collect();
        let batch = Self {
            first: raw.first,
            before: raw.before,
            entries,
            after: raw.after,
        };
        batch.verify()?;
        Ok(batch)
    }

    /// The lines that are still there, decoded.
    ///
    /// # Errors
    /// When a line is not the one encoding of a line.
    pub fn lines(&self) -> Result<Vec<AuditLine>, AuditError> {
        self.entries
            .iter()
            .filter_map(|entry| match entry {
                AuditEntry::Line { line, .. } => Some(cbor::decode(line).map_err(AuditError::from)),
                AuditEntry::Removed(_) => None,
            })
            .collect()
    }

    /// Checks numbers and links.
    ///
    /// # Errors
    /// When a line is out of place or the last link is not the one stated.
    pub fn verify(&self) -> Result<(), AuditError> {
        if self.entries.len() > limit::AUDIT_LINES_MAX {
            return Err(AuditError::TooMany {
                got: self.entries.len(),
            });
        }
        let mut chain = AuditChain {
            next: self.first,
            link: self.before,
        };
        for entry in &self.entries {
            chain.push(entry)?;
        }
        if chain.link != self.after {
            return Err(AuditError::Link {
                n: chain.next.saturating_sub(1),
            });
        }
        Ok(())
    }
}

/// Where a stream stands: grows line by line, or batch by batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditChain {
    /// Number of the next line.
    pub next: u32,
    /// Link after the last line.
    pub link: [u8; 32],
}

impl AuditChain {
    /// An empty stream.
    #[must_use]
    pub fn start(account: &AccountId, device: DeviceIndex, incarnation: Incarnation) -> Self {
        Self {
            next: 1,
            link: first_link(account, device, incarnation),
        }
    }

    /// Adds one entry.
    ///
    /// # Errors
    /// When its line does not decode or carries another number.
    pub fn push(&mut self, entry: &AuditEntry) -> Result<(), AuditError> {
        if let AuditEntry::Line { line, .. } = entry {
            let line: AuditLine = cbor::decode(line)?;
            if line.n != self.next {
                return Err(AuditError::Number {
                    place: self.next,
                    got: line.n,
                });
            }
        }
        self.link = next_link(&self.link, entry);
        self.next = self.next.saturating_add(1);
        Ok(())
    }

    /// Adds a batch that starts where this stream stands.
    ///
    /// # Errors
    /// When it starts elsewhere or does not verify.
    pub fn push_batch(&mut self, batch: &AuditBatch) -> Result<(), AuditError> {
        if batch.first != self.next || batch.before != self.link {
            return Err(AuditError::Gap { n: batch.first });
        }
        batch.verify()?;
        self.next = self
            .next
            .saturating_add(u32::try_from(batch.entries.len()).unwrap_or(u32::MAX));
        self.link = batch.after;
        Ok(())
    }
}
