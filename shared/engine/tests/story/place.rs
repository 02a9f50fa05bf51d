//! Where work is, and what is told of devices: only here, at the server, on the others; through reload, crash and lock.

use dossier::edit::{CorrectionInput, Edit, VisitField};
use dossier::id::{ClientId, EntryId};
use engine::command::{
    Command, DeviceRow, EntryPlace, Failure, Receipt, Reply, VisitPlaces, WaitingList,
};
use engine::store::faulty::{Counted, Fault};
use engine::store::memory::Memory;
use engine::store::{Batch, Store, StoreName};
use engine::sync::Work;
use pollster::block_on;

use super::hub::Hub;
use super::tablet::{MINUTE, Tablet, failure, name, this_morning, visit_at};

impl Tablet {
    pub(crate) fn places(&mut self, client: ClientId, visit: EntryId) -> VisitPlaces {
        let year = 2026;
        match self.ask(Command::VisitPlaces {
            client,
            year,
            visit,
        }) {
            Reply::VisitPlaces(places) => places,
            other => panic!("{}", name(&other)),
        }
    }

    pub(crate) fn place(&mut self, client: ClientId, visit: EntryId) -> EntryPlace {
        self.places(client, visit).visit
    }

    pub(crate) fn devices(&mut self) -> Vec<DeviceRow> {
        match self.ask(Command::Devices) {
            Reply::Devices(rows) => rows,
            other => panic!("{}", name(&other)),
        }
    }

    /// What is told of another device.
    pub(crate) fn device(&mut self, device: u16) -> DeviceRow {
        let rows = self.devices();
        let found = rows.into_iter().find(|row| row.device == device);
        found.unwrap()
    }

    pub(crate) fn waiting(&mut self) -> WaitingList {
        match self.ask(Command::WaitingList) {
            Reply::WaitingList(list) => list,
            other => panic!("{}", name(&other)),
        }
    }

    pub(crate) fn words(&mut self) -> Option<String> {
        match self.ask(Command::HeadWords) {
            Reply::HeadWords(words) => words.map(|words| words.join(" ")),
            other => panic!("{}", name(&other)),
        }
    }

    fn reload(&mut self) {
        self.restart_and_unlock();
        self.lock();
        self.unlock();
    }
}

fn also(devices: &[u16]) -> EntryPlace {
    EntryPlace::Also(devices.to_vec())
}

/// A tablet with a client, and others that know it.
fn family(seed: u64, count: u64) -> (Hub, Vec<Tablet>, ClientId) {
    let (tablet, client) = Tablet::with_client(seed);
    let mut all = vec![tablet];
    for number in 1..count {
        let other = all[0].add_tablet(seed + number * 1000);
        all.push(other);
        let chain = all[0].chain();
        for other in &mut all {
            let entries = chain.clone();
            other.sync(Work::TakeChain { entries });
        }
    }
    let mut hub = Hub::default();
    meet(&mut hub, &mut all);
    (hub, all, client)
}

/// Everybody says and hears everything, and says that he heard it.
fn meet(hub: &mut Hub, all: &mut [Tablet]) {
    for _ in 0..2 {
        for device in all.iter_mut() {
            hub.pull(device);
            hub.push(device);
        }
        for device in all.iter_mut() {
            hub.pull(device);
            device.sync(Work::Beacon);
            hub.push(device);
        }
    }
}

/// One device says what it has, and another hears it.
fn tell(hub: &mut Hub, all: &mut [Tablet], from: usize, to: usize) {
    hub.pull(&mut all[from]);
    all[from].sync(Work::Beacon);
    hub.push(&mut all[from]);
    hub.pull(&mut all[to]);
}

