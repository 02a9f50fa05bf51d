//! Stories of one device: a caregiver, a tablet, a disk that may fail, power that may be cut.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod adopt;
mod again;
mod chain;
mod crash;
mod damage;
mod day;
mod draft;
mod fill;
mod hub;
mod joined;
mod log;
mod long;
mod net;
mod net_draft;
mod newer;
mod pairing;
mod passphrase;
mod place;
mod quota;
mod secrecy;
mod tablet;
mod two_devices;
mod unsaved;
