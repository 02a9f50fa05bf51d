//! Birth dates, which may be partly known (the BRP writes unknown parts as `00`).

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::date::{self, DateError, Parts, TwoDigitYear};
use super::digit::plain;

/// Above this age the page asks whether the date is right.
pub const AGE_YEARS_USUAL_MAX: i16 = 120;

/// A birth date as far as it is known. Stored as FHIR does: `1934-02-01`, `1934-02`, `1934`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BirthDate {
    /// Only the year is known.
    Year(i16),
    /// Year and month (1–12) are known.
    Month(i16, i8),
    /// The whole date is known.
    Full(Date),
}

/// Why a text is not a birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthDateError {
    /// Not a date, whole or partly known.
    #[error(transparent)]
    Date(#[from] DateError),
    /// After today.
    #[error("in the future")]
    Future,
    /// A day without a month.
    #[error("a day without a month")]
    DayWithoutMonth,
    /// A stored birth date of unknown form.
    #[error("not a stored birth date")]
    Stored,
}

impl BirthDate {
    /// Reads every form of [`date::parse_date`] and partly known dates: `00-00-1934`, `00-02-1934`, `02-1934`,
    /// `feb 1934`, `1934-02`, `1934`. A year of two digits is the latest one that is not in the future.
    ///
    /// # Errors
    /// See [`BirthDateError`]; typing again may help.
    pub fn parse(text: &str, today: Date) -> Result<Self, BirthDateError> {
        let parts = match read_partly(text)? {
            Some(parts) => parts,
            None => date::read_parts(text)?,
        };
        let birth = Self::from_parts(parts, today)?;
        if birth.earliest() > today {
            Err(BirthDateError::Future)
        } else {
            Ok(birth)
        }
    }

    fn from_parts(parts: Parts, today: Date) -> Result<Self, BirthDateError> {
        match (parts.day, parts.month) {
            (0, 0) => Ok(Self::Year(full_year(parts, today)?)),
            (0, month) => Ok(Self::Month(full_year(parts, today)?, date::month(month)?)),
            (_, 0) => Err(BirthDateError::DayWithoutMonth),
            _ => Ok(Self::Full(date::resolve(parts, today, TwoDigitYear::Past)?)),
        }
    }

    /// The year.
    #[must_use]
    pub fn year(&self) -> i16 {
        match self {
            Self::Year(year) | Self::Month(year, _) => *year,
            Self::Full(date) => date.year(),
        }
    }

    /// The month 1–12, when known.
    #[must_use]
    pub fn month(&self) -> Option<i8> {
        match self {
            Self::Year(_) => None,
            Self::Month(_, month) => Some(*month),
            Self::Full(date) => Some(date.month()),
        }
    }

    /// The whole date, when known.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::Full(date) => Some(*date),
            Self::Year(_) | Self::Month(..) => None,
        }
    }

    fn earliest(&self) -> Date {
        match self {
            Self::Year(year) => Date::new(*year, 1, 1).unwrap_or(Date::MIN),
            Self::Month(year, month) => Date::new(*year, *month, 1).unwrap_or(Date::MIN),
            Self::Full(date) => *date,
        }
    }

    fn latest(&self) -> Date {
        match self {
            Self::Year(year) => Date::new(*year, 12, 31).unwrap_or(Date::MAX),
            Self::Month(..) => self.earliest().last_of_month(),
            Self::Full(date) => *date,
        }
    }

    /// Lowest and highest age in whole years on `today`; equal when the birth date settles it. Who was born on
    /// 29 February becomes a year older on 1 March of other years.
    #[must_use]
    pub fn age(&self, today: Date) -> (i16, i16) {
        (
            years_between(self.latest(), today),
            years_between(self.earliest(), today),
        )
    }

    /// Whether the age is so high that a typing error is likely.
    #[must_use]
    pub fn is_unusual(&self, today: Date) -> bool {
        self.age(today).1 > AGE_YEARS_USUAL_MAX
    }

    /// `1934-02-01`, `1934-02` or `1934`, as stored.
    #[must_use]
    pub fn stored(&self) -> String {
        match self {
            Self::Year(year) => format!("{year:04}"),
            Self::Month(year, month) => format!("{year:04}-{month:02}"),
            Self::Full(date) => date.to_string(),
        }
    }

    /// Reads what [`BirthDate::stored`] wrote.
    ///
    /// # Errors
    /// [`BirthDateError::Stored`] for any other text.
    pub fn from_stored(text: &str) -> Result<Self, BirthDateError> {
        let part =
            |range: std::ops::Range<usize>| text.get(range).filter(|part| date::is_digits(part));
        let found = match text.len() {
            4 => part(0..4)
                .and_then(|year| year.parse().ok())
                .map(Self::Year),
            7 if text.get(4..5) == Some("-") => part(0..4)
                .zip(part(5..7))
                .and_then(|(year, month)| {
                    Some(Self::Month(year.parse().ok()?, month.parse().ok()?))
                })
                .filter(|birth| birth.month().is_some_and(|month| (1..=12).contains(&month))),
            10 => text.parse().ok().map(Self::Full),
            _ => None,
        };
        found.ok_or(BirthDateError::Stored)
    }
}

