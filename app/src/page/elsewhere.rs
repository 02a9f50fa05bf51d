//! Why the pages are not here: another tab has the vault, or it cannot be opened.

use engine::command::Failure;
use leptos::prelude::*;

use super::session::{Stage, use_session};
use crate::platform::update::{self, Update};
use crate::ui::{Actions, Button, ButtonKind, Notice, NoticeKind, PageTitle, Progress, SkipLink};
use crate::words::{common, elsewhere as words, failure as failure_words, lock, setup};

/// **Dossierkluis is al open**: another tab has it.
#[component]
pub fn ElsewherePage() -> impl IntoView {
    view! {
        <Frame title=words::title()>
            <p>{words::open_text()}</p>
            <p>{words::open_now()}</p>
            <TakeOver />
        </Frame>
    }
}

/// Another tab took over from this one.
#[component]
pub fn TakenOverPage() -> impl IntoView {
    view! {
        <Frame title=words::title()>
            <p>{words::taken_text()}</p>
            <UnsavedNotice text=words::unsaved_here() />
            <p>{words::open_now()}</p>
            <TakeOver />
        </Frame>
    }
}

/// That work is in the memory of this tab only, and what to do about it.
#[component]
pub fn UnsavedNotice(text: &'static str) -> impl IntoView {
    let has_unsaved = use_session().has_unsaved();
    view! {
        <Show when=move || has_unsaved.get()>
            <Notice heading=words::unsaved().to_owned() kind=NoticeKind::Warning testid="unsaved">
                <p>{text}</p>
            </Notice>
        </Show>
    }
}

#[component]
fn TakeOver() -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let take = move || {
        busy.set(true);
        session.vault().take_over();
    };
    view! {
        <div class="p-slack"><div role="status">
            <Show when=move || busy.get()>
                <Progress id="overnemen" label=words::taking_over() />
            </Show>
        </div></div>
        <Actions>
            <Button on_press=take busy>
                {words::take_over()}
            </Button>
        </Actions>
    }
}

/// The vault cannot be opened: removed, newer, or out of reach.
#[component]
pub fn BrokenPage() -> impl IntoView {
    let session = use_session();
    let stage = session.stage();
    let failure = Memo::new(move |_| match stage.get() {
        Stage::Broken(failure) => failure,
        _ => Failure::Internal,
    });
    move || {
        let failure = failure.get();
        let title = match failure {
            Failure::Evicted => words::evicted(),
            Failure::NewerFormat => words::newer(),
            _ => words::broken(),
        };
        let sentences = match failure {
            Failure::Corrupt => words::damaged(),
            _ => failure_words::sentences(&failure),
        };
        let way_out = match failure {
            Failure::Evicted => view! { <StartAgain /> }.into_any(),
            Failure::NewerFormat => view! { <NewerApp /> }.into_any(),
            _ => view! { <TryAgain /> }.into_any(),
        };
        let (what, now) = match failure {
            Failure::Evicted => ("", words::evicted_now()),
            _ => (sentences.what, sentences.now),
        };
        view! {
            <Frame title>
                <p data-testid="failure">{what} " " {sentences.safe} " " {now}</p>
                <UnsavedNotice text=words::unsaved_broken() />
                {way_out}
            </Frame>
        }
    }
}

#[component]
fn TryAgain() -> impl IntoView {
    let session = use_session();
    let again = move || {
        session.set_stage(Stage::Booting);
        session.spawn(session.refresh());
    };
    view! {
        <Actions>
            <Button on_press=again>{words::again()}</Button>
        </Actions>
    }
}

#[component]
fn StartAgain() -> impl IntoView {
    let session = use_session();
    let start = move || {
        session.vault().accept_loss();
        session.set_stage(Stage::Booting);
        session.spawn(session.refresh());
    };
    view! {
        <Actions>
            <Button kind=ButtonKind::Danger on_press=start>
                {setup::make_vault()}
            </Button>
        </Actions>
    }
}

#[component]
fn NewerApp() -> impl IntoView {
    let session = use_session();
    let state: ReadSignal<Update> = update::state().into();
    let is_looking = RwSignal::new(false);
    let press = move || {
        if state.get_untracked().is_newer_ready() {
            session.spawn(async move {
                session.vault().close_for_update().await;
                update::apply();
            });
        } else {
            is_looking.set(true);
            update::check();
        }
    };
    let label = move || match state.get().is_newer_ready() {
        true => lock::update(),
        false => words::look_for_version(),
    };
    view! {
        <p role="status">{move || is_looking.get().then(words::looking)}</p>
        <Actions>
            <Button on_press=press>{label}</Button>
        </Actions>
    }
}

/// One calm card in the middle.
#[component]
fn Frame(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <SkipLink />
        <main class="p-lock" id="inhoud" tabindex="-1">
            <span class="c-brand">{common::product()}</span>
            <div class="p-lock__card">
                <PageTitle title take_focus=true />
                {children()}
            </div>
        </main>
    }
}
