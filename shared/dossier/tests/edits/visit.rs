//! Signing a visit: each rule at its edge.

use dossier::calendar::span::Stamped;
use dossier::edit::{
    ContactKind, Edit, Funding, MeasurementInput, MeasurementKind, SubstituteInput, VisitField,
    VisitInput,
};
use dossier::problem::{Fault, Field};
use dossier::project;

use super::world::{World, entry, ms, profile_input, sign, visit_input};

fn field(field: VisitField) -> Field {
    Field::Visit(field)
}

fn measured(values: &[(MeasurementKind, &str)]) -> VisitInput {
    let measurements = values.iter().map(|(kind, value)| MeasurementInput {
        kind: *kind,
        value: (*value).to_owned(),
    });
    VisitInput {
        measurements: measurements.collect(),
        ..visit_input()
    }
}

#[test]
fn an_empty_form_names_every_rule_in_order() {
    let mut world = World::with_client(&[Funding::Private]);
    let input = VisitInput {
        substitute: Some(SubstituteInput::default()),
        ..VisitInput::default()
    };
    let problems = world.refused(sign(1, input));
    let facts: Vec<(Field, &str)> = problems
        .iter()
        .map(|(field, _, rule)| (*field, rule.as_str()))
        .collect();
    assert_eq!(
        facts,
        [
            (field(VisitField::Date), "B12"),
            (field(VisitField::Begin), "B12"),
            (field(VisitField::End), "B12"),
            (field(VisitField::Done), "B10"),
            (field(VisitField::Result), "B19"),
            (field(VisitField::SubstituteName), "B11"),
        ]
    );
    assert!(
        problems
            .iter()
            .all(|(_, fault, _)| *fault == Fault::Missing)
    );
}

#[test]
fn a_complete_visit_is_kept_as_it_was_written() {
    let mut world = World::with_client(&[Funding::Private]);
    let input = VisitInput {
        contact: ContactKind::Phone,
        actions: vec![
            "Insuline gegeven".to_owned(),
            " ".to_owned(),
            "Steunkousen aan".to_owned(),
        ],
        done: " Koffie gezet \n".to_owned(),
        facts: "Dochter was er 👩‍👧".to_owned(),
        experience: "\"'t Was fijn\"".to_owned(),
        ..measured(&[
            (MeasurementKind::Temperature, "36.80"),
            (MeasurementKind::Pulse, "72"),
            (MeasurementKind::Weight, " "),
        ])
    };
    world.apply(sign(1, input));
    let view = world.visit(1);
    assert_eq!(view.contact, ContactKind::Phone);
    assert_eq!(view.actions, ["Insuline gegeven", "Steunkousen aan"]);
    assert_eq!(
        (view.done.as_str(), view.facts.as_str()),
        ("Koffie gezet", "Dochter was er 👩‍👧")
    );
    assert_eq!(
        view.measurements,
        [
            (MeasurementKind::Pulse, "72".to_owned()),
            (MeasurementKind::Temperature, "36,8".to_owned())
        ]
    );
    assert_eq!(
        (view.begin_local.as_str(), view.end_local.as_str()),
        ("2026-11-22T08:00:00+01:00", "2026-11-22T08:30:00+01:00")
    );
    assert_eq!(
        (view.recorded_at, view.end_at - view.begin_at),
        (world.now_ms, 30 * 60_000)
    );
    assert_eq!(
        (view.performer.as_str(), view.performer_agb.as_deref()),
        ("Els de Vries", Some("91012345"))
    );

    let (rows, damaged) = project::visits(world.newest_journal().unwrap());
    assert!(damaged.is_empty());
    assert_eq!(
        (
            rows[0].year,
            rows[0].date.as_str(),
            rows[0].begin.as_str(),
            rows[0].end.as_str()
        ),
        (2026, "2026-11-22", "08:00", "08:30")
    );
    assert_eq!(
        rows[0].excerpt,
        "Insuline gegeven Steunkousen aan Koffie gezet"
    );
    let last = project::last_visit(world.newest_journal().unwrap()).unwrap();
    assert_eq!(last.date, "2026-11-22");
    assert_eq!(
        last.actions,
        ["Insuline gegeven", "Steunkousen aan", "Koffie gezet"]
    );
}

