//! Pairing messages come back as they went, fit in their mailbox, and nothing else is taken for one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use protocol::{
    AccountId, ChainHash, DeviceIndex, VerifyKey,
    cbor::CborError,
    chain::{Card, SealSuite},
    limit,
    pairing::{PairingError, PairingInvite, PairingOffer, PairingProof},
    wire::WireError,
};

fn offer() -> PairingOffer {
    PairingOffer {
        version: 1,
        card: Card {
            verify_key: VerifyKey([1; 32]),
            suite: SealSuite::XWing,
            hpke_key: vec![2; 1216],
        },
        salt: [3; 32],
        commitment: [4; 32],
        name: "Laptop van Anna".into(),
    }
}

fn invite() -> PairingInvite {
    PairingInvite {
        account: AccountId::from_bytes([5; 32]),
        origin: "https://kluis.example".into(),
        chain_len: 4096,
        chain_head: ChainHash::from_bytes([6; 32]),
        device: DeviceIndex(7),
    }
}

#[test]
fn messages_come_back_as_they_went() {
    assert_eq!(PairingOffer::decode(&offer().encode()), Ok(offer()));
    assert_eq!(PairingInvite::decode(&invite().encode()), Ok(invite()));
    let proof = PairingProof { random: [8; 16] };
    assert!(PairingProof::decode(&proof.encode()) == Ok(proof));
}

#[test]
fn the_largest_offer_fits_in_its_mailbox() {
    let name = "x".repeat(limit::DEVICE_NAME_MAX_BYTES);
    let bytes = PairingOffer { name, ..offer() }.encode();
    assert!(bytes.len() < limit::PAIRING_MAX_BYTES / 2);
    assert!(PairingOffer::decode(&bytes).is_ok());
    let long = vec![0; limit::PAIRING_MAX_BYTES + 1];
    let over = PairingError::TooLong { got_bytes: 4025 };
    assert_eq!(PairingOffer::decode(&long), Err(over));
}

#[test]
fn bytes_cut_or_added_are_refused() {
    let (offer, invite) = (offer().encode(), invite().encode());
    let proof = PairingProof { random: [8; 16] }.encode();
    for end in 0..offer.len() {
        assert!(PairingOffer::decode(&offer[..end]).is_err());
    }
    for end in 0..invite.len() {
        assert!(PairingInvite::decode(&invite[..end]).is_err());
    }
    for end in 0..proof.len() {
        assert!(PairingProof::decode(&proof[..end]).is_err());
    }
    let more = |bytes: &[u8]| [bytes, &[0]].concat();
    let trailing = PairingError::Cbor(CborError::Trailing { count: 1 });
    assert_eq!(PairingOffer::decode(&more(&offer)), Err(trailing.clone()));
    assert_eq!(PairingInvite::decode(&more(&invite)), Err(trailing.clone()));
    assert!(PairingProof::decode(&more(&proof)) == Err(trailing));
}

#[test]
fn a_newer_conversation_is_named_whatever_follows() {
    let newer = [0x82, 2, 0x40];
    assert_eq!(
        PairingOffer::decode(&newer),
        Err(PairingError::Version { got: 2 })
    );
    let overlong = [&[0x85, 0x18, 1], &offer().encode()[2..]].concat();
    assert_eq!(
        PairingOffer::decode(&overlong),
        Err(PairingError::Cbor(CborError::NotCanonical))
    );
}

#[test]
fn a_name_that_cannot_be_shown_and_an_address_that_is_none_are_refused() {
    let names = [
        String::new(),
        "a\nb".into(),
        "x".repeat(limit::DEVICE_NAME_MAX_BYTES + 1),
    ];
    for name in names {
        let bytes = PairingOffer { name, ..offer() }.encode();
        assert_eq!(PairingOffer::decode(&bytes), Err(PairingError::Name));
    }
    let origin = "https://kluis example".into();
    let bytes = PairingInvite { origin, ..invite() }.encode();
    let refused = PairingError::Origin(WireError::Origin);
    assert_eq!(PairingInvite::decode(&bytes), Err(refused));
}
