//! The window's side of a pairing, for both devices: where it is, and what the person does.

use engine::pairing::PairingState;
use engine::sync::Phase;
use leptos::prelude::*;

use super::session::{Session, Stage};
use crate::link::PairingStep;
use crate::ui::Progress;
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
            session.spawn(session.refresh());
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

/// How many records behind a device must be before it is said that it catches up.
const FAR_BEHIND: u64 = 500;

/// How far a device that was just added, or was away for long, has come.
#[component]
pub fn Filling() -> impl IntoView {
    let pairing = use_pairing();
    let sync = pairing.session.sync();
    let percent = Memo::new(move |_| {
        let status = sync.get()?;
        let is_shown = pairing.is_filling.get() || status.behind >= FAR_BEHIND;
        is_shown.then(|| percent(status.head, status.behind, status.stored_behind))
    });
    let is_shown = Memo::new(move |_| percent.read().is_some());
    let label = move || words::filling(percent.get().unwrap_or_default());
    view! {
        <Show when=move || is_shown.get()>
            <div class="c-notice c-notice--info" data-testid="pairing-progress">
                <Progress id="dossiers-komen" label=Signal::derive(label) done=Signal::derive(move || percent.get()) />
            </div>
        </Show>
    }
}

/// How much came in, 0 to 100; rounded down, so that the end is the end. What is stored and not shown yet counts half.
fn percent(head: u64, behind: u64, stored_behind: u64) -> u32 {
    let whole = head.max(behind).saturating_mul(2);
    let missing = behind.saturating_mul(2).saturating_sub(stored_behind);
    let taken = whole.saturating_sub(missing).saturating_mul(100);
    taken
        .checked_div(whole)
        .and_then(|percent| u32::try_from(percent).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_a_hundred_and_nothing_is_none() {
        assert_eq!(percent(0, 0, 0), 0);
        assert_eq!(percent(200, 200, 0), 0);
        assert_eq!(percent(200, 200, 200), 50);
        assert_eq!(percent(200, 1, 1), 99);
        assert_eq!(percent(200, 0, 0), 100);
        assert_eq!(percent(0, 200, 200), 50);
    }
}
