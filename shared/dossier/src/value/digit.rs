//! Decimal digits of every script, and characters that cannot be seen.
//!
//! A tablet keyboard may send full-width or Arabic-Indic digits; they mean the same number.

use unicode_normalization::UnicodeNormalization;

/// The zero of every run of ten decimal digits beyond ASCII (Unicode 14, category Nd).
const ZEROS: [u32; 65] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6,
    0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650,
    0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// The value 0–9 of a digit of any script, also superscript and circled; `None` for any other character.
pub(crate) fn digit_value(character: char) -> Option<u8> {
    if character.is_ascii() {
        return character
            .to_digit(10)
            .and_then(|digit| u8::try_from(digit).ok());
    }
    let code = u32::from(character);
    let below = ZEROS.partition_point(|zero| *zero <= code);
    if let Some(zero) = below.checked_sub(1).and_then(|index| ZEROS.get(index))
        && let Ok(value) = u8::try_from(code - zero)
        && value < 10
    {
        return Some(value);
    }
    let mut folded = std::iter::once(character).nfkc();
    match (folded.next(), folded.next()) {
        (Some(single), None) if single != character => {
            single.to_digit(10).and_then(|d| u8::try_from(d).ok())
        }
        _ => None,
    }
}

/// Characters that take no place on screen: zero-width, soft hyphen, direction marks, variation selectors.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{20E3}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// A hyphen, dash or minus of any kind.
pub(crate) fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{00B7}' | '\u{2010}'
            ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
    )
}

/// The text with every digit as ASCII, invisible characters left out and the ends trimmed.
pub(crate) fn plain(text: &str) -> String {
    let folded: String = text
        .chars()
        .filter(|character| !is_invisible(*character))
        .map(|character| match digit_value(character) {
            Some(value) => char::from(b'0' + value),
            None if is_dash(character) => '-',
            None => character,
        })
        .collect();
    folded.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_other_scripts_have_their_value() {
        for (text, value) in [
            ('0', 0),
            ('9', 9),
            ('٣', 3),
            ('۷', 7),
            ('９', 9),
            ('०', 0),
            ('𝟘', 0),
            ('²', 2),
            ('⑨', 9),
        ] {
            assert_eq!(digit_value(text), Some(value), "{text}");
        }
        for text in ['a', 'O', '½', '⑩', '一', ' '] {
            assert_eq!(digit_value(text), None, "{text}");
        }
    }

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(ZEROS.is_sorted());
    }

    #[test]
    fn plain_text_keeps_what_can_be_seen() {
        assert_eq!(plain("  ０６\u{200E}–１２ "), "06-12");
    }
}
