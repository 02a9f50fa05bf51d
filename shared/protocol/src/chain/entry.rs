//! One entry of the account chain: its kinds, its encoding, its hash.

use minicbor::{Decode, Encode};

use super::{Card, ChainError, Cut, EpochStart, Seal, SealSuite, Signer};
use crate::{
    AccountId, ChainHash, DeviceIndex, Domain, Epoch, cbor, hash, limit,
    signature::{Signature, VerifyKey},
};

const CRITICAL: u8 = 0x80;

/// A restore with the recovery code, or the healing of a fork.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RecoveryEntry {
    /// Public keys of the new recovery code; the old one no longer signs.
    #[n(0)]
    pub recovery: Card,
    /// The new device, if one joins.
    #[n(1)]
    pub add: Option<(DeviceIndex, Card)>,
    /// Devices revoked with it.
    #[n(2)]
    pub revoke: Vec<(DeviceIndex, Vec<Cut>)>,
    /// The new epoch.
    #[n(3)]
    pub epoch: EpochStart,
    /// Hashes of entries on the same `prev` that this one refuses.
    #[n(4)]
    pub refused: Vec<ChainHash>,
}

/// An erasure; what is erased is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Erase {
    /// Epoch whose key sealed it.
    #[n(0)]
    pub epoch: Epoch,
    /// The sealed erasure.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Genesis {
    #[n(0)]
    created_at: u64,
    #[n(1)]
    device: Card,
    #[n(2)]
    recovery: Card,
    #[n(3)]
    epoch: EpochStart,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct AddDevice {
    #[n(0)]
    index: DeviceIndex,
    #[n(1)]
    card: Card,
    #[n(2)]
    epoch: Epoch,
    #[n(3)]
    seal: Seal,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Revoke {
    #[n(0)]
    device: DeviceIndex,
    #[n(1)]
    cut: Vec<Cut>,
    #[n(2)]
    epoch: EpochStart,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct DeviceKey {
    #[n(0)]
    suite: SealSuite,
    #[cbor(n(1), with = "minicbor::bytes")]
    hpke_key: Vec<u8>,
    #[n(2)]
    epoch: Epoch,
    #[n(3)]
    seal: Seal,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct MinimumFormat {
    #[n(0)]
    format: u8,
}

/// What an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainKind {
    /// Starts the account with device 0, a recovery code and epoch 0.
    Genesis {
        /// When the device says it was made, ms since epoch UTC.
        created_at: u64,
        /// Public keys of device 0.
        device: Card,
        /// Public keys of the recovery code.
        recovery: Card,
        /// Epoch 0.
        epoch: EpochStart,
    },
    /// Adds a device and seals the current epoch's key to it.
    AddDevice {
        /// The next free index.
        index: DeviceIndex,
        /// Its public keys.
        card: Card,
        /// The current epoch.
        epoch: Epoch,
        /// Its key for the new device.
        seal: Seal,
    },
    /// Revokes a device and starts an epoch without it.
    Revoke {
        /// Which device.
        device: DeviceIndex,
        /// Where its records stop counting.
        cut: Vec<Cut>,
        /// The new epoch.
        epoch: EpochStart,
    },
    /// Starts an epoch.
    Epoch(EpochStart),
    /// The signing device replaces its HPKE key.
    DeviceKey {
        /// Suite of the new key.
        suite: SealSuite,
        /// The new public key.
        hpke_key: Vec<u8>,
        /// The current epoch.
        epoch: Epoch,
        /// Its key for the new HPKE key.
        seal: Seal,
    },
    /// Signed by the recovery code.
    Recovery(RecoveryEntry),
    /// Erases a document or starts its next generation.
    Erase(Erase),
    /// Versions that write an older format stop.
    MinimumFormat(u8),
    /// A kind of a newer version.
    Unknown {
        /// The whole kind byte; its highest bit says critical.
        code: u8,
        /// The body as received.
        body: Vec<u8>,
    },
}

impl ChainKind {
    /// The kind byte of an entry.
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Self::Genesis { .. } => CRITICAL | 1,
            Self::AddDevice { .. } => CRITICAL | 2,
            Self::Revoke { .. } => CRITICAL | 3,
            Self::Epoch(_) => CRITICAL | 4,
            Self::DeviceKey { .. } => CRITICAL | 5,
            Self::Recovery(_) => CRITICAL | 6,
            Self::Erase(_) => CRITICAL | 7,
            Self::MinimumFormat(_) => CRITICAL | 8,
            Self::Unknown { code, .. } => *code,
        }
    }

    /// Whether a version that does not know the kind must stop.
    #[must_use]
    pub const fn is_critical(&self) -> bool {
        self.code() & CRITICAL != 0
    }

    fn encode_body(&self) -> Vec<u8> {
        match self.clone() {
            Self::Genesis {
                created_at,
                device,
                recovery,
                epoch,
            } => cbor::encode(&Genesis {
                created_at,
                device,
                recovery,
                epoch,
            }),
            Self::AddDevice {
                index,
                card,
                epoch,
                seal,
            } => cbor::encode(&AddDevice {
                index,
                card,
                epoch,
                seal,
            }),
            Self::Revoke { device, cut, epoch } => cbor::encode(&Revoke { device, cut, epoch }),
            Self::Epoch(epoch) => cbor::encode(&epoch),
            Self::DeviceKey {
                suite,
                hpke_key,
                epoch,
                seal,
            } => cbor::encode(&DeviceKey {
                suite,
                hpke_key,
                epoch,
                seal,
            }),
            Self::Recovery(entry) => cbor::encode(&entry),
            Self::Erase(erase) => cbor::encode(&erase),
            Self::MinimumFormat(format) => cbor::encode(&MinimumFormat { format }),
            Self::Unknown { body, .. } => body,
        }
    }

    fn decode_body(code: u8, body: Vec<u8>) -> Result<Self, ChainError> {
        Ok(match code {
            0x81 => {
                let Genesis {
                    created_at,
                    device,
                    recovery,
                    epoch,
                } = cbor::decode(&body)?;
                Self::Genesis {
                    created_at,
                    device,
                    recovery,
                    epoch,
                }
            }
            0x82 => {
                let AddDevice {
                    index,
                    card,
                    epoch,
                    seal,
                } = cbor::decode(&body)?;
                Self::AddDevice {
                    index,
                    card,
                    epoch,
                    seal,
                }
            }
            0x83 => {
                let Revoke { device, cut, epoch } = cbor::decode(&body)?;
                Self::Revoke { device, cut, epoch }
            }
            0x84 => Self::Epoch(cbor::decode(&body)?),
            0x85 => {
                let DeviceKey {
                    suite,
                    hpke_key,
                    epoch,
                    seal,
                } = cbor::decode(&body)?;
                Self::DeviceKey {
                    suite,
                    hpke_key,
                    epoch,
                    seal,
                }
            }
            0x86 => Self::Recovery(cbor::decode(&body)?),
            0x87 => Self::Erase(cbor::decode(&body)?),
            0x88 => Self::MinimumFormat(cbor::decode::<MinimumFormat>(&body)?.format),
            code => Self::Unknown { code, body },
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Unsigned {
    #[n(0)]
    format: u8,
    #[n(1)]
    index: u32,
    #[n(2)]
    prev: ChainHash,
    #[n(3)]
    kind: u8,
    #[cbor(n(4), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[n(5)]
    signer: Signer,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Signed {
    #[n(0)]
    format: u8,
    #[n(1)]
    index: u32,
    #[n(2)]
    prev: ChainHash,
    #[n(3)]
    kind: u8,
    #[cbor(n(4), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[n(5)]
    signer: Signer,
    #[n(6)]
    signature: Signature,
}

/// An entry before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryDraft(Unsigned);

impl EntryDraft {
    /// An entry for the place after `prev`; for a genesis, index 0 and [`ChainHash::NIL`].
    #[must_use]
    pub fn new(index: u32, prev: ChainHash, kind: &ChainKind, signer: Signer) -> Self {
        Self(Unsigned {
            format: limit::FORMAT,
            index,
            prev,
            kind: kind.code(),
            body: kind.encode_body(),
            signer,
        })
    }

    /// What is signed, after domain and account.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        cbor::encode(&self.0)
    }

    /// The bytes of the signed entry.
    #[must_use]
    pub fn finish(self, signature: Signature) -> Vec<u8> {
        let Unsigned {
            format,
            index,
            prev,
            kind,
            body,
            signer,
        } = self.0;
        cbor::encode(&Signed {
            format,
            index,
            prev,
            kind,
            body,
            signer,
            signature,
        })
    }
}

/// A decoded entry with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    unsigned: Unsigned,
    kind: ChainKind,
    signature: Signature,
    hash: ChainHash,
}

impl Entry {
    /// Reads one entry; neither its signature nor its place is checked here.
    ///
    /// # Errors
    /// When the bytes are not exactly one entry of a known format.
    pub fn decode(bytes: &[u8]) -> Result<Self, ChainError> {
        if bytes.len() > limit::CHAIN_ENTRY_MAX_BYTES {
            return Err(ChainError::Limit {
                got: bytes.len(),
                limit: limit::CHAIN_ENTRY_MAX_BYTES,
            });
        }
        let Signed {
            format,
            index,
            prev,
            kind,
            body,
            signer,
            signature,
        } = cbor::decode(bytes)?;
        if format != limit::FORMAT {
            return Err(ChainError::Format { got: format });
        }
        let unsigned = Unsigned {
            format,
            index,
            prev,
            kind,
            body: body.clone(),
            signer,
        };
        let kind = ChainKind::decode_body(kind, body)?;
        let hash = ChainHash::from_bytes(hash(Domain::ChainHash, &[bytes]));
        Ok(Self {
            unsigned,
            kind,
            signature,
            hash,
        })
    }

    /// Its place, from 0.
    #[must_use]
    pub const fn index(&self) -> u32 {
        self.unsigned.index
    }

    /// Hash of the entry before it.
    #[must_use]
    pub const fn prev(&self) -> ChainHash {
        self.unsigned.prev
    }

    /// Who signed it.
    #[must_use]
    pub const fn signer(&self) -> Signer {
        self.unsigned.signer
    }

    /// What it does.
    #[must_use]
    pub const fn kind(&self) -> &ChainKind {
        &self.kind
    }

    /// Hash over all its bytes.
    #[must_use]
    pub const fn hash(&self) -> ChainHash {
        self.hash
    }

    /// Checks the signature; `account` is all zero for a genesis.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn verify(&self, account: &AccountId, key: &VerifyKey) -> Result<(), ChainError> {
        key.verify(
            Domain::ChainSignature,
            account,
            &cbor::encode(&self.unsigned),
            &self.signature,
        )
        .map_err(|source| ChainError::Signature {
            index: self.index(),
            source,
        })
    }
}
