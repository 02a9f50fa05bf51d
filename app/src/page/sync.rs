//! The chip on every page that says what is where, and the sheet behind it.

mod notice;
mod sheet;

use dossier::calendar;
use engine::sync::{Phase, SyncStatus, Trouble};
use leptos::prelude::*;

pub use self::notice::ServerNotice;
use self::sheet::Sheet;
use super::session::use_session;
use crate::ui::{Glyph, StatusChip};
use crate::words;
use crate::words::sync::Failing;

/// The five states a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Done,
    Busy,
    Offline,
    Waiting,
    Failed,
}

impl State {
    fn of(status: &SyncStatus) -> Self {
        let passes = matches!(
            status.trouble,
            None | Some(Trouble::Unreachable | Trouble::Patience)
        );
        match status.phase {
            _ if !passes || status.refused_count > 0 => Self::Failed,
            Phase::Busy => Self::Busy,
            _ if status.trouble == Some(Trouble::Patience) => Self::Waiting,
            Phase::UpToDate if status.waiting_count > 0 || status.is_refilling => Self::Busy,
            Phase::UpToDate => Self::Done,
            Phase::Connecting if status.trouble.is_none() => Self::Busy,
            Phase::Off | Phase::Offline | Phase::Connecting if status.waiting_count > 0 => {
                Self::Waiting
            }
            Phase::Off | Phase::Offline | Phase::Connecting => Self::Offline,
        }
    }

    /// As programs read it.
    fn code(self) -> &'static str {
        match self {
            Self::Done => "klaar",
            Self::Busy => "bezig",
            Self::Offline => "offline",
            Self::Waiting => "wacht",
            Self::Failed => "lukt-niet",
        }
    }

    fn glyph(self, status: &SyncStatus) -> Glyph {
        match self {
            Self::Done => Glyph::Check,
            Self::Busy => Glyph::Clock,
            Self::Waiting if status.trouble == Some(Trouble::Patience) => Glyph::Clock,
            Self::Offline | Self::Waiting => Glyph::Offline,
            Self::Failed => Glyph::Warning,
        }
    }

    fn short(self, status: &SyncStatus) -> String {
        match self {
            Self::Done => {
                let last = status.last_sent_at.max(status.last_received_at);
                words::sync::short_done(moment(last).as_deref().map(words::date::time_of))
            }
            Self::Busy => words::sync::short_busy().to_owned(),
            Self::Offline => words::sync::short_offline().to_owned(),
            Self::Waiting if status.waiting_count == 0 => words::sync::short_patience().to_owned(),
            Self::Waiting => words::sync::short_waiting(status.waiting_count),
            Self::Failed => words::sync::short_failed(failing(status)).to_owned(),
        }
    }

    fn words(self, status: &SyncStatus) -> String {
        match self {
            Self::Done => {
                let last = status.last_sent_at.max(status.last_received_at);
                words::sync::done(moment(last).as_deref().map(words::date::time_of))
            }
            Self::Busy if status.is_refilling => words::sync::refilling(status.waiting_count),
            Self::Busy => words::sync::busy(status.waiting_count),
            Self::Offline => words::sync::offline(),
            Self::Waiting if status.trouble == Some(Trouble::Patience) => {
                words::sync::patience(status.waiting_count)
            }
            Self::Waiting => words::sync::waiting(status.waiting_count),
            Self::Failed => words::sync::failed(failing(status)),
        }
    }
}

/// What does not work. Of two things the one that keeps changes here.
fn failing(status: &SyncStatus) -> Failing {
    match status.trouble {
        _ if status.refused_count > 0 => Failing::Sending,
        Some(Trouble::AppTooOld | Trouble::Tampered | Trouble::Withheld | Trouble::Rollback) => {
            Failing::Receiving
        }
        Some(Trouble::Storage) => Failing::Both,
        Some(Trouble::ChainFork) => Failing::Devices,
        _ => Failing::Sending,
    }
}

/// Local date and time; `None` when it never was.
fn moment(ms: i64) -> Option<String> {
    (ms > 0).then(|| calendar::rfc3339(ms).ok()).flatten()
}

/// The chip; nothing where no server was ever found.
#[component]
pub fn SyncChip(
    /// Whether the sheet behind it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let status = session.sync();
    let has_server = Memo::new(move |_| status.read().is_some());
    view! {
        <Show when=move || has_server.get()>
            <Chip open />
            <Sheet open />
        </Show>
    }
}

