//! What a relay says: answers to the one request, and what comes unasked.

use protocol::wire::{Acked, ChainTip, Refusal, Registration, RequestId, ToDevice};
use protocol::{AccountSeq, limit};

use super::super::status::Trouble;
use super::super::work::Work;
use super::{
    AGAIN_DOUBLED_MAX, AGAIN_MS, ANSWER_MS, Asked, DRAFT_MS, DRAFTS_IN_MAX, Link, Machine, Output,
    STUCK_MAX, UNWILLING_MS, WORK_MAX, is_record_size,
};

/// Until a device that the relay does not know yet says hello again, in ms.
const HELLO_AGAIN_MS: i64 = 5_000;

/// A push or a page that is answered within this time went over a line that carries more, in ms.
const SOON_MS: i64 = ANSWER_MS / 8;

/// Records that the vault takes in at once.
const TAKE_RECORDS: usize = 128;

impl Machine {
    pub(super) fn hear(&mut self, bytes: &[u8], now: i64, jitter: u32, out: &mut Vec<Output>) {
        if matches!(
            self.link,
            Link::Off | Link::Waiting { .. } | Link::Dialing { .. }
        ) {
            return;
        }
        let Ok((request, frame)) = ToDevice::decode(bytes) else {
            // No relay that works says this: what it was to answer is asked again on another connection.
            return self.give_up(Trouble::Tampered, 0, now, jitter, out);
        };
        self.heard_at = now;
        if let Link::Closing { .. } = self.link {
            self.asked = None;
            return;
        }
        if request == RequestId::NONE {
            return self.overhear(frame, now, jitter, out);
        }
        match self.asked.take() {
            Some((asked_as, asked, until)) if asked_as == request => {
                let took = now.saturating_sub(until.saturating_sub(ANSWER_MS));
                if let (true, Asked::Push { .. } | Asked::Pull { .. }) = (took < SOON_MS, &asked) {
                    self.late_count = self.late_count.saturating_sub(1);
                }
                if let Some(asked) = self.answer(asked, frame, now, jitter, out) {
                    self.asked = Some((asked_as, asked, until));
                }
            }
            // An answer nobody waits for.
            other => self.asked = other,
        }
    }

    fn overhear(&mut self, frame: ToDevice<'_>, now: i64, jitter: u32, out: &mut Vec<Output>) {
        match frame {
            ToDevice::Challenge {
                challenge,
                instance,
                time,
                registration,
                origin,
            } => {
                let off = i64::try_from(time).unwrap_or(i64::MAX).saturating_sub(now);
                let slack = i64::try_from(limit::CLOCK_SLACK_MS).unwrap_or(i64::MAX);
                self.clock_off_ms = if off.saturating_abs() > slack { off } else { 0 };
                if origin.as_str() != self.settings.origin {
                    return self.give_up(Trouble::OtherRelay, 60_000, now, jitter, out);
                }
                self.is_registration_closed = registration == Registration::Closed;
                if let Link::Greeting { .. } = self.link {
                    self.link = Link::Greeting {
                        challenge: Some((challenge, instance)),
                        hello_at: now,
                    };
                }
            }
            ToDevice::Live { record } if self.link == Link::Ready => {
                let is_asked = matches!(self.asked, Some((_, Asked::Pull { .. }, _)));
                let is_next = !is_asked && self.wishes.at.next() == Some(record.seq);
                self.wishes.head = self.wishes.head.max(record.seq);
                // Whole pages are better than single records, where more than this one is missing.
                let is_newest = is_next && self.wishes.head == record.seq;
                // A place that was passed: the vault knows the record, or the relay lost another one there.
                let is_passed = record.seq <= self.wishes.at;
                let has_room = self.wishes.work.len() < WORK_MAX;
                if has_room && is_record_size(record.record.0) && (is_newest || is_passed) {
                    self.wishes.at = self.wishes.at.max(record.seq);
                    let records = vec![(record.seq, record.record.0.to_vec())];
                    self.wishes.work.push(Work::Take { records });
                }
            }
            ToDevice::Behind { head } => self.wishes.head = self.wishes.head.max(head),
            ToDevice::ChainLive { tip } => self.wishes.tip = Some(tip),
            ToDevice::DraftLive { draft } if self.wishes.drafts_in.len() < DRAFTS_IN_MAX => {
                self.wishes.drafts_in.push(draft.0.to_vec());
            }
            ToDevice::Bye { retry_after_ms } => {
                self.give_up(Trouble::Unreachable, retry_after_ms, now, jitter, out);
            }
            _ => {}
        }
    }

