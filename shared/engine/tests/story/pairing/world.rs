//! Devices with two sockets each, one for the exchange and one for a pairing, around one relay; time is virtual. What
//! the app does between machine and vault is done here the same way.

use std::collections::VecDeque;

use engine::Now;
use engine::pairing::{Host, Input, Newcomer, Output, PairingFailure, PairingState};
use engine::sync;
use pollster::block_on;
use protocol::ChainHash;
use protocol::chain::Card;
use protocol::wire::{ChainTip, EntryBytes, List, ToDevice, ToRelay};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::net::relay::{ORIGIN, Relay, Session};
use super::super::tablet::{PASSPHRASE, Tablet};
use super::mailbox::{Mailbox, Told};

const LATENCY_MS: i64 = 20;

/// One socket.
#[derive(Default)]
pub(crate) struct Socket {
    session: Option<Session>,
    up_at: Option<i64>,
    wake_at: Option<i64>,
    to_relay: VecDeque<(i64, Vec<u8>)>,
    to_device: VecDeque<(i64, Vec<u8>)>,
}

impl Socket {
    fn hang(&mut self) {
        let wake_at = self.wake_at;
        *self = Self::default();
        self.wake_at = wake_at;
    }

    fn next_at(&self) -> Option<i64> {
        let fronts = [self.to_relay.front(), self.to_device.front()];
        let queued = fronts.into_iter().flatten().map(|(at, _)| *at);
        queued.chain(self.up_at).chain(self.wake_at).min()
    }
}

pub(crate) enum Side {
    New(Box<Newcomer>),
    Old(Box<Host>),
}

pub(crate) struct Device {
    pub(crate) tablet: Tablet,
    machine: sync::Machine,
    exchange: Socket,
    pub(crate) side: Option<Side>,
    pairing: Socket,
    /// Every state the person was shown.
    pub(crate) shown: Vec<PairingState>,
    card: Option<Card>,
    /// What came of making the vault.
    pub(crate) is_joined: bool,
    pub(crate) proposed_count: usize,
}

impl Device {
    /// The card this device added.
    pub(crate) fn card(&self) -> Card {
        self.card.clone().unwrap()
    }
}

/// Which of a device's sockets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    Exchange,
    Pairing,
}

pub(crate) struct World {
    pub(crate) now: i64,
    rng: ChaCha20Rng,
    pub(crate) relay: Relay,
    pub(crate) mailbox: Mailbox,
    pub(crate) devices: Vec<Device>,
    pub(crate) is_relay_up: bool,
    /// What a relay that lies gives a new device as the account chain.
    pub(crate) other_chain: Option<Vec<Vec<u8>>>,
}

impl World {
    /// A world around these tablets; the open ones begin to exchange.
    pub(crate) fn new(tablets: Vec<Tablet>, seed: u64) -> Self {
        let now = tablets.iter().map(|of| of.now).max().unwrap() + 1_000;
        let mut world = Self {
            now,
            rng: ChaCha20Rng::seed_from_u64(seed),
            relay: Relay::new(1),
            mailbox: Mailbox::default(),
            devices: Vec::new(),
            is_relay_up: true,
            other_chain: None,
        };
        for tablet in tablets {
            tablet.step_ms.set(0);
            world.devices.push(Device {
                tablet,
                machine: sync::Machine::new(settings()),
                exchange: Socket::default(),
                side: None,
                pairing: Socket::default(),
                shown: Vec::new(),
                card: None,
                is_joined: false,
                proposed_count: 0,
            });
            world.open(world.devices.len() - 1);
        }
        world.run(5_000);
        world
    }

    /// Tells the exchange that the vault is open.
    pub(crate) fn open(&mut self, who: usize) {
        let now = Now { ms: self.now };
        let tablet = &mut self.devices[who].tablet;
        tablet.now = self.now;
        if let Ok(standing) = block_on(tablet.vault.standing(now, &mut tablet.rng)) {
            self.exchange(who, sync::Input::Opened(standing));
        }
    }

