//! A small mark with a word: the state of one row or one entry.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::notice::NoticeKind;

/// A mark. Its icon comes from its kind unless another is given.
#[component]
pub fn Badge(
    /// What it is about.
    #[prop(optional)]
    kind: NoticeKind,
    /// Another icon.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// The state it tells, as programs read it.
    #[prop(optional)]
    state: Option<&'static str>,
    /// Its word.
    children: Children,
) -> impl IntoView {
    view! {
        <span class=format!("c-badge c-badge--{}", kind.modifier())>
            <Icon glyph=icon.unwrap_or_else(|| kind.glyph()) />
            <span data-testid=testid data-state=state>
                {children()}
            </span>
        </span>
    }
}
