//! Dates as people type them: `1-2-34`, `01021934`, `1 feb 1934`, `1.2.1934`, `1934-02-01`.
//!
//! The page reads the understood date back in words, so that a wrong guess about the century is seen.

use jiff::civil::Date;

use super::digit::plain;

/// First and last year that is understood as a year of a dossier.
pub const YEARS: std::ops::RangeInclusive<i16> = 1850..=2199;

/// How a year of two digits gets its century.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TwoDigitYear {
    /// The latest one that is not in the future: birth dates. Never more than a hundred years ago.
    Past,
    /// The one nearest to today: requests, starts, visits.
    Nearest,
}

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Not of a known form.
    #[error("not a date")]
    Form,
    /// Day and month without a year.
    #[error("no year")]
    NoYear,
    /// No month of the year.
    #[error("month {got} where 1 to 12 is needed")]
    Month {
        /// What was typed.
        got: i16,
    },
    /// No day of that month.
    #[error("day {got} where 1 to {last} is needed")]
    Day {
        /// What was typed.
        got: i16,
        /// Last day of that month.
        last: i8,
    },
    /// Outside [`YEARS`].
    #[error("year {got} is out of range")]
    Year {
        /// What was typed.
        got: i16,
    },
}

/// The parts of a written date; 0 stands for "unknown" where the caller allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) day: i16,
    pub(super) month: i16,
    pub(super) year: i16,
    pub(super) is_two_digit_year: bool,
}

/// Reads a date; a year of two digits becomes the one nearest to `today`.
///
/// # Errors
/// See [`DateError`]; typing again may help.
pub fn parse_date(text: &str, today: Date) -> Result<Date, DateError> {
    let parts = read_parts(text)?;
    resolve(parts, today, TwoDigitYear::Nearest)
}

/// `01-02-1934`.
#[must_use]
pub fn show_date(date: Date) -> String {
    format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
}

/// Day, month and year as typed, without a check that they exist.
pub(super) fn read_parts(text: &str) -> Result<Parts, DateError> {
    let typed = plain(text).to_lowercase();
    if typed.is_empty() {
        return Err(DateError::Empty);
    }
    let words = split(&typed)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [packed] if is_digits(packed) && packed.len() == 8 => cut(packed, 4),
        [packed] if is_digits(packed) && packed.len() == 6 => cut(packed, 2),
        [year, month, day] if is_digits(year) && year.len() == 4 => Ok(Parts {
            day: number(day, 2)?,
            month: number(month, 2)?,
            year: number(year, 4)?,
            is_two_digit_year: false,
        }),
        [day, month, year] => {
            let month = month_number(month).map_or_else(|| number(month, 2), Ok)?;
            with_year(number(day, 2)?, month, year)
        }
        [day, month]
            if is_digits(day)
                && (is_digits(month) && month.len() <= 2 || month_number(month).is_some()) =>
        {
            Err(DateError::NoYear)
        }
        _ => Err(DateError::Form),
    }
}

/// Cuts at separators and between digits and letters; other characters are no date.
pub(super) fn split(typed: &str) -> Result<Vec<String>, DateError> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for character in typed.chars() {
        match character {
            '-' | '/' | '.' | ',' | '\'' | '’' | '\\' | '_' => is_open = false,
            _ if character.is_whitespace() => is_open = false,
            _ if character.is_alphanumeric() => match words.last_mut() {
                Some(word) if is_open && is_digits(word) == character.is_ascii_digit() => {
                    word.push(character)
                }
                _ => {
                    words.push(character.to_string());
                    is_open = true;
                }
            },
            _ => return Err(DateError::Form),
        }
    }
    Ok(words)
}

fn cut(packed: &str, year_digits: usize) -> Result<Parts, DateError> {
    let (day, rest) = packed.split_at_checked(2).ok_or(DateError::Form)?;
    let (month, year) = rest.split_at_checked(2).ok_or(DateError::Form)?;
    if year.len() != year_digits {
        return Err(DateError::Form);
    }
    with_year(number(day, 2)?, number(month, 2)?, year)
}

fn with_year(day: i16, month: i16, year: &str) -> Result<Parts, DateError> {
    match year.len() {
        2 | 4 => Ok(Parts {
            day,
            month,
            year: number(year, 4)?,
            is_two_digit_year: year.len() == 2,
        }),
        _ => Err(DateError::Form),
    }
}

pub(super) fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn number(word: &str, digits_max: usize) -> Result<i16, DateError> {
    if !is_digits(word) || word.len() > digits_max {
        return Err(DateError::Form);
    }
    word.parse().map_err(|_| DateError::Form)
}

/// 1–12 for a Dutch month name or its abbreviation.
pub(super) fn month_number(word: &str) -> Option<i16> {
    let number = match word {
        "januari" | "jan" => 1,
        "februari" | "feb" | "febr" => 2,
        "maart" | "mrt" | "maa" | "mar" => 3,
        "april" | "apr" => 4,
        "mei" => 5,
        "juni" | "jun" => 6,
        "juli" | "jul" => 7,
        "augustus" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "oktober" | "okt" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    };
    Some(number)
}

/// Gives the parts a century and checks that the day exists.
pub(super) fn resolve(parts: Parts, today: Date, rule: TwoDigitYear) -> Result<Date, DateError> {
    let month = month(parts.month)?;
    if !parts.is_two_digit_year {
        year(parts.year)?;
        return day(parts.day, month, parts.year);
    }
    let century = today.year().div_euclid(100) * 100;
    let candidates = [century - 100, century, century + 100]
        .into_iter()
        .filter_map(|century| day(parts.day, month, century + parts.year).ok());
    let chosen = match rule {
        TwoDigitYear::Past => candidates.filter(|date| *date <= today).max(),
        TwoDigitYear::Nearest => candidates.min_by_key(|date| (*date - today).get_days().abs()),
    };
    match chosen {
        Some(date) => Ok(date),
        None => day(parts.day, month, century - 100 + parts.year),
    }
}

