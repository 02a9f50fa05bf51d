//! Hides the length of what is sealed: a length, the content, and zeros up to one of few sizes.

const LENGTH_BYTES: usize = 4;
const BUCKETS: [usize; 6] = [256, 512, 1024, 2048, 4096, 8192];

/// Why padded bytes were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaddingError {
    /// The content is longer than the largest size allowed.
    #[error("content of {got_bytes} bytes is over the limit of {limit_bytes}")]
    TooLong {
        /// Length of the content.
        got_bytes: usize,
        /// Largest content that fits.
        limit_bytes: usize,
    },
    /// The padded length is not the one this content gets.
    #[error("{got_bytes} bytes is not the padded size of this content")]
    Size {
        /// Length found.
        got_bytes: usize,
    },
    /// The length in front does not fit the bytes behind it.
    #[error("length field does not fit")]
    Length,
    /// Something stands where zeros belong.
    #[error("padding is not zero")]
    NotZero,
}

/// The size that length and content of `total` bytes are padded to: 256 bytes to 8 KiB by doubling, then Padmé.
#[must_use]
pub fn padded_size(total: usize) -> usize {
    if let Some(bucket) = BUCKETS.into_iter().find(|bucket| total <= *bucket) {
        return bucket;
    }
    let exponent = total.ilog2();
    let low_bits = exponent.saturating_sub(exponent.ilog2() + 1);
    let mask = (1_usize << low_bits) - 1;
    total.saturating_add(mask) & !mask
}

/// Pads a record's body.
///
/// # Errors
/// When the content is longer than [`crate::limit::BODY_MAX_BYTES`].
pub fn pad(content: &[u8]) -> Result<Vec<u8>, PaddingError> {
    let limit_bytes = crate::limit::BODY_MAX_BYTES;
    if content.len() > limit_bytes {
        return Err(PaddingError::TooLong {
            got_bytes: content.len(),
            limit_bytes,
        });
    }
    fill(content, padded_size(content.len() + LENGTH_BYTES))
}

/// Takes the padding of a record's body off and checks all of it.
///
/// # Errors
/// When the size, the length or a zero is wrong.
pub fn unpad(padded: &[u8]) -> Result<&[u8], PaddingError> {
    let content = strip(padded)?;
    if padded.len() != padded_size(content.len() + LENGTH_BYTES) {
        return Err(PaddingError::Size {
            got_bytes: padded.len(),
        });
    }
    Ok(content)
}

/// Pads to the smallest of the given sizes, which stand in rising order.
///
/// # Errors
/// When the content fits in none.
pub fn pad_to(content: &[u8], sizes: &[usize]) -> Result<Vec<u8>, PaddingError> {
    let total = content.len().saturating_add(LENGTH_BYTES);
    let limit_bytes = sizes
        .last()
        .copied()
        .unwrap_or_default()
        .saturating_sub(LENGTH_BYTES);
    let size = sizes
        .iter()
        .copied()
        .find(|size| total <= *size)
        .ok_or(PaddingError::TooLong {
            got_bytes: content.len(),
            limit_bytes,
        })?;
    fill(content, size)
}

/// Takes the padding of [`pad_to`] off; a larger size than needed is allowed, so that a blank keeps its size.
///
/// # Errors
/// When the size is none of the given ones, or the length or a zero is wrong.
pub fn unpad_from<'a>(padded: &'a [u8], sizes: &[usize]) -> Result<&'a [u8], PaddingError> {
    if !sizes.contains(&padded.len()) {
        return Err(PaddingError::Size {
            got_bytes: padded.len(),
        });
    }
    strip(padded)
}

fn fill(content: &[u8], size: usize) -> Result<Vec<u8>, PaddingError> {
    let length = u32::try_from(content.len()).map_err(|_| PaddingError::Length)?;
    let mut padded = Vec::with_capacity(size);
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(content);
    padded.resize(size, 0);
    Ok(padded)
}

fn strip(padded: &[u8]) -> Result<&[u8], PaddingError> {
    let (length, rest) = padded
        .split_first_chunk::<LENGTH_BYTES>()
        .ok_or(PaddingError::Length)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| PaddingError::Length)?;
    let (content, zeros) = rest.split_at_checked(length).ok_or(PaddingError::Length)?;
    if zeros.iter().any(|byte| *byte != 0) {
        return Err(PaddingError::NotZero);
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn sizes_at_the_edges() {
        for (content, size) in [
            (0, 256),
            (252, 256),
            (253, 512),
            (508, 512),
            (509, 1024),
            (1020, 1024),
            (1021, 2048),
            (2044, 2048),
            (2045, 4096),
            (4092, 4096),
            (4093, 8192),
            (8188, 8192),
            (8189, 8704),
            (16_380, 16_384),
            (16_381, 17_408),
            (253_948, 253_952),
        ] {
            assert_eq!(pad(&vec![7; content]).unwrap().len(), size, "{content}");
        }
        assert!(matches!(
            pad(&vec![7; 253_949]),
            Err(PaddingError::TooLong { .. })
        ));
    }

    #[test]
    fn any_byte_in_the_zeros_is_refused() {
        let padded = pad(b"tekst").unwrap();
        for place in 9..padded.len() {
            let mut bad = padded.clone();
            *bad.get_mut(place).unwrap() = 1;
            assert_eq!(unpad(&bad), Err(PaddingError::NotZero));
        }
    }

    #[test]
    fn a_larger_bucket_than_needed_is_refused() {
        let mut padded = pad(b"tekst").unwrap();
        padded.resize(512, 0);
        assert_eq!(unpad(&padded), Err(PaddingError::Size { got_bytes: 512 }));
        assert_eq!(unpad(&[0, 0]), Err(PaddingError::Length));
        assert_eq!(unpad(&[255; 256]), Err(PaddingError::Length));
    }
}
