//! One answer out of a few.

use leptos::prelude::*;

use super::field::{FieldNotes, described_by, invalid, optional_suffix, run};

/// One possible answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A second, quieter line.
    pub hint: Option<String>,
}

impl Choice {
    /// An answer of one line.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
        }
    }

    /// The same with a second line.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Radio buttons under one question. Nothing is chosen in advance: `value` begins empty.
#[component]
pub fn RadioGroup(
    /// The group's id; [`super::focus_field`] on it reaches the first answer.
    #[prop(into)]
    id: String,
    /// The question: the group's accessible name.
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
    /// Short answers stand beside each other where there is room.
    #[prop(optional)]
    inline: bool,
    /// After the person chose.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let described = described_by(&id, hint, error, None);
    let label_id = format!("{id}-label");
    let name = id.clone();
    view! {
        <fieldset
            class="c-field c-choice"
            class:c-field--wrong=move || error.get().is_some()
            id=id
            role="radiogroup"
            aria-labelledby=label_id
            aria-describedby=described
            aria-invalid=invalid(error)
        >
            <legend class="c-field__label" id=label_id.clone()>
                {label}
                {optional_suffix(optional)}
            </legend>
            <FieldNotes id=id.clone() hint error />
            <div class="c-choice__rows" class:c-choice__rows--inline=inline>
                {move || {
                    choices
                        .get()
                        .into_iter()
                        .map(|choice| {
                            view! { <RadioRow name=name.clone() choice value on_change /> }
                        })
                        .collect_view()
                }}
            </div>
        </fieldset>
    }
}

#[component]
fn RadioRow(
    name: String,
    choice: Choice,
    value: RwSignal<String>,
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let Choice {
        value: own,
        label,
        hint,
    } = choice;
    let id = format!("{name}-{own}");
    let hint_id = hint.is_some().then(|| format!("{id}-hint"));
    let is_chosen = {
        let own = own.clone();
        move || value.read() == own
    };
    view! {
        <div class="c-choice__row">
            <input
                class="c-choice__box"
                type="radio"
                id=id.clone()
                name=name
                value=own.clone()
                aria-describedby=hint_id.clone()
                prop:checked=is_chosen
                on:change=move |_| {
                    value.set(own.clone());
                    run(on_change);
                }
            />
            <label class="c-choice__label" for=id>{label}</label>
            {hint.map(|hint| view! { <p class="c-choice__hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
