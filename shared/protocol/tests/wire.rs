//! Frames come back as they went, and nothing else is taken for one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "wire/filling.rs"]
mod filling;

use filling::{filling, plain};
use proptest::prelude::*;
use protocol::{
    AccountSeq, DeviceIndex, Incarnation, Seq, limit,
    reader::ShortError,
    wire::{
        DraftBytes, EntryBytes, List, Origin, PlacedRecord, RecordBytes, RecordName, Refusal,
        RequestId, ToDevice, ToRelay, WireError, find_request,
    },
};

/// Decodes and encodes again; `None` for a frame that is only read over.
fn again(is_to_relay: bool, bytes: &[u8]) -> Result<Option<Vec<u8>>, WireError> {
    let encoded = if is_to_relay {
        ToRelay::decode(bytes).map(|(request, frame)| frame.encode(request))
    } else {
        ToDevice::decode(bytes).map(|(request, frame)| frame.encode(request))
    };
    match encoded? {
        Err(WireError::Unknown { .. }) => Ok(None),
        other => other.map(Some),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_frame_comes_back_as_it_went(filling in filling()) {
        let request = RequestId(filling.middle);
        for frame in filling.to_relay() {
            let bytes = frame.encode(request).unwrap();
            prop_assert_eq!(ToRelay::decode(&bytes).unwrap(), (request, frame));
            prop_assert_eq!(find_request(&bytes), Some(request));
        }
        for frame in filling.to_device().into_iter().chain(filling.refused()) {
            let bytes = frame.encode(request).unwrap();
            prop_assert_eq!(ToDevice::decode(&bytes).unwrap(), (request, frame));
        }
    }

    #[test]
    fn a_frame_cut_anywhere_is_refused(filling in filling()) {
        for (is_to_relay, bytes) in filling.bytes() {
            for end in 0..bytes.len() {
                let cut = again(is_to_relay, &bytes[..end]);
                prop_assert!(matches!(cut, Err(WireError::Short(_))), "{} of {:?}: {:?}", end, bytes, cut);
            }
        }
    }

    #[test]
    fn a_byte_too_many_is_refused(filling in filling(), extra in any::<u8>()) {
        for (is_to_relay, mut bytes) in filling.bytes() {
            bytes.push(extra);
            prop_assert_eq!(again(is_to_relay, &bytes), Err(WireError::Trailing { count: 1 }));
        }
    }

    #[test]
    fn what_decodes_has_one_encoding(filling in filling(), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        for (is_to_relay, mut bytes) in filling.bytes() {
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            if let Ok(Some(encoded)) = again(is_to_relay, &bytes) {
                prop_assert_eq!(encoded, bytes);
            }
        }
    }

    #[test]
    fn arbitrary_fields_are_refused_quietly(code in any::<u8>(), fields in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut bytes = vec![limit::WIRE_FORMAT, code, 0, 0, 0, 1];
        bytes.extend(fields);
        for is_to_relay in [true, false] {
            if let Ok(Some(encoded)) = again(is_to_relay, &bytes) {
                prop_assert_eq!(&encoded, &bytes);
            }
        }
    }
}

#[test]
fn the_tests_know_every_type_and_every_reason() {
    let plain = plain();
    let up: Vec<u8> = plain.to_relay().iter().map(ToRelay::code).collect();
    let down: Vec<u8> = plain.to_device().iter().map(ToDevice::code).collect();
    let reasons: Vec<u16> = plain.refusals().iter().map(Refusal::code).collect();
    assert_eq!(up, ToRelay::CODES);
    assert_eq!(down, ToDevice::CODES);
    assert_eq!(reasons, Refusal::CODES);
    assert!(up.iter().all(|code| *code < 0x40) && down.iter().all(|code| *code > 0x40));
}

#[test]
fn what_a_newer_version_added_is_read_over() {
    let newer = [limit::WIRE_FORMAT, 0x10, 0, 0, 0, 9, 1, 2, 3];
    let (request, frame) = ToRelay::decode(&newer).unwrap();
    let unknown = ToRelay::Unknown {
        code: 0x10,
        fields: &[1, 2, 3],
    };
    assert_eq!((request, &frame), (RequestId(9), &unknown));
    assert_eq!(
        frame.encode(request),
        Err(WireError::Unknown { code: 0x10 })
    );
    let refused = [
        limit::WIRE_FORMAT,
        0x43,
        0,
        0,
        0,
        9,
        0,
        0,
        0x7f,
        0xff,
        0,
        0,
        0,
        2,
        5,
        6,
    ];
    let (_, frame) = ToDevice::decode(&refused).unwrap();
    let refusal = Refusal::Unknown {
        code: 0x7fff,
        fields: &[5, 6],
    };
    assert!(!refusal.is_permanent());
    assert_eq!(frame, ToDevice::Refused { index: 0, refusal });
}

#[test]
fn a_newer_format_is_named_and_nothing_behind_it_is_read() {
    let newer = [limit::WIRE_FORMAT + 1, 0x08, 0, 0, 0, 1];
    let error = ToRelay::decode(&newer).unwrap_err();
    assert_eq!(error, WireError::Format { got: 2 });
    assert_eq!(Refusal::from(error), Refusal::FormatTooNew { max: 1 });
    assert_eq!(find_request(&newer), None);
}

#[test]
fn values_outside_their_field_are_refused() {
    let mut bytes = plain().to_relay()[0].encode(RequestId(1)).unwrap();
    *bytes.last_mut().unwrap() = 2;
    assert_eq!(ToRelay::decode(&bytes), Err(WireError::Value { got: 2 }));
    for place in [0, 4] {
        let mut bytes = plain().to_relay()[10].encode(RequestId(1)).unwrap();
        bytes[6 + 16] = place;
        assert_eq!(
            ToRelay::decode(&bytes),
            Err(WireError::Value { got: place })
        );
    }
    let origins = [
        "",
        "https://",
        "kluis.example",
        "ws://kluis.example",
        "https://kluis.example/",
        "https://Kluis.example",
        "https://anna@kluis.example",
        "https://kluis.example ",
        "https://kluïs.example",
        "https://kluis.example\n",
    ];
    for origin in origins {
        assert_eq!(Origin::parse(origin), Err(WireError::Origin), "{origin}");
    }
    let longest = format!("https://{}", "a".repeat(limit::ORIGIN_MAX_BYTES - 8));
    assert_eq!(Origin::parse(&longest).unwrap().as_str(), longest);
    let longer = format!("{longest}a");
    assert!(matches!(
        Origin::parse(&longer),
        Err(WireError::Length { .. })
    ));
    for origin in ["http://localhost:8080", "http://[::1]:8080"] {
        assert!(Origin::parse(origin).is_ok());
    }
}

#[test]
fn lists_and_byte_strings_have_limits_in_both_directions() {
    let names = vec![
        RecordName {
            device: DeviceIndex(0),
            incarnation: Incarnation::NIL,
            seq: Seq(1),
        };
        limit::PROBES_MAX + 1
    ];
    let over = WireError::Count { got: 4, limit: 3 };
    let probe = ToRelay::Probe { names: List(names) };
    assert_eq!(probe.encode(RequestId(1)), Err(over));
    let frame = [limit::WIRE_FORMAT, 0x09, 0, 0, 0, 1, 0, 4];
    assert_eq!(ToRelay::decode(&frame), Err(over));

    let long = vec![0; limit::DRAFT_FRAME_MAX_BYTES + 1];
    let draft = DraftBytes(&long);
    let over = WireError::Length {
        got_bytes: 16_557,
        limit_bytes: 16_556,
    };
    assert_eq!(ToRelay::PutDraft { draft }.encode(RequestId(1)), Err(over));
    let frame = [limit::WIRE_FORMAT, 0x07, 0, 0, 0, 1, 0, 0, 0x40, 0xad];
    assert_eq!(ToRelay::decode(&frame), Err(over));
    assert_eq!(
        Refusal::from(over),
        Refusal::TooLarge {
            limit_bytes: 16_556
        }
    );
}

#[test]
fn a_count_needs_its_items() {
    let frame = [limit::WIRE_FORMAT, 0x03, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0];
    let missing_bytes = 256 * 4 - 4;
    assert_eq!(
        ToRelay::decode(&frame),
        Err(ShortError { missing_bytes }.into())
    );
}

#[test]
fn the_largest_frame_goes_through_and_one_byte_more_does_not() {
    let record = vec![0x5a; limit::RECORD_MAX_BYTES];
    let used = 6 + 2 + 4 * (4 + limit::RECORD_MAX_BYTES);
    let last = limit::RECORD_MAX_BYTES - (used - limit::FRAME_MAX_BYTES);
    let push = |last: usize| {
        let mut records = vec![RecordBytes(&record); 3];
        records.push(RecordBytes(&record[..last]));
        ToRelay::Push {
            records: List(records),
        }
    };
    let largest = push(last).encode(RequestId(1)).unwrap();
    assert_eq!(largest.len(), limit::FRAME_MAX_BYTES);
    assert_eq!(ToRelay::decode(&largest).unwrap().1, push(last));
    let over = WireError::TooLong {
        got_bytes: limit::FRAME_MAX_BYTES + 1,
    };
    assert_eq!(push(last + 1).encode(RequestId(1)), Err(over));
    let mut longer = largest;
    longer.push(0);
    assert_eq!(ToRelay::decode(&longer), Err(over));
}

#[test]
fn what_the_limits_allow_at_once_fits_in_a_frame() {
    let record = vec![0; limit::PAGE_MAX_BYTES / limit::PAGE_RECORDS_MAX];
    let head = AccountSeq(u64::MAX);
    let placed = PlacedRecord {
        seq: head,
        record: RecordBytes(&record),
    };
    let records = List(vec![placed; limit::PAGE_RECORDS_MAX]);
    ToDevice::Page { head, records }
        .encode(RequestId(1))
        .unwrap();
    let entry = vec![0; limit::CHAIN_ENTRY_MAX_BYTES];
    let refusal = Refusal::Revoked {
        entry: EntryBytes(&entry),
    };
    ToDevice::Refused { index: 0, refusal }
        .encode(RequestId(1))
        .unwrap();
    assert_eq!(
        limit::DRAFT_FRAME_MAX_BYTES,
        protocol::draft::DRAFT_HEADER_BYTES + 24 + limit::DRAFT_SIZES[1] + 16 + 64
    );
}

#[test]
fn refusals_say_whether_asking_again_can_help() {
    let plain = plain();
    let permanent: Vec<u16> = plain
        .refusals()
        .iter()
        .filter(|refusal| refusal.is_permanent())
        .map(Refusal::code)
        .collect();
    assert_eq!(permanent, [1, 2, 12, 14, 16]);
    let waits: Vec<u16> = plain
        .refusals()
        .iter()
        .filter(|refusal| refusal.retry_after_ms() == Some(2))
        .map(Refusal::code)
        .collect();
    assert_eq!(waits, [18, 19]);
}
