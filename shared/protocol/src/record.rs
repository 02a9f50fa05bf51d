//! The record: the signed, sealed unit that devices store and exchange.
//!
//! Layout, all integers big-endian:
//!
//! | Part | Bytes |
//! |---|---|
//! | outer | format 1 · lane 1 · device 2 · incarnation 8 · seq 4 · prev 32 · chain position 4 · chain hash 8 · route_len 2 |
//! | route nonce | 24 |
//! | route | `route_len`, the tag of 16 included |
//! | body nonce | 24 |
//! | body | padded body and tag of 16 |
//! | signature | 64, over domain ‖ account ‖ all before it |
//!
//! A relay reads the outer part only. `seq` and `prev` run over all lanes of one incarnation of one device.
//! Bytes are kept as received and never encoded again.

mod route;

pub use route::{KindRule, RecordKind, Route, RouteError, Seen};

use crate::{
    AccountId, ChainHash, DeviceIndex, Domain, Incarnation, RecordHash, Seq, domain, limit,
    reader::{Reader, ShortError},
    signature::{Signature, SignatureError, VerifyKey},
};

/// Length of the outer part.
pub const OUTER_BYTES: usize = 62;
/// Length of an XAES-256-GCM nonce.
pub const NONCE_BYTES: usize = 24;
/// Length of an AES-GCM tag.
pub const TAG_BYTES: usize = 16;
/// Length of an Ed25519 signature.
pub const SIGNATURE_BYTES: usize = 64;

/// What a relay and a device do with a record at large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Document changes, keybox and beacons.
    Log,
    /// The access log.
    Audit,
    /// Lists of blobs.
    Blob,
}

impl Lane {
    /// The byte in the outer part.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Audit => 2,
            Self::Blob => 3,
        }
    }

    /// The lane of a byte, if this version knows it.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Log),
            2 => Some(Self::Audit),
            3 => Some(Self::Blob),
            _ => None,
        }
    }
}

/// A place in the account chain, with enough of its hash to notice another chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainPoint {
    /// Index of the entry, from 0.
    pub position: u32,
    /// First 8 bytes of the entry's hash.
    pub hash: [u8; 8],
}

impl ChainPoint {
    /// The point of an entry.
    #[must_use]
    pub fn new(position: u32, hash: &ChainHash) -> Self {
        Self {
            position,
            hash: hash.short(),
        }
    }
}

/// The part of a record that a relay reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outer {
    /// Which lane it belongs to.
    pub lane: Lane,
    /// Who made it.
    pub device: DeviceIndex,
    /// In which run of its sequence.
    pub incarnation: Incarnation,
    /// Its place in that run.
    pub seq: Seq,
    /// Hash of this device's previous record; all zero for the first.
    pub prev: RecordHash,
    /// The newest chain entry the device knew; tells the epoch.
    pub chain: ChainPoint,
}

impl Outer {
    /// The 62 bytes for a sealed route of `route_len` bytes.
    #[must_use]
    pub fn encode(&self, route_len: u16) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(OUTER_BYTES);
        bytes.push(limit::FORMAT);
        bytes.push(self.lane.to_byte());
        bytes.extend_from_slice(&self.device.0.to_be_bytes());
        bytes.extend_from_slice(self.incarnation.as_bytes());
        bytes.extend_from_slice(&self.seq.0.to_be_bytes());
        bytes.extend_from_slice(self.prev.as_bytes());
        bytes.extend_from_slice(&self.chain.position.to_be_bytes());
        bytes.extend_from_slice(&self.chain.hash);
        bytes.extend_from_slice(&route_len.to_be_bytes());
        bytes
    }
}

/// Who made a record and where it links: what a relay checks. It reads records of lanes that a newer version added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Who made it.
    pub device: DeviceIndex,
    /// In which run of its sequence.
    pub incarnation: Incarnation,
    /// Its place in that run.
    pub seq: Seq,
    /// Hash of this device's previous record; all zero for the first.
    pub prev: RecordHash,
}

