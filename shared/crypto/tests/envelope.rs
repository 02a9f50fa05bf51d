//! What is sealed opens, and nothing else does.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use crypto::{
    BodyKey, ClientKey, DocumentKey, DocumentName, EpochKey, RecordOpenError, SigningKey,
    UnwrapError, blank_draft, make_account, open_draft, open_epoch_keys, open_local, open_record,
    seal_draft, seal_local, seal_record,
};
use proptest::prelude::*;
use protocol::{
    AccountId, DeviceIndex, DocId, Epoch, Generation, Incarnation, RecordHash, Seq,
    body::Body,
    chain::{Recipient, verify},
    draft::{DraftFrame, DraftHeader},
    keybox::DocKind,
    limit,
    record::{ChainPoint, Lane, Outer, Record, RecordKind, Route, Seen},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn account() -> AccountId {
    AccountId::from_bytes([1; 32])
}

struct Sealed {
    epoch: EpochKey,
    document: DocumentKey,
    signing: SigningKey,
    route: Route,
    body: Body,
    record: Record,
}

fn sealed(seed: u64, content: Vec<u8>, seen_count: u16) -> Sealed {
    let mut random = rng(seed);
    let (epoch, document) = (EpochKey::make(&mut random), DocumentKey::make(&mut random));
    let signing = SigningKey::make(&mut random);
    let outer = Outer {
        lane: Lane::Log,
        device: DeviceIndex(0),
        incarnation: Incarnation::from_bytes([7; 8]),
        seq: Seq(1),
        prev: RecordHash::NIL,
        chain: ChainPoint {
            position: 0,
            hash: [3; 8],
        },
    };
    let seen = (0..seen_count).map(|n| Seen {
        device: DeviceIndex(n),
        incarnation: Incarnation::from_bytes([n as u8; 8]),
        seq: Seq(5),
        hash: [n as u8; 8],
    });
    let route = Route {
        kind: RecordKind::Changes,
        doc: DocId::from_bytes([4; 16]),
        generation: Generation(0),
        key: document.id(),
        seen: seen.collect(),
    };
    let body = Body::plain(1, content);
    let (route_key, body_key) = (epoch.derive_route_key(), document.derive_body_key());
    let record = seal_record(
        &mut random,
        &account(),
        &outer,
        &route,
        &body,
        &route_key,
        &body_key,
        &signing,
    )
    .unwrap();
    Sealed {
        epoch,
        document,
        signing,
        route,
        body,
        record,
    }
}

impl Sealed {
    fn open(&self, account: &AccountId, bytes: Vec<u8>) -> Result<crypto::OpenedRecord, String> {
        let record = Record::decode(bytes).map_err(|error| error.to_string())?;
        open_record(
            account,
            &record,
            &self.signing.verify_key(),
            &self.epoch.derive_route_key(),
            |route| (route.key == self.document.id()).then(|| self.document.derive_body_key()),
        )
        .map_err(|error| error.to_string())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_record_opens_to_what_was_sealed(content in prop::collection::vec(any::<u8>(), 0..3000), seen in 0_u16..6) {
        let made = sealed(1, content, seen);
        let opened = made.open(&account(), made.record.as_bytes().to_vec()).unwrap();
        prop_assert_eq!(&opened.route, &made.route);
        prop_assert_eq!(&opened.body, &made.body);
    }

    #[test]
    fn a_local_row_opens_to_what_was_sealed(content in prop::collection::vec(any::<u8>(), 0..3000)) {
        let key = DocumentKey::make(&mut rng(2)).derive_snapshot_key();
        let row = seal_local(&mut rng(3), &key, &account(), "cache", b"a", &content).unwrap();
        let opened = open_local(&key, &account(), "cache", b"a", &row).unwrap();
        prop_assert_eq!(opened.as_slice(), content.as_slice());
    }
}

#[test]
fn any_flipped_byte_of_a_record_is_noticed() {
    let made = sealed(4, b"rapportage".to_vec(), 2);
    let good = made.record.as_bytes();
    for place in 0..good.len() {
        let mut bad = good.to_vec();
        bad[place] ^= 0x40;
        assert!(made.open(&account(), bad).is_err(), "byte {place}");
    }
    assert!(
        made.open(&account(), good[..good.len() - 1].to_vec())
            .is_err()
    );
    assert!(
        made.open(&AccountId::from_bytes([2; 32]), good.to_vec())
            .is_err()
    );
}

#[test]
fn a_flipped_byte_under_a_good_signature_does_not_open() {
    let made = sealed(5, b"rapportage".to_vec(), 1);
    let key = made.document.derive_body_key();
    for place in (0..60).chain(62..made.record.as_bytes().len() - 64) {
        let mut bad = made.record.as_bytes().to_vec();
        bad[place] ^= 1;
        let Ok(record) = Record::decode(bad) else {
            continue;
        };
        assert!(
            crypto::open_body(&account(), &record, &key).is_err(),
            "byte {place}"
        );
    }
}

#[test]
fn a_missing_key_is_told_from_damage() {
    let made = sealed(6, Vec::new(), 0);
    let refused = open_record(
        &account(),
        &made.record,
        &made.signing.verify_key(),
        &made.epoch.derive_route_key(),
        |_| None::<BodyKey>,
    );
    assert_eq!(
        refused.unwrap_err(),
        RecordOpenError::NoKey {
            key: made.document.id()
        }
    );
}

#[test]
fn a_body_over_the_limit_is_refused_and_the_largest_fits_with_255_marks() {
    let room = limit::BODY_MAX_BYTES - Body::plain(1, vec![0; 200_000]).encode().len() + 200_000;
    let made = sealed(7, vec![1; room], 255);
    assert!(made.record.as_bytes().len() <= limit::RECORD_MAX_BYTES);
    let outer = *made.record.outer();
    let body = Body::plain(1, vec![1; room + 1]);
    let (route_key, body_key) = (
        made.epoch.derive_route_key(),
        made.document.derive_body_key(),
    );
    let refused = seal_record(
        &mut rng(8),
        &account(),
        &outer,
        &made.route,
        &body,
        &route_key,
        &body_key,
        &made.signing,
    );
    assert!(matches!(refused, Err(crypto::RecordSealError::Padding(_))));
}

#[test]
fn local_rows_cannot_change_places() {
    let key = DocumentKey::make(&mut rng(9)).derive_snapshot_key();
    let row = seal_local(&mut rng(10), &key, &account(), "snapshot", b"a", b"x").unwrap();
    assert!(open_local(&key, &account(), "snapshot", b"a", &row).is_ok());
    assert!(open_local(&key, &account(), "snapshot", b"b", &row).is_err());
    assert!(open_local(&key, &account(), "snapsho", b"ta", &row).is_err());
    assert!(open_local(&key, &account(), "cache", b"a", &row).is_err());
    assert!(open_local(&key, &AccountId::NIL, "snapshot", b"a", &row).is_err());
    for place in 0..row.len() {
        let mut bad = row.clone();
        bad[place] ^= 1;
        assert!(open_local(&key, &account(), "snapshot", b"a", &bad).is_err());
    }
}

#[test]
fn a_draft_opens_and_its_blank_has_the_same_size() {
    let (key, signing) = (
        EpochKey::make(&mut rng(11)).derive_draft_key(),
        SigningKey::make(&mut rng(12)),
    );
    let header = DraftHeader {
        account: account(),
        device: DeviceIndex(0),
        slot: 7,
        incarnation: Incarnation::from_bytes([1; 8]),
        counter: 1,
        key: key.id(),
    };
    let verify_key = signing.verify_key();
    let long = vec![b'x'; 5000];
    let frame = seal_draft(&mut rng(13), &header, &long, &key, &signing).unwrap();
    assert_eq!(
        open_draft(&frame, &verify_key, &key).unwrap().as_slice(),
        long
    );
    let later = DraftHeader {
        counter: 2,
        ..header
    };
    let blank = blank_draft(&mut rng(14), &later, &frame, &key, &signing).unwrap();
    assert_eq!(blank.as_bytes().len(), frame.as_bytes().len());
    assert!(open_draft(&blank, &verify_key, &key).unwrap().is_empty());
    assert!(seal_draft(&mut rng(15), &header, &[b'x'; 16_381], &key, &signing).is_err());
    for place in (0..frame.as_bytes().len()).step_by(97).chain(0..100) {
        let mut bad = frame.as_bytes().to_vec();
        bad[place] ^= 1;
        let opened = DraftFrame::decode(bad)
            .ok()
            .and_then(|bad| open_draft(&bad, &verify_key, &key).ok());
        assert!(opened.is_none(), "byte {place}");
    }
}

#[test]
fn wrapped_keys_open_in_their_own_place_only() {
    let mut random = rng(16);
    let (epoch, client) = (EpochKey::make(&mut random), ClientKey::make(&mut random));
    let (document, other) = (
        DocumentKey::make(&mut random),
        DocumentKey::make(&mut random),
    );
    let entry = epoch
        .wrap_client(&mut random, &account(), Epoch(0), None, 1, &client)
        .unwrap();
    let opened = epoch.unwrap_client(&account(), &entry).unwrap();
    assert_eq!(opened.id(), client.id());
    let mut moved = entry.clone();
    moved.version = 2;
    assert!(epoch.unwrap_client(&account(), &moved).is_err());
    assert!(epoch.unwrap_client(&AccountId::NIL, &entry).is_err());

    let name = DocumentName {
        doc: DocId::from_bytes([1; 16]),
        kind: DocKind::Journal,
        client: None,
        year: Some(2026),
        generation: Generation(0),
    };
    let entry = client
        .wrap_document(&mut random, &account(), 1, &name, &document)
        .unwrap();
    assert_eq!(
        client.unwrap_document(&account(), &entry).unwrap().id(),
        document.id()
    );
    let mut renamed = entry.clone();
    renamed.key = other.id();
    assert!(matches!(
        client.unwrap_document(&account(), &renamed),
        Err(UnwrapError::Aead(_))
    ));
    let mut wrong_year = entry;
    wrong_year.year = None;
    assert!(client.unwrap_document(&account(), &wrong_year).is_err());
}

#[test]
fn a_new_account_opens_by_device_and_by_recovery_code() {
    let made = make_account(&mut rng(17), 1_790_000_000_000).unwrap();
    assert_eq!(verify(&[&made.genesis]).unwrap(), made.chain);
    assert!(made.genesis.len() < limit::CHAIN_ENTRY_MAX_BYTES);
    let recovery = made.recovery_code.derive_keys();
    let first = Recipient::Device(DeviceIndex(0));
    for (recipient, key) in [
        (first, made.bundle.hpke_key()),
        (Recipient::Recovery, recovery.hpke_key()),
    ] {
        let keys = open_epoch_keys(&made.chain, recipient, key).unwrap();
        assert_eq!(keys.get(&Epoch(0)).unwrap().id(), made.epoch_key.id());
    }
    assert!(open_epoch_keys(&made.chain, first, recovery.hpke_key()).is_err());
    for place in (0..made.genesis.len()).step_by(41) {
        let mut bad = made.genesis.clone();
        bad[place] ^= 1;
        assert!(verify(&[bad]).is_err(), "byte {place}");
    }
}
