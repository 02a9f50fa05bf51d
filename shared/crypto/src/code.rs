//! Codes for people: 128 bits as 7 groups of 4 Crockford characters.
//!
//! 26 characters hold the 128 bits and two zero bits; the last two hold the 130-bit number modulo 1021, which finds
//! every single wrong character and every swap of two neighbours. What the bits are for is the caller's.

use zeroize::Zeroizing;

pub(crate) const CODE_BYTES: usize = 16;
pub(crate) const GROUPS: usize = 7;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_CHARS: usize = 26;
const CHECK_CHARS: usize = 2;
const CHECK_MODULUS: u32 = 1021;
const GROUP_CHARS: usize = 4;

/// Why typed text is not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// A character that no code contains.
    #[error("character {place} cannot stand in a code")]
    Character {
        /// Its place among the characters that are not spaces or hyphens, from 1.
        place: usize,
    },
    /// Too few or too many characters.
    #[error("{got} characters instead of 28")]
    Length {
        /// How many, spaces and hyphens not counted.
        got: usize,
    },
    /// The check characters do not fit: something was mistyped.
    #[error("check characters do not fit")]
    Check,
}

/// Reads what a person typed: any case, spaces and hyphens anywhere, O for 0, I and L for 1.
pub(crate) fn parse(text: &str) -> Result<Zeroizing<[u8; CODE_BYTES]>, CodeError> {
    let digits = digits(text)?;
    if digits.len() != CODE_CHARS + CHECK_CHARS {
        return Err(CodeError::Length { got: digits.len() });
    }
    let (code, check) = digits.split_at(CODE_CHARS);
    let check = check
        .iter()
        .fold(0, |sum, digit| sum * 32 + u32::from(*digit));
    if remainder(code) != check {
        return Err(CodeError::Check);
    }
    let mut bytes = Zeroizing::new([0; CODE_BYTES]);
    let mut bits = (0_u32, 0_u32);
    let mut rest = bytes.iter_mut();
    for digit in code {
        bits = ((bits.0 << 5) | u32::from(*digit), bits.1 + 5);
        if bits.1 >= 8 {
            bits.1 -= 8;
            if let Some(byte) = rest.next() {
                *byte = u8::try_from((bits.0 >> bits.1) & 0xff).unwrap_or_default();
            }
            bits.0 &= (1 << bits.1) - 1;
        }
    }
    if bits.0 != 0 {
        Err(CodeError::Check)
    } else {
        Ok(bytes)
    }
}

/// The whole code, groups parted by spaces.
pub(crate) fn to_text(bytes: &[u8; CODE_BYTES]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(CODE_CHARS + CHECK_CHARS + GROUPS));
    for (place, digit) in all_digits(bytes).iter().enumerate() {
        if place > 0 && place % GROUP_CHARS == 0 {
            text.push(' ');
        }
        text.push(char::from(
            ALPHABET.get(usize::from(*digit)).copied().unwrap_or(b'0'),
        ));
    }
    text
}

/// Whether a person typed group `number` (from 1) right, by the rules of [`parse`].
pub(crate) fn is_group(bytes: &[u8; CODE_BYTES], number: usize, typed: &str) -> bool {
    let all = all_digits(bytes);
    let group = number
        .checked_sub(1)
        .and_then(|index| all.chunks(GROUP_CHARS).nth(index));
    group.is_some_and(|group| digits(typed).is_ok_and(|typed| typed.as_slice() == group))
}

fn all_digits(bytes: &[u8; CODE_BYTES]) -> Zeroizing<Vec<u8>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(CODE_CHARS + CHECK_CHARS));
    let mut bits = (0_u32, 0_u32);
    for byte in bytes {
        bits = ((bits.0 << 8) | u32::from(*byte), bits.1 + 8);
        while bits.1 >= 5 {
            bits.1 -= 5;
            digits.push(u8::try_from((bits.0 >> bits.1) & 31).unwrap_or_default());
            bits.0 &= (1 << bits.1) - 1;
        }
    }
    digits.push(u8::try_from((bits.0 << (5 - bits.1)) & 31).unwrap_or_default());
    let check = remainder(&digits);
    digits.push(u8::try_from(check / 32).unwrap_or_default());
    digits.push(u8::try_from(check % 32).unwrap_or_default());
    digits
}

fn remainder(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum, digit| {
        (sum * 32 + u32::from(*digit)) % CHECK_MODULUS
    })
}

fn digits(text: &str) -> Result<Zeroizing<Vec<u8>>, CodeError> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    for symbol in text
        .chars()
        .filter(|symbol| !symbol.is_whitespace() && *symbol != '-')
    {
        let place = digits.len() + 1;
        let symbol = match symbol.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let digit = ALPHABET
            .iter()
            .position(|known| char::from(*known) == symbol);
        let digit = digit.and_then(|digit| u8::try_from(digit).ok());
        digits.push(digit.ok_or(CodeError::Character { place })?);
    }
    Ok(digits)
}
