//! Random 128-bit ids of clients and entries; text form = 32 lower-case hexadecimal characters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text is not 32 hexadecimal characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of 32 hexadecimal characters")]
pub struct IdError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text).map($name)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// The person who receives care.
    ClientId
);
id!(
    /// A signed visit, a correction, an addition, a planned visit, or a recorded change.
    EntryId
);

fn parse(text: &str) -> Result<[u8; 16], IdError> {
    if text.len() != 32 || !text.is_ascii() {
        return Err(IdError);
    }
    let mut bytes = [0_u8; 16];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| IdError)?;
        if pair
            .chars()
            .any(|c| c.is_ascii_uppercase() || !c.is_ascii_hexdigit())
        {
            return Err(IdError);
        }
        *byte = u8::from_str_radix(pair, 16).map_err(|_| IdError)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_nothing_else_parses() {
        let id = ClientId([0xab; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in [
            "",
            "ab",
            &"AB".repeat(16),
            &"+f".repeat(16),
            &"ab".repeat(17),
        ] {
            assert_eq!(wrong.parse::<ClientId>(), Err(IdError), "{wrong}");
        }
    }
}
