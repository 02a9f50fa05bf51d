//! A vault made before there was a relay: it opens as ever, and everything in it goes to the first relay it meets.

use std::collections::BTreeSet;

use dossier::edit::ClientInput;
use dossier::id::ClientId;
use engine::store::StoreName;
use engine::store::memory::Memory;
use engine::sync::{Done, Work};
use protocol::record::Record;

use super::hub::{Hub, seen};
use super::tablet::{Tablet, janssen, this_morning};

/// Rows as that version wrote them: store 1 · key length 4 · key · value length 4 · value.
const ROWS: &[u8] = include_bytes!("old_vault.bin");
const MADE_AT: i64 = 1_795_169_167_000;
const CLIENT: ClientId = ClientId([
    0xc7, 0xa7, 0x93, 0x36, 0x59, 0xac, 0x52, 0x15, 0xe9, 0x07, 0xca, 0xf3, 0x53, 0x29, 0x5b, 0x75,
]);

fn old_disk() -> Memory {
    let disk = Memory::new();
    let mut rest = ROWS;
    let part = |rest: &mut &[u8]| {
        let (length, after) = rest.split_at(4);
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let (bytes, after) = after.split_at(length);
        *rest = after;
        bytes.to_vec()
    };
    while let Some((store, after)) = rest.split_first() {
        rest = after;
        let key = part(&mut rest);
        let value = part(&mut rest);
        disk.overwrite(StoreName::ALL[usize::from(*store)], &key, value);
    }
    disk
}

fn old_tablet() -> Tablet {
    let mut tablet = Tablet::on(old_disk(), 5);
    tablet.now = MADE_AT;
    tablet.unlock();
    tablet
}

fn count(tablet: &Tablet, store: StoreName) -> usize {
    let rows = tablet.disk.dump();
    rows.iter().filter(|row| row.0 == store).count()
}

#[test]
fn it_opens_and_everything_it_holds_goes_to_the_relay() {
    let mut tablet = old_tablet();
    assert_eq!(tablet.names(), ["Janssen"]);
    assert_eq!(tablet.visits(CLIENT).rows.len(), 2);
    tablet.audit();
    let records = count(&tablet, StoreName::Record);
    let waiting = tablet.outbox();
    assert_eq!(waiting.len(), records);
    let mut seqs = BTreeSet::new();
    for (hash, bytes) in &waiting {
        let record = Record::decode(bytes.clone()).unwrap();
        assert_eq!(*hash, record.hash(&tablet.account()));
        seqs.insert(record.outer().seq.0);
    }
    assert_eq!(seqs, (1..=u32::try_from(records).unwrap()).collect());
    assert!(tablet.unreadable().is_empty());

    let mut hub = Hub::default();
    hub.push(&mut tablet);
    assert_eq!(hub.log.len(), records);
    assert_eq!(count(&tablet, StoreName::Outbox), 0);
    let mut laptop = tablet.add_tablet(6);
    hub.settle(&mut [&mut tablet, &mut laptop]);
    assert_eq!(seen(&mut laptop, CLIENT), seen(&mut tablet, CLIENT));
}

#[test]
fn its_outbox_is_named_once_and_stays_so() {
    let mut tablet = old_tablet();
    let waiting = tablet.standing();
    assert!(waiting.waiting_count >= 4, "{waiting:?}");
    tablet.sign(CLIENT, &this_morning("Geholpen met koken"));
    let before = tablet.outbox();
    tablet.restart_and_unlock();
    assert_eq!(tablet.outbox(), before);
    let after = tablet.standing();
    assert!(after.waiting_count > waiting.waiting_count);
    assert_eq!(after.outbox_count, before.len());
}

#[test]
fn counts_survive_a_lock_a_restart_and_a_power_cut() {
    let (mut tablet, client) = Tablet::with_client(1);
    let mut hub = Hub::default();
    hub.push(&mut tablet);
    let sent = tablet.standing();
    assert_eq!((sent.waiting_count, sent.outbox_count), (0, 0));
    assert!(sent.last_sent_at > 0);
    tablet.sign(client, &this_morning("Eerste"));
    let waiting = tablet.standing();
    assert!(waiting.waiting_count > 0);
    tablet.restart_and_unlock();
    let again = tablet.standing();
    assert_eq!(again.waiting_count, waiting.waiting_count);
    assert_eq!(again.last_sent_at, sent.last_sent_at);
    tablet.lock();
    assert_eq!(
        tablet.try_sync(Work::ReadDrafts),
        Err(engine::command::Failure::Locked)
    );
    tablet.unlock();
    assert_eq!(tablet.standing().waiting_count, waiting.waiting_count);
}

