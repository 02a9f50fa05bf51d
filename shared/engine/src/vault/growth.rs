//! The account chain grows: by an entry this device proposes, or by entries taken from a relay.
//!
//! An entry counts when the relay took it on the one before it; a device that never met a relay extends the chain
//! alone. So an own entry is only made here, and taken in like anybody's once it counts.

use protocol::chain::{Card, ChainError, ChainKind, Entry, EntryDraft, Recipient, Signer};
use protocol::pairing::PairingInvite;
use protocol::{DeviceIndex, Domain, limit};
use rand_core::CryptoRng;

use super::keys::{Growth, Keys};
use super::stop::Outcome;
use super::turn::Turn;
use super::{Now, Vault, failure, meta};
use crate::command::Failure;
use crate::kdf::Kdf;
use crate::store::Store;

/// What became of chain entries that were offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainTaken {
    /// The chain has this many entries now; none may be new.
    Len(u32),
    /// Another entry stands at a place where this chain has one: nobody acts on either.
    Fork,
    /// An entry does not count: whoever sent it made it up, or left one out.
    Invalid,
    /// A newer version wrote an entry that must be understood first.
    Newer,
}

impl<S: Store, K: Kdf> Vault<S, K> {
    /// The chain entry that adds a device. It counts once a relay, or [`Vault::take_chain`] where there is none, took
    /// it.
    ///
    /// # Errors
    /// `Locked`; `DevicesFull`; `Internal` when no device can be added.
    pub async fn add_device(
        &mut self,
        card: &Card,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, Failure> {
        let mut turn = self.turn(now.ms, rng).await.map_err(failure)?;
        turn.add_device(card).map_err(failure)
    }

    /// What a new device is told of the account, by a device whose relay is at this origin.
    ///
    /// # Errors
    /// `Locked`.
    pub async fn make_invite(
        &mut self,
        origin: &str,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<PairingInvite, Failure> {
        let turn = self.turn(now.ms, rng).await.map_err(failure)?;
        let keys = turn.keys;
        Ok(PairingInvite {
            account: keys.account,
            origin: origin.to_owned(),
            chain_len: keys.chain.len(),
            chain_head: keys.chain.head(),
            device: keys.device,
        })
    }

    /// The active device with this card, if the account chain holds one.
    ///
    /// # Errors
    /// `Locked`.
    pub async fn find_device(
        &mut self,
        card: &Card,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<Option<DeviceIndex>, Failure> {
        let turn = self.turn(now.ms, rng).await.map_err(failure)?;
        let mut devices = turn.keys.chain.active_devices();
        let found = devices.find(|(_, state)| state.card == *card);
        Ok(found.map(|(device, _)| device))
    }

    /// Takes in entries of the account chain, without holes; those that stand here already are compared.
    ///
    /// # Errors
    /// `Locked`; a store's failure.
    pub async fn take_chain(
        &mut self,
        entries: &[Vec<u8>],
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<ChainTaken, Failure> {
        self.grow(entries, now.ms, rng).await.map_err(failure)
    }

    pub(crate) async fn grow(
        &mut self,
        entries: &[Vec<u8>],
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Outcome<ChainTaken> {
        let mut turn = self.turn(now, rng).await?;
        let (taken, growth) = extend(turn.keys, entries);
        let (ChainTaken::Len(_), Some(growth)) = (taken, growth) else {
            return Ok(taken);
        };
        let known = turn.keys.chain.len();
        for entry in entries {
            let index = Entry::decode(entry).map_err(|_| Failure::Internal)?.index();
            if index >= known {
                meta::put_chain_entry(&mut turn.batch, index, entry);
            }
        }
        turn.note_added(&growth.chain).await?;
        turn.commit().await?;
        let open = self.open.as_mut().ok_or(Failure::Locked)?;
        open.keys.grow(growth);
        Ok(taken)
    }
}

/// Checks entries against the chain; `Some` = what the keys become.
pub(crate) fn extend(keys: &Keys, entries: &[Vec<u8>]) -> (ChainTaken, Option<Growth>) {
    let mut growth: Option<Growth> = None;
    let mut len = keys.chain.len();
    for bytes in entries {
        let entry = match Entry::decode(bytes) {
            Ok(entry) => entry,
            Err(error) => return (refused(&error), None),
        };
        if entry.index() < keys.chain.len() {
            if keys.chain.hash_at(entry.index()) != Some(entry.hash()) {
                return (fork_or_invalid(keys, &entry), None);
            }
            continue;
        }
        match keys.extended(growth.as_ref(), bytes) {
            Ok(next) => {
                len = next.chain.len();
                growth = Some(next);
            }
            Err(error) => return (refused(&error), None),
        }
    }
    (ChainTaken::Len(len), growth)
}

/// An entry beside one that stands here is a fork only when it would count in its place.
fn fork_or_invalid(keys: &Keys, entry: &Entry) -> ChainTaken {
    let key = match entry.signer() {
        Signer::Recovery => Some(keys.chain.recovery().verify_key),
        Signer::Device(device) => keys.chain.verify_key(device),
    };
    let is_signed = key.is_some_and(|key| entry.verify(&keys.account, &key).is_ok());
    let prev = entry.index().checked_sub(1);
    let is_linked = prev.and_then(|prev| keys.chain.hash_at(prev)) == Some(entry.prev());
    if is_signed && is_linked {
        ChainTaken::Fork
    } else {
        ChainTaken::Invalid
    }
}

const fn refused(error: &ChainError) -> ChainTaken {
    match error {
        ChainError::Format { .. } | ChainError::UnknownCritical { .. } => ChainTaken::Newer,
        _ => ChainTaken::Invalid,
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    fn add_device(&mut self, card: &Card) -> Outcome<Vec<u8>> {
        let (keys, chain) = (self.keys, &self.keys.chain);
        if chain.active_devices().count() >= limit::ACTIVE_DEVICES_MAX {
            return Err(Failure::DevicesFull.into());
        }
        let newest = chain.devices().keys().next_back();
        let index = newest.and_then(|newest| newest.next());
        let index: DeviceIndex = index.ok_or(Failure::Internal)?;
        let (epoch, prev) = (keys.epoch(), chain.head());
        let seal = crypto::seal_epoch_key(
            self.rng,
            &keys.account,
            &prev,
            Recipient::Device(index),
            card.suite,
            &card.hpke_key,
            epoch,
            keys.current_epoch_key()?,
        );
        let kind = ChainKind::AddDevice {
            index,
            card: card.clone(),
            epoch,
            seal: seal.map_err(|_| Failure::Internal)?,
        };
        let draft = EntryDraft::new(chain.len(), prev, &kind, Signer::Device(keys.device));
        let signing = keys.bundle.signing_key();
        let signature = signing.sign(Domain::ChainSignature, &keys.account, &draft.signed_bytes());
        let entry = draft.finish(signature);
        match extend(keys, core::slice::from_ref(&entry)).0 {
            ChainTaken::Len(_) => Ok(entry),
            _ => Err(Failure::Internal.into()),
        }
    }
}
