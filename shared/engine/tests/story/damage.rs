//! Stored rows that are flipped, cut, gone or swapped: copied aside, named, and the rest works.

use std::collections::BTreeSet;

use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use engine::command::{Command, Failure, Reply, Status};
use engine::store::StoreName;
use engine::store::memory::Memory;
use engine::sync::Work;

use super::draft::visit_draft;
use super::tablet::{
    PASSPHRASE, Tablet, janssen, name, passport, this_morning, visit_at, with_bsn,
};
use super::two_devices::pair;

/// What happens to a row.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Flip,
    Cut,
    Empty,
    Remove,
}

const HARMS: [Harm; 4] = [Harm::Flip, Harm::Cut, Harm::Empty, Harm::Remove];

fn harm(disk: &Memory, harm: Harm, (store, key, value): &(StoreName, Vec<u8>, Vec<u8>)) {
    let mut value = value.clone();
    match harm {
        Harm::Flip => {
            let middle = value.len() / 2;
            value[middle] ^= 0x10;
        }
        Harm::Cut => value.truncate(value.len() * 2 / 3),
        Harm::Empty => value.clear(),
        Harm::Remove => return disk.remove(*store, key),
    }
    disk.overwrite(*store, key, value);
}

/// Two clients with visits, one of them with a snapshot, a draft, a lock: every store has rows.
struct Before {
    disk: Memory,
    now: i64,
    clients: [ClientId; 2],
    visits: [BTreeSet<EntryId>; 2],
}

fn before() -> Before {
    let mut tablet = Tablet::with_vault(1);
    let one = tablet.create_client(&with_bsn());
    tablet.save(Edit::EstablishIdentity {
        client: one,
        input: passport(),
    });
    let other = tablet.create_client(&janssen());
    let mut visits = [BTreeSet::new(), BTreeSet::new()];
    for day in 1..=17 {
        for hour in [8, 14] {
            let (begin, end) = (format!("{hour}:00"), format!("{hour}:30"));
            visits[0].insert(tablet.sign(
                one,
                &visit_at(&format!("{day}-11-2026"), &begin, &end, "Wassen"),
            ));
        }
    }
    for day in 1..=3 {
        visits[1].insert(tablet.sign(
            other,
            &visit_at(&format!("{day}-11-2026"), "10:00", "10:30", "Koken"),
        ));
    }
    tablet.save_draft(None, visit_draft(one, EntryId([3; 16]), "Bezig"));
    tablet.save_draft(None, visit_draft(other, EntryId([4; 16]), "Ook bezig"));
    tablet.lock();
    tablet.unlock();
    tablet.client(one);
    Before {
        disk: tablet.disk.clone(),
        now: tablet.now,
        clients: [one, other],
        visits,
    }
}

fn open(before: &Before, disk: &Memory) -> Tablet {
    let mut tablet = Tablet::on(disk.clone(), 9);
    tablet.now = before.now;
    tablet
}

/// What a reader gets of the visits of a client: all, or he is told that not.
fn read_visits(tablet: &mut Tablet, before: &Before, index: usize) -> bool {
    let client = before.clients[index];
    let rows: BTreeSet<EntryId> = match tablet.ask(Command::Visits { client, year: None }) {
        Reply::Visits(view) => view.rows.into_iter().map(|row| row.id).collect(),
        Reply::Failed(Failure::Corrupt | Failure::NotFound) => BTreeSet::new(),
        other => panic!("{}", name(&other)),
    };
    assert!(
        rows.is_subset(&before.visits[index]),
        "nothing that was never there"
    );
    rows == before.visits[index]
}

