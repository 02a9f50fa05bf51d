//! Every frame between device and relay, a signed hello, and frames that must be refused.

use protocol::{
    AccountId, AccountSeq, BoxId, BoxToken, ChainHash, Challenge, DeviceIndex, Domain, Incarnation,
    RecordHash, RelayInstance, Seq,
    wire::{
        Acked, BoxBytes, BoxPlace, Branch, ChainTip, DraftBytes, EntryBytes, Invite, List, Origin,
        PlacedRecord, RecordBytes, RecordName, Refusal, Registration, RequestId, ToDevice, ToRelay,
        hello_bytes, verify_hello,
    },
};
use serde_json::{Value, json};

use super::{account, compare, hex, secret};
use crate::SigningKey;

const REQUEST: RequestId = RequestId(0x0102_0304);
const ORIGIN: &str = "https://kluis.example";
const TIME: u64 = 1_790_000_000_000;
const HEAD: u64 = 0x0a0b_0c0d_0e0f;

fn challenge() -> Challenge {
    Challenge::from_bytes([0xc4; 32])
}

fn tip() -> ChainTip {
    ChainTip {
        len: 7,
        head: ChainHash::from_bytes([0xc7; 32]),
    }
}

fn branch() -> Branch {
    Branch {
        incarnation: Incarnation::from_bytes([0x1c; 8]),
        seq: Seq(41),
        hash: RecordHash::from_bytes([0x50; 32]),
    }
}

fn tip_fields() -> Value {
    json!([7, hex([0xc7; 32])])
}

fn branch_fields() -> Value {
    json!([hex([0x1c; 8]), 41, hex([0x50; 32])])
}

fn up(frame: &ToRelay<'_>, fields: Value) -> Value {
    let bytes = frame.encode(REQUEST).unwrap();
    assert_eq!(ToRelay::decode(&bytes).unwrap(), (REQUEST, frame.clone()));
    json!({ "type": frame.code(), "fields": fields, "bytes": hex(bytes) })
}

fn down(frame: &ToDevice<'_>, fields: Value) -> Value {
    let bytes = frame.encode(REQUEST).unwrap();
    assert_eq!(ToDevice::decode(&bytes).unwrap(), (REQUEST, frame.clone()));
    json!({ "type": frame.code(), "fields": fields, "bytes": hex(bytes) })
}

fn hello() -> ToRelay<'static> {
    let key = SigningKey::from_seed(&secret(0x23));
    let origin = Origin::parse(ORIGIN).unwrap();
    let signed = hello_bytes(&challenge(), origin);
    let signature = key.sign(Domain::Hello, &account(), &signed);
    verify_hello(
        &key.verify_key(),
        &account(),
        &challenge(),
        origin,
        &signature,
    )
    .unwrap();
    ToRelay::Hello {
        account: account(),
        key: key.verify_key(),
        signature,
        is_live: true,
    }
}

fn hello_fields() -> Value {
    let ToRelay::Hello { key, signature, .. } = hello() else {
        return Value::Null;
    };
    json!([
        hex(account().as_bytes()),
        hex(key.0),
        hex(signature.0),
        true
    ])
}

fn to_relay() -> Vec<Value> {
    let name = BoxId::from_bytes([0xb0; 16]);
    let token = BoxToken::from_bytes([0x70; 16]);
    let names = vec![
        RecordName {
            device: DeviceIndex(3),
            incarnation: branch().incarnation,
            seq: Seq(41),
        };
        2
    ];
    let named = json!([3, hex([0x1c; 8]), 41]);
    let records = List(vec![
        RecordBytes(b"een"),
        RecordBytes(b""),
        RecordBytes(b"drie"),
    ]);
    let entries = List(vec![EntryBytes(b"eerste"), EntryBytes(b"tweede")]);
    vec![
        up(&hello(), hello_fields()),
        up(
            &ToRelay::Register {
                account: AccountId::from_bytes([0xac; 32]),
                invite: Invite(b"KOM-MAAR"),
                entries,
            },
            json!([
                hex([0xac; 32]),
                hex(b"KOM-MAAR"),
                [hex(b"eerste"), hex(b"tweede")]
            ]),
        ),
        up(
            &ToRelay::Push { records },
            json!([[hex(b"een"), hex(b""), hex(b"drie")]]),
        ),
        up(
            &ToRelay::Pull {
                after: AccountSeq(HEAD),
                max_bytes: 524_288,
            },
            json!([HEAD, 524_288]),
        ),
        up(&ToRelay::PullChain { from: 5 }, json!([5])),
        up(
            &ToRelay::AppendChain {
                prev: tip().head,
                entry: EntryBytes(b"derde"),
            },
            json!([hex([0xc7; 32]), hex(b"derde")]),
        ),
        up(
            &ToRelay::PutDraft {
                draft: DraftBytes(b"concept"),
            },
            json!([hex(b"concept")]),
        ),
        up(&ToRelay::PullDrafts, json!([])),
        up(
            &ToRelay::Probe { names: List(names) },
            json!([[named, named]]),
        ),
        up(
            &ToRelay::PutBox {
                name,
                place: BoxPlace::Third,
                token,
                sealed: BoxBytes(b"dicht"),
            },
            json!([hex([0xb0; 16]), 3, hex([0x70; 16]), hex(b"dicht")]),
        ),
        up(
            &ToRelay::WaitBox {
                name,
                place: BoxPlace::First,
                token,
            },
            json!([hex([0xb0; 16]), 1, hex([0x70; 16])]),
        ),
    ]
}

