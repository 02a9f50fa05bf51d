//! Why a relay does not do what it was asked, and whether asking again can help.

use super::{
    WireError,
    field::{self, EntryBytes, Field},
    frame::{self, Coded},
    relay::{Branch, ChainTip},
};
use crate::{AccountSeq, limit, reader::Reader};

frame::coded! {
    /// A code of 2 bytes, then its fields as one byte string, so that a device reads over a code it does not know.
    Refusal<'a>: u16 {
        /// The frame, or an item of it, does not decode.
        1 = Malformed {
            /// See [`WireError::reason`]; 0 when an item was no record, entry or draft.
            reason: u8,
        };
        /// Over a limit.
        2 = TooLarge {
            /// The limit.
            limit_bytes: u32,
        };
        /// The relay does not know this type of frame: it is older than the device.
        3 = UnknownType;
        /// Another frame came before the hello.
        4 = HelloFirst;
        /// The hello's signature is not one under this challenge and origin.
        5 = BadSignature;
        /// No such account here: register.
        6 = UnknownAccount;
        /// The key of the hello, or the device of a record, is in no entry of the chain the relay holds: not added, or
        /// not told yet.
        7 = NotMember;
        /// The device was revoked.
        8 = Revoked {
            /// The entry that says so; nothing else of the account is given.
            entry: EntryBytes<'a>,
        };
        /// A new account needs an invitation.
        9 = InviteNeeded;
        /// The invitation is unknown or used up.
        10 = InviteBad;
        /// No new accounts are taken.
        11 = RegistrationClosed;
        /// The chain entry breaks a rule of the chain.
        12 = ChainInvalid;
        /// The chain has grown: pull it and decide again.
        13 = ChainBehind {
            /// The chain the relay holds.
            tip: ChainTip,
        };
        /// The record or draft is another device's and does not carry that device's signature.
        14 = NotYours;
        /// A record before this one is missing.
        15 = Gap {
            /// The newest one the relay has of that incarnation; sequence 0 and a hash of zeros if none.
            stored: Branch,
        };
        /// Another record stands at this place of the incarnation, or the one before it is not the one it names.
        16 = Fork {
            /// The record the relay has.
            stored: Branch,
        };
        /// The account's storage is full.
        17 = Quota {
            /// Bytes stored.
            used_bytes: u64,
            /// Bytes it may store.
            quota_bytes: u64,
        };
        /// Too much in too short a time.
        18 = Slow {
            /// When to try again, in ms.
            retry_after_ms: u32,
        };
        /// The relay cannot store or read now.
        19 = Unavailable {
            /// When to try again, in ms.
            retry_after_ms: u32,
        };
        /// The slot holds a draft with this counter or a higher one.
        20 = DraftOld {
            /// The counter it stands at.
            counter: u64,
        };
        /// The mailbox is opened or claimed by another token, or its message is there already.
        21 = BoxTaken;
        /// The mailbox lived for its five minutes.
        22 = BoxExpired;
        /// No such mailbox.
        23 = BoxUnknown;
        /// No more mailboxes can be opened now.
        24 = BoxFull;
        /// The device asked for what comes after the end: the relay lost records.
        25 = PastEnd {
            /// The newest place in the log.
            head: AccountSeq,
        };
        /// The frame, record or draft has a format the relay does not know: it is older than the device.
        26 = FormatTooNew {
            /// The newest one it knows.
            max: u8,
        };
    }
}

impl Refusal<'_> {
    /// Whether a relay that keeps what it has can never take the same bytes. After any other refusal, one of a newer
    /// version included, what was handed in stays in the outbox.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        matches!(
            self,
            Self::Malformed { .. }
                | Self::TooLarge { .. }
                | Self::ChainInvalid
                | Self::NotYours
                | Self::Fork { .. }
        )
    }

    /// How long the relay asks to wait, in ms, if it says so.
    #[must_use]
    pub const fn retry_after_ms(&self) -> Option<u32> {
        match self {
            Self::Slow { retry_after_ms } | Self::Unavailable { retry_after_ms } => {
                Some(*retry_after_ms)
            }
            _ => None,
        }
    }
}

impl From<WireError> for Refusal<'static> {
    fn from(error: WireError) -> Self {
        let limit_bytes = match error {
            WireError::TooLong { .. } => limit::FRAME_MAX_BYTES,
            WireError::Length { limit_bytes, .. } => limit_bytes,
            WireError::Format { .. } => {
                return Self::FormatTooNew {
                    max: limit::WIRE_FORMAT,
                };
            }
            WireError::Unknown { .. } => return Self::UnknownType,
            other => {
                return Self::Malformed {
                    reason: other.reason(),
                };
            }
        };
        Self::TooLarge {
            limit_bytes: u32::try_from(limit_bytes).unwrap_or(u32::MAX),
        }
    }
}

impl<'a> Field<'a> for Refusal<'a> {
    const MIN_BYTES: usize = 6;

    fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError> {
        let mut detail = Vec::new();
        self.put_fields(&mut detail)?;
        self.code().put(to)?;
        field::put_bytes(&detail, limit::DETAIL_MAX_BYTES, to)
    }

    fn take(from: &mut Reader<'a>) -> Result<Self, WireError> {
        let code = from.u16()?;
        let detail = field::take_bytes(limit::DETAIL_MAX_BYTES, from)?;
        Self::take_fields(code, &mut Reader::new(detail))
    }
}
