//! What comes unasked: to the account's other connections, to nobody else, and never more than a reader can take.

use protocol::AccountSeq;
use protocol::limit::SEND_QUEUE_MAX_BYTES;
use protocol::wire::{DraftBytes, EntryBytes, ToDevice, ToRelay};
use tempfile::TempDir;

use crate::local::{Local, memory, sqlite};
use crate::support::account::Account;
use crate::support::client::{Client, PATIENCE};

#[tokio::test]
async fn others_of_the_account_hear_of_records_drafts_and_chain_and_nobody_else_does() {
    let folder = TempDir::new().unwrap();
    let relay = Local::open(sqlite(&folder)).await;
    let mut account = Account::new(1);
    let mut stranger = Account::new(3);
    let mut tablet = Client::first(relay.address, &account).await;
    let mut other = Client::first(relay.address, &stranger).await;
    let prev = account.head();
    let entry = account.add_device(2);
    let append = |prev, entry| ToRelay::AppendChain {
        prev,
        entry: EntryBytes(entry),
    };
    tablet.ask(&append(prev, &entry)).await;
    let mut laptop = Client::member(relay.address, &account.pens[1]).await;

    let records = account.pens[0].records(3);
    tablet.pushed(&records).await;
    tablet.pushed(&records).await;
    for (seq, bytes) in (1..).zip(&records) {
        let hint = laptop.hint().await;
        let ToDevice::Live { record } = hint.read() else {
            panic!("{:?}", hint.read());
        };
        assert_eq!((record.seq, record.record.0), (AccountSeq(seq), &bytes[..]));
    }
    let draft = account.pens[0].draft(0, 1, 1);
    let put = ToRelay::PutDraft {
        draft: DraftBytes(&draft),
    };
    tablet.ask(&put).await;
    let hint = laptop.hint().await;
    let heard = ToDevice::DraftLive {
        draft: DraftBytes(&draft),
    };
    assert_eq!(hint.read(), heard, "what was known was not told again");
    let prev = account.head();
    let entry = account.next_epoch();
    laptop.ask(&append(prev, &entry)).await;
    let hint = tablet.hint().await;
    assert!(matches!(hint.read(), ToDevice::ChainLive { tip } if tip.head == account.head()));

    let own = stranger.pens[0].records(2);
    other.pushed(&own).await;
    assert_eq!(other.log().await, own);
    assert_eq!(laptop.log().await, records);
    assert_eq!(tablet.log().await, records);
    for client in [&tablet, &laptop, &other] {
        assert!(client.hints.is_empty());
    }
}

#[tokio::test]
async fn two_accounts_never_see_each_other() {
    let folder = TempDir::new().unwrap();
    let relay = Local::open(sqlite(&folder)).await;
    let mut accounts = [Account::new(1), Account::new(2)];
    let mut clients = Vec::new();
    for account in &accounts {
        let writer = Client::first(relay.address, account).await;
        let reader = Client::member(relay.address, &account.pens[0]).await;
        clients.push((writer, reader));
    }
    let mut logs = [Vec::new(), Vec::new()];
    for _ in 0..20 {
        for at in 0..2 {
            let records = accounts[at].pens[0].records(2);
            clients[at].0.pushed(&records).await;
            logs[at].extend(records);
        }
    }
    for (at, (writer, reader)) in clients.iter_mut().enumerate() {
        for bytes in &logs[at] {
            let hint = reader.hint().await;
            assert!(
                matches!(hint.read(), ToDevice::Live { record } if record.record.0 == &bytes[..])
            );
        }
        assert_eq!(reader.log().await, logs[at]);
        assert_eq!(writer.log().await, logs[at]);
        assert!(reader.hints.is_empty() && writer.hints.is_empty());
    }
    let mut mixed = Client::connect(relay.address).await;
    let mut pen = accounts[0].pens[0].clone();
    pen.account = accounts[1].id;
    pen.key = accounts[0].pens[0].key.clone();
    let answer = mixed.hello(&pen).await;
    assert_eq!(answer.refusal(), (0, protocol::wire::Refusal::NotMember));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_is_told_to_pull_and_holds_nobody_up() {
    // The reader is slow for as long as all the pushes take.
    let relay = Local::start(memory(), |settings| settings.send = 10 * PATIENCE).await;
    let mut account = Account::new(1);
    let mut tablet = Client::first(relay.address, &account).await;
    let mut slow = Client::member(relay.address, &account.pens[0]).await;
    let mut records = Vec::new();
    // More than the queue and both sockets' buffers hold.
    for _ in 0..20 * SEND_QUEUE_MAX_BYTES / (3 * 200_000) {
        let more: Vec<Vec<u8>> = (0..3).map(|_| account.pens[0].record(196_608)).collect();
        tablet.pushed(&more).await;
        records.extend(more);
    }
    let mut live = 0;
    let head = loop {
        let hint = slow.hint().await;
        match hint.read() {
            ToDevice::Live { record } => {
                live += 1;
                assert_eq!(record.seq, AccountSeq(live));
            }
            ToDevice::Behind { head } => break head,
            other => panic!("{other:?}"),
        }
    };
    assert!(live < records.len() as u64);
    assert!(head > AccountSeq(live));
    assert_eq!(slow.log().await, records);
    let last = [account.pens[0].record(256)];
    tablet.pushed(&last).await;
    loop {
        let hint = slow.hint().await;
        match hint.read() {
            ToDevice::Live { record } if record.record.0 == &last[0][..] => break,
            ToDevice::Live { .. } | ToDevice::Behind { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}
