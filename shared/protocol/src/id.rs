//! Names of things: fixed-size byte strings and counters that never get mixed up.

use core::fmt;

use minicbor::{Decode, Decoder, Encode, Encoder, bytes::ByteArray, decode, encode};

macro_rules! byte_ids {
    ($($(#[$doc:meta])* $name:ident[$len:literal];)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;
            /// All zero: "none" where a format has a fixed place for this id.
            pub const NIL: Self = Self([0; $len]);

            /// Takes the bytes as they are.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes as stored and sent.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = core::array::TryFromSliceError;

            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
                ByteArray::<$len>::decode(d, ctx).map(|bytes| Self(bytes.into()))
            }
        }
    )*};
}

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident($int:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub $int);

        impl $name {
            /// The next one, or `None` when the counter is used up.
            #[must_use]
            pub const fn next(self) -> Option<Self> {
                match self.0.checked_add(1) {
                    Some(value) => Some(Self(value)),
                    None => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

byte_ids! {
    /// Hash of the genesis entry; names the account for ever.
    AccountId[32];
    /// Random name of one document.
    DocId[16];
    /// Random name of one client.
    ClientId[16];
    /// Random name of one run of a device's sequence: new at first run and after a restore.
    Incarnation[8];
    /// First bytes of a derivation of a key: its name and the commitment to it.
    KeyId[16];
    /// Hash over the account and a whole record, signature included.
    RecordHash[32];
    /// Hash over a whole account chain entry.
    ChainHash[32];
    /// Hash of an Automerge change.
    ChangeHash[32];
    /// Random name of one relay store: new after the store was lost.
    RelayInstance[16];
    /// Random bytes a relay wants signed, new on every connection.
    Challenge[32];
    /// Name of a pairing mailbox, derived from the pairing code.
    BoxId[16];
    /// Random bytes that show who opened or claimed a pairing mailbox.
    BoxToken[16];
}

counters! {
    /// Place of a device in the account chain's list of devices; never used again.
    DeviceIndex(u16);
    /// Place of a record in one incarnation of one device, from 1.
    Seq(u32);
    /// Place of a record in the relay's log of its account, from 1 without holes; 0 stands before the first.
    AccountSeq(u64);
    /// How often a document was rebuilt for an erasure.
    Generation(u16);
    /// Which keyring key is in use, from 0.
    Epoch(u32);
}

impl RecordHash {
    /// First 8 bytes, as written in `seen`.
    #[must_use]
    pub fn short(&self) -> [u8; 8] {
        short(&self.0)
    }
}

impl ChainHash {
    /// First 8 bytes, as written in a record's outer part.
    #[must_use]
    pub fn short(&self) -> [u8; 8] {
        short(&self.0)
    }
}

impl From<ChainHash> for AccountId {
    fn from(genesis: ChainHash) -> Self {
        Self(genesis.0)
    }
}

fn short(hash: &[u8; 32]) -> [u8; 8] {
    hash.first_chunk().copied().unwrap_or_default()
}
