//! Time in the Netherlands: instants and local clock times, spans of visits, and legal terms.
//!
//! Promises: one place for daylight saving, 29 February and holidays; no clock of its own, `now_ms` comes in as
//! an argument. Instants are milliseconds since the epoch, UTC. Days, months and holidays are numbers and enums;
//! their Dutch names belong to the app.

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

pub mod holiday;
pub mod span;
pub mod term;

static AMSTERDAM: TimeZone = jiff::tz::get!("Europe/Amsterdam");

/// Why a moment cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The clock was put forward over this time: it did not exist that night.
    #[error("{date} {time} did not exist: the clock was put forward to {resumes_at}")]
    Skipped {
        /// Local date.
        date: Date,
        /// Local time that was skipped.
        time: Time,
        /// First time that existed again.
        resumes_at: Time,
    },
    /// Begin and end are the same.
    #[error("begin and end are the same")]
    NoLength,
    /// Outside the years that can be computed with.
    #[error("out of range")]
    OutOfRange,
    /// Not an RFC 3339 text with an offset.
    #[error("not an RFC 3339 text")]
    Malformed,
}

/// A moment as the clock on the wall showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Local {
    /// Local date.
    pub date: Date,
    /// Local time, to the millisecond.
    pub time: Time,
    /// Minutes ahead of UTC: 60 in winter, 120 in summer.
    pub offset_minutes: i16,
}

/// A moment with the offset of that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instant {
    /// Milliseconds since the epoch, UTC.
    pub ms: i64,
    /// Minutes ahead of UTC.
    pub offset_minutes: i16,
}

/// Which of the two, when the clock is put back and shows an hour twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repeated {
    /// The first time, still summer time.
    #[default]
    First,
    /// The second time, winter time.
    Second,
}

/// What the clock on the wall shows at an instant.
///
/// # Errors
/// [`CalendarError::OutOfRange`] beyond the years −9999 to 9999.
pub fn local(now_ms: i64) -> Result<Local, CalendarError> {
    let timestamp = timestamp(now_ms)?;
    let zoned = timestamp.to_zoned(AMSTERDAM.clone());
    let moment = zoned.datetime();
    Ok(Local {
        date: moment.date(),
        time: moment.time(),
        offset_minutes: minutes(zoned.offset()),
    })
}

/// The local date at an instant.
///
/// # Errors
/// As [`local`].
pub fn today(now_ms: i64) -> Result<Date, CalendarError> {
    local(now_ms).map(|local| local.date)
}

/// The instant at which the clock on the wall shows `time` on `date`.
///
/// An hour that occurs twice (the last Sunday of October) is the one that `repeated` names.
///
/// # Errors
/// [`CalendarError::Skipped`] for a time that did not exist (the last Sunday of March): it is refused rather
/// than moved, because a signed time must be one that a clock has shown.
pub fn instant(date: Date, time: Time, repeated: Repeated) -> Result<Instant, CalendarError> {
    let ambiguous = AMSTERDAM.to_ambiguous_zoned(date.to_datetime(time));
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        let resumes_at = resumption(
            &ambiguous
                .compatible()
                .map_err(|_| CalendarError::OutOfRange)?,
        );
        return Err(CalendarError::Skipped {
            date,
            time,
            resumes_at,
        });
    }
    let zoned = match repeated {
        Repeated::First => ambiguous.earlier(),
        Repeated::Second => ambiguous.later(),
    };
    let zoned = zoned.map_err(|_| CalendarError::OutOfRange)?;
    Ok(Instant {
        ms: zoned.timestamp().as_millisecond(),
        offset_minutes: minutes(zoned.offset()),
    })
}

/// The clock time of the change before `resumed`, which lies less than a gap after it.
fn resumption(resumed: &Zoned) -> Time {
    let just_after = resumed
        .timestamp()
        .saturating_add(1.second())
        .unwrap_or(resumed.timestamp());
    let change = AMSTERDAM
        .preceding(just_after)
        .next()
        .map(|change| change.timestamp());
    change
        .unwrap_or(resumed.timestamp())
        .to_zoned(AMSTERDAM.clone())
        .time()
}

/// Whether the clock shows this time twice on this date.
#[must_use]
pub fn is_repeated(date: Date, time: Time) -> bool {
    let offset = AMSTERDAM
        .to_ambiguous_zoned(date.to_datetime(time))
        .offset();
    matches!(offset, AmbiguousOffset::Fold { .. })
}

/// 1 = Monday … 7 = Sunday (ISO 8601).
#[must_use]
pub fn weekday(date: Date) -> u8 {
    u8::try_from(date.weekday().to_monday_one_offset()).unwrap_or_default()
}

/// `2026-03-29T07:00:00+02:00`: local time with its offset, to the second.
///
/// # Errors
/// As [`local`].
pub fn rfc3339(ms: i64) -> Result<String, CalendarError> {
    let local = local(ms)?;
    rfc3339_at(Instant {
        ms,
        offset_minutes: local.offset_minutes,
    })
}

/// The same with the offset that was recorded, whatever the rules of today say about that moment.
///
/// # Errors
/// [`CalendarError::OutOfRange`] for an instant or an offset that cannot exist.
pub fn rfc3339_at(instant: Instant) -> Result<String, CalendarError> {
    let offset = Offset::from_seconds(i32::from(instant.offset_minutes) * 60)
        .map_err(|_| CalendarError::OutOfRange)?;
    let seconds = instant.ms.div_euclid(1_000);
    let whole = Timestamp::from_second(seconds).map_err(|_| CalendarError::OutOfRange)?;
    Ok(whole.display_with_offset(offset).to_string())
}

