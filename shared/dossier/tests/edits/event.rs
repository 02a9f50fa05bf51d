//! Lines for the access log: what was done, with whose and which data.

use dossier::apply::{Applied, AuditEvent, AuditKind, JournalNeed, Need, targets};
use dossier::edit::{
    ClientField, CorrectionInput, Edit, Funding, PlanningInput, VisitField, VisitInput,
};
use dossier::id::EntryId;

use super::world::{
    ANNA, World, client_input, entry, identity_input, profile_input, sign, visit_input,
};

fn only(applied: &Applied) -> (AuditKind, Option<EntryId>) {
    let [
        AuditEvent {
            kind,
            client,
            object,
        },
    ] = applied.events.as_slice()
    else {
        panic!("one line")
    };
    assert_eq!(*client, Some(ANNA));
    (*kind, *object)
}

#[test]
fn every_edit_leaves_one_line() {
    let mut world = World::new();
    let mut input = profile_input();
    input.name = "Els".to_owned();
    let line = AuditEvent {
        kind: AuditKind::Corrected,
        client: None,
        object: None,
    };
    assert_eq!(world.apply(Edit::SetProfile(input)).events, [line]);
    let create = Edit::CreateClient {
        client: ANNA,
        input: Box::new(client_input(&[Funding::Zvw])),
    };
    assert_eq!(only(&world.apply(create)), (AuditKind::Created, None));
    let establish = Edit::EstablishIdentity {
        client: ANNA,
        input: identity_input(),
    };
    assert_eq!(only(&world.apply(establish)).0, AuditKind::Entered);
    let change = Edit::ChangeClient {
        client: ANNA,
        field: ClientField::Place,
        value: "Elders".to_owned(),
    };
    let changed = world.apply(change);
    assert_eq!(only(&changed), (AuditKind::Corrected, changed.undo));
    let undone = world.apply(Edit::UndoChange {
        client: ANNA,
        change: changed.undo.unwrap(),
    });
    assert_eq!(only(&undone).0, AuditKind::Corrected);
    assert_eq!(
        only(&world.apply(sign(1, visit_input()))),
        (AuditKind::Entered, Some(entry(1)))
    );
    let add = Edit::AddToVisit {
        client: ANNA,
        visit: entry(1),
        addition: entry(2),
        text: "Erbij".to_owned(),
    };
    assert_eq!(
        only(&world.apply(add)),
        (AuditKind::Entered, Some(entry(2)))
    );
    let input = CorrectionInput {
        field: VisitField::Facts,
        text: "Rustig".to_owned(),
        reason: "Vergeten".to_owned(),
        is_client_request: true,
    };
    let correct = Edit::CorrectVisit {
        client: ANNA,
        visit: entry(1),
        correction: entry(3),
        input,
    };
    assert_eq!(
        only(&world.apply(correct)),
        (AuditKind::Corrected, Some(entry(3)))
    );
    assert!(world.visit(1).corrections[0].is_client_request);
    let input = PlanningInput {
        weekdays: vec![1],
        time: "8:00".to_owned(),
        minutes: "30".to_owned(),
        from: "01-11-2026".to_owned(),
        until: String::new(),
    };
    let plan = Edit::AddPlanning {
        client: ANNA,
        planning: entry(4),
        input,
    };
    assert_eq!(
        only(&world.apply(plan)),
        (AuditKind::Entered, Some(entry(4)))
    );
}

#[test]
fn an_edit_names_the_documents_it_needs() {
    let now_ms = World::new().now_ms;
    let of = |edit: &Edit| targets(edit, now_ms).unwrap();
    for (funding, identity) in [(Funding::Wmo, Need::Unused), (Funding::Wlz, Need::OrNew)] {
        let needed = of(&Edit::CreateClient {
            client: ANNA,
            input: Box::new(client_input(&[funding])),
        });
        assert_eq!(
            (needed.client, needed.identity, needed.dossier),
            (Some(ANNA), identity, Need::OrNew)
        );
    }
    let night = VisitInput {
        date: "31-12-25".to_owned(),
        ..visit_input()
    };
    assert_eq!(
        of(&sign(1, night)).journal,
        JournalNeed::OrNew { year: 2025 }
    );
    let undated = VisitInput {
        date: "ooit".to_owned(),
        ..visit_input()
    };
    assert_eq!(of(&sign(1, undated)).journal, JournalNeed::Unused);
    let add = Edit::AddToVisit {
        client: ANNA,
        visit: entry(1),
        addition: entry(2),
        text: String::new(),
    };
    assert_eq!(of(&add).journal, JournalNeed::Holding(entry(1)));
    assert_eq!(
        of(&Edit::SetProfile(profile_input())).kinds(),
        [(dossier::document::Kind::Profile, Need::OrNew)]
    );
}