#[test]
fn an_entry_is_here_then_at_the_server_then_on_the_others() {
    let (mut hub, mut all, client) = family(5_000, 3);
    let visit = all[0].sign(client, &this_morning("Wond rustig"));
    for wanted in [EntryPlace::Device, EntryPlace::Server] {
        assert_eq!(all[0].place(client, visit), wanted);
        all[0].reload();
        assert_eq!(all[0].place(client, visit), wanted);
        hub.push(&mut all[0]);
    }
    // It has come to the laptop, which did not say so yet.
    hub.pull(&mut all[1]);
    hub.pull(&mut all[0]);
    assert_eq!(all[0].place(client, visit), EntryPlace::Server);
    assert_eq!(all[1].place(client, visit), also(&[0]));
    tell(&mut hub, &mut all, 1, 0);
    all[0].reload();
    assert_eq!(all[0].place(client, visit), also(&[1]));
    tell(&mut hub, &mut all, 2, 0);
    assert_eq!(all[0].place(client, visit), also(&[1, 2]));
    all[0].reload();
    assert_eq!(all[0].place(client, visit), also(&[1, 2]));
    // The laptop hears of the phone what it stores of the tablet.
    assert_eq!(all[1].place(client, visit), also(&[0]));
    hub.pull(&mut all[1]);
    assert_eq!(all[1].place(client, visit), also(&[0, 2]));
    all[1].reload();
    assert_eq!(all[1].place(client, visit), also(&[0, 2]));
}

#[test]
fn a_correction_has_a_place_of_its_own() {
    let (mut hub, mut all, client) = family(5_010, 2);
    let visit = all[0].sign(client, &this_morning("Wond rustig"));
    meet(&mut hub, &mut all);
    let correction = EntryId([9; 16]);
    all[1].save(Edit::CorrectVisit {
        client,
        visit,
        correction,
        input: CorrectionInput {
            field: VisitField::Result,
            text: "Rode huid".into(),
            reason: "Vergeten".into(),
            is_client_request: false,
        },
    });
    let places = |tablet: &mut Tablet| {
        let places = tablet.places(client, visit);
        (places.visit, places.amendments)
    };
    let here = vec![(correction, EntryPlace::Device)];
    assert_eq!(places(&mut all[1]), (also(&[0]), here));
    hub.push(&mut all[1]);
    tell(&mut hub, &mut all, 0, 1);
    let there = vec![(correction, also(&[0]))];
    assert_eq!(places(&mut all[1]), (also(&[0]), there));
    let there = vec![(correction, also(&[1]))];
    assert_eq!(places(&mut all[0]), (also(&[1]), there));
}

#[test]
fn a_device_alone_asks_the_outbox_only() {
    let (mut tablet, client) = Tablet::with_client(5_020);
    let visit = tablet.sign(client, &this_morning("Wond rustig"));
    assert_eq!(tablet.place(client, visit), EntryPlace::Device);
    Hub::default().push(&mut tablet);
    assert_eq!(tablet.place(client, visit), EntryPlace::Server);
    let rows = tablet.devices();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].is_own && !rows[0].is_new && rows[0].added_at.is_some());
    let unknown = tablet.ask(Command::VisitPlaces {
        client,
        year: 2026,
        visit: EntryId([1; 16]),
    });
    assert_eq!(failure(unknown), Failure::NotFound);
}

/// Another copy of the device used the same numbers: what is issued again under new ones is nobody's yet.
#[test]
fn what_is_issued_again_after_a_restore_is_not_taken_for_what_another_copy_sent() {
    let (mut hub, mut all, client) = family(5_030, 2);
    let backup = all[0].disk.fork();
    all[0].now += MINUTE;
    let gone_on = all[0].sign(client, &this_morning("Na de kopie"));
    meet(&mut hub, &mut all);
    assert_eq!(all[0].place(client, gone_on), also(&[1]));
    let mut restored = Tablet::on(backup, 5_031);
    restored.now = all[0].now + 10 * MINUTE;
    restored.unlock();
    // The trail is in memory and on disk before the numbers turn out to be used.
    let again = restored.sign(client, &this_morning("Na het terugzetten"));
    assert_eq!(restored.place(client, again), EntryPlace::Device);
    // More than the other copy made under the same numbers.
    for number in 0..3 {
        restored.sign(client, &this_morning(&format!("Nog een {number}")));
    }
    hub.welcome(&mut restored, 0);
    assert!(hub.pull(&mut restored).is_anew);
    assert_eq!(restored.place(client, again), EntryPlace::Device);
    assert_eq!(restored.place(client, gone_on), also(&[1]));
    let before = restored.device(1).unseen_count;
    assert_eq!(before as usize, restored.standing().waiting_count);
    hub.push(&mut restored);
    assert_eq!(restored.place(client, again), EntryPlace::Server);
    all[0] = restored;
    tell(&mut hub, &mut all, 1, 0);
    all[0].reload();
    assert_eq!(all[0].place(client, again), also(&[1]));
    assert_eq!(all[0].device(1).unseen_count, 0);
}

