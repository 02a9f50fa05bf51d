//! What was done, with ten seconds to take it back.

use std::time::Duration;

use leptos::prelude::*;

use super::button::{Button, ButtonKind};
use super::icon::Glyph;
use crate::words::common;

/// How long the toast stays (`ux.md`, behaviour 24).
const LIFE_MS: u32 = 10_000;
/// How often the clock is looked at.
const STEP_MS: u32 = 250;

/// A toast at the bottom. Time stands still while the pointer or the keyboard is on it.
///
/// Rendered by the page while there is something to undo; `on_end` asks the page to take it away.
#[component]
pub fn UndoToast(
    /// What was done.
    #[prop(into)]
    text: Signal<String>,
    /// Takes it back.
    #[prop(into)]
    on_undo: Callback<()>,
    /// Time is up, or it was taken back.
    #[prop(into)]
    on_end: Callback<()>,
) -> impl IntoView {
    let is_hovered = RwSignal::new(false);
    let has_focus = RwSignal::new(false);
    let left_ms = StoredValue::new(LIFE_MS);
    let step = move || {
        if is_hovered.get_untracked() || has_focus.get_untracked() {
            return;
        }
        left_ms.update_value(|left| *left = left.saturating_sub(STEP_MS));
        if left_ms.get_value() == 0 {
            on_end.run(());
        }
    };
    let interval = set_interval_with_handle(step, Duration::from_millis(u64::from(STEP_MS)));
    on_cleanup(move || {
        if let Ok(interval) = interval {
            interval.clear();
        }
    });
    view! {
        <div
            class="c-toast"
            on:mouseenter=move |_| is_hovered.set(true)
            on:mouseleave=move |_| is_hovered.set(false)
            on:focusin=move |_| has_focus.set(true)
            on:focusout=move |_| has_focus.set(false)
        >
            <p class="c-toast__text" role="status">{text}</p>
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Undo
                on_press=move || {
                    on_undo.run(());
                    on_end.run(());
                }
            >
                {common::undo()}
            </Button>
        </div>
    }
}
