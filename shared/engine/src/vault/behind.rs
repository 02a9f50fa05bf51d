//! What is stored and not yet in its documents, by client.
//!
//! On disk it is a journal of sealed rows: a commit that stores records adds one part that names them, a commit that brings
//! some in adds one mark that names their documents. A part goes when all of it was brought in, a mark when nothing
//! waits. So neither commit writes more as more waits, and nothing is asked of a relay twice.
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

/// Name of a part, before its number.
const PART: &[u8] = b"behind";
/// Name of a mark, before its number.
const MARK: &[u8] = b"brought-in";
/// Layout of both rows. Parts of layout 1 stood in rows by client: what they name is found in the records again.
const VERSION: u8 = 2;

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
    /// Number of the part that names it.
    #[cbor(skip)]
    part: u32,
}

impl Entry {
    pub(crate) const fn new(doc: DocId, record: RecordHash, made_at: u64) -> Self {
        Self {
            doc,
            record,
            made_at,
            part: 0,
        }
    }
}

/// Records that one commit stored.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Part {
    #[n(0)]
    version: u8,
    #[n(1)]
    entries: Vec<Entry>,
}

/// Documents into which one commit brought what the parts up to a number name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Mark {
    #[n(0)]
    version: u8,
    #[n(1)]
    docs: Vec<(DocId, u32)>,
}

/// Which rows of the journal there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Journal {
    /// Parts stand from this number on, with gaps.
    #[n(0)]
    first_part: u32,
    /// The number after the last part.
    #[n(1)]
    part_end: u32,
    #[n(2)]
    mark_count: u32,
}

/// What waits for one client, or for the practice.
#[derive(Debug, Default)]
struct Queue {
    /// In the order in which they came; those that parts name.
    entries: Vec<Entry>,
    /// Named as not opened, and tried again: in memory only.
    again: Vec<Entry>,
    newest: u64,
}

/// Everything that waits.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    queues: BTreeMap<Option<ClientId>, Queue>,
    /// How many records of each part wait; the last one may not be written yet.
    parts: BTreeMap<u32, usize>,
    journal: Journal,
    /// Parts in which a record got another name since the last commit.
    renamed: BTreeSet<u32>,
    /// What was brought in since the last commit: documents, and the last part that named something of them.
    brought_in: BTreeMap<DocId, u32>,
}

impl Behind {
    /// How many records wait.
    pub(crate) fn count(&self) -> usize {
        let queues = self.queues.values();
        queues.map(|of| of.entries.len() + of.again.len()).sum()
    }

    /// How many the parts name.
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

    /// Whether a record waits for a document of this kind.
    pub(crate) fn any(&self, client: Option<ClientId>, is_wanted: impl Fn(DocId) -> bool) -> bool {
        let queue = self.queues.get(&client).into_iter();
        let mut entries = queue.flat_map(|of| of.again.iter().chain(&of.entries));
        entries.any(|entry| is_wanted(entry.doc))
    }

    /// Adds a record that was just stored.
    pub(crate) fn add(&mut self, client: Option<ClientId>, entry: Entry) {
        let part = self.journal.part_end;
        self.list(client, Entry { part, ..entry });
    }

