//! Two answers: values that two devices wrote without knowing of each other, and those that an undo asked again.
//!
//! Promises: equal values are no conflict; the order is the same on every device; nothing here is written or decided.

use std::collections::BTreeSet;

use crate::document::Document;
use crate::document::code::{Code, FundingSet};
use crate::document::layout::{
    self, AUTHOR, BSN, CHANGE, DEVICE, ESTABLISHED, ESTABLISHED_BY, FIELD, FROM, OTHER,
    RECORDED_AT, TO, UNDOES, client_key,
};
use crate::document::value::Entry;
use crate::edit::{ClientField, Edit, IdentityInput, PlanningInput, ProfileField};
use crate::id::{ClientId, EntryId};
use crate::value::bsn::Bsn;
use crate::view::{
    Answer, AnswerValue, Conflict, ConflictAbout, FundingValue, IdentityValue, PlanningValue,
    ProfileConflict,
};

use super::client::{FIELDS, shown};
use super::plan::{self, Plan};

/// The lines of the history of a document, newest first.
pub(super) fn lines(document: &Document) -> Vec<(EntryId, Entry)> {
    let mut lines = layout::entries(document, CHANGE);
    lines.sort_unstable_by_key(|(id, entry)| std::cmp::Reverse((entry.int(RECORDED_AT), *id)));
    lines
}

/// The index of a device, as entries name it.
pub(super) fn device_of(entry: &Entry) -> Option<u16> {
    entry.text(DEVICE).parse().ok()
}

/// Everything that stands in a register as it is asked now, sorted; empty when there is at most one value.
pub(crate) fn open_values(document: &Document, code: &str, key: &str) -> Vec<String> {
    let mut values = BTreeSet::new();
    values.extend(document.all_texts(key));
    for choice in document.all_texts(&layout::reopened_key(code)) {
        let line = document.entry(&format!("{CHANGE}{choice}"));
        values.extend(line.iter().flat_map(put_aside));
    }
    if values.len() < 2 {
        values.clear();
    }
    values.into_iter().collect()
}

/// Whether a line of the history chose among answers.
pub(crate) fn is_choice(line: &Entry) -> bool {
    line.texts(OTHER).next().is_some()
}

/// What a line of the history put aside: the value before it, and the answers that stood beside that one.
pub(crate) fn put_aside(line: &Entry) -> Vec<String> {
    let others = line.texts(OTHER).map(|(_, text)| text.to_owned());
    std::iter::once(line.text(FROM)).chain(others).collect()
}

/// Open questions about the fields, the funding and the plannings of a client, and about what stands apart of them.
pub(super) fn conflicts(
    client: ClientId,
    dossier: &Document,
    identity: Option<&Document>,
) -> Vec<Conflict> {
    let funding = (!open(dossier, ClientField::Funding).is_empty()).then_some(ClientField::Funding);
    let fields = FIELDS
        .into_iter()
        .filter(|of| !open(dossier, *of).is_empty());
    let mut fields: Vec<ClientField> = fields.chain(funding).collect();
    fields.dedup();
    let plannings = plan::in_question(dossier);
    let mut found = Vec::new();
    if !fields.is_empty() || !plannings.is_empty() {
        let lines = lines(dossier);
        let holds_bsn = identity.is_some_and(|of| of.text(BSN).is_some());
        for field in fields {
            let answers = field_answers(client, dossier, field, holds_bsn, &lines);
            found.push(Conflict {
                about: ConflictAbout::Field(field),
                answers,
            });
        }
        for (planning, values) in plannings {
            found.push(Conflict {
                about: ConflictAbout::Planning(planning),
                answers: planning_answers(client, dossier, planning, &values, &lines),
            });
        }
    }
    let document = identity.filter(|_| super::needs_bsn(dossier));
    for (about, answers) in document.into_iter().flat_map(|of| {
        [
            (ConflictAbout::Bsn, masked(&bsn_answers(of))),
            (ConflictAbout::Identity, identity_answers(client, of)),
        ]
    }) {
        if !answers.is_empty() {
            found.push(Conflict { about, answers });
        }
    }
    found.sort_by_key(|conflict| conflict.about);
    found
}

/// How many open questions there are about a client.
pub(super) fn count(client: ClientId, dossier: &Document, identity: Option<&Document>) -> u32 {
    u32::try_from(conflicts(client, dossier, identity).len()).unwrap_or(u32::MAX)
}

