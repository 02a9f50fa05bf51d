//! A form on screen.

use engine::command::Failure;
use leptos::prelude::*;

use super::FormState;
use crate::page::autosave::SaveState;
use crate::page::load::FailureNotice;
use crate::platform::dom;
use crate::ui::{
    Button, ButtonKind, ErrorSummary, Form, Notice, NoticeKind, Status, on_dialog_leave,
};
use crate::words;

/// The form on screen: summary of errors, why saving failed, the fields, and **Bewaard op dit apparaat**.
#[component]
pub fn FormArea(
    /// Its state.
    form: FormState,
    /// When the person submits.
    #[prop(into)]
    on_submit: Callback<()>,
    /// Its accessible name, where a page has more than one.
    #[prop(optional, into)]
    label: Option<String>,
    /// Fields, then [`crate::ui::Actions`].
    children: Children,
) -> impl IntoView {
    let state = form.save_state();
    let saved = Memo::new(move |_| saved_words(&state.read()));
    // **Annuleren** throws away what was typed.
    on_dialog_leave(move || form.discard_soon());
    view! {
        <div
            class="l-stack"
            on:focusin=move |event| {
                if let Some(id) = dom::target_id(&event) {
                    form.entered(&form.control_of(&id));
                }
            }
            on:focusout=move |event| {
                if let Some(id) = dom::target_id(&event) {
                    form.left(&form.control_of(&id));
                }
            }
            on:input=move |event| {
                if let Some(id) = dom::target_id(&event) {
                    form.changed(&form.control_of(&id));
                }
            }
        >
            <ErrorSummary errors=form.errors />
            {move || form.failure.get().map(|failure| view! { <FailureNotice failure /> })}
            <DraftTrouble form />
            <Form on_submit label=label.unwrap_or_default()>
                {children()}
            </Form>
            <Status text=saved testid="form-saved" />
        </div>
    }
}

/// What is said of work that is on disk.
pub fn saved_words(state: &SaveState) -> Option<String> {
    let words = match state {
        SaveState::Saved {
            is_part_held: false,
        } => words::form::saved(),
        SaveState::Saved { is_part_held: true } => words::form::rest_saved(),
        _ => return None,
    };
    Some(words.to_owned())
}

/// Unsaved work that is not on disk, and why.
#[component]
fn DraftTrouble(form: FormState) -> impl IntoView {
    let state = form.save_state();
    move || match state.get() {
        SaveState::Failed(failure) if failure != Failure::Locked => view! {
            <FailureNotice failure>
                <Button
                    kind=ButtonKind::Quiet
                    on_press=move || {
                        if let Some(autosave) = form.autosave {
                            autosave.flush_soon();
                        }
                    }
                >
                    {words::form::save_again()}
                </Button>
            </FailureNotice>
        }
        .into_any(),
        SaveState::Saved { is_part_held: true } => view! {
            <Notice kind=NoticeKind::Warning>
                <p>{words::form::part_held()}</p>
            </Notice>
        }
        .into_any(),
        _ => ().into_any(),
    }
}