    fn list(&mut self, client: Option<ClientId>, entry: Entry) {
        *self.parts.entry(entry.part).or_default() += 1;
        let queue = self.queues.entry(client).or_default();
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

    /// What of a client is to be applied now: whole documents of those that `is_wanted`, at least one, about `limit`
    /// records at most; those with the newest records first.
    pub(crate) fn pick(
        &self,
        client: Option<ClientId>,
        limit: usize,
        is_wanted: impl Fn(DocId) -> bool,
    ) -> Vec<Entry> {
        let Some(queue) = self.queues.get(&client) else {
            return Vec::new();
        };
        let entries = || queue.again.iter().chain(&queue.entries);
        let mut docs: BTreeMap<DocId, (u64, usize)> = BTreeMap::new();
        for entry in entries().filter(|of| is_wanted(of.doc)) {
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
        entries()
            .filter(|entry| picked.contains(&entry.doc))
            .copied()
            .collect()
    }

    /// Takes records out that were applied, or are named as not opened: all that wait for their documents.
    pub(crate) fn remove(&mut self, client: Option<ClientId>, gone: &BTreeSet<RecordHash>) {
        let Some(queue) = self.queues.get_mut(&client) else {
            return;
        };
        for entry in queue.entries.iter().filter(|of| gone.contains(&of.record)) {
            if let Some(count) = self.parts.get_mut(&entry.part) {
                *count = count.saturating_sub(1);
            }
            let last = self.brought_in.entry(entry.doc).or_default();
            *last = entry.part.max(*last);
        }
        queue.entries.retain(|entry| !gone.contains(&entry.record));
        queue.again.retain(|entry| !gone.contains(&entry.record));
        let newest = queue.entries.iter().map(|entry| entry.made_at).max();
        queue.newest = newest.unwrap_or_default();
    }

    /// A record is there under another name.
    pub(crate) fn rename(&mut self, earlier: &RecordHash, now: RecordHash) {
        for queue in self.queues.values_mut() {
            let entries = queue.entries.iter_mut();
            for entry in entries.filter(|entry| entry.record == *earlier) {
                entry.record = now;
                self.renamed.insert(entry.part);
            }
            let again = queue.again.iter_mut();
            for entry in again.filter(|entry| entry.record == *earlier) {
                entry.record = now;
            }
        }
    }

    /// What waits of a part, as it is written.
    fn part(&self, number: u32) -> Part {
        let entries = self.queues.values().flat_map(|of| &of.entries);
        let entries = entries.filter(|entry| entry.part == number).copied();
        Part {
            version: VERSION,
            entries: entries.collect(),
        }
    }
}

/// Row of one part.
fn part_row(keys: &Keys, number: u32) -> Vec<u8> {
    let number = number.to_be_bytes();
    local::row_name(&keys.local, StoreName::Cursor, &[PART, &number])
}

/// Row of one mark.
fn mark_row(keys: &Keys, number: u32) -> Vec<u8> {
    let number = number.to_be_bytes();
    local::row_name(&keys.local, StoreName::Cursor, &[MARK, &number])
}

/// Whether a row of this name may be one of the journal: it opens as one.
pub(crate) fn is_of_journal(keys: &Keys, row: &[u8], sealed: &[u8]) -> bool {
    open::<Part>(keys, row, sealed).is_some() || open::<Mark>(keys, row, sealed).is_some()
}

fn open<T>(keys: &Keys, row: &[u8], sealed: &[u8]) -> Option<T>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    local::open_value::<T>(&keys.local, &keys.account, StoreName::Cursor, row, sealed).ok()
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Writes what changed since the last commit.
    pub(super) fn put_behind(&mut self) -> Outcome<()> {
        let mut behind = core::mem::take(&mut self.session.behind);
        let written = self.put_journal(&mut behind);
        behind
            .queues
            .retain(|_, of| !of.entries.is_empty() || !of.again.is_empty());
        let count = u64::try_from(behind.kept_count()).unwrap_or(u64::MAX);
        let count = Some(count).filter(|count| *count > 0);
        let journal = count.map(|_| behind.journal);
        self.session.behind = behind;
        written?;
        let sync = &mut self.session.sync;
        if (sync.behind, sync.journal) != (count, journal) {
            (sync.behind, sync.journal) = (count, journal);
            self.session.is_sync_changed = true;
        }
        Ok(())
    }

    fn put_journal(&mut self, behind: &mut Behind) -> Outcome<()> {
        let end = behind.journal.part_end;
        let keys = self.keys;
        let is_whole = behind.kept_count() == 0;
        // Parts of which nothing waits.
        let gone = behind.parts.iter().filter(|(_, count)| **count == 0);
        let gone: Vec<u32> = gone.map(|(number, _)| *number).collect();
        for number in gone {
            behind.parts.remove(&number);
            behind.renamed.remove(&number);
            if number < end {
                self.batch.delete(StoreName::Cursor, part_row(keys, number));
            }
        }
        if is_whole {
            for number in 0..behind.journal.mark_count {
                self.batch.delete(StoreName::Cursor, mark_row(keys, number));
            }
            behind.brought_in.clear();
            behind.journal = Journal::default();
            return Ok(());
        }
        if behind.parts.contains_key(&end) {
            behind.renamed.insert(end);
            behind.journal.part_end = end.saturating_add(1);
        }
        for number in core::mem::take(&mut behind.renamed) {
            let part = behind.part(number);
            self.put_value(StoreName::Cursor, part_row(keys, number), &part)?;
        }
        let first = behind.parts.keys().next().copied().unwrap_or(end);
        behind.journal.first_part = first;
        let docs = core::mem::take(&mut behind.brought_in).into_iter();
        let docs: Vec<(DocId, u32)> = docs.filter(|(_, last)| *last >= first).collect();
        if !docs.is_empty() {
            let version = VERSION;
            let row = mark_row(keys, behind.journal.mark_count);
            self.put_value(StoreName::Cursor, row, &Mark { version, docs })?;
            behind.journal.mark_count = behind.journal.mark_count.saturating_add(1);
        }
        Ok(())
    }

    /// Reads what waits. Answers whether all of it could be read.
    pub(super) async fn read_behind(&mut self) -> Outcome<bool> {
        let Some(expected) = self.session.sync.behind else {
            return Ok(true);
        };
        let Some(journal) = self.session.sync.journal else {
            return Ok(false);
        };
        let keys = self.keys;
        let marks = (0..journal.mark_count).map(|number| mark_row(keys, number));
        let marks = self.read_journal::<Mark>(marks.collect()).await?;
        let mut brought_in: BTreeMap<DocId, u32> = BTreeMap::new();
        let is_known = |mark: &Option<Mark>| mark.as_ref().is_some_and(|of| of.version == VERSION);
        // Without all of them what was brought in counts for what is lost.
        let has_all_marks = marks.iter().all(is_known);
        let marks = marks.into_iter().filter(is_known).flatten();
        for (doc, last) in marks.flat_map(|mark| mark.docs) {
            let known = brought_in.entry(doc).or_default();
            *known = last.max(*known);
        }
        let numbers = journal.first_part..journal.part_end;
        let rows = numbers.clone().map(|number| part_row(keys, number));
        let parts = self.read_journal::<Part>(rows.collect()).await?;
        let mut behind = Behind {
            journal,
            ..Behind::default()
        };
        for (number, part) in numbers.zip(parts) {
            let Some(part) = part.filter(|part| part.version == VERSION) else {
                continue;
            };
            behind.parts.insert(number, 0);
            let is_in = |of: &Entry| brought_in.get(&of.doc).is_some_and(|last| number <= *last);
            for entry in part.entries.into_iter().filter(|of| !is_in(of)) {
                let Some((client, _, _)) = self.session.catalogue.place(entry.doc) else {
                    continue;
                };
                let part = number;
                behind.list(client, Entry { part, ..entry });
            }
        }
        let found = u64::try_from(behind.kept_count()).unwrap_or(u64::MAX);
        self.session.behind = behind;
        Ok(has_all_marks && found >= expected)
    }

    /// Has rows of the journal deleted that nothing names any more.
    pub(super) async fn drop_strays(&mut self) -> Outcome<()> {
        let (keys, behind) = (self.keys, &self.session.behind);
        let mut named: BTreeSet<Vec<u8>> = BTreeSet::new();
        named.extend(behind.parts.keys().map(|number| part_row(keys, *number)));
        let marks = 0..behind.journal.mark_count;
        named.extend(marks.map(|number| mark_row(keys, number)));
        for (row, sealed) in self.store.read_prefix(StoreName::Cursor, &[]).await? {
            if !named.contains(&row) && is_of_journal(keys, &row, &sealed) {
                self.batch.delete(StoreName::Cursor, row);
            }
        }
        Ok(())
    }

    /// Rows of the journal, each as far as it is there and opens.
    async fn read_journal<T>(&self, rows: Vec<Vec<u8>>) -> Outcome<Vec<Option<T>>>
    where
        T: for<'b> Decode<'b, ()> + Encode<()>,
    {
        let stored = self.store.read_many(StoreName::Cursor, &rows).await?;
        let rows = rows.iter().zip(stored);
        Ok(rows
            .map(|(row, sealed)| open(self.keys, row, &sealed?))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    const CLIENT: Option<ClientId> = Some(ClientId::from_bytes([1; 16]));

    fn entry(doc: u8, number: u8, made_at: u64) -> Entry {
        let (doc, record) = (
            DocId::from_bytes([doc; 16]),
            RecordHash::from_bytes([number; 32]),
        );
        Entry::new(doc, record, made_at)
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
        let pick = |client, limit| numbers(&behind.pick(client, limit, |_| true));
        assert_eq!(pick(CLIENT, 1), [2]);
        assert_eq!(pick(CLIENT, 2), [2, 4]);
        assert_eq!(pick(CLIENT, 9), [1, 2, 3, 4]);
        assert!(pick(None, 9).is_empty());
        let of_first = behind.pick(CLIENT, 1, |doc| doc.as_bytes()[0] == 1);
        assert_eq!(numbers(&of_first), [1, 3]);
    }

    #[test]
    fn what_is_gone_leaves_the_rest_in_order() {
        let mut behind = behind();
        behind.remove(CLIENT, &BTreeSet::from([entry(2, 2, 0).record]));
        let queue = &behind.queues[&CLIENT];
        assert_eq!(numbers(&queue.entries), [1, 3, 4]);
        assert_eq!((queue.newest, behind.parts[&0]), (30, 3));
        assert_eq!(numbers(&behind.part(0).entries), [1, 3, 4]);
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
