//! Passphrase, slot and recovery code.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use crypto::{
    CodeError, DeviceBundle, KdfError, KdfParams, KdfRequest, Passphrase, PassphraseError,
    RecoveryCode, Slot, SlotError, SlotKey, Strength, calibrate, run_argon2id,
};
use protocol::{AccountId, DeviceIndex};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn passphrase(typed: &str) -> Passphrase {
    Passphrase::parse(typed).unwrap()
}

fn cheap() -> KdfParams {
    KdfParams::new(19 * 1024, 2, 1).unwrap()
}

fn slot(typed: &str) -> (Slot, DeviceBundle) {
    let mut random = rng(1);
    let bundle = DeviceBundle::make(&mut random);
    let request = Slot::make_request(&mut random, cheap(), &passphrase(typed));
    let key = run_argon2id(&request).unwrap();
    let account = AccountId::from_bytes([5; 32]);
    (
        Slot::seal(
            &mut random,
            account,
            DeviceIndex(0),
            &request,
            &key,
            &bundle,
        )
        .unwrap(),
        bundle,
    )
}

/// As the app does it: the request goes to another worker as bytes, the key comes back as bytes.
fn unlock(slot: &Slot, typed: &str) -> Result<DeviceBundle, SlotError> {
    let request = slot.kdf_input(&passphrase(typed)).to_bytes();
    let key = run_argon2id(&KdfRequest::from_bytes(&request).unwrap()).unwrap();
    slot.open(&SlotKey::from_bytes(key.expose_bytes()).unwrap())
}

#[test]
fn a_slot_opens_with_its_passphrase_however_it_is_typed() {
    let (slot, bundle) = slot("caf\u{e9} om de hoek");
    let stored = Slot::decode(&slot.encode()).unwrap();
    let opened = unlock(&stored, " cafe\u{301}\u{a0}om de hoek ").unwrap();
    assert_eq!(opened.card().unwrap(), bundle.card().unwrap());
    assert!(matches!(
        unlock(&stored, "cafe om de hoek"),
        Err(SlotError::WrongPassphrase)
    ));
    assert!(matches!(
        unlock(&stored, "Caf\u{e9} om de hoek"),
        Err(SlotError::WrongPassphrase)
    ));
}

#[test]
fn damage_is_not_called_a_wrong_passphrase() {
    let (slot, _) = slot("paard batterij nietje");
    let bytes = slot.encode();
    for place in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[place] ^= 1;
        let error = Slot::decode(&bad).unwrap_err();
        let expected = match place {
            0 => SlotError::Format { got: 0 },
            1 => SlotError::Kind { got: 0 },
            _ => SlotError::Damaged,
        };
        assert_eq!(error, expected, "byte {place}");
    }
    assert_eq!(
        Slot::decode(&bytes[..bytes.len() - 1]),
        Err(SlotError::Damaged)
    );
    assert_eq!(
        Slot::decode(&[bytes.as_slice(), &[0]].concat()),
        Err(SlotError::Damaged)
    );
    assert_eq!(Slot::decode(&[]), Err(SlotError::Damaged));
}

#[test]
fn parameters_out_of_bounds_are_never_run() {
    let mib = 1024;
    for (memory_kib, passes, lanes) in [
        (19 * mib - 1, 2, 1),
        (19 * mib, 1, 1),
        (256 * mib + 1, 3, 1),
        (64 * mib, 21, 1),
        (64 * mib, 3, 2),
        (0, 0, 0),
    ] {
        assert_eq!(
            KdfParams::new(memory_kib, passes, lanes),
            Err(KdfError::Params {
                memory_kib,
                passes,
                lanes
            })
        );
    }
    assert!(KdfParams::new(19 * mib, 2, 1).is_ok());
    assert!(KdfParams::new(256 * mib, 20, 1).is_ok());
    let (slot, _) = slot("paard batterij nietje");
    let mut request = slot.kdf_input(&passphrase("x")).to_bytes().to_vec();
    request[1] = 0xff;
    assert!(matches!(
        KdfRequest::from_bytes(&request),
        Err(KdfError::Params { .. })
    ));
    assert!(matches!(
        KdfRequest::from_bytes(&[9]),
        Err(KdfError::Request)
    ));
}

