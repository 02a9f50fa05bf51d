//! The trail of changes: of each device, which records changed a document, when they say they were made, and when the
//! relay took those of this one. It answers whose record brought an entry, and counts what another device lacks.
//!
//! Kept while the account has several devices, in sealed rows of a few hundred records each. All of it can be made
//! again: whatever is missing, or was left behind by a version that did not keep it, is read from the records.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use protocol::record::{Record, RecordKind, Route};
use protocol::{DeviceIndex, Incarnation, RecordHash, Seq};
use rand_core::CryptoRng;

use super::keys::Keys;
use super::local;
use super::log::hash_of;
use super::outbox::Place;
use super::stop::Outcome;
use super::turn::Turn;
use crate::store::{Store, StoreName};

/// Name of a row, before the run and the number.
const TRAIL: &[u8] = b"trail";
/// Layout of a row; another one is made again.
const VERSION: u8 = 1;
/// Records of one run that one row speaks of: it is written with each of them.
const CHUNK_RECORDS: u32 = 256;

/// One record that changed a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Mark {
    #[n(0)]
    pub(crate) seq: Seq,
    /// When it says it was made, ms since the epoch, UTC; 0 = it could not be opened yet.
    #[n(1)]
    pub(crate) made_at: u64,
    /// When a relay took it, for own ones; 0 = not yet, or not known.
    #[n(2)]
    pub(crate) sent_at: i64,
    /// Begin of its hash.
    #[n(3)]
    pub(crate) short: [u8; 8],
}

/// What is known of some records of a run that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Chunk {
    #[n(0)]
    version: u8,
    /// The first record it speaks of.
    #[n(1)]
    from: Seq,
    /// The one after the last.
    #[n(2)]
    end: Seq,
    /// Those that changed a document, in order.
    #[n(3)]
    marks: Vec<Mark>,
}

/// A run and the number of a chunk in it.
type ChunkName = (DeviceIndex, Incarnation, u32);

/// Something that a commit has to write down.
#[derive(Debug, Clone, Copy)]
enum Note {
    /// A record was stored.
    Stored(Place, Option<Mark>),
    /// A relay took an own record.
    Sent(Place, i64),
    /// This record and those after it in its run are gone.
    Gone(Place),
}

/// The trail, as far as it was read.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    chunks: BTreeMap<ChunkName, Chunk>,
    notes: Vec<Note>,
    /// Every run is in memory from its first record to its last.
    is_whole: bool,
}

const fn chunk_of(seq: Seq) -> u32 {
    seq.0.saturating_sub(1) / CHUNK_RECORDS
}

const fn first_of(number: u32) -> Seq {
    Seq(number.saturating_mul(CHUNK_RECORDS).saturating_add(1))
}

impl Chunk {
    const fn starting_at(seq: Seq) -> Self {
        Self {
            version: VERSION,
            from: seq,
            end: seq,
            marks: Vec::new(),
        }
    }

    fn store(&mut self, seq: Seq, mark: Option<Mark>) {
        if seq < self.from {
            return;
        }
        if seq > self.end {
            // What lies between is not known: it is read from the records when it is asked for.
            *self = Self::starting_at(seq);
        }
        if seq == self.end {
            self.end = Seq(seq.0.saturating_add(1));
        }
        self.marks.retain(|known| known.seq != seq);
        let place = self.marks.partition_point(|known| known.seq < seq);
        if let Some(mark) = mark {
            self.marks.insert(place, mark);
        }
    }

    fn send(&mut self, seq: Seq, at: i64) {
        if let Some(mark) = self.marks.iter_mut().find(|mark| mark.seq == seq) {
            mark.sent_at = at;
        }
    }

    fn cut(&mut self, seq: Seq) {
        self.end = self.end.min(seq.max(self.from));
        self.marks.retain(|mark| mark.seq < seq);
    }
}

