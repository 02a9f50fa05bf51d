//! The citizen service number (BSN): the 11-test, and the guard that finds one in free text (B7, B9).
//!
//! A [`Bsn`] never shows its digits by accident: `Debug` and `Display` are masked. Passing the test does not
//! prove that the number was ever issued.

use std::fmt;
use std::ops::Range;

use super::digit::{digit_value, is_invisible};

mod guard;

/// A number of nine digits that passes the 11-test and is not `000000000`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bsn([u8; 9]);

/// Why a text is not a BSN. Holds no digit of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BsnError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Something other than digits, spaces and dots was typed.
    #[error("a character that is no digit, space or dot")]
    NotDigits,
    /// Not eight or nine digits.
    #[error("{got} digits where 8 or 9 are needed")]
    Length {
        /// How many digits were typed.
        got: usize,
    },
    /// All digits are zero: its sum passes the test, but it is no number.
    #[error("all digits are zero")]
    Zero,
    /// The weighted sum is no multiple of eleven.
    #[error("the 11-test fails")]
    ElevenTest,
}

impl Bsn {
    /// Reads eight or nine digits; spaces and dots between them are ignored, eight digits get a leading zero.
    ///
    /// # Errors
    /// See [`BsnError`]; typing again may help.
    pub fn parse(text: &str) -> Result<Self, BsnError> {
        let mut digits = Vec::new();
        for character in text.chars().filter(|character| !is_invisible(*character)) {
            match digit_value(character) {
                Some(value) => digits.push(value),
                None if character.is_whitespace() || character == '.' => {}
                None => return Err(BsnError::NotDigits),
            }
        }
        if digits.is_empty() {
            return Err(BsnError::Empty);
        }
        Self::from_values(&digits)
    }

    fn from_values(values: &[u8]) -> Result<Self, BsnError> {
        let got = values.len();
        let padded = match got {
            8 => [&[0], values].concat(),
            _ => values.to_vec(),
        };
        let digits: [u8; 9] = padded.try_into().map_err(|_| BsnError::Length { got })?;
        if digits == [0; 9] {
            return Err(BsnError::Zero);
        }
        if !passes_eleven_test(&digits) {
            return Err(BsnError::ElevenTest);
        }
        Ok(Self(digits))
    }

    /// The nine digits, for the sealed identity document and for showing after a tap. Never for a log.
    #[must_use]
    pub fn digits(&self) -> String {
        self.0
            .iter()
            .map(|value| char::from(b'0' + value))
            .collect()
    }

    /// The form that is always shown: five dots and the last four digits.
    #[must_use]
    pub fn masked(&self) -> String {
        let last = self.0.iter().skip(5).map(|value| char::from(b'0' + value));
        std::iter::repeat_n('•', 5).chain(last).collect()
    }
}

impl fmt::Debug for Bsn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Bsn(…)")
    }
}

impl fmt::Display for Bsn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked())
    }
}

/// `9a+8b+7c+6d+5e+4f+3g+2h−1i` is a multiple of eleven.
fn passes_eleven_test(digits: &[u8; 9]) -> bool {
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i32 = digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| i32::from(*digit) * weight)
        .sum();
    sum % 11 == 0
}

/// Byte ranges of `text` that look like a BSN, in order and apart from each other.
///
/// Found: nine digits of any script that pass the 11-test, written together or with spaces, dots, dashes or
/// invisible characters between them. Eight digits count only shortly after a word for the number ("bsn",
/// "sofi", "burgerservice"), because dates, AGB and KvK numbers have eight digits too.
/// Not found: nine digits inside a longer unbroken run (ten-digit phone numbers, IBANs), a phone number that
/// begins with `+` or `00`, and a written date (`1-11-2026 09`).
#[must_use]
pub fn find_in_text(text: &str) -> Vec<Range<usize>> {
    guard::find(text)
}

/// The text with every digit of a found BSN replaced by `•`; the rest stays as it is.
#[must_use]
pub fn mask_in_text(text: &str) -> String {
    let found = find_in_text(text);
    text.char_indices()
        .map(|(at, character)| {
            let is_inside = found.iter().any(|range| range.contains(&at));
            if is_inside && digit_value(character).is_some() {
                '•'
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
