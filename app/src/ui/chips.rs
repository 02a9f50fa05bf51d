//! A row of small buttons of which one is pressed: to filter a list.

use leptos::prelude::*;

use super::choice::Choice;
use super::field::run;
use super::icon::{Glyph, Icon};

/// Buttons under one name; exactly one is pressed.
#[component]
pub fn Chips(
    /// The group's accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The value of the pressed one.
    value: RwSignal<String>,
    /// The possibilities.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// After the person pressed another.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="c-chips" role="group" aria-label=label>
            {move || {
                choices
                    .get()
                    .into_iter()
                    .map(|Choice { value: own, label, .. }| {
                        let is_pressed = {
                            let own = own.clone();
                            Signal::derive(move || value.read() == own)
                        };
                        view! {
                            <button
                                type="button"
                                class="c-chip"
                                aria-pressed=move || is_pressed.get().to_string()
                                on:click=move |_| {
                                    value.set(own.clone());
                                    run(on_change);
                                }
                            >
                                {move || {
                                    is_pressed.get().then(|| view! { <Icon glyph=Glyph::Check /> })
                                }}
                                <span>{label}</span>
                            </button>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
}
