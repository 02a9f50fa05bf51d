//! Every refusal over a real socket, and that the socket lives on after it where it should.

use protocol::draft::DraftFrame;
use protocol::limit::WIRE_FORMAT;
use protocol::wire::{
    DraftBytes, Invite, List, RecordBytes, Refusal, RequestId, ToDevice, ToRelay,
};
use protocol::{AccountSeq, DeviceIndex, Seq, limit};
use sync_server::store::{MemoryStore, RelayStore};
use sync_server::{Rate, Registration};
use tempfile::TempDir;

use crate::local::{Local, memory, sqlite};
use crate::support::account::Account;
use crate::support::client::{Client, Frame};

async fn refused(client: &mut Client, bytes: Vec<u8>) -> Frame {
    client.send_bytes(bytes).await;
    loop {
        let frame = client.receive().await.expect("the socket stays");
        if matches!(frame.read(), ToDevice::Refused { .. }) {
            return frame;
        }
    }
}

#[tokio::test]
async fn nothing_of_an_account_is_told_before_a_hello() {
    let relay = Local::open(memory()).await;
    let account = Account::new(1);
    let mut client = Client::connect(relay.address).await;
    client.register(&account, "").await;
    for asked in [
        ToRelay::Push {
            records: List(vec![]),
        },
        ToRelay::Pull {
            after: AccountSeq(0),
            max_bytes: 1,
        },
        ToRelay::PullChain { from: 0 },
        ToRelay::PullDrafts,
        ToRelay::Probe {
            names: List(vec![]),
        },
    ] {
        let answer = client.ask(&asked).await;
        assert_eq!(answer.refusal(), (0, Refusal::HelloFirst));
    }
    let answer = client.hello(&account.pens[0]).await;
    assert!(matches!(answer.read(), ToDevice::Welcome { .. }));
}

#[tokio::test]
async fn a_hello_holds_on_its_own_socket_at_its_own_relay_only() {
    let relay = Local::open(memory()).await;
    let account = Account::new(1);
    let pen = &account.pens[0];
    let mut client = Client::first(relay.address, &account).await;
    let mut other = Client::connect(relay.address).await;
    let request = other.next_request();
    let replayed = pen.hello(&client.challenge, &client.origin, request);
    let answer = refused(&mut other, replayed).await;
    assert_eq!(answer.refusal(), (0, Refusal::BadSignature));
    let elsewhere = pen.hello(&other.challenge, "http://localhost:1", request);
    let answer = refused(&mut other, elsewhere).await;
    assert_eq!(answer.refusal(), (0, Refusal::BadSignature));
    let answer = other.hello(pen).await;
    assert!(matches!(answer.read(), ToDevice::Welcome { .. }));
    let again = client.hello(pen).await;
    assert!(matches!(again.refusal(), (0, Refusal::Slow { .. })));
    assert!(client.receive().await.is_none(), "one hello is enough");
}

#[tokio::test]
async fn a_new_device_asks_until_it_is_added_and_a_revoked_one_gets_its_entry() {
    let folder = TempDir::new().unwrap();
    let relay = Local::open(sqlite(&folder)).await;
    let mut account = Account::new(1);
    let mut tablet = Client::first(relay.address, &account).await;
    let prev = account.head();
    let entry = account.add_device(2);
    let laptop = account.pens[1].clone();
    let mut client = Client::connect(relay.address).await;
    for _ in 0..20 {
        let answer = client.hello(&laptop).await;
        assert_eq!(answer.refusal(), (0, Refusal::NotMember));
    }
    let append = |prev, entry: &'static [u8]| ToRelay::AppendChain {
        prev,
        entry: protocol::wire::EntryBytes(entry),
    };
    let answer = tablet.ask(&append(prev, entry.leak())).await;
    assert!(matches!(answer.read(), ToDevice::ChainAck { tip } if tip.len == 2));
    let answer = client.hello(&laptop).await;
    assert!(matches!(answer.read(), ToDevice::Welcome { device, .. } if device == DeviceIndex(1)));
    let late = account.next_device(9).0;
    let answer = tablet.ask(&append(prev, late.leak())).await;
    assert!(matches!(
        answer.refusal(),
        (0, Refusal::ChainBehind { tip }) if tip.head == account.head()
    ));
    let head = account.head();
    let answer = tablet.ask(&append(head, b"no entry")).await;
    assert_eq!(answer.refusal(), (0, Refusal::ChainInvalid));

    let prev = account.head();
    let revocation: &'static [u8] = account.revoke(1).leak();
    let answer = tablet.ask(&append(prev, revocation)).await;
    assert!(matches!(answer.read(), ToDevice::ChainAck { .. }));
    let told = client.receive().await.unwrap();
    assert!(matches!(
        told.refusal(),
        (0, Refusal::Revoked { entry }) if entry.0 == revocation
    ));
    assert!(client.receive().await.is_none(), "an open socket is closed");
    let mut client = Client::connect(relay.address).await;
    let answer = client.hello(&laptop).await;
    assert!(matches!(
        answer.refusal(),
        (0, Refusal::Revoked { entry }) if entry.0 == revocation
    ));
    let answer = client.pull(0, 1).await;
    assert_eq!(answer.refusal(), (0, Refusal::HelloFirst));
}

