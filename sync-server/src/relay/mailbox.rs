//! Pairing mailboxes: three messages, two tokens, five minutes, in memory only.
//!
//! The first message opens a box for its token; the first to wait for it claims the other side. A third token gets
//! nothing. Messages are opaque. A box that ended is remembered as ended for as long as it lived, if there is room.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Weak};

use axum::body::Bytes;
use protocol::limit::BOX_LIFE_MS;
use protocol::wire::{BoxBytes, BoxPlace, Refusal, RequestId, ToDevice};
use protocol::{BoxId, BoxToken};

use super::queue::Queue;

/// Boxes that live or are remembered.
const BOXES_MAX: usize = 10_000;

/// Requests that may wait in one box.
const WAITS_MAX: usize = 8;

struct Wait {
    place: BoxPlace,
    request: RequestId,
    queue: Weak<Queue>,
}

struct PairingBox {
    opener: BoxToken,
    claimer: Option<BoxToken>,
    messages: BTreeMap<BoxPlace, Vec<u8>>,
    waits: Vec<Wait>,
}

/// All mailboxes of a relay.
#[derive(Default)]
pub(crate) struct Mailbox {
    boxes: BTreeMap<BoxId, PairingBox>,
    ended: BTreeSet<BoxId>,
    /// Every box lives for the same time, so the first to open is the first to end; then when to forget it, likewise.
    ends: VecDeque<(u64, BoxId)>,
    forgets: VecDeque<(u64, BoxId)>,
}

/// An answer to a request that waited.
fn tell(wait: &Wait, frame: &ToDevice<'_>) {
    if let (Some(queue), Ok(frame)) = (wait.queue.upgrade(), frame.encode(wait.request)) {
        queue.answer(Bytes::from(frame));
    }
}

/// The first of the queue, if its time has come.
fn pop_due(queue: &mut VecDeque<(u64, BoxId)>, now_ms: u64) -> Option<(u64, BoxId)> {
    queue.pop_front_if(|(at_ms, _)| *at_ms <= now_ms)
}

impl Mailbox {
    /// Leaves a message, and gives it to who waits for it. The same message again changes nothing.
    ///
    /// # Errors
    /// When the box is another's, has ended, is unknown, or no more can be opened.
    pub(crate) fn put(
        &mut self,
        name: BoxId,
        place: BoxPlace,
        token: BoxToken,
        sealed: &[u8],
        now_ms: u64,
    ) -> Result<(), Refusal<'static>> {
        self.sweep(now_ms);
        if place == BoxPlace::First && !self.boxes.contains_key(&name) {
            self.open(name, token, now_ms)?;
        }
        let found = self.find(name)?;
        found.check(place != BoxPlace::Second, token)?;
        if let Some(there) = found.messages.get(&place) {
            return match there == sealed {
                true => Ok(()),
                false => Err(Refusal::BoxTaken),
            };
        }
        found.messages.insert(place, sealed.to_vec());
        let (done, left): (Vec<_>, Vec<_>) = std::mem::take(&mut found.waits)
            .into_iter()
            .partition(|wait| wait.place == place);
        found.waits = left;
        let sealed = BoxBytes(sealed);
        for wait in done {
            tell(&wait, &ToDevice::BoxMessage { sealed });
        }
        Ok(())
    }

    /// The message, or `None` when it is not there yet: then it goes to the queue as soon as it is.
    ///
    /// # Errors
    /// When the box is another's, has ended or is unknown, or too much waits in it.
    pub(crate) fn wait(
        &mut self,
        name: BoxId,
        place: BoxPlace,
        token: BoxToken,
        waiting: (RequestId, &Arc<Queue>),
        now_ms: u64,
    ) -> Result<Option<Vec<u8>>, Refusal<'static>> {
        self.sweep(now_ms);
        let found = self.find(name)?;
        found.check(place == BoxPlace::Second, token)?;
        if let Some(sealed) = found.messages.get(&place) {
            return Ok(Some(sealed.clone()));
        }
        found.waits.retain(|wait| wait.queue.strong_count() > 0);
        if found.waits.len() >= WAITS_MAX {
            return Err(Refusal::BoxFull);
        }
        let (request, queue) = waiting;
        found.waits.push(Wait {
            place,
            request,
            queue: Arc::downgrade(queue),
        });
        Ok(None)
    }

    /// Ends the boxes whose time has come and tells who waits in them.
    pub(crate) fn sweep(&mut self, now_ms: u64) {
        while let Some((_, name)) = pop_due(&mut self.ends, now_ms) {
            let waits = self.boxes.remove(&name).map(|over| over.waits);
            for wait in waits.iter().flatten() {
                let refused = ToDevice::Refused {
                    index: 0,
                    refusal: Refusal::BoxExpired,
                };
                tell(wait, &refused);
            }
            self.ended.insert(name);
            self.forgets
                .push_back((now_ms.saturating_add(BOX_LIFE_MS), name));
        }
        while let Some((_, name)) = pop_due(&mut self.forgets, now_ms) {
            self.ended.remove(&name);
        }
    }

    fn open(&mut self, name: BoxId, opener: BoxToken, now_ms: u64) -> Result<(), Refusal<'static>> {
        if self.ended.contains(&name) {
            return Err(Refusal::BoxExpired);
        }
        if self.boxes.len() >= BOXES_MAX {
            return Err(Refusal::BoxFull);
        }
        if self.boxes.len() + self.ended.len() >= BOXES_MAX
            && let Some((_, oldest)) = self.forgets.pop_front()
        {
            self.ended.remove(&oldest);
        }
        let fresh = PairingBox {
            opener,
            claimer: None,
            messages: BTreeMap::new(),
            waits: Vec::new(),
        };
        self.boxes.insert(name, fresh);
        self.ends
            .push_back((now_ms.saturating_add(BOX_LIFE_MS), name));
        Ok(())
    }

    fn find(&mut self, name: BoxId) -> Result<&mut PairingBox, Refusal<'static>> {
        let has_ended = self.ended.contains(&name);
        self.boxes.get_mut(&name).ok_or(match has_ended {
            true => Refusal::BoxExpired,
            false => Refusal::BoxUnknown,
        })
    }
}

