//! AGB code: the number of a care provider or practice in the Vektis register (B11).
//!
//! Eight digits without a check digit; the first two name the kind of provider.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::digit::plain;

/// First two digits of a nurse or carer who works alone.
const USUAL_PREFIX: &str = "91";
const DIGITS: usize = 8;

/// Eight digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgbCode(String);

/// Why a text is not an AGB code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AgbError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Something other than digits, spaces, dots and dashes was typed.
    #[error("a character that is no digit, space, dot or dash")]
    NotDigits,
    /// Not eight digits.
    #[error("{got} digits where 8 are needed")]
    Length {
        /// How many digits were typed.
        got: usize,
    },
}

impl AgbCode {
    /// Reads `91012345`, `91-012345`, `91 012345`.
    ///
    /// # Errors
    /// See [`AgbError`]; typing again may help.
    pub fn parse(text: &str) -> Result<Self, AgbError> {
        let mut digits = plain(text);
        digits.retain(|character| !character.is_whitespace() && !matches!(character, '-' | '.'));
        if digits.is_empty() {
            return Err(if plain(text).is_empty() {
                AgbError::Empty
            } else {
                AgbError::NotDigits
            });
        }
        if !digits.chars().all(|character| character.is_ascii_digit()) {
            return Err(AgbError::NotDigits);
        }
        if digits.len() != DIGITS {
            return Err(AgbError::Length { got: digits.len() });
        }
        Ok(Self(digits))
    }

    /// The eight digits, as stored.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// Whether the code begins as a nurse's or carer's does; otherwise the page warns and goes on.
    #[must_use]
    pub fn has_usual_prefix(&self) -> bool {
        self.0.starts_with(USUAL_PREFIX)
    }
}

/// `91-012345`.
impl fmt::Display for AgbCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, rest) = self.0.split_at_checked(2).unwrap_or((&self.0, ""));
        write!(formatter, "{kind}-{rest}")
    }
}

impl TryFrom<String> for AgbCode {
    type Error = AgbError;

    fn try_from(text: String) -> Result<Self, AgbError> {
        Self::parse(&text)
    }
}

impl From<AgbCode> for String {
    fn from(code: AgbCode) -> Self {
        code.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_is_read() {
        for text in [
            "91012345",
            "91-012345",
            " 91 012345 ",
            "91.012345",
            "９１０１２３４５",
            "91–012345",
        ] {
            let code = AgbCode::parse(text).unwrap();
            assert_eq!(
                (code.digits(), code.to_string().as_str()),
                ("91012345", "91-012345"),
                "{text}"
            );
        }
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (text, error) in [
            (" ", AgbError::Empty),
            ("-", AgbError::NotDigits),
            ("9101234", AgbError::Length { got: 7 }),
            ("910123456", AgbError::Length { got: 9 }),
            ("91-01234x", AgbError::NotDigits),
        ] {
            assert_eq!(AgbCode::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn another_kind_of_provider_is_seen() {
        assert!(AgbCode::parse("91012345").unwrap().has_usual_prefix());
        assert!(!AgbCode::parse("01012345").unwrap().has_usual_prefix());
    }

    #[test]
    fn it_is_stored_as_digits_and_checked_when_read_back() {
        let json = serde_json::to_string(&AgbCode::parse("91-012345").unwrap()).unwrap();
        assert_eq!(json, "\"91012345\"");
        assert!(serde_json::from_str::<AgbCode>("\"9101\"").is_err());
    }
}
