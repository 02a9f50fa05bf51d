//! Planning and Vandaag.

use dossier::draft::{Draft, DraftBody};
use dossier::edit::{Edit, Funding, PlanningInput, VisitInput};
use dossier::problem::{Fault, Field};
use dossier::project;
use dossier::view::{Task, TodayState, TodayView};

use super::world::{ANNA, World, client_input, entry, ms, visit_input};

const SUNDAY: u8 = 7;

fn input(weekdays: &[u8], time: &str) -> PlanningInput {
    PlanningInput {
        weekdays: weekdays.to_vec(),
        time: time.to_owned(),
        minutes: "30".to_owned(),
        from: "01-11-2026".to_owned(),
        until: String::new(),
    }
}

fn add(planning: u8, input: PlanningInput) -> Edit {
    Edit::AddPlanning {
        client: ANNA,
        planning: entry(planning),
        input,
    }
}

fn skip(planning: u8, date: &str, is_skipped: bool) -> Edit {
    Edit::SkipPlanned {
        client: ANNA,
        planning: entry(planning),
        date: date.to_owned(),
        is_skipped,
    }
}

fn today(world: &World, drafts: &[(u8, Draft)]) -> TodayView {
    project::today(&[world.row()], drafts, world.now_ms)
}

#[test]
fn the_form_is_checked() {
    let mut world = World::with_client(&[Funding::Private]);
    let problems = world.refused(add(1, PlanningInput::default()));
    let fields: Vec<Field> = problems.iter().map(|problem| problem.0).collect();
    assert_eq!(
        fields,
        [
            Field::PlanningDays,
            Field::PlanningTime,
            Field::PlanningMinutes,
            Field::PlanningFrom
        ]
    );
    for (change, field, fault) in [
        (
            PlanningInput {
                weekdays: vec![8],
                ..input(&[1], "8:00")
            },
            Field::PlanningDays,
            Fault::Malformed,
        ),
        (
            PlanningInput {
                minutes: "0".to_owned(),
                ..input(&[1], "8:00")
            },
            Field::PlanningMinutes,
            Fault::Malformed,
        ),
        (
            PlanningInput {
                minutes: "1441".to_owned(),
                ..input(&[1], "8:00")
            },
            Field::PlanningMinutes,
            Fault::Malformed,
        ),
        (
            PlanningInput {
                until: "31-10-2026".to_owned(),
                ..input(&[1], "8:00")
            },
            Field::PlanningUntil,
            Fault::TooEarly,
        ),
    ] {
        assert_eq!(
            world.refused(add(1, change)),
            [(field, fault, String::new())]
        );
    }
    world.apply(add(
        1,
        PlanningInput {
            until: "01-11-2026".to_owned(),
            minutes: "1440".to_owned(),
            ..input(&[1], "8:00")
        },
    ));
}

#[test]
fn planned_visits_stand_on_their_days_by_time() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(add(1, input(&[SUNDAY, 3, SUNDAY], "17:30")));
    world.apply(add(2, input(&[SUNDAY], "8:00")));
    world.apply(add(3, input(&[1], "9:00")));
    world.apply(add(
        4,
        PlanningInput {
            from: "23-11-2026".to_owned(),
            ..input(&[SUNDAY], "7:00")
        },
    ));
    world.apply(add(
        5,
        PlanningInput {
            until: "21-11-2026".to_owned(),
            ..input(&[SUNDAY], "7:00")
        },
    ));
    assert!(
        world
            .apply(add(2, input(&[SUNDAY], "8:00")))
            .events
            .is_empty(),
        "pressing twice plans once"
    );
    assert_eq!(
        world.refused(add(2, input(&[SUNDAY], "8:30")))[0].1,
        Fault::NotPossible
    );

    let view = today(&world, &[]);
    let visits: Vec<(&str, TodayState)> = view
        .visits
        .iter()
        .map(|visit| (visit.time.as_str(), visit.state))
        .collect();
    assert_eq!(
        visits,
        [
            ("08:00", TodayState::Planned),
            ("17:30", TodayState::Planned)
        ]
    );
    assert_eq!((view.date.as_str(), view.has_clients), ("2026-11-22", true));
    assert_eq!(world.row().planning[3].weekdays, [1], "by time");
}

