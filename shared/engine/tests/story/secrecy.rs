//! Not one readable word on disk.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use dossier::draft::DraftBody;
use dossier::edit::{
    ClientField, CorrectionInput, Edit, IdentityInput, SubstituteInput, VisitField,
};
use dossier::id::EntryId;
use engine::command::{Command, Reply};
use engine::store::StoreName;
use engine::store::memory::Memory;

use super::tablet::{
    PASSPHRASE, Tablet, caregiver, janssen, passport, this_morning, visit_at, with_bsn,
};

/// The forms in which text may stand in a file.
fn forms(word: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![word.to_vec()];
    if let Ok(text) = std::str::from_utf8(word) {
        forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        forms.push(text.to_lowercase().into_bytes());
        forms.push(hex::encode(text).into_bytes());
    }
    for shift in 0..3 {
        // Characters at the edges depend on the neighbours; what is between does not.
        let padded = [vec![b'x'; shift], word.to_vec(), vec![b'x'; 3]].concat();
        for encoded in [STANDARD.encode(&padded), URL_SAFE.encode(&padded)] {
            let sure = encoded.as_bytes();
            forms.push(sure[4..4 + (word.len() + shift - 3) / 3 * 4].to_vec());
        }
    }
    forms
}

fn find(disk: &Memory, words: &[Vec<u8>]) -> Vec<String> {
    let mut found = Vec::new();
    let forms: Vec<(usize, Vec<u8>)> = words
        .iter()
        .enumerate()
        .flat_map(|(n, word)| forms(word).into_iter().map(move |form| (n, form)))
        .collect();
    for (store, key, value) in disk.dump() {
        for (number, form) in &forms {
            let has = |bytes: &[u8]| {
                bytes
                    .windows(form.len())
                    .any(|window| window == form.as_slice())
            };
            if has(&key) || has(&value) {
                found.push(format!("word {number} in {store:?}"));
            }
        }
    }
    found
}

