//! What stands around every page of an open vault: the main menu, **Op slot**, what was just done.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::devices::AddedDevices;
use super::filling::Filling;
use super::route;
use super::session::use_session;
use super::sync::{ServerNotice, SyncChip};
use crate::ui::{
    AppShell, Button, ButtonKind, Glyph, MainNav, Menu, MenuLink, Notice, NoticeKind, Place,
    UndoToast,
};
use crate::words::shell as words;

/// How far the clock must be behind before it is said, in ms: an hour, so that small corrections stay silent.
const CLOCK_NOTICE_MS: i64 = 3_600_000;

/// How long a "done" sentence stays.
const DONE_LIFE: Duration = Duration::from_secs(4);

/// Bar, menu and content.
#[component]
pub fn Shell(
    /// The pages.
    children: Children,
) -> impl IntoView {
    let session = use_session();
    let clock_behind = session.clock_behind_ms();
    let is_clock_wrong = move || clock_behind.get() >= CLOCK_NOTICE_MS;
    let lock = move || session.lock();
    let sheet = RwSignal::new(false);
    view! {
        <AppShell
            bar=move || {
                view! {
                    <SyncChip open=sheet />
                    <Button kind=ButtonKind::Quiet icon=Glyph::Lock on_press=lock>
                        {words::lock()}
                    </Button>
                }
            }
            nav=|| view! { <MainMenu /> }
        >
            <Show when=is_clock_wrong>
                <Notice kind=NoticeKind::Warning heading=words::clock_heading().to_owned() testid="clock-warning">
                    <p>{words::clock_text()}</p>
                </Notice>
            </Show>
            <ServerNotice open=sheet />
            <Filling />
            <AddedDevices />
            {children()}
            <Toast />
        </AppShell>
    }
}

#[component]
fn MainMenu() -> impl IntoView {
    let path = use_location().pathname;
    let is_at = move |places: &'static [&'static str]| {
        Signal::derive(move || {
            let path = path.read();
            places.iter().any(|place| match *place {
                route::TODAY => *path == route::TODAY,
                place => path.starts_with(place),
            })
        })
    };
    let new_visit = move || match route::client_in(&path.read()) {
        Some(client) => route::new_visit(client, None),
        None => route::CHOOSE_CLIENT.to_owned(),
    };
    let new_contact = move || match route::client_in(&path.read()) {
        Some(client) => route::new_call(client),
        None => route::CHOOSE_CLIENT_FOR_CALL.to_owned(),
    };
    view! {
        <MainNav label=words::main_menu()>
            <Place href=route::TODAY icon=Glyph::Today label=words::today() current=is_at(&[route::TODAY]) />
            <Place href=route::CLIENTS icon=Glyph::People label=words::clients() current=is_at(&["/client"]) />
            <Menu id="nieuw" label=words::new() icon=Glyph::Plus place=true>
                <MenuLink href=Signal::derive(new_visit) icon=Glyph::House label=words::new_visit() />
                <MenuLink href=Signal::derive(new_contact) icon=Glyph::Phone label=words::new_contact() />
                <MenuLink href=route::NEW_CLIENT icon=Glyph::Person label=words::new_client() />
            </Menu>
            <Place href=route::MORE icon=Glyph::More label=words::more() current=is_at(&[route::MORE]) />
        </MainNav>
    }
}

/// The last change, with ten seconds to take it back; or what was done, said once.
#[component]
fn Toast() -> impl IntoView {
    let session = use_session();
    let toast = session.toast();
    let done = session.done();
    view! {
        <div role="status">
            {move || done.get().map(|text| view! { <DoneLine text /> })}
        </div>
        {move || {
            toast
                .get()
                .map(|toast| {
                    let undo = toast.undo;
                    view! {
                        <UndoToast
                            text=toast.text
                            on_undo=move || {
                                let undo = undo.clone();
                                session.spawn(async move {
                                    if session.undo(undo).await.is_err() {
                                        session.say_done(words::undo_failed());
                                    }
                                })
                            }
                            on_end=move || session.clear_toast()
                        />
                    }
                })
        }}
    }
}

/// A sentence at the bottom that goes by itself.
#[component]
fn DoneLine(text: String) -> impl IntoView {
    let session = use_session();
    let timer = set_timeout_with_handle(move || session.clear_done(), DONE_LIFE);
    on_cleanup(move || {
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
    view! {
        <div class="c-toast p-done">
            <p class="c-toast__text">{text}</p>
        </div>
    }
}
