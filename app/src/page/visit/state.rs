//! Marks that say what a visit is: a draft or signed, and where it stands.

use leptos::prelude::*;

use crate::ui::{Glyph, Icon};
use crate::words::visit as words;

/// Draft or signed.
#[component]
pub fn StateMark(
    /// It is signed.
    is_signed: bool,
) -> impl IntoView {
    let (class, glyph, word) = if is_signed {
        ("c-badge c-badge--done", Glyph::Check, words::state_signed())
    } else {
        (
            "c-badge c-badge--warning",
            Glyph::Pencil,
            words::state_draft(),
        )
    };
    view! {
        <span class=class>
            <Icon glyph />
            <span data-testid="visit-status" data-state=word>
                {word}
            </span>
        </span>
    }
}

/// Where a signed entry stands: so far nothing leaves this device.
#[component]
pub fn Placed() -> impl IntoView {
    view! {
        <span class="c-badge c-badge--offline">
            <Icon glyph=Glyph::Device />
            <span data-testid="entry-state" data-state="apparaat">
                {words::only_here()}
            </span>
        </span>
    }
}
