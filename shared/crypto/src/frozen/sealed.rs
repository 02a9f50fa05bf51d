//! Keybox, slots, recovery code, access log, draft and local row.

use protocol::{
    ClientId, DeviceIndex, DocId, Domain, Epoch, Generation, Incarnation, VerifyKey,
    audit::{AuditAction, AuditBatch, AuditChain, AuditEntry, AuditEvent, AuditLine, AuditOutcome},
    draft::DraftHeader,
    keybox::{DocKind, Keybox, KeyboxEntry},
};
use serde_json::{Value, json};

use super::{account, compare, hex, rng, secret};
use crate::{
    ClientKey, DeviceBundle, DocumentKey, DocumentName, EpochKey, KdfParams, LocalKey, Passphrase,
    RecoveryCode, SigningKey, Slot, open_draft, run_argon2id, seal_draft, seal_local,
};

#[test]
fn keybox() {
    let mut random = rng(50);
    let epoch_key = EpochKey(secret(0x31));
    let (client_key, practice_key) = (ClientKey(secret(0x32)), ClientKey(secret(0x33)));
    let (journal_key, profile_key) = (DocumentKey(secret(0x34)), DocumentKey(secret(0x35)));
    let client = Some(ClientId::from_bytes([0xc1; 16]));
    let name = |doc, kind, client, year| DocumentName {
        doc: DocId::from_bytes([doc; 16]),
        kind,
        client,
        year,
        generation: Generation(0),
    };
    let journal = name(0xd1, DocKind::Journal, client, Some(2026));
    let profile = name(0xd2, DocKind::Profile, None, None);
    let keybox = Keybox {
        entries: vec![
            KeyboxEntry::ClientKey(
                epoch_key
                    .wrap_client(&mut random, &account(), Epoch(5), client, 1, &client_key)
                    .unwrap(),
            ),
            KeyboxEntry::DocKey(
                client_key
                    .wrap_document(&mut random, &account(), 1, &journal, &journal_key)
                    .unwrap(),
            ),
            KeyboxEntry::ClientKey(
                epoch_key
                    .wrap_client(&mut random, &account(), Epoch(5), None, 2, &practice_key)
                    .unwrap(),
            ),
            KeyboxEntry::DocKey(
                practice_key
                    .wrap_document(&mut random, &account(), 2, &profile, &profile_key)
                    .unwrap(),
            ),
            KeyboxEntry::Unknown {
                code: 77,
                bytes: vec![0x80],
            },
        ],
    };
    assert_eq!(Keybox::decode(&keybox.encode()).unwrap(), keybox);
    let derived = |key: &DocumentKey| {
        json!([
            hex(key.derive_body_key().0.expose()),
            hex(key.derive_snapshot_key().0.expose())
        ])
    };
    compare(
        "keybox.json",
        &json!({
            "account": hex(account().as_bytes()),
            "epoch_key": hex([0x31; 32]),
            "epoch_derived_route_body_draft": [
                hex(epoch_key.derive_route_key().0.expose()), hex(epoch_key.derive_body_key().0.expose()), hex(epoch_key.derive_draft_key().secret.expose()),
            ],
            "content": hex(keybox.encode()),
            "client_keys": [hex([0x32; 32]), hex([0x33; 32])],
            "document_keys": [hex([0x34; 32]), hex([0x35; 32])],
            "document_derived_body_snapshot": [derived(&journal_key), derived(&profile_key)],
        }),
    );
}

