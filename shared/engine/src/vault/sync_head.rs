//! How far the exchange with a relay has come, and what stands here of other devices; one sealed row.
//!
//! All of it can be made again: branches from the records themselves, the rest by asking the relay from the start.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use protocol::record::{Route, Seen};
use protocol::{
    AccountSeq, DeviceIndex, DocId, Incarnation, RecordHash, RelayInstance, Seq, limit,
};

use super::behind::Journal;
use super::keys::Keys;
use super::local;
use crate::store::StoreName;

/// Name of the row.
const SYNC_HEAD: &[u8] = b"sync-head";
/// Layout of the row; another one is read as damage, which costs no more than asking the relay again.
const VERSION: u8 = 1;
/// Records named as not opened in one body: a list is told over several.
const UNOPENED_TOLD_MAX: usize = 64;

/// State of the exchange.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct SyncHead {
    #[n(0)]
    version: u8,
    /// The relay store all of this was exchanged with.
    #[n(1)]
    pub(crate) relay: Option<RelayInstance>,
    /// Everything up to this place of the relay's log is taken in.
    #[n(2)]
    pub(crate) cursor: AccountSeq,
    /// When the relay last took a record, ms since the epoch, UTC; 0 = never.
    #[n(3)]
    pub(crate) last_sent_at: i64,
    /// When a record of another device last arrived.
    #[n(4)]
    pub(crate) last_received_at: i64,
    /// Records that stand here of other devices, and of this one before it began a new incarnation.
    #[n(5)]
    pub(crate) branches: Vec<Branch>,
    /// Stored records that are not in their document: a key or an earlier change is missing.
    #[n(6)]
    pub(crate) pending: Vec<Pending>,
    /// Counter of each own draft slot that the relay has.
    #[n(7)]
    pub(crate) drafts_sent: BTreeMap<u8, u64>,
    /// Stored records that wait to be brought into their documents; rows of their own name them.
    #[n(8)]
    pub(crate) behind: Option<u64>,
    /// Which rows name them.
    #[n(9)]
    pub(crate) journal: Option<Journal>,
}

/// One sequence of records of one device: all from the first on are stored here.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Branch {
    #[n(0)]
    pub(crate) device: DeviceIndex,
    #[n(1)]
    pub(crate) incarnation: Incarnation,
    /// The newest one.
    #[n(2)]
    pub(crate) seq: Seq,
    /// Its hash.
    #[n(3)]
    pub(crate) hash: RecordHash,
    /// When it says it was made, ms since the epoch, UTC. A claim.
    #[n(4)]
    pub(crate) made_at: u64,
    /// When it arrived here.
    #[n(5)]
    pub(crate) arrived_at: i64,
    /// What of it the newest own record names as seen.
    #[n(6)]
    pub(crate) told: Seq,
    /// The device signed two records for one place: nothing more of it is taken in.
    #[n(7)]
    pub(crate) is_forked: bool,
    /// What this sequence says is stored on its device.
    #[n(8)]
    pub(crate) seen: Vec<(DeviceIndex, Incarnation, Seq)>,
    /// Records that it stored without being able to open them.
    #[n(9)]
    pub(crate) unopened: Vec<RecordHash>,
}

/// A stored record that waits for what it builds on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Pending {
    #[n(0)]
    pub(crate) doc: DocId,
    #[n(1)]
    pub(crate) record: RecordHash,
    /// An own record says that it was not opened.
    #[n(2)]
    pub(crate) is_told: bool,
}

impl Default for SyncHead {
    fn default() -> Self {
        Self {
            version: VERSION,
            relay: None,
            cursor: AccountSeq(0),
            last_sent_at: 0,
            last_received_at: 0,
            branches: Vec::new(),
            pending: Vec::new(),
            drafts_sent: BTreeMap::new(),
            behind: None,
            journal: None,
        }
    }
}

impl SyncHead {
    /// Whether this version wrote the row.
    pub(crate) const fn is_known_version(&self) -> bool {
        self.version == VERSION
    }

    /// What stands here of a sequence.
    pub(crate) fn find(&self, device: DeviceIndex, incarnation: Incarnation) -> Option<&Branch> {
        self.branches
            .iter()
            .find(|branch| (branch.device, branch.incarnation) == (device, incarnation))
    }

    /// The same, to change; an empty sequence where nothing stands here yet.
    pub(crate) fn branch_mut(
        &mut self,
        device: DeviceIndex,
        incarnation: Incarnation,
    ) -> Option<&mut Branch> {
        let place = (device, incarnation);
        let is_of = |branch: &Branch| (branch.device, branch.incarnation) == place;
        if !self.branches.iter().any(is_of) {
            self.branches.push(Branch::new(device, incarnation));
        }
        self.branches.iter_mut().find(|branch| is_of(branch))
    }

    /// Whether a device signed two records for one place.
    pub(crate) fn is_forked(&self, device: DeviceIndex) -> bool {
        let mut of_device = self.branches.iter().filter(|of| of.device == device);
        of_device.any(|branch| branch.is_forked)
    }

