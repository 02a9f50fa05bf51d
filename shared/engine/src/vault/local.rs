//! Rows that never leave this device: sealed for one place, padded, under names that say nothing.

use crypto::{LocalKey, open_local, seal_local};
use minicbor::{Decode, Encode};
use protocol::{AccountId, cbor, padding};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::stop::Outcome;
use crate::store::StoreName;

const LENGTH_BYTES: usize = 4;

/// A stored row does not open for its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damaged;

/// Name of a row, from the key that seals it.
pub(crate) fn row_name(key: &LocalKey, store: StoreName, parts: &[&[u8]]) -> Vec<u8> {
    key.derive_row_name(store.as_str(), &parts.concat())
        .to_vec()
}

/// Seals bytes for one place, padded so that its size says little.
pub(crate) fn seal_row(
    rng: &mut impl CryptoRng,
    key: &LocalKey,
    account: &AccountId,
    store: StoreName,
    row: &[u8],
    plaintext: &[u8],
) -> Outcome<Vec<u8>> {
    let size = padding::padded_size(plaintext.len().saturating_add(LENGTH_BYTES));
    let padded = Zeroizing::new(padding::pad_to(plaintext, &[size])?);
    Ok(seal_local(rng, key, account, store.as_str(), row, &padded)?)
}

/// Opens the bytes of a place.
pub(crate) fn open_row(
    key: &LocalKey,
    account: &AccountId,
    store: StoreName,
    row: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Damaged> {
    let padded = open_local(key, account, store.as_str(), row, sealed).map_err(|_| Damaged)?;
    let content = padding::unpad_from(&padded, &[padded.len()]).map_err(|_| Damaged)?;
    Ok(Zeroizing::new(content.to_vec()))
}

/// [`seal_row`] for a value.
pub(crate) fn seal_value<T: Encode<()>>(
    rng: &mut impl CryptoRng,
    key: &LocalKey,
    account: &AccountId,
    store: StoreName,
    row: &[u8],
    value: &T,
) -> Outcome<Vec<u8>> {
    seal_row(
        rng,
        key,
        account,
        store,
        row,
        &Zeroizing::new(cbor::encode(value)),
    )
}

/// [`open_row`] for a value.
pub(crate) fn open_value<T: for<'b> Decode<'b, ()> + Encode<()>>(
    key: &LocalKey,
    account: &AccountId,
    store: StoreName,
    row: &[u8],
    sealed: &[u8],
) -> Result<T, Damaged> {
    let bytes = open_row(key, account, store, row, sealed)?;
    cbor::decode(&bytes).map_err(|_| Damaged)
}
