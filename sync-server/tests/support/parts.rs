//! What the relay's tests share: accounts with devices that sign, records that say nothing, a client that speaks frames.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "account.rs"]
pub mod account;
#[path = "client.rs"]
pub mod client;
#[path = "faulty.rs"]
pub mod faulty;
#[path = "process.rs"]
pub mod process;