/// Rows of the outbox and of the exchange, harmed one at a time: what a relay should have still gets there.
#[test]
fn a_harmed_row_of_the_exchange_costs_nothing_but_asking_again() {
    let (mut tablet, client) = Tablet::with_client(2);
    let mut hub = Hub::default();
    let mut laptop = tablet.add_tablet(3);
    tablet.sign(client, &this_morning("Eerste"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    laptop.sign(client, &this_morning("Tweede"));
    hub.settle(&mut [&mut laptop, &mut tablet]);
    tablet.sign(client, &this_morning("Derde"));
    let reference = seen(&mut tablet, client);
    tablet.restart();
    let rows = tablet.disk.dump();
    for (store, key, value) in rows {
        if !matches!(store, StoreName::Outbox | StoreName::Cursor) {
            continue;
        }
        for harm in 0..2 {
            let disk = tablet.disk.fork();
            match harm {
                0 => disk.remove(store, &key),
                _ => disk.overwrite(store, &key, value[..value.len() / 2].to_vec()),
            }
            let story = format!("{store:?} {} {harm}", hex::encode(&key));
            let mut copy = Tablet::on(disk, 4);
            copy.now = tablet.now;
            copy.unlock();
            let mut hub = hub.clone();
            let done = hub.welcome(&mut copy, 0);
            assert_eq!(done, Done::Welcomed { is_wiped: false }, "{story}");
            hub.settle(&mut [&mut copy]);
            // The order in which the records of a run stand in the log is that of the run.
            if store == StoreName::Outbox {
                hub.welcome(&mut copy, 0);
                hub.push(&mut copy);
            }
            assert_eq!(seen(&mut copy, client), reference, "{story}");
            let mut fresh = laptop_of(&laptop);
            hub.settle(&mut [&mut fresh]);
            assert_eq!(fresh.visits(client).rows.len(), 3, "{story}");
            assert!(copy.unreadable().is_empty(), "{story}");
        }
    }
}

/// Records that wait are harmed one at a time: all that this device made besides, before and after, still gets there.
#[test]
fn a_harmed_record_that_waits_keeps_nothing_else_from_leaving() {
    let (mut tablet, first) = Tablet::with_client(6);
    let mut laptop = tablet.add_tablet(7);
    let others = [0, 1].map(|number| {
        let input = ClientInput {
            last_name: format!("Buurman {number}"),
            ..janssen()
        };
        tablet.create_client(&input)
    });
    let clients = [first, others[0], others[1]];
    let mut hub = Hub::default();
    hub.settle(&mut [&mut tablet, &mut laptop]);
    for client in clients {
        tablet.sign(client, &this_morning("Eerste"));
    }
    let waiting = tablet.outbox();
    assert!(waiting.len() >= clients.len());
    tablet.restart();
    for is_removed in [false, true] {
        for (hash, bytes) in &waiting {
            let disk = tablet.disk.fork();
            match is_removed {
                true => disk.remove(StoreName::Record, hash.as_bytes()),
                false => disk.overwrite(StoreName::Record, hash.as_bytes(), vec![9; bytes.len()]),
            }
            let mut copy = Tablet::on(disk, 4);
            copy.now = tablet.now;
            copy.unlock();
            let mut hub = hub.clone();
            let mut fresh = laptop_of(&laptop);
            hub.settle(&mut [&mut copy, &mut fresh]);
            assert_eq!(copy.standing().waiting_count, 0);
            let after = copy.create_client(&janssen());
            copy.sign(after, &this_morning("Daarna"));
            copy.restart_and_unlock();
            hub.settle(&mut [&mut copy, &mut fresh]);
            assert_eq!(copy.standing().outbox_count, 0);
            let mut count = |client| fresh.visits(client).rows.len();
            assert_eq!(count(after), 1);
            let arrived: usize = clients.into_iter().map(count).sum();
            assert!(arrived + 1 >= clients.len(), "{arrived} arrived");
            assert_eq!(copy.unreadable().len(), 1, "it is named");
        }
    }
}

fn laptop_of(laptop: &Tablet) -> Tablet {
    let mut copy = Tablet::on(laptop.disk.fork(), 8);
    copy.now = laptop.now;
    copy.unlock();
    copy
}
