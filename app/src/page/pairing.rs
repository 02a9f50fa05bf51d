//! The window's side of a pairing, for both devices: where it is, and what the person does.

use engine::pairing::PairingState;
use leptos::prelude::*;

use super::filling::Fill;
use super::session::{Session, Stage};
use crate::link::PairingStep;
use crate::platform::leave;
use crate::words::pairing as words;

/// One pairing at a time.
#[derive(Clone, Copy)]
pub struct Pairing {
    session: Session,
    state: RwSignal<Option<PairingState>>,
    code: RwSignal<String>,
    fill: Fill,
}

/// The pairing of this window.
pub fn use_pairing() -> Pairing {
    expect_context::<Pairing>()
}

impl Pairing {
    /// None begun; call once, under the root.
    pub fn new(session: Session, fill: Fill) -> Self {
        let pairing = Self {
            session,
            state: RwSignal::new(None),
            code: RwSignal::new(String::new()),
            fill,
        };
        session
            .vault()
            .on_pairing(move |state| pairing.follow(state));
        // The other device need not wait for the clock.
        leave::on_gone(move || pairing.stop());
        pairing
    }

    /// How far it is; nothing before it began.
    pub fn state(self) -> Signal<Option<PairingState>> {
        self.state.into()
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
            self.fill.begin();
            session.go_instead("/");
            session.say_done(words::joined());
            session.spawn(session.refresh());
        } else {
            self.state.set(Some(state));
        }
    }
}