/// The invariants after any harm to one row. Answers whether something is lost.
fn look(before: &Before, disk: &Memory, story: &str) -> bool {
    let mut tablet = open(before, disk);
    assert!(
        matches!(tablet.status(), Status::Locked { .. }),
        "{story}: never taken for empty"
    );
    let reply = tablet.ask(Command::Unlock {
        passphrase: PASSPHRASE.into(),
    });
    assert!(matches!(reply, Reply::Open), "{story}: {}", name(&reply));
    let whole = [0, 1].map(|index| read_visits(&mut tablet, before, index));
    let pages = before
        .clients
        .map(|client| match tablet.ask(Command::Client { client }) {
            Reply::Client(view) => Some(view.unreadable_count),
            Reply::Failed(Failure::Corrupt) => None,
            other => panic!("{story}: {}", name(&other)),
        });
    let bsn = match tablet.ask(Command::RevealBsn {
        client: before.clients[0],
    }) {
        Reply::Bsn(bsn) => bsn == "111222333",
        Reply::Failed(_) => false,
        other => panic!("{story}: {}", name(&other)),
    };
    let Reply::Drafts { visits: drafts, .. } = tablet.ask(Command::Drafts) else {
        panic!()
    };
    let listed = tablet.unreadable();
    let is_lost = whole != [true, true] || pages != [Some(0), Some(0)] || !bsn || drafts.len() != 2;
    assert!(
        !is_lost || !listed.is_empty(),
        "{story}: lost without a word"
    );
    assert!(
        whole[0] || whole[1],
        "{story}: the other client's visits are there"
    );
    assert!(
        pages[0].is_some() || pages[1].is_some(),
        "{story}: the other client's page works"
    );
    if !whole[1] && pages[1].is_some() {
        assert_ne!(
            pages[1],
            Some(0),
            "{story}: the page says that a part cannot be read"
        );
    }
    for index in [0, 1] {
        let client = before.clients[index];
        let edit = Edit::SignVisit {
            client,
            visit: EntryId([50; 16]),
            input: Box::new(this_morning("Nieuw")),
        };
        match tablet.edit(edit) {
            Reply::Saved { .. } => {}
            Reply::Failed(Failure::Corrupt) => assert!(is_lost, "{story}"),
            other => panic!("{story}: {}", name(&other)),
        }
    }
    tablet.restart_and_unlock();
    let again = tablet.unreadable();
    assert_eq!(again.len(), listed.len(), "{story}: found once");
    is_lost
}

#[test]
fn one_harmed_row_of_any_store() {
    let before = before();
    let mut seen = BTreeSet::new();
    let mut lost = 0;
    let rows = before.disk.dump();
    for row in &rows {
        let is_telling = match row.0 {
            // Many alike: some of them.
            StoreName::Outbox => row.1[0] < 40,
            _ => true,
        };
        if !is_telling {
            continue;
        }
        for kind in HARMS {
            let disk = before.disk.fork();
            harm(&disk, kind, row);
            let story = format!("{kind:?} {:?} {}", row.0, hex::encode(&row.1));
            lost += u32::from(look(&before, &disk, &story));
            seen.insert(row.0);
            let healed = disk.dump();
            let is_kept = |(store, key, _): &&(StoreName, Vec<u8>, Vec<u8>)| {
                *store != StoreName::Record
                    || healed.iter().any(|row| row.0 == *store && row.1 == *key)
            };
            assert!(
                rows.iter().filter(is_kept).count() + 1 >= rows.len(),
                "{story}: records stay"
            );
        }
    }
    let expected = [
        StoreName::Meta,
        StoreName::Record,
        StoreName::Snapshot,
        StoreName::Outbox,
        StoreName::Cursor,
        StoreName::Draft,
        StoreName::Audit,
        StoreName::Cache,
    ];
    assert_eq!(seen, expected.into());
    assert!(lost > 0, "some harm cannot be undone, and was told");
}

#[test]
fn two_rows_that_changed_places() {
    let before = before();
    let rows = before.disk.dump();
    for store in [
        StoreName::Record,
        StoreName::Cursor,
        StoreName::Draft,
        StoreName::Cache,
        StoreName::Snapshot,
    ] {
        let of_store: Vec<_> = rows.iter().filter(|row| row.0 == store).collect();
        for pair in of_store.windows(2).take(6) {
            let disk = before.disk.fork();
            disk.overwrite(store, &pair[0].1, pair[1].2.clone());
            disk.overwrite(store, &pair[1].1, pair[0].2.clone());
            let mut tablet = open(&before, &disk);
            tablet.unlock();
            let whole = [0, 1].map(|index| read_visits(&mut tablet, &before, index));
            for client in before.clients {
                let reply = tablet.ask(Command::Client { client });
                assert!(
                    matches!(reply, Reply::Client(_) | Reply::Failed(Failure::Corrupt)),
                    "{}",
                    name(&reply)
                );
            }
            let Reply::Drafts { visits: drafts, .. } = tablet.ask(Command::Drafts) else {
                panic!()
            };
            if whole != [true, true] || drafts.len() != 2 {
                assert!(!tablet.unreadable().is_empty(), "{store:?}");
            }
        }
    }
}

