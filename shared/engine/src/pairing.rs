//! Adding a device, sans IO: the new device ([`Newcomer`]) and the one that lets it in ([`Host`]).
//!
//! Each drives a socket of its own to the relay, beside that of the exchange. Three sealed messages go through the
//! relay's mailbox, then a person carries four digits from the old device to the new one and says yes on the old one,
//! which adds the new one when that has said, too, that the digits were right.
//! A side that stops says so in a mailbox beside, for as long as the other can be told that nothing was added.
//! Nothing is stored before the account chain holds the new device; until then every end leaves nothing behind.
//!
//! Neither reads a clock, makes randomness after `new`, or knows a store: what needs the vault is an [`Output`].

mod host;
mod line;
mod newcomer;
mod parting;

use core::fmt;

use protocol::chain::Card;
use protocol::limit;
use protocol::{AccountId, ChainHash, Challenge, Signature, VerifyKey};
use serde::{Deserialize, Serialize};

use crate::command::Failure;
pub use host::Host;
pub use newcomer::Newcomer;

/// How long a pairing may take, in ms.
const LIFE_MS: i64 = limit::BOX_LIFE_MS.cast_signed();

/// What happens to either side.
#[derive(Clone, PartialEq, Eq)]
pub enum Input {
    /// Start.
    Begin,
    /// The socket is up.
    Up,
    /// A message came.
    Frame(Vec<u8>),
    /// The socket is gone, or did not come up.
    Down,
    /// The time of an [`Output::Wake`] has come.
    Tick,
    /// The person wants it no more, or the vault locked. Once the new device makes its vault it changes nothing there;
    /// on the old device an entry that a relay has taken by then stays.
    Cancel,
    /// New device: the digits the person typed. What is not four digits changes nothing.
    Digits(String),
    /// New device: to [`Output::Sign`].
    Signed {
        /// The device's key.
        key: VerifyKey,
        /// Under the challenge.
        signature: Signature,
    },
    /// New device: to [`Output::Join`]; the vault is there.
    Joined,
    /// New device, in [`PairingState::NoRoom`]: the person made room.
    Retry,
    /// Old device: the person says yes.
    Confirm,
    /// Old device: to [`Output::Add`]; the entry that was made and given to the exchange.
    Proposed(Vec<u8>),
    /// Old device: the account chain as it stands here, after [`Input::Proposed`] and whenever it grows.
    Chain {
        /// Hash of its last entry.
        head: ChainHash,
        /// It holds the new device: [`crate::Vault::find_device`].
        is_added: bool,
    },
    /// The vault could not do what an output asked.
    Failed(Failure),
}

/// What either side wants done.
#[derive(Clone, PartialEq, Eq)]
pub enum Output {
    /// Make a socket to the relay.
    Dial,
    /// Send a message.
    Send(Vec<u8>),
    /// Close the socket; no [`Input::Down`] is expected.
    Hang,
    /// Come back with [`Input::Tick`] at this time, ms since the epoch, UTC; replaces an earlier one.
    Wake {
        /// When.
        at: i64,
    },
    /// The state changed. After [`PairingState::Failed`] nothing more comes; on the new device the keys of
    /// [`crate::Vault::begin_join`] are to be dropped by [`crate::Vault::cancel_join`].
    Tell(PairingState),
    /// New device: [`crate::Vault::sign_join`].
    Sign {
        /// Whose records.
        account: AccountId,
        /// What the relay wants signed.
        challenge: Challenge,
        /// Where the relay is by the device's own setting.
        origin: String,
    },
    /// New device: the whole account chain, for [`crate::Vault::finish_join`]. That may be tried again before
    /// [`Input::Joined`] or [`Input::Failed`] says what came of it.
    Join(Vec<Vec<u8>>),
    /// Old device: [`crate::Vault::add_device`], and the entry to the exchange as
    /// [`crate::sync::Input::Propose`]. It comes again when another entry took the place.
    Add(Card),
    /// Old device: an entry that no relay took is not to be proposed any more
    /// ([`crate::sync::Input::Withdraw`]).
    Withdraw,
}

/// How far a pairing is, for a screen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PairingState {
    /// New device: this code is to be typed or scanned on the old one.
    CodeShown {
        /// 7 groups of 4 characters.
        code: String,
    },
    /// Old device: the messages are on their way.
    Waiting,
    /// New device: the digits the old one shows are to be typed here.
    DigitsWanted,
    /// Old device: the digits to be typed on the new one, and whether to add it.
    DigitsShown {
        /// What the new device calls itself.
        name: String,
        /// Four digits.
        digits: String,
        /// The person said yes; the new device has not said that the digits typed there were right.
        is_agreed: bool,
    },
    /// The person did what there was to do; the account chain is to hold the new device.
    Adding,
    /// New device: it is added, and has no room for its vault. [`Input::Retry`] tries again.
    NoRoom,
    /// The device is added; on the new one its vault is there.
    Done,
    /// It ended; nothing is paired.
    Failed(PairingFailure),
}

impl fmt::Debug for PairingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Code and digits are for the screen alone.
        match self {
            Self::CodeShown { .. } => f.write_str("CodeShown"),
            Self::Waiting => f.write_str("Waiting"),
            Self::DigitsWanted => f.write_str("DigitsWanted"),
            Self::DigitsShown { .. } => f.write_str("DigitsShown"),
            Self::Adding => f.write_str("Adding"),
            Self::NoRoom => f.write_str("NoRoom"),
            Self::Done => f.write_str("Done"),
            Self::Failed(failure) => write!(f, "Failed({failure:?})"),
        }
    }
}

/// Why nothing was paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PairingFailure {
    /// Mistyped, or no device at this relay shows this code.
    #[error("no device shows this code")]
    CodeWrong,
    /// The five minutes are over.
    #[error("the time is over")]
    Expired,
    /// Another device used the code, or this one did before.
    #[error("the code is used")]
    CodeUsed,
    /// The digits typed are not those of this device: somebody may be in between, or the person mistyped.
    #[error("check digits differ")]
    DigitsWrong,
    /// The relay cannot be reached.
    #[error("no connection")]
    NoConnection,
    /// The relay does not want to: no room, or the device is not welcome.
    #[error("the relay refuses")]
    RelayRefuses,
    /// Another relay answers than the one that is set, or the two devices have different ones.
    #[error("another relay")]
    OtherRelay,
    /// The other device, or the relay, has a version that speaks otherwise.
    #[error("another version")]
    OtherVersion,
    /// What came is not what its sender promised: somebody is in between.
    #[error("messages do not fit")]
    Tampered,
    /// The person stopped, or the vault locked.
    #[error("cancelled")]
    Cancelled,
    /// The person stopped on the other device, or its vault locked, or it found something wrong.
    #[error("the other device stopped")]
    OtherStopped,
    /// The account has as many devices as it may have.
    #[error("no more devices fit the account")]
    DevicesFull,
    /// The vault of this device could not do its part.
    #[error("the vault could not")]
    Vault,
}

/// Four digits as text.
fn digit_text(digits: [u8; 4]) -> String {
    let digits = digits.iter();
    let digits = digits.filter_map(|digit| char::from_digit(u32::from(*digit), 10));
    digits.collect()
}

fn vault_failure(failure: &Failure) -> PairingFailure {
    match failure {
        Failure::Locked => PairingFailure::Cancelled,
        Failure::DevicesFull => PairingFailure::DevicesFull,
        _ => PairingFailure::Vault,
    }
}
