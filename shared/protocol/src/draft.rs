//! A draft slot: text before it is signed, one sealed blob overwritten in place.
//!
//! Layout, big-endian: format 1 · account 32 · device 2 · slot 1 · incarnation 8 · counter 8 · key id 16 · nonce 24 · sealed 4 KiB or 16 KiB and tag 16 · signature 64.

use crate::{
    AccountId, DeviceIndex, Domain, Incarnation, KeyId, domain, limit,
    reader::{Reader, ShortError},
    record::{NONCE_BYTES, SIGNATURE_BYTES, TAG_BYTES},
    signature::{Signature, SignatureError, VerifyKey},
};

/// Length of everything before the nonce.
pub const DRAFT_HEADER_BYTES: usize = 68;

/// The readable part of a draft slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftHeader {
    /// Whose draft.
    pub account: AccountId,
    /// Which device wrote it.
    pub device: DeviceIndex,
    /// Which of its slots, from 0.
    pub slot: u8,
    /// In which run of the device.
    pub incarnation: Incarnation,
    /// Grows with every write of the slot; the highest counts.
    pub counter: u64,
    /// Id of the epoch key the draft key comes from.
    pub key: KeyId,
}

impl DraftHeader {
    /// The 68 bytes in front.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(DRAFT_HEADER_BYTES);
        bytes.push(limit::FORMAT);
        bytes.extend_from_slice(self.account.as_bytes());
        bytes.extend_from_slice(&self.device.0.to_be_bytes());
        bytes.push(self.slot);
        bytes.extend_from_slice(self.incarnation.as_bytes());
        bytes.extend_from_slice(&self.counter.to_be_bytes());
        bytes.extend_from_slice(self.key.as_bytes());
        bytes
    }

    /// Associated data of the sealed text.
    #[must_use]
    pub fn aad(&self) -> Vec<u8> {
        domain::concat(Domain::DraftBody, &self.account, &[&self.encode()])
    }
}

/// Why bytes are not a draft slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// A newer format: ask the person to update.
    #[error("draft format {got} is not known")]
    Format {
        /// Format byte found.
        got: u8,
    },
    /// No such slot.
    #[error("draft slot {got} does not exist")]
    Slot {
        /// Slot found.
        got: u8,
    },
    /// Not one of the two sizes.
    #[error("draft of {got_bytes} bytes is not possible")]
    Length {
        /// Length found.
        got_bytes: usize,
    },
    /// Too short.
    #[error(transparent)]
    Short(#[from] ShortError),
}

/// A decoded draft slot that still holds its bytes as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFrame {
    bytes: Vec<u8>,
    header: DraftHeader,
    signature: Signature,
}

impl DraftFrame {
    /// Reads the header and checks the shape. The signature is not checked here.
    ///
    /// # Errors
    /// When the bytes are no draft slot of a known format.
    pub fn decode(bytes: Vec<u8>) -> Result<Self, DraftError> {
        let mut reader = Reader::new(&bytes);
        let format = reader.u8()?;
        if format != limit::FORMAT {
            return Err(DraftError::Format { got: format });
        }
        let account = AccountId::from_bytes(reader.array()?);
        let device = DeviceIndex(reader.u16()?);
        let slot = reader.u8()?;
        if slot >= limit::DRAFT_SLOTS {
            return Err(DraftError::Slot { got: slot });
        }
        let header = DraftHeader {
            account,
            device,
            slot,
            incarnation: Incarnation::from_bytes(reader.array()?),
            counter: reader.u64()?,
            key: KeyId::from_bytes(reader.array()?),
        };
        reader.slice(NONCE_BYTES)?;
        let padded = reader
            .rest()
            .len()
            .saturating_sub(TAG_BYTES + SIGNATURE_BYTES);
        if !limit::DRAFT_SIZES.contains(&padded) {
            return Err(DraftError::Length {
                got_bytes: bytes.len(),
            });
        }
        reader.slice(padded + TAG_BYTES)?;
        let signature = Signature(reader.array()?);
        Ok(Self {
            bytes,
            header,
            signature,
        })
    }

    /// The readable part.
    #[must_use]
    pub const fn header(&self) -> &DraftHeader {
        &self.header
    }

    /// The bytes as received or made.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Checks the device's signature.
    ///
    /// # Errors
    /// When it was not made by this key over these bytes.
    pub fn verify(&self, key: &VerifyKey) -> Result<(), SignatureError> {
        let end = self.bytes.len().saturating_sub(SIGNATURE_BYTES);
        key.verify(
            Domain::DraftSignature,
            &self.header.account,
            self.part(0, end),
            &self.signature,
        )
    }

    /// Nonce of the sealed text.
    #[must_use]
    pub fn nonce(&self) -> [u8; NONCE_BYTES] {
        self.part(DRAFT_HEADER_BYTES, DRAFT_HEADER_BYTES + NONCE_BYTES)
            .try_into()
            .unwrap_or_default()
    }

    /// The sealed text, tag included.
    #[must_use]
    pub fn sealed(&self) -> &[u8] {
        self.part(
            DRAFT_HEADER_BYTES + NONCE_BYTES,
            self.bytes.len().saturating_sub(SIGNATURE_BYTES),
        )
    }

    fn part(&self, from: usize, to: usize) -> &[u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }
}
