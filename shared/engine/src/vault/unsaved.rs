//! Work that is not on disk though it was to be: the device is full, every slot is taken, the text is too long.
//!
//! It is shown as if it were stored, goes along with the next commit that can take it, and outlives a lock, sealed.

use std::collections::BTreeMap;

use crypto::make_bytes;
use dossier::draft::{Draft, DraftBody, SLOT_COUNT};
use dossier::id::EntryId;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::drafts::is_same_work;
use super::keys::Keys;
use super::local;
use super::turn::Turn;
use crate::store::{Store, StoreName};

/// Sealed for this place, so that it opens as nothing else.
const ROW: &[u8] = b"unsaved";

/// Work of an open vault that waits, by slot. Numbers from [`SLOT_COUNT`] on are slots in memory only.
#[derive(Default)]
pub(crate) struct Waiting {
    works: BTreeMap<u8, Work>,
}

struct Work {
    draft: Draft,
    /// How often the slot was written before: another tab may write it meanwhile.
    base: u64,
    /// The changes of the next commit hold it.
    is_placed: bool,
}

impl Waiting {
    pub(crate) fn find(&self, slot: u8) -> Option<&Draft> {
        Some(&self.works.get(&slot)?.draft)
    }

    pub(crate) fn drafts(&self) -> impl Iterator<Item = (u8, &Draft)> {
        self.works.iter().map(|(slot, work)| (*slot, &work.draft))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.works.is_empty()
    }

    /// Keeps this until it is on disk; `base` counts for a slot where nothing waits yet.
    pub(crate) fn keep(&mut self, slot: u8, draft: Draft, base: u64) {
        let base = self.works.get(&slot).map_or(base, |earlier| earlier.base);
        let work = Work {
            draft,
            base,
            is_placed: false,
        };
        self.works.insert(slot, work);
    }

    /// The number in memory for work that has no slot: its own, or one that is free.
    pub(crate) fn number_for(&self, body: &DraftBody) -> u8 {
        let mut beyond = self.works.range(SLOT_COUNT..);
        let own = beyond.find(|(_, work)| is_same_work(&work.draft.body, body));
        let is_free = |number: &u8| !self.works.contains_key(number);
        own.map(|(number, _)| *number)
            .or_else(|| (SLOT_COUNT..u8::MAX).find(is_free))
            .unwrap_or(u8::MAX)
    }

    /// The next commit settles what waits in this slot.
    pub(crate) fn place(&mut self, slot: u8) {
        if let Some(work) = self.works.get_mut(&slot) {
            work.is_placed = true;
        }
    }

    /// This work has a slot now: its number in memory is free again.
    pub(crate) fn leave_number(&mut self, body: &DraftBody) {
        self.works
            .retain(|slot, work| *slot < SLOT_COUNT || !is_same_work(&work.draft.body, body));
    }

    /// A commit came about.
    pub(crate) fn settle(&mut self) {
        self.works.retain(|_, work| !work.is_placed);
    }

    /// The same for a locked vault.
    pub(crate) fn seal(&self, keys: &Keys, rng: &mut impl CryptoRng) -> Unsaved {
        let sealed = self.works.iter().filter_map(|(slot, work)| {
            let text = Zeroizing::new(serde_json::to_vec(&work.draft).ok()?);
            let (key, account) = (&keys.local, &keys.account);
            let bytes = local::seal_row(rng, key, account, StoreName::Draft, ROW, &text).ok()?;
            Some((*slot, work.base, bytes))
        });
        Unsaved {
            sealed: sealed.collect(),
        }
    }
}

/// Work of a locked vault that waits: as unreadable without the vault's keys as a stored row.
#[derive(Default)]
pub struct Unsaved {
    sealed: Vec<(u8, u64, Vec<u8>)>,
}

impl Unsaved {
    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sealed.is_empty()
    }

    /// What was sealed for a vault that is gone does not open, and is left out.
    pub(crate) fn open(&self, keys: &Keys) -> Waiting {
        let opened = self.sealed.iter().filter_map(|(slot, base, bytes)| {
            let (key, account) = (&keys.local, &keys.account);
            let text = local::open_row(key, account, StoreName::Draft, ROW, bytes).ok()?;
            let work = Work {
                draft: serde_json::from_slice(&text).ok()?,
                base: *base,
                is_placed: false,
            };
            Some((*slot, work))
        });
        let mut works = BTreeMap::new();
        works.extend(opened);
        Waiting { works }
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Puts waiting work into its slots again, and into the changes that go with the next commit.
    ///
    /// A slot that was written meanwhile keeps what it has; the work then gets another one.
    pub(crate) fn put_waiting(&mut self, waiting: Waiting) {
        let (newest, others): (Vec<_>, Vec<_>) = waiting
            .works
            .into_iter()
            .partition(|(slot, work)| *slot < SLOT_COUNT && self.draft_counter(*slot) == work.base);
        for (slot, work) in newest {
            self.put_work(slot, work.draft, work.base);
        }
        for (slot, Work { mut draft, .. }) in others {
            if self
                .session
                .slots
                .find(slot)
                .is_some_and(|stored| stored.body == draft.body)
            {
                // Only the answer of that commit got lost.
                continue;
            }
            if slot < SLOT_COUNT
                && let DraftBody::Visit { visit, .. } = &mut draft.body
            {
                // Two texts of one visit: each can be signed.
                *visit = EntryId(make_bytes(self.rng));
            }
            let slots = &self.session.slots;
            let place = slots
                .free()
                .unwrap_or_else(|| slots.waiting.number_for(&draft.body));
            let base = self.draft_counter(place);
            self.put_work(place, draft, base);
        }
        let changes = core::mem::take(&mut self.batch.changes);
        self.session.repairs.changes.extend(changes);
        // What memory holds more than the store goes with any commit.
        self.session.is_torn = false;
    }

    fn put_work(&mut self, slot: u8, draft: Draft, base: u64) {
        let is_put = slot < SLOT_COUNT && self.put_draft(slot, draft.clone()).is_ok();
        let waiting = &mut self.session.slots.waiting;
        waiting.keep(slot, draft, base);
        if is_put {
            waiting.place(slot);
        }
    }
}