#[tokio::test]
async fn registration_is_closed_or_needs_an_invitation() {
    let account = Account::new(1);
    let closed = Local::start(memory(), |settings| {
        settings.registration = Registration::Closed;
    })
    .await;
    let mut client = Client::connect(closed.address).await;
    let answer = client.register(&account, "").await;
    assert_eq!(answer.refusal(), (0, Refusal::RegistrationClosed));

    let store = memory();
    store
        .add_invite(Invite(b"K7QM-2ZX8").digest(), 1)
        .await
        .unwrap();
    let invited = Local::start(store, |settings| {
        settings.registration = Registration::Invited;
    })
    .await;
    let mut client = Client::connect(invited.address).await;
    assert!(matches!(
        client.greeting.read(),
        ToDevice::Challenge { registration, .. } if registration == Registration::Invited
    ));
    let answer = client.register(&account, "").await;
    assert_eq!(answer.refusal(), (0, Refusal::InviteNeeded));
    let answer = client.register(&account, "K7QM-2ZX9").await;
    assert_eq!(answer.refusal(), (0, Refusal::InviteBad));
    let answer = client.register(&account, "k7qm2zx8").await;
    assert!(matches!(answer.read(), ToDevice::ChainAck { .. }));
    let answer = client.register(&Account::new(2), "k7qm2zx8").await;
    assert_eq!(answer.refusal(), (0, Refusal::InviteBad));
}

#[tokio::test]
async fn what_makes_no_sense_is_named_and_too_much_of_it_ends_the_connection() {
    let relay = Local::open(memory()).await;
    let mut client = Client::connect(relay.address).await;
    let answer = refused(&mut client, vec![WIRE_FORMAT, 0x1f, 0, 0, 0, 9]).await;
    assert_eq!(answer.refusal(), (0, Refusal::UnknownType));
    assert_eq!(answer.request(), RequestId(9));
    let answer = refused(&mut client, vec![9, 1, 0, 0, 0, 9]).await;
    let max = WIRE_FORMAT;
    assert_eq!(answer.refusal(), (0, Refusal::FormatTooNew { max }));
    assert_eq!(answer.request(), RequestId::NONE);
    let answer = refused(&mut client, vec![]).await;
    assert!(matches!(answer.refusal(), (0, Refusal::Malformed { .. })));
    for _ in 3..16 {
        let answer = refused(&mut client, vec![WIRE_FORMAT, 1, 0, 0, 0, 7, 1]).await;
        assert!(matches!(answer.refusal(), (0, Refusal::Malformed { .. })));
        assert_eq!(answer.request(), RequestId(7));
    }
    assert!(client.receive().await.is_none());

    let mut client = Client::connect(relay.address).await;
    let text = tokio_tungstenite::tungstenite::Message::Text("hello".into());
    futures_util::SinkExt::send(&mut client.socket, text)
        .await
        .unwrap();
    let answer = client.receive().await.unwrap();
    assert!(matches!(answer.refusal(), (0, Refusal::Malformed { .. })));
    assert!(client.receive().await.is_none());
}

#[tokio::test]
async fn records_of_another_device_need_its_signature() {
    let folder = TempDir::new().unwrap();
    let relay = Local::open(sqlite(&folder)).await;
    let mut account = Account::new(1);
    account.add_device(2);
    let mut stranger = Account::new(3);
    let mut tablet = Client::first(relay.address, &account).await;
    let laptops = account.pens[1].records(3);
    let mut changed = laptops.clone();
    changed[1][100] ^= 1;
    let answer = tablet.push(&changed).await;
    assert!(matches!(answer.read(), ToDevice::Ack { records } if records.0.len() == 1));
    let answer = tablet.receive().await.unwrap();
    assert_eq!(answer.refusal(), (1, Refusal::NotYours));
    assert_eq!(tablet.pushed(&laptops).await.len(), 3);

    stranger.add_device(4);
    stranger.add_device(5);
    let other = stranger.pens[2].record(256);
    let answer = tablet.push(&[other]).await;
    assert_eq!(answer.refusal(), (0, Refusal::NotMember));

    let draft = account.pens[1].draft(2, 5, 1);
    let put = |bytes| ToRelay::PutDraft {
        draft: DraftBytes(bytes),
    };
    let answer = tablet.ask(&put(&draft)).await;
    assert_eq!(
        answer.read(),
        ToDevice::DraftAck {
            slot: 2,
            counter: 5
        }
    );
    let mut forged = account.pens[1].draft(2, 6, 1);
    *forged.last_mut().unwrap() ^= 1;
    let answer = tablet.ask(&put(&forged)).await;
    assert_eq!(answer.refusal(), (0, Refusal::NotYours));
    let elsewhere = stranger.pens[0].draft(0, 1, 1);
    let answer = tablet.ask(&put(&elsewhere)).await;
    assert_eq!(answer.refusal(), (0, Refusal::NotYours));
    let answer = tablet.ask(&put(&draft[..100])).await;
    assert!(matches!(answer.refusal(), (0, Refusal::Malformed { .. })));
    let answer = tablet.ask(&put(&account.pens[1].draft(2, 4, 1))).await;
    assert_eq!(answer.refusal(), (0, Refusal::DraftOld { counter: 5 }));
    let answer = tablet.ask(&ToRelay::PullDrafts).await;
    assert_eq!(
        answer.read(),
        ToDevice::DraftPage {
            is_last: true,
            drafts: List(vec![DraftBytes(&draft)])
        }
    );
    DraftFrame::decode(draft).unwrap();
}

