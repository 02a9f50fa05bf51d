//! Pairing: feeds either side's machine what happens, and hands on what it wants of the vault.

use std::collections::VecDeque;

use engine::pairing::{Host, Input as Happening, Newcomer, Output, PairingFailure, PairingState};
use futures_channel::mpsc::UnboundedSender;
use protocol::chain::Card;
use protocol::{AccountId, Challenge};
use zeroize::Zeroizing;

use super::line::{Line, LineEvent};
use super::owner::Input;
use super::tell;
use crate::link::FromVault;
use crate::platform::clock;
use crate::platform::socket::SocketEvent;

/// What the vault is to do for a pairing.
pub(super) enum Wish {
    /// Sign a hello with the new device's keys.
    Sign {
        account: AccountId,
        challenge: Challenge,
        origin: String,
    },
    /// Make the vault of the new device from this chain, under this passphrase.
    Join {
        entries: Vec<Vec<u8>>,
        passphrase: Zeroizing<String>,
    },
    /// Propose the card of a new device.
    Add(Box<Card>),
    /// Propose it no more.
    Withdraw,
    /// Drop the new device's keys.
    CancelJoin,
}

enum Side {
    Newcomer(Box<Newcomer>, Zeroizing<String>),
    Host(Box<Host>),
}

/// One pairing, from either side.
pub(super) struct Pairing {
    side: Side,
    line: Line,
    wishes: VecDeque<Wish>,
    /// Old device: what it adds, and what that calls itself.
    adding: Option<Box<Card>>,
    name: String,
    is_over: bool,
}

impl Pairing {
    /// The new device, with the passphrase of its vault to be.
    pub(super) fn join(
        newcomer: Newcomer,
        passphrase: Zeroizing<String>,
        origin: &str,
        inputs: UnboundedSender<Input>,
    ) -> Self {
        Self::begin(
            Side::Newcomer(Box::new(newcomer), passphrase),
            origin,
            inputs,
        )
    }

    /// The old device.
    pub(super) fn host(host: Host, origin: &str, inputs: UnboundedSender<Input>) -> Self {
        Self::begin(Side::Host(Box::new(host)), origin, inputs)
    }

    fn begin(side: Side, origin: &str, inputs: UnboundedSender<Input>) -> Self {
        let mut pairing = Self {
            side,
            line: Line::new(origin, inputs, Input::PairingLine),
            wishes: VecDeque::new(),
            adding: None,
            name: String::new(),
            is_over: false,
        };
        pairing.step(Happening::Begin);
        pairing
    }

    /// What the vault is to do next.
    pub(super) fn take_wish(&mut self) -> Option<Wish> {
        self.wishes.pop_front()
    }

    /// Old device: the card that is being added, and what its device calls itself.
    pub(super) fn adding(&self) -> Option<(Card, String)> {
        Some((self.adding.as_deref()?.clone(), self.name.clone()))
    }

    /// Done or failed; nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.is_over && self.wishes.is_empty()
    }

    /// Something happened to the line.
    pub(super) fn hear(&mut self, dial: u32, event: LineEvent) {
        let input = match self.line.hear(dial, event) {
            Some(LineEvent::Socket(SocketEvent::Up)) => Happening::Up,
            Some(LineEvent::Socket(SocketEvent::Message(bytes))) => Happening::Frame(bytes),
            Some(LineEvent::Socket(SocketEvent::Down)) => Happening::Down,
            Some(LineEvent::Tick) => Happening::Tick,
            None => return,
        };
        self.step(input);
    }

    /// Has the machine take an input.
    pub(super) fn step(&mut self, input: Happening) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let now = clock::now_ms();
            let outputs = match &mut self.side {
                Side::Newcomer(newcomer, _) => newcomer.step(input, now),
                Side::Host(host) => host.step(input, now),
            };
            for output in outputs {
                match output {
                    Output::Dial => {
                        if !self.line.dial() {
                            inputs.push_back(Happening::Down);
                        }
                    }
                    Output::Send(message) => self.line.send(&message),
                    Output::Hang => self.line.hang(),
                    Output::Wake { at } => self.line.wake(at),
                    Output::Tell(state) => self.tell(state),
                    Output::Sign {
                        account,
                        challenge,
                        origin,
                    } => self.wishes.push_back(Wish::Sign {
                        account,
                        challenge,
                        origin,
                    }),
                    Output::Join(entries) => {
                        if let Side::Newcomer(_, passphrase) = &self.side {
                            let passphrase = passphrase.clone();
                            self.wishes.push_back(Wish::Join {
                                entries,
                                passphrase,
                            });
                        }
                    }
                    Output::Add(card) => {
                        let card = Box::new(card);
                        self.adding = Some(card.clone());
                        self.wishes.push_back(Wish::Add(card));
                    }
                    Output::Withdraw => self.wishes.push_back(Wish::Withdraw),
                }
            }
        }
    }

    fn tell(&mut self, state: PairingState) {
        if let PairingState::DigitsShown { name, .. } = &state {
            self.name.clone_from(name);
        }
        if let PairingState::Failed(_) = &state
            && let Side::Newcomer(..) = self.side
        {
            self.wishes.push_back(Wish::CancelJoin);
        }
        self.is_over = matches!(state, PairingState::Failed(_) | PairingState::Done);
        tell(&FromVault::Pairing(state));
    }
}

/// A pairing that could not begin.
pub(super) fn tell_failed(failure: PairingFailure) {
    tell(&FromVault::Pairing(PairingState::Failed(failure)));
}
