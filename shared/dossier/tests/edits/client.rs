//! Opening a dossier, changing its data, history and undo.

use dossier::apply::AuditKind;
use dossier::edit::{CareKind, ClientField, ClientInput, Edit, Funding};
use dossier::problem::{Fault, Field};
use dossier::view::{Answer, AnswerValue};
use proptest::prelude::*;

use super::world::{ANNA, BSN, World, client_input, entry, holds, ms, profile_input};

fn create(input: ClientInput) -> Edit {
    Edit::CreateClient {
        client: ANNA,
        input: Box::new(input),
    }
}

fn change(field: ClientField, value: &str) -> Edit {
    Edit::ChangeClient {
        client: ANNA,
        field,
        value: value.to_owned(),
    }
}

fn fund(funding: &[Funding], bsn: &str) -> Edit {
    Edit::ChangeFunding {
        client: ANNA,
        funding: funding.to_vec(),
        is_personal_budget: false,
        care_kinds: Vec::new(),
        bsn: bsn.to_owned(),
    }
}

#[test]
fn the_profile_needs_a_name_and_a_profession() {
    let mut world = World::new();
    let mut input = profile_input();
    assert!(
        world
            .apply(Edit::SetProfile(input.clone()))
            .events
            .is_empty(),
        "the same again writes nothing"
    );
    input.agb = "910123456".to_owned();
    input.agb_practice = "x".to_owned();
    input.name = " ".to_owned();
    input.profession = None;
    let problems = world.refused(Edit::SetProfile(input));
    let fields: Vec<Field> = problems.iter().map(|problem| problem.0).collect();
    assert_eq!(
        fields,
        [
            Field::ProfileName,
            Field::Profession,
            Field::Agb,
            Field::AgbPractice
        ]
    );
    let view = dossier::project::profile(&world.profile).unwrap();
    assert_eq!(
        (view.name.as_str(), view.agb.as_deref(), view.agb_practice),
        ("Els de Vries", Some("91012345"), None)
    );
}

#[test]
fn every_problem_of_the_form_comes_back_at_once_in_its_order() {
    let mut world = World::new();
    let problems = world.refused(create(ClientInput {
        postcode: "12 AB".to_owned(),
        phone: "12".to_owned(),
        starts_on: "ooit".to_owned(),
        ..ClientInput::default()
    }));
    let facts: Vec<(Field, &str)> = problems
        .iter()
        .map(|(field, _, rule)| (*field, rule.as_str()))
        .collect();
    assert_eq!(
        facts,
        [
            (Field::Client(ClientField::FirstName), ""),
            (Field::Client(ClientField::LastName), ""),
            (Field::Client(ClientField::BirthDate), ""),
            (Field::Client(ClientField::Postcode), ""),
            (Field::Client(ClientField::Phone), ""),
            (Field::Client(ClientField::RequestedOn), "A22"),
            (Field::Client(ClientField::StartsOn), ""),
            (Field::Funding, "B7"),
        ]
    );
    assert!(world.dossier.is_none());
}

#[test]
fn values_are_stored_in_one_form_and_shown_as_people_write_them() {
    let world = World::with_client(&[Funding::Private]);
    let row = world.row();
    assert_eq!(
        (
            row.birth_date.as_str(),
            row.postcode.as_str(),
            row.phone.as_str()
        ),
        ("1934-02-01", "1234 AB", "+31612345678")
    );
    let view = world.view();
    let shown: Vec<&str> = view
        .fields
        .iter()
        .map(|field| field.value.as_str())
        .collect();
    assert_eq!(
        shown,
        [
            "Anna",
            "van der",
            "Berg",
            "1934-02-01",
            "Dorpsstraat 1",
            "1234 AB",
            "Ons Dorp",
            "06-12345678",
            "2026-11-01",
            ""
        ]
    );
    assert_eq!(view.plan_deadline.as_deref(), Some("2026-12-13"));
    assert_eq!(
        (view.opened_at, view.row.changed_at),
        (world.now_ms, world.now_ms)
    );
}

#[test]
fn birth_dates_at_the_edges() {
    for (typed, fault) in [
        ("22-11-2026", None),
        ("23-11-2026", Some(Fault::InFuture)),
        ("1934", None),
        ("00-02-1934", None),
        ("22-11-1906", None),
        ("21-11-1905", Some(Fault::TooLongAgo)),
        ("31-02-1934", Some(Fault::Malformed)),
        ("", Some(Fault::Missing)),
    ] {
        let mut world = World::new();
        let input = ClientInput {
            birth_date: typed.to_owned(),
            ..client_input(&[Funding::Wmo])
        };
        match fault {
            None => drop(world.apply(create(input))),
            Some(fault) => {
                let problems = world.refused(create(input));
                assert_eq!(
                    problems,
                    [(Field::Client(ClientField::BirthDate), fault, String::new())],
                    "{typed}"
                );
            }
        }
    }
}

