//! **Vandaag**: visits by time, drafts to sign, things to complete.

mod draft;

use dossier::edit::Edit;
use dossier::id::ClientId;
use dossier::project::client_name;
use dossier::value::phone::Phone;
use dossier::view::{Task, TodayState, TodayView, TodayVisit};
use engine::command::{Command, Reply};
use leptos::prelude::*;

use self::draft::{DraftHere, OpenDraft, draft_of};
use super::client::maps_link;
use super::clients::row_meta;
use super::devices::DeviceNames;
use super::drafts::open_visits;
use super::filling::{Fill, NoClients};
use super::identity::IdentityDialog;
use super::load::{LoadedView, load};
use super::ready::ReadyCard;
use super::route;
use super::session::use_session;
use crate::ui::{
    Badge, Button, ButtonKind, Card, EmptyState, Glyph, Link, LinkButton, NoticeKind, PageTitle,
};
use crate::words;

/// Id of what **Route** gives away, said once for all rows.
const ROUTE_HINT: &str = "route-uitleg";

/// The screen.
#[component]
pub fn TodayPage() -> impl IntoView {
    let today = load(
        || Some(Command::Today),
        |reply| match reply {
            Reply::Today(today) => Some(*today),
            _ => None,
        },
    );
    let shown = |today: TodayView| day(today).into_any();
    view! {
        <div class="l-page">
            <PageTitle title=words::today::title() take_focus=true />
            <ReadyCard />
            <LoadedView of=today view=shown />
        </div>
    }
}

fn day(today: TodayView) -> impl IntoView {
    if !today.has_clients {
        return view! {
            <NoClients>
                <EmptyState text=words::today::no_clients() icon=Glyph::People>
                    <LinkButton href=route::NEW_CLIENT icon=Glyph::Plus>
                        {words::client::new_client()}
                    </LinkButton>
                </EmptyState>
            </NoClients>
        }
        .into_any();
    }
    let date = today.date.clone();
    let has_route = today
        .visits
        .iter()
        .any(|visit| maps_link(&visit.client).is_some());
    let names = DeviceNames::load();
    let open = open_visits(&today.drafts, &today.elsewhere);
    let visits = today
        .visits
        .into_iter()
        .map(|visit| {
            let draft = draft_of(&visit, &date, &open);
            view! { <PlannedVisit visit date=date.clone() draft names /> }
        })
        .collect_view();
    let has_visits = !visits.is_empty();
    let drafts = open
        .into_iter()
        .map(|visit| view! { <OpenDraft visit names /> })
        .collect_view();
    let tasks = today
        .tasks
        .into_iter()
        .map(|task| view! { <OpenTask task /> })
        .collect_view();
    let fill = expect_context::<Fill>();
    let nothing_planned = move || match fill.is_under_way() {
        true => words::pairing::visits_to_come(),
        false => words::today::empty(),
    };
    let has_drafts = !drafts.is_empty();
    let has_tasks = !tasks.is_empty();
    view! {
        <p class="u-lead">{words::date::long(&today.date)}</p>
        <Card id="bezoeken" title=words::today::visits()>
            {if has_visits {
                view! { <ol class="p-plan" role="list">{visits}</ol> }.into_any()
            } else {
                view! { <p>{nothing_planned}</p> }.into_any()
            }}
            {has_route.then(|| view! { <p class="u-meta" id=ROUTE_HINT>{words::client::route_hint()}</p> })}
        </Card>
        {has_drafts
            .then(|| {
                view! {
                    <Card id="concepten" title=words::today::drafts()>
                        <ul class="p-plan" role="list">{drafts}</ul>
                    </Card>
                }
            })}
        {has_tasks
            .then(|| {
                view! {
                    <Card id="let-op" title=words::today::tasks()>
                        <ul class="p-plan" role="list">{tasks}</ul>
                    </Card>
                }
            })}
    }
    .into_any()
}

#[component]
fn PlannedVisit(
    visit: TodayVisit,
    date: String,
    draft: Option<DraftHere>,
    names: DeviceNames,
) -> impl IntoView {
    let client = visit.client.id;
    let name = client_name(&visit.client);
    let group = format!("{} {name}", visit.time);
    view! {
        <li>
            <div class="p-plan__row" role="group" aria-label=group>
                <p class="p-plan__time">{visit.time.clone()}</p>
                <div class="p-plan__who">
                    <div class="p-plan__head">
                        <span class="p-plan__name"><Link href=route::client(client)>{name}</Link></span>
                        <VisitState state=visit.state has_draft=draft.is_some() />
                    </div>
                    <p class="u-meta u-num">
                        {row_meta(&visit.client)}" · "{words::date::duration(u32::from(visit.minutes))}
                    </p>
                    {draft.as_ref().map(|draft| draft.places(names))}
                </div>
                <div class="p-plan__act">
                    <VisitActions visit=visit.clone() date href=draft.map(|draft| draft.href) />
                    <Reach visit />
                </div>
            </div>
        </li>
    }
}