#[test]
fn counts_of_what_a_device_lacks_survive_and_go_down_when_it_says_so() {
    let (mut hub, mut all, client) = family(5_040, 2);
    assert_eq!(all[0].device(1).unseen_count, 0);
    assert_eq!(all[0].device(1).receipt, Receipt::All);
    for number in 1..4 {
        all[0].sign(client, &this_morning(&format!("Bezoek {number}")));
        let waiting = all[0].standing().waiting_count;
        assert!(waiting >= number);
        assert_eq!(all[0].device(1).unseen_count as usize, waiting);
        all[0].reload();
        assert_eq!(all[0].device(1).unseen_count as usize, waiting);
    }
    let lacking = all[0].device(1).unseen_count;
    hub.push(&mut all[0]);
    all[0].reload();
    assert_eq!(
        all[0].device(1).unseen_count,
        lacking,
        "the server is no device"
    );
    tell(&mut hub, &mut all, 1, 0);
    assert_eq!(all[0].device(1).unseen_count, 0);
    assert_eq!(all[0].device(1).receipt, Receipt::All);
}

#[test]
fn away_is_grey_and_withheld_is_amber() {
    let (mut hub, mut all, client) = family(5_050, 2);
    let lacking = all[0].device(1).unseen_count;
    assert_eq!(lacking, 0);
    all[0].sign(client, &this_morning("Wond rustig"));
    hub.push(&mut all[0]);
    let sent_at = all[0].now;
    let lacking = all[0].device(1).unseen_count;
    assert_eq!(all[0].device(1).receipt, Receipt::Coming, "it may be there");
    // A day without a word of the laptop.
    all[0].now += 24 * 60 * MINUTE;
    assert_eq!(all[0].device(1).receipt, Receipt::Away);
    let seen_at = all[0].device(1).last_seen_at.unwrap();
    assert!(seen_at < sent_at);
    // It is at work, and what it makes arrives; what the tablet made does not arrive there.
    all[1].now = all[0].now;
    all[1].sign(client, &visit_at("20-11-2026", "9:00", "9:30", "Laptop"));
    hub.push(&mut all[1]);
    hub.pull(&mut all[0]);
    assert!(all[0].device(1).last_seen_at.unwrap() > seen_at);
    assert_eq!(
        all[0].device(1).receipt,
        Receipt::Coming,
        "it may just have come"
    );
    all[0].now += 6 * MINUTE;
    all[0].reload();
    let Receipt::Withheld { count, since } = all[0].device(1).receipt else {
        panic!("{:?}", all[0].device(1));
    };
    assert_eq!(count, lacking);
    assert_eq!(since, sent_at);
    tell(&mut hub, &mut all, 1, 0);
    assert_eq!(all[0].device(1).receipt, Receipt::All);
}

#[test]
fn a_device_that_was_added_elsewhere_is_new_until_a_person_saw_it() {
    let (_, mut all, _) = family(5_060, 3);
    let new = |tablet: &mut Tablet| {
        let rows = tablet.devices().into_iter();
        rows.filter(|row| row.is_new)
            .map(|row| row.device)
            .collect::<Vec<_>>()
    };
    // The tablet added both itself; the laptop was there before the phone.
    assert!(new(&mut all[0]).is_empty());
    assert_eq!(new(&mut all[1]), [2]);
    assert!(new(&mut all[2]).is_empty());
    assert!(all[1].device(2).added_at.is_some());
    all[1].reload();
    assert_eq!(new(&mut all[1]), [2]);
    all[1].ask(Command::DevicesSeen {
        devices: vec![2, 77],
    });
    assert!(new(&mut all[1]).is_empty());
    all[1].reload();
    assert!(new(&mut all[1]).is_empty());
    assert!(all[1].device(2).added_at.is_some());
}

