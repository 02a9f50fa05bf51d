//! The relay over real sockets.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

#[path = "support/parts.rs"]
mod support;

#[path = "relay/command.rs"]
mod command;
#[path = "relay/crash.rs"]
mod crash;
#[path = "relay/crowd.rs"]
mod crowd;
#[path = "relay/fault.rs"]
mod fault;
#[path = "relay/hostile.rs"]
mod hostile;
#[path = "relay/idle.rs"]
mod idle;
#[path = "relay/live.rs"]
mod live;
#[path = "relay/local.rs"]
mod local;
#[path = "relay/pairing.rs"]
mod pairing;
#[path = "relay/refusal.rs"]
mod refusal;
#[path = "relay/room.rs"]
mod room;
#[path = "relay/story.rs"]
mod story;

use protocol::{AccountId, AccountSeq};
use sync_server::store::RelayStore;

/// The whole log in a store.
async fn log_of(store: &impl RelayStore, account: AccountId) -> Vec<Vec<u8>> {
    let mut log = Vec::new();
    loop {
        let after = AccountSeq(log.len() as u64);
        let part = store.pull(account, after, 1 << 20).await.unwrap();
        log.extend(part.records.into_iter().map(|(_, bytes)| bytes));
        if part.head.0 == log.len() as u64 {
            return log;
        }
    }
}
