//! What stands above every section of a client.

use std::sync::Arc;

use dossier::id::ClientId;
use dossier::project::client_name;
use dossier::view::{ClientView, ConflictAbout};
use engine::command::{Command, Reply};
use leptos::prelude::*;

use crate::page::answers;
use crate::page::clients::row_meta;
use crate::page::identity::IdentityDialog;
use crate::page::load::{Loaded, LoadedView, load};
use crate::page::route;
use crate::platform::dom;
use crate::ui::{
    Button, ButtonKind, Glyph, Link, LinkButton, Notice, NoticeKind, PageTitle, PersonHeader,
    SectionLink, SectionNav,
};
use crate::words;

/// A section of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Overzicht.
    Overview,
    /// Bezoeken.
    Visits,
    /// Gegevens.
    Details,
    /// Planning.
    Planning,
    /// Geschiedenis.
    History,
}

impl Section {
    const ALL: [Self; 5] = [
        Self::Overview,
        Self::Visits,
        Self::Planning,
        Self::Details,
        Self::History,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Overview => words::client::overview(),
            Self::Visits => words::client::visits(),
            Self::Details => words::client::details(),
            Self::Planning => words::client::planning(),
            Self::History => words::client::history(),
        }
    }

    fn href(self, client: ClientId) -> String {
        match self {
            Self::Overview => route::client(client),
            Self::Visits => route::visits(client),
            Self::Details => route::details(client),
            Self::Planning => route::planning(client),
            Self::History => route::history(client),
        }
    }
}

/// Header, sections, and the client's data as they are now: shown anew whenever they change.
#[component]
pub fn ClientLayout<V>(
    /// The section on screen.
    section: Section,
    /// What it shows.
    view: V,
) -> impl IntoView
where
    V: Fn(Arc<ClientView>) -> AnyView + Clone + Send + Sync + 'static,
{
    let shown = move |_, client: Latest| {
        let view = view.clone();
        let shown = move || {
            dom::keep_focus();
            client.get().map(&view)
        };
        shown.into_any()
    };
    view! { <ClientFrame section view=shown /> }
}

/// The client's data as they are now.
type Latest = Memo<Option<Arc<ClientView>>>;

/// Header and sections around what stays as it is while the client's data change: a list that was scrolled, a year that
/// was chosen.
#[component]
pub fn ClientFrame<V>(
    /// The section on screen.
    section: Section,
    /// What it shows of this client.
    view: V,
) -> impl IntoView
where
    V: Fn(ClientId, Latest) -> AnyView + Clone + Send + Sync + 'static,
{
    let id = route::client_param();
    let loaded = load(
        move || id.get().map(|client| Command::Client { client }),
        |reply| match reply {
            Reply::Client(client) => Some(Arc::from(client)),
            _ => None,
        },
    );
    // A dossier that cannot be read gives no name, and a screen has a heading all the same.
    let is_failed = Memo::new(move |_| matches!(&*loaded.read(), Loaded::Failed(_)));
    let who = Memo::new(move |_| {
        let loaded = loaded.read();
        loaded.map(|client: &Arc<ClientView>| client.row.id)
    });
    let page = move |id: ClientId| {
        let latest = Memo::new(move |before: Option<&Option<Arc<ClientView>>>| {
            match loaded.get() {
                Loaded::Ready(client) if client.row.id == id => Some(client),
                // Another client is about to take this page's place.
                _ => before.cloned().flatten(),
            }
        });
        let header = move || {
            dom::keep_focus();
            latest
                .get()
                .map(|client| view! { <Header client section /> })
        };
        let notices = move || {
            dom::keep_focus();
            latest
                .get()
                .map(|client| view! { <Notices client section /> })
        };
        let shown = view(id, latest);
        view! {
            <div>
                {header}
                <div class="l-page">
                    {notices}
                    {shown}
                </div>
            </div>
        }
        .into_any()
    };
    view! {
        <Show when=move || is_failed.get()>
            <div class="l-page">
                <Link href=route::CLIENTS icon=Glyph::Back>
                    {words::client::back_to_list()}
                </Link>
                <PageTitle title=words::client::screen() />
            </div>
        </Show>
        <LoadedView of=who.into() view=page.clone() />
    }
}

/// Name, birth date and the sections.
#[component]
fn Header(client: Arc<ClientView>, section: Section) -> impl IntoView {
    let id = client.row.id;
    // Of the two places only one is ever shown.
    let new_visit = move || {
        view! {
            <LinkButton href=route::new_visit(id, None) icon=Glyph::Plus>
                {words::client::new_visit()}
            </LinkButton>
        }
    };
    view! {
        <PersonHeader
            name=client_name(&client.row)
            screen=words::client::screen().to_owned()
            meta=row_meta(&client.row)
            back_href=route::CLIENTS.to_owned()
            back_label=words::client::back_to_list().to_owned()
            tools=new_visit
        />
        <SectionNav label=words::client::sections() tools=new_visit>
            {Section::ALL
                .map(|other| {
                    view! {
                        <SectionLink
                            href=other.href(id)
                            label=other.label()
                            current=Signal::derive(move || other == section)
                        />
                    }
                })
                .collect_view()}
        </SectionNav>
    }
}

/// What to look out for, above every section.
#[component]
fn Notices(client: Arc<ClientView>, section: Section) -> impl IntoView {
    let id = client.row.id;
    let needs_identity = client.row.is_identity_missing;
    let establishing = RwSignal::new(false);
    view! {
        <OpenQuestions client=client.clone() section />
        {(needs_identity && section != Section::Details)
            .then(|| {
                view! {
                    <Notice kind=NoticeKind::Warning heading=words::client::identity().to_owned()>
                        <p>{words::client::not_established()}</p>
                        <Button kind=ButtonKind::Quiet icon=Glyph::Identity on_press=move || establishing.set(true)>
                            {words::client::establish_identity()}
                        </Button>
                    </Notice>
                }
            })}
        <IdentityDialog open=establishing client=id />
        {(client.unreadable_count > 0)
            .then(|| {
                view! {
                    <Notice kind=NoticeKind::Danger testid="unreadable">
                        <p>{words::client::unreadable()}</p>
                    </Notice>
                }
            })}
    }
}

/// Where the first question stands, on every screen that does not show it itself.
#[component]
fn OpenQuestions(client: Arc<ClientView>, section: Section) -> impl IntoView {
    let id = client.row.id;
    let first = client.conflicts.first()?.about;
    let here = match first {
        ConflictAbout::Planning(_) => Section::Planning,
        ConflictAbout::Field(_) | ConflictAbout::Bsn | ConflictAbout::Identity => Section::Details,
    };
    if section == here || section == Section::History {
        return None;
    }
    let count = client.conflicts.len();
    let all = (count > 1).then(|| {
        view! { <Link href=route::history(id)>{words::conflict::all(count)}</Link> }
    });
    Some(view! {
        <Notice kind=NoticeKind::Conflict testid="open-questions">
            <div class="l-cluster">
                <Link href=answers::place(id, first)>
                    {words::conflict::go_to(words::conflict::about(first))}
                </Link>
                {all}
            </div>
        </Notice>
    })
}
