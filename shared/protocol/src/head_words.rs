//! Six words over what every device of an account stores, for people to compare between two devices.
//!
//! Two devices that show the same six words stand on the same records: a relay that gives them different ones cannot
//! make the words equal. The words are Dutch because people say them aloud; their order in the list is part of the
//! format, so the list never changes.

use crate::{AccountId, DeviceIndex, Domain, Incarnation, Seq, hash};

/// 2,048 words in alphabetical order, one a line: 11 bits each. Plain letters only, and no two that differ in one
/// letter or sound alike.
const WORDS: &str = include_str!("head_words.txt");
/// Bits that one word says.
const WORD_BITS: u32 = 11;
/// Words that are shown: 66 bits.
const WORD_COUNT: u32 = 6;

/// The newest record of one run that every device stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommonPoint {
    /// Whose.
    pub device: DeviceIndex,
    /// Of which run.
    pub incarnation: Incarnation,
    /// Which one.
    pub seq: Seq,
    /// Begin of its hash.
    pub short: [u8; 8],
}

/// The six words of an account whose devices all store these; the order of the points does not matter.
#[must_use]
pub fn head_words(account: &AccountId, points: &[CommonPoint]) -> [&'static str; 6] {
    let mut points = points.to_vec();
    points.sort_unstable();
    let mut encoded = Vec::new();
    for point in points {
        encoded.extend_from_slice(&point.device.0.to_be_bytes());
        encoded.extend_from_slice(point.incarnation.as_bytes());
        encoded.extend_from_slice(&point.seq.0.to_be_bytes());
        encoded.extend_from_slice(&point.short);
    }
    let digest = hash(Domain::HeadWords, &[account.as_bytes(), &encoded]);
    let (first, _) = digest.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
    let bits = u128::from_be_bytes(*first);
    let mut shift = u128::BITS;
    [(); WORD_COUNT as usize].map(|()| {
        shift -= WORD_BITS;
        let index = (bits >> shift) & ((1 << WORD_BITS) - 1);
        let index = usize::try_from(index).unwrap_or_default();
        WORDS.lines().nth(index).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use super::*;

    /// Whether two words differ in one letter: another one, one more, or two that changed places.
    fn is_near(one: &str, other: &str) -> bool {
        let (short, long) = if one.len() <= other.len() {
            (one.as_bytes(), other.as_bytes())
        } else {
            (other.as_bytes(), one.as_bytes())
        };
        let begin = short.iter().zip(long).take_while(|(a, b)| a == b).count();
        let (short, long) = (&short[begin..], &long[begin..]);
        match long.len() - short.len() {
            0 if short.len() > 1 && short[..2] == [long[1], long[0]] => short[2..] == long[2..],
            0 => short.is_empty() || short[1..] == long[1..],
            1 => short == &long[1..],
            _ => false,
        }
    }

    #[test]
    fn the_list_holds_2048_words_that_cannot_be_mistaken() {
        assert!(is_near("bord", "boord") && is_near("bord", "brod") && !is_near("bord", "bons"));
        let words: Vec<&str> = WORDS.lines().collect();
        assert_eq!(words.len(), 1 << WORD_BITS);
        assert!(words.is_sorted());
        for (index, word) in words.iter().enumerate() {
            assert!((3..=7).contains(&word.len()), "{word}");
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
            for other in &words[index + 1..] {
                assert!(!is_near(word, other), "{word} {other}");
            }
        }
    }

    fn point(device: u16, seq: u32) -> CommonPoint {
        CommonPoint {
            device: DeviceIndex(device),
            incarnation: Incarnation::from_bytes([3; 8]),
            seq: Seq(seq),
            short: [5; 8],
        }
    }

    #[test]
    fn the_words_say_what_is_common_and_nothing_else() {
        let account = AccountId::from_bytes([1; 32]);
        let words = head_words(&account, &[point(0, 4), point(1, 2)]);
        assert_eq!(words, head_words(&account, &[point(1, 2), point(0, 4)]));
        let other = AccountId::from_bytes([2; 32]);
        assert_ne!(words, head_words(&other, &[point(0, 4), point(1, 2)]));
        let changed = [
            point(0, 5),
            CommonPoint {
                short: [6; 8],
                ..point(0, 4)
            },
            CommonPoint {
                incarnation: Incarnation::from_bytes([4; 8]),
                ..point(0, 4)
            },
            point(2, 4),
        ];
        for point_of in changed {
            assert_ne!(words, head_words(&account, &[point_of, point(1, 2)]));
        }
    }

    /// Frozen: two versions show the same words for the same state.
    #[test]
    fn the_words_stay_what_they_are() {
        let account = AccountId::from_bytes([1; 32]);
        let words = head_words(&account, &[point(0, 4), point(1, 2)]);
        assert_eq!(
            words.join(" "),
            "donder netwerk kruiden ballade ijsbeer krater"
        );
    }
}
