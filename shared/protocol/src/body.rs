//! The opened body of a record.

use minicbor::{Decode, Encode};

use crate::{
    ChangeHash, RecordHash,
    cbor::{self, CborError},
};

/// The body version written by this release.
pub const BODY_VERSION: u8 = 1;

/// What a record carries, whatever its kind.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Body {
    /// Layout of this body, [`BODY_VERSION`].
    #[n(0)]
    pub version: u8,
    /// When the device says it was made, ms since epoch UTC. A claim.
    #[n(1)]
    pub made_at: u64,
    /// Automerge heads the changes stand on.
    #[n(2)]
    pub deps: Vec<ChangeHash>,
    /// Hashes of the changes in `content`; after applying, each must be in the document.
    #[n(3)]
    pub change_hashes: Vec<ChangeHash>,
    /// Records stored here but not opened: they count for no receipt.
    #[n(4)]
    pub unopened: Vec<RecordHash>,
    /// Automerge changes, an encoded [`crate::keybox::Keybox`] or [`crate::audit::AuditBatch`], by the kind of the record; empty in a beacon.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub content: Vec<u8>,
}

/// Why bytes are not a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Not the one encoding of a body.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A newer layout: ask the person to update.
    #[error("body version {got} is not known")]
    Version {
        /// Version found.
        got: u8,
    },
}

impl Body {
    /// A body without hashes: keybox, access log and beacon.
    #[must_use]
    pub const fn plain(made_at: u64, content: Vec<u8>) -> Self {
        Self {
            version: BODY_VERSION,
            made_at,
            deps: Vec::new(),
            change_hashes: Vec::new(),
            unopened: Vec::new(),
            content,
        }
    }

    /// The bytes that are padded and sealed.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads an opened body.
    ///
    /// # Errors
    /// When the version is newer, or the bytes are not exactly one body.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        version(bytes).map_or(Ok(()), |got| {
            if got == BODY_VERSION {
                Ok(())
            } else {
                Err(BodyError::Version { got })
            }
        })?;
        Ok(cbor::decode(bytes)?)
    }
}

/// The first element of an array, where every body says its version.
fn version(bytes: &[u8]) -> Option<u8> {
    let mut decoder = minicbor::Decoder::new(bytes);
    decoder.array().ok()?;
    decoder.u8().ok()
}
