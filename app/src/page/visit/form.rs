//! The composer on screen: one short page under the client's name.
//!
//! Only the button signs: an enter key in one of its boxes must not, because signing cannot be undone.

use dossier::project::client_name;
use engine::command::Failure;
use leptos::prelude::*;

use super::beside::BesidePart;
use super::composer::Composer;
use super::focus;
use super::measurement_part::MeasurementPart;
use super::open::Opened;
use super::performer_part::PerformerPart;
use super::sheet::IDENTITY;
use super::state::StateMark;
use super::time_part::TimePart;
use super::work_part::WorkPart;
use crate::page::autosave::SaveState;
use crate::page::clients::row_meta;
use crate::page::form::{FormArea, saved_words};
use crate::page::identity::IdentityDialog;
use crate::page::load::FailureNotice;
use crate::page::route;
use crate::platform::dom;
use crate::ui::{Actions, Button, ButtonKind, Glyph, Notice, NoticeKind, PersonHeader, Status};
use crate::words;

/// Everything of one draft.
#[component]
pub(super) fn VisitForm(
    /// The draft.
    opened: Opened,
) -> impl IntoView {
    let composer = Composer::new(&opened);
    let row = &opened.client.row;
    let has_earlier = row.last_visit_at.is_some();
    let needs_identity = RwSignal::new(row.is_identity_missing && row.identity_deferred.is_none());
    let establishing = RwSignal::new(false);
    let client = composer.client;
    let visit = composer.visit;
    if let Some(control) = focus::last(visit) {
        request_animation_frame(move || dom::focus_field(&control));
    }
    let established = move || {
        needs_identity.set(false);
        composer.sheet.form.errors().set(IDENTITY, None);
    };
    view! {
        <PersonHeader
            name=client_name(row)
            screen=words::visit::screen().to_owned()
            meta=row_meta(row)
            back_href=route::client(client)
            back_label=words::visit::to_client().to_owned()
        />
        <div class="l-page">
            <div class="l-split">
                <h2>{words::visit::screen()}</h2>
                <StateMark is_signed=false />
            </div>
            <div
                on:focusin=move |event| {
                    if let Some(id) = dom::target_id(&event) {
                        focus::remember(visit, id);
                    }
                }
                on:focusout=move |_| composer.save_soon()
            >
                <FormArea form=composer.sheet.form on_submit=|| ()>
                    <Show when=move || needs_identity.get()>
                        <Notice kind=NoticeKind::Warning id=IDENTITY testid=IDENTITY>
                            <p>{words::visit::identity_first()}</p>
                            <div>
                                <Button
                                    kind=ButtonKind::Quiet
                                    icon=Glyph::Identity
                                    on_press=move || establishing.set(true)
                                >
                                    {words::client::establish_identity()}
                                </Button>
                            </div>
                        </Notice>
                    </Show>
                    <div class="p-visit">
                        <TimePart composer />
                        <div class="p-visit__part">
                            <WorkPart composer has_earlier />
                            <MeasurementPart composer />
                        </div>
                        <div class="p-visit__part">
                            <PerformerPart composer profile=opened.profile.clone() />
                        </div>
                        <BesidePart composer />
                        <div class="p-visit__part">
                            <Ending composer />
                        </div>
                    </div>
                </FormArea>
            </div>
        </div>
        <IdentityDialog open=establishing client on_done=established />
    }
}

/// Saved or not, **Bezoek ondertekenen**, **Concept verwijderen**.
#[component]
fn Ending(composer: Composer) -> impl IntoView {
    let state = composer.save_state();
    let saved = Memo::new(move |_| saved_words(&state.read()));
    let trouble = Memo::new(move |_| match state.get() {
        SaveState::Failed(failure) if failure != Failure::Locked => Some(failure),
        _ => None,
    });
    view! {
        {move || {
            trouble
                .get()
                .map(|failure| {
                    view! {
                        <FailureNotice failure>
                            <Button kind=ButtonKind::Quiet on_press=move || composer.save_soon()>
                                {words::form::save_again()}
                            </Button>
                        </FailureNotice>
                    }
                })
        }}
        {move || composer.failure.get().map(|failure| view! { <FailureNotice failure /> })}
        <p class="u-meta">{words::visit::sign_hint()}</p>
        <Actions>
            <Button icon=Glyph::Sign busy=composer.sheet.form.busy() on_press=move || composer.sign()>
                {words::visit::sign()}
            </Button>
            <Button kind=ButtonKind::Quiet icon=Glyph::Bin on_press=move || composer.discard()>
                {words::visit::discard()}
            </Button>
        </Actions>
        <Status text=saved testid="draft-saved" />
    }
}
