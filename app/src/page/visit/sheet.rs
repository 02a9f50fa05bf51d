//! The visit form as typed: one signal per control, and the [`VisitInput`] they make together.

use std::collections::BTreeSet;

use dossier::calendar;
use dossier::calendar::span::{Stamped, visit_span_stamped};
use dossier::edit::{MeasurementInput, MeasurementKind, SubstituteInput, VisitField, VisitInput};
use dossier::id::EntryId;
use dossier::problem::{Fault, Field, Problem};
use dossier::value::date::{DateError, parse_date};
use dossier::value::measurement::{MeasurementError, Outcome, parse_measurement};
use dossier::value::time::{TimeError, parse_time, show_time};
use leptos::prelude::*;

use crate::page::code::{choice, code};
use crate::page::form::FormState;
use crate::platform::clock;
use crate::words;

/// Id of the notice that asks for the identity; the refusal of B8 links to it.
pub(super) const IDENTITY: &str = "identity-missing";

/// Shortest text of an end that is read while it is typed: `7:00`. Shorter ones are often half a time.
const END_CHARS_MIN: usize = 4;

/// Every measurement, in the order of the form.
pub(super) const KINDS: [MeasurementKind; 8] = [
    MeasurementKind::UpperPressure,
    MeasurementKind::LowerPressure,
    MeasurementKind::Pulse,
    MeasurementKind::Temperature,
    MeasurementKind::Saturation,
    MeasurementKind::Weight,
    MeasurementKind::Glucose,
    MeasurementKind::Pain,
];

/// The controls of the form.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    pub(super) form: FormState,
    pub(super) contact: RwSignal<String>,
    pub(super) date: RwSignal<String>,
    pub(super) begin: RwSignal<String>,
    pub(super) end: RwSignal<String>,
    pub(super) is_next_day: RwSignal<bool>,
    pub(super) rows: RwSignal<Vec<String>>,
    pub(super) ticked: RwSignal<BTreeSet<String>>,
    pub(super) done: RwSignal<String>,
    pub(super) result: RwSignal<String>,
    pub(super) facts: RwSignal<String>,
    pub(super) experience: RwSignal<String>,
    pub(super) is_substitute: RwSignal<bool>,
    pub(super) substitute_name: RwSignal<String>,
    pub(super) substitute_agb: RwSignal<String>,
    pub(super) confirmed: RwSignal<BTreeSet<MeasurementKind>>,
    stamps: [RwSignal<Option<Stamp>>; 2],
    planned: StoredValue<Option<(EntryId, String)>>,
}

/// A time that a button filled in, with the offset of that moment: it counts while the boxes hold just this.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    /// As in the box.
    pub(super) date: String,
    /// As in the box.
    pub(super) time: String,
    /// Minutes ahead of UTC.
    pub(super) offset_minutes: i16,
}

impl Sheet {
    /// The controls, holding what the draft holds.
    pub(super) fn new(input: VisitInput) -> Self {
        let form = FormState::unsaved();
        let text = |field: VisitField, first: &str| form.text_or(&id_of(field), first);
        let substitute = input.substitute.clone().unwrap_or_default();
        for kind in KINDS {
            let typed = input.measurements.iter().find(|item| item.kind == kind);
            text(
                VisitField::Measurement(kind),
                typed.map_or("", |item| item.value.as_str()),
            );
        }
        let mut all = BTreeSet::new();
        all.extend((0..input.actions.len()).map(row_key));
        let sheet = Self {
            form,
            contact: text(VisitField::Contact, &code(&input.contact)),
            date: text(VisitField::Date, &input.date),
            begin: text(VisitField::Begin, &input.begin),
            end: text(VisitField::End, &input.end),
            is_next_day: RwSignal::new(input.is_next_day_confirmed),
            rows: RwSignal::new(input.actions.clone()),
            ticked: form.set_or("actions", all),
            done: text(VisitField::Done, &input.done),
            result: text(VisitField::Result, &input.result),
            facts: text(VisitField::Facts, &input.facts),
            experience: text(VisitField::Experience, &input.experience),
            is_substitute: RwSignal::new(input.substitute.is_some()),
            substitute_name: text(VisitField::SubstituteName, &substitute.name),
            substitute_agb: text(VisitField::SubstituteAgb, &substitute.agb),
            confirmed: RwSignal::new(input.confirmed_unusual.iter().copied().collect()),
            stamps: [
                (&input.begin, input.stamped.begin_offset),
                (&input.end, input.stamped.end_offset),
            ]
            .map(|(time, offset)| {
                RwSignal::new(offset.map(|offset_minutes| Stamp {
                    date: input.date.clone(),
                    time: time.clone(),
                    offset_minutes,
                }))
            }),
            planned: StoredValue::new(input.planned),
        };
        sheet.bind();
        sheet.check();
        sheet.take_back_answers();
        sheet
    }