    pub(crate) fn lock(&mut self, who: usize) {
        self.exchange(who, sync::Input::Locking);
        self.devices[who].tablet.lock();
        self.pair(who, Input::Cancel);
    }

    /// A new device shows its code.
    pub(crate) fn show_code(&mut self, who: usize, name: &str) -> String {
        self.show_code_for(who, name, ORIGIN)
    }

    pub(crate) fn show_code_for(&mut self, who: usize, name: &str, origin: &str) -> String {
        let device = &mut self.devices[who];
        let tablet = &mut device.tablet;
        let card = block_on(tablet.vault.begin_join(&mut tablet.rng)).unwrap();
        let side = Newcomer::new(&card, name, origin, self.now, &mut tablet.rng).unwrap();
        device.side = Some(Side::New(Box::new(side)));
        self.pair(who, Input::Begin);
        match self.state(who) {
            PairingState::CodeShown { code } => code,
            other => panic!("{other:?}"),
        }
    }

    /// The old device is given a code.
    pub(crate) fn type_code(&mut self, who: usize, code: &str) -> Result<(), PairingFailure> {
        let device = &mut self.devices[who];
        let (tablet, now) = (&mut device.tablet, Now { ms: self.now });
        let invite = tablet.vault.make_invite(ORIGIN, now, &mut tablet.rng);
        let invite = block_on(invite).unwrap();
        let side = Host::new(code, &invite, self.now, &mut tablet.rng)?;
        device.side = Some(Side::Old(Box::new(side)));
        self.pair(who, Input::Begin);
        Ok(())
    }

    /// The digits on the old device.
    pub(crate) fn digits(&self, who: usize) -> String {
        match self.state(who) {
            PairingState::DigitsShown { digits, .. } => digits,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn state(&self, who: usize) -> PairingState {
        match self.devices[who].side.as_ref().unwrap() {
            Side::New(side) => side.state(),
            Side::Old(side) => side.state(),
        }
    }

    pub(crate) fn failure(&self, who: usize) -> PairingFailure {
        match self.state(who) {
            PairingState::Failed(failure) => failure,
            other => panic!("{other:?}"),
        }
    }

    /// How many devices the account has at the relay.
    pub(crate) fn device_count(&self) -> usize {
        let account = self.relay.accounts.values().next().unwrap();
        account.view().active_devices().count()
    }

    pub(crate) fn pair(&mut self, who: usize, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let now = self.now;
            let outputs = match self.devices[who].side.as_mut() {
                Some(Side::New(side)) => side.step(input, now),
                Some(Side::Old(side)) => side.step(input, now),
                None => return,
            };
            for output in outputs {
                self.carry_out(who, output, &mut inputs);
            }
        }
    }

    fn carry_out(&mut self, who: usize, output: Output, inputs: &mut VecDeque<Input>) {
        let ms = self.now;
        let now = Now { ms };
        let device = &mut self.devices[who];
        let tablet = &mut device.tablet;
        match output {
            Output::Dial => device.pairing.up_at = Some(ms + LATENCY_MS),
            Output::Send(bytes) => {
                device.pairing.to_relay.push_back((ms + LATENCY_MS, bytes));
            }
            Output::Hang => {
                let sent = std::mem::take(&mut device.pairing.to_relay);
                device.pairing.hang();
                // What was sent before still arrives.
                for (_, bytes) in sent {
                    let told = self.mailbox.handle(who, &bytes, ms);
                    self.tell(told.unwrap_or_default());
                }
                self.mailbox.leave(who);
            }
            Output::Wake { at } => device.pairing.wake_at = Some(at),
            Output::Tell(state) => {
                if matches!(state, PairingState::Failed(_)) {
                    tablet.vault.cancel_join();
                }
                device.shown.push(state);
            }
            Output::Sign {
                account,
                challenge,
                origin,
            } => {
                let signed = tablet.vault.sign_join(&account, &challenge, &origin);
                let (key, signature) = signed.unwrap();
                inputs.push_back(Input::Signed { key, signature });
            }
            Output::Join(entries) => {
                let passphrase = PASSPHRASE.to_owned();
                let joined = tablet
                    .vault
                    .finish_join(&entries, passphrase, now, &mut tablet.rng);
                match block_on(joined) {
                    Ok(()) => {
                        device.is_joined = true;
                        inputs.push_back(Input::Joined);
                        self.open(who);
                    }
                    Err(failure) => inputs.push_back(Input::Failed(failure)),
                }
            }
            Output::Add(card) => {
                let made = tablet.vault.add_device(&card, now, &mut tablet.rng);
                match block_on(made) {
                    Ok(entry) => {
                        device.card = Some(card);
                        device.proposed_count += 1;
                        inputs.push_back(Input::Proposed(entry.clone()));
                        self.exchange(who, sync::Input::Propose(entry));
                    }
                    Err(failure) => inputs.push_back(Input::Failed(failure)),
                }
            }
            Output::Withdraw => self.exchange(who, sync::Input::Withdraw),
        }
    }

    fn exchange(&mut self, who: usize, input: sync::Input) {
        let ms = self.now;
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let jitter = self.rng.next_u32();
            let device = &mut self.devices[who];
            for output in device.machine.step(input, ms, jitter) {
                let device = &mut self.devices[who];
                let (tablet, socket) = (&mut device.tablet, &mut device.exchange);
                match output {
                    sync::Output::Dial => socket.up_at = Some(ms + LATENCY_MS),
                    sync::Output::Send(bytes) => {
                        socket.to_relay.push_back((ms + LATENCY_MS, bytes));
                    }
                    sync::Output::Hang => socket.hang(),
                    sync::Output::Wake { at } => socket.wake_at = Some(at),
                    sync::Output::Tell(_) => {}
                    sync::Output::Work(work) => {
                        tablet.now = ms;
                        let done = tablet.vault.sync(*work, Now { ms }, &mut tablet.rng);
                        match block_on(done) {
                            Ok(report) => {
                                let head = report.standing.chain.head;
                                inputs.push_back(sync::Input::Done(Box::new(report)));
                                self.tell_chain(who, head);
                            }
                            Err(failure) => inputs.push_back(sync::Input::Failed(failure)),
                        }
                    }
                }
            }
        }
    }

