//! Drafts that go from one device to another: shown, gone on with, never overwritten.

use dossier::draft::DraftBody;
use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use engine::command::{Command, Reply};
use engine::sync::{Done, Work};
use engine::{Now, PeerDraft};
use pollster::block_on;
use protocol::DeviceIndex;

use super::draft::visit_draft;
use super::hub::Hub;
use super::tablet::{Tablet, this_morning};

const VISIT: EntryId = EntryId([5; 16]);

fn pair(seed: u64) -> (Hub, Tablet, Tablet, ClientId) {
    let (mut tablet, client) = Tablet::with_client(seed);
    let mut laptop = tablet.add_tablet(seed + 500);
    let mut hub = Hub::default();
    hub.settle(&mut [&mut tablet, &mut laptop]);
    (hub, tablet, laptop, client)
}

/// Slots this device would send.
fn unsent(device: &mut Tablet) -> Vec<Vec<u8>> {
    match device.sync(Work::ReadDrafts) {
        Done::Drafts(drafts) => drafts,
        other => panic!("{other:?}"),
    }
}

/// Sends what one device has to another, and tells it so.
fn send(from: &mut Tablet, to: &mut Tablet) -> Vec<Vec<u8>> {
    let drafts = unsent(from);
    for bytes in &drafts {
        let frame = protocol::draft::DraftFrame::decode(bytes.clone()).unwrap();
        from.sync(Work::DraftAcked {
            slot: frame.header().slot,
            counter: frame.header().counter,
        });
    }
    give(to, drafts.clone());
    drafts
}

/// Some of what a relay has.
fn give(to: &mut Tablet, drafts: Vec<Vec<u8>>) {
    let is_all = false;
    to.sync(Work::TakeDrafts { drafts, is_all });
}

fn of_others(device: &mut Tablet) -> Vec<PeerDraft> {
    let now = Now { ms: device.now };
    block_on(device.vault.peer_drafts(now, &mut device.rng)).unwrap()
}

fn go_on(device: &mut Tablet, from: &PeerDraft) -> u8 {
    let now = Now { ms: device.now };
    let place = (from.device, from.slot);
    block_on(device.vault.continue_draft(place, now, &mut device.rng)).unwrap()
}

/// A draft on the tablet with which the laptop goes on, as both know: the slots of each.
fn hand_over(tablet: &mut Tablet, laptop: &mut Tablet, client: ClientId, done: &str) -> (u8, u8) {
    let slot = tablet.save_draft(None, visit_draft(client, VISIT, done));
    send(tablet, laptop);
    let there = of_others(laptop);
    let own = go_on(laptop, &there[0]);
    send(laptop, tablet);
    (slot, own)
}

fn sign(client: ClientId, done: &str, slot: u8) -> Command {
    Command::Edit {
        edit: Edit::SignVisit {
            client,
            visit: VISIT,
            input: Box::new(this_morning(done)),
        },
        draft: Some(slot),
    }
}

fn text_of(draft: Option<DraftBody>) -> Option<String> {
    match draft? {
        DraftBody::Visit { input, .. } => Some(input.done),
        DraftBody::Form { .. } => None,
    }
}

#[test]
fn a_draft_begun_on_one_device_is_finished_on_the_other() {
    let (mut hub, mut tablet, mut laptop, client) = pair(1);
    let slot = tablet.save_draft(None, visit_draft(client, VISIT, "Geh"));
    assert_eq!(tablet.standing().draft_count, 1);
    send(&mut tablet, &mut laptop);
    assert_eq!(tablet.standing().draft_count, 0);
    let there = of_others(&mut laptop);
    assert_eq!((there.len(), there[0].device), (1, DeviceIndex(0)));
    laptop.restart_and_unlock();
    assert_eq!(of_others(&mut laptop), there);

    let own = go_on(&mut laptop, &there[0]);
    assert_eq!(go_on(&mut laptop, &there[0]), own, "asked twice it is one");
    let finished = visit_draft(client, VISIT, "Geholpen met wassen");
    laptop.save_draft(Some(own), finished);
    send(&mut laptop, &mut tablet);
    assert_eq!(text_of(tablet.draft(slot)).as_deref(), Some("Geh"));
    let reply = laptop.ask(sign(client, "Geholpen met wassen", own));
    assert!(matches!(reply, Reply::Saved { .. }));
    hub.settle(&mut [&mut laptop, &mut tablet]);
    send(&mut laptop, &mut tablet);
    assert_eq!(tablet.draft(slot), None, "done with");
    assert!(of_others(&mut tablet).is_empty());
    send(&mut tablet, &mut laptop);
    assert!(of_others(&mut laptop).is_empty());
    assert_eq!(tablet.visit(client, VISIT).done, "Geholpen met wassen");
    tablet.restart_and_unlock();
    assert_eq!(tablet.draft(slot), None);
}

