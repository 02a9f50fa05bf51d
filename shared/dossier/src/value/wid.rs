//! Numbers of legal identity documents (WID), as established at the first contact (B8).
//!
//! The forms are known with moderate certainty only: a strange number is a warning, never a refusal.

use super::digit::plain;
use crate::edit::DocumentKind;

/// Longest document number that is kept.
const CHARS_MAX: usize = 30;
const PASSPORT_CHARS: usize = 9;
const LICENCE_DIGITS: usize = 10;

/// A document number with what is unusual about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentNumber {
    /// Capitals and digits, without spaces.
    pub number: String,
    /// What the person should look at again.
    pub warning: Option<DocumentWarning>,
}

/// What is unusual about a document number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentWarning {
    /// Another number of characters than this kind of document has.
    Length {
        /// How many there are.
        got: usize,
        /// How many are usual.
        usual: usize,
    },
    /// The letter O, which these documents do not use: probably a zero.
    LetterO,
    /// Letters and digits stand in other places than usual.
    Form,
}

/// Why a document number cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentNumberError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// More characters than any document has.
    #[error("{got} characters where {limit} are allowed")]
    TooLong {
        /// How many were typed.
        got: usize,
        /// How many are allowed.
        limit: usize,
    },
}

/// Reads a document number: spaces are left out, letters become capitals.
///
/// # Errors
/// See [`DocumentNumberError`]; typing again may help.
pub fn parse_document_number(
    kind: DocumentKind,
    text: &str,
) -> Result<DocumentNumber, DocumentNumberError> {
    let mut number = plain(text).to_uppercase();
    number.retain(|character| !character.is_whitespace());
    let got = number.chars().count();
    if got == 0 {
        return Err(DocumentNumberError::Empty);
    }
    if got > CHARS_MAX {
        return Err(DocumentNumberError::TooLong {
            got,
            limit: CHARS_MAX,
        });
    }
    let warning = warning(kind, &number);
    Ok(DocumentNumber { number, warning })
}

fn warning(kind: DocumentKind, number: &str) -> Option<DocumentWarning> {
    let got = number.chars().count();
    match kind {
        DocumentKind::Passport | DocumentKind::IdentityCard => {
            if got != PASSPORT_CHARS {
                Some(DocumentWarning::Length {
                    got,
                    usual: PASSPORT_CHARS,
                })
            } else if number.contains('O') {
                Some(DocumentWarning::LetterO)
            } else {
                (!has_passport_form(number)).then_some(DocumentWarning::Form)
            }
        }
        DocumentKind::DrivingLicence => {
            if got != LICENCE_DIGITS {
                Some(DocumentWarning::Length {
                    got,
                    usual: LICENCE_DIGITS,
                })
            } else if number.contains('O') {
                Some(DocumentWarning::LetterO)
            } else {
                (!number.bytes().all(|byte| byte.is_ascii_digit())).then_some(DocumentWarning::Form)
            }
        }
        DocumentKind::ResidencePermit => None,
    }
}

/// Two letters, six letters or digits, one digit.
fn has_passport_form(number: &str) -> bool {
    number.bytes().enumerate().all(|(at, byte)| match at {
        0 | 1 => byte.is_ascii_uppercase(),
        8 => byte.is_ascii_digit(),
        _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn usual_numbers_pass_without_a_word() {
        for (kind, text, number) in [
            (DocumentKind::Passport, "SPECI2014", "SPECI2014"),
            (DocumentKind::IdentityCard, "np 1bd3f7 4", "NP1BD3F74"),
            (DocumentKind::DrivingLicence, "5123 4567 89", "5123456789"),
            (DocumentKind::ResidencePermit, "ir12 34567", "IR1234567"),
        ] {
            let read = parse_document_number(kind, text).unwrap();
            assert_eq!(
                (read.number.as_str(), read.warning),
                (number, None),
                "{text}"
            );
        }
    }

    #[test]
    fn strange_numbers_are_kept_with_a_warning() {
        for (kind, text, warning) in [
            (
                DocumentKind::Passport,
                "SPECI201",
                DocumentWarning::Length { got: 8, usual: 9 },
            ),
            (
                DocumentKind::Passport,
                "SPECO2014",
                DocumentWarning::LetterO,
            ),
            (
                DocumentKind::IdentityCard,
                "SPECI201X",
                DocumentWarning::Form,
            ),
            (
                DocumentKind::IdentityCard,
                "1PECI2014",
                DocumentWarning::Form,
            ),
            (
                DocumentKind::DrivingLicence,
                "512345678",
                DocumentWarning::Length { got: 9, usual: 10 },
            ),
            (
                DocumentKind::DrivingLicence,
                "51234567A9",
                DocumentWarning::Form,
            ),
        ] {
            let read = parse_document_number(kind, text).unwrap();
            assert_eq!((read.number.as_str(), read.warning), (text, Some(warning)));
        }
    }

    #[test]
    fn nothing_and_far_too_much_are_refused() {
        assert_eq!(
            parse_document_number(DocumentKind::Passport, "  "),
            Err(DocumentNumberError::Empty)
        );
        let long = "A".repeat(31);
        assert_eq!(
            parse_document_number(DocumentKind::Passport, &long),
            Err(DocumentNumberError::TooLong { got: 31, limit: 30 })
        );
    }
}
