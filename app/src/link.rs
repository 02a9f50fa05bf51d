//! What passes between a window and the vault worker: JSON texts over `postMessage`.
//!
//! A passphrase, a recovery code and a BSN travel only through this channel; a text is wiped on both sides
//! once it is handed over. Knows the shape of the messages, not what they mean.

mod window;

use engine::command::{Command, Reply};
use serde::{Deserialize, Serialize};

pub use window::Vault;

/// What the vault tells of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// This window's worker owns the vault; commands are answered.
    Ready,
    /// Another window owns the vault. Commands fail as blocked until [`Vault::take_over`].
    OpenElsewhere,
    /// Another window took the vault over; this one is locked.
    TakenOver,
    /// The vault was locked: keys and documents are gone from memory.
    Locked,
    /// The worker broke down. What was called saved is saved; a new worker starts, locked.
    Fault,
    /// No worker can be started; every command fails as [`engine::command::Failure::Internal`] until the page is loaded again.
    Stopped,
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
    /// Make this worker the owner.
    TakeOver,
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
    /// The store now exists on disk: the window notes that a vault is expected here.
    StoreMade,
    /// To `Conform`: one line per check.
    #[cfg(feature = "conformance")]
    Conformed(Vec<String>),
}