#[test]
fn what_was_written_meanwhile_stays_when_the_other_signs() {
    let (mut hub, mut tablet, mut laptop, client) = pair(2);
    let (slot, own) = hand_over(&mut tablet, &mut laptop, client, "Geh");
    tablet.save_draft(
        Some(slot),
        visit_draft(client, VISIT, "Geholpen, en nog iets"),
    );
    laptop.ask(sign(client, "Geholpen", own));
    hub.settle(&mut [&mut laptop, &mut tablet]);
    send(&mut laptop, &mut tablet);
    let kept = text_of(tablet.draft(slot));
    assert_eq!(kept.as_deref(), Some("Geholpen, en nog iets"));
}

/// The visit was signed with less; the other device, which goes on with more, is not done yet.
#[test]
fn a_text_with_which_another_device_goes_on_stays_until_that_one_is_done() {
    let (mut hub, mut tablet, mut laptop, client) = pair(8);
    let (slot, own) = hand_over(&mut tablet, &mut laptop, client, "Gewassen, wond rood");
    laptop.save(Edit::SignVisit {
        client,
        visit: VISIT,
        input: Box::new(this_morning("Gewassen")),
    });
    hub.settle(&mut [&mut laptop, &mut tablet]);
    let kept = text_of(tablet.draft(slot));
    assert_eq!(kept.as_deref(), Some("Gewassen, wond rood"));
    laptop.ask(Command::DeleteDraft { slot: own });
    send(&mut laptop, &mut tablet);
    assert_eq!(tablet.draft(slot), None);
}

#[test]
fn two_devices_in_one_draft_both_show_both_texts() {
    let (_, mut tablet, mut laptop, client) = pair(3);
    tablet.save_draft(None, visit_draft(client, VISIT, "Op de tablet"));
    laptop.save_draft(None, visit_draft(client, VISIT, "Op de laptop"));
    send(&mut tablet, &mut laptop);
    send(&mut laptop, &mut tablet);
    for (device, other) in [(&mut tablet, "Op de laptop"), (&mut laptop, "Op de tablet")] {
        let there = of_others(device);
        let text = text_of(Some(there[0].draft.body.clone()));
        assert_eq!(text.as_deref(), Some(other));
        assert_eq!(device.draft_count(), 1);
    }
}

#[test]
fn an_older_changed_or_foreign_slot_is_not_taken_in() {
    let (_, mut tablet, mut laptop, client) = pair(4);
    let slot = tablet.save_draft(None, visit_draft(client, VISIT, "Geh"));
    let old = send(&mut tablet, &mut laptop);
    tablet.save_draft(Some(slot), visit_draft(client, VISIT, "Geholpen"));
    let new = send(&mut tablet, &mut laptop);
    let before = of_others(&mut laptop);
    give(&mut laptop, old);
    for position in (0..new[0].len()).step_by(97) {
        let mut flipped = new[0].clone();
        flipped[position] ^= 0x10;
        let cut = new[0][..position].to_vec();
        give(&mut laptop, vec![flipped, cut]);
    }
    let (mut stranger, of_stranger) = Tablet::with_client(900);
    stranger.save_draft(None, visit_draft(of_stranger, VISIT, "Vreemd"));
    let foreign = unsent(&mut stranger);
    give(&mut laptop, foreign);
    // What a relay gives back of the own slots changes nothing.
    let own = laptop.save_draft(None, visit_draft(client, VISIT, "Eigen"));
    let sent = unsent(&mut laptop);
    laptop.save_draft(Some(own), visit_draft(client, VISIT, "Eigen, later"));
    give(&mut laptop, sent);
    assert_eq!(of_others(&mut laptop), before);
    assert_eq!(text_of(laptop.draft(own)).as_deref(), Some("Eigen, later"));
}

#[test]
fn a_slot_that_the_relay_lost_after_its_answer_is_sent_again() {
    let (_, mut tablet, mut laptop, client) = pair(9);
    let slot = tablet.save_draft(None, visit_draft(client, VISIT, "Eerst"));
    let older = send(&mut tablet, &mut laptop);
    tablet.save_draft(Some(slot), visit_draft(client, VISIT, "Eerst, toen meer"));
    let newest = send(&mut tablet, &mut laptop);
    for (there, count) in [(newest.clone(), 0), (older, 1), (newest, 1), (vec![], 1)] {
        let is_all = true;
        tablet.sync(Work::TakeDrafts {
            drafts: there,
            is_all,
        });
        assert_eq!(tablet.standing().draft_count, count);
    }
    tablet.restart_and_unlock();
    assert_eq!(send(&mut tablet, &mut laptop).len(), 1);
    assert_eq!(tablet.standing().draft_count, 0);
}