#[test]
fn a_damaged_record_is_copied_aside_and_the_journal_goes_on_beside_it() {
    let (mut tablet, client) = Tablet::with_client(5);
    let other = tablet.create_client(&buurman());
    let known: BTreeSet<Vec<u8>> = tablet.disk.dump().into_iter().map(|row| row.1).collect();
    let lost = tablet.sign(client, &this_morning("Eerste bezoek"));
    let fresh: Vec<_> = tablet
        .disk
        .dump()
        .into_iter()
        .filter(|row| row.0 == StoreName::Record && !known.contains(&row.1))
        .collect();
    let largest = fresh.iter().max_by_key(|row| row.2.len()).unwrap();
    let damaged = [b"rubbish".as_slice(), &largest.2].concat();
    tablet
        .disk
        .overwrite(StoreName::Record, &largest.1, damaged.clone());
    tablet.restart_and_unlock();

    assert!(matches!(
        tablet.ask(Command::Visits { client, year: None }),
        Reply::Failed(Failure::Corrupt)
    ));
    let listed = tablet.unreadable();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].client, Some((client, "Greet Janssen".to_owned())));
    assert_eq!(listed[0].size_bytes, damaged.len() as u64);
    assert_eq!(tablet.client(client).unreadable_count, 1);
    let stored = tablet.disk.dump();
    assert!(
        stored
            .iter()
            .any(|row| row.1 == largest.1 && row.2 == damaged),
        "left where it stood"
    );
    assert!(
        stored
            .iter()
            .any(|row| row.0 == StoreName::Quarantine && row.2.len() > damaged.len())
    );
    let edit = Edit::AddToVisit {
        client,
        visit: lost,
        addition: EntryId([1; 16]),
        text: "Nog iets".into(),
    };
    assert!(!matches!(tablet.edit(edit), Reply::Saved { .. }));

    let second = tablet.sign(
        client,
        &visit_at("20-11-2026", "9:00", "9:30", "Tweede bezoek"),
    );
    tablet.restart_and_unlock();
    let rows = tablet.visits(client).rows;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [second]);
    assert_eq!(tablet.client(client).unreadable_count, 1);
    tablet.sign(other, &this_morning("Bij de buren"));

    tablet
        .disk
        .overwrite(StoreName::Record, &largest.1, largest.2.clone());
    tablet.restart_and_unlock();
    let ids: BTreeSet<EntryId> = tablet
        .visits(client)
        .rows
        .iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(ids, [lost, second].into(), "what comes back is read again");
}

fn buurman() -> dossier::edit::ClientInput {
    dossier::edit::ClientInput {
        last_name: "Buurman".into(),
        ..janssen()
    }
}

#[test]
fn a_profile_that_cannot_be_read_is_typed_again() {
    let (mut tablet, client) = Tablet::with_client(6);
    let first: Vec<_> = before_client(&tablet);
    for row in first {
        tablet.disk.overwrite(row.0, &row.1, b"rubbish".to_vec());
    }
    tablet.restart_and_unlock();
    assert!(matches!(
        tablet.ask(Command::Profile),
        Reply::Failed(Failure::Corrupt)
    ));
    assert_eq!(tablet.client(client).row.last_name, "Janssen");
    let visit = EntryId([1; 16]);
    let sign = Edit::SignVisit {
        client,
        visit,
        input: Box::new(this_morning("Eerste bezoek")),
    };
    assert!(matches!(
        tablet.edit(sign.clone()),
        Reply::Failed(Failure::Corrupt)
    ));
    tablet.save(Edit::SetProfile(super::tablet::caregiver()));
    tablet.save(sign);
    tablet.restart_and_unlock();
    assert!(matches!(tablet.ask(Command::Profile), Reply::Profile(_)));
    assert_eq!(
        tablet.visit(client, visit).performer,
        "Marijke van der Veen"
    );
}

