//! A signed visit: read, corrected and added to, never changed.

mod addition;
mod correction;
mod entry;
mod late;
mod part;
mod place;

use std::sync::Arc;

use dossier::draft::DraftBody;
use dossier::id::{ClientId, EntryId};
use dossier::view::VisitView;
use engine::command::{Command, Reply};
use leptos::prelude::*;

use self::addition::{AdditionDialog, Begun, BegunDialog};
use self::correction::CorrectionDialog;
use self::entry::Entry;
use self::late::LateTexts;
pub use self::part::moment;
use self::place::{PlaceMark, Places};
use super::client::{ClientFrame, Section};
use super::devices::DeviceNames;
use super::drafts::{OpenVisit, open_visits};
use super::load::{LoadedView, load};
use super::route;
use super::session::{Session, use_session};
use super::visit::StateMark;
use crate::ui::{Actions, Button, ButtonKind, Glyph, LinkButton, Notice, Status};
use crate::words;

/// The screen, under the client's header.
#[component]
pub fn SignedVisitPage() -> impl IntoView {
    let session = use_session();
    let said = RwSignal::new(None::<String>);
    let next = RwSignal::new(None::<OpenVisit>);
    // Outlive the reading of the visit again after a write: a dialog that was just opened stays.
    let open = Dialogs {
        correcting: RwSignal::new(false),
        adding: RwSignal::new(false),
        begun: RwSignal::new(None),
    };
    let year = route::year_param();
    let visit = route::visit_param();
    let address = Memo::new(move |_| (year.get(), visit.get()));
    let done = session.done();
    // What the shell says unseen is said here in sight instead.
    Effect::new(move |_| {
        if done.read().as_deref() == Some(words::visit::signed()) {
            session.clear_done();
            said.set(Some(words::visit::signed().to_owned()));
            offer_next(session, next);
        }
    });
    Effect::new(move |before: Option<_>| {
        let now = address.get();
        if before.is_some_and(|before| before != now) {
            said.set(None);
            next.set(None);
            open.correcting.set(false);
            open.adding.set(false);
            open.begun.set(None);
        }
        now
    });
    view! {
        <ClientFrame
            section=Section::Visits
            view=move |client, _| {
                let visit = load(
                    move || {
                        let (year, visit) = address.get();
                        Some(Command::Visit { client, year: year?, visit: visit? })
                    },
                    |reply| match reply {
                        Reply::Visit(visit) => Some(Arc::from(visit)),
                        _ => None,
                    },
                );
                let signed = move |visit: Arc<VisitView>| view! { <Signed client visit address open /> }.into_any();
                view! {
                    <h2>{words::visit::screen()}</h2>
                    <Status text=said />
                    {move || next.get().map(|visit| view! { <NextDraft visit /> })}
                    <LoadedView of=visit view=signed />
                }
                    .into_any()
            }
        />
    }
}

/// The newest open draft, to go on with.
fn offer_next(session: Session, next: RwSignal<Option<OpenVisit>>) {
    session.spawn(async move {
        if let Ok(Reply::Drafts {
            visits, elsewhere, ..
        }) = session.ask(Command::Drafts).await
        {
            let mut open = open_visits(&visits, &elsewhere).into_iter();
            next.try_set(open.find(|visit| !visit.is_late()));
        }
    });
}

#[component]
fn NextDraft(visit: OpenVisit) -> impl IntoView {
    let names = DeviceNames::load();
    let href = visit.href();
    let row = visit.row;
    let device = row.device;
    let on = move || {
        let name = names.name(Some(device?));
        Some(format!(" · {}", words::drafts::on(&name)))
    };
    view! {
        <Notice heading=words::visit::next_draft(&row.client_name) testid="next-draft">
            <p>{words::today::draft_of(&row.date, &row.begin)} {on}</p>
            <div>
                <LinkButton href kind=ButtonKind::Quiet icon=Glyph::Pencil>
                    {words::visit::resume()}
                </LinkButton>
            </div>
        </Notice>
    }
}

/// Which dialog is open.
#[derive(Clone, Copy)]
struct Dialogs {
    correcting: RwSignal<bool>,
    adding: RwSignal<bool>,
    /// An addition that begins with late text.
    begun: RwSignal<Option<Begun>>,
}

#[component]
fn Signed(
    client: ClientId,
    visit: Arc<VisitView>,
    address: Memo<(Option<u16>, Option<EntryId>)>,
    open: Dialogs,
) -> impl IntoView {
    let Dialogs {
        correcting,
        adding,
        begun,
    } = open;
    let id = visit.id;
    let session = use_session();
    let year = address.get_untracked().0;
    let places = year.map(|year| Places::of(client, year, id));
    // A lock in the middle of a correction: unlocked, the dialog opens again with its text.
    session.spawn(async move {
        let Ok(Reply::Drafts { forms, .. }) = session.ask(Command::Drafts).await else {
            return;
        };
        for (_, draft) in forms {
            if address.try_get_untracked().and_then(|(_, shown)| shown) != Some(id) {
                return;
            }
            if let DraftBody::Form { form, .. } = draft.body {
                if form == correction::form_name(id) {
                    correcting.try_set(true);
                } else if form == addition::form_name(id) {
                    adding.try_set(true);
                } else if let Some(late) = Begun::of_form(&form, id) {
                    begun.try_set(Some(late));
                }
            }
        }
    });
    view! {
        <div class="l-cluster">
            <StateMark is_signed=true />
            {places.map(|places| view! { <PlaceMark places /> })}
        </div>
        <Entry visit=visit.clone() places />
        <LateTexts visit=visit.clone() begun />
        <Actions>
            <Button kind=ButtonKind::Quiet icon=Glyph::Pencil on_press=move || correcting.set(true)>
                {words::visit::correct()}
            </Button>
            <Button kind=ButtonKind::Quiet icon=Glyph::Plus on_press=move || adding.set(true)>
                {words::visit::add()}
            </Button>
        </Actions>
        <CorrectionDialog open=correcting client visit />
        <AdditionDialog open=adding client visit=id />
        <BegunDialog of=begun client visit=id />
    }
}
