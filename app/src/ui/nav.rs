//! The ways around: the main menu and the sections of one subject.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// The main menu: a bar at the bottom on a phone, in the top bar on a wide screen.
#[component]
pub fn MainNav(
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// [`Place`] and a [`super::Menu`] with `place=true`.
    children: Children,
) -> impl IntoView {
    view! {
        <nav class="l-app__nav" aria-label=label>
            {children()}
        </nav>
    }
}

/// One place of the main menu.
#[component]
pub fn Place(
    /// Where it goes.
    #[prop(into)]
    href: Signal<String>,
    /// Its icon.
    icon: Glyph,
    /// Its words.
    #[prop(into)]
    label: Signal<String>,
    /// The person is there.
    #[prop(optional, into)]
    current: Signal<bool>,
) -> impl IntoView {
    view! {
        <a class="c-place" href=href aria-current=move || current.get().then_some("page")>
            <Icon glyph=icon />
            <span>{label}</span>
        </a>
    }
}

/// The sections of one subject, as links.
#[component]
pub fn SectionNav(
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What is done most here, below the links: shown where [`super::PersonHeader`] has no room for it.
    #[prop(optional, into)]
    tools: Option<ViewFnOnce>,
    /// [`SectionLink`].
    children: Children,
) -> impl IntoView {
    view! {
        <div class="c-sections">
            <nav class="c-sections__links" aria-label=label>
                {children()}
            </nav>
            {tools.map(|tools| view! { <div class="c-sections__tools">{tools.run()}</div> })}
        </div>
    }
}

/// One section.
#[component]
pub fn SectionLink(
    /// Where it goes.
    #[prop(into)]
    href: Signal<String>,
    /// Its words.
    #[prop(into)]
    label: Signal<String>,
    /// The person is there.
    #[prop(optional, into)]
    current: Signal<bool>,
) -> impl IntoView {
    view! {
        <a class="c-sections__link" href=href aria-current=move || current.get().then_some("page")>
            {label}
        </a>
    }
}
