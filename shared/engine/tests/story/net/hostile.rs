//! What a line, or a relay, may do to frames on their way to a device, and on their way from it.

use protocol::wire::{List, PlacedRecord, RecordBytes, ToDevice};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;

/// One way to do harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Malice {
    Drop,
    Delay,
    Duplicate,
    Reorder,
    Replay,
    Truncate,
    Flip,
    /// The records of a page change their inner parts.
    Swap,
    /// A record of a page is left out, and the places closed up.
    Omit,
    AckOnly,
}

pub(crate) const ALL: [Malice; 10] = [
    Malice::Drop,
    Malice::Delay,
    Malice::Duplicate,
    Malice::Reorder,
    Malice::Replay,
    Malice::Truncate,
    Malice::Flip,
    Malice::Swap,
    Malice::Omit,
    Malice::AckOnly,
];

/// What can be done to what a device says.
pub(crate) const ALL_UP: [Malice; 7] = [
    Malice::Drop,
    Malice::Delay,
    Malice::Duplicate,
    Malice::Reorder,
    Malice::Replay,
    Malice::Truncate,
    Malice::Flip,
];

/// What is done, each in one of so many cases.
pub(crate) type Habits = Vec<(Malice, u32)>;

/// A line with its habits.
#[derive(Default)]
pub(crate) struct Line {
    /// What it does to frames on their way to a device.
    pub(crate) habits: Habits,
    /// What it does to frames on their way to the relay.
    pub(crate) up_habits: Habits,
    /// How often any of them struck.
    pub(crate) strike_count: usize,
    heard: Vec<Vec<u8>>,
    heard_up: Vec<Vec<u8>>,
}

impl Line {
    pub(crate) fn strikes(&mut self, rng: &mut ChaCha20Rng, malice: Malice) -> bool {
        let is_struck = draws(&self.habits, rng, malice);
        self.strike_count += usize::from(is_struck);
        is_struck
    }

    fn strikes_up(&mut self, rng: &mut ChaCha20Rng, malice: Malice) -> bool {
        let is_struck = draws(&self.up_habits, rng, malice);
        self.strike_count += usize::from(is_struck);
        is_struck
    }

    /// What arrives at the relay instead of a frame, each with the time it is late, in ms.
    pub(crate) fn pass_up(&mut self, rng: &mut ChaCha20Rng, frame: Vec<u8>) -> Vec<(i64, Vec<u8>)> {
        if self.up_habits.is_empty() {
            return vec![(0, frame)];
        }
        self.heard_up.push(frame.clone());
        let mut frame = frame;
        if self.strikes_up(rng, Malice::Drop) {
            return Vec::new();
        }
        if self.strikes_up(rng, Malice::Truncate) {
            let length = rng.next_u32() as usize % frame.len();
            frame.truncate(length);
        }
        // The relay does not check what a device hands in of its own: it stores a flipped record or draft.
        if !frame.is_empty() && self.strikes_up(rng, Malice::Flip) {
            let at = rng.next_u32() as usize % frame.len();
            frame[at] ^= 1 << (rng.next_u32() % 8);
        }
        let mut arriving = vec![(0, frame.clone())];
        if self.strikes_up(rng, Malice::Delay) {
            arriving[0].0 = i64::from(rng.next_u32() % 40_000);
        }
        if self.strikes_up(rng, Malice::Reorder) {
            arriving[0].0 = i64::from(rng.next_u32() % 200);
        }
        if self.strikes_up(rng, Malice::Duplicate) {
            arriving.push((i64::from(rng.next_u32() % 500), frame));
        }
        if self.strikes_up(rng, Malice::Replay) {
            let at = rng.next_u32() as usize % self.heard_up.len();
            arriving.push((0, self.heard_up[at].clone()));
        }
        arriving
    }

    /// What arrives instead of a frame, each with the time it is late, in ms.
    pub(crate) fn pass(&mut self, rng: &mut ChaCha20Rng, frame: Vec<u8>) -> Vec<(i64, Vec<u8>)> {
        if self.habits.is_empty() {
            return vec![(0, frame)];
        }
        self.heard.push(frame.clone());
        let mut frame = frame;
        if self.strikes(rng, Malice::Drop) {
            return Vec::new();
        }
        if self.strikes(rng, Malice::Truncate) {
            let length = rng.next_u32() as usize % frame.len();
            frame.truncate(length);
        }
        if !frame.is_empty() && self.strikes(rng, Malice::Flip) {
            let at = rng.next_u32() as usize % frame.len();
            frame[at] ^= 1 << (rng.next_u32() % 8);
        }
        if self.strikes(rng, Malice::Swap) {
            frame = swapped(&frame).unwrap_or(frame);
        }
        if self.strikes(rng, Malice::Omit) {
            frame = omitted(&frame, rng.next_u32() as usize).unwrap_or(frame);
        }
        let mut arriving = vec![(0, frame.clone())];
        if self.strikes(rng, Malice::Delay) {
            arriving[0].0 = i64::from(rng.next_u32() % 40_000);
        }
        if self.strikes(rng, Malice::Reorder) {
            arriving[0].0 = i64::from(rng.next_u32() % 200);
        }
        if self.strikes(rng, Malice::Duplicate) {
            arriving.push((i64::from(rng.next_u32() % 500), frame));
        }
        if self.strikes(rng, Malice::Replay) {
            let at = rng.next_u32() as usize % self.heard.len();
            arriving.push((0, self.heard[at].clone()));
        }
        arriving
    }
}

/// Whether a habit comes out this time.
fn draws(habits: &Habits, rng: &mut ChaCha20Rng, malice: Malice) -> bool {
    let habit = habits.iter().find(|(of, _)| *of == malice);
    habit.is_some_and(|(_, one_in)| rng.next_u32().is_multiple_of(*one_in))
}

/// A page whose first two records changed what follows their outer parts.
fn swapped(frame: &[u8]) -> Option<Vec<u8>> {
    let (request, ToDevice::Page { head, records }) = ToDevice::decode(frame).ok()? else {
        return None;
    };
    let mut bytes: Vec<Vec<u8>> = records.0.iter().map(|of| of.record.0.to_vec()).collect();
    if bytes.len() < 2 {
        return None;
    }
    let (one, other) = (bytes[0].clone(), bytes[1].clone());
    bytes[0] = [&one[..62], &other[62..]].concat();
    bytes[1] = [&other[..62], &one[62..]].concat();
    let places = records.0.iter().map(|of| of.seq);
    let records = places.zip(&bytes).map(|(seq, bytes)| PlacedRecord {
        seq,
        record: RecordBytes(bytes),
    });
    let page = ToDevice::Page {
        head,
        records: List(records.collect()),
    };
    page.encode(request).ok()
}

/// A page without one of its records, the others moved up.
fn omitted(frame: &[u8], random: usize) -> Option<Vec<u8>> {
    let (request, ToDevice::Page { head, records }) = ToDevice::decode(frame).ok()? else {
        return None;
    };
    let places: Vec<_> = records.0.iter().map(|of| of.seq).collect();
    let mut left: Vec<_> = records.0.iter().map(|of| of.record).collect();
    if left.len() < 2 {
        return None;
    }
    left.remove(random % left.len());
    let records = places.into_iter().zip(left);
    let records = records.map(|(seq, record)| PlacedRecord { seq, record });
    let page = ToDevice::Page {
        head,
        records: List(records.collect()),
    };
    page.encode(request).ok()
}
