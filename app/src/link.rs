//! What passes between a window and the vault worker: Postcard bytes over `postMessage`.
//!
//! Both ends are the same build, so a form without names serves.
//!
//! A passphrase, a recovery code and a BSN travel only through this channel; a message is wiped on both sides
//! once it is handed over. Knows the shape of the messages, not what they mean.

mod window;

use engine::command::{Command, Reply};
use engine::pairing::PairingState;
use engine::sync::SyncStatus;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

pub use window::Vault;

/// The bytes of a message; they are wiped when dropped.
///
/// # Errors
/// Never for the messages of this module: their length is known.
pub(crate) fn encode<T: Serialize>(message: &T) -> Result<Zeroizing<Vec<u8>>, postcard::Error> {
    postcard::to_stdvec(message).map(Zeroizing::new)
}

/// The message in these bytes, which are wiped.
///
/// # Errors
/// When another build sent them.
pub(crate) fn decode<T: DeserializeOwned>(mut bytes: Vec<u8>) -> Result<T, postcard::Error> {
    let message = postcard::from_bytes(&bytes);
    bytes.zeroize();
    message
}

/// What the vault tells of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// This window's worker owns the vault; commands are answered.
    Ready,
    /// Another window owns the vault. Commands fail as blocked until [`Vault::take_over`].
    OpenElsewhere,
    /// Another window asks for the vault: save what is unsaved, then [`Vault::release`].
    Wanted,
    /// Another window took the vault over; this one is locked.
    TakenOver {
        /// Work that did not fit on the disk waits here, sealed: it is stored when this window opens the vault again.
        has_unsaved: bool,
    },
    /// The vault was locked: keys and documents are gone from memory.
    Locked,
    /// Where the exchange with the relay is.
    Sync(SyncStatus),
    /// Something of another device was taken in: what is shown may be old.
    Changed,
    /// The worker broke down. What was called saved is saved; a new worker starts, locked.
    Fault,
    /// No worker can be started; every command fails as [`engine::command::Failure::Internal`] until the page is loaded again.
    Stopped,
}

/// Where a relay is, and what it takes to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay {
    /// Its origin, as in `location.origin`.
    pub origin: String,
    /// The invitation for a new account; may be empty.
    pub invite: String,
}

/// What a person does in a pairing.
#[derive(Serialize, Deserialize)]
pub enum PairingStep {
    /// New device: begin, or begin again with a new code.
    Join {
        /// What it is to be called.
        name: String,
        /// Of its vault to be.
        passphrase: String,
    },
    /// New device: the digits typed.
    Digits(String),
    /// Old device: begin with the code typed or scanned.
    Host {
        /// As typed.
        code: String,
    },
    /// New device without room for its vault: try again.
    Retry,
    /// Old device: add it.
    Confirm,
    /// Stop.
    Cancel,
}

/// A message to the worker.
#[derive(Serialize, Deserialize)]
pub(crate) enum ToVault {
    /// First message of all.
    Start {
        /// This browser once held a vault, so finding none means that it was removed.
        is_vault_expected: bool,
    },
    /// A command.
    Ask {
        /// Names the answer.
        id: u32,
        /// The command.
        command: Box<Command>,
    },
    /// The relay that is chosen, if one is.
    Relay(Option<Relay>),
    /// What a person does in a pairing; [`FromVault::Pairing`] tells what comes of it.
    Pair(PairingStep),
    /// Exchange now, whatever the plan was.
    TryNow,
    /// The window is out of sight: what is known is said to the relay now.
    Hidden,
    /// Make this worker the owner.
    TakeOver,
    /// To [`Event::Wanted`]: everything is saved.
    Release,
    /// The person accepts that the vault is gone; finding none is no longer a fault.
    AcceptLoss,
    /// Lock, close the store and give up ownership, so that a new version can start.
    Close {
        /// Names the answer.
        id: u32,
    },
    /// Run the store conformance suite in a database of its own.
    #[cfg(feature = "conformance")]
    Conform,
}

/// A message to the window.
#[derive(Serialize, Deserialize)]
pub(crate) enum FromVault {
    /// To `Ask` and `Close`.
    Reply {
        /// The asker's number.
        id: u32,
        /// The answer.
        reply: Box<Reply>,
    },
    /// News.
    Event(Event),
    /// How far a pairing is.
    Pairing(PairingState),
    /// The store now exists on disk: the window notes that a vault is expected here.
    StoreMade,
    /// To `Conform`: one line per check.
    #[cfg(feature = "conformance")]
    Conformed(Vec<String>),
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use dossier::problem::{Fault, Field, Problem};

    use super::*;

    fn passes<T: Serialize + DeserializeOwned>(message: &T) -> T {
        decode(encode(message).unwrap().to_vec()).unwrap()
    }

    #[test]
    fn questions_and_answers_arrive_as_they_were_sent() {
        let problem = Problem {
            field: Field::Agb,
            fault: Fault::Malformed,
            rule: None,
        };
        let reply = Reply::Refused(vec![problem.clone()]);
        let sent = FromVault::Reply {
            id: 7,
            reply: Box::new(reply),
        };
        let FromVault::Reply { id: 7, reply } = passes(&sent) else {
            panic!("another message");
        };
        assert!(matches!(*reply, Reply::Refused(problems) if problems == [problem]));
    }

    #[test]
    fn bytes_of_another_build_are_refused() {
        assert!(decode::<ToVault>(vec![250]).is_err());
        assert!(decode::<FromVault>(Vec::new()).is_err());
    }
}
