//! Collecting problems: every field is read, so that all of them come back at once.

use jiff::civil::{Date, Time};

use crate::calendar;
use crate::problem::{Fault, Field, Problem, RuleId};
use crate::value::agb::{AgbCode, AgbError};
use crate::value::bsn::{self, Bsn, BsnError};
use crate::value::date::{DateError, parse_date};
use crate::value::name::{NameError, parse_name};
use crate::value::time::{TimeError, parse_time};

/// Longest free text. A draft slot holds 16 KiB, so a longer text could not have been saved before it is signed.
pub(super) const TEXT_CHARS_MAX: usize = 10_000;
/// Longest reason.
pub(super) const REASON_CHARS_MAX: usize = 1_000;

/// The problems found so far, and whether free text is guarded against a BSN (B9).
#[derive(Debug)]
pub(super) struct Check {
    problems: Vec<Problem>,
    needs_bsn: bool,
    /// Local date of now.
    pub(super) today: Date,
}

impl Check {
    pub(super) fn new(now_ms: i64, needs_bsn: bool) -> Self {
        let today = calendar::today(now_ms).unwrap_or(Date::ZERO);
        Self {
            problems: Vec::new(),
            needs_bsn,
            today,
        }
    }

    pub(super) fn refuse(&mut self, field: Field, fault: Fault, rule: Option<&'static str>) {
        self.problems.push(Problem {
            field,
            fault,
            rule: rule.map(RuleId::Borrowed),
        });
    }

    pub(super) fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// All problems, or none.
    pub(super) fn finish(self) -> Result<(), Vec<Problem>> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self.problems)
        }
    }

    /// A BSN stands in the text and may not; then the text is not looked at further.
    pub(super) fn is_held(&mut self, field: Field, text: &str) -> bool {
        let is_held = self.is_bsn_found(text);
        if is_held {
            self.refuse(field, Fault::BsnNotAllowed, Some("B9"));
        }
        is_held
    }

    /// Whether a BSN stands in the text and may not.
    pub(super) fn is_bsn_found(&self, text: &str) -> bool {
        !self.needs_bsn && !bsn::find_in_text(text).is_empty()
    }

    /// One line; `required` names the rule an empty one breaks, `None` allows it.
    pub(super) fn line(
        &mut self,
        field: Field,
        text: &str,
        limit: usize,
        required: Required,
    ) -> String {
        if self.is_held(field, text) {
            return String::new();
        }
        let fault = match parse_name(text, limit) {
            Ok(line) => return line,
            Err(NameError::Empty) => return self.empty(field, required),
            Err(NameError::TooLong { limit, .. }) => too_long(limit),
            Err(NameError::Control) => Fault::Malformed,
        };
        self.refuse(field, fault, required.rule());
        String::new()
    }

    /// Free text, several lines; the ends are trimmed.
    pub(super) fn text(
        &mut self,
        field: Field,
        text: &str,
        limit: usize,
        required: Required,
    ) -> String {
        if self.is_held(field, text) {
            return String::new();
        }
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return self.empty(field, required);
        }
        if trimmed.chars().count() > limit {
            self.refuse(field, too_long(limit), required.rule());
        }
        trimmed.to_owned()
    }

    pub(super) fn date(&mut self, field: Field, text: &str, required: Required) -> Option<Date> {
        match parse_date(text, self.today) {
            Ok(date) => Some(date),
            Err(DateError::Empty) => {
                self.empty(field, required);
                None
            }
            Err(_) => {
                self.refuse(field, Fault::Malformed, required.rule());
                None
            }
        }
    }

    pub(super) fn time(
        &mut self,
        field: Field,
        text: &str,
        rule: Option<&'static str>,
    ) -> Option<Time> {
        match parse_time(text) {
            Ok(time) => Some(time),
            Err(error) => {
                let fault = if error == TimeError::Empty {
                    Fault::Missing
                } else {
                    Fault::Malformed
                };
                self.refuse(field, fault, rule);
                None
            }
        }
    }

    /// Eight digits, or nothing.
    pub(super) fn agb(&mut self, field: Field, text: &str) -> String {
        match AgbCode::parse(text) {
            Ok(code) => code.digits().to_owned(),
            Err(AgbError::Empty) => String::new(),
            Err(_) => {
                self.refuse(field, Fault::Malformed, Some("B11"));
                String::new()
            }
        }
    }

    /// A BSN that must be there (B7).
    pub(super) fn bsn(&mut self, text: &str) -> Option<Bsn> {
        match Bsn::parse(text) {
            Ok(bsn) => Some(bsn),
            Err(error) => {
                let fault = if error == BsnError::Empty {
                    Fault::Missing
                } else {
                    Fault::BsnInvalid
                };
                self.refuse(Field::Bsn, fault, Some("B7"));
                None
            }
        }
    }

    fn empty(&mut self, field: Field, required: Required) -> String {
        if let Required::Yes(rule) = required {
            self.refuse(field, Fault::Missing, rule);
        }
        String::new()
    }
}

/// Whether a field has to be filled, and the rule behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Required {
    /// It may be empty.
    No,
    /// It may not.
    Yes(Option<&'static str>),
}

impl Required {
    fn rule(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Yes(rule) => rule,
        }
    }
}

fn too_long(limit: usize) -> Fault {
    Fault::TooLong {
        limit: u32::try_from(limit).unwrap_or(u32::MAX),
    }
}
