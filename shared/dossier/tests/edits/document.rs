//! Loading, taking and applying changes: strict about every byte.

use dossier::document::{Document, Kind, LoadError};
use dossier::edit::{ClientField, Edit, Funding};
use dossier::project;
use proptest::prelude::*;

use super::world::{ANNA, World, sign, visit_input};

const ACTOR: [u8; 16] = [77; 16];

fn change(place: &str) -> Edit {
    Edit::ChangeClient {
        client: ANNA,
        field: ClientField::Place,
        value: place.to_owned(),
    }
}

#[test]
fn a_saved_document_comes_back_with_its_kind_and_heads() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(sign(1, visit_input()));
    let journal = world.newest_journal().unwrap();
    let loaded = Document::load(&journal.save(), Some(&journal.heads()), ACTOR).unwrap();
    assert_eq!(loaded.kind(), Some(Kind::Journal { year: 2026 }));
    assert_eq!(loaded.heads(), journal.heads());
    assert_eq!(project::visits(&loaded), project::visits(journal));
    let dossier = world.dossier.as_ref().unwrap();
    assert_eq!(
        Document::load(&dossier.save(), None, ACTOR).unwrap().kind(),
        Some(Kind::Dossier)
    );
    let refused = Document::load(&dossier.save(), Some(&journal.heads()), ACTOR);
    assert_eq!(refused.unwrap_err(), LoadError::HeadsDiffer);
}

#[test]
fn a_new_document_holds_no_change() {
    let mut document = Document::new(Kind::Dossier, ACTOR);
    assert_eq!(
        (document.heads(), document.take_changes()),
        (Vec::new(), None)
    );
    assert_eq!(document.kind(), Some(Kind::Dossier));
    assert_eq!(
        Document::load(&[], None, ACTOR).unwrap_err(),
        LoadError::Damaged,
        "nothing is never an empty document"
    );
}

#[test]
fn changes_are_taken_once_and_say_what_they_build_on() {
    let mut world = World::with_client(&[Funding::Private]);
    let dossier = world.dossier.as_mut().unwrap();
    let created = dossier.take_changes().unwrap();
    assert!(created.deps.is_empty());
    assert_eq!(created.hashes, dossier.heads());
    assert_eq!(dossier.take_changes(), None);
    world.apply(change("Elders"));
    world.apply(change("Verder"));
    let dossier = world.dossier.as_mut().unwrap();
    let changed = dossier.take_changes().unwrap();
    assert_eq!((changed.deps, changed.hashes.len()), (created.hashes, 2));
    assert_eq!(changed.hashes[1..], dossier.heads());
}

#[test]
fn records_open_as_the_document_they_were_taken_from() {
    let mut world = World::with_client(&[Funding::Private]);
    let snapshot = world.dossier.as_ref().unwrap().save();
    let first = world
        .dossier
        .as_mut()
        .unwrap()
        .take_changes()
        .unwrap()
        .bytes;
    let mut records = Vec::new();
    for place in ["Elders", "Verder", "Terug"] {
        world.apply(change(place));
        records.push(
            world
                .dossier
                .as_mut()
                .unwrap()
                .take_changes()
                .unwrap()
                .bytes,
        );
    }
    let dossier = world.dossier.as_ref().unwrap();
    let since: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
    let opened =
        Document::load_concatenated(&snapshot, &since, Some(&dossier.heads()), ACTOR).unwrap();
    assert_eq!(project::client_row(ANNA, &opened, None, None), world.row());
    let all: Vec<&[u8]> = std::iter::once(first.as_slice())
        .chain(since.iter().rev().copied())
        .collect();
    let opened = Document::load_concatenated(&[], &all, Some(&dossier.heads()), ACTOR).unwrap();
    assert_eq!(opened.save(), dossier.save());

    let gap = [since[0], since[2]];
    let refused = Document::load_concatenated(&snapshot, &gap, None, ACTOR).unwrap_err();
    assert!(matches!(refused, LoadError::Incomplete { .. }), "{refused}");
    let refused = Document::load_concatenated(&[], &since, None, ACTOR).unwrap_err();
    assert!(matches!(refused, LoadError::Incomplete { .. }), "{refused}");
    let lost = Document::load_concatenated(&snapshot, &since[..2], Some(&dossier.heads()), ACTOR);
    assert_eq!(
        lost.unwrap_err(),
        LoadError::HeadsDiffer,
        "a lost record is seen"
    );
}

#[test]
fn applied_changes_are_those_of_others() {
    let mut tablet = World::with_client(&[Funding::Private]);
    tablet.dossier.as_mut().unwrap().take_changes();
    let mut laptop = tablet.other_device("laptop");
    laptop.apply(change("Elders"));
    let sent = laptop.dossier.as_mut().unwrap().take_changes().unwrap();
    laptop.apply(change("Verder"));
    let later = laptop.dossier.as_mut().unwrap().take_changes().unwrap();
    let dossier = tablet.dossier.as_mut().unwrap();
    let heads = dossier.heads();
    assert_eq!(
        dossier.apply_changes(&later.bytes),
        Err(LoadError::Incomplete { missing_count: 1 })
    );
    assert_eq!(dossier.heads(), heads, "refused changes leave no trace");
    dossier.apply_changes(&sent.bytes).unwrap();
    dossier.apply_changes(&sent.bytes).unwrap();
    dossier.apply_changes(&later.bytes).unwrap();
    assert_eq!(dossier.take_changes(), None, "they are not sent back");
    assert_eq!(tablet.row().place, "Verder");
    for damaged in [
        &[][..],
        b"x",
        &later.bytes[..later.bytes.len() - 1],
        &tablet.dossier.as_ref().unwrap().save(),
    ] {
        assert_eq!(
            tablet.dossier.as_mut().unwrap().apply_changes(damaged),
            Err(LoadError::Damaged)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_flipped_or_missing_byte_passes(at in any::<prop::sample::Index>(), bit in 0_u8..8, is_cut: bool) {
        let mut world = World::with_client(&[Funding::Private]);
        world.apply(change("Elders"));
        let dossier = world.dossier.as_mut().unwrap();
        let heads = dossier.heads();
        let (saved, taken) = (dossier.save(), dossier.take_changes().unwrap().bytes);
        for sound in [saved, taken] {
            let mut bytes = sound.clone();
            let index = at.index(bytes.len());
            if is_cut {
                bytes.truncate(index);
            } else {
                bytes[index] ^= 1 << bit;
            }
            let loaded = Document::load(&bytes, Some(&heads), ACTOR);
            prop_assert!(loaded.is_err(), "byte {index} of {}", sound.len());
            let mut empty = Document::new(Kind::Dossier, ACTOR);
            let applied = empty.apply_changes(&bytes);
            prop_assert!(applied.is_err() || empty.heads() != heads);
        }
    }
}