#[test]
fn signing_twice_signs_once_and_an_id_is_never_reused() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(sign(1, visit_input()));
    let heads = world.newest_journal().unwrap().heads();
    world.now_ms += 5_000;
    let mut profile = profile_input();
    profile.agb = "91999999".to_owned();
    world.apply(Edit::SetProfile(profile));
    assert!(world.apply(sign(1, visit_input())).events.is_empty());
    assert_eq!(world.newest_journal().unwrap().heads(), heads);
    let other = VisitInput {
        result: "Anders".to_owned(),
        ..visit_input()
    };
    assert_eq!(world.refused(sign(1, other))[0].1, Fault::NotPossible);
    assert_eq!(
        world.visit(1).performer_agb.as_deref(),
        Some("91012345"),
        "the old visit keeps the old code"
    );
    world.apply(sign(2, visit_input()));
    assert_eq!(world.visit(2).performer_agb.as_deref(), Some("91999999"));
}

#[test]
fn someone_else_may_have_done_it() {
    let mut world = World::with_client(&[Funding::Private]);
    let by = |name: &str, agb: &str| VisitInput {
        substitute: Some(SubstituteInput {
            name: name.to_owned(),
            agb: agb.to_owned(),
        }),
        ..visit_input()
    };
    assert_eq!(
        world.refused(sign(1, by("Bo", "12")))[0].0,
        field(VisitField::SubstituteAgb)
    );
    world.apply(sign(1, by("Bo 't Hart", "91-000001")));
    let view = world.visit(1);
    assert_eq!(
        (view.performer.as_str(), view.performer_agb.as_deref()),
        ("Bo 't Hart", Some("91000001"))
    );
    assert_eq!(view.signed_by, "Els de Vries");
    world.apply(sign(2, by("Bo 't Hart", "")));
    assert_eq!(
        world.visit(2).performer_agb,
        None,
        "never the code of the one who signs"
    );
}

#[test]
fn the_begin_is_not_in_the_future() {
    for (date, begin, end, problem) in [
        ("22-11-2026", "14:05", "14:30", None),
        ("22-11-2026", "14:06", "14:30", Some(VisitField::Begin)),
        ("23-11-2026", "08:00", "08:30", Some(VisitField::Date)),
    ] {
        let mut world = World::with_client(&[Funding::Private]);
        let input = VisitInput {
            date: date.to_owned(),
            begin: begin.to_owned(),
            end: end.to_owned(),
            ..visit_input()
        };
        match problem {
            None => drop(world.apply(sign(1, input))),
            Some(at) => assert_eq!(
                world.refused(sign(1, input)),
                [(field(at), Fault::InFuture, "B12".to_owned())]
            ),
        }
    }
}

#[test]
fn a_night_is_read_back_confirmed_and_belongs_to_the_day_of_its_begin() {
    let mut world = World::with_client(&[Funding::Private]);
    world.now_ms = ms("2027-01-01T08:00:00+01:00");
    let night = VisitInput {
        date: "31-12-2026".to_owned(),
        begin: "23:00".to_owned(),
        end: "7:00".to_owned(),
        ..visit_input()
    };
    let question = Fault::NextDay {
        date: "2027-01-01".to_owned(),
        time: "07:00".to_owned(),
    };
    assert_eq!(
        world.refused(sign(1, night.clone())),
        [(field(VisitField::End), question, "B12".to_owned())]
    );
    world.apply(sign(
        1,
        VisitInput {
            is_next_day_confirmed: true,
            ..night
        },
    ));
    assert_eq!(world.journals.keys().copied().collect::<Vec<u16>>(), [2026]);
    assert_eq!(world.visit(1).end_local, "2027-01-01T07:00:00+01:00");
    world.apply(sign(
        2,
        VisitInput {
            date: "01-01-2027".to_owned(),
            begin: "7:30".to_owned(),
            end: "8:00".to_owned(),
            ..visit_input()
        },
    ));
    assert_eq!(world.view().years, [2027, 2026]);
}

