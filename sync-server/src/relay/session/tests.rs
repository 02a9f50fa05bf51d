#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use protocol::limit::{CHAIN_ENTRY_MAX_BYTES, PAGE_RECORDS_MAX, PROBES_MAX, PUSH_RECORDS_MAX};
use protocol::wire::{
    Acked, BoxBytes, ChainTip, DraftBytes, EntryBytes, Invite, List, PlacedRecord, RecordBytes,
    ToDevice,
};
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
    let asked = Asked::read(&bytes);
    assert_eq!(asked.request(), RequestId(9));
    session.take(asked, now_ms)
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
        let step = session.take(Asked::read(&[1, 2, 3]), 0);
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
        let step = session.take(Asked::read(&[1, 0x1f, 0, 0, 0, 9, 1, 2, 3]), 0);
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

/// What counts for a request, and all its answers together.
fn weigh(asked: &ToRelay<'_>, answers: &[ToDevice<'_>]) -> (usize, usize) {
    let bytes = asked.encode(RequestId(9)).unwrap();
    let sent = answers
        .iter()
        .map(|answer| answer.encode(RequestId(9)).unwrap().len());
    let sent: usize = sent.sum();
    (Asked::read(&bytes).work_bytes(), 2 * (bytes.len() + sent))
}

#[test]
fn no_request_takes_more_memory_than_counts_for_it() {
    let small = vec![1; PAGE_MAX_BYTES / PAGE_RECORDS_MAX];
    let placed = |record, count| {
        let record = PlacedRecord {
            seq: AccountSeq(1),
            record: RecordBytes(record),
        };
        let head = AccountSeq(1);
        let records = List(vec![record; count]);
        ToDevice::Page { head, records }
    };
    let pull = |max_bytes| ToRelay::Pull {
        after: AccountSeq(0),
        max_bytes,
    };
    let record = vec![1; RECORD_MAX_BYTES];
    let entry = vec![1; CHAIN_ENTRY_MAX_BYTES];
    let draft = vec![1; DRAFT_FRAME_MAX_BYTES];
    let tip = ChainTip {
        len: 1,
        head: ChainHash::NIL,
    };
    let drafts = |is_last| ToDevice::DraftPage {
        is_last,
        drafts: List(vec![DraftBytes(&draft); DRAFTS_MAX / 4]),
    };
    let name = RecordName {
        device: DeviceIndex(0),
        incarnation: Incarnation::NIL,
        seq: Seq(1),
    };
    let acked = Acked {
        hash: RecordHash::NIL,
        seq: AccountSeq(1),
    };
    let shortest = vec![1; 300];
    let push = ToRelay::Push {
        records: List(vec![RecordBytes(&shortest); PUSH_RECORDS_MAX]),
    };
    let ack = ToDevice::Ack {
        records: List(vec![acked; PUSH_RECORDS_MAX]),
    };
    let probed = ToDevice::Probed {
        records: List(vec![Some(RecordBytes(&record)); PROBES_MAX]),
    };
    let entries = List(vec![EntryBytes(&entry); PAGE_MAX_BYTES / entry.len()]);
    let names = List(vec![name; PROBES_MAX]);
    let revoked = ToDevice::Refused {
        index: 0,
        refusal: Refusal::Revoked {
            entry: EntryBytes(&entry),
        },
    };
    let hello = ToRelay::Hello {
        account: AccountId::NIL,
        key: VerifyKey([3; 32]),
        signature: Signature([0; 64]),
        is_live: true,
    };
    let drafts = [drafts(false), drafts(false), drafts(false), drafts(true)];
    for (counted, taken) in [
        weigh(&pull(u32::MAX), &[placed(&small, PAGE_RECORDS_MAX)]),
        weigh(&pull(0), &[placed(&record, 1)]),
        weigh(
            &ToRelay::PullChain { from: 0 },
            &[ToDevice::ChainPage { tip, entries }],
        ),
        weigh(&ToRelay::PullDrafts, &drafts),
        weigh(&ToRelay::Probe { names }, &[probed]),
        weigh(&push, &[ack]),
        weigh(&hello, &[revoked]),
    ] {
        assert!(taken <= counted, "{taken} of {counted}");
    }
}
