//! The exchange with a relay, sans IO: what to send, what to ask of the vault, when to look again.

mod work;

pub use work::{Done, Peer, Report, Standing, Work};
