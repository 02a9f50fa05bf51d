//! What is told of the exchange.

use protocol::AccountSeq;

use super::super::status::{Phase, SyncStatus};
use super::super::work::Work;
use super::{Asked, Link, Machine, Output, SPEAK_MS, Wishes};

impl Wishes {
    /// Records that were given and wait for the vault.
    fn take_count(&self) -> u64 {
        let counts = self.work.iter().map(|work| match work {
            Work::Take { records } => records.len() as u64,
            _ => 0,
        });
        counts.sum()
    }
}

impl Machine {
    pub(super) fn tell(&mut self, out: &mut Vec<Output>) {
        let is_asked = match &self.asked {
            // A sign of life is nothing a person waits for.
            Some((_, Asked::Probe(_), _)) | None => false,
            Some(_) => true,
        };
        let is_busy = self.is_working || is_asked;
        let last = self.told.unwrap_or_default();
        let behind_count = self
            .standing
            .map_or(last.stored_behind, |of| of.behind_count as u64);
        let phase = match self.link {
            Link::Off | Link::Closing { .. } => Phase::Off,
            Link::Waiting { .. } => Phase::Offline,
            Link::Dialing { .. } | Link::Greeting { .. } => Phase::Connecting,
            Link::Ready if is_busy || behind_count > 0 => Phase::Busy,
            Link::Ready => Phase::UpToDate,
        };
        // While there is no connection, what was known last holds.
        let (missing, head) = match self.link {
            Link::Ready => {
                let taken = self.standing.map_or(AccountSeq(0), |of| of.cursor);
                // What is asked for once more is not missing.
                self.reached = self.reached.max(self.wishes.at).max(taken);
                let head = self.wishes.head.max(self.wishes.held_back).0;
                let given = self.taking_count.saturating_add(self.wishes.take_count());
                let missing = head.saturating_sub(self.reached.0);
                // What was given is here once it is stored.
                (missing.saturating_add(given).min(head), head)
            }
            _ => (last.behind.saturating_sub(last.stored_behind), last.head),
        };
        if phase == Phase::UpToDate {
            self.backoff.reset();
            let is_done = self.standing.is_none_or(|of| of.outbox_count == 0);
            if is_done && core::mem::take(&mut self.is_refilling) {
                self.has_refilled = true;
                self.beacon_at = Some(self.last_now.saturating_add(SPEAK_MS));
            }
        }
        let mut status = SyncStatus {
            phase,
            trouble: self.trouble.or(self.draft_trouble),
            behind: missing.saturating_add(behind_count),
            stored_behind: behind_count,
            head,
            clock_off_ms: self.clock_off_ms,
            is_refilling: self.is_refilling,
            ..last
        };
        // Of a locked vault what was known last holds.
        if let Some(of) = self.standing {
            status.waiting_count = of.waiting_count;
            status.refused_count = of.refused_count;
            (status.last_sent_at, status.last_received_at) = (of.last_sent_at, of.last_received_at);
            status.heard_count = of.heard_count;
            status.chain_len = of.chain.len;
        }
        if self.told != Some(status) {
            self.told = Some(status);
            out.push(Output::Tell(status));
        }
    }
}