#[test]
fn a_bsn_is_required_for_zvw_and_wlz_and_refused_elsewhere() {
    for funding in [
        Funding::Zvw,
        Funding::Wlz,
        Funding::Wmo,
        Funding::Jeugdwet,
        Funding::Private,
        Funding::Other,
    ] {
        for (bsn, when_needed, when_not) in [
            ("", Some(Fault::Missing), None),
            (BSN, None, Some(Fault::BsnNotAllowed)),
            (
                "999990018",
                Some(Fault::BsnInvalid),
                Some(Fault::BsnNotAllowed),
            ),
            (
                "000000000",
                Some(Fault::BsnInvalid),
                Some(Fault::BsnNotAllowed),
            ),
        ] {
            let mut world = World::new();
            let input = ClientInput {
                bsn: bsn.to_owned(),
                ..client_input(&[funding])
            };
            let (expected, rule) = if funding.needs_bsn() {
                (when_needed, "B7")
            } else {
                (when_not, "B9")
            };
            match expected {
                None => {
                    assert_eq!(
                        world.apply(create(input)).events[0].kind,
                        AuditKind::Created
                    );
                    assert_eq!(world.identity.is_some(), funding.needs_bsn());
                }
                Some(fault) => {
                    assert_eq!(
                        world.refused(create(input)),
                        [(Field::Bsn, fault, rule.to_owned())]
                    );
                    assert!(world.identity.is_none() && world.dossier.is_none());
                }
            }
        }
    }
}

#[test]
fn the_bsn_stands_in_the_identity_document_only_and_is_shown_masked() {
    let mut world = World::with_client(&[Funding::Wlz]);
    let changes = world.identity.as_mut().unwrap().take_changes().unwrap();
    assert!(
        holds(&changes.bytes, BSN),
        "control: it is found where it belongs"
    );
    assert!(!holds(
        &world
            .dossier
            .as_mut()
            .unwrap()
            .take_changes()
            .unwrap()
            .bytes,
        BSN
    ));
    assert_eq!(world.view().bsn_masked.as_deref(), Some("•••••0019"));
    assert_eq!(
        dossier::project::reveal_bsn(world.identity.as_ref().unwrap()).as_deref(),
        Some(BSN)
    );
}

#[test]
fn creating_twice_with_one_id_saves_once() {
    let mut world = World::with_client(&[Funding::Zvw]);
    let heads = world.dossier.as_ref().unwrap().heads();
    let again = world.apply(create(client_input(&[Funding::Zvw])));
    assert!(again.events.is_empty());
    assert_eq!(world.dossier.as_ref().unwrap().heads(), heads);
    let other = ClientInput {
        place: "Elders".to_owned(),
        ..client_input(&[Funding::Zvw])
    };
    assert_eq!(world.refused(create(other))[0].1, Fault::NotPossible);
    let other = ClientInput {
        bsn: "999990020".to_owned(),
        ..client_input(&[Funding::Zvw])
    };
    assert_eq!(world.refused(create(other))[0].1, Fault::NotPossible);
}

#[test]
fn a_change_keeps_the_earlier_value_and_can_be_undone_once() {
    let mut world = World::with_client(&[Funding::Private]);
    world.now_ms += 60_000;
    let undo = world
        .apply(change(ClientField::Phone, "0201234567"))
        .undo
        .unwrap();
    let field = world.view().fields[7].clone();
    assert_eq!(field.value, "020-1234567");
    assert_eq!(
        (
            field.earlier[0].value.as_str(),
            field.earlier[0].author.as_str()
        ),
        ("06-12345678", "Els de Vries")
    );
    assert_eq!(
        (field.earlier[0].change, field.earlier[0].changed_at),
        (undo, world.now_ms)
    );

    world.now_ms += 60_000;
    world.apply(Edit::UndoChange {
        client: ANNA,
        change: undo,
    });
    let field = world.view().fields[7].clone();
    assert_eq!(field.value, "06-12345678");
    let earlier: Vec<&str> = field
        .earlier
        .iter()
        .map(|earlier| earlier.value.as_str())
        .collect();
    assert_eq!(
        earlier,
        ["020-1234567", "06-12345678"],
        "newest first, nothing is forgotten"
    );
    let refused = world.refused(Edit::UndoChange {
        client: ANNA,
        change: undo,
    });
    assert_eq!(refused[0].1, Fault::NotPossible);
}

