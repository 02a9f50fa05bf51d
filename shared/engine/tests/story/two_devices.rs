//! Two devices of one account: each takes in what the other made, and nothing that it did not.

use dossier::edit::{ClientField, CorrectionInput, Edit, VisitField};
use dossier::id::{ClientId, EntryId};
use dossier::view::{Answer, AnswerValue};
use engine::Planted;
use engine::command::{Command, Failure, Reply};
use engine::store::faulty::{Counted, Fault};
use engine::store::{StoreError, StoreName};
use engine::sync::Work;
use protocol::AccountSeq;
use protocol::record::Record;

use super::hub::{Hub, seen};
use super::tablet::{Tablet, this_morning, visit_at, with_bsn};

/// A tablet with a client and a laptop that knows it.
pub(super) fn pair(seed: u64) -> (Hub, Tablet, Tablet, ClientId) {
    let (mut tablet, client) = Tablet::with_client(seed);
    let mut laptop = tablet.add_tablet(seed + 1000);
    let mut hub = Hub::default();
    hub.settle(&mut [&mut tablet, &mut laptop]);
    (hub, tablet, laptop, client)
}

pub(super) fn assert_same(one: &mut Tablet, other: &mut Tablet, client: ClientId) {
    assert_eq!(seen(one, client), seen(other, client));
    assert_eq!(one.names(), other.names());
    assert!(one.unreadable().is_empty() && other.unreadable().is_empty());
    one.audit();
    other.audit();
}

#[test]
fn a_new_device_gets_everything_and_keeps_it() {
    let (mut tablet, client) = Tablet::with_client(1);
    tablet.sign(client, &this_morning("Geholpen met wassen"));
    let other = tablet.create_client(&with_bsn());
    let mut laptop = tablet.add_tablet(2);
    assert!(laptop.names().is_empty());
    let mut hub = Hub::default();
    hub.push(&mut tablet);
    let taken = hub.pull(&mut laptop);
    assert!(taken.has_news && !taken.has_gap);
    assert_same(&mut tablet, &mut laptop, client);
    assert_same(&mut tablet, &mut laptop, other);
    laptop.restart_and_unlock();
    assert_same(&mut tablet, &mut laptop, client);
    assert!(matches!(laptop.ask(Command::Profile), Reply::Profile(_)));
    assert_eq!(hub.pull(&mut laptop).new_count, 0);
}

