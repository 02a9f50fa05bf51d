//! **Kluis op slot**: the passphrase, what is wrong with it, the growing wait, a new version.

use std::time::Duration;

use engine::command::{Command, Failure};
use leptos::prelude::*;

use super::elsewhere::UnsavedNotice;
use super::load::{FailureNotice, after_a_while};
use super::session::{Session, Stage, use_session};
use crate::platform::update;
use crate::platform::{clock, dom};
use crate::ui::{
    Actions, Button, ButtonKind, Form, Notice, NoticeKind, PageTitle, PasswordInput, Progress,
    SkipLink,
};
use crate::words::{common, failure as failure_words, lock as words, setup};

const FIELD: &str = "wachtwoord";
const HINT: &str = "wachtwoord-vergeten";
const WAIT: &str = "wachten";
/// The try from which the recovery sheet is mentioned (`ux.md` behaviour 5).
const MENTION_SHEET_FROM: u32 = 3;

/// State of one lock screen.
#[derive(Clone, Copy)]
struct Lock {
    session: Session,
    typed: RwSignal<String>,
    error: RwSignal<Option<String>>,
    failure: RwSignal<Option<Failure>>,
    failed_count: RwSignal<u32>,
    wait_until: RwSignal<i64>,
    /// Number of the try under way; 0 = none. A cancelled try keeps running, but nobody waits for it.
    trying: RwSignal<u32>,
    tries: StoredValue<u32>,
}

/// **Kluis op slot**.
#[component]
pub fn LockPage() -> impl IntoView {
    let session = use_session();
    let stage = session.stage();
    let lock = Lock {
        session,
        typed: RwSignal::new(String::new()),
        error: RwSignal::new(None),
        failure: RwSignal::new(None),
        failed_count: RwSignal::new(0),
        wait_until: RwSignal::new(0),
        trying: RwSignal::new(0),
        tries: StoredValue::new(0),
    };
    // The lock may have come without an answer about the wait.
    session.spawn(session.refresh_lock());
    Effect::new(move |_| {
        if let Stage::Locked { wait_until } = *stage.read() {
            lock.wait_until.set(wait_until);
        }
    });
    let busy = Signal::derive(move || lock.trying.get() != 0);
    let is_long = after_a_while(busy);
    let knows_sheet = move || lock.failed_count.get() >= MENTION_SHEET_FROM;
    view! {
        <SkipLink />
        <main class="p-lock" id="inhoud" tabindex="-1">
            <span class="c-brand">{common::product()}</span>
            <div class="p-lock__card">
                <PageTitle title=words::title() />
                <UnsavedNotice text=words::unsaved_text() />
                {move || lock.failure.get().map(|failure| view! { <FailureNotice failure /> })}
                <Form on_submit=move || lock.submit()>
                    <PasswordInput
                        id=FIELD
                        label=setup::password()
                        value=lock.typed
                        show_label=setup::show_password()
                        error=lock.error
                        autofocus=true
                        described_by_also=format!("{HINT} {WAIT}")
                    />
                    <div class="p-slack">
                    <p id=HINT>
                        {move || knows_sheet().then(words::forgotten)}
                    </p>
                    <WaitNotice wait_until=lock.wait_until />
                    <div role="status">
                        <Show when=move || is_long.get()>
                            <Progress id="openen" label=words::unlocking() />
                        </Show>
                    </div>
                    </div>
                    <Actions>
                        <Button submit=true wide=true busy>
                            {words::unlock()}
                        </Button>
                        <Show when=move || is_long.get()>
                            <Button kind=ButtonKind::Quiet wide=true on_press=move || lock.cancel()>
                                {common::cancel()}
                            </Button>
                        </Show>
                    </Actions>
                </Form>
            </div>
            <NewVersion />
        </main>
    }
}

impl Lock {
    fn submit(self) {
        if self.trying.get_untracked() != 0 || clock::now_ms() < self.wait_until.get_untracked() {
            dom::focus(FIELD);
            return;
        }
        let passphrase = self.typed.get_untracked();
        if passphrase.is_empty() {
            self.refuse(words::missing());
            return;
        }
        let this_try = self.tries.get_value().wrapping_add(1).max(1);
        self.tries.set_value(this_try);
        self.trying.set(this_try);
        self.error.set(None);
        self.failure.set(None);
        let session = self.session;
        session.spawn(async move {
            let outcome = session.ask(Command::Unlock { passphrase }).await;
            if self.trying.try_get_untracked() != Some(this_try) {
                if outcome.is_ok() {
                    // Opened after it was cancelled: nobody is waiting for an open vault.
                    let _ = session.ask(Command::Lock).await;
                    session.refresh_lock().await;
                }
                return;
            }
            self.trying.set(0);
            match outcome {
                Ok(_) => {
                    self.typed.set(String::new());
                    session.refresh().await;
                }
                Err(failure) => self.fail(failure),
            }
        });
    }

    fn cancel(self) {
        self.trying.set(0);
        dom::focus(FIELD);
    }

    fn fail(self, failure: Failure) {
        match failure {
            Failure::WrongPassphrase {
                failed_count,
                wait_until,
            } => {
                self.failed_count.set(failed_count);
                self.wait_until.set(wait_until);
                self.refuse(failure_words::sentences(&failure).what);
            }
            Failure::Wait { wait_until } => {
                self.wait_until.set(wait_until);
                dom::focus(FIELD);
            }
            // Here it is not one piece of a dossier: it is what opens the vault.
            Failure::Evicted | Failure::NewerFormat | Failure::Corrupt => {
                self.session.set_stage(Stage::Broken(failure))
            }
            Failure::NoVault => self.session.set_stage(Stage::Empty),
            other => self.failure.set(Some(other)),
        }
    }

    fn refuse(self, text: &str) {
        self.error.set(Some(text.to_owned()));
        dom::focus(FIELD);
    }
}

/// Counts the wait down; empty when there is none.
#[component]
fn WaitNotice(wait_until: RwSignal<i64>) -> impl IntoView {
    let now = RwSignal::new(clock::now_ms());
    let tick =
        set_interval_with_handle(move || now.set(clock::now_ms()), Duration::from_millis(500));
    on_cleanup(move || {
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
    let seconds = Memo::new(move |_| {
        now.track();
        seconds_left(wait_until.get(), clock::now_ms())
    });
    view! {
        <p id=WAIT data-testid="lock-wait" class="u-num">
            {move || (seconds.get() > 0).then(|| words::wait(seconds.get()))}
        </p>
    }
}

/// Whole seconds, rounded up; 0 when the wait is over.
fn seconds_left(until_ms: i64, now_ms: i64) -> i64 {
    (until_ms - now_ms).max(0).saturating_add(999) / 1000
}

/// Offers the version that waits; only here, never during work.
#[component]
fn NewVersion() -> impl IntoView {
    let session = use_session();
    let state = update::state();
    let busy = RwSignal::new(false);
    let apply = move || {
        busy.set(true);
        session.spawn(async move {
            session.vault().close_for_update().await;
            update::apply();
        });
    };
    view! {
        <Show when=move || state.get().is_newer_ready() && !session.has_unsaved().get()>
            <Notice heading=words::new_version().to_owned() kind=NoticeKind::Info>
                <p>{words::new_version_text()}</p>
                <Actions>
                    <Button on_press=apply busy>
                        {words::update()}
                    </Button>
                </Actions>
            </Notice>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_started_second_counts_and_a_past_wait_is_none() {
        assert_eq!(seconds_left(1_000, 0), 1);
        assert_eq!(seconds_left(1_001, 0), 2);
        assert_eq!(seconds_left(0, 5), 0);
    }
}
