//! Keys sealed under keys, for the keybox and for older epochs.

use protocol::{
    AccountId, ClientId, DocId, Domain, Epoch, Generation, KeyId, domain,
    keybox::{ClientKeyEntry, DocKeyEntry, DocKind, WRAPPED_BYTES},
};
use rand_core::CryptoRng;

use crate::{
    aead::{self, AeadError},
    key::{ClientKey, DocumentKey, EpochKey},
    secret::Secret,
};

/// Why a wrapped key was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnwrapError {
    /// It does not open under this key for this place.
    #[error(transparent)]
    Aead(#[from] AeadError),
    /// It opens, but is not the key that its id commits to.
    #[error("key does not match its id {expected}")]
    Commitment {
        /// The id stated beside it.
        expected: KeyId,
    },
}

/// What a document key is for; bound into its wrapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentName {
    /// Which document.
    pub doc: DocId,
    /// What it holds.
    pub kind: DocKind,
    /// Whose; `None` is the practice's own.
    pub client: Option<ClientId>,
    /// Calendar year, for documents split by year.
    pub year: Option<u16>,
    /// Its generation.
    pub generation: Generation,
}

impl EpochKey {
    /// Wraps a client key into a keybox entry.
    ///
    /// # Errors
    /// Never in practice; sealing 32 bytes is within every limit.
    pub fn wrap_client(
        &self,
        rng: &mut impl CryptoRng,
        account: &AccountId,
        epoch: Epoch,
        client: Option<ClientId>,
        version: u32,
        key: &ClientKey,
    ) -> Result<ClientKeyEntry, AeadError> {
        let mut entry = ClientKeyEntry {
            client,
            version,
            epoch,
            key: key.id(),
            wrapped: [0; WRAPPED_BYTES],
        };
        entry.wrapped = wrap(rng, &self.0, &client_aad(account, &entry), &key.0)?;
        Ok(entry)
    }

    /// Opens a client key out of its keybox entry.
    ///
    /// # Errors
    /// When it does not open, or is not the key its id names.
    pub fn unwrap_client(
        &self,
        account: &AccountId,
        entry: &ClientKeyEntry,
    ) -> Result<ClientKey, UnwrapError> {
        unwrap(
            &self.0,
            &client_aad(account, entry),
            &entry.wrapped,
            entry.key,
        )
        .map(ClientKey)
    }

    /// Wraps the key of the epoch before `epoch`, for [`protocol::chain::EpochStart::previous`].
    ///
    /// # Errors
    /// Never in practice.
    pub fn wrap_previous(
        &self,
        rng: &mut impl CryptoRng,
        account: &AccountId,
        epoch: Epoch,
        previous: &Self,
    ) -> Result<Vec<u8>, AeadError> {
        Ok(wrap(
            rng,
            &self.0,
            &epoch_aad(account, epoch, previous.id()),
            &previous.0,
        )?
        .to_vec())
    }

    /// Opens the key of the epoch before `epoch`.
    ///
    /// # Errors
    /// When it does not open, or is not the key the chain names.
    pub fn unwrap_previous(
        &self,
        account: &AccountId,
        epoch: Epoch,
        wrapped: &[u8],
        expected: KeyId,
    ) -> Result<Self, UnwrapError> {
        unwrap(
            &self.0,
            &epoch_aad(account, epoch, expected),
            wrapped,
            expected,
        )
        .map(Self)
    }
}

impl ClientKey {
    /// Wraps a document key into a keybox entry; `version` is this key's.
    ///
    /// # Errors
    /// Never in practice.
    pub fn wrap_document(
        &self,
        rng: &mut impl CryptoRng,
        account: &AccountId,
        version: u32,
        name: &DocumentName,
        key: &DocumentKey,
    ) -> Result<DocKeyEntry, AeadError> {
        let mut entry = DocKeyEntry {
            doc: name.doc,
            kind: name.kind,
            client: name.client,
            year: name.year,
            generation: name.generation,
            key: key.id(),
            client_key_version: version,
            client_key: self.id(),
            wrapped: [0; WRAPPED_BYTES],
        };
        entry.wrapped = wrap(rng, &self.0, &document_aad(account, &entry), &key.0)?;
        Ok(entry)
    }

    /// Opens a document key out of its keybox entry.
    ///
    /// # Errors
    /// When it does not open, or is not the key its id names.
    pub fn unwrap_document(
        &self,
        account: &AccountId,
        entry: &DocKeyEntry,
    ) -> Result<DocumentKey, UnwrapError> {
        unwrap(
            &self.0,
            &document_aad(account, entry),
            &entry.wrapped,
            entry.key,
        )
        .map(DocumentKey)
    }
}

fn wrap(
    rng: &mut impl CryptoRng,
    wrapping: &Secret,
    aad: &[u8],
    key: &Secret,
) -> Result<[u8; WRAPPED_BYTES], AeadError> {
    let sealed = aead::seal_with_nonce(rng, wrapping, aad, key.expose())?;
    sealed.as_slice().try_into().map_err(|_| AeadError)
}

fn unwrap(
    wrapping: &Secret,
    aad: &[u8],
    wrapped: &[u8],
    expected: KeyId,
) -> Result<Secret, UnwrapError> {
    let opened = aead::open_with_nonce(wrapping, aad, wrapped)?;
    let key = Secret::from_slice(&opened).ok_or(AeadError)?;
    if key.key_id() != expected {
        return Err(UnwrapError::Commitment { expected });
    }
    Ok(key)
}

/// domain ‖ account ‖ epoch 4 ‖ id of the wrapped key 16.
fn epoch_aad(account: &AccountId, epoch: Epoch, previous: KeyId) -> Vec<u8> {
    domain::concat(
        Domain::WrapEpoch,
        account,
        &[&epoch.0.to_be_bytes(), previous.as_bytes()],
    )
}

/// domain ‖ account ‖ client 17 ‖ version 4 ‖ epoch 4 ‖ key id 16.
fn client_aad(account: &AccountId, entry: &ClientKeyEntry) -> Vec<u8> {
    let parts: [&[u8]; 4] = [
        &optional_client(entry.client),
        &entry.version.to_be_bytes(),
        &entry.epoch.0.to_be_bytes(),
        entry.key.as_bytes(),
    ];
    domain::concat(Domain::WrapClient, account, &parts)
}

/// domain ‖ account ‖ doc 16 ‖ kind 1 ‖ client 17 ‖ year 3 ‖ generation 2 ‖ key id 16 ‖ client key version 4 ‖ client key id 16.
fn document_aad(account: &AccountId, entry: &DocKeyEntry) -> Vec<u8> {
    let [high, low] = entry.year.unwrap_or_default().to_be_bytes();
    let parts: [&[u8]; 8] = [
        entry.doc.as_bytes(),
        &[entry.kind.to_byte()],
        &optional_client(entry.client),
        &[u8::from(entry.year.is_some()), high, low],
        &entry.generation.0.to_be_bytes(),
        entry.key.as_bytes(),
        &entry.client_key_version.to_be_bytes(),
        entry.client_key.as_bytes(),
    ];
    domain::concat(Domain::WrapDocument, account, &parts)
}

/// 1 and the id, or 17 zeros.
fn optional_client(client: Option<ClientId>) -> Vec<u8> {
    let mut bytes = vec![u8::from(client.is_some())];
    bytes.extend_from_slice(client.unwrap_or(ClientId::NIL).as_bytes());
    bytes
}
