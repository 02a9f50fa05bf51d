//! Frozen vectors: makes every stored and sent format from fixed seeds and compares with the files in `tests/vectors`.
//!
//! The files are append-only. A missing one is written when `WRITE_VECTORS` is set; an existing one is never changed.
//! `tests/python/check_vectors.py` opens the same files with other libraries.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod chain;
mod negative;
mod pairing;
mod sealed;
mod wire;

use std::{fs, path::PathBuf};

use protocol::{
    AccountId, ChangeHash, DeviceIndex, DocId, Domain, Generation, Incarnation, KeyId, RecordHash,
    Seq,
    body::Body,
    padding,
    record::{ChainPoint, Lane, Outer, Record, RecordKind, Route, Seen},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde_json::{Map, Value, json};

use crate::{BodyKey, RouteKey, SigningKey, seal_record, secret::Secret};

fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

fn account() -> AccountId {
    AccountId::from_bytes([0xac; 32])
}

fn secret(byte: u8) -> Secret {
    Secret::from_slice(&[byte; 32]).unwrap()
}

fn hex(bytes: impl AsRef<[u8]>) -> Value {
    Value::String(hex::encode(bytes))
}

fn compare(name: &str, value: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/vectors")
        .join(name);
    match fs::read_to_string(&path) {
        Ok(frozen) => {
            let frozen: Value = serde_json::from_str(&frozen).unwrap();
            assert_eq!(&frozen, value, "{name} is no longer what was frozen");
        }
        Err(_) if std::env::var_os("WRITE_VECTORS").is_some() => {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let made = format!("{}\n", serde_json::to_string_pretty(value).unwrap());
            fs::write(&path, made).unwrap();
        }
        Err(error) => assert!(path.exists(), "{}: {error}", path.display()),
    }
}

#[test]
fn domain_table() {
    let table: Map<String, Value> = Domain::ALL
        .iter()
        .map(|domain| (format!("{domain:?}"), json!(domain.as_str())))
        .collect();
    let hash = protocol::hash(Domain::RecordHash, &[b"een", b"", b"twee"]);
    compare(
        "domain.json",
        &json!({ "table": table, "hash_of_een_empty_twee_as_record_hash": hex(hash) }),
    );
}

#[test]
fn padding_edges() {
    let sizes: Vec<Value> = [
        0, 1, 251, 252, 253, 508, 509, 1020, 1021, 2044, 2045, 4092, 4093, 8188, 8189, 8700, 8701,
        16_380, 16_381, 100_000, 200_000, 253_948,
    ]
    .into_iter()
    .map(|length| json!([length, padding::pad(&vec![1; length]).unwrap().len()]))
    .collect();
    let tekst = padding::pad(b"tekst").unwrap();
    let mut not_zero = tekst.clone();
    not_zero[255] = 1;
    let mut too_large = tekst.clone();
    too_large.resize(512, 0);
    compare(
        "padding.json",
        &json!({
            "content_and_padded_length": sizes,
            "tekst": hex(&tekst),
            "refused": { "not_zero": hex(not_zero), "larger_bucket": hex(too_large), "length": hex([255_u8; 256]) },
        }),
    );
}

struct RecordCase {
    outer: Outer,
    route: Route,
    body: Body,
    record: Record,
}

fn record_case(seed: u8, lane: Lane, seen_count: u16) -> RecordCase {
    let outer = Outer {
        lane,
        device: DeviceIndex(3),
        incarnation: Incarnation::from_bytes([0x1c; 8]),
        seq: Seq(41),
        prev: RecordHash::from_bytes([0x50; 32]),
        chain: ChainPoint {
            position: 7,
            hash: [0xc7; 8],
        },
    };
    let kind = match lane {
        Lane::Log => RecordKind::Changes,
        Lane::Audit => RecordKind::Audit,
        Lane::Blob => RecordKind::Blobs,
    };
    let seen = (0..seen_count)
        .map(|n| Seen {
            device: DeviceIndex(n),
            incarnation: Incarnation::from_bytes([n as u8; 8]),
            seq: Seq(u32::from(n) * 1000 + 1),
            hash: [0x5e; 8],
        })
        .collect();
    let route = Route {
        kind,
        doc: DocId::from_bytes([0xd0; 16]),
        generation: Generation(2),
        key: KeyId::from_bytes([0x4b; 16]),
        seen,
    };
    let mut body = Body::plain(1_790_000_000_000, vec![0x85; 300 * usize::from(seen_count)]);
    if seen_count > 0 {
        body.deps = vec![ChangeHash::from_bytes([0xd1; 32])];
        body.change_hashes = vec![
            ChangeHash::from_bytes([0xd2; 32]),
            ChangeHash::from_bytes([0xd3; 32]),
        ];
        body.unopened = vec![RecordHash::from_bytes([0x0b; 32])];
    }
    let record = seal_record(
        &mut rng(seed),
        &account(),
        &outer,
        &route,
        &body,
        &RouteKey(secret(0x21)),
        &BodyKey(secret(0x22)),
        &SigningKey::from_seed(&secret(0x23)),
    )
    .unwrap();
    RecordCase {
        outer,
        route,
        body,
        record,
    }
}

#[test]
fn records() {
    let lanes = [
        ("log", Lane::Log),
        ("audit", Lane::Audit),
        ("blob", Lane::Blob),
    ];
    let cases: Vec<Value> = lanes
        .into_iter()
        .flat_map(|(name, lane)| [(name, lane, 0_u16), (name, lane, 4)])
        .enumerate()
        .map(|(index, (name, lane, count))| {
            let RecordCase { outer, route, body, record } = record_case(index as u8, lane, count);
            json!({
                "name": format!("{name}, {count} seen"),
                "outer": {
                    "format": 1, "lane": lane.to_byte(), "device": outer.device.0, "incarnation": hex(outer.incarnation.as_bytes()),
                    "seq": outer.seq.0, "prev": hex(outer.prev.as_bytes()), "position": outer.chain.position, "chain_hash": hex(outer.chain.hash),
                },
                "route": {
                    "kind": route.kind.to_byte(), "doc": hex(route.doc.as_bytes()), "generation": route.generation.0, "key": hex(route.key.as_bytes()),
                    "seen": route.seen.iter().map(|seen| json!([seen.device.0, hex(seen.incarnation.as_bytes()), seen.seq.0, hex(seen.hash)])).collect::<Vec<_>>(),
                },
                "body": {
                    "version": body.version, "made_at": body.made_at,
                    "deps": body.deps.iter().map(|hash| hex(hash.as_bytes())).collect::<Vec<_>>(),
                    "change_hashes": body.change_hashes.iter().map(|hash| hex(hash.as_bytes())).collect::<Vec<_>>(),
                    "unopened": body.unopened.iter().map(|hash| hex(hash.as_bytes())).collect::<Vec<_>>(),
                    "content": hex(&body.content),
                },
                "bytes": hex(record.as_bytes()),
                "hash": hex(record.hash(&account()).as_bytes()),
            })
        })
        .collect();
    compare(
        "record.json",
        &json!({
            "account": hex(account().as_bytes()),
            "route_key": hex([0x21; 32]),
            "body_key": hex([0x22; 32]),
            "verify_key": hex(SigningKey::from_seed(&secret(0x23)).verify_key().0),
            "cases": cases,
        }),
    );
}
