//! Carries out what the exchange with the relay wants of the browser: a socket, a timer, news for the window.
//!
//! Work for the vault waits here until nobody else wants the vault.

use std::time::Duration;

use engine::sync::{self, Machine, Output, Settings, Work};
use futures_channel::mpsc::UnboundedSender;

use super::owner::Input;
use super::tell;
use crate::link::{Event, FromVault, Relay};
use crate::platform::clock::{self, Timer};
use crate::platform::random;
use crate::platform::socket::{Socket, SocketEvent};

/// The exchange of this tab's vault with one relay.
pub(super) struct Exchange {
    machine: Machine,
    address: String,
    inputs: UnboundedSender<Input>,
    socket: Option<Socket>,
    /// Counts sockets, so that a late word of an earlier one is not taken for the present one's.
    dial_count: u32,
    timer: Option<Timer>,
    work: Option<Box<Work>>,
    is_open: bool,
}

impl Exchange {
    /// With this relay; nothing happens before the vault is open.
    pub(super) fn new(relay: Relay, inputs: UnboundedSender<Input>) -> Self {
        let address = match relay.origin.strip_prefix("http") {
            Some(rest) => format!("ws{rest}/relay"),
            None => String::new(),
        };
        Self {
            machine: Machine::new(Settings {
                origin: relay.origin,
                invite: relay.invite.into_bytes(),
            }),
            address,
            inputs,
            socket: None,
            dial_count: 0,
            timer: None,
            work: None,
            is_open: false,
        }
    }

    /// The vault is open and stands like this, or is locked.
    pub(super) fn vault_is(&mut self, standing: Option<sync::Standing>) {
        let input = match (standing, self.is_open) {
            (Some(standing), false) => sync::Input::Opened(standing),
            (Some(standing), true) => sync::Input::Changed(standing),
            (None, true) => sync::Input::Locking,
            (None, false) => return,
        };
        self.is_open = standing.is_some();
        self.step(input);
    }

    /// What the vault is to do, once.
    pub(super) fn take_work(&mut self) -> Option<Work> {
        self.work.take().map(|work| *work)
    }

    /// A word of the socket of this number.
    pub(super) fn hear(&mut self, dial: u32, event: SocketEvent) {
        if dial != self.dial_count || self.socket.is_none() {
            return;
        }
        match event {
            SocketEvent::Up => self.step(sync::Input::Up),
            SocketEvent::Message(bytes) => self.step(sync::Input::Frame(bytes)),
            SocketEvent::Down => {
                self.socket = None;
                self.step(sync::Input::Down);
            }
        }
    }

    /// Has the machine take an input and does what it wants.
    pub(super) fn step(&mut self, input: sync::Input) {
        let jitter = random::number();
        for output in self.machine.step(input, clock::now_ms(), jitter) {
            match output {
                Output::Dial => self.dial(),
                Output::Send(message) => {
                    if let Some(socket) = &self.socket {
                        socket.send(&message);
                    }
                }
                Output::Hang => self.socket = None,
                Output::Wake { at } => self.wake(at),
                Output::Work(work) => self.work = Some(work),
                Output::Tell(status) => tell(&FromVault::Event(Event::Sync(status))),
            }
        }
    }

    fn dial(&mut self) {
        self.dial_count = self.dial_count.wrapping_add(1);
        let (dial, inputs) = (self.dial_count, self.inputs.clone());
        let on_event = move |event| {
            // The receiver lives as long as the worker.
            drop(inputs.unbounded_send(Input::Socket(dial, event)));
        };
        self.socket = Socket::dial(&self.address, on_event);
        if self.socket.is_none() {
            // An address that the browser refuses is no better than a relay that does not answer.
            drop(
                self.inputs
                    .unbounded_send(Input::Exchange(sync::Input::Down)),
            );
        }
    }

    fn wake(&mut self, at: i64) {
        let wait = at.saturating_sub(clock::now_ms()).max(0);
        let wait = Duration::from_millis(wait.unsigned_abs());
        let inputs = self.inputs.clone();
        self.timer = Some(Timer::start(wait, move || {
            drop(inputs.unbounded_send(Input::Exchange(sync::Input::Tick)));
        }));
    }
}
