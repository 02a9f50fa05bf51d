//! The client list's row and the client's page.

use std::str::FromStr;

use jiff::civil::Date;

use crate::calendar::term::care_plan_deadline;
use crate::calendar::{local, parse_rfc3339};
use crate::document::code::{Code, FundingSet};
use crate::document::layout::{
    self, AUTHOR, BEGIN, BSN, CHANGED_AT, FIELD, FROM, OPENED_AT, OTHER, PLANNED, PLANNED_DATE,
    RECORDED_AT, TO, VISIT, client_key,
};
use crate::document::value::Entry;
use crate::document::{Document, Kind};
use crate::edit::{ClientField, Edit, VisitField};
use crate::id::{ClientId, EntryId};
use crate::value::bsn::Bsn;
use crate::value::phone::Phone;
use crate::view::{ClientRow, ClientView, Conflict, ConflictAbout, Earlier, FieldView};

use super::{change, conflict, identity, plan, visit};

/// Answered planned visits a row carries: more than any client has in the days that Vandaag looks at.
const ANSWERED_MAX: usize = 16;

/// The single-value fields, in the order of the form.
pub(super) const FIELDS: [ClientField; 10] = [
    ClientField::FirstName,
    ClientField::Infix,
    ClientField::LastName,
    ClientField::BirthDate,
    ClientField::Street,
    ClientField::Postcode,
    ClientField::Place,
    ClientField::Phone,
    ClientField::RequestedOn,
    ClientField::StartsOn,
];

/// The row of a client, read from the whole of its documents; `journal` is the newest one.
#[must_use]
pub fn client_row(
    client: ClientId,
    dossier: &Document,
    identity: Option<&Document>,
    journal: Option<&Document>,
) -> ClientRow {
    let row = without_visits(client, dossier, identity);
    match journal {
        Some(journal) => with_visits(row, journal),
        None => row,
    }
}

/// The same row with what the whole of the newest journal says: for changes that came into journals only.
#[must_use]
pub fn with_visits(mut row: ClientRow, journal: &Document) -> ClientRow {
    let summary = visit::summary(journal);
    row.last_visit_at = summary.newest.map(|(_, begin)| begin);
    let of_core = row.core_changed_at.unwrap_or(row.changed_at);
    row.changed_at = of_core.max(summary.recorded_at.unwrap_or(i64::MIN));
    row.answered = summary
        .visits
        .iter()
        .filter_map(|(id, entry)| answer(*id, entry))
        .collect();
    trim_answered(&mut row);
    row
}

/// The row after an applied edit, from the row before it. Of the journal only the entry of the edit is read,
/// and the whole only when the time of a visit was corrected.
#[must_use]
pub fn refresh_row(
    earlier: &ClientRow,
    edit: &Edit,
    dossier: &Document,
    identity: Option<&Document>,
    journal: Option<&Document>,
) -> ClientRow {
    let mut row = without_visits(earlier.id, dossier, identity);
    row.last_visit_at = earlier.last_visit_at;
    row.answered = earlier.answered.clone();
    row.changed_at = row.changed_at.max(earlier.changed_at);
    let Some(journal) = journal else { return row };
    match edit {
        Edit::SignVisit { visit, .. } => {
            if let Some(entry) = journal.entry(&layout::entry_key(VISIT, *visit)) {
                let begin = parse_rfc3339(&entry.text(BEGIN)).ok().map(|at| at.ms);
                row.last_visit_at = row.last_visit_at.max(begin);
                row.changed_at = row
                    .changed_at
                    .max(entry.int(RECORDED_AT).unwrap_or(i64::MIN));
                if !row.answered.iter().any(|(_, _, known)| known == visit) {
                    row.answered.extend(answer(*visit, &entry));
                }
                trim_answered(&mut row);
            }
        }
        Edit::CorrectVisit {
            visit,
            input,
            correction,
            ..
        } => {
            let key = layout::amendment_key(layout::CORRECTION, *visit, *correction);
            row.changed_at = row.changed_at.max(recorded_at(journal, &key));
            if matches!(
                input.field,
                VisitField::Date | VisitField::Begin | VisitField::End
            ) {
                let newest = visit::summary(journal).newest.map(|(_, begin)| begin);
                row.last_visit_at = if is_of_later_year(earlier, journal) {
                    row.last_visit_at.max(newest)
                } else {
                    newest
                };
            }
        }
        Edit::AddToVisit {
            visit, addition, ..
        } => {
            let key = layout::amendment_key(layout::ADDITION, *visit, *addition);
            row.changed_at = row.changed_at.max(recorded_at(journal, &key));
        }
        _ => {}
    }
    row
}

fn recorded_at(journal: &Document, key: &str) -> i64 {
    journal
        .entry(key)
        .and_then(|entry| entry.int(RECORDED_AT))
        .unwrap_or(i64::MIN)
}

/// The last visit stands in a later journal than this one.
fn is_of_later_year(row: &ClientRow, journal: &Document) -> bool {
    let last = row
        .last_visit_at
        .and_then(|at| local(at).ok())
        .map(|local| local.date.year());
    match (last, journal.kind()) {
        (Some(last), Some(Kind::Journal { year })) => i32::from(last) > i32::from(year),
        _ => false,
    }
}

fn answer(visit: EntryId, entry: &Entry) -> Option<(EntryId, String, EntryId)> {
    let planning = entry.find_text(PLANNED)?.parse().ok()?;
    Some((planning, entry.find_text(PLANNED_DATE)?, visit))
}

