//! A number with its unit.

use leptos::prelude::*;

use super::text_input::{TextInput, Width};

/// A number, typed as text so that comma and point both work and nothing is thrown away.
#[component]
pub fn NumberInput(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed, letter for letter.
    value: RwSignal<String>,
    /// Unit after the box.
    #[prop(optional, into)]
    unit: MaybeProp<String>,
    /// What is wrong, or none.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Help that stays visible.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// Whole numbers only: a keyboard without a comma.
    #[prop(optional)]
    whole: bool,
    /// After every change by the person.
    #[prop(optional, into)]
    on_input: Option<Callback<()>>,
    /// When the keyboard leaves after a change: the moment to validate.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
    /// Whenever the keyboard leaves.
    #[prop(optional, into)]
    on_blur: Option<Callback<()>>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    view! {
        <TextInput
            id
            label
            value
            error
            hint
            optional
            unit
            inputmode=if whole { "numeric" } else { "decimal" }
            width=Width::Short
            on_input=move || super::field::run(on_input)
            on_change=move || super::field::run(on_change)
            on_blur=move || super::field::run(on_blur)
            testid=testid.unwrap_or_default()
        />
    }
}
