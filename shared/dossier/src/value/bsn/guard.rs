//! Finds a BSN in running text.
//!
//! The text is cut into groups of digits; a candidate is a chain of neighbouring groups with nine digits
//! together. About one in eleven other nine-digit numbers passes the test as well: the guard asks the person
//! to look, it does not decide.

use std::ops::Range;

use super::super::digit::{digit_value, is_dash, is_invisible};
use super::Bsn;

/// More separators than this between two groups means two numbers ("12 - 34" has three).
const SEPARATORS_MAX: usize = 3;
/// Digits of a Dutch phone number with country code (31 and nine more).
const DUTCH_PHONE_DIGITS: usize = 11;
/// Shorter ones are not taken for a phone number: "00 12 34 567" may be a BSN.
const PHONE_DIGITS_MIN: usize = 10;
/// Digits of the longest phone number (E.164).
const PHONE_DIGITS_MAX: usize = 15;
/// Words that announce the number, lower case.
const ANNOUNCEMENTS: [&str; 4] = ["bsn", "sofi", "burgerservice", "burger service"];
/// How many characters before eight digits such a word may stand.
const ANNOUNCEMENT_REACH: usize = 30;

/// Digits that stand together.
struct Group {
    values: Vec<u8>,
    range: Range<usize>,
    /// A plus sign stands right before it.
    has_plus: bool,
    /// What joins it to the group before; `None` when other text stands between.
    joint: Option<Joint>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Space,
    Dot,
    Dash,
    Mixed,
}

pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let groups = cut_into_groups(text);
    let skipped = find_phones_and_dates(&groups);
    let mut found: Vec<Range<usize>> = Vec::new();
    for (first, group) in groups.iter().enumerate() {
        let Some(range) = candidate_from(text, &groups, &skipped, first, group) else {
            continue;
        };
        match found.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => found.push(range),
        }
    }
    found
}

fn cut_into_groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut separators: Vec<Joint> = Vec::new();
    let mut is_chained = false;
    let mut is_in_group = false;
    let mut has_plus = false;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        if let Some(value) = digit_value(character) {
            match groups.last_mut() {
                Some(group) if is_in_group => {
                    group.values.push(value);
                    group.range.end = end;
                }
                _ => {
                    let joint = if is_chained { join(&separators) } else { None };
                    groups.push(Group {
                        values: vec![value],
                        range: at..end,
                        has_plus,
                        joint,
                    });
                }
            }
            is_in_group = true;
            is_chained = true;
            has_plus = false;
            separators.clear();
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        is_in_group = false;
        has_plus = character == '+';
        match separator(character) {
            Some(kind) => separators.push(kind),
            None => is_chained = false,
        }
    }
    groups
}

fn separator(character: char) -> Option<Joint> {
    match character {
        '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => None,
        '.' | '\u{FF0E}' | '\u{3002}' | '\u{2024}' => Some(Joint::Dot),
        _ if is_dash(character) => Some(Joint::Dash),
        '_' => Some(Joint::Dash),
        _ if character.is_whitespace() => Some(Joint::Space),
        _ => None,
    }
}

fn join(separators: &[Joint]) -> Option<Joint> {
    let first = *separators.first()?;
    match separators.len() {
        1..=SEPARATORS_MAX if separators.iter().all(|kind| *kind == first) => Some(first),
        1..=SEPARATORS_MAX => Some(Joint::Mixed),
        _ => None,
    }
}

/// Marks the groups that belong to an international phone number or to a written date.
fn find_phones_and_dates(groups: &[Group]) -> Vec<bool> {
    let mut skipped = vec![false; groups.len()];
    for first in 0..groups.len() {
        let length = phone_length(groups, first).max(date_length(groups, first));
        for mark in skipped.iter_mut().skip(first).take(length) {
            *mark = true;
        }
    }
    skipped
}

/// How many groups an international phone number takes that begins at `first`; 0 when none does.
fn phone_length(groups: &[Group], first: usize) -> usize {
    let Some(group) = groups.get(first) else {
        return 0;
    };
    let prefix = match (group.has_plus, group.values.as_slice()) {
        (true, _) => 0,
        (false, [0, 0, ..]) => 2,
        _ => return 0,
    };
    let chain = || {
        let next = groups
            .iter()
            .skip(first + 1)
            .take_while(|next| next.joint.is_some());
        std::iter::once(group).chain(next)
    };
    let country: Vec<u8> = chain()
        .flat_map(|part| &part.values)
        .skip(prefix)
        .take(2)
        .copied()
        .collect();
    let limit = prefix
        + if country == [3, 1] {
            DUTCH_PHONE_DIGITS
        } else {
            PHONE_DIGITS_MAX
        };
    let (mut digits, mut length) = (0, 0);
    for part in chain() {
        if digits + part.values.len() > limit {
            break;
        }
        digits += part.values.len();
        length += 1;
    }
    if digits < PHONE_DIGITS_MIN { 0 } else { length }
}

/// 3 when a date such as `1-11-2026` or `2026-11-01` begins at `first`, else 0.
fn date_length(groups: &[Group], first: usize) -> usize {
    let mut parts = groups.iter().skip(first);
    let (Some(a), Some(b), Some(c)) = (parts.next(), parts.next(), parts.next()) else {
        return 0;
    };
    let is_joined = b.joint == c.joint && matches!(b.joint, Some(Joint::Dash | Joint::Dot));
    let is_day = |group: &Group| group.values.len() <= 2 && (1..=31).contains(&number(group));
    let is_month = |group: &Group| group.values.len() <= 2 && (1..=12).contains(&number(group));
    let is_year = |group: &Group| group.values.len() == 4 && (1880..=2100).contains(&number(group));
    let is_date = is_month(b) && (is_day(a) && is_year(c) || is_year(a) && is_day(c));
    if is_joined && is_date { 3 } else { 0 }
}

fn number(group: &Group) -> u32 {
    group.values.iter().fold(0, |sum, value| {
        sum.saturating_mul(10).saturating_add(u32::from(*value))
    })
}

fn candidate_from(
    text: &str,
    groups: &[Group],
    skipped: &[bool],
    first: usize,
    group: &Group,
) -> Option<Range<usize>> {
    let mut values: Vec<u8> = Vec::new();
    let start = group.range.start;
    // Eight digits after a joint are the tail of something longer, such as 06-12345678.
    let is_alone = |is_ended: bool| is_ended && group.joint.is_none();
    for (index, next) in groups.iter().enumerate().skip(first) {
        if skipped.get(index).copied().unwrap_or(false) || (index > first && next.joint.is_none()) {
            return None;
        }
        values.extend(&next.values);
        let is_last = groups
            .get(index + 1)
            .is_none_or(|after| after.joint.is_none());
        match values.len() {
            9 => {
                return Bsn::from_values(&values)
                    .is_ok()
                    .then_some(start..next.range.end);
            }
            8 if is_alone(is_last || index == first)
                && is_announced(text, start)
                && Bsn::from_values(&values).is_ok() =>
            {
                return Some(start..next.range.end);
            }
            length if length > 9 => return None,
            _ => {}
        }
    }
    None
}

fn is_announced(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let reach: Vec<char> = before.chars().rev().take(ANNOUNCEMENT_REACH).collect();
    let near: String = reach
        .into_iter()
        .rev()
        .flat_map(char::to_lowercase)
        .collect();
    ANNOUNCEMENTS.iter().any(|word| near.contains(word))
}