fn trim_answered(row: &mut ClientRow) {
    row.answered
        .sort_unstable_by(|(_, one, _), (_, other, _)| one.cmp(other));
    row.answered
        .drain(..row.answered.len().saturating_sub(ANSWERED_MAX));
}

fn without_visits(client: ClientId, dossier: &Document, document: Option<&Document>) -> ClientRow {
    let text = |field| dossier.text(&client_key(field)).unwrap_or_default();
    let is_established = document.and_then(identity::identity).is_some();
    let is_identity_missing = needs_bsn(dossier) && !is_established;
    let changed_at = newest_int(dossier, CHANGED_AT);
    ClientRow {
        id: client,
        first_name: text(ClientField::FirstName),
        infix: text(ClientField::Infix),
        last_name: text(ClientField::LastName),
        birth_date: text(ClientField::BirthDate),
        street: text(ClientField::Street),
        postcode: text(ClientField::Postcode),
        place: text(ClientField::Place),
        phone: text(ClientField::Phone),
        is_identity_missing,
        identity_deferred: document
            .filter(|_| is_identity_missing)
            .and_then(identity::deferral),
        last_visit_at: None,
        changed_at,
        core_changed_at: Some(changed_at),
        planning: plan::plannings(dossier),
        answered: Vec::new(),
        conflict_count: conflict::count(client, dossier, document),
    }
}

fn newest_int(document: &Document, key: &str) -> i64 {
    document.ints(key).into_iter().max().unwrap_or_default()
}

fn funding(dossier: &Document) -> FundingSet {
    FundingSet::parse(
        &dossier
            .text(&client_key(ClientField::Funding))
            .unwrap_or_default(),
    )
}

/// Whether a BSN must be held (B7); otherwise it may not be, and free text is guarded (B9).
#[must_use]
pub fn needs_bsn(dossier: &Document) -> bool {
    funding(dossier).needs_bsn()
}

/// The nine digits of the BSN that is held. Note the showing in the access log first.
#[must_use]
pub fn reveal_bsn(identity: &Document) -> Option<String> {
    identity.text(BSN)
}

/// The client's page. `years` are those that hold a journal, in any order.
#[must_use]
pub fn client_view(
    row: ClientRow,
    dossier: &Document,
    document: Option<&Document>,
    mut years: Vec<u16>,
    unreadable_count: u32,
) -> ClientView {
    years.sort_unstable_by(|one, other| other.cmp(one));
    years.dedup();
    let changes = conflict::lines(dossier);
    let mut row = row;
    let conflicts = conflict::conflicts(row.id, dossier, document);
    row.conflict_count = u32::try_from(conflicts.len()).unwrap_or(u32::MAX);
    let set = funding(dossier);
    let needs_bsn = set.needs_bsn();
    let bsn = document.filter(|_| needs_bsn).and_then(reveal_bsn);
    let requested_on = dossier.text(&client_key(ClientField::RequestedOn));
    ClientView {
        row,
        fields: FIELDS
            .into_iter()
            .map(|field| field_view(dossier, field, &changes, &conflicts))
            .collect(),
        funding_earlier: earlier(ClientField::Funding, &changes),
        other_changes: change::other_changes(dossier, document, &changes, &conflicts),
        needs_bsn,
        bsn_masked: bsn
            .and_then(|digits| Bsn::parse(&digits).ok())
            .map(|bsn| bsn.masked()),
        identity: document
            .filter(|_| needs_bsn)
            .and_then(identity::identity)
            .map(|(view, _)| view),
        opened_at: dossier
            .ints(OPENED_AT)
            .into_iter()
            .min()
            .unwrap_or_default(),
        years,
        plan_deadline: requested_on
            .and_then(|date| Date::from_str(&date).ok())
            .and_then(|date| care_plan_deadline(date).ok())
            .map(|date| date.to_string()),
        unreadable_count,
        funding: set.funding,
        is_personal_budget: set.is_personal_budget,
        care_kinds: set.care_kinds,
        conflicts,
    }
}

fn field_view(
    dossier: &Document,
    field: ClientField,
    changes: &[(EntryId, Entry)],
    conflicts: &[Conflict],
) -> FieldView {
    let key = client_key(field);
    let about = ConflictAbout::Field(field);
    let conflict = conflicts.iter().find(|conflict| conflict.about == about);
    FieldView {
        field,
        value: shown(field, &dossier.text(&key).unwrap_or_default()),
        answers: conflict
            .map(|conflict| conflict.answers.clone())
            .unwrap_or_default(),
        earlier: earlier(field, changes),
    }
}

fn earlier(field: ClientField, changes: &[(EntryId, Entry)]) -> Vec<Earlier> {
    changes
        .iter()
        .filter(|(_, entry)| ClientField::from_code(&entry.text(FIELD)) == Some(field))
        .map(|(id, entry)| Earlier {
            change: *id,
            value: shown(field, &entry.text(FROM)),
            others: entry
                .texts(OTHER)
                .map(|(_, text)| shown(field, text))
                .collect(),
            to: shown(field, &entry.text(TO)),
            changed_at: entry.int(RECORDED_AT).unwrap_or_default(),
            author: entry.text(AUTHOR),
            device: conflict::device_of(entry),
        })
        .collect()
}

pub(super) fn shown(field: ClientField, stored: &str) -> String {
    match field {
        ClientField::Phone => {
            Phone::parse(stored).map_or(stored.to_owned(), |phone| phone.to_string())
        }
        _ => stored.to_owned(),
    }
}
