//! The rows that are read before the vault is open. Slot and chain stand there twice: they are small, and nothing
//! opens without them.

use crypto::{Slot, SlotError};
use minicbor::{Decode, Encode};
use protocol::chain::{ChainError, ChainView};
use protocol::{cbor, limit};

use super::stop::Outcome;
use crate::command::Failure;
use crate::store::{Batch, Row, Store, StoreName, StoreState};

/// Layout of the rows. 100 to 199 can be read by this version; a breaking change goes to 200.
const SCHEMA: u16 = 100;
const SCHEMA_BREAKS: u16 = 200;
const MAGIC: [u8; 4] = *b"DKLS";
const FORMAT: [&[u8]; 2] = [b"format", b"format-2"];
const SLOT: [&[u8]; 2] = [b"slot", b"slot-2"];
const CHAIN: [&[u8]; 2] = [b"chain/", b"chain-2/"];
const THROTTLE: &[u8] = b"throttle";

/// What opens a vault.
pub(crate) struct Meta {
    pub(crate) slot: Slot,
    pub(crate) chain: ChainView,
    pub(crate) throttle: Throttle,
    /// Restores what stood damaged beside a sound copy.
    pub(crate) repairs: Batch,
}

/// Wrong tries in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Throttle {
    /// How many.
    #[n(0)]
    pub(crate) failed_count: u32,
    /// Time of the last one, ms since the epoch, UTC.
    #[n(1)]
    pub(crate) last_at: i64,
    /// Times that are not in the access log yet.
    #[n(2)]
    pub(crate) times: Vec<i64>,
}

/// Wrong tries without a wait.
const FREE_TRIES: u32 = 5;
/// Waits after the fifth wrong try and on, in ms; the last one stays.
const WAITS_MS: [i64; 5] = [30_000, 60_000, 120_000, 300_000, 900_000];
/// Times kept for the access log.
const TIMES_MAX: usize = 256;

impl Throttle {
    /// End of the wait; 0 = none. A clock that was set back makes no wait longer than the wait itself.
    pub(crate) fn wait_until(&self, now: i64) -> i64 {
        let Some(step) = self.failed_count.checked_sub(FREE_TRIES) else {
            return 0;
        };
        let step = usize::try_from(step)
            .unwrap_or(usize::MAX)
            .min(WAITS_MS.len() - 1);
        let wait = WAITS_MS.get(step).copied().unwrap_or_default();
        let until = self
            .last_at
            .saturating_add(wait)
            .min(now.saturating_add(wait));
        if until > now { until } else { 0 }
    }

    pub(crate) fn fail(&mut self, now: i64) {
        self.failed_count = self.failed_count.saturating_add(1);
        self.last_at = now;
        if self.times.len() < TIMES_MAX {
            self.times.push(now);
        }
    }
}

/// Puts everything a new vault is opened with into a batch.
pub(crate) fn put_new(batch: &mut Batch, slot: &Slot, chain: &[Vec<u8>]) {
    let mut format = MAGIC.to_vec();
    format.extend_from_slice(&SCHEMA.to_be_bytes());
    format.push(limit::FORMAT);
    for name in FORMAT {
        batch.put(StoreName::Meta, name, format.clone());
    }
    for name in SLOT {
        batch.put(StoreName::Meta, name, slot.encode());
    }
    for (index, entry) in (0..).zip(chain) {
        put_chain_entry(batch, index, entry);
    }
}

/// Puts the next entry of the account chain into a batch.
pub(crate) fn put_chain_entry(batch: &mut Batch, index: u32, entry: &[u8]) {
    for name in CHAIN {
        batch.put(StoreName::Meta, chain_row(name, index), entry);
    }
}

/// The account chain as stored, from the genesis on: the longer one of two sound copies.
pub(crate) async fn read_chain_entries<S: Store>(store: &S) -> Outcome<Vec<Vec<u8>>> {
    let (_, entries) = read_chain_copies(store, &mut Batch::default()).await?;
    Ok(entries)
}

