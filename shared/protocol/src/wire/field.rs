//! Fields: how each kind of value is written in a frame, and read under its limit.

use super::WireError;
use crate::{
    AccountId, AccountSeq, BoxId, BoxToken, ChainHash, Challenge, DeviceIndex, Domain, Incarnation,
    RecordHash, RelayInstance, Seq, Signature, VerifyKey, limit,
    reader::{Reader, ShortError},
};

/// One field of a frame. What `put` accepts, `take` gives back from exactly those bytes.
pub(super) trait Field<'a>: Sized {
    /// The fewest bytes a value takes; never 0, so that a count says how many bytes must follow.
    const MIN_BYTES: usize;

    fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError>;

    fn take(from: &mut Reader<'a>) -> Result<Self, WireError>;
}

macro_rules! integers {
    ($($int:ident)*) => {$(
        impl Field<'_> for $int {
            const MIN_BYTES: usize = size_of::<Self>();

            fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError> {
                to.extend_from_slice(&self.to_be_bytes());
                Ok(())
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
                Ok(from.$int()?)
            }
        }
    )*};
}

integers! { u8 u16 u32 u64 }

macro_rules! counters {
    ($($name:ident)*) => {$(
        impl Field<'_> for $name {
            const MIN_BYTES: usize = size_of::<Self>();

            fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError> {
                self.0.put(to)
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
                Field::take(from).map(Self)
            }
        }
    )*};
}

counters! { DeviceIndex Seq AccountSeq }

macro_rules! byte_arrays {
    ($($name:ident: $len:expr, $borrow:expr, $make:expr;)*) => {$(
        impl Field<'_> for $name {
            const MIN_BYTES: usize = $len;

            fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError> {
                let borrow: fn(&Self) -> &[u8; $len] = $borrow;
                to.extend_from_slice(borrow(self));
                Ok(())
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
                Ok(from.array::<{ $len }>().map($make)?)
            }
        }
    )*};
}

byte_arrays! {
    AccountId: 32, Self::as_bytes, Self::from_bytes;
    ChainHash: 32, Self::as_bytes, Self::from_bytes;
    Challenge: 32, Self::as_bytes, Self::from_bytes;
    RecordHash: 32, Self::as_bytes, Self::from_bytes;
    BoxId: 16, Self::as_bytes, Self::from_bytes;
    BoxToken: 16, Self::as_bytes, Self::from_bytes;
    RelayInstance: 16, Self::as_bytes, Self::from_bytes;
    Incarnation: 8, Self::as_bytes, Self::from_bytes;
    VerifyKey: 32, |key| &key.0, Self;
    Signature: 64, |signature| &signature.0, Self;
}

impl Field<'_> for bool {
    const MIN_BYTES: usize = 1;

    fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError> {
        u8::from(*self).put(to)
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        match from.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            got => Err(WireError::Value { got }),
        }
    }
}

impl<'a, T: Field<'a>> Field<'a> for Option<T> {
    const MIN_BYTES: usize = 1;

    fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError> {
        self.is_some().put(to)?;
        self.as_ref().map_or(Ok(()), |value| value.put(to))
    }

    fn take(from: &mut Reader<'a>) -> Result<Self, WireError> {
        bool::take(from)?.then(|| T::take(from)).transpose()
    }
}

pub(super) fn put_bytes(
    bytes: &[u8],
    limit_bytes: usize,
    to: &mut Vec<u8>,
) -> Result<(), WireError> {
    let over = WireError::Length {
        got_bytes: bytes.len(),
        limit_bytes,
    };
    let len = u32::try_from(bytes.len()).map_err(|_| over)?;
    if bytes.len() > limit_bytes {
        return Err(over);
    }
    to.extend_from_slice(&len.to_be_bytes());
    to.extend_from_slice(bytes);
    Ok(())
}

pub(super) fn take_bytes<'a>(
    limit_bytes: usize,
    from: &mut Reader<'a>,
) -> Result<&'a [u8], WireError> {
    let got_bytes = usize::try_from(from.u32()?).unwrap_or(usize::MAX);
    if got_bytes > limit_bytes {
        return Err(WireError::Length {
            got_bytes,
            limit_bytes,
        });
    }
    Ok(from.slice(got_bytes)?)
}

macro_rules! byte_strings {
    ($($(#[$doc:meta])* $name:ident = $limit:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name<'a>(pub &'a [u8]);

        impl<'a> Field<'a> for $name<'a> {
            const MIN_BYTES: usize = 4;

            fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError> {
                put_bytes(self.0, $limit, to)
            }

            fn take(from: &mut Reader<'a>) -> Result<Self, WireError> {
                take_bytes($limit, from).map(Self)
            }
        }
    )*};
}