#[component]
fn Chip(open: RwSignal<bool>) -> impl IntoView {
    let status = use_session().sync();
    let now = Memo::new(move |_| status.get().unwrap_or_default());
    let state = Memo::new(move |_| State::of(&now.read()));
    let words = Memo::new(move |_| state.get().words(&now.read()));
    let short = Memo::new(move |_| state.get().short(&now.read()));
    // Said once for each state in which things rest, and for what is the matter then, not for each change on the way.
    let said = RwSignal::new(String::new());
    let rest = Memo::new(move |_| (state.get(), now.read().trouble));
    Effect::new(move |before: Option<(State, Option<Trouble>)>| {
        let rest = rest.get();
        let before = before.unwrap_or((State::Done, None));
        if rest.0 == State::Busy || before == rest {
            return before;
        }
        said.set(words.get_untracked());
        rest
    });
    view! {
        <StatusChip
            words
            short
            state=Signal::derive(move || state.get().code())
            glyph=Signal::derive(move || state.get().glyph(&now.read()))
            count=Signal::derive(move || now.read().waiting_count)
            on_press=move || open.set(true)
        />
        <span class="u-hidden" role="status">{said}</span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(phase: Phase, trouble: Option<Trouble>, waiting_count: usize) -> SyncStatus {
        SyncStatus {
            phase,
            trouble,
            waiting_count,
            ..SyncStatus::default()
        }
    }

    #[test]
    fn every_status_is_one_of_five_states() {
        use Phase::{Busy, Connecting, Offline, UpToDate};
        use Trouble::{Patience, Quota, Rollback, Unreachable};
        for (phase, trouble, count, state) in [
            (UpToDate, None, 0, State::Done),
            (UpToDate, None, 2, State::Busy),
            (Busy, None, 0, State::Busy),
            (Connecting, None, 0, State::Busy),
            (Connecting, Some(Unreachable), 0, State::Offline),
            (Offline, Some(Unreachable), 0, State::Offline),
            (Offline, Some(Unreachable), 3, State::Waiting),
            (UpToDate, Some(Quota), 3, State::Failed),
            (UpToDate, Some(Patience), 3, State::Waiting),
            (Offline, Some(Patience), 0, State::Waiting),
            (Busy, Some(Patience), 3, State::Busy),
            (UpToDate, Some(Rollback), 0, State::Failed),
        ] {
            let status = status(phase, trouble, count);
            assert_eq!(State::of(&status), state, "{status:?}");
        }
    }

    #[test]
    fn while_a_server_is_given_everything_again_the_chip_does_not_say_that_all_is_sent() {
        for (phase, count) in [(Phase::UpToDate, 0), (Phase::Busy, 0), (Phase::UpToDate, 2)] {
            let status = SyncStatus {
                is_refilling: true,
                ..status(phase, None, count)
            };
            let state = State::of(&status);
            assert_eq!(state, State::Busy);
            let words = state.words(&status);
            assert!(words.starts_with("Bezig met versturen"), "{words}");
        }
    }

    #[test]
    fn a_server_that_asks_for_patience_is_not_called_a_lack_of_internet() {
        for count in [0, 3] {
            let busy = status(Phase::UpToDate, Some(Trouble::Patience), count);
            let away = status(Phase::Offline, Some(Trouble::Unreachable), count);
            let (busy, away) = (State::of(&busy).words(&busy), State::of(&away).words(&away));
            assert!(busy.starts_with("De server is druk."), "{busy}");
            assert!(away.starts_with("Geen internet."), "{away}");
        }
    }

    #[test]
    fn what_is_only_not_taken_in_is_not_called_not_sent() {
        let words = |trouble, refused_count| {
            let status = SyncStatus {
                refused_count,
                ..status(Phase::UpToDate, Some(trouble), 0)
            };
            State::of(&status).words(&status)
        };
        assert!(words(Trouble::Withheld, 0).starts_with("Ontvangen lukt niet."));
        assert!(words(Trouble::Withheld, 1).starts_with("Versturen lukt niet."));
        assert!(words(Trouble::Quota, 0).starts_with("Versturen lukt niet."));
        assert!(words(Trouble::Storage, 0).starts_with("Uitwisselen lukt niet."));
        assert!(words(Trouble::ChainFork, 0).contains("Je werk wordt gewoon verstuurd."));
    }
}
