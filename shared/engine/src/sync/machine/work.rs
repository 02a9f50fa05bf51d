//! What the vault did, and what follows from it.

use protocol::draft::DraftFrame;
use protocol::wire::{DraftBytes, EntryBytes, Invite, List, RecordBytes, ToRelay};
use protocol::{AccountSeq, limit};

use super::super::status::Trouble;
use super::super::work::{Done, Work};
use super::{
    AGAIN_DOUBLED_MAX, AGAIN_MS, Asked, LACKING_DOUBLED_MAX, Lacking, Link, Machine, Output,
};
use crate::{ChainTaken, Taken};

impl Machine {
    pub(super) fn worked(&mut self, done: Done, now: i64, out: &mut Vec<Output>) {
        match done {
            Done::Hello {
                account,
                key,
                signature,
            } => {
                if let Link::Greeting { .. } = self.link {
                    let hello = ToRelay::Hello {
                        account,
                        key,
                        signature,
                        is_live: true,
                    };
                    self.ask(Asked::Hello, &hello, now, out);
                }
            }
            Done::Chain(entries) => match self.link {
                Link::Greeting { .. } => self.register(&entries, now, out),
                _ => self.wishes.entries_out = entries,
            },
            Done::Welcomed { is_wiped } => {
                if is_wiped {
                    self.reached = AccountSeq(0);
                    self.is_refilling = true;
                }
                // Pages go on where the vault stands, at the start after a loss. The last record is asked for once more:
                // another one in its place shows that the relay lost records and went on.
                if let (Link::Ready, Some(standing)) = (self.link, self.standing) {
                    self.wishes.at = AccountSeq(standing.cursor.0.saturating_sub(1));
                }
            }
            Done::ChainTaken(taken) => self.chain_taken(taken),
            Done::Taken(taken) => self.taken(taken, now),
            Done::Outbox(records) if self.link == Link::Ready => self.push(&records, now, out),
            Done::Probes(names) => self.wishes.probes = names,
            Done::Drafts(drafts) => self.wishes.drafts_out = drafts,
            Done::CaughtUp(_) | Done::Outbox(_) | Done::Lost(_) | Done::Nothing => {}
        }
    }

    fn register(&mut self, entries: &[Vec<u8>], now: i64, out: &mut Vec<Output>) {
        let mut size = 0;
        let fits = entries.iter().take_while(|entry| {
            size += entry.len() + 4;
            size < limit::FRAME_MAX_BYTES / 2
        });
        let entries: Vec<EntryBytes<'_>> = fits.map(|entry| EntryBytes(entry)).collect();
        let Some(genesis) = entries.first() else {
            return;
        };
        let genesis = protocol::chain::Entry::decode(genesis.0);
        let Ok(account) = genesis.map(|entry| entry.hash().into()) else {
            return;
        };
        let invite = self.settings.invite.clone();
        let register = ToRelay::Register {
            account,
            invite: Invite(&invite),
            entries: List(entries),
        };
        self.ask(Asked::Register, &register, now, out);
    }

    fn chain_taken(&mut self, taken: ChainTaken) {
        let was_doubted = core::mem::take(&mut self.wishes.is_chain_doubted);
        let was_refused = core::mem::take(&mut self.wishes.is_append_refused);
        match taken {
            ChainTaken::Len(len) => {
                self.wishes.retries = true;
                // A relay that names another chain than it gives, or refuses what follows its own, would be asked
                // without end.
                let own = self.standing.map(|of| of.chain);
                let is_other = match (self.wishes.tip, own) {
                    (Some(tip), Some(own)) => tip.len == own.len && tip.head != own.head,
                    _ => false,
                };
                if was_doubted && (is_other || was_refused) {
                    self.trouble = Some(Trouble::Tampered);
                    self.wishes.tip = own;
                }
                // A relay that names a longer chain than it gives would be asked without end.
                let is_longer = self.wishes.tip.is_some_and(|tip| tip.len > len);
                if is_longer && self.wishes.last_len == Some(len) {
                    self.trouble = Some(Trouble::Tampered);
                    self.wishes.tip = self.standing.map(|of| of.chain);
                }
                self.wishes.last_len = Some(len);
            }
            ChainTaken::Fork => {
                self.is_chain_forked = true;
                self.trouble = Some(Trouble::ChainFork);
            }
            // What does not fit may be made up, or follow another entry than the one that stands here.
            ChainTaken::Invalid if !self.wishes.is_chain_compared => {
                self.wishes.is_chain_compared = true;
                self.wishes.is_chain_doubted = true;
            }
            ChainTaken::Invalid => {
                self.trouble = Some(Trouble::Tampered);
                self.wishes.tip = self.standing.map(|of| of.chain);
            }
            ChainTaken::Newer => {
                self.trouble = Some(Trouble::AppTooOld);
                self.wishes.is_chain_newer = true;
                self.wishes.tip = self.standing.map(|of| of.chain);
            }
        }
    }