/// What has become of a planned visit.
#[component]
fn VisitState(state: TodayState, has_draft: bool) -> impl IntoView {
    let (kind, text) = match state {
        TodayState::Planned if !has_draft => return ().into_any(),
        TodayState::Planned | TodayState::Draft(_) => {
            (NoticeKind::Warning, words::today::in_draft())
        }
        TodayState::Signed(_) => (NoticeKind::Done, words::today::signed()),
        TodayState::Skipped => (NoticeKind::Offline, words::today::skipped()),
    };
    view! { <Badge kind>{text}</Badge> }.into_any()
}

/// What can be done with a planned visit, by what has become of it.
#[component]
fn VisitActions(
    visit: TodayVisit,
    date: String,
    /// Where the draft that answers it is gone on with.
    href: Option<String>,
) -> impl IntoView {
    let session = use_session();
    let client = visit.client.id;
    let planning = visit.planning;
    let skip = StoredValue::new(date);
    let set_skipped = move |is_skipped: bool| {
        session.spawn(async move {
            let edit = Edit::SkipPlanned {
                client,
                planning,
                date: skip.get_value(),
                is_skipped,
            };
            if session.edit(edit, None).await.is_err() {
                session.say_done(words::shell::undo_failed());
            }
        });
    };
    let resume = move |href: String| {
        view! {
            <LinkButton href icon=Glyph::Pencil>
                {words::today::resume()}
            </LinkButton>
        }
        .into_any()
    };
    match (visit.state, href) {
        (TodayState::Planned | TodayState::Draft(_), Some(href)) => resume(href),
        (TodayState::Planned, None) => view! {
            <LinkButton href=route::new_visit(client, Some(planning)) icon=Glyph::Pencil>
                {words::today::start()}
            </LinkButton>
            <Button kind=ButtonKind::Quiet on_press=move || set_skipped(true)>
                {words::today::skip()}
            </Button>
        }
        .into_any(),
        (TodayState::Draft(slot), None) => resume(route::draft(client, slot)),
        (TodayState::Signed(entry), _) => {
            let year = skip
                .get_value()
                .get(..4)
                .and_then(|year| year.parse().ok())
                .unwrap_or_default();
            view! {
                <LinkButton href=route::visit(client, year, entry) kind=ButtonKind::Quiet>
                    {words::today::read()}
                </LinkButton>
            }
            .into_any()
        }
        (TodayState::Skipped, _) => view! {
            <Button kind=ButtonKind::Quiet on_press=move || set_skipped(false)>
                {words::today::unskip()}
            </Button>
        }
        .into_any(),
    }
}

/// **Bellen** and **Route**.
#[component]
fn Reach(visit: TodayVisit) -> impl IntoView {
    let phone = Phone::parse(&visit.client.phone).ok();
    view! {
        {phone
            .map(|phone| {
                view! {
                    <LinkButton href=phone.link() kind=ButtonKind::Quiet icon=Glyph::Phone external=true>
                        {words::client::call()}
                    </LinkButton>
                }
            })}
        {maps_link(&visit.client)
            .map(|href| {
                view! {
                    <LinkButton
                        href
                        kind=ButtonKind::Quiet
                        icon=Glyph::Route
                        external=true
                        described_by=ROUTE_HINT
                    >
                        {words::client::route()}
                    </LinkButton>
                }
            })}
    }
}

#[component]
fn OpenTask(task: Task) -> impl IntoView {
    let Task::EstablishIdentity {
        client,
        client_name,
        reason,
    } = task;
    let open = RwSignal::new(false);
    view! {
        <li class="l-stack l-stack--tight">
            <TaskButton open client name=client_name />
            {reason.map(|reason| view! { <p class="u-meta">{words::today::deferred_because(&reason)}</p> })}
        </li>
    }
}

#[component]
fn TaskButton(open: RwSignal<bool>, client: ClientId, name: String) -> impl IntoView {
    view! {
        <Button kind=ButtonKind::Quiet icon=Glyph::Identity on_press=move || open.set(true)>
            {words::today::establish_identity(&name)}
        </Button>
        <IdentityDialog open client />
    }
}
