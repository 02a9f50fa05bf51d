//! The log of an account: what is taken, where it stands, how it is read.

use protocol::limit::{BRANCHES_MAX, PAGE_RECORDS_MAX};
use protocol::record::hash_bytes;
use protocol::wire::{Branch, RecordName, Refusal};
use protocol::{AccountId, AccountSeq, DeviceIndex, RecordHash, Seq};
use sync_server::store::{Admission, Pushed, RelayStore};

use crate::chain::refused;
use crate::support::account::{Account, Pen, new_record, new_records};
use crate::{Maker, PLENTY};

pub async fn registered<S: RelayStore>(store: &S, seed: u8) -> Account {
    let account = Account::new(seed);
    let entries = account.entries.clone();
    let made = store.register(account.id, entries, Admission::Open).await;
    made.unwrap();
    account
}

pub async fn push<S: RelayStore>(store: &S, id: AccountId, records: &[Vec<u8>]) -> Pushed {
    store.push(id, new_records(id, records)).await.unwrap()
}

pub async fn log<S: RelayStore>(store: &S, id: AccountId) -> Vec<Vec<u8>> {
    let mut log = Vec::new();
    loop {
        let after = AccountSeq(log.len() as u64);
        let part = store.pull(id, after, 1 << 20).await.unwrap();
        for (seq, bytes) in part.records {
            log.push(bytes);
            assert_eq!(seq.0, log.len() as u64);
        }
        if part.head.0 == log.len() as u64 {
            return log;
        }
    }
}

fn newest(pen: &Pen) -> Branch {
    Branch {
        incarnation: pen.incarnation,
        seq: pen.seq,
        hash: pen.prev,
    }
}

pub async fn the_same_push_again_changes_nothing(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = registered(&store, 1).await;
    let id = account.id;
    let records = account.pens[0].records(5);
    let first = push(&store, id, &records).await;
    let places: Vec<u64> = first.acked.iter().map(|acked| acked.seq.0).collect();
    assert_eq!(
        (places, first.fresh.clone()),
        (vec![1, 2, 3, 4, 5], vec![0, 1, 2, 3, 4])
    );
    for (acked, bytes) in first.acked.iter().zip(&records) {
        assert_eq!(acked.hash, hash_bytes(&id, bytes));
    }
    let used = store.summary(id, DeviceIndex(0)).await.unwrap().used_bytes;
    let again = push(&store, id, &records).await;
    assert_eq!((again.acked, again.refused), (first.acked.clone(), None));
    assert!(again.fresh.is_empty());
    let more = [records[3..].to_vec(), account.pens[0].records(2)].concat();
    let overlapping = push(&store, id, &more).await;
    assert_eq!(overlapping.acked[..2], first.acked[3..]);
    assert_eq!(overlapping.fresh, [2, 3]);
    let all = [records, more[2..].to_vec()].concat();
    assert_eq!(log(&store, id).await, all);
    let summary = store.summary(id, DeviceIndex(0)).await.unwrap();
    assert_eq!(
        summary.used_bytes - used,
        (more[2].len() + more[3].len()) as u64
    );
    assert_eq!(
        (summary.head.0, summary.branches),
        (7, vec![newest(&account.pens[0])])
    );
    let empty = push(&store, id, &[]).await;
    assert!(empty.acked.is_empty() && empty.refused.is_none());
}

pub async fn a_gap_is_named_with_what_is_there(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = registered(&store, 1).await;
    let id = account.id;
    let pen = &mut account.pens[0];
    let records = pen.records(2);
    let two = newest(pen);
    let later = pen.records(3);
    let none = Branch {
        seq: Seq(0),
        hash: RecordHash::NIL,
        ..two
    };
    let before = push(&store, id, &later).await;
    assert_eq!(before.refused, Some(Refusal::Gap { stored: none }));
    push(&store, id, &records).await;
    let gap = push(&store, id, &later[1..]).await;
    assert_eq!(
        (gap.refused, gap.acked),
        (Some(Refusal::Gap { stored: two }), vec![])
    );
    assert_eq!(push(&store, id, &later).await.acked.len(), 3);
}

