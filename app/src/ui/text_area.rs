//! Text of more than one line.

use leptos::prelude::*;

use super::field::{Field, described_by, invalid, run};

/// A labelled box that grows with its text.
#[component]
pub fn TextArea(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed, letter for letter.
    value: RwSignal<String>,
    /// What is wrong, or none.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Help that stays visible.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// After every change by the person.
    #[prop(optional, into)]
    on_input: Option<Callback<()>>,
    /// When the keyboard leaves after a change: the moment to validate.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
    /// Whenever the keyboard leaves.
    #[prop(optional, into)]
    on_blur: Option<Callback<()>>,
    /// Lines shown while empty.
    #[prop(default = 3)]
    rows: u32,
    /// Id of more text that describes it.
    #[prop(optional, into)]
    described_by_also: Option<String>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let described = described_by(&id, hint, error, described_by_also);
    view! {
        <Field id=id.clone() label hint error optional>
            <textarea
                class="c-input c-input--area"
                id=id
                rows=rows
                autocomplete="off"
                autocapitalize="sentences"
                spellcheck="false"
                enterkeyhint="enter"
                aria-describedby=described
                aria-invalid=invalid(error)
                data-testid=testid
                prop:value=value
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    run(on_input);
                }
                on:change=move |_| run(on_change)
                on:blur=move |_| run(on_blur)
            ></textarea>
        </Field>
    }
}
