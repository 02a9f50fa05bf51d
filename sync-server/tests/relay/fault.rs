//! A store that fails at any call: nothing is acknowledged that is not there, and asking again ends well.

use protocol::wire::{DraftBytes, EntryBytes, Refusal, ToDevice, ToRelay};
use sync_server::store::RelayStore;
use tempfile::TempDir;

use crate::local::{Local, memory, sqlite};
use crate::support::account::Account;
use crate::support::client::{Client, Frame};
use crate::support::faulty::{Fault, Faulty};

/// Asks until the store answers. The number of tries.
async fn insist(client: &mut Client, asked: &ToRelay<'_>) -> (Frame, u32) {
    for tries in 1..5 {
        let answer = client.ask(asked).await;
        match answer.read() {
            ToDevice::Refused {
                refusal: refusal @ Refusal::Unavailable { .. },
                ..
            } => assert!(!refusal.is_permanent()),
            _ => return (answer, tries),
        }
    }
    panic!("it fails for ever");
}

/// Everything that a device asks of a store, each again until it is answered. The number of faults it met.
async fn story(client: &mut Client, account: &mut Account) -> u32 {
    let mut met = 0;
    let entries = account.entries.clone();
    let register = ToRelay::Register {
        account: account.id,
        invite: protocol::wire::Invite(b""),
        entries: protocol::wire::List(entries.iter().map(|entry| EntryBytes(entry)).collect()),
    };
    let (answer, tries) = insist(client, &register).await;
    assert!(matches!(answer.read(), ToDevice::ChainAck { .. }));
    met += tries - 1;
    let welcome = loop {
        let answer = client.hello(&account.pens[0]).await;
        match answer.read() {
            ToDevice::Welcome { .. } => break answer,
            ToDevice::Refused {
                refusal: Refusal::Unavailable { .. },
                ..
            } => met += 1,
            other => panic!("{other:?}"),
        }
    };
    drop(welcome);
    let prev = account.head();
    let entry = account.add_device(9);
    let append = ToRelay::AppendChain {
        prev,
        entry: EntryBytes(&entry),
    };
    let (answer, tries) = insist(client, &append).await;
    assert!(matches!(answer.read(), ToDevice::ChainAck { tip } if tip.len == 2));
    met += tries - 1;
    let mut made = Vec::new();
    for at in [0, 1, 0] {
        let records = account.pens[at].records(3);
        let push = ToRelay::Push {
            records: protocol::wire::List(
                records
                    .iter()
                    .map(|bytes| protocol::wire::RecordBytes(bytes))
                    .collect(),
            ),
        };
        let (answer, tries) = insist(client, &push).await;
        let ToDevice::Ack { records: acked } = answer.read() else {
            panic!("{:?}", answer.read());
        };
        let first = made.len() as u64 + 1;
        assert!(acked.0.iter().map(|acked| acked.seq.0).eq(first..first + 3));
        met += tries - 1;
        made.extend(records);
    }
    let draft = account.pens[0].draft(1, 1, 1);
    let put = ToRelay::PutDraft {
        draft: DraftBytes(&draft),
    };
    let (answer, tries) = insist(client, &put).await;
    assert!(matches!(answer.read(), ToDevice::DraftAck { .. }));
    met += tries - 1;
    for asked in [
        ToRelay::Pull {
            after: protocol::AccountSeq(0),
            max_bytes: u32::MAX,
        },
        ToRelay::PullChain { from: 0 },
        ToRelay::PullDrafts,
    ] {
        let (answer, tries) = insist(client, &asked).await;
        met += tries - 1;
        match answer.read() {
            ToDevice::Page { records, .. } => {
                let log = records.0.iter().map(|record| record.record.0.to_vec());
                assert_eq!(log.collect::<Vec<_>>(), made, "each once");
            }
            ToDevice::ChainPage { entries, .. } => assert_eq!(entries.0.len(), 2),
            ToDevice::DraftPage { drafts, .. } => assert_eq!(drafts.0, [DraftBytes(&draft)]),
            other => panic!("{other:?}"),
        }
    }
    met
}

async fn fail_everywhere<S: RelayStore>(make: impl Fn(u8) -> S) {
    let calm = Faulty::new(make(0), []);
    let relay = Local::open(calm.clone()).await;
    let mut client = Client::connect(relay.address).await;
    assert_eq!(story(&mut client, &mut Account::new(1)).await, 0);
    let calls = calm.calls();
    assert!(calls >= 10);
    for at in 0..calls {
        for fault in [Fault::Before, Fault::After] {
            let store = Faulty::new(make(1), [(at, fault)]);
            let relay = Local::open(store).await;
            let mut client = Client::connect(relay.address).await;
            let mut account = Account::new(1);
            let met = story(&mut client, &mut account).await;
            assert_eq!(met, 1, "call {at} fails {fault:?}");
        }
    }
}

#[tokio::test]
async fn whichever_call_fails_nothing_is_lost_or_doubled_in_memory() {
    fail_everywhere(|_| memory()).await;
}

#[tokio::test]
async fn whichever_call_fails_nothing_is_lost_or_doubled_in_a_file() {
    let folders = std::sync::Mutex::new(Vec::new());
    fail_everywhere(|_| {
        let folder = TempDir::new().unwrap();
        let store = sqlite(&folder);
        folders.lock().unwrap().push(folder);
        store
    })
    .await;
}
