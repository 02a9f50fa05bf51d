//! Two answers: who gave them and when, choosing, and asking again.

use dossier::edit::ContactKind;
use dossier::edit::{
    ClientField, DocumentKind, Edit, Funding, IdentityInput, PlanningInput, Profession,
    ProfileField, ProfileInput, VisitInput,
};
use dossier::id::EntryId;
use dossier::project;
use dossier::view::{Answer, AnswerValue, ConflictAbout};

use super::merge::exchange;
use super::world::{ANNA, World, entry, identity_input, profile_input, sign, visit_input};

const DAY: i64 = 86_400_000;
const OTHER_BSN: &str = "111222333";

/// Two devices, numbered 0 and 1, that know the same; the clock of the second is a minute ahead.
fn two(funding: &[Funding]) -> (World, World) {
    let mut tablet = World::with_client(funding);
    tablet.device = "0".to_owned();
    let mut laptop = tablet.other_device("laptop");
    laptop.device = "1".to_owned();
    laptop.now_ms += 60_000;
    (tablet, laptop)
}

fn set(field: ClientField, value: &str) -> Edit {
    Edit::ChangeClient {
        client: ANNA,
        field,
        value: value.to_owned(),
    }
}

#[track_caller]
fn meet(one: &mut World, other: &mut World) {
    exchange(one, other);
    assert_eq!(one.view(), other.view());
    assert_eq!(one.row(), other.row());
    assert_eq!(
        project::profile(&one.profile),
        project::profile(&other.profile)
    );
}

