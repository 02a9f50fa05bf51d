//! Measurements: the limits of what is possible, and a question where a slip of the keys is likely.
//!
//! Neither is a clinical judgement. A value outside the possible range cannot be what the meter showed; a value
//! outside the typed range is possible but more often a missing digit or a misplaced comma, so the page asks
//! once and accepts yes. No advice is ever computed from a value.

use std::fmt;

use super::digit::plain;
use crate::edit::MeasurementKind;

/// Thousandths of the unit, so that `36,8` and a birth weight of `3,455` kg are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount {
    thousandths: i32,
}

/// What a typed value comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Fine.
    Usual(Amount),
    /// Possible; ask whether it is right.
    Unusual(Amount),
    /// Outside what is possible: refuse, and name the limits.
    Impossible {
        /// Lowest possible value.
        min: Amount,
        /// Highest possible value.
        max: Amount,
    },
}

/// Why a text is not a measured value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MeasurementError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Not a number with at most one comma or point.
    #[error("not a number")]
    NotANumber,
    /// More decimals than this measurement has.
    #[error("more than {allowed} decimals")]
    Decimals {
        /// How many are allowed.
        allowed: usize,
    },
    /// The lower pressure is not below the upper pressure.
    #[error("the lower pressure is not below the upper pressure")]
    LowerNotBelowUpper,
}

/// Possible range, range without a question (both in thousandths), decimals, and the unit as people type it.
struct Limits {
    possible: (i32, i32),
    typed: (i32, i32),
    decimals: usize,
    units: &'static [&'static str],
}

/// Possible: `requirements.md` section 3.4. Without a question: wide enough that ordinary values of sick and
/// well people, and of babies for weight, pass; narrow enough that a lost or doubled digit does not.
const fn limits(kind: MeasurementKind) -> Limits {
    let (possible, typed, decimals, units): (_, _, _, &'static [&'static str]) = match kind {
        MeasurementKind::UpperPressure => ((50, 300), (80, 220), 0, &["mmhg"]),
        MeasurementKind::LowerPressure => ((20, 200), (40, 130), 0, &["mmhg"]),
        MeasurementKind::Pulse => ((20, 250), (40, 150), 0, &["/min", "bpm"]),
        MeasurementKind::Temperature => {
            return Limits {
                possible: (30_000, 43_000),
                typed: (34_000, 41_000),
                decimals: 2,
                units: &["°c", "℃", "c"],
            };
        }
        MeasurementKind::Saturation => ((50, 100), (80, 100), 0, &["%"]),
        MeasurementKind::Weight => {
            return Limits {
                possible: (500, 400_000),
                typed: (2_000, 200_000),
                decimals: 3,
                units: &["kg"],
            };
        }
        MeasurementKind::Glucose => {
            return Limits {
                possible: (500, 50_000),
                typed: (2_000, 30_000),
                decimals: 2,
                units: &["mmol/l", "mmol"],
            };
        }
        MeasurementKind::Pain => ((0, 10), (0, 10), 0, &[]),
    };
    Limits {
        possible: (possible.0 * 1_000, possible.1 * 1_000),
        typed: (typed.0 * 1_000, typed.1 * 1_000),
        decimals,
        units,
    }
}

/// Lowest and highest possible value of a kind.
#[must_use]
pub fn possible_range(kind: MeasurementKind) -> (Amount, Amount) {
    let (min, max) = limits(kind).possible;
    (Amount { thousandths: min }, Amount { thousandths: max })
}

/// Reads a value with comma or point, with or without its unit, and places it in the ranges of its kind.
///
/// # Errors
/// See [`MeasurementError`]; typing again may help.
pub fn parse_measurement(kind: MeasurementKind, text: &str) -> Result<Outcome, MeasurementError> {
    let limits = limits(kind);
    let typed = plain(text).to_lowercase();
    if typed.is_empty() {
        return Err(MeasurementError::Empty);
    }
    let bare = limits
        .units
        .iter()
        .find_map(|unit| typed.strip_suffix(unit))
        .unwrap_or(&typed)
        .trim();
    let (min, max) = possible_range(kind);
    let Some(amount) = read(bare, limits.decimals)? else {
        return Ok(Outcome::Impossible { min, max });
    };
    Ok(if amount < min || amount > max {
        Outcome::Impossible { min, max }
    } else if amount.thousandths < limits.typed.0 || amount.thousandths > limits.typed.1 {
        Outcome::Unusual(amount)
    } else {
        Outcome::Usual(amount)
    })
}

/// Checks that the lower pressure lies below the upper pressure.
///
/// # Errors
/// [`MeasurementError::LowerNotBelowUpper`] when it is equal or higher.
pub fn check_pressure(upper: Amount, lower: Amount) -> Result<(), MeasurementError> {
    if lower < upper {
        Ok(())
    } else {
        Err(MeasurementError::LowerNotBelowUpper)
    }
}

