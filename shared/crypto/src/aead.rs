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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use serde_json::Value;
    use shake::{
        Shake128,
        digest::{ExtendableOutput, Update, XofReader},
    };

    use super::*;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../tests/vectors/external/xaes.json")).unwrap()
    }

    #[test]
    fn published_vectors() {
        for vector in vectors()["vectors"].as_array().unwrap() {
            let field = |name: &str| hex::decode(vector[name].as_str().unwrap()).unwrap();
            let key = Secret::from_slice(&field("key")).unwrap();
            let nonce = field("nonce").try_into().unwrap();
            let sealed = seal(&key, &nonce, &field("aad"), &field("plaintext")).unwrap();
            assert_eq!(sealed, field("ciphertext"));
            assert_eq!(
                open(&key, &nonce, &field("aad"), &sealed)
                    .unwrap()
                    .as_slice(),
                field("plaintext")
            );
        }
    }

    #[test]
    fn published_accumulated_vector() {
        let expected = vectors()["accumulated"].clone();
        let mut stream = Shake128::default().finalize_xof();
        let mut read = |length: usize| {
            let mut bytes = vec![0; length];
            stream.read(&mut bytes);
            bytes
        };
        let mut digest = Shake128::default();
        for _ in 0..expected["iterations"].as_u64().unwrap() {
            let key = Secret::from_slice(&read(32)).unwrap();
            let nonce = read(24).try_into().unwrap();
            let length = usize::from(read(1)[0]);
            let plaintext = read(length);
            let length = usize::from(read(1)[0]);
            let aad = read(length);
            digest.update(&seal(&key, &nonce, &aad, &plaintext).unwrap());
        }
        let mut hash = [0; 32];
        digest.finalize_xof().read(&mut hash);
        assert_eq!(hex::encode(hash), expected["hash"].as_str().unwrap());
    }
}
