//! Dossierkluis in the browser: one wasm module that looks where it runs.
//!
//! In a window it shows the pages; in a worker named `vault` it owns the vault; in one named `kdf` it
//! derives a single key and ends; in one named `qr` it reads QR codes from pictures.

#![allow(
    unreachable_pub,
    reason = "one binary: `pub` marks what a module offers to the others"
)]

mod link;
mod page;
mod platform;
mod ui;
mod vault;
mod words;

use platform::worker::{Scope, scope};

fn main() {
    platform::fault::install();
    match scope() {
        #[cfg(feature = "conformance")]
        Scope::Window if platform::report::is_asked() => vault::conform::show(),
        Scope::Window => {
            platform::start_window();
            page::mount();
        }
        Scope::Worker(name) if name == vault::kdf::NAME => vault::kdf::run(),
        Scope::Worker(name) if name == platform::camera::READER => platform::camera::run_reader(),
        Scope::Worker(_) => vault::run(),
    }
}