/// Puts the wrong tries into a batch.
pub(crate) fn put_throttle(batch: &mut Batch, throttle: &Throttle) {
    batch.put(StoreName::Meta, THROTTLE, cbor::encode(throttle));
}

fn chain_row(name: &[u8], index: u32) -> Vec<u8> {
    let mut row = name.to_vec();
    row.extend_from_slice(&index.to_be_bytes());
    row
}

/// Whether there is a vault that this version can read.
pub(crate) async fn has_vault<S: Store>(store: &S) -> Outcome<bool> {
    if store.state().await? == StoreState::Absent {
        return Ok(false);
    }
    let mut is_newer = false;
    for name in FORMAT {
        let row = store.read(StoreName::Meta, name).await?;
        match row.as_deref().and_then(read_format) {
            Some(true) => return Ok(true),
            Some(false) => is_newer = true,
            None => {}
        }
    }
    if is_newer {
        return Err(Failure::NewerFormat.into());
    }
    for name in [StoreName::Meta, StoreName::Record, StoreName::Cursor] {
        if !store.read_prefix(name, &[]).await?.is_empty() {
            return Err(Failure::Corrupt.into());
        }
    }
    Ok(false)
}

/// Whether a format row can be read by this version; `None` = damaged.
fn read_format(row: &[u8]) -> Option<bool> {
    let (magic, rest) = row.split_first_chunk::<4>()?;
    let (schema, rest) = rest.split_first_chunk::<2>()?;
    let format = rest.first()?;
    (*magic == MAGIC)
        .then_some(u16::from_be_bytes(*schema) < SCHEMA_BREAKS && *format <= limit::FORMAT)
}

/// Wrong tries in a row; a damaged row counts as none.
pub(crate) async fn read_throttle<S: Store>(store: &S) -> Outcome<Throttle> {
    let row = store.read(StoreName::Meta, THROTTLE).await?;
    Ok(row
        .and_then(|row| cbor::decode(&row).ok())
        .unwrap_or_default())
}

/// Reads what opens the vault.
pub(crate) async fn read_meta<S: Store>(store: &S) -> Outcome<Meta> {
    let throttle = read_throttle(store).await?;
    let mut repairs = Batch::default();
    mend_format(store, &mut repairs).await?;
    let slot = read_slot(store, &mut repairs).await?;
    let chain = read_chain(store, &mut repairs).await?;
    if slot.account() != chain.account() {
        return Err(Failure::Corrupt.into());
    }
    Ok(Meta {
        slot,
        chain,
        throttle,
        repairs,
    })
}

/// The second copy of the format, where one is damaged.
async fn mend_format<S: Store>(store: &S, repairs: &mut Batch) -> Outcome<()> {
    let mut sound = None;
    let mut damaged = Vec::new();
    for name in FORMAT {
        match store.read(StoreName::Meta, name).await? {
            Some(row) if read_format(&row).is_some() => sound = Some(row),
            _ => damaged.push(name),
        }
    }
    if let Some(row) = sound {
        for name in damaged {
            repairs.put(StoreName::Meta, name, row.clone());
        }
    }
    Ok(())
}

async fn read_slot<S: Store>(store: &S, repairs: &mut Batch) -> Outcome<Slot> {
    let mut failure = Failure::Corrupt;
    let mut sound = None;
    let mut damaged = Vec::new();
    for name in SLOT {
        let row = store.read(StoreName::Meta, name).await?;
        match row.as_deref().map(Slot::decode) {
            Some(Ok(slot)) => sound = sound.or(Some(slot)),
            Some(Err(SlotError::Format { .. } | SlotError::Kind { .. })) => {
                failure = Failure::NewerFormat;
                damaged.push(name);
            }
            _ => damaged.push(name),
        }
    }
    let slot = sound.ok_or(failure)?;
    for name in damaged {
        repairs.put(StoreName::Meta, name, slot.encode());
    }
    Ok(slot)
}

