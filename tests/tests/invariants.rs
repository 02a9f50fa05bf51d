//! What must be absent: layers that know too much, clocks and randomness below the app, unfinished work,
//! traces of the machine it was made on. Every scan first finds a planted control.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "invariants/code.rs"]
mod code;
#[path = "invariants/layer.rs"]
mod layer;
#[path = "invariants/licence.rs"]
mod licence;
#[path = "invariants/policy.rs"]
mod policy;
#[path = "invariants/purity.rs"]
mod purity;
#[path = "invariants/tidy.rs"]
mod tidy;
#[path = "invariants/workspace.rs"]
mod workspace;
