//! Rows that stay on this device: snapshots, head rows, caches.
//!
//! Layout: format 1 · nonce 24 · ciphertext and tag. Store and row key are bound in, so rows cannot change places.

use protocol::{AccountId, Domain, domain, limit};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    aead::{self, AeadError},
    key::LocalKey,
};

/// Seals a row for one place.
///
/// # Errors
/// Never in practice; no row is over the cipher's limit of 64 GB.
pub fn seal_local(
    rng: &mut impl CryptoRng,
    key: &LocalKey,
    account: &AccountId,
    store: &str,
    row: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, AeadError> {
    let mut bytes = vec![limit::FORMAT];
    bytes.extend_from_slice(&aead::seal_with_nonce(
        rng,
        &key.0,
        &aad(account, store, row),
        plaintext,
    )?);
    Ok(bytes)
}

/// Opens the row of a place.
///
/// # Errors
/// When it was not sealed with this key for this place, or is damaged.
pub fn open_local(
    key: &LocalKey,
    account: &AccountId,
    store: &str,
    row: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, AeadError> {
    match sealed.split_first() {
        Some((&limit::FORMAT, rest)) => {
            aead::open_with_nonce(&key.0, &aad(account, store, row), rest)
        }
        _ => Err(AeadError),
    }
}

/// domain ‖ account ‖ format 1 ‖ length of the store's name 8 ‖ store ‖ row key.
fn aad(account: &AccountId, store: &str, row: &[u8]) -> Vec<u8> {
    let length = (store.len() as u64).to_be_bytes();
    domain::concat(
        Domain::LocalRow,
        account,
        &[&[limit::FORMAT], &length, store.as_bytes(), row],
    )
}
