//! Two devices without a network: merging commutes and loses nothing.

use dossier::document::Document;
use dossier::edit::{
    ClientField, CorrectionInput, Edit, Funding, PlanningInput, VisitField, VisitInput,
};
use dossier::project;
use proptest::prelude::*;

use super::world::{ANNA, World, entry, sign, visit_input};

/// Gives each device what the other wrote.
pub(crate) fn exchange(one: &mut World, other: &mut World) {
    let pass = |from: &mut Document, to: &mut Document| {
        let sent = from.take_changes();
        let back = to.take_changes();
        if let Some(changes) = sent {
            to.apply_changes(&changes.bytes).unwrap();
        }
        if let Some(changes) = back {
            from.apply_changes(&changes.bytes).unwrap();
        }
    };
    pass(
        one.dossier.as_mut().unwrap(),
        other.dossier.as_mut().unwrap(),
    );
    pass(&mut one.profile, &mut other.profile);
    if let (Some(identity), Some(same)) = (&mut one.identity, &mut other.identity) {
        pass(identity, same);
    }
    for (year, journal) in &mut one.journals {
        pass(journal, other.journals.get_mut(year).unwrap());
    }
}

fn two_devices() -> (World, World) {
    let mut tablet = World::with_client(&[Funding::Private]);
    tablet.apply(sign(1, visit_input()));
    for document in tablet.journals.values_mut().chain(tablet.dossier.as_mut()) {
        document.take_changes();
    }
    let laptop = tablet.other_device("laptop");
    (tablet, laptop)
}

fn assert_equal(one: &World, other: &World) {
    assert_eq!(one.view(), other.view());
    assert_eq!(
        one.dossier.as_ref().unwrap().heads(),
        other.dossier.as_ref().unwrap().heads()
    );
    let (journal, same) = (
        one.newest_journal().unwrap(),
        other.newest_journal().unwrap(),
    );
    assert_eq!(project::visits(journal), project::visits(same));
    for row in project::visits(journal).0 {
        assert_eq!(
            project::visit(journal, row.id),
            project::visit(same, row.id)
        );
    }
}

#[test]
fn visits_of_both_devices_are_kept() {
    let (mut tablet, mut laptop) = two_devices();
    tablet.apply(sign(2, visit_input()));
    laptop.apply(sign(3, visit_input()));
    exchange(&mut tablet, &mut laptop);
    assert_equal(&tablet, &laptop);
    assert_eq!(project::visits(tablet.newest_journal().unwrap()).0.len(), 3);
}

#[test]
fn a_draft_signed_on_both_devices_keeps_both_texts() {
    let (mut tablet, mut laptop) = two_devices();
    tablet.apply(sign(
        2,
        VisitInput {
            result: "Wond rustig".to_owned(),
            ..visit_input()
        },
    ));
    laptop.apply(sign(
        2,
        VisitInput {
            result: "Wond rood".to_owned(),
            ..visit_input()
        },
    ));
    exchange(&mut tablet, &mut laptop);
    assert_equal(&tablet, &laptop);
    let view = tablet.visit(2);
    let late = &view.additions[0].text;
    let (rustig, rood) = (view.result == "Wond rustig", view.result == "Wond rood");
    assert!(rustig && late.contains("Wond rood") || rood && late.contains("Wond rustig"));
    assert_eq!(project::visits(tablet.newest_journal().unwrap()).0.len(), 2);
}

#[test]
fn the_same_draft_signed_on_both_devices_is_one_visit() {
    let (mut tablet, mut laptop) = two_devices();
    tablet.apply(sign(2, visit_input()));
    laptop.apply(sign(2, visit_input()));
    exchange(&mut tablet, &mut laptop);
    assert_equal(&tablet, &laptop);
    assert!(tablet.visit(2).additions.is_empty());
}

/// One edit of one device; `number` tells the devices and the turns apart.
fn edit(kind: u8, number: u8) -> Edit {
    match kind {
        0 => Edit::ChangeClient {
            client: ANNA,
            field: ClientField::Place,
            value: format!("Plaats {number}"),
        },
        1 => sign(number, visit_input()),
        2 => Edit::AddToVisit {
            client: ANNA,
            visit: entry(1),
            addition: entry(number),
            text: format!("Erbij {number}"),
        },
        3 => Edit::CorrectVisit {
            client: ANNA,
            visit: entry(1),
            correction: entry(number),
            input: CorrectionInput {
                field: VisitField::Result,
                text: format!("Beter {number}"),
                reason: "Vergist".to_owned(),
                is_client_request: false,
            },
        },
        _ => Edit::AddPlanning {
            client: ANNA,
            planning: entry(number),
            input: PlanningInput {
                weekdays: vec![number % 7 + 1],
                time: "8:00".to_owned(),
                minutes: "30".to_owned(),
                from: "01-11-2026".to_owned(),
                until: String::new(),
            },
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn merging_commutes(turns in proptest::collection::vec((any::<bool>(), 0_u8..5, any::<bool>()), 1..12)) {
        let (mut tablet, mut laptop) = two_devices();
        for (turn, (is_tablet, kind, is_exchanged)) in turns.into_iter().enumerate() {
            let number = 10 + u8::try_from(turn).unwrap();
            let device = if is_tablet { &mut tablet } else { &mut laptop };
            device.now_ms += 1_000;
            device.apply(edit(kind, number));
            if is_exchanged {
                exchange(&mut tablet, &mut laptop);
            }
        }
        exchange(&mut tablet, &mut laptop);
        assert_equal(&tablet, &laptop);
    }
}
