//! Planning: visits at one time on some weekdays, with single dates skipped.

use std::str::FromStr;

use jiff::civil::Date;

use crate::calendar;
use crate::document::Document;
use crate::document::layout::{self, ENDED, PLANNING, RULE};
use crate::document::value::{Scalar, Write};
use crate::edit::PlanningInput;
use crate::id::{ClientId, EntryId};
use crate::problem::{Fault, Field, Problem};
use crate::project::conflict::open_values;
use crate::project::plan::{self, Plan, Rule};
use crate::value::time::show_time;

use super::check::{Check, Required};
use super::history::{Change, stamp};
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
    if dossier.entry(&key).is_some() {
        let is_same = plan::read(dossier, planning).is_some_and(|plan| plan.rule == rule);
        return if is_same {
            Ok(Applied::default())
        } else {
            Err(not_possible(Field::Whole))
        };
    }
    let entry = stamp(author, ctx).with_text(&format!("{RULE}{today}"), rule.stored());
    let touched = touch(dossier, ctx);
    commit(dossier, &[Write::Entry(key, entry), touched])?;
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
    let author = author(docs);
    let dossier = opened(&mut docs.dossier)?;
    let (rule, _) = checked(input, ctx.now_ms)?;
    let code = layout::planning_code(planning);
    let is_settled = open_values(dossier, &code, &code).is_empty();
    let plan = plan::read(dossier, planning).ok_or_else(|| not_possible(Field::Whole))?;
    if is_settled && plan.ended.is_some() {
        return Err(not_possible(Field::Whole));
    }
    let wanted = Plan { rule, ended: None };
    if is_settled && plan == wanted {
        return Ok(Applied::default());
    }
    write(client, planning, (&plan, &wanted), dossier, author, ctx)
}

/// Replaces a planning as a whole, with its line in the history.
fn write(
    client: ClientId,
    planning: EntryId,
    (from, to): (&Plan, &Plan),
    dossier: &mut Document,
    author: String,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let code = layout::planning_code(planning);
    let in_entry = replace(&planning.to_string(), &to.stored(), ctx.now_ms)?;
    let (mut batch, id) = Change {
        key: code.clone(),
        code,
        from: from.stored(),
        to: to.stored(),
        undoes: None,
    }
    .batch(dossier, author, ctx);
    batch.extend(in_entry);
    batch.push(touch(dossier, ctx));
    commit(dossier, &batch)?;
    Ok(Applied {
        undo: Some(id),
        events: vec![event(AuditKind::Corrected, client, planning)],
    })
}

/// The same planning in its entry.
pub(super) fn replace(
    planning: &str,
    stored: &str,
    now_ms: i64,
) -> Result<Vec<Write>, Vec<Problem>> {
    let refused = || not_possible(Field::Whole);
    let today = calendar::today(now_ms).map_err(|_| refused())?;
    let id = planning.parse().map_err(|_| refused())?;
    let plan = Plan::parse(stored).ok_or_else(refused)?;
    let key = layout::entry_key(PLANNING, id);
    let ended = plan.ended.map(|date| date.to_string());
    let rule = Scalar::Text(plan.rule.stored());
    Ok(vec![
        Write::InEntry(key.clone(), format!("{RULE}{today}"), rule),
        Write::InEntry(
            key,
            ENDED.to_owned(),
            Scalar::Text(ended.unwrap_or_default()),
        ),
    ])
}

pub(super) fn end(
    client: ClientId,
    planning: EntryId,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let dossier = opened(&mut docs.dossier)?;
    let today = calendar::today(ctx.now_ms).map_err(|_| not_possible(Field::Whole))?;
    let code = layout::planning_code(planning);
    let open = open_values(dossier, &code, &code);
    let plan = plan::read(dossier, planning).ok_or_else(|| not_possible(Field::Whole))?;
    if open.is_empty() && plan.ended.is_some() {
        return Ok(Applied::default());
    }
    // Choosing the answer that ends it keeps its day.
    let answers = open.iter().filter_map(|stored| Plan::parse(stored));
    let ended = answers
        .filter(|answer| answer.ended.is_some())
        .min_by_key(|of| of.ended);
    let wanted = ended.unwrap_or_else(|| Plan {
        rule: plan.rule.clone(),
        ended: Some(today),
    });
    write(client, planning, (&plan, &wanted), dossier, author, ctx)
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
    let plan = plan::read(dossier, planning);
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
    let touched = touch(dossier, ctx);
    commit(
        dossier,
        &[Write::Register(key, Scalar::Bool(is_skipped)), touched],
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
