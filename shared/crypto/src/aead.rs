//! XAES-256-GCM (C2SP) with a random 192-bit nonce for every message.

use protocol::record::{NONCE_BYTES, TAG_BYTES};
use rand_core::CryptoRng;
use xaes_256_gcm::{
    Xaes256Gcm,
    aead::{Aead, KeyInit, Payload},
};
use zeroize::Zeroizing;

use crate::secret::{Secret, make_bytes};

/// Sealed bytes do not open: another key, other associated data, or damage. Nothing tells these apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes do not open")]
pub struct AeadError;

pub(crate) fn make_nonce(rng: &mut impl CryptoRng) -> [u8; NONCE_BYTES] {
    make_bytes(rng)
}

/// Ciphertext and tag.
pub(crate) fn seal(
    key: &Secret,
    nonce: &[u8; NONCE_BYTES],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, AeadError> {
    let cipher = Xaes256Gcm::new(key.expose().into());
    cipher
        .encrypt(
            nonce.into(),
            Payload {
                msg: plaintext,
                aad,
            },
        )
        .map_err(|_| AeadError)
}

pub(crate) fn open(
    key: &Secret,
    nonce: &[u8; NONCE_BYTES],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, AeadError> {
    let cipher = Xaes256Gcm::new(key.expose().into());
    cipher
        .decrypt(nonce.into(), Payload { msg: sealed, aad })
        .map(Zeroizing::new)
        .map_err(|_| AeadError)
}

/// Nonce, ciphertext and tag in one string.
pub(crate) fn seal_with_nonce(
    rng: &mut impl CryptoRng,
    key: &Secret,
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, AeadError> {
    let nonce = make_nonce(rng);
    let mut bytes = Vec::with_capacity(NONCE_BYTES + plaintext.len() + TAG_BYTES);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&seal(key, &nonce, aad, plaintext)?);
    Ok(bytes)
}

pub(crate) fn open_with_nonce(
    key: &Secret,
    aad: &[u8],
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>, AeadError> {
    let (nonce, sealed) = bytes.split_first_chunk().ok_or(AeadError)?;
    open(key, nonce, aad, sealed)
}
