//! The mark in the bar that says what is where.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A button whose name is its words; it opens what is behind them.
#[component]
pub fn StatusChip(
    /// What it says: its accessible name.
    #[prop(into)]
    words: Signal<String>,
    /// A part of that, which is seen where there is no room for all.
    #[prop(into)]
    short: Signal<String>,
    /// The state, for programs and colours.
    #[prop(into)]
    state: Signal<&'static str>,
    /// The state's icon.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// How many changes wait.
    #[prop(into)]
    count: Signal<usize>,
    /// What it opens.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="c-status-chip"
            data-sync-state=state
            aria-label=words
            data-waiting=move || count.get().to_string()
            on:click=move |_| on_press.run(())
        >
            {move || view! { <Icon glyph=glyph.get() /> }}
            <span class="c-status-chip__all">{words}</span>
            <span class="c-status-chip__short">{short}</span>
        </button>
    }
}