pub async fn a_fork_is_named_with_what_is_there(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = registered(&store, 1).await;
    let id = account.id;
    let pen = &mut account.pens[0];
    let mut twin = pen.clone();
    let records = pen.records(3);
    push(&store, id, &records).await;
    let other = twin.record(1_024);
    let at_first = push(&store, id, std::slice::from_ref(&other)).await;
    let first = Branch {
        incarnation: pen.incarnation,
        seq: Seq(1),
        hash: hash_bytes(&id, &records[0]),
    };
    assert_eq!(at_first.refused, Some(Refusal::Fork { stored: first }));
    let behind = twin.records(3).pop().unwrap();
    let behind = push(&store, id, &[behind]).await;
    let stored = newest(pen);
    assert_eq!(behind.refused, Some(Refusal::Fork { stored }));
    let mut begins = pen.again(77);
    begins.prev = RecordHash::from_bytes([9; 32]);
    let begins = begins.record(512);
    let refused = push(&store, id, &[begins]).await.refused;
    assert!(matches!(refused, Some(Refusal::Fork { stored }) if stored.seq == Seq(0)));
    assert_eq!(log(&store, id).await, records);
}

pub async fn what_stands_before_a_refused_record_is_taken(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = registered(&store, 1).await;
    let id = account.id;
    let mut records = account.pens[0].records(5);
    records.remove(3);
    let pushed = push(&store, id, &records).await;
    assert_eq!((pushed.acked.len(), pushed.fresh.len()), (3, 3));
    assert!(matches!(pushed.refused, Some(Refusal::Gap { stored }) if stored.seq == Seq(3)));
    assert_eq!(log(&store, id).await, records[..3]);
}

pub async fn pages_end_where_they_should(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = registered(&store, 1).await;
    let id = account.id;
    let sizes = [256, 512, 8_192, 256];
    let records: Vec<Vec<u8>> = sizes
        .iter()
        .map(|size| account.pens[0].record(*size))
        .collect();
    push(&store, id, &records).await;
    let page = async |after: u64, max_bytes: usize| {
        let part = store.pull(id, AccountSeq(after), max_bytes).await.unwrap();
        assert_eq!(part.head.0, 4);
        let seqs: Vec<u64> = part.records.iter().map(|(seq, _)| seq.0).collect();
        seqs
    };
    let two = records[0].len() + records[1].len();
    assert_eq!(page(0, 0).await, [1], "one if there is one");
    assert_eq!(page(0, two).await, [1, 2]);
    assert_eq!(page(0, two - 1).await, [1]);
    assert_eq!(page(2, two).await, [3], "one that is too large alone");
    assert_eq!(page(3, 1 << 20).await, [4]);
    assert!(page(4, 1 << 20).await.is_empty());
    let past = store.pull(id, AccountSeq(5), 1).await;
    let head = AccountSeq(4);
    assert_eq!(refused(past), Refusal::PastEnd { head });
    let far = store.pull(id, AccountSeq(u64::MAX), 1).await;
    assert_eq!(refused(far), Refusal::PastEnd { head });
    for _ in 0..5 {
        push(&store, id, &account.pens[0].records(256)).await;
    }
    let part = store.pull(id, AccountSeq(0), 1 << 30).await.unwrap();
    assert_eq!(part.records.len(), PAGE_RECORDS_MAX);
}

