//! Whether a record counts: signed by a device of the chain, and the next one of its sequence.

use std::collections::{BTreeMap, BTreeSet};

use protocol::record::{Record, Route};
use protocol::{RecordHash, Seq};
use rand_core::CryptoRng;

use super::super::stop::Outcome;
use super::super::sync_head::Branch;
use super::super::turn::Turn;
use super::place_of;
use crate::store::{Store, StoreName};

/// A record that counts, with its opened route.
pub(super) struct Accepted {
    pub(super) hash: RecordHash,
    pub(super) record: Record,
    pub(super) route: Route,
    /// It stands beside another one of its device: both are kept, and no more of the device is taken in.
    pub(super) is_fork: bool,
    pub(super) has_rollback: bool,
    pub(super) is_anew: bool,
}

/// What to do with a record that is not here yet.
pub(super) enum Verdict {
    /// Store it, and do what it says.
    Take(Box<Accepted>),
    /// Something before it is missing.
    Wait {
        /// As handed over.
        record: Box<Record>,
        /// A chain entry; else an earlier record of its device.
        for_chain: bool,
    },
    /// Not what a device of this account signed: the relay may still have the right bytes.
    Bad,
    /// Of a format that only a newer version reads: asked for again after an update.
    Newer,
    /// It stood here before and its row is damaged or gone: these are its bytes.
    Heal(Record),
    /// Of a device that is held.
    Pass,
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Those of these records that their device signed: by its signature, or because the next record of its sequence,
    /// which it signed, names exactly these bytes as the ones before.
    pub(super) fn signed_among<'b>(
        &self,
        records: impl Iterator<Item = (RecordHash, &'b Record)>,
    ) -> BTreeSet<RecordHash> {
        let by_hash: BTreeMap<RecordHash, &Record> = records.collect();
        let mut newest_first: Vec<_> = by_hash.iter().collect();
        newest_first.sort_by_key(|(hash, record)| core::cmp::Reverse((place_of(record), **hash)));
        let (account, chain) = (&self.keys.account, &self.keys.chain);
        let mut named: BTreeSet<RecordHash> = BTreeSet::new();
        let mut signed = BTreeSet::new();
        for (hash, record) in newest_first {
            let (device, run, seq) = place_of(record);
            let key = chain.verify_key(device);
            let has_own = || key.is_some_and(|key| record.verify(account, &key).is_ok());
            if !(named.contains(hash) || has_own()) {
                continue;
            }
            signed.insert(*hash);
            let prev = record.outer().prev;
            let before = (device, run, Seq(seq.0.saturating_sub(1)));
            if by_hash.get(&prev).is_some_and(|of| place_of(of) == before) {
                named.insert(prev);
            }
        }
        signed
    }

    /// What to do with a record; `signed` holds it if its device signed it.
    pub(super) async fn link(
        &mut self,
        hash: RecordHash,
        record: Record,
        signed: &BTreeSet<RecordHash>,
        fresh: &BTreeSet<RecordHash>,
    ) -> Outcome<Verdict> {
        let wait = |record, for_chain| {
            let record = Box::new(record);
            Ok(Verdict::Wait { record, for_chain })
        };
        let (keys, outer) = (self.keys, *record.outer());
        let chain = &keys.chain;
        if chain.verify_key(outer.device).is_none() {
            return wait(record, true);
        }
        if !signed.contains(&hash) {
            return Ok(Verdict::Bad);
        }
        if !chain.contains(&outer.chain) {
            return if outer.chain.position >= chain.len() {
                wait(record, true)
            } else {
                Ok(Verdict::Bad)
            };
        }
        let Some(route_key) = keys.route_key_at(outer.chain.position) else {
            return wait(record, true);
        };
        let Ok(route) = crypto::open_route(&keys.account, &record, &route_key) else {
            return Ok(Verdict::Bad);
        };
        if self.has_stood_here(&record, &hash).await? {
            return Ok(Verdict::Heal(record));
        }
        let mut accepted = Accepted {
            hash,
            record,
            route,
            is_fork: false,
            has_rollback: false,
            is_anew: false,
        };
        if outer.device == keys.device {
            let has_prev = outer.prev == RecordHash::NIL
                || fresh.contains(&outer.prev)
                || self.has_record(&outer.prev).await?;
            if !has_prev {
                return wait(accepted.record, false);
            }
            accepted.is_anew = self.give_way(&accepted.record).await?;
            return Ok(Verdict::Take(Box::new(accepted)));
        }
        if self.session.sync.is_forked(outer.device) {
            return Ok(Verdict::Pass);
        }
        let none = Branch::new(outer.device, outer.incarnation);
        let sync = &self.session.sync;
        let branch = sync.find(outer.device, outer.incarnation).unwrap_or(&none);
        if Some(outer.seq) > branch.seq.next() {
            return wait(accepted.record, false);
        }
        accepted.has_rollback = branch.goes_back(&accepted.route);
        // Its device signed two records for this place, or for the one before.
        accepted.is_fork = outer.seq <= branch.seq || outer.prev != branch.hash;
        if self.is_ahead_of_me(&accepted.route) {
            self.begin_incarnation()?;
            accepted.is_anew = true;
        }
        Ok(Verdict::Take(Box::new(accepted)))
    }

    /// Whether a record is one that stands in its sequence, or stood there and its row is not sound: a position or the
    /// record after it names it.
    pub(crate) async fn has_stood_here(&self, record: &Record, hash: &RecordHash) -> Outcome<bool> {
        let (device, incarnation, seq) = place_of(record);
        let head = &self.session.head;
        let is_own = (device, incarnation) == (self.keys.device, head.incarnation);
        let branch = self.session.sync.find(device, incarnation);
        let (end, newest) = match branch {
            _ if is_own => (head.seq, head.prev),
            Some(branch) => (branch.seq, branch.hash),
            None => return Ok(false),
        };
        if seq >= end {
            return Ok(seq == end && newest == *hash);
        }
        let stored = self.store.read_prefix(StoreName::Record, &[]).await?;
        Ok(stored.into_iter().any(|(_, bytes)| {
            Record::decode(bytes).is_ok_and(|next| {
                let outer = next.outer();
                (outer.device, outer.incarnation) == (device, incarnation) && outer.prev == *hash
            })
        }))
    }

    /// Another device stores a record of this incarnation that this device has not made: it runs on an older copy of
    /// its own storage.
    fn is_ahead_of_me(&self, route: &Route) -> bool {
        let head = &self.session.head;
        let mut own = route
            .seen
            .iter()
            .filter(|mark| (mark.device, mark.incarnation) == (self.keys.device, head.incarnation));
        own.any(|mark| {
            mark.seq > head.seq || (mark.seq == head.seq && mark.hash != head.prev.short())
        })
    }

    /// Makes room for a record of this device that it does not have: another copy of it made that record. What was made
    /// here in its place is issued again in a new incarnation. Answers whether that was begun.
    async fn give_way(&mut self, record: &Record) -> Outcome<bool> {
        let (_, incarnation, seq) = place_of(record);
        let is_current = incarnation == self.session.head.incarnation;
        if is_current {
            self.begin_incarnation()?;
        }
        let common = (Seq(seq.0.saturating_sub(1)), record.outer().prev);
        let device = self.keys.device;
        let branch = self.session.sync.branch_mut(device, incarnation);
        if let Some(branch) = branch
            && branch.seq > common.0
        {
            branch.end_at(common.0, common.1);
            self.reissue_after(incarnation, common.0).await?;
        }
        Ok(is_current)
    }
}
