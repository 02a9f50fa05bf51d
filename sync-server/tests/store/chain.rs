//! Accounts, their chains and who may be let in.

use protocol::wire::{Invite, Refusal};
use protocol::{AccountId, DeviceIndex};
use sync_server::store::{Admission, RelayStore, Standing, StoreError};

use crate::support::account::Account;
use crate::{Maker, PLENTY};

pub fn refused<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> Refusal<'static> {
    match answer {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub async fn a_new_account_needs_what_the_operator_asks(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let accounts: Vec<Account> = (1..=5).map(Account::new).collect();
    let register = async |at: usize, admission| {
        let account: &Account = &accounts[at];
        store
            .register(account.id, account.entries.clone(), admission)
            .await
    };
    let digest = Invite(b"7Q2M-8KZD").digest();
    let closed = register(0, Admission::Closed).await;
    assert_eq!(refused(closed), Refusal::RegistrationClosed);
    let without = register(0, Admission::Invited(None)).await;
    assert_eq!(refused(without), Refusal::InviteNeeded);
    let unknown = register(0, Admission::Invited(Some(digest))).await;
    assert_eq!(refused(unknown), Refusal::InviteBad);

    store.add_invite(digest, 1).await.unwrap();
    store.add_invite(digest, 1).await.unwrap();
    for at in [0, 1, 0, 1] {
        let tip = register(at, Admission::Invited(Some(digest))).await;
        assert_eq!(tip.unwrap().head, accounts[at].head());
    }
    let used_up = register(2, Admission::Invited(Some(digest))).await;
    assert_eq!(refused(used_up), Refusal::InviteBad);
    register(3, Admission::Open).await.unwrap();

    let other = store
        .register(accounts[4].id, accounts[3].entries.clone(), Admission::Open)
        .await;
    assert_eq!(refused(other), Refusal::ChainInvalid);
    let none = store.register(accounts[4].id, vec![], Admission::Open);
    assert_eq!(refused(none.await), Refusal::ChainInvalid);
    let mut flipped = accounts[4].entries.clone();
    *flipped[0].last_mut().unwrap() ^= 1;
    let flipped = store.register(accounts[4].id, flipped, Admission::Open);
    assert_eq!(refused(flipped.await), Refusal::ChainInvalid);
    assert_eq!(store.totals().await.unwrap().account_count, 3);
}

pub async fn a_known_account_stays_as_it_is(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = Account::new(1);
    account.add_device(2);
    account.add_device(3);
    let all = account.entries.clone();
    let two = all[..2].to_vec();
    let first = store.register(account.id, two.clone(), Admission::Open);
    assert_eq!(first.await.unwrap().len, 2);
    for entries in [two, all[..1].to_vec(), all] {
        let again = store.register(account.id, entries, Admission::Closed).await;
        assert_eq!(again.unwrap().len, 2);
    }
    let mut other = Account::new(1);
    other.add_device(9);
    let diverged = store.register(other.id, other.entries.clone(), Admission::Open);
    assert!(matches!(
        refused(diverged.await),
        Refusal::ChainBehind { tip } if tip.len == 2
    ));
}

pub async fn a_key_is_what_the_chain_says(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = Account::new(1);
    let id = account.id;
    let key = account.pens[0].verify_key();
    assert_eq!(
        store.standing(id, key).await.unwrap(),
        Standing::UnknownAccount
    );
    let entries = account.entries.clone();
    store.register(id, entries, Admission::Open).await.unwrap();
    let prev = account.head();
    let entry = account.add_device(2);
    let laptop = account.pens[1].verify_key();
    let before = store.standing(id, laptop).await.unwrap();
    assert_eq!(before, Standing::NotMember);
    store.append_chain(id, prev, entry).await.unwrap();
    let after = store.standing(id, laptop).await.unwrap();
    assert_eq!(after, Standing::Member(DeviceIndex(1)));
    let prev = account.head();
    let entry = account.revoke(1);
    let tip = store.append_chain(id, prev, entry.clone()).await.unwrap();
    assert_eq!((tip.len, tip.head), (3, account.head()));
    let revoked = store.standing(id, laptop).await.unwrap();
    assert_eq!(revoked, Standing::Revoked(entry));
    let found = store.find_key(id, DeviceIndex(1)).await.unwrap();
    assert_eq!(found, Some(laptop), "what it made before still counts");
    assert_eq!(store.find_key(id, DeviceIndex(2)).await.unwrap(), None);
    let own = store.standing(id, key).await.unwrap();
    assert_eq!(own, Standing::Member(DeviceIndex(0)));
}

pub async fn of_eight_entries_on_one_place_one_counts(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let account = Account::new(1);
    let (id, prev) = (account.id, account.head());
    let entries = account.entries.clone();
    store.register(id, entries, Admission::Open).await.unwrap();
    let entries: Vec<Vec<u8>> = (2..10).map(|seed| account.next_device(seed).0).collect();
    let racing = entries.iter().map(|entry| {
        let (store, entry) = (store.clone(), entry.clone());
        tokio::spawn(async move { store.append_chain(id, prev, entry).await })
    });
    let racing: Vec<_> = racing.collect();
    let mut winners = Vec::new();
    let mut behind = Vec::new();
    for (entry, racer) in entries.iter().zip(racing) {
        match racer.await.unwrap() {
            Ok(tip) => winners.push((entry.clone(), tip)),
            lost => match refused(lost) {
                Refusal::ChainBehind { tip } => behind.push(tip),
                other => panic!("{other:?}"),
            },
        }
    }
    let [(winner, tip)] = winners.try_into().unwrap();
    assert_eq!((tip.len, behind), (2, vec![tip; 7]));
    let part = store.chain(id, 0, 1 << 20).await.unwrap();
    assert_eq!(part.entries[1], winner);
    let again = store.append_chain(id, prev, winner).await.unwrap();
    assert_eq!(again, tip, "an answer that was lost is given again");
    let mut broken = entries[0].clone();
    *broken.last_mut().unwrap() ^= 1;
    let broken = store.append_chain(id, tip.head, broken).await;
    assert_eq!(refused(broken), Refusal::ChainInvalid);
}

pub async fn a_chain_is_read_in_parts(maker: &impl Maker) {
    let store = maker.make(PLENTY);
    let mut account = Account::new(1);
    for seed in 2..7 {
        account.add_device(seed);
    }
    let all = account.entries.clone();
    store
        .register(account.id, all.clone(), Admission::Open)
        .await
        .unwrap();
    let part = async |from, max_bytes| store.chain(account.id, from, max_bytes).await.unwrap();
    let two = part(1, all[1].len() + all[2].len()).await;
    assert_eq!(two.entries, all[1..3]);
    assert_eq!((two.tip.len, two.tip.head), (6, account.head()));
    let one = part(1, all[1].len() + all[2].len() - 1).await;
    assert_eq!(one.entries, all[1..2]);
    assert!(part(6, 1 << 20).await.entries.is_empty());
    assert!(part(u32::MAX, 1 << 20).await.entries.is_empty());
    assert_eq!(part(0, usize::MAX).await.entries, all);
    let used: usize = all.iter().map(Vec::len).sum();
    let summary = store.summary(account.id, DeviceIndex(0)).await.unwrap();
    assert_eq!(summary.used_bytes, used as u64);
    let nobody = store.chain(AccountId::NIL, 0, 1 << 20).await;
    assert_eq!(refused(nobody), Refusal::UnknownAccount);
}
