//! An open draft: everything its form needs, asked once, so that nothing moves while a person writes.

use dossier::draft::{Draft, DraftBody};
use dossier::edit::VisitInput;
use dossier::id::{ClientId, EntryId};
use dossier::view::{ClientView, ProfileView};
use engine::command::{Command, Failure, Reply};
use leptos::prelude::*;

use super::form::VisitForm;
use crate::page::load::{Loaded, LoadedView};
use crate::page::route;
use crate::page::session::{Session, use_session};
use crate::ui::{EmptyState, Glyph, LinkButton, PageTitle};
use crate::words;

/// A draft with whose it is and who writes it.
#[derive(Clone, PartialEq)]
pub(super) struct Opened {
    pub(super) slot: u8,
    pub(super) visit: EntryId,
    pub(super) input: VisitInput,
    pub(super) client: ClientView,
    pub(super) profile: ProfileView,
}

/// The composer of the draft in this address.
#[component]
pub fn DraftPage() -> impl IntoView {
    let session = use_session();
    let client = route::client_param();
    let slot = route::slot_param();
    let opened = RwSignal::new(Loaded::Waiting);
    Effect::new(move |_| {
        let (Some(client), Some(slot)) = (client.get(), slot.get()) else {
            opened.set(Loaded::Ready(None));
            return;
        };
        opened.set(Loaded::Waiting);
        session.spawn(async move {
            let answer = match open(session, client, slot).await {
                Ok(found) => Loaded::Ready(found),
                Err(failure) => Loaded::Failed(failure),
            };
            opened.try_set(answer);
        });
    });
    let show = move |opened: Option<Opened>| match opened {
        Some(opened) => view! { <VisitForm opened /> }.into_any(),
        None => view! { <Gone client=client.get_untracked() /> }.into_any(),
    };
    view! { <LoadedView of=opened.into() view=show /> }
}

async fn open(session: Session, client: ClientId, slot: u8) -> Result<Option<Opened>, Failure> {
    let Reply::Draft(Some((Draft { body, .. }, _))) = session.ask(Command::Draft { slot }).await?
    else {
        return Ok(None);
    };
    let DraftBody::Visit {
        client: owner,
        visit,
        input,
    } = body
    else {
        return Ok(None);
    };
    if owner != client {
        return Ok(None);
    }
    let Reply::Profile(profile) = session.ask(Command::Profile).await? else {
        return Err(Failure::Internal);
    };
    let Reply::Client(client) = session.ask(Command::Client { client }).await? else {
        return Err(Failure::Internal);
    };
    Ok(Some(Opened {
        slot,
        visit,
        input: *input,
        client: *client,
        profile,
    }))
}

#[component]
fn Gone(client: Option<ClientId>) -> impl IntoView {
    let href = client.map_or_else(|| route::TODAY.to_owned(), route::client);
    view! {
        <div class="l-page">
            <PageTitle title=words::visit::screen() take_focus=true />
            <EmptyState text=words::visit::draft_gone() icon=Glyph::Document>
                <LinkButton href>{words::visit::to_client()}</LinkButton>
            </EmptyState>
        </div>
    }
}
