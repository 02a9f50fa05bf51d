//! A form and the parts that order it.

use leptos::prelude::*;

/// A form that the page checks itself: the browser neither validates, sends nor remembers it.
#[component]
pub fn Form(
    /// When the person submits.
    #[prop(into)]
    on_submit: Callback<()>,
    /// Its accessible name, where a page has more than one.
    #[prop(optional, into)]
    label: Option<String>,
    /// Fields, then [`Actions`].
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class="c-form"
            novalidate
            autocomplete="off"
            aria-label=label
            on:submit=move |event| {
                event.prevent_default();
                on_submit.run(());
            }
        >
            {children()}
        </form>
    }
}

/// Fields that belong together, under one name (`role=group`).
#[component]
pub fn FieldGroup(
    /// The group's accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The group's id.
    #[prop(optional, into)]
    id: Option<String>,
    /// Short fields stand beside each other where there is room.
    #[prop(optional)]
    inline: bool,
    /// The fields.
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="c-group" id=id>
            <legend class="c-group__legend">{label}</legend>
            <div class=if inline { "l-pair" } else { "l-stack" }>{children()}</div>
        </fieldset>
    }
}

/// The buttons that end a form, a card or a dialog; the main one first.
#[component]
pub fn Actions(
    /// The buttons.
    children: Children,
) -> impl IntoView {
    view! { <div class="c-actions">{children()}</div> }
}
