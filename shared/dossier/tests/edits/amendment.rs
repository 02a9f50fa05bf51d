//! Corrections and additions: the old text stays.

use dossier::edit::{
    CorrectionInput, Edit, Funding, MeasurementInput, MeasurementKind, VisitField, VisitInput,
};
use dossier::problem::{Fault, Field};
use dossier::project;

use super::world::{ANNA, World, entry, ms, sign, visit_input};

pub(super) fn correct(correction: u8, field: VisitField, text: &str) -> Edit {
    let input = CorrectionInput {
        field,
        text: text.to_owned(),
        reason: "Vergist".to_owned(),
        is_client_request: false,
    };
    Edit::CorrectVisit {
        client: ANNA,
        visit: entry(1),
        correction: entry(correction),
        input,
    }
}

fn add(addition: u8, text: &str) -> Edit {
    Edit::AddToVisit {
        client: ANNA,
        visit: entry(1),
        addition: entry(addition),
        text: text.to_owned(),
    }
}

fn signed() -> World {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(sign(
        1,
        VisitInput {
            actions: vec!["Wassen".to_owned(), "Kleden".to_owned()],
            measurements: vec![
                MeasurementInput {
                    kind: MeasurementKind::UpperPressure,
                    value: "120".to_owned(),
                },
                MeasurementInput {
                    kind: MeasurementKind::LowerPressure,
                    value: "80".to_owned(),
                },
            ],
            ..visit_input()
        },
    ));
    world
}

#[test]
fn a_correction_of_a_correction_keeps_every_text() {
    let mut world = signed();
    world.now_ms += 1_000;
    world.apply(correct(21, VisitField::Result, "Wond dicht"));
    world.now_ms += 1_000;
    world.apply(correct(20, VisitField::Result, "Wond bijna dicht"));
    let view = world.visit(1);
    assert_eq!(view.result, "Wond bijna dicht");
    let chain: Vec<(&str, &str)> = view
        .corrections
        .iter()
        .map(|entry| (entry.earlier.as_str(), entry.text.as_str()))
        .collect();
    assert_eq!(
        chain,
        [
            ("Zorg gegeven zoals afgesproken", "Wond dicht"),
            ("Wond dicht", "Wond bijna dicht")
        ]
    );
    assert_eq!(
        (
            view.corrections[0].reason.as_str(),
            view.corrections[0].author.as_str()
        ),
        ("Vergist", "Els de Vries")
    );
    assert_eq!(
        project::visits(world.newest_journal().unwrap()).0[0].amendment_count,
        2
    );
}

#[test]
fn correcting_twice_with_one_id_saves_once() {
    let mut world = signed();
    world.apply(correct(20, VisitField::Result, "Wond dicht"));
    assert!(
        world
            .apply(correct(20, VisitField::Result, "Wond dicht"))
            .events
            .is_empty()
    );
    assert_eq!(
        world.refused(correct(20, VisitField::Result, "Anders"))[0].1,
        Fault::NotPossible
    );
    world.apply(add(30, "Huisarts gebeld"));
    assert!(world.apply(add(30, "Huisarts gebeld")).events.is_empty());
    assert_eq!(world.refused(add(30, "Anders"))[0].1, Fault::NotPossible);
    assert_eq!(
        (
            world.visit(1).corrections.len(),
            world.visit(1).additions.len()
        ),
        (1, 1)
    );
}

#[test]
fn what_is_missing_is_named() {
    let mut world = signed();
    let input = CorrectionInput {
        field: VisitField::Result,
        text: String::new(),
        reason: " ".to_owned(),
        is_client_request: true,
    };
    let edit = Edit::CorrectVisit {
        client: ANNA,
        visit: entry(1),
        correction: entry(2),
        input,
    };
    let missing = |field, rule: &str| (field, Fault::Missing, rule.to_owned());
    assert_eq!(
        world.refused(edit),
        [
            missing(Field::CorrectionText, "B19"),
            missing(Field::CorrectionReason, "")
        ]
    );
    assert_eq!(
        world.refused(add(3, " \n "))[0],
        (Field::Addition, Fault::Missing, String::new())
    );
    assert_eq!(
        world.refused(correct(
            2,
            VisitField::Result,
            "Zorg gegeven zoals afgesproken "
        ))[0]
            .1,
        Fault::Unchanged
    );
    assert_eq!(
        world.refused(correct(2, VisitField::Contact, "phone"))[0].0,
        Field::CorrectionField
    );
    let unknown = Edit::AddToVisit {
        client: ANNA,
        visit: entry(99),
        addition: entry(3),
        text: "x".to_owned(),
    };
    assert_eq!(world.refused(unknown)[0].0, Field::Whole);
}

