//! Work under way whose end is known or not.

use leptos::prelude::*;

/// A bar with its words above it; without `done` it only shows that work goes on.
#[component]
pub fn Progress(
    /// The element's id.
    #[prop(into)]
    id: String,
    /// What is going on.
    #[prop(into)]
    label: Signal<String>,
    /// How much is done, 0 to 100.
    #[prop(optional, into)]
    done: MaybeProp<u32>,
) -> impl IntoView {
    view! {
        <div class="c-progress">
            <label class="c-progress__label" for=id.clone()>{label}</label>
            <progress
                class="c-progress__bar"
                id=id
                max="100"
                value=move || done.get().map(|done| done.to_string())
            ></progress>
        </div>
    }
}
