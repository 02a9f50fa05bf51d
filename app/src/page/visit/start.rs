//! Begins a visit: finds or makes its draft, and goes there.

use dossier::calendar;
use dossier::calendar::span::Stamped;
use dossier::draft::{Draft, DraftBody};
use dossier::edit::{ContactKind, VisitInput};
use dossier::id::{ClientId, EntryId};
use dossier::view::{DraftRow, DraftStanding};
use engine::command::{Command, Failure, Reply};
use leptos::prelude::*;

use super::composer::offset_now;
use crate::page::drafts::{OpenVisit, open_visits};
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
    /// Not new: a draft of another device to go on with, in this slot of it.
    peer: Option<(u16, u8)>,
}

/// Begins a visit, then gives way to its draft.
#[component]
pub fn NewVisitPage() -> impl IntoView {
    let session = use_session();
    let client = route::client_param();
    let planning = route::planning_query();
    let is_call = route::is_call_query();
    let peer = route::peer_draft_query();
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
            peer: peer.get(),
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

/// The slot of the draft to write in: the one begun earlier for the same planned visit, here or on another device, one
/// that is still blank, or a new one.
async fn slot_for(session: Session, wanted: Wanted) -> Result<u8, Failure> {
    if let Some(place) = wanted.peer {
        return continue_draft(session, place).await;
    }
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
    let Reply::Drafts {
        visits, elsewhere, ..
    } = session.ask(Command::Drafts).await?
    else {
        return Err(Failure::Internal);
    };
    if let Some((planning, date)) = &input.planned {
        let open = open_visits(&visits, &elsewhere);
        let is_answer =
            |of: &&OpenVisit| !of.is_late() && of.answers(wanted.client, *planning, date);
        let answers = open.iter().filter(is_answer).map(|visit| &visit.row);
        if let Some(row) = answers.min_by_key(|row| row.device) {
            return match row.device {
                None => Ok(row.slot),
                Some(device) => continue_draft(session, (device, row.slot)).await,
            };
        }
    } else if let Some((slot, visit)) = find_blank(session, wanted.client, &visits).await? {
        return save(session, Some(slot), wanted.client, visit, input).await;
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

/// An own draft in which nothing was written.
async fn find_blank(
    session: Session,
    client: ClientId,
    rows: &[DraftRow],
) -> Result<Option<(u8, EntryId)>, Failure> {
    let is_own = |row: &&DraftRow| row.client == client && row.standing == DraftStanding::Open;
    for row in rows.iter().filter(is_own) {
        let reply = session.ask(Command::Draft { slot: row.slot }).await?;
        if let Reply::Draft(Some((
            Draft {
                body: DraftBody::Visit { visit, input, .. },
                ..
            },
            _,
        ))) = reply
            && is_blank(&input)
        {
            return Ok(Some((row.slot, visit)));
        }
    }
    Ok(None)
}

/// Takes up a draft of another device; answers in which slot.
async fn continue_draft(session: Session, (device, slot): (u16, u8)) -> Result<u8, Failure> {
    match session.ask(Command::ContinueDraft { device, slot }).await? {
        Reply::DraftSaved { slot, .. } => Ok(slot),
        _ => Err(Failure::Internal),
    }
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
