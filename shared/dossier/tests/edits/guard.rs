//! The BSN guard (B9): no digit of it reaches a document or a draft where it may not be held.

use std::collections::BTreeMap;

use dossier::apply::{held_fields, mask_draft};
use dossier::draft::DraftBody;
use dossier::edit::{
    ClientField, ClientInput, CorrectionInput, Edit, Funding, MeasurementInput, MeasurementKind,
    SubstituteInput, VisitField, VisitInput,
};
use dossier::problem::{Fault, Field};

use super::world::{ANNA, BSN, World, client_input, entry, holds, sign, visit_input};

fn typed() -> String {
    format!("bsn {BSN}")
}

/// Every visit field that takes text, with a BSN in it.
fn visits_with_bsn() -> Vec<(VisitField, VisitInput)> {
    let text = typed();
    let substitute = SubstituteInput {
        name: text.clone(),
        agb: String::new(),
    };
    let pulse = MeasurementInput {
        kind: MeasurementKind::Pulse,
        value: BSN.to_owned(),
    };
    vec![
        (
            VisitField::Done,
            VisitInput {
                done: text.clone(),
                ..visit_input()
            },
        ),
        (
            VisitField::Done,
            VisitInput {
                actions: vec![text.clone()],
                ..visit_input()
            },
        ),
        (
            VisitField::Result,
            VisitInput {
                result: text.clone(),
                ..visit_input()
            },
        ),
        (
            VisitField::Facts,
            VisitInput {
                facts: text.clone(),
                ..visit_input()
            },
        ),
        (
            VisitField::Experience,
            VisitInput {
                experience: text,
                ..visit_input()
            },
        ),
        (
            VisitField::SubstituteName,
            VisitInput {
                substitute: Some(substitute),
                ..visit_input()
            },
        ),
        (
            VisitField::Measurement(MeasurementKind::Pulse),
            VisitInput {
                measurements: vec![pulse],
                ..visit_input()
            },
        ),
    ]
}

#[test]
fn a_visit_with_a_bsn_is_refused_and_leaves_no_digit_behind() {
    for (field, input) in visits_with_bsn() {
        let mut world = World::with_client(&[Funding::Private]);
        assert_eq!(held_fields(&input, false), [field]);
        assert_eq!(held_fields(&input, true), []);
        let problems = world.refused(sign(1, input));
        assert_eq!(
            problems,
            [(Field::Visit(field), Fault::BsnNotAllowed, "B9".to_owned())]
        );
        world.apply(sign(
            1,
            VisitInput {
                facts: "planted-control".to_owned(),
                ..visit_input()
            },
        ));
        let bytes = world.stored_bytes();
        assert!(
            holds(&bytes, "planted-control"),
            "control: what is stored is found"
        );
        assert!(!holds(&bytes, BSN));
    }
}

#[test]
fn where_a_bsn_must_be_held_texts_are_not_scanned() {
    let mut world = World::with_client(&[Funding::Wlz]);
    world.apply(sign(
        1,
        VisitInput {
            facts: typed(),
            ..visit_input()
        },
    ));
    assert_eq!(world.visit(1).facts, typed());
}

