//! One answer out of many, by the system's own list.

use leptos::prelude::*;

use super::choice::Choice;
use super::field::{Field, described_by, invalid, run};
use crate::words::common;

/// A native list to choose from. Begins at an empty row unless `value` holds an answer.
#[component]
pub fn Select(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The value of the chosen answer; empty is none.
    value: RwSignal<String>,
    /// The answers.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// What is wrong, or none.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Help that stays visible.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// After the person chose.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
    /// Whenever the keyboard leaves.
    #[prop(optional, into)]
    on_blur: Option<Callback<()>>,
) -> impl IntoView {
    let described = described_by(&id, hint, error, None);
    view! {
        <Field id=id.clone() label hint error optional>
            <select
                class="c-input c-input--select"
                id=id
                autocomplete="off"
                aria-describedby=described
                aria-invalid=invalid(error)
                on:change=move |event| {
                    value.set(event_target_value(&event));
                    run(on_change);
                }
                on:blur=move |_| run(on_blur)
            >
                <option value="" selected=move || value.read().is_empty()>
                    {common::choose()}
                </option>
                {move || {
                    choices
                        .get()
                        .into_iter()
                        .map(|Choice { value: own, label, .. }| {
                            let is_chosen = {
                                let own = own.clone();
                                move || value.read() == own
                            };
                            view! {
                                <option value=own prop:selected=is_chosen>
                                    {label}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
        </Field>
    }
}
