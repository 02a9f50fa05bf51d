//! A new version of the app: found, offered, applied. Nothing here happens by itself.

use std::cell::Cell;

use js_sys::{Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState,
};

use super::{Listener, spawn};

/// What the service worker has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// The app is not kept for offline use (yet), or the browser does not allow it.
    NotKept,
    /// This version is kept; it starts without a network.
    Kept,
    /// A newer version is kept and waits.
    Waiting,
    /// Another tab started a newer version; the files of this one are gone, so it has to load again.
    Replaced,
}

impl Update {
    /// Whether [`apply`] leads to a newer version.
    pub const fn is_newer_ready(self) -> bool {
        matches!(self, Self::Waiting | Self::Replaced)
    }
}

thread_local! {
    static STATE: ArcRwSignal<Update> = ArcRwSignal::new(Update::NotKept);
    static IS_APPLYING: Cell<bool> = const { Cell::new(false) };
    /// A service worker serves this page; the first one to do so replaces nothing.
    static IS_SERVED: Cell<bool> = const { Cell::new(false) };
}

/// What the service worker has, as it changes.
pub fn state() -> ArcReadSignal<Update> {
    STATE.with(ArcRwSignal::read_only)
}

/// Loads the page again.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // The page is going away; there is nobody to tell.
        let _ = window.location().reload();
    }
}

/// Starts the version that waits and reloads the page. Close the vault first.
pub fn apply() {
    if STATE.with(ArcRwSignal::get_untracked) == Update::Replaced {
        return reload();
    }
    spawn(async {
        let Some(waiting) = registration().await.and_then(|found| found.waiting()) else {
            return;
        };
        let message = Object::new();
        // Neither a fresh object nor a plain message can be refused.
        let _ = Reflect::set(&message, &"type".into(), &"activate".into());
        IS_APPLYING.set(true);
        let _ = waiting.post_message(&message);
    });
}

/// Asks the server whether there is a newer version; without a network nothing happens.
pub fn check() {
    spawn(async {
        if let Some(Ok(promise)) = registration().await.map(|found| found.update()) {
            let _ = JsFuture::from(promise).await;
        }
    });
}

/// Watches for new versions, for the life of the page.
pub(super) fn listen() {
    let Some(container) = container() else { return };
    IS_SERVED.set(container.controller().is_some());
    Listener::new(&container, "controllerchange", |_| {
        if IS_APPLYING.take() {
            reload();
        } else if IS_SERVED.replace(true) {
            STATE.with(|signal| signal.set(Update::Replaced));
        }
    })
    .forget();
    spawn(async move {
        let Ok(ready) = container.ready() else { return };
        let Ok(registration) = JsFuture::from(ready).await else {
            return;
        };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        note(&registration);
        follow(registration.installing(), &registration);
        let found = registration.clone();
        Listener::new(&registration, "updatefound", move |_| {
            follow(found.installing(), &found);
        })
        .forget();
    });
}

fn follow(installing: Option<ServiceWorker>, registration: &ServiceWorkerRegistration) {
    let Some(worker) = installing else { return };
    let (target, registration) = (worker.clone(), registration.clone());
    Listener::new(&target, "statechange", move |_: Event| {
        if worker.state() != ServiceWorkerState::Installing {
            note(&registration);
        }
    })
    .forget();
}

fn note(registration: &ServiceWorkerRegistration) {
    let state = if registration.waiting().is_some() {
        Update::Waiting
    } else if registration.active().is_some() {
        Update::Kept
    } else {
        Update::NotKept
    };
    STATE.with(|signal| {
        if signal.get_untracked() != Update::Replaced {
            signal.set(state);
        }
    });
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    let found = JsFuture::from(container()?.get_registration()).await.ok()?;
    found.dyn_into().ok()
}

fn container() -> Option<ServiceWorkerContainer> {
    let container = web_sys::window()?.navigator().service_worker();
    (!container.is_undefined()).then_some(container)
}
