//! Identification before care (B8).

use dossier::edit::{DocumentKind, Edit, Funding, IdentityInput};
use dossier::problem::{Fault, Field};

use super::world::{ANNA, BSN, World, client_input, identity_input, visit_input};

fn establish(input: IdentityInput) -> Edit {
    Edit::EstablishIdentity {
        client: ANNA,
        input,
    }
}

fn defer(reason: &str) -> Edit {
    Edit::DeferIdentity {
        client: ANNA,
        reason: reason.to_owned(),
    }
}

fn unidentified() -> World {
    let mut world = World::new();
    world.apply(Edit::CreateClient {
        client: ANNA,
        input: Box::new(client_input(&[Funding::Zvw])),
    });
    world
}

#[test]
fn every_part_is_required() {
    let mut world = unidentified();
    let problems = world.refused(establish(IdentityInput::default()));
    assert!(
        problems
            .iter()
            .all(|(_, fault, rule)| *fault == Fault::Missing && rule == "B8")
    );
    let fields: Vec<Field> = problems.iter().map(|problem| problem.0).collect();
    assert_eq!(
        fields,
        [
            Field::DocumentKind,
            Field::DocumentNumber,
            Field::IdentityDate,
            Field::IdentityTime,
            Field::BsnCompared
        ]
    );
}

#[test]
fn a_moment_in_the_future_is_refused_beyond_five_minutes() {
    for (date, time, field) in [
        ("22-11-2026", "14:05", None),
        ("22-11-2026", "14:06", Some(Field::IdentityTime)),
        ("23-11-2026", "08:00", Some(Field::IdentityDate)),
    ] {
        let mut world = unidentified();
        let input = IdentityInput {
            date: date.to_owned(),
            time: time.to_owned(),
            ..identity_input()
        };
        match field {
            None => drop(world.apply(establish(input))),
            Some(field) => {
                assert_eq!(
                    world.refused(establish(input)),
                    [(field, Fault::InFuture, "B8".to_owned())]
                );
            }
        }
    }
}

#[test]
fn a_visit_waits_for_the_identity() {
    let mut world = unidentified();
    let problems = world.sign(1, visit_input()).unwrap_err();
    assert_eq!(
        (problems[0].field, &problems[0].fault),
        (Field::Whole, &Fault::IdentityMissing)
    );
    assert_eq!(problems[0].rule.as_deref(), Some("B8"));
    assert!(world.row().is_identity_missing && world.journals.is_empty());

    world.apply(establish(identity_input()));
    let view = world.view();
    assert!(!view.row.is_identity_missing);
    let identity = view.identity.unwrap();
    assert_eq!(
        (identity.document_kind, identity.document_number.as_str()),
        (DocumentKind::Passport, "NW1234567")
    );
    assert_eq!(
        (
            identity.date.as_str(),
            identity.time.as_str(),
            identity.author.as_str()
        ),
        ("2026-11-21", "09:05", "Els de Vries")
    );
    assert!(
        world.apply(establish(identity_input())).events.is_empty(),
        "pressing twice saves once"
    );
    world.sign(1, visit_input()).unwrap();
    assert!(!world.visit(1).is_identity_deferred);
}

#[test]
fn acute_care_goes_first_and_leaves_a_task() {
    let mut world = unidentified();
    assert_eq!(
        world.refused(defer(" ")),
        [(Field::DeferReason, Fault::Missing, "B8".to_owned())]
    );
    world.apply(defer("Gevallen, bloedt"));
    assert!(world.apply(defer("Gevallen, bloedt")).events.is_empty());
    world.sign(1, visit_input()).unwrap();
    assert!(world.visit(1).is_identity_deferred);
    let row = world.row();
    assert!(row.is_identity_missing);
    assert_eq!(row.identity_deferred.as_deref(), Some("Gevallen, bloedt"));

    world.apply(establish(identity_input()));
    assert_eq!(world.row().identity_deferred, None);
    assert_eq!(world.refused(defer("nogmaals"))[0].1, Fault::NotPossible);
    assert!(
        world.visit(1).is_identity_deferred,
        "the signed visit keeps what was so"
    );
    assert!(world.sign(1, visit_input()).unwrap().events.is_empty());
}

#[test]
fn another_bsn_has_to_be_compared_again() {
    let mut world = World::with_client(&[Funding::Wlz]);
    assert_eq!(
        world.refused(Edit::ChangeBsn {
            client: ANNA,
            bsn: BSN.to_owned()
        })[0]
            .1,
        Fault::Unchanged
    );
    assert_eq!(
        world.refused(Edit::ChangeBsn {
            client: ANNA,
            bsn: "999990018".to_owned()
        })[0]
            .1,
        Fault::BsnInvalid
    );
    world.apply(Edit::ChangeBsn {
        client: ANNA,
        bsn: "9999.90.020".to_owned(),
    });
    assert_eq!(world.view().bsn_masked.as_deref(), Some("•••••0020"));
    assert!(world.row().is_identity_missing);
    world.now_ms += 1;
    world.apply(establish(identity_input()));
    assert!(!world.row().is_identity_missing);
}

#[test]
fn no_identity_document_is_kept_where_no_bsn_may_be_held() {
    let mut world = World::with_client(&[Funding::Jeugdwet]);
    for edit in [
        establish(identity_input()),
        defer("spoed"),
        Edit::ChangeBsn {
            client: ANNA,
            bsn: BSN.to_owned(),
        },
    ] {
        assert_eq!(
            world.refused(edit),
            [(Field::Whole, Fault::NotPossible, "B9".to_owned())]
        );
    }
    world.sign(1, visit_input()).unwrap();
    assert!(world.identity.is_none());
}
