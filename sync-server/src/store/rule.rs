//! The rules that every database keeps: where a record may stand, and what an account may use.

use protocol::wire::{Branch, Refusal};
use protocol::{Incarnation, RecordHash, Seq, record::Link};

use super::StoreError;

/// What a record is to its incarnation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The next one.
    Next,
    /// One stands there already: the same if its bytes are.
    Known,
}

/// Whether a record follows the newest one of its incarnation.
///
/// # Errors
/// When one before it is missing, or it names another one.
pub(super) fn place(newest: Option<&Branch>, link: &Link) -> Result<Place, Refusal<'static>> {
    let none = Branch {
        incarnation: link.incarnation,
        seq: Seq(0),
        hash: RecordHash::NIL,
    };
    let stored = *newest.unwrap_or(&none);
    if link.seq <= stored.seq {
        return Ok(Place::Known);
    }
    if stored.seq.next() != Some(link.seq) {
        return Err(Refusal::Gap { stored });
    }
    if link.prev != stored.hash {
        return Err(Refusal::Fork { stored });
    }
    Ok(Place::Next)
}

/// The refusal of a record where another one stands.
pub(super) fn fork(incarnation: Incarnation, seq: Seq, hash: RecordHash) -> Refusal<'static> {
    let stored = Branch {
        incarnation,
        seq,
        hash,
    };
    Refusal::Fork { stored }
}

/// Whether `more_bytes` still fit.
///
/// # Errors
/// When they do not.
pub(super) fn fits(
    used_bytes: u64,
    more_bytes: u64,
    quota_bytes: u64,
) -> Result<(), Refusal<'static>> {
    match used_bytes.checked_add(more_bytes) {
        Some(sum) if sum <= quota_bytes => Ok(()),
        _ => Err(Refusal::Quota {
            used_bytes,
            quota_bytes,
        }),
    }
}

/// A length as counted against a quota.
pub(super) fn bytes_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// A refusal as the store's answer.
pub(super) const fn refused(refusal: Refusal<'static>) -> StoreError {
    StoreError::Refused(refusal)
}
