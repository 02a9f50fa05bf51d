//! Verifying chains before they are stored, outside any transaction: a chain that names its last entry's hash stays
//! verified as long as that entry is the last one.

use protocol::chain::{self, ChainError, ChainView};
use protocol::wire::{ChainTip, Refusal};
use protocol::{AccountId, ChainHash, DeviceIndex, VerifyKey, limit};

/// A device as the relay keeps it beside the chain, so that a hello reads no chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeviceRow {
    pub(super) device: DeviceIndex,
    pub(super) key: VerifyKey,
    pub(super) revoked_in: Option<u32>,
}

/// A verified chain.
#[derive(Clone, Debug)]
pub(super) struct Verified {
    pub(super) tip: ChainTip,
    pub(super) devices: Vec<DeviceRow>,
}

impl Verified {
    fn of(view: &ChainView) -> Self {
        let devices = view.devices().iter().map(|(device, state)| DeviceRow {
            device: *device,
            key: state.card.verify_key,
            revoked_in: state.revoked_in,
        });
        Self {
            tip: ChainTip {
                len: view.len(),
                head: view.head(),
            },
            devices: devices.collect(),
        }
    }
}

/// Verifies the start of a chain of this account.
///
/// # Errors
/// When it is none.
pub(super) fn start(account: AccountId, entries: &[Vec<u8>]) -> Result<Verified, Refusal<'static>> {
    let view = chain::verify(entries).map_err(refusal)?;
    if view.account() != account {
        return Err(Refusal::ChainInvalid);
    }
    Ok(Verified::of(&view))
}

/// Verifies one more entry behind a stored chain; `None` when the entry is its last one already.
///
/// # Errors
/// When the chain goes on behind `prev`, or the entry does not count.
pub(super) fn append(
    entries: &[Vec<u8>],
    prev: ChainHash,
    entry: &[u8],
) -> Result<Option<Verified>, Refusal<'static>> {
    let mut view = chain::verify(entries).map_err(refusal)?;
    if entries.last().is_some_and(|last| last == entry) {
        return Ok(None);
    }
    if view.head() != prev {
        return Err(Refusal::ChainBehind {
            tip: Verified::of(&view).tip,
        });
    }
    view.append(entry).map_err(refusal)?;
    Ok(Some(Verified::of(&view)))
}

/// Whether a chain that was handed in starts, or goes on, as the stored one.
pub(super) fn agrees(stored: &[Vec<u8>], given: &[Vec<u8>]) -> bool {
    stored.iter().zip(given).all(|(here, there)| here == there)
}

fn refusal(error: ChainError) -> Refusal<'static> {
    match error {
        ChainError::Format { .. } | ChainError::UnknownCritical { .. } => {
            Refusal::FormatTooNew { max: limit::FORMAT }
        }
        _ => Refusal::ChainInvalid,
    }
}
