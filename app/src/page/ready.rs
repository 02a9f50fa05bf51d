//! The card **Maak dit apparaat klaar**: the home screen and the browser's promise. Never a blocking step.

use leptos::prelude::*;

use super::session::use_session;
use super::storage::PersistenceLine;
use crate::platform::install::{self, Install};
use crate::platform::settings;
use crate::platform::storage::{self, Persistence};
use crate::ui::{Actions, Button, ButtonKind, Card, Glyph};
use crate::words::storage as words;

/// Asks the browser for its promise and shows the answer, until **Later**.
#[component]
pub fn ReadyCard() -> impl IntoView {
    let session = use_session();
    let is_shown = RwSignal::new(!settings::is_ready_card_dismissed());
    let answer = RwSignal::new(None::<Persistence>);
    if is_shown.get_untracked() {
        session.spawn(async move {
            answer.try_set(Some(storage::persist().await));
        });
    }
    let leave = move || {
        settings::dismiss_ready_card();
        is_shown.set(false);
    };
    view! {
        <Show when=move || is_shown.get()>
            <Card id="apparaat-klaar" title=words::ready()>
                <div role="status">
                    {move || answer.get().map(|answer| view! { <PersistenceLine answer /> })}
                </div>
                <InstallPart on_later=leave />
            </Card>
        </Show>
    }
}

#[component]
fn InstallPart(#[prop(into)] on_later: Callback<()>) -> impl IntoView {
    let session = use_session();
    let state = install::state();
    let is_explained = RwSignal::new(false);
    let is_installed = {
        let state = state.clone();
        Memo::new(move |_| state.get() == Install::Installed)
    };
    let by_hand = state.clone();
    let press = move || {
        if state.get_untracked() == Install::Prompt {
            session.spawn(install::prompt());
        } else {
            is_explained.set(true);
        }
    };
    let how = move || match by_hand.get() {
        Install::ByHand => words::install_by_hand(),
        Install::Installed | Install::Prompt | Install::Unknown => words::install_by_menu(),
    };
    view! {
        <p>{move || if is_installed.get() { words::installed() } else { words::install_why() }}</p>
        <div class="p-slack"><p role="status">{move || is_explained.get().then(&how)}</p></div>
        <Actions>
            {move || {
                let press = press.clone();
                (!is_installed.get())
                    .then(|| {
                        view! {
                            <Button icon=Glyph::Install on_press=press>
                                {words::install()}
                            </Button>
                        }
                    })
            }}
            <Button kind=ButtonKind::Quiet on_press=on_later>
                {words::later()}
            </Button>
        </Actions>
    }
}
