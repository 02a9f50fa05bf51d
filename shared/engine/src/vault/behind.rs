//! What is stored and not yet in its documents, by client: sealed rows of a fixed size, so that taking in more never
//! writes more per record, and nothing is asked of a relay twice.
//!
//! A row is written in the commit that stores its records, and goes in the commit that brings them into their documents.
//! Records that wait for a key or an earlier one stand in the state of the exchange; here they are only named to be
//! tried again.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use protocol::{ClientId, DocId, RecordHash};
use rand_core::CryptoRng;

use super::keys::Keys;
use super::local;
use super::stop::Outcome;
use super::turn::Turn;
use crate::store::{Store, StoreName};

/// Name of a row, before the client and the number.
const BEHIND: &[u8] = b"behind";
/// Layout of a row.
const VERSION: u8 = 1;
/// Records that one row names.
const PART_RECORDS: usize = 64;

/// A stored record that is not in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Entry {
    #[n(0)]
    pub(crate) doc: DocId,
    #[n(1)]
    pub(crate) record: RecordHash,
    /// When it says it was made, ms since the epoch, UTC; 0 = it does not open. A claim.
    #[n(2)]
    pub(crate) made_at: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Part {
    #[n(0)]
    version: u8,
    #[n(1)]
    entries: Vec<Entry>,
}

/// What waits for one client, or for the practice.
#[derive(Debug, Default)]
struct Queue {
    /// In the order in which they came; those that rows name.
    entries: Vec<Entry>,
    /// Named as not opened, and tried again: in memory only.
    again: Vec<Entry>,
    newest: u64,
    /// Rows that stand in the store.
    part_count: usize,
    /// The first entry that no row names as it is.
    changed_from: Option<usize>,
}

/// Everything that waits.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    queues: BTreeMap<Option<ClientId>, Queue>,
}

impl Behind {
    /// How many records wait.
    pub(crate) fn count(&self) -> usize {
        let queues = self.queues.values();
        queues.map(|of| of.entries.len() + of.again.len()).sum()
    }

