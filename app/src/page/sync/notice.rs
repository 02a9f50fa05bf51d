//! What a person must know of a server that loses, turns back or doubles what it was given: on every page.

use engine::sync::{SyncStatus, Trouble};
use leptos::prelude::*;

use crate::page::session::use_session;
use crate::ui::{Actions, Button, ButtonKind, Notice, NoticeKind};
use crate::words::sync as text;

/// What a server does that only a person can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// It lost records that it had taken.
    Wiped,
    /// It gives old records in the place of newer.
    Rollback,
    /// It gives two devices different lists of devices.
    Fork,
}

impl Wrong {
    /// Everything that is wrong; what puts itself right comes last.
    fn all(status: &SyncStatus) -> Vec<Self> {
        let lie = match status.trouble {
            Some(Trouble::Rollback) => Some(Self::Rollback),
            Some(Trouble::ChainFork) => Some(Self::Fork),
            _ => None,
        };
        let wiped = status.is_refilling.then_some(Self::Wiped);
        lie.into_iter().chain(wiped).collect()
    }

    /// As programs read it.
    fn code(self) -> &'static str {
        match self {
            Self::Wiped => "kwijt",
            Self::Rollback => "oud",
            Self::Fork => "verschillend",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Wiped => text::wiped(),
            Self::Rollback => text::rollback(),
            Self::Fork => text::fork(),
        }
    }
}

/// What the server does wrong, with a way to the sheet; nothing while it does nothing wrong.
#[component]
pub fn ServerNotice(
    /// Whether the sheet behind the chip is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let status = use_session().sync();
    let all = Memo::new(move |_| {
        let status = status.read();
        status.as_ref().map(Wrong::all).unwrap_or_default()
    });
    // One notice for all, so that there is one button of its name.
    let is_shown = Memo::new(move |_| !all.read().is_empty());
    view! {
        <Show when=move || is_shown.get()>
            <Notice kind=NoticeKind::Danger alert=true testid="server-notice">
                {move || {
                    let all = all.get().into_iter();
                    all.map(|wrong| view! { <p data-state=wrong.code()>{wrong.words()}</p> }).collect_view()
                }}
                <Actions>
                    <Button kind=ButtonKind::Quiet on_press=move || open.set(true)>
                        {text::details()}
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
    fn a_server_that_loses_turns_back_or_doubles_is_told_in_the_words_of_the_labels() {
        let of = |trouble, is_refilling| {
            let status = SyncStatus {
                trouble,
                is_refilling,
                ..SyncStatus::default()
            };
            let words = Wrong::all(&status).into_iter().map(Wrong::words);
            words.collect::<Vec<_>>()
        };
        let wiped = "De server is gegevens kwijt. We sturen alles opnieuw.";
        let rollback = "De server laat oude gegevens zien.";
        assert_eq!(of(None, true), [wiped]);
        assert_eq!(of(Some(Trouble::Rollback), false), [rollback]);
        assert_eq!(of(Some(Trouble::Rollback), true), [rollback, wiped]);
        let fork = of(Some(Trouble::ChainFork), false).concat();
        assert!(fork.starts_with("De server geeft twee apparaten een verschillend verhaal. "));
        assert!(fork.ends_with(" Je werk is veilig op dit apparaat."));
        for quiet in [None, Some(Trouble::Unreachable), Some(Trouble::Withheld)] {
            assert!(of(quiet, false).is_empty(), "{quiet:?}");
        }
    }
}