    fn tell_chain(&mut self, who: usize, head: ChainHash) {
        let now = Now { ms: self.now };
        let device = &mut self.devices[who];
        let (Some(card), tablet) = (device.card.clone(), &mut device.tablet) else {
            return;
        };
        let added = tablet.vault.find_device(&card, now, &mut tablet.rng);
        if let Ok(added) = block_on(added) {
            let is_added = added.is_some();
            self.pair(who, Input::Chain { head, is_added });
        }
    }

    /// Lets this much time pass.
    pub(crate) fn run(&mut self, ms: i64) {
        let end = self.now + ms;
        let mut step_count = 0;
        while let Some((at, who, which)) = self.next_event().filter(|(at, _, _)| *at <= end) {
            self.now = self.now.max(at);
            self.happen(who, which);
            step_count += 1;
            assert!(step_count < 20_000, "no end to it");
        }
        self.now = end;
    }

    fn next_event(&self) -> Option<(i64, usize, Which)> {
        let devices = self.devices.iter().enumerate();
        let times = devices.flat_map(|(who, device)| {
            let exchange = device
                .exchange
                .next_at()
                .map(|at| (at, who, Which::Exchange));
            let pairing = device.pairing.next_at().map(|at| (at, who, Which::Pairing));
            exchange.into_iter().chain(pairing)
        });
        let end = self.mailbox.next_end().map(|at| (at, 0, Which::Pairing));
        times.chain(end).min()
    }

    fn socket(&mut self, who: usize, which: Which) -> &mut Socket {
        match which {
            Which::Exchange => &mut self.devices[who].exchange,
            Which::Pairing => &mut self.devices[who].pairing,
        }
    }