    /// How many the rows name.
    fn kept_count(&self) -> usize {
        self.queues.values().map(|of| of.entries.len()).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    pub(crate) fn has(&self, client: Option<ClientId>) -> bool {
        self.queues.contains_key(&client)
    }

    /// Whether this record of a document waits.
    pub(crate) fn holds(&self, client: Option<ClientId>, record: &RecordHash) -> bool {
        let queue = self.queues.get(&client);
        queue.is_some_and(|of| of.entries.iter().any(|entry| entry.record == *record))
    }

    /// Who waits, with the time of the newest record: newest first.
    pub(crate) fn clients(&self) -> Vec<(Option<ClientId>, u64)> {
        let queues = self.queues.iter();
        let mut clients: Vec<_> = queues.map(|(client, of)| (*client, of.newest)).collect();
        clients.sort_by_key(|(_, newest)| core::cmp::Reverse(*newest));
        clients
    }

    /// How many records of a client wait.
    pub(crate) fn count_of(&self, client: Option<ClientId>) -> usize {
        let queue = self.queues.get(&client);
        queue.map_or(0, |of| of.entries.len() + of.again.len())
    }

    /// Adds a record that was just stored.
    pub(crate) fn add(&mut self, client: Option<ClientId>, entry: Entry) {
        let queue = self.queues.entry(client).or_default();
        let place = queue.entries.len();
        queue.changed_from = Some(queue.changed_from.map_or(place, |from| from.min(place)));
        queue.newest = queue.newest.max(entry.made_at);
        queue.entries.push(entry);
    }

    /// Adds a record that could not be opened before.
    pub(crate) fn try_again(&mut self, client: Option<ClientId>, entry: Entry) {
        let queue = self.queues.entry(client).or_default();
        let mut known = queue.entries.iter().chain(&queue.again);
        if !known.any(|known| known.record == entry.record) {
            queue.again.push(entry);
        }
    }

    /// What of a client is to be applied now: whole documents, at least one, about `limit` records at most; those with
    /// the newest records first.
    pub(crate) fn pick(&self, client: Option<ClientId>, limit: usize) -> Vec<Entry> {
        let Some(queue) = self.queues.get(&client) else {
            return Vec::new();
        };
        let mut docs: BTreeMap<DocId, (u64, usize)> = BTreeMap::new();
        for entry in queue.again.iter().chain(&queue.entries) {
            let (newest, count) = docs.entry(entry.doc).or_default();
            *newest = (*newest).max(entry.made_at);
            *count += 1;
        }
        let mut ranked: Vec<_> = docs.into_iter().collect();
        ranked.sort_by_key(|(doc, (newest, _))| (core::cmp::Reverse(*newest), *doc));
        let mut picked = BTreeSet::new();
        let mut sum = 0;
        for (doc, (_, count)) in ranked {
            if !picked.is_empty() && sum + count > limit {
                continue;
            }
            sum += count;
            picked.insert(doc);
        }
        let entries = queue.again.iter().chain(&queue.entries);
        entries
            .filter(|entry| picked.contains(&entry.doc))
            .copied()
            .collect()
    }

    /// Takes records out that were applied, or are named as not opened.
    pub(crate) fn remove(&mut self, client: Option<ClientId>, gone: &BTreeSet<RecordHash>) {
        let Some(queue) = self.queues.get_mut(&client) else {
            return;
        };
        let mut is_gone = queue.entries.iter().map(|of| gone.contains(&of.record));
        if let Some(first) = is_gone.position(|gone| gone) {
            queue.changed_from = Some(queue.changed_from.map_or(first, |from| from.min(first)));
        }
        queue.entries.retain(|entry| !gone.contains(&entry.record));
        queue.again.retain(|entry| !gone.contains(&entry.record));
        let newest = queue.entries.iter().map(|entry| entry.made_at).max();
        queue.newest = newest.unwrap_or_default();
    }

    /// A record is there under another name.
    pub(crate) fn rename(&mut self, earlier: &RecordHash, now: RecordHash) {
        for queue in self.queues.values_mut() {
            let mut entries = queue.entries.iter();
            let Some(place) = entries.position(|entry| entry.record == *earlier) else {
                continue;
            };
            if let Some(entry) = queue.entries.get_mut(place) {
                entry.record = now;
            }
            queue.changed_from = Some(queue.changed_from.map_or(place, |from| from.min(place)));
        }
    }
}

/// Row of one part.
fn row_of(keys: &Keys, client: Option<ClientId>, number: usize) -> Vec<u8> {
    let number = u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    let owner = client.map(|client| *client.as_bytes());
    let owner = owner.as_ref().map_or(&[][..], |owner| owner.as_slice());
    local::row_name(&keys.local, StoreName::Cursor, &[BEHIND, owner, &number])
}

/// Whether a row of this name may be a part: it opens as one.
pub(crate) fn is_part(keys: &Keys, row: &[u8], sealed: &[u8]) -> bool {
    open_part(keys, row, sealed).is_some()
}

fn open_part(keys: &Keys, row: &[u8], sealed: &[u8]) -> Option<Part> {
    let (local, account) = (&keys.local, &keys.account);
    let part = local::open_value::<Part>(local, account, StoreName::Cursor, row, sealed);
    part.ok().filter(|part| part.version == VERSION)
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Writes what changed since the last commit.
    pub(super) fn put_behind(&mut self) -> Outcome<()> {
        let mut queues = core::mem::take(&mut self.session.behind.queues);
        for (client, queue) in &mut queues {
            let Some(from) = queue.changed_from.take() else {
                continue;
            };
            let parts = queue.entries.chunks(PART_RECORDS).enumerate();
            for (number, entries) in parts.skip(from / PART_RECORDS) {
                let part = Part {
                    version: VERSION,
                    entries: entries.to_vec(),
                };
                let row = row_of(self.keys, *client, number);
                self.put_value(StoreName::Cursor, row, &part)?;
            }
            let part_count = queue.entries.len().div_ceil(PART_RECORDS);
            for number in part_count..queue.part_count {
                let row = row_of(self.keys, *client, number);
                self.batch.delete(StoreName::Cursor, row);
            }
            queue.part_count = part_count;
        }
        queues.retain(|_, queue| !queue.entries.is_empty() || !queue.again.is_empty());
        self.session.behind.queues = queues;
        let count = u64::try_from(self.session.behind.kept_count()).unwrap_or(u64::MAX);
        let count = Some(count).filter(|count| *count > 0);
        if self.session.sync.behind != count {
            self.session.sync.behind = count;
            self.session.is_sync_changed = true;
        }
        Ok(())
    }

    /// Reads what waits. Answers whether all of it could be read.
    pub(super) async fn read_behind(&mut self) -> Outcome<bool> {
        let Some(expected) = self.session.sync.behind else {
            return Ok(true);
        };
        let clients = self.session.catalogue.clients().map(Some);
        let mut open: Vec<Option<ClientId>> = core::iter::once(None).chain(clients).collect();
        let mut number = 0;
        while !open.is_empty() {
            let rows: Vec<Vec<u8>> = {
                let rows = open.iter().map(|of| row_of(self.keys, *of, number));
                rows.collect()
            };
            let stored = self.store.read_many(StoreName::Cursor, &rows).await?;
            let mut longer = Vec::new();
            for ((client, row), stored) in open.into_iter().zip(rows).zip(stored) {
                let part = stored.and_then(|sealed| open_part(self.keys, &row, &sealed));
                let Some(part) = part else {
                    continue;
                };
                if part.entries.len() == PART_RECORDS {
                    longer.push(client);
                }
                let queue = self.session.behind.queues.entry(client).or_default();
                let newest = part.entries.iter().map(|entry| entry.made_at).max();
                queue.newest = queue.newest.max(newest.unwrap_or_default());
                queue.part_count = number + 1;
                queue.entries.extend(part.entries);
            }
            open = longer;
            number += 1;
        }
        let found = u64::try_from(self.session.behind.kept_count()).unwrap_or(u64::MAX);
        Ok(found >= expected)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    const CLIENT: Option<ClientId> = Some(ClientId::from_bytes([1; 16]));

    fn entry(doc: u8, number: u8, made_at: u64) -> Entry {
        Entry {
            doc: DocId::from_bytes([doc; 16]),
            record: RecordHash::from_bytes([number; 32]),
            made_at,
        }
    }

    fn behind() -> Behind {
        let mut behind = Behind::default();
        for (doc, number, made_at) in [(1, 1, 10), (2, 2, 90), (1, 3, 20), (3, 4, 30)] {
            behind.add(CLIENT, entry(doc, number, made_at));
        }
        behind
    }

    fn numbers(entries: &[Entry]) -> Vec<u8> {
        entries.iter().map(|of| of.record.as_bytes()[0]).collect()
    }

    #[test]
    fn whole_documents_are_picked_the_newest_first() {
        let behind = behind();
        assert_eq!(numbers(&behind.pick(CLIENT, 1)), [2]);
        assert_eq!(numbers(&behind.pick(CLIENT, 2)), [2, 4]);
        assert_eq!(numbers(&behind.pick(CLIENT, 9)), [1, 2, 3, 4]);
        assert!(behind.pick(None, 9).is_empty());
    }

    #[test]
    fn what_is_gone_leaves_the_rest_in_order() {
        let mut behind = behind();
        behind.queues.get_mut(&CLIENT).unwrap().changed_from = None;
        behind.remove(CLIENT, &BTreeSet::from([entry(2, 2, 0).record]));
        let queue = &behind.queues[&CLIENT];
        assert_eq!(numbers(&queue.entries), [1, 3, 4]);
        assert_eq!((queue.newest, queue.changed_from), (30, Some(1)));
    }

    #[test]
    fn a_record_is_tried_again_once() {
        let mut behind = behind();
        for number in [4, 5, 5] {
            behind.try_again(CLIENT, entry(3, number, 0));
        }
        assert_eq!((behind.count(), behind.kept_count()), (5, 4));
    }
}
