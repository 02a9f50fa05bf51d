//! What is known, row by row, each with a way to change it.

use leptos::prelude::*;

use super::field::run;

/// Rows of [`SummaryRow`].
#[component]
pub fn SummaryList(
    /// The rows.
    children: Children,
) -> impl IntoView {
    view! { <dl class="c-summary">{children()}</dl> }
}

/// A key, its value, and perhaps one action.
#[component]
pub fn SummaryRow(
    /// What it is.
    #[prop(into)]
    key: Signal<String>,
    /// Words of the action.
    #[prop(optional, into)]
    action: MaybeProp<String>,
    /// The action's whole accessible name, which begins with its words; needed where rows share their words.
    #[prop(optional, into)]
    action_name: MaybeProp<String>,
    /// What the action does.
    #[prop(optional, into)]
    on_action: Option<Callback<()>>,
    /// Where a program finds the value.
    #[prop(optional, into)]
    testid: Option<String>,
    /// What stands below the row, as wide as the list; or none.
    #[prop(optional_no_strip)]
    below: Option<AnyView>,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="c-summary__row">
            <dt class="c-summary__key">{key}</dt>
            <dd class="c-summary__value" data-testid=testid>
                {children()}
            </dd>
            {move || {
                action
                    .get()
                    .map(|words| {
                        view! {
                            <dd class="c-summary__action">
                                <button
                                    type="button"
                                    class="c-text-button"
                                    aria-label=action_name.get()
                                    on:click=move |_| run(on_action)
                                >
                                    {words}
                                </button>
                            </dd>
                        }
                    })
            }}
            {below.map(|below| view! { <dd class="c-summary__below">{below}</dd> })}
        </div>
    }
}
