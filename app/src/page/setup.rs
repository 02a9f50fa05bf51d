//! The first run: who, passphrase, recovery sheet. Nothing is stored before **Kluis openen**.

mod passphrase;
mod sheet;
mod who;

use dossier::edit::ProfileInput;
use leptos::prelude::*;

use super::form::FormState;

pub use passphrase::{Chosen, PassphraseFields, PassphraseStep};
pub use sheet::SheetStep;
pub use who::{ProfileFields, WhoStep, bind_profile, professions, profile_input};

/// What was filled in so far, in memory only.
#[derive(Clone, Copy)]
pub struct SetupState {
    reached: RwSignal<u8>,
    /// Step 1.
    pub who: FormState,
    /// Step 2.
    pub passphrase: RwSignal<String>,
    /// Step 2, the second time.
    pub repeated: RwSignal<String>,
    /// Step 3: the groups of the code and the numbers of the two to type back.
    pub code: RwSignal<Option<(Vec<String>, [u8; 2])>>,
    /// Step 3: the groups typed back.
    pub typed: [RwSignal<String>; 2],
}

impl SetupState {
    /// Nothing filled in.
    pub fn new() -> Self {
        Self {
            reached: RwSignal::new(0),
            who: FormState::unsaved(),
            passphrase: RwSignal::new(String::new()),
            repeated: RwSignal::new(String::new()),
            code: RwSignal::new(None),
            typed: [RwSignal::new(String::new()), RwSignal::new(String::new())],
        }
    }

    /// The furthest step so far.
    pub fn reached(self) -> u8 {
        self.reached.get()
    }

    /// This step may be shown.
    pub fn reach(self, step: u8) {
        self.reached.update(|reached| *reached = step.max(*reached));
    }

    /// The profile as typed.
    pub fn profile(self) -> ProfileInput {
        profile_input(self.who)
    }

    /// Wipes the secrets once the vault is open.
    pub fn forget(self) {
        for secret in [self.passphrase, self.repeated, self.typed[0], self.typed[1]] {
            secret.set(String::new());
        }
        self.code.set(None);
    }
}
