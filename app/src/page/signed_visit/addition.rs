//! **Aanvulling**: more text beside a signed visit, signed by itself.

use dossier::draft::DraftBody;
use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use dossier::problem::Field;
use engine::command::{Command, Reply};
use leptos::prelude::*;

use crate::page::form::{FormArea, FormState};
use crate::page::session::{Session, use_session};
use crate::platform::random;
use crate::ui::{Actions, Button, Dialog, DialogLeave, Glyph, TextArea};
use crate::words;

/// Name of the draft of an addition to this visit.
pub(super) fn form_name(visit: EntryId) -> String {
    format!("addition:{visit}")
}

/// An addition that begins with text of a device that wrote after signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    form: String,
    text: String,
}

impl Begun {
    /// Of the text in this slot of this device, `None` being the one the person holds.
    pub(super) fn new(visit: EntryId, device: Option<u16>, slot: u8, text: String) -> Self {
        let device = device.map_or_else(|| "own".to_owned(), |device| device.to_string());
        Self {
            form: format!("{}{device}:{slot}", prefix(visit)),
            text,
        }
    }

    /// One that is kept as a draft under this name already, if it is one of this visit. The draft has its text.
    pub(super) fn of_form(form: &str, visit: EntryId) -> Option<Self> {
        form.starts_with(&prefix(visit)).then(|| Self {
            form: form.to_owned(),
            text: String::new(),
        })
    }

    /// The slot of this device that holds the text, if it stands here.
    fn own_slot(form: &str, visit: EntryId) -> Option<u8> {
        let place = form.strip_prefix(&prefix(visit))?;
        place.strip_prefix("own:")?.parse().ok()
    }
}

/// Blanks an own slot with late text once all of it stands in the signed visit.
async fn clear_late(session: Session, visit: EntryId, slot: u8) {
    let Ok(Reply::DraftTexts(texts)) = session.ask(Command::DraftTexts { visit }).await else {
        return;
    };
    if texts.iter().any(|text| text.row.device.is_none()) {
        return;
    }
    let Ok(Reply::Draft(Some((draft, _)))) = session.ask(Command::Draft { slot }).await else {
        return;
    };
    let is_it = matches!(draft.body, DraftBody::Visit { visit: of, .. } if of == visit);
    if is_it && session.ask(Command::DeleteDraft { slot }).await.is_ok() {
        session.note_write();
    }
}

fn prefix(visit: EntryId) -> String {
    format!("late-addition:{visit}:")
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
            <AdditionForm open client visit form=form_name(visit) text=String::new() />
        </Dialog>
    }
}

/// The dialog with late text in it.
#[component]
pub(super) fn BegunDialog(
    /// What it begins with; none = it is closed.
    of: RwSignal<Option<Begun>>,
    /// Whose.
    client: ClientId,
    /// The visit.
    visit: EntryId,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(of.read().is_some()));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            of.set(None);
        }
        is_open
    });
    view! {
        <Dialog open id="late-aanvulling" title=words::visit::addition()>
            {move || {
                of.get_untracked()
                    .map(|begun| {
                        view! { <AdditionForm open client visit form=begun.form text=begun.text /> }
                    })
            }}
        </Dialog>
    }
}

#[component]
fn AdditionForm(
    open: RwSignal<bool>,
    client: ClientId,
    visit: EntryId,
    form: String,
    text: String,
) -> impl IntoView {
    let session = use_session();
    let late_slot = Begun::own_slot(&form, visit);
    let form = FormState::new(form, Some(client));
    // Pressing twice, or signing again after a failure, stays one addition.
    let addition = EntryId(random::id());
    let text = form.text_or("addition", &text);
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
                if let Some(slot) = late_slot {
                    clear_late(session, visit, slot).await;
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_addition_of_late_text_is_found_again_by_its_visit_only() {
        let (visit, other) = (EntryId([1; 16]), EntryId([2; 16]));
        for device in [None, Some(1)] {
            let begun = Begun::new(visit, device, 3, "Rustig".to_owned());
            let found = Begun::of_form(&begun.form, visit).map(|found| found.form);
            assert_eq!(found, Some(begun.form.clone()));
            assert_eq!(Begun::of_form(&begun.form, other), None);
            let own = device.is_none().then_some(3);
            assert_eq!(Begun::own_slot(&begun.form, visit), own);
        }
        assert_eq!(Begun::of_form(&form_name(visit), visit), None);
    }
}
