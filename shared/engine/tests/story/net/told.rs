//! What people do on the devices, what they were told is saved, and where that must be in the end.

use std::collections::{BTreeMap, BTreeSet};

use dossier::draft::DraftBody;
use dossier::edit::{ClientField, Edit};
use dossier::id::{ClientId, EntryId};
use dossier::view::{Answer, AnswerValue, ClientView, Earlier};
use engine::Now;
use engine::command::{Command, Reply};
use engine::sync::Input;
use pollster::block_on;
use protocol::DeviceIndex;

use super::super::draft::visit_draft;
use super::super::hub::seen;
use super::super::tablet::{PASSPHRASE, Tablet, visit_at};
use super::CANARY;
use super::relay::Relay;
use super::world::World;

/// Fields that a story changes.
const FIELDS: [ClientField; 3] = [
    ClientField::FirstName,
    ClientField::Street,
    ClientField::Place,
];
/// Slots that a story writes in.
const SLOTS: u32 = 3;

/// What devices were told is saved.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) visits: BTreeMap<EntryId, String>,
    /// On which device.
    pub(crate) makers: BTreeMap<EntryId, usize>,
    /// Words in drafts that were not deleted, each with the devices that have it in a slot of their own.
    drafted: BTreeMap<String, BTreeSet<usize>>,
    /// Words in drafts that were signed.
    signed: BTreeSet<String>,
    /// Values of fields.
    values: BTreeSet<(usize, String)>,
}

/// A text of its own for each id, in letters: digits may come to a number that the law keeps out of it.
pub(crate) fn text_of(visit: EntryId) -> String {
    format!("{CANARY} {}", letters(&visit.to_string()))
}

fn letters(name: &str) -> String {
    let letter = |of: char| {
        of.to_digit(16)
            .and_then(|digit| char::from_u32(u32::from('g') + digit))
    };
    name.chars().filter_map(letter).collect()
}

/// A word that no other text holds.
fn word(tablet: &mut Tablet) -> String {
    letters(&EntryId(tablet.fresh()).to_string())
}

/// The words of a text but the one that all have.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(' ').filter(|word| *word != CANARY);
    words.map(str::to_owned)
}

/// What stands in a slot of this device.
enum Slot {
    Blank,
    Visit(EntryId, String),
    Unknown,
}

fn slot(tablet: &mut Tablet, slot: u8) -> Slot {
    match tablet.ask(Command::Draft { slot }) {
        Reply::Draft(Some((draft, _))) => match draft.body {
            DraftBody::Visit { visit, input, .. } => Slot::Visit(visit, input.done),
            DraftBody::Form { .. } => Slot::Unknown,
        },
        Reply::Draft(None) => Slot::Blank,
        _ => Slot::Unknown,
    }
}

/// Whether a value stands on a page, as an answer too, or a change names it as what it put aside.
fn has_value(view: &ClientView, field: ClientField, value: &str) -> bool {
    let of = view.fields.iter().find(|of| of.field == field).unwrap();
    let is_answer =
        |answer: &Answer| matches!(&answer.value, AnswerValue::Text(text) if text == value);
    let is_named = |change: &Earlier| {
        change.value == value || change.others.iter().any(|other| other == value)
    };
    of.value == value || of.answers.iter().any(is_answer) || of.earlier.iter().any(is_named)
}

/// One thing somebody does on one of the devices.
pub(crate) fn act(world: &mut World, client: ClientId, told: &mut Told) {
    let index = world.pick(world.peers.len() as u32) as usize;
    let number = world.pick(60);
    let at = u8::try_from(world.pick(SLOTS)).unwrap();
    let now = world.now;
    let peer = &mut world.peers[index];
    let tablet = &mut peer.tablet;
    tablet.now = now + peer.clock_off;
    match number % 10 {
        0..=2 => told.sign(index, tablet, client, number),
        3 | 4 => told.change(tablet, client, number as usize % FIELDS.len()),
        5 | 6 => told.write(index, tablet, client, at),
        7 => told.go_on(index, tablet),
        8 => match number / 10 {
            0..=3 => told.sign_draft(index, tablet, client, at),
            _ => told.delete(index, tablet, at),
        },
        _ => {
            tablet.lock();
            world.feed(index, Input::Locking);
            let passphrase = PASSPHRASE.into();
            let unlock = Command::Unlock { passphrase };
            if let Reply::Open = world.peers[index].tablet.ask(unlock) {
                world.open(index);
            }
            return;
        }
    }
    world.changed(index);
}