impl Link {
    /// Reads the outer part of a record; what follows must only have room for the rest.
    ///
    /// # Errors
    /// When the bytes are no record of a known format; trying again does not help.
    pub fn read(bytes: &[u8]) -> Result<Self, RecordError> {
        if bytes.len() > limit::RECORD_MAX_BYTES {
            return Err(RecordError::TooLong {
                got_bytes: bytes.len(),
            });
        }
        let mut reader = Reader::new(bytes);
        let format = reader.u8()?;
        if format != limit::FORMAT {
            return Err(RecordError::Format { got: format });
        }
        reader.u8()?;
        let link = Self {
            device: DeviceIndex(reader.u16()?),
            incarnation: Incarnation::from_bytes(reader.array()?),
            seq: Seq(reader.u32()?),
            prev: RecordHash::from_bytes(reader.array()?),
        };
        if link.seq == Seq(0) {
            return Err(RecordError::SeqZero);
        }
        let chain_bytes = 12;
        reader.slice(chain_bytes)?;
        let route_len = usize::from(reader.u16()?);
        reader.slice(NONCE_BYTES + route_len + NONCE_BYTES + TAG_BYTES + SIGNATURE_BYTES)?;
        Ok(link)
    }
}

/// The hash that names a record, by its bytes, in its account.
#[must_use]
pub fn hash_bytes(account: &AccountId, bytes: &[u8]) -> RecordHash {
    RecordHash::from_bytes(crate::hash(
        Domain::RecordHash,
        &[account.as_bytes(), bytes],
    ))
}

/// Checks the signature at the end of a record's bytes.
///
/// # Errors
/// When it was not made by this key for this account over the bytes before it.
pub fn verify_bytes(
    account: &AccountId,
    key: &VerifyKey,
    bytes: &[u8],
) -> Result<(), SignatureError> {
    let (signed, signature) = bytes
        .split_last_chunk::<SIGNATURE_BYTES>()
        .ok_or(SignatureError)?;
    key.verify(
        Domain::RecordSignature,
        account,
        signed,
        &Signature(*signature),
    )
}

/// Why bytes are not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Over the limit.
    #[error("record of {got_bytes} bytes is over the limit")]
    TooLong {
        /// Length found.
        got_bytes: usize,
    },
    /// A newer format: ask the person to update.
    #[error("record format {got} is not known")]
    Format {
        /// Format byte found.
        got: u8,
    },
    /// A lane this version does not know.
    #[error("lane {got} is not known")]
    Lane {
        /// Lane byte found.
        got: u8,
    },
    /// Too short for the parts it names.
    #[error(transparent)]
    Short(#[from] ShortError),
    /// The sequence starts at 1.
    #[error("sequence number 0")]
    SeqZero,
    /// The sealed route cannot have this length.
    #[error("route of {got_bytes} bytes is not possible")]
    RouteLength {
        /// Length found.
        got_bytes: usize,
    },
    /// The sealed body is not of a padded size.
    #[error("body of {got_bytes} bytes is not possible")]
    BodyLength {
        /// Length found, tag included.
        got_bytes: usize,
    },
}

/// A decoded record that still holds its bytes as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    bytes: Vec<u8>,
    outer: Outer,
    route_len: usize,
    signature: Signature,
}

