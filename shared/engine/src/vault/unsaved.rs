//! Work that the store refused: it stays, sealed, in memory and goes with the next commit that works. A lock does
//! not touch it.

use std::collections::BTreeMap;

use protocol::draft::DraftFrame;
use rand_core::CryptoRng;

use super::drafts::open_draft_of;
use super::stop::Outcome;
use super::turn::Turn;
use crate::store::Store;

/// The newest refused draft of each slot. Without the vault's keys it is as unreadable as a stored one.
#[derive(Clone, Default)]
pub struct Unsaved {
    frames: BTreeMap<u8, DraftFrame>,
}

impl Unsaved {
    /// Whether nothing waits for room.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Takes this draft in the place of an earlier one of its slot.
    pub(crate) fn keep(&mut self, frame: DraftFrame) {
        self.frames.insert(frame.header().slot, frame);
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Puts refused work back into its slots in memory, and into the changes that go with the next commit.
    ///
    /// A slot that another tab wrote meanwhile keeps what it has; the work then gets a free one.
    pub(crate) fn put_unsaved(&mut self, unsaved: Unsaved) -> Outcome<()> {
        for (slot, frame) in &unsaved.frames {
            if self.session.slots.frame(*slot) == Some(frame) {
                // Only the answer of that commit got lost.
                continue;
            }
            // One that does not open was sealed for a vault that is gone.
            let Some(draft) = open_draft_of(self.keys, *slot, frame) else {
                continue;
            };
            let is_newest = self.draft_counter(*slot) < frame.header().counter;
            let place = if is_newest {
                Some(*slot)
            } else {
                self.session.slots.free()
            };
            if let Some(slot) = place {
                self.put_draft(slot, draft)?;
            }
        }
        self.session.unsaved = unsaved;
        let waiting = core::mem::take(&mut self.batch);
        self.session.repairs.changes.extend(waiting.changes);
        // What memory holds more than the store goes with any commit.
        self.session.is_torn = false;
        Ok(())
    }
}
