//! The transcript of a pairing, from the new device's card to the four digits.

use protocol::{
    ChainHash, DeviceIndex,
    pairing::{PAIRING_VERSION, PairingInvite, PairingOffer, PairingProof},
    wire::BoxPlace,
};
use serde_json::{Value, json};

use super::{account, compare, hex, rng};
use crate::{DeviceBundle, PairingCode, commit_pairing, make_bytes};

fn case(seed: u8, name: &str) -> Value {
    let mut rng = rng(seed);
    let card = DeviceBundle::make(&mut rng).card().unwrap();
    let random = make_bytes(&mut rng);
    let offer = PairingOffer {
        version: PAIRING_VERSION,
        card,
        salt: make_bytes(&mut rng),
        commitment: commit_pairing(&random),
        name: name.to_owned(),
    };
    let invite = PairingInvite {
        account: account(),
        origin: "https://kluis.example".to_owned(),
        chain_len: 7,
        chain_head: ChainHash::from_bytes([0xc7; 32]),
        device: DeviceIndex(3),
    };
    let messages = [
        (BoxPlace::First, offer.encode()),
        (BoxPlace::Second, invite.encode()),
        (BoxPlace::Third, PairingProof { random }.encode()),
    ];
    let code = PairingCode::derive(&messages[0].1);
    let sealed = messages.clone().map(|(place, message)| {
        let sealed = code.seal(&mut rng, place, &message).unwrap();
        assert_eq!(code.open(place, &sealed).unwrap().as_slice(), message);
        hex(sealed)
    });
    let [first, second, third] = messages.map(|(_, message)| message);
    json!({
        "verify_key": hex(offer.card.verify_key.0), "suite": offer.card.suite.to_byte(), "hpke_key": hex(&offer.card.hpke_key),
        "salt": hex(offer.salt), "random": hex(random), "name": name,
        "account": hex(invite.account.as_bytes()), "origin": invite.origin, "chain_len": invite.chain_len,
        "chain_head": hex(invite.chain_head.as_bytes()), "device": invite.device.0,
        "messages": [hex(&first), hex(&second), hex(&third)],
        "code": hex(code.expose_bytes()), "text": code.to_text().as_str(), "box": hex(code.derive_box().as_bytes()),
        "sealed": sealed, "digits": code.digits(&first, &second, &third),
    })
}

#[test]
fn pairing_transcript() {
    let cases = [case(90, "Tablet"), case(91, "Telefoon van Zoë")];
    compare("pairing.json", &json!({ "cases": cases }));
}

#[test]
fn parting_of_a_pairing() {
    let cases = [b"een".as_slice(), b"twee"].map(|first| {
        let code = PairingCode::derive(first);
        let parting = code.derive_parting();
        json!({
            "code": hex(code.expose_bytes()), "parting": hex(parting.expose_bytes()),
            "box": hex(parting.derive_box().as_bytes()),
        })
    });
    compare("parting.json", &json!({ "cases": cases }));
}
