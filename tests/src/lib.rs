//! The browser harness: the real server, a real Chromium, and a person who finds things by their names.
//!
//! Everything is found by role and whole accessible name, as `labels.md` fixes them; only what a program
//! must read is found by `data-testid`. Nothing sleeps for an outcome: every step waits for a state.

#![allow(
    clippy::disallowed_methods,
    reason = "waiting for a browser and timing it needs the machine's clock"
)]

mod altered;
pub mod bench;
mod browser;
pub mod camera;
mod chromedriver;
mod line;
mod pairing;
mod person;
mod process;
mod scan;
mod server;
mod typed;
mod valve;
mod wiretap;
mod world;

pub use altered::AlteredApp;
pub use browser::{Device, Profile};
pub use line::{Fate, Line, Passing};
pub use person::{Place, Role};
pub use process::kill_tree;
pub use scan::{Finding, scan_bytes, scan_folder};
pub use server::{Disk, Server, app_folder, developers_app_folder};
pub use valve::Valve;
pub use wiretap::Wiretap;
pub use world::{AGB, CAREGIVER, PASSPHRASE, SAVED, Turn, World};

use std::time::Duration;

/// How long a step waits for its state before it fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How often a state is looked at.
pub const GLANCE: Duration = Duration::from_millis(40);
