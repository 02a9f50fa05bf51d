//! **Aanvulling**: more text beside a signed visit, signed by itself.

use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use dossier::problem::Field;
use leptos::prelude::*;

use crate::page::form::{FormArea, FormState};
use crate::page::session::use_session;
use crate::platform::random;
use crate::ui::{Actions, Button, Dialog, DialogLeave, Glyph, TextArea};
use crate::words;

/// Name of the draft of an addition to this visit.
pub(super) fn form_name(visit: EntryId) -> String {
    format!("addition:{visit}")
}

/// The dialog.
#[component]
pub(super) fn AdditionDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whose.
    client: ClientId,
    /// The visit.
    visit: EntryId,
) -> impl IntoView {
    view! {
        <Dialog open id="aanvullen" title=words::visit::addition()>
            <AdditionForm open client visit />
        </Dialog>
    }
}

#[component]
fn AdditionForm(open: RwSignal<bool>, client: ClientId, visit: EntryId) -> impl IntoView {
    let session = use_session();
    let form = FormState::new(form_name(visit), Some(client));
    // Pressing twice, or signing again after a failure, stays one addition.
    let addition = EntryId(random::id());
    let text = form.text("addition");
    form.bind(Field::Addition, "addition");
    let sign = move || {
        session.spawn(async move {
            let edit = Edit::AddToVisit {
                client,
                visit,
                addition,
                text: text.get_untracked(),
            };
            if form.submit(edit).await.is_some() {
                session.say_done(words::visit::addition_signed());
                open.try_set(false);
            }
        });
    };
    view! {
        <FormArea form on_submit=|| ()>
            <TextArea
                id="addition"
                label=words::visit::addition()
                value=text
                error=form.error("addition")
                rows=5
            />
            <Actions>
                <Button icon=Glyph::Sign busy=form.busy() on_press=sign>
                    {words::visit::sign_addition()}
                </Button>
                <DialogLeave />
            </Actions>
        </FormArea>
    }
}
