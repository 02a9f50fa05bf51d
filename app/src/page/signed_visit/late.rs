//! Text that some device holds of a signed visit and that does not stand in it: shown apart, to become an addition.

use std::sync::Arc;

use dossier::edit::{ContactKind, VisitField};
use dossier::view::{DraftStanding, DraftText, VisitView};
use engine::command::{Command, Failure, Reply};
use leptos::prelude::*;

use super::addition::Begun;
use super::part::moment;
use crate::page::devices::DeviceNames;
use crate::page::drafts::{PartList, parts};
use crate::page::load::{FailureNotice, Loaded, load};
use crate::page::session::use_session;
use crate::ui::{Actions, Button, ButtonKind, Glyph};
use crate::words;

/// One region for each such text, asked again whenever something was written or came in.
#[component]
pub(super) fn LateTexts(
    /// The signed visit.
    visit: Arc<VisitView>,
    /// Opens the addition that begins with a text.
    begun: RwSignal<Option<Begun>>,
) -> impl IntoView {
    let (id, contact) = (visit.id, visit.contact);
    let texts = load(
        move || Some(Command::DraftTexts { visit: id }),
        |reply| match reply {
            Reply::DraftTexts(texts) => Some(texts),
            _ => None,
        },
    );
    let names = DeviceNames::load();
    let failure = RwSignal::new(None::<Failure>);
    let shown = move || {
        let Loaded::Ready(texts) = texts.get() else {
            return None;
        };
        let late = texts.into_iter().filter(is_late);
        let late = late.map(|text| view! { <LateText text contact names begun failure /> });
        Some(late.collect_view())
    };
    view! {
        {move || failure.get().map(|failure| view! { <FailureNotice failure /> })}
        {shown}
    }
}

/// Whether something of a text does not stand in the signed visit.
fn is_late(text: &DraftText) -> bool {
    matches!(text.row.standing, DraftStanding::Late { .. }) && !text.parts.is_empty()
}

#[component]
fn LateText(
    text: DraftText,
    contact: ContactKind,
    names: DeviceNames,
    begun: RwSignal<Option<Begun>>,
    failure: RwSignal<Option<Failure>>,
) -> impl IntoView {
    let session = use_session();
    let parts: Vec<(VisitField, String)> = parts(&text, text.parts.clone(), contact);
    let row = text.row;
    let (visit, device, slot) = (row.visit, row.device, row.slot);
    let heading = move || words::visit::later_on(&names.name(device));
    let title_id = format!("later-{}-{slot}", device.map_or(-1, i32::from));
    let written = words::drafts::last_written(&moment(row.saved_at));
    let addition = words::drafts::as_addition(&parts);
    let write = move || begun.set(Some(Begun::new(visit, device, slot, addition.clone())));
    let discard = move || {
        session.spawn(async move {
            match session.ask(Command::DeleteDraft { slot }).await {
                Ok(_) => {
                    session.note_write();
                    session.say_done(words::visit::discarded());
                }
                Err(reason) => {
                    failure.try_set(Some(reason));
                }
            }
        });
    };
    view! {
        <section class="p-entry" aria-labelledby=title_id.clone() data-testid="late-text">
            <h3 class="p-entry__label" id=title_id.clone()>
                {heading}
            </h3>
            <PartList parts />
            <p class="u-meta">{written}</p>
            <Actions>
                <Button kind=ButtonKind::Quiet icon=Glyph::Plus on_press=write>
                    {words::visit::add()}
                </Button>
                {device
                    .is_none()
                    .then(|| {
                        view! {
                            <Button kind=ButtonKind::Quiet icon=Glyph::Bin on_press=discard>
                                {words::visit::discard()}
                            </Button>
                        }
                    })}
            </Actions>
        </section>
    }
}
