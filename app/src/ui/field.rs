//! What surrounds every control: label, hint, error, and how they are tied to it.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::words::common;

/// Label, hint and error around one control, which has the id `id`.
///
/// Ids it makes: `<id>-label`, `<id>-hint`, `<id>-error`. For a control of your own; the inputs bring their own field.
#[component]
pub fn Field(
    /// Id of the control.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// Help that stays visible.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong, or none.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// The control.
    children: Children,
) -> impl IntoView {
    let label_id = format!("{id}-label");
    view! {
        <div class="c-field" class:c-field--wrong=move || error.get().is_some()>
            <label class="c-field__label" for=id.clone() id=label_id>
                {label}
                {optional_suffix(optional)}
            </label>
            <FieldNotes id hint error />
            {children()}
        </div>
    }
}

/// Hint and error of the control or group with this id.
#[component]
pub(super) fn FieldNotes(
    /// Id of the control or group.
    id: String,
    /// Help that stays visible.
    hint: MaybeProp<String>,
    /// What is wrong, or none.
    error: MaybeProp<String>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    view! {
        {move || {
            hint.get()
                .map(|text| view! { <p class="c-field__hint" id=hint_id.clone()>{text}</p> })
        }}
        {move || {
            error
                .get()
                .map(|text| {
                    view! {
                        <p class="c-field__error" id=error_id.clone()>
                            <Icon glyph=Glyph::Danger />
                            <span>{text}</span>
                        </p>
                    }
                })
        }}
    }
}

/// The quiet words after the label of a field that may stay empty.
pub(super) fn optional_suffix(optional: bool) -> impl IntoView {
    optional.then(|| view! { <span class="c-field__optional">" " {common::not_required()}</span> })
}

/// The ids that describe a control: its hint, its error, and more when given.
pub(super) fn described_by(
    id: &str,
    hint: MaybeProp<String>,
    error: MaybeProp<String>,
    more: Option<String>,
) -> impl Fn() -> Option<String> + Clone + use<> {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    move || {
        let ids: Vec<&str> = [
            hint.read().is_some().then_some(hint_id.as_str()),
            error.read().is_some().then_some(error_id.as_str()),
            more.as_deref(),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// The value of `aria-invalid`: only there when something is wrong.
pub(super) fn invalid(error: MaybeProp<String>) -> impl Fn() -> Option<&'static str> + Copy {
    move || error.get().map(|_| "true")
}

/// Runs a callback when there is one and its page still stands: a browser also tells of the blur of a field that is taken away.
pub(super) fn run(callback: Option<Callback<()>>) {
    if let Some(callback) = callback {
        callback.try_run(());
    }
}