#[test]
fn a_name_is_the_same_everywhere_and_bounded() {
    let (mut hub, mut all, _) = family(5_070, 2);
    let call = |name: &str| Edit::NameDevice {
        device: 1,
        name: name.into(),
    };
    assert_eq!(all[0].device(1).name, None);
    all[0].save(call(" Laptop thuis "));
    meet(&mut hub, &mut all);
    for tablet in &mut all {
        tablet.reload();
        assert_eq!(tablet.device(1).name.as_deref(), Some("Laptop thuis"));
        assert_eq!(tablet.device(0).name, None);
    }
    let long = "é".repeat(65);
    for bad in ["", "  ", "een\ntwee", &long, "BSN 111222333"] {
        assert!(matches!(all[1].edit(call(bad)), Reply::Refused(_)), "{bad}");
    }
    assert_eq!(all[1].device(1).name.as_deref(), Some("Laptop thuis"));
    all[1].save(call(&"é".repeat(64)));
    assert_eq!(
        protocol::limit::DEVICE_NAME_MAX_BYTES,
        dossier::value::name::DEVICE_NAME_BYTES_MAX
    );
}

#[test]
fn two_names_given_at_once_become_one_by_naming_again() {
    let (mut hub, mut all, _) = family(5_075, 2);
    let call = |name: &str| Edit::NameDevice {
        device: 1,
        name: name.into(),
    };
    all[0].save(call("Laptop"));
    all[1].save(call("Computer"));
    meet(&mut hub, &mut all);
    let chosen = all[0].device(1).name.unwrap();
    assert_eq!(all[1].device(1).name.as_ref(), Some(&chosen));
    all[1].save(call(&chosen));
    meet(&mut hub, &mut all);
    assert_eq!(all[0].device(1).name, Some(chosen));
}

#[test]
fn what_waits_is_told_per_client_and_what_was_refused_can_be_tried_again() {
    let (mut hub, mut all, client) = family(5_080, 2);
    assert_eq!(all[0].waiting(), WaitingList::default());
    let first_at = all[0].now + 1_000;
    all[0].sign(client, &this_morning("Eerste"));
    let refused = all[0].outbox()[0].0;
    all[0].sign(client, &visit_at("20-11-2026", "9:00", "9:30", "Tweede"));
    all[0].save(Edit::NameDevice {
        device: 1,
        name: "Laptop".into(),
    });
    let total = all[0].standing().waiting_count;
    let list = all[0].waiting();
    let rows: Vec<_> = {
        let rows = list.waiting.iter();
        rows.map(|row| (row.client.clone(), row.since)).collect()
    };
    let janssen = Some((client, "Greet Janssen".to_owned()));
    assert_eq!(rows[0], (janssen.clone(), Some(first_at)));
    assert_eq!((rows.len(), &rows[1].0), (2, &None));
    let count: u32 = list.waiting.iter().map(|row| row.count).sum();
    assert_eq!(count as usize, total);
    all[0].sync(Work::Refuse {
        hash: refused,
        code: 2,
    });
    all[0].reload();
    let list = all[0].waiting();
    assert_eq!(list.refused.len(), 1);
    let row = &list.refused[0];
    assert_eq!(row.code, 2);
    if row.is_work {
        assert_eq!((&row.client, row.made_at), (&janssen, Some(first_at)));
    }
    let record = row.record;
    let nothing = all[0].ask(Command::RetryRefused { record: [3; 32] });
    assert_eq!(failure(nothing), Failure::NotFound);
    let reply = all[0].ask(Command::RetryRefused { record });
    assert!(matches!(reply, Reply::Done), "{}", name(&reply));
    all[0].reload();
    assert!(all[0].waiting().refused.is_empty());
    meet(&mut hub, &mut all);
    assert_eq!(all[0].waiting(), WaitingList::default());
    assert_eq!(all[1].visits(client).rows.len(), 2);
}

