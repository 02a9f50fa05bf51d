//! Records that were just stored, as they were looked at then: what is brought in soon after is not read again.

use std::collections::BTreeMap;

use protocol::RecordHash;

use super::intake::{Work, is_of_doc};

/// Bytes of records kept at most; what is stored beyond them is read when its turn comes.
const FRESH_BYTES: usize = 4 << 20;

/// Stored records in memory, each until it is in its document.
#[derive(Default)]
pub(crate) struct Fresh {
    works: BTreeMap<RecordHash, Work>,
    bytes: usize,
}

impl Fresh {
    /// Keeps those that belong into documents, as far as there is room.
    pub(crate) fn keep(&mut self, works: Vec<Work>) {
        for work in works.into_iter().filter(|work| is_of_doc(&work.route)) {
            let size = work.record.as_bytes().len();
            if self.bytes + size <= FRESH_BYTES && !self.works.contains_key(&work.hash) {
                self.bytes += size;
                self.works.insert(work.hash, work);
            }
        }
    }

    /// Takes one out.
    pub(crate) fn take(&mut self, record: &RecordHash) -> Option<Work> {
        let work = self.works.remove(record)?;
        self.bytes -= work.record.as_bytes().len();
        Some(work)
    }

    /// Nothing waits any more.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
