//! The span of a visit from what a person typed: one date, a begin and an end (B12).
//!
//! An end that is not after the begin lies on the next day. Minutes are real minutes: a night shift of
//! 23:00–07:00 lasts 7 hours when the clock is put forward and 9 when it is put back.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{CalendarError, Instant, Repeated, instant, is_repeated};

const MS_PER_MINUTE: i64 = 60_000;
const WINTER_OFFSET_MINUTES: i16 = 60;

/// From begin to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Begin, ms since the epoch, UTC.
    pub begin_ms: i64,
    /// End, ms since the epoch, UTC; after the begin.
    pub end_ms: i64,
    /// Minutes ahead of UTC at the begin.
    pub begin_offset: i16,
    /// Minutes ahead of UTC at the end.
    pub end_offset: i16,
    /// Local date of the end.
    pub end_date: Date,
    /// The end lies on the next day: read it back and ask.
    pub crosses_midnight: bool,
    /// Real length in whole minutes.
    pub minutes: i64,
}

impl Span {
    /// The begin with its offset.
    #[must_use]
    pub fn begin(&self) -> Instant {
        Instant {
            ms: self.begin_ms,
            offset_minutes: self.begin_offset,
        }
    }

    /// The end with its offset.
    #[must_use]
    pub fn end(&self) -> Instant {
        Instant {
            ms: self.end_ms,
            offset_minutes: self.end_offset,
        }
    }
}

/// Offsets that were stamped by a button at the moment itself; they settle an hour that occurs twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stamped {
    /// Minutes ahead of UTC when the begin was stamped.
    pub begin_offset: Option<i16>,
    /// Minutes ahead of UTC when the end was stamped.
    pub end_offset: Option<i16>,
}

impl Stamped {
    /// The offset of a moment, where it says more than its date and time do: the second time of a repeated hour.
    #[must_use]
    pub fn second_time(offset: Option<i16>) -> Option<i16> {
        offset.filter(|minutes| *minutes == WINTER_OFFSET_MINUTES)
    }
}

/// The span from `begin` on `date` to `end`, on the same day or the next.
///
/// In the hour that occurs twice, begin and end mean the first time; an end that would then not lie after the
/// begin means the second time of the same night (02:45–02:15 is half an hour).
///
/// # Errors
/// [`CalendarError::Skipped`] for a time that did not exist, [`CalendarError::NoLength`] when both are the same.
pub fn visit_span(date: Date, begin: Time, end: Time) -> Result<Span, CalendarError> {
    visit_span_stamped(date, begin, end, Stamped::default())
}

/// As [`visit_span`], with offsets known from stamping.
///
/// # Errors
/// As [`visit_span`].
pub fn visit_span_stamped(
    date: Date,
    begin: Time,
    end: Time,
    stamped: Stamped,
) -> Result<Span, CalendarError> {
    let first = instant(date, begin, which(stamped.begin_offset))?;
    let is_after = |last: &Instant| last.ms > first.ms;
    if end >= begin || is_repeated(date, end) {
        let same_day = instant(date, end, which(stamped.end_offset))?;
        if is_after(&same_day) {
            return span(first, same_day, date, false);
        }
        let is_settled =
            stamped.end_offset.is_some() || end == begin && stamped.begin_offset.is_none();
        if is_repeated(date, end) && !is_settled {
            let second = instant(date, end, Repeated::Second)?;
            if is_after(&second) {
                return span(first, second, date, false);
            }
        }
        if end == begin {
            return Err(CalendarError::NoLength);
        }
    }
    let next = date.tomorrow().map_err(|_| CalendarError::OutOfRange)?;
    let last = instant(next, end, which(stamped.end_offset))?;
    span(first, last, next, true)
}

fn which(offset: Option<i16>) -> Repeated {
    if offset == Some(WINTER_OFFSET_MINUTES) {
        Repeated::Second
    } else {
        Repeated::First
    }
}