    /// The form as it stands; reading it follows every control.
    pub(super) fn input(self) -> VisitInput {
        let ticked = self.ticked.get();
        let rows = self.rows.get().into_iter().enumerate();
        let measurements = KINDS.into_iter().filter_map(|kind| {
            let value = self.measurement(kind).get();
            (!value.trim().is_empty()).then_some(MeasurementInput { kind, value })
        });
        VisitInput {
            contact: choice(&self.contact.get()).unwrap_or_default(),
            date: self.date.get(),
            begin: self.begin.get(),
            end: self.end.get(),
            is_next_day_confirmed: self.is_next_day.get(),
            actions: rows
                .filter(|(place, _)| ticked.contains(&row_key(*place)))
                .map(|(_, text)| text)
                .collect(),
            done: self.done.get(),
            result: self.result.get(),
            facts: self.facts.get(),
            experience: self.experience.get(),
            measurements: measurements.collect(),
            substitute: self.is_substitute.get().then(|| SubstituteInput {
                name: self.substitute_name.get(),
                agb: self.substitute_agb.get(),
            }),
            planned: self.planned.get_value(),
            confirmed_unusual: self.confirmed.get().into_iter().collect(),
            stamped: self.stamped(),
        }
    }

    /// **Start bezoek** filled in date and begin.
    pub(super) fn stamp_begin(self, stamp: Stamp) {
        self.date.set(stamp.date.clone());
        self.begin.set(stamp.time.clone());
        self.stamps[0].set(Some(stamp));
    }

    /// **Nu klaar** filled in the end.
    pub(super) fn stamp_end(self, time: String, offset_minutes: i16) {
        self.end.set(time.clone());
        self.stamps[1].set(Some(Stamp {
            date: self.date.get_untracked(),
            time,
            offset_minutes,
        }));
    }

    /// Whether the begin is of this offset, as far as that is known: a repeated hour has two.
    pub(super) fn has_begun_at(self, offset_minutes: i16) -> bool {
        untrack(|| self.stamped())
            .begin_offset
            .is_none_or(|begin| begin == offset_minutes)
    }

    fn stamped(self) -> Stamped {
        let [begin, end] = self.stamps.map(|stamp| stamp.get());
        let offset = |stamp: Option<Stamp>, time: RwSignal<String>| {
            let is_kept =
                |stamp: &Stamp| stamp.date == *self.date.read() && stamp.time == *time.read();
            stamp.filter(is_kept).map(|stamp| stamp.offset_minutes)
        };
        Stamped {
            begin_offset: offset(begin, self.begin),
            end_offset: offset(end, self.end),
        }
    }

    /// What is typed for a measurement.
    pub(super) fn measurement(self, kind: MeasurementKind) -> RwSignal<String> {
        self.form.text(&id_of(VisitField::Measurement(kind)))
    }

