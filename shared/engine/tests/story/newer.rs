//! What a newer version wrote: refused readably, or kept and passed by.

use dossier::edit::ClientField;
use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use engine::command::{Command, Failure};
use engine::store::StoreName;
use engine::{Now, Planted};
use pollster::block_on;

use super::tablet::{Tablet, failure, janssen, this_morning};
use super::two_devices::pair;

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
    block_on(tablet.vault.plant_record(
        client,
        Planted::Unknown,
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

const STOPPING: [Planted; 3] = [Planted::Critical, Planted::Erasure, Planted::Generation];

fn place(value: &str, client: ClientId) -> Edit {
    Edit::ChangeClient {
        client,
        field: ClientField::Place,
        value: value.into(),
    }
}

#[test]
fn a_record_that_a_newer_version_must_explain_makes_its_document_read_only() {
    for planted in STOPPING {
        let (mut tablet, client) = Tablet::with_client(4);
        let other = tablet.create_client(&janssen());
        let now = Now { ms: tablet.now };
        let (vault, rng) = (&mut tablet.vault, &mut tablet.rng);
        block_on(vault.plant_record(client, planted, now, rng)).unwrap();
        tablet.restart_and_unlock();
        assert_eq!(tablet.client(client).row.last_name, "Janssen");
        let refused = failure(tablet.edit(place("Utrecht", client)));
        assert_eq!(refused, Failure::NewerFormat, "{planted:?}");
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
}

/// A document's list of records is emptied when a snapshot is made of it.
#[test]
fn what_a_newer_version_must_explain_is_not_forgotten_in_a_long_dossier() {
    for planted in STOPPING {
        for before in [29, 30, 31, 32] {
            let (mut hub, mut tablet, mut laptop, client) = pair(5);
            for number in 0..before {
                tablet.save(place(&format!("Plaats {number}"), client));
            }
            hub.settle(&mut [&mut tablet, &mut laptop]);
            // Others, of the same version as the planted record, go on.
            let now = Now { ms: tablet.now };
            let (vault, rng) = (&mut tablet.vault, &mut tablet.rng);
            block_on(vault.plant_record(client, planted, now, rng)).unwrap();
            hub.settle(&mut [&mut tablet, &mut laptop]);
            laptop.restart_and_unlock();
            let refused = failure(laptop.edit(place("Utrecht", client)));
            assert_eq!(refused, Failure::NewerFormat, "{planted:?} after {before}");
            assert!(laptop.unreadable().is_empty(), "newer is not damaged");
        }
    }
}
