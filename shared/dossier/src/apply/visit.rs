//! Signing a visit: it locks (B10–B20, `requirements.md` section 4a).

use std::str::FromStr;

use jiff::civil::{Date, Time};

use crate::calendar::span::{Span, visit_span_stamped};
use crate::calendar::{self, CalendarError};
use crate::document::code::{Code, visit_field_code};
use crate::document::layout::{
    self, ACTION, AGB, AUTHOR, BEGIN, CLIENT, CONTACT, DEVICE, DONE, END, EXPERIENCE, FACTS,
    IS_IDENTITY_DEFERRED, IS_SUBSTITUTE, PERFORMER, PERFORMER_AGB, PLANNED, PLANNED_DATE,
    RECORDED_AT, RESULT, VISIT,
};
use crate::document::value::{Entry, Write};
use crate::edit::{MeasurementKind, VisitField, VisitInput};
use crate::id::{ClientId, EntryId};
use crate::problem::{Fault, Field, Problem};
use crate::project;
use crate::value::date::parse_date;
use crate::value::measurement::{Amount, Outcome, check_pressure, parse_measurement};
use crate::value::name::NAME_CHARS_MAX;
use crate::value::time::show_time;

use super::check::{Check, Required, TEXT_CHARS_MAX};
use super::history::stamp;
use super::identity::CLOCK_SLACK_MS;
use super::{
    Applied, AuditKind, Context, Workspace, author, commit, event, guard, not_possible, opened,
};

/// What stands in a signed visit besides what the person wrote: not compared when the same visit is signed again.
const CIRCUMSTANCES: [&str; 6] = [
    AUTHOR,
    DEVICE,
    RECORDED_AT,
    PERFORMER,
    PERFORMER_AGB,
    IS_IDENTITY_DEFERRED,
];

/// The local calendar year of the begin.
pub(super) fn journal_year(input: &VisitInput, now_ms: i64) -> Option<u16> {
    let today = calendar::today(now_ms).ok()?;
    let date = parse_date(&input.date, today).ok()?;
    u16::try_from(date.year()).ok()
}

pub(super) fn sign(
    client: ClientId,
    visit: EntryId,
    input: &VisitInput,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let own_agb = docs
        .profile
        .as_ref()
        .and_then(|profile| profile.text(AGB))
        .unwrap_or_default();
    let needs_bsn = guard::needs_bsn(opened(&mut docs.dossier)?);
    let key = layout::entry_key(VISIT, visit);
    let signed = docs
        .journal
        .as_ref()
        .and_then(|journal| journal.entry(&key));

    let mut check = Check::new(ctx.now_ms, needs_bsn);
    let span = checked_span(&mut check, input, ctx.now_ms);
    let mut entry = written(&mut check, input);
    let (performer, performer_agb) = match &input.substitute {
        Some(substitute) => (
            check.line(
                Field::Visit(VisitField::SubstituteName),
                &substitute.name,
                NAME_CHARS_MAX,
                Required::Yes(Some("B11")),
            ),
            check.agb(Field::Visit(VisitField::SubstituteAgb), &substitute.agb),
        ),
        None => {
            if author.is_empty() {
                check.refuse(Field::ProfileName, Fault::Missing, Some("B11"));
            }
            (author.clone(), own_agb)
        }
    };
    let mut is_identity_deferred = false;
    if needs_bsn && signed.is_none() {
        let identity = docs.identity.as_deref();
        if identity.and_then(project::identity).is_none() {
            is_identity_deferred = identity.and_then(project::deferral).is_some();
            if !is_identity_deferred {
                check.refuse(Field::Whole, Fault::IdentityMissing, Some("B8"));
            }
        }
    }
    check.finish()?;

    let span = span.ok_or_else(|| not_possible(Field::Whole))?;
    let local = |at| calendar::rfc3339_at(at).map_err(|_| not_possible(Field::Whole));
    entry = entry
        .with_text(BEGIN, local(span.begin())?)
        .with_text(END, local(span.end())?);
    if let Some(signed) = signed {
        return if without_circumstances(&signed) == without_circumstances(&entry) {
            Ok(Applied::default())
        } else {
            Err(not_possible(Field::Whole))
        };
    }
    let journal = docs
        .journal
        .as_deref_mut()
        .ok_or_else(|| not_possible(Field::Whole))?;
    let stamped = stamp(author, ctx)
        .with_text(PERFORMER, performer)
        .with_text(PERFORMER_AGB, performer_agb)
        .with_flag(IS_IDENTITY_DEFERRED, is_identity_deferred);
    let whole: Entry = stamped
        .iter()
        .chain(entry.iter())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    let mut batch = vec![Write::Entry(key, whole)];
    if journal.text(CLIENT).is_none() {
        batch.push(Write::text(CLIENT, client.to_string()));
    }
    commit(journal, &batch)?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Entered, client, visit)],
    })
}

