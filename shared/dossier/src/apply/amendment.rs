//! Corrections and additions: new signed entries beside a visit that stays as it is (A11, A16).

use crate::calendar::CalendarError;
use crate::calendar::span::visit_span_stamped;
use crate::document::code::visit_field_code;
use crate::document::layout::{self, ADDITION, CORRECTION, FIELD, IS_CLIENT_REQUEST, REASON, TEXT};
use crate::document::value::{Entry, Write};
use crate::edit::{CorrectionInput, MeasurementKind, VisitField};
use crate::id::{ClientId, EntryId};
use crate::problem::{Fault, Field, Problem};
use crate::project::{self, visit};
use crate::value::measurement::check_pressure;
use crate::value::name::NAME_CHARS_MAX;
use crate::value::time::show_time;
use crate::view::VisitView;

use super::check::{Check, REASON_CHARS_MAX, Required, TEXT_CHARS_MAX};
use super::history::stamp;
use super::identity::CLOCK_SLACK_MS;
use super::visit::checked_amount;
use super::{
    Applied, AuditKind, Context, Workspace, author, commit, event, guard, not_possible, opened,
};

/// The texts of an amendment; the rest of the entry says who, where and when.
const CONTENT: [&str; 4] = [FIELD, TEXT, REASON, IS_CLIENT_REQUEST];

pub(super) fn correct(
    client: ClientId,
    visit: EntryId,
    correction: EntryId,
    input: &CorrectionInput,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let needs_bsn = guard::needs_bsn(opened(&mut docs.dossier)?);
    let journal = docs
        .journal
        .as_deref_mut()
        .ok_or_else(|| not_possible(Field::Whole))?;
    let current = project::visit(journal, visit).ok_or_else(|| not_possible(Field::Whole))?;
    if input.field == VisitField::Contact {
        return Err(not_possible(Field::CorrectionField));
    }
    let key = layout::amendment_key(CORRECTION, visit, correction);
    let known = journal.entry(&key);

    let mut check = Check::new(ctx.now_ms, needs_bsn);
    let text = corrected_text(&mut check, &current, input, ctx.now_ms);
    let reason = check.text(
        Field::CorrectionReason,
        &input.reason,
        REASON_CHARS_MAX,
        Required::Yes(None),
    );
    let content = Entry::default()
        .with_text(FIELD, visit_field_code(input.field))
        .with_text(TEXT, text.clone())
        .with_text(REASON, reason)
        .with_flag(IS_CLIENT_REQUEST, input.is_client_request);
    if let Some(known) = known {
        return settle(check, &known, &content);
    }
    if check.is_clean()
        && visit::shown(input.field, &text) == visit::field_text(&current, input.field)
    {
        check.refuse(Field::CorrectionText, Fault::Unchanged, None);
    }
    check.finish()?;
    write(journal, key, content, author, ctx)?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Corrected, client, correction)],
    })
}

pub(super) fn add(
    client: ClientId,
    visit: EntryId,
    addition: EntryId,
    text: &str,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let needs_bsn = guard::needs_bsn(opened(&mut docs.dossier)?);
    let journal = docs
        .journal
        .as_deref_mut()
        .ok_or_else(|| not_possible(Field::Whole))?;
    if !super::has_visit(journal, visit) {
        return Err(not_possible(Field::Whole));
    }
    let key = layout::amendment_key(ADDITION, visit, addition);
    let mut check = Check::new(ctx.now_ms, needs_bsn);
    let content = Entry::default().with_text(
        TEXT,
        check.text(Field::Addition, text, TEXT_CHARS_MAX, Required::Yes(None)),
    );
    if let Some(known) = journal.entry(&key) {
        return settle(check, &known, &content);
    }
    check.finish()?;
    write(journal, key, content, author, ctx)?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Entered, client, addition)],
    })
}

/// The same entry signed again is accepted; another one under its id is not.
fn settle(check: Check, known: &Entry, content: &Entry) -> Result<Applied, Vec<Problem>> {
    check.finish()?;
    let is_same = CONTENT
        .iter()
        .all(|name| known.text(name) == content.text(name))
        && known.flag(IS_CLIENT_REQUEST) == content.flag(IS_CLIENT_REQUEST);
    if is_same {
        Ok(Applied::default())
    } else {
        Err(not_possible(Field::Whole))
    }
}

