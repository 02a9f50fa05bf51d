//! The next thing to do, from what is wished for.

use protocol::chain::Entry;
use protocol::limit;
use protocol::wire::{ChainTip, RequestId, ToRelay};

use super::super::work::{Standing, Work};
use super::{ANSWER_MS, Asked, DRAFT_MS, Link, Machine, Output, PROBE_MS, PUSH_BYTES, SILENCE_MS};

impl Machine {
    /// The next thing to do, when neither relay nor vault has anything to answer.
    pub(super) fn next(&mut self, now: i64, out: &mut Vec<Output>) {
        if let Link::Closing { .. } = self.link {
            if let Some(draft) = self.wishes.drafts_out.pop() {
                self.put_draft(draft, now, out);
            }
            return;
        }
        let Some(standing) = self.standing else {
            return;
        };
        match self.link {
            Link::Greeting {
                challenge: Some((challenge, _)),
                hello_at,
            } if hello_at <= now => {
                let origin = self.settings.origin.clone();
                self.work(Work::Hello { challenge, origin }, out);
            }
            Link::Ready => self.next_ready(standing, now, out),
            // What is stored needs no relay.
            _ => {
                self.next_catch_up(standing, now, out);
            }
        }
    }

    /// Has the vault bring in some of what it stores; answers whether there was any.
    fn next_catch_up(&mut self, standing: Standing, now: i64, out: &mut Vec<Output>) -> bool {
        let is_wanted = standing.behind_count > 0 && self.catch_up_at <= now;
        if is_wanted {
            self.work(Work::CatchUp, out);
        }
        is_wanted
    }

    fn next_ready(&mut self, standing: Standing, now: i64, out: &mut Vec<Output>) {
        if !self.wishes.work.is_empty() {
            let work = self.wishes.work.remove(0);
            return self.work(work, out);
        }
        if self.next_chain(standing, now, out) {
            return;
        }
        if core::mem::take(&mut self.wishes.retries) {
            let records = Vec::new();
            return self.work(Work::Take { records }, out);
        }
        if self.wishes.at < self.wishes.head {
            return self.pull(now, out);
        }
        if standing.outbox_count > 0 && self.push_at <= now {
            let max_bytes = PUSH_BYTES >> self.late_count;
            return self.work(Work::ReadOutbox { max_bytes }, out);
        }
        if self.wishes.drafts && self.drafts_at <= now {
            self.wishes.drafts = false;
            let asked = Asked::PullDrafts { drafts: Vec::new() };
            return self.ask(asked, &ToRelay::PullDrafts, now, out);
        }
        if !self.wishes.drafts_in.is_empty() {
            let drafts = core::mem::take(&mut self.wishes.drafts_in);
            let is_all = false;
            return self.work(Work::TakeDrafts { drafts, is_all }, out);
        }
        if let Some(draft) = self.wishes.drafts_out.pop() {
            return self.put_draft(draft, now, out);
        }
        if standing.draft_count > 0 && self.draft_at <= now {
            self.draft_at = now.saturating_add(DRAFT_MS);
            return self.work(Work::ReadDrafts, out);
        }
        if self.next_catch_up(standing, now, out) {
            return;
        }
        if self.beacon_at.is_some_and(|at| at <= now) {
            self.beacon_at = None;
            let work = match core::mem::take(&mut self.has_refilled) {
                true => Work::Speak,
                false => Work::Beacon,
            };
            return self.work(work, out);
        }
        if !self.wishes.probes.is_empty() {
            let names = core::mem::take(&mut self.wishes.probes);
            let probe = ToRelay::Probe {
                names: protocol::wire::List(names.clone()),
            };
            return self.ask(Asked::Probe(names), &probe, now, out);
        }
        if self.probe_at <= now {
            self.probe_at = now.saturating_add(PROBE_MS);
            return self.work(Work::ChooseProbes, out);
        }
        if self.heard_at.saturating_add(SILENCE_MS) <= now {
            let names = protocol::wire::List(Vec::new());
            self.ask(
                Asked::Probe(Vec::new()),
                &ToRelay::Probe { names },
                now,
                out,
            );
        }
    }

