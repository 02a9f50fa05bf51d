//! Drafts of one visit on several devices: which one is the newest, where texts stand side by side, what was written
//! after signing.
//!
//! Promises: no text is overwritten that another does not hold; a draft leaves its slot by itself only when the visit is
//! signed, and all of it stands there or the device that went on with it is done with it.

use std::collections::{BTreeMap, BTreeSet};

use dossier::apply::mask_draft;
use dossier::draft::{Draft, DraftBody};
use dossier::edit::VisitInput;
use dossier::id::{ClientId, EntryId};
use dossier::view::{DraftRow, DraftStanding, DraftText, VisitView};
use dossier::{calendar, project};
use protocol::DeviceIndex;
use protocol::keybox::DocKind;
use rand_core::CryptoRng;

use super::drafts::Origin;
use super::stop::Outcome;
use super::turn::Turn;
use crate::command::{Failure, Reply};
use crate::store::Store;

/// The text of one visit in one slot of one device.
#[derive(Clone)]
struct Text {
    place: Origin,
    continues: Option<Origin>,
    client: ClientId,
    visit: EntryId,
    input: Box<VisitInput>,
    draft: Draft,
}

/// A visit that is signed, with the year of its journal.
type Signed = Option<(u16, Box<VisitView>)>;

impl Text {
    fn new(place: Origin, continues: Option<Origin>, draft: Draft) -> Option<Self> {
        let DraftBody::Visit {
            client,
            visit,
            input,
        } = &draft.body
        else {
            return None;
        };
        Some(Self {
            place,
            continues,
            client: *client,
            visit: *visit,
            input: input.clone(),
            draft,
        })
    }

    fn device(&self, own: DeviceIndex) -> Option<u16> {
        Some(self.place.0).filter(|device| *device != own.0)
    }

    fn is_after(&self, other: &Self) -> bool {
        self.continues == Some(other.place)
    }
}

