//! Zeroized 32-byte secrets and HKDF-SHA256 (RFC 5869) between them.

use hkdf::Hkdf;
use protocol::{Domain, KeyId};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 secret bytes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    pub(crate) fn make(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Self([0; 32]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut secret = Self([0; 32]);
        if bytes.len() != secret.0.len() {
            return None;
        }
        secret.0.copy_from_slice(bytes);
        Some(secret)
    }

    /// HKDF-SHA256 without salt; the info is the domain.
    pub(crate) fn derive(input: &[u8], domain: Domain) -> Self {
        let mut secret = Self([0; 32]);
        // 32 bytes is one block of output: expanding cannot fail.
        let _ = Hkdf::<Sha256>::new(None, input).expand(domain.as_bytes(), &mut secret.0);
        secret
    }

    pub(crate) const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 16 bytes of a derivation: id and commitment.
    pub(crate) fn key_id(&self) -> KeyId {
        KeyId::from_bytes(self.commitment().first_chunk().copied().unwrap_or_default())
    }

    /// All 32 bytes of that derivation, for envelopes that more than one key might be tried on.
    pub(crate) fn commitment(&self) -> [u8; 32] {
        Self::derive(&self.0, Domain::KeyId).0
    }
}

/// Random bytes, for ids and salts.
#[must_use]
pub fn make_bytes<const N: usize>(rng: &mut impl CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}