fn span(
    first: Instant,
    last: Instant,
    end_date: Date,
    crosses_midnight: bool,
) -> Result<Span, CalendarError> {
    let length_ms = last.ms - first.ms;
    if length_ms <= 0 {
        return Err(CalendarError::NoLength);
    }
    Ok(Span {
        begin_ms: first.ms,
        end_ms: last.ms,
        begin_offset: first.offset_minutes,
        end_offset: last.offset_minutes,
        end_date,
        crosses_midnight,
        minutes: length_ms / MS_PER_MINUTE,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::calendar::rfc3339_at;
    use crate::value::time::parse_time;

    const SUMMER: Date = date(2026, 3, 29);
    const WINTER: Date = date(2026, 10, 25);

    fn of(day: Date, begin: &str, end: &str) -> Result<Span, CalendarError> {
        visit_span(day, parse_time(begin).unwrap(), parse_time(end).unwrap())
    }

    #[test]
    fn lengths_are_real_minutes() {
        for (day, begin, end, minutes, crosses_midnight) in [
            (date(2026, 11, 22), "9:30", "10:15", 45, false),
            (date(2026, 11, 22), "23:00", "07:00", 480, true),
            (date(2026, 11, 22), "00:00", "23:59", 1_439, false),
            (date(2026, 11, 22), "23:59", "00:00", 1, true),
            (date(2026, 11, 22), "10:15", "10:14", 1_439, true),
            (date(2026, 3, 28), "23:00", "07:00", 420, true),
            (date(2026, 10, 24), "23:00", "07:00", 540, true),
            (SUMMER, "01:30", "03:30", 60, false),
            (SUMMER, "09:00", "10:00", 60, false),
            (WINTER, "01:30", "03:30", 180, false),
            (WINTER, "01:30", "02:30", 60, false),
            (WINTER, "02:15", "02:45", 30, false),
            (WINTER, "02:45", "02:15", 30, false),
            (WINTER, "02:30", "03:00", 90, false),
            (WINTER, "02:30", "01:00", 1_410, true),
            (date(2026, 10, 24), "23:30", "02:30", 180, true),
            (date(2026, 12, 31), "23:00", "00:30", 90, true),
            (date(2028, 2, 28), "23:00", "00:30", 90, true),
        ] {
            let span = of(day, begin, end).unwrap();
            assert_eq!(
                (span.minutes, span.crosses_midnight),
                (minutes, crosses_midnight),
                "{day} {begin}-{end}"
            );
            assert_eq!(span.end_ms - span.begin_ms, minutes * 60_000);
            let end_date = if crosses_midnight {
                day.tomorrow().unwrap()
            } else {
                day
            };
            assert_eq!(span.end_date, end_date);
        }
    }

    #[test]
    fn both_ends_carry_their_own_offset() {
        let spring = of(date(2026, 3, 28), "23:00", "07:00").unwrap();
        assert_eq!(
            rfc3339_at(spring.begin()).unwrap(),
            "2026-03-28T23:00:00+01:00"
        );
        assert_eq!(
            rfc3339_at(spring.end()).unwrap(),
            "2026-03-29T07:00:00+02:00"
        );
        let autumn = of(date(2026, 10, 24), "23:00", "07:00").unwrap();
        assert_eq!(
            rfc3339_at(autumn.begin()).unwrap(),
            "2026-10-24T23:00:00+02:00"
        );
        assert_eq!(
            rfc3339_at(autumn.end()).unwrap(),
            "2026-10-25T07:00:00+01:00"
        );
    }

    #[test]
    fn a_time_that_did_not_exist_is_refused_at_either_end() {
        for (day, begin, end) in [
            (SUMMER, "02:30", "04:00"),
            (SUMMER, "01:00", "02:30"),
            (date(2026, 3, 28), "23:00", "02:30"),
        ] {
            assert!(
                matches!(
                    of(day, begin, end),
                    Err(CalendarError::Skipped { date: SUMMER, .. })
                ),
                "{day} {begin}-{end}"
            );
        }
        assert!(of(date(2026, 3, 28), "22:00", "23:00").is_ok());
    }

    #[test]
    fn equal_times_have_no_length() {
        for day in [date(2026, 11, 22), SUMMER] {
            assert_eq!(of(day, "09:00", "09:00"), Err(CalendarError::NoLength));
        }
        assert_eq!(of(WINTER, "02:30", "02:30"), Err(CalendarError::NoLength));
    }

    #[test]
    fn stamped_offsets_settle_the_hour_that_occurs_twice() {
        let at = |begin: &str, end: &str, begin_offset: i16, end_offset: i16| {
            let stamped = Stamped {
                begin_offset: Some(begin_offset),
                end_offset: Some(end_offset),
            };
            visit_span_stamped(
                WINTER,
                parse_time(begin).unwrap(),
                parse_time(end).unwrap(),
                stamped,
            )
            .map(|span| span.minutes)
        };
        assert_eq!(at("02:15", "02:45", 120, 120), Ok(30));
        assert_eq!(at("02:15", "02:45", 120, 60), Ok(90));
        assert_eq!(at("02:15", "02:45", 60, 60), Ok(30));
        assert_eq!(at("02:30", "02:30", 120, 60), Ok(60));
        assert_eq!(at("01:30", "02:30", 120, 60), Ok(120));
        assert_eq!(at("09:00", "10:00", 60, 60), Ok(60));
    }
}