fn texts(answers: &[Answer]) -> Vec<String> {
    let text = |answer: &Answer| match &answer.value {
        AnswerValue::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    answers.iter().map(text).collect()
}

fn answers(world: &World, about: ConflictAbout) -> Vec<Answer> {
    world.view().answers(about).to_vec()
}

fn choose(world: &mut World, answer: &Answer) -> Option<EntryId> {
    world.now_ms += 120_000;
    let edit = answer.choose.as_deref().cloned();
    world.apply(edit.expect("can be chosen")).undo
}

/// Who and when, oldest first; one of them is shown.
#[track_caller]
fn assert_told(answers: &[Answer], tablet: &World, laptop: &World) {
    let told: Vec<_> = answers
        .iter()
        .map(|of| (of.author.as_str(), of.device, of.recorded_at))
        .collect();
    assert_eq!(
        told,
        [
            ("Els de Vries", Some(0), Some(tablet.now_ms)),
            ("Els de Vries", Some(1), Some(laptop.now_ms)),
        ]
    );
    assert_eq!(answers.iter().filter(|of| of.is_shown).count(), 1);
}

const PAIRS: [(ClientField, &str, &str, &str, &str); 10] = [
    (ClientField::FirstName, "Anne", "Anke", "Anne", "Anke"),
    (ClientField::Infix, "", "de", "", "de"),
    (ClientField::LastName, "Bergh", "Berk", "Bergh", "Berk"),
    (
        ClientField::BirthDate,
        "1934",
        "3-2-1934",
        "1934",
        "1934-02-03",
    ),
    (ClientField::Street, "Kade 1", "Kade 2", "Kade 1", "Kade 2"),
    (
        ClientField::Postcode,
        "2345 BC",
        "3456cd",
        "2345 BC",
        "3456 CD",
    ),
    (ClientField::Place, "Zeist", "Utrecht", "Zeist", "Utrecht"),
    (
        ClientField::Phone,
        "0611111112",
        "0622222223",
        "06-11111112",
        "06-22222223",
    ),
    (
        ClientField::RequestedOn,
        "2-11-2026",
        "3-11-2026",
        "2026-11-02",
        "2026-11-03",
    ),
    (
        ClientField::StartsOn,
        "4-11-2026",
        "5-11-2026",
        "2026-11-04",
        "2026-11-05",
    ),
];

#[test]
fn each_field_tells_who_said_what_and_takes_either_answer() {
    for (field, one, other, shown, also) in PAIRS {
        for chosen in [0, 1] {
            let (mut tablet, mut laptop) = two(&[Funding::Private]);
            tablet.apply(set(field, one));
            laptop.apply(set(field, other));
            meet(&mut tablet, &mut laptop);
            let about = ConflictAbout::Field(field);
            let given = answers(&tablet, about);
            assert_eq!(texts(&given), [shown, also], "{field:?}");
            assert_told(&given, &tablet, &laptop);
            let view = tablet.view();
            let of_field = view.fields.iter().find(|of| of.field == field).unwrap();
            assert_eq!(of_field.answers, given);
            let is_value = |of: &&Answer| of.value == AnswerValue::Text(of_field.value.clone());
            assert!(given.iter().find(is_value).unwrap().is_shown);
            assert!(tablet.row().has_conflict() && view.conflicts.len() == 1);

            choose(&mut tablet, &given[chosen]);
            meet(&mut tablet, &mut laptop);
            let view = laptop.view();
            let of_field = view.fields.iter().find(|of| of.field == field).unwrap();
            assert_eq!(of_field.value, [shown, also][chosen]);
            assert!(of_field.answers.is_empty() && view.conflicts.is_empty());
            assert!(!laptop.row().has_conflict());
            let line = &of_field.earlier[0];
            let mut kept = line.others.clone();
            kept.extend([line.value.clone(), line.to.clone()]);
            assert!(kept.contains(&shown.to_owned()) && kept.contains(&also.to_owned()));
        }
    }
}

#[test]
fn equal_values_are_no_conflict() {
    let (mut tablet, mut laptop) = two(&[Funding::Private]);
    tablet.apply(set(ClientField::Phone, "06 11111112"));
    laptop.apply(set(ClientField::Phone, "+31611111112"));
    meet(&mut tablet, &mut laptop);
    assert!(tablet.view().conflicts.is_empty() && !tablet.row().has_conflict());
}

#[test]
fn undoing_a_choice_asks_again_on_both_devices() {
    let about = ConflictAbout::Field(ClientField::Place);
    // Either answer, or a third text.
    for chosen in 0..3 {
        let (mut tablet, mut laptop) = two(&[Funding::Private]);
        tablet.apply(set(ClientField::Place, "Zeist"));
        laptop.apply(set(ClientField::Place, ""));
        meet(&mut tablet, &mut laptop);
        let given = answers(&tablet, about);
        let undo = match given.get(chosen) {
            Some(answer) => choose(&mut tablet, answer),
            None => tablet.apply(set(ClientField::Place, "Doorn")).undo,
        };
        meet(&mut tablet, &mut laptop);
        assert!(answers(&laptop, about).is_empty());
        let undo = Edit::UndoChange {
            client: ANNA,
            change: undo.expect("can be undone"),
        };
        laptop.now_ms += 600_000;
        laptop.apply(undo.clone());
        assert!(laptop.try_apply(&undo).is_err(), "undone once");
        meet(&mut tablet, &mut laptop);
        let again = answers(&tablet, about);
        assert_eq!(sorted(&again), sorted(&given), "chosen {chosen}");
        assert_eq!(again.iter().filter(|of| of.is_shown).count(), 1);
        assert!(tablet.row().has_conflict());
        choose(&mut tablet, &again[1]);
        meet(&mut tablet, &mut laptop);
        assert!(tablet.view().conflicts.is_empty());
    }
}

fn sorted(answers: &[Answer]) -> Vec<String> {
    let mut texts = texts(answers);
    texts.sort();
    texts
}

#[test]
fn asked_again_while_another_device_answers_anew_every_answer_stands() {
    let about = ConflictAbout::Field(ClientField::Place);
    let (mut tablet, mut laptop) = two(&[Funding::Private]);
    tablet.apply(set(ClientField::Place, "Zeist"));
    laptop.apply(set(ClientField::Place, "Utrecht"));
    meet(&mut tablet, &mut laptop);
    let given = answers(&tablet, about);
    let change = choose(&mut tablet, &given[0]).unwrap();
    meet(&mut tablet, &mut laptop);
    tablet.apply(Edit::UndoChange {
        client: ANNA,
        change,
    });
    laptop.apply(set(ClientField::Place, "Doorn"));
    meet(&mut tablet, &mut laptop);
    let mut wanted = vec!["Doorn", "Zeist", "Utrecht"];
    wanted.sort_unstable();
    assert_eq!(sorted(&answers(&laptop, about)), wanted);
    let third = answers(&laptop, about).remove(1);
    choose(&mut laptop, &third);
    meet(&mut tablet, &mut laptop);
    assert!(tablet.view().conflicts.is_empty());
}

fn fund(funding: Funding, bsn: &str) -> Edit {
    Edit::ChangeFunding {
        client: ANNA,
        funding: vec![funding],
        is_personal_budget: false,
        care_kinds: Vec::new(),
        bsn: bsn.to_owned(),
    }
}

#[test]
fn funding_is_chosen_as_a_whole_and_undone() {
    let about = ConflictAbout::Field(ClientField::Funding);
    let (mut tablet, mut laptop) = two(&[Funding::Private]);
    tablet.apply(fund(Funding::Wmo, ""));
    laptop.apply(fund(Funding::Jeugdwet, ""));
    meet(&mut tablet, &mut laptop);
    let given = answers(&tablet, about);
    assert_told(&given, &tablet, &laptop);
    let change = choose(&mut tablet, &given[1]).unwrap();
    meet(&mut tablet, &mut laptop);
    assert_eq!(laptop.view().funding, [Funding::Jeugdwet]);
    assert!(laptop.view().conflicts.is_empty());
    laptop.apply(Edit::UndoChange {
        client: ANNA,
        change,
    });
    meet(&mut tablet, &mut laptop);
    assert_eq!(answers(&tablet, about).len(), 2);
}

#[test]
fn a_source_that_may_not_stand_with_the_number_cannot_be_chosen() {
    let about = ConflictAbout::Field(ClientField::Funding);
    let (mut tablet, mut laptop) = two(&[Funding::Private]);
    tablet.apply(fund(Funding::Zvw, OTHER_BSN));
    laptop.apply(fund(Funding::Wmo, ""));
    laptop.identity = tablet.identity.as_ref().map(|of| of.copy([7; 16]));
    meet(&mut tablet, &mut laptop);
    let given = answers(&laptop, about);
    assert_told(&given, &tablet, &laptop);
    assert!(given[1].choose.is_none(), "the number is held");
    assert!(laptop.try_apply(&fund(Funding::Wmo, "")).is_err());
    choose(&mut laptop, &given[0]);
    meet(&mut tablet, &mut laptop);
    assert_eq!(tablet.view().funding, [Funding::Zvw]);
    assert!(tablet.view().conflicts.is_empty());
}

#[test]
fn two_numbers_are_masked_on_the_page_and_whole_when_asked_for() {
    let (mut tablet, mut laptop) = two(&[Funding::Zvw]);
    let change = |bsn: &str| Edit::ChangeBsn {
        client: ANNA,
        bsn: bsn.to_owned(),
    };
    tablet.apply(change(OTHER_BSN));
    laptop.apply(change("999990020"));
    meet(&mut tablet, &mut laptop);
    let given = answers(&tablet, ConflictAbout::Bsn);
    assert_told(&given, &tablet, &laptop);
    assert!(texts(&given).iter().all(|text| text.len() > 4));
    assert!(!format!("{:?}", tablet.view()).contains(OTHER_BSN));
    let whole = project::bsn_answers(tablet.identity.as_ref().unwrap());
    assert_eq!(texts(&whole), [OTHER_BSN, "999990020"]);
    laptop.apply(change(OTHER_BSN));
    meet(&mut tablet, &mut laptop);
    assert!(tablet.view().conflicts.is_empty());
    assert!(project::bsn_answers(tablet.identity.as_ref().unwrap()).is_empty());
}

#[test]
fn an_identity_established_twice_by_different_documents_is_asked() {
    let (mut tablet, mut laptop) = two(&[Funding::Zvw]);
    let establish = |kind, number: &str| Edit::EstablishIdentity {
        client: ANNA,
        input: IdentityInput {
            document_kind: Some(kind),
            document_number: number.to_owned(),
            ..identity_input()
        },
    };
    // The same document, compared on both: no question.
    tablet.apply(establish(DocumentKind::Passport, "AB1234567"));
    laptop.apply(establish(DocumentKind::Passport, "ab1234567"));
    meet(&mut tablet, &mut laptop);
    assert!(tablet.view().conflicts.is_empty());
    tablet.apply(establish(DocumentKind::Passport, "CD1234567"));
    laptop.apply(establish(DocumentKind::IdentityCard, "EF1234567"));
    meet(&mut tablet, &mut laptop);
    for chosen in [0, 1] {
        let given = answers(&tablet, ConflictAbout::Identity);
        assert_told(&given, &tablet, &laptop);
        let AnswerValue::Identity(value) = given[chosen].value.clone() else {
            panic!("another value");
        };
        let (mut one, mut other) = (tablet.other_device("x"), laptop.other_device("y"));
        choose(&mut one, &given[chosen]);
        let sent = one.identity.as_mut().unwrap().take_changes().unwrap();
        let identity = other.identity.as_mut().unwrap();
        identity.apply_changes(&sent.bytes).unwrap();
        for world in [one, other] {
            let view = world.view();
            assert!(view.conflicts.is_empty());
            assert_eq!(
                view.identity.unwrap().document_number,
                value.document_number
            );
        }
    }
}

fn planning_input(time: &str) -> PlanningInput {
    PlanningInput {
        weekdays: vec![1, 3],
        time: time.to_owned(),
        minutes: "30".to_owned(),
        from: "01-11-2026".to_owned(),
        until: String::new(),
    }
}

fn planned() -> (World, World) {
    let mut tablet = World::with_client(&[Funding::Private]);
    tablet.apply(Edit::AddPlanning {
        client: ANNA,
        planning: entry(3),
        input: planning_input("8:00"),
    });
    tablet.device = "0".to_owned();
    let mut laptop = tablet.other_device("laptop");
    laptop.device = "1".to_owned();
    laptop.now_ms += DAY;
    (tablet, laptop)
}

fn replan(time: &str) -> Edit {
    Edit::ChangePlanning {
        client: ANNA,
        planning: entry(3),
        input: planning_input(time),
    }
}

#[test]
fn a_planning_changed_on_two_days_has_two_answers() {
    let about = ConflictAbout::Planning(entry(3));
    for chosen in [0, 1] {
        let (mut tablet, mut laptop) = planned();
        tablet.apply(replan("9:00"));
        laptop.apply(replan("10:00"));
        meet(&mut tablet, &mut laptop);
        let given = answers(&tablet, about);
        assert_told(&given, &tablet, &laptop);
        let time = ["09:00", "10:00"][chosen];
        let change = choose(&mut laptop, &given[chosen]).unwrap();
        meet(&mut tablet, &mut laptop);
        assert_eq!(tablet.row().planning[0].time, time);
        assert!(tablet.view().conflicts.is_empty());
        tablet.apply(Edit::UndoChange {
            client: ANNA,
            change,
        });
        meet(&mut tablet, &mut laptop);
        assert_eq!(answers(&laptop, about).len(), 2);
    }
}

#[test]
fn a_planning_ended_here_and_changed_there_is_asked() {
    let about = ConflictAbout::Planning(entry(3));
    let end = Edit::EndPlanning {
        client: ANNA,
        planning: entry(3),
    };
    for chosen in [0, 1] {
        let (mut tablet, mut laptop) = planned();
        tablet.apply(end.clone());
        laptop.apply(replan("10:00"));
        meet(&mut tablet, &mut laptop);
        let given = answers(&tablet, about);
        assert_told(&given, &tablet, &laptop);
        laptop.now_ms += 3 * DAY;
        choose(&mut laptop, &given[chosen]);
        meet(&mut tablet, &mut laptop);
        let planning = tablet.row().planning.remove(0);
        let wanted = [("08:00", Some("2026-11-22".to_owned())), ("10:00", None)][chosen].clone();
        assert_eq!((planning.time.as_str(), planning.until), wanted);
        assert!(tablet.view().conflicts.is_empty());
    }
}

#[test]
fn a_device_with_its_clock_a_day_behind_takes_part_in_the_question() {
    let about = ConflictAbout::Planning(entry(3));
    let (mut tablet, mut laptop) = planned();
    laptop.now_ms -= 2 * DAY;
    tablet.apply(Edit::EndPlanning {
        client: ANNA,
        planning: entry(3),
    });
    laptop.apply(replan("10:00"));
    meet(&mut tablet, &mut laptop);
    let given = answers(&tablet, about);
    assert_eq!(given[0].device, Some(1));
    assert_eq!(given.iter().filter(|of| of.is_shown).count(), 1);
    choose(&mut laptop, &given[0]);
    meet(&mut tablet, &mut laptop);
    let planning = tablet.row().planning.remove(0);
    assert_eq!((planning.time.as_str(), planning.until), ("10:00", None));
}

#[test]
fn the_caregivers_own_data_is_asked_part_by_part() {
    let (mut tablet, mut laptop) = two(&[Funding::Private]);
    let with = |agb: &str, profession| {
        Edit::SetProfile(ProfileInput {
            agb: agb.to_owned(),
            profession: Some(profession),
            ..profile_input()
        })
    };
    tablet.apply(with("91012346", Profession::CareWorker));
    laptop.apply(with("91012347", Profession::CareWorker));
    meet(&mut tablet, &mut laptop);
    let view = project::profile(&tablet.profile).unwrap();
    assert_eq!(view.conflicts.len(), 1, "{view:?}");
    let conflict = &view.conflicts[0];
    assert_eq!(conflict.field, ProfileField::Agb);
    assert_eq!(texts(&conflict.answers), ["91012346", "91012347"]);
    assert_told(&conflict.answers, &tablet, &laptop);
    // Saving the form as it is shown answers nothing.
    tablet.apply(Edit::SetProfile(ProfileInput {
        name: "Els Vries".to_owned(),
        agb: view.agb.clone().unwrap(),
        profession: Some(Profession::CareWorker),
        ..profile_input()
    }));
    meet(&mut tablet, &mut laptop);
    let view = project::profile(&laptop.profile).unwrap();
    assert_eq!((view.name.as_str(), view.conflicts.len()), ("Els Vries", 1));
    let other = view.conflicts[0].answers.iter().find(|of| !of.is_shown);
    let other = other.unwrap().clone();
    choose(&mut laptop, &other);
    meet(&mut tablet, &mut laptop);
    let view = project::profile(&tablet.profile).unwrap();
    assert_eq!(AnswerValue::Text(view.agb.unwrap()), other.value);
    assert!(view.conflicts.is_empty());
}

#[test]
fn of_one_visit_signed_twice_the_first_stands_and_the_later_is_told_with_its_device() {
    for is_tablet_first in [true, false] {
        let (mut tablet, mut laptop) = two(&[Funding::Private]);
        tablet.apply(sign(1, visit_input()));
        laptop
            .journals
            .insert(2026, tablet.journals[&2026].copy([9; 16]));
        if !is_tablet_first {
            tablet.now_ms += 120_000;
        }
        let with = |result: &str, contact| VisitInput {
            result: result.to_owned(),
            contact,
            ..visit_input()
        };
        tablet.apply(sign(2, with("Wond rustig", ContactKind::HomeVisit)));
        laptop.apply(sign(2, with("Wond rood", ContactKind::Phone)));
        tablet.apply(sign(4, with("Gebeld", ContactKind::HomeVisit)));
        laptop.apply(sign(4, with("Gebeld", ContactKind::Phone)));
        meet(&mut tablet, &mut laptop);
        assert_eq!(tablet.visit(2), laptop.visit(2));
        let (first, later, device) = match is_tablet_first {
            true => ("Wond rustig", "Wond rood", 1),
            false => ("Wond rood", "Wond rustig", 0),
        };
        let view = tablet.visit(2);
        assert_eq!((view.result.as_str(), view.additions.len()), (first, 1));
        let addition = &view.additions[0];
        assert!(addition.text.contains(later) && addition.is_also_signed);
        assert_eq!(addition.device, Some(device));
        assert!(
            addition
                .contact
                .is_some_and(|contact| contact != view.contact)
        );
        assert_eq!(tablet.visit(4).additions.len(), 1, "only the kind differs");
    }
}