#[test]
fn words_typed_in_a_day_stand_nowhere_on_disk() {
    let mut tablet = Tablet::with_vault(1);
    let mut input = with_bsn();
    input.first_name = "Kanariegeel".into();
    input.last_name = "Zwanenburgje".into();
    input.street = "Papegaaiplantsoen 7".into();
    input.place = "Vogelenzangdorp".into();
    input.phone = "0612345678".into();
    let client = tablet.create_client(&input);
    let identity = IdentityInput {
        document_number: "KANARIE12".into(),
        ..passport()
    };
    tablet.save(Edit::EstablishIdentity {
        client,
        input: identity,
    });
    let mut visit_input = this_morning("Goudvinkverzorging gedaan");
    visit_input.result = "Putterresultaat in orde".into();
    visit_input.facts = "Sijsjesfeiten genoteerd".into();
    visit_input.experience = "Merelbeleving tevreden".into();
    visit_input.substitute = Some(SubstituteInput {
        name: "Roodborst Waarnemer".into(),
        agb: "91054321".into(),
    });
    let visit = tablet.sign(client, &visit_input);
    let (correction, addition) = (EntryId(tablet.fresh()), EntryId(tablet.fresh()));
    let input = CorrectionInput {
        field: VisitField::Result,
        text: "Boomklevercorrectie".into(),
        reason: "Winterkoningreden".into(),
        is_client_request: true,
    };
    tablet.save(Edit::CorrectVisit {
        client,
        visit,
        correction,
        input,
    });
    tablet.save(Edit::AddToVisit {
        client,
        visit,
        addition,
        text: "Kwikstaartaanvulling".into(),
    });
    tablet.save(Edit::ChangeClient {
        client,
        field: ClientField::Place,
        value: "IJsvogelhaven".into(),
    });
    let body = DraftBody::Visit {
        client,
        visit: EntryId([9; 16]),
        input: Box::new(visit_at(
            "20-11-2026",
            "9:00",
            "9:30",
            "Leeuwerikontwerp half af",
        )),
    };
    tablet.save_draft(None, body);
    let other = tablet.create_client(&janssen());
    for day in 1..=19 {
        for hour in 8..=10 {
            let done = format!("Spreeuwbezoek {day} {hour}");
            let (begin, end) = (format!("{hour}:00"), format!("{hour}:30"));
            tablet.sign(
                other,
                &visit_at(&format!("{day}-11-2026"), &begin, &end, &done),
            );
        }
    }
    tablet.ask(Command::Clients {
        query: "Zoekwoordmees".into(),
        filter: Default::default(),
    });
    tablet.ask(Command::NoteSearch);
    tablet.ask(Command::RevealBsn { client });
    tablet.client(client);
    let snapshots = tablet
        .disk
        .dump()
        .into_iter()
        .filter(|row| row.0 == StoreName::Snapshot);
    assert!(
        snapshots.count() >= 2,
        "a journal's snapshot is searched too"
    );
    let documents = tablet.vault.document_ids();
    assert!(documents.len() >= 5, "{}", documents.len());
    tablet.lock();

    let mut words: Vec<Vec<u8>> = [
        "Kanariegeel",
        "Zwanenburgje",
        "Papegaaiplantsoen",
        "Vogelenzangdorp",
        "612345678",
        "KANARIE12",
        "Goudvinkverzorging",
        "Putterresultaat",
        "Sijsjesfeiten",
        "Merelbeleving",
        "Roodborst",
        "91054321",
        "Boomklevercorrectie",
        "Winterkoningreden",
        "Kwikstaartaanvulling",
        "IJsvogelhaven",
        "Leeuwerikontwerp",
        "Spreeuwbezoek",
        "Zoekwoordmees",
        "111222333",
        "Janssen",
        "Marijke",
        "91012345",
        "Molenweg",
        "1934-02-01",
        "first_name",
        "journal",
        "dossier/",
        "visit/",
        PASSPHRASE,
        &caregiver().name,
    ]
    .into_iter()
    .map(|word| word.as_bytes().to_vec())
    .collect();
    // Not even the random names of clients, visits and documents; records and slots stand here as a relay gets them.
    let hex = documents.iter().map(|id| hex::encode(id).into_bytes());
    words.extend(hex);
    words.extend(documents.iter().map(|id| id.to_vec()));
    words.extend([client.0.to_vec(), visit.0.to_vec(), other.0.to_vec()]);
    words.extend([client.to_string(), visit.to_string()].map(String::into_bytes));
    assert_eq!(find(&tablet.disk, &words), Vec::<String>::new());

    for word in &words {
        for form in forms(word) {
            let disk = Memory::new();
            let value = [b"noise ".as_slice(), &form, b" noise"].concat();
            disk.overwrite(StoreName::Blob, b"control", value);
            assert!(
                !find(&disk, std::slice::from_ref(word)).is_empty(),
                "the search finds a planted control"
            );
        }
    }
}

#[test]
fn the_search_finds_a_word_inside_longer_base64() {
    for before in ["", "a", "ab", "abc"] {
        let disk = Memory::new();
        let text = STANDARD.encode(format!("{before}Kanariegeel en meer"));
        disk.overwrite(StoreName::Blob, b"control", text.into_bytes());
        assert!(
            !find(&disk, &[b"Kanariegeel".to_vec()]).is_empty(),
            "{before}"
        );
    }
}

#[test]
fn the_recovery_code_is_nowhere() {
    let mut tablet = Tablet::new(2);
    let Reply::RecoveryCode { groups, ask } = tablet.ask(Command::BeginSetup) else {
        panic!()
    };
    let typed = ask.map(|number| (number, groups[usize::from(number) - 1].clone()));
    let finish = Command::FinishSetup {
        profile: caregiver(),
        passphrase: PASSPHRASE.into(),
        groups: typed,
    };
    assert!(matches!(tablet.ask(finish), Reply::Open));
    let words = [groups.join(" "), groups.concat(), groups.join("-")].map(String::into_bytes);
    assert_eq!(find(&tablet.disk, &words), Vec::<String>::new());
}

#[test]
fn rows_come_in_few_sizes() {
    let (mut tablet, client) = Tablet::with_client(3);
    let mut sizes = std::collections::BTreeSet::new();
    for text in [
        "a",
        "Geholpen",
        "Geholpen met wassen en met aankleden in de ochtend",
    ] {
        tablet.sign(client, &this_morning(text));
        let rows = tablet.disk.dump();
        sizes.extend(
            rows.iter()
                .filter(|row| row.0 == StoreName::Cache)
                .map(|row| row.2.len()),
        );
    }
    assert_eq!(sizes.len(), 1, "the length of a summary does not show");
}