impl Trail {
    /// The records of a device that changed documents, run by run in their order.
    pub(crate) fn of(
        &self,
        device: DeviceIndex,
    ) -> impl Iterator<Item = (Incarnation, &Mark)> + use<'_> {
        let chunks = self.chunks.iter().filter(move |(name, _)| name.0 == device);
        chunks.flat_map(|((_, run, _), chunk)| chunk.marks.iter().map(|mark| (*run, mark)))
    }

    fn has(&self, (device, run, end): Place) -> bool {
        (0..=chunk_of(end)).all(|number| {
            let chunk = self.chunks.get(&(device, run, number));
            let last = first_of(number.saturating_add(1)).min(Seq(end.0.saturating_add(1)));
            chunk.is_some_and(|chunk| chunk.from == first_of(number) && chunk.end >= last)
        })
    }
}

/// Row of a chunk.
fn row_of(keys: &Keys, (device, run, number): ChunkName) -> Vec<u8> {
    let (device, number) = (device.0.to_be_bytes(), number.to_be_bytes());
    let parts = [TRAIL, &device, run.as_bytes(), &number];
    local::row_name(&keys.local, StoreName::Cursor, &parts)
}

/// Whether a row of this name may hold a chunk: it opens as one.
pub(crate) fn is_chunk(keys: &Keys, row: &[u8], sealed: &[u8]) -> bool {
    local::open_value::<Chunk>(&keys.local, &keys.account, StoreName::Cursor, row, sealed).is_ok()
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    fn has_others(&self) -> bool {
        self.keys.chain.active_devices().nth(1).is_some()
    }

    fn note_trail(&mut self, note: Note) {
        if self.has_others() {
            self.session.trail.notes.push(note);
        }
    }

    /// A record was put into the batch; `made_at` is 0 where its body does not open.
    pub(crate) fn note_stored(
        &mut self,
        place: Place,
        kind: RecordKind,
        made_at: u64,
        hash: &RecordHash,
    ) {
        let mark = Mark {
            seq: place.2,
            made_at,
            sent_at: 0,
            short: hash.short(),
        };
        let mark = Some(mark).filter(|_| kind == RecordKind::Changes);
        self.note_trail(Note::Stored(place, mark));
    }

    /// A relay took an own record.
    pub(crate) fn note_sent(&mut self, place: Place) {
        self.note_trail(Note::Sent(place, self.now));
    }

    /// A record, and those after it in its run, are taken away.
    pub(crate) fn note_gone(&mut self, place: Place) {
        self.note_trail(Note::Gone(place));
    }

    /// Puts what was noted into the batch.
    pub(super) async fn put_trail(&mut self) -> Outcome<()> {
        let notes = core::mem::take(&mut self.session.trail.notes);
        if notes.is_empty() {
            return Ok(());
        }
        let mut names = BTreeSet::new();
        for note in &notes {
            let (Note::Stored(place, _) | Note::Sent(place, _) | Note::Gone(place)) = note;
            names.insert((place.0, place.1, chunk_of(place.2)));
        }
        self.read_chunks(&names).await?;
        let chunks = &mut self.session.trail.chunks;
        for note in notes {
            match note {
                Note::Stored((device, run, seq), mark) => {
                    let chunk = chunks.entry((device, run, chunk_of(seq)));
                    let chunk = chunk.or_insert(Chunk::starting_at(seq));
                    chunk.store(seq, mark);
                }
                Note::Sent((device, run, seq), at) => {
                    if let Some(chunk) = chunks.get_mut(&(device, run, chunk_of(seq))) {
                        chunk.send(seq, at);
                    }
                }
                Note::Gone((device, run, seq)) => {
                    if let Some(chunk) = chunks.get_mut(&(device, run, chunk_of(seq))) {
                        chunk.cut(seq);
                    }
                }
            }
        }
        for name in names {
            self.put_chunk(name)?;
        }
        Ok(())
    }

    fn put_chunk(&mut self, name: ChunkName) -> Outcome<()> {
        if let Some(chunk) = self.session.trail.chunks.get(&name).cloned() {
            self.put_value(StoreName::Cursor, row_of(self.keys, name), &chunk)?;
        }
        Ok(())
    }

    /// Reads chunks that are not in memory; one that is damaged counts as not there.
    async fn read_chunks(&mut self, names: &BTreeSet<ChunkName>) -> Outcome<()> {
        let known = &self.session.trail.chunks;
        let names: Vec<ChunkName> = {
            let missing = names.iter().filter(|name| !known.contains_key(*name));
            missing.copied().collect()
        };
        let rows: Vec<Vec<u8>> = names.iter().map(|name| row_of(self.keys, *name)).collect();
        let stored = self.store.read_many(StoreName::Cursor, &rows).await?;
        let (local, account) = (&self.keys.local, &self.keys.account);
        for ((name, row), stored) in names.into_iter().zip(rows).zip(stored) {
            let chunk = stored.and_then(|sealed| {
                local::open_value::<Chunk>(local, account, StoreName::Cursor, &row, &sealed).ok()
            });
            if let Some(chunk) = chunk.filter(|chunk| chunk.version == VERSION) {
                self.session.trail.chunks.insert(name, chunk);
            }
        }
        Ok(())
    }

    /// The end of each run of records that stands here.
    fn ends(&self) -> Vec<Place> {
        let (head, sync) = (&self.session.head, &self.session.sync);
        let others = sync.branches.iter();
        let mut ends: Vec<Place> = others
            .map(|of| (of.device, of.incarnation, of.seq))
            .collect();
        ends.push((self.keys.device, head.incarnation, head.seq));
        ends.retain(|(_, _, seq)| *seq != Seq(0));
        ends
    }

    /// The whole trail, in memory; made again from the records where a part of it is missing.
    pub(crate) async fn trail(&mut self) -> Outcome<&Trail> {
        if !self.session.trail.is_whole {
            let ends = self.ends();
            let mut names = BTreeSet::new();
            for (device, run, end) in &ends {
                names.extend((0..=chunk_of(*end)).map(|number| (*device, *run, number)));
            }
            self.read_chunks(&names).await?;
            if !ends.iter().all(|end| self.session.trail.has(*end)) {
                self.remake_trail(&ends).await?;
            }
            self.session.trail.is_whole = true;
        }
        Ok(&self.session.trail)
    }

    async fn remake_trail(&mut self, ends: &[Place]) -> Outcome<()> {
        self.outbox().await?;
        let mut runs: BTreeMap<(DeviceIndex, Incarnation), BTreeMap<Seq, Option<Mark>>> =
            BTreeMap::new();
        for (key, bytes) in self.store.read_prefix(StoreName::Record, &[]).await? {
            let Ok(hash) = RecordHash::try_from(key.as_slice()) else {
                continue;
            };
            if let Some((place, mark)) = self.mark_of(hash, bytes) {
                let run = runs.entry((place.0, place.1)).or_default();
                run.insert(place.2, mark);
            }
        }
        let trail = &mut self.session.trail;
        trail.chunks.clear();
        for (device, run, end) in ends {
            let found = runs.remove(&(*device, *run)).unwrap_or_default();
            for seq in (1..=end.0).map(Seq) {
                let number = chunk_of(seq);
                let chunk = trail.chunks.entry((*device, *run, number));
                let chunk = chunk.or_insert(Chunk::starting_at(first_of(number)));
                // A record whose row is damaged is counted by nobody.
                chunk.store(seq, found.get(&seq).copied().flatten());
            }
        }
        self.session.is_torn = true;
        let names: Vec<ChunkName> = self.session.trail.chunks.keys().copied().collect();
        for name in names {
            self.put_chunk(name)?;
        }
        self.commit().await
    }

    /// What the trail says of a stored record. When a relay took it is not known any more: now is surely not too early.
    fn mark_of(&self, hash: RecordHash, bytes: Vec<u8>) -> Option<(Place, Option<Mark>)> {
        let keys = self.keys;
        if hash_of(keys, &bytes) != hash {
            return None;
        }
        let record = Record::decode(bytes).ok()?;
        let outer = record.outer();
        let place = (outer.device, outer.incarnation, outer.seq);
        let route_key = keys.route_key_at(outer.chain.position)?;
        let route = crypto::open_route(&keys.account, &record, &route_key).ok()?;
        if route.kind != RecordKind::Changes {
            return Some((place, None));
        }
        let outbox = self.session.outbox.as_ref();
        let is_waiting = outbox.is_some_and(|outbox| outbox.rows.contains_key(&place));
        let is_sent = place.0 == keys.device && !is_waiting;
        let mark = Mark {
            seq: place.2,
            made_at: self.made_at(&record, &route),
            sent_at: if is_sent { self.now } else { 0 },
            short: hash.short(),
        };
        Some((place, Some(mark)))
    }

    /// When a record says it was made, ms since the epoch, UTC; 0 = it does not open.
    pub(crate) fn made_at(&self, record: &Record, route: &Route) -> u64 {
        let body_key = self.body_key(route);
        let body =
            body_key.and_then(|key| crypto::open_body(&self.keys.account, record, &key).ok());
        body.map_or(0, |body| body.made_at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    const RUN: Incarnation = Incarnation::from_bytes([7; 8]);

    fn mark(seq: u32) -> Option<Mark> {
        Some(Mark {
            seq: Seq(seq),
            made_at: u64::from(seq) * 10,
            sent_at: 0,
            short: [0; 8],
        })
    }

    fn trail(from: u32, end: u32) -> Trail {
        let mut trail = Trail::default();
        for seq in from..=end {
            let chunk = trail
                .chunks
                .entry((DeviceIndex(1), RUN, chunk_of(Seq(seq))));
            let chunk = chunk.or_insert(Chunk::starting_at(Seq(seq)));
            chunk.store(Seq(seq), mark(seq).filter(|_| seq.is_multiple_of(2)));
        }
        trail
    }

    #[test]
    fn a_run_is_whole_from_its_first_record_to_its_last() {
        let is_whole = |of: &Trail, end| of.has((DeviceIndex(1), RUN, Seq(end)));
        for end in [1, 255, 256, 257, 600] {
            assert!(is_whole(&trail(1, end), end), "{end}");
            assert!(!is_whole(&trail(1, end), end + 1), "{end}");
            assert!(!is_whole(&trail(2, end.max(2)), end), "{end}");
        }
        assert_eq!(trail(1, 600).of(DeviceIndex(1)).count(), 300);
    }

    #[test]
    fn what_was_left_out_makes_a_chunk_start_anew() {
        let mut chunk = Chunk::starting_at(Seq(1));
        chunk.store(Seq(1), mark(1));
        chunk.store(Seq(4), mark(4));
        assert_eq!((chunk.from, chunk.end), (Seq(4), Seq(5)));
        chunk.store(Seq(2), mark(2));
        assert_eq!(chunk.marks.len(), 1);
    }

    #[test]
    fn a_record_that_is_gone_takes_those_after_it_along() {
        let mut chunk = Chunk::starting_at(Seq(1));
        (1..6).for_each(|seq| chunk.store(Seq(seq), mark(seq)));
        chunk.send(Seq(2), 9);
        chunk.cut(Seq(3));
        let left: Vec<_> = chunk
            .marks
            .iter()
            .map(|of| (of.seq.0, of.sent_at))
            .collect();
        assert_eq!(left, [(1, 0), (2, 9)]);
        assert_eq!(chunk.end, Seq(3));
        chunk.store(Seq(3), None);
        assert_eq!(chunk.end, Seq(4));
    }
}
