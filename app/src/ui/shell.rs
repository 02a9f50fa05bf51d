//! What stands around every page.

use leptos::prelude::*;

use crate::platform::dom;
use crate::words::common;

/// Id of the page's content, where the skip link goes.
const CONTENT_ID: &str = "inhoud";

/// Bar, menu and content. Wide screens have one bar above; narrow ones a second bar below.
#[component]
pub fn AppShell(
    /// Right side of the bar: status, lock.
    #[prop(into)]
    bar: ViewFnOnce,
    /// A [`super::MainNav`].
    #[prop(into)]
    nav: ViewFnOnce,
    /// The page, in `main`.
    children: Children,
) -> impl IntoView {
    view! {
        <SkipLink />
        <div class="l-app">
            <header class="l-app__bar">
                <span class="c-brand">{common::product()}</span>
                {nav.run()}
                <div class="l-app__tools">{bar.run()}</div>
            </header>
            <main class="l-app__main" id=CONTENT_ID tabindex="-1">
                {children()}
            </main>
        </div>
    }
}

/// A list left and its subject right; on a narrow screen only one of them.
#[component]
pub fn Panes(
    /// The subject is open: on a narrow screen the list gives way.
    #[prop(into)]
    open: Signal<bool>,
    /// The list.
    #[prop(into)]
    list: ViewFnOnce,
    /// The subject.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="l-panes" class:l-panes--open=move || open.get()>
            <div class="l-panes__list">{list.run()}</div>
            <div class="l-panes__main">{children()}</div>
        </div>
    }
}

/// First stop of the keyboard: past bar and menu.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! {
        <a
            class="c-skip"
            href=format!("#{CONTENT_ID}")
            rel="external"
            on:click=|event| {
                event.prevent_default();
                event.stop_propagation();
                dom::focus(CONTENT_ID);
            }
        >
            {common::skip_to_content()}
        </a>
    }
}
