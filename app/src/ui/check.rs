//! Yes or not: one box to tick, or several under one question.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::choice::Choice;
use super::field::{FieldNotes, described_by, invalid, optional_suffix, run};

/// One box to tick.
#[component]
pub fn Check(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is ticked.
    value: RwSignal<bool>,
    /// What is wrong, or none.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Help that stays visible.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// After the person changed it.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let described = described_by(&id, hint, error, None);
    let label_id = format!("{id}-label");
    view! {
        <div class="c-field c-choice" class:c-field--wrong=move || error.get().is_some()>
            <FieldNotes id=id.clone() hint error />
            <div class="c-choice__row">
                <input
                    class="c-choice__box"
                    type="checkbox"
                    id=id.clone()
                    aria-describedby=described
                    aria-invalid=invalid(error)
                    prop:checked=value
                    on:change=move |event| {
                        value.set(event_target_checked(&event));
                        run(on_change);
                    }
                />
                <label class="c-choice__label" for=id id=label_id>{label}</label>
            </div>
        </div>
    }
}

/// Boxes to tick under one question.
#[component]
pub fn CheckGroup(
    /// The group's id; [`super::focus_field`] on it reaches the first box.
    #[prop(into)]
    id: String,
    /// The question: the group's accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The values of the ticked answers.
    value: RwSignal<BTreeSet<String>>,
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
    /// After the person changed one.
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
            aria-labelledby=label_id
            aria-describedby=described
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
                            view! { <CheckRow name=name.clone() choice value error on_change /> }
                        })
                        .collect_view()
                }}
            </div>
        </fieldset>
    }
}

#[component]
fn CheckRow(
    name: String,
    choice: Choice,
    value: RwSignal<BTreeSet<String>>,
    error: MaybeProp<String>,
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let Choice {
        value: own,
        label,
        hint,
    } = choice;
    let id = format!("{name}-{own}");
    let hint_id = hint.is_some().then(|| format!("{id}-hint"));
    let is_ticked = {
        let own = own.clone();
        move || value.read().contains(&own)
    };
    view! {
        <div class="c-choice__row">
            <input
                class="c-choice__box"
                type="checkbox"
                id=id.clone()
                aria-describedby=hint_id.clone()
                aria-invalid=invalid(error)
                prop:checked=is_ticked
                on:change=move |event| {
                    let is_checked = event_target_checked(&event);
                    value
                        .update(|ticked| {
                            if is_checked {
                                ticked.insert(own.clone());
                            } else {
                                ticked.remove(&own);
                            }
                        });
                    run(on_change);
                }
            />
            <label class="c-choice__label" for=id>{label}</label>
            {hint.map(|hint| view! { <p class="c-choice__hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
