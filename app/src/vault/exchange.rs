//! The exchange with the relay: feeds the machine what happens, does what it wants, tells the window.
//!
//! Work for the vault waits here until nobody else wants the vault.

use engine::sync::{self, Machine, Output, Settings, Work};
use futures_channel::mpsc::UnboundedSender;

use super::line::{Line, LineEvent};
use super::owner::Input;
use super::tell;
use crate::link::{Event, FromVault, Relay};
use crate::platform::socket::SocketEvent;
use crate::platform::{clock, random};

/// The exchange of this tab's vault with one relay.
pub(super) struct Exchange {
    machine: Machine,
    line: Line,
    inputs: UnboundedSender<Input>,
    work: Option<Box<Work>>,
    is_open: bool,
}

impl Exchange {
    /// With this relay; nothing happens before the vault is open.
    pub(super) fn new(relay: Relay, inputs: UnboundedSender<Input>) -> Self {
        Self {
            line: Line::new(&relay.origin, inputs.clone(), Input::Line),
            machine: Machine::new(Settings {
                origin: relay.origin,
                invite: relay.invite.into_bytes(),
            }),
            inputs,
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

    /// Something happened to the line.
    pub(super) fn hear(&mut self, dial: u32, event: LineEvent) {
        let input = match self.line.hear(dial, event) {
            Some(LineEvent::Socket(SocketEvent::Up)) => sync::Input::Up,
            Some(LineEvent::Socket(SocketEvent::Message(bytes))) => sync::Input::Frame(bytes),
            Some(LineEvent::Socket(SocketEvent::Down)) => sync::Input::Down,
            Some(LineEvent::Tick) => sync::Input::Tick,
            None => return,
        };
        self.step(input);
    }

    /// Has the machine take an input and does what it wants.
    pub(super) fn step(&mut self, input: sync::Input) {
        let jitter = random::number();
        for output in self.machine.step(input, clock::now_ms(), jitter) {
            match output {
                Output::Dial => {
                    if !self.line.dial() {
                        // An address that the browser refuses is no better than a relay that does not answer.
                        let down = Input::Exchange(sync::Input::Down);
                        drop(self.inputs.unbounded_send(down));
                    }
                }
                Output::Send(message) => self.line.send(&message),
                Output::Hang => self.line.hang(),
                Output::Wake { at } => self.line.wake(at),
                Output::Work(work) => self.work = Some(work),
                Output::Tell(status) => tell(&FromVault::Event(Event::Sync(status))),
            }
        }
    }
}
