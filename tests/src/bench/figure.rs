//! Figures, and the one table that shows them beside their budgets.

use std::fmt;

use anyhow::Result;
use serde::Serialize;

/// One measured figure.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// The figure, in `unit`; `None` = it could not be taken.
    pub measured: Option<f64>,
    /// `ms`, `bytes`, `/s` or empty.
    pub unit: &'static str,
    /// The most it may be, or the least.
    pub limit: Option<f64>,
    /// How it was measured, and the reason when it is over.
    pub note: String,
    /// Smaller than this, which cannot be told more exactly.
    pub is_below: bool,
    /// Whether `limit` is the least it may be.
    pub is_least: bool,
}

impl Figure {
    /// A duration.
    pub fn ms(what: &str, measured: f64, limit: Option<f64>, note: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            measured: Some(measured),
            unit: "ms",
            limit,
            note: note.into(),
            is_below: false,
            is_least: false,
        }
    }

    /// How many of something, of which there should be enough.
    pub fn at_least(
        what: &str,
        measured: f64,
        unit: &'static str,
        limit: Option<f64>,
        note: impl Into<String>,
    ) -> Self {
        Self {
            unit,
            is_least: true,
            ..Self::ms(what, measured, limit, note)
        }
    }

    /// A size.
    pub fn bytes(what: &str, measured: u64, limit: u64, note: impl Into<String>) -> Self {
        let (measured, limit) = (Some(measured as f64), Some(limit as f64));
        Self {
            what: what.into(),
            measured,
            unit: "bytes",
            limit,
            note: note.into(),
            is_below: false,
            is_least: false,
        }
    }

    /// Whether the figure is over its limit, or under one that is the least.
    pub fn is_over(&self) -> bool {
        !self.is_below
            && self
                .measured
                .zip(self.limit)
                .is_some_and(|(measured, limit)| match self.is_least {
                    true => measured < limit,
                    false => measured > limit,
                })
    }

    fn shown(&self) -> String {
        match self.measured {
            Some(measured) if self.is_below => format!("< {}", amount(measured, self.unit)),
            Some(measured) => amount(measured, self.unit),
            None => "not measured".into(),
        }
    }

    fn budget(&self) -> String {
        match self.limit {
            Some(limit) if self.is_over() => format!("{} OVER", amount(limit, self.unit)),
            Some(limit) if self.is_least => format!(">= {}", amount(limit, self.unit)),
            Some(limit) => amount(limit, self.unit),
            None => "-".into(),
        }
    }
}

fn amount(value: f64, unit: &str) -> String {
    if value < 10.0 && unit == "ms" {
        format!("{value:.1} {unit}")
    } else {
        format!("{value:.0} {unit}")
    }
}

/// All figures of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What the machine is and was doing.
    pub machine: String,
    /// In the order in which they were taken.
    pub figures: Vec<Figure>,
}

impl Report {
    /// Without figures.
    pub fn new(machine: String) -> Self {
        Self {
            machine,
            figures: Vec::new(),
        }
    }

    /// Adds the figures of a part, or that it could not be measured.
    pub fn take(&mut self, part: &str, figures: Result<Vec<Figure>>) {
        match figures {
            Ok(figures) => self.figures.extend(figures),
            Err(error) => self.miss(part, &error),
        }
    }

    /// Notes that a part could not be measured.
    pub fn miss(&mut self, part: &str, error: &anyhow::Error) {
        let note = format!("{error:#}")
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        self.figures.push(Figure {
            what: part.into(),
            measured: None,
            unit: "",
            limit: None,
            note,
            is_below: false,
            is_least: false,
        });
    }

    /// Whether every part was measured.
    pub fn is_complete(&self) -> bool {
        self.figures.iter().all(|figure| figure.measured.is_some())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .figures
            .iter()
            .map(|figure| figure.what.chars().count())
            .max()
            .unwrap_or(0)
            .max(4);
        writeln!(out, "{}", self.machine)?;
        writeln!(
            out,
            "{:<width$} | {:>14} | {:>16} | note",
            "what", "measured", "budget"
        )?;
        for figure in &self.figures {
            let (what, note) = (&figure.what, &figure.note);
            writeln!(
                out,
                "{what:<width$} | {:>14} | {:>16} | {note}",
                figure.shown(),
                figure.budget()
            )?;
        }
        let over = self
            .figures
            .iter()
            .filter(|figure| figure.is_over())
            .count();
        write!(
            out,
            "{} figures, {over} over their budget",
            self.figures.len()
        )
    }
}

/// Measured values of one thing.
#[derive(Debug, Clone, Default)]
pub(super) struct Samples(Vec<f64>);

impl Samples {
    pub(super) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The value that `percent` of all do not exceed (nearest rank); 0 when there are none.
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    pub(super) fn median(&self) -> f64 {
        self.percentile(50)
    }

    pub(super) fn max(&self) -> f64 {
        self.percentile(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let samples = Samples((1..=40).rev().map(f64::from).collect());
        assert_eq!(
            (samples.median(), samples.percentile(95), samples.max()),
            (20.0, 38.0, 40.0)
        );
        assert_eq!(Samples::default().median(), 0.0);
    }

    #[test]
    fn too_few_is_over_too() {
        let acks = |measured| Figure::at_least("acks", measured, "/s", Some(100.0), "");
        assert!(acks(99.0).is_over() && !acks(101.0).is_over());
        assert_eq!(acks(101.0).budget(), ">= 100 /s");
    }

    #[test]
    fn a_figure_over_its_limit_says_so() {
        let mut report = Report::new("2 cores".into());
        report.take(
            "a",
            Ok(vec![
                Figure::ms("fast", 3.1, Some(50.0), ""),
                Figure::ms("slow", 51.0, Some(50.0), "why"),
            ]),
        );
        assert!(report.is_complete());
        let table = report.to_string();
        assert!(
            table.contains("50 ms OVER | why")
                && table.contains("3.1 ms")
                && table.ends_with("2 figures, 1 over their budget")
        );
        report.take("b", Err(anyhow::anyhow!("no browser")));
        assert!(!report.is_complete() && report.to_string().contains("not measured"));
    }
}
