//! Why a command stopped before its end.

use crypto::{AeadError, DraftOpenError, KdfError, RecordSealError};
use dossier::problem::Problem;
use protocol::padding::PaddingError;

use crate::command::{Failure, Reply};
use crate::store::StoreError;

/// A command that did not do its work; nothing of it was answered as saved.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The input breaks rules.
    Refused(Vec<Problem>),
    /// It did not work.
    Failed(Failure),
}

pub(crate) type Outcome<T> = Result<T, Stop>;

impl From<Stop> for Reply {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(problems) => Self::Refused(problems),
            Stop::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(match error {
            StoreError::Full => Failure::Full,
            StoreError::Evicted => Failure::Evicted,
            StoreError::Blocked => Failure::Blocked,
            StoreError::Corrupt => Failure::Corrupt,
            StoreError::NewerFormat => Failure::NewerFormat,
        })
    }
}

impl From<PaddingError> for Stop {
    fn from(error: PaddingError) -> Self {
        Self::Failed(match error {
            PaddingError::TooLong {
                got_bytes,
                limit_bytes,
            } => Failure::TooLarge {
                got_bytes: got_bytes as u64,
                limit_bytes: limit_bytes as u64,
            },
            _ => Failure::Internal,
        })
    }
}

impl From<RecordSealError> for Stop {
    fn from(error: RecordSealError) -> Self {
        match error {
            RecordSealError::Padding(error) => error.into(),
            _ => Self::Failed(Failure::Internal),
        }
    }
}

impl From<DraftOpenError> for Stop {
    fn from(error: DraftOpenError) -> Self {
        match error {
            DraftOpenError::Padding(error) => error.into(),
            _ => Self::Failed(Failure::Internal),
        }
    }
}

impl From<AeadError> for Stop {
    fn from(_: AeadError) -> Self {
        Self::Failed(Failure::Internal)
    }
}

impl From<KdfError> for Stop {
    fn from(error: KdfError) -> Self {
        Self::Failed(match error {
            KdfError::Memory => Failure::OutOfMemory,
            KdfError::Params { .. } | KdfError::Request => Failure::Corrupt,
        })
    }
}