pub(super) fn month(got: i16) -> Result<i8, DateError> {
    i8::try_from(got)
        .ok()
        .filter(|month| (1..=12).contains(month))
        .ok_or(DateError::Month { got })
}

pub(super) fn year(got: i16) -> Result<i16, DateError> {
    if YEARS.contains(&got) {
        Ok(got)
    } else {
        Err(DateError::Year { got })
    }
}

fn day(got: i16, month: i8, year: i16) -> Result<Date, DateError> {
    let first = Date::new(year, month, 1).map_err(|_| DateError::Year { got: year })?;
    let last = first.days_in_month();
    let refused = DateError::Day { got, last };
    let day = i8::try_from(got).map_err(|_| refused)?;
    Date::new(year, month, day).map_err(|_| refused)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    #[test]
    fn every_way_of_writing_is_read() {
        for text in [
            "1-2-1934",
            "01-02-1934",
            "1/2/1934",
            "1.2.1934",
            "01021934",
            "1 feb 1934",
            "1 februari 1934",
            "1 feb. 1934",
            "1feb1934",
            "1-feb-1934",
            "1934-02-01",
            "1934-2-1",
            " 01 02 1934 ",
            "1 FEBRUARI 1934",
            "０１-０２-１９３４",
            "1–2–1934",
            "1 - 2 - 1934",
            "1, febr. 1934",
        ] {
            assert_eq!(parse_date(text, TODAY), Ok(date(1934, 2, 1)), "{text}");
        }
    }

    #[test]
    fn every_month_has_its_names() {
        let names = [
            ["januari", "jan"],
            ["februari", "feb"],
            ["maart", "mrt"],
            ["april", "apr"],
            ["mei", "mei"],
            ["juni", "jun"],
            ["juli", "jul"],
            ["augustus", "aug"],
            ["september", "sept"],
            ["oktober", "okt"],
            ["november", "nov"],
            ["december", "dec"],
        ];
        for (month, names) in (1..).zip(names) {
            for name in names {
                assert_eq!(
                    parse_date(&format!("3 {name} 2026"), TODAY),
                    Ok(date(2026, month, 3))
                );
            }
        }
    }

    #[test]
    fn two_digits_take_the_nearest_year() {
        for (text, year) in [
            ("22-11-26", 2026),
            ("1-1-27", 2027),
            ("1-2-34", 2034),
            ("1-2-75", 2075),
            ("22-11-77", 1977),
            ("1-2-99", 1999),
            ("010200", 2000),
        ] {
            assert_eq!(parse_date(text, TODAY).unwrap().year(), year, "{text}");
        }
        assert_eq!(parse_date("29-02-00", TODAY), Ok(date(2000, 2, 29)));
    }

    #[test]
    fn the_last_day_of_february_follows_the_year() {
        assert_eq!(parse_date("29-02-2024", TODAY), Ok(date(2024, 2, 29)));
        assert_eq!(parse_date("29-02-2000", TODAY), Ok(date(2000, 2, 29)));
        assert_eq!(
            parse_date("29-02-2026", TODAY),
            Err(DateError::Day { got: 29, last: 28 })
        );
        assert_eq!(
            parse_date("29-02-1900", TODAY),
            Err(DateError::Day { got: 29, last: 28 })
        );
        assert_eq!(
            parse_date("29-02-27", TODAY),
            Err(DateError::Day { got: 29, last: 28 })
        );
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (text, error) in [
            ("", DateError::Empty),
            (" ", DateError::Empty),
            ("-", DateError::Form),
            ("vandaag", DateError::Form),
            ("1-2", DateError::NoYear),
            ("1 feb", DateError::NoYear),
            ("1934", DateError::Form),
            ("02-1934", DateError::Form),
            ("1-2-934", DateError::Form),
            ("1-2-19345", DateError::Form),
            ("1-2-1934-5", DateError::Form),
            ("1 foo 1934", DateError::Form),
            ("1+2+1934", DateError::Form),
            ("0102193", DateError::Form),
            ("31-04-2026", DateError::Day { got: 31, last: 30 }),
            ("0-2-1934", DateError::Day { got: 0, last: 28 }),
            ("32-01-2026", DateError::Day { got: 32, last: 31 }),
            ("1-13-2026", DateError::Month { got: 13 }),
            ("1-0-2026", DateError::Month { got: 0 }),
            ("00-00-1934", DateError::Month { got: 0 }),
            ("1-2-1066", DateError::Year { got: 1066 }),
            ("1-2-0034", DateError::Year { got: 34 }),
            ("1-2-2200", DateError::Year { got: 2200 }),
            ("31-04-26", DateError::Day { got: 31, last: 30 }),
        ] {
            assert_eq!(parse_date(text, TODAY), Err(error), "{text}");
        }
    }

    #[test]
    fn every_shown_date_is_read_back() {
        let mut day = date(2023, 12, 1);
        while day < date(2025, 2, 1) {
            assert_eq!(parse_date(&show_date(day), TODAY), Ok(day));
            assert_eq!(parse_date(&day.to_string(), TODAY), Ok(day));
            assert_eq!(parse_date(&show_date(day).replace('-', ""), TODAY), Ok(day));
            day = day.tomorrow().unwrap();
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-zé .,/'\\-]{0,14}") {
            if let Ok(read) = parse_date(&text, TODAY) {
                proptest::prop_assert!(YEARS.contains(&read.year()));
            }
        }
    }
}