#[test]
fn a_change_holds_from_today_and_an_end_after_today() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(add(1, input(&[SUNDAY], "8:00")));
    world.now_ms = ms("2026-11-22T15:00:00+01:00");
    world.apply(Edit::ChangePlanning {
        client: ANNA,
        planning: entry(1),
        input: input(&[1, SUNDAY], "8:15"),
    });
    assert_eq!(today(&world, &[]).visits[0].time, "08:15");
    world.apply(Edit::EndPlanning {
        client: ANNA,
        planning: entry(1),
    });
    assert!(
        world
            .apply(Edit::EndPlanning {
                client: ANNA,
                planning: entry(1)
            })
            .events
            .is_empty()
    );
    assert_eq!(today(&world, &[]).visits.len(), 1, "today still stands");
    world.now_ms = ms("2026-11-23T08:00:00+01:00");
    assert!(today(&world, &[]).visits.is_empty());
    let change = Edit::ChangePlanning {
        client: ANNA,
        planning: entry(1),
        input: input(&[1], "9:00"),
    };
    assert_eq!(world.refused(change)[0].1, Fault::NotPossible);
    assert_eq!(
        world.refused(Edit::EndPlanning {
            client: ANNA,
            planning: entry(9)
        })[0]
            .1,
        Fault::NotPossible
    );
}

#[test]
fn one_date_is_skipped_and_taken_back() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(add(1, input(&[SUNDAY], "8:00")));
    for (planning, date) in [
        (1, "2026-11-23"),
        (1, "22-11-2026"),
        (1, "2026-10-25"),
        (2, "2026-11-22"),
        (1, "x"),
    ] {
        assert_eq!(
            world.refused(skip(planning, date, true))[0].1,
            Fault::NotPossible,
            "{date}"
        );
    }
    world.apply(skip(1, "2026-11-22", true));
    assert!(world.apply(skip(1, "2026-11-22", true)).events.is_empty());
    assert_eq!(today(&world, &[]).visits[0].state, TodayState::Skipped);
    world.apply(skip(1, "2026-11-22", false));
    assert_eq!(today(&world, &[]).visits[0].state, TodayState::Planned);
}

#[test]
fn a_planned_visit_is_drafted_and_then_signed() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(add(1, input(&[SUNDAY], "8:00")));
    let planned = Some((entry(1), "2026-11-22".to_owned()));
    let written = VisitInput {
        planned,
        ..visit_input()
    };
    let draft = |visit, saved_at, input: &VisitInput| Draft {
        body: DraftBody::Visit {
            client: ANNA,
            visit: entry(visit),
            input: Box::new(input.clone()),
        },
        started_at: 0,
        saved_at,
    };
    let drafts = [
        (0, draft(8, 10, &visit_input())),
        (3, draft(9, 20, &written)),
    ];
    let view = today(&world, &drafts);
    assert_eq!(view.visits[0].state, TodayState::Draft(3));
    let rows: Vec<(u8, &str, &str)> = view
        .drafts
        .iter()
        .map(|row| (row.slot, row.client_name.as_str(), row.excerpt.as_str()))
        .collect();
    assert_eq!(
        rows,
        [
            (3, "Anna van der Berg", "Geholpen met wassen"),
            (0, "Anna van der Berg", "Geholpen met wassen")
        ]
    );

    let before = world.row();
    world.sign(9, written.clone()).unwrap();
    assert_eq!(
        today(&world, &drafts).visits[0].state,
        TodayState::Signed(entry(9))
    );
    let edit = super::world::sign(9, written);
    let dossier = world.dossier.as_ref().unwrap();
    let refreshed = project::refresh_row(&before, &edit, dossier, None, world.newest_journal());
    assert_eq!(refreshed, world.row());
    assert_eq!(
        refreshed.last_visit_at,
        Some(ms("2026-11-22T08:00:00+01:00"))
    );
}

#[test]
fn a_missing_identity_is_a_task() {
    let mut world = World::new();
    assert!(!project::today(&[], &[], world.now_ms).has_clients);
    world.apply(Edit::CreateClient {
        client: ANNA,
        input: Box::new(client_input(&[Funding::Zvw])),
    });
    let task = |reason: Option<&str>| Task::EstablishIdentity {
        client: ANNA,
        client_name: "Anna van der Berg".to_owned(),
        reason: reason.map(str::to_owned),
    };
    assert_eq!(today(&world, &[]).tasks, [task(None)]);
    world.apply(Edit::DeferIdentity {
        client: ANNA,
        reason: "Spoed".to_owned(),
    });
    assert_eq!(today(&world, &[]).tasks, [task(Some("Spoed"))]);
}