impl PairingBox {
    /// Whether the token is the side's; the first of the other side claims it.
    fn check(&mut self, is_opener: bool, token: BoxToken) -> Result<(), Refusal<'static>> {
        let is_own = match is_opener {
            true => token == self.opener,
            false => token != self.opener && *self.claimer.get_or_insert(token) == token,
        };
        is_own.then_some(()).ok_or(Refusal::BoxTaken)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::super::queue::Outgoing;
    use super::*;

    const NEW: BoxToken = BoxToken::from_bytes([1; 16]);
    const OLD: BoxToken = BoxToken::from_bytes([2; 16]);

    fn name(number: u16) -> BoxId {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        BoxId::from_bytes(bytes)
    }

    fn open(mailbox: &mut Mailbox, number: u16, now_ms: u64) -> Result<(), Refusal<'static>> {
        mailbox.put(name(number), BoxPlace::First, NEW, b"m", now_ms)
    }

    #[tokio::test]
    async fn a_box_ends_after_its_time_and_who_waits_is_told() {
        let mut mailbox = Mailbox::default();
        open(&mut mailbox, 1, 1_000).unwrap();
        let queue = Arc::new(Queue::default());
        let waiting = (RequestId(5), &queue);
        let wait = mailbox.wait(name(1), BoxPlace::Second, NEW, waiting, 2_000);
        assert_eq!(wait, Ok(None));
        mailbox.sweep(1_000 + BOX_LIFE_MS - 1);
        let early = mailbox.wait(name(1), BoxPlace::First, OLD, waiting, 3_000);
        assert_eq!(early.unwrap().unwrap(), b"m");
        mailbox.sweep(1_000 + BOX_LIFE_MS);
        let Outgoing::Frame(frame) = queue.next().await else {
            unreachable!("nothing is behind");
        };
        let (request, told) = ToDevice::decode(&frame).unwrap();
        let refusal = Refusal::BoxExpired;
        assert_eq!(request, RequestId(5));
        assert_eq!(told, ToDevice::Refused { index: 0, refusal });
        let end_ms = 1_000 + BOX_LIFE_MS;
        let late = mailbox.wait(name(1), BoxPlace::First, OLD, waiting, end_ms);
        assert_eq!(late, Err(Refusal::BoxExpired));
        assert_eq!(open(&mut mailbox, 1, end_ms), Err(Refusal::BoxExpired));
        assert_eq!(open(&mut mailbox, 1, end_ms + BOX_LIFE_MS), Ok(()));
    }

    #[test]
    fn there_are_so_many_boxes_and_no_more() {
        let mut mailbox = Mailbox::default();
        let count = u16::try_from(BOXES_MAX).unwrap();
        for number in 0..count {
            open(&mut mailbox, number, 0).unwrap();
        }
        assert_eq!(open(&mut mailbox, count, 1), Err(Refusal::BoxFull));
        open(&mut mailbox, 3, 1).unwrap();
        open(&mut mailbox, count, BOX_LIFE_MS).unwrap();
        assert_eq!(mailbox.boxes.len() + mailbox.ended.len(), BOXES_MAX);
    }

    #[test]
    fn who_left_makes_room_for_who_waits() {
        let mut mailbox = Mailbox::default();
        open(&mut mailbox, 1, 0).unwrap();
        let queues: Vec<_> = (0..WAITS_MAX).map(|_| Arc::new(Queue::default())).collect();
        let stays = Arc::new(Queue::default());
        let mut wait = |queue: &Arc<Queue>| {
            let waiting = (RequestId(1), queue);
            mailbox.wait(name(1), BoxPlace::Second, NEW, waiting, 1)
        };
        for queue in &queues {
            assert_eq!(wait(queue), Ok(None));
        }
        assert_eq!(wait(&stays), Err(Refusal::BoxFull));
        drop(queues);
        assert_eq!(wait(&stays), Ok(None));
    }
}