#[tokio::test]
async fn a_record_of_a_wrong_shape_stops_the_push_where_it_stands() {
    let relay = Local::open(memory()).await;
    let mut account = Account::new(1);
    let mut tablet = Client::first(relay.address, &account).await;
    let mut records = account.pens[0].records(3);
    records[2][0] = limit::FORMAT + 1;
    let answer = tablet.push(&records).await;
    assert!(matches!(answer.read(), ToDevice::Ack { records } if records.0.len() == 2));
    let answer = tablet.receive().await.unwrap();
    let max = limit::FORMAT;
    assert_eq!(answer.refusal(), (2, Refusal::FormatTooNew { max }));
    let answer = tablet.push(&[vec![limit::FORMAT; 20]]).await;
    assert_eq!(answer.refusal(), (0, Refusal::Malformed { reason: 0 }));
    let none = tablet.pushed(&[]).await;
    assert!(none.is_empty());
    let gap = account.pens[0].records(2).pop().unwrap();
    let records = List(vec![RecordBytes(&gap)]);
    let answer = tablet.ask(&ToRelay::Push { records }).await;
    assert!(matches!(
        answer.refusal(),
        (0, Refusal::Gap { stored }) if stored.seq == Seq(2)
    ));
    let answer = tablet.pull(9, 1).await;
    let head = AccountSeq(2);
    assert_eq!(answer.refusal(), (0, Refusal::PastEnd { head }));
}

#[tokio::test]
async fn an_account_that_asks_too_much_waits_and_others_do_not() {
    let relay = Local::start(memory(), |settings| {
        settings.rates.requests = Rate {
            per_second: 1,
            burst: 10,
        };
    })
    .await;
    let (busy, calm) = (Account::new(1), Account::new(2));
    let mut calm_one = Client::first(relay.address, &calm).await;
    let mut clients = vec![Client::first(relay.address, &busy).await];
    clients.push(Client::member(relay.address, &busy.pens[0]).await);
    let mut waits = Vec::new();
    for round in 0..30 {
        let answer = clients[round % 2].pull(0, 1).await;
        if let ToDevice::Refused { refusal, .. } = answer.read() {
            waits.push(refusal.retry_after_ms().unwrap());
        }
    }
    assert!(!waits.is_empty() && waits.iter().all(|ms| *ms <= 1_000));
    let answer = calm_one.pull(0, 1).await;
    assert!(matches!(answer.read(), ToDevice::Page { .. }));
    let longest = waits.into_iter().max().unwrap_or_default();
    tokio::time::sleep(std::time::Duration::from_millis(u64::from(longest))).await;
    let answer = clients[0].pull(0, 1).await;
    assert!(matches!(answer.read(), ToDevice::Page { .. }));
}

#[tokio::test]
async fn a_full_account_is_told_and_what_fits_is_taken() {
    let relay = Local::open(MemoryStore::new(protocol::RelayInstance::NIL, 6_000)).await;
    let mut account = Account::new(1);
    let mut tablet = Client::first(relay.address, &account).await;
    let records = account.pens[0].records(10);
    let answer = tablet.push(&records).await;
    let ToDevice::Ack { records: acked } = answer.read() else {
        panic!("{:?}", answer.read());
    };
    let taken = acked.0.len();
    assert!((1..10).contains(&taken));
    let answer = tablet.receive().await.unwrap();
    let (index, refusal) = answer.refusal();
    assert_eq!(usize::from(index), taken);
    assert!(matches!(
        refusal,
        Refusal::Quota {
            quota_bytes: 6_000,
            ..
        }
    ));
    assert!(!refusal.is_permanent());
    assert_eq!(tablet.log().await, records[..taken]);
}