async fn read_chain<S: Store>(store: &S, repairs: &mut Batch) -> Outcome<ChainView> {
    let (view, _) = read_chain_copies(store, repairs).await?;
    Ok(view)
}

/// Takes each entry from whichever copy has it sound, and says how to mend the other copy.
async fn read_chain_copies<S: Store>(
    store: &S,
    repairs: &mut Batch,
) -> Outcome<(ChainView, Vec<Vec<u8>>)> {
    let mut copies = Vec::with_capacity(CHAIN.len());
    for name in CHAIN {
        copies.push(store.read_prefix(StoreName::Meta, name).await?);
    }
    let last = |rows: &Vec<Row>| rows.last().map(|(key, _)| key.last_chunk().copied());
    let ends = copies.iter().filter_map(last).flatten();
    let count = ends.map(u32::from_be_bytes).max().ok_or(Failure::Corrupt)?;
    let mut chain: Option<ChainView> = None;
    let mut entries = Vec::new();
    for index in 0..=count {
        let mut failure = Failure::Corrupt;
        let mut sound: Option<(ChainView, &Vec<u8>)> = None;
        let mut damaged = Vec::new();
        for (name, rows) in CHAIN.into_iter().zip(&copies) {
            let row = chain_row(name, index);
            let stored = rows.iter().find(|(key, _)| *key == row);
            match stored.map(|(_, entry)| (extend(chain.as_ref(), entry), entry)) {
                Some((Ok(next), entry)) if sound.is_none() => sound = Some((next, entry)),
                Some((Ok(_), entry)) if sound.as_ref().is_some_and(|(_, one)| *one == entry) => {}
                Some((Err(ChainError::Format { .. } | ChainError::UnknownCritical { .. }), _)) => {
                    failure = Failure::NewerFormat;
                    damaged.push(row);
                }
                _ => damaged.push(row),
            }
        }
        let (next, entry) = sound.ok_or(failure)?;
        for row in damaged {
            repairs.put(StoreName::Meta, row, entry.clone());
        }
        entries.push(entry.clone());
        chain = Some(next);
    }
    Ok((chain.ok_or(Failure::Corrupt)?, entries))
}

fn extend(chain: Option<&ChainView>, entry: &[u8]) -> Result<ChainView, ChainError> {
    match chain {
        None => ChainView::start(entry),
        Some(chain) => {
            let mut next = chain.clone();
            next.append(entry).map(|()| next)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_after_five_tries_and_end() {
        let mut throttle = Throttle::default();
        let now = 1_000_000;
        let mut waits = Vec::new();
        for _ in 0..12 {
            throttle.fail(now);
            let until = throttle.wait_until(now);
            waits.push(if until == 0 { 0 } else { until - now });
        }
        let (s30, m15) = (30_000, 900_000);
        assert_eq!(
            waits,
            [
                0, 0, 0, 0, s30, 60_000, 120_000, 300_000, m15, m15, m15, m15
            ]
        );
        assert_eq!(throttle.wait_until(now + m15), 0);
        assert_eq!(
            throttle.wait_until(now - 86_400_000),
            now - 86_400_000 + m15
        );
    }

    #[test]
    fn format_rows() {
        let row =
            |schema: u16, format: u8| [MAGIC.as_slice(), &schema.to_be_bytes(), &[format]].concat();
        assert_eq!(read_format(&row(100, 1)), Some(true));
        assert_eq!(read_format(&row(199, 1)), Some(true));
        assert_eq!(read_format(&row(200, 1)), Some(false));
        assert_eq!(read_format(&row(100, 2)), Some(false));
        assert_eq!(read_format(b"DKLS\0"), None);
        assert_eq!(read_format(b"XXXX\0\x64\x01"), None);
    }
}
