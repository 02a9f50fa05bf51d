//! Bytes that must be refused, with the reason.

use protocol::{
    Domain, Signature, VerifyKey,
    body::{Body, BodyError},
    cbor::CborError,
    chain::Entry,
    draft::DraftFrame,
    record::{Lane, Record},
};
use serde_json::json;

use super::{account, compare, hex, record_case, secret};
use crate::{BodyKey, RecordOpenError, RouteKey, SigningKey, make_account, open_body, open_route};

/// The group order of Ed25519, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn signed_again(mut bytes: Vec<u8>, domain: Domain) -> Vec<u8> {
    bytes.truncate(bytes.len() - 64);
    let signature = SigningKey::from_seed(&secret(0x23)).sign(domain, &account(), &bytes);
    bytes.extend_from_slice(&signature.0);
    bytes
}

/// The same signature with its scalar plus the group order.
fn non_canonical(signature: &[u8; 64]) -> [u8; 64] {
    let mut bytes = *signature;
    let mut carry = 0_u16;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    bytes
}

/// y-coordinates of the points of order 1, 2, 4 and 8.
fn small_order_points() -> Vec<[u8; 32]> {
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ]
    .into_iter()
    .map(|text| hex::decode(text).unwrap().try_into().unwrap())
    .collect()
}

#[test]
fn refused_bytes() {
    let good = record_case(0, Lane::Log, 0).record;
    let other = record_case(3, Lane::Audit, 4).record;
    let key = SigningKey::from_seed(&secret(0x23)).verify_key();
    let bytes = good.as_bytes().to_vec();

    let mut record_trailing = bytes.clone();
    record_trailing.push(0);
    assert!(Record::decode(record_trailing.clone()).is_err());

    let wrong_domain = signed_again(bytes.clone(), Domain::DraftSignature);
    assert!(
        Record::decode(wrong_domain.clone())
            .unwrap()
            .verify(&account(), &key)
            .is_err()
    );

    let third = record_case(9, Lane::Log, 0).record;
    let mut swapped_route = bytes.clone();
    swapped_route[62..138].copy_from_slice(&third.as_bytes()[62..138]);
    let swapped_route = signed_again(swapped_route, Domain::RecordSignature);
    let decoded = Record::decode(swapped_route.clone()).unwrap();
    decoded.verify(&account(), &key).unwrap();
    open_route(&account(), &decoded, &RouteKey(secret(0x21))).unwrap();
    let refused = open_body(&account(), &decoded, &BodyKey(secret(0x22))).unwrap_err();
    assert!(matches!(refused, RecordOpenError::Aead(_)));

    let mut swapped_outer = bytes.clone();
    swapped_outer[..62].copy_from_slice(&other.as_bytes()[..62]);
    swapped_outer[60..62].copy_from_slice(&bytes[60..62]);
    let swapped_outer = signed_again(swapped_outer, Domain::RecordSignature);
    let decoded = Record::decode(swapped_outer.clone()).unwrap();
    assert!(open_route(&account(), &decoded, &RouteKey(secret(0x21))).is_err());

    let mut non_canonical_s = bytes.clone();
    let at = bytes.len() - 64;
    non_canonical_s[at..].copy_from_slice(&non_canonical(bytes[at..].try_into().unwrap()));
    assert!(
        Record::decode(non_canonical_s.clone())
            .unwrap()
            .verify(&account(), &key)
            .is_err()
    );

    // With a small-order key, S = 0 and R = the identity, the cofactored equation holds for many messages.
    let mut forged = [0; 64];
    forged[0] = 1;
    for point in small_order_points() {
        let verified = VerifyKey(point).verify(
            Domain::RecordSignature,
            &account(),
            b"x",
            &Signature(forged),
        );
        assert!(verified.is_err());
    }

    let body = Body::plain(5, vec![1]).encode();
    let mut body_trailing = body.clone();
    body_trailing.push(0);
    assert_eq!(
        Body::decode(&body_trailing),
        Err(BodyError::Cbor(CborError::Trailing { count: 1 }))
    );
    let mut body_overlong = body.clone();
    assert_eq!(body_overlong[2], 5);
    body_overlong.splice(2..3, [0x18, 5]);
    assert_eq!(
        Body::decode(&body_overlong),
        Err(BodyError::Cbor(CborError::NotCanonical))
    );
    let mut body_indefinite = body.clone();
    body_indefinite[0] = 0x9f;
    body_indefinite.push(0xff);
    assert!(Body::decode(&body_indefinite).is_err());
    let mut body_newer = body;
    body_newer[1] = 2;
    assert_eq!(
        Body::decode(&body_newer),
        Err(BodyError::Version { got: 2 })
    );

    let genesis = make_account(&mut super::rng(40), 1_790_000_000_000)
        .unwrap()
        .genesis;
    let mut entry_trailing = genesis.clone();
    entry_trailing.push(0);
    assert!(Entry::decode(&entry_trailing).is_err());
    let mut entry_overlong = genesis;
    entry_overlong.splice(1..2, [0x18, 1]);
    assert!(Entry::decode(&entry_overlong).is_err());

    let mut record_newer = bytes.clone();
    record_newer[0] = 2;
    assert!(Record::decode(record_newer.clone()).is_err());
    assert!(DraftFrame::decode(bytes.clone()).is_err());

    compare(
        "negative.json",
        &json!({
            "account": hex(account().as_bytes()), "verify_key": hex(key.0), "route_key": hex([0x21; 32]), "body_key": hex([0x22; 32]),
            "good_record": hex(&bytes),
            "record_shape": { "trailing": hex(record_trailing), "newer_format": hex(record_newer) },
            "record_signature": { "wrong_domain": hex(wrong_domain), "non_canonical_s": hex(non_canonical_s) },
            "record_route_opens_body_does_not": { "swapped_route": hex(swapped_route) },
            "record_route_does_not_open": { "swapped_outer": hex(swapped_outer) },
            "body": { "trailing": hex(body_trailing), "overlong": hex(body_overlong), "indefinite": hex(body_indefinite), "newer_version": hex(body_newer) },
            "chain_entry": { "trailing": hex(entry_trailing), "overlong": hex(entry_overlong) },
            "small_order": { "signature": hex(forged), "points": small_order_points().iter().map(hex).collect::<Vec<_>>() },
        }),
    );
}
