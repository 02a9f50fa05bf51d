//! The passphrase: its one byte form, and whether it is good enough.

mod estimate;

use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Characters a new passphrase has at least, after normalisation.
pub const MIN_PASSPHRASE_CHARS: usize = 12;
const MAX_CHARS: usize = 1024;
const GOOD_BITS: f64 = 34.0;
const STRONG_BITS: f64 = 60.0;

/// A typed passphrase in its one form: NFC, every Unicode space as U+0020, no outer spaces (RFC 8265 OpaqueString).
#[derive(PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Passphrase(String);

/// Why typed text is no passphrase at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// Nothing but spaces.
    #[error("passphrase is empty")]
    Empty,
    /// Longer than a passphrase can be.
    #[error("passphrase is over {limit} characters")]
    TooLong {
        /// Characters allowed.
        limit: usize,
    },
    /// A control character, which some keyboards cannot type again.
    #[error("passphrase has a control character")]
    Control,
}

/// How good a new passphrase is. The first two are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Fewer than 12 characters.
    TooShort,
    /// Made of common words, years, rows of keys or repeats: among the first that are tried.
    Weak,
    /// Good enough.
    Good,
    /// Out of reach of guessing.
    Strong,
}

impl Strength {
    /// Whether a vault may be made with it.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        self >= Self::Good
    }
}

impl Passphrase {
    /// Brings typed text into its one form.
    ///
    /// # Errors
    /// When nothing is left, or it holds something that is no text.
    pub fn parse(typed: &str) -> Result<Self, PassphraseError> {
        let spaced: Zeroizing<String> = Zeroizing::new(
            typed
                .chars()
                .map(|symbol| if is_space(symbol) { ' ' } else { symbol })
                .collect(),
        );
        let text: Zeroizing<String> = Zeroizing::new(spaced.trim_matches(' ').nfc().collect());
        if text.is_empty() {
            return Err(PassphraseError::Empty);
        }
        if text.chars().count() > MAX_CHARS {
            return Err(PassphraseError::TooLong { limit: MAX_CHARS });
        }
        if text.chars().any(char::is_control) {
            return Err(PassphraseError::Control);
        }
        Ok(Self(text.to_string()))
    }

    /// How good it is for a new vault.
    #[must_use]
    pub fn strength(&self) -> Strength {
        if self.0.chars().count() < MIN_PASSPHRASE_CHARS {
            return Strength::TooShort;
        }
        match estimate::guess_bits(&self.0) {
            bits if bits < GOOD_BITS => Strength::Weak,
            bits if bits < STRONG_BITS => Strength::Good,
            _ => Strength::Strong,
        }
    }

    /// The bytes for Argon2id.
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Unicode category Zs.
const fn is_space(symbol: char) -> bool {
    matches!(
        symbol,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}
