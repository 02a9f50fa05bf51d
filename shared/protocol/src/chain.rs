//! The account chain: the one object all devices of an account must agree on.
//!
//! Each entry names the hash of the entry before it and is signed by an active device or by the recovery code. The hash
//! of the first entry, the genesis, is the account id. An entry is the CBOR array
//! `[format, index, prev, kind, body, signer, signature]`; the signature covers domain ‖ account ‖ the CBOR array of the
//! first six fields, where the account of the genesis is all zero. The chain is never shortened.

mod entry;
mod part;
mod view;

pub use entry::{ChainKind, Entry, EntryDraft, Erase, RecoveryEntry};
pub use part::{Card, Cut, EpochStart, Recipient, Seal, SealSuite, Signer};
pub use view::{ChainRelation, ChainView, DeviceState, EpochState, verify};

use crate::{DeviceIndex, Epoch, cbor::CborError, signature::SignatureError};

/// Why an entry, or a chain, does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No entries at all.
    #[error("chain has no entries")]
    Empty,
    /// Over a limit.
    #[error("{got} is over the limit of {limit}")]
    Limit {
        /// Found.
        got: usize,
        /// Allowed.
        limit: usize,
    },
    /// Not the one encoding of an entry.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A newer format, or a minimum format above what this version writes: ask the person to update.
    #[error("chain asks for format {got}")]
    Format {
        /// Format asked for.
        got: u8,
    },
    /// A critical kind of a newer version: ask the person to update.
    #[error("entry {index} has unknown critical kind {code}")]
    UnknownCritical {
        /// Which entry.
        index: u32,
        /// Its kind.
        code: u8,
    },
    /// The entry does not stand at this place.
    #[error("entry says index {got}, place is {place}")]
    Index {
        /// Where it stands.
        place: u32,
        /// What it says.
        got: u32,
    },
    /// The entry does not name the one before it.
    #[error("entry {index} does not follow the one before it")]
    Prev {
        /// Which entry.
        index: u32,
    },
    /// The first entry is no genesis, or a later one is.
    #[error("entry {index} is of a kind that cannot stand there")]
    Place {
        /// Which entry.
        index: u32,
    },
    /// The signer is not an active device here, nor the recovery code.
    #[error("entry {index} is signed by someone who may not")]
    Signer {
        /// Which entry.
        index: u32,
    },
    /// The signature does not fit.
    #[error("entry {index}: {source}")]
    Signature {
        /// Which entry.
        index: u32,
        /// Why.
        source: SignatureError,
    },
    /// A new device does not take the next free index.
    #[error("device index {} is not the next one", got.0)]
    DeviceIndex {
        /// Index found.
        got: DeviceIndex,
    },
    /// The device named is not active.
    #[error("device {} is not active", got.0)]
    NotActive {
        /// Which device.
        got: DeviceIndex,
    },
    /// An epoch does not follow the one before it.
    #[error("epoch {} does not follow", got.0)]
    Epoch {
        /// Epoch found.
        got: Epoch,
    },
    /// The seals of an epoch are not exactly one for each active device and one for recovery, in order.
    #[error("entry {index} does not seal to exactly the active devices and recovery")]
    Seals {
        /// Which entry.
        index: u32,
    },
}
