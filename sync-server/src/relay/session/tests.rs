#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use protocol::wire::{BoxBytes, EntryBytes, Invite, List, RecordBytes};
use protocol::{Incarnation, RecordHash, Seq, Signature};

use super::*;

const ORIGIN: &str = "http://localhost:1";

fn member() -> Member {
    Member {
        account: AccountId::from_bytes([1; 32]),
        device: DeviceIndex(2),
        key: VerifyKey([3; 32]),
        is_live: true,
    }
}

fn fresh() -> Session {
    Session::new(Challenge::from_bytes([4; 32]), ORIGIN)
}

fn welcomed() -> Session {
    let mut session = fresh();
    session.welcome(member());
    session
}

fn take(session: &mut Session, asked: &ToRelay<'_>, now_ms: u64) -> Step {
    let bytes = asked.encode(RequestId(9)).unwrap();
    let (request, step) = session.take(&bytes, now_ms);
    assert_eq!(request, RequestId(9));
    step
}

fn record(seq: u32) -> Vec<u8> {
    let outer = record::Outer {
        lane: record::Lane::Log,
        device: DeviceIndex(2),
        incarnation: Incarnation::from_bytes([5; 8]),
        seq: Seq(seq),
        prev: RecordHash::NIL,
        chain: record::ChainPoint {
            position: 0,
            hash: [0; 8],
        },
    };
    let mut bytes = outer.encode(52);
    bytes.resize(bytes.len() + 24 + 52 + 24 + 256 + 16 + 64, 0);
    bytes
}

#[test]
fn a_stranger_may_pair_and_register_and_nothing_else() {
    let mut session = fresh();
    let put = ToRelay::PutBox {
        name: BoxId::NIL,
        place: BoxPlace::First,
        token: BoxToken::NIL,
        sealed: BoxBytes(b"m"),
    };
    assert!(!session.is_pairing());
    assert!(matches!(take(&mut session, &put, 0), Step::PutBox { .. }));
    assert!(session.is_pairing());
    let register = ToRelay::Register {
        account: AccountId::NIL,
        invite: Invite(b"abc"),
        entries: List(vec![EntryBytes(b"e")]),
    };
    let step = take(&mut session, &register, 0);
    let digest = Invite(b"ABC").digest();
    assert!(matches!(step, Step::Register { invite, .. } if invite == Some(digest)));
    let step = take(&mut session, &ToRelay::PullDrafts, 0);
    assert_eq!(step, Step::Refuse(Refusal::HelloFirst));
    let mut session = welcomed();
    let step = take(&mut session, &ToRelay::PullDrafts, 0);
    assert_eq!(step, Step::PullDrafts(member()));
}

#[test]
fn a_hello_without_its_signature_goes_nowhere() {
    let mut session = fresh();
    let hello = ToRelay::Hello {
        account: AccountId::NIL,
        key: VerifyKey([3; 32]),
        signature: Signature([7; 64]),
        is_live: false,
    };
    let step = take(&mut session, &hello, 0);
    assert_eq!(step, Step::Refuse(Refusal::BadSignature));
    assert!(session.member().is_none());
    let again = take(&mut welcomed(), &hello, 0);
    assert!(matches!(again, Step::Hang(Refusal::Slow { .. })));
}

#[test]
fn sixteen_senseless_frames_end_a_connection() {
    let mut session = welcomed();
    for number in 1..=u32::from(FAULTS_MAX) {
        let (_, step) = session.take(&[1, 2, 3], 0);
        match number == u32::from(FAULTS_MAX) {
            false => assert!(matches!(step, Step::Refuse(Refusal::Malformed { .. }))),
            true => assert!(matches!(step, Step::Hang(Refusal::Malformed { .. }))),
        }
    }
}

#[test]
fn a_member_may_be_newer_than_the_relay() {
    let mut session = welcomed();
    for _ in 0..100 {
        let (_, step) = session.take(&[1, 0x1f, 0, 0, 0, 9, 1, 2, 3], 0);
        assert_eq!(step, Step::Refuse(Refusal::UnknownType));
    }
}

#[test]
fn what_takes_long_weighs_more() {
    let chain = Step::AppendChain {
        member: member(),
        prev: ChainHash::NIL,
        entry: vec![],
    };
    assert_eq!(chain.weight(), CHAIN_WEIGHT);
    let records: Vec<Vec<u8>> = (1..=80).map(record).collect();
    let push = read_records(&member().account, records.iter().map(Vec::as_slice));
    let own = Step::Push(member(), push);
    assert_eq!(own.weight(), 1);
    let push = read_records(&member().account, records.iter().map(Vec::as_slice));
    let other = Member {
        device: DeviceIndex(9),
        ..member()
    };
    assert_eq!(Step::Push(other, push).weight(), 11);
}

#[test]
fn boxes_come_back_with_time() {
    let put = ToRelay::WaitBox {
        name: BoxId::NIL,
        place: BoxPlace::First,
        token: BoxToken::NIL,
    };
    let mut session = fresh();
    for _ in 0..BOXES.burst {
        assert!(matches!(take(&mut session, &put, 0), Step::WaitBox { .. }));
    }
    let refused = Step::Refuse(Refusal::Slow {
        retry_after_ms: 1_000,
    });
    assert_eq!(take(&mut session, &put, 0), refused);
    assert!(matches!(
        take(&mut session, &put, 1_000),
        Step::WaitBox { .. }
    ));
}

#[test]
fn registrations_are_counted() {
    let register = ToRelay::Register {
        account: AccountId::NIL,
        invite: Invite(b""),
        entries: List(vec![]),
    };
    let mut session = fresh();
    for _ in 0..REGISTERS_MAX {
        let step = take(&mut session, &register, 0);
        assert!(matches!(step, Step::Register { invite: None, .. }));
    }
    let step = take(&mut session, &register, 0);
    assert!(matches!(step, Step::Refuse(Refusal::Slow { .. })));
}

#[test]
fn a_push_is_read_up_to_the_first_record_of_a_wrong_shape() {
    let (one, two) = (record(1), record(2));
    let mut newer = record(3);
    newer[0] = FORMAT + 1;
    let push = ToRelay::Push {
        records: List(vec![
            RecordBytes(&one),
            RecordBytes(&two),
            RecordBytes(&newer),
            RecordBytes(&one),
        ]),
    };
    let Step::Push(of, push) = take(&mut welcomed(), &push, 0) else {
        panic!("no push");
    };
    assert_eq!((of, push.records.len()), (member(), 2));
    let account = member().account;
    assert_eq!(push.records[1].hash, record::hash_bytes(&account, &two));
    assert_eq!(push.refused, Some(Refusal::FormatTooNew { max: FORMAT }));
    let mut push = push;
    push.stop_at(1, Refusal::NotYours);
    assert_eq!(
        (push.records.len(), push.refused),
        (1, Some(Refusal::NotYours))
    );
}

#[test]
fn a_page_is_never_larger_than_its_limit() {
    let pull = ToRelay::Pull {
        after: AccountSeq(3),
        max_bytes: u32::MAX,
    };
    let step = take(&mut welcomed(), &pull, 0);
    assert!(matches!(step, Step::Pull { max_bytes, .. } if max_bytes == PAGE_MAX_BYTES));
}
