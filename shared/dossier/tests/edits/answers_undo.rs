//! Undoing a choice between two answers of what is no field of its own: asked again on both devices, then chosen anew.

use dossier::document::{Document, Kind};
use dossier::edit::{
    DocumentKind, Edit, Funding, IdentityInput, PlanningInput, Profession, ProfileField,
    ProfileInput,
};
use dossier::id::EntryId;
use dossier::project;
use dossier::view::{Answer, AnswerValue, ConflictAbout, ValueChange};

use super::merge::exchange;
use super::world::{ANNA, BSN, World, entry, identity_input, profile_input};

const ONE_BSN: &str = "111222333";
const OTHER_BSN: &str = "999990020";
const MINUTE: i64 = 60_000;

/// Two devices that know the same; the clock of the second is a minute ahead.
fn two(funding: &[Funding]) -> (World, World) {
    let mut tablet = World::with_client(funding);
    tablet.device = "0".to_owned();
    let mut laptop = tablet.other_device("laptop");
    laptop.device = "1".to_owned();
    laptop.now_ms += MINUTE;
    (tablet, laptop)
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

#[track_caller]
fn save(world: &mut World, edit: Edit) -> EntryId {
    world.now_ms += 2 * MINUTE;
    world.apply(edit).undo.expect("can be undone")
}

fn undo(change: EntryId) -> Edit {
    Edit::UndoChange {
        client: ANNA,
        change,
    }
}

fn values(world: &World, about: ConflictAbout) -> Vec<AnswerValue> {
    let view = world.view();
    let answers = view.answers(about).iter();
    answers.map(|of| of.value.clone()).collect()
}

fn newest(world: &World) -> ValueChange {
    world.view().other_changes.remove(0)
}

fn bsn(digits: &str) -> Edit {
    Edit::ChangeBsn {
        client: ANNA,
        bsn: digits.to_owned(),
    }
}

fn held(world: &World) -> String {
    project::reveal_bsn(world.identity.as_ref().unwrap()).unwrap()
}

/// The digits that are asked, in their order.
fn numbers(world: &World) -> Vec<String> {
    let answers = project::bsn_answers(world.identity.as_ref().unwrap());
    let text = |answer: Answer| match answer.value {
        AnswerValue::Text(text) => text,
        other => panic!("{other:?}"),
    };
    answers.into_iter().map(text).collect()
}

#[test]
fn a_choice_between_two_numbers_is_undone_and_asked_again() {
    // Either number, or a third one.
    for chosen in [ONE_BSN, OTHER_BSN, "123456782"] {
        let (mut tablet, mut laptop) = two(&[Funding::Zvw]);
        tablet.apply(bsn(ONE_BSN));
        laptop.apply(bsn(OTHER_BSN));
        meet(&mut tablet, &mut laptop);
        let change = save(&mut tablet, bsn(chosen));
        meet(&mut tablet, &mut laptop);
        assert!(laptop.view().conflicts.is_empty());
        assert_eq!(held(&laptop), chosen);
        let line = newest(&laptop);
        assert_eq!((line.about, line.change), (ConflictAbout::Bsn, change));
        assert!(line.can_undo && !line.aside.is_empty());
        let shown = format!("{:?}", laptop.view());
        assert!(!shown.contains(ONE_BSN) && !shown.contains(OTHER_BSN));

        laptop.now_ms += 10 * MINUTE;
        laptop.apply(undo(change));
        assert!(laptop.try_apply(&undo(change)).is_err(), "undone once");
        meet(&mut tablet, &mut laptop);
        assert_eq!(numbers(&tablet), [ONE_BSN, OTHER_BSN], "chosen {chosen}");
        let view = tablet.view();
        let given = view.answers(ConflictAbout::Bsn);
        let told: Vec<_> = given.iter().map(|of| of.device).collect();
        assert_eq!(told, [Some(0), Some(1)]);
        assert_eq!(given.iter().filter(|of| of.is_shown).count(), 1);
        let line = newest(&tablet);
        assert!(line.is_asked_again && !line.can_undo);
        assert!(tablet.row().has_conflict());

        tablet.now_ms += 20 * MINUTE;
        save(&mut tablet, bsn(OTHER_BSN));
        meet(&mut tablet, &mut laptop);
        assert!(laptop.view().conflicts.is_empty());
        assert_eq!(held(&laptop), OTHER_BSN);
    }
}

#[test]
fn a_corrected_number_can_be_put_back_with_the_identity_that_was_established_by_it() {
    let (mut tablet, mut laptop) = two(&[Funding::Zvw]);
    let before = tablet.view().identity;
    let change = save(&mut tablet, bsn(ONE_BSN));
    assert!(tablet.row().is_identity_missing);
    meet(&mut tablet, &mut laptop);
    laptop.now_ms += 10 * MINUTE;
    laptop.apply(undo(change));
    meet(&mut tablet, &mut laptop);
    assert_eq!(held(&tablet), BSN);
    assert_eq!(tablet.view().identity, before);
    assert!(tablet.view().conflicts.is_empty());
}

#[test]
fn the_number_that_came_first_is_not_taken_back() {
    let mut world = World::with_client(&[Funding::Private]);
    assert_eq!(world.apply(fund(Funding::Zvw, BSN)).undo, None);
    assert!(world.view().other_changes.is_empty());
    // Its document did not come in yet, or came in without it.
    world.identity = Some(Document::new(Kind::Identity, [8; 16]));
    let applied = world.apply(bsn(ONE_BSN));
    assert_eq!(applied.undo, None);
    let change = applied.events[0].object.unwrap();
    assert!(world.try_apply(&undo(change)).is_err(), "none before it");
    assert_eq!(held(&world), ONE_BSN);
}

fn establish(kind: DocumentKind, number: &str) -> Edit {
    Edit::EstablishIdentity {
        client: ANNA,
        input: IdentityInput {
            document_kind: Some(kind),
            document_number: number.to_owned(),
            ..identity_input()
        },
    }
}

#[test]
fn a_choice_between_two_documents_is_undone_and_asked_again() {
    let about = ConflictAbout::Identity;
    let documents = [
        (DocumentKind::Passport, "CD1234567"),
        (DocumentKind::IdentityCard, "EF1234567"),
        (DocumentKind::DrivingLicence, "1234567890"),
    ];
    for (kind, number) in documents {
        let (mut tablet, mut laptop) = two(&[Funding::Zvw]);
        tablet.apply(establish(documents[0].0, documents[0].1));
        laptop.apply(establish(documents[1].0, documents[1].1));
        meet(&mut tablet, &mut laptop);
        let asked = values(&tablet, about);
        assert_eq!(asked.len(), 2);
        let change = save(&mut tablet, establish(kind, number));
        meet(&mut tablet, &mut laptop);
        assert!(laptop.view().conflicts.is_empty());
        assert_eq!(laptop.view().identity.unwrap().document_number, number);
        let line = newest(&laptop);
        assert_eq!((line.about, line.change), (about, change));
        assert!(line.can_undo && !line.aside.is_empty());

        laptop.now_ms += 10 * MINUTE;
        laptop.apply(undo(change));
        assert!(laptop.try_apply(&undo(change)).is_err(), "undone once");
        meet(&mut tablet, &mut laptop);
        assert_eq!(values(&tablet, about), asked, "chosen {number}");
        let view = tablet.view();
        let shown: Vec<_> = view
            .answers(about)
            .iter()
            .filter(|of| of.is_shown)
            .collect();
        assert_eq!(shown.len(), 1);
        // What stands is one of the answers, and care goes on with it.
        let stands = view.identity.as_ref().unwrap().document_number.clone();
        let AnswerValue::Identity(of) = &shown[0].value else {
            panic!("another value");
        };
        assert_eq!(of.document_number, stands);
        assert!(tablet.row().has_conflict() && !tablet.row().is_identity_missing);
        let line = newest(&tablet);
        assert!(line.is_asked_again && !line.can_undo);

        tablet.now_ms += 20 * MINUTE;
        save(&mut tablet, establish(documents[1].0, documents[1].1));
        meet(&mut tablet, &mut laptop);
        assert!(laptop.view().conflicts.is_empty());
        let stands = laptop.view().identity.unwrap().document_number;
        assert_eq!(stands, documents[1].1);
    }
}

#[test]
fn a_document_chosen_on_both_devices_is_undone_on_one() {
    let about = ConflictAbout::Identity;
    let passport = establish(DocumentKind::Passport, "CD1234567");
    let (mut tablet, mut laptop) = two(&[Funding::Zvw]);
    tablet.apply(passport.clone());
    laptop.apply(establish(DocumentKind::IdentityCard, "EF1234567"));
    meet(&mut tablet, &mut laptop);
    let asked = values(&tablet, about);
    let changes = [
        save(&mut tablet, passport.clone()),
        save(&mut laptop, passport),
    ];
    meet(&mut tablet, &mut laptop);
    assert!(tablet.view().conflicts.is_empty());
    for change in changes {
        let mut one = tablet.other_device("x");
        one.apply(undo(change));
        assert_eq!(values(&one, about), asked);
        let view = one.view();
        assert!(view.answers(about).iter().any(|of| of.is_shown));
    }
}

#[test]
fn a_choice_between_documents_that_something_followed_on_is_not_undone() {
    let (mut tablet, mut laptop) = two(&[Funding::Zvw]);
    let passport = establish(DocumentKind::Passport, "CD1234567");
    let card = establish(DocumentKind::IdentityCard, "EF1234567");
    tablet.apply(passport.clone());
    laptop.apply(card);
    meet(&mut tablet, &mut laptop);
    let change = save(&mut tablet, passport);
    let mut later = tablet.other_device("x");
    later.apply(establish(DocumentKind::DrivingLicence, "1234567890"));
    assert!(later.try_apply(&undo(change)).is_err(), "another document");
    // The other device chose the other one at that moment: the question is open already.
    save(
        &mut laptop,
        establish(DocumentKind::IdentityCard, "EF1234567"),
    );
    meet(&mut tablet, &mut laptop);
    assert_eq!(values(&tablet, ConflictAbout::Identity).len(), 2);
    assert!(tablet.try_apply(&undo(change)).is_err());
}

#[test]
fn that_a_document_was_compared_is_not_taken_back() {
    let (mut tablet, mut laptop) = two(&[Funding::Zvw]);
    let replaced = tablet.apply(establish(DocumentKind::Passport, "CD1234567"));
    assert_eq!(replaced.undo, None);
    laptop.apply(establish(DocumentKind::IdentityCard, "EF1234567"));
    meet(&mut tablet, &mut laptop);
    let change = save(&mut tablet, establish(DocumentKind::Passport, "CD1234567"));
    // With another number both documents would have to be compared again.
    tablet.apply(bsn(ONE_BSN));
    assert!(tablet.try_apply(&undo(change)).is_err());
    assert!(tablet.view().conflicts.is_empty());
}

fn change_profile(field: ProfileField, value: &str) -> Edit {
    Edit::ChangeProfile {
        field,
        value: value.to_owned(),
    }
}

#[test]
fn a_choice_between_two_parts_of_the_own_data_is_undone_and_asked_again() {
    let one = ProfileInput {
        name: "Els Vries".to_owned(),
        profession: Some(Profession::CareWorker),
        agb: "91012346".to_owned(),
        agb_practice: "41012346".to_owned(),
    };
    let other = ProfileInput {
        name: "Els Jansen".to_owned(),
        profession: Some(Profession::SupportWorker),
        agb: "91012347".to_owned(),
        agb_practice: String::new(),
    };
    for field in [
        ProfileField::Name,
        ProfileField::Profession,
        ProfileField::Agb,
        ProfileField::AgbPractice,
    ] {
        for chosen in [0, 1] {
            let (mut tablet, mut laptop) = two(&[Funding::Private]);
            // Both begin with a code of the practice, so that none is an answer too.
            tablet.apply(Edit::SetProfile(ProfileInput {
                agb_practice: "41012345".to_owned(),
                ..profile_input()
            }));
            meet(&mut tablet, &mut laptop);
            tablet.apply(Edit::SetProfile(one.clone()));
            laptop.apply(Edit::SetProfile(other.clone()));
            meet(&mut tablet, &mut laptop);
            let given = asked(&tablet, field);
            assert_eq!(given.len(), 2, "{field:?}");
            let choose = given[chosen].choose.as_deref().cloned().unwrap();
            let change = save(&mut tablet, choose);
            meet(&mut tablet, &mut laptop);
            assert!(asked(&laptop, field).is_empty());

            laptop.now_ms += 10 * MINUTE;
            laptop.apply(Edit::UndoProfile { change });
            let again = laptop.try_apply(&Edit::UndoProfile { change });
            assert!(again.is_err(), "undone once");
            meet(&mut tablet, &mut laptop);
            let again = asked(&tablet, field);
            let text = |of: &Answer| (of.value.clone(), of.device);
            assert_eq!(
                again.iter().map(text).collect::<Vec<_>>(),
                given.iter().map(text).collect::<Vec<_>>(),
                "{field:?}"
            );
            assert_eq!(again.iter().filter(|of| of.is_shown).count(), 1);
            tablet.now_ms += 20 * MINUTE;
            save(&mut tablet, again[0].choose.as_deref().cloned().unwrap());
            meet(&mut tablet, &mut laptop);
            assert!(asked(&laptop, field).is_empty());
        }
    }
}

fn asked(world: &World, field: ProfileField) -> Vec<Answer> {
    let view = project::profile(&world.profile).unwrap();
    let found = view.conflicts.into_iter().find(|of| of.field == field);
    found.map(|of| of.answers).unwrap_or_default()
}

#[test]
fn a_part_of_the_own_data_that_was_changed_again_is_not_undone() {
    let mut world = World::with_client(&[Funding::Private]);
    let change = save(&mut world, change_profile(ProfileField::Agb, "91012346"));
    let later = save(&mut world, change_profile(ProfileField::Agb, "91012347"));
    assert!(world.try_apply(&Edit::UndoProfile { change }).is_err());
    assert!(world.try_apply(&undo(later)).is_err(), "of no client");
    world.apply(Edit::UndoProfile { change: later });
    let agb = project::profile(&world.profile).unwrap().agb;
    assert_eq!(agb.as_deref(), Some("91012346"));
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
fn a_choice_between_sources_that_need_a_number_and_not_is_undone_and_asked_again() {
    let about = ConflictAbout::Field(dossier::edit::ClientField::Funding);
    // Whichever of the two the documents show, and whether one of them is chosen or a third source.
    for (is_tablet_first, chosen) in [
        (true, Funding::Zvw),
        (false, Funding::Zvw),
        (true, Funding::Wlz),
        (false, Funding::Wlz),
    ] {
        let (mut tablet, mut laptop) = two(&[Funding::Private]);
        let (needs, not) = match is_tablet_first {
            true => (&mut tablet, &mut laptop),
            false => (&mut laptop, &mut tablet),
        };
        needs.apply(fund(Funding::Zvw, ONE_BSN));
        not.apply(fund(Funding::Wmo, ""));
        not.identity = needs.identity.as_ref().map(|of| of.copy([7; 16]));
        meet(&mut tablet, &mut laptop);
        let mut given = values(&tablet, about);
        let change = save(&mut tablet, fund(chosen, ""));
        meet(&mut tablet, &mut laptop);
        assert_eq!(laptop.view().funding, [chosen]);
        laptop.now_ms += 10 * MINUTE;
        laptop.apply(undo(change));
        meet(&mut tablet, &mut laptop);
        let mut again = values(&tablet, about);
        let key = |value: &AnswerValue| format!("{value:?}");
        given.sort_by_key(key);
        again.sort_by_key(key);
        assert_eq!(again, given);
        // A number is held: until a choice the source stands that needs it (B7, B9).
        assert_eq!(tablet.view().funding, [Funding::Zvw]);
    }
}

#[test]
fn a_source_with_the_number_that_came_with_it_stays() {
    let (mut tablet, mut laptop) = two(&[Funding::Private]);
    tablet.apply(fund(Funding::Wmo, ""));
    laptop.apply(fund(Funding::Jeugdwet, ""));
    meet(&mut tablet, &mut laptop);
    let applied = tablet.apply(fund(Funding::Zvw, BSN));
    assert_eq!(applied.undo, None, "the number may not be held then (B9)");
    let change = tablet.view().funding_earlier[0].change;
    assert!(tablet.try_apply(&undo(change)).is_err());
}

#[test]
fn a_choice_between_plannings_is_told_in_the_history_and_undone_from_there() {
    let planning = |time: &str| PlanningInput {
        weekdays: vec![1],
        time: time.to_owned(),
        minutes: "30".to_owned(),
        from: "01-11-2026".to_owned(),
        until: String::new(),
    };
    let change = |time: &str| Edit::ChangePlanning {
        client: ANNA,
        planning: entry(3),
        input: planning(time),
    };
    let about = ConflictAbout::Planning(entry(3));
    let (mut tablet, mut laptop) = two(&[Funding::Private]);
    tablet.apply(Edit::AddPlanning {
        client: ANNA,
        planning: entry(3),
        input: planning("8:00"),
    });
    meet(&mut tablet, &mut laptop);
    tablet.apply(change("9:00"));
    laptop.apply(change("10:00"));
    meet(&mut tablet, &mut laptop);
    assert!(tablet.view().other_changes.iter().all(|of| !of.can_undo));
    save(&mut tablet, change("10:00"));
    meet(&mut tablet, &mut laptop);
    let line = newest(&laptop);
    let time = |value: &AnswerValue| match value {
        AnswerValue::Planning(of) => of.time.clone(),
        other => panic!("{other:?}"),
    };
    let aside: Vec<_> = line.aside.iter().map(time).collect();
    assert_eq!((line.about, line.can_undo), (about, true));
    assert_eq!(
        (time(&line.to), aside),
        ("10:00".into(), vec!["09:00".into()])
    );
    let lines = laptop.view().other_changes.into_iter();
    assert_eq!(lines.filter(|of| of.can_undo).count(), 1);
    laptop.now_ms += 10 * MINUTE;
    laptop.apply(undo(line.change));
    meet(&mut tablet, &mut laptop);
    assert_eq!(values(&tablet, about).len(), 2);
    assert!(newest(&tablet).is_asked_again);
}
