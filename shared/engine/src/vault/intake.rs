//! Taking in records that a relay hands over: of other devices, and of this one where it does not know them any more.
//!
//! Promises: nothing is stored that its device did not sign; what is taken in stands on disk, in one commit per
//! [`CHUNK_RECORDS`], and is named there until it is in its document (`behind`, `catch_up`); a record that cannot be
//! taken in now is asked for again; nothing that stands here goes because of what a relay sends.

mod enter;
mod link;

use std::collections::BTreeSet;

use protocol::record::{Record, RecordError};
use protocol::{AccountSeq, RecordHash};
use rand_core::CryptoRng;

use super::log::hash_of;
use super::outbox::Place;
use super::stop::Outcome;
use super::turn::Turn;
use crate::store::{Store, StoreName};
pub(crate) use enter::{Unopened, Work, is_of_doc, is_stopping};
use link::Verdict;

/// Records taken in with one commit: a tap in between waits no longer than this takes.
const CHUNK_RECORDS: usize = 128;
/// Records in memory that wait for an earlier one or a chain entry; those after them are asked for again once some of
/// these could be taken in.
const HELD_MAX: usize = 512;
/// Bytes of them.
const HELD_BYTES: usize = 8 << 20;

/// What became of records that were handed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Everything up to this place of the relay's log is taken in: where to go on after a restart.
    pub cursor: AccountSeq,
    /// How many were new.
    pub new_count: usize,
    /// Something new was more than a beacon.
    pub has_news: bool,
    /// A record names a chain entry that is not here.
    pub needs_chain: bool,
    /// Earlier records of a device are missing.
    pub has_gap: bool,
    /// Another device says that it stores records of a third which are not here.
    pub is_lacking: bool,
    /// A record is of a newer format than this version reads.
    pub is_newer: bool,
    /// Bytes that are no record of this account, or not the ones their device signed.
    pub bad_count: usize,
    /// A device says it stores less than it said before.
    pub has_rollback: bool,
    /// This device began a new incarnation: another copy of it had gone on.
    pub is_anew: bool,
    /// Everything after this place of the relay's log is to be asked for again. Either something new stands at a place
    /// that was taken in before (the relay lost what stood there and went on: all is handed in again, too), or more had to
    /// wait than memory keeps and now there is room.
    pub again_after: Option<AccountSeq>,
}

/// A record with its place in the relay's log, looked at once: its name and what it is.
#[derive(Debug)]
struct Given {
    place: AccountSeq,
    hash: RecordHash,
    record: Result<Record, RecordError>,
}

/// Records held back, and how far the relay's log was given since the vault was opened.
#[derive(Debug, Default)]
pub(crate) struct Held {
    records: Vec<Given>,
    /// Places where what was given is not what a device signed.
    bad: BTreeSet<AccountSeq>,
    /// Those of them that look like records of a newer format.
    newer: BTreeSet<AccountSeq>,
    /// The end of what was given without holes; `None` = where the cursor stands.
    reached: Option<AccountSeq>,
    /// One of them waits for an earlier record, which may stand anywhere in the log.
    has_gap: bool,
    cut: Option<Cut>,
}

/// Not all that had to wait found room.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// The first place of what found none.
    from: AccountSeq,
    /// How many were kept.
    kept_count: usize,
}

impl Held {
    /// Keeps what waits, as much as there is room for; the places of the rest count as not given.
    fn keep(&mut self, mut waiting: Vec<Given>, has_gap: bool, cursor: AccountSeq) {
        let mut bytes = 0;
        let fits = waiting.iter().take(HELD_MAX).take_while(|given| {
            let record = given.record.as_ref();
            bytes += record.map_or(0, |record| record.as_bytes().len());
            bytes <= HELD_BYTES
        });
        let kept_count = fits.count();
        let cut = waiting.split_off(kept_count);
        (self.records, self.has_gap) = (waiting, has_gap);
        if let Some(first) = cut.iter().map(|given| given.place).min() {
            let from = self.cut.map_or(first, |earlier| earlier.from.min(first));
            self.cut = Some(Cut { from, kept_count });
            let reached = self.reached.unwrap_or(cursor);
            self.reached = Some(before(from).min(reached));
        }
    }

    /// The same for state that was read from the store again: all that waited found no room.
    pub(crate) fn forgotten(&self) -> Self {
        let first = self.records.iter().map(|given| given.place).min();
        let cut = first.map(|from| Cut {
            from: self.cut.map_or(from, |earlier| earlier.from.min(from)),
            kept_count: self.records.len(),
        });
        Self {
            cut,
            ..Self::default()
        }
    }