#[test]
fn calibration_never_goes_below_the_start_or_above_the_bounds() {
    let passes = |start, ms| calibrate(start, ms).passes();
    assert_eq!(passes(KdfParams::DEFAULT, 233.0), 3);
    assert_eq!(passes(KdfParams::DEFAULT, 2000.0), 3);
    assert_eq!(passes(KdfParams::DEFAULT, 100.0), 7);
    assert_eq!(passes(KdfParams::DEFAULT, 1.0), 20);
    assert_eq!(passes(KdfParams::DEFAULT, 0.0), 20);
    assert_eq!(passes(KdfParams::DEFAULT, f64::NAN), 20);
    assert_eq!(passes(KdfParams::SMALL, 500.0), 6);
    assert_eq!(calibrate(KdfParams::SMALL, 50.0).memory_kib(), 32 * 1024);
}

#[test]
fn text_that_is_no_passphrase() {
    assert!(matches!(
        Passphrase::parse(" \u{3000}\u{a0}"),
        Err(PassphraseError::Empty)
    ));
    assert!(matches!(
        Passphrase::parse("een\ttab erin staan"),
        Err(PassphraseError::Control)
    ));
    assert!(matches!(
        Passphrase::parse(&"x".repeat(1025)),
        Err(PassphraseError::TooLong { .. })
    ));
}

#[test]
fn strength_in_words() {
    for typed in ["", "kort", "elf tekens1", "e\u{301}e\u{301}n twee do"] {
        if let Ok(passphrase) = Passphrase::parse(typed) {
            assert_eq!(passphrase.strength(), Strength::TooShort, "{typed}");
        }
    }
    for typed in [
        "wachtwoord123",
        "Wachtwoord2026!",
        "W@chtw00rd123",
        "welkomwelkom",
        "Welkom2025!!",
        "qwertyuiop12",
        "qwertyuiopasdf",
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "abcdefghijklm",
        "thuiszorg2026",
        "zomer2026zomer",
        "password1234",
        "Amsterdam1234!",
        "1q2w3e4r5t6y",
        "qazwsxedcrfv",
        "januari2026!",
        "feyenoord1908",
        "mijnwachtwoord",
    ] {
        assert_eq!(passphrase(typed).strength(), Strength::Weak, "{typed}");
        assert!(!passphrase(typed).strength().is_allowed());
    }
    for typed in [
        "paard batterij nietje",
        "Mevrouw drinkt thee om vier uur",
        "v8#kQ2!zRt0p",
        "rode fiets in de gracht",
    ] {
        assert!(passphrase(typed).strength().is_allowed(), "{typed}");
    }
    assert_eq!(
        passphrase("grutto kievit plevier scholekster wulp").strength(),
        Strength::Strong
    );
}

#[test]
fn a_recovery_code_comes_back_from_paper() {
    for seed in 0..200 {
        let code = RecoveryCode::make(&mut rng(seed));
        let text = code.to_text();
        assert_eq!(text.len(), 34);
        assert_eq!(text.split(' ').count(), RecoveryCode::GROUPS);
        let typed = text
            .to_lowercase()
            .replace('0', "O")
            .replace('1', "i")
            .replace(' ', "");
        assert_eq!(
            RecoveryCode::parse(&typed).unwrap().to_text().as_str(),
            text.as_str()
        );
        for (number, group) in (1..).zip(text.split(' ')) {
            assert!(code.is_group(number, &group.to_lowercase()));
            assert!(!code.is_group(number, &group[..3]));
        }
        assert!(!code.is_group(0, "") && !code.is_group(8, ""));
    }
}

#[test]
fn every_single_mistake_in_a_recovery_code_is_found() {
    let text = RecoveryCode::make(&mut rng(300)).to_text().replace(' ', "");
    let characters: Vec<char> = text.chars().collect();
    for place in 0..characters.len() {
        for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
            .chars()
            .filter(|other| *other != characters[place])
        {
            let mut wrong = characters.clone();
            wrong[place] = other;
            let typed: String = wrong.into_iter().collect();
            assert!(
                matches!(RecoveryCode::parse(&typed), Err(CodeError::Check)),
                "{typed}"
            );
        }
    }
    for place in 1..26 {
        let mut swapped = characters.clone();
        swapped.swap(place - 1, place);
        let typed: String = swapped.iter().collect();
        assert!(swapped == characters || RecoveryCode::parse(&typed).is_err());
    }
    assert!(matches!(
        RecoveryCode::parse(&text[1..]),
        Err(CodeError::Length { got: 27 })
    ));
    assert!(matches!(
        RecoveryCode::parse("12U4"),
        Err(CodeError::Character { place: 3 })
    ));
    assert!(matches!(
        RecoveryCode::parse("12\u{e9}4"),
        Err(CodeError::Character { place: 3 })
    ));
}
