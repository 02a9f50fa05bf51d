//! Names and other short lines: trimmed and measured, never "corrected".
//!
//! Kept as typed: capitals, `'t`, hyphens, diacritics, emoji, every script. Composed and decomposed letters
//! become one form (NFC), so equal names are equal. Isolating the direction of a name is the page's work.

use unicode_normalization::UnicodeNormalization;

use super::digit::is_invisible;

/// Longest first name, infix, last name, place or street.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest name of a device, in bytes of UTF-8: what a device may offer when it is paired.
pub const DEVICE_NAME_BYTES_MAX: usize = 128;

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing that can be seen was typed.
    #[error("empty")]
    Empty,
    /// More characters than allowed.
    #[error("{got} characters where {limit} are allowed")]
    TooLong {
        /// How many were typed.
        got: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A line break or another control character.
    #[error("a control character")]
    Control,
}

/// Reads one line of at most `limit` characters (counted after composing).
///
/// # Errors
/// See [`NameError`]; typing again may help.
pub fn parse_name(text: &str, limit: usize) -> Result<String, NameError> {
    let name: String = text.trim().nfc().collect();
    if name
        .chars()
        .all(|character| is_invisible(character) || character.is_whitespace())
    {
        return Err(NameError::Empty);
    }
    if name.chars().any(char::is_control) {
        return Err(NameError::Control);
    }
    let got = name.chars().count();
    if got > limit {
        return Err(NameError::TooLong { got, limit });
    }
    Ok(name)
}

/// First name, infix and last name with single spaces; empty parts leave no gap.
#[must_use]
pub fn full_name(first: &str, infix: &str, last: &str) -> String {
    let parts = [first, infix, last];
    let filled: Vec<&str> = parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    filled.join(" ")
}

/// Key to sort a list by: folded last name, first name, infix. Dutch lists ignore the infix ("van der").
#[must_use]
pub fn sort_key(first: &str, infix: &str, last: &str) -> (String, String, String) {
    use super::search::fold;
    let bare = last.trim_start_matches(|character: char| !character.is_alphanumeric());
    (fold(bare), fold(first), fold(infix))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_typed() {
        let long = "Wolfeschlegelsteinhausenbergerdorff-van der Meulen-Zwanenburg";
        for text in [
            "'t Hart",
            "’s-Gravenzande",
            "Özdemir",
            "Łukasz",
            "Nguyễn",
            "محمد",
            "שרה",
            "👩‍🦽 Ans",
            "ĳsbrand",
            "d'Angelo",
            long,
        ] {
            assert_eq!(parse_name(text, NAME_CHARS_MAX).unwrap(), text);
        }
        assert_eq!(
            parse_name("  Anna  Maria\u{a0}", 60).unwrap(),
            "Anna  Maria"
        );
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_name() {
        assert_eq!(
            parse_name("Rene\u{301}", 4).unwrap(),
            parse_name("René", 4).unwrap()
        );
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (text, error) in [
            ("", NameError::Empty),
            (" \u{200b}\u{200f} ", NameError::Empty),
            ("An\nna", NameError::Control),
            ("Anna\u{7}", NameError::Control),
        ] {
            assert_eq!(parse_name(text, 60), Err(error), "{text:?}");
        }
        assert_eq!(
            parse_name(&"é".repeat(61), 60),
            Err(NameError::TooLong { got: 61, limit: 60 })
        );
        assert!(parse_name(&"é".repeat(60), 60).is_ok());
    }

    #[test]
    fn parts_join_without_gaps() {
        for (first, infix, last, full) in [
            ("Anna", "van der", "Berg", "Anna van der Berg"),
            ("Anna", "", "Berg", "Anna Berg"),
            ("Gerrit", "'t", "Hart", "Gerrit 't Hart"),
            ("", " ", "Berg", "Berg"),
        ] {
            assert_eq!(full_name(first, infix, last), full);
        }
    }

    #[test]
    fn lists_are_sorted_as_people_expect() {
        let mut names = [
            ("Zoë", "", "Jansen"),
            ("Ánna", "van", "Ålst"),
            ("Bo", "", "'t Hart"),
            ("Anna", "de", "jansen"),
        ];
        names.sort_by_key(|(first, infix, last)| sort_key(first, infix, last));
        assert_eq!(
            names.map(|(first, ..)| first),
            ["Ánna", "Anna", "Zoë", "Bo"]
        );
    }
}
