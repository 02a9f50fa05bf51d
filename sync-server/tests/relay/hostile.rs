//! Whoever connects and sends whatever: typed answers, bounded memory, and everybody else is served.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use protocol::limit::{FRAME_MAX_BYTES, WIRE_FORMAT};
use protocol::wire::{
    BoxBytes, BoxPlace, DraftBytes, EntryBytes, Invite, List, RecordBytes, RecordName, Refusal,
    RequestId, ToDevice, ToRelay,
};
use protocol::{AccountSeq, BoxId, BoxToken};
use sync_server::Settings;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use crate::local::{Local, memory};
use crate::support::account::Account;
use crate::support::client::{Client, PATIENCE};
use crate::support::process::{Process, allow_files};

fn frames(account: &mut Account) -> Vec<Vec<u8>> {
    let entries = account.entries.clone();
    let records = account.pens[0].records(2);
    let draft = account.pens[0].draft(0, 1, 1);
    let pen = &account.pens[0];
    let name = RecordName {
        device: pen.device,
        incarnation: pen.incarnation,
        seq: pen.seq,
    };
    let (id, token) = (BoxId::from_bytes([1; 16]), BoxToken::from_bytes([1; 16]));
    let asked = [
        ToRelay::Register {
            account: account.id,
            invite: Invite(b"code"),
            entries: List(entries.iter().map(|entry| EntryBytes(entry)).collect()),
        },
        ToRelay::Push {
            records: List(records.iter().map(|bytes| RecordBytes(bytes)).collect()),
        },
        ToRelay::Pull {
            after: AccountSeq(0),
            max_bytes: 1_000,
        },
        ToRelay::PullChain { from: 0 },
        ToRelay::AppendChain {
            prev: account.head(),
            entry: EntryBytes(&entries[0]),
        },
        ToRelay::PutDraft {
            draft: DraftBytes(&draft),
        },
        ToRelay::PullDrafts,
        ToRelay::Probe {
            names: List(vec![name]),
        },
        ToRelay::PutBox {
            name: id,
            place: BoxPlace::First,
            token,
            sealed: BoxBytes(b"m"),
        },
        ToRelay::WaitBox {
            name: id,
            place: BoxPlace::First,
            token,
        },
    ];
    let encode = |asked: &ToRelay<'_>| asked.encode(RequestId(1)).unwrap();
    asked.iter().map(encode).collect()
}

