//! Dates and times in Dutch. Takes local ISO text; knows no time zone and no clock.

const WEEKDAYS: [&str; 7] = [
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
];

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

/// `2026-03-02` → `02-03-2026`; `2026-03` → `03-2026`; `2026` → `2026`. Anything else comes back unchanged.
pub fn short(iso: &str) -> String {
    match parts(iso) {
        Some((year, Some(month), Some(day))) => format!("{day:02}-{month:02}-{year:04}"),
        Some((year, Some(month), None)) => format!("{month:02}-{year:04}"),
        Some((year, None, _)) => format!("{year:04}"),
        None => iso.to_owned(),
    }
}

/// `2026-03-02` → `02-03`.
pub fn day_and_month(iso: &str) -> String {
    let whole = short(iso);
    whole.get(..5).map(str::to_owned).unwrap_or(whole)
}

/// `2026-03-02` → `maandag 2 maart 2026`; partly known dates lose what is not known.
pub fn long(iso: &str) -> String {
    match parts(iso) {
        Some((year, Some(month), Some(day))) => {
            format!(
                "{} {day} {} {year}",
                weekday_of(year, month, day),
                month_name(month)
            )
        }
        Some((year, Some(month), None)) => format!("{} {year}", month_name(month)),
        Some((year, None, _)) => format!("{year:04}"),
        None => iso.to_owned(),
    }
}

/// `2026-03-02` → `maandag`; empty when it is not a whole date.
pub fn weekday(iso: &str) -> &'static str {
    match parts(iso) {
        Some((year, Some(month), Some(day))) => weekday_of(year, month, day),
        _ => "",
    }
}

/// 1 → `Maandag` … 7 → `Zondag` (ISO 8601); empty otherwise.
pub fn weekday_name(number: u8) -> &'static str {
    match number {
        1 => "Maandag",
        2 => "Dinsdag",
        3 => "Woensdag",
        4 => "Donderdag",
        5 => "Vrijdag",
        6 => "Zaterdag",
        7 => "Zondag",
        _ => "",
    }
}

/// 1 → `januari` … 12 → `december`; empty otherwise.
pub fn month_name(number: u32) -> &'static str {
    let place = usize::try_from(number).unwrap_or(0);
    place
        .checked_sub(1)
        .and_then(|place| MONTHS.get(place))
        .copied()
        .unwrap_or("")
}

/// The date part of `2026-03-02T09:30:00+01:00`.
pub fn date_of(rfc3339: &str) -> &str {
    rfc3339.split_once('T').map_or(rfc3339, |(date, _)| date)
}

/// The time part, `09:30`, of `2026-03-02T09:30:00+01:00`.
pub fn time_of(rfc3339: &str) -> &str {
    rfc3339
        .split_once('T')
        .and_then(|(_, time)| time.get(..5))
        .unwrap_or("")
}

/// `2026-03-02T09:30:00+01:00` → `02-03-2026 09:30`.
pub fn moment(rfc3339: &str) -> String {
    format!("{} {}", short(date_of(rfc3339)), time_of(rfc3339))
}

/// Minutes as `45 minuten`, `1 uur`, `1 uur en 15 minuten`.
pub fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, 1) => "1 minuut".to_owned(),
        (0, rest) => format!("{rest} minuten"),
        (hours, 0) => format!("{hours} uur"),
        (hours, 1) => format!("{hours} uur en 1 minuut"),
        (hours, rest) => format!("{hours} uur en {rest} minuten"),
    }
}

/// Year, and month and day as far as known.
fn parts(iso: &str) -> Option<(u32, Option<u32>, Option<u32>)> {
    let mut fields = iso.split('-');
    let year = number(fields.next()?, 4, 9999)?;
    let month = match fields.next() {
        None => return Some((year, None, None)),
        Some(text) => number(text, 2, 12)?,
    };
    let day = match fields.next() {
        None => return Some((year, Some(month), None)),
        Some(text) => number(text, 2, 31)?,
    };
    match fields.next() {
        None => Some((year, Some(month), Some(day))),
        Some(_) => None,
    }
}

fn number(text: &str, digits: usize, most: u32) -> Option<u32> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = is_number.then(|| text.parse().ok()).flatten()?;
    (1..=most).contains(&number).then_some(number)
}

/// Sakamoto's rule for the Gregorian calendar.
fn weekday_of(year: u32, month: u32, day: u32) -> &'static str {
    const SHIFT: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = if month < 3 {
        year.saturating_sub(1)
    } else {
        year
    };
    let shift = usize::try_from(month)
        .ok()
        .and_then(|month| month.checked_sub(1))
        .and_then(|place| SHIFT.get(place))
        .copied()
        .unwrap_or(0);
    let from_sunday = (year + year / 4 + year / 400 + shift + day - year / 100) % 7;
    let place = usize::try_from((from_sunday + 6) % 7).unwrap_or(0);
    WEEKDAYS.get(place).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_and_partly_known_dates_read_well() {
        assert_eq!(short("1934-02-01"), "01-02-1934");
        assert_eq!(short("1934-02"), "02-1934");
        assert_eq!(short("1934"), "1934");
        assert_eq!(day_and_month("1934-02-01"), "01-02");
        assert_eq!(long("1934-02"), "februari 1934");
        assert_eq!(long("2026-03-03"), "dinsdag 3 maart 2026");
        assert_eq!(long("2026-10-25"), "zondag 25 oktober 2026");
    }

    #[test]
    fn weekdays_are_right_around_leap_days_and_centuries() {
        for (iso, name) in [
            ("2000-02-29", "dinsdag"),
            ("2000-03-01", "woensdag"),
            ("1900-03-01", "donderdag"),
            ("2024-02-29", "donderdag"),
            ("2026-11-22", "zondag"),
            ("1999-12-31", "vrijdag"),
        ] {
            assert_eq!(weekday(iso), name, "{iso}");
        }
    }

    #[test]
    fn what_is_not_a_date_stays_as_it_is() {
        for text in [
            "",
            "morgen",
            "2026-13-01",
            "2026-1-1",
            "2026-01-01-01",
            "20260101",
        ] {
            assert_eq!(short(text), text);
            assert_eq!(long(text), text);
            assert_eq!(weekday(text), "");
        }
    }

    #[test]
    fn moments_and_durations_read_well() {
        assert_eq!(moment("2026-03-02T09:30:00+01:00"), "02-03-2026 09:30");
        assert_eq!(time_of("2026-03-02"), "");
        assert_eq!(duration(45), "45 minuten");
        assert_eq!(duration(60), "1 uur");
        assert_eq!(duration(135), "2 uur en 15 minuten");
    }
}
