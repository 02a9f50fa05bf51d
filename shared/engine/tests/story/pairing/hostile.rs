//! Whoever is in between: a relay that changes messages, knows the code, or lies about the chain.

use crypto::PairingCode;
use engine::pairing::{Input, PairingFailure, PairingState};
use protocol::pairing::{PAIRING_VERSION, PairingInvite, PairingOffer, PairingProof};
use protocol::wire::{BoxBytes, BoxPlace, RequestId, ToRelay};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::super::net::relay::ORIGIN;
use super::super::tablet::Tablet;
use super::{NEW, OLD, assert_nothing_paired, assert_paired, finish, show_digits, world};

/// Whoever has neither code nor keys can only stop it.
#[test]
fn messages_that_a_relay_changes_are_found() {
    let cases = [
        (BoxPlace::First, OLD, PairingFailure::CodeWrong),
        (BoxPlace::Second, NEW, PairingFailure::Tampered),
        (BoxPlace::Third, OLD, PairingFailure::Tampered),
    ];
    for (place, victim, expected) in cases {
        let mut world = world(13);
        world.mailbox.swaps.insert(place, vec![7; 900]);
        let code = world.show_code(NEW, "Telefoon");
        world.run(1_000);
        world.type_code(OLD, &code).unwrap();
        world.run(2_000);
        assert_eq!(world.failure(victim), expected, "{place:?}");
        world.mailbox.swaps.clear();
        world.pair(OLD + NEW - victim, Input::Cancel);
        assert_nothing_paired(&mut world, NEW);
    }
}

/// A relay that saw the code hands the new device another account. The digits differ.
#[test]
fn a_relay_with_the_code_cannot_bring_another_account_in() {
    let mut rng = ChaCha20Rng::seed_from_u64(14);
    let mut world = world(14);
    let code_text = world.show_code(NEW, "Telefoon");
    let code = PairingCode::parse(&code_text).unwrap();
    let account = *world.relay.accounts.keys().next().unwrap();
    let tip = world.relay.accounts[&account].tip();
    let invite = PairingInvite {
        account: protocol::AccountId::from_bytes([9; 32]),
        origin: ORIGIN.to_owned(),
        chain_len: tip.len,
        chain_head: tip.head,
        device: protocol::DeviceIndex(0),
    };
    let forged = code.seal(&mut rng, BoxPlace::Second, &invite.encode());
    world
        .mailbox
        .swaps
        .insert(BoxPlace::Second, forged.unwrap());
    world.run(1_000);
    world.type_code(OLD, &code_text).unwrap();
    world.run(2_000);
    let digits = world.digits(OLD);
    world.pair(NEW, Input::Digits(digits));
    assert_eq!(world.failure(NEW), PairingFailure::DigitsWrong);
    world.pair(OLD, Input::Cancel);
    world.mailbox.swaps.clear();
    assert_nothing_paired(&mut world, NEW);
}

/// A relay that saw the code shows the old device another card, or another proof than was promised.
#[test]
fn a_relay_with_the_code_cannot_bring_another_device_in() {
    let mut rng = ChaCha20Rng::seed_from_u64(21);
    let card = crypto::DeviceBundle::make(&mut rng).card().unwrap();
    let random = [1; 16];
    let offer = PairingOffer {
        version: PAIRING_VERSION,
        card,
        salt: [2; 32],
        commitment: crypto::commit_pairing(&random),
        name: "Telefoon".to_owned(),
    };
    let proof = PairingProof { random };
    let cases = [
        (BoxPlace::First, offer.encode(), PairingFailure::CodeWrong),
        (BoxPlace::Third, proof.encode(), PairingFailure::Tampered),
    ];
    for (place, forged, expected) in cases {
        let mut world = world(21);
        let code_text = world.show_code(NEW, "Telefoon");
        let code = PairingCode::parse(&code_text).unwrap();
        let forged = code.seal(&mut rng, place, &forged).unwrap();
        world.mailbox.swaps.insert(place, forged);
        world.run(1_000);
        world.type_code(OLD, &code_text).unwrap();
        world.run(2_000);
        assert_eq!(world.failure(OLD), expected);
        world.pair(NEW, Input::Cancel);
        assert_nothing_paired(&mut world, NEW);
    }
}

