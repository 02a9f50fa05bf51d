//! Positions: how far the device's sequence has come, and what a document stands on.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use protocol::{ChangeHash, Incarnation, RecordHash, Seq};

/// Where the device's own sequence of records stands; one sealed row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct DeviceHead {
    /// Run of the sequence.
    #[n(0)]
    pub(crate) incarnation: Incarnation,
    /// Number of the last record; 0 = none yet.
    #[n(1)]
    pub(crate) seq: Seq,
    /// Hash of the last record.
    #[n(2)]
    pub(crate) prev: RecordHash,
    /// Largest time ever seen, ms since the epoch, UTC.
    #[n(3)]
    pub(crate) clock_max: i64,
    /// Writes of each draft slot, so that a slot that is gone, or an older one, is noticed.
    #[n(4)]
    pub(crate) draft_counters: BTreeMap<u8, u64>,
}

impl DeviceHead {
    pub(crate) fn new(incarnation: Incarnation) -> Self {
        Self {
            incarnation,
            seq: Seq(0),
            prev: RecordHash::NIL,
            clock_max: 0,
            draft_counters: BTreeMap::new(),
        }
    }
}

/// What a document is made of; one sealed row per document. The keybox has one too, without heads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct DocHead {
    /// Heads of the whole document.
    #[n(0)]
    pub(crate) heads: Vec<ChangeHash>,
    /// Row of the newest local snapshot.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) snapshot: Option<[u8; 16]>,
    /// Records since that snapshot, oldest first.
    #[n(2)]
    pub(crate) records: Vec<RecordHash>,
    /// Content bytes in those records.
    #[n(3)]
    pub(crate) tail_bytes: u64,
    /// The document's own keybox entries once more, for when a keybox record is lost.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub(crate) keybox: Vec<u8>,
}

/// Records after which a new snapshot is made.
pub(crate) const SNAPSHOT_RECORDS: usize = 32;
/// Content bytes in records after which a new snapshot is made.
pub(crate) const SNAPSHOT_BYTES: u64 = 64 * 1024;

impl DocHead {
    /// Whether the next write makes a snapshot.
    pub(crate) fn is_snapshot_due(&self) -> bool {
        self.records.len() >= SNAPSHOT_RECORDS || self.tail_bytes >= SNAPSHOT_BYTES
    }

    /// Whether nothing of the document is here yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty() && self.snapshot.is_none() && self.records.is_empty()
    }

    /// Takes in a record.
    pub(crate) fn push(&mut self, record: RecordHash, content_bytes: usize) {
        self.records.push(record);
        self.tail_bytes = self.tail_bytes.saturating_add(content_bytes as u64);
    }
}