/// `01-02-1934`, `02-1934` or `1934`.
impl fmt::Display for BirthDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(formatter, "{year:04}"),
            Self::Month(year, month) => write!(formatter, "{month:02}-{year:04}"),
            Self::Full(full) => formatter.write_str(&date::show_date(*full)),
        }
    }
}

impl TryFrom<String> for BirthDate {
    type Error = BirthDateError;

    fn try_from(text: String) -> Result<Self, BirthDateError> {
        Self::from_stored(&text)
    }
}

impl From<BirthDate> for String {
    fn from(birth: BirthDate) -> Self {
        birth.stored()
    }
}

/// A year, or a month and a year, without a day; `None` when the text has another form.
fn read_partly(text: &str) -> Result<Option<Parts>, DateError> {
    let words = date::split(&plain(text).to_lowercase())?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_year = |word: &str| date::is_digits(word) && word.len() == 4;
    let (month, year) = match words.as_slice() {
        [year] if is_year(year) => (0, *year),
        [year, month] if is_year(year) => (date::number(month, 2)?, *year),
        [month, year] if is_year(year) => match date::month_number(month) {
            Some(month) => (month, *year),
            None => (date::number(month, 2)?, *year),
        },
        _ => return Ok(None),
    };
    Ok(Some(Parts {
        day: 0,
        month,
        year: date::number(year, 4)?,
        is_two_digit_year: false,
    }))
}

fn full_year(parts: Parts, today: Date) -> Result<i16, DateError> {
    if !parts.is_two_digit_year {
        return date::year(parts.year);
    }
    let this_century = today.year().div_euclid(100) * 100 + parts.year;
    let month = parts.month.max(1);
    let is_future = (this_century, month) > (today.year(), i16::from(today.month()));
    Ok(if is_future {
        this_century - 100
    } else {
        this_century
    })
}