    /// Whether a device says that it stores a record which is not here; `own` is the run of this device, which stands
    /// in no branch.
    pub(crate) fn is_lacking(&self, own: (DeviceIndex, Incarnation)) -> bool {
        let marks = self.branches.iter().flat_map(|branch| &branch.seen);
        let mut of_others = marks.filter(|(device, run, _)| (*device, *run) != own);
        of_others.any(|(device, run, seq)| {
            let here = self.find(*device, *run).map_or(Seq(0), |branch| branch.seq);
            here < *seq && !self.is_forked(*device)
        })
    }

    /// Whether an own record still has to say what stands here.
    pub(crate) fn has_untold(&self) -> bool {
        self.branches.iter().any(|branch| branch.told < branch.seq)
    }

    /// Marks for the next own record: what was stored since the one before.
    pub(crate) fn tell_seen(&mut self) -> Vec<Seen> {
        let untold = self.branches.iter_mut().filter(|of| of.told < of.seq);
        let mut seen = Vec::new();
        for branch in untold.take(limit::SEEN_MAX) {
            branch.told = branch.seq;
            seen.push(Seen::new(
                branch.device,
                branch.incarnation,
                branch.seq,
                &branch.hash,
            ));
        }
        seen
    }

    /// Stored records without their content, for the body of the next own record.
    pub(crate) fn tell_unopened(&mut self) -> Vec<RecordHash> {
        let untold = self.pending.iter_mut().filter(|pending| !pending.is_told);
        let told = untold.take(UNOPENED_TOLD_MAX).map(|pending| {
            pending.is_told = true;
            pending.record
        });
        told.collect()
    }

    /// A record that is not opened is there under another name.
    pub(crate) fn rename_pending(&mut self, earlier: &RecordHash, now: RecordHash) {
        let mut pending = self.pending.iter_mut();
        if let Some(pending) = pending.find(|pending| pending.record == *earlier) {
            (pending.record, pending.is_told) = (now, false);
        }
    }

    /// Says everything again from the next record on: a new incarnation starts without a past.
    pub(crate) fn forget_told(&mut self) {
        for branch in &mut self.branches {
            branch.told = Seq(0);
        }
        for pending in &mut self.pending {
            pending.is_told = false;
        }
    }

    /// The newest record of a sequence that a device says it stores; 0 = none. What it said before it began a new
    /// incarnation does not count: it may have lost since what it had.
    pub(crate) fn told_by(&self, teller: DeviceIndex, of: DeviceIndex, run: Incarnation) -> Seq {
        let own: Vec<&Branch> = {
            let own = self
                .branches
                .iter()
                .filter(|branch| branch.device == teller);
            own.collect()
        };
        let is_current = |branch: &&&Branch| {
            let mut later = own.iter();
            !later.any(|later| later.seen_of(teller, branch.incarnation).is_some())
        };
        let marks = own.iter().filter(is_current);
        let marks = marks.filter_map(|branch| branch.seen_of(of, run));
        marks.max().unwrap_or(Seq(0))
    }

    /// Whether a device says that it stored this record without being able to open it.
    pub(crate) fn is_unopened_at(&self, device: DeviceIndex, short: [u8; 8]) -> bool {
        let of_device = self.branches.iter().filter(|of| of.device == device);
        let mut unopened = of_device.flat_map(|branch| &branch.unopened);
        unopened.any(|hash| hash.short() == short)
    }

    /// When something of a device last arrived; 0 = never.
    pub(crate) fn arrived_at(&self, device: DeviceIndex) -> i64 {
        let of_device = self.branches.iter().filter(|of| of.device == device);
        of_device.map(|branch| branch.arrived_at).max().unwrap_or(0)
    }

    /// The newest record of a sequence that any other device says it stores; 0 = none.
    pub(crate) fn newest_seen(&self, device: DeviceIndex, incarnation: Incarnation) -> Seq {
        let marks = self.branches.iter().filter(|of| of.device != device);
        marks
            .flat_map(|branch| &branch.seen)
            .filter(|(of, run, _)| (*of, *run) == (device, incarnation))
            .map(|(_, _, seq)| *seq)
            .max()
            .unwrap_or(Seq(0))
    }
}

impl Branch {
    pub(crate) const fn new(device: DeviceIndex, incarnation: Incarnation) -> Self {
        Self {
            device,
            incarnation,
            seq: Seq(0),
            hash: RecordHash::NIL,
            made_at: 0,
            arrived_at: 0,
            told: Seq(0),
            is_forked: false,
            seen: Vec::new(),
            unopened: Vec::new(),
        }
    }

    /// Ends the run at a record, whatever stood behind it: nobody is told of more.
    pub(crate) fn end_at(&mut self, seq: Seq, hash: RecordHash) {
        (self.seq, self.hash) = (seq, hash);
        self.told = self.told.min(seq);
    }

    /// Whether the marks of its next record go back behind those of an earlier one. What a device itself made and no relay
    /// took may be taken back by it.
    pub(crate) fn goes_back(&self, route: &Route) -> bool {
        let mut of_others = route.seen.iter().filter(|mark| mark.device != self.device);
        of_others.any(|mark| {
            let earlier = self.seen_of(mark.device, mark.incarnation);
            earlier.is_some_and(|earlier| mark.seq < earlier)
        })
    }

