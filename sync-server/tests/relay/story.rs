//! What devices do through a relay, in the order in which they do it.

use protocol::limit::{ACTIVE_DEVICES_MAX, DRAFT_SLOTS, PAGE_MAX_BYTES};
use protocol::wire::{
    DraftBytes, EntryBytes, List, RecordBytes, RecordName, Refusal, ToDevice, ToRelay,
};
use protocol::{Seq, wire::ChainTip};
use tempfile::TempDir;

use crate::local::{Local, memory, sqlite};
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

#[tokio::test]
async fn a_relay_that_lost_everything_is_filled_again_by_one_device() {
    let mut account = Account::new(1);
    account.add_device(2);
    let (mut tablets, mut laptops) = (Vec::new(), Vec::new());
    let before = {
        let relay = Local::open(memory()).await;
        let mut tablet = Client::first(relay.address, &account).await;
        let mut laptop = Client::member(relay.address, &account.pens[1]).await;
        for _ in 0..5 {
            let (here, there) = (account.pens[0].records(2), account.pens[1].records(3));
            tablet.pushed(&here).await;
            laptop.pushed(&there).await;
            tablets.extend(here);
            laptops.extend(there);
        }
        tablet.log().await
    };
    assert_eq!(before.len(), 25);
    let other = protocol::RelayInstance::from_bytes([9; 16]);
    let store = sync_server::store::MemoryStore::new(other, 1 << 30);
    let relay = Local::open(store).await;
    let mut tablet = Client::connect(relay.address).await;
    assert!(matches!(
        tablet.greeting.read(),
        ToDevice::Challenge { instance, .. } if instance == other
    ));
    let answer = tablet.hello(&account.pens[0]).await;
    assert_eq!(answer.refusal(), (0, Refusal::UnknownAccount));
    tablet.register(&account, "").await;
    tablet.hello(&account.pens[0]).await;
    tablet.pushed(&tablets).await;
    // The laptop is gone; the tablet has what it made.
    let (acked, half) = laptops.split_at(7);
    tablet.pushed(acked).await;
    let gap = tablet.push(&half[1..]).await;
    assert!(matches!(gap.refusal(), (0, Refusal::Gap { stored }) if stored.seq == Seq(7)));
    tablet.pushed(half).await;
    assert_eq!(tablet.log().await, [tablets, laptops].concat());
}

#[tokio::test]
async fn a_relay_put_back_from_a_copy_gets_what_came_after_it() {
    let folder = TempDir::new().unwrap();
    let mut account = Account::new(1);
    let store = sqlite(&folder);
    let copy = TempDir::new().unwrap();
    let mut made = Vec::new();
    {
        let relay = Local::open(store.clone()).await;
        let mut tablet = Client::first(relay.address, &account).await;
        let records = account.pens[0].records(6);
        tablet.pushed(&records).await;
        made.extend(records);
        let file = copy.path().join(sync_server::store::FILE);
        sync_server::store::RelayStore::backup(&store, &file)
            .await
            .unwrap();
        let records = account.pens[0].records(4);
        tablet.pushed(&records).await;
        made.extend(records);
    }
    let relay = Local::open(sqlite(&copy)).await;
    let mut tablet = Client::connect(relay.address).await;
    let answer = tablet.hello(&account.pens[0]).await;
    let ToDevice::Welcome { head, branches, .. } = answer.read() else {
        panic!("{:?}", answer.read());
    };
    assert_eq!((head.0, branches.0[0].seq), (6, Seq(6)), "lower than told");
    let past = tablet.pull(10, 1).await;
    assert!(matches!(past.refusal(), (0, Refusal::PastEnd { head }) if head.0 == 6));
    tablet.pushed(&made[6..]).await;
    assert_eq!(tablet.log().await, made);
}

#[tokio::test]
async fn records_are_given_back_by_name_and_an_empty_probe_is_a_sign_of_life() {
    let relay = Local::open(memory()).await;
    let mut account = Account::new(1);
    let mut tablet = Client::first(relay.address, &account).await;
    let records = account.pens[0].records(3);
    tablet.pushed(&records).await;
    let name = |seq| RecordName {
        device: account.pens[0].device,
        incarnation: account.pens[0].incarnation,
        seq: Seq(seq),
    };
    let names = List(vec![name(2), name(9), name(3)]);
    let answer = tablet.ask(&ToRelay::Probe { names }).await;
    let found = vec![
        Some(RecordBytes(&records[1])),
        None,
        Some(RecordBytes(&records[2])),
    ];
    assert_eq!(
        answer.read(),
        ToDevice::Probed {
            records: List(found)
        }
    );
    let names = List(vec![]);
    let answer = tablet.ask(&ToRelay::Probe { names }).await;
    let records = List(vec![]);
    assert_eq!(answer.read(), ToDevice::Probed { records });
}

#[tokio::test]
async fn a_chain_and_a_full_set_of_drafts_come_in_pages() {
    let relay = Local::open(memory()).await;
    let mut account = Account::new(1);
    for seed in 0..ACTIVE_DEVICES_MAX - 1 {
        account.add_device(u8::try_from(seed + 10).unwrap());
    }
    for _ in 0..60 {
        account.next_epoch();
    }
    let mut tablet = Client::first(relay.address, &account).await;
    let mut chain: Vec<Vec<u8>> = Vec::new();
    let mut pages = 0;
    loop {
        let from = u32::try_from(chain.len()).unwrap();
        let answer = tablet.ask(&ToRelay::PullChain { from }).await;
        let ToDevice::ChainPage { tip, entries } = answer.read() else {
            panic!("{:?}", answer.read());
        };
        let len = u32::try_from(account.entries.len()).unwrap();
        let head = account.head();
        assert_eq!(tip, ChainTip { len, head });
        chain.extend(entries.0.iter().map(|EntryBytes(bytes)| bytes.to_vec()));
        pages += 1;
        if chain.len() == account.entries.len() {
            break;
        }
    }
    assert_eq!(chain, account.entries);
    assert!(pages > 1, "{pages} pages");

    let mut drafts = Vec::new();
    for pen in &account.pens {
        let mut client = Client::member(relay.address, pen).await;
        for slot in 0..DRAFT_SLOTS {
            let bytes = pen.large_draft(slot, 1);
            let put = ToRelay::PutDraft {
                draft: DraftBytes(&bytes),
            };
            let answer = client.ask(&put).await;
            assert!(matches!(
                answer.read(),
                ToDevice::DraftAck { counter: 1, .. }
            ));
            drafts.push(bytes);
        }
    }
    let request = tablet.next_request();
    tablet
        .send_bytes(ToRelay::PullDrafts.encode(request).unwrap())
        .await;
    let mut found = Vec::new();
    loop {
        let page = tablet.answer(request).await.unwrap();
        let ToDevice::DraftPage { is_last, drafts } = page.read() else {
            panic!("{:?}", page.read());
        };
        assert!(page.0.len() < PAGE_MAX_BYTES + 1_024);
        found.extend(drafts.0.iter().map(|DraftBytes(bytes)| bytes.to_vec()));
        if is_last {
            break;
        }
    }
    assert_eq!(found, drafts);
}
