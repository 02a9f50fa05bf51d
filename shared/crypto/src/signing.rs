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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// RFC 8032, section 7.1, tests 1 and 2.
    #[test]
    fn published_vectors() {
        for (seed, public, message, signature) in [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
        ] {
            let key =
                SigningKey::from_seed(&Secret::from_slice(&hex::decode(seed).unwrap()).unwrap());
            assert_eq!(hex::encode(key.verify_key().0), public);
            let made = key.0.sign(&hex::decode(message).unwrap()).to_bytes();
            assert_eq!(hex::encode(made), signature);
        }
    }
}