fn open(dossier: &Document, field: ClientField) -> Vec<String> {
    open_values(dossier, field.code(), &client_key(field))
}

fn field_answers(
    client: ClientId,
    dossier: &Document,
    field: ClientField,
    holds_bsn: bool,
    lines: &[(EntryId, Entry)],
) -> Vec<Answer> {
    let key = client_key(field);
    answers(dossier, field.code(), &key, lines, |stored| {
        if field == ClientField::Funding {
            return funding_answer(client, stored, holds_bsn);
        }
        let choose = Edit::ChangeClient {
            client,
            field,
            value: stored.to_owned(),
        };
        (AnswerValue::Text(shown(field, stored)), Some(choose))
    })
}

/// A source that may not stand with the BSN that is held cannot be chosen as it is (B9).
fn funding_answer(client: ClientId, stored: &str, holds_bsn: bool) -> (AnswerValue, Option<Edit>) {
    let set = FundingSet::parse(stored);
    let choose = (set.needs_bsn() == holds_bsn).then(|| Edit::ChangeFunding {
        client,
        funding: set.funding.clone(),
        is_personal_budget: set.is_personal_budget,
        care_kinds: set.care_kinds.clone(),
        bsn: String::new(),
    });
    let value = AnswerValue::Funding(FundingValue {
        funding: set.funding,
        is_personal_budget: set.is_personal_budget,
        care_kinds: set.care_kinds,
    });
    (value, choose)
}

fn planning_answers(
    client: ClientId,
    dossier: &Document,
    planning: EntryId,
    values: &[String],
    lines: &[(EntryId, Entry)],
) -> Vec<Answer> {
    let plan = plan::read(dossier, planning);
    let is_shown = |stored: &str| plan.as_ref().is_some_and(|plan| plan.stored() == stored);
    let code = layout::planning_code(planning);
    let found = values.iter().filter_map(|stored| {
        let of = Plan::parse(stored)?;
        let choose = match of.ended {
            Some(_) => Edit::EndPlanning { client, planning },
            None => Edit::ChangePlanning {
                client,
                planning,
                input: PlanningInput {
                    weekdays: of.rule.weekdays.clone(),
                    time: of.rule.time.clone(),
                    minutes: of.rule.minutes.to_string(),
                    from: of.rule.from.to_string(),
                    until: of
                        .rule
                        .until
                        .map(|date| date.to_string())
                        .unwrap_or_default(),
                },
            },
        };
        let value = planning_value(of);
        let line = given(lines, &code, stored);
        Some(answer(value, line, is_shown(stored), Some(choose)))
    });
    in_order(found.collect())
}

pub(super) fn planning_value(of: Plan) -> AnswerValue {
    AnswerValue::Planning(PlanningValue {
        weekdays: of.rule.weekdays,
        time: of.rule.time,
        minutes: of.rule.minutes,
        from: of.rule.from.to_string(),
        until: of.rule.until.map(|date| date.to_string()),
        ended: of.ended.map(|date| date.to_string()),
    })
}

/// The digits of each BSN that two devices hold; empty = one or none.
#[must_use]
pub fn bsn_answers(identity: &Document) -> Vec<Answer> {
    let lines = lines(identity);
    answers(identity, BSN, BSN, &lines, |digits| {
        (AnswerValue::Text(digits.to_owned()), None)
    })
}

fn masked(answers: &[Answer]) -> Vec<Answer> {
    let mut answers = answers.to_vec();
    for answer in &mut answers {
        if let AnswerValue::Text(digits) = &mut answer.value
            && let Ok(bsn) = Bsn::parse(digits)
        {
            *digits = bsn.masked();
        }
    }
    answers
}

