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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use core::convert::Infallible;

    use rand_core::{TryCryptoRng, TryRng};
    use serde_json::Value;

    use super::*;
    use crate::secret::make_bytes;

    /// Gives out the bytes of a vector.
    struct Fixed(Vec<u8>);

    impl TryRng for Fixed {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(u32::from_le_bytes(make_bytes(self)))
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(u64::from_le_bytes(make_bytes(self)))
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            bytes.copy_from_slice(&self.0.drain(..bytes.len()).collect::<Vec<u8>>());
            Ok(())
        }
    }

    impl TryCryptoRng for Fixed {}

    /// draft-connolly-cfrg-xwing-kem, appendix C.
    #[test]
    fn published_vectors() {
        let vectors: Value =
            serde_json::from_str(include_str!("../../../tests/vectors/external/xwing.json"))
                .unwrap();
        for vector in vectors["vectors"].as_array().unwrap() {
            let field = |name: &str| hex::decode(vector[name].as_str().unwrap()).unwrap();
            let key = HpkeKey::from_seed(Secret::from_slice(&field("sk")).unwrap());
            assert_eq!(key.public_key().unwrap(), field("pk"));
            let public = <XWing as Kem>::PublicKey::from_bytes(&field("pk")).unwrap();
            let (shared, enc) =
                XWing::encap_with_rng(&public, None, &mut Fixed(field("eseed"))).unwrap();
            assert_eq!(enc.to_bytes().to_vec(), field("ct"));
            assert_eq!(shared.0.to_vec(), field("ss"));
            let opened = XWing::decap(&key.secret_key().unwrap(), None, &enc).unwrap();
            assert_eq!(opened.0.to_vec(), field("ss"));
        }
    }

    /// RFC 7748: the points whose every multiple by a clamped scalar is zero.
    #[test]
    fn x25519_parts_that_contribute_nothing_are_refused() {
        let mut random = Fixed((0..255).collect());
        let key = HpkeKey::make(&mut random);
        let epoch_key = EpochKey::make(&mut random);
        let good = key.public_key().unwrap();
        for part in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ] {
            let mut bad = good.clone();
            let from = bad.len() - X25519_BYTES;
            bad[from..].copy_from_slice(&hex::decode(part).unwrap());
            let refused = seal_epoch_key(
                &mut Fixed(vec![7; 256]),
                &AccountId::NIL,
                &ChainHash::NIL,
                Recipient::Recovery,
                SealSuite::XWing,
                &bad,
                Epoch(0),
                &epoch_key,
            );
            assert_eq!(refused.err(), Some(SealError::PublicKey), "{part}");
            let seal = Seal {
                recipient: Recipient::Recovery,
                suite: SealSuite::XWing,
                enc: bad,
                sealed: vec![0; 48],
            };
            let seal = Seal {
                enc: seal.enc[96..].to_vec(),
                ..seal
            };
            let opened = open_epoch_key(
                &AccountId::NIL,
                &ChainHash::NIL,
                &seal,
                Epoch(0),
                epoch_key.id(),
                &key,
            );
            assert_eq!(opened.err(), Some(SealError::Open), "{part}");
        }
    }
}
