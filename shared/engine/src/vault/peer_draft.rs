//! Draft slots on their way: own ones to the relay, those of other devices from it.
//!
//! A copy of another device's slot stands in a row of its own, as received. It is shown beside the own drafts and never
//! written into: whoever goes on with it does so in an own slot.

use std::collections::{BTreeMap, BTreeSet};

use crypto::open_draft;
use dossier::draft::{Draft, DraftBody, SLOT_COUNT};
use dossier::id::EntryId;
use protocol::DeviceIndex;
use protocol::draft::DraftFrame;
use rand_core::CryptoRng;

use super::drafts::{Origin, is_same_work, parse_draft};
use super::keys::Keys;
use super::local;
use super::stop::{Outcome, Stop};
use super::turn::Turn;
use super::{Now, Vault, failure};
use crate::command::Failure;
use crate::kdf::Kdf;
use crate::store::{Store, StoreName};

/// A draft that stands on another device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerDraft {
    /// Which device.
    pub device: DeviceIndex,
    /// Which of its slots, from 0.
    pub slot: u8,
    /// How often that slot was written.
    pub counter: u64,
    /// What stands in it.
    pub draft: Draft,
}

/// Newest known state of another device's slot; `None` = blank.
pub(crate) struct PeerSlot {
    pub(crate) counter: u64,
    pub(crate) draft: Option<Draft>,
    /// Of a blank slot: where what stood in it before went on from, as long as that is in memory.
    pub(crate) continues: Option<Origin>,
}

/// Slots of other devices, by device and number.
pub(crate) type PeerSlots = BTreeMap<(DeviceIndex, u8), PeerSlot>;

