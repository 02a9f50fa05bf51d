//! The first screen on a device without a vault, and the way through the first run.
//!
//! Everything typed lives in memory only: a reload before the vault exists starts again and leaves nothing.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::join::JoinPage;
use super::session::use_session;
use super::setup::{PassphraseStep, SetupState, SheetStep, WhoStep};
use crate::ui::{Button, ButtonKind, Glyph, Icon, PageTitle, SkipLink};
use crate::words::{common, pairing, setup as words};

/// Where the browser's own back button finds a step.
const STEP: &str = "stap";
/// The step that is another way in.
const JOIN: u8 = 9;

/// **Welkom bij Dossierkluis** and the three steps.
#[component]
pub fn WelcomePage() -> impl IntoView {
    let session = use_session();
    let state = SetupState::new();
    let query = use_query_map();
    let path = use_location().pathname;
    let asked = move || {
        query
            .read()
            .get(STEP)
            .and_then(|text| text.parse::<u8>().ok())
            .unwrap_or(0)
    };
    // Steps that were not reached in this window do not exist: after a reload the address is set right.
    if path.get_untracked() != "/" || untrack(asked) > 0 {
        session.go_instead("/");
    }
    let joins = RwSignal::new(false);
    let step = Memo::new(move |_| match asked() {
        JOIN if joins.get() => JOIN,
        asked => asked.min(state.reached()),
    });
    let go = Callback::new(move |step: u8| {
        match step {
            JOIN => joins.set(true),
            step => state.reach(step),
        }
        session.go(&format!("/?{STEP}={step}"));
    });
    let show = move || match step.get() {
        0 => view! { <Start on_next=move || go.run(1) on_join=move || go.run(JOIN) /> }.into_any(),
        1 => view! { <WhoStep state on_back=move || session.go("/") on_next=move || go.run(2) /> }
            .into_any(),
        2 => view! { <PassphraseStep state on_back=move || go.run(1) on_next=move || go.run(3) /> }
            .into_any(),
        JOIN => view! { <JoinPage /> }.into_any(),
        _ => view! { <SheetStep state on_back=move || go.run(2) /> }.into_any(),
    };
    view! {
        <SkipLink />
        <main class="p-lock p-lock--wide" id="inhoud" tabindex="-1">
            <span class="c-brand">{common::product()}</span>
            {show}
        </main>
    }
}

#[component]
fn Start(
    /// Makes a vault.
    #[prop(into)]
    on_next: Callback<()>,
    /// Gets the vault of another device.
    #[prop(into)]
    on_join: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="p-lock__card">
            <PageTitle title=words::welcome() />
            <p class="u-lead">{words::welcome_lead()}</p>
            <ul class="p-points" role="list">
                {words::welcome_points()
                    .into_iter()
                    .map(|point| {
                        view! {
                            <li class="p-points__point">
                                <Icon glyph=Glyph::Check />
                                <span>{point}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <Button icon=Glyph::Lock wide=true on_press=on_next>
                {words::make_vault()}
            </Button>
            <Button kind=ButtonKind::Quiet icon=Glyph::Device wide=true on_press=on_join>
                {pairing::join()}
            </Button>
        </div>
    }
}
