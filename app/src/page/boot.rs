//! Starts the window and chooses what it shows: the first run, the lock, the pages, or why none of these can be.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::hooks::use_navigate;
use leptos_router::path;

use super::client::{DetailsPage, HistoryPage, OverviewPage, VisitsPage};
use super::clients::{ClientsLayout, NewClientPage};
use super::devices::DevicesPage;
use super::elsewhere::{BrokenPage, ElsewherePage, TakenOverPage};
use super::filling::Fill;
use super::guard::Guard;
use super::lock::LockPage;
use super::pairing::Pairing;
use super::planning::PlanningPage;
use super::session::{Session, Stage, use_session};
use super::shell::Shell;
use super::signed_visit::SignedVisitPage;
use super::today::TodayPage;
use super::visit::{DraftPage, NewVisitPage};
use super::welcome::WelcomePage;
use super::{
    about, choose_client, more, not_found, practice, server, settings, storage, unreadable,
};
use crate::link::{Event, Vault};
use crate::platform::update::{self, Update};
use crate::platform::{clock, dom, leave, network};
use crate::words;

/// Shows the app in its place on the page, for the life of the window.
pub fn mount() {
    if let Some(root) = dom::take_root() {
        leptos::mount::mount_to(root, App).forget();
    }
}

#[component]
fn App() -> impl IntoView {
    let session = Session::new(Vault::start());
    provide_context(session);
    let fill = Fill::new(session);
    provide_context(fill);
    provide_context(Pairing::new(session, fill));
    session
        .vault()
        .on_event(move |event| follow(session, event));
    follow_update(session);
    session.spawn(server::connect(session));
    network::on_back(move || {
        session.vault().try_now();
        session.spawn(server::connect_first(session));
    });
    leave::ask_before(move || session.has_unsaved().get_untracked());
    view! {
        <Router>
            <Window />
        </Router>
    }
}

/// What the vault tells of its own accord decides what is shown.
fn follow(session: Session, event: Event) {
    match event {
        Event::Ready | Event::Stopped => session.spawn(session.refresh()),
        Event::OpenElsewhere => session.set_stage(Stage::Elsewhere),
        Event::Wanted => session.make_way(),
        Event::TakenOver { has_unsaved } => session.lose_vault(has_unsaved),
        Event::Sync(status) => session.note_sync(status),
        Event::Changed => session.note_news(),
        Event::Fault => session.set_stage(Stage::Booting),
        Event::Locked => {
            if session.stage().get_untracked() == Stage::Open {
                session.set_stage(Stage::LOCKED);
            }
        }
    }
}

/// Time for the tab that updates to be the owner of the vault again.
const MAKE_WAY: Duration = Duration::from_secs(3);

/// A page whose version is gone loads again by itself, unless work is open: then the lock screen offers it.
fn follow_update(session: Session) {
    let state = update::state();
    let is_at_rest = move || {
        matches!(
            session.stage().get_untracked(),
            Stage::Locked { .. } | Stage::Elsewhere | Stage::TakenOver | Stage::Broken(_)
        ) && !session.has_unsaved().get_untracked()
    };
    let reload = move || {
        if is_at_rest() {
            update::reload();
        }
    };
    Effect::new(move |_| {
        if state.get() == Update::Replaced && is_at_rest() {
            set_timeout(reload, MAKE_WAY);
        }
    });
}

/// Which screen a stage has: a change within one does not build it anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Screen {
    Boot,
    Welcome,
    Lock,
    Pages,
    Elsewhere,
    TakenOver,
    Broken,
}