/// The documents by which two devices established the identity, when they are not the same.
pub(crate) fn identity_answers(client: ClientId, identity: &Document) -> Vec<Answer> {
    let bsn = identity.text(BSN).unwrap_or_default();
    let newest = super::identity(identity).map(|(_, entry)| entry);
    let mut found: Vec<(IdentityValue, Entry)> = Vec::new();
    for id in open_values(identity, ESTABLISHED_BY, ESTABLISHED_BY) {
        let entry = identity.entry(&format!("{ESTABLISHED}{id}"));
        let Some(entry) = entry.filter(|entry| entry.text(BSN) == bsn) else {
            continue;
        };
        let Some(value) = super::identity::value(&entry) else {
            continue;
        };
        match found.iter_mut().find(|of| is_same(&of.0, &value)) {
            Some(known) if Some(&entry) == newest.as_ref() => *known = (value, entry),
            Some(_) => {}
            None => found.push((value, entry)),
        }
    }
    if found.len() < 2 {
        return Vec::new();
    }
    let found = found.into_iter().map(|(value, entry)| {
        let choose = Edit::EstablishIdentity {
            client,
            input: IdentityInput {
                document_kind: Some(value.document_kind),
                document_number: value.document_number.clone(),
                date: value.date.clone(),
                time: value.time.clone(),
                is_bsn_compared: true,
            },
        };
        let is_shown = newest.as_ref() == Some(&entry);
        answer(
            AnswerValue::Identity(value),
            Some(&entry),
            is_shown,
            Some(choose),
        )
    });
    in_order(found.collect())
}

/// The documents that stay when a line that chose one of them is taken back, with the id of each; empty when it chose
/// between none, or with another BSN than the one that is held.
pub(crate) fn established_aside(identity: &Document, line: &Entry) -> Vec<(String, IdentityValue)> {
    let bsn = identity.text(BSN).unwrap_or_default();
    let mut found: Vec<(String, IdentityValue)> = Vec::new();
    for id in put_aside(line) {
        let entry = identity.entry(&format!("{ESTABLISHED}{id}"));
        let entry = entry.filter(|entry| entry.text(BSN) == bsn);
        let Some(value) = entry.and_then(|entry| super::identity::value(&entry)) else {
            continue;
        };
        if !found.iter().any(|(_, known)| is_same(known, &value)) {
            found.push((id, value));
        }
    }
    if found.len() < 2 {
        found.clear();
    }
    found
}

/// The same document, compared at whatever moment.
pub(super) fn is_same(one: &IdentityValue, other: &IdentityValue) -> bool {
    (one.document_kind, &one.document_number) == (other.document_kind, &other.document_number)
}

/// Open questions about the caregiver.
pub(super) fn profile_conflicts(profile: &Document) -> Vec<ProfileConflict> {
    let lines = lines(profile);
    let found = ProfileField::ALL.iter().map(|field| ProfileConflict {
        field: *field,
        answers: answers(profile, field.code(), field.code(), &lines, |stored| {
            let choose = Edit::ChangeProfile {
                field: *field,
                value: stored.to_owned(),
            };
            (AnswerValue::Text(stored.to_owned()), Some(choose))
        }),
    });
    found.filter(|of| !of.answers.is_empty()).collect()
}

fn answers(
    document: &Document,
    code: &str,
    key: &str,
    lines: &[(EntryId, Entry)],
    view: impl Fn(&str) -> (AnswerValue, Option<Edit>),
) -> Vec<Answer> {
    let chosen = document.text(key).unwrap_or_default();
    let found = open_values(document, code, key).into_iter().map(|stored| {
        let (value, choose) = view(&stored);
        answer(value, given(lines, code, &stored), stored == chosen, choose)
    });
    in_order(found.collect())
}

/// The newest line that gave a field this value; one that chose among answers, or took a choice back, gave none.
fn given<'a>(lines: &'a [(EntryId, Entry)], code: &str, to: &str) -> Option<&'a Entry> {
    let is_choice = |line: &Entry| is_choice(line) || !line.text(UNDOES).is_empty();
    let lines = lines.iter().map(|(_, line)| line);
    let mut said = lines.filter(|line| line.text(FIELD) == code && line.text(TO) == to);
    let newest = said.clone().next();
    said.find(|line| !is_choice(line)).or(newest)
}

fn answer(
    value: AnswerValue,
    line: Option<&Entry>,
    is_shown: bool,
    choose: Option<Edit>,
) -> Answer {
    Answer {
        value,
        author: line.map(|line| line.text(AUTHOR)).unwrap_or_default(),
        device: line.and_then(device_of),
        recorded_at: line.and_then(|line| line.int(RECORDED_AT)),
        is_shown,
        choose: choose.map(Box::new),
    }
}

/// Oldest first; what was given at one moment stays in the order of the stored values.
fn in_order(mut answers: Vec<Answer>) -> Vec<Answer> {
    answers.sort_by_key(|answer| answer.recorded_at);
    answers
}
