//! Draft slots: unsaved work, one sealed blob per slot, overwritten in place.

use crypto::{blank_draft, open_draft, seal_draft};
use dossier::apply::mask_draft;
use dossier::draft::{Draft, DraftBody, SLOT_COUNT};
use dossier::project;
use dossier::view::ClientRow;
use protocol::DeviceIndex;
use protocol::draft::{DraftFrame, DraftHeader};
use protocol::keybox::DocKind;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::head::DeviceHead;
use super::keys::Keys;
use super::local;
use super::quarantine::Piece;
use super::stop::{Outcome, Stop};
use super::turn::Turn;
use super::unsaved::Waiting;
use crate::command::{Failure, Reply};
use crate::store::{Store, StoreName};

/// Which state of which slot of another device a draft goes on from: device, slot, counter.
pub(crate) type Origin = (u16, u8, u64);

/// What stands in a slot: a [`Draft`], and where it was begun if that was elsewhere.
#[derive(Serialize, Deserialize)]
struct Stored {
    body: DraftBody,
    started_at: i64,
    saved_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    continues: Option<Origin>,
}

/// One slot in memory.
pub(crate) struct Slot {
    frame: DraftFrame,
    draft: Option<Draft>,
    continues: Option<Origin>,
}

/// Reads the text of a slot; `None` = it is none.
pub(crate) fn parse_draft(text: &[u8]) -> Option<(Draft, Option<Origin>)> {
    let stored: Stored = serde_json::from_slice(text).ok()?;
    let draft = Draft {
        body: stored.body,
        started_at: stored.started_at,
        saved_at: stored.saved_at,
    };
    Some((draft, stored.continues))
}

/// The slots that were ever used, by number, and the work that is not in them yet.
#[derive(Default)]
pub(crate) struct Slots {
    slots: std::collections::BTreeMap<u8, Slot>,
    /// Shown in place of what is stored.
    pub(crate) waiting: Waiting,
}

/// Whether both are states of one piece of work.
pub(crate) fn is_same_work(one: &DraftBody, other: &DraftBody) -> bool {
    match (one, other) {
        (DraftBody::Visit { visit, .. }, DraftBody::Visit { visit: wanted, .. }) => visit == wanted,
        (
            DraftBody::Form { form, client, .. },
            DraftBody::Form {
                form: wanted,
                client: of,
                ..
            },
        ) => form == wanted && client == of,
        _ => false,
    }
}

impl Slots {
    /// Open drafts by slot.
    pub(crate) fn drafts(&self) -> Vec<(u8, Draft)> {
        let stored = self
            .slots
            .iter()
            .filter(|(slot, _)| self.waiting.find(**slot).is_none())
            .filter_map(|(slot, held)| Some((*slot, held.draft.clone()?)));
        let waiting = self.waiting.drafts();
        stored
            .chain(waiting.map(|(slot, draft)| (slot, draft.clone())))
            .collect()
    }

    pub(crate) fn find(&self, slot: u8) -> Option<&Draft> {
        self.waiting
            .find(slot)
            .or_else(|| self.slots.get(&slot)?.draft.as_ref())
    }

    /// Where the work in this slot was begun, if that was elsewhere.
    pub(crate) fn origin(&self, slot: u8) -> Option<Origin> {
        self.slots.get(&slot)?.continues
    }

    /// Whether a slot is in exactly this state.
    pub(crate) fn holds(&self, frame: &DraftFrame) -> bool {
        self.slots.values().any(|held| held.frame == *frame)
    }

    /// The sealed state of every slot that was ever used.
    pub(crate) fn frames(&self) -> impl Iterator<Item = (&u8, &DraftFrame)> {
        self.slots.iter().map(|(slot, held)| (slot, &held.frame))
    }

    /// The slot for work that has none yet: the one that holds it already (the answer may have got lost), or a
    /// free one.
    pub(crate) fn pick(&self, body: &DraftBody) -> Result<u8, Failure> {
        let is_held = |slot: &u8| {
            self.find(*slot)
                .is_some_and(|draft| is_same_work(&draft.body, body))
        };
        let held = (0..SLOT_COUNT).find(is_held);
        held.or_else(|| self.free()).ok_or(Failure::SlotsFull)
    }

    /// The first slot without work.
    pub(crate) fn free(&self) -> Option<u8> {
        (0..SLOT_COUNT).find(|slot| self.find(*slot).is_none())
    }
}

fn slot_row(keys: &Keys, slot: u8) -> Vec<u8> {
    local::row_name(&keys.local, StoreName::Draft, &[b"draft", &[slot]])
}