fn without_circumstances(entry: &Entry) -> Entry {
    let fields = entry
        .iter()
        .filter(|(name, _)| !CIRCUMSTANCES.contains(name));
    fields
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect()
}

/// B12: begin and end as a clock on the wall showed them, the begin not in the future.
fn checked_span(check: &mut Check, input: &VisitInput, now_ms: i64) -> Option<Span> {
    let (date_field, begin_field) = (
        Field::Visit(VisitField::Date),
        Field::Visit(VisitField::Begin),
    );
    let end_field = Field::Visit(VisitField::End);
    let date = check.date(date_field, &input.date, Required::Yes(Some("B12")));
    let is_future = date.is_some_and(|date| date > check.today);
    if is_future {
        check.refuse(date_field, Fault::InFuture, Some("B12"));
    }
    let begin = check.time(begin_field, &input.begin, Some("B12"));
    let end = check.time(end_field, &input.end, Some("B12"));
    let (date, begin, end) = (date?, begin?, end?);
    match visit_span_stamped(date, begin, end, input.stamped) {
        Ok(span) => {
            if !is_future && span.begin_ms > now_ms.saturating_add(CLOCK_SLACK_MS) {
                check.refuse(begin_field, Fault::InFuture, Some("B12"));
            }
            if span.crosses_midnight && !input.is_next_day_confirmed {
                check.refuse(end_field, next_day(span.end_date, end), Some("B12"));
            }
            Some(span)
        }
        Err(error) => {
            let (field, fault) = span_fault(error, date, begin);
            check.refuse(field, fault, Some("B12"));
            None
        }
    }
}

fn next_day(date: Date, time: Time) -> Fault {
    Fault::NextDay {
        date: date.to_string(),
        time: show_time(time),
    }
}

fn span_fault(error: CalendarError, date: Date, begin: Time) -> (Field, Fault) {
    match error {
        CalendarError::NoLength => (Field::Visit(VisitField::End), Fault::TooEarly),
        CalendarError::Skipped {
            date: skipped,
            time,
            resumes_at,
        } => {
            let is_begin = (skipped, time) == (date, begin);
            let field = if is_begin {
                VisitField::Begin
            } else {
                VisitField::End
            };
            let resumes_at = show_time(resumes_at);
            (Field::Visit(field), Fault::Skipped { resumes_at })
        }
        CalendarError::OutOfRange | CalendarError::Malformed => {
            (Field::Visit(VisitField::Date), Fault::Malformed)
        }
    }
}