    fn happen(&mut self, who: usize, which: Which) {
        let now = self.now;
        let told = self.mailbox.sweep(now);
        self.tell(told);
        let is_due = |at: Option<i64>| at.is_some_and(|at| at <= now);
        let socket = self.socket(who, which);
        if is_due(socket.up_at) {
            socket.up_at = None;
            if !self.is_relay_up {
                return self.down(who, which);
            }
            let mut challenge = [0; 32];
            self.rng.fill_bytes(&mut challenge);
            let (session, frame) = self.relay.accept(challenge, now);
            let socket = self.socket(who, which);
            socket.session = Some(session);
            socket.to_device.push_back((now + LATENCY_MS, frame));
            return match which {
                Which::Exchange => self.exchange(who, sync::Input::Up),
                Which::Pairing => self.pair(who, Input::Up),
            };
        }
        if is_due(socket.to_relay.front().map(|(at, _)| *at)) {
            let (_, bytes) = socket.to_relay.pop_front().unwrap();
            return self.at_relay(who, which, &bytes);
        }
        if is_due(socket.to_device.front().map(|(at, _)| *at)) {
            let (_, bytes) = socket.to_device.pop_front().unwrap();
            return match which {
                Which::Exchange => self.exchange(who, sync::Input::Frame(bytes)),
                Which::Pairing => self.pair(who, Input::Frame(bytes)),
            };
        }
        if is_due(socket.wake_at) {
            socket.wake_at = None;
            match which {
                Which::Exchange => self.exchange(who, sync::Input::Tick),
                Which::Pairing => self.pair(who, Input::Tick),
            }
        }
    }

    fn at_relay(&mut self, who: usize, which: Which, bytes: &[u8]) {
        let now = self.now;
        if let Some(told) = self.mailbox.handle(who, bytes, now) {
            return self.tell(told);
        }
        if let (Some(chain), Which::Pairing) = (&self.other_chain, which)
            && let Ok((request, ToRelay::PullChain { .. })) = ToRelay::decode(bytes)
        {
            let page = ToDevice::ChainPage {
                tip: ChainTip {
                    len: u32::try_from(chain.len()).unwrap(),
                    head: ChainHash::NIL,
                },
                entries: List(chain.iter().map(|of| EntryBytes(of)).collect()),
            };
            let page = page.encode(request).unwrap();
            let socket = &mut self.devices[who].pairing;
            socket.to_device.push_back((now + LATENCY_MS, page));
            return;
        }
        let mut session = self.socket(who, which).session.clone();
        let Some(of) = session.as_mut() else {
            return;
        };
        let said = self.relay.handle(of, bytes);
        let member = of.member;
        let socket = self.socket(who, which);
        socket.session = session;
        for frame in said.answers {
            socket.to_device.push_back((now + LATENCY_MS, frame));
        }
        for frame in said.others {
            for (other, device) in self.devices.iter_mut().enumerate() {
                let socket = &mut device.exchange;
                let of = socket.session.as_ref().and_then(|of| of.member);
                if other != who && of.is_some_and(|of| Some(of.0) == member.map(|of| of.0)) {
                    socket
                        .to_device
                        .push_back((now + LATENCY_MS, frame.clone()));
                }
            }
        }
    }

    fn tell(&mut self, told: Vec<Told>) {
        for (who, frame) in told {
            let socket = &mut self.devices[who].pairing;
            if socket.session.is_some() {
                let at = self.now + LATENCY_MS;
                socket.to_device.push_back((at, frame));
            }
        }
    }

    fn down(&mut self, who: usize, which: Which) {
        self.socket(who, which).hang();
        match which {
            Which::Exchange => self.exchange(who, sync::Input::Down),
            Which::Pairing => {
                self.mailbox.leave(who);
                self.pair(who, Input::Down);
            }
        }
    }

    /// Both sockets of a device break.
    pub(crate) fn cut(&mut self, who: usize) {
        self.down(who, Which::Exchange);
        self.down(who, Which::Pairing);
    }

    /// Every socket breaks.
    pub(crate) fn cut_all(&mut self) {
        for who in 0..self.devices.len() {
            self.cut(who);
        }
    }
}

fn settings() -> sync::Settings {
    sync::Settings {
        origin: ORIGIN.to_owned(),
        invite: Vec::new(),
    }
}
