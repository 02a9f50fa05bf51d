//! Which entries count in an account chain, and which do not.

#![allow(clippy::unwrap_used, missing_docs)]

use ed25519_dalek::{Signer as _, SigningKey};
use protocol::{
    AccountId, DeviceIndex, Domain, Epoch, KeyId, Signature, VerifyKey,
    chain::{
        Card, ChainError, ChainKind, ChainRelation, ChainView, EntryDraft, EpochStart, Erase,
        Recipient, RecoveryEntry, Seal, SealSuite, Signer, verify,
    },
    domain, limit,
};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn card(seed: u8) -> Card {
    let verify_key = VerifyKey(key(seed).verifying_key().to_bytes());
    Card {
        verify_key,
        suite: SealSuite::XWing,
        hpke_key: vec![seed; 4],
    }
}

fn device(index: u16) -> Recipient {
    Recipient::Device(DeviceIndex(index))
}

fn seal(recipient: Recipient) -> Seal {
    Seal {
        recipient,
        suite: SealSuite::XWing,
        enc: vec![1],
        sealed: vec![2],
    }
}

fn epoch(number: u32, recipients: &[Recipient]) -> EpochStart {
    let seals = recipients
        .iter()
        .map(|recipient| seal(*recipient))
        .collect();
    EpochStart {
        epoch: Epoch(number),
        key: KeyId::from_bytes([number as u8; 16]),
        seals,
        previous: None,
    }
}

fn sign(draft: EntryDraft, account: &AccountId, seed: u8) -> Vec<u8> {
    let signed = domain::concat(Domain::ChainSignature, account, &[&draft.signed_bytes()]);
    draft.finish(Signature(key(seed).sign(&signed).to_bytes()))
}

fn genesis() -> Vec<u8> {
    let epoch = epoch(0, &[device(0), Recipient::Recovery]);
    let kind = ChainKind::Genesis {
        created_at: 1,
        device: card(10),
        recovery: card(99),
        epoch,
    };
    sign(
        EntryDraft::new(0, protocol::ChainHash::NIL, &kind, device(0)),
        &AccountId::NIL,
        10,
    )
}

fn entry(chain: &ChainView, kind: &ChainKind, signer: Signer, seed: u8) -> Vec<u8> {
    sign(
        EntryDraft::new(chain.len(), chain.head(), kind, signer),
        &chain.account(),
        seed,
    )
}

fn push(
    chain: &mut ChainView,
    kind: &ChainKind,
    signer: Signer,
    seed: u8,
) -> Result<(), ChainError> {
    let before = chain.clone();
    let result = chain.append(&entry(chain, kind, signer, seed));
    assert!(
        result.is_ok() || *chain == before,
        "a refused entry leaves no trace"
    );
    result
}

fn add(index: u16) -> ChainKind {
    let card = card(10 + index as u8);
    ChainKind::AddDevice {
        index: DeviceIndex(index),
        card,
        epoch: Epoch(0),
        seal: seal(device(index)),
    }
}

fn revoke(index: u16, number: u32, recipients: &[Recipient]) -> ChainKind {
    ChainKind::Revoke {
        device: DeviceIndex(index),
        cut: Vec::new(),
        epoch: epoch(number, recipients),
    }
}

fn two_devices() -> ChainView {
    let mut chain = ChainView::start(&genesis()).unwrap();
    push(&mut chain, &add(1), device(0), 10).unwrap();
    chain
}

#[test]
fn a_chain_needs_its_genesis_first_and_only_once() {
    assert_eq!(verify::<Vec<u8>>(&[]), Err(ChainError::Empty));
    let mut chain = ChainView::start(&genesis()).unwrap();
    let second = ChainKind::Genesis {
        created_at: 1,
        device: card(10),
        recovery: card(99),
        epoch: epoch(1, &[device(0), Recipient::Recovery]),
    };
    assert_eq!(
        push(&mut chain, &second, device(0), 10),
        Err(ChainError::Place { index: 1 })
    );
    assert_eq!(
        ChainView::start(&entry(&chain, &add(1), device(0), 10)),
        Err(ChainError::Place { index: 1 })
    );
}

#[test]
fn a_server_cannot_add_a_device_of_its_own() {
    let mut chain = two_devices();
    let other_key = push(&mut chain, &add(2), device(0), 66);
    assert!(matches!(
        other_key,
        Err(ChainError::Signature { index: 2, .. })
    ));
    assert_eq!(
        push(&mut chain, &add(2), device(7), 66),
        Err(ChainError::Signer { index: 2 })
    );
    let other_account = sign(
        EntryDraft::new(2, chain.head(), &add(2), device(0)),
        &AccountId::NIL,
        10,
    );
    assert!(matches!(
        chain.append(&other_account),
        Err(ChainError::Signature { .. })
    ));
}

#[test]
fn an_entry_stands_in_one_place_only() {
    let mut chain = two_devices();
    let good = entry(&chain, &ChainKind::MinimumFormat(1), device(0), 10);
    chain.append(&good).unwrap();
    assert_eq!(
        chain.append(&good),
        Err(ChainError::Index { place: 3, got: 2 })
    );
    let draft = EntryDraft::new(
        3,
        protocol::ChainHash::NIL,
        &ChainKind::MinimumFormat(1),
        device(0),
    );
    let stray = sign(draft, &chain.account(), 10);
    assert_eq!(chain.append(&stray), Err(ChainError::Prev { index: 3 }));
}