#[test]
fn a_device_restored_from_a_copy_keeps_both_texts_and_writes_above_the_later_one() {
    let (_, mut tablet, mut laptop, client) = pair(5);
    let slot = tablet.save_draft(None, visit_draft(client, VISIT, "Eerst"));
    let mut restored = Tablet::on(tablet.disk.fork(), 6);
    restored.now = tablet.now;
    restored.unlock();
    tablet.save_draft(Some(slot), visit_draft(client, VISIT, "Eerst, toen meer"));
    tablet.save_draft(
        Some(slot),
        visit_draft(client, VISIT, "Eerst, toen veel meer"),
    );
    let drafts = send(&mut tablet, &mut laptop);
    restored.save_draft(Some(slot), visit_draft(client, VISIT, "Anders"));
    // The word of the relay alone moves nothing.
    restored.sync(Work::DraftAcked {
        slot,
        counter: u64::MAX,
    });
    restored.save_draft(Some(slot), visit_draft(client, VISIT, "Anders"));
    give(&mut restored, drafts);
    let texts: Vec<_> = (0..8)
        .filter_map(|slot| text_of(restored.draft(slot)))
        .collect();
    assert_eq!(texts, ["Anders", "Eerst, toen veel meer"]);
    send(&mut restored, &mut laptop);
    let there = of_others(&mut laptop);
    let texts: Vec<_> = there
        .iter()
        .filter_map(|peer| text_of(Some(peer.draft.body.clone())))
        .collect();
    assert_eq!(texts, ["Anders", "Eerst, toen veel meer"]);
    restored.restart_and_unlock();
    assert_eq!(restored.draft_count(), 2);
    assert!(restored.unreadable().is_empty());
}

#[test]
fn a_slot_that_another_copy_used_and_emptied_is_no_damage() {
    let (_, mut tablet, mut laptop, client) = pair(10);
    let mut restored = Tablet::on(tablet.disk.fork(), 11);
    restored.now = tablet.now;
    restored.unlock();
    let slot = tablet.save_draft(None, visit_draft(client, VISIT, "Eerst"));
    tablet.ask(Command::DeleteDraft { slot });
    let mut drafts = send(&mut tablet, &mut laptop);
    let other = EntryId([6; 16]);
    laptop.save_draft(None, visit_draft(client, other, "Laptop"));
    drafts.extend(unsent(&mut laptop));
    give(&mut restored, drafts);
    restored.restart_and_unlock();
    assert!(restored.unreadable().is_empty());
    assert_eq!(restored.draft_count(), 0);
    restored.save_draft(Some(slot), visit_draft(client, VISIT, "Opnieuw"));
    send(&mut restored, &mut laptop);
    let there = of_others(&mut laptop);
    let text = text_of(Some(there[0].draft.body.clone()));
    assert_eq!(text.as_deref(), Some("Opnieuw"));
}

fn form(name: &str, client: ClientId, text: &str) -> DraftBody {
    DraftBody::Form {
        form: name.into(),
        client: Some(client),
        fields: [("text".to_owned(), text.to_owned())].into(),
    }
}

#[test]
fn other_work_in_the_same_slot_of_a_copy_is_kept_as_it_is() {
    let (_, tablet, _, client) = pair(12);
    let other = EntryId([6; 16]);
    let there = visit_draft(client, VISIT, "Daar");
    let here = visit_draft(client, other, "Hier");
    let pairs = [
        (there.clone(), here),
        (there, form("addition", client, "Hier")),
        (
            form("addition", client, "Daar"),
            visit_draft(client, other, "Hier"),
        ),
        (
            form("addition", client, "Daar"),
            form("correction", client, "Hier"),
        ),
    ];
    for (number, (there, here)) in (0..).zip(pairs) {
        let mut copies = [20, 21].map(|seed| {
            let mut copy = Tablet::on(tablet.disk.fork(), seed);
            copy.now = tablet.now;
            copy.unlock();
            copy
        });
        let slots = [&there, &here].map(|_| 0);
        for ((copy, body), slot) in copies.iter_mut().zip([&there, &here]).zip(slots) {
            assert_eq!(copy.save_draft(None, body.clone()), slot);
        }
        let [tablet, restored] = &mut copies;
        send(tablet, restored);
        restored.restart_and_unlock();
        let bodies: Vec<_> = (0..8).filter_map(|slot| restored.draft(slot)).collect();
        assert_eq!(bodies, [here, there], "pair {number}");
    }
}

#[test]
fn a_form_begun_on_one_device_is_finished_on_the_other() {
    let (_, mut tablet, mut laptop, client) = pair(8);
    let form = DraftBody::Form {
        form: "addition".into(),
        client: Some(client),
        fields: [("text".to_owned(), "Nog".to_owned())].into(),
    };
    let here = tablet.save_draft(None, form.clone());
    send(&mut tablet, &mut laptop);
    let Reply::Drafts {
        forms_elsewhere, ..
    } = laptop.ask(Command::Drafts)
    else {
        panic!("drafts");
    };
    let (device, slot, draft) = &forms_elsewhere[0];
    assert_eq!((*device, *slot, &draft.body), (0, here, &form));
    let (device, slot) = (*device, *slot);
    let reply = laptop.ask(Command::ContinueDraft { device, slot });
    let Reply::DraftSaved { slot, .. } = reply else {
        panic!("not gone on with");
    };
    assert_eq!(laptop.draft(slot), Some(form));
    let reply = laptop.ask(Command::ContinueDraft { device, slot: 7 });
    assert!(matches!(reply, Reply::Failed(_)), "nothing stands there");
}
