//! Pairing mailboxes: three messages, two tokens, five minutes, in memory only.
//!
//! The first message opens a box for its token; the first to wait for it claims the other side. A third token gets
//! nothing. Messages are opaque. A box that ended is remembered as ended for as long as it lived, if there is room.

use std::collections::BTreeMap;
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
    ends_at_ms: u64,
    opener: BoxToken,
    claimer: Option<BoxToken>,
    messages: BTreeMap<BoxPlace, Vec<u8>>,
    waits: Vec<Wait>,
}

/// All mailboxes of a relay.
#[derive(Default)]
pub(crate) struct Mailbox {
    boxes: BTreeMap<BoxId, PairingBox>,
    ended: BTreeMap<BoxId, u64>,
}

/// An answer to a request that waited.
fn tell(wait: &Wait, frame: &ToDevice<'_>) {
    if let (Some(queue), Ok(frame)) = (wait.queue.upgrade(), frame.encode(wait.request)) {
        queue.answer(Bytes::from(frame));
    }
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
        let over = self.boxes.extract_if(.., |_, one| one.ends_at_ms <= now_ms);
        for (name, one) in over {
            for wait in &one.waits {
                let refused = ToDevice::Refused {
                    index: 0,
                    refusal: Refusal::BoxExpired,
                };
                tell(wait, &refused);
            }
            self.ended.insert(name, now_ms.saturating_add(BOX_LIFE_MS));
        }
        self.ended.retain(|_, forget_at_ms| *forget_at_ms > now_ms);
    }

    fn open(&mut self, name: BoxId, opener: BoxToken, now_ms: u64) -> Result<(), Refusal<'static>> {
        if self.ended.contains_key(&name) {
            return Err(Refusal::BoxExpired);
        }
        if self.boxes.len() >= BOXES_MAX {
            return Err(Refusal::BoxFull);
        }
        if self.boxes.len() + self.ended.len() >= BOXES_MAX {
            self.ended.pop_first();
        }
        let fresh = PairingBox {
            ends_at_ms: now_ms.saturating_add(BOX_LIFE_MS),
            opener,
            claimer: None,
            messages: BTreeMap::new(),
            waits: Vec::new(),
        };
        self.boxes.insert(name, fresh);
        Ok(())
    }

    fn find(&mut self, name: BoxId) -> Result<&mut PairingBox, Refusal<'static>> {
        let has_ended = self.ended.contains_key(&name);
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
