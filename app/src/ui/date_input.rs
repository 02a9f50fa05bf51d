//! A date or a time: one text box each, read back in words.

use leptos::prelude::*;

use super::field::run;
use super::text_input::{TextInput, Width};

/// A date in one box. Takes any form the page can parse; never rewrites it.
#[component]
pub fn DateInput(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed, letter for letter.
    value: RwSignal<String>,
    /// The date as understood, in words; none while it is not one.
    #[prop(optional, into)]
    read_back: MaybeProp<String>,
    /// The name before `-gelezen` in the test id of the words; the id when not given.
    #[prop(optional, into)]
    field: Option<String>,
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
) -> impl IntoView {
    view! {
        <ReadBackInput
            id
            label
            value
            read_back
            field
            error
            hint
            optional
            width=Width::Medium
            on_input
            on_change
            on_blur
        />
    }
}

/// A time of day in one box, `9:30`, `09:30` or `0930`.
#[component]
pub fn TimeInput(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed, letter for letter.
    value: RwSignal<String>,
    /// The time as understood, in words; none while it is not one.
    #[prop(optional, into)]
    read_back: MaybeProp<String>,
    /// The name before `-gelezen` in the test id of the words; the id when not given.
    #[prop(optional, into)]
    field: Option<String>,
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
) -> impl IntoView {
    view! {
        <ReadBackInput
            id
            label
            value
            read_back
            field
            error
            hint
            optional
            width=Width::Short
            on_input
            on_change
            on_blur
        />
    }
}

#[component]
fn ReadBackInput(
    id: String,
    label: Signal<String>,
    value: RwSignal<String>,
    read_back: MaybeProp<String>,
    field: Option<String>,
    error: MaybeProp<String>,
    hint: MaybeProp<String>,
    optional: bool,
    width: Width,
    on_input: Option<Callback<()>>,
    on_change: Option<Callback<()>>,
    on_blur: Option<Callback<()>>,
) -> impl IntoView {
    let words_id = format!("{id}-words");
    let testid = format!("{}-gelezen", field.unwrap_or_else(|| id.clone()));
    view! {
        <div class="c-read-back">
            <TextInput
                id
                label
                value
                error
                hint
                optional
                width
                inputmode="numeric"
                autocapitalize="none"
                described_by_also=words_id.clone()
                on_input=move || run(on_input)
                on_change=move || run(on_change)
                on_blur=move || run(on_blur)
            />
            <p class="c-read-back__words" id=words_id data-testid=testid aria-live="polite">
                {move || read_back.get()}
            </p>
        </div>
    }
}
