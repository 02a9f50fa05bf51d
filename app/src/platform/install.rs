//! Putting the app on the home screen.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{Listener, media};

/// How the app can get on the home screen here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Install {
    /// It runs from the home screen already.
    Installed,
    /// The browser can ask: [`prompt`].
    Prompt,
    /// The person does it by the browser's own menu (iPad, iPhone).
    ByHand,
    /// The browser does not say that it can.
    Unknown,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = web_sys::Event)]
    type BeforeInstallPromptEvent;
    #[wasm_bindgen(method, catch)]
    fn prompt(this: &BeforeInstallPromptEvent) -> Result<js_sys::Promise, JsValue>;
}

thread_local! {
    static OFFER: RefCell<Option<BeforeInstallPromptEvent>> = const { RefCell::new(None) };
    static STATE: ArcRwSignal<Install> = ArcRwSignal::new(now());
}

/// How the app can get on the home screen here; changes when the browser offers it or it happened.
pub fn state() -> ArcReadSignal<Install> {
    STATE.with(ArcRwSignal::read_only)
}

/// Shows the browser's own question; nothing happens without an offer. Call from a tap.
pub async fn prompt() {
    let Some(offer) = OFFER.take() else { return };
    if let Ok(promise) = offer.prompt() {
        let _ = JsFuture::from(promise).await;
    }
    STATE.with(|state| state.set(now()));
}

/// Keeps the browser's offer, which comes once and early.
pub(super) fn listen() {
    let Some(window) = web_sys::window() else {
        return;
    };
    Listener::new(&window, "beforeinstallprompt", |event| {
        event.prevent_default();
        OFFER.replace(Some(event.unchecked_into()));
        STATE.with(|state| state.set(now()));
    })
    .forget();
    Listener::new(&window, "appinstalled", |_| {
        OFFER.take();
        STATE.with(|state| state.set(Install::Installed));
    })
    .forget();
}

fn now() -> Install {
    if media::is_installed() {
        Install::Installed
    } else if OFFER.with_borrow(Option::is_some) {
        Install::Prompt
    } else if media::is_installed_by_hand() {
        Install::ByHand
    } else {
        Install::Unknown
    }
}
