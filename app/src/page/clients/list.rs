//! **Cliënten**: search and list. On a wide screen it stays beside the client.

use std::time::Duration;

use dossier::id::ClientId;
use dossier::view::ClientHit;
use engine::command::{ClientFilter, Command, Reply};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use super::row::ClientLink;
use crate::page::code::{choice, code};
use crate::page::filling::NoClients;
use crate::page::load::{Loaded, LoadedView, load};
use crate::page::route;
use crate::page::session::use_session;
use crate::ui::{
    Chips, Choice, EmptyState, Glyph, Grown, Growth, LinkButton, List, PageTitle, Panes, ShowMore,
    TextInput,
};
use crate::words::client as words;

/// A search counts as done after this pause, in ms; then it is noted in the access log.
const SEARCH_PAUSE_MS: u64 = 1_200;

/// Id of what holds the rows.
const ROWS: &str = "clienten-rijen";

/// The list, and beside it on a wide screen what is open of a client. The list stays while screens of clients come and go,
/// with its search, its filter and the place it was scrolled to.
#[component]
pub fn ClientsLayout() -> impl IntoView {
    let path = use_location().pathname;
    let current = Memo::new(move |_| route::client_in(&path.read()));
    let is_open = Memo::new(move |_| route::is_of_client(&path.read()));
    view! {
        <Panes
            open=is_open
            list=move || {
                view! {
                    <div class="l-page">
                        <Show when=move || !is_open.get()>
                            <div class="l-split">
                                <PageTitle title=words::clients() take_focus=true />
                                <LinkButton href=route::NEW_CLIENT icon=Glyph::Plus>
                                    {words::new_client()}
                                </LinkButton>
                            </div>
                        </Show>
                        <ClientList id="lijst" to=route::client current has_new_above=true />
                    </div>
                }
            }
        >
            <Outlet />
        </Panes>
    }
}

/// What a person asked the list.
#[derive(Clone, PartialEq)]
struct Question {
    query: String,
    filter: ClientFilter,
}

impl Question {
    fn is_search(&self) -> bool {
        !self.query.trim().is_empty()
    }
}

/// Search box, filters and rows.
#[component]
pub fn ClientList(
    /// Begins the ids of its controls.
    #[prop(into)]
    id: String,
    /// Where a row goes.
    to: fn(ClientId) -> String,
    /// The client on screen.
    #[prop(optional, into)]
    current: Signal<Option<ClientId>>,
    /// **Nieuwe cliënt** stands above it: an empty list does not offer it again.
    #[prop(optional)]
    has_new_above: bool,
) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let filter = RwSignal::new(code(&ClientFilter::All));
    note_searches(query);
    let question = move || Question {
        query: query.get(),
        filter: choice(&filter.get()).unwrap_or_default(),
    };
    // An answer that counts is the one to what was asked last.
    let asked = StoredValue::new(question());
    let found = load(
        move || {
            let question = question();
            asked.set_value(question.clone());
            Some(Command::Clients {
                query: question.query,
                filter: question.filter,
            })
        },
        move |reply| match reply {
            Reply::Clients(hits) => Some((asked.try_get_value()?, hits)),
            _ => None,
        },
    );
    let hits = Memo::new(move |_| match &*found.read() {
        Loaded::Ready((_, hits)) => hits.clone(),
        Loaded::Waiting | Loaded::Failed(_) => Vec::new(),
    });
    // Another question begins at the top of another list; news only changes rows.
    let list = Memo::new(move |_| {
        let found = found.read();
        found.map(|(question, hits)| (question.clone(), hits.is_empty()))
    });
    let counted = Memo::new(move |_| match &*found.read() {
        Loaded::Ready((question, hits)) if question.is_search() => words::count(hits.len()),
        _ => String::new(),
    });
    let filters = [
        (ClientFilter::Recent, words::recent()),
        (ClientFilter::Attention, words::attention()),
        (ClientFilter::All, words::all()),
        (ClientFilter::Closed, words::closed()),
    ];
    let filters: Vec<Choice> = filters
        .iter()
        .map(|(filter, label)| Choice::new(code(filter), *label))
        .collect();
    let shown = move |(question, is_empty): (Question, bool)| match is_empty {
        true => empty(&question, has_new_above).into_any(),
        false => rows(hits, to, current),
    };
    view! {
        <div class="l-stack">
            <TextInput
                id=format!("{id}-zoek")
                label=words::search()
                hint=words::search_hint().to_owned()
                value=query
                kind="search"
                enterkeyhint="search"
                autocapitalize="words"
            />
            <Chips label=words::show() value=filter choices=filters />
            <p class="u-hidden" role="status">{counted}</p>
            <LoadedView of=list.into() view=shown />
        </div>
    }
}

fn rows(
    hits: Memo<Vec<ClientHit>>,
    to: fn(ClientId) -> String,
    current: Signal<Option<ClientId>>,
) -> AnyView {
    let growth = Growth::new(Signal::derive(move || hits.read().len()));
    let row = move |hit: ClientHit| {
        let id = hit.row.id;
        let is_current = Signal::derive(move || current.get() == Some(id));
        view! { <ClientLink hit href=to(id) current=is_current /> }.into_any()
    };
    view! {
        <div class="l-stack" id=ROWS>
            <List label=words::clients()>
                <Grown growth rows=hits view=row />
            </List>
            <ShowMore growth list=ROWS label=words::more_clients() />
        </div>
    }
    .into_any()
}

fn empty(question: &Question, has_new_above: bool) -> impl IntoView {
    if question.is_search() {
        return view! { <EmptyState text=words::no_match() icon=Glyph::Search /> }.into_any();
    }
    match question.filter {
        ClientFilter::Attention => {
            view! { <EmptyState text=words::none_with_attention() icon=Glyph::Check /> }.into_any()
        }
        ClientFilter::Closed => {
            view! { <EmptyState text=words::none_closed() icon=Glyph::Document /> }.into_any()
        }
        ClientFilter::All | ClientFilter::Recent if has_new_above => view! {
            <NoClients>
                <EmptyState text=words::no_clients() icon=Glyph::People />
            </NoClients>
        }
        .into_any(),
        ClientFilter::All | ClientFilter::Recent => view! {
            <NoClients>
                <EmptyState text=words::no_clients() icon=Glyph::People>
                    <LinkButton href=route::NEW_CLIENT icon=Glyph::Plus>
                        {words::new_client()}
                    </LinkButton>
                </EmptyState>
            </NoClients>
        }
        .into_any(),
    }
}

/// One line in the access log per search: when typing pauses.
fn note_searches(query: RwSignal<String>) {
    let session = use_session();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let take = move || timer.try_update_value(Option::take).flatten();
    let note = move || session.spawn(async move { drop(session.ask(Command::NoteSearch).await) });
    Effect::new(move |_| {
        if let Some(running) = take() {
            running.clear();
        }
        if query.read().trim().is_empty() {
            return;
        }
        let pause = Duration::from_millis(SEARCH_PAUSE_MS);
        let end = move || {
            take();
            note();
        };
        timer.set_value(set_timeout_with_handle(end, pause).ok());
    });
    // Whoever opens a client before the pause is over has searched all the same.
    on_cleanup(move || {
        if let Some(running) = take() {
            running.clear();
            note();
        }
    });
}
