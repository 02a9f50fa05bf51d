//! The stored and sent formats: ids, domain strings, records, the account chain, drafts, the access log
//! and the frames between device and relay.
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
pub mod head_words;
pub mod id;
pub mod keybox;
pub mod limit;
pub mod padding;
pub mod pairing;
pub mod reader;
pub mod record;
pub mod signature;
pub mod wire;

pub use domain::{Domain, hash};
pub use id::{
    AccountId, AccountSeq, BoxId, BoxToken, ChainHash, Challenge, ChangeHash, ClientId,
    DeviceIndex, DocId, Epoch, Generation, Incarnation, KeyId, RecordHash, RelayInstance, Seq,
};
pub use signature::{Signature, VerifyKey};