    /// `Some` = the request is not wholly answered yet.
    fn answer(
        &mut self,
        asked: Asked,
        frame: ToDevice<'_>,
        now: i64,
        jitter: u32,
        out: &mut Vec<Output>,
    ) -> Option<Asked> {
        match (asked, frame) {
            (asked, ToDevice::Refused { index, refusal }) => {
                self.refused(asked, index, &refusal, now, jitter, out);
            }
            (
                Asked::Hello,
                ToDevice::Welcome {
                    chain,
                    head,
                    branches,
                    ..
                },
            ) => self.welcome(chain, head, branches.0, now),
            (Asked::Register, ToDevice::ChainAck { .. }) => self.hello_again(now),
            (Asked::AppendChain, ToDevice::ChainAck { tip }) => {
                let earlier = self.wishes.tip.map_or(0, |earlier| earlier.len);
                if tip.len <= earlier {
                    // Taken and not there: it would be handed in without end.
                    self.give_up(Trouble::Tampered, 0, now, jitter, out);
                } else {
                    self.wishes.tip = Some(tip);
                }
            }
            (Asked::PullChain, ToDevice::ChainPage { tip, entries }) => {
                self.wishes.tip = Some(tip);
                let entries = entries.0.iter().map(|entry| entry.0.to_vec()).collect();
                self.wishes.work.push(Work::TakeChain { entries });
            }
            // Meanwhile the log is to be read from another place.
            (Asked::Pull { after }, ToDevice::Page { .. }) if after != self.wishes.at => {}
            (Asked::Pull { .. }, ToDevice::Page { head, records }) => {
                let mut next = self.wishes.at;
                let mut taken = Vec::new();
                for record in records.0 {
                    if next.next() != Some(record.seq) {
                        break;
                    }
                    next = record.seq;
                    taken.push((record.seq, record.record.0.to_vec()));
                }
                // A record may have been told of after the page was made.
                self.wishes.head = self.wishes.head.max(head);
                if taken.is_empty() {
                    self.note_hole(now);
                }
                self.wishes.at = next;
                while !taken.is_empty() {
                    // A tap waits for one part of a page, not for all of it.
                    let rest = taken.split_off(taken.len().min(TAKE_RECORDS));
                    self.wishes.work.push(Work::Take { records: taken });
                    taken = rest;
                }
            }
            (Asked::Push { hashes, mut acked }, ToDevice::Ack { records }) => {
                // What was not handed in cannot have been taken.
                let of_push = |record: &&Acked| hashes.contains(&record.hash);
                let of_push = records.0.iter().filter(of_push);
                acked.extend(of_push.map(|record| (record.hash, record.seq)));
                if acked.len() < hashes.len() {
                    return Some(Asked::Push { hashes, acked });
                }
                self.wishes.stuck_count = 0;
                self.backoff.reset();
                self.clear_trouble(&[Trouble::Quota, Trouble::Patience, Trouble::RelayTooOld]);
                self.note_acked(acked);
            }
            (Asked::PutDraft { slot }, ToDevice::DraftAck { slot: of, counter }) if slot == of => {
                self.draft_trouble = None;
                self.wishes.work.push(Work::DraftAcked { slot, counter });
            }
            (
                Asked::PullDrafts { mut drafts },
                ToDevice::DraftPage {
                    is_last,
                    drafts: page,
                },
            ) => {
                let room = DRAFTS_IN_MAX.saturating_sub(drafts.len());
                drafts.extend(page.0.iter().take(room).map(|draft| draft.0.to_vec()));
                if !is_last && room > 0 {
                    return Some(Asked::PullDrafts { drafts });
                }
                // Once on a connection: a relay that keeps them back is not sent them over and over.
                let is_all =
                    is_last && !core::mem::replace(&mut self.wishes.are_drafts_compared, true);
                if is_all || !drafts.is_empty() {
                    self.wishes.work.push(Work::TakeDrafts { drafts, is_all });
                }
            }
            (Asked::Probe(names), ToDevice::Probed { records }) => {
                let found = records
                    .0
                    .iter()
                    .map(|record| record.map(|of| of.0.to_vec()));
                // What it says nothing of it does not have.
                let found = found.chain(core::iter::repeat(None));
                let records: Vec<_> = names.into_iter().zip(found).collect();
                if !records.is_empty() {
                    self.wishes.work.push(Work::Probed { records });
                }
            }
            // Not an answer to this.
            _ => self.give_up(Trouble::Tampered, 0, now, jitter, out),
        }
        None
    }