/// Reads an RFC 3339 text; the offset is kept as written.
///
/// # Errors
/// [`CalendarError::Malformed`] when it is none.
pub fn parse_rfc3339(text: &str) -> Result<Instant, CalendarError> {
    let timestamp: Timestamp = text.parse().map_err(|_| CalendarError::Malformed)?;
    let pieces = jiff::fmt::temporal::Pieces::parse(text).map_err(|_| CalendarError::Malformed)?;
    let offset = pieces.to_numeric_offset().ok_or(CalendarError::Malformed)?;
    Ok(Instant {
        ms: timestamp.as_millisecond(),
        offset_minutes: minutes(offset),
    })
}

fn timestamp(ms: i64) -> Result<Timestamp, CalendarError> {
    Timestamp::from_millisecond(ms).map_err(|_| CalendarError::OutOfRange)
}

fn minutes(offset: Offset) -> i16 {
    i16::try_from(offset.seconds() / 60).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn at(text: &str) -> i64 {
        parse_rfc3339(text).unwrap().ms
    }

    #[test]
    fn the_wall_clock_follows_summer_and_winter() {
        for (utc, shown) in [
            ("2026-01-15T11:00:00Z", "2026-01-15T12:00:00+01:00"),
            ("2026-07-15T11:00:00Z", "2026-07-15T13:00:00+02:00"),
            ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00"),
            ("2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00"),
            ("2026-12-31T23:00:00Z", "2027-01-01T00:00:00+01:00"),
            ("2044-07-15T11:00:00Z", "2044-07-15T13:00:00+02:00"),
            ("2099-07-15T11:00:00Z", "2099-07-15T13:00:00+02:00"),
        ] {
            assert_eq!(rfc3339(at(utc)).unwrap(), shown);
            assert_eq!(at(shown), at(utc));
        }
    }

    #[test]
    fn the_local_date_turns_at_midnight_in_amsterdam() {
        assert_eq!(today(at("2026-11-21T22:59:59Z")), Ok(date(2026, 11, 21)));
        assert_eq!(today(at("2026-11-21T23:00:00Z")), Ok(date(2026, 11, 22)));
        assert_eq!(today(at("2026-07-21T22:00:00Z")), Ok(date(2026, 7, 22)));
    }

    #[test]
    fn a_time_that_did_not_exist_is_refused() {
        for minute in [0, 30, 59] {
            let skipped = time(2, minute, 0, 0);
            assert_eq!(
                instant(date(2026, 3, 29), skipped, Repeated::First),
                Err(CalendarError::Skipped {
                    date: date(2026, 3, 29),
                    time: skipped,
                    resumes_at: time(3, 0, 0, 0)
                })
            );
        }
        assert!(instant(date(2026, 3, 29), time(1, 59, 0, 0), Repeated::First).is_ok());
        assert!(instant(date(2026, 3, 29), time(3, 0, 0, 0), Repeated::First).is_ok());
    }

    #[test]
    fn an_hour_that_occurs_twice_is_told_apart() {
        let night = date(2026, 10, 25);
        let half_past_two = time(2, 30, 0, 0);
        let first = instant(night, half_past_two, Repeated::First).unwrap();
        let second = instant(night, half_past_two, Repeated::Second).unwrap();
        assert_eq!((first.offset_minutes, second.offset_minutes), (120, 60));
        assert_eq!(second.ms - first.ms, 60 * 60 * 1_000);
        assert!(
            is_repeated(night, half_past_two)
                && !is_repeated(night, time(3, 0, 0, 0))
                && !is_repeated(night, time(1, 59, 0, 0))
        );
    }

    #[test]
    fn weekdays_are_numbered_from_monday() {
        let days: Vec<u8> = (23..=29).map(|day| weekday(date(2026, 11, day))).collect();
        assert_eq!(days, [1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_recorded_offset_is_kept() {
        let recorded = parse_rfc3339("2026-07-15T12:00:00.250+01:00").unwrap();
        assert_eq!(recorded.offset_minutes, 60);
        assert_eq!(rfc3339_at(recorded).unwrap(), "2026-07-15T12:00:00+01:00");
        for text in [
            "",
            "2026-07-15",
            "2026-07-15T12:00:00",
            "gisteren",
            "2026-13-15T12:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), Err(CalendarError::Malformed), "{text}");
        }
        assert_eq!(local(i64::MAX), Err(CalendarError::OutOfRange));
        assert_eq!(
            rfc3339_at(Instant {
                ms: 0,
                offset_minutes: i16::MAX
            }),
            Err(CalendarError::OutOfRange)
        );
    }

    proptest::proptest! {
        #[test]
        fn every_local_moment_leads_back_to_its_instant(ms in 0i64..4_000_000_000_000) {
            let shown = local(ms).unwrap();
            let repeated = if is_repeated(shown.date, shown.time) && shown.offset_minutes == 60 { Repeated::Second } else { Repeated::First };
            let back = instant(shown.date, shown.time, repeated).unwrap();
            proptest::prop_assert_eq!(back, Instant { ms, offset_minutes: shown.offset_minutes });
        }
    }
}
