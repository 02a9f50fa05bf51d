//! What devices do through a relay, in the order in which they do it.

use protocol::wire::{Refusal, ToDevice};
use tempfile::TempDir;

use crate::local::{Local, sqlite};
use crate::support::account::Account;
use crate::support::client::Client;

#[tokio::test]
async fn an_account_is_made_and_its_records_come_back() {
    let folder = TempDir::new().unwrap();
    let relay = Local::open(sqlite(&folder)).await;
    let mut account = Account::new(1);
    let mut tablet = Client::connect(relay.address).await;
    let answer = tablet.hello(&account.pens[0]).await;
    assert_eq!(answer.refusal(), (0, Refusal::UnknownAccount));
    let answer = tablet.register(&account, "").await;
    assert!(matches!(answer.read(), ToDevice::ChainAck { tip } if tip.len == 1));
    let answer = tablet.hello(&account.pens[0]).await;
    let ToDevice::Welcome {
        device,
        head,
        chain,
        branches,
        ..
    } = answer.read()
    else {
        panic!("{:?}", answer.read());
    };
    assert_eq!((device.0, head.0, chain.head), (0, 0, account.head()));
    assert!(branches.0.is_empty());

    let records = account.pens[0].records(3);
    let acked = tablet.pushed(&records).await;
    let places: Vec<u64> = acked.iter().map(|acked| acked.seq.0).collect();
    assert_eq!(places, [1, 2, 3]);
    assert_eq!(acked[2].hash, account.pens[0].prev);
    assert_eq!(tablet.pushed(&records).await, acked, "again is the same");
    assert_eq!(tablet.log().await, records);
}

#[tokio::test]
async fn a_relay_that_stops_says_when_to_come_back() {
    let folder = TempDir::new().unwrap();
    let mut relay = Local::open(sqlite(&folder)).await;
    let account = Account::new(2);
    let mut tablet = Client::first(relay.address, &account).await;
    let mut stranger = Client::connect(relay.address).await;
    relay.tell();
    for client in [&mut tablet, &mut stranger] {
        let bye = client.receive().await.unwrap();
        let ToDevice::Bye { retry_after_ms } = bye.read() else {
            panic!("{:?}", bye.read());
        };
        assert!((500..5_500).contains(&retry_after_ms));
        assert!(client.receive().await.is_none());
    }
    relay.ended().await;
}