/// Somebody changes a field on this device.
pub(crate) fn change_place(world: &mut World, index: usize, client: ClientId, told: &mut Told) {
    let peer = &mut world.peers[index];
    peer.tablet.now = world.now + peer.clock_off;
    let before = told.values.len();
    told.change(&mut peer.tablet, client, 2);
    assert!(told.values.len() > before, "not saved");
    world.changed(index);
}

impl Told {
    fn sign(&mut self, index: usize, tablet: &mut Tablet, client: ClientId, number: u32) {
        let visit = EntryId(tablet.fresh());
        let text = text_of(visit);
        let begin = format!("{}:{:02}", 6 + number % 12, number);
        let input = visit_at("20-11-2026", &begin, "23:59", &text);
        let reply = tablet.edit(Edit::SignVisit {
            client,
            visit,
            input: Box::new(input),
        });
        if let Reply::Saved { .. } = reply {
            self.visits.insert(visit, text);
            self.makers.insert(visit, index);
        }
    }

    /// Gives a field another value.
    fn change(&mut self, tablet: &mut Tablet, client: ClientId, number: usize) {
        let field = FIELDS[number];
        let value = format!("{CANARY} {}", &word(tablet)[..8]);
        let edit = Edit::ChangeClient {
            client,
            field,
            value: value.clone(),
        };
        if let Reply::Saved { .. } = tablet.edit(edit) {
            self.values.insert((number, value));
        }
    }

    /// Writes a word more in a draft, or begins one.
    fn write(&mut self, index: usize, tablet: &mut Tablet, client: ClientId, at: u8) {
        let (visit, earlier) = match slot(tablet, at) {
            Slot::Blank => (EntryId(tablet.fresh()), CANARY.to_owned()),
            Slot::Visit(visit, text) => (visit, text),
            Slot::Unknown => return,
        };
        let text = format!("{earlier} {}", word(tablet));
        let body = visit_draft(client, visit, &text);
        let slot = Some(at);
        if let Reply::DraftSaved { .. } = tablet.ask(Command::SaveDraft { slot, body }) {
            self.note_draft(index, &text);
        }
    }

    fn note_draft(&mut self, index: usize, text: &str) {
        for word in words(text).filter(|word| !self.signed.contains(word)) {
            self.drafted.entry(word).or_default().insert(index);
        }
    }

    /// Goes on with the newest draft of another device.
    fn go_on(&mut self, index: usize, tablet: &mut Tablet) {
        let Reply::Drafts { elsewhere, .. } = tablet.ask(Command::Drafts) else {
            return;
        };
        let Some(row) = elsewhere.first() else {
            return;
        };
        let (device, from) = (row.device.unwrap(), row.slot);
        let go_on = Command::ContinueDraft { device, slot: from };
        if let Reply::DraftSaved { slot: at, .. } = tablet.ask(go_on)
            && let Slot::Visit(_, text) = slot(tablet, at)
        {
            self.note_draft(index, &text);
        }
    }

    fn sign_draft(&mut self, index: usize, tablet: &mut Tablet, client: ClientId, at: u8) {
        let Slot::Visit(visit, text) = slot(tablet, at) else {
            return;
        };
        let edit = Edit::SignVisit {
            client,
            visit,
            input: Box::new(visit_at("20-11-2026", "8:00", "8:45", &text)),
        };
        let draft = Some(at);
        if let Reply::Saved { .. } = tablet.ask(Command::Edit { edit, draft }) {
            for word in words(&text) {
                self.drafted.remove(&word);
                self.signed.insert(word);
            }
            self.visits.entry(visit).or_insert(text);
            self.makers.entry(visit).or_insert(index);
        }
    }

