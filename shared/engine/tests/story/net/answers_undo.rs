//! A choice between two numbers, documents or parts of the own data is taken back on the other device.

use dossier::edit::{DocumentKind, Edit, Funding, IdentityInput, ProfileInput};
use dossier::id::{ClientId, EntryId};
use dossier::view::ConflictAbout;

use super::super::tablet::caregiver;
use super::both_ways::{
    LAPTOP, MINUTE, TABLET, answers, assert_same, choose, meet, on, pair, part, profile, save,
};
use super::world::World;

fn undo(client: ClientId, change: EntryId) -> Edit {
    Edit::UndoChange { client, change }
}

fn establish(client: ClientId, number: &str) -> Edit {
    Edit::EstablishIdentity {
        client,
        input: IdentityInput {
            document_kind: Some(DocumentKind::Passport),
            document_number: number.into(),
            date: "20-11-2026".into(),
            time: "9:05".into(),
            is_bsn_compared: true,
        },
    }
}

/// How many answers each device asks about.
fn asked(world: &mut World, client: ClientId, about: ConflictAbout) -> [usize; 2] {
    [TABLET, LAPTOP].map(|index| answers(world, index, client, about).len())
}

#[test]
fn a_choice_of_a_number_a_document_or_the_own_data_is_undone_on_the_other_device() {
    let (mut world, client) = pair(52);
    part(&mut world);
    for (index, bsn, agb) in [
        (TABLET, "111222333", "91012341"),
        (LAPTOP, "999990019", "91012342"),
    ] {
        let edits = [
            // Each makes the identity document of its own.
            Edit::ChangeFunding {
                client,
                funding: vec![Funding::Zvw],
                is_personal_budget: false,
                care_kinds: Vec::new(),
                bsn: bsn.into(),
            },
            Edit::SetProfile(ProfileInput {
                agb: agb.into(),
                ..caregiver()
            }),
        ];
        for edit in edits {
            save(&mut world, index, edit);
        }
        world.run(MINUTE);
    }
    meet(&mut world);
    assert_same(&mut world, client);

    // The numbers.
    let number = |bsn: &str| Edit::ChangeBsn {
        client,
        bsn: bsn.into(),
    };
    let change = save(&mut world, TABLET, number("111222333")).expect("can be undone");
    world.run(MINUTE);
    assert_eq!(asked(&mut world, client, ConflictAbout::Bsn), [0, 0]);
    save(&mut world, LAPTOP, undo(client, change));
    world.run(MINUTE);
    assert_same(&mut world, client);
    assert_eq!(asked(&mut world, client, ConflictAbout::Bsn), [2, 2]);
    save(&mut world, LAPTOP, number("999990019"));
    world.run(MINUTE);

    // The documents.
    part(&mut world);
    for (index, number) in [(TABLET, "AB1234567"), (LAPTOP, "CD1234567")] {
        save(&mut world, index, establish(client, number));
        world.run(MINUTE);
    }
    meet(&mut world);
    let about = ConflictAbout::Identity;
    let given = answers(&mut world, TABLET, client, about);
    let change = choose(&mut world, TABLET, &given[0]).expect("can be undone");
    world.run(MINUTE);
    assert_eq!(asked(&mut world, client, about), [0, 0]);
    let view = on(&mut world, LAPTOP, |laptop| laptop.client(client));
    assert!(view.other_changes[0].can_undo);
    assert_eq!(view.other_changes[0].change, change);
    save(&mut world, LAPTOP, undo(client, change));
    world.run(MINUTE);
    assert_same(&mut world, client);
    assert_eq!(asked(&mut world, client, about), [2, 2]);

    // The own data.
    let given = profile(&mut world, LAPTOP).conflicts.remove(0).answers;
    let change = choose(&mut world, LAPTOP, &given[0]).expect("can be undone");
    world.run(MINUTE);
    assert!(profile(&mut world, TABLET).conflicts.is_empty());
    save(&mut world, TABLET, Edit::UndoProfile { change });
    world.run(MINUTE);
    for index in [TABLET, LAPTOP] {
        assert_eq!(profile(&mut world, index).conflicts.len(), 1);
        world.restart(index);
        assert_eq!(profile(&mut world, index).conflicts.len(), 1);
    }
    assert_same(&mut world, client);
    assert_eq!(asked(&mut world, client, about), [2, 2]);
}
