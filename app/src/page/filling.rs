//! How far a device has come that was just added, or was away for long: begun, shown, ended, across reloads.
//!
//! What is left is the exchange's word; kept here is only of how many records that is a part.

use engine::sync::{Phase, SyncStatus, Trouble};
use leptos::prelude::*;

use super::session::{Session, Stage};
use crate::platform::settings;
use crate::ui::{EmptyState, Glyph, Progress};
use crate::words::pairing as words;

/// How many records behind a device must be before it is said that it catches up.
const FAR_BEHIND: u64 = 500;

/// The filling of this device's vault.
#[derive(Clone, Copy)]
pub struct Fill {
    session: Session,
    /// How many records were to come; 0 before that is known, `None` when none are.
    total: RwSignal<Option<u64>>,
}

impl Fill {
    /// As it was when the window was last open; call once, under the root.
    pub fn new(session: Session) -> Self {
        let fill = Self {
            session,
            total: RwSignal::new(settings::filling()),
        };
        Effect::new(move |_| fill.follow());
        Effect::new(move |_| {
            // Where there is no vault, it belonged to one that is gone.
            if *session.stage().read() == Stage::Empty {
                fill.set(None);
            }
        });
        fill
    }

    /// A device was just added; what it is to hold begins to come.
    pub fn begin(self) {
        self.set(Some(0));
    }

    /// Whether dossiers are still to come, from a server that is known; tracks.
    pub fn is_under_way(self) -> bool {
        self.total.read().is_some() && self.session.sync().read().is_some()
    }

    fn follow(self) {
        let Some(status) = self.session.sync().get() else {
            return;
        };
        let total = self.total.get_untracked();
        let after = total_after(total, &status);
        if after != total {
            self.set(after);
            if after.is_none() {
                self.session.say_done(words::filled());
            }
        }
    }

    fn set(self, total: Option<u64>) {
        if self.total.get_untracked() != total {
            settings::set_filling(total);
            self.total.set(total);
        }
    }

    /// How much came in, 0 to 100, as far as the server said how much there is; nothing when all is here.
    fn shown(self) -> Option<Option<u32>> {
        let total = self.total.get()?;
        // Without a server the rest is still missing.
        let status = self.session.sync().get().unwrap_or_default();
        Some((status.head > 0).then(|| percent(total, status.behind, status.stored_behind)))
    }
}

/// Begins far behind, ends with the last record. What the server keeps back or lost, or this device cannot take in, is
/// still missing, and is told by the chip.
fn total_after(total: Option<u64>, status: &SyncStatus) -> Option<u64> {
    let is_trouble = matches!(
        status.trouble,
        Some(
            Trouble::Withheld
                | Trouble::Rollback
                | Trouble::Tampered
                | Trouble::AppTooOld
                | Trouble::Storage
        )
    );
    let is_kept_back = is_trouble || status.is_refilling;
    let is_at_end = status.phase == Phase::UpToDate && status.head > 0 && status.behind == 0;
    match total {
        total if is_kept_back => total,
        Some(_) if is_at_end => None,
        Some(total) => Some(total.max(status.behind)),
        None if status.behind >= FAR_BEHIND => Some(status.behind),
        None => None,
    }
}

/// Rounded down, so that the end is the end. What is stored and not shown yet counts half.
fn percent(total: u64, behind: u64, stored_behind: u64) -> u32 {
    let whole = total.max(behind).saturating_mul(2);
    let missing = behind.saturating_mul(2).saturating_sub(stored_behind);
    let taken = whole.saturating_sub(missing).saturating_mul(100);
    taken
        .checked_div(whole)
        .and_then(|percent| u32::try_from(percent).ok())
        .unwrap_or_default()
}

/// The bar, on every page.
#[component]
pub fn Filling() -> impl IntoView {
    let fill = expect_context::<Fill>();
    let shown = Memo::new(move |_| fill.shown());
    let is_shown = Memo::new(move |_| shown.read().is_some());
    let percent = Signal::derive(move || shown.get().flatten());
    let label = Signal::derive(move || words::filling(percent.get()));
    view! {
        <Show when=move || is_shown.get()>
            <div class="c-notice c-notice--info" data-testid="pairing-progress">
                <Progress id="dossiers-komen" label done=percent />
            </div>
        </Show>
    }
}

/// What stands where there are no clients: that they are still to come, or what a person can do.
#[component]
pub fn NoClients(children: ChildrenFn) -> impl IntoView {
    let fill = expect_context::<Fill>();
    let is_under_way = Memo::new(move |_| fill.is_under_way());
    view! {
        <Show when=move || is_under_way.get() fallback=move || children()>
            <EmptyState text=words::clients_to_come() icon=Glyph::People />
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(phase: Phase, head: u64, behind: u64) -> SyncStatus {
        SyncStatus {
            phase,
            head,
            behind,
            ..SyncStatus::default()
        }
    }

    #[test]
    fn all_is_a_hundred_and_nothing_is_none() {
        assert_eq!(percent(0, 0, 0), 0);
        assert_eq!(percent(200, 200, 0), 0);
        assert_eq!(percent(200, 200, 200), 50);
        assert_eq!(percent(200, 1, 1), 99);
        assert_eq!(percent(200, 0, 0), 100);
        assert_eq!(percent(0, 200, 200), 50);
    }

    #[test]
    fn a_fill_counts_from_its_begin_and_lasts_to_its_end() {
        let mut total = Some(0);
        for (phase, head, behind, expected) in [
            // Before the server said anything, nothing has ended.
            (Phase::Connecting, 0, 0, Some(0)),
            (Phase::UpToDate, 0, 0, Some(0)),
            (Phase::Busy, 900, 900, Some(900)),
            (Phase::Busy, 905, 4, Some(900)),
            (Phase::Offline, 905, 4, Some(900)),
            (Phase::Busy, 905, 0, Some(900)),
            (Phase::UpToDate, 905, 0, None),
        ] {
            total = total_after(total, &status(phase, head, behind));
            assert_eq!(total, expected, "{phase:?} {behind}");
        }
    }

    #[test]
    fn not_all_is_here_while_something_is_kept_back() {
        let kept_back = SyncStatus {
            trouble: Some(Trouble::Withheld),
            ..status(Phase::UpToDate, 905, 0)
        };
        assert_eq!(total_after(Some(900), &kept_back), Some(900));
        let asked_again = SyncStatus {
            behind: 905,
            ..kept_back
        };
        assert_eq!(total_after(None, &asked_again), None);
        let turned_back = SyncStatus {
            trouble: Some(Trouble::Rollback),
            ..kept_back
        };
        let lost = SyncStatus {
            is_refilling: true,
            ..status(Phase::UpToDate, 905, 0)
        };
        for status in [turned_back, lost] {
            assert_eq!(total_after(Some(900), &status), Some(900));
        }
        let given = status(Phase::UpToDate, 905, 0);
        assert_eq!(total_after(Some(900), &given), None);
    }

    #[test]
    fn a_device_that_was_away_for_long_is_shown_to_catch_up_to_the_end() {
        let of_old = status(Phase::Busy, 90_000, FAR_BEHIND - 1);
        assert_eq!(total_after(None, &of_old), None);
        let total = total_after(None, &status(Phase::Busy, 90_000, 1_000));
        assert_eq!(total, Some(1_000));
        let total = total_after(total, &status(Phase::Busy, 90_000, 100));
        assert_eq!(total, Some(1_000));
        assert_eq!(percent(1_000, 100, 0), 90);
    }
}
