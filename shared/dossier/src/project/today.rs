//! Vandaag: planned visits by time, drafts to sign, things to complete.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;

use crate::calendar;
use crate::draft::{Draft, DraftBody};
use crate::edit::VisitInput;
use crate::id::{ClientId, EntryId};
use crate::value::name::sort_key;
use crate::view::{
    ClientRow, DraftRow, DraftStanding, PlanningView, Task, TodayState, TodayView, TodayVisit,
};

use super::client_name;
use super::visit::excerpt;

/// The page Vandaag at `now_ms`, from the rows of all clients and the taken draft slots. What is known of other devices'
/// drafts is for the caller to add.
#[must_use]
pub fn today(rows: &[ClientRow], drafts: &[(u8, Draft)], now_ms: i64) -> TodayView {
    let date = calendar::today(now_ms).unwrap_or(Date::ZERO);
    let text = date.to_string();
    let mut visits: Vec<TodayVisit> = rows
        .iter()
        .flat_map(|row| row.planning.iter().map(move |planning| (row, planning)))
        .filter(|(_, planning)| is_planned_on(planning, date))
        .map(|(row, planning)| TodayVisit {
            client: row.clone(),
            planning: planning.id,
            time: planning.time.clone(),
            minutes: planning.minutes,
            state: state(row, planning, &text, drafts),
        })
        .collect();
    visits.sort_by_cached_key(|visit| (visit.time.clone(), row_key(&visit.client), visit.planning));
    let mut by_id: BTreeMap<ClientId, &ClientRow> = BTreeMap::new();
    by_id.extend(rows.iter().map(|row| (row.id, row)));
    let mut open: Vec<DraftRow> = drafts
        .iter()
        .filter_map(|(slot, draft)| {
            draft_row(*slot, draft, |client| {
                by_id.get(&client).map(|row| client_name(row))
            })
        })
        .collect();
    open.sort_unstable_by_key(|draft| (std::cmp::Reverse(draft.saved_at), draft.slot));
    TodayView {
        date: text,
        visits,
        drafts: open,
        elsewhere: Vec::new(),
        tasks: tasks(rows),
        has_clients: !rows.is_empty(),
    }
}

/// The row of a visit draft; `None` for a draft of another form. `name` finds the name of a client.
#[must_use]
pub fn draft_row(
    slot: u8,
    draft: &Draft,
    name: impl Fn(ClientId) -> Option<String>,
) -> Option<DraftRow> {
    let DraftBody::Visit {
        client,
        visit,
        input,
    } = &draft.body
    else {
        return None;
    };
    Some(DraftRow {
        slot,
        client: *client,
        client_name: name(*client).unwrap_or_default(),
        visit: *visit,
        date: input.date.clone(),
        begin: input.begin.clone(),
        excerpt: first_words(input),
        saved_at: draft.saved_at,
        device: None,
        standing: DraftStanding::Open,
        planned: input.planned.clone(),
    })
}

fn first_words(input: &VisitInput) -> String {
    let done = input
        .actions
        .iter()
        .chain(std::iter::once(&input.done))
        .map(String::as_str);
    let done = excerpt(&done.collect::<Vec<&str>>().join(" "));
    if done.is_empty() {
        excerpt(&input.result)
    } else {
        done
    }
}

fn is_planned_on(planning: &PlanningView, date: Date) -> bool {
    let is_begun = Date::from_str(&planning.from).is_ok_and(|from| from <= date);
    let is_over = planning
        .until
        .as_ref()
        .is_some_and(|until| Date::from_str(until).is_ok_and(|until| until < date));
    is_begun && !is_over && planning.weekdays.contains(&calendar::weekday(date))
}

fn state(
    row: &ClientRow,
    planning: &PlanningView,
    date: &str,
    drafts: &[(u8, Draft)],
) -> TodayState {
    let is_answer = |of: EntryId, on: &str| of == planning.id && on == date;
    if let Some((_, _, visit)) = row.answered.iter().find(|(of, on, _)| is_answer(*of, on)) {
        return TodayState::Signed(*visit);
    }
    let draft = drafts.iter().find(|(_, draft)| match &draft.body {
        DraftBody::Visit { client, input, .. } => {
            *client == row.id
                && input
                    .planned
                    .as_ref()
                    .is_some_and(|(of, on)| is_answer(*of, on))
        }
        DraftBody::Form { .. } => false,
    });
    match draft {
        Some((slot, _)) => TodayState::Draft(*slot),
        None if planning.skipped.iter().any(|skipped| skipped == date) => TodayState::Skipped,
        None => TodayState::Planned,
    }
}

fn row_key(row: &ClientRow) -> (String, String, String) {
    sort_key(&row.first_name, &row.infix, &row.last_name)
}

fn tasks(rows: &[ClientRow]) -> Vec<Task> {
    let mut open: Vec<&ClientRow> = rows.iter().filter(|row| row.is_identity_missing).collect();
    open.sort_by_cached_key(|row| (row_key(row), row.id));
    open.into_iter()
        .map(|row| Task::EstablishIdentity {
            client: row.id,
            client_name: client_name(row),
            reason: row.identity_deferred.clone(),
        })
        .collect()
}
