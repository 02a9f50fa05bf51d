//! Whether there is a network, as far as the browser knows.

use super::Listener;

/// Calls back when the browser says that the network is back. Stays for the life of the page.
pub fn on_back(act: impl Fn() + 'static) {
    if let Some(window) = web_sys::window() {
        Listener::new(&window, "online", move |_| act()).forget();
    }
}
