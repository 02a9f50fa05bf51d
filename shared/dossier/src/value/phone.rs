//! Phone numbers: stored in E.164 (`+31612345678`), shown as they are said in the Netherlands (`06-12345678`).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::digit::plain;

const COUNTRY: &str = "31";
/// Digits of a Dutch number after the country code.
const DUTCH_DIGITS: usize = 9;
/// Digits of a foreign number, country code included (E.164; shorter ones are no subscriber numbers).
const FOREIGN_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Dutch area codes of two digits after the zero; every other area code has three.
const SHORT_AREAS: [&str; 34] = [
    "10", "13", "15", "20", "23", "24", "26", "30", "33", "35", "36", "38", "40", "43", "45", "46",
    "50", "53", "55", "58", "70", "71", "72", "73", "74", "75", "76", "77", "78", "79", "84", "85",
    "87", "88",
];

/// A phone number with its country code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Why a text is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Something other than digits, a leading plus, spaces, dots, dashes, slashes and brackets was typed.
    #[error("a character that does not belong in a phone number")]
    Character,
    /// It begins with neither `0` nor `+`.
    #[error("neither a leading zero nor a country code")]
    Start,
    /// A Dutch number without nine digits after the zero or the country code.
    #[error("{got} digits where 9 are needed after 0 or +31")]
    DutchLength {
        /// How many digits follow.
        got: usize,
    },
    /// A foreign number that is too short or too long.
    #[error("{got} digits where 7 to 15 are needed")]
    ForeignLength {
        /// How many digits there are, country code included.
        got: usize,
    },
}

impl Phone {
    /// Reads `06-12345678`, `0031 6 12345678`, `+31 (0)6 12345678` and foreign numbers with their country code.
    ///
    /// # Errors
    /// See [`PhoneError`]; typing again may help.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let typed = plain(text);
        if typed.is_empty() {
            return Err(PhoneError::Empty);
        }
        let (has_plus, rest) = match typed.strip_prefix(['+', '\u{FF0B}']) {
            Some(rest) => (true, rest),
            None => (false, typed.as_str()),
        };
        let without_trunk = if has_plus || rest.starts_with("00") {
            rest.replacen("(0)", "", 1)
        } else {
            rest.to_owned()
        };
        let mut digits = String::new();
        for character in without_trunk.chars() {
            match character {
                '0'..='9' => digits.push(character),
                '-' | '.' | '/' | '(' | ')' => {}
                _ if character.is_whitespace() => {}
                _ => return Err(PhoneError::Character),
            }
        }
        match (has_plus, digits.strip_prefix("00")) {
            (true, _) => Self::international(&digits),
            (false, Some(international)) => Self::international(international),
            (false, None) => match digits.strip_prefix('0') {
                Some(national) => Self::dutch(national),
                None => Err(PhoneError::Start),
            },
        }
    }

    fn international(digits: &str) -> Result<Self, PhoneError> {
        if let Some(national) = digits.strip_prefix(COUNTRY) {
            return Self::dutch(national.strip_prefix('0').unwrap_or(national));
        }
        if digits.starts_with('0') || digits.is_empty() {
            return Err(PhoneError::Start);
        }
        if !FOREIGN_DIGITS.contains(&digits.len()) {
            return Err(PhoneError::ForeignLength { got: digits.len() });
        }
        Ok(Self(format!("+{digits}")))
    }

    fn dutch(national: &str) -> Result<Self, PhoneError> {
        if national.len() != DUTCH_DIGITS {
            return Err(PhoneError::DutchLength {
                got: national.len(),
            });
        }
        if national.starts_with('0') {
            return Err(PhoneError::Start);
        }
        Ok(Self(format!("+{COUNTRY}{national}")))
    }

    /// `+31612345678`, as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The target of a link that calls: `tel:+31612345678`.
    #[must_use]
    pub fn link(&self) -> String {
        format!("tel:{}", self.0)
    }

    /// The ten digits dialled in the Netherlands; `None` for a foreign number.
    #[must_use]
    pub fn national(&self) -> Option<String> {
        self.0.strip_prefix("+31").map(|rest| format!("0{rest}"))
    }

    /// Whether it is a Dutch mobile number.
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        self.0.starts_with("+316")
    }
}

/// `06-12345678`, `010-1234567`, `0181-123456`; a foreign number in E.164.
impl fmt::Display for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(rest) = self.0.strip_prefix("+31") else {
            return formatter.write_str(&self.0);
        };
        let area_digits = if self.is_mobile() {
            1
        } else if SHORT_AREAS.iter().any(|area| rest.starts_with(area)) {
            2
        } else {
            3
        };
        let (area, subscriber) = rest.split_at_checked(area_digits).unwrap_or((rest, ""));
        write!(formatter, "0{area}-{subscriber}")
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn dutch_numbers_become_one_form() {
        for text in [
            "0612345678",
            "06-12345678",
            "06 12 34 56 78",
            "06.12.34.56.78",
            "+31612345678",
            "+31 6 12345678",
            "0031612345678",
            "00 31 6 12345678",
            "+31 (0)6 12345678",
            "0031(0)612345678",
            "+310612345678",
            "(06) 12345678",
            "\u{202A}+31 6 12345678\u{202C}",
            "０６１２３４５６７８",
            "06–12345678",
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!(phone.as_str(), "+31612345678", "{text}");
            assert_eq!(phone.to_string(), "06-12345678");
            assert_eq!(phone.link(), "tel:+31612345678");
            assert_eq!(phone.national().unwrap(), "0612345678");
        }
    }

    #[test]
    fn area_codes_have_two_or_three_digits() {
        for (text, shown) in [
            ("0101234567", "010-1234567"),
            ("0201234567", "020-1234567"),
            ("0181123456", "0181-123456"),
            ("0881234567", "088-1234567"),
            ("0512123456", "0512-123456"),
            ("0111123456", "0111-123456"),
        ] {
            assert_eq!(Phone::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn foreign_numbers_keep_their_country() {
        for (text, stored) in [
            ("+49 30 1234567", "+49301234567"),
            ("0032 2 123 45 67", "+3221234567"),
            ("+1 (212) 555-0100", "+12125550100"),
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!(
                (phone.as_str(), phone.to_string().as_str(), phone.national()),
                (stored, stored, None)
            );
        }
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (text, error) in [
            ("", PhoneError::Empty),
            ("06-1234567", PhoneError::DutchLength { got: 8 }),
            ("06-123456789", PhoneError::DutchLength { got: 10 }),
            ("+31 6 1234567", PhoneError::DutchLength { got: 8 }),
            ("612345678", PhoneError::Start),
            ("112", PhoneError::Start),
            ("+0612345678", PhoneError::Start),
            ("00", PhoneError::Start),
            ("06-12345678 (dochter)", PhoneError::Character),
            ("06+12345678", PhoneError::Character),
            ("+49 123", PhoneError::ForeignLength { got: 5 }),
            ("+49 12345678901234", PhoneError::ForeignLength { got: 16 }),
        ] {
            assert_eq!(Phone::parse(text), Err(error), "{text}");
        }
    }
}