#[test]
fn a_revoked_device_signs_nothing_more_and_gets_no_seal() {
    let mut chain = two_devices();
    let still_sealed = revoke(1, 1, &[device(0), device(1), Recipient::Recovery]);
    assert_eq!(
        push(&mut chain, &still_sealed, device(0), 10),
        Err(ChainError::Seals { index: 2 })
    );
    let forgotten = revoke(1, 1, &[device(0)]);
    assert_eq!(
        push(&mut chain, &forgotten, device(0), 10),
        Err(ChainError::Seals { index: 2 })
    );
    push(
        &mut chain,
        &revoke(1, 1, &[device(0), Recipient::Recovery]),
        device(0),
        10,
    )
    .unwrap();
    assert_eq!(chain.current_epoch(), Epoch(1));
    assert_eq!(chain.epoch_at(1).unwrap().epoch, Epoch(0));
    assert_eq!(chain.active_devices().count(), 1);
    let strikes_back = revoke(0, 2, &[Recipient::Recovery]);
    assert_eq!(
        push(&mut chain, &strikes_back, device(1), 11),
        Err(ChainError::Signer { index: 3 })
    );
    let again = revoke(1, 2, &[device(0), Recipient::Recovery]);
    assert_eq!(
        push(&mut chain, &again, device(0), 10),
        Err(ChainError::NotActive {
            got: DeviceIndex(1)
        })
    );
}

#[test]
fn epochs_and_device_indexes_follow_one_another() {
    let mut chain = two_devices();
    let all = [device(0), device(1), Recipient::Recovery];
    let skipped = ChainKind::Epoch(epoch(2, &all));
    assert_eq!(
        push(&mut chain, &skipped, device(0), 10),
        Err(ChainError::Epoch { got: Epoch(2) })
    );
    assert_eq!(
        push(&mut chain, &add(3), device(0), 10),
        Err(ChainError::DeviceIndex {
            got: DeviceIndex(3)
        })
    );
    assert_eq!(
        push(&mut chain, &add(1), device(0), 10),
        Err(ChainError::DeviceIndex {
            got: DeviceIndex(1)
        })
    );
    let erase = ChainKind::Erase(Erase {
        epoch: Epoch(9),
        sealed: vec![1],
    });
    assert_eq!(
        push(&mut chain, &erase, device(0), 10),
        Err(ChainError::Epoch { got: Epoch(9) })
    );
    for index in 2..8 {
        push(&mut chain, &add(index), device(0), 10).unwrap();
    }
    let over = push(&mut chain, &add(8), device(0), 10);
    assert_eq!(
        over,
        Err(ChainError::Limit {
            got: 9,
            limit: limit::ACTIVE_DEVICES_MAX
        })
    );
}

#[test]
fn recovery_replaces_the_code_and_the_devices() {
    let mut chain = two_devices();
    let restore = ChainKind::Recovery(RecoveryEntry {
        recovery: card(98),
        add: Some((DeviceIndex(2), card(12))),
        revoke: vec![(DeviceIndex(0), Vec::new())],
        epoch: epoch(1, &[device(1), device(2), Recipient::Recovery]),
        refused: Vec::new(),
    });
    assert_eq!(
        push(&mut chain, &restore, device(0), 10),
        Err(ChainError::Signer { index: 2 })
    );
    push(&mut chain, &restore, Signer::Recovery, 99).unwrap();
    let old_code = push(
        &mut chain,
        &ChainKind::MinimumFormat(1),
        Signer::Recovery,
        99,
    );
    assert!(matches!(old_code, Err(ChainError::Signature { .. })));
    push(
        &mut chain,
        &ChainKind::MinimumFormat(1),
        Signer::Recovery,
        98,
    )
    .unwrap();
}

#[test]
fn what_a_newer_version_added_is_kept_or_stops_this_one() {
    let mut chain = two_devices();
    push(
        &mut chain,
        &ChainKind::Unknown {
            code: 0x42,
            body: vec![1],
        },
        device(0),
        10,
    )
    .unwrap();
    let critical = ChainKind::Unknown {
        code: 0xc2,
        body: vec![1],
    };
    let stopped = ChainError::UnknownCritical {
        index: 3,
        code: 0xc2,
    };
    assert_eq!(push(&mut chain, &critical, device(0), 10), Err(stopped));
    let newer = push(&mut chain, &ChainKind::MinimumFormat(2), device(0), 10);
    assert_eq!(newer, Err(ChainError::Format { got: 2 }));
    let suite = SealSuite::Unknown(9);
    let rotated = ChainKind::DeviceKey {
        suite,
        hpke_key: vec![1],
        epoch: Epoch(0),
        seal: Seal {
            suite,
            ..seal(device(0))
        },
    };
    push(&mut chain, &rotated, device(0), 10).unwrap();
}

#[test]
fn forks_and_stale_copies_are_found() {
    let base = two_devices();
    let (mut left, mut right) = (base.clone(), base.clone());
    push(&mut left, &ChainKind::MinimumFormat(1), device(0), 10).unwrap();
    push(&mut right, &add(2), device(1), 11).unwrap();
    let fork = ChainRelation::Fork {
        index: 2,
        here: left.head(),
        there: right.head(),
    };
    assert_eq!(left.compare(&right), fork);
    assert_eq!(base.compare(&left), ChainRelation::Behind);
    assert_eq!(left.compare(&base), ChainRelation::Ahead);
    assert_eq!(left.compare(&left.clone()), ChainRelation::Equal);
    assert!(left.contains(&base.point()) && !right.contains(&left.point()));
}
