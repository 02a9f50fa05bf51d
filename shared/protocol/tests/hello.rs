//! A hello is good for one key, account, challenge and origin.

#![allow(clippy::unwrap_used, missing_docs)]

use ed25519_dalek::{Signer as _, SigningKey};
use protocol::{
    AccountId, Challenge, Domain, Signature, VerifyKey, domain,
    wire::{Origin, hello_bytes, verify_hello},
};

struct Hello {
    key: VerifyKey,
    account: AccountId,
    challenge: Challenge,
    origin: &'static str,
    signature: Signature,
}

fn sign(domain: Domain) -> Hello {
    let key = SigningKey::from_bytes(&[1; 32]);
    let account = AccountId::from_bytes([2; 32]);
    let challenge = Challenge::from_bytes([3; 32]);
    let origin = "https://kluis.example";
    let bytes = hello_bytes(&challenge, Origin::parse(origin).unwrap());
    let signed = domain::concat(domain, &account, &[&bytes]);
    Hello {
        key: VerifyKey(key.verifying_key().to_bytes()),
        account,
        challenge,
        origin,
        signature: Signature(key.sign(&signed).to_bytes()),
    }
}

impl Hello {
    fn holds(&self) -> bool {
        let origin = Origin::parse(self.origin).unwrap();
        verify_hello(
            &self.key,
            &self.account,
            &self.challenge,
            origin,
            &self.signature,
        )
        .is_ok()
    }
}

#[test]
fn a_hello_holds_for_what_it_was_made_for_and_nothing_else() {
    assert!(sign(Domain::Hello).holds());
    assert!(!sign(Domain::DraftSignature).holds());
    let other_key = Hello {
        key: VerifyKey(SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes()),
        ..sign(Domain::Hello)
    };
    let other_account = Hello {
        account: AccountId::from_bytes([9; 32]),
        ..sign(Domain::Hello)
    };
    let other_challenge = Hello {
        challenge: Challenge::from_bytes([9; 32]),
        ..sign(Domain::Hello)
    };
    let other_port = Hello {
        origin: "https://kluis.example:8443",
        ..sign(Domain::Hello)
    };
    let other_scheme = Hello {
        origin: "http://kluis.example",
        ..sign(Domain::Hello)
    };
    for other in [
        other_key,
        other_account,
        other_challenge,
        other_port,
        other_scheme,
    ] {
        assert!(!other.holds());
    }
}

#[test]
fn a_relay_in_between_cannot_pass_a_challenge_on() {
    let hello = sign(Domain::Hello);
    let honest = Origin::parse("https://andere.example").unwrap();
    let passed_on = verify_hello(
        &hello.key,
        &hello.account,
        &hello.challenge,
        honest,
        &hello.signature,
    );
    assert!(passed_on.is_err());
}