/// Rows of an earlier version say no time: it is read from the record.
#[test]
fn what_an_earlier_version_left_waiting_says_since_when() {
    let (mut tablet, client) = Tablet::with_client(5_090);
    let signed_at = tablet.now + 1_000;
    let visit = tablet.sign(client, &this_morning("Eerste"));
    tablet.lock();
    let mut batch = Batch::default();
    for (store, key, _) in tablet.disk.dump() {
        if store == StoreName::Outbox {
            batch.put(store, key, b"of another version".to_vec());
        }
    }
    block_on(tablet.disk.commit(batch)).unwrap();
    tablet.restart_and_unlock();
    let list = tablet.waiting();
    assert!(list.waiting.iter().all(|row| row.since.is_some()));
    let of_client = list.waiting.iter().find(|row| row.client.is_some());
    assert!(of_client.unwrap().since.unwrap() < signed_at);
    assert_eq!(tablet.place(client, visit), EntryPlace::Device);
    Hub::default().push(&mut tablet);
    assert_eq!(tablet.place(client, visit), EntryPlace::Server);
}

/// Rows of positions that something writes.
fn written(tablet: &mut Tablet, by: Command) -> Vec<Vec<u8>> {
    let rows = |disk: &Memory| -> Vec<_> {
        let rows = disk.dump().into_iter();
        rows.filter(|(store, _, _)| *store == StoreName::Cursor)
            .collect()
    };
    let before = rows(&tablet.disk);
    tablet.ask(by);
    let after = rows(&tablet.disk).into_iter();
    after
        .filter(|row| !before.contains(row))
        .map(|(_, key, _)| key)
        .collect()
}

/// What is kept as work goes on is what the records say: without it, or with damage in it, the answers are the same.
#[test]
fn the_trail_made_again_says_the_same() {
    let (mut hub, mut all, client) = family(5_100, 3);
    // The first records are of a time when the device was alone: the trail is made when it is first asked for.
    let mut trail = written(&mut all[0], Command::Devices);
    let head = written(&mut all[0], Command::NoteSearch);
    trail.retain(|row| !head.contains(row));
    assert!(trail.len() >= 3, "a row for each device");
    assert!(written(&mut all[0], Command::Devices).is_empty());
    let mut visits = Vec::new();
    for number in 0..4 {
        let maker = number % 3;
        let text = format!("Bezoek {number}");
        visits.push(all[maker].sign(client, &this_morning(&text)));
        if number < 3 {
            hub.push(&mut all[maker]);
            tell(&mut hub, &mut all, 1, 0);
        }
    }
    let answers = |tablet: &mut Tablet| {
        let places: Vec<_> = visits
            .iter()
            .map(|visit| {
                match tablet.ask(Command::VisitPlaces {
                    client,
                    year: 2026,
                    visit: *visit,
                }) {
                    Reply::VisitPlaces(places) => Some(places.visit),
                    _ => None,
                }
            })
            .collect();
        let counts = tablet.devices().into_iter();
        let counts: Vec<_> = counts.map(|row| (row.device, row.unseen_count)).collect();
        (places, counts)
    };
    let kept = answers(&mut all[0]);
    assert!(kept.0.contains(&Some(EntryPlace::Device)), "{kept:?}");
    assert!(kept.0.contains(&Some(also(&[1]))), "{kept:?}");
    for damage in [None, Some(b"damage".to_vec())] {
        let disk = all[0].disk.fork();
        let mut batch = Batch::default();
        for row in &trail {
            match &damage {
                None => batch.delete(StoreName::Cursor, row.clone()),
                Some(bytes) => batch.put(StoreName::Cursor, row.clone(), bytes.clone()),
            }
        }
        block_on(disk.commit(batch)).unwrap();
        let mut other = Tablet::on(disk, 5_101);
        other.now = all[0].now;
        other.unlock();
        assert_eq!(answers(&mut other), kept);
        assert!(other.unreadable().is_empty());
    }
}