#[test]
fn an_end_at_the_begin_is_refused() {
    let mut world = World::with_client(&[Funding::Private]);
    let input = VisitInput {
        end: "8:00".to_owned(),
        ..visit_input()
    };
    assert_eq!(
        world.refused(sign(1, input)),
        [(field(VisitField::End), Fault::TooEarly, "B12".to_owned())]
    );
}

#[test]
fn both_nights_on_which_the_clock_changes() {
    for (date, now, begin, end, hours) in [
        (
            "28-03-2026",
            "2026-03-29T08:00:00+02:00",
            "2026-03-28T23:00:00+01:00",
            "2026-03-29T07:00:00+02:00",
            7,
        ),
        (
            "24-10-2026",
            "2026-10-25T08:00:00+01:00",
            "2026-10-24T23:00:00+02:00",
            "2026-10-25T07:00:00+01:00",
            9,
        ),
    ] {
        let mut world = World::with_client(&[Funding::Private]);
        world.now_ms = ms(now);
        world.apply(sign(
            1,
            VisitInput {
                date: date.to_owned(),
                begin: "23:00".to_owned(),
                end: "07:00".to_owned(),
                is_next_day_confirmed: true,
                ..visit_input()
            },
        ));
        let view = world.visit(1);
        assert_eq!(
            (view.begin_local.as_str(), view.end_local.as_str()),
            (begin, end)
        );
        assert_eq!((view.end_at - view.begin_at) / 3_600_000, hours);
    }
}

#[test]
fn a_time_that_no_clock_has_shown_is_refused_where_it_stands() {
    let mut world = World::with_client(&[Funding::Private]);
    world.now_ms = ms("2026-03-30T08:00:00+02:00");
    for (begin, end, at) in [
        ("2:30", "4:00", VisitField::Begin),
        ("1:00", "2:30", VisitField::End),
    ] {
        let input = VisitInput {
            date: "29-03-2026".to_owned(),
            begin: begin.to_owned(),
            end: end.to_owned(),
            ..visit_input()
        };
        assert_eq!(
            world.refused(sign(1, input)),
            [(
                field(at),
                Fault::Skipped {
                    resumes_at: "03:00".to_owned()
                },
                "B12".to_owned()
            )]
        );
    }
}

#[test]
fn an_hour_shown_twice_is_the_one_in_which_the_button_was_pressed_also_after_a_correction() {
    const SUMMER: Option<i16> = Some(120);
    const WINTER: Option<i16> = Some(60);
    for (stamped, begin, end, minutes) in [
        ((None, None), "+02:00", "+02:00", 20),
        ((SUMMER, SUMMER), "+02:00", "+02:00", 20),
        ((SUMMER, WINTER), "+02:00", "+01:00", 80),
        ((WINTER, WINTER), "+01:00", "+01:00", 20),
    ] {
        let mut world = World::with_client(&[Funding::Private]);
        world.now_ms = ms("2026-10-25T08:00:00+01:00");
        let (begin_offset, end_offset) = stamped;
        world.apply(sign(
            1,
            VisitInput {
                date: "25-10-2026".to_owned(),
                begin: "02:10".to_owned(),
                end: "02:30".to_owned(),
                stamped: Stamped {
                    begin_offset,
                    end_offset,
                },
                ..visit_input()
            },
        ));
        let view = world.visit(1);
        assert_eq!(
            (&view.begin_local[19..], &view.end_local[19..]),
            (begin, end)
        );
        assert_eq!((view.end_at - view.begin_at) / 60_000, minutes);
        world.apply(super::amendment::correct(2, VisitField::Begin, "02:15"));
        let view = world.visit(1);
        assert_eq!(
            &view.end_local[19..],
            end,
            "the end stays what it was: {stamped:?}"
        );
    }
}