    /// After which place the log is to be given again, once there is room for what found none.
    fn take_cut(&mut self) -> Option<AccountSeq> {
        let kept_count = self.records.len();
        let cut = self.cut.take_if(|cut| kept_count < cut.kept_count)?;
        Some(before(cut.from))
    }

    /// Counts a place of the log as given.
    pub(crate) fn reach(&mut self, cursor: AccountSeq, place: AccountSeq) {
        let reached = self.reached.unwrap_or(cursor);
        if reached.next() == Some(place) {
            self.reached = Some(place);
        }
    }

    /// Where to go on after a restart: before what could not be taken in. A record that is missing may stand anywhere in
    /// the log: then from its start.
    pub(crate) fn cursor(&self, cursor: AccountSeq) -> AccountSeq {
        if self.has_gap {
            return AccountSeq(0);
        }
        let reached = self.reached.unwrap_or(cursor);
        let held = self.records.iter().map(|given| given.place);
        let again = held.chain(self.bad.first().copied()).min();
        again.map_or(reached, |first| before(first).min(reached))
    }
}

const fn before(place: AccountSeq) -> AccountSeq {
    AccountSeq(place.0.saturating_sub(1))
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Takes in records with their places in the relay's log, in order and without holes.
    pub(crate) async fn take_records(
        &mut self,
        mut records: Vec<(AccountSeq, Vec<u8>)>,
    ) -> Outcome<Taken> {
        let mut taken = Taken::default();
        loop {
            let rest = records.split_off(records.len().min(CHUNK_RECORDS));
            self.take_chunk(records, &mut taken).await?;
            if rest.is_empty() {
                break;
            }
            records = rest;
        }
        let cut = self.session.held.take_cut();
        taken.again_after = taken.again_after.or(cut);
        taken.cursor = self.session.sync.cursor;
        taken.is_newer = !self.session.held.newer.is_empty();
        let own = (self.keys.device, self.session.head.incarnation);
        taken.is_lacking = self.session.sync.is_lacking(own);
        Ok(taken)
    }

    async fn take_chunk(
        &mut self,
        records: Vec<(AccountSeq, Vec<u8>)>,
        taken: &mut Taken,
    ) -> Outcome<()> {
        let keys = self.keys;
        let records = records.into_iter().map(|(place, bytes)| Given {
            place,
            hash: hash_of(keys, &bytes),
            record: Record::decode(bytes),
        });
        let records: Vec<Given> = records.collect();
        let mut places: Vec<AccountSeq> = records.iter().map(|given| given.place).collect();
        places.sort_unstable();
        let known = self.stored(&records).await?;
        let mut tries_again = records.is_empty();
        let held = &self.session.held;
        let is_clean = held.records.is_empty() && held.bad.is_empty();
        let reached = held.reached.unwrap_or(self.session.sync.cursor);
        let mut is_rewritten = false;
        let mut queue = core::mem::take(&mut self.session.held.records);
        queue.extend(records);
        // Asked for again while it waits, a record comes twice.
        let mut seen = known;
        queue.retain(|given| seen.insert(given.hash));
        queue.sort_by_key(|given| given.place);
        let decoded = queue
            .iter()
            .filter_map(|given| Some((given.hash, given.record.as_ref().ok()?)));
        let signed = self.signed_among(decoded);
        let mut fresh: BTreeSet<RecordHash> = BTreeSet::new();
        let mut works: Vec<Work> = Vec::new();
        let mut healed: Vec<Place> = Vec::new();
        let mut bad: BTreeSet<AccountSeq> = BTreeSet::new();
        let mut has_gap;
        let mut newer: BTreeSet<AccountSeq> = BTreeSet::new();
        // What one record waits for may stand later in the same chunk.
        loop {
            let mut held = Vec::new();
            has_gap = false;
            let before = fresh.len();
            for Given {
                place,
                hash,
                record,
            } in queue
            {
                if fresh.contains(&hash) {
                    continue;
                }
                let verdict = match record {
                    Ok(record) => self.link(hash, record, &signed, &fresh).await,
                    Err(RecordError::Format { .. } | RecordError::Lane { .. }) => {
                        Ok(Verdict::Newer)
                    }
                    Err(_) => Ok(Verdict::Bad),
                };
                // What was held back is not in memory now.
                self.session.is_torn |= verdict.is_err();
                match verdict? {
                    Verdict::Take(accepted) => {
                        fresh.insert(hash);
                        is_rewritten |= is_clean && place <= reached;
                        taken.is_anew |= accepted.is_anew;
                        taken.has_rollback |= accepted.has_rollback;
                        let work = self.enter(*accepted)?;
                        taken.has_news |= work.is_news();
                        works.push(work);
                    }
                    Verdict::Wait { record, for_chain } => {
                        taken.needs_chain |= for_chain;
                        has_gap |= !for_chain;
                        held.push(Given {
                            place,
                            hash,
                            record: Ok(*record),
                        });
                    }
                    Verdict::Bad => {
                        taken.bad_count += 1;
                        bad.insert(place);
                    }
                    Verdict::Newer => {
                        bad.insert(place);
                        newer.insert(place);
                    }
                    Verdict::Heal(record) => {
                        tries_again = true;
                        self.session.is_torn = true;
                        self.session.is_sync_changed = true;
                        healed.push(place_of(&record));
                        let (name, bytes) = (*hash.as_bytes(), record.into_bytes());
                        self.batch.put(StoreName::Record, name, bytes);
                    }
                    Verdict::Pass => {}
                }
            }
            queue = held;
            if fresh.len() == before || queue.is_empty() {
                break;
            }
        }
        // What an earlier chunk held back may have come with this one.
        taken.has_gap = has_gap;
        let held = &mut self.session.held;
        held.bad.retain(|place| !places.contains(place));
        held.newer.retain(|place| !places.contains(place));
        held.bad.extend(bad);
        held.newer.extend(newer);
        taken.new_count += fresh.len();
        self.file_all(&works, tries_again)?;
        let catalogue = &self.session.catalogue;
        works.retain(|work| catalogue.place(work.route.doc).is_some());
        self.session.fresh.keep(works);
        self.reach(&places);
        let (sync, held) = (&self.session.sync, &mut self.session.held);
        held.keep(queue, has_gap, sync.cursor);
        self.move_cursor();
        if is_rewritten {
            taken.again_after = Some(AccountSeq(0));
            self.forget_cursor();
            self.refill(|_| true).await?;
        } else if !healed.is_empty() {
            // Without it a relay did not take what comes after it.
            let is_after = |(device, run, seq): Place| {
                let mut healed = healed.iter();
                healed.any(|of| (of.0, of.1) == (device, run) && of.2 < seq)
            };
            self.refill(is_after).await?;
        }
        if !fresh.is_empty() || self.session.is_sync_changed {
            if taken.has_news {
                self.session.sync.last_received_at = self.now;
                self.session.is_sync_changed = true;
            }
            self.commit().await?;
        }
        Ok(())
    }

    /// Which of these records stand here already. Of another device's sequence nothing stands here after its end.
    async fn stored(&self, records: &[Given]) -> Outcome<BTreeSet<RecordHash>> {
        let is_after_end = |record: &Record| {
            let (device, run, seq) = place_of(record);
            let branch = self.session.sync.find(device, run);
            device != self.keys.device && branch.is_none_or(|branch| seq > branch.seq)
        };
        let may_stand = records.iter().filter(|given| {
            let record = given.record.as_ref();
            !record.is_ok_and(is_after_end)
        });
        let hashes: Vec<RecordHash> = may_stand.map(|given| given.hash).collect();
        if hashes.is_empty() {
            return Ok(BTreeSet::new());
        }
        let rows: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.as_bytes().to_vec()).collect();
        let stored = self.store.read_many(StoreName::Record, &rows).await?;
        let mut known = BTreeSet::new();
        for (hash, stored) in hashes.into_iter().zip(stored) {
            // A damaged row is written anew with what the relay has.
            if stored.is_some_and(|bytes| hash_of(self.keys, &bytes) == hash) {
                known.insert(hash);
            }
        }
        Ok(known)
    }

    /// Counts places of the log as given.
    pub(crate) fn reach(&mut self, places: &[AccountSeq]) {
        let (held, sync) = (&mut self.session.held, &self.session.sync);
        for place in places {
            held.reach(sync.cursor, *place);
        }
    }

    /// The cursor goes as far as nothing before it is missing.
    pub(crate) fn move_cursor(&mut self) {
        let (held, sync) = (&mut self.session.held, &mut self.session.sync);
        let reached = held.reached.unwrap_or(sync.cursor);
        let cursor = held.cursor(sync.cursor);
        held.reached = Some(reached);
        if cursor != sync.cursor {
            sync.cursor = cursor;
            self.session.is_sync_changed = true;
        }
    }

    /// Asks for everything again.
    pub(crate) fn forget_cursor(&mut self) {
        self.session.held = Held::default();
        self.session.sync.cursor = AccountSeq(0);
        self.session.is_sync_changed = true;
    }

    /// Whether a record of this name stands here.
    pub(crate) async fn has_record(&self, hash: &RecordHash) -> Outcome<bool> {
        let stored = self.store.read(StoreName::Record, hash.as_bytes()).await?;
        Ok(stored.is_some())
    }
}

/// Which place of its device's sequence a record says it has.
pub(crate) const fn place_of(record: &Record) -> Place {
    let outer = record.outer();
    (outer.device, outer.incarnation, outer.seq)
}
