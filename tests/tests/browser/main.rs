//! Stories in a real browser, in the words of the caregiver.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod client;
mod day;
mod drafts;
mod faults;
mod first_run;
mod lock;
mod offline;
mod reload;
mod secrecy;
mod visit;
