//! Two texts of one visit: what one holds that the other has not, and both as one.
//!
//! Promises: joining drops no text; where two single values differ the caller learns that one is left.

use std::str::FromStr;

use jiff::civil::Date;

use crate::edit::{VisitField, VisitInput};
use crate::value::date::parse_date;
use crate::value::measurement::Amount;
use crate::value::time::parse_time;
use crate::view::VisitView;

use super::visit::field_text;

/// What stands in a draft and nowhere in the signed visit, its corrections and additions, in the order of the form.
/// Of a text only the lines that are new.
#[must_use]
pub fn late_parts(input: &VisitInput, signed: &VisitView) -> Vec<(VisitField, String)> {
    let mut held: Vec<String> = TEXTS.map(|field| field_text(signed, field)).to_vec();
    for correction in &signed.corrections {
        held.extend([correction.earlier.clone(), correction.text.clone()]);
    }
    held.extend(signed.additions.iter().map(|of| of.text.clone()));
    parts(input)
        .filter(|(field, value)| !is_equal(*field, value, &field_text(signed, *field)))
        .filter_map(|(field, value)| Some((field, new_lines(&value, &held)?)))
        .collect()
}

/// What stands in one draft and not in the other, in the order of the form.
#[must_use]
pub fn other_parts(input: &VisitInput, than: &VisitInput) -> Vec<(VisitField, String)> {
    let known: Vec<(VisitField, String)> = parts(than).collect();
    let of = |field| {
        let mut values = known.iter().filter(move |(known, _)| *known == field);
        values.next().map(|(_, value)| value.clone())
    };
    parts(input)
        .filter(|(field, value)| !is_equal(*field, value, &of(*field).unwrap_or_default()))
        .filter_map(|(field, value)| {
            let held: Vec<String> = of(field).into_iter().collect();
            match TEXTS.contains(&field) {
                true => Some((field, new_lines(&value, &held)?)),
                false => Some((field, value)),
            }
        })
        .collect()
}

/// Both texts in one form: `own` with what only `other` holds, and whether all of it found a place. Where single
/// values differ `own` stays.
#[must_use]
pub fn join_drafts(own: &VisitInput, other: &VisitInput) -> (VisitInput, bool) {
    let mut joined = own.clone();
    for action in &other.actions {
        if !joined.actions.contains(action) {
            joined.actions.push(action.clone());
        }
    }
    join_text(&mut joined.done, &other.done);
    join_text(&mut joined.result, &other.result);
    join_text(&mut joined.facts, &other.facts);
    join_text(&mut joined.experience, &other.experience);
    for measured in &other.measurements {
        if !joined
            .measurements
            .iter()
            .any(|of| of.kind == measured.kind)
        {
            joined.measurements.push(measured.clone());
        }
    }
    if joined.substitute.is_none() {
        joined.substitute.clone_from(&other.substitute);
    }
    if joined.planned.is_none() {
        joined.planned.clone_from(&other.planned);
    }
    for (mine, theirs) in [
        (&mut joined.date, &other.date),
        (&mut joined.begin, &other.begin),
        (&mut joined.end, &other.end),
    ] {
        if mine.trim().is_empty() {
            mine.clone_from(theirs);
        }
    }
    let is_whole = other_parts(other, &joined).is_empty() && other.contact == own.contact;
    (joined, is_whole)
}

/// Years of two digits are taken as near to this one.
const NEAR: Date = Date::constant(2040, 1, 1);

const TEXTS: [VisitField; 4] = [
    VisitField::Done,
    VisitField::Result,
    VisitField::Facts,
    VisitField::Experience,
];

/// What a person typed, by field, without what is empty; the ticked rows stand before the own words.
fn parts(input: &VisitInput) -> impl Iterator<Item = (VisitField, String)> {
    let own = std::iter::once(&input.done);
    let done: Vec<&str> = input
        .actions
        .iter()
        .chain(own)
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    let done = done.join("\n");
    let substitute = input.substitute.clone().unwrap_or_default();
    let fixed = [
        (VisitField::Date, input.date.clone()),
        (VisitField::Begin, input.begin.clone()),
        (VisitField::End, input.end.clone()),
        (VisitField::Done, done),
        (VisitField::Result, input.result.clone()),
        (VisitField::Facts, input.facts.clone()),
        (VisitField::Experience, input.experience.clone()),
        (VisitField::SubstituteName, substitute.name),
        (VisitField::SubstituteAgb, substitute.agb),
    ];
    let measured = input
        .measurements
        .iter()
        .map(|of| (VisitField::Measurement(of.kind), of.value.clone()));
    let all: Vec<(VisitField, String)> = fixed.into_iter().chain(measured).collect();
    all.into_iter()
        .map(|(field, value)| (field, value.trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
}

/// Whether two texts of a field say the same, however they were typed.
fn is_equal(field: VisitField, one: &str, other: &str) -> bool {
    let date = |text: &str| {
        Date::from_str(text)
            .or_else(|_| parse_date(text, NEAR))
            .ok()
    };
    let amount = |text: &str| Amount::from_stored(&text.trim().replace(',', "."));
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    one.trim() == other.trim()
        || match field {
            VisitField::Date => date(one).is_some() && date(one) == date(other),
            VisitField::Begin | VisitField::End => {
                parse_time(one).is_ok_and(|time| Ok(time) == parse_time(other))
            }
            VisitField::Measurement(_) => amount(one).is_some() && amount(one) == amount(other),
            VisitField::SubstituteAgb => digits(one) == digits(other),
            _ => false,
        }
}

/// The lines that stand in none of these texts; `None` = every line does.
fn new_lines(text: &str, held: &[String]) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let new: Vec<&str> = lines
        .filter(|line| !held.iter().any(|text| holds_words(text, line)))
        .collect();
    (!new.is_empty()).then(|| new.join("\n"))
}

/// Whether a text holds these words, not only their letters: `ja` is not in `jas`.
fn holds_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, found)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + found.len()..);
        let after = after.and_then(|text| text.chars().next());
        let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        !is_letter(before) && !is_letter(after)
    })
}

fn join_text(own: &mut String, other: &str) {
    let held = [own.clone()];
    if let Some(new) = new_lines(other, &held) {
        let mine = own.trim_end();
        *own = match mine.is_empty() {
            true => other.to_owned(),
            false => format!("{mine}\n{new}"),
        };
    }
}