/// Power fails at any effect: the answers fit what stands there.
#[test]
fn a_crash_at_any_effect_leaves_places_that_are_true() {
    let (hub, mut all, client) = family(5_110, 2);
    all[0].devices();
    let disk = all[0].disk.fork();
    let now = all[0].now;
    let laptop = all[1].disk.fork();
    let mut n = 0;
    loop {
        let mut hub = hub.clone();
        let mut tablet = Tablet::on(disk.fork(), 5_111);
        let mut laptop = Tablet::on(laptop.fork(), 5_112);
        (tablet.now, laptop.now) = (now, now);
        tablet.unlock();
        laptop.unlock();
        let fault = [Fault::CrashBefore, Fault::CrashAfter, Fault::LoseAnswer][n as usize % 3];
        tablet.store.fail_at(n, Counted::Calls, fault);
        let visit = EntryId([5; 16]);
        tablet.edit(Edit::SignVisit {
            client,
            visit,
            input: Box::new(this_morning("Wond rustig")),
        });
        let waiting = tablet.try_sync(Work::ReadOutbox { max_bytes: 1 << 20 });
        if let Ok(report) = waiting
            && let engine::sync::Done::Outbox(records) = report.done
        {
            let first = hub.log.len() as u64;
            hub.log
                .extend(records.iter().map(|(_, bytes)| bytes.clone()));
            let places = (first + 1..).map(protocol::AccountSeq);
            let hashes = records.iter().map(|(hash, _)| *hash);
            let records = hashes.zip(places).collect();
            let _ = tablet.try_sync(Work::Acked { records });
        }
        hub.pull(&mut laptop);
        laptop.sync(Work::Beacon);
        hub.push(&mut laptop);
        let records = hub.after(protocol::AccountSeq(0));
        let _ = tablet.try_sync(Work::Take { records });
        let has_failed = tablet.store.has_failed();
        tablet.restart_and_unlock();
        let has_visit = tablet.visits(client).rows.len() == 1;
        let waiting = tablet.standing().waiting_count;
        if has_visit {
            let place = tablet.place(client, visit);
            let is_there = laptop.visits(client).rows.len() == 1;
            let told = hub.after(tablet.standing().cursor).is_empty();
            match place {
                EntryPlace::Device => assert!(waiting > 0, "{n}"),
                EntryPlace::Server => assert!(waiting == 0 && !(is_there && told), "{n}"),
                EntryPlace::Also(on) => assert!(is_there && on == [1], "{n}"),
            }
        }
        let mut both = [tablet, laptop];
        meet(&mut hub, &mut both);
        let [tablet, _] = &mut both;
        assert_eq!(tablet.device(1).unseen_count, 0, "{n}");
        if has_visit {
            assert_eq!(tablet.place(client, visit), also(&[1]), "{n}");
        }
        if !has_failed {
            break;
        }
        n += 1;
    }
    assert!(n > 10, "only {n} effects");
}

#[test]
fn devices_in_step_show_the_same_six_words() {
    let (mut hub, mut all, client) = family(5_120, 3);
    let words = |all: &mut [Tablet]| -> Vec<_> { all.iter_mut().map(Tablet::words).collect() };
    let first = words(&mut all);
    assert!(first[0].is_some() && first.iter().all(|of| *of == first[0]));
    all[0].sign(client, &this_morning("Wond rustig"));
    assert_eq!(all[0].words(), first[0], "nobody else has it");
    hub.push(&mut all[0]);
    tell(&mut hub, &mut all, 1, 0);
    assert_eq!(all[0].words(), first[0], "one has it not");
    meet(&mut hub, &mut all);
    let second = words(&mut all);
    assert_ne!(second[0], first[0]);
    assert!(second.iter().all(|of| *of == second[0]), "{second:?}");
    for tablet in &mut all {
        tablet.reload();
    }
    assert_eq!(words(&mut all), second);
    // Another device, of which nothing came yet.
    all[0].add_tablet(5_121);
    assert_eq!(all[0].words(), None);
    let (mut alone, _) = Tablet::with_client(5_122);
    assert_eq!(alone.words(), None);
}
