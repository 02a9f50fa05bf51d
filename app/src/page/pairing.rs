//! The window's side of a pairing, for both devices: where it is, and what the person does.

use engine::pairing::PairingState;
use engine::sync::Phase;
use leptos::prelude::*;

use super::session::{Session, Stage};
use crate::link::PairingStep;
use crate::words::pairing as words;

/// One pairing at a time.
#[derive(Clone, Copy)]
pub struct Pairing {
    session: Session,
    state: RwSignal<Option<PairingState>>,
    code: RwSignal<String>,
    is_filling: RwSignal<bool>,
}

/// The pairing of this window.
pub fn use_pairing() -> Pairing {
    expect_context::<Pairing>()
}

impl Pairing {
    /// None begun; call once, under the root.
    pub fn new(session: Session) -> Self {
        let pairing = Self {
            session,
            state: RwSignal::new(None),
            code: RwSignal::new(String::new()),
            is_filling: RwSignal::new(false),
        };
        session
            .vault()
            .on_pairing(move |state| pairing.follow(state));
        Effect::new(move |_| pairing.end_filling());
        pairing
    }

    /// How far it is; nothing before it began.
    pub fn state(self) -> Signal<Option<PairingState>> {
        self.state.into()
    }

    /// Dossiers come in on a device that was just added.
    pub fn is_filling(self) -> Signal<bool> {
        self.is_filling.into()
    }

    /// The code that was typed last on this device.
    pub fn code(self) -> String {
        self.code.get_untracked()
    }

    /// New device: asks for a code, or for another one.
    pub fn join(self, name: String, passphrase: String) {
        self.step(PairingStep::Join { name, passphrase });
    }

    /// Old device: takes the code in.
    pub fn host(self, code: String) {
        self.code.set(code.clone());
        self.state.set(Some(PairingState::Waiting));
        self.step(PairingStep::Host { code });
    }

    /// What the person does next.
    pub fn step(self, step: PairingStep) {
        self.session.vault().pair(step);
    }

    /// Ends it; nothing is paired.
    pub fn stop(self) {
        if self.state.get_untracked().is_some() {
            self.step(PairingStep::Cancel);
        }
        self.forget();
    }

    /// As if none had begun.
    pub fn forget(self) {
        self.state.set(None);
        self.code.set(String::new());
    }

    fn follow(self, state: PairingState) {
        let session = self.session;
        let is_new_device = session.stage().get_untracked() == Stage::Empty;
        if state == PairingState::Done && is_new_device {
            self.forget();
            self.is_filling.set(true);
            session.go_instead("/");
            session.say_done(words::joined());
            session.spawn(async move { drop(session.refresh().await) });
        } else {
            self.state.set(Some(state));
        }
    }

    /// Everything came in, once the exchange rests.
    fn end_filling(self) {
        let rests = |phase, behind| phase == Phase::UpToDate && behind == 0;
        let status = self.session.sync().get();
        let is_in = status.is_some_and(|of| rests(of.phase, of.behind) && of.last_received_at > 0);
        if is_in && self.is_filling.get_untracked() {
            self.is_filling.set(false);
            self.session.say_done(words::filled());
        }
    }
}
