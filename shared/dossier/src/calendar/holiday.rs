//! Dutch public holidays and working days.
//!
//! Source: Algemene termijnenwet, article 3. It names 5 May in every year (many collective agreements give it
//! only once in five years) and puts Good Friday on a par. King's Day is 27 April, or 26 April when that is a
//! Sunday; it holds from 2014 and changes with the king, then this table changes.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// A generally recognised holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holiday {
    /// 1 January.
    NewYear,
    /// Friday before Easter.
    GoodFriday,
    /// Easter Sunday.
    Easter,
    /// Easter Monday.
    EasterMonday,
    /// 27 April, or 26 April when that is a Sunday.
    KingsDay,
    /// 5 May.
    LiberationDay,
    /// Thursday, 39 days after Easter.
    Ascension,
    /// Whit Sunday, 49 days after Easter.
    Pentecost,
    /// Whit Monday.
    PentecostMonday,
    /// 25 December.
    Christmas,
    /// 26 December.
    SecondChristmas,
}

/// First year of King's Day; before it stood Queen's Day on another date.
const KINGS_DAY_SINCE: i16 = 2014;

/// The holiday on a date; when two fall together, the one that moves with Easter is not named.
#[must_use]
pub fn holiday(date: Date) -> Option<Holiday> {
    fixed_holiday(date).or_else(|| easter_holiday(date))
}

/// Monday to Friday and no holiday.
#[must_use]
pub fn is_working_day(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && holiday(date).is_none()
}

fn fixed_holiday(date: Date) -> Option<Holiday> {
    match (date.month(), date.day()) {
        (1, 1) => Some(Holiday::NewYear),
        (4, 26 | 27) if is_kings_day(date) => Some(Holiday::KingsDay),
        (5, 5) => Some(Holiday::LiberationDay),
        (12, 25) => Some(Holiday::Christmas),
        (12, 26) => Some(Holiday::SecondChristmas),
        _ => None,
    }
}

fn is_kings_day(date: Date) -> bool {
    let day = match Date::new(date.year(), 4, 27).map(Date::weekday) {
        Ok(Weekday::Sunday) => 26,
        _ => 27,
    };
    date.year() >= KINGS_DAY_SINCE && date.day() == day
}

fn easter_holiday(date: Date) -> Option<Holiday> {
    let easter = easter(date.year())?;
    [
        (-2, Holiday::GoodFriday),
        (0, Holiday::Easter),
        (1, Holiday::EasterMonday),
        (39, Holiday::Ascension),
        (49, Holiday::Pentecost),
        (50, Holiday::PentecostMonday),
    ]
    .into_iter()
    .find(|(days, _)| easter.checked_add(days.days()).is_ok_and(|day| day == date))
    .map(|(_, holiday)| holiday)
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876).
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (a, b, c) = (
        year_number.rem_euclid(19),
        year_number.div_euclid(100),
        year_number.rem_euclid(100),
    );
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    let moved = h + l - 7 * m + 114;
    Date::new(
        year,
        i8::try_from(moved / 31).ok()?,
        i8::try_from(moved % 31 + 1).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn easter_falls_where_the_tables_say() {
        for (year, month, day) in [
            (1961, 4, 2),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            (2038, 4, 25),
            (2049, 4, 18),
            (2076, 4, 19),
            (2285, 3, 22),
        ] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn the_holidays_of_one_year() {
        let mut found = Vec::new();
        let mut day = date(2026, 1, 1);
        while day.year() == 2026 {
            found.extend(holiday(day).map(|holiday| (day.month(), day.day(), holiday)));
            day = day.tomorrow().unwrap_or(Date::MAX);
        }
        assert_eq!(
            found,
            [
                (1, 1, Holiday::NewYear),
                (4, 3, Holiday::GoodFriday),
                (4, 5, Holiday::Easter),
                (4, 6, Holiday::EasterMonday),
                (4, 27, Holiday::KingsDay),
                (5, 5, Holiday::LiberationDay),
                (5, 14, Holiday::Ascension),
                (5, 24, Holiday::Pentecost),
                (5, 25, Holiday::PentecostMonday),
                (12, 25, Holiday::Christmas),
                (12, 26, Holiday::SecondChristmas),
            ]
        );
    }

    #[test]
    fn kings_day_gives_way_to_a_sunday() {
        for (year, day) in [
            (2014, 26),
            (2015, 27),
            (2025, 26),
            (2026, 27),
            (2031, 26),
            (2036, 26),
        ] {
            assert_eq!(
                holiday(date(year, 4, day)),
                Some(Holiday::KingsDay),
                "{year}"
            );
            let other = if day == 26 { 27 } else { 26 };
            assert_ne!(
                holiday(date(year, 4, other)),
                Some(Holiday::KingsDay),
                "{year}"
            );
        }
        assert_eq!(holiday(date(2013, 4, 27)), None);
    }

    #[test]
    fn weekends_and_holidays_are_no_working_days() {
        assert!(is_working_day(date(2026, 11, 23)));
        assert!(is_working_day(date(2026, 5, 4)));
        for day in [
            date(2026, 11, 21),
            date(2026, 11, 22),
            date(2026, 4, 3),
            date(2026, 5, 5),
            date(2026, 12, 25),
        ] {
            assert!(!is_working_day(day), "{day}");
        }
    }
}