/// Reads every slot; one that does not open, is gone or is older than the head says is handed back as damage.
pub(crate) async fn read_slots<S: Store>(
    store: &S,
    keys: &Keys,
    head: &DeviceHead,
) -> Outcome<(Slots, Vec<Piece>)> {
    let rows: Vec<Vec<u8>> = (0..SLOT_COUNT).map(|slot| slot_row(keys, slot)).collect();
    let stored = store.read_many(StoreName::Draft, &rows).await?;
    let mut slots = Slots::default();
    let mut damaged = Vec::new();
    for ((slot, row), bytes) in (0..SLOT_COUNT).zip(rows).zip(stored) {
        let expected = head.draft_counters.get(&slot).copied();
        if bytes.is_none() && expected.is_none() {
            continue;
        }
        let held = bytes.clone().and_then(|bytes| read_slot(keys, slot, bytes));
        let is_newest =
            |held: &Slot| expected.is_none_or(|counter| held.frame.header().counter == counter);
        match held.filter(is_newest) {
            Some(held) => {
                slots.slots.insert(slot, held);
            }
            None => damaged.push(Piece {
                store: StoreName::Draft,
                row,
                bytes,
                client: None,
                doc: None,
                is_healed: false,
            }),
        }
    }
    Ok((slots, damaged))
}

