//! Making an account, and opening its epoch keys from the chain.

use std::collections::BTreeMap;

use protocol::{
    AccountId, ChainHash, DeviceIndex, Domain, Epoch,
    chain::{
        ChainError, ChainKind, ChainView, EntryDraft, EpochStart, EpochState, Recipient, Signer,
    },
};
use rand_core::CryptoRng;

use crate::{
    hpke_seal::{HpkeKey, SealError, open_epoch_key, seal_epoch_key},
    key::EpochKey,
    recovery::RecoveryCode,
    slot::DeviceBundle,
};

/// All that a first run makes.
pub struct NewAccount {
    /// The genesis entry, to store as the chain's first.
    pub genesis: Vec<u8>,
    /// The chain of that one entry, verified.
    pub chain: ChainView,
    /// Secrets of device 0, to seal in a slot.
    pub bundle: DeviceBundle,
    /// Key of epoch 0.
    pub epoch_key: EpochKey,
    /// The code for the recovery sheet: shown once, never stored.
    pub recovery_code: RecoveryCode,
}

/// Why an account could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// A seal could not be made.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The genesis does not verify.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// Makes an account with one device and a recovery code; `now` is ms since epoch UTC.
///
/// # Errors
/// Never in practice.
pub fn make_account(rng: &mut impl CryptoRng, now: u64) -> Result<NewAccount, AccountError> {
    let bundle = DeviceBundle::make(rng);
    let recovery_code = RecoveryCode::make(rng);
    let epoch_key = EpochKey::make(rng);
    let device = bundle.card()?;
    let recovery = recovery_code.derive_keys().card()?;
    let first = Recipient::Device(DeviceIndex(0));
    let mut seals = Vec::with_capacity(2);
    for (recipient, card) in [(first, &device), (Recipient::Recovery, &recovery)] {
        let (account, prev) = (&AccountId::NIL, &ChainHash::NIL);
        let (suite, public_key) = (card.suite, card.hpke_key.as_slice());
        seals.push(seal_epoch_key(
            rng,
            account,
            prev,
            recipient,
            suite,
            public_key,
            Epoch(0),
            &epoch_key,
        )?);
    }
    let epoch = EpochStart {
        epoch: Epoch(0),
        key: epoch_key.id(),
        seals,
        previous: None,
    };
    let kind = ChainKind::Genesis {
        created_at: now,
        device,
        recovery,
        epoch,
    };
    let draft = EntryDraft::new(0, ChainHash::NIL, &kind, Signer::Device(DeviceIndex(0)));
    let signature = bundle.signing_key().sign(
        Domain::ChainSignature,
        &AccountId::NIL,
        &draft.signed_bytes(),
    );
    let genesis = draft.finish(signature);
    let chain = ChainView::start(&genesis)?;
    Ok(NewAccount {
        genesis,
        chain,
        bundle,
        epoch_key,
        recovery_code,
    })
}

/// Opens every epoch key that a recipient can reach: by its own seals, and backwards from one epoch to the one before.
///
/// An older epoch that was sealed to an HPKE key since replaced stays closed.
///
/// # Errors
/// When the current epoch's seal to this recipient, or a wrapped previous key, does not open.
pub fn open_epoch_keys(
    chain: &ChainView,
    recipient: Recipient,
    secret: &HpkeKey,
) -> Result<BTreeMap<Epoch, EpochKey>, SealError> {
    let account = chain.account();
    let mut keys: BTreeMap<Epoch, EpochKey> = BTreeMap::new();
    let mut later: Option<&EpochState> = None;
    for state in chain.epochs().iter().rev() {
        let wrapped = later.and_then(|later| {
            Some((
                keys.get(&later.epoch)?,
                later.epoch,
                later.previous.as_deref()?,
            ))
        });
        let key = match (wrapped, chain.seal(state.epoch, recipient)) {
            (Some((key, epoch, wrapped)), _) => Some(
                key.unwrap_previous(&account, epoch, wrapped, state.key)
                    .map_err(|_| SealError::Open)?,
            ),
            (None, Some((prev, seal))) => {
                let opened = open_epoch_key(&account, &prev, seal, state.epoch, state.key, secret);
                if state.epoch == chain.current_epoch() {
                    Some(opened?)
                } else {
                    opened.ok()
                }
            }
            (None, None) => None,
        };
        if let Some(key) = key {
            keys.insert(state.epoch, key);
        }
        later = Some(state);
    }
    Ok(keys)
}
