//! The BSN guard (B9): where no BSN may be held, none reaches a document or a draft.

use std::collections::BTreeMap;

use crate::document::Document;
use crate::document::code::FundingSet;
use crate::document::layout;
use crate::draft::DraftBody;
use crate::edit::{ClientField, VisitField, VisitInput};
use crate::value::bsn;

/// Whether the funding of a client needs a BSN; then texts are not scanned.
pub(super) fn needs_bsn(dossier: &Document) -> bool {
    funding(dossier).needs_bsn()
}

pub(super) fn funding(dossier: &Document) -> FundingSet {
    let stored = dossier.text(&layout::client_key(ClientField::Funding));
    FundingSet::parse(&stored.unwrap_or_default())
}

/// Fields of the visit form that hold what looks like a BSN where none may be held, in the order of the form.
#[must_use]
pub fn held_fields(input: &VisitInput, needs_bsn: bool) -> Vec<VisitField> {
    if needs_bsn {
        return Vec::new();
    }
    let actions = input
        .actions
        .iter()
        .map(|action| (VisitField::Done, action));
    let texts = [
        (VisitField::Date, &input.date),
        (VisitField::Begin, &input.begin),
        (VisitField::End, &input.end),
    ];
    let own_words = [
        (VisitField::Done, &input.done),
        (VisitField::Result, &input.result),
        (VisitField::Facts, &input.facts),
        (VisitField::Experience, &input.experience),
    ];
    let measurements = input
        .measurements
        .iter()
        .map(|item| (VisitField::Measurement(item.kind), &item.value));
    let substitute = input.substitute.iter().flat_map(|substitute| {
        [
            (VisitField::SubstituteName, &substitute.name),
            (VisitField::SubstituteAgb, &substitute.agb),
        ]
    });
    let all = texts
        .into_iter()
        .chain(actions)
        .chain(own_words)
        .chain(measurements)
        .chain(substitute);
    let mut held: Vec<VisitField> = Vec::new();
    for (field, text) in all {
        if !held.contains(&field) && !bsn::find_in_text(text).is_empty() {
            held.push(field);
        }
    }
    held
}

/// A draft as it may be stored, and whether a part of it was held back.
///
/// Digits that look like a BSN become `•` unless the client's funding needs one; in a form that belongs to no
/// client yet they always do. The BSN field itself is never kept in a draft.
#[must_use]
pub fn mask_draft(body: DraftBody, needs_bsn: bool) -> (DraftBody, bool) {
    match body {
        DraftBody::Visit {
            client,
            visit,
            input,
        } if !needs_bsn => {
            let masked = mask_visit(&input);
            let is_part_held = masked != *input;
            (
                DraftBody::Visit {
                    client,
                    visit,
                    input: Box::new(masked),
                },
                is_part_held,
            )
        }
        DraftBody::Form {
            form,
            client,
            fields,
        } => {
            let is_scanned = !needs_bsn || client.is_none();
            let mut kept: BTreeMap<String, String> = BTreeMap::new();
            for (control, text) in &fields {
                if is_bsn_control(control) {
                    continue;
                }
                let text = match is_scanned {
                    true => bsn::mask_in_text(text),
                    false => text.clone(),
                };
                kept.insert(control.clone(), text);
            }
            let is_part_held = fields
                .iter()
                .any(|(control, text)| !text.is_empty() && kept.get(control) != Some(text));
            (
                DraftBody::Form {
                    form,
                    client,
                    fields: kept,
                },
                is_part_held,
            )
        }
        visit @ DraftBody::Visit { .. } => (visit, false),
    }
}

fn is_bsn_control(control: &str) -> bool {
    control == "bsn" || control.ends_with("-bsn")
}

fn mask_visit(input: &VisitInput) -> VisitInput {
    let mut masked = input.clone();
    let texts = [
        &mut masked.date,
        &mut masked.begin,
        &mut masked.end,
        &mut masked.done,
        &mut masked.result,
        &mut masked.facts,
        &mut masked.experience,
    ];
    let substitute = masked
        .substitute
        .iter_mut()
        .flat_map(|substitute| [&mut substitute.name, &mut substitute.agb]);
    let measurements = masked.measurements.iter_mut().map(|item| &mut item.value);
    for text in texts
        .into_iter()
        .chain(masked.actions.iter_mut())
        .chain(substitute)
        .chain(measurements)
    {
        *text = bsn::mask_in_text(text);
    }
    masked
}