/// The snapshot of the profile and the records of the set-up but the keybox.
fn before_client(tablet: &Tablet) -> Vec<(StoreName, Vec<u8>, Vec<u8>)> {
    let rows = tablet.disk.dump();
    let seq_of = |row: &(StoreName, Vec<u8>, Vec<u8>)| {
        protocol::record::Record::decode(row.2.clone()).map(|record| record.outer().seq.0)
    };
    let is_profile = |row: &&(StoreName, Vec<u8>, Vec<u8>)| match row.0 {
        StoreName::Snapshot => true,
        StoreName::Record => seq_of(row).is_ok_and(|seq| seq == 2),
        _ => false,
    };
    rows.iter().filter(is_profile).cloned().collect()
}

#[test]
fn a_lost_snapshot_is_made_again_from_the_records() {
    let before = before();
    for kind in HARMS {
        let disk = before.disk.fork();
        for row in disk
            .dump()
            .iter()
            .filter(|row| row.0 == StoreName::Snapshot)
        {
            harm(&disk, kind, row);
        }
        assert!(
            !look(&before, &disk, &format!("{kind:?} every snapshot")),
            "nothing is lost by it"
        );
    }
}

#[test]
fn without_any_summary_the_list_is_made_again() {
    let before = before();
    let disk = before.disk.fork();
    for row in disk.dump().iter().filter(|row| row.0 == StoreName::Cache) {
        disk.remove(row.0, &row.1);
    }
    let mut tablet = open(&before, &disk);
    tablet.unlock();
    assert_eq!(tablet.names().len(), 2);
    assert!(tablet.unreadable().is_empty());
    let cached = disk
        .dump()
        .iter()
        .filter(|row| row.0 == StoreName::Cache)
        .count();
    assert_eq!(cached, 2);
}

#[test]
fn a_vault_that_lost_what_opens_it_is_damaged_and_not_empty() {
    for names in [
        [b"slot".as_slice(), b"slot-2"],
        [b"format", b"format-2"],
        [b"chain/\0\0\0\0", b"chain-2/\0\0\0\0"],
    ] {
        for kind in [Harm::Remove, Harm::Cut] {
            let before = before_small();
            for row in before
                .dump()
                .iter()
                .filter(|row| names.contains(&row.1.as_slice()))
            {
                harm(&before, kind, row);
            }
            let mut tablet = Tablet::on(before, 9);
            let replies = [
                tablet.ask(Command::Unlock {
                    passphrase: PASSPHRASE.into(),
                }),
                tablet.ask(Command::BeginSetup),
            ];
            let is_told = |reply: &Reply| {
                matches!(
                    reply,
                    Reply::Failed(Failure::Corrupt | Failure::Exists | Failure::NewerFormat)
                )
            };
            assert!(replies.iter().all(is_told), "{names:?} {kind:?}");
            assert!(!matches!(
                tablet.ask(Command::Status),
                Reply::Status(Status::Empty)
            ));
        }
    }
}

fn before_small() -> Memory {
    let (tablet, _) = Tablet::with_client(3);
    tablet.disk
}

/// Rows of a store that are not among these.
fn rows_since(
    tablet: &Tablet,
    of: StoreName,
    known: &BTreeSet<Vec<u8>>,
) -> Vec<(StoreName, Vec<u8>, Vec<u8>)> {
    let mut rows = tablet.disk.dump();
    rows.retain(|row| row.0 == of && !known.contains(&row.1));
    rows
}

