//! Named devices, a relay, and a line between them that may do anything a hostile relay can; time is virtual.

use std::collections::VecDeque;

use engine::Now;
use engine::store::memory::Memory;
use engine::sync::{Input, Machine, Output, Settings, SyncStatus};
use pollster::block_on;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::tablet::Tablet;
use super::hostile::{Line, Malice};
use super::relay::{ORIGIN, Relay, Session};

/// From one end to the other, in ms.
const LATENCY_MS: i64 = 20;

/// A device with its exchange.
pub(crate) struct Peer {
    pub(crate) tablet: Tablet,
    pub(crate) machine: Machine,
    pub(crate) status: SyncStatus,
    /// How far its clock is ahead of the world's, in ms.
    pub(crate) clock_off: i64,
    /// Which relay it meets: a relay that forks shows two devices two logs.
    pub(crate) relay: usize,
    session: Option<Session>,
    up_at: Option<i64>,
    wake_at: Option<i64>,
    to_relay: VecDeque<(i64, Vec<u8>)>,
    to_device: VecDeque<(i64, Vec<u8>)>,
    pub(crate) restarts: usize,
}

pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) rng: ChaCha20Rng,
    pub(crate) relays: Vec<Relay>,
    pub(crate) peers: Vec<Peer>,
    pub(crate) line: Line,
    pub(crate) is_relay_up: bool,
}

impl World {
    /// Devices on copies of these disks, unlocked.
    pub(crate) fn new(disks: &[Memory], now: i64, seed: u64) -> Self {
        let mut world = Self {
            now,
            rng: ChaCha20Rng::seed_from_u64(seed),
            relays: vec![Relay::new(1)],
            peers: Vec::new(),
            line: Line::default(),
            is_relay_up: true,
        };
        for (index, disk) in (0_u64..).zip(disks) {
            let mut tablet = Tablet::on(disk.fork(), seed * 100 + index);
            tablet.now = now;
            tablet.step_ms.set(0);
            tablet.unlock();
            world.peers.push(Peer {
                tablet,
                machine: Machine::new(settings()),
                status: SyncStatus::default(),
                clock_off: 0,
                relay: 0,
                session: None,
                up_at: None,
                wake_at: None,
                to_relay: VecDeque::new(),
                to_device: VecDeque::new(),
                restarts: 0,
            });
        }
        for index in 0..world.peers.len() {
            world.open(index);
        }
        world
    }

    /// Tells the machine that the vault is open.
    pub(crate) fn open(&mut self, index: usize) {
        let tablet = &mut self.peers[index].tablet;
        let now = Now { ms: tablet.now };
        if let Ok(standing) = block_on(tablet.vault.standing(now, &mut tablet.rng)) {
            self.feed(index, Input::Opened(standing));
        }
    }

    /// Power off and on: memory and connection are gone.
    pub(crate) fn restart(&mut self, index: usize) {
        let peer = &mut self.peers[index];
        peer.tablet.restart_and_unlock();
        peer.machine = Machine::new(settings());
        peer.session = None;
        (peer.up_at, peer.wake_at) = (None, None);
        peer.to_relay.clear();
        peer.to_device.clear();
        peer.restarts += 1;
        self.open(index);
    }

    /// A command changed the vault of a device.
    pub(crate) fn changed(&mut self, index: usize) {
        let tablet = &mut self.peers[index].tablet;
        let now = Now { ms: tablet.now };
        // A device without power says nothing.
        if let Ok(standing) = block_on(tablet.vault.standing(now, &mut tablet.rng)) {
            self.feed(index, Input::Changed(standing));
        }
    }

