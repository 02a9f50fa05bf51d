//! Leaving the page: the browser asks first when work would be lost.

use super::Listener;

/// Calls back when the page goes: it is reloaded, closed or left. Stays for the life of the page.
pub fn on_gone(callback: impl Fn() + 'static) {
    let Some(window) = web_sys::window() else {
        return;
    };
    Listener::new(&window, "pagehide", move |_| callback()).forget();
}

/// Has the browser ask before it closes or reloads this page, while `is_needed` says so. Stays for the life of the page.
pub fn ask_before(is_needed: impl Fn() -> bool + 'static) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let listener = Listener::new(&window, "beforeunload", move |event| {
        if is_needed() {
            event.prevent_default();
        }
    });
    listener.forget();
}
