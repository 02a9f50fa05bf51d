//! Begins a visit: finds or makes its draft, and goes there.

use dossier::calendar;
use dossier::calendar::span::Stamped;
use dossier::draft::{Draft, DraftBody};
use dossier::edit::{ContactKind, VisitInput};
use dossier::id::{ClientId, EntryId};
use engine::command::{Command, Failure, Reply};
use leptos::prelude::*;

use super::composer::offset_now;
use crate::page::identity::stamp;
use crate::page::load::FailureNotice;
use crate::page::route;
use crate::page::session::{Session, use_session};
use crate::platform::{clock, random};
use crate::ui::{LinkButton, PageTitle, Skeleton};
use crate::words;

/// What the new visit is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Wanted {
    client: ClientId,
    planning: Option<EntryId>,
    contact: ContactKind,
}

/// Begins a visit, then gives way to its draft.
#[component]
pub fn NewVisitPage() -> impl IntoView {
    let session = use_session();
    let client = route::client_param();
    let planning = route::planning_query();
    let is_call = route::is_call_query();
    let failure = RwSignal::new(None::<Failure>);
    let wanted = Memo::new(move |_| {
        let contact = if is_call.get() {
            ContactKind::Phone
        } else {
            ContactKind::HomeVisit
        };
        client.get().map(|client| Wanted {
            client,
            planning: planning.get(),
            contact,
        })
    });
    Effect::new(move |_| {
        failure.set(None);
        let Some(wanted) = wanted.get() else {
            failure.set(Some(Failure::NotFound));
            return;
        };
        session.spawn(async move {
            match slot_for(session, wanted).await {
                Ok(slot) => session.go_instead(&route::draft(wanted.client, slot)),
                Err(reason) => {
                    failure.try_set(Some(reason));
                }
            }
        });
    });
    move || match failure.get() {
        None => view! { <Skeleton /> }.into_any(),
        Some(failure) => view! {
            <div class="l-page">
                <PageTitle title=words::visit::screen() take_focus=true />
                <FailureNotice failure>
                    <LinkButton href=route::TODAY>{words::today::title()}</LinkButton>
                </FailureNotice>
            </div>
        }
        .into_any(),
    }
}

/// The slot of the draft to write in: the one begun earlier for the same planned visit, one that is still blank, or a new one.
async fn slot_for(session: Session, wanted: Wanted) -> Result<u8, Failure> {
    let today = calendar::today(clock::now_ms())
        .map(|date| date.to_string())
        .unwrap_or_default();
    let (date, now) = stamp();
    let (begin, begin_offset) = match wanted.planning {
        Some(_) => (now, Some(offset_now())),
        None => (String::new(), None),
    };
    let input = VisitInput {
        contact: wanted.contact,
        date,
        begin,
        stamped: Stamped {
            begin_offset,
            end_offset: None,
        },
        planned: wanted.planning.map(|planning| (planning, today)),
        ..VisitInput::default()
    };
    for (slot, visit, found) in open_visits(session, wanted.client).await? {
        if found.planned.is_some() && found.planned == input.planned {
            return Ok(slot);
        }
        if wanted.planning.is_none() && is_blank(&found) {
            return save(session, Some(slot), wanted.client, visit, input).await;
        }
    }
    save(session, None, wanted.client, EntryId(random::id()), input).await
}

/// Nothing was written: kind and date came by themselves.
pub(super) fn is_blank(input: &VisitInput) -> bool {
    let bare = VisitInput {
        contact: ContactKind::default(),
        date: String::new(),
        ..input.clone()
    };
    bare == VisitInput::default()
}

async fn open_visits(
    session: Session,
    client: ClientId,
) -> Result<Vec<(u8, EntryId, VisitInput)>, Failure> {
    let Reply::Drafts { visits, .. } = session.ask(Command::Drafts).await? else {
        return Err(Failure::Internal);
    };
    let mut found = Vec::new();
    for row in visits.into_iter().filter(|row| row.client == client) {
        let reply = session.ask(Command::Draft { slot: row.slot }).await?;
        if let Reply::Draft(Some((
            Draft {
                body: DraftBody::Visit { visit, input, .. },
                ..
            },
            _,
        ))) = reply
        {
            found.push((row.slot, visit, *input));
        }
    }
    Ok(found)
}

async fn save(
    session: Session,
    slot: Option<u8>,
    client: ClientId,
    visit: EntryId,
    input: VisitInput,
) -> Result<u8, Failure> {
    let body = DraftBody::Visit {
        client,
        visit,
        input: Box::new(input),
    };
    match session.ask(Command::SaveDraft { slot, body }).await? {
        Reply::DraftSaved { slot, .. } => Ok(slot),
        _ => Err(Failure::Internal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_and_date_alone_are_blank_and_any_other_word_is_not() {
        let mut input = VisitInput {
            contact: ContactKind::Phone,
            date: "22-11-2026".to_owned(),
            ..VisitInput::default()
        };
        assert!(is_blank(&input));
        input.begin = "9:30".to_owned();
        assert!(!is_blank(&input));
        input.begin.clear();
        input.planned = Some((EntryId([1; 16]), "2026-11-22".to_owned()));
        assert!(!is_blank(&input));
    }
}
