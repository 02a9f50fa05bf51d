//! Quotas and draft slots.

use protocol::wire::Refusal;
use protocol::{AccountId, AccountSeq, ChainHash, DeviceIndex};
use sync_server::store::{NewDraft, RelayStore};

use crate::chain::refused;
use crate::log::{log, push, registered};
use crate::support::account::Pen;
use crate::{Maker, PLENTY};

fn draft(pen: &Pen, slot: u8, counter: u64, filling: u8) -> NewDraft {
    NewDraft {
        device: pen.device,
        slot,
        counter,
        bytes: pen.draft(slot, counter, filling),
    }
}

pub async fn a_quota_is_kept_to_the_byte(maker: &impl Maker) {
    let mut pens = registered(&maker.make(PLENTY), 1).await;
    let records = pens.pens[0].records(3);
    let draft = draft(&pens.pens[0], 0, 1, 1);
    let len = |count: usize| records[..count].iter().map(Vec::len).sum::<usize>() as u64;
    let chain = pens.entries[0].len() as u64;
    let quota_bytes = chain + len(2) + draft.bytes.len() as u64;

    let store = maker.make(quota_bytes);
    // A maker that keeps its file knows the account already.
    let id = registered(&store, 1).await.id;
    store.put_draft(id, draft.clone()).await.unwrap();
    let pushed = push(&store, id, &records).await;
    let full = Refusal::Quota {
        used_bytes: quota_bytes,
        quota_bytes,
    };
    assert_eq!((pushed.acked.len(), pushed.refused), (2, Some(full)));
    let summary = store.summary(id, DeviceIndex(0)).await.unwrap();
    assert_eq!(
        (summary.used_bytes, summary.quota_bytes),
        (quota_bytes, quota_bytes)
    );
    let again = push(&store, id, &records[..2]).await;
    assert_eq!(again.acked.len(), 2, "what is there needs no room");
    let mut newer = draft.clone();
    newer.counter = 2;
    store.put_draft(id, newer.clone()).await.unwrap();
    newer.slot = 1;
    let more = store.put_draft(id, newer).await;
    assert!(matches!(refused(more), Refusal::Quota { .. }));
    assert_eq!(log(&store, id).await, records[..2]);
}

pub async fn a_draft_is_replaced_by_a_higher_counter_only(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let account = registered(&store, 1).await;
    let (id, pen) = (account.id, &account.pens[0]);
    let put = async |counter, filling| store.put_draft(id, draft(pen, 3, counter, filling)).await;
    put(7, 1).await.unwrap();
    put(7, 1).await.unwrap();
    let old = Refusal::DraftOld { counter: 7 };
    assert_eq!(refused(put(7, 2).await), old);
    assert_eq!(refused(put(6, 2).await), old);
    assert_eq!(store.drafts(id).await.unwrap(), [pen.draft(3, 7, 1)]);
    put(u64::MAX, 2).await.unwrap();
    let highest = Refusal::DraftOld { counter: u64::MAX };
    assert_eq!(refused(put(8, 3).await), highest);
    assert_eq!(store.drafts(id).await.unwrap(), [pen.draft(3, u64::MAX, 2)]);
    let summary = store.summary(id, DeviceIndex(0)).await.unwrap();
    let used = account.entries[0].len() + pen.draft(0, 0, 0).len();
    assert_eq!(summary.used_bytes, used as u64);
}

pub async fn drafts_of_active_devices_are_given(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = registered(&store, 1).await;
    let id = account.id;
    let prev = account.head();
    let entry = account.add_device(2);
    store.append_chain(id, prev, entry).await.unwrap();
    let mut expected = Vec::new();
    for pen in &account.pens {
        for slot in (0..8).rev() {
            store.put_draft(id, draft(pen, slot, 1, 1)).await.unwrap();
        }
        expected.extend((0..8).map(|slot| pen.draft(slot, 1, 1)));
    }
    assert_eq!(store.drafts(id).await.unwrap(), expected);
    let prev = account.head();
    let entry = account.revoke(1);
    store.append_chain(id, prev, entry).await.unwrap();
    assert_eq!(store.drafts(id).await.unwrap(), expected[..8]);
}

pub async fn an_unknown_account_has_nothing(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let id = AccountId::from_bytes([9; 32]);
    let device = DeviceIndex(0);
    let unknown = Refusal::UnknownAccount;
    assert_eq!(refused(store.find_key(id, device).await), unknown);
    assert_eq!(refused(store.summary(id, device).await), unknown);
    let append = store.append_chain(id, ChainHash::NIL, vec![1]).await;
    assert_eq!(refused(append), unknown);
    assert_eq!(refused(store.chain(id, 0, 1).await), unknown);
    assert_eq!(refused(store.pull(id, AccountSeq(0), 1).await), unknown);
    assert_eq!(refused(store.probe(id, vec![]).await), unknown);
    assert_eq!(refused(store.drafts(id).await), unknown);
    let account = registered(&maker.make(PLENTY), 1).await;
    let mut other = account.pens[0].clone();
    let records = [other.record(256)];
    let records = crate::support::account::new_records(id, &records);
    assert_eq!(refused(store.push(id, records).await), unknown);
    let put = store.put_draft(id, draft(&other, 0, 1, 1)).await;
    assert_eq!(refused(put), unknown);
}
