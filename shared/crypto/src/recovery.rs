//! The recovery code on the printed sheet: 128 random bits as 7 groups of 4 Crockford characters.
//!
//! 26 characters hold the 128 bits and two zero bits; the last two hold the 130-bit number modulo 1021, which finds
//! every single wrong character and every swap of two neighbours.

use protocol::Domain;
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    hpke_seal::{HpkeKey, SealError},
    secret::Secret,
    signing::SigningKey,
};
use protocol::chain::Card;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_CHARS: usize = 26;
const CHECK_CHARS: usize = 2;
const CHECK_MODULUS: u32 = 1021;
const GROUP_CHARS: usize = 4;

/// The secret that restores an account.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode([u8; 16]);

/// What the recovery code gives: the pairs whose public keys stand in the chain.
pub struct RecoveryKeys {
    signing: SigningKey,
    hpke: HpkeKey,
}

/// Why typed text is not a recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryCodeError {
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

impl RecoveryCode {
    /// Number of groups.
    pub const GROUPS: usize = 7;

    /// A random code.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut code = Self([0; 16]);
        rng.fill_bytes(&mut code.0);
        code
    }

    /// Reads what a person typed: any case, spaces and hyphens anywhere, O for 0, I and L for 1.
    ///
    /// # Errors
    /// When a character, the length or the check is wrong.
    pub fn parse(text: &str) -> Result<Self, RecoveryCodeError> {
        let digits = digits(text)?;
        if digits.len() != CODE_CHARS + CHECK_CHARS {
            return Err(RecoveryCodeError::Length { got: digits.len() });
        }
        let (code, check) = digits.split_at(CODE_CHARS);
        let check = check
            .iter()
            .fold(0, |sum, digit| sum * 32 + u32::from(*digit));
        if remainder(code) != check {
            return Err(RecoveryCodeError::Check);
        }
        let mut bytes = Self([0; 16]);
        let mut bits = (0_u32, 0_u32);
        let mut rest = bytes.0.iter_mut();
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
            Err(RecoveryCodeError::Check)
        } else {
            Ok(bytes)
        }
    }

    /// The whole code, groups parted by spaces.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(
            CODE_CHARS + CHECK_CHARS + Self::GROUPS,
        ));
        for (place, digit) in self.all_digits().iter().enumerate() {
            if place > 0 && place % GROUP_CHARS == 0 {
                text.push(' ');
            }
            text.push(char::from(
                ALPHABET.get(usize::from(*digit)).copied().unwrap_or(b'0'),
            ));
        }
        text
    }

    /// Whether a person typed group `number` (from 1) right, by the rules of [`RecoveryCode::parse`].
    #[must_use]
    pub fn is_group(&self, number: usize, typed: &str) -> bool {
        let all = self.all_digits();
        let group = number
            .checked_sub(1)
            .and_then(|index| all.chunks(GROUP_CHARS).nth(index));
        group.is_some_and(|group| digits(typed).is_ok_and(|typed| typed.as_slice() == group))
    }

    /// The pairs whose public keys stand in the chain.
    #[must_use]
    pub fn derive_keys(&self) -> RecoveryKeys {
        RecoveryKeys {
            signing: SigningKey::from_seed(&Secret::derive(&self.0, Domain::RecoverySigning)),
            hpke: HpkeKey::from_seed(Secret::derive(&self.0, Domain::RecoveryHpke)),
        }
    }

    #[cfg(test)]
    pub(crate) const fn expose_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn all_digits(&self) -> Zeroizing<Vec<u8>> {
        let mut digits = Zeroizing::new(Vec::with_capacity(CODE_CHARS + CHECK_CHARS));
        let mut bits = (0_u32, 0_u32);
        for byte in self.0 {
            bits = ((bits.0 << 8) | u32::from(byte), bits.1 + 8);
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
}

impl RecoveryKeys {
    /// Signs the chain entry of a restore.
    #[must_use]
    pub const fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    /// Opens seals to recovery.
    #[must_use]
    pub const fn hpke_key(&self) -> &HpkeKey {
        &self.hpke
    }

    /// The public keys.
    ///
    /// # Errors
    /// Never: every seed gives a key.
    pub fn card(&self) -> Result<Card, SealError> {
        Ok(Card {
            verify_key: self.signing.verify_key(),
            suite: self.hpke.suite(),
            hpke_key: self.hpke.public_key()?,
        })
    }
}

fn remainder(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum, digit| {
        (sum * 32 + u32::from(*digit)) % CHECK_MODULUS
    })
}

fn digits(text: &str) -> Result<Zeroizing<Vec<u8>>, RecoveryCodeError> {
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
        digits.push(digit.ok_or(RecoveryCodeError::Character { place })?);
    }
    Ok(digits)
}