#[test]
fn bundle_at_three_settings() {
    let typed = "  e\u{301}e\u{301}n lange\u{a0}zin, 9 woorden ";
    let passphrase = Passphrase::parse(typed).unwrap();
    let settings = [(19 * 1024, 2), (32 * 1024, 6), (64 * 1024, 3)];
    let slots: Vec<Value> = settings
        .into_iter()
        .enumerate()
        .map(|(index, (memory_kib, passes))| {
            let mut random = rng(60 + index as u8);
            let bundle = DeviceBundle::make(&mut random);
            let params = KdfParams::new(memory_kib, passes, 1).unwrap();
            let request = Slot::make_request(&mut random, params, &passphrase);
            let key = run_argon2id(&request).unwrap();
            let slot = Slot::seal(
                &mut random,
                account(),
                DeviceIndex(index as u16),
                &request,
                &key,
                &bundle,
            )
            .unwrap();
            assert_eq!(Slot::decode(&slot.encode()).unwrap(), slot);
            let card = bundle.card().unwrap();
            json!({
                "memory_kib": memory_kib, "passes": passes, "device": index,
                "slot_key": hex(key.expose_bytes()),
                "slot": hex(slot.encode()),
                "verify_key": hex(card.verify_key.0),
                "hpke_key": hex(card.hpke_key),
                "local_key": hex(bundle.derive_local_key().0.expose()),
            })
        })
        .collect();
    let pairs: Vec<Value> = [
        ("caf\u{e9} om de hoek", "cafe\u{301} om de hoek"),
        ("zo\u{eb}ven gezien", "zoe\u{308}ven gezien"),
        ("twee woorden", "\u{3000}twee\u{2003}woorden\u{a0}"),
        ("\u{212b}ngstr\u{f6}m lang", "\u{c5}ngstro\u{308}m lang"),
    ]
    .into_iter()
    .map(|(left, right)| {
        let (left_form, right_form) = (
            Passphrase::parse(left).unwrap(),
            Passphrase::parse(right).unwrap(),
        );
        assert_eq!(left_form.as_bytes(), right_form.as_bytes());
        json!({ "typed": [left, right], "bytes": hex(left_form.as_bytes()) })
    })
    .collect();
    compare(
        "bundle.json",
        &json!({ "typed": typed, "passphrase": hex(passphrase.as_bytes()), "slots": slots, "same_passphrase": pairs }),
    );
}

#[test]
fn recovery_code() {
    let codes: Vec<Value> = (0..3)
        .map(|seed| {
            let code = RecoveryCode::make(&mut rng(70 + seed));
            let keys = code.derive_keys();
            let VerifyKey(verify_key) = keys.signing_key().verify_key();
            json!({
                "bytes": hex(code.expose_bytes()),
                "text": code.to_text().as_str(),
                "signing_seed": hex(keys.signing_key().expose_seed()),
                "verify_key": hex(verify_key),
                "hpke_seed": hex(keys.hpke_key().expose_seed()),
                "hpke_key": hex(keys.hpke_key().public_key().unwrap()),
            })
        })
        .collect();
    let text = codes[0]["text"].as_str().unwrap().to_owned();
    let replace =
        |place: usize, with: &str| format!("{}{with}{}", &text[..place], &text[place + 1..]);
    let swapped = replace(0, &text[1..2]);
    let bad = [
        (
            "one character wrong",
            replace(5, if &text[5..6] == "7" { "8" } else { "7" }),
        ),
        (
            "two neighbours swapped",
            format!("{}{}{}", &swapped[..1], &text[..1], &text[2..]),
        ),
        (
            "check character wrong",
            replace(33, if &text[33..34] == "7" { "8" } else { "7" }),
        ),
        ("one character short", text[..33].to_owned()),
        ("a letter no code has", replace(3, "U")),
    ];
    let refused: Vec<Value> = bad
        .into_iter()
        .map(|(why, typed)| {
            let error = RecoveryCode::parse(&typed).err().unwrap();
            json!({ "why": why, "typed": typed, "error": error.to_string() })
        })
        .collect();
    let loose = format!(
        " {} ",
        text.to_lowercase()
            .replace(' ', "-")
            .replace('0', "o")
            .replace('1', "l")
    );
    assert_eq!(
        RecoveryCode::parse(&loose).unwrap().to_text().as_str(),
        text
    );
    compare(
        "recovery.json",
        &json!({ "codes": codes, "first_typed_loosely": loose, "refused": refused }),
    );
}