byte_strings! {
    /// A record as its device made it; [`crate::record::Record::decode`] says whether it is one. At most
    /// [`limit::RECORD_MAX_BYTES`].
    RecordBytes = limit::RECORD_MAX_BYTES;
    /// An account chain entry as its signer made it; [`crate::chain::Entry::decode`] says whether it is one. At most
    /// [`limit::CHAIN_ENTRY_MAX_BYTES`].
    EntryBytes = limit::CHAIN_ENTRY_MAX_BYTES;
    /// A draft slot as its device made it; [`crate::draft::DraftFrame::decode`] says whether it is one. At most
    /// [`limit::DRAFT_FRAME_MAX_BYTES`].
    DraftBytes = limit::DRAFT_FRAME_MAX_BYTES;
    /// A sealed pairing message, opaque to the relay. At most [`limit::BOX_MESSAGE_MAX_BYTES`].
    BoxBytes = limit::BOX_MESSAGE_MAX_BYTES;
    /// An invitation as typed, UTF-8 or not; empty for none. At most [`limit::INVITE_MAX_BYTES`].
    Invite = limit::INVITE_MAX_BYTES;
}

impl Invite<'_> {
    /// Ten bytes as a code for people: 16 letters and digits without I, L, O and U.
    #[must_use]
    pub fn make_text(random: &[u8; 10]) -> String {
        let bits = random
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
        let bits: Vec<u8> = bits.collect();
        let digit = |five: &[u8]| {
            let value = five
                .iter()
                .fold(0_usize, |sum, bit| sum << 1 | usize::from(*bit));
            char::from(INVITE_DIGITS.get(value).copied().unwrap_or(b'0'))
        };
        let digits: Vec<char> = bits.chunks(5).map(digit).collect();
        let groups: Vec<String> = digits.chunks(4).map(|four| four.iter().collect()).collect();
        groups.join("-")
    }

    /// What a relay stores and compares: capitals and small letters, spaces, dashes and look-alikes make no difference.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let plain: Vec<u8> = self
            .0
            .iter()
            .filter(|byte| !b" -\t\r\n".contains(byte))
            .map(|byte| match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            })
            .collect();
        crate::hash(Domain::Invite, &[&plain])
    }
}

const INVITE_DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Where a relay says it is: scheme, host and port as in a browser's `location.origin`, such as `https://kluis.example`.
///
/// `http://` or `https://`, then small letters, digits and `.:[]-_`: no path, no name and password, no capitals. At most
/// [`limit::ORIGIN_MAX_BYTES`]. Compared byte by byte, never normalised: the usual port is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a>(&'a str);

impl<'a> Origin<'a> {
    /// Takes an origin as it stands in a setting.
    ///
    /// # Errors
    /// When it is too long or of another form.
    pub fn parse(text: &'a str) -> Result<Self, WireError> {
        if text.len() > limit::ORIGIN_MAX_BYTES {
            return Err(WireError::Length {
                got_bytes: text.len(),
                limit_bytes: limit::ORIGIN_MAX_BYTES,
            });
        }
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .unwrap_or_default();
        let is_host = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".:[]-_".contains(&byte)
        };
        if host.is_empty() || !host.bytes().all(is_host) {
            return Err(WireError::Origin);
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl<'a> Field<'a> for Origin<'a> {
    const MIN_BYTES: usize = 4;

    fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError> {
        put_bytes(self.0.as_bytes(), limit::ORIGIN_MAX_BYTES, to)
    }

    fn take(from: &mut Reader<'a>) -> Result<Self, WireError> {
        let bytes = take_bytes(limit::ORIGIN_MAX_BYTES, from)?;
        let text = core::str::from_utf8(bytes).map_err(|_| WireError::Origin)?;
        Self::parse(text)
    }
}

/// At most `MAX` items, in the sender's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List<T, const MAX: usize>(pub Vec<T>);

impl<'a, T: Field<'a>, const MAX: usize> Field<'a> for List<T, MAX> {
    const MIN_BYTES: usize = 2;

    fn put(&self, to: &mut Vec<u8>) -> Result<(), WireError> {
        let over = WireError::Count {
            got: self.0.len(),
            limit: MAX,
        };
        let count = u16::try_from(self.0.len()).map_err(|_| over)?;
        if self.0.len() > MAX {
            return Err(over);
        }
        count.put(to)?;
        self.0.iter().try_for_each(|item| item.put(to))
    }

    fn take(from: &mut Reader<'a>) -> Result<Self, WireError> {
        let got = usize::from(from.u16()?);
        if got > MAX {
            return Err(WireError::Count { got, limit: MAX });
        }
        let missing_bytes = (got * T::MIN_BYTES).saturating_sub(from.rest().len());
        if missing_bytes > 0 {
            return Err(ShortError { missing_bytes }.into());
        }
        let mut items = Vec::with_capacity(got);
        for _ in 0..got {
            items.push(T::take(from)?);
        }
        Ok(Self(items))
    }
}
