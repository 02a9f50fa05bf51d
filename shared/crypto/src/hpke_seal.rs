//! Epoch keys sealed to public keys: HPKE (RFC 9180) base mode with X-Wing, HKDF-SHA256 and AES-256-GCM.

use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable,
    aead::AesGcm256,
    kdf::HkdfSha256,
    kem::{X25519HkdfSha256, XWing},
};
use protocol::{
    AccountId, ChainHash, Domain, Epoch, KeyId,
    chain::{Recipient, Seal, SealSuite},
    domain,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{key::EpochKey, secret::Secret};

const X25519_BYTES: usize = 32;

/// Why a seal was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// A suite this version does not open: ask the person to update.
    #[error("seal suite is not known")]
    Suite,
    /// The public key is not one of this suite.
    #[error("public key is not valid")]
    PublicKey,
    /// It does not open with this key for this place.
    #[error("seal does not open")]
    Open,
    /// It opens, but is not the key that its id commits to.
    #[error("key does not match its id {expected}")]
    Commitment {
        /// The id the chain states.
        expected: KeyId,
    },
}

/// The secret half of a device's or the recovery code's HPKE pair: an X-Wing seed of 32 bytes.
pub struct HpkeKey(Secret);

impl HpkeKey {
    /// A random key.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::make(rng))
    }

    pub(crate) const fn from_seed(seed: Secret) -> Self {
        Self(seed)
    }

    pub(crate) const fn expose_seed(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// Suite of this key.
    #[must_use]
    pub const fn suite(&self) -> SealSuite {
        SealSuite::XWing
    }

    /// The public half, 1,216 bytes.
    ///
    /// # Errors
    /// Never: every seed gives a key.
    pub fn public_key(&self) -> Result<Vec<u8>, SealError> {
        Ok(XWing::sk_to_pk(&self.secret_key()?).to_bytes().to_vec())
    }

    fn secret_key(&self) -> Result<<XWing as Kem>::PrivateKey, SealError> {
        <XWing as Kem>::PrivateKey::from_bytes(self.0.expose()).map_err(|_| SealError::PublicKey)
    }
}

/// Seals an epoch's key to one recipient inside the entry that follows `prev`.
///
/// Inside a genesis, `account` and `prev` are all zero.
///
/// # Errors
/// When the suite is not known or the public key is not valid.
#[allow(clippy::too_many_arguments)]
pub fn seal_epoch_key(
    rng: &mut impl CryptoRng,
    account: &AccountId,
    prev: &ChainHash,
    recipient: Recipient,
    suite: SealSuite,
    public_key: &[u8],
    epoch: Epoch,
    key: &EpochKey,
) -> Result<Seal, SealError> {
    if suite != SealSuite::XWing {
        return Err(SealError::Suite);
    }
    check_x25519_part(public_key)?;
    let public_key =
        <XWing as Kem>::PublicKey::from_bytes(public_key).map_err(|_| SealError::PublicKey)?;
    let (enc, sealed) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, XWing>(
        &OpModeS::Base,
        &public_key,
        &info(account, prev, recipient),
        key.0.expose(),
        &aad(epoch, key.id()),
        rng,
    )
    .map_err(|_| SealError::PublicKey)?;
    Ok(Seal {
        recipient,
        suite,
        enc: enc.to_bytes().to_vec(),
        sealed,
    })
}

/// Opens an epoch's key; `prev` is the hash of the entry before the one that holds the seal.
///
/// # Errors
/// When the seal does not open here, or holds another key than the chain names.
pub fn open_epoch_key(
    account: &AccountId,
    prev: &ChainHash,
    seal: &Seal,
    epoch: Epoch,
    expected: KeyId,
    secret: &HpkeKey,
) -> Result<EpochKey, SealError> {
    if seal.suite != SealSuite::XWing {
        return Err(SealError::Suite);
    }
    check_x25519_part(&seal.enc).map_err(|_| SealError::Open)?;
    let enc = <XWing as Kem>::EncappedKey::from_bytes(&seal.enc).map_err(|_| SealError::Open)?;
    let account = if *prev == ChainHash::NIL {
        &AccountId::NIL
    } else {
        account
    };
    let opened = hpke::single_shot_open::<AesGcm256, HkdfSha256, XWing>(
        &OpModeR::Base,
        &secret.secret_key()?,
        &enc,
        &info(account, prev, seal.recipient),
        &seal.sealed,
        &aad(epoch, expected),
    )
    .map(Zeroizing::new)
    .map_err(|_| SealError::Open)?;
    let key = Secret::from_slice(&opened).ok_or(SealError::Open)?;
    if key.key_id() != expected {
        return Err(SealError::Commitment { expected });
    }
    Ok(EpochKey(key))
}

/// domain ‖ account ‖ hash of the entry before ‖ recipient 2.
fn info(account: &AccountId, prev: &ChainHash, recipient: Recipient) -> Vec<u8> {
    domain::concat(
        Domain::SealEpoch,
        account,
        &[prev.as_bytes(), &recipient.code().to_be_bytes()],
    )
}

/// epoch 4 ‖ key id 16.
fn aad(epoch: Epoch, key: KeyId) -> Vec<u8> {
    let mut bytes = epoch.0.to_be_bytes().to_vec();
    bytes.extend_from_slice(key.as_bytes());
    bytes
}

/// Refuses an X25519 part (the last 32 bytes) with which every shared secret is zero. X-Wing does not need it: it keeps
/// both halves contributing.
fn check_x25519_part(bytes: &[u8]) -> Result<(), SealError> {
    let part = bytes
        .last_chunk::<X25519_BYTES>()
        .ok_or(SealError::PublicKey)?;
    let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(part)
        .map_err(|_| SealError::PublicKey)?;
    let (probe, _) = X25519HkdfSha256::derive_keypair(&[0; X25519_BYTES]);
    hpke::setup_receiver::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &probe,
        &enc,
        b"",
    )
    .map(|_| ())
    .map_err(|_| SealError::PublicKey)
}
