//! Ed25519 signatures (RFC 8032), checked strictly: canonical scalars, no small-order keys.

use ed25519_dalek::VerifyingKey;
use minicbor::{Decode, Encode};

use crate::{AccountId, Domain, domain};

/// The public half of a device's or the recovery code's signing pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct VerifyKey(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

/// 64 bytes under some signed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Signature(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 64]);

/// The signature is not one by this key over these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature does not verify")]
pub struct SignatureError;

impl VerifyKey {
    /// Checks a signature over domain, account and bytes.
    ///
    /// # Errors
    /// When the key is not a usable point, the signature is not canonical, or it does not fit.
    pub fn verify(
        &self,
        domain: Domain,
        account: &AccountId,
        bytes: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(&domain::concat(domain, account, &[bytes]), &signature)
            .map_err(|_| SignatureError)
    }
}
