//! Whether the device says it has a network.

use leptos::prelude::*;

use super::Listener;

/// Whether the browser believes there is a network: a hint, never a reason to refuse work.
pub fn is_online() -> ReadSignal<bool> {
    let window = web_sys::window();
    let read = || web_sys::window().is_none_or(|window| window.navigator().on_line());
    let (is_online, set_online) = signal(read());
    if let Some(window) = window {
        let listeners = ["online", "offline"]
            .map(|name| Listener::new(&window, name, move |_| set_online.set(read())));
        on_cleanup(move || drop(listeners));
    }
    is_online
}