fn to_device() -> Vec<Value> {
    let head = AccountSeq(HEAD);
    let record = PlacedRecord {
        seq: head,
        record: RecordBytes(b"een"),
    };
    let acked = Acked {
        hash: branch().hash,
        seq: head,
    };
    let draft = DraftBytes(b"concept");
    vec![
        down(
            &ToDevice::Challenge {
                challenge: challenge(),
                instance: RelayInstance::from_bytes([0x15; 16]),
                time: TIME,
                registration: Registration::Invited,
                origin: Origin::parse(ORIGIN).unwrap(),
            },
            json!([hex([0xc4; 32]), hex([0x15; 16]), TIME, 2, hex(ORIGIN)]),
        ),
        down(
            &ToDevice::Welcome {
                device: DeviceIndex(3),
                chain: tip(),
                head,
                used_bytes: 1_234_567,
                quota_bytes: 5 << 30,
                branches: List(vec![branch(), branch()]),
            },
            json!([
                3,
                tip_fields(),
                HEAD,
                1_234_567,
                5_u64 << 30,
                [branch_fields(), branch_fields()]
            ]),
        ),
        down(
            &ToDevice::Ack {
                records: List(vec![acked]),
            },
            json!([[[hex([0x50; 32]), HEAD]]]),
        ),
        down(
            &ToDevice::Page {
                head,
                records: List(vec![record, record]),
            },
            json!([HEAD, [[HEAD, hex(b"een")], [HEAD, hex(b"een")]]]),
        ),
        down(&ToDevice::Live { record }, json!([[HEAD, hex(b"een")]])),
        down(&ToDevice::Behind { head }, json!([HEAD])),
        down(
            &ToDevice::ChainPage {
                tip: tip(),
                entries: List(vec![EntryBytes(b"eerste")]),
            },
            json!([tip_fields(), [hex(b"eerste")]]),
        ),
        down(&ToDevice::ChainAck { tip: tip() }, json!([tip_fields()])),
        down(&ToDevice::ChainLive { tip: tip() }, json!([tip_fields()])),
        down(
            &ToDevice::DraftAck {
                slot: 2,
                counter: 9,
            },
            json!([2, 9]),
        ),
        down(
            &ToDevice::DraftPage {
                is_last: false,
                drafts: List(vec![draft]),
            },
            json!([false, [hex(b"concept")]]),
        ),
        down(&ToDevice::DraftLive { draft }, json!([hex(b"concept")])),
        down(
            &ToDevice::Probed {
                records: List(vec![Some(RecordBytes(b"een")), None]),
            },
            json!([[hex(b"een"), null]]),
        ),
        down(&ToDevice::BoxAck, json!([])),
        down(
            &ToDevice::BoxMessage {
                sealed: BoxBytes(b"dicht"),
            },
            json!([hex(b"dicht")]),
        ),
        down(
            &ToDevice::Bye {
                retry_after_ms: 5000,
            },
            json!([5000]),
        ),
    ]
}

fn refusals() -> Vec<Value> {
    let stored = branch();
    let cases = [
        (Refusal::Malformed { reason: 4 }, json!([4])),
        (
            Refusal::TooLarge {
                limit_bytes: 262_144,
            },
            json!([262_144]),
        ),
        (Refusal::UnknownType, json!([])),
        (Refusal::HelloFirst, json!([])),
        (Refusal::BadSignature, json!([])),
        (Refusal::UnknownAccount, json!([])),
        (Refusal::NotMember, json!([])),
        (
            Refusal::Revoked {
                entry: EntryBytes(b"weg"),
            },
            json!([hex(b"weg")]),
        ),
        (Refusal::InviteNeeded, json!([])),
        (Refusal::InviteBad, json!([])),
        (Refusal::RegistrationClosed, json!([])),
        (Refusal::ChainInvalid, json!([])),
        (Refusal::ChainBehind { tip: tip() }, json!([tip_fields()])),
        (Refusal::NotYours, json!([])),
        (Refusal::Gap { stored }, json!([branch_fields()])),
        (Refusal::Fork { stored }, json!([branch_fields()])),
        (
            Refusal::Quota {
                used_bytes: 6 << 30,
                quota_bytes: 5 << 30,
            },
            json!([6_u64 << 30, 5_u64 << 30]),
        ),
        (
            Refusal::Slow {
                retry_after_ms: 250,
            },
            json!([250]),
        ),
        (
            Refusal::Unavailable {
                retry_after_ms: 60_000,
            },
            json!([60_000]),
        ),
        (Refusal::DraftOld { counter: 9 }, json!([9])),
        (Refusal::BoxTaken, json!([])),
        (Refusal::BoxExpired, json!([])),
        (Refusal::BoxUnknown, json!([])),
        (Refusal::BoxFull, json!([])),
        (
            Refusal::PastEnd {
                head: AccountSeq(HEAD),
            },
            json!([HEAD]),
        ),
        (Refusal::FormatTooNew { max: 1 }, json!([1])),
    ];
    let codes: Vec<u16> = cases.iter().map(|(refusal, _)| refusal.code()).collect();
    assert_eq!(codes, Refusal::CODES);
    cases
        .into_iter()
        .map(|(refusal, fields)| {
            let code = refusal.code();
            let frame = ToDevice::Refused { index: 2, refusal };
            down(&frame, json!([2, [code, fields]]))
        })
        .collect()
}