fn years_between(birth: Date, today: Date) -> i16 {
    let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
    today.year() - birth.year() - i16::from(!had_birthday)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    #[test]
    fn whole_dates_are_read() {
        for text in [
            "1-2-34",
            "01021934",
            "010234",
            "1 feb 1934",
            "1 feb '34",
            "01-02-1934",
            "1934-02-01",
        ] {
            assert_eq!(
                BirthDate::parse(text, TODAY),
                Ok(BirthDate::Full(date(1934, 2, 1))),
                "{text}"
            );
        }
    }

    #[test]
    fn partly_known_dates_keep_what_is_known() {
        for text in [
            "00-00-1934",
            "0-0-1934",
            "1934",
            "00001934",
            "00-00-34",
            "1934-00-00",
        ] {
            assert_eq!(
                BirthDate::parse(text, TODAY),
                Ok(BirthDate::Year(1934)),
                "{text}"
            );
        }
        for text in [
            "00-02-1934",
            "02-1934",
            "2-1934",
            "2/1934",
            "feb 1934",
            "februari 1934",
            "1934-02",
            "00021934",
            "00-02-34",
        ] {
            assert_eq!(
                BirthDate::parse(text, TODAY),
                Ok(BirthDate::Month(1934, 2)),
                "{text}"
            );
        }
    }

    #[test]
    fn two_digits_mean_the_latest_past_year() {
        for (text, birth) in [
            ("22-11-26", BirthDate::Full(date(2026, 11, 22))),
            ("23-11-26", BirthDate::Full(date(1926, 11, 23))),
            ("1-1-27", BirthDate::Full(date(1927, 1, 1))),
            ("29-02-28", BirthDate::Full(date(1928, 2, 29))),
            ("29-02-00", BirthDate::Full(date(2000, 2, 29))),
            ("00-11-26", BirthDate::Month(2026, 11)),
            ("00-12-26", BirthDate::Month(1926, 12)),
        ] {
            assert_eq!(BirthDate::parse(text, TODAY), Ok(birth), "{text}");
        }
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (text, error) in [
            ("", BirthDateError::Date(DateError::Empty)),
            ("23-11-2026", BirthDateError::Future),
            ("12-2026", BirthDateError::Future),
            ("2027", BirthDateError::Future),
            ("12-00-1934", BirthDateError::DayWithoutMonth),
            (
                "13-1934",
                BirthDateError::Date(DateError::Month { got: 13 }),
            ),
            (
                "30-02-1934",
                BirthDateError::Date(DateError::Day { got: 30, last: 28 }),
            ),
            (
                "00-00-0000",
                BirthDateError::Date(DateError::Year { got: 0 }),
            ),
            ("1-2", BirthDateError::Date(DateError::NoYear)),
            ("onbekend", BirthDateError::Date(DateError::Form)),
        ] {
            assert_eq!(BirthDate::parse(text, TODAY), Err(error), "{text}");
        }
        assert!(
            BirthDate::parse("2026", TODAY).is_ok() && BirthDate::parse("11-2026", TODAY).is_ok()
        );
    }

    #[test]
    fn age_turns_on_the_birthday() {
        for (birth, today, age) in [
            (BirthDate::Full(date(1934, 11, 22)), TODAY, (92, 92)),
            (BirthDate::Full(date(1934, 11, 23)), TODAY, (91, 91)),
            (
                BirthDate::Full(date(2008, 2, 29)),
                date(2026, 2, 28),
                (17, 17),
            ),
            (
                BirthDate::Full(date(2008, 2, 29)),
                date(2026, 3, 1),
                (18, 18),
            ),
            (BirthDate::Month(1934, 11), TODAY, (91, 92)),
            (BirthDate::Month(1934, 10), TODAY, (92, 92)),
            (BirthDate::Year(1934), TODAY, (91, 92)),
            (BirthDate::Full(TODAY), TODAY, (0, 0)),
        ] {
            assert_eq!(birth.age(today), age, "{birth}");
        }
    }

    #[test]
    fn more_than_a_hundred_and_twenty_years_is_unusual() {
        assert!(!BirthDate::Full(date(1905, 11, 23)).is_unusual(TODAY));
        assert!(BirthDate::Full(date(1905, 11, 22)).is_unusual(TODAY));
        assert!(!BirthDate::Year(1906).is_unusual(TODAY));
    }

    #[test]
    fn it_is_stored_as_fhir_does_and_shown_as_people_write() {
        for (birth, stored, shown) in [
            (
                BirthDate::Full(date(1934, 2, 1)),
                "1934-02-01",
                "01-02-1934",
            ),
            (BirthDate::Month(1934, 2), "1934-02", "02-1934"),
            (BirthDate::Year(1934), "1934", "1934"),
        ] {
            assert_eq!(
                (birth.stored().as_str(), birth.to_string().as_str()),
                (stored, shown)
            );
            assert_eq!(BirthDate::from_stored(stored), Ok(birth));
            assert_eq!(BirthDate::parse(shown, TODAY), Ok(birth));
        }
        for text in [
            "",
            "1934-2",
            "1934-13",
            "1934-00",
            "34",
            "1934-02-30",
            "abcd",
            "é934",
            "1934é02",
        ] {
            assert_eq!(
                BirthDate::from_stored(text),
                Err(BirthDateError::Stored),
                "{text}"
            );
        }
    }
}