    /// Fills in what this form holds; a control that says it already is left alone.
    pub(super) fn take_in(self, input: &VisitInput) {
        let fill = |control: RwSignal<String>, text: &str| {
            if control.read_untracked().as_str() != text {
                control.set(text.to_owned());
            }
        };
        let (date, begin, end) = (&input.date, &input.begin, &input.end);
        for (place, time, offset) in [
            (0, begin, input.stamped.begin_offset),
            (1, end, input.stamped.end_offset),
        ] {
            if let (Some(stamp), Some(offset_minutes)) = (self.stamps.get(place), offset) {
                stamp.set(Some(Stamp {
                    date: date.clone(),
                    time: time.clone(),
                    offset_minutes,
                }));
            }
        }
        fill(self.contact, &code(&input.contact));
        fill(self.date, date);
        fill(self.begin, begin);
        fill(self.end, end);
        fill(self.done, &input.done);
        fill(self.result, &input.result);
        fill(self.facts, &input.facts);
        fill(self.experience, &input.experience);
        self.untick_others(&input.actions);
        self.tick(&input.actions);
        for kind in KINDS {
            let typed = input.measurements.iter().find(|item| item.kind == kind);
            let value = typed.map_or("", |item| item.value.as_str());
            fill(self.measurement(kind), value);
        }
        self.is_substitute.set(input.substitute.is_some());
        if let Some(substitute) = &input.substitute {
            fill(self.substitute_name, &substitute.name);
            fill(self.substitute_agb, &substitute.agb);
        }
        self.planned.set_value(input.planned.clone());
    }

    fn untick_others(self, actions: &[String]) {
        let rows = self.rows.get_untracked().into_iter().enumerate();
        let others: Vec<String> = rows
            .filter(|(_, row)| !actions.contains(row))
            .map(|(place, _)| row_key(place))
            .collect();
        self.ticked
            .update(|ticked| ticked.retain(|key| !others.contains(key)));
    }

    /// Offers these actions as ticked rows; those already offered are ticked again.
    pub(super) fn tick(self, actions: &[String]) {
        self.rows.update(|rows| {
            for action in actions {
                if !rows.contains(action) {
                    rows.push(action.clone());
                }
            }
        });
        let rows = self.rows.get_untracked();
        self.ticked.update(|ticked| {
            let taken = rows
                .iter()
                .enumerate()
                .filter(|(_, row)| actions.contains(row));
            ticked.extend(taken.map(|(place, _)| row_key(place)));
        });
        self.form.errors().set(&id_of(VisitField::Done), None);
    }

    /// Date (`yyyy-mm-dd`) and time of an end that lies on the day after the begin.
    pub(super) fn next_day(self) -> Option<(String, String)> {
        let today = calendar::today(clock::now_ms()).ok()?;
        let date = parse_date(&self.date.read(), today).ok()?;
        let begin = parse_time(&self.begin.read()).ok()?;
        let end = parse_time(&self.end.read()).ok()?;
        let span = visit_span_stamped(date, begin, end, self.stamped()).ok()?;
        let is_whole = self.end.read().trim().chars().count() >= END_CHARS_MIN;
        let is_asked = is_whole || self.form.error(&id_of(VisitField::End)).get().is_some();
        (span.crosses_midnight && is_asked).then(|| (span.end_date.to_string(), show_time(end)))
    }

    fn bind(self) {
        self.form.bind(Field::Whole, IDENTITY);
        let first = [
            VisitField::Contact,
            VisitField::Date,
            VisitField::Begin,
            VisitField::End,
            VisitField::Done,
            VisitField::Result,
            VisitField::Facts,
            VisitField::Experience,
        ];
        let last = [VisitField::SubstituteName, VisitField::SubstituteAgb];
        let measured = KINDS.map(VisitField::Measurement);
        for field in first.into_iter().chain(measured).chain(last) {
            self.form.bind(Field::Visit(field), &id_of(field));
        }
    }

    fn check(self) {
        let form = self.form;
        form.validate(&id_of(VisitField::Date), move || {
            date_problem(&self.date.read_untracked())
        });
        form.validate(&id_of(VisitField::Begin), move || {
            time_problem(VisitField::Begin, &self.begin.read_untracked())
        });
        form.validate(&id_of(VisitField::End), move || {
            time_problem(VisitField::End, &self.end.read_untracked())
        });
        for kind in KINDS {
            let value = self.measurement(kind);
            form.validate(&id_of(VisitField::Measurement(kind)), move || {
                let is_confirmed = self.confirmed.read_untracked().contains(&kind);
                measurement_problem(kind, &value.read_untracked(), is_confirmed)
            });
        }
    }

