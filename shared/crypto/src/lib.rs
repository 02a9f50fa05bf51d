//! Keys and sealed envelopes: the only crate that names a cipher, a KDF or HPKE.
//!
//! Which box to use:
//!
//! | For | Use |
//! |---|---|
//! | a new account | [`make_account`] |
//! | the passphrase | [`Passphrase`], [`Slot`], [`run_argon2id`] |
//! | the recovery sheet | [`RecoveryCode`] |
//! | the three messages of a pairing | [`PairingCode`], [`commit_pairing`] |
//! | epoch keys from the chain | [`open_epoch_keys`] |
//! | client and document keys | [`EpochKey::wrap_client`], [`ClientKey::wrap_document`] and their `unwrap_*` |
//! | a record | [`seal_record`], [`open_record`] |
//! | a draft | [`seal_draft`], [`open_draft`] |
//! | rows of the local database | [`seal_local`], [`open_local`] |
//!
//! `make_*` and `make` are random and take a random number generator, `derive_*` is deterministic. Secrets are zeroized
//! when dropped and have no `Debug`, `Clone` or serialisation. An envelope that does not open says nothing about why; a
//! wrong passphrase is its own error.

mod account;
mod aead;
mod code;
mod draft;
#[cfg(test)]
mod frozen;
mod hpke_seal;
mod kdf;
mod key;
mod local;
mod pairing;
mod passphrase;
mod record;
mod recovery;
mod secret;
mod signing;
mod slot;
mod wrap;

pub use account::{AccountError, NewAccount, make_account, open_epoch_keys};
pub use aead::AeadError;
pub use code::CodeError;
pub use draft::{DraftOpenError, blank_draft, open_draft, seal_draft};
pub use hpke_seal::{HpkeKey, SealError, open_epoch_key, seal_epoch_key};
pub use kdf::{KdfError, KdfParams, KdfRequest, calibrate, run_argon2id};
pub use key::{BodyKey, ClientKey, DocumentKey, DraftKey, EpochKey, LocalKey, RouteKey, SlotKey};
pub use local::{open_local, seal_local};
pub use pairing::{PairingCode, commit_pairing};
pub use passphrase::{MIN_PASSPHRASE_CHARS, Passphrase, PassphraseError, Strength};
pub use record::{
    OpenedRecord, RecordOpenError, RecordSealError, open_body, open_record, open_route, seal_record,
};
pub use recovery::{RecoveryCode, RecoveryKeys};
pub use secret::make_bytes;
pub use signing::SigningKey;
pub use slot::{DeviceBundle, Slot, SlotError};
pub use wrap::{DocumentName, UnwrapError};
