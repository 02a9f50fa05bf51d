//! A new device of an account that exists: its own keys first, in memory only; its vault in one batch, once the account
//! chain holds its card.

use crypto::{DeviceBundle, Passphrase, Slot};
use protocol::audit::{AuditAction, AuditEvent};
use protocol::chain::{self, Card, ChainView};
use protocol::wire::{self, Origin};
use protocol::{AccountId, Challenge, DocId, Domain, Incarnation, Signature, VerifyKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::head::{DeviceHead, DocHead};
use super::keys::Keys;
use super::lane::{Deed, OpenLane};
use super::session::Session;
use super::setup::derive;
use super::stop::Outcome;
use super::turn::Turn;
use super::{Now, Open, Vault, failure, meta};
use crate::command::Failure;
use crate::kdf::Kdf;
use crate::store::{Store, StoreName};

impl<S: Store, K: Kdf> Vault<S, K> {
    /// Starts (or starts again) a device of an account that exists: its public keys, for the entry that adds it.
    /// Stores nothing.
    ///
    /// # Errors
    /// `Exists` where there is a vault already; a store's failure.
    pub async fn begin_join(&mut self, rng: &mut impl CryptoRng) -> Result<Card, Failure> {
        if self.open.is_some() || meta::has_vault(&self.store).await.map_err(failure)? {
            return Err(Failure::Exists);
        }
        let bundle = DeviceBundle::make(rng);
        let card = bundle.card().map_err(|_| Failure::Internal)?;
        self.joining = Some(bundle);
        Ok(card)
    }

    /// Signs a hello with the keys of [`Vault::begin_join`], for a relay at this origin by the device's own setting.
    ///
    /// # Errors
    /// `NoVault` without [`Vault::begin_join`]; `Internal` when the origin is none.
    pub fn sign_join(
        &self,
        account: &AccountId,
        challenge: &Challenge,
        origin: &str,
    ) -> Result<(VerifyKey, Signature), Failure> {
        let bundle = self.joining.as_ref().ok_or(Failure::NoVault)?;
        let origin = Origin::parse(origin).map_err(|_| Failure::Internal)?;
        let signing = bundle.signing_key();
        let signed = wire::hello_bytes(challenge, origin);
        let signature = signing.sign(Domain::Hello, account, &signed);
        Ok((signing.verify_key(), signature))
    }

    /// Drops the keys of [`Vault::begin_join`].
    pub fn cancel_join(&mut self) {
        self.joining = None;
    }

    /// Makes the vault of this device from an account chain that holds its card. After a refusal or a failure it may
    /// be tried again.
    ///
    /// # Errors
    /// `NoVault` without [`Vault::begin_join`]; `Corrupt` when the chain is none, or not one that holds the card;
    /// `WeakPassphrase`; a store's failure.
    pub async fn finish_join(
        &mut self,
        entries: &[Vec<u8>],
        passphrase: String,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Failure> {
        let passphrase = Zeroizing::new(passphrase);
        let joined = self.join(entries, &passphrase, now.ms, rng).await;
        joined.map_err(failure)
    }

    async fn join(
        &mut self,
        entries: &[Vec<u8>],
        passphrase: &str,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Outcome<()> {
        if self.open.is_some() || meta::has_vault(&self.store).await? {
            return Err(Failure::Exists.into());
        }
        let passphrase = Passphrase::parse(passphrase).map_err(|_| Failure::WeakPassphrase)?;
        if !passphrase.strength().is_allowed() {
            return Err(Failure::WeakPassphrase.into());
        }
        let chain = chain::verify(entries).map_err(|_| Failure::Corrupt)?;
        let bundle = self.joining.take().ok_or(Failure::NoVault)?;
        let (request, slot_key) = match derive(&self.kdf, &passphrase, rng).await {
            Ok(derived) => derived,
            Err(stop) => {
                self.joining = Some(bundle);
                return Err(stop);
            }
        };
        let keys = match open_keys(bundle, chain) {
            Ok(keys) => keys,
            Err(bundle) => {
                self.joining = Some(*bundle);
                return Err(Failure::Corrupt.into());
            }
        };
        let (account, device) = (keys.account, keys.device);
        let slot = Slot::seal(rng, account, device, &request, &slot_key, &keys.bundle);
        let slot = slot.map_err(|_| Failure::Internal)?;
        let incarnation = Incarnation::from_bytes(crypto::make_bytes(rng));
        let lane = OpenLane::start(&account, device, incarnation);
        let mut session = Session::new(DeviceHead::new(incarnation), lane);
        session.is_sync_changed = true;
        let mut turn = Turn::new(&self.store, &keys, &mut session, rng, now);
        meta::put_new(&mut turn.batch, &slot, entries);
        match turn.write_joined().await {
            Ok(()) => {
                self.open = Some(Open { keys, session });
                Ok(())
            }
            Err(stop) => {
                self.joining = Some(keys.bundle);
                Err(stop)
            }
        }
    }
}

fn open_keys(bundle: DeviceBundle, chain: ChainView) -> Result<Keys, Box<DeviceBundle>> {
    let own = bundle.signing_key().verify_key();
    let found = chain
        .active_devices()
        .find(|(_, state)| state.card.verify_key == own)
        .map(|(device, _)| device);
    match found {
        Some(device) => Keys::open_or_back(bundle, device, chain),
        None => Err(Box::new(bundle)),
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    async fn write_joined(&mut self) -> Outcome<()> {
        let row = self.head_row(DocId::NIL);
        self.put_value(StoreName::Cursor, row, &DocHead::default())?;
        self.note(Deed::done(
            AuditEvent::Unlocked,
            AuditAction::Execute,
            None,
            "vault",
        ))?;
        self.note_made()?;
        self.commit().await
    }
}