    /// What was confirmed counts for the values of that moment only.
    fn take_back_answers(self) {
        let times = Memo::new(move |_| (self.date.get(), self.begin.get(), self.end.get()));
        Effect::new(move |is_later: Option<bool>| {
            // Reading it, not only following it, is what makes a memo run.
            times.get();
            if is_later.is_some() {
                self.is_next_day.set(false);
                if !self.end.read_untracked().is_empty() {
                    self.form.errors().set(&id_of(VisitField::End), None);
                }
            }
            true
        });
        for kind in KINDS {
            let value = self.measurement(kind);
            Effect::new(move |is_later: Option<bool>| {
                value.track();
                if is_later.is_some() && self.confirmed.read_untracked().contains(&kind) {
                    self.confirmed.update(|confirmed| {
                        confirmed.remove(&kind);
                    });
                }
                true
            });
        }
    }
}

/// Id of the control of a field.
pub(super) fn id_of(field: VisitField) -> String {
    let id = match field {
        VisitField::Contact => "contact",
        VisitField::Date => "date",
        VisitField::Begin => "begin",
        VisitField::End => "end",
        VisitField::Done => "done",
        VisitField::Result => "result",
        VisitField::Facts => "facts",
        VisitField::Experience => "experience",
        VisitField::SubstituteName => "substitute-name",
        VisitField::SubstituteAgb => "substitute-agb",
        VisitField::Measurement(kind) => return format!("measurement-{}", code(&kind)),
    };
    id.to_owned()
}

/// Value of the box of the row at this place.
pub(super) fn row_key(place: usize) -> String {
    format!("{place:03}")
}

fn sentence(field: VisitField, fault: Fault, rule: Option<&'static str>) -> String {
    words::problem::sentence(&Problem {
        field: Field::Visit(field),
        fault,
        rule: rule.map(Into::into),
    })
}

fn date_problem(text: &str) -> Option<String> {
    let today = calendar::today(clock::now_ms()).ok()?;
    match parse_date(text, today) {
        Ok(date) if date > today => Some(sentence(VisitField::Date, Fault::InFuture, Some("B12"))),
        Ok(_) | Err(DateError::Empty) => None,
        Err(_) => Some(sentence(VisitField::Date, Fault::Malformed, Some("B12"))),
    }
}

fn time_problem(field: VisitField, text: &str) -> Option<String> {
    match parse_time(text) {
        Ok(_) | Err(TimeError::Empty) => None,
        Err(_) => Some(sentence(field, Fault::Malformed, Some("B12"))),
    }
}

fn measurement_problem(kind: MeasurementKind, text: &str, is_confirmed: bool) -> Option<String> {
    let fault = match parse_measurement(kind, text) {
        Ok(Outcome::Usual(_)) | Err(MeasurementError::Empty) => return None,
        Ok(Outcome::Unusual(_)) if is_confirmed => return None,
        Ok(Outcome::Unusual(_)) => Fault::Unusual { kind },
        Ok(Outcome::Impossible { min, max }) => Fault::OutOfRange {
            kind,
            min: min.to_string(),
            max: max.to_string(),
        },
        Err(_) => Fault::Malformed,
    };
    Some(sentence(VisitField::Measurement(kind), fault, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unusual_value_is_asked_once_and_an_impossible_one_names_its_limits() {
        let kind = MeasurementKind::UpperPressure;
        assert_eq!(measurement_problem(kind, "", false), None);
        assert_eq!(measurement_problem(kind, "120", false), None);
        assert!(
            measurement_problem(kind, "250", false)
                .is_some_and(|text| text.ends_with("Klopt dit?"))
        );
        assert_eq!(measurement_problem(kind, "250", true), None);
        let refused = measurement_problem(kind, "900", true);
        assert!(refused.is_some_and(|text| text.contains("50") && text.contains("300")));
    }

    #[test]
    fn rows_keep_their_order_beyond_ten() {
        assert!(row_key(2) < row_key(10));
    }

    #[test]
    fn half_a_time_is_wrong_and_no_time_is_not() {
        assert_eq!(time_problem(VisitField::End, ""), None);
        assert_eq!(time_problem(VisitField::End, "0930"), None);
        assert!(time_problem(VisitField::End, "9:").is_some_and(|text| text.starts_with("B12 ")));
    }
}
