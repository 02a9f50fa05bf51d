//! A value that is covered until someone asks for it.

use leptos::prelude::*;

use super::field::run;
use super::icon::{Glyph, Icon};

/// A covered value with a button to see it. `value` may stay none until `on_show` has fetched it.
#[component]
pub fn Masked(
    /// What shows while covered, such as `••••••123`.
    #[prop(into)]
    mask: Signal<String>,
    /// The value itself, once known.
    #[prop(into)]
    value: MaybeProp<String>,
    /// Name of the button while covered.
    #[prop(into)]
    show_label: String,
    /// Name of the button while shown.
    #[prop(into)]
    hide_label: String,
    /// The person asks to see it.
    #[prop(optional, into)]
    on_show: Option<Callback<()>>,
    /// Covered again.
    #[prop(optional, into)]
    on_hide: Option<Callback<()>>,
    /// Where a program finds the text.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let is_shown = RwSignal::new(false);
    let toggle = move |_| {
        is_shown.update(|is_shown| *is_shown = !*is_shown);
        run(if is_shown.get_untracked() {
            on_show
        } else {
            on_hide
        });
    };
    let text = move || match is_shown.get() {
        true => value.get().unwrap_or_else(|| mask.get()),
        false => mask.get(),
    };
    view! {
        <span class="c-masked">
            <span class="c-masked__text" data-testid=testid>{text}</span>
            <button type="button" class="c-text-button" on:click=toggle>
                <Icon glyph=Glyph::Eye />
                <span>
                    {move || if is_shown.get() { hide_label.clone() } else { show_label.clone() }}
                </span>
            </button>
        </span>
    }
}
