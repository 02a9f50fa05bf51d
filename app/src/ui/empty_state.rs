//! An empty list: why it is empty, and one thing to do.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Says why there is nothing here.
#[component]
pub fn EmptyState(
    /// The sentence.
    #[prop(into)]
    text: Signal<String>,
    /// A picture of what could be here.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// One action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="c-empty" data-testid=testid>
            {icon.map(|glyph| view! { <Icon glyph /> })}
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