#[component]
fn Window() -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    session.set_router(move |path, is_replacing| {
        let options = NavigateOptions {
            replace: is_replacing,
            ..NavigateOptions::default()
        };
        navigate(path, options);
    });
    let stage = session.stage();
    let screen = Memo::new(move |_| match &*stage.read() {
        Stage::Booting => Screen::Boot,
        Stage::Empty => Screen::Welcome,
        Stage::Locked { .. } => Screen::Lock,
        Stage::Open => Screen::Pages,
        Stage::Elsewhere => Screen::Elsewhere,
        Stage::TakenOver => Screen::TakenOver,
        Stage::Broken(_) => Screen::Broken,
    });
    #[cfg(feature = "gallery")]
    if leptos_router::hooks::use_location()
        .pathname
        .get_untracked()
        == super::route::GALLERY
    {
        return view! { <super::gallery::Gallery /> }.into_any();
    }
    let show = move || match screen.get() {
        Screen::Boot => view! { <BootPage /> }.into_any(),
        Screen::Welcome => view! { <WelcomePage /> }.into_any(),
        Screen::Lock => view! { <LockPage /> }.into_any(),
        Screen::Pages => view! { <Pages /> }.into_any(),
        Screen::Elsewhere => view! { <ElsewherePage /> }.into_any(),
        Screen::TakenOver => view! { <TakenOverPage /> }.into_any(),
        Screen::Broken => view! { <BrokenPage /> }.into_any(),
    };
    show.into_any()
}

/// How long starting may take before the person is told what to do.
const BOOT_PATIENCE: Duration = Duration::from_secs(10);

/// The same as the first paint of `index.html`, while the worker starts.
#[component]
fn BootPage() -> impl IntoView {
    let is_long = RwSignal::new(false);
    let show = move || {
        is_long.try_set(true);
    };
    let timer = set_timeout_with_handle(show, BOOT_PATIENCE);
    on_cleanup(move || {
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
    view! {
        <main class="p-lock">
            <p class="c-brand">{words::common::product()}</p>
            <div class="p-lock__card" aria-busy="true">
                <p>{words::lock::loading()}</p>
                <div class="p-slack">
                    <p role="status">{move || is_long.get().then(words::lock::loading_long)}</p>
                </div>
            </div>
        </main>
    }
}

/// Every screen of an open vault: what stands around them first, the screen in a task of its own.
#[component]
fn Pages() -> impl IntoView {
    let is_due = RwSignal::new(false);
    use_session().spawn(async move {
        clock::next_task().await;
        is_due.try_set(true);
    });
    view! {
        <Guard>
            <Shell>
                <Show when=move || is_due.get()>
                    <Screens />
                </Show>
            </Shell>
        </Guard>
    }
}

#[component]
fn Screens() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <not_found::NotFoundPage /> }>
            <Route path=path!("/") view=TodayPage />
            <ParentRoute path=path!("") view=ClientsLayout>
                <Route path=path!("/clienten") view=|| () />
                <Route path=path!("/client/:id") view=OverviewPage />
                <Route path=path!("/client/:id/bezoeken") view=VisitsPage />
                <Route path=path!("/client/:id/bezoek/:year/:visit") view=SignedVisitPage />
                <Route path=path!("/client/:id/gegevens") view=DetailsPage />
                <Route path=path!("/client/:id/planning") view=PlanningPage />
                <Route path=path!("/client/:id/geschiedenis") view=HistoryPage />
            </ParentRoute>
            <Route path=path!("/clienten/nieuw") view=NewClientPage />
            <Route path=path!("/bezoek/nieuw") view=choose_client::ChooseClientPage />
            <Route path=path!("/client/:id/bezoek/nieuw") view=NewVisitPage />
            <Route path=path!("/client/:id/concept/:slot") view=DraftPage />
            <Route path=path!("/meer") view=more::MorePage />
            <Route path=path!("/meer/apparaten") view=DevicesPage />
            <Route path=path!("/meer/praktijk") view=practice::PracticePage />
            <Route path=path!("/meer/instellingen") view=settings::SettingsPage />
            <Route path=path!("/meer/opslag") view=storage::StoragePage />
            <Route path=path!("/meer/niet-leesbaar") view=unreadable::UnreadablePage />
            <Route path=path!("/meer/over") view=about::AboutPage />
        </Routes>
    }
}
