//! Legal terms: 42 days, one month, twenty years, three working days.
//!
//! A term that ends on a weekend or a holiday is not moved: the earlier day is the stricter one.

use jiff::ToSpan;
use jiff::civil::Date;

use super::CalendarError;
use super::holiday::is_working_day;

/// Six weeks from the request to the care plan (A22).
pub const CARE_PLAN_DAYS: i32 = 42;
/// Years a dossier is kept after its last change in content (A20, article 7:454(3) of the Civil Code).
pub const RETENTION_YEARS: i16 = 20;
/// Working days within which a calamity is reported to the inspectorate (Wkkgz, article 11).
pub const CALAMITY_WORKING_DAYS: u16 = 3;

/// Last day on which the care plan has to be there: 42 days after the request (A22).
///
/// # Errors
/// [`CalendarError::OutOfRange`] beyond the year 9999.
pub fn care_plan_deadline(requested_on: Date) -> Result<Date, CalendarError> {
    plus_days(requested_on, CARE_PLAN_DAYS)
}

/// The date `days` calendar days later, or earlier when negative.
///
/// # Errors
/// [`CalendarError::OutOfRange`] beyond the years −9999 to 9999.
pub fn plus_days(date: Date, days: i32) -> Result<Date, CalendarError> {
    let span = jiff::Span::new()
        .try_days(days)
        .map_err(|_| CalendarError::OutOfRange)?;
    date.checked_add(span)
        .map_err(|_| CalendarError::OutOfRange)
}

/// The same day of the next month, or the last day of that month when it is shorter.
///
/// # Errors
/// [`CalendarError::OutOfRange`] beyond the year 9999.
pub fn plus_month(date: Date) -> Result<Date, CalendarError> {
    date.checked_add(1.month())
        .map_err(|_| CalendarError::OutOfRange)
}

/// Until when a dossier is kept: twenty years after the last change in its content. 29 February becomes 1 March
/// only when the target year has no 29 February.
///
/// # Errors
/// [`CalendarError::OutOfRange`] beyond the year 9999.
pub fn retain_until(last_change: Date) -> Result<Date, CalendarError> {
    let year = last_change.year() + RETENTION_YEARS;
    match Date::new(year, last_change.month(), last_change.day()) {
        Ok(date) => Ok(date),
        Err(_) => Date::new(year, 3, 1).map_err(|_| CalendarError::OutOfRange),
    }
}

/// The day on which the given number of working days has passed; the first day itself does not count.
///
/// # Errors
/// [`CalendarError::OutOfRange`] beyond the year 9999.
pub fn plus_working_days(date: Date, working_days: u16) -> Result<Date, CalendarError> {
    let mut day = date;
    let mut left = working_days;
    while left > 0 {
        day = day.tomorrow().map_err(|_| CalendarError::OutOfRange)?;
        if is_working_day(day) {
            left -= 1;
        }
    }
    Ok(day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_care_plan_is_due_after_six_weeks() {
        for (requested, due) in [
            (date(2026, 9, 30), date(2026, 11, 11)),
            (date(2026, 11, 20), date(2027, 1, 1)),
            (date(2028, 1, 18), date(2028, 2, 29)),
            (date(2027, 1, 18), date(2027, 3, 1)),
            (date(2026, 3, 1), date(2026, 4, 12)),
        ] {
            assert_eq!(care_plan_deadline(requested), Ok(due));
            assert_eq!(plus_days(due, -CARE_PLAN_DAYS), Ok(requested));
        }
        assert_eq!(
            care_plan_deadline(date(9999, 12, 1)),
            Err(CalendarError::OutOfRange)
        );
        assert_eq!(
            plus_days(date(2026, 1, 1), i32::MAX),
            Err(CalendarError::OutOfRange)
        );
    }

    #[test]
    fn a_month_ends_on_the_last_day_of_a_shorter_month() {
        for (from, to) in [
            (date(2026, 1, 15), date(2026, 2, 15)),
            (date(2026, 1, 31), date(2026, 2, 28)),
            (date(2028, 1, 31), date(2028, 2, 29)),
            (date(2026, 2, 28), date(2026, 3, 28)),
            (date(2026, 12, 31), date(2027, 1, 31)),
            (date(2026, 3, 31), date(2026, 4, 30)),
        ] {
            assert_eq!(plus_month(from), Ok(to));
        }
    }

    #[test]
    fn twenty_years_from_a_leap_day() {
        for (from, to) in [
            (date(2024, 3, 1), date(2044, 3, 1)),
            (date(2024, 2, 29), date(2044, 2, 29)),
            (date(2024, 2, 28), date(2044, 2, 28)),
            (date(2080, 2, 29), date(2100, 3, 1)),
            (date(2080, 2, 28), date(2100, 2, 28)),
            (date(1980, 2, 29), date(2000, 2, 29)),
            (date(2026, 12, 31), date(2046, 12, 31)),
        ] {
            assert_eq!(retain_until(from), Ok(to));
        }
        assert_eq!(
            retain_until(date(9980, 1, 1)),
            Err(CalendarError::OutOfRange)
        );
    }

    #[test]
    fn working_days_skip_weekends_and_holidays() {
        for (from, days, to) in [
            (date(2026, 11, 23), 3, date(2026, 11, 26)),
            (date(2026, 11, 19), 3, date(2026, 11, 24)),
            (date(2026, 11, 21), 3, date(2026, 11, 25)),
            (date(2026, 11, 22), 1, date(2026, 11, 23)),
            (date(2026, 4, 1), 3, date(2026, 4, 8)),
            (date(2026, 4, 24), 1, date(2026, 4, 28)),
            (date(2026, 5, 1), 3, date(2026, 5, 7)),
            (date(2026, 12, 24), 1, date(2026, 12, 28)),
            (date(2026, 12, 31), 1, date(2027, 1, 4)),
            (date(2026, 11, 21), 0, date(2026, 11, 21)),
        ] {
            assert_eq!(plus_working_days(from, days), Ok(to), "{from}");
        }
    }
}
