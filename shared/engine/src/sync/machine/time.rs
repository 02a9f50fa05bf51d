//! What time does: waits that end, a clock that is put back, when to come back.

use protocol::AccountSeq;

use super::super::status::Trouble;
use super::{
    ANSWER_MS, Asked, CLOSING_MS, DIAL_MS, HALVES_MAX, Lacking, Link, Machine, Output, PROBE_MS,
    SILENCE_MS,
};

impl Machine {
    /// What the clock alone makes happen.
    pub(super) fn keep_time(&mut self, now: i64, jitter: u32, out: &mut Vec<Output>) {
        let is_late = self
            .asked
            .as_ref()
            .is_some_and(|(_, _, until)| *until <= now);
        match self.link {
            Link::Waiting { until } if until <= now => {
                self.clear();
                self.link = Link::Dialing {
                    until: now.saturating_add(DIAL_MS),
                };
                out.push(Output::Dial);
            }
            Link::Dialing { until } if until <= now => {
                self.give_up(Trouble::Unreachable, 0, now, jitter, out);
            }
            Link::Closing { until } if until <= now || !self.has_sealed() => {
                self.clear();
                self.link = Link::Off;
                out.push(Output::Hang);
            }
            Link::Greeting { .. } | Link::Ready if is_late => {
                if let Some((_, Asked::Push { .. } | Asked::Pull { .. }, _)) = self.asked {
                    self.late_count = self.late_count.saturating_add(1).min(HALVES_MAX);
                }
                self.give_up(Trouble::Unreachable, 0, now, jitter, out);
            }
            Link::Greeting {
                challenge: None, ..
            } if self.heard_at.saturating_add(ANSWER_MS) <= now => {
                self.give_up(Trouble::Unreachable, 0, now, jitter, out);
            }
            _ => {}
        }
        let is_at_end = self.wishes.at >= self.wishes.head && self.wishes.work.is_empty();
        let is_idle = !self.is_working && self.asked.is_none() && is_at_end;
        let is_due = self.again_at.is_some_and(|at| at <= now);
        // Between two pages the place where they go on must not move.
        if is_due && is_idle && self.link == Link::Ready {
            self.again_at = None;
            self.wishes.has_asked_chain = false;
            self.wishes.at = self.standing.map_or(AccountSeq(0), |of| of.cursor);
            let held_back = core::mem::take(&mut self.wishes.held_back);
            self.wishes.head = self.wishes.head.max(held_back);
            if self.lacking != Lacking::Nothing {
                // It may stand anywhere in the log.
                self.lacking = Lacking::AskedAgain;
                self.ask_all_again();
            }
        }
    }

    /// The clock was put back: what was planned by it is due now.
    pub(super) fn turn_back(&mut self, now: i64) {
        match &mut self.link {
            Link::Waiting { until } => *until = now,
            Link::Dialing { until } => *until = now.saturating_add(DIAL_MS),
            Link::Closing { until } => *until = now.saturating_add(CLOSING_MS),
            Link::Greeting { hello_at, .. } => *hello_at = now,
            Link::Off | Link::Ready => {}
        }
        if let Some((_, _, until)) = &mut self.asked {
            *until = now.saturating_add(ANSWER_MS);
        }
        let planned = [&mut self.again_at, &mut self.beacon_at];
        for at in planned.into_iter().flatten() {
            *at = now;
        }
        (self.heard_at, self.push_at, self.catch_up_at) = (now, now, now);
        (self.draft_at, self.drafts_at) = (now, now);
        self.probe_at = self.probe_at.min(now.saturating_add(PROBE_MS));
    }

    /// When to come back.
    pub(super) fn wake(&mut self, now: i64, out: &mut Vec<Output>) {
        let mut times = Vec::new();
        if self.standing.is_some_and(|of| of.behind_count > 0) {
            times.push(self.catch_up_at);
        }
        times.extend(self.asked.as_ref().map(|(_, _, until)| *until));
        match self.link {
            Link::Off => {}
            Link::Waiting { until } | Link::Dialing { until } | Link::Closing { until } => {
                times.push(until);
            }
            Link::Greeting { hello_at, .. } => {
                times.push(hello_at);
                times.push(self.heard_at.saturating_add(ANSWER_MS));
            }
            Link::Ready => {
                let standing = self.standing;
                times.push(self.heard_at.saturating_add(SILENCE_MS));
                times.push(self.probe_at);
                times.extend(self.beacon_at);
                times.extend(self.again_at);
                times.extend(
                    standing
                        .filter(|of| of.outbox_count > 0)
                        .map(|_| self.push_at),
                );
                times.extend(
                    standing
                        .filter(|of| of.draft_count > 0)
                        .map(|_| self.draft_at),
                );
                times.extend(self.wishes.drafts.then_some(self.drafts_at));
            }
        }
        let at = times.into_iter().filter(|at| *at > now).min();
        if let Some(at) = at
            && self.wake_at != Some(at)
        {
            self.wake_at = Some(at);
            out.push(Output::Wake { at });
        }
    }
}
