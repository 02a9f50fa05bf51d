//! What a newer version wrote: refused readably, or kept and passed by.

use dossier::edit::ClientField;
use dossier::edit::Edit;
use dossier::id::EntryId;
use engine::Now;
use engine::command::{Command, Failure};
use engine::store::StoreName;
use pollster::block_on;

use super::tablet::{Tablet, failure, janssen, this_morning};

#[test]
fn a_store_of_a_newer_schema_is_refused_and_left_alone() {
    for (schema, format) in [(200_u16, 1_u8), (100, 2), (u16::MAX, 255)] {
        let mut tablet = Tablet::with_vault(1);
        tablet.restart();
        let row = [
            b"DKLS".as_slice(),
            &schema.to_be_bytes(),
            &[format],
            b"and more",
        ]
        .concat();
        for name in [b"format".as_slice(), b"format-2"] {
            tablet.disk.overwrite(StoreName::Meta, name, row.clone());
        }
        let before = tablet.disk.dump();
        for command in [
            Command::Status,
            Command::Unlock {
                passphrase: super::tablet::PASSPHRASE.into(),
            },
            Command::BeginSetup,
        ] {
            assert_eq!(
                failure(tablet.ask(command)),
                Failure::NewerFormat,
                "{schema} {format}"
            );
        }
        assert_eq!(tablet.disk.dump(), before);
    }
}

#[test]
fn a_schema_below_the_next_break_is_read() {
    let mut tablet = Tablet::with_vault(2);
    let row = [b"DKLS".as_slice(), &199_u16.to_be_bytes(), &[1], b"more"].concat();
    tablet.disk.overwrite(StoreName::Meta, b"format", row);
    tablet.restart_and_unlock();
}

#[test]
fn an_unknown_record_that_is_not_critical_is_kept_and_passed_by() {
    let (mut tablet, client) = Tablet::with_client(3);
    block_on(tablet.vault.plant_unknown_record(
        client,
        false,
        Now { ms: tablet.now },
        &mut tablet.rng,
    ))
    .unwrap();
    let records = |tablet: &Tablet| {
        tablet
            .disk
            .dump()
            .iter()
            .filter(|row| row.0 == StoreName::Record)
            .count()
    };
    let kept = records(&tablet);
    tablet.restart_and_unlock();
    tablet.sign(client, &this_morning("Geholpen met douchen"));
    let edit = Edit::ChangeClient {
        client,
        field: ClientField::Place,
        value: "Utrecht".into(),
    };
    tablet.save(edit);
    tablet.restart_and_unlock();
    assert!(records(&tablet) > kept);
    assert_eq!(tablet.client(client).unreadable_count, 0);
    assert!(tablet.unreadable().is_empty());
    tablet.audit();
}

#[test]
fn an_unknown_critical_record_makes_its_document_read_only() {
    let (mut tablet, client) = Tablet::with_client(4);
    let other = tablet.create_client(&janssen());
    block_on(tablet.vault.plant_unknown_record(
        client,
        true,
        Now { ms: tablet.now },
        &mut tablet.rng,
    ))
    .unwrap();
    tablet.restart_and_unlock();
    assert_eq!(tablet.client(client).row.last_name, "Janssen");
    let edit = Edit::ChangeClient {
        client,
        field: ClientField::Place,
        value: "Utrecht".into(),
    };
    assert_eq!(failure(tablet.edit(edit)), Failure::NewerFormat);
    let visit = EntryId(tablet.fresh());
    let edit = Edit::SignVisit {
        client,
        visit,
        input: Box::new(this_morning("Geholpen met douchen")),
    };
    assert_eq!(failure(tablet.edit(edit)), Failure::NewerFormat);
    tablet.sign(other, &this_morning("Steunkousen"));
    assert!(tablet.unreadable().is_empty(), "newer is not damaged");
}
