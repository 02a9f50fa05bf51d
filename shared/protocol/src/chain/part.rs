//! What entries are made of: public keys, seals, epochs and cuts.

use minicbor::{Decode, Encode};

use crate::{DeviceIndex, Epoch, Incarnation, KeyId, RecordHash, Seq, signature::VerifyKey};

const RECOVERY_CODE: u16 = u16::MAX;

/// Which HPKE suite a public key and the seals to it belong to; codes are only added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SealSuite {
    /// X-Wing (0x647a), HKDF-SHA256, AES-256-GCM.
    XWing,
    /// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Reserved, not written.
    X25519,
    /// A suite of a newer version: the chain still verifies, its seals do not open here.
    Unknown(u8),
}

impl SealSuite {
    /// The code in a card and in a seal.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::XWing => 1,
            Self::X25519 => 2,
            Self::Unknown(code) => code,
        }
    }

    /// The suite of a code; every code has one.
    #[must_use]
    pub const fn from_byte(code: u8) -> Self {
        match code {
            1 => Self::XWing,
            2 => Self::X25519,
            code => Self::Unknown(code),
        }
    }
}

impl<C> Encode<C> for SealSuite {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.to_byte())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for SealSuite {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u8().map(Self::from_byte)
    }
}

/// Public keys of a device or of the recovery code.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Card {
    /// Checks its signatures.
    #[n(0)]
    pub verify_key: VerifyKey,
    /// Suite of the HPKE key.
    #[n(1)]
    pub suite: SealSuite,
    /// Public HPKE key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub hpke_key: Vec<u8>,
}

/// Who a seal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// An active device.
    Device(DeviceIndex),
    /// Whoever holds the recovery code.
    Recovery,
}

impl Recipient {
    /// Two bytes: the device index, or 0xffff for recovery.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Device(index) => index.0,
            Self::Recovery => RECOVERY_CODE,
        }
    }

    const fn from_code(code: u16) -> Self {
        match code {
            RECOVERY_CODE => Self::Recovery,
            index => Self::Device(DeviceIndex(index)),
        }
    }
}

impl<C> Encode<C> for Recipient {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u16(self.code())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Recipient {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u16().map(Self::from_code)
    }
}

/// Who signed an entry; the same two bytes as a [`Recipient`].
pub type Signer = Recipient;

/// An epoch key sealed to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Seal {
    /// Who can open it.
    #[n(0)]
    pub recipient: Recipient,
    /// With which suite.
    #[n(1)]
    pub suite: SealSuite,
    /// HPKE encapsulated key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub enc: Vec<u8>,
    /// The sealed 32 bytes and their tag.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// The start of an epoch: a new keyring key for every active device and for recovery.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct EpochStart {
    /// Its number: the last one plus 1.
    #[n(0)]
    pub epoch: Epoch,
    /// Id of, and commitment to, its key.
    #[n(1)]
    pub key: KeyId,
    /// One per active device in rising order, then recovery.
    #[n(2)]
    pub seals: Vec<Seal>,
    /// The previous epoch's key wrapped under this one; left out after an erasure, so that old copies stay closed.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub previous: Option<Vec<u8>>,
}

/// Where a revoked device's records stop counting, per incarnation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Cut {
    /// Which run of its sequence.
    #[n(0)]
    pub incarnation: Incarnation,
    /// The last record that counts.
    #[n(1)]
    pub seq: Seq,
    /// Its hash.
    #[n(2)]
    pub hash: RecordHash,
}