/// What the person wrote, without the times.
fn written(check: &mut Check, input: &VisitInput) -> Entry {
    let done_field = Field::Visit(VisitField::Done);
    let actions: Vec<&str> = input
        .actions
        .iter()
        .map(|action| action.trim())
        .filter(|text| !text.is_empty())
        .collect();
    let is_action_held = actions.iter().any(|action| check.is_bsn_found(action));
    let mut entry = Entry::default().with_text(CONTACT, input.contact.code());
    if is_action_held {
        check.refuse(done_field, Fault::BsnNotAllowed, Some("B9"));
    } else {
        let required = if actions.is_empty() {
            Required::Yes(Some("B10"))
        } else {
            Required::No
        };
        for (index, action) in actions.iter().enumerate() {
            entry = entry.with_text(&format!("{ACTION}{index:03}"), *action);
        }
        entry = entry.with_text(
            DONE,
            check.text(done_field, &input.done, TEXT_CHARS_MAX, required),
        );
    }
    for (field, name, text, required) in [
        (
            VisitField::Result,
            RESULT,
            &input.result,
            Required::Yes(Some("B19")),
        ),
        (VisitField::Facts, FACTS, &input.facts, Required::No),
        (
            VisitField::Experience,
            EXPERIENCE,
            &input.experience,
            Required::No,
        ),
    ] {
        entry = entry.with_text(
            name,
            check.text(Field::Visit(field), text, TEXT_CHARS_MAX, required),
        );
    }
    for (kind, amount) in measured(check, input) {
        entry = entry.with_text(
            &visit_field_code(VisitField::Measurement(kind)),
            amount.stored(),
        );
    }
    if let Some((planning, date)) = &input.planned
        && Date::from_str(date).is_ok_and(|day| day.to_string() == *date)
    {
        entry = entry
            .with_text(PLANNED, planning.to_string())
            .with_text(PLANNED_DATE, date.clone());
    }
    entry.with_flag(IS_SUBSTITUTE, input.substitute.is_some())
}

fn measured(check: &mut Check, input: &VisitInput) -> Vec<(MeasurementKind, Amount)> {
    let mut amounts: Vec<(MeasurementKind, Amount)> = Vec::new();
    for kind in MeasurementKind::ALL.iter().copied() {
        let typed: Vec<&str> = input
            .measurements
            .iter()
            .filter(|item| item.kind == kind)
            .map(|item| item.value.as_str())
            .filter(|value| !value.trim().is_empty())
            .collect();
        let field = Field::Visit(VisitField::Measurement(kind));
        match typed.as_slice() {
            [] => {}
            [value] => {
                let is_confirmed = input.confirmed_unusual.contains(&kind);
                amounts.extend(
                    checked_amount(check, field, kind, value, is_confirmed)
                        .map(|amount| (kind, amount)),
                );
            }
            _ => check.refuse(field, Fault::Malformed, None),
        }
        if kind == MeasurementKind::LowerPressure {
            check_pressures(check, &amounts);
        }
    }
    amounts
}

/// A measured value within what is possible; outside the usual range only when confirmed.
pub(super) fn checked_amount(
    check: &mut Check,
    field: Field,
    kind: MeasurementKind,
    typed: &str,
    is_confirmed: bool,
) -> Option<Amount> {
    if check.is_held(field, typed) {
        return None;
    }
    let fault = match parse_measurement(kind, typed) {
        Ok(Outcome::Usual(amount)) => return Some(amount),
        Ok(Outcome::Unusual(amount)) if is_confirmed => return Some(amount),
        Ok(Outcome::Unusual(_)) => Fault::Unusual { kind },
        Ok(Outcome::Impossible { min, max }) => Fault::OutOfRange {
            kind,
            min: min.to_string(),
            max: max.to_string(),
        },
        Err(_) => Fault::Malformed,
    };
    check.refuse(field, fault, None);
    None
}

fn check_pressures(check: &mut Check, amounts: &[(MeasurementKind, Amount)]) {
    let find = |wanted| {
        amounts
            .iter()
            .find(|(kind, _)| *kind == wanted)
            .map(|(_, amount)| *amount)
    };
    if let (Some(upper), Some(lower)) = (
        find(MeasurementKind::UpperPressure),
        find(MeasurementKind::LowerPressure),
    ) && check_pressure(upper, lower).is_err()
    {
        let field = Field::Visit(VisitField::Measurement(MeasurementKind::LowerPressure));
        check.refuse(field, Fault::NotBelowUpper, None);
    }
}