fn read_slot(keys: &Keys, slot: u8, bytes: Vec<u8>) -> Option<Slot> {
    let frame = DraftFrame::decode(bytes).ok()?;
    let header = frame.header();
    if header.account != keys.account || header.device != keys.device || header.slot != slot {
        return None;
    }
    let key = keys.epoch_key_by_id(header.key)?.derive_draft_key();
    let text = open_draft(&frame, &keys.verify_key(), &key).ok()?;
    let (draft, continues) = if text.is_empty() {
        (None, None)
    } else {
        let (draft, continues) = parse_draft(&text)?;
        (Some(draft), continues)
    };
    Some(Slot {
        frame,
        draft,
        continues,
    })
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Saves unsaved work.
    pub(crate) async fn save_draft(&mut self, slot: Option<u8>, body: DraftBody) -> Outcome<Reply> {
        let client = match &body {
            DraftBody::Visit { client, .. } => Some(*client),
            DraftBody::Form { client, .. } => *client,
        };
        let needs_bsn = match client {
            Some(client) => self.needs_bsn(client).await?,
            None => false,
        };
        let (body, is_part_held) = mask_draft(body, needs_bsn);
        let slot = match slot.filter(|slot| *slot < SLOT_COUNT) {
            Some(slot) => Ok(slot),
            None => self.session.slots.pick(&body),
        };
        let number = match (&slot, &body) {
            (Ok(slot), _) => *slot,
            (Err(_), DraftBody::Form { .. }) => self.session.slots.waiting.number_for(&body),
            // A visit has its slot before anything is written in it.
            (Err(failure), DraftBody::Visit { .. }) => return Err(failure.clone().into()),
        };
        let started_at = self
            .session
            .slots
            .find(number)
            .map_or(self.now, |held| held.started_at);
        let draft = Draft {
            body,
            started_at,
            saved_at: self.now,
        };
        let base = self.draft_counter(number);
        let waiting = &mut self.session.slots.waiting;
        waiting.keep(number, draft.clone(), base);
        let slot = slot?;
        waiting.leave_number(&draft.body);
        self.put_draft(slot, draft)?;
        self.session.slots.waiting.place(slot);
        self.commit().await?;
        Ok(Reply::DraftSaved { slot, is_part_held })
    }

    pub(crate) async fn needs_bsn(&mut self, client: dossier::id::ClientId) -> Outcome<bool> {
        let place = (
            Some(protocol::ClientId::from_bytes(client.0)),
            DocKind::Dossier,
            None,
        );
        let Some(doc) = self.session.catalogue.find(place).first().copied() else {
            return Ok(false);
        };
        match self.open_doc(doc).await {
            Ok(open) => Ok(project::needs_bsn(&open.document)),
            Err(Stop::Failed(Failure::Corrupt)) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    /// How often this slot was written, 0 = never.
    pub(crate) fn draft_counter(&self, slot: u8) -> u64 {
        let of_slot = self
            .session
            .slots
            .slots
            .get(&slot)
            .map(|held| held.frame.header().counter);
        let of_head = self.session.head.draft_counters.get(&slot).copied();
        of_slot.max(of_head).unwrap_or_default()
    }

    fn draft_header(&self, slot: u8) -> Outcome<DraftHeader> {
        let earlier = self.draft_counter(slot);
        Ok(DraftHeader {
            account: self.keys.account,
            device: self.keys.device,
            slot,
            incarnation: self.session.head.incarnation,
            counter: earlier.checked_add(1).ok_or(Failure::Internal)?,
            key: self.keys.draft_key()?.id(),
        })
    }

    /// Seals this into the slot; it is on disk after the next commit.
    pub(crate) fn put_draft(&mut self, slot: u8, draft: Draft) -> Outcome<()> {
        let held = self.session.slots.slots.get(&slot);
        let earlier = held.and_then(|held| Some((held.draft.as_ref()?, held.continues)));
        let same = earlier.filter(|(earlier, _)| is_same_work(&earlier.body, &draft.body));
        self.put_draft_from(slot, draft, same.and_then(|(_, continues)| continues))
    }

    /// [`Turn::put_draft`] of work that goes on from another device's slot.
    pub(crate) fn put_draft_from(
        &mut self,
        slot: u8,
        draft: Draft,
        continues: Option<Origin>,
    ) -> Outcome<()> {
        let header = self.draft_header(slot)?;
        let stored = Stored {
            body: draft.body.clone(),
            started_at: draft.started_at,
            saved_at: draft.saved_at,
            continues,
        };
        let text = Zeroizing::new(serde_json::to_vec(&stored).map_err(|_| Failure::Internal)?);
        let key = self.keys.draft_key()?;
        let frame = seal_draft(
            self.rng,
            &header,
            &text,
            &key,
            self.keys.bundle.signing_key(),
        )?;
        self.put_slot(
            slot,
            Slot {
                frame,
                draft: Some(draft),
                continues,
            },
        );
        Ok(())
    }

    /// Blanks a slot with a blob of equal size; a slot never used stays as it is.
    pub(crate) fn blank_slot(&mut self, slot: u8) -> Outcome<()> {
        self.session.slots.waiting.place(slot);
        let held = self.session.slots.slots.get(&slot);
        match held.map(|held| held.frame.clone()) {
            Some(earlier) => self.blank_after(slot, &earlier),
            None => Ok(()),
        }
    }

    /// Blanks a slot with a blob of the size of this state of it.
    pub(crate) fn blank_after(&mut self, slot: u8, earlier: &DraftFrame) -> Outcome<()> {
        let header = self.draft_header(slot)?;
        let key = self.keys.draft_key()?;
        let signing = self.keys.bundle.signing_key();
        let frame = blank_draft(self.rng, &header, earlier, &key, signing)?;
        let blank = Slot {
            frame,
            draft: None,
            continues: None,
        };
        self.put_slot(slot, blank);
        Ok(())
    }

    fn put_slot(&mut self, slot: u8, held: Slot) {
        self.session.is_torn = true;
        self.batch.put(
            StoreName::Draft,
            slot_row(self.keys, slot),
            held.frame.as_bytes(),
        );
        self.session
            .head
            .draft_counters
            .insert(slot, held.frame.header().counter);
        self.session.slots.slots.insert(slot, held);
    }

    /// Blanks a slot.
    pub(crate) async fn delete_draft(&mut self, slot: u8) -> Outcome<Reply> {
        if self.session.slots.find(slot).is_some() {
            self.blank_slot(slot)?;
            self.commit().await?;
        }
        Ok(Reply::Done)
    }

    /// All open drafts: visits as rows, forms with their slot.
    pub(crate) async fn drafts(&mut self) -> Outcome<Reply> {
        let (visits, elsewhere) = self.draft_rows().await?;
        let is_form = |draft: &Draft| matches!(draft.body, DraftBody::Form { .. });
        let forms = self.session.slots.drafts().into_iter();
        let peers = self.session.peer_slots.iter();
        let forms_elsewhere = peers.filter_map(|((device, slot), held)| {
            let draft = held.draft.clone().filter(is_form)?;
            Some((device.0, *slot, draft))
        });
        Ok(Reply::Drafts {
            visits,
            forms: forms.filter(|(_, draft)| is_form(draft)).collect(),
            elsewhere,
            forms_elsewhere: forms_elsewhere.collect(),
        })
    }

    /// One draft with the client it belongs to.
    pub(crate) fn draft(&self, slot: u8) -> Reply {
        let draft = self.session.slots.find(slot);
        Reply::Draft(draft.map(|draft| self.with_client(draft)))
    }

    /// One draft of another device with the client it belongs to.
    pub(crate) fn peer_draft(&self, place: (DeviceIndex, u8)) -> Reply {
        let held = self.session.peer_slots.get(&place);
        let draft = held.and_then(|held| held.draft.as_ref());
        Reply::Draft(draft.map(|draft| self.with_client(draft)))
    }

    fn with_client(&self, draft: &Draft) -> (Draft, Option<ClientRow>) {
        let client = match &draft.body {
            DraftBody::Visit { client, .. } => Some(*client),
            DraftBody::Form { client, .. } => *client,
        };
        let row = client.and_then(|client| self.session.rows.get(&client).cloned());
        (draft.clone(), row)
    }
}
