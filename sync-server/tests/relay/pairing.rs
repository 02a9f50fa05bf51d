//! The pairing mailbox, as two devices and a stranger meet it.

use std::time::Duration;

use protocol::wire::{BoxBytes, BoxPlace, EntryBytes, Refusal, ToDevice, ToRelay};
use protocol::{BoxId, BoxToken};

use crate::local::{Local, memory};
use crate::support::account::Account;
use crate::support::client::Client;

const NEW: BoxToken = BoxToken::from_bytes([1; 16]);
const OLD: BoxToken = BoxToken::from_bytes([2; 16]);
const STRANGER: BoxToken = BoxToken::from_bytes([3; 16]);
const NAME: BoxId = BoxId::from_bytes([7; 16]);

fn put(place: BoxPlace, token: BoxToken, sealed: &[u8]) -> ToRelay<'_> {
    ToRelay::PutBox {
        name: NAME,
        place,
        token,
        sealed: BoxBytes(sealed),
    }
}

const fn wait(place: BoxPlace, token: BoxToken) -> ToRelay<'static> {
    ToRelay::WaitBox {
        name: NAME,
        place,
        token,
    }
}

#[tokio::test]
async fn three_messages_go_between_two_and_a_third_gets_nothing() {
    let relay = Local::open(memory()).await;
    let mut new = Client::connect(relay.address).await;
    let mut old = Client::connect(relay.address).await;
    let mut other = Client::connect(relay.address).await;
    let answer = old.ask(&wait(BoxPlace::First, OLD)).await;
    assert_eq!(answer.refusal(), (0, Refusal::BoxUnknown));
    let answer = other.ask(&put(BoxPlace::Second, STRANGER, b"x")).await;
    assert_eq!(answer.refusal(), (0, Refusal::BoxUnknown));
    let answer = new.ask(&put(BoxPlace::First, NEW, b"one")).await;
    assert_eq!(answer.read(), ToDevice::BoxAck);

    // The new device waits before the old one has come.
    let waiting = new.next_request();
    let asked = wait(BoxPlace::Second, NEW).encode(waiting).unwrap();
    new.send_bytes(asked).await;
    let answer = old.ask(&wait(BoxPlace::First, OLD)).await;
    let one = BoxBytes(b"one");
    assert_eq!(answer.read(), ToDevice::BoxMessage { sealed: one });
    for asked in [
        wait(BoxPlace::First, STRANGER),
        wait(BoxPlace::Second, STRANGER),
        wait(BoxPlace::Second, OLD),
        wait(BoxPlace::First, NEW),
        put(BoxPlace::First, STRANGER, b"one"),
        put(BoxPlace::First, NEW, b"another"),
        put(BoxPlace::Second, STRANGER, b"two"),
        put(BoxPlace::Third, OLD, b"three"),
    ] {
        let answer = other.ask(&asked).await;
        assert_eq!(answer.refusal(), (0, Refusal::BoxTaken), "{asked:?}");
    }
    for _ in 0..2 {
        let answer = old.ask(&put(BoxPlace::Second, OLD, b"two")).await;
        assert_eq!(answer.read(), ToDevice::BoxAck, "again is the same");
    }
    let answer = new.answer(waiting).await.unwrap();
    let two = BoxBytes(b"two");
    assert_eq!(answer.read(), ToDevice::BoxMessage { sealed: two });
    let answer = new.ask(&put(BoxPlace::Third, NEW, b"three")).await;
    assert_eq!(answer.read(), ToDevice::BoxAck);
    // A connection broke: the old device comes back on another.
    let mut old = Client::connect(relay.address).await;
    let answer = old.ask(&wait(BoxPlace::Third, OLD)).await;
    let three = BoxBytes(b"three");
    assert_eq!(answer.read(), ToDevice::BoxMessage { sealed: three });
}

#[tokio::test]
async fn a_socket_cannot_try_boxes_without_end() {
    let relay = Local::open(memory()).await;
    let mut client = Client::connect(relay.address).await;
    let mut refused = 0;
    let mut tries = 0;
    while refused < 5 {
        tries += 1;
        assert!(tries < 1_000, "a box may be tried once in a second");
        let answer = client.ask(&wait(BoxPlace::First, OLD)).await;
        match answer.refusal() {
            (0, Refusal::BoxUnknown) => {}
            (0, Refusal::Slow { .. }) => refused += 1,
            other => panic!("{other:?}"),
        }
    }
}

/// A device that shows a code has no account to say hello for, and must not be taken for one that says nothing.
#[tokio::test]
async fn a_socket_that_pairs_outlives_the_deadline_for_a_hello_and_says_it_after() {
    let hello = Duration::from_millis(300);
    let relay = Local::start(memory(), |settings| settings.hello = hello).await;
    let mut account = Account::new(1);
    let mut first = Client::first(relay.address, &account).await;
    let mut silent = Client::connect(relay.address).await;
    let mut new = Client::connect(relay.address).await;
    let mut old = Client::connect(relay.address).await;
    new.ask(&put(BoxPlace::First, NEW, b"one")).await;
    let waiting = new.next_request();
    let asked = wait(BoxPlace::Second, NEW).encode(waiting).unwrap();
    new.send_bytes(asked).await;
    old.ask(&wait(BoxPlace::First, OLD)).await;
    tokio::time::sleep(4 * hello).await;
    assert!(silent.receive().await.is_none(), "a silent one is closed");

    let answer = old.ask(&put(BoxPlace::Second, OLD, b"two")).await;
    assert_eq!(answer.read(), ToDevice::BoxAck);
    let two = BoxBytes(b"two");
    let answer = new.answer(waiting).await.unwrap();
    assert_eq!(answer.read(), ToDevice::BoxMessage { sealed: two });

    let prev = account.head();
    let entry = account.add_device(2);
    for _ in 0..40 {
        let answer = new.hello(&account.pens[1]).await;
        assert_eq!(answer.refusal(), (0, Refusal::NotMember));
    }
    let entry = EntryBytes(&entry);
    first.ask(&ToRelay::AppendChain { prev, entry }).await;
    let answer = new.hello(&account.pens[1]).await;
    assert!(matches!(answer.read(), ToDevice::Welcome { .. }));
    let answer = new.ask(&ToRelay::PullChain { from: 0 }).await;
    let ToDevice::ChainPage { entries, .. } = answer.read() else {
        panic!("no chain");
    };
    assert_eq!(entries.0.len(), 2);
}
