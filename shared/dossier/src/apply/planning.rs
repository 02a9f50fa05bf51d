//! Planning: visits at one time on some weekdays, with single dates skipped.

use std::str::FromStr;

use jiff::civil::Date;

use crate::calendar;
use crate::document::layout::{self, ENDED, PLANNING, RULE};
use crate::document::value::{Scalar, Write};
use crate::edit::PlanningInput;
use crate::id::{ClientId, EntryId};
use crate::problem::{Fault, Field, Problem};
use crate::project::plan::{Plan, Rule};
use crate::value::time::show_time;

use super::check::{Check, Required};
use super::history::stamp;
use super::{
    Applied, AuditKind, Context, Workspace, author, commit, event, not_possible, opened, touch,
};

/// Longest planned visit: a day.
const MINUTES_MAX: u16 = 24 * 60;

pub(super) fn add(
    client: ClientId,
    planning: EntryId,
    input: &PlanningInput,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let dossier = opened(&mut docs.dossier)?;
    let (rule, today) = checked(input, ctx.now_ms)?;
    let key = layout::entry_key(PLANNING, planning);
    if let Some(entry) = dossier.entry(&key) {
        let is_same = Plan::read(&entry).is_some_and(|plan| plan.rule == rule);
        return if is_same {
            Ok(Applied::default())
        } else {
            Err(not_possible(Field::Whole))
        };
    }
    let entry = stamp(author, ctx).with_text(&format!("{RULE}{today}"), rule.stored());
    commit(dossier, &[Write::Entry(key, entry), touch(ctx)])?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Entered, client, planning)],
    })
}

pub(super) fn change(
    client: ClientId,
    planning: EntryId,
    input: &PlanningInput,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let dossier = opened(&mut docs.dossier)?;
    let (rule, today) = checked(input, ctx.now_ms)?;
    let key = layout::entry_key(PLANNING, planning);
    let plan = dossier.entry(&key).as_ref().and_then(Plan::read);
    match plan {
        Some(plan) if plan.ended.is_none() => {
            if plan.rule == rule {
                return Ok(Applied::default());
            }
        }
        _ => return Err(not_possible(Field::Whole)),
    }
    let write = Write::InEntry(key, format!("{RULE}{today}"), Scalar::Text(rule.stored()));
    commit(dossier, &[write, touch(ctx)])?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Corrected, client, planning)],
    })
}

pub(super) fn end(
    client: ClientId,
    planning: EntryId,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let dossier = opened(&mut docs.dossier)?;
    let today = calendar::today(ctx.now_ms).map_err(|_| not_possible(Field::Whole))?;
    let key = layout::entry_key(PLANNING, planning);
    match dossier.entry(&key).as_ref().and_then(Plan::read) {
        None => return Err(not_possible(Field::Whole)),
        Some(plan) if plan.ended.is_some() => return Ok(Applied::default()),
        Some(_) => {}
    }
    let write = Write::InEntry(key, ENDED.to_owned(), Scalar::Text(today.to_string()));
    commit(dossier, &[write, touch(ctx)])?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Corrected, client, planning)],
    })
}

pub(super) fn skip(
    client: ClientId,
    planning: EntryId,
    date: &str,
    is_skipped: bool,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let dossier = opened(&mut docs.dossier)?;
    let plan = dossier
        .entry(&layout::entry_key(PLANNING, planning))
        .as_ref()
        .and_then(Plan::read);
    let day = Date::from_str(date)
        .ok()
        .filter(|day| day.to_string() == date);
    let (Some(plan), Some(day)) = (plan, day) else {
        return Err(not_possible(Field::Whole));
    };
    if is_skipped && !plan.is_planned_on(day) {
        return Err(not_possible(Field::Whole));
    }
    let key = layout::skip_key(planning, date);
    let is_now = dossier
        .scalar(&key)
        .and_then(|value| value.as_bool())
        .unwrap_or(false);
    if is_now == is_skipped {
        return Ok(Applied::default());
    }
    commit(
        dossier,
        &[Write::Register(key, Scalar::Bool(is_skipped)), touch(ctx)],
    )?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Entered, client, planning)],
    })
}

fn checked(input: &PlanningInput, now_ms: i64) -> Result<(Rule, Date), Vec<Problem>> {
    let mut check = Check::new(now_ms, false);
    let mut weekdays = input.weekdays.clone();
    weekdays.sort_unstable();
    weekdays.dedup();
    if weekdays.is_empty() {
        check.refuse(Field::PlanningDays, Fault::Missing, None);
    } else if weekdays.iter().any(|day| !(1..=7).contains(day)) {
        check.refuse(Field::PlanningDays, Fault::Malformed, None);
    }
    let time = check.time(Field::PlanningTime, &input.time, None);
    let typed = input.minutes.trim();
    let minutes = typed
        .parse::<u16>()
        .ok()
        .filter(|minutes| (1..=MINUTES_MAX).contains(minutes));
    if minutes.is_none() {
        let fault = if typed.is_empty() {
            Fault::Missing
        } else {
            Fault::Malformed
        };
        check.refuse(Field::PlanningMinutes, fault, None);
    }
    let from = check.date(Field::PlanningFrom, &input.from, Required::Yes(None));
    let until = check.date(Field::PlanningUntil, &input.until, Required::No);
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        check.refuse(Field::PlanningUntil, Fault::TooEarly, None);
    }
    let today = check.today;
    check.finish()?;
    match (time, minutes, from) {
        (Some(time), Some(minutes), Some(from)) => Ok((
            Rule {
                weekdays,
                time: show_time(time),
                minutes,
                from,
                until,
            },
            today,
        )),
        _ => Err(not_possible(Field::Whole)),
    }
}
