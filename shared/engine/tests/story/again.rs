//! What was begun and did not come to its end is begun again as a whole: nothing of it is taken for done.

use std::collections::BTreeMap;

use dossier::id::{ClientId, EntryId};
use engine::command::{Command, Reply};
use engine::store::StoreError;
use engine::store::faulty::{Counted, Fault};
use engine::sync::{Done, Work};
use protocol::record::Record;
use protocol::{AccountSeq, RelayInstance};

use super::draft::visit_draft;
use super::hub::Hub;
use super::tablet::{Tablet, this_morning, visit_at};
use super::two_devices::{assert_same, pair};

/// Another tablet on a copy of the disk.
fn copy_of(tablet: &Tablet, seed: u64) -> Tablet {
    let mut copy = Tablet::on(tablet.disk.fork(), seed);
    copy.now = tablet.now;
    copy.unlock();
    copy
}

#[test]
fn an_emptied_relay_gets_the_records_of_others_too_when_a_read_failed_the_first_time() {
    let (mut hub, mut tablet, mut laptop, client) = pair(40);
    tablet.sign(client, &this_morning("Tablet"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    let count = hub.log.len();
    for n in 0.. {
        let mut copy = copy_of(&laptop, 41);
        copy.store
            .fail_at(n, Counted::Calls, Fault::Refuse(StoreError::Blocked));
        let mut empty = Hub::default();
        let welcome = Work::Welcome {
            instance: RelayInstance::from_bytes([1; 16]),
            head: AccountSeq(0),
            branches: Vec::new(),
        };
        let _ = copy.try_sync(welcome);
        if !copy.store.has_failed() {
            assert!(n > 2, "only {n} effects");
            break;
        }
        empty.welcome(&mut copy, 1);
        empty.push(&mut copy);
        assert!(empty.log.len() >= count, "effect {n}: {}", empty.log.len());
    }
}

#[test]
fn what_waited_for_a_chain_entry_is_asked_for_again_after_an_edit_failed() {
    let (mut hub, mut tablet, mut laptop, client) = pair(42);
    let mut phone = laptop.add_tablet(43);
    hub.settle(&mut [&mut laptop, &mut phone]);
    phone.sign(client, &this_morning("Telefoon"));
    hub.push(&mut phone);
    assert!(hub.pull(&mut tablet).needs_chain);
    let full = Fault::Refuse(StoreError::Full);
    tablet.store.fail_at(0, Counted::Commits, full);
    let edit = dossier::edit::Edit::SignVisit {
        client,
        visit: dossier::id::EntryId([3; 16]),
        input: Box::new(this_morning("Tablet")),
    };
    assert!(matches!(tablet.edit(edit), Reply::Failed(_)));
    let entries = laptop.chain();
    tablet.sync(Work::TakeChain { entries });
    let taken = tablet.take(Vec::new());
    if let Some(after) = taken.again_after {
        tablet.take(hub.after(after));
    }
    assert_same(&mut tablet, &mut phone, client);
}

#[test]
fn a_refused_record_in_whose_place_another_copy_made_one_is_tried_again_as_a_new_one() {
    let (mut hub, mut tablet, mut laptop, client) = pair(44);
    tablet.sign(client, &this_morning("Voor de kopie"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    let mut restored = copy_of(&tablet, 45);
    for begin in ["9:00", "10:00"] {
        tablet.sign(client, &visit_at("20-11-2026", begin, "10:30", "Echt"));
    }
    hub.push(&mut tablet);
    restored.sign(client, &visit_at("20-11-2026", "7:00", "7:30", "Kopie"));
    let hash = restored.outbox()[0].0;
    restored.sync(Work::Refuse { hash, code: 2 });
    hub.pull(&mut restored);
    restored.audit();
    restored.sync(Work::Retry { hash });
    assert_eq!(restored.standing().refused_count, 0);
    let waiting = restored.outbox();
    assert!(
        waiting.iter().all(|(of, _)| *of != hash),
        "another is there"
    );
    hub.settle(&mut [&mut restored, &mut laptop]);
    assert_same(&mut restored, &mut laptop, client);
    assert_eq!(laptop.visits(client).rows.len(), 4);
}

/// It is an own one, taken from a relay, and what it builds on is kept back.
#[test]
fn a_record_that_waits_for_an_earlier_one_comes_in_under_its_new_name_too() {
    let (mut hub, mut tablet, mut laptop, client) = pair(46);
    tablet.sign(client, &this_morning("Voor de kopie"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    for restarts in [false, true] {
        let mut hub = hub.clone();
        let (mut tablet, mut laptop) = (copy_of(&tablet, 47), copy_of(&laptop, 48));
        hub.settle(&mut [&mut tablet, &mut laptop]);
        let mut restored = copy_of(&tablet, 49);
        tablet.sign(client, &visit_at("20-11-2026", "9:00", "9:30", "Eerste"));
        let refused = tablet.outbox()[0].0;
        hub.settle(&mut [&mut tablet, &mut laptop]);
        laptop.sign(client, &visit_at("20-11-2026", "10:00", "10:30", "Laptop"));
        hub.settle(&mut [&mut laptop, &mut tablet]);
        tablet.sign(client, &visit_at("20-11-2026", "11:00", "11:30", "Tweede"));
        hub.push(&mut tablet);
        let all = hub.after(AccountSeq(0));
        let device_of = |bytes: &[u8]| {
            let record = Record::decode(bytes.to_vec()).unwrap();
            record.outer().device.0
        };
        let own = all.iter().filter(|(_, bytes)| device_of(bytes) == 0);
        restored.take(own.cloned().collect());
        assert_eq!(restored.visits(client).rows.len(), 2);
        let instance = RelayInstance::from_bytes([7; 16]);
        restored.sync(Work::Welcome {
            instance,
            head: AccountSeq(0),
            branches: Vec::new(),
        });
        restored.sync(Work::Refuse {
            hash: refused,
            code: 2,
        });
        if restarts {
            restored.restart_and_unlock();
        }
        let others = all.iter().filter(|(_, bytes)| device_of(bytes) != 0);
        restored.take(others.cloned().collect());
        assert_eq!(restored.visits(client).rows.len(), 4);
        restored.restart_and_unlock();
        assert_eq!(restored.visits(client).rows.len(), 4);
    }
}

#[test]
fn a_relay_that_shows_another_record_than_the_one_it_was_asked_for_has_lost_it() {
    let (mut tablet, client) = Tablet::with_client(50);
    tablet.sign(client, &this_morning("Eerste"));
    let mut hub = Hub::default();
    hub.push(&mut tablet);
    let Done::Probes(names) = tablet.sync(Work::ChooseProbes) else {
        panic!("no names");
    };
    let mut by_seq = BTreeMap::new();
    for bytes in &hub.log {
        let record = Record::decode(bytes.clone()).unwrap();
        by_seq.insert(record.outer().seq, bytes.clone());
    }
    let newest = hub.log.last().cloned();
    let shown = |is_right: bool| {
        let shown = names.iter().map(|name| match is_right {
            true => (*name, by_seq.get(&name.seq).cloned()),
            false => (*name, newest.clone()),
        });
        shown.collect::<Vec<_>>()
    };
    let last = by_seq.keys().next_back().copied();
    let wrong = names.iter().filter(|name| Some(name.seq) != last).count();
    assert!(wrong > 0);
    for (is_right, lost) in [(true, 0), (false, wrong)] {
        let records = shown(is_right);
        let done = tablet.sync(Work::Probed { records });
        assert_eq!(done, Done::Lost(lost));
        assert_eq!(tablet.standing().outbox_count > 0, lost > 0);
    }
}

/// A device that was restored from a copy, on which something waits to be refused, and the one it meets.
fn restored(seed: u64) -> (Hub, Tablet, Tablet, ClientId) {
    let (mut hub, mut tablet, mut laptop, client) = pair(seed);
    tablet.sign(client, &this_morning("Voor de kopie"));
    let slot = tablet.save_draft(None, visit_draft(client, EntryId([5; 16]), "Concept"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    let mut restored = copy_of(&tablet, seed + 1);
    tablet.save_draft(Some(slot), visit_draft(client, EntryId([5; 16]), "Meer"));
    for begin in ["9:00", "10:00"] {
        tablet.sign(client, &visit_at("20-11-2026", begin, "10:30", "Echt"));
        hub.push(&mut tablet);
        laptop.sign(client, &visit_at("20-11-2026", begin, "10:30", "Laptop"));
        hub.push(&mut laptop);
    }
    for begin in ["7:00", "7:30"] {
        restored.sign(client, &visit_at("20-11-2026", begin, "7:45", "Kopie"));
    }
    (hub, restored, laptop, client)
}

/// Whatever an exchange asks of a device whose store fails once: asked for again, it comes to the same.
#[test]
fn a_fault_at_any_effect_of_an_exchange_loses_nothing() {
    let (hub, device, laptop, client) = restored(52);
    for fault in [Fault::LoseAnswer, Fault::Refuse(StoreError::Full)] {
        for step in 0..8 {
            for n in 0.. {
                let story = format!("{fault:?} {step} {n}");
                let mut copy = copy_of(&device, 53);
                let mut laptop = copy_of(&laptop, 54);
                let hash = copy.outbox()[0].0;
                let (code, mut is_over) = (2, false);
                let account = copy.account();
                let log = hub.after(AccountSeq(0));
                let (first, rest) = log.split_at(log.len() / 2);
                let works = [
                    Work::Welcome {
                        instance: RelayInstance::from_bytes([1; 16]),
                        head: AccountSeq(log.len() as u64),
                        branches: hub.branches(0, account),
                    },
                    Work::Refuse { hash, code },
                    Work::Take {
                        records: rest.to_vec(),
                    },
                    Work::CatchUp,
                    Work::Take {
                        records: first.to_vec(),
                    },
                    Work::CatchUp,
                    Work::Retry { hash },
                    Work::Welcome {
                        instance: RelayInstance::from_bytes([2; 16]),
                        head: AccountSeq(0),
                        branches: Vec::new(),
                    },
                ];
                for (number, work) in works.into_iter().enumerate() {
                    if number == step {
                        copy.store.fail_at(n, Counted::Calls, fault);
                        let done = copy.try_sync(work.clone());
                        is_over = !copy.store.has_failed();
                        copy.store.fail_at(u64::MAX, Counted::Calls, fault);
                        if done.is_ok() {
                            continue;
                        }
                    }
                    copy.sync(work);
                }
                copy.take(Vec::new());
                let mut empty = Hub::default();
                empty.push(&mut copy);
                let places = |hub: &Hub| {
                    let records = hub
                        .log
                        .iter()
                        .map(|bytes| Record::decode(bytes.clone()).unwrap());
                    let of_laptop = records.filter(|record| record.outer().device.0 == 1);
                    of_laptop
                        .map(|of| of.outer().seq)
                        .collect::<std::collections::BTreeSet<_>>()
                };
                assert_eq!(places(&empty), places(&hub), "{story}");
                for device in [&mut copy, &mut laptop] {
                    device.sync(Work::TakeAgain);
                }
                empty.settle(&mut [&mut laptop, &mut copy]);
                copy.restart_and_unlock();
                assert_eq!(copy.visits(client).rows.len(), 7, "{story}");
                assert_eq!(laptop.visits(client).rows.len(), 7, "{story}");
                assert_same(&mut copy, &mut laptop, client);
                assert_eq!(copy.standing().refused_count, 0);
                let reply = copy.ask(Command::Devices);
                assert!(matches!(reply, Reply::Devices(_)));
                if is_over {
                    break;
                }
            }
        }
    }
}