    fn taken(&mut self, mut taken: Taken, now: i64) {
        if taken.has_news {
            self.plan_beacon(now);
        }
        if taken.new_count > 0 {
            self.backoff.reset();
        }
        // The relay gives records, and not the entry of the chain that they name.
        let is_chain_kept_back =
            taken.needs_chain && self.wishes.has_asked_chain && !self.has_chain_wish();
        if taken.needs_chain && self.wishes.tip.is_some() && !self.wishes.has_asked_chain {
            // The tip that was told may be older than the record.
            self.wishes.has_asked_chain = true;
            self.wishes.is_chain_doubted = true;
        }
        if let Some(after) = taken.again_after {
            self.wishes.at = self.wishes.at.min(after);
        }
        let (bad_count, new_count) = core::mem::take(&mut self.wishes.parts);
        taken.bad_count += bad_count;
        taken.new_count += new_count;
        if let Some(Work::Take { .. }) = self.wishes.work.first() {
            // What is missing may stand in the next part of the page.
            self.wishes.parts = (taken.bad_count, taken.new_count);
            return;
        }
        // Only an update, or the right bytes, helps against a record of a newer format; what follows it has to wait.
        if self.is_chain_forked {
            // Records that name the other chain are no news.
            self.trouble = Some(Trouble::ChainFork);
        } else if taken.bad_count > 0 {
            self.trouble = Some(Trouble::Tampered);
        } else if taken.is_newer {
            self.trouble = Some(Trouble::AppTooOld);
        } else if taken.has_rollback {
            self.trouble = Some(Trouble::Rollback);
        } else if taken.has_gap || is_chain_kept_back {
            self.trouble = Some(Trouble::Withheld);
        } else if taken.new_count > 0 {
            self.clear_trouble(&[Trouble::Tampered, Trouble::Withheld]);
            if !self.wishes.is_chain_newer {
                self.clear_trouble(&[Trouble::AppTooOld]);
            }
        }
        // A hole in the page after this one, which came while this one was taken in.
        if self.wishes.held_back > self.wishes.at && self.trouble.is_none() {
            self.trouble = Some(Trouble::Withheld);
        }
        let is_next = |work: &Work| matches!(work, Work::Take { .. } | Work::TakeAgain);
        let is_waiting = self.wishes.work.iter().any(is_next);
        if self.wishes.at < self.wishes.head || is_waiting {
            return;
        }
        self.lacking = match self.lacking {
            _ if !taken.is_lacking => Lacking::Nothing,
            Lacking::Nothing => Lacking::Noted,
            earlier => earlier,
        };
        if self.lacking == Lacking::AskedAgain && self.trouble.is_none() {
            self.trouble = Some(Trouble::Withheld);
        }
        let is_missing = taken.has_gap || is_chain_kept_back;
        let is_given_badly = taken.bad_count > 0 || is_missing || taken.is_newer;
        if !is_given_badly && !taken.is_lacking {
            if self.wishes.held_back <= self.wishes.at && !taken.needs_chain {
                self.again_count = 0;
                self.clear_trouble(&[Trouble::Withheld]);
            }
        } else {
            let doubled_max = match taken.is_lacking {
                // Then the whole log is asked for.
                true => LACKING_DOUBLED_MAX,
                false => AGAIN_DOUBLED_MAX,
            };
            self.plan_again(doubled_max, now);
        }
    }

    /// Has what is missing asked for again, each time after twice as long.
    pub(super) fn plan_again(&mut self, doubled_max: u32, now: i64) {
        if self.again_at.is_none() {
            let wait = AGAIN_MS << self.again_count.min(doubled_max);
            self.again_count = self.again_count.saturating_add(1);
            self.again_at = Some(now.saturating_add(wait));
        }
    }

    fn push(
        &mut self,
        records: &[(protocol::RecordHash, Vec<u8>)],
        now: i64,
        out: &mut Vec<Output>,
    ) {
        if records.is_empty() {
            // What waits cannot be read now.
            self.trouble = Some(Trouble::Storage);
            self.push_at = now.saturating_add(AGAIN_MS);
            return;
        }
        let bytes = records.iter().map(|(_, bytes)| RecordBytes(bytes));
        let push = ToRelay::Push {
            records: List(bytes.collect()),
        };
        let asked = Asked::Push {
            hashes: records.iter().map(|(hash, _)| *hash).collect(),
            acked: Vec::new(),
        };
        self.ask(asked, &push, now, out);
    }

    pub(super) fn put_draft(&mut self, draft: Vec<u8>, now: i64, out: &mut Vec<Output>) {
        let Ok(frame) = DraftFrame::decode(draft) else {
            return;
        };
        let slot = frame.header().slot;
        let put = ToRelay::PutDraft {
            draft: DraftBytes(frame.as_bytes()),
        };
        self.ask(Asked::PutDraft { slot }, &put, now, out);
    }
}
