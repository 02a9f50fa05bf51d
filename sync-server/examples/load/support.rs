//! What the relay's tests have: accounts with devices that sign, and a client that speaks frames.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "made for tests"
)]

#[path = "../../tests/support/account.rs"]
pub mod account;
#[path = "../../tests/support/client.rs"]
pub mod client;
