//! Tables: each row becomes a type, its encoding and its decoding; and the header before them.

use super::{WireError, field::Field};
use crate::{limit, reader::Reader};

/// Number by which an answer finds its request: chosen by the device from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

impl RequestId {
    /// Stands in frames that answer nothing.
    pub const NONE: Self = Self(0);
}

/// The fields behind a code. `take` never fails on an unknown code: it keeps the bytes as they are.
pub(super) trait Coded<'a>: Sized {
    type Code: Copy;

    fn code(&self) -> Self::Code;

    fn put_fields(&self, to: &mut Vec<u8>) -> Result<(), WireError>;

    fn take_fields(code: Self::Code, from: &mut Reader<'a>) -> Result<Self, WireError>;
}

/// Makes an enum, its codes and both directions from one table.
macro_rules! coded {
    (
        $(#[$doc:meta])*
        $name:ident<$life:lifetime>: $int:ident {
            $(
                $(#[$row_doc:meta])*
                $code:literal = $row:ident $({ $( $(#[$field_doc:meta])* $field:ident: $ty:ty, )* })?;
            )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name<$life> {
            $( $(#[$row_doc])* $row $({ $( $(#[$field_doc])* $field: $ty, )* })?, )*
            /// Of a newer version: read over, never made.
            Unknown {
                /// The code found.
                code: $int,
                /// All its fields.
                fields: &$life [u8],
            },
        }

        impl<$life> $name<$life> {
            /// Every code of the table, in the order of the source.
            pub const CODES: &'static [$int] = &[$($code,)*];

            /// The code in front of the fields.
            #[must_use]
            pub const fn code(&self) -> $int {
                match self {
                    $( Self::$row $({ $( $field: _, )* })? => $code, )*
                    Self::Unknown { code, .. } => *code,
                }
            }
        }

        impl<$life> $crate::wire::frame::Coded<$life> for $name<$life> {
            type Code = $int;

            fn code(&self) -> $int {
                self.code()
            }

            fn put_fields(&self, to: &mut Vec<u8>) -> Result<(), $crate::wire::WireError> {
                match self {
                    $( Self::$row $({ $( $field, )* })? => {
                        $( $( $crate::wire::field::Field::put($field, to)?; )* )?
                        Ok(())
                    } )*
                    Self::Unknown { code, .. } => Err($crate::wire::WireError::Unknown { code: (*code).into() }),
                }
            }

            fn take_fields(
                code: $int,
                from: &mut $crate::reader::Reader<$life>,
            ) -> Result<Self, $crate::wire::WireError> {
                let found = match code {
                    $( $code => Self::$row $({ $( $field: $crate::wire::field::Field::take(from)?, )* })?, )*
                    _ => {
                        let fields = from.rest();
                        from.slice(fields.len())?;
                        Self::Unknown { code, fields }
                    }
                };
                match from.rest().len() {
                    0 => Ok(found),
                    count => Err($crate::wire::WireError::Trailing { count }),
                }
            }
        }
    };
}

/// Makes a struct of fields that stand one after the other. What it borrows lives for `'field`.
macro_rules! fields {
    (
        $(#[$doc:meta])*
        $name:ident $(<$life:lifetime>)? { $( $(#[$field_doc:meta])* $field:ident: $ty:ty, )* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name $(<$life>)? {
            $( $(#[$field_doc])* pub $field: $ty, )*
        }

        impl<'field> $crate::wire::field::Field<'field> for $name $(<$life>)? {
            const MIN_BYTES: usize = 0 $( + <$ty as $crate::wire::field::Field<'field>>::MIN_BYTES )*;

            fn put(&self, to: &mut Vec<u8>) -> Result<(), $crate::wire::WireError> {
                $( self.$field.put(to)?; )*
                Ok(())
            }

            fn take(from: &mut $crate::reader::Reader<'field>) -> Result<Self, $crate::wire::WireError> {
                Ok(Self { $( $field: $crate::wire::field::Field::take(from)?, )* })
            }
        }
    };
}

/// Makes an enum of few values in one byte.
macro_rules! choices {
    (
        $(#[$doc:meta])*
        $name:ident { $( $(#[$row_doc:meta])* $byte:literal = $row:ident, )* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$row_doc])* $row, )*
        }

        impl $crate::wire::field::Field<'_> for $name {
            const MIN_BYTES: usize = 1;

            fn put(&self, to: &mut Vec<u8>) -> Result<(), $crate::wire::WireError> {
                let byte: u8 = match self {
                    $( Self::$row => $byte, )*
                };
                byte.put(to)
            }

            fn take(from: &mut $crate::reader::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                match from.u8()? {
                    $( $byte => Ok(Self::$row), )*
                    got => Err($crate::wire::WireError::Value { got }),
                }
            }
        }
    };
}

pub(super) use {choices, coded, fields};

/// Reads format, type and request.
pub(super) fn take_header(from: &mut Reader<'_>) -> Result<(u8, RequestId), WireError> {
    let format = from.u8()?;
    if format != limit::WIRE_FORMAT {
        return Err(WireError::Format { got: format });
    }
    Ok((from.u8()?, RequestId(from.u32()?)))
}

pub(super) fn encode<'a>(
    message: &impl Coded<'a, Code = u8>,
    request: RequestId,
) -> Result<Vec<u8>, WireError> {
    let mut bytes = vec![limit::WIRE_FORMAT, message.code()];
    request.0.put(&mut bytes)?;
    message.put_fields(&mut bytes)?;
    check_length(&bytes)?;
    Ok(bytes)
}

pub(super) fn decode<'a, M: Coded<'a, Code = u8>>(
    bytes: &'a [u8],
) -> Result<(RequestId, M), WireError> {
    check_length(bytes)?;
    let mut reader = Reader::new(bytes);
    let (code, request) = take_header(&mut reader)?;
    Ok((request, M::take_fields(code, &mut reader)?))
}

fn check_length(bytes: &[u8]) -> Result<(), WireError> {
    if bytes.len() > limit::FRAME_MAX_BYTES {
        return Err(WireError::TooLong {
            got_bytes: bytes.len(),
        });
    }
    Ok(())
}
