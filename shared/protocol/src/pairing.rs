//! The three opened messages of a pairing: what the new device shows of itself, what the old one tells, and the proof.
//!
//! Each is one strict CBOR array, sealed before it goes through the relay's mailbox. The code that people carry between
//! the devices is a hash of the first message; this module knows the bytes, not the code, its keys or its digits.

use minicbor::{Decode, Encode};

use crate::{
    AccountId, ChainHash, DeviceIndex,
    cbor::{self, CborError},
    chain::Card,
    limit,
    wire::{Origin, WireError},
};

/// The version of the conversation written by this release; the other two messages follow the first.
pub const PAIRING_VERSION: u8 = 1;

/// New to old: who wants to come in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PairingOffer {
    /// [`PAIRING_VERSION`].
    #[n(0)]
    pub version: u8,
    /// The new device's public keys.
    #[n(1)]
    pub card: Card,
    /// Random: two offers of one card have two codes.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub salt: [u8; 32],
    /// Hash of the random bytes in the [`PairingProof`], chosen before the old device's message is known.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub commitment: [u8; 32],
    /// What the new device calls itself, shown to the person before anything is stored. Under the code like the rest: one
    /// that came later could be chosen until the digits fit.
    #[n(4)]
    pub name: String,
}

/// Old to new: which account, and how its chain stands.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PairingInvite {
    /// Whose records.
    #[n(0)]
    pub account: AccountId,
    /// Where they are: see [`Origin`].
    #[n(1)]
    pub origin: String,
    /// Number of entries of the account chain.
    #[n(2)]
    pub chain_len: u32,
    /// Hash of the last one: the chain that the relay gives has to hold it there.
    #[n(3)]
    pub chain_head: ChainHash,
    /// The old device.
    #[n(4)]
    pub device: DeviceIndex,
}

/// New to old: the random bytes behind the commitment. Secret until it is sent, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PairingProof {
    /// Random.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub random: [u8; 16],
}

/// Why bytes are not a pairing message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairingError {
    /// Over the limit.
    #[error("pairing message of {got_bytes} bytes is over the limit")]
    TooLong {
        /// Length found.
        got_bytes: usize,
    },
    /// Not the one encoding of this message.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A newer conversation: ask the person to update this device.
    #[error("pairing version {got} is not known")]
    Version {
        /// Version found.
        got: u8,
    },
    /// The name is empty, too long or has control characters.
    #[error("device name is not usable")]
    Name,
    /// The relay's address is not one.
    #[error(transparent)]
    Origin(WireError),
}

impl PairingOffer {
    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads an offer.
    ///
    /// # Errors
    /// When the bytes are none of this version. The old device stops: nothing is stored yet.
    pub fn decode(bytes: &[u8]) -> Result<Self, PairingError> {
        check_length(bytes)?;
        let version = find_version(bytes).ok_or(CborError::Shape)?;
        if version != PAIRING_VERSION {
            return Err(PairingError::Version { got: version });
        }
        let offer: Self = cbor::decode(bytes)?;
        let is_long = offer.name.len() > limit::DEVICE_NAME_MAX_BYTES;
        if is_long || offer.name.is_empty() || offer.name.chars().any(char::is_control) {
            return Err(PairingError::Name);
        }
        Ok(offer)
    }
}

impl PairingInvite {
    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads an invitation.
    ///
    /// # Errors
    /// When the bytes are none. The new device drops everything and starts over.
    pub fn decode(bytes: &[u8]) -> Result<Self, PairingError> {
        check_length(bytes)?;
        let invite: Self = cbor::decode(bytes)?;
        Origin::parse(&invite.origin).map_err(PairingError::Origin)?;
        Ok(invite)
    }
}

impl PairingProof {
    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a proof; whether it fits the commitment is the caller's to see.
    ///
    /// # Errors
    /// When the bytes are none. The old device stops: nothing is stored yet.
    pub fn decode(bytes: &[u8]) -> Result<Self, PairingError> {
        check_length(bytes)?;
        Ok(cbor::decode(bytes)?)
    }
}

fn check_length(bytes: &[u8]) -> Result<(), PairingError> {
    if bytes.len() > limit::PAIRING_MAX_BYTES {
        return Err(PairingError::TooLong {
            got_bytes: bytes.len(),
        });
    }
    Ok(())
}

/// The first item of an array of any length: a newer offer may have more fields.
fn find_version(bytes: &[u8]) -> Option<u8> {
    let mut decoder = minicbor::Decoder::new(bytes);
    decoder.array().ok()??;
    decoder.u8().ok()
}
