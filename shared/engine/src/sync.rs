//! The exchange with a relay, sans IO: what to send, what to ask of the vault, when to look again.

mod backoff;
mod machine;
mod status;
mod work;

pub use machine::{Input, Machine, Output, Settings};
pub use status::{Phase, SyncStatus, Trouble};
pub use work::{Done, Peer, Report, Standing, Work};