pub async fn places_have_no_holes_however_many_push(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let account = registered(&store, 1).await;
    let id = account.id;
    let pushing = (0..8).map(|run| {
        let (store, mut pen) = (store.clone(), account.pens[0].again(100 + run));
        tokio::spawn(async move {
            let mut made = Vec::new();
            for round in 0..20 {
                let records = pen.records(1 + round % 3);
                let pushed = push(&store, id, &records).await;
                assert_eq!(pushed.acked.len(), records.len());
                for (acked, record) in pushed.acked.into_iter().zip(records) {
                    made.push((acked.seq, record));
                }
            }
            made
        })
    });
    let pushing: Vec<_> = pushing.collect();
    let mut all = Vec::new();
    for task in pushing {
        let made = task.await.unwrap();
        assert!(made.is_sorted_by_key(|(seq, _)| *seq), "its own order");
        all.extend(made);
    }
    all.sort();
    let told: Vec<Vec<u8>> = all.into_iter().map(|(_, record)| record).collect();
    assert_eq!(log(&store, id).await, told);
    let totals = store.totals().await.unwrap();
    assert_eq!(totals.record_count, told.len() as u64);
}

pub async fn accounts_never_meet(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut one = registered(&store, 1).await;
    let mut other = registered(&store, 2).await;
    let mut logs = (Vec::new(), Vec::new());
    for _ in 0..10 {
        let (here, there) = (one.pens[0].records(2), other.pens[0].records(3));
        assert_eq!(push(&store, one.id, &here).await.acked.len(), 2);
        assert_eq!(push(&store, other.id, &there).await.acked.len(), 3);
        logs.0.extend(here);
        logs.1.extend(there);
    }
    assert_eq!(log(&store, one.id).await, logs.0);
    assert_eq!(log(&store, other.id).await, logs.1);
    let name = RecordName {
        device: DeviceIndex(0),
        incarnation: one.pens[0].incarnation,
        seq: Seq(30),
    };
    assert_eq!(one.pens[0].incarnation, other.pens[0].incarnation);
    assert_eq!(store.probe(one.id, vec![name]).await.unwrap(), [None]);
    let there = store.probe(other.id, vec![name]).await.unwrap();
    assert_eq!(there, [Some(logs.1[29].clone())]);
    let other_key = other.pens[0].verify_key();
    let standing = store.standing(one.id, other_key).await.unwrap();
    assert_eq!(standing, sync_server::store::Standing::NotMember);
}

pub async fn a_record_is_found_by_its_name(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = registered(&store, 1).await;
    let id = account.id;
    let records = account.pens[0].records(3);
    push(&store, id, &records).await;
    let name = |device, incarnation, seq| RecordName {
        device: DeviceIndex(device),
        incarnation,
        seq: Seq(seq),
    };
    let own = account.pens[0].incarnation;
    let none = account.pens[0].again(5).incarnation;
    let names = vec![name(0, own, 3), name(0, own, 4), name(0, own, 1)];
    let found = store.probe(id, names).await.unwrap();
    assert_eq!(
        found,
        [Some(records[2].clone()), None, Some(records[0].clone())]
    );
    let names = vec![name(1, own, 1), name(0, none, 1), name(0, own, 0)];
    assert_eq!(store.probe(id, names).await.unwrap(), [None, None, None]);
    assert!(store.probe(id, vec![]).await.unwrap().is_empty());
}

pub async fn the_newest_incarnations_are_named_first(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let account = registered(&store, 1).await;
    let id = account.id;
    let mut runs = Vec::new();
    // Falling numbers: the order is that of their coming.
    for run in (0..BRANCHES_MAX as u64 + 3).rev() {
        let mut pen = account.pens[0].again(run);
        let record = pen.record(256);
        store.push(id, vec![new_record(id, &record)]).await.unwrap();
        runs.push(pen);
    }
    push(&store, id, &runs[5].records(1)).await;
    let summary = store.summary(id, DeviceIndex(0)).await.unwrap();
    let expected: Vec<Branch> = runs.iter().rev().take(BRANCHES_MAX).map(newest).collect();
    assert_eq!(summary.branches, expected);
    let other = store.summary(id, DeviceIndex(1)).await.unwrap();
    assert!(other.branches.is_empty());
}
