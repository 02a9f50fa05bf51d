//! Sealing and opening draft slots.

use protocol::{
    Domain, VerifyKey,
    draft::{DraftError, DraftFrame, DraftHeader},
    limit,
    padding::{self, PaddingError},
    signature::SignatureError,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    aead::{self, AeadError},
    key::DraftKey,
    signing::SigningKey,
};

/// Why a draft could not be made or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftOpenError {
    /// The header names another key.
    #[error("draft is sealed under another key")]
    OtherKey,
    /// Not a draft slot.
    #[error(transparent)]
    Frame(#[from] DraftError),
    /// Not signed by this device.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Does not open.
    #[error(transparent)]
    Aead(#[from] AeadError),
    /// Too long to be a draft, or not padded as made.
    #[error(transparent)]
    Padding(#[from] PaddingError),
}

/// Seals and signs one draft; `header.key` must be the id of `key`.
///
/// # Errors
/// When the text is over 16 KiB, or the header names another key.
pub fn seal_draft(
    rng: &mut impl CryptoRng,
    header: &DraftHeader,
    text: &[u8],
    key: &DraftKey,
    signing_key: &SigningKey,
) -> Result<DraftFrame, DraftOpenError> {
    seal_padded(
        rng,
        header,
        padding::pad_to(text, &limit::DRAFT_SIZES)?,
        key,
        signing_key,
    )
}

/// Seals an empty draft of the same size as the one it replaces, so that signing looks like another save.
///
/// # Errors
/// When the header names another key.
pub fn blank_draft(
    rng: &mut impl CryptoRng,
    header: &DraftHeader,
    replaced: &DraftFrame,
    key: &DraftKey,
    signing_key: &SigningKey,
) -> Result<DraftFrame, DraftOpenError> {
    let size = replaced
        .sealed()
        .len()
        .saturating_sub(protocol::record::TAG_BYTES);
    seal_padded(
        rng,
        header,
        padding::pad_to(&[], &[size])?,
        key,
        signing_key,
    )
}

/// Verifies and opens one draft; empty text is a blank slot.
///
/// # Errors
/// When it is not the device's, or does not open under this key.
pub fn open_draft(
    frame: &DraftFrame,
    verify_key: &VerifyKey,
    key: &DraftKey,
) -> Result<Zeroizing<Vec<u8>>, DraftOpenError> {
    if frame.header().key != key.id() {
        return Err(DraftOpenError::OtherKey);
    }
    frame.verify(verify_key)?;
    let opened = aead::open(
        &key.secret,
        &frame.nonce(),
        &frame.header().aad(),
        frame.sealed(),
    )?;
    Ok(Zeroizing::new(
        padding::unpad_from(&opened, &limit::DRAFT_SIZES)?.to_vec(),
    ))
}

fn seal_padded(
    rng: &mut impl CryptoRng,
    header: &DraftHeader,
    padded: Vec<u8>,
    key: &DraftKey,
    signing_key: &SigningKey,
) -> Result<DraftFrame, DraftOpenError> {
    if header.key != key.id() {
        return Err(DraftOpenError::OtherKey);
    }
    let padded = Zeroizing::new(padded);
    let mut bytes = header.encode();
    bytes.extend_from_slice(&aead::seal_with_nonce(
        rng,
        &key.secret,
        &header.aad(),
        &padded,
    )?);
    let signature = signing_key.sign(Domain::DraftSignature, &header.account, &bytes);
    bytes.extend_from_slice(&signature.0);
    Ok(DraftFrame::decode(bytes)?)
}
