//! Buttons: they do something. Going to a place is a link.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do here.
    #[default]
    Primary,
    /// Everything else.
    Quiet,
    /// Takes something away.
    Danger,
}

impl ButtonKind {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Primary => "c-button",
            Self::Quiet => "c-button c-button--quiet",
            Self::Danger => "c-button c-button--danger",
        }
    }
}

/// A button. Never disabled: while `busy` it keeps its width and words, and ignores presses.
#[component]
pub fn Button(
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// Sends the form around it.
    #[prop(optional)]
    submit: bool,
    /// Work that this button started is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Icon before the words.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// As wide as its container.
    #[prop(optional)]
    wide: bool,
    /// On or off, for a button that stays pressed.
    #[prop(optional, into)]
    pressed: MaybeProp<bool>,
    /// The element's id.
    #[prop(optional, into)]
    id: Option<String>,
    /// Id of the text that says more about it.
    #[prop(optional, into)]
    described_by: Option<String>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// What it does.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    /// Its words.
    children: Children,
) -> impl IntoView {
    let press = move |event: leptos::ev::MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=kind.class()
            class:c-button--wide=wide
            id=id
            aria-busy=move || busy.get().then_some("true")
            aria-pressed=move || pressed.get().map(|is_pressed| is_pressed.to_string())
            aria-describedby=described_by
            data-testid=testid
            on:click=press
        >
            {icon.map(|glyph| view! { <Icon glyph /> })}
            <span class="c-button__words">{children()}</span>
        </button>
    }
}