#[test]
fn ticked_rows_or_own_words_are_enough() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(sign(
        1,
        VisitInput {
            done: String::new(),
            actions: vec!["Wassen".to_owned()],
            ..visit_input()
        },
    ));
    world.apply(sign(2, visit_input()));
    let neither = VisitInput {
        done: " \n".to_owned(),
        actions: vec![" ".to_owned()],
        ..visit_input()
    };
    assert_eq!(
        world.refused(sign(3, neither)),
        [(field(VisitField::Done), Fault::Missing, "B10".to_owned())]
    );
    let long = VisitInput {
        result: "é".repeat(10_001),
        ..visit_input()
    };
    assert_eq!(
        world.refused(sign(3, long))[0].1,
        Fault::TooLong { limit: 10_000 }
    );
    world.apply(sign(
        3,
        VisitInput {
            result: "é".repeat(10_000),
            ..visit_input()
        },
    ));
}

#[test]
fn measurements_are_possible_confirmed_or_refused() {
    use MeasurementKind::{LowerPressure, Pain, Temperature, UpperPressure};
    let mut world = World::with_client(&[Funding::Private]);
    let range = Fault::OutOfRange {
        kind: Temperature,
        min: "30".to_owned(),
        max: "43".to_owned(),
    };
    for (values, at, fault) in [
        (&[(Temperature, "29,9")][..], Temperature, range),
        (&[(Temperature, "warm")], Temperature, Fault::Malformed),
        (
            &[(Temperature, "33")],
            Temperature,
            Fault::Unusual { kind: Temperature },
        ),
        (
            &[(Pain, "11")],
            Pain,
            Fault::OutOfRange {
                kind: Pain,
                min: "0".to_owned(),
                max: "10".to_owned(),
            },
        ),
        (
            &[(UpperPressure, "120"), (LowerPressure, "120")],
            LowerPressure,
            Fault::NotBelowUpper,
        ),
        (&[(Pain, "1"), (Pain, "2")], Pain, Fault::Malformed),
    ] {
        let expected = [(field(VisitField::Measurement(at)), fault, String::new())];
        assert_eq!(world.refused(sign(1, measured(values))), expected);
    }
    let confirmed = VisitInput {
        confirmed_unusual: vec![Temperature],
        ..measured(&[
            (Temperature, "33"),
            (UpperPressure, "120"),
            (LowerPressure, "80"),
        ])
    };
    world.apply(sign(1, confirmed));
    assert_eq!(world.visit(1).measurements.len(), 3);
}

#[test]
fn a_visit_needs_a_performer_and_an_open_dossier() {
    let mut world = World::with_client(&[Funding::Private]);
    world.profile = dossier::document::Document::new(dossier::document::Kind::Profile, [9; 16]);
    assert_eq!(
        world.refused(sign(1, visit_input())),
        [(Field::ProfileName, Fault::Missing, "B11".to_owned())]
    );
    let mut world = World::new();
    assert_eq!(world.refused(sign(1, visit_input()))[0].0, Field::Whole);
    assert!(
        project::visit(
            &dossier::document::Document::new(
                dossier::document::Kind::Journal { year: 2026 },
                [3; 16]
            ),
            entry(1)
        )
        .is_none()
    );
}

#[test]
fn visits_are_listed_newest_first() {
    let mut world = World::with_client(&[Funding::Private]);
    for (number, date, begin, end) in [
        (1, "20-11-2026", "9:00", "9:30"),
        (2, "22-11-2026", "8:00", "8:10"),
        (3, "22-11-2026", "7:00", "7:30"),
    ] {
        world.apply(sign(
            number,
            VisitInput {
                date: date.to_owned(),
                begin: begin.to_owned(),
                end: end.to_owned(),
                ..visit_input()
            },
        ));
    }
    let (rows, _) = project::visits(world.newest_journal().unwrap());
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, [entry(2), entry(3), entry(1)]);
}