/// `None` for a number that is negative or too large to hold.
fn read(text: &str, decimals: usize) -> Result<Option<Amount>, MeasurementError> {
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = unsigned.split_once([',', '.']).unwrap_or((unsigned, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || !is_number(whole)
        || !is_number(fraction)
        || (unsigned != whole && fraction.is_empty())
    {
        return Err(MeasurementError::NotANumber);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals {
        return Err(MeasurementError::Decimals { allowed: decimals });
    }
    let thousandths = format!("{whole}{fraction:0<3}").parse::<i32>().ok();
    Ok(thousandths
        .filter(|value| !is_negative || *value == 0)
        .map(|thousandths| Amount { thousandths }))
}

impl Amount {
    /// Reads a stored amount: digits with a point, as [`Amount::stored`] wrote it.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        read(text, 3).ok().flatten()
    }

    /// Thousandths of the unit.
    #[must_use]
    pub fn thousandths(self) -> i32 {
        self.thousandths
    }

    /// `36.8`: no trailing zeros, a point; for storage and FHIR.
    #[must_use]
    pub fn stored(self) -> String {
        let (whole, rest) = (self.thousandths / 1_000, self.thousandths % 1_000);
        if rest == 0 {
            return whole.to_string();
        }
        format!("{whole}.{rest:03}")
            .trim_end_matches('0')
            .to_owned()
    }
}

/// `36,8`, with a decimal comma.
impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.stored().replace('.', ","))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use MeasurementKind::{
        Glucose, LowerPressure, Pain, Pulse, Saturation, Temperature, UpperPressure, Weight,
    };

    fn amount(text: &str) -> Amount {
        Amount::from_stored(text).unwrap()
    }

    #[test]
    fn the_edges_of_every_range() {
        for (kind, min, low, high, max, step) in [
            (UpperPressure, 50_000, 80_000, 220_000, 300_000, 1_000),
            (LowerPressure, 20_000, 40_000, 130_000, 200_000, 1_000),
            (Pulse, 20_000, 40_000, 150_000, 250_000, 1_000),
            (Temperature, 30_000, 34_000, 41_000, 43_000, 100),
            (Saturation, 50_000, 80_000, 100_000, 100_000, 1_000),
            (Weight, 500, 2_000, 200_000, 400_000, 100),
            (Glucose, 500, 2_000, 30_000, 50_000, 100),
            (Pain, 0, 0, 10_000, 10_000, 1_000),
        ] {
            for (thousandths, is_possible, is_usual) in [
                (min - step, false, false),
                (min, true, min == low),
                (low - step, low > min, false),
                (low, true, true),
                (high, true, true),
                (high + step, high < max, false),
                (max, true, max == high),
                (max + step, false, false),
            ] {
                let sign = if thousandths < 0 { "-" } else { "" };
                let text = format!(
                    "{sign}{}",
                    Amount {
                        thousandths: i32::abs(thousandths)
                    }
                );
                let outcome = parse_measurement(kind, &text).unwrap();
                assert_eq!(
                    !matches!(outcome, Outcome::Impossible { .. }),
                    is_possible,
                    "{kind:?} {text}"
                );
                assert_eq!(
                    matches!(outcome, Outcome::Usual(_)),
                    is_usual,
                    "{kind:?} {text}"
                );
            }
        }
    }

    #[test]
    fn comma_point_unit_and_other_digits_are_read() {
        for (kind, text, stored) in [
            (Temperature, "36,8", "36.8"),
            (Temperature, "36.8", "36.8"),
            (Temperature, "36,80 °C", "36.8"),
            (Temperature, "３６，８".replace('，', ",").as_str(), "36.8"),
            (Temperature, "37", "37"),
            (Temperature, "37,0", "37"),
            (Weight, "80 kg", "80"),
            (Weight, "3,455", "3.455"),
            (Weight, "0,5", "0.5"),
            (Saturation, "97%", "97"),
            (Glucose, "6,1 mmol/l", "6.1"),
            (Pulse, "072", "72"),
            (Pain, "0", "0"),
            (Pain, "-0", "0"),
            (UpperPressure, "120,0", "120"),
        ] {
            let outcome = parse_measurement(kind, text).unwrap();
            let (Outcome::Usual(read) | Outcome::Unusual(read)) = outcome else {
                panic!("{text}")
            };
            assert_eq!(read.stored(), stored, "{text}");
            assert_eq!(Amount::from_stored(stored), Some(read));
        }
        assert_eq!(amount("36.8").to_string(), "36,8");
        assert_eq!(amount("3.05").to_string(), "3,05");
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (kind, text, error) in [
            (Pulse, " ", MeasurementError::Empty),
            (Pulse, "hoog", MeasurementError::NotANumber),
            (Pulse, "7 2", MeasurementError::NotANumber),
            (Pulse, "72,5", MeasurementError::Decimals { allowed: 0 }),
            (Pain, "3,5", MeasurementError::Decimals { allowed: 0 }),
            (
                Temperature,
                "36,855",
                MeasurementError::Decimals { allowed: 2 },
            ),
            (Weight, "1.234,5", MeasurementError::NotANumber),
            (Weight, "80,", MeasurementError::NotANumber),
            (Weight, ",5", MeasurementError::NotANumber),
            (Weight, "kg", MeasurementError::NotANumber),
            (Weight, "1e2", MeasurementError::NotANumber),
            (UpperPressure, "120/80", MeasurementError::NotANumber),
        ] {
            assert_eq!(parse_measurement(kind, text), Err(error), "{text}");
        }
    }

    #[test]
    fn an_impossible_value_names_the_limits() {
        for text in ["999", "-5", "0", "99999999999999999999"] {
            let Outcome::Impossible { min, max } = parse_measurement(Temperature, text).unwrap()
            else {
                panic!("{text}")
            };
            assert_eq!(
                (min.to_string().as_str(), max.to_string().as_str()),
                ("30", "43")
            );
        }
    }

    #[test]
    fn the_lower_pressure_lies_below_the_upper() {
        assert_eq!(check_pressure(amount("120"), amount("80")), Ok(()));
        assert_eq!(check_pressure(amount("120"), amount("119")), Ok(()));
        for lower in ["120", "121"] {
            assert_eq!(
                check_pressure(amount("120"), amount(lower)),
                Err(MeasurementError::LowerNotBelowUpper)
            );
        }
    }
}