/// What has become of a text among all texts of its visit; `None` = all of it stands in the signed visit.
fn standing(text: &Text, all: &[Text], signed: &Signed, own: DeviceIndex) -> Option<DraftStanding> {
    let others = || all.iter().filter(|of| of.visit == text.visit);
    if let Some(later) = others().find(|of| of.is_after(text)) {
        let device = later.device(own);
        return match signed {
            Some(_) => None,
            None => Some(DraftStanding::WentOn { device }),
        };
    }
    if let Some((year, view)) = signed {
        let is_late = !project::late_parts(&text.input, view).is_empty();
        return is_late.then_some(DraftStanding::Late { year: *year });
    }
    let newest = others().filter(|of| !others().any(|later| later.is_after(of)));
    let mut apart = newest.filter(|of| of.place != text.place && of.input != text.input);
    match apart.next() {
        Some(_) => Some(DraftStanding::Beside),
        None => Some(DraftStanding::Open),
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Every text of a visit in a slot, of this device and of others.
    fn texts(&self) -> Vec<Text> {
        let own = self.keys.device.0;
        let here = self.session.slots.drafts().into_iter();
        let here = here.filter_map(|(slot, draft)| {
            let place = (own, slot, self.draft_counter(slot));
            Text::new(place, self.session.slots.origin(slot), draft)
        });
        let there = self.session.peer_slots.iter();
        let there = there.filter_map(|((device, slot), held)| {
            let place = (device.0, *slot, held.counter);
            Text::new(place, held.continues, held.draft.clone()?)
        });
        here.chain(there).collect()
    }

    /// The signed visit of a text, if there is one. A device that is alone blanks its slot in the same transaction.
    async fn signed(&mut self, text: &Text) -> Outcome<Signed> {
        if self.keys.chain.devices().len() < 2 {
            return Ok(None);
        }
        let owner = protocol::ClientId::from_bytes(text.client.0);
        let begun = calendar::today(text.draft.started_at).map(|date| date.year());
        let begun = begun.ok().and_then(|year| u16::try_from(year).ok());
        let journals = self.session.catalogue.journals(owner);
        let mut years: Vec<u16> = journals.into_iter().map(|(year, _)| year).collect();
        years.dedup();
        years.retain(|year| begun.is_none_or(|begun| *year + 1 >= begun));
        for year in years {
            let place = (Some(owner), DocKind::Journal, Some(year));
            let docs = self.open_readable(place).await?;
            let journal = self.merged(&docs);
            if let Some(view) = journal.and_then(|journal| project::visit(&journal, text.visit)) {
                return Ok(Some((year, Box::new(view))));
            }
        }
        Ok(None)
    }

    /// Every text with what has become of it, but those of which nothing is left.
    async fn standings(&mut self) -> Outcome<Vec<(Text, DraftStanding, Signed)>> {
        let all = self.texts();
        let mut visits: BTreeMap<EntryId, Signed> = BTreeMap::new();
        let mut found = Vec::new();
        for text in &all {
            let signed = match visits.get(&text.visit) {
                Some(signed) => signed.clone(),
                None => {
                    let signed = self.signed(text).await?;
                    visits.insert(text.visit, signed.clone());
                    signed
                }
            };
            if let Some(standing) = standing(text, &all, &signed, self.keys.device) {
                found.push((text.clone(), standing, signed));
            }
        }
        Ok(found)
    }

    fn row_of(&self, text: &Text, standing: DraftStanding) -> Option<DraftRow> {
        let name = |client| self.session.rows.get(&client).map(project::client_name);
        let row = project::draft_row(text.place.1, &text.draft, name)?;
        Some(DraftRow {
            device: text.device(self.keys.device),
            standing,
            ..row
        })
    }

    /// Visit drafts of this device and of others, newest first.
    pub(crate) async fn draft_rows(&mut self) -> Outcome<(Vec<DraftRow>, Vec<DraftRow>)> {
        let texts = self.standings().await?;
        let rows = texts.iter();
        let rows = rows.filter_map(|(text, standing, _)| self.row_of(text, *standing));
        let mut rows: Vec<DraftRow> = rows.collect();
        rows.sort_by_key(|row| (core::cmp::Reverse(row.saved_at), row.device, row.slot));
        Ok(rows.into_iter().partition(|row| row.device.is_none()))
    }

    /// Every open text of one visit, the last written last.
    pub(crate) async fn draft_texts(&mut self, visit: EntryId) -> Outcome<Reply> {
        let own = self.keys.device.0;
        let mut texts = self.standings().await?;
        texts.retain(|(text, _, _)| text.visit == visit);
        texts.sort_by_key(|(text, _, _)| (text.draft.saved_at, text.place));
        let mine = texts.iter().find(|(text, _, _)| text.place.0 == own);
        let mine = mine.map(|(text, _, _)| text.input.clone());
        let found = texts.iter().filter_map(|(text, standing, signed)| {
            let parts = match (signed, &mine) {
                (Some((_, view)), _) => project::late_parts(&text.input, view),
                (None, Some(mine)) => project::other_parts(&text.input, mine),
                (None, None) => project::other_parts(&text.input, &VisitInput::default()),
            };
            Some(DraftText {
                row: self.row_of(text, *standing)?,
                input: text.input.clone(),
                parts,
            })
        });
        Ok(Reply::DraftTexts(found.collect()))
    }

    /// Adds what another device wrote in the same visit to the own draft.
    pub(crate) async fn join_draft(&mut self, place: (DeviceIndex, u8)) -> Outcome<Reply> {
        let texts = self.texts();
        let is_theirs = |text: &&Text| (text.place.0, text.place.1) == (place.0.0, place.1);
        let theirs = texts.iter().find(is_theirs).ok_or(Failure::NotFound)?;
        let own = self.keys.device.0;
        let is_mine = |text: &&Text| text.place.0 == own && text.visit == theirs.visit;
        let Some(mine) = texts.iter().find(is_mine) else {
            let slot = self.continue_draft(place.0, place.1).await?;
            return Ok(Reply::DraftSaved {
                slot,
                is_part_held: false,
            });
        };
        let (joined, is_whole) = project::join_drafts(&mine.input, &theirs.input);
        let body = DraftBody::Visit {
            client: mine.client,
            visit: mine.visit,
            input: Box::new(joined),
        };
        let needs_bsn = self.needs_bsn(mine.client).await?;
        let (body, is_part_held) = mask_draft(body, needs_bsn);
        let slot = mine.place.1;
        let draft = Draft {
            body,
            started_at: mine.draft.started_at,
            saved_at: self.now,
        };
        let continues = match is_whole {
            true => Some(theirs.place),
            false => mine.continues,
        };
        self.put_draft_from(slot, draft, continues)?;
        self.session.slots.waiting.place(slot);
        self.commit().await?;
        Ok(Reply::DraftSaved { slot, is_part_held })
    }

    /// Blanks own slots with text of signed visits of these clients that stands there whole, or with which another device
    /// went on that has blanked its slot since.
    pub(crate) async fn clear_done_drafts(
        &mut self,
        clients: &BTreeSet<Option<protocol::ClientId>>,
    ) -> Outcome<()> {
        let all = self.texts();
        let own = self.keys.device;
        let is_of = |text: &&Text| {
            let client = protocol::ClientId::from_bytes(text.client.0);
            text.place.0 == own.0 && clients.contains(&Some(client))
        };
        let mut done = Vec::new();
        for text in all.iter().filter(is_of) {
            let slot = text.place.1;
            if self.session.slots.waiting.find(slot).is_some() {
                continue;
            }
            let Some((_, view)) = self.signed(text).await? else {
                continue;
            };
            let blanked = self.session.peer_slots.values();
            let mut blanked = blanked.filter(|held| held.draft.is_none());
            let was_gone_on_with = blanked.any(|held| held.continues == Some(text.place));
            if was_gone_on_with || project::late_parts(&text.input, &view).is_empty() {
                done.push(slot);
            }
        }
        for slot in &done {
            self.blank_slot(*slot)?;
        }
        if !done.is_empty() {
            self.commit().await?;
        }
        Ok(())
    }
}
