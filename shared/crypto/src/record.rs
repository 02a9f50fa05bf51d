//! Sealing and opening records.

use protocol::{
    AccountId, Domain, KeyId, VerifyKey,
    body::{Body, BodyError},
    domain,
    padding::{self, PaddingError},
    record::{NONCE_BYTES, OUTER_BYTES, Outer, Record, RecordError, Route, RouteError, TAG_BYTES},
    signature::SignatureError,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    aead::{self, AeadError},
    key::{BodyKey, RouteKey},
    signing::SigningKey,
};

/// Why a record could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordSealError {
    /// The route does not fit.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// The body does not fit: split it over records.
    #[error(transparent)]
    Padding(#[from] PaddingError),
    /// The result would not be a record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The cipher refused.
    #[error(transparent)]
    Aead(#[from] AeadError),
}

/// Why a record did not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordOpenError {
    /// Not signed by this device for this account.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A part does not open.
    #[error(transparent)]
    Aead(#[from] AeadError),
    /// The route is not one.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// The padding is not as made.
    #[error(transparent)]
    Padding(#[from] PaddingError),
    /// The body is not one, or of a newer version.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The key the route names is not here yet.
    #[error("key {key} is not here")]
    NoKey {
        /// Which key.
        key: KeyId,
    },
}

/// A verified record with its opened parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedRecord {
    /// What it does and to which document.
    pub route: Route,
    /// What it carries.
    pub body: Body,
}

/// Seals and signs one record.
///
/// # Errors
/// When the route or the body is too large.
#[allow(clippy::too_many_arguments)]
pub fn seal_record(
    rng: &mut impl CryptoRng,
    account: &AccountId,
    outer: &Outer,
    route: &Route,
    body: &Body,
    route_key: &RouteKey,
    body_key: &BodyKey,
    signing_key: &SigningKey,
) -> Result<Record, RecordSealError> {
    let route = Zeroizing::new(route.encode()?);
    let route_len = route.len() + TAG_BYTES;
    let route_len = u16::try_from(route_len).map_err(|_| RecordError::RouteLength {
        got_bytes: route_len,
    })?;
    let padded = Zeroizing::new(padding::pad(&Zeroizing::new(body.encode()))?);

    let mut bytes = outer.encode(route_len);
    let route_aad = domain::concat(
        Domain::RecordRoute,
        account,
        &[bytes.get(..OUTER_BYTES).unwrap_or_default()],
    );
    let route_nonce: [u8; NONCE_BYTES] = aead::make_nonce(rng);
    bytes.extend_from_slice(&route_nonce);
    bytes.extend_from_slice(&aead::seal(&route_key.0, &route_nonce, &route_aad, &route)?);

    let body_aad = domain::concat(Domain::RecordBody, account, &[&bytes]);
    bytes.extend_from_slice(&aead::seal_with_nonce(
        rng,
        &body_key.0,
        &body_aad,
        &padded,
    )?);
    let signature = signing_key.sign(Domain::RecordSignature, account, &bytes);
    bytes.extend_from_slice(&signature.0);
    Ok(Record::decode(bytes)?)
}

/// Opens the route of a record; the signature is not checked here.
///
/// # Errors
/// When it does not open or is no route.
pub fn open_route(
    account: &AccountId,
    record: &Record,
    key: &RouteKey,
) -> Result<Route, RecordOpenError> {
    let opened = aead::open(
        &key.0,
        &record.route_nonce(),
        &record.route_aad(account),
        record.route_sealed(),
    )?;
    Ok(Route::decode(&opened)?)
}

/// Opens the body of a record; the signature is not checked here.
///
/// # Errors
/// When it does not open, is not padded as made, or is no body.
pub fn open_body(
    account: &AccountId,
    record: &Record,
    key: &BodyKey,
) -> Result<Body, RecordOpenError> {
    let opened = aead::open(
        &key.0,
        &record.body_nonce(),
        &record.body_aad(account),
        record.body_sealed(),
    )?;
    Ok(Body::decode(padding::unpad(&opened)?)?)
}

/// Verifies a record and opens it whole; `find_key` gives the body key that a route names.
///
/// # Errors
/// When it is not the device's, a part does not open, or the key is not here.
pub fn open_record(
    account: &AccountId,
    record: &Record,
    verify_key: &VerifyKey,
    route_key: &RouteKey,
    find_key: impl FnOnce(&Route) -> Option<BodyKey>,
) -> Result<OpenedRecord, RecordOpenError> {
    record.verify(account, verify_key)?;
    let route = open_route(account, record, route_key)?;
    let key = find_key(&route).ok_or(RecordOpenError::NoKey { key: route.key })?;
    let body = open_body(account, record, &key)?;
    Ok(OpenedRecord { route, body })
}
