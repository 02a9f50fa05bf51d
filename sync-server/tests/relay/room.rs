//! Memory has an end whatever anybody sends or leaves unread, and nobody can take what others need.

use std::process::Command;
use std::time::Duration;

use protocol::limit::{FRAME_MAX_BYTES, WIRE_FORMAT};
use protocol::wire::{EntryBytes, List, RecordBytes, Refusal, RequestId, ToDevice, ToRelay};
use protocol::{AccountSeq, limit};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::time::{sleep, timeout};

use crate::local::{Local, memory};
use crate::support::account::Account;
use crate::support::client::{Client, PATIENCE};
use crate::support::faulty::Faulty;
use crate::support::process::{Process, allow_files};

/// Large messages that strangers may have at once.
const PLACES: usize = 16;

/// The head of a binary message of 1 MiB, masked with zeros, and the beginning of a frame of a type that there is not.
fn large_head() -> Vec<u8> {
    let mut bytes = vec![0x82, 0x80 | 127];
    bytes.extend_from_slice(&(FRAME_MAX_BYTES as u64).to_be_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&[WIRE_FORMAT, 0x1f, 0, 0, 0, 3]);
    bytes
}

fn process(folder: &TempDir, flags: &[&str]) -> Process {
    Process::start_with(folder.path(), flags, |command: &mut Command| {
        command.env("TOKIO_WORKER_THREADS", "2");
        // Else each thread of a large machine keeps what it freed.
        command.env("MALLOC_ARENA_MAX", "2");
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_ask_for_pages_and_read_none_hold_up_nobody() {
    // They are not let go while the others are served.
    let relay = Local::start_narrow(memory(), |settings| settings.send = 10 * PATIENCE);
    let mut calm = Account::new(9);
    let mut witness = Client::first(relay.address, &calm).await;
    let mut deaf = Vec::new();
    for seed in 1..=3 {
        let mut account = Account::new(seed);
        let mut first = Client::first(relay.address, &account).await;
        let records = [
            account.pens[0].record(196_608),
            account.pens[0].record(196_608),
        ];
        first.pushed(&records).await;
        drop(first);
        // All the sockets that an account may have, but for the one that may not be gone yet.
        for _ in 1..8 * limit::ACTIVE_DEVICES_MAX {
            deaf.push(Client::narrow(relay.address, &account.pens[0]).await);
        }
    }
    for client in &mut deaf {
        let pull = ToRelay::Pull {
            after: AccountSeq(0),
            max_bytes: u32::MAX,
        };
        client.send_bytes(pull.encode(RequestId(9)).unwrap()).await;
    }
    // Each page is on its way, or waits behind those that are.
    for client in &mut deaf {
        let mut byte = [0];
        let begun = client.stream().peek(&mut byte);
        if timeout(Duration::from_secs(5), begun).await.is_err() {
            break;
        }
    }
    let records = calm.pens[0].records(3);
    let served = async {
        witness.pushed(&records).await;
        witness.log().await
    };
    let log = timeout(Duration::from_secs(10), served).await;
    assert_eq!(log.expect("others are held up"), records);
    // Who reads in the end gets all of it.
    for client in [0, 70, 188] {
        let page = deaf[client].receive().await.unwrap();
        let ToDevice::Page { records, .. } = page.read() else {
            panic!("{:?}", page.read());
        };
        assert_eq!(records.0.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_messages_of_strangers_that_never_end_take_little_memory() {
    let sockets = 500;
    allow_files(sockets as u64);
    let folder = TempDir::new().unwrap();
    let relay = process(&folder, &[]);
    let mut account = Account::new(1);
    let mut witness = Client::first(relay.address, &account).await;
    let mut strangers = Vec::new();
    for _ in 0..sockets {
        strangers.push(Client::connect(relay.address).await);
    }
    let before = relay.peak_kib();
    // More than a third of each message, never its end.
    let mut begun = large_head();
    begun.resize(400 * 1_024, 0);
    for stranger in &mut strangers {
        // Who finds no room is told so, and his connection ends while he sends.
        let sending = stranger.stream().write_all(&begun);
        timeout(PATIENCE, sending).await.unwrap().ok();
    }
    let records = account.pens[0].records(3);
    witness.pushed(&records).await;
    assert_eq!(witness.log().await, records);
    let grown = relay.peak_kib().saturating_sub(before);
    // 500 small messages of 32 KiB, 16 large ones, and what the allocator keeps.
    assert!(grown < 48 * 1_024, "{grown} KiB for {sockets} strangers");
}

#[tokio::test]
async fn a_stranger_without_room_for_a_large_message_is_told_and_a_member_always_has_it() {
    let relay = Local::open(memory()).await;
    let account = Account::new(1);
    let mut member = Client::first(relay.address, &account).await;
    let mut begun = large_head();
    begun.resize(64 * 1_024, 0);
    let mut strangers = Vec::new();
    for _ in 0..PLACES {
        let mut stranger = Client::connect(relay.address).await;
        stranger.stream().write_all(&begun).await.unwrap();
        strangers.push(stranger);
    }
    let mut large_frame = vec![0; FRAME_MAX_BYTES];
    large_frame[..6].copy_from_slice(&[WIRE_FORMAT, 0x1f, 0, 0, 0, 3]);
    member.send_bytes(large_frame.clone()).await;
    let answer = member.receive().await.unwrap();
    assert_eq!(answer.refusal(), (0, Refusal::UnknownType));
    // The relay may not have read all of those yet: then this one is before them, and the next is too late.
    let mut late = loop {
        let mut late = Client::connect(relay.address).await;
        late.stream().write_all(&begun).await.unwrap();
        let answer = timeout(Duration::from_secs(1), late.receive()).await;
        if let Ok(answer) = answer {
            let answer = answer.expect("no answer");
            let bye = answer.read();
            assert!(matches!(bye, ToDevice::Bye { .. }), "{bye:?}");
            break late;
        }
        strangers.push(late);
        assert!(strangers.len() < 2 * PLACES, "all have room");
    };
    assert!(late.receive().await.is_none());
    // A small one needs no place; a place comes back with the connection that had it.
    Client::first(relay.address, &Account::new(2)).await;
    strangers.clear();
    let trying = async {
        loop {
            let mut again = Client::connect(relay.address).await;
            again.try_send(large_frame.clone()).await.ok();
            let answer = again.receive().await.unwrap();
            if !matches!(answer.read(), ToDevice::Bye { .. }) {
                break answer;
            }
        }
    };
    let answer = timeout(PATIENCE, trying).await.unwrap();
    assert_eq!(answer.refusal(), (0, Refusal::UnknownType));
}

#[tokio::test]
async fn a_stranger_with_a_large_message_has_a_deadline_and_a_hello_gives_its_place_back() {
    let relay = Local::start(memory(), |settings| {
        settings.send = Duration::from_secs(2);
    })
    .await;
    let mut account = Account::new(1);
    // A chain that is no small message, from who is a member with it.
    while account.entries.iter().map(Vec::len).sum::<usize>() < 64 * 1_024 {
        account.next_epoch();
    }
    for _ in 0..=PLACES {
        // Each is there for longer than the deadline.
        let mut first = Client::first(relay.address, &account).await;
        tokio::spawn(async move { while first.receive().await.is_some() {} });
    }
    let mut begun = large_head();
    begun.resize(64 * 1_024, 0);
    let mut slow = Client::connect(relay.address).await;
    // It may stay for a pairing, but not with that.
    let answer = slow.hello(&Account::new(2).pens[0]).await;
    assert_eq!(answer.refusal(), (0, Refusal::UnknownAccount));
    slow.stream().write_all(&begun).await.unwrap();
    let end = timeout(Duration::from_secs(25), slow.receive()).await;
    assert!(end.expect("it stays").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_the_store_is_not_copied_before_its_turn() {
    let sockets = 250;
    let folder = TempDir::new().unwrap();
    let relay = process(&folder, &[]);
    let mut clients = Vec::new();
    for seed in 1..=5 {
        let mut account = Account::new(seed);
        Client::first(relay.address, &account).await;
        let records: Vec<Vec<u8>> = (0..3).map(|_| account.pens[0].record(196_608)).collect();
        let records = List(records.iter().map(|bytes| RecordBytes(bytes)).collect());
        let push = ToRelay::Push { records }.encode(RequestId(9)).unwrap();
        for _ in 0..sockets / 5 {
            let client = Client::member(relay.address, &account.pens[0]).await;
            clients.push((client, push.clone()));
        }
    }
    let before = relay.peak_kib();
    // The store waits for who writes beside it.
    let file = folder.path().join("relay.sqlite3");
    let other = rusqlite::Connection::open(file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let sent: usize = clients.iter().map(|(_, push)| push.len()).sum();
    for (client, push) in &mut clients {
        client.send_bytes(push.clone()).await;
    }
    sleep(Duration::from_secs(2)).await;
    drop(other);
    let grown = relay.peak_kib().saturating_sub(before);
    // What came in, the memory for requests that are carried out, and what the allocator keeps.
    let bound = sent as u64 / 1_024 + (64 + 40) * 1_024;
    assert!(grown < bound, "{grown} KiB of {bound} KiB");
    for (client, _) in &mut clients {
        let answer = timeout(PATIENCE, client.answer(RequestId(9)))
            .await
            .unwrap();
        assert!(answer.is_some());
    }
}

#[tokio::test]
async fn few_chains_are_read_as_a_whole_at_once() {
    let store = Faulty::new(memory(), []);
    let relay = Local::open(store.clone()).await;
    let mut account = Account::new(1);
    let mut clients = vec![Client::first(relay.address, &account).await];
    for _ in 0..20 {
        clients.push(Client::member(relay.address, &account.pens[0]).await);
    }
    let prev = account.head();
    let entry = account.add_device(9);
    let append = ToRelay::AppendChain {
        prev,
        entry: EntryBytes(&entry),
    };
    let append = append.encode(RequestId(9)).unwrap();
    for client in &mut clients {
        client.send_bytes(append.clone()).await;
    }
    for client in &mut clients {
        let answer = client.answer(RequestId(9)).await.unwrap();
        assert!(matches!(answer.read(), ToDevice::ChainAck { tip } if tip.len == 2));
    }
    assert_eq!(store.chains_at_once(), 2);
}
