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

#[path = "relay/local.rs"]
mod local;
#[path = "relay/story.rs"]
mod story;