impl Record {
    /// Reads the outer part and checks the shape of the rest. The signature is not checked here.
    ///
    /// # Errors
    /// When the bytes are no record of a known format; trying again does not help.
    pub fn decode(bytes: Vec<u8>) -> Result<Self, RecordError> {
        if bytes.len() > limit::RECORD_MAX_BYTES {
            return Err(RecordError::TooLong {
                got_bytes: bytes.len(),
            });
        }
        let mut reader = Reader::new(&bytes);
        let format = reader.u8()?;
        if format != limit::FORMAT {
            return Err(RecordError::Format { got: format });
        }
        let lane = reader.u8()?;
        let lane = Lane::from_byte(lane).ok_or(RecordError::Lane { got: lane })?;
        let outer = Outer {
            lane,
            device: DeviceIndex(reader.u16()?),
            incarnation: Incarnation::from_bytes(reader.array()?),
            seq: Seq(reader.u32()?),
            prev: RecordHash::from_bytes(reader.array()?),
            chain: ChainPoint {
                position: reader.u32()?,
                hash: reader.array()?,
            },
        };
        if outer.seq == Seq(0) {
            return Err(RecordError::SeqZero);
        }
        let route_len = usize::from(reader.u16()?);
        if !route::is_sealed_len(route_len) {
            return Err(RecordError::RouteLength {
                got_bytes: route_len,
            });
        }
        reader.slice(NONCE_BYTES + route_len + NONCE_BYTES)?;
        let rest = reader.rest();
        let body_len = rest.len().checked_sub(SIGNATURE_BYTES).ok_or(ShortError {
            missing_bytes: SIGNATURE_BYTES,
        })?;
        let padded = body_len.saturating_sub(TAG_BYTES);
        if padded == 0 || crate::padding::padded_size(padded) != padded {
            return Err(RecordError::BodyLength {
                got_bytes: body_len,
            });
        }
        reader.slice(body_len)?;
        let signature = Signature(reader.array()?);
        Ok(Self {
            bytes,
            outer,
            route_len,
            signature,
        })
    }

    /// The bytes as received or made.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Gives the bytes away.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The part a relay reads.
    #[must_use]
    pub const fn outer(&self) -> &Outer {
        &self.outer
    }

    /// The hash that names this record in its account.
    #[must_use]
    pub fn hash(&self, account: &AccountId) -> RecordHash {
        hash_bytes(account, &self.bytes)
    }

    /// Checks the device's signature.
    ///
    /// # Errors
    /// When it was not made by this key for this account over these bytes.
    pub fn verify(&self, account: &AccountId, key: &VerifyKey) -> Result<(), SignatureError> {
        key.verify(
            Domain::RecordSignature,
            account,
            self.part(0, self.body_end()),
            &self.signature,
        )
    }

    /// Nonce of the sealed route.
    #[must_use]
    pub fn route_nonce(&self) -> [u8; NONCE_BYTES] {
        nonce(self.part(OUTER_BYTES, OUTER_BYTES + NONCE_BYTES))
    }

    /// The sealed route, tag included.
    #[must_use]
    pub fn route_sealed(&self) -> &[u8] {
        self.part(OUTER_BYTES + NONCE_BYTES, self.route_end())
    }

    /// Nonce of the sealed body.
    #[must_use]
    pub fn body_nonce(&self) -> [u8; NONCE_BYTES] {
        nonce(self.part(self.route_end(), self.route_end() + NONCE_BYTES))
    }

    /// The sealed body, tag included.
    #[must_use]
    pub fn body_sealed(&self) -> &[u8] {
        self.part(self.route_end() + NONCE_BYTES, self.body_end())
    }

    /// Associated data of the route: domain ‖ account ‖ outer.
    #[must_use]
    pub fn route_aad(&self, account: &AccountId) -> Vec<u8> {
        domain::concat(Domain::RecordRoute, account, &[self.part(0, OUTER_BYTES)])
    }

    /// Associated data of the body: domain ‖ account ‖ outer ‖ route nonce ‖ sealed route.
    #[must_use]
    pub fn body_aad(&self, account: &AccountId) -> Vec<u8> {
        domain::concat(
            Domain::RecordBody,
            account,
            &[self.part(0, self.route_end())],
        )
    }

    const fn route_end(&self) -> usize {
        OUTER_BYTES + NONCE_BYTES + self.route_len
    }

    fn body_end(&self) -> usize {
        self.bytes.len().saturating_sub(SIGNATURE_BYTES)
    }

    fn part(&self, from: usize, to: usize) -> &[u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }
}

fn nonce(bytes: &[u8]) -> [u8; NONCE_BYTES] {
    bytes.try_into().unwrap_or_default()
}
