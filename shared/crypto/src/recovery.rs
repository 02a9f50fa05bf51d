//! The recovery code on the printed sheet: 128 random bits, written as every code for people is.

use protocol::Domain;
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    code::{self, CodeError},
    hpke_seal::{HpkeKey, SealError},
    secret::Secret,
    signing::SigningKey,
};
use protocol::chain::Card;

/// The secret that restores an account.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode([u8; code::CODE_BYTES]);

/// What the recovery code gives: the pairs whose public keys stand in the chain.
pub struct RecoveryKeys {
    signing: SigningKey,
    hpke: HpkeKey,
}

impl RecoveryCode {
    /// Number of groups.
    pub const GROUPS: usize = code::GROUPS;

    /// A random code.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut code = Self([0; code::CODE_BYTES]);
        rng.fill_bytes(&mut code.0);
        code
    }

    /// Reads what a person typed: any case, spaces and hyphens anywhere, O for 0, I and L for 1.
    ///
    /// # Errors
    /// When a character, the length or the check is wrong.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        code::parse(text).map(|bytes| Self(*bytes))
    }

    /// The whole code, groups parted by spaces.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        code::to_text(&self.0)
    }

    /// Whether a person typed group `number` (from 1) right, by the rules of [`RecoveryCode::parse`].
    #[must_use]
    pub fn is_group(&self, number: usize, typed: &str) -> bool {
        code::is_group(&self.0, number, typed)
    }

    /// The pairs whose public keys stand in the chain.
    #[must_use]
    pub fn derive_keys(&self) -> RecoveryKeys {
        RecoveryKeys {
            signing: SigningKey::from_seed(&Secret::derive(&self.0, Domain::RecoverySigning)),
            hpke: HpkeKey::from_seed(Secret::derive(&self.0, Domain::RecoveryHpke)),
        }
    }

    #[cfg(test)]
    pub(crate) const fn expose_bytes(&self) -> &[u8; code::CODE_BYTES] {
        &self.0
    }
}

impl RecoveryKeys {
    /// Signs the chain entry of a restore.
    #[must_use]
    pub const fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    /// Opens seals to recovery.
    #[must_use]
    pub const fn hpke_key(&self) -> &HpkeKey {
        &self.hpke
    }

    /// The public keys.
    ///
    /// # Errors
    /// Never: every seed gives a key.
    pub fn card(&self) -> Result<Card, SealError> {
        Ok(Card {
            verify_key: self.signing.verify_key(),
            suite: self.hpke.suite(),
            hpke_key: self.hpke.public_key()?,
        })
    }
}
