//! Stories in a real browser, in the words of the caregiver.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod camera;
mod client;
mod conflicts;
mod damage;
mod day;
mod drafts;
mod exchange;
mod faults;
mod first_run;
mod guard;
mod lock;
mod long_lists;
mod measurements;
mod news;
mod night;
mod offline;
mod pairing;
mod pairing_ends;
mod pairing_fill;
mod reload;
mod screens;
mod secrecy;
mod store;
mod sync;
mod tabs;
mod two_devices;
mod visit;
mod wire;
