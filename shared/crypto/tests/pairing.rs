//! What the pairing code, its messages and its digits promise.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use crypto::{AeadError, CodeError, PairingCode, commit_pairing, make_bytes};
use protocol::{
    AccountId, ChainHash, DeviceIndex, VerifyKey,
    chain::{Card, SealSuite},
    pairing::{PAIRING_VERSION, PairingInvite, PairingOffer, PairingProof},
    wire::BoxPlace,
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

const PLACES: [BoxPlace; 3] = [BoxPlace::First, BoxPlace::Second, BoxPlace::Third];

fn offer(rng: &mut ChaCha8Rng, random: &[u8; 16]) -> Vec<u8> {
    let card = Card {
        verify_key: VerifyKey(make_bytes(rng)),
        suite: SealSuite::XWing,
        // Short: what is hashed here is not the card's business.
        hpke_key: vec![7; 32],
    };
    let offer = PairingOffer {
        version: PAIRING_VERSION,
        card,
        salt: make_bytes(rng),
        commitment: commit_pairing(random),
        name: "Tablet".to_owned(),
    };
    offer.encode()
}

fn invite(rng: &mut ChaCha8Rng) -> Vec<u8> {
    let invite = PairingInvite {
        account: AccountId::from_bytes(make_bytes(rng)),
        origin: "https://kluis.example".to_owned(),
        chain_len: 4,
        chain_head: ChainHash::from_bytes(make_bytes(rng)),
        device: DeviceIndex(0),
    };
    invite.encode()
}

/// Somebody has the code and is the relay. The new device gets his second message, the old one gave its own to him.
/// He may choose among many: what he compares with needs the random bytes, and those come after his choice unless
/// `is_early`. Answers whether the person types digits that the new device takes.
fn is_fooled(seed: u64, choice_count: usize, is_early: bool) -> bool {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let random = make_bytes(&mut rng);
    let first = offer(&mut rng, &random);
    let code = PairingCode::derive(&first);
    let honest = invite(&mut rng);
    let guess = if is_early {
        random
    } else {
        make_bytes(&mut rng)
    };
    let guess = PairingProof { random: guess }.encode();
    let wanted = code.digits(&first, &honest, &guess);
    let mut choices = (0..choice_count).map(|_| invite(&mut rng));
    let mut last = Vec::new();
    let fits = choices.find(|choice| {
        last.clone_from(choice);
        code.digits(&first, choice, &guess) == wanted
    });
    let chosen = fits.unwrap_or(last);
    let third = PairingProof { random }.encode();
    let shown_on_old = code.digits(&first, &honest, &third);
    shown_on_old == code.digits(&first, &chosen, &third)
}

#[test]
fn an_attacker_with_code_and_mailbox_succeeds_no_more_often_than_by_guessing() {
    const SEEDS: u64 = 100_000;
    let fooled_count = (0..SEEDS).filter(|seed| is_fooled(*seed, 2, false)).count();
    assert!(fooled_count as u64 <= SEEDS / 10_000, "{fooled_count}");
    // The same attacker without the commitment: it is what stops him.
    let fooled_count = (0..10)
        .filter(|seed| is_fooled(*seed, 40_000, true))
        .count();
    assert!(fooled_count >= 8, "{fooled_count}");
}

#[test]
fn every_part_of_the_transcript_changes_code_or_digits() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let random = make_bytes(&mut rng);
    let (first, second) = (offer(&mut rng, &random), invite(&mut rng));
    let third = PairingProof { random }.encode();
    let code = PairingCode::derive(&first);
    let digits = code.digits(&first, &second, &third);
    assert!(digits.iter().all(|digit| *digit < 10));
    for place in 0..first.len() {
        let mut other = first.clone();
        other[place] ^= 1;
        assert!(PairingCode::derive(&other) != code);
    }
    let messages = [first, second, third];
    for which in 0..3 {
        let mut changed_count = 0;
        for _ in 0..8 {
            let mut other = messages.clone();
            let place = usize::try_from(rng.next_u32()).unwrap() % other[which].len();
            other[which][place] ^= 1 << (rng.next_u32() % 8);
            changed_count += u8::from(code.digits(&other[0], &other[1], &other[2]) != digits);
        }
        assert!(changed_count >= 7, "message {which}");
    }
}

#[test]
fn a_message_opens_under_its_code_at_its_place_only() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let code = PairingCode::derive(b"een");
    let other = PairingCode::derive(b"twee");
    assert_ne!(code.derive_box(), other.derive_box());
    let beside = code.derive_parting();
    assert_ne!(code.derive_box(), beside.derive_box());
    let sealed = code.seal(&mut rng, BoxPlace::Second, b"bericht").unwrap();
    assert!(beside.open(BoxPlace::Second, &sealed).is_err());
    for place in PLACES {
        let sealed = code.seal(&mut rng, place, b"bericht").unwrap();
        assert_eq!(code.open(place, &sealed).unwrap().as_slice(), b"bericht");
        assert_eq!(other.open(place, &sealed).err(), Some(AeadError));
        for elsewhere in PLACES.into_iter().filter(|of| *of != place) {
            assert_eq!(code.open(elsewhere, &sealed).err(), Some(AeadError));
        }
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(code.open(place, &damaged).err(), Some(AeadError), "{at}");
            assert_eq!(code.open(place, &sealed[..at]).err(), Some(AeadError));
        }
    }
}

#[test]
fn what_is_shown_can_be_typed_in_many_ways() {
    let code = PairingCode::derive(b"een");
    let text = code.to_text().as_str().to_owned();
    assert_eq!(text.len(), 28 + 6);
    assert!(text.split(' ').all(|group| group.len() == 4));
    let loose = text.to_lowercase().replace(' ', "-").replace('0', "o");
    for typed in [text.as_str(), &loose, &format!("  {text} ")] {
        assert!(PairingCode::parse(typed).unwrap() == code);
    }
    let refused = |typed: &str| PairingCode::parse(typed).err();
    assert_eq!(refused(&text[1..]), Some(CodeError::Length { got: 27 }));
    assert_eq!(refused("U"), Some(CodeError::Character { place: 1 }));
    let wrong = if text.starts_with('7') { "8" } else { "7" };
    let wrong = format!("{wrong}{}", &text[1..]);
    assert_eq!(refused(&wrong), Some(CodeError::Check));
}
