//! Strict CBOR (RFC 8949): one value has one encoding, and only that one decodes.

use minicbor::{Decode, Encode, Encoder};

/// Why bytes are not the one encoding of a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// Not CBOR, or not of the expected shape.
    #[error("not the expected CBOR shape")]
    Shape,
    /// Bytes follow the value.
    #[error("{count} bytes after the value")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// The value is right but not written in its shortest, definite form.
    #[error("not canonical CBOR")]
    NotCanonical,
}

/// The one encoding of a value.
#[must_use]
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into a vector cannot fail; the error type is uninhabited apart from custom messages, which no type here makes.
    let _ = Encoder::new(&mut bytes).encode(value);
    bytes
}

/// Decodes a value from exactly the bytes that [`encode`] gives for it.
///
/// # Errors
/// On any other bytes, overlong integers and unknown fields included.
pub fn decode<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, CborError> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value: T = decoder.decode().map_err(|_| CborError::Shape)?;
    let count = bytes.len().saturating_sub(decoder.position());
    if count > 0 {
        return Err(CborError::Trailing { count });
    }
    if encode(&value) != bytes {
        return Err(CborError::NotCanonical);
    }
    Ok(value)
}
