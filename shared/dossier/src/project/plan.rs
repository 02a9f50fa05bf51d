//! A planning: the rule that holds, and the dates it plans.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;

use crate::calendar;
use crate::document::Document;
use crate::document::layout::{
    ENDED, PLANNING, PLANNING_CODE, RULE, SKIP, entries, entry_key, planning_code,
};
use crate::document::value::{Entry, Scalar};
use crate::id::EntryId;
use crate::view::PlanningView;

use super::conflict::open_values;

/// Skipped dates a row carries; older ones no longer matter for Vandaag.
const SKIPPED_MAX: usize = 60;
const NO_DATE: &str = "-";

/// Visits on some weekdays. Stored as one text, so that concurrent changes never mix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// 1 = Monday … 7 = Sunday, sorted, each once.
    pub(crate) weekdays: Vec<u8>,
    /// `hh:mm`.
    pub(crate) time: String,
    /// Duration.
    pub(crate) minutes: u16,
    /// First date.
    pub(crate) from: Date,
    /// Last date, if any.
    pub(crate) until: Option<Date>,
}

impl Rule {
    /// `1,3,5 08:00 30 2026-11-01 -`.
    pub(crate) fn stored(&self) -> String {
        let weekdays: Vec<String> = self.weekdays.iter().map(u8::to_string).collect();
        let until = self
            .until
            .map_or(NO_DATE.to_owned(), |date| date.to_string());
        format!(
            "{} {} {} {} {until}",
            weekdays.join(","),
            self.time,
            self.minutes,
            self.from
        )
    }

    fn parse(stored: &str) -> Option<Self> {
        let mut parts = stored.split(' ');
        let weekdays = parts
            .next()?
            .split(',')
            .map(|day| day.parse().ok())
            .collect::<Option<Vec<u8>>>()?;
        let time = parts.next()?.to_owned();
        let minutes = parts.next()?.parse().ok()?;
        let from = Date::from_str(parts.next()?).ok()?;
        let until = match parts.next()? {
            NO_DATE => None,
            date => Some(Date::from_str(date).ok()?),
        };
        Some(Self {
            weekdays,
            time,
            minutes,
            from,
            until,
        })
    }
}

/// A planning as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The newest rule.
    pub(crate) rule: Rule,
    /// Last date, when it was ended.
    pub(crate) ended: Option<Date>,
}

/// Word before the last date of a planning that was ended.
const ENDED_ON: &str = " ended ";

/// A planning as it stands: the register that holds all of it, or its entry while that was never changed.
pub(crate) fn read(dossier: &Document, planning: EntryId) -> Option<Plan> {
    let entry = dossier.entry(&entry_key(PLANNING, planning))?;
    of_entry(dossier, planning, &entry)
}

fn of_entry(dossier: &Document, planning: EntryId, entry: &Entry) -> Option<Plan> {
    let stored = dossier.text(&planning_code(planning));
    stored
        .and_then(|stored| Plan::parse(&stored))
        .or_else(|| Plan::read(entry))
}

/// Plannings on which two devices disagree, with what each says.
pub(super) fn in_question(dossier: &Document) -> Vec<(EntryId, Vec<String>)> {
    let registers = dossier.registers(PLANNING_CODE);
    let found = registers.keys().filter_map(|id| {
        let planning: EntryId = id.parse().ok()?;
        let code = planning_code(planning);
        Some((planning, open_values(dossier, &code, &code)))
    });
    found.filter(|(_, values)| !values.is_empty()).collect()
}

impl Plan {
    /// All of it as one text: the rule, and the last date when it was ended.
    pub(crate) fn stored(&self) -> String {
        let ended = self.ended.map(|date| format!("{ENDED_ON}{date}"));
        format!("{}{}", self.rule.stored(), ended.unwrap_or_default())
    }

    /// What [`Plan::stored`] gave.
    pub(crate) fn parse(stored: &str) -> Option<Self> {
        let (rule, ended) = match stored.split_once(ENDED_ON) {
            Some((rule, date)) => (rule, Some(Date::from_str(date).ok()?)),
            None => (stored, None),
        };
        Some(Self {
            rule: Rule::parse(rule)?,
            ended,
        })
    }

    /// `None` when the entry is damaged.
    fn read(entry: &Entry) -> Option<Self> {
        let newest = entry
            .texts(RULE)
            .max_by_key(|(date, _)| (*date).to_owned())?
            .1
            .to_owned();
        let ended = entry
            .find_text(ENDED)
            .and_then(|date| Date::from_str(&date).ok());
        Some(Self {
            rule: Rule::parse(&newest)?,
            ended,
        })
    }

    /// The last date, by the rule or by its end.
    pub(crate) fn last(&self) -> Option<Date> {
        match (self.rule.until, self.ended) {
            (Some(until), Some(ended)) => Some(until.min(ended)),
            (until, ended) => until.or(ended),
        }
    }

    /// Whether a visit is planned on this date, skipped or not.
    pub(crate) fn is_planned_on(&self, date: Date) -> bool {
        self.rule.from <= date
            && self.last().is_none_or(|last| date <= last)
            && self.rule.weekdays.contains(&calendar::weekday(date))
    }
}

/// Every planning of a client, by time; ended ones included, damaged ones left out.
pub(crate) fn plannings(dossier: &Document) -> Vec<PlanningView> {
    let mut skipped: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, is_skipped) in dossier.registers(SKIP) {
        if is_skipped == Scalar::Bool(true)
            && let Some((planning, date)) = key.split_once('/')
        {
            skipped
                .entry(planning.to_owned())
                .or_default()
                .push(date.to_owned());
        }
    }
    let mut views: Vec<PlanningView> = entries(dossier, PLANNING)
        .into_iter()
        .filter_map(|(id, entry)| {
            let plan = of_entry(dossier, id, &entry)?;
            let dates = skipped.remove(&id.to_string()).unwrap_or_default();
            Some(view(id, &plan, dates))
        })
        .collect();
    views.sort_unstable_by(|one, other| (&one.time, one.id).cmp(&(&other.time, other.id)));
    views
}

fn view(id: EntryId, plan: &Plan, mut skipped: Vec<String>) -> PlanningView {
    skipped.drain(..skipped.len().saturating_sub(SKIPPED_MAX));
    PlanningView {
        id,
        weekdays: plan.rule.weekdays.clone(),
        time: plan.rule.time.clone(),
        minutes: plan.rule.minutes,
        from: plan.rule.from.to_string(),
        until: plan.last().map(|date| date.to_string()),
        skipped,
    }
}
