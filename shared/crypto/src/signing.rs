//! Ed25519 signing (RFC 8032).

use ed25519_dalek::Signer;
use protocol::{AccountId, Domain, Signature, VerifyKey, domain};
use rand_core::CryptoRng;

use crate::secret::Secret;

/// The secret half of a signing pair.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A random key.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self::from_seed(&Secret::make(rng))
    }

    pub(crate) fn from_seed(seed: &Secret) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed.expose()))
    }

    pub(crate) fn expose_seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn verify_key(&self) -> VerifyKey {
        VerifyKey(self.0.verifying_key().to_bytes())
    }

    /// Signs domain, account and bytes.
    #[must_use]
    pub fn sign(&self, domain: Domain, account: &AccountId, bytes: &[u8]) -> Signature {
        Signature(
            self.0
                .sign(&domain::concat(domain, account, &[bytes]))
                .to_bytes(),
        )
    }
}