#[test]
fn what_was_done_is_corrected_as_a_whole() {
    let mut world = signed();
    world.apply(correct(20, VisitField::Done, "Alleen wassen"));
    let view = world.visit(1);
    assert_eq!(
        (view.actions.len(), view.done.as_str()),
        (0, "Alleen wassen")
    );
    assert_eq!(
        view.corrections[0].earlier,
        "Wassen\nKleden\nGeholpen met wassen"
    );
    assert_eq!(
        project::last_visit(world.newest_journal().unwrap())
            .unwrap()
            .actions,
        ["Alleen wassen"]
    );
}

#[test]
fn times_are_corrected_within_b12() {
    let mut world = signed();
    for (field, text, fault) in [
        (VisitField::End, "7:59", Fault::TooEarly),
        (VisitField::End, "8:00", Fault::TooEarly),
        (VisitField::End, "laat", Fault::Malformed),
        (VisitField::Begin, "8:30", Fault::TooEarly),
        (VisitField::Date, "23-11-2026", Fault::InFuture),
        (VisitField::Date, "", Fault::Missing),
        (VisitField::Begin, "8:00", Fault::Unchanged),
    ] {
        assert_eq!(
            world.refused(correct(20, field, text))[0].1,
            fault,
            "{field:?} {text}"
        );
    }
    let before = world.row();
    let edit = correct(20, VisitField::Date, "21-11-2026");
    world.apply(edit.clone());
    assert_eq!(world.visit(1).begin_local, "2026-11-21T08:00:00+01:00");
    let refreshed = project::refresh_row(
        &before,
        &edit,
        world.dossier.as_ref().unwrap(),
        None,
        world.newest_journal(),
    );
    assert_eq!(
        refreshed.last_visit_at,
        Some(ms("2026-11-21T08:00:00+01:00"))
    );
    assert_eq!(refreshed.last_visit_at, world.row().last_visit_at);
    world.apply(correct(21, VisitField::Begin, "7:45"));
    world.apply(correct(22, VisitField::End, "9:15"));
    let view = world.visit(1);
    assert_eq!(
        (view.begin_local.as_str(), view.end_local.as_str()),
        ("2026-11-21T07:45:00+01:00", "2026-11-21T09:15:00+01:00")
    );
}

#[test]
fn a_night_stays_a_night() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(sign(
        1,
        VisitInput {
            date: "20-11-2026".to_owned(),
            begin: "23:00".to_owned(),
            end: "7:00".to_owned(),
            is_next_day_confirmed: true,
            ..visit_input()
        },
    ));
    world.apply(correct(20, VisitField::End, "6:45"));
    assert_eq!(world.visit(1).end_local, "2026-11-21T06:45:00+01:00");
    assert_eq!(world.visit(1).corrections[0].earlier, "07:00");
}

#[test]
fn measurements_are_corrected_added_and_taken_out() {
    let mut world = signed();
    let lower = VisitField::Measurement(MeasurementKind::LowerPressure);
    assert_eq!(
        world.refused(correct(20, lower, "120"))[0].1,
        Fault::NotBelowUpper
    );
    assert!(matches!(
        world.refused(correct(20, lower, "19"))[0].1,
        Fault::OutOfRange { .. }
    ));
    assert_eq!(
        world.refused(correct(20, lower, "80"))[0].1,
        Fault::Unchanged
    );
    world.apply(correct(
        20,
        VisitField::Measurement(MeasurementKind::Temperature),
        "36,9",
    ));
    world.now_ms += 1;
    world.apply(correct(21, lower, ""));
    let view = world.visit(1);
    assert_eq!(
        view.measurements,
        [
            (MeasurementKind::UpperPressure, "120".to_owned()),
            (MeasurementKind::Temperature, "36,9".to_owned())
        ]
    );
    assert_eq!(
        (
            view.corrections[0].earlier.as_str(),
            view.corrections[1].earlier.as_str()
        ),
        ("", "80")
    );
}

#[test]
fn the_performer_is_corrected() {
    let mut world = signed();
    world.apply(correct(20, VisitField::SubstituteName, "Bo 't Hart"));
    world.now_ms += 1;
    world.apply(correct(21, VisitField::SubstituteAgb, ""));
    let view = world.visit(1);
    assert_eq!(
        (view.performer.as_str(), view.performer_agb),
        ("Bo 't Hart", None)
    );
    assert_eq!(
        world.refused(correct(22, VisitField::SubstituteAgb, "1"))[0].1,
        Fault::Malformed
    );
}