#[test]
fn what_comes_while_a_document_is_damaged_is_in_it_once_it_can_be_made_again() {
    let (mut hub, mut tablet, mut laptop, client) = pair(60);
    let rows = laptop.disk.dump().into_iter();
    let known: BTreeSet<Vec<u8>> = rows.map(|row| row.1).collect();
    let visit = tablet.sign(client, &this_morning("Eerder"));
    for _ in 0..32 {
        tablet.sign(client, &this_morning("Eerder"));
    }
    hub.settle(&mut [&mut tablet, &mut laptop]);
    let records = rows_since(&laptop, StoreName::Record, &known);
    let largest = records.iter().max_by_key(|row| row.2.len()).unwrap();
    harm(&laptop.disk, Harm::Flip, largest);
    for row in rows_since(&laptop, StoreName::Snapshot, &known) {
        harm(&laptop.disk, Harm::Flip, &row);
    }
    laptop.restart_and_unlock();
    let reply = laptop.ask(Command::Visits { client, year: None });
    assert!(!matches!(reply, Reply::Visits(view) if view.rows.len() == 33));
    tablet.sign(client, &visit_at("20-11-2026", "9:00", "9:30", "Later"));
    hub.push(&mut tablet);
    hub.pull(&mut laptop);
    // The relay gives the harmed record once more.
    laptop.sync(Work::TakeAgain);
    hub.pull(&mut laptop);
    laptop.restart_and_unlock();
    assert_eq!(laptop.visits(client).rows.len(), 34);
    laptop.save(Edit::AddToVisit {
        client,
        visit,
        addition: EntryId([1; 16]),
        text: "Nog iets".into(),
    });
    laptop.restart_and_unlock();
    assert_eq!(laptop.visits(client).rows.len(), 34);
    hub.settle(&mut [&mut laptop, &mut tablet]);
    assert_eq!(tablet.visit(client, visit).additions.len(), 1);
}

#[test]
fn clients_that_were_found_again_stay_found_when_another_is_added() {
    let (mut tablet, _) = Tablet::with_client(61);
    tablet.create_client(&buurman());
    let rows = tablet.disk.dump();
    let of = |store| rows.iter().filter(move |row| row.0 == store);
    let lane = |row: &(StoreName, Vec<u8>, Vec<u8>)| {
        let record = protocol::record::Record::decode(row.2.clone());
        record.unwrap().outer().lane
    };
    tablet.lock();
    let rows_after = tablet.disk.dump();
    let audit = rows_after
        .iter()
        .find(|row| row.0 == StoreName::Record && lane(row) == protocol::record::Lane::Audit);
    let audit = audit.unwrap();
    for first in of(StoreName::Cursor) {
        for second in of(StoreName::Cursor).filter(|row| row.1 != first.1) {
            let disk = tablet.disk.fork();
            for row in [first, second, audit] {
                harm(&disk, Harm::Flip, row);
            }
            let mut copy = Tablet::on(disk, 62);
            copy.now = tablet.now;
            copy.unlock();
            let before = copy.names();
            let added = copy.edit(Edit::CreateClient {
                client: ClientId([7; 16]),
                input: Box::new(with_bsn()),
            });
            copy.restart_and_unlock();
            let after = copy.names();
            let is_there = |name: &String| after.contains(name);
            assert!(before.iter().all(is_there), "{before:?} then {after:?}");
            assert!(!before.is_empty() || !matches!(added, Reply::Saved { .. }));
        }
    }
}

#[test]
fn a_harmed_record_of_another_device_leaves_the_own_access_log_readable() {
    let (mut hub, mut tablet, mut laptop, client) = pair(63);
    let backup = tablet.disk.fork();
    tablet.lock();
    tablet.unlock();
    hub.settle(&mut [&mut tablet, &mut laptop]);
    let mut restored = Tablet::on(backup, 64);
    restored.now = tablet.now;
    restored.unlock();
    restored.lock();
    restored.unlock();
    let rows = restored.disk.dump().into_iter();
    let known: BTreeSet<Vec<u8>> = rows.map(|row| row.1).collect();
    laptop.sign(client, &this_morning("Laptop"));
    hub.push(&mut laptop);
    assert!(hub.pull(&mut restored).is_anew);
    let lines = restored.audit();
    let records = rows_since(&restored, StoreName::Record, &known);
    let of_laptop = records.iter().find(|row| {
        let record = protocol::record::Record::decode(row.2.clone());
        record.unwrap().outer().device.0 == 1
    });
    harm(&restored.disk, Harm::Flip, of_laptop.unwrap());
    assert_eq!(restored.audit(), lines);
}