#[test]
fn a_change_that_was_changed_again_cannot_be_undone() {
    let mut world = World::with_client(&[Funding::Private]);
    let first = world
        .apply(change(ClientField::Place, "Elders"))
        .undo
        .unwrap();
    world.apply(change(ClientField::Place, "Verder"));
    assert_eq!(
        world.refused(Edit::UndoChange {
            client: ANNA,
            change: first
        })[0]
            .1,
        Fault::NotPossible
    );
    assert_eq!(
        world.refused(Edit::UndoChange {
            client: ANNA,
            change: entry(200)
        })[0]
            .1,
        Fault::NotPossible
    );
    assert_eq!(world.row().place, "Verder");
}

#[test]
fn a_changed_field_is_checked_as_on_the_form() {
    let mut world = World::with_client(&[Funding::Private]);
    for (field, value, fault) in [
        (ClientField::LastName, " ", Fault::Missing),
        (ClientField::LastName, "Berg ", Fault::Unchanged),
        (
            ClientField::Infix,
            &"x".repeat(201),
            Fault::TooLong { limit: 200 },
        ),
        (ClientField::Postcode, "1234 SS", Fault::Malformed),
        (ClientField::RequestedOn, "23-11-2026", Fault::InFuture),
        (ClientField::Street, "bsn 999990019", Fault::BsnNotAllowed),
    ] {
        assert_eq!(world.refused(change(field, value))[0].1, fault, "{value}");
    }
    assert_eq!(
        world.refused(change(ClientField::Funding, "zvw"))[0].0,
        Field::Funding
    );
    world.apply(change(ClientField::Postcode, ""));
    assert_eq!(world.row().postcode, "");
}

#[test]
fn an_edit_of_a_client_that_does_not_exist_is_refused() {
    let mut world = World::new();
    let refused = world.refused(change(ClientField::Place, "Elders"));
    assert_eq!(refused, [(Field::Whole, Fault::NotPossible, String::new())]);
}

#[test]
fn funding_decides_whether_a_bsn_must_or_may_not_be_held() {
    let mut world = World::with_client(&[Funding::Private]);
    assert_eq!(
        world.refused(fund(&[], "")),
        [(Field::Funding, Fault::Missing, "B7".to_owned())]
    );
    assert_eq!(
        world.refused(fund(&[Funding::Wmo], BSN)),
        [(Field::Bsn, Fault::BsnNotAllowed, "B9".to_owned())]
    );
    assert_eq!(
        world.refused(fund(&[Funding::Zvw], "")),
        [(Field::Bsn, Fault::Missing, "B7".to_owned())]
    );
    assert_eq!(
        world.refused(fund(&[Funding::Private], "")),
        [(Field::Funding, Fault::Unchanged, String::new())]
    );
    assert!(world.identity.is_none());

    let applied = world.apply(fund(&[Funding::Zvw], BSN));
    assert_eq!(
        applied.undo, None,
        "the BSN that came with it cannot be undone"
    );
    assert!(world.row().is_identity_missing);
    assert_eq!(
        world.refused(fund(&[Funding::Private], "")),
        [(Field::Funding, Fault::NotPossible, "B9".to_owned())]
    );
    assert_eq!(
        world.refused(fund(&[Funding::Wlz], "999990020"))[0].0,
        Field::Bsn
    );

    world.now_ms += 1;
    let undo = world
        .apply(fund(&[Funding::Wlz, Funding::Private], ""))
        .undo
        .unwrap();
    assert_eq!(world.view().funding, [Funding::Wlz, Funding::Private]);
    assert_eq!(world.view().funding_earlier[0].value, "zvw");
    world.apply(Edit::UndoChange {
        client: ANNA,
        change: undo,
    });
    assert_eq!(world.view().funding, [Funding::Zvw]);
}

#[test]
fn funding_personal_budget_and_kinds_of_care_change_together() {
    let mut world = World::with_client(&[Funding::Wmo]);
    let undo = world.apply(Edit::ChangeFunding {
        client: ANNA,
        funding: vec![Funding::Wmo],
        is_personal_budget: true,
        care_kinds: vec![CareKind::Support],
        bsn: String::new(),
    });
    let view = world.view();
    assert!(view.is_personal_budget && view.care_kinds == [CareKind::Support]);
    world.apply(Edit::UndoChange {
        client: ANNA,
        change: undo.undo.unwrap(),
    });
    assert!(!world.view().is_personal_budget && world.view().care_kinds.is_empty());
}

