//! A device's secrets in a slot that says itself how it is opened.
//!
//! Layout, big-endian: format 1 · kind 1 · account 32 · device 2 · memory KiB 4 · passes 4 · lanes 4 · salt 16 ·
//! commitment 32 · nonce 24 · sealed bundle 113 · digest 8. All before the nonce is associated data. The digest finds
//! damage before a passphrase is asked for.

use protocol::{AccountId, DeviceIndex, Domain, chain::Card, domain, hash, limit, reader::Reader};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    aead,
    hpke_seal::{HpkeKey, SealError},
    kdf::{KdfError, KdfParams, KdfRequest},
    key::{LocalKey, SlotKey},
    passphrase::Passphrase,
    secret::{Secret, make_bytes},
    signing::SigningKey,
};

const KIND_PASSPHRASE: u8 = 1;
const BUNDLE_FORMAT: u8 = 1;
const BUNDLE_BYTES: usize = 97;
const HEADER_BYTES: usize = 96;
const SEALED_BYTES: usize = 24 + BUNDLE_BYTES + 16;
const DIGEST_BYTES: usize = 8;

/// The secrets of one device.
pub struct DeviceBundle {
    signing: SigningKey,
    hpke: HpkeKey,
    device_secret: Secret,
}

impl DeviceBundle {
    /// Random secrets for a new device.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self {
            signing: SigningKey::make(rng),
            hpke: HpkeKey::make(rng),
            device_secret: Secret::make(rng),
        }
    }

    /// Signs records, drafts and chain entries.
    #[must_use]
    pub const fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    /// Opens seals to this device.
    #[must_use]
    pub const fn hpke_key(&self) -> &HpkeKey {
        &self.hpke
    }

    /// Seals rows of this device that belong to no document.
    #[must_use]
    pub fn derive_local_key(&self) -> LocalKey {
        LocalKey(Secret::derive(
            self.device_secret.expose(),
            Domain::DeviceLocalKey,
        ))
    }

    /// Its public keys, for the account chain.
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

    /// Format 1 · signing seed 32 · HPKE seed 32 · device secret 32.
    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(BUNDLE_BYTES));
        bytes.push(BUNDLE_FORMAT);
        bytes.extend_from_slice(self.signing.expose_seed());
        bytes.extend_from_slice(self.hpke.expose_seed());
        bytes.extend_from_slice(self.device_secret.expose());
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, SlotError> {
        let mut reader = Reader::new(bytes);
        let format = reader.u8().map_err(|_| SlotError::Damaged)?;
        if format != BUNDLE_FORMAT {
            return Err(SlotError::Format { got: format });
        }
        let mut next =
            || Secret::from_slice(reader.slice(32).unwrap_or_default()).ok_or(SlotError::Damaged);
        let (signing, hpke, device_secret) = (next()?, next()?, next()?);
        if !reader.rest().is_empty() {
            return Err(SlotError::Damaged);
        }
        Ok(Self {
            signing: SigningKey::from_seed(&signing),
            hpke: HpkeKey::from_seed(hpke),
            device_secret,
        })
    }
}

/// Why a slot did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlotError {
    /// Another passphrase than the slot was made with. Ask again.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The bytes are not as they were written. Another passphrase does not help.
    #[error("slot is damaged")]
    Damaged,
    /// A newer format: ask the person to update.
    #[error("slot format {got} is not known")]
    Format {
        /// Format found.
        got: u8,
    },
    /// Opened by something this version does not know: ask the person to update.
    #[error("slot kind {got} is not known")]
    Kind {
        /// Kind found.
        got: u8,
    },
    /// Argon2id refused.
    #[error(transparent)]
    Kdf(#[from] KdfError),
}

/// A sealed device bundle, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    account: AccountId,
    device: DeviceIndex,
    params: KdfParams,
    salt: [u8; 16],
    commitment: [u8; 32],
    sealed: Vec<u8>,
}

impl Slot {
    /// The request for the key of a new slot, with a random salt. Keep it until [`Slot::seal`].
    #[must_use]
    pub fn make_request(
        rng: &mut impl CryptoRng,
        params: KdfParams,
        passphrase: &Passphrase,
    ) -> KdfRequest {
        KdfRequest::new(params, make_bytes(rng), passphrase)
    }