/// A number that looks random and is the same in every run.
fn next(seed: &mut u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[tokio::test]
async fn a_frame_that_is_too_large_is_named_and_its_connection_closed() {
    let relay = Local::open(memory()).await;
    let mut client = Client::connect(relay.address).await;
    let mut largest = vec![0; FRAME_MAX_BYTES];
    largest[..6].copy_from_slice(&[WIRE_FORMAT, 0x1f, 0, 0, 0, 3]);
    client.send_bytes(largest.clone()).await;
    let answer = client.receive().await.unwrap();
    assert_eq!(answer.refusal(), (0, Refusal::UnknownType));
    largest.push(0);
    client.try_send(largest).await.ok();
    let answer = client.receive().await.unwrap();
    let limit_bytes = u32::try_from(FRAME_MAX_BYTES).unwrap();
    assert_eq!(answer.refusal(), (0, Refusal::TooLarge { limit_bytes }));
    assert!(client.receive().await.is_none());
}

#[tokio::test]
async fn bytes_that_are_no_messages_are_named_and_end_the_connection() {
    let relay = Local::open(memory()).await;
    // A kind of message that there is not; text that is none.
    for bytes in [
        &[0x83, 0x80, 0, 0, 0, 0][..],
        &[0x81, 0x81, 0, 0, 0, 0, 0xff],
    ] {
        let mut client = Client::connect(relay.address).await;
        let stream = match client.socket.get_mut() {
            tokio_tungstenite::MaybeTlsStream::Plain(stream) => stream,
            _ => panic!("plain"),
        };
        stream.write_all(bytes).await.unwrap();
        let answer = client.receive().await.unwrap();
        assert_eq!(answer.refusal(), (0, Refusal::Malformed { reason: 0 }));
        assert!(client.receive().await.is_none());
    }
}

#[tokio::test]
async fn cut_and_changed_frames_get_an_answer_or_an_end_and_nothing_else_breaks() {
    let relay = Local::start(memory(), |settings| {
        settings.rates.requests.per_second = 1_000_000;
        settings.rates.requests.burst = 1_000_000;
    })
    .await;
    let mut account = Account::new(1);
    let mut calm = Account::new(2);
    let mut witness = Client::first(relay.address, &calm).await;
    Client::first(relay.address, &account).await;
    let mut made = 0;
    let mut seed = 7;
    for frame in frames(&mut account) {
        let cuts = (0..12).map(|_| {
            let at = usize::try_from(next(&mut seed)).unwrap() % frame.len();
            frame[..at].to_vec()
        });
        let cuts: Vec<_> = cuts.collect();
        let changes = (0..30).map(|_| {
            let mut changed = frame.clone();
            let at = usize::try_from(next(&mut seed)).unwrap() % frame.len();
            changed[at] ^= 1 << (next(&mut seed) % 8);
            changed
        });
        let changes: Vec<_> = changes.collect();
        for bytes in cuts.into_iter().chain(changes) {
            let mut client = Client::member(relay.address, &account.pens[0].again(0)).await;
            client.send_bytes(bytes).await;
            // A wait for a pairing message may stay open: the next request must be answered all the same.
            let last = RequestId(77);
            let probe = ToRelay::Probe {
                names: List(vec![]),
            };
            client.try_send(probe.encode(last).unwrap()).await.ok();
            while let Some(frame) = client.receive().await {
                made += 1;
                if frame.request() == last {
                    break;
                }
            }
        }
    }
    assert!(made > 400, "{made} answers");
    let records = calm.pens[0].records(3);
    witness.pushed(&records).await;
    assert_eq!(witness.log().await, records);
}

#[tokio::test]
async fn frames_sent_again_change_nothing() {
    let relay = Local::open(memory()).await;
    let mut account = Account::new(1);
    let mut client = Client::first(relay.address, &account).await;
    let frames = frames(&mut account);
    let mut logs = Vec::new();
    for _ in 0..3 {
        for frame in &frames {
            client.send_bytes(frame.clone()).await;
            client.receive().await.unwrap();
        }
        logs.push(client.log().await);
    }
    assert_eq!(logs[0].len(), 2);
    assert_eq!(logs[1], logs[0]);
    assert_eq!(logs[2], logs[0]);
    let mut other = Client::member(relay.address, &account.pens[0]).await;
    for frame in &frames {
        other.send_bytes(frame.clone()).await;
        other.receive().await.unwrap();
    }
    assert_eq!(other.log().await, logs[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_bytes_from_many_sockets_leave_memory_bounded() {
    let folder = TempDir::new().unwrap();
    let few = |command: &mut Command| {
        command.env("TOKIO_WORKER_THREADS", "2");
        // Else each thread of a large machine keeps what it freed.
        command.env("MALLOC_ARENA_MAX", "2");
    };
    let flags = ["--requests-per-second", "100000"];
    let relay = Process::start_with(folder.path(), &flags, few);
    let mut account = Account::new(1);
    let mut witness = Client::first(relay.address, &account).await;
    let flood = |count: u64, seed: u64, address: SocketAddr| async move {
        let mut seed = seed;
        for _ in 0..count {
            let mut client = Client::connect(address).await;
            for _ in 0..20 {
                let len = 1 << (next(&mut seed) % 20);
                let mut bytes: Vec<u8> =
                    (0..len).map(|_| next(&mut seed).to_be_bytes()[7]).collect();
                if next(&mut seed).is_multiple_of(2) && len > 1 {
                    bytes[0] = WIRE_FORMAT;
                    bytes[1] %= 0x10;
                }
                if client.try_send(bytes).await.is_err() {
                    break;
                }
            }
            while client.receive().await.is_some() {}
        }
    };
    let rounds = async |count| {
        let flooding: Vec<_> = (0..8)
            .map(|seed| tokio::spawn(flood(count, seed, relay.address)))
            .collect();
        for task in flooding {
            task.await.unwrap();
        }
    };
    rounds(3).await;
    let before = relay.resident_kib();
    rounds(12).await;
    let grown = relay.resident_kib().saturating_sub(before);
    assert!(
        grown < 32 * 1_024,
        "{grown} KiB more after four times as much"
    );
    let records = account.pens[0].records(3);
    witness.pushed(&records).await;
    assert_eq!(witness.log().await, records);
}

#[tokio::test]
async fn a_socket_without_a_hello_is_closed_in_time() {
    // Long enough for a member on a busy machine.
    let hello = Duration::from_secs(3);
    let relay = Local::start(memory(), |settings| settings.hello = hello).await;
    let account = Account::new(1);
    let mut member = Client::first(relay.address, &account).await;
    let began = Instant::now();
    let mut silent = Client::connect(relay.address).await;
    assert!(silent.receive().await.is_none());
    assert!(began.elapsed() >= hello);
    assert!(member.log().await.is_empty(), "a member may be silent");
}

#[tokio::test]
async fn a_peer_that_answers_no_ping_is_let_go() {
    let relay = Local::start(memory(), |settings| {
        settings.ping = Duration::from_secs(1);
    })
    .await;
    let account = Account::new(1);
    let mut answering = Client::first(relay.address, &account).await;
    let mut deaf = Client::member(relay.address, &account.pens[0]).await;
    // A WebSocket answers pings when it is read; this one is read through its TCP stream.
    let stream = match deaf.socket.get_mut() {
        tokio_tungstenite::MaybeTlsStream::Plain(stream) => stream,
        _ => panic!("plain"),
    };
    let listening = tokio::spawn(async move { while answering.receive().await.is_some() {} });
    let mut bytes = Vec::new();
    let end = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes));
    end.await.unwrap().ok();
    assert_eq!(
        bytes.iter().filter(|byte| **byte == 0x89).count(),
        2,
        "two pings"
    );
    assert!(!listening.is_finished(), "who answers stays");
    listening.abort();
}

#[tokio::test]
async fn more_connections_than_allowed_are_dropped_and_room_comes_back() {
    let four = |settings: &mut Settings| settings.connections_max = 4;
    let relay = Local::start_at(memory(), "127.0.0.1:0", four, |_| {}).await;
    let account = Account::new(1);
    let mut clients = vec![Client::first(relay.address, &account).await];
    for _ in 0..3 {
        clients.push(Client::connect(relay.address).await);
    }
    assert!(Client::try_connect(relay.address).await.is_err());
    clients.pop().unwrap().socket.close(None).await.unwrap();
    let mut tries = 0;
    while Client::try_connect(relay.address).await.is_err() {
        tries += 1;
        assert!(tries < 1_000);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(clients[0].log().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_half_open_sockets_are_held_cheaply_and_let_go() {
    let wanted = 10_000;
    let count = allow_files(wanted);
    assert_eq!(
        count, wanted,
        "this machine allows too few open files: raise the hard limit (`ulimit -Hn`) to 11000"
    );
    let folder = TempDir::new().unwrap();
    let relay = Process::start(folder.path(), &["--connections", "10100"]);
    let mut account = Account::new(1);
    let mut witness = Client::first(relay.address, &account).await;
    let before = relay.resident_kib();
    let mut half = Vec::new();
    for number in 0..count {
        let mut socket = TcpStream::connect(relay.address).await.unwrap();
        // Some say nothing, some stop in the middle of a head.
        if number % 2 == 0 {
            socket
                .write_all(b"GET /relay HTTP/1.1\r\nhost: x\r\nupgr")
                .await
                .unwrap();
        }
        half.push(socket);
    }
    let records = account.pens[0].records(5);
    witness.pushed(&records).await;
    let per_socket = relay.resident_kib().saturating_sub(before) * 1_024 / count;
    assert!(per_socket < 32 * 1_024, "{per_socket} bytes for each");
    for mut socket in half {
        let mut rest = Vec::new();
        let end = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut rest)).await;
        end.expect("a half-open socket stays open").ok();
    }
    assert_eq!(witness.log().await, records);
}

#[tokio::test]
async fn a_message_in_pieces_is_read_whole_and_no_larger_than_allowed() {
    let relay = Local::open(memory()).await;
    let account = Account::new(1);
    let mut client = Client::first(relay.address, &account).await;
    client
        .socket
        .send(Message::Ping(vec![1].into()))
        .await
        .unwrap();
    let pong = client.socket.next().await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong(vec![1].into()));
    let answer = client.pull(0, 1).await;
    assert!(matches!(answer.read(), ToDevice::Page { .. }));
    let stream = match client.socket.get_mut() {
        tokio_tungstenite::MaybeTlsStream::Plain(stream) => stream,
        _ => panic!("plain"),
    };
    // Fragments of a binary message without end, masked with zeros. The last is the first that is too many: what came
    // after it could cut off the answer.
    let piece = 65_535_usize;
    for number in 0..=FRAME_MAX_BYTES / piece {
        let code = if number == 0 { 0x02 } else { 0x00 };
        let mut bytes = vec![code, 0x80 | 126, 0xff, 0xff, 0, 0, 0, 0];
        bytes.resize(bytes.len() + piece, 0);
        stream.write_all(&bytes).await.unwrap();
    }
    let answer = client.receive().await.expect("no answer");
    let limit_bytes = u32::try_from(FRAME_MAX_BYTES).unwrap();
    assert_eq!(answer.refusal(), (0, Refusal::TooLarge { limit_bytes }));
    assert!(client.receive().await.is_none());
}
