//! What a relay reads: links of records, invitations.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use protocol::record::{ChainPoint, Lane, Link, Outer, Record, RecordError};
use protocol::wire::Invite;
use protocol::{AccountId, DeviceIndex, Incarnation, RecordHash, Seq, limit, record};

fn bytes(seq: u32) -> Vec<u8> {
    let outer = Outer {
        lane: Lane::Log,
        device: DeviceIndex(3),
        incarnation: Incarnation::from_bytes([4; 8]),
        seq: Seq(seq),
        prev: RecordHash::from_bytes([5; 32]),
        chain: ChainPoint {
            position: 0,
            hash: [6; 8],
        },
    };
    let mut bytes = outer.encode(52);
    bytes.extend_from_slice(&vec![7; 24 + 52 + 24 + 256 + 16 + 64]);
    bytes
}

#[test]
fn a_link_says_the_same_as_the_record() {
    let bytes = bytes(9);
    let link = Link::read(&bytes).unwrap();
    let record = Record::decode(bytes.clone()).unwrap();
    let outer = record.outer();
    assert_eq!(
        (link.device, link.incarnation, link.seq, link.prev),
        (outer.device, outer.incarnation, outer.seq, outer.prev)
    );
    let account = AccountId::from_bytes([8; 32]);
    assert_eq!(record::hash_bytes(&account, &bytes), record.hash(&account));
}

#[test]
fn a_relay_passes_on_lanes_of_a_newer_version_but_not_formats() {
    let mut newer = bytes(1);
    newer[1] = 77;
    assert!(Link::read(&newer).is_ok());
    assert!(Record::decode(newer.clone()).is_err());
    newer[0] = 2;
    assert_eq!(Link::read(&newer), Err(RecordError::Format { got: 2 }));
}

#[test]
fn what_cannot_be_a_record_has_no_link() {
    let whole = bytes(1);
    for len in 0..62 + 24 + 52 + 24 + 16 + 64 {
        assert!(Link::read(&whole[..len]).is_err(), "{len} bytes");
    }
    assert_eq!(Link::read(&bytes(0)), Err(RecordError::SeqZero));
    let long = [bytes(1), vec![0; limit::RECORD_MAX_BYTES]].concat();
    assert!(matches!(
        Link::read(&long),
        Err(RecordError::TooLong { .. })
    ));
}

#[test]
fn an_invitation_is_the_same_however_it_is_typed() {
    let text = Invite::make_text(&[0, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]);
    assert_eq!(text, "0123-4567-89AB-CDEF");
    let digest = Invite(text.as_bytes()).digest();
    for typed in [
        "0123456789abcdef",
        " o1 23-4567 89ABCDEF\n",
        "OL23-4567-89AB-CDEF",
    ] {
        assert_eq!(Invite(typed.as_bytes()).digest(), digest, "{typed}");
    }
    assert_ne!(Invite(b"0123-4567-89AB-CDEG").digest(), digest);
    let last = Invite::make_text(&[0xff; 10]);
    assert_eq!(last, "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
}
