//! The relay over real sockets.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "support/parts.rs"]
mod support;

#[path = "relay/fault.rs"]
mod fault;
#[path = "relay/live.rs"]
mod live;
#[path = "relay/local.rs"]
mod local;
#[path = "relay/pairing.rs"]
mod pairing;
#[path = "relay/refusal.rs"]
mod refusal;
#[path = "relay/story.rs"]
mod story;
