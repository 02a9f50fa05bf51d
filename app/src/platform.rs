//! Everything of the browser: the only place that names web-sys, js-sys, wasm-bindgen or rexie.
//!
//! Each module wraps one thing a browser offers and says what happens where a browser lacks it. Knows no
//! domain and no words.

pub mod activity;
pub mod broadcast;
pub mod camera;
pub mod clock;
pub mod dom;
pub mod fault;
pub mod fetch;
pub mod idb;
pub mod install;
pub mod leave;
mod listen;
pub mod lock;
pub mod media;
pub mod network;
pub mod press;
pub mod random;
#[cfg(feature = "conformance")]
pub mod report;
pub mod settings;
pub mod socket;
pub mod storage;
pub mod update;
pub mod worker;

pub use listen::Listener;

/// Listens for what a window hears only once or early, and puts the chosen look on it. Call before the pages mount.
pub fn start_window() {
    media::apply(&settings::load());
    install::listen();
    press::listen();
    update::listen();
}

/// Shows the browser's print dialog.
pub fn print() {
    if let Some(window) = web_sys::window() {
        // Fails only where printing is forbidden; the browser says so itself.
        let _ = window.print();
    }
}

/// Runs a future on this thread, without waiting for it.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(future);
}
