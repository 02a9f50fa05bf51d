//! The frames between device and relay: one WebSocket binary message each.
//!
//! Layout, all integers big-endian:
//!
//! | Part | Bytes |
//! |---|---|
//! | format | 1 |
//! | type | 1; below 0x40 from device to relay ([`ToRelay`]), from 0x40 from relay to device ([`ToDevice`]) |
//! | request | 4; chosen by the device, repeated in the answer, 0 where nobody asked |
//! | fields | of the type, in the order of its table, to the end of the frame |
//!
//! A field of fixed size stands as it is. A byte string is its length in 4 bytes and its bytes; a list is its count in
//! 2 bytes and its items; an optional field is 0, or 1 and the field; a yes or no is 0 or 1.
//!
//! Decoding copies no byte string: frames borrow from the message they came in. Lengths and counts are compared with
//! what is really there before room is made for them. What encodes also decodes, under the same limits.
//! Nothing here knows a socket, a clock, or which frame is in order when.

mod device;
mod field;
mod frame;
mod refusal;
mod relay;

pub use device::{BoxPlace, RecordName, ToRelay};
pub use field::{BoxBytes, DraftBytes, EntryBytes, Invite, List, Origin, RecordBytes};
pub use frame::RequestId;
pub use refusal::Refusal;
pub use relay::{Acked, Branch, ChainTip, PlacedRecord, Registration, ToDevice};

use crate::{
    AccountId, Challenge, Domain,
    reader::{Reader, ShortError},
    signature::{Signature, SignatureError, VerifyKey},
};

/// Why bytes are no frame, or why a frame has no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The whole frame is over the limit.
    #[error("frame of {got_bytes} bytes is over the limit")]
    TooLong {
        /// Length found.
        got_bytes: usize,
    },
    /// A newer format: ask the person, or the operator, to update.
    #[error("frame format {got} is not known")]
    Format {
        /// Format byte found.
        got: u8,
    },
    /// Shorter than the parts it names.
    #[error(transparent)]
    Short(#[from] ShortError),
    /// Something follows the last field.
    #[error("{count} bytes after the last field")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// A byte string is over its limit.
    #[error("byte string of {got_bytes} bytes is over its limit of {limit_bytes}")]
    Length {
        /// Length found.
        got_bytes: usize,
        /// The limit of this field.
        limit_bytes: usize,
    },
    /// A list is over its limit.
    #[error("list of {got} items is over its limit of {limit}")]
    Count {
        /// Count found.
        got: usize,
        /// The limit of this field.
        limit: usize,
    },
    /// A field that knows few values has another one.
    #[error("{got} is not one of the values of its field")]
    Value {
        /// Byte found.
        got: u8,
    },
    /// An origin is not scheme, host and port.
    #[error("origin is not scheme, host and port")]
    Origin,
    /// A type or code of a newer version can be read over, not made.
    #[error("code {code} is not known")]
    Unknown {
        /// The code.
        code: u16,
    },
}

impl WireError {
    /// The byte in [`Refusal::Malformed`] by which a log tells one cause from another.
    #[must_use]
    pub const fn reason(&self) -> u8 {
        match self {
            Self::TooLong { .. } => 1,
            Self::Format { .. } => 2,
            Self::Short(_) => 3,
            Self::Trailing { .. } => 4,
            Self::Length { .. } => 5,
            Self::Count { .. } => 6,
            Self::Value { .. } => 7,
            Self::Origin => 8,
            Self::Unknown { .. } => 9,
        }
    }
}

/// Finds the number of the request in front of a frame that does not decode, so that its refusal can name it.
///
/// `None` when not even that can be read, or the format is another.
#[must_use]
pub fn find_request(bytes: &[u8]) -> Option<RequestId> {
    let mut reader = Reader::new(bytes);
    frame::take_header(&mut reader)
        .ok()
        .map(|(_, request)| request)
}

/// What a device signs to show who it is, after [`Domain::Hello`] and the account: challenge ‖ origin.
///
/// The origin is the one in the device's own setting, never the one the relay sent: a relay in between, which passes
/// another relay's challenge on, gets a signature that is of no use there.
#[must_use]
pub fn hello_bytes(challenge: &Challenge, origin: Origin<'_>) -> Vec<u8> {
    let mut bytes = challenge.as_bytes().to_vec();
    bytes.extend_from_slice(origin.as_str().as_bytes());
    bytes
}

/// Checks the signature of a hello against the relay's own challenge and origin.
///
/// # Errors
/// When it was not made by this key for this account, challenge and origin. The device may try again with the right
/// origin on a new connection; the same bytes never help.
pub fn verify_hello(
    key: &VerifyKey,
    account: &AccountId,
    challenge: &Challenge,
    origin: Origin<'_>,
    signature: &Signature,
) -> Result<(), SignatureError> {
    let signed = hello_bytes(challenge, origin);
    key.verify(Domain::Hello, account, &signed, signature)
}