    pub(crate) fn feed(&mut self, index: usize, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let jitter = self.rng.next_u32();
            let now = self.now;
            let clock = now + self.peers[index].clock_off;
            let outputs = self.peers[index].machine.step(input, clock, jitter);
            for output in outputs {
                let peer = &mut self.peers[index];
                match output {
                    Output::Dial => peer.up_at = Some(now + LATENCY_MS),
                    Output::Send(bytes) => {
                        let frames = self.line.pass_up(&mut self.rng, bytes);
                        arrive(&mut peer.to_relay, now + LATENCY_MS, frames);
                    }
                    Output::Hang => {
                        peer.session = None;
                        peer.up_at = None;
                        peer.to_relay.clear();
                        peer.to_device.clear();
                    }
                    Output::Wake { at } => peer.wake_at = Some(at - peer.clock_off),
                    Output::Tell(status) => peer.status = status,
                    Output::Work(work) => {
                        peer.tablet.now = clock;
                        let tablet = &mut peer.tablet;
                        let done = tablet.vault.sync(*work, Now { ms: clock }, &mut tablet.rng);
                        inputs.push_back(match block_on(done) {
                            Ok(report) => Input::Done(Box::new(report)),
                            Err(failure) => Input::Failed(failure),
                        });
                    }
                }
            }
        }
    }

    /// Lets this much time pass.
    pub(crate) fn run(&mut self, ms: i64) {
        let end = self.now + ms;
        let mut step_count = 0;
        while let Some((at, index)) = self.next_event().filter(|(at, _)| *at <= end) {
            self.now = self.now.max(at);
            self.happen(index);
            step_count += 1;
            assert!(step_count < 50_000, "no end to it");
        }
        self.now = end;
    }

    fn next_event(&self) -> Option<(i64, usize)> {
        let times = self.peers.iter().enumerate().filter_map(|(index, peer)| {
            let fronts = [peer.to_relay.front(), peer.to_device.front()];
            let queued = fronts.into_iter().flatten().map(|(at, _)| *at);
            let times = queued.chain(peer.up_at).chain(peer.wake_at);
            Some((times.min()?, index))
        });
        times.min()
    }

    fn happen(&mut self, index: usize) {
        let now = self.now;
        let peer = &mut self.peers[index];
        let is_due = |at: Option<i64>| at.is_some_and(|at| at <= now);
        if is_due(peer.up_at) {
            peer.up_at = None;
            if !self.is_relay_up {
                return self.feed(index, Input::Down);
            }
            let mut challenge = [0; 32];
            self.rng.fill_bytes(&mut challenge);
            let (session, frame) = self.relays[peer.relay].accept(challenge, now);
            peer.session = Some(session);
            peer.to_device.push_back((now + LATENCY_MS, frame));
            return self.feed(index, Input::Up);
        }
        if is_due(peer.to_relay.front().map(|(at, _)| *at)) {
            if let Some((_, bytes)) = peer.to_relay.pop_front() {
                self.at_relay(index, &bytes);
            }
            return;
        }
        if is_due(peer.to_device.front().map(|(at, _)| *at)) {
            if let Some((_, bytes)) = peer.to_device.pop_front() {
                self.feed(index, Input::Frame(bytes));
            }
            return;
        }
        if is_due(peer.wake_at) {
            peer.wake_at = None;
            self.feed(index, Input::Tick);
        }
    }

    fn at_relay(&mut self, index: usize, bytes: &[u8]) {
        let number = self.peers[index].relay;
        if !self.is_relay_up {
            return self.cut(index);
        }
        let Some(session) = self.peers[index].session.as_mut() else {
            return;
        };
        let relay = &mut self.relays[number];
        let before = relay.record_count();
        let said = relay.handle(session, bytes);
        let after = relay.record_count();
        let is_lost = after > before && self.line.strikes(&mut self.rng, Malice::AckOnly);
        if is_lost {
            for (account, stored) in &mut self.relays[number].accounts {
                stored.lose_last(*account);
            }
        }
        for frame in said.answers {
            self.send(index, frame);
        }
        for frame in said.others {
            for other in 0..self.peers.len() {
                let peer = &self.peers[other];
                let session = peer.session.as_ref();
                let is_member = session.is_some_and(|of| of.member.is_some());
                if other != index && peer.relay == number && is_member {
                    self.send(other, frame.clone());
                }
            }
        }
    }

    fn send(&mut self, index: usize, frame: Vec<u8>) {
        let at = self.now + LATENCY_MS;
        let frames = self.line.pass(&mut self.rng, frame);
        arrive(&mut self.peers[index].to_device, at, frames);
    }

    /// Puts the clock of a device on or back.
    pub(crate) fn set_clock(&mut self, index: usize, off: i64) {
        let peer = &mut self.peers[index];
        peer.wake_at = peer.wake_at.map(|at| at + peer.clock_off - off);
        peer.clock_off = off;
        peer.tablet.now = self.now + off;
    }

    /// From now on the relay shows the second half of the devices a log of their own.
    pub(crate) fn fork_relay(&mut self) {
        let copy = self.relays[0].clone();
        self.relays.push(copy);
        let half = self.peers.len().div_ceil(2);
        for peer in self.peers.iter_mut().skip(half) {
            peer.relay = 1;
        }
        self.cut_all();
    }

    /// The socket breaks.
    pub(crate) fn cut(&mut self, index: usize) {
        let peer = &mut self.peers[index];
        peer.session = None;
        peer.to_relay.clear();
        peer.to_device.clear();
        self.feed(index, Input::Down);
    }

    pub(crate) fn cut_all(&mut self) {
        for index in 0..self.peers.len() {
            self.cut(index);
        }
    }

    /// A number below `end`.
    pub(crate) fn pick(&mut self, end: u32) -> u32 {
        self.rng.next_u32() % end
    }
}

/// Puts frames with their delays where their time is.
fn arrive(queue: &mut VecDeque<(i64, Vec<u8>)>, at: i64, frames: Vec<(i64, Vec<u8>)>) {
    for (late, frame) in frames {
        let place = queue.iter().position(|(of, _)| *of > at + late);
        queue.insert(place.unwrap_or(queue.len()), (at + late, frame));
    }
}

fn settings() -> Settings {
    Settings {
        origin: ORIGIN.to_owned(),
        invite: Vec::new(),
    }
}
