//! Times of day as people type them: `9:30`, `09:30`, `0930`, `9.30`, `930`, `9u30`.

use jiff::civil::Time;

use super::digit::plain;

/// Why a text is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Not of a known form.
    #[error("not a time")]
    Form,
    /// Only an hour was typed.
    #[error("no minutes")]
    NoMinutes,
    /// No hour of the day.
    #[error("hour {got} where 0 to 23 is needed")]
    Hour {
        /// What was typed.
        got: i8,
    },
    /// No minute of the hour.
    #[error("minute {got} where 0 to 59 is needed")]
    Minute {
        /// What was typed.
        got: i8,
    },
}

/// Reads a 24-hour time. Midnight is `0:00`; `24:00` is refused, because it would name the next day.
///
/// # Errors
/// See [`TimeError`]; typing again may help.
pub fn parse_time(text: &str) -> Result<Time, TimeError> {
    let typed = plain(text).to_lowercase();
    let bare = typed.strip_suffix("uur").unwrap_or(&typed).trim();
    if bare.is_empty() {
        return Err(if typed.is_empty() {
            TimeError::Empty
        } else {
            TimeError::Form
        });
    }
    let (hour, minute) = match bare.split_once([':', '.', 'u', 'h', '\u{FF1A}']) {
        Some((hour, minute)) => (hour.trim(), minute.trim()),
        None if !bare.is_ascii() => return Err(TimeError::Form),
        None if bare.len() <= 2 && bare.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Err(TimeError::NoMinutes);
        }
        None => bare
            .len()
            .checked_sub(2)
            .and_then(|at| bare.split_at_checked(at))
            .ok_or(TimeError::Form)?,
    };
    if minute.is_empty() && !hour.is_empty() {
        return Err(TimeError::NoMinutes);
    }
    let hour = digits(hour, 1..=2)?;
    let minute = digits(minute, 2..=2)?;
    if hour > 23 {
        return Err(TimeError::Hour { got: hour });
    }
    Time::new(hour, minute, 0, 0).map_err(|_| TimeError::Minute { got: minute })
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Result<i8, TimeError> {
    if !length.contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TimeError::Form);
    }
    text.parse().map_err(|_| TimeError::Form)
}

/// `09:30`, as shown and stored.
#[must_use]
pub fn show_time(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_is_read() {
        for (text, shown) in [
            ("9:30", "09:30"),
            ("09:30", "09:30"),
            ("0930", "09:30"),
            ("9.30", "09:30"),
            ("930", "09:30"),
            (" 09.30 ", "09:30"),
            ("9u30", "09:30"),
            ("9:30 uur", "09:30"),
            ("9 : 30", "09:30"),
            ("٠٩:٣٠", "09:30"),
            ("0:00", "00:00"),
            ("000", "00:00"),
            ("0000", "00:00"),
            ("23:59", "23:59"),
            ("2359", "23:59"),
        ] {
            assert_eq!(show_time(parse_time(text).unwrap()), shown, "{text}");
        }
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (text, error) in [
            ("", TimeError::Empty),
            ("uur", TimeError::Form),
            ("half tien", TimeError::Form),
            ("9:3", TimeError::Form),
            ("09:30:15", TimeError::Form),
            ("12345", TimeError::Form),
            ("-9:30", TimeError::Form),
            (":30", TimeError::Form),
            ("9 30", TimeError::Form),
            ("9é30", TimeError::Form),
            ("é30", TimeError::Form),
            ("9", TimeError::NoMinutes),
            ("14 uur", TimeError::NoMinutes),
            ("9:", TimeError::NoMinutes),
            ("24:00", TimeError::Hour { got: 24 }),
            ("2460", TimeError::Hour { got: 24 }),
            ("9:60", TimeError::Minute { got: 60 }),
        ] {
            assert_eq!(parse_time(text), Err(error), "{text}");
        }
    }

    #[test]
    fn every_minute_of_the_day_comes_back() {
        for hour in 0..24 {
            for minute in 0..60 {
                let time = Time::new(hour, minute, 0, 0).unwrap();
                assert_eq!(parse_time(&show_time(time)), Ok(time));
                assert_eq!(parse_time(&show_time(time).replace(':', "")), Ok(time));
            }
        }
    }
}
