//! The vault, sans IO: documents in memory, sealing, drafts, the access log and what must be stored.
//!
//! Promises: nothing is reported saved before the store reported the whole batch committed; a failed
//! commit leaves the vault as it was. It reads no clock, makes no randomness and does no IO: `now`, an RNG, a
//! [`store::Store`] and a [`kdf::Kdf`] come in from outside.

pub mod command;
#[cfg(feature = "fixture")]
pub mod fixture;
pub mod kdf;
pub mod pairing;
pub mod store;
pub mod sync;
mod vault;

#[cfg(feature = "fixture")]
pub use vault::Planted;
pub use vault::{CaughtUp, ChainTaken, Now, PeerDraft, Taken, Unsaved, Vault};