fn write(
    journal: &mut crate::document::Document,
    key: String,
    content: Entry,
    author: String,
    ctx: &Context<'_>,
) -> Result<(), Vec<Problem>> {
    let entry = stamp(author, ctx);
    let whole = entry
        .iter()
        .chain(content.iter())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    commit(journal, &[Write::Entry(key, whole)])
}

/// What is typed, in the stored form of the field; an optional field may become empty.
fn corrected_text(
    check: &mut Check,
    current: &VisitView,
    input: &CorrectionInput,
    now_ms: i64,
) -> String {
    let field = Field::CorrectionText;
    let typed = &input.text;
    match input.field {
        VisitField::Contact => String::new(),
        VisitField::Date => {
            if check.is_held(field, typed) {
                return String::new();
            }
            let Some(date) = check.date(field, typed, Required::Yes(Some("B12"))) else {
                return String::new();
            };
            if date > check.today {
                check.refuse(field, Fault::InFuture, Some("B12"));
            } else {
                check_times(check, current, VisitField::Date, &date.to_string(), now_ms);
            }
            date.to_string()
        }
        VisitField::Begin | VisitField::End => {
            if check.is_held(field, typed) {
                return String::new();
            }
            let Some(time) = check.time(field, typed, Some("B12")) else {
                return String::new();
            };
            let text = show_time(time);
            check_times(check, current, input.field, &text, now_ms);
            text
        }
        VisitField::Done => check.text(field, typed, TEXT_CHARS_MAX, Required::Yes(Some("B10"))),
        VisitField::Result => check.text(field, typed, TEXT_CHARS_MAX, Required::Yes(Some("B19"))),
        VisitField::Facts | VisitField::Experience => {
            check.text(field, typed, TEXT_CHARS_MAX, Required::No)
        }
        VisitField::SubstituteName => {
            check.line(field, typed, NAME_CHARS_MAX, Required::Yes(Some("B11")))
        }
        VisitField::SubstituteAgb => check.agb(field, typed),
        VisitField::Measurement(kind) => corrected_amount(check, current, kind, typed),
    }
}

/// B12 holds for the corrected visit too. A same-day visit does not become an overnight one by a correction,
/// because that cannot be read back and confirmed here.
fn check_times(check: &mut Check, current: &VisitView, field: VisitField, text: &str, now_ms: i64) {
    let fault = match visit::with_time(current, field, text)
        .map(|(date, begin, end, stamped)| visit_span_stamped(date, begin, end, stamped))
    {
        Some(Ok(span)) if span.crosses_midnight && !visit::is_overnight(current) => Fault::TooEarly,
        Some(Ok(span)) if span.begin_ms > now_ms.saturating_add(CLOCK_SLACK_MS) => Fault::InFuture,
        Some(Ok(_)) => return,
        Some(Err(CalendarError::NoLength)) => Fault::TooEarly,
        Some(Err(CalendarError::Skipped { resumes_at, .. })) => Fault::Skipped {
            resumes_at: show_time(resumes_at),
        },
        Some(Err(_)) | None => Fault::Malformed,
    };
    check.refuse(Field::CorrectionText, fault, Some("B12"));
}

fn corrected_amount(
    check: &mut Check,
    current: &VisitView,
    kind: MeasurementKind,
    typed: &str,
) -> String {
    let field = Field::CorrectionText;
    if typed.trim().is_empty() {
        return String::new();
    }
    let Some(amount) = checked_amount(check, field, kind, typed, true) else {
        return String::new();
    };
    let pair = match kind {
        MeasurementKind::UpperPressure => {
            visit::amount(current, MeasurementKind::LowerPressure).map(|lower| (amount, lower))
        }
        MeasurementKind::LowerPressure => {
            visit::amount(current, MeasurementKind::UpperPressure).map(|upper| (upper, amount))
        }
        _ => None,
    };
    if pair.is_some_and(|(upper, lower)| check_pressure(upper, lower).is_err()) {
        check.refuse(field, Fault::NotBelowUpper, None);
    }
    amount.stored()
}