    /// Seals a bundle under the key that Argon2id made of `request`.
    ///
    /// # Errors
    /// Never in practice; the bundle is within every limit.
    pub fn seal(
        rng: &mut impl CryptoRng,
        account: AccountId,
        device: DeviceIndex,
        request: &KdfRequest,
        key: &SlotKey,
        bundle: &DeviceBundle,
    ) -> Result<Self, SlotError> {
        let mut slot = Self {
            account,
            device,
            params: request.params(),
            salt: request.salt(),
            commitment: *derive_commitment(key).expose(),
            sealed: Vec::new(),
        };
        slot.sealed =
            aead::seal_with_nonce(rng, &derive_seal_key(key), &slot.aad(), &bundle.encode())
                .map_err(|_| SlotError::Damaged)?;
        Ok(slot)
    }

    /// What Argon2id needs to make this slot's key.
    #[must_use]
    pub fn kdf_input(&self, passphrase: &Passphrase) -> KdfRequest {
        KdfRequest::new(self.params, self.salt, passphrase)
    }

    /// Opens the bundle.
    ///
    /// # Errors
    /// [`SlotError::WrongPassphrase`] when the key is not this slot's; anything else is damage.
    pub fn open(&self, key: &SlotKey) -> Result<DeviceBundle, SlotError> {
        if *derive_commitment(key).expose() != self.commitment {
            return Err(SlotError::WrongPassphrase);
        }
        let bundle = aead::open_with_nonce(&derive_seal_key(key), &self.aad(), &self.sealed)
            .map_err(|_| SlotError::Damaged)?;
        DeviceBundle::decode(&bundle)
    }

    /// Whose device it is.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Which device of that account.
    #[must_use]
    pub const fn device(&self) -> DeviceIndex {
        self.device
    }

    /// What opening costs.
    #[must_use]
    pub const fn params(&self) -> KdfParams {
        self.params
    }

    /// The bytes to store.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.header();
        bytes.extend_from_slice(&self.sealed);
        let digest = digest(&bytes);
        bytes.extend_from_slice(&digest);
        bytes
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// When they are damaged, of a newer version, or ask for parameters out of bounds.
    pub fn decode(bytes: &[u8]) -> Result<Self, SlotError> {
        let mut reader = Reader::new(bytes);
        let format = reader.u8().map_err(|_| SlotError::Damaged)?;
        if format != limit::FORMAT {
            return Err(SlotError::Format { got: format });
        }
        let kind = reader.u8().map_err(|_| SlotError::Damaged)?;
        if kind != KIND_PASSPHRASE {
            return Err(SlotError::Kind { got: kind });
        }
        let (body, stated) = bytes
            .split_last_chunk::<DIGEST_BYTES>()
            .ok_or(SlotError::Damaged)?;
        if body.len() != HEADER_BYTES + SEALED_BYTES || digest(body) != *stated {
            return Err(SlotError::Damaged);
        }
        let account = AccountId::from_bytes(reader.array().map_err(|_| SlotError::Damaged)?);
        let device = DeviceIndex(reader.u16().map_err(|_| SlotError::Damaged)?);
        let memory_kib = reader.u32().map_err(|_| SlotError::Damaged)?;
        let passes = reader.u32().map_err(|_| SlotError::Damaged)?;
        let lanes = reader.u32().map_err(|_| SlotError::Damaged)?;
        let params = KdfParams::new(memory_kib, passes, lanes)?;
        let salt = reader.array().map_err(|_| SlotError::Damaged)?;
        let commitment = reader.array().map_err(|_| SlotError::Damaged)?;
        let sealed = reader
            .slice(SEALED_BYTES)
            .map_err(|_| SlotError::Damaged)?
            .to_vec();
        Ok(Self {
            account,
            device,
            params,
            salt,
            commitment,
            sealed,
        })
    }

    fn header(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + SEALED_BYTES + DIGEST_BYTES);
        bytes.push(limit::FORMAT);
        bytes.push(KIND_PASSPHRASE);
        bytes.extend_from_slice(self.account.as_bytes());
        bytes.extend_from_slice(&self.device.0.to_be_bytes());
        bytes.extend_from_slice(&self.params.memory_kib().to_be_bytes());
        bytes.extend_from_slice(&self.params.passes().to_be_bytes());
        bytes.extend_from_slice(&KdfParams::LANES.to_be_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.commitment);
        bytes
    }

    fn aad(&self) -> Vec<u8> {
        domain::concat(Domain::SlotBundle, &self.account, &[&self.header()])
    }
}

fn digest(bytes: &[u8]) -> [u8; DIGEST_BYTES] {
    hash(Domain::SlotDigest, &[bytes])
        .first_chunk()
        .copied()
        .unwrap_or_default()
}

fn derive_seal_key(key: &SlotKey) -> Secret {
    Secret::derive(key.0.expose(), Domain::SlotSealKey)
}

fn derive_commitment(key: &SlotKey) -> Secret {
    Secret::derive(key.0.expose(), Domain::SlotCommitment)
}
