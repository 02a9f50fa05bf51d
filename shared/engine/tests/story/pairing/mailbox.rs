//! A relay's mailboxes by the rules of the real one: three messages, two tokens, five minutes, in memory only.

use std::collections::BTreeMap;

use protocol::limit::BOX_LIFE_MS;
use protocol::wire::{BoxBytes, BoxPlace, Refusal, RequestId, ToDevice, ToRelay};
use protocol::{BoxId, BoxToken};

#[derive(Default)]
struct PairingBox {
    opener: Option<BoxToken>,
    claimer: Option<BoxToken>,
    ends_at: i64,
    messages: BTreeMap<BoxPlace, Vec<u8>>,
    waits: Vec<(BoxPlace, RequestId, usize)>,
}

/// A frame for the socket of a device.
pub(crate) type Told = (usize, Vec<u8>);

#[derive(Default)]
pub(crate) struct Mailbox {
    boxes: BTreeMap<BoxId, PairingBox>,
    ended: Vec<BoxId>,
    /// Not what was put: what a relay in the middle hands on instead.
    pub(crate) swaps: BTreeMap<BoxPlace, Vec<u8>>,
    /// No box can be opened.
    pub(crate) is_full: bool,
    /// How many boxes there is room for, if not for any number.
    pub(crate) boxes_max: Option<usize>,
}

fn refuse(request: RequestId, refusal: Refusal<'_>) -> Vec<u8> {
    let frame = ToDevice::Refused { index: 0, refusal };
    frame.encode(request).unwrap()
}

impl Mailbox {
    /// The relay restarted.
    pub(crate) fn forget(&mut self) {
        self.boxes.clear();
        self.ended.clear();
    }

    /// When the next box ends.
    pub(crate) fn next_end(&self) -> Option<i64> {
        self.boxes.values().map(|of| of.ends_at).min()
    }

    /// Whether something lies at a place of a box.
    pub(crate) fn has_message(&self, place: BoxPlace) -> bool {
        let mut boxes = self.boxes.values();
        boxes.any(|of| of.messages.contains_key(&place))
    }

    pub(crate) fn sweep(&mut self, now: i64) -> Vec<Told> {
        let due = |of: &PairingBox| of.ends_at <= now;
        let names = self.boxes.iter().filter(|(_, of)| due(of));
        let names: Vec<BoxId> = names.map(|(name, _)| *name).collect();
        let mut told = Vec::new();
        for name in names {
            let over = self.boxes.remove(&name).unwrap();
            self.ended.push(name);
            for (_, request, who) in over.waits {
                told.push((who, refuse(request, Refusal::BoxExpired)));
            }
        }
        told
    }

    /// Answers a frame about mailboxes.
    pub(crate) fn handle(&mut self, who: usize, bytes: &[u8], now: i64) -> Option<Vec<Told>> {
        let (request, frame) = ToRelay::decode(bytes).unwrap();
        let (name, place, token) = match frame {
            ToRelay::PutBox {
                name, place, token, ..
            }
            | ToRelay::WaitBox { name, place, token } => (name, place, token),
            _ => return None,
        };
        let mut told = self.sweep(now);
        let is_put = matches!(frame, ToRelay::PutBox { .. });
        let is_opening = is_put && place == BoxPlace::First && !self.boxes.contains_key(&name);
        let has_no_room = self.boxes_max.is_some_and(|max| self.boxes.len() >= max);
        if self.is_full || (is_opening && has_no_room) {
            told.push((who, refuse(request, Refusal::BoxFull)));
            return Some(told);
        }
        if is_put && place == BoxPlace::First && !self.ended.contains(&name) {
            self.boxes.entry(name).or_insert_with(|| PairingBox {
                opener: Some(token),
                ends_at: now + i64::try_from(BOX_LIFE_MS).unwrap(),
                ..PairingBox::default()
            });
        }
        let Some(found) = self.boxes.get_mut(&name) else {
            let refusal = match self.ended.contains(&name) {
                true => Refusal::BoxExpired,
                false => Refusal::BoxUnknown,
            };
            told.push((who, refuse(request, refusal)));
            return Some(told);
        };
        let is_opener = is_put == (place != BoxPlace::Second);
        let is_own = match is_opener {
            true => found.opener == Some(token),
            false => found.opener != Some(token) && *found.claimer.get_or_insert(token) == token,
        };
        if !is_own {
            told.push((who, refuse(request, Refusal::BoxTaken)));
            return Some(told);
        }
        match frame {
            ToRelay::PutBox { sealed, .. } => {
                let there = found
                    .messages
                    .entry(place)
                    .or_insert_with(|| sealed.0.to_vec());
                if there != sealed.0 {
                    told.push((who, refuse(request, Refusal::BoxTaken)));
                    return Some(told);
                }
                told.push((who, ToDevice::BoxAck.encode(request).unwrap()));
                let handed = self.swaps.get(&place).unwrap_or(there).clone();
                let (done, left): (Vec<_>, Vec<_>) = std::mem::take(&mut found.waits)
                    .into_iter()
                    .partition(|(of, _, _)| *of == place);
                found.waits = left;
                for (_, request, who) in done {
                    told.push((who, message(request, &handed)));
                }
            }
            _ => match found.messages.get(&place) {
                Some(there) => {
                    let handed = self.swaps.get(&place).unwrap_or(there);
                    told.push((who, message(request, handed)));
                }
                None => found.waits.push((place, request, who)),
            },
        }
        Some(told)
    }

    /// A socket is gone, and its requests with it.
    pub(crate) fn leave(&mut self, who: usize) {
        for over in self.boxes.values_mut() {
            over.waits.retain(|(_, _, of)| *of != who);
        }
    }
}

fn message(request: RequestId, sealed: &[u8]) -> Vec<u8> {
    let sealed = BoxBytes(sealed);
    ToDevice::BoxMessage { sealed }.encode(request).unwrap()
}
