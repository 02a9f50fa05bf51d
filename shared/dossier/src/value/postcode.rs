//! Dutch postcodes: stored and shown as `1234 AB`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::digit::plain;

/// Letter pairs that are never given out.
const FORBIDDEN: [&str; 3] = ["SA", "SD", "SS"];

/// Four digits, a space and two capital letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Postcode(String);

/// Why a text is not a postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostcodeError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Not four digits and two letters.
    #[error("not four digits and two letters")]
    Form,
    /// The first digit is zero.
    #[error("the first digit is zero")]
    LeadingZero,
    /// The letters are SA, SD or SS.
    #[error("the letters are SA, SD or SS")]
    ForbiddenLetters,
}

impl Postcode {
    /// Reads `1234 AB`, `1234ab` and the like.
    ///
    /// # Errors
    /// See [`PostcodeError`]; typing again may help.
    pub fn parse(text: &str) -> Result<Self, PostcodeError> {
        let mut packed = plain(text).to_ascii_uppercase();
        packed.retain(|character| !character.is_whitespace() && character != '-');
        if plain(text).is_empty() {
            return Err(PostcodeError::Empty);
        }
        let (digits, letters) = packed.split_at_checked(4).ok_or(PostcodeError::Form)?;
        let is_form = digits.bytes().all(|byte| byte.is_ascii_digit())
            && letters.len() == 2
            && letters.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_form {
            return Err(PostcodeError::Form);
        }
        if digits.starts_with('0') {
            return Err(PostcodeError::LeadingZero);
        }
        if FORBIDDEN.contains(&letters) {
            return Err(PostcodeError::ForbiddenLetters);
        }
        Ok(Self(format!("{digits} {letters}")))
    }

    /// `1234 AB`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for Postcode {
    type Error = PostcodeError;

    fn try_from(text: String) -> Result<Self, PostcodeError> {
        Self::parse(&text)
    }
}

impl From<Postcode> for String {
    fn from(postcode: Postcode) -> Self {
        postcode.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_becomes_one_form() {
        for text in [
            "1234 AB",
            "1234ab",
            " 1234  ab ",
            "1234-AB",
            "１２３４ab",
            "1234\u{a0}AB",
        ] {
            assert_eq!(Postcode::parse(text).unwrap().as_str(), "1234 AB", "{text}");
        }
        for text in ["1000 AA", "9999 XZ", "1234 SB", "1234 AS"] {
            assert_eq!(Postcode::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (text, error) in [
            ("", PostcodeError::Empty),
            ("1234", PostcodeError::Form),
            ("123 AB", PostcodeError::Form),
            ("12345 AB", PostcodeError::Form),
            ("1234 A", PostcodeError::Form),
            ("1234 ABC", PostcodeError::Form),
            ("1234 É1", PostcodeError::Form),
            ("123é AB", PostcodeError::Form),
            ("AB 1234", PostcodeError::Form),
            ("0123 AB", PostcodeError::LeadingZero),
            ("1234 sa", PostcodeError::ForbiddenLetters),
            ("1234 SD", PostcodeError::ForbiddenLetters),
            ("1234 SS", PostcodeError::ForbiddenLetters),
        ] {
            assert_eq!(Postcode::parse(text), Err(error), "{text}");
        }
    }
}
