//! Documents for one purpose as one: two devices that never met may each have made the journal of a year.
//!
//! Their histories are joined, so what stands in both is shown as what two devices wrote at the same time. The next
//! edit carries everything over into the one that every device chooses, the first by id.

use core::ops::Deref;

use dossier::document::Document;
use protocol::DocId;

use super::session::{Health, OpenDoc, Session};
use super::turn::Turn;

/// Most that is carried over, of all others together: it has to fit into one record with the edit. A larger one is read
/// beside the first.
const CARRY_OVER_BYTES: usize = 128 * 1024;

/// One document, or several read as one.
pub(crate) enum Merged<'a> {
    /// As it is in memory.
    One(&'a Document),
    /// A copy that holds all of them.
    Many(Box<Document>),
}

impl Deref for Merged<'_> {
    type Target = Document;

    fn deref(&self) -> &Document {
        match self {
            Self::One(document) => document,
            Self::Many(document) => document,
        }
    }
}

impl<S, R> Turn<'_, S, R> {
    /// Open documents as one, for reading only; `None` when none of them is open.
    pub(crate) fn merged(&self, docs: &[DocId]) -> Option<Merged<'_>> {
        self.session.merged(docs)
    }
}

impl Session {
    /// See [`Turn::merged`].
    pub(crate) fn merged(&self, docs: &[DocId]) -> Option<Merged<'_>> {
        let mut open = docs.iter().filter_map(|doc| self.docs.get(doc));
        let first = open.next()?;
        let rest: Vec<&OpenDoc> = open.collect();
        if rest.is_empty() {
            return Some(Merged::One(&first.document));
        }
        let mut joined = first.document.copy([0; 16]);
        for other in rest {
            // Histories that contradict each other cannot be joined: the first stands.
            let _ = joined.adopt(&other.document, usize::MAX);
        }
        Some(Merged::Many(Box::new(joined)))
    }

    /// Carries what stands in other whole documents for the same purpose over into this one.
    pub(crate) fn carry_over(&self, open: &mut OpenDoc, doc: DocId) {
        let mut others = self.catalogue.find(open.place);
        others.retain(|other| *other != doc);
        let room = CARRY_OVER_BYTES / others.len().max(1);
        for other in others {
            let found = self.docs.get(&other);
            if let Some(other) = found.filter(|other| other.health == Health::Whole) {
                let _ = open.document.adopt(&other.document, room);
            }
        }
    }
}