fn changed(bytes: &[u8], at: usize, to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

/// Frames to the relay, then frames to the device, each with the reason of its refusal.
fn refused() -> (Value, Value) {
    let push = ToRelay::Push {
        records: List(vec![RecordBytes(b"een")]),
    };
    let push = push.encode(REQUEST).unwrap();
    let hello = hello().encode(REQUEST).unwrap();
    let probed = ToDevice::Probed {
        records: List(vec![None]),
    };
    let probed = probed.encode(REQUEST).unwrap();
    let refused = ToDevice::Refused {
        index: 0,
        refusal: Refusal::Malformed { reason: 1 },
    };
    let refused = refused.encode(REQUEST).unwrap();
    let challenge = hex::decode(to_device()[0]["bytes"].as_str().unwrap()).unwrap();
    let last = challenge.len() - 1;
    let up = [
        ("trailing", [push.as_slice(), &[0]].concat()),
        ("cut", push[..push.len() - 1].to_vec()),
        ("newer format", changed(&push, 0, &[2])),
        ("count without items", changed(&push, 6, &[0, 2])),
        ("count over its limit", changed(&push, 6, &[1, 1])),
        ("length without bytes", changed(&push, 8, &[0, 0, 0, 4])),
        ("length over its limit", changed(&push, 8, &[0, 4, 0, 1])),
        ("neither yes nor no", changed(&hello, hello.len() - 1, &[2])),
        ("empty", Vec::new()),
    ];
    let down = [
        ("neither there nor not", changed(&probed, 8, &[2])),
        ("origin with a path", changed(&challenge, last, b"/")),
        ("origin with a capital", changed(&challenge, last, b"E")),
        (
            "origin of another scheme",
            changed(&challenge, last - 20, b"file"),
        ),
        (
            "origin that is not ASCII",
            changed(&challenge, last - 1, "é".as_bytes()),
        ),
        (
            "registration of no kind",
            changed(&challenge, 6 + 32 + 16 + 8, &[3]),
        ),
        (
            "refusal with a longer detail",
            [&changed(&refused, 13, &[2]), [0].as_slice()].concat(),
        ),
        (
            "refusal without its detail",
            changed(&refused[..14], 13, &[0]),
        ),
    ];
    let up = up.map(|(why, bytes)| {
        assert!(ToRelay::decode(&bytes).is_err(), "{why}");
        (why.to_owned(), hex(bytes))
    });
    let down = down.map(|(why, bytes)| {
        assert!(ToDevice::decode(&bytes).is_err(), "{why}");
        (why.to_owned(), hex(bytes))
    });
    (
        Value::Object(up.into_iter().collect()),
        Value::Object(down.into_iter().collect()),
    )
}

#[test]
fn frames() {
    let (up, down) = (to_relay(), to_device());
    let codes = |frames: &[Value]| -> Vec<u64> {
        frames
            .iter()
            .map(|frame| frame["type"].as_u64().unwrap())
            .collect()
    };
    let known = |table: &[u8]| -> Vec<u64> {
        let frames = table.iter().filter(|code| **code != 0x43);
        frames.map(|code| u64::from(*code)).collect()
    };
    assert_eq!(codes(&up), known(ToRelay::CODES));
    assert_eq!(codes(&down), known(ToDevice::CODES));
    let (refused_up, refused_down) = refused();
    compare(
        "wire.json",
        &json!({
            "request": REQUEST.0,
            "hello": { "challenge": hex(challenge().as_bytes()), "origin": ORIGIN },
            "to_relay": up,
            "to_device": down,
            "refusals": refusals(),
            "refused_by_relay": refused_up,
            "refused_by_device": refused_down,
        }),
    );
}
