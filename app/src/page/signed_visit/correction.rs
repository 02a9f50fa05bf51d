//! **Bezoek corrigeren**: one field gets a new text by a new signed entry, with the reason.

use std::sync::Arc;

use dossier::edit::{CorrectionInput, Edit, VisitField};
use dossier::id::{ClientId, EntryId};
use dossier::problem::{Fault, Field, Problem};
use dossier::view::VisitView;
use leptos::prelude::*;

use super::part::{correctable, key, text};
use crate::page::form::{FormArea, FormState};
use crate::page::session::use_session;
use crate::platform::random;
use crate::ui::{
    Actions, Button, Check, Choice, Dialog, DialogLeave, Glyph, Select, TextArea, TextInput, Width,
};
use crate::words;

/// Name of the draft of a correction of this visit.
pub(super) fn form_name(visit: EntryId) -> String {
    format!("correction:{visit}")
}

/// The dialog.
#[component]
pub(super) fn CorrectionDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whose.
    client: ClientId,
    /// The visit as it reads now.
    visit: Arc<VisitView>,
) -> impl IntoView {
    view! {
        <Dialog open id="corrigeren" title=words::visit::correct_title()>
            <CorrectionForm open client visit=visit.clone() />
        </Dialog>
    }
}

#[component]
fn CorrectionForm(open: RwSignal<bool>, client: ClientId, visit: Arc<VisitView>) -> impl IntoView {
    let session = use_session();
    let form = FormState::new(form_name(visit.id), Some(client));
    // Pressing twice, or signing again after a failure, stays one correction.
    let correction = EntryId(random::id());
    let part = form.text("part");
    let new_text = form.text("text");
    let reason = form.text("reason");
    let is_client_request = form.check("client-request");
    for (field, id) in [
        (Field::CorrectionField, "part"),
        (Field::CorrectionText, "text"),
        (Field::CorrectionReason, "reason"),
    ] {
        form.bind(field, id);
    }
    let fields = correctable(&visit);
    let choices: Vec<Choice> = fields
        .iter()
        .map(|field| Choice::new(key(*field), words::visit::label(*field)))
        .collect();
    let chosen = Memo::new(move |_| {
        fields
            .iter()
            .copied()
            .find(|field| key(*field) == *part.read())
    });
    let is_long = Memo::new(move |_| chosen.get().is_none_or(is_long));
    let id = visit.id;
    let filled = StoredValue::new(String::new());
    // The text as it is now is there to mend, unless something was typed.
    let fill = move || {
        let typed = new_text.get_untracked();
        if let Some(field) = chosen.get_untracked()
            && (typed.is_empty() || typed == filled.get_value())
        {
            let now = text(&visit, field);
            filled.set_value(now.clone());
            new_text.set(now);
        }
    };
    let sign = move || {
        let Some(field) = chosen.get_untracked() else {
            let missing = Problem {
                field: Field::CorrectionField,
                fault: Fault::Missing,
                rule: None,
            };
            form.show(&[missing]);
            return;
        };
        session.spawn(async move {
            let input = CorrectionInput {
                field,
                text: new_text.get_untracked(),
                reason: reason.get_untracked(),
                is_client_request: is_client_request.get_untracked(),
            };
            let edit = Edit::CorrectVisit {
                client,
                visit: id,
                correction,
                input,
            };
            if form.submit(edit).await.is_some() {
                session.say_done(words::visit::correction_signed());
                open.try_set(false);
            }
        });
    };
    let error = form.error("text");
    view! {
        <FormArea form on_submit=|| ()>
            <p class="u-meta">{words::visit::correction_hint()}</p>
            <Select
                id="part"
                label=words::visit::which_part()
                value=part
                choices
                error=form.error("part")
                on_change=fill
            />
            <Show
                when=move || is_long.get()
                fallback=move || {
                    view! { <TextInput id="text" label=words::visit::new_text() value=new_text error width=Width::Medium /> }
                }
            >
                <TextArea id="text" label=words::visit::new_text() value=new_text error />
            </Show>
            <TextArea id="reason" label=words::visit::why() value=reason error=form.error("reason") rows=2 />
            <Check id="client-request" label=words::visit::client_request() value=is_client_request />
            <Actions>
                <Button icon=Glyph::Sign busy=form.busy() on_press=sign>
                    {words::visit::sign_correction()}
                </Button>
                <DialogLeave />
            </Actions>
        </FormArea>
    }
}

/// Texts of more than one line; the rest are dates, times, numbers and names.
fn is_long(field: VisitField) -> bool {
    matches!(
        field,
        VisitField::Done | VisitField::Result | VisitField::Facts | VisitField::Experience
    )
}
