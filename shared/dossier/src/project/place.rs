//! By what a signed entry is found in the records of its device.

use crate::document::Document;
use crate::document::layout::{ADDITION, CORRECTION, DEVICE, RECORDED_AT, VISIT, entry_key};
use crate::document::value::Entry;
use crate::id::EntryId;

/// Which device wrote an entry, and when: the record that brought it says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryMark {
    /// The entry.
    pub entry: EntryId,
    /// What it says of its device.
    pub device: String,
    /// When it was recorded, ms since the epoch, UTC.
    pub recorded_at: i64,
}

impl EntryMark {
    fn of(id: EntryId, entry: &Entry) -> Self {
        Self {
            entry: id,
            device: entry.text(DEVICE),
            recorded_at: entry.int(RECORDED_AT).unwrap_or_default(),
        }
    }
}

/// A signed visit, and each correction and addition of it in the order of their ids; `None` = no such visit.
#[must_use]
pub fn entry_marks(journal: &Document, visit: EntryId) -> Option<(EntryMark, Vec<EntryMark>)> {
    let signed = journal.entry(&entry_key(VISIT, visit))?;
    let mut amendments = Vec::new();
    for prefix in [CORRECTION, ADDITION] {
        let of_visit = format!("{}/", entry_key(prefix, visit));
        for (id, entry) in journal.entries(&of_visit) {
            if let Ok(id) = id.parse() {
                amendments.push(EntryMark::of(id, &entry));
            }
        }
    }
    amendments.sort_unstable_by_key(|mark| mark.entry);
    Some((EntryMark::of(visit, &signed), amendments))
}