fn text_of(answer: &Answer) -> String {
    match &answer.value {
        AnswerValue::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_write_apart_and_meet() {
    let (mut hub, mut tablet, mut laptop, client) = pair(3);
    let mine = tablet.sign(client, &this_morning("Op de tablet"));
    laptop.sign(
        client,
        &visit_at("20-11-2026", "9:00", "9:30", "Op de laptop"),
    );
    let place = |value: &str| Edit::ChangeClient {
        client,
        field: ClientField::Place,
        value: value.into(),
    };
    tablet.save(place("Utrecht"));
    laptop.save(place("Zeist"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    assert_same(&mut tablet, &mut laptop, client);
    assert_eq!(tablet.visits(client).rows.len(), 2);
    let answers = |tablet: &mut Tablet| {
        let view = tablet.client(client);
        let mut fields = view.fields.into_iter();
        let found = fields.find(|field| field.field == ClientField::Place);
        let found = found.unwrap();
        let mut all: Vec<String> = found.answers.iter().map(text_of).collect();
        if all.is_empty() {
            all.push(found.value);
        }
        all.sort();
        all
    };
    assert_eq!(answers(&mut tablet), ["Utrecht", "Zeist"]);
    laptop.save(place("Utrecht"));
    laptop.save(Edit::CorrectVisit {
        client,
        visit: mine,
        correction: EntryId([9; 16]),
        input: CorrectionInput {
            field: VisitField::Result,
            text: "Rode huid".into(),
            reason: "Vergeten".into(),
            is_client_request: false,
        },
    });
    hub.settle(&mut [&mut laptop, &mut tablet]);
    assert_same(&mut tablet, &mut laptop, client);
    assert_eq!(answers(&mut tablet), ["Utrecht"]);
    assert_eq!(tablet.visit(client, mine).result, "Rode huid");
    tablet.restart_and_unlock();
    laptop.restart_and_unlock();
    assert_same(&mut tablet, &mut laptop, client);
}

#[test]
fn one_draft_signed_on_both_keeps_both_texts() {
    let (mut hub, mut tablet, mut laptop, client) = pair(4);
    tablet.sign(client, &visit_at("19-11-2026", "9:00", "9:30", "Eerder"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    let visit = EntryId([7; 16]);
    let sign = |done: &str| Edit::SignVisit {
        client,
        visit,
        input: Box::new(this_morning(done)),
    };
    tablet.save(sign("Wond rustig"));
    laptop.save(sign("Wond rood"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    assert_same(&mut tablet, &mut laptop, client);
    let view = tablet.visit(client, visit);
    let texts = format!("{} {:?}", view.done, view.additions);
    assert!(
        texts.contains("rustig") && texts.contains("rood"),
        "{texts}"
    );
}

#[test]
fn in_any_order_twice_and_in_pieces_it_comes_to_the_same() {
    let (mut tablet, client) = Tablet::with_client(7);
    let mut laptop = tablet.add_tablet(8);
    for number in 0..6 {
        tablet.sign(client, &this_morning(&format!("Bezoek {number}")));
    }
    let mut hub = Hub::default();
    hub.push(&mut tablet);
    let all = hub.after(AccountSeq(0));
    let mut reversed = all.clone();
    reversed.reverse();
    let mut doubled = all.clone();
    doubled.extend(all.clone());
    let one_by_one: Vec<Vec<_>> = all.iter().map(|record| vec![record.clone()]).collect();
    let back: Vec<Vec<_>> = reversed.iter().map(|one| vec![one.clone()]).collect();
    for pieces in [vec![reversed], vec![doubled], one_by_one, back] {
        let mut copy = Tablet::on(laptop.disk.fork(), 9);
        copy.now = laptop.now;
        copy.unlock();
        for piece in pieces {
            copy.take(piece);
        }
        assert_same(&mut tablet, &mut copy, client);
        assert_eq!(hub.pull(&mut copy).new_count, 0);
        assert_eq!(copy.standing().cursor, AccountSeq(all.len() as u64));
        copy.restart_and_unlock();
        assert_same(&mut tablet, &mut copy, client);
    }
    hub.pull(&mut laptop);
}

#[test]
fn a_missing_record_is_a_gap_until_it_comes() {
    let (mut hub, mut tablet, mut laptop, client) = pair(10);
    let cursor = laptop.standing().cursor;
    tablet.sign(client, &this_morning("Eerste"));
    tablet.sign(client, &this_morning("Tweede"));
    hub.push(&mut tablet);
    let mut page = hub.after(cursor);
    let dropped = page.remove(1);
    let taken = laptop.take(page.clone());
    assert!(taken.has_gap);
    assert!(taken.cursor < dropped.0, "it is asked for again");
    let before = laptop.visits(client).rows.len();
    assert!(before < 2);
    laptop.restart_and_unlock();
    let taken = hub.pull(&mut laptop);
    assert!(!taken.has_gap);
    assert_same(&mut tablet, &mut laptop, client);
}

/// Memory keeps 512 records that must wait: a device that learns late of a third one gets what stood after them, too.
#[test]
fn more_than_memory_keeps_waits_for_a_chain_entry_and_all_of_it_comes() {
    let (mut hub, mut tablet, mut laptop, client) = pair(12);
    let mut phone = laptop.add_tablet(13);
    hub.settle(&mut [&mut laptop, &mut phone]);
    for _ in 0..600 {
        phone.sign(client, &this_morning("Bezoek"));
    }
    hub.settle(&mut [&mut phone]);
    let cursor = tablet.standing().cursor;
    for _ in 0..2 {
        // Given twice, they are kept once.
        let taken = tablet.take(hub.after(cursor));
        assert!(taken.needs_chain && taken.again_after.is_none(), "no room");
        assert_eq!(taken.cursor, cursor, "a restart asks for them");
    }

    let entries = laptop.chain();
    let now = engine::Now { ms: tablet.now };
    let known = tablet.chain().len();
    let adopted = tablet
        .vault
        .take_chain(&entries[known..], now, &mut tablet.rng);
    pollster::block_on(adopted).unwrap();
    let taken = tablet.take(Vec::new());
    assert_eq!(taken.new_count, 512);
    let after = taken.again_after.unwrap();
    assert_eq!(
        tablet.standing().cursor,
        after,
        "a restart asks for the same"
    );
    let taken = tablet.take(hub.after(after));
    assert_eq!((taken.again_after, taken.has_gap), (None, false));
    assert_eq!(tablet.standing().cursor, AccountSeq(hub.log.len() as u64));
    assert_same(&mut tablet, &mut phone, client);
}

#[test]
fn changed_cut_and_foreign_bytes_are_not_taken_in() {
    let (mut hub, mut tablet, mut laptop, client) = pair(11);
    let cursor = laptop.standing().cursor;
    tablet.sign(client, &this_morning("Eerste"));
    hub.push(&mut tablet);
    let good = hub.after(cursor);
    let (mut stranger, of_stranger) = Tablet::with_client(12);
    stranger.sign(of_stranger, &this_morning("Vreemd"));
    let records = |disk: &Tablet| {
        let rows = disk.disk.dump().into_iter();
        rows.filter(|row| row.0 == StoreName::Record).count()
    };
    let before = records(&laptop);
    let last = good.last().unwrap().1.clone();
    let at = good.last().unwrap().0;
    for position in (0..last.len()).step_by(last.len() / 40) {
        let mut flipped = last.clone();
        flipped[position] ^= 0x04;
        let taken = laptop.take(vec![(at, flipped)]);
        assert_eq!(taken.new_count, 0, "bit at {position}");
        let cut = last[..position].to_vec();
        assert_eq!(laptop.take(vec![(at, cut)]).new_count, 0);
    }
    for (_, bytes) in stranger.outbox() {
        let taken = laptop.take(vec![(at, bytes)]);
        assert_eq!((taken.new_count, taken.bad_count), (0, 1));
    }
    let (one, other) = (&good[0].1, &last);
    for split in [62, 62 + 24 + 52] {
        let swapped = [&one[..split], &other[split..]].concat();
        assert_eq!(laptop.take(vec![(at, swapped)]).new_count, 0);
    }
    assert_eq!(records(&laptop), before);
    assert!(
        laptop.standing().cursor < at,
        "the right bytes are asked for"
    );
    hub.pull(&mut laptop);
    assert_same(&mut tablet, &mut laptop, client);
}

#[test]
fn a_device_that_signed_two_records_for_one_place_is_held_and_both_stay_readable() {
    let (mut hub, mut tablet, mut laptop, client) = pair(13);
    let mut phone = tablet.add_tablet(14);
    hub.settle(&mut [&mut tablet, &mut phone]);
    let chain = tablet.chain();
    laptop.sync(Work::TakeChain { entries: chain });
    hub.settle(&mut [&mut laptop, &mut phone, &mut tablet]);
    let mut copy = Tablet::on(tablet.disk.fork(), 15);
    copy.now = tablet.now;
    copy.unlock();
    let cursor = laptop.standing().cursor;
    tablet.sign(client, &this_morning("Op de echte"));
    copy.sign(
        client,
        &visit_at("20-11-2026", "9:00", "9:30", "Op de kopie"),
    );
    let (mut one, mut other) = (hub.clone(), hub.clone());
    one.push(&mut tablet);
    other.push(&mut copy);
    laptop.take(one.after(cursor));
    laptop.take(other.after(cursor));
    let texts: Vec<String> = laptop
        .visits(client)
        .rows
        .into_iter()
        .map(|row| row.excerpt)
        .collect();
    assert!(texts.contains(&"Op de echte".to_owned()), "{texts:?}");
    let held = |device: &mut Tablet| {
        let peers = pollster::block_on(
            device
                .vault
                .peers(engine::Now { ms: device.now }, &mut device.rng),
        );
        let peers = peers.unwrap();
        peers.iter().map(|peer| peer.is_held).collect::<Vec<_>>()
    };
    assert_eq!(held(&mut laptop), [true, false]);
    phone.sign(
        client,
        &visit_at("20-11-2026", "10:00", "10:30", "Telefoon"),
    );
    let cursor = laptop.standing().cursor;
    other.push(&mut phone);
    laptop.take(other.after(cursor));
    assert_eq!(held(&mut laptop), [true, false]);
    let count = laptop.visits(client).rows.len();
    laptop.restart_and_unlock();
    assert_eq!(laptop.visits(client).rows.len(), count);
    assert!(count >= 2, "the others go on");
    assert_eq!(held(&mut laptop), [true, false]);
}

#[test]
fn a_device_restored_from_a_copy_goes_on_anew_and_nobody_stops() {
    let (mut hub, mut tablet, mut laptop, client) = pair(16);
    tablet.sign(client, &this_morning("Voor de kopie"));
    let backup = tablet.disk.fork();
    tablet.now += 60_000;
    tablet.sign(client, &this_morning("Na de kopie"));
    tablet.lock();
    tablet.unlock();
    hub.settle(&mut [&mut tablet, &mut laptop]);
    let mut restored = Tablet::on(backup, 17);
    restored.now = tablet.now + 120_000;
    restored.unlock();
    restored.sign(client, &this_morning("Na het terugzetten"));
    restored.lock();
    restored.unlock();
    hub.welcome(&mut restored, 0);
    let taken = hub.pull(&mut restored);
    assert!(taken.is_anew);
    hub.settle(&mut [&mut restored, &mut laptop]);
    assert_same(&mut restored, &mut laptop, client);
    assert_eq!(laptop.visits(client).rows.len(), 3);
    restored.restart_and_unlock();
    restored.sign(client, &this_morning("Daarna"));
    hub.settle(&mut [&mut restored, &mut laptop]);
    assert_same(&mut restored, &mut laptop, client);
    assert_eq!(laptop.visits(client).rows.len(), 4);
    let runs: std::collections::BTreeSet<_> = hub
        .log
        .iter()
        .map(|bytes| *Record::decode(bytes.clone()).unwrap().outer())
        .filter(|outer| outer.device.0 == 0)
        .map(|outer| outer.incarnation)
        .collect();
    assert_eq!(runs.len(), 2, "one new run");
}

#[test]
fn a_relay_that_lost_everything_gets_it_again_from_any_device() {
    let (mut hub, mut tablet, mut laptop, client) = pair(18);
    tablet.sign(client, &this_morning("Tablet"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    laptop.sign(client, &visit_at("20-11-2026", "9:00", "9:30", "Laptop"));
    hub.settle(&mut [&mut laptop, &mut tablet]);
    let before = hub.log.len();
    let mut empty = Hub::default();
    // The tablet is gone for good: the laptop has its records too.
    empty.welcome(&mut laptop, 1);
    empty.push(&mut laptop);
    assert_eq!(empty.log.len(), before);
    let mut phone = laptop.add_tablet(19);
    empty.settle(&mut [&mut laptop, &mut phone]);
    assert_same(&mut laptop, &mut phone, client);
    assert_eq!(phone.visits(client).rows.len(), 2);
}

#[test]
fn what_is_told_as_seen_is_what_stands_there() {
    let (mut hub, mut tablet, mut laptop, client) = pair(20);
    tablet.sign(client, &this_morning("Eerste"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    let unseen = |tablet: &mut Tablet| {
        let now = engine::Now { ms: tablet.now };
        let peers = pollster::block_on(tablet.vault.peers(now, &mut tablet.rng)).unwrap();
        peers[0].unseen_count
    };
    assert!(unseen(&mut tablet) > 0, "the laptop has said nothing yet");
    assert!(laptop.standing().has_untold);
    laptop.sync(Work::Beacon);
    assert!(!laptop.standing().has_untold);
    hub.settle(&mut [&mut laptop, &mut tablet]);
    assert_eq!(unseen(&mut tablet), 0);
    let before = hub.log.len();
    // A beacon tells of what is untold, and is not answered by another.
    assert!(!hub.pull(&mut tablet).has_news);
    hub.settle(&mut [&mut laptop, &mut tablet]);
    assert_eq!(hub.log.len(), before);
}

/// A store that fails at any effect of taking in: what is there afterwards hangs together, and asking again brings all.
#[test]
fn a_fault_at_any_effect_of_taking_in_loses_nothing() {
    let (mut tablet, client) = Tablet::with_client(21);
    let laptop = tablet.add_tablet(22);
    tablet.sign(client, &this_morning("Eerste"));
    let mut hub = Hub::default();
    hub.push(&mut tablet);
    let mut other = Tablet::on(laptop.disk.fork(), 23);
    other.now = laptop.now;
    other.unlock();
    hub.pull(&mut other);
    other.sign(client, &visit_at("20-11-2026", "9:00", "9:30", "Tweede"));
    let reference = seen(&mut other, client);
    for fault in [
        Fault::CrashBefore,
        Fault::CrashAfter,
        Fault::LoseAnswer,
        Fault::Refuse(StoreError::Full),
    ] {
        for n in 0.. {
            let mut copy = Tablet::on(laptop.disk.fork(), 24);
            copy.now = laptop.now;
            copy.unlock();
            copy.store.fail_at(n, Counted::Calls, fault);
            let is_dead = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
            let pages = hub.after(AccountSeq(0));
            let mut told = AccountSeq(0);
            for page in pages.chunks(1) {
                let records = page.to_vec();
                if let Ok(report) = copy.try_sync(Work::Take { records }) {
                    told = report.standing.cursor;
                    continue;
                }
                if is_dead {
                    copy.restart_and_unlock();
                }
                // What was told as taken in stands there.
                assert!(copy.standing().cursor >= told, "{fault:?} {n}");
                break;
            }
            if !copy.store.has_failed() {
                assert!(n > 12, "only {n} effects");
                break;
            }
            hub.pull(&mut copy);
            let visit = copy.sign(client, &visit_at("20-11-2026", "9:00", "9:30", "Tweede"));
            assert_eq!(copy.visits(client).rows.len(), 2, "{fault:?} {n}");
            assert!(copy.unreadable().is_empty(), "{fault:?} {n}");
            copy.restart_and_unlock();
            assert!(copy.visits(client).rows.iter().any(|row| row.id == visit));
            assert!(!reference.is_empty());
            copy.audit();
        }
    }
}

#[test]
fn a_record_of_a_newer_version_makes_the_document_read_only_on_both() {
    let (mut hub, mut tablet, mut laptop, client) = pair(25);
    let now = engine::Now { ms: tablet.now };
    pollster::block_on(
        tablet
            .vault
            .plant_record(client, Planted::Critical, now, &mut tablet.rng),
    )
    .unwrap();
    hub.settle(&mut [&mut tablet, &mut laptop]);
    let place = Edit::ChangeClient {
        client,
        field: ClientField::Place,
        value: "Zeist".into(),
    };
    for restarts in [false, true] {
        if restarts {
            laptop.restart_and_unlock();
        }
        let reply = laptop.edit(place.clone());
        assert!(matches!(reply, Reply::Failed(Failure::NewerFormat)));
        assert_eq!(laptop.client(client).row.last_name, "Janssen");
    }
}

#[test]
fn a_signed_record_that_is_not_what_it_says_is_set_aside_and_the_rest_goes_on() {
    let (mut hub, mut tablet, mut laptop, client) = pair(30);
    let now = engine::Now { ms: tablet.now };
    let planted = tablet
        .vault
        .plant_false_record(client, now, &mut tablet.rng);
    pollster::block_on(planted).unwrap();
    tablet.sign(client, &this_morning("Daarna"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    for _ in 0..2 {
        assert_eq!(laptop.unreadable().len(), 1, "named once");
        assert_eq!(laptop.client(client).unreadable_count, 1);
        assert_eq!(laptop.visits(client).rows.len(), 1);
        hub.settle(&mut [&mut tablet, &mut laptop]);
        laptop.restart_and_unlock();
    }
    laptop.sign(client, &visit_at("20-11-2026", "9:00", "9:30", "En verder"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    assert_eq!(tablet.visits(client).rows.len(), 2);
    // What is not opened counts for no receipt: the tablet hears of it.
    let peers = tablet.vault.peers(now, &mut tablet.rng);
    assert_eq!(pollster::block_on(peers).unwrap()[0].unopened_count, 1);
}

#[test]
fn a_refused_record_waits_alone_and_can_be_tried_again() {
    let (mut hub, mut tablet, mut laptop, client) = pair(26);
    tablet.sign(client, &this_morning("Eerste"));
    let refused = tablet.outbox()[0].0;
    tablet.sign(client, &visit_at("20-11-2026", "9:00", "9:30", "Tweede"));
    tablet.sync(Work::Refuse {
        hash: refused,
        code: 2,
    });
    assert_eq!(tablet.standing().refused_count, 1);
    tablet.restart_and_unlock();
    assert_eq!(tablet.standing().refused_count, 1);
    hub.push(&mut tablet);
    tablet.sync(Work::Retry { hash: refused });
    assert_eq!(tablet.standing().refused_count, 0);
    hub.settle(&mut [&mut tablet, &mut laptop]);
    assert_same(&mut tablet, &mut laptop, client);
    assert_eq!(laptop.visits(client).rows.len(), 2);
}
