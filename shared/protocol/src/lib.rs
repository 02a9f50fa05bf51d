//! The stored and sent formats: ids, domain strings, records, the account chain, drafts and the access log.
//!
//! Everything here can be read without a secret: the relay depends on this crate alone.
//! Decoders are strict. A value decodes only from the one byte string that encodes it, and nothing may follow it.
//! The crate reads no clock, makes no randomness, does no IO and knows no cipher.

pub mod audit;
pub mod body;
pub mod cbor;
pub mod chain;
pub mod domain;
pub mod draft;
pub mod id;
pub mod keybox;
pub mod limit;
pub mod padding;
pub mod reader;
pub mod record;
pub mod signature;

pub use domain::{Domain, hash};
pub use id::{
    AccountId, ChainHash, ChangeHash, ClientId, DeviceIndex, DocId, Epoch, Generation, Incarnation,
    KeyId, RecordHash, Seq,
};
pub use signature::{Signature, VerifyKey};
