//! Links: they go to a place.

use leptos::prelude::*;

use super::button::ButtonKind;
use super::icon::{Glyph, Icon};

/// A link that stands alone, or in a sentence with `in_text`.
#[component]
pub fn Link(
    /// Where it goes.
    #[prop(into)]
    href: Signal<String>,
    /// Icon before the words.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Stands in a sentence: no larger than its words.
    #[prop(optional)]
    in_text: bool,
    /// Leaves the app: opens beside it and sends no referrer.
    #[prop(optional)]
    external: bool,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="c-link"
            class:c-link--alone=!in_text
            href=href
            target=external.then_some("_blank")
            rel=external.then_some("noopener noreferrer")
            data-testid=testid
        >
            {icon.map(|glyph| view! { <Icon glyph /> })}
            {children()}
        </a>
    }
}

/// A link that looks like a button, for the next place in a task.
#[component]
pub fn LinkButton(
    /// Where it goes.
    #[prop(into)]
    href: Signal<String>,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// Icon before the words.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// As wide as its container.
    #[prop(optional)]
    wide: bool,
    /// Leaves the app: opens beside it and sends no referrer.
    #[prop(optional)]
    external: bool,
    /// Id of the text that says more about it.
    #[prop(optional, into)]
    described_by: Option<String>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class=kind.class()
            class:c-button--wide=wide
            href=href
            target=external.then_some("_blank")
            rel=external.then_some("noopener noreferrer")
            aria-describedby=described_by
            data-testid=testid
        >
            {icon.map(|glyph| view! { <Icon glyph /> })}
            <span class="c-button__words">{children()}</span>
        </a>
    }
}