    /// The relay gave nothing, or not what comes next. Up to the end it named, that is missing; asked for again at once
    /// it would be asked for without end.
    fn note_hole(&mut self, now: i64) {
        let end = core::mem::replace(&mut self.wishes.head, self.wishes.at);
        if end > self.wishes.at {
            self.wishes.held_back = end;
            let is_worse = |of: &Trouble| {
                matches!(
                    of,
                    Trouble::ChainFork | Trouble::Tampered | Trouble::AppTooOld
                )
            };
            self.trouble = self.trouble.filter(is_worse).or(Some(Trouble::Withheld));
            self.plan_again(AGAIN_DOUBLED_MAX, now);
        }
    }

    fn welcome(
        &mut self,
        tip: ChainTip,
        head: AccountSeq,
        branches: Vec<protocol::wire::Branch>,
        now: i64,
    ) {
        let Link::Greeting {
            challenge: Some((_, instance)),
            ..
        } = self.link
        else {
            return;
        };
        self.link = Link::Ready;
        self.heard_at = now;
        self.trouble = self.is_chain_forked.then_some(Trouble::ChainFork);
        self.draft_trouble = None;
        // A full relay that was started again may have room, and a refusal of before is not known on this connection.
        self.push_at = now;
        self.wishes.tip = Some(tip);
        self.wishes.head = head;
        self.wishes.drafts = true;
        self.wishes.retries = true;
        self.wishes.work.push(Work::Welcome {
            instance,
            head,
            branches,
        });
    }

    fn hello_again(&mut self, at: i64) {
        if let Link::Greeting { challenge, .. } = self.link {
            self.link = Link::Greeting {
                challenge,
                hello_at: at,
            };
        }
    }

    fn note_acked(&mut self, records: Vec<(protocol::RecordHash, AccountSeq)>) {
        let Some(last) = records.iter().map(|(_, seq)| *seq).max() else {
            return;
        };
        let mut places: Vec<AccountSeq> = records.iter().map(|(_, seq)| *seq).collect();
        places.sort_unstable();
        for place in places {
            if self.wishes.at.next() == Some(place) {
                self.wishes.at = place;
            }
        }
        self.wishes.head = self.wishes.head.max(last);
        self.wishes.work.push(Work::Acked { records });
    }