    /// Throws a draft away: this device need not have its words any more.
    fn delete(&mut self, index: usize, tablet: &mut Tablet, slot_number: u8) {
        let Slot::Visit(_, text) = slot(tablet, slot_number) else {
            return;
        };
        for word in words(&text) {
            if let Some(devices) = self.drafted.get_mut(&word) {
                devices.remove(&index);
            }
        }
        self.drafted.retain(|_, devices| !devices.is_empty());
        tablet.ask(Command::DeleteDraft { slot: slot_number });
    }

    /// All that was told is on this device, or on another one and shown here.
    fn assert_kept(&self, world: &mut World, index: usize, client: ClientId, story: &str) {
        let page = seen(&mut world.peers[index].tablet, client);
        for (visit, text) in &self.visits {
            assert!(page.contains(text), "{story}: lost {visit} at {index}");
        }
        for word in &self.signed {
            assert!(
                page.contains(word),
                "{story}: lost signed {word} at {index}"
            );
        }
        let view = world.peers[index].tablet.client(client);
        for (field, value) in &self.values {
            let is_kept = has_value(&view, FIELDS[*field], value);
            assert!(is_kept, "{story}: lost {value} at {index}");
        }
        let tablet = &mut world.peers[index].tablet;
        let own: Vec<String> = (0..8)
            .filter_map(|at| match slot(tablet, at) {
                Slot::Visit(_, text) => Some(text),
                _ => None,
            })
            .collect();
        let now = Now { ms: tablet.now };
        let others = block_on(tablet.vault.peer_drafts(now, &mut tablet.rng)).unwrap();
        let others = others.into_iter().filter_map(|peer| match peer.draft.body {
            DraftBody::Visit { input, .. } => Some(input.done),
            DraftBody::Form { .. } => None,
        });
        let all: String = own.iter().cloned().chain(others).collect();
        for (word, devices) in &self.drafted {
            let is_own = devices.contains(&index);
            let is_here = own.iter().any(|text| text.contains(word));
            let is_signed = page.contains(word);
            assert!(
                !is_own || is_here || is_signed,
                "{story}: lost draft {word} of {index}"
            );
            let is_shown = is_signed || all.contains(word);
            assert!(
                is_shown || is_spoilt(world, word, devices),
                "{story}: draft {word} of {devices:?} is not shown at {index}"
            );
        }
    }
}

/// Whether the relay holds something else wherever this word was written.
fn is_spoilt(world: &mut World, word: &str, devices: &BTreeSet<usize>) -> bool {
    devices.iter().all(|device| {
        let tablet = &mut world.peers[*device].tablet;
        let is_of =
            |at: &u8| matches!(slot(tablet, *at), Slot::Visit(_, text) if text.contains(word));
        let at = (0..8).find(is_of);
        let device = DeviceIndex(u16::try_from(*device).unwrap());
        let mut accounts = world.relays[0].accounts.values();
        at.is_some_and(|at| accounts.any(|account| account.has_spoilt_draft(device, at)))
    })
}

/// Everybody may talk now: all come to the same, and everything told is there.
pub(crate) fn assert_converged(world: &mut World, client: ClientId, told: &Told, story: &str) {
    let first = seen(&mut world.peers[0].tablet, client);
    for index in 0..world.peers.len() {
        let other = seen(&mut world.peers[index].tablet, client);
        assert_eq!(other, first, "{story}: device {index}");
        told.assert_kept(world, index, client, story);
    }
    for peer in &mut world.peers {
        assert!(peer.tablet.unreadable().is_empty(), "{story}");
        peer.tablet.audit();
        let standing = peer.tablet.standing();
        let left = (standing.waiting_count, standing.refused_count);
        assert_eq!(left, (0, 0), "{story}");
    }
    assert_no_canary(&world.relays, story);
}

fn assert_no_canary(relays: &[Relay], story: &str) {
    let has = |bytes: &[u8]| {
        let mut windows = bytes.windows(CANARY.len());
        windows.any(|window| window == CANARY.as_bytes())
    };
    for account in relays.iter().flat_map(|relay| relay.accounts.values()) {
        let drafts = account.drafts.values().map(|(_, bytes)| bytes);
        let all = account.log.iter().chain(&account.entries).chain(drafts);
        let mut count = 0;
        for bytes in all {
            count += 1;
            assert!(!has(bytes), "{story}: readable at the relay");
        }
        assert!(count > 0);
    }
}
