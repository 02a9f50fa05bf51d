//! Draft slots that go to and come from other devices.

use super::stop::Outcome;
use super::turn::Turn;
use crate::store::Store;

impl<S: Store, R: rand_core::CryptoRng> Turn<'_, S, R> {
    /// Own slots whose newest state the relay has not.
    pub(crate) fn unsent_drafts(&self) -> Vec<Vec<u8>> {
        let sent = &self.session.sync.drafts_sent;
        let slots = self.session.slots.frames();
        slots
            .filter(|(slot, frame)| sent.get(slot) != Some(&frame.header().counter))
            .map(|(_, frame)| frame.as_bytes().to_vec())
            .collect()
    }

    pub(crate) async fn take_drafts(&mut self, _drafts: Vec<Vec<u8>>) -> Outcome<()> {
        Ok(())
    }
}