    fn refused(
        &mut self,
        asked: Asked,
        index: u16,
        refusal: &Refusal<'_>,
        now: i64,
        jitter: u32,
        out: &mut Vec<Output>,
    ) {
        let wait = refusal.retry_after_ms().unwrap_or(0);
        let patience = now.saturating_add(i64::from(wait).max(1_000));
        match (asked, refusal) {
            (_, Refusal::Revoked { .. }) => {
                self.give_up(Trouble::Revoked, 60_000, now, jitter, out);
            }
            (_, Refusal::HelloFirst | Refusal::UnknownType) => {
                self.give_up(Trouble::RelayTooOld, 60_000, now, jitter, out);
            }
            (Asked::Hello, Refusal::UnknownAccount) if self.is_registration_closed => {
                self.give_up(Trouble::Closed, 60_000, now, jitter, out);
            }
            (Asked::Hello, Refusal::UnknownAccount) => {
                self.is_working = true;
                out.push(Output::Work(Box::new(Work::ReadChain { from: 0 })));
                self.hello_again(i64::MAX);
            }
            (Asked::Hello, Refusal::NotMember) => {
                self.trouble = Some(Trouble::NotMember);
                self.hello_again(now.saturating_add(HELLO_AGAIN_MS));
            }
            (Asked::Hello, Refusal::BadSignature) => {
                self.give_up(Trouble::OtherRelay, 60_000, now, jitter, out);
            }
            (Asked::Register, Refusal::InviteNeeded) => {
                self.give_up(Trouble::InviteNeeded, 60_000, now, jitter, out);
            }
            (Asked::Register, Refusal::InviteBad) => {
                self.give_up(Trouble::InviteBad, 60_000, now, jitter, out);
            }
            (Asked::Register, Refusal::RegistrationClosed) => {
                self.give_up(Trouble::Closed, 60_000, now, jitter, out);
            }
            (Asked::AppendChain, Refusal::ChainBehind { tip }) => {
                self.wishes.entries_out.clear();
                self.wishes.tip = Some(*tip);
            }
            (Asked::AppendChain, Refusal::ChainInvalid) => {
                self.wishes.is_append_refused = true;
                self.wishes.entries_out.clear();
                self.wishes.is_chain_doubted = true;
            }
            (Asked::Pull { .. }, Refusal::PastEnd { .. }) => {
                // The next welcome finds out what is lost.
                self.give_up(Trouble::Unreachable, 0, now, jitter, out);
            }
            (Asked::Push { hashes, acked }, refusal) => {
                self.note_acked(acked);
                let hash = hashes.get(usize::from(index)).copied();
                self.refused_record(hash, refusal, now, jitter, out);
            }
            (Asked::PutDraft { .. }, Refusal::DraftOld { .. }) => {
                // Only the slot itself, signed, shows that there is a later state of it.
                self.wishes.drafts = true;
            }
            (Asked::PutDraft { .. }, refusal) => {
                self.draft_at = patience.max(now.saturating_add(DRAFT_MS));
                self.wishes.drafts_out.clear();
                self.draft_trouble = Some(match refusal {
                    Refusal::Quota { .. } => Trouble::Quota,
                    Refusal::FormatTooNew { .. } => Trouble::RelayTooOld,
                    _ => Trouble::Patience,
                });
            }
            (Asked::PullDrafts { .. }, _) => {
                self.wishes.drafts = true;
                self.drafts_at = patience.max(now.saturating_add(DRAFT_MS));
            }
            (_, Refusal::Slow { .. } | Refusal::Unavailable { .. }) => {
                self.give_up(Trouble::Patience, wait, now, jitter, out);
            }
            _ => self.give_up(Trouble::Unreachable, 5_000, now, jitter, out),
        }
    }

    fn refused_record(
        &mut self,
        hash: Option<protocol::RecordHash>,
        refusal: &Refusal<'_>,
        now: i64,
        jitter: u32,
        out: &mut Vec<Output>,
    ) {
        self.wishes.stuck_count += 1;
        let is_stuck = self.wishes.stuck_count > STUCK_MAX;
        let later = |ms: i64| now.saturating_add(ms);
        match (refusal, hash) {
            (Refusal::Slow { retry_after_ms } | Refusal::Unavailable { retry_after_ms }, _) => {
                self.trouble = Some(Trouble::Patience);
                self.push_at = later(i64::from(*retry_after_ms).max(1_000));
            }
            (Refusal::Quota { .. }, _) => {
                self.trouble = Some(Trouble::Quota);
                self.push_at = later(UNWILLING_MS);
            }
            (Refusal::FormatTooNew { .. }, _) => {
                self.trouble = Some(Trouble::RelayTooOld);
                self.push_at = later(UNWILLING_MS);
            }
            (Refusal::NotMember, _) => self.push_at = later(AGAIN_MS),
            (Refusal::Gap { stored }, _) if !is_stuck => {
                self.wishes.work.push(Work::Refill { stored: *stored });
            }
            (Refusal::Fork { .. }, _) if !self.wishes.is_again => {
                // Another copy of this device may have made that record: then it is in the log.
                self.wishes.is_again = true;
                self.ask_all_again();
            }
            (refusal, Some(hash)) if refusal.is_permanent() => {
                let code = refusal.code();
                self.wishes.work.push(Work::Refuse { hash, code });
            }
            _ => self.give_up(Trouble::Unreachable, 5_000, now, jitter, out),
        }
    }

    pub(super) fn clear_trouble(&mut self, of: &[Trouble]) {
        if self.trouble.is_some_and(|trouble| of.contains(&trouble)) {
            self.trouble = None;
        }
    }
}