impl<S: Store, K: Kdf> Vault<S, K> {
    /// Drafts that stand on other devices, as far as they came here.
    ///
    /// # Errors
    /// `Locked`; a store's failure.
    pub async fn peer_drafts(
        &mut self,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<PeerDraft>, Failure> {
        let turn = self.turn(now.ms, rng).await.map_err(failure)?;
        let slots = turn.session.peer_slots.iter();
        let drafts = slots.filter_map(|((device, slot), held)| {
            Some(PeerDraft {
                device: *device,
                slot: *slot,
                counter: held.counter,
                draft: held.draft.clone()?,
            })
        });
        Ok(drafts.collect())
    }

    /// Goes on with a draft of another device in an own slot; answers which. The other device keeps what it has until
    /// this one signs, and then blanks it if nothing was written there since.
    ///
    /// # Errors
    /// `Locked`; `NotFound` when there is none; `SlotsFull`; a store's failure.
    pub async fn continue_draft(
        &mut self,
        (device, slot): (DeviceIndex, u8),
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<u8, Failure> {
        let mut turn = self.turn(now.ms, rng).await.map_err(failure)?;
        turn.continue_draft(device, slot).await.map_err(failure)
    }
}

fn peer_row(keys: &Keys, device: DeviceIndex, slot: u8) -> Vec<u8> {
    let parts: [&[u8]; 3] = [b"draft-of", &device.0.to_be_bytes(), &[slot]];
    local::row_name(&keys.local, StoreName::Draft, &parts)
}

/// Reads the copies of other devices' slots. One that does not open is left out: the relay is asked for it again.
pub(crate) async fn read_peer_slots<S: Store>(store: &S, keys: &Keys) -> Outcome<PeerSlots> {
    let others = keys.chain.devices().keys().copied();
    let others = others.filter(|device| *device != keys.device);
    let places: Vec<(DeviceIndex, u8)> = others
        .flat_map(|device| (0..SLOT_COUNT).map(move |slot| (device, slot)))
        .collect();
    let rows: Vec<Vec<u8>> = places
        .iter()
        .map(|(device, slot)| peer_row(keys, *device, *slot))
        .collect();
    let stored = store.read_many(StoreName::Draft, &rows).await?;
    let mut slots = PeerSlots::new();
    for (place, bytes) in places.into_iter().zip(stored) {
        let frame = bytes.and_then(|bytes| DraftFrame::decode(bytes).ok());
        let header = frame.as_ref().map(|frame| *frame.header());
        let is_of_row = header.is_some_and(|header| (header.device, header.slot) == place);
        if let Some(held) = frame.filter(|_| is_of_row).and_then(|of| open(keys, &of)) {
            slots.insert(place, held);
        }
    }
    Ok(slots)
}

/// Verifies and opens a slot of another device of this account.
fn open(keys: &Keys, frame: &DraftFrame) -> Option<PeerSlot> {
    let header = frame.header();
    if header.account != keys.account || header.device == keys.device {
        return None;
    }
    let verify_key = keys.chain.verify_key(header.device)?;
    let key = keys.epoch_key_by_id(header.key)?.derive_draft_key();
    let text = open_draft(frame, &verify_key, &key).ok()?;
    let (draft, continues) = if text.is_empty() {
        (None, None)
    } else {
        let (draft, continues) = parse_draft(&text)?;
        (Some(draft), continues)
    };
    Some(PeerSlot {
        counter: header.counter,
        draft,
        continues,
    })
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Own slots whose newest state the relay has not.
    pub(crate) fn unsent_drafts(&self) -> Vec<Vec<u8>> {
        let sent = &self.session.sync.drafts_sent;
        let slots = self.session.slots.frames();
        slots
            .filter(|(slot, frame)| sent.get(slot) != Some(&frame.header().counter))
            .map(|(_, frame)| frame.as_bytes().to_vec())
            .collect()
    }

    /// The relay holds this state of an own slot.
    pub(crate) async fn draft_acked(&mut self, slot: u8, counter: u64) -> Outcome<()> {
        self.session.is_sync_changed = true;
        self.session.sync.drafts_sent.insert(slot, counter);
        self.commit().await
    }

    /// Of all that the relay has, an own slot in another state than the one it acknowledged is not there any more.
    pub(crate) fn forget_lost_drafts(&mut self, all: &[Vec<u8>]) {
        let frames = all.iter().flat_map(|of| DraftFrame::decode(of.clone()));
        let own = frames.filter(|frame| self.session.slots.holds(frame));
        let there: BTreeSet<u8> = own.map(|frame| frame.header().slot).collect();
        let sent = &mut self.session.sync.drafts_sent;
        let before = sent.len();
        sent.retain(|slot, _| there.contains(slot));
        self.session.is_sync_changed |= sent.len() < before;
    }

    /// A state of an own slot that the relay has. One that is no earlier than what stands here was written by another
    /// copy of this device: its text is kept in a slot of its own, and what stands here is written again above it.
    fn take_own(&mut self, frame: &DraftFrame) -> Outcome<()> {
        let (slot, counter) = (frame.header().slot, frame.header().counter);
        let key = self.keys.epoch_key_by_id(frame.header().key);
        let text = key.and_then(|key| {
            open_draft(frame, &self.keys.verify_key(), &key.derive_draft_key()).ok()
        });
        let is_known = self.session.slots.holds(frame);
        let is_later = counter >= self.draft_counter(slot) && !is_known;
        let Some(text) = text.filter(|_| is_later) else {
            return Ok(());
        };
        self.session.is_torn = true;
        self.session.head.draft_counters.insert(slot, counter);
        let here = self.session.slots.find(slot).cloned();
        let there = parse_draft(&text).map(|(draft, _)| draft);
        let is_same = |one: &Draft, other: &Draft| one.body == other.body;
        match (here, there) {
            (None, Some(there)) => self.put_draft(slot, there),
            (Some(here), Some(mut there)) if !is_same(&here, &there) => {
                let mut drafts = self.session.slots.drafts().into_iter();
                let is_twice = drafts.any(|(_, of)| is_same_work(&of.body, &there.body));
                self.put_draft(slot, here)?;
                let Some(free) = self.session.slots.free() else {
                    return Ok(());
                };
                if let (true, DraftBody::Visit { visit, .. }) = (is_twice, &mut there.body) {
                    // Two texts of one visit: each can be signed.
                    *visit = EntryId(crypto::make_bytes(self.rng));
                }
                self.put_draft(free, there)
            }
            (Some(here), _) => self.put_draft(slot, here),
            (None, None) => self.blank_after(slot, frame),
        }
    }

    pub(crate) async fn continue_draft(&mut self, device: DeviceIndex, slot: u8) -> Outcome<u8> {
        let held = self.session.peer_slots.get(&(device, slot));
        let found = held.and_then(|held| Some((held.draft.clone()?, held.counter, held.continues)));
        let (draft, counter, continues) = found.ok_or(Failure::NotFound)?;
        let own = self.session.slots.pick(&draft.body)?;
        let here = (self.keys.device.0, own, self.draft_counter(own));
        let is_waiting = self.session.slots.waiting.find(own).is_some();
        // What stands here is what the other device went on from: nothing of it is lost.
        let is_older = continues == Some(here) && !is_waiting;
        if is_older || self.session.slots.find(own).is_none() {
            self.put_draft_from(own, draft, Some((device.0, slot, counter)))?;
            self.commit().await?;
        }
        Ok(own)
    }

    /// Another device blanked the slot in which it went on from an own draft: what stands here is done with, if it is
    /// still that state and the visit is signed.
    pub(crate) async fn is_done_elsewhere(
        &mut self,
        earlier: Option<Origin>,
    ) -> Outcome<Option<u8>> {
        let own = self.keys.device.0;
        let Some((_, slot, counter)) = earlier.filter(|(device, _, _)| *device == own) else {
            return Ok(None);
        };
        let draft = self
            .session
            .slots
            .find(slot)
            .map(|draft| draft.body.clone());
        let Some(DraftBody::Visit { client, visit, .. }) = draft else {
            return Ok(None);
        };
        let client = protocol::ClientId::from_bytes(client.0);
        self.catch_up(&BTreeSet::from([Some(client)])).await?;
        let is_signed = match self.find_journal(client, visit).await {
            Ok(found) => found.is_some(),
            Err(Stop::Failed(Failure::Corrupt | Failure::NewerFormat)) => false,
            Err(stop) => return Err(stop),
        };
        Ok((is_signed && self.draft_counter(slot) == counter).then_some(slot))
    }

    /// Takes in slots of other devices: the highest counter of each counts.
    pub(crate) async fn take_drafts(&mut self, drafts: Vec<Vec<u8>>) -> Outcome<()> {
        for bytes in drafts {
            let Ok(frame) = DraftFrame::decode(bytes) else {
                continue;
            };
            if frame.header().account == self.keys.account
                && frame.header().device == self.keys.device
            {
                self.take_own(&frame)?;
                continue;
            }
            let Some(mut held) = open(self.keys, &frame) else {
                continue;
            };
            let place = (frame.header().device, frame.header().slot);
            let known = self.session.peer_slots.get(&place);
            if known.is_some_and(|known| known.counter >= held.counter) {
                continue;
            }
            let earlier = known.and_then(|known| known.continues);
            let done = match held.draft {
                None => self.is_done_elsewhere(earlier).await?,
                Some(_) => None,
            };
            if held.draft.is_none() {
                held.continues = earlier;
            }
            self.session.is_torn = true;
            if let Some(slot) = done {
                self.blank_slot(slot)?;
            }
            let row = peer_row(self.keys, place.0, place.1);
            self.batch.put(StoreName::Draft, row, frame.as_bytes());
            self.session.peer_slots.insert(place, held);
        }
        if self.session.is_sync_changed || !self.batch.is_empty() {
            self.commit().await?;
        }
        Ok(())
    }
}