#[test]
fn client_data_corrections_and_additions_are_guarded_too() {
    let mut world = World::new();
    let text = typed();
    let create = |input| Edit::CreateClient {
        client: ANNA,
        input: Box::new(input),
    };
    let base = || client_input(&[Funding::Jeugdwet]);
    for (field, input) in [
        (
            ClientField::FirstName,
            ClientInput {
                first_name: text.clone(),
                ..base()
            },
        ),
        (
            ClientField::Infix,
            ClientInput {
                infix: text.clone(),
                ..base()
            },
        ),
        (
            ClientField::LastName,
            ClientInput {
                last_name: text.clone(),
                ..base()
            },
        ),
        (
            ClientField::Street,
            ClientInput {
                street: text.clone(),
                ..base()
            },
        ),
        (
            ClientField::Place,
            ClientInput {
                place: text.clone(),
                ..base()
            },
        ),
    ] {
        let expected = [(Field::Client(field), Fault::BsnNotAllowed, "B9".to_owned())];
        assert_eq!(world.refused(create(input)), expected);
    }
    assert!(world.dossier.is_none());
    world.apply(create(base()));
    world.apply(sign(1, visit_input()));
    let correction = |text: &str, reason: &str| Edit::CorrectVisit {
        client: ANNA,
        visit: entry(1),
        correction: entry(2),
        input: CorrectionInput {
            field: VisitField::Result,
            text: text.to_owned(),
            reason: reason.to_owned(),
            is_client_request: false,
        },
    };
    let addition = Edit::AddToVisit {
        client: ANNA,
        visit: entry(1),
        addition: entry(3),
        text: text.clone(),
    };
    let change = Edit::ChangeClient {
        client: ANNA,
        field: ClientField::Street,
        value: text.clone(),
    };
    for (field, edit) in [
        (Field::CorrectionText, correction(&text, "Vergist")),
        (Field::CorrectionReason, correction("Beter", &text)),
        (Field::Addition, addition),
        (Field::Client(ClientField::Street), change),
    ] {
        assert_eq!(
            world.refused(edit),
            [(field, Fault::BsnNotAllowed, "B9".to_owned())]
        );
    }
    let bytes = world.stored_bytes();
    assert!(holds(&bytes, "Dorpsstraat"));
    assert!(!holds(&bytes, BSN));
}

#[test]
fn a_visit_draft_never_holds_the_digits() {
    for (_, input) in visits_with_bsn() {
        let body = DraftBody::Visit {
            client: ANNA,
            visit: entry(1),
            input: Box::new(input),
        };
        let before = serde_json::to_vec(&body).unwrap();
        assert!(holds(&before, BSN), "control");
        let (masked, is_part_held) = mask_draft(body.clone(), false);
        assert!(is_part_held);
        assert!(!holds(&serde_json::to_vec(&masked).unwrap(), BSN));
        assert_eq!(
            mask_draft(masked.clone(), false),
            (masked, false),
            "masking again changes nothing"
        );
        assert_eq!(mask_draft(body.clone(), true), (body, false));
    }
    let plain = DraftBody::Visit {
        client: ANNA,
        visit: entry(1),
        input: Box::new(visit_input()),
    };
    assert_eq!(mask_draft(plain.clone(), false), (plain, false));
}

#[test]
fn a_form_draft_never_keeps_the_bsn_field() {
    let form = |client, fields: &[(&str, &str)]| DraftBody::Form {
        form: "new-client".to_owned(),
        client,
        fields: fields
            .iter()
            .map(|(control, text)| ((*control).to_owned(), (*text).to_owned()))
            .collect(),
    };
    let fields_of = |body: DraftBody| match body {
        DraftBody::Form { fields, .. } => fields,
        DraftBody::Visit { .. } => BTreeMap::new(),
    };
    let (masked, is_part_held) = mask_draft(
        form(None, &[("bsn", BSN), ("street", "Kade 1, 999990019")]),
        true,
    );
    assert!(is_part_held);
    let fields = fields_of(masked);
    assert_eq!(fields.get("bsn"), None);
    assert_eq!(fields["street"], "Kade 1, •••••••••");
    let (kept, is_part_held) = mask_draft(form(None, &[("bsn", ""), ("street", "Kade 1")]), true);
    assert!(!is_part_held);
    assert_eq!(fields_of(kept)["street"], "Kade 1");
    let (kept, is_part_held) = mask_draft(form(Some(ANNA), &[("text", BSN)]), true);
    assert!(!is_part_held);
    assert_eq!(fields_of(kept)["text"], BSN);
    assert!(mask_draft(form(Some(ANNA), &[("text", BSN)]), false).1);
}
