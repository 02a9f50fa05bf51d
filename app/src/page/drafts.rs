//! Open drafts of every device as a person has them: one row for each visit, whatever device it was written on.

use std::collections::BTreeMap;

use dossier::edit::{ContactKind, VisitField};
use dossier::id::{ClientId, EntryId};
use dossier::view::{DraftRow, DraftStanding, DraftText};
use leptos::prelude::*;

use super::route;
use crate::words;

/// One visit that is being written, or that text was written for after it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenVisit {
    /// The text to go on with: the own one where there is one, else the one written last.
    pub row: DraftRow,
    /// Other devices that hold other text of this visit.
    pub others: Vec<Option<u16>>,
}

impl OpenVisit {
    /// The visit is signed; what is open is text that came later.
    pub fn is_late(&self) -> bool {
        matches!(self.row.standing, DraftStanding::Late { .. })
    }

    /// Where one goes on with it: its composer, or the signed visit.
    pub fn href(&self) -> String {
        let DraftRow { client, slot, .. } = self.row;
        match (self.row.standing, self.row.device) {
            (DraftStanding::Late { year }, _) => route::visit(client, year, self.row.visit),
            (_, Some(device)) => route::continue_draft(client, device, slot),
            (_, None) => route::draft(client, slot),
        }
    }

    /// Every device that holds text of it.
    pub fn devices(&self) -> Vec<Option<u16>> {
        let all = std::iter::once(self.row.device).chain(self.others.iter().copied());
        all.collect()
    }

    /// Whether it answers this planned visit of this local date.
    pub fn answers(&self, client: ClientId, planning: EntryId, date: &str) -> bool {
        let planned = self.row.planned.as_ref();
        self.row.client == client
            && planned.is_some_and(|(of, on)| *of == planning && on.as_str() == date)
    }
}

/// Drafts of this device and of others by visit, the one written last first. A text that another device went on from
/// stands in the later one.
pub fn open_visits(own: &[DraftRow], elsewhere: &[DraftRow]) -> Vec<OpenVisit> {
    let mut visits: BTreeMap<EntryId, Vec<&DraftRow>> = BTreeMap::new();
    for row in own.iter().chain(elsewhere) {
        visits.entry(row.visit).or_default().push(row);
    }
    let mut open: Vec<OpenVisit> = visits.into_values().filter_map(|rows| one(&rows)).collect();
    open.sort_by_key(|visit| std::cmp::Reverse(visit.row.saved_at));
    open
}

/// Rows of one visit, the own ones first.
fn one(rows: &[&DraftRow]) -> Option<OpenVisit> {
    let is_older = |row: &DraftRow| match row.standing {
        DraftStanding::WentOn { device } => rows.iter().any(|later| later.device == device),
        _ => false,
    };
    let newest: Vec<&DraftRow> = rows.iter().copied().filter(|row| !is_older(row)).collect();
    let left = if newest.is_empty() { rows } else { &newest };
    let own = left.iter().find(|row| row.device.is_none());
    let row = own.or_else(|| left.iter().max_by_key(|row| row.saved_at))?;
    let is_row = |of: &DraftRow| (of.device, of.slot) == (row.device, row.slot);
    let others = left.iter().filter(|other| !is_row(other));
    Some(OpenVisit {
        row: (**row).clone(),
        others: others.map(|other| other.device).collect(),
    })
}

/// What a text says that another does not, its kind of contact too.
pub fn parts(
    text: &DraftText,
    parts: Vec<(VisitField, String)>,
    contact: ContactKind,
) -> Vec<(VisitField, String)> {
    let theirs = text.input.contact;
    let other = words::visit::contact(theirs).to_owned();
    let kind = (theirs != contact).then_some((VisitField::Contact, other));
    kind.into_iter().chain(parts).collect()
}

/// Parts of a visit under their labels.
#[component]
pub fn PartList(
    /// In the order of the form; values as typed.
    parts: Vec<(VisitField, String)>,
) -> impl IntoView {
    let part = |(field, typed): (VisitField, String)| {
        view! {
            <h4 class="p-entry__label">{words::visit::label(field)}</h4>
            <p class="p-entry__text">{words::drafts::value(field, &typed)}</p>
        }
    };
    parts.into_iter().map(part).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(visit: u8, device: Option<u16>, saved_at: i64, standing: DraftStanding) -> DraftRow {
        DraftRow {
            slot: 2,
            client: ClientId([1; 16]),
            client_name: "Anna".to_owned(),
            visit: EntryId([visit; 16]),
            date: String::new(),
            begin: String::new(),
            excerpt: String::new(),
            saved_at,
            device,
            standing,
            planned: Some((EntryId([9; 16]), "2026-11-22".to_owned())),
        }
    }

    fn places(open: &[OpenVisit]) -> Vec<(Option<u16>, Vec<Option<u16>>)> {
        open.iter()
            .map(|visit| (visit.row.device, visit.others.clone()))
            .collect()
    }

    #[test]
    fn each_visit_stands_once_with_the_text_to_go_on_with() {
        let went_on = |device| DraftStanding::WentOn { device };
        // Taken up here; gone on with elsewhere; written in both; only elsewhere.
        let own = [
            row(1, None, 10, DraftStanding::Open),
            row(2, None, 20, went_on(Some(1))),
            row(3, None, 30, DraftStanding::Beside),
        ];
        let elsewhere = [
            row(4, Some(2), 60, DraftStanding::Beside),
            row(4, Some(1), 50, DraftStanding::Beside),
            row(3, Some(1), 40, DraftStanding::Beside),
            row(2, Some(1), 25, DraftStanding::Open),
            row(1, Some(1), 5, went_on(None)),
        ];
        assert_eq!(
            places(&open_visits(&own, &elsewhere)),
            [
                (Some(2), vec![Some(1)]),
                (None, vec![Some(1)]),
                (Some(1), vec![]),
                (None, vec![]),
            ]
        );
    }

    #[test]
    fn a_text_whose_later_one_is_not_here_stands_itself() {
        let rows = [row(
            1,
            Some(1),
            10,
            DraftStanding::WentOn { device: Some(7) },
        )];
        assert_eq!(places(&open_visits(&[], &rows)), [(Some(1), vec![])]);
    }

    #[test]
    fn each_kind_of_row_leads_where_it_is_finished() {
        let href = |device, standing| {
            let row = row(1, device, 0, standing);
            let others = Vec::new();
            OpenVisit { row, others }.href()
        };
        let client = ClientId([1; 16]);
        let late = DraftStanding::Late { year: 2026 };
        assert_eq!(href(None, DraftStanding::Open), route::draft(client, 2));
        assert_eq!(
            href(Some(3), DraftStanding::Open),
            route::continue_draft(client, 3, 2)
        );
        for device in [None, Some(3)] {
            let signed = route::visit(client, 2026, EntryId([1; 16]));
            assert_eq!(href(device, late), signed);
        }
    }

    #[test]
    fn a_draft_answers_its_planned_visit_of_that_day_only() {
        let row = row(1, Some(1), 0, DraftStanding::Open);
        let others = Vec::new();
        let open = OpenVisit { row, others };
        let (client, planning) = (ClientId([1; 16]), EntryId([9; 16]));
        assert!(open.answers(client, planning, "2026-11-22"));
        assert!(!open.answers(client, planning, "2026-11-23"));
        assert!(!open.answers(ClientId([2; 16]), planning, "2026-11-22"));
    }
}