pub(super) fn audit_batch() -> AuditBatch {
    let start = AuditChain::start(
        &account(),
        DeviceIndex(3),
        Incarnation::from_bytes([0x1c; 8]),
    );
    let mut chain = start.clone();
    let events = [
        (AuditEvent::Unlocked, AuditAction::Execute, None),
        (AuditEvent::Read, AuditAction::Read, Some([0xc1; 16])),
        (AuditEvent::Entered, AuditAction::Create, Some([0xc1; 16])),
        (AuditEvent::Searched, AuditAction::Execute, None),
        (AuditEvent::UnlockFailed, AuditAction::Execute, None),
    ];
    let entries: Vec<AuditEntry> = (1..)
        .zip(events)
        .map(|(n, (event, action, client))| {
            let line = AuditLine {
                n,
                at: 1_790_000_000_000 + u64::from(n),
                event,
                client,
                user: "zorgverlener".to_owned(),
                device: DeviceIndex(3),
                object: "journal/2026".to_owned(),
                action,
                outcome: if event == AuditEvent::UnlockFailed {
                    AuditOutcome::Failure
                } else {
                    AuditOutcome::Success
                },
            };
            AuditEntry::new([n as u8; 16], &line)
        })
        .collect();
    for entry in &entries {
        chain.push(entry).unwrap();
    }
    AuditBatch {
        first: start.next,
        before: start.link,
        entries,
        after: chain.link,
    }
}

#[test]
fn audit_log_of_five_lines_one_removed() {
    let whole = audit_batch();
    let mut shortened = whole.clone();
    shortened.entries[2] = shortened.entries[2].removed();
    let mut changed = whole.clone();
    changed.entries.remove(2);
    assert_eq!(
        AuditBatch::decode(&shortened.encode())
            .unwrap()
            .lines()
            .unwrap()
            .len(),
        4
    );
    assert!(AuditBatch::decode(&changed.encode()).is_err());
    compare(
        "audit.json",
        &json!({
            "account": hex(account().as_bytes()), "device": 3, "incarnation": hex([0x1c; 8]),
            "whole": hex(whole.encode()), "line_3_removed": hex(shortened.encode()), "line_3_cut_out": hex(changed.encode()),
            "start": hex(whole.before), "end": hex(whole.after),
        }),
    );
}

#[test]
fn draft_and_local_row() {
    let key = EpochKey(secret(0x31)).derive_draft_key();
    let signing = SigningKey::from_seed(&secret(0x23));
    let header = DraftHeader {
        account: account(),
        device: DeviceIndex(3),
        slot: 2,
        incarnation: Incarnation::from_bytes([0x1c; 8]),
        counter: 9,
        key: key.id(),
    };
    let text = "Mevrouw slaapt goed.".as_bytes();
    let frame = seal_draft(&mut rng(80), &header, text, &key, &signing).unwrap();
    assert_eq!(
        open_draft(&frame, &signing.verify_key(), &key)
            .unwrap()
            .as_slice(),
        text
    );
    let local_key = LocalKey(secret(0x36));
    let row = seal_local(
        &mut rng(81),
        &local_key,
        &account(),
        "snapshot",
        b"rij",
        text,
    )
    .unwrap();
    compare(
        "draft.json",
        &json!({
            "account": hex(account().as_bytes()), "epoch_key": hex([0x31; 32]), "verify_key": hex(signing.verify_key().0),
            "device": 3, "slot": 2, "incarnation": hex([0x1c; 8]), "counter": 9, "text": hex(text), "bytes": hex(frame.as_bytes()),
        }),
    );
    compare(
        "local.json",
        &json!({
            "account": hex(account().as_bytes()), "local_key": hex([0x36; 32]), "store": "snapshot", "row": hex(b"rij"),
            "plaintext": hex(text), "bytes": hex(row),
        }),
    );
    assert_eq!(Domain::LocalRow.as_str(), "dossierkluis/1/local-row");
}
