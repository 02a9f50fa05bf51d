//! The keybox: which clients and documents exist, and their wrapped keys. Devices only ever add to it.

use minicbor::{Decode, Encode};

use crate::{
    ClientId, DocId, Epoch, Generation, KeyId,
    cbor::{self, CborError},
};

/// A 32-byte key sealed under another: nonce 24, key 32, tag 16.
pub const WRAPPED_BYTES: usize = 72;

/// What a document holds; decides its client, its year and its retention term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocKind {
    /// The caregiver and the practice.
    Profile,
    /// A client's citizen service number and identity document.
    Identity,
    /// The core of a client's dossier.
    Dossier,
    /// A client's visits in one calendar year.
    Journal,
    /// Drafts; reserved, drafts travel in slots.
    Draft,
    /// The register of incidents of one year.
    Incident,
    /// Hours and travel of one year.
    Hours,
    /// The access log.
    Audit,
    /// The keybox itself.
    Keybox,
    /// Sealed attachments.
    Attachment,
    /// A kind of a newer version.
    Unknown(u8),
}

impl DocKind {
    /// The kinds this version knows.
    pub const ALL: [Self; 10] = [
        Self::Profile,
        Self::Identity,
        Self::Dossier,
        Self::Journal,
        Self::Draft,
        Self::Incident,
        Self::Hours,
        Self::Audit,
        Self::Keybox,
        Self::Attachment,
    ];

    /// The byte in the keybox.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::Profile => 1,
            Self::Identity => 2,
            Self::Dossier => 3,
            Self::Journal => 4,
            Self::Draft => 5,
            Self::Incident => 6,
            Self::Hours => 7,
            Self::Audit => 8,
            Self::Keybox => 9,
            Self::Attachment => 10,
            Self::Unknown(byte) => byte,
        }
    }

    /// The kind of a byte; every byte has one.
    #[must_use]
    pub fn from_byte(byte: u8) -> Self {
        Self::ALL
            .into_iter()
            .find(|kind| kind.to_byte() == byte)
            .unwrap_or(Self::Unknown(byte))
    }
}

impl<C> Encode<C> for DocKind {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.to_byte())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for DocKind {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u8().map(Self::from_byte)
    }
}

/// A client key, wrapped under the keyring key of an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ClientKeyEntry {
    /// Whose key; `None` is the practice's own.
    #[n(0)]
    pub client: Option<ClientId>,
    /// Counts rotations from 1. Two devices may make the same version: the key id tells them apart.
    #[n(1)]
    pub version: u32,
    /// Whose keyring key wraps it.
    #[n(2)]
    pub epoch: Epoch,
    /// Id of, and commitment to, the client key.
    #[n(3)]
    pub key: KeyId,
    /// The wrapped key.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub wrapped: [u8; WRAPPED_BYTES],
}

/// A document and its key, wrapped under a client key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DocKeyEntry {
    /// Which document.
    #[n(0)]
    pub doc: DocId,
    /// What it holds.
    #[n(1)]
    pub kind: DocKind,
    /// Whose; `None` is the practice's own.
    #[n(2)]
    pub client: Option<ClientId>,
    /// Calendar year, for documents split by year.
    #[n(3)]
    pub year: Option<u16>,
    /// Its generation.
    #[n(4)]
    pub generation: Generation,
    /// Id of, and commitment to, the document key.
    #[n(5)]
    pub key: KeyId,
    /// Version of the client key that wraps it.
    #[n(6)]
    pub client_key_version: u32,
    /// Id of the client key that wraps it.
    #[n(7)]
    pub client_key: KeyId,
    /// The wrapped key.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub wrapped: [u8; WRAPPED_BYTES],
}

/// One addition to the keybox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyboxEntry {
    /// A client and one of its keys.
    ClientKey(ClientKeyEntry),
    /// A document and one of its keys.
    DocKey(DocKeyEntry),
    /// Something a newer version added: kept, not used.
    Unknown {
        /// Its code.
        code: u8,
        /// Its encoding.
        bytes: Vec<u8>,
    },
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct RawEntry {
    #[n(0)]
    code: u8,
    #[cbor(n(1), with = "minicbor::bytes")]
    bytes: Vec<u8>,
}

/// The content of a keybox record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keybox {
    /// What it adds, in order: a client key stands before the documents under it.
    pub entries: Vec<KeyboxEntry>,
}

impl Keybox {
    /// The bytes for a body's content.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let raw: Vec<RawEntry> = self
            .entries
            .iter()
            .map(|entry| match entry {
                KeyboxEntry::ClientKey(entry) => RawEntry {
                    code: 1,
                    bytes: cbor::encode(entry),
                },
                KeyboxEntry::DocKey(entry) => RawEntry {
                    code: 2,
                    bytes: cbor::encode(entry),
                },
                KeyboxEntry::Unknown { code, bytes } => RawEntry {
                    code: *code,
                    bytes: bytes.clone(),
                },
            })
            .collect();
        cbor::encode(&raw)
    }

    /// Reads the content of a keybox record.
    ///
    /// # Errors
    /// When the bytes are not exactly one keybox.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let raw: Vec<RawEntry> = cbor::decode(bytes)?;
        let entries = raw
            .into_iter()
            .map(|raw| {
                Ok(match raw.code {
                    1 => KeyboxEntry::ClientKey(cbor::decode(&raw.bytes)?),
                    2 => KeyboxEntry::DocKey(cbor::decode(&raw.bytes)?),
                    code => KeyboxEntry::Unknown {
                        code,
                        bytes: raw.bytes,
                    },
                })
            })
            .collect::<Result<_, CborError>>()?;
        Ok(Self { entries })
    }
}