    /// What it says is stored of a sequence.
    pub(crate) fn seen_of(&self, device: DeviceIndex, incarnation: Incarnation) -> Option<Seq> {
        let mut marks = self.seen.iter();
        let found = marks.find(|(of, run, _)| (*of, *run) == (device, incarnation));
        found.map(|(_, _, seq)| *seq)
    }

    /// Takes in the marks of its next record.
    pub(crate) fn note_seen(&mut self, marks: &[Seen]) {
        for mark in marks {
            let place = (mark.device, mark.incarnation);
            let mut known = self.seen.iter_mut();
            match known.find(|(of, run, _)| (*of, *run) == place) {
                Some((_, _, seq)) => *seq = mark.seq,
                None => self.seen.push((mark.device, mark.incarnation, mark.seq)),
            }
        }
    }
}

/// Row of the state.
pub(crate) fn sync_head_row(keys: &Keys) -> Vec<u8> {
    local::row_name(&keys.local, StoreName::Cursor, &[SYNC_HEAD])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use protocol::cbor;

    use super::*;

    fn branch(device: u16, seq: u32) -> Branch {
        Branch {
            seq: Seq(seq),
            ..Branch::new(DeviceIndex(device), Incarnation::from_bytes([7; 8]))
        }
    }

    #[test]
    fn what_is_told_is_told_once() {
        let mut head = SyncHead {
            branches: vec![branch(1, 4), branch(2, 0)],
            ..SyncHead::default()
        };
        assert!(head.has_untold());
        let marks = head.tell_seen();
        assert_eq!((marks.len(), marks[0].seq), (1, Seq(4)));
        assert!(!head.has_untold() && head.tell_seen().is_empty());
        head.branches[0].seq = Seq(6);
        assert_eq!(head.tell_seen()[0].seq, Seq(6));
        head.forget_told();
        assert_eq!(head.tell_seen()[0].seq, Seq(6));
    }

    #[test]
    fn what_others_name_and_is_not_here_is_lacking() {
        let own = (DeviceIndex(0), Incarnation::from_bytes([7; 8]));
        let run = own.1;
        let mut head = SyncHead {
            branches: vec![branch(1, 4), branch(2, 1)],
            ..SyncHead::default()
        };
        assert!(!head.is_lacking(own));
        head.branches[1].seen = vec![(DeviceIndex(0), run, Seq(9)), (DeviceIndex(1), run, Seq(4))];
        assert!(!head.is_lacking(own), "all is here, and own work is");
        head.branches[1].seen[1].2 = Seq(5);
        assert!(head.is_lacking(own));
        head.branches[0].is_forked = true;
        assert!(!head.is_lacking(own), "no more of it is taken in");
        head.branches[1].seen = vec![(DeviceIndex(3), run, Seq(1))];
        assert!(head.is_lacking(own), "a run of which nothing is here");
    }

    #[test]
    fn more_sequences_than_one_record_holds_are_told_by_the_next() {
        let mut head = SyncHead::default();
        for number in 0..300_u16 {
            head.branches.push(branch(number, 1));
        }
        let counts = [head.tell_seen().len(), head.tell_seen().len()];
        assert_eq!(counts, [255, 45]);
    }

    #[test]
    fn marks_that_go_back_are_found() {
        let mut of = branch(1, 4);
        let mark_of = |device, seq| Seen {
            device: DeviceIndex(device),
            incarnation: Incarnation::from_bytes([9; 8]),
            seq: Seq(seq),
            hash: [0; 8],
        };
        let mark = |seq| mark_of(2, seq);
        let route = |seq| Route {
            kind: protocol::record::RecordKind::Beacon,
            doc: DocId::NIL,
            generation: protocol::Generation(0),
            key: protocol::KeyId::NIL,
            seen: vec![mark(seq)],
        };
        assert!(!of.goes_back(&route(5)));
        of.note_seen(&[mark(5)]);
        assert!(of.goes_back(&route(4)) && !of.goes_back(&route(5)) && !of.goes_back(&route(6)));
        // Its own work it may take back.
        of.note_seen(&[mark_of(1, 5)]);
        let own = Route {
            seen: vec![mark_of(1, 4)],
            ..route(5)
        };
        assert!(!of.goes_back(&own));
    }

    #[test]
    fn the_row_comes_back_as_it_went() {
        let head = SyncHead {
            relay: Some(RelayInstance::from_bytes([3; 16])),
            cursor: AccountSeq(9),
            branches: vec![branch(1, 4)],
            pending: vec![Pending {
                doc: DocId::from_bytes([1; 16]),
                record: RecordHash::from_bytes([2; 32]),
                is_told: true,
            }],
            drafts_sent: BTreeMap::from([(3, 8)]),
            ..SyncHead::default()
        };
        let bytes = cbor::encode(&head);
        assert_eq!(cbor::decode::<SyncHead>(&bytes).unwrap(), head);
    }
}