#[test]
fn names_of_every_shape_come_back_as_typed() {
    for name in [
        "'t Hart",
        "Wolfeschlegelsteinhausenbergerdorff-van der Meulen-Zwanenburg",
        "Özdemir-Łukasz",
        "👩‍🦽 Ans",
        "محمد",
        "שרה",
    ] {
        let mut world = World::new();
        world.apply(create(ClientInput {
            last_name: name.to_owned(),
            ..client_input(&[Funding::Private])
        }));
        assert_eq!(world.row().last_name, name);
    }
    let mut world = World::new();
    world.apply(create(ClientInput {
        first_name: "Rene\u{301}".to_owned(),
        ..client_input(&[Funding::Private])
    }));
    assert_eq!(
        world.row().first_name,
        "René",
        "decomposed letters become one form"
    );
}

#[test]
fn the_client_page_shows_both_answers_of_two_devices() {
    let mut tablet = World::with_client(&[Funding::Private]);
    let mut laptop = tablet.other_device("laptop");
    tablet.apply(change(ClientField::Phone, "0611111112"));
    laptop.apply(change(ClientField::Phone, "0622222223"));
    let sent = laptop.dossier.as_mut().unwrap().take_changes().unwrap();
    let dossier = tablet.dossier.as_mut().unwrap();
    dossier.apply_changes(&sent.bytes).unwrap();
    let field = tablet.view().fields[7].clone();
    let text = |answer: &Answer| answer.value.clone();
    let mut both: Vec<AnswerValue> = field.answers.iter().map(text).collect();
    both.sort_by_key(|value| format!("{value:?}"));
    let expected = ["06-11111112", "06-22222223"];
    assert_eq!(both, expected.map(|text| AnswerValue::Text(text.into())));
    tablet.apply(change(ClientField::Phone, &field.value));
    assert!(
        tablet.view().fields[7].answers.is_empty(),
        "choosing one settles it"
    );
}

#[test]
fn the_time_zone_is_that_of_the_netherlands() {
    let mut world = World::new();
    world.now_ms = ms("2026-11-22T23:30:00+00:00");
    let input = ClientInput {
        requested_on: "23-11-2026".to_owned(),
        ..client_input(&[Funding::Private])
    };
    world.apply(create(input));
    assert_eq!(world.view().plan_deadline.as_deref(), Some("2027-01-04"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_form_is_either_refused_whole_or_saved_whole(
        texts in proptest::collection::vec("\\PC{0,12}", 10),
        bsn in "[0-9 ]{0,10}",
        kinds in proptest::collection::vec(0_usize..6, 0..3),
    ) {
        let all = [Funding::Zvw, Funding::Wlz, Funding::Wmo, Funding::Jeugdwet, Funding::Private, Funding::Other];
        let mut world = World::new();
        let input = ClientInput {
            first_name: texts[0].clone(),
            infix: texts[1].clone(),
            last_name: texts[2].clone(),
            birth_date: if texts[3].len() % 2 == 0 { "1934".to_owned() } else { texts[3].clone() },
            street: texts[4].clone(),
            postcode: if texts[5].len() % 2 == 0 { String::new() } else { texts[5].clone() },
            place: texts[6].clone(),
            phone: if texts[7].len() % 2 == 0 { String::new() } else { texts[7].clone() },
            requested_on: if texts[8].len() % 2 == 0 { "1-11-2026".to_owned() } else { texts[8].clone() },
            starts_on: if texts[9].len() % 2 == 0 { String::new() } else { texts[9].clone() },
            funding: kinds.iter().map(|index| all[*index]).collect(),
            is_personal_budget: false,
            care_kinds: Vec::new(),
            bsn,
        };
        let edit = create(input);
        match world.try_apply(&edit) {
            Ok(_) => {
                prop_assert!(!world.row().last_name.is_empty());
                prop_assert!(world.apply(edit).events.is_empty());
            }
            Err(problems) => prop_assert!(!problems.is_empty() && world.dossier.is_none()),
        }
    }
}

#[test]
fn a_clock_that_is_behind_does_not_take_back_when_a_dossier_was_written() {
    let mut world = World::with_client(&[Funding::Private]);
    let written_at = world.view().row.changed_at;
    world.now_ms -= 86_400_000;
    world.apply(change(ClientField::Place, "Zwolle"));
    assert_eq!(world.view().row.changed_at, written_at);
    world.now_ms += 2 * 86_400_000;
    world.apply(change(ClientField::Place, "Deventer"));
    assert_eq!(world.view().row.changed_at, world.now_ms);
}