/// After the digits the relay still gives the chain: one that is not the old device's, or does not hold the new one.
#[test]
fn another_chain_than_the_one_promised_is_not_taken() {
    let (mut stranger, _) = Tablet::with_client(7_322);
    for case in 0..3 {
        let mut world = world(22);
        let before = world.devices[OLD].tablet.chain();
        let digits = show_digits(&mut world, NEW, OLD);
        world.pair(NEW, Input::Digits(digits));
        world.pair(OLD, Input::Confirm);
        while world.state(OLD) != PairingState::Done {
            world.run(1);
        }
        let after = world.devices[OLD].tablet.chain();
        assert_eq!(after.len(), before.len() + 1);
        let card = world.devices[OLD].card();
        let theirs = {
            let now = engine::Now { ms: stranger.now };
            let entry = stranger.vault.add_device(&card, now, &mut stranger.rng);
            let entry = pollster::block_on(entry).unwrap();
            [stranger.chain(), vec![entry]].concat()
        };
        let given = [before, theirs, vec![vec![0; 40]]][case].clone();
        world.other_chain = Some(given);
        world.run(2_000);
        assert_eq!(world.failure(NEW), PairingFailure::Tampered, "{case}");
        assert!(world.devices[NEW].tablet.disk.dump().is_empty());
    }
}

/// The proof is told once: another second message after it would come from somebody who knows it.
#[test]
fn the_first_answer_counts_even_after_a_broken_socket() {
    let mut world = world(15);
    let code_text = world.show_code(NEW, "Telefoon");
    world.run(1_000);
    world.type_code(OLD, &code_text).unwrap();
    world.run(2_000);
    let digits = world.digits(OLD);
    assert!(world.mailbox.has_message(BoxPlace::Third));
    world.mailbox.swaps.insert(BoxPlace::Second, vec![7; 900]);
    world.cut_all();
    world.run(5_000);
    finish(&mut world, NEW, OLD, &digits);
    assert_paired(&mut world, NEW, OLD);
}

/// Not an enemy: a device of a later version, which offers itself in a way that is not known here.
#[test]
fn an_offer_of_another_version_is_called_that() {
    let mut rng = ChaCha20Rng::seed_from_u64(26);
    let mut world = world(26);
    let offer = PairingOffer {
        version: PAIRING_VERSION + 1,
        card: crypto::DeviceBundle::make(&mut rng).card().unwrap(),
        salt: [2; 32],
        commitment: [3; 32],
        name: "Telefoon".to_owned(),
    };
    let offer = offer.encode();
    let code = PairingCode::derive(&offer);
    let sealed = code.seal(&mut rng, BoxPlace::First, &offer).unwrap();
    let put = ToRelay::PutBox {
        name: code.derive_box(),
        place: BoxPlace::First,
        token: protocol::BoxToken::from_bytes([4; 16]),
        sealed: BoxBytes(&sealed),
    };
    let put = put.encode(RequestId(1)).unwrap();
    world.mailbox.handle(NEW, &put, world.now);
    world.type_code(OLD, code.to_text().as_str()).unwrap();
    world.run(2_000);
    assert_eq!(world.failure(OLD), PairingFailure::OtherVersion);
}

#[test]
fn a_relay_without_room_is_called_that() {
    let mut world = world(27);
    world.mailbox.is_full = true;
    world.show_code(NEW, "Telefoon");
    world.run(1_000);
    assert_eq!(world.failure(NEW), PairingFailure::RelayRefuses);
    assert_nothing_paired(&mut world, NEW);
}