    fn pull(&mut self, now: i64, out: &mut Vec<Output>) {
        let page_bytes = limit::PAGE_MAX_BYTES >> self.late_count;
        let max_bytes = u32::try_from(page_bytes).unwrap_or(u32::MAX);
        let after = self.wishes.at;
        let pull = ToRelay::Pull { after, max_bytes };
        self.ask(Asked::Pull { after }, &pull, now, out);
    }

    /// Asks for the next page while the vault takes in the last part of the one before, unless something else comes
    /// before a page.
    pub(super) fn pull_ahead(&mut self, now: i64, out: &mut Vec<Output>) {
        let is_last_part = self.taking_count > 0 && self.wishes.work.is_empty();
        let is_free = self.link == Link::Ready && self.asked.is_none();
        let is_next = !self.wishes.retries && !self.has_chain_wish();
        if is_last_part && is_free && is_next && self.wishes.at < self.wishes.head {
            self.pull(now, out);
        }
    }

    /// Whether [`Machine::next_chain`] has something to do.
    pub(super) fn has_chain_wish(&self) -> bool {
        let own = self.standing.map(|of| of.chain);
        let is_apart = self.wishes.tip.is_some() && self.wishes.tip != own;
        let has_proposal = self.proposed.is_some() && !self.wishes.is_proposal_sent;
        (is_apart && !self.is_chain_forked) || self.wishes.is_chain_doubted || has_proposal
    }

    /// Brings the chains together; answers whether that asked for anything.
    fn next_chain(&mut self, standing: Standing, now: i64, out: &mut Vec<Output>) -> bool {
        let Some(tip) = self.wishes.tip.filter(|_| !self.is_chain_forked) else {
            return false;
        };
        let own = standing.chain;
        if tip.len > own.len || self.wishes.is_chain_doubted {
            let from = match self.wishes.is_chain_doubted {
                true if self.wishes.is_chain_compared => 0,
                // The last entry both have.
                true => own.len.min(tip.len).saturating_sub(1),
                false => own.len,
            };
            self.ask(Asked::PullChain, &ToRelay::PullChain { from }, now, out);
            return true;
        }
        if tip.len == own.len && tip.head != own.head {
            self.wishes.is_chain_doubted = true;
            return self.next_chain(standing, now, out);
        }
        if tip.len < own.len {
            if self.wishes.entries_out.is_empty() {
                self.work(Work::ReadChain { from: tip.len }, out);
            } else {
                let entry = self.wishes.entries_out.remove(0);
                self.append_chain(tip, &entry, now, out);
            }
            return true;
        }
        // Once on a connection: a relay that takes it and does not have it would be asked without end.
        let is_sent = core::mem::replace(&mut self.wishes.is_proposal_sent, true);
        let follows =
            |entry: &Vec<u8>| Entry::decode(entry).is_ok_and(|entry| entry.prev() == tip.head);
        match self.proposed.take().filter(follows) {
            Some(entry) => {
                if !is_sent {
                    self.append_chain(tip, &entry, now, out);
                }
                self.proposed = Some(entry);
                !is_sent
            }
            None => false,
        }
    }

    fn append_chain(&mut self, tip: ChainTip, entry: &[u8], now: i64, out: &mut Vec<Output>) {
        let append = ToRelay::AppendChain {
            prev: tip.head,
            entry: protocol::wire::EntryBytes(entry),
        };
        self.ask(Asked::AppendChain, &append, now, out);
    }

    pub(super) fn work(&mut self, work: Work, out: &mut Vec<Output>) {
        self.is_working = true;
        self.taking_count = match &work {
            Work::Take { records } => records.len() as u64,
            _ => 0,
        };
        out.push(Output::Work(Box::new(work)));
    }

    pub(super) fn ask(
        &mut self,
        asked: Asked,
        frame: &ToRelay<'_>,
        now: i64,
        out: &mut Vec<Output>,
    ) {
        self.last_request = self.last_request.checked_add(1).unwrap_or(1);
        let request = RequestId(self.last_request);
        // A frame that does not encode is one this version does not make.
        if let Ok(bytes) = frame.encode(request) {
            self.asked = Some((request, asked, now.saturating_add(ANSWER_MS)));
            out.push(Output::Send(bytes));
        }
    }
}
