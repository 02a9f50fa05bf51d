//! The screens. A page sees views, sends edits, and knows no browser, no storage and no key.
//!
//! [`mount`] starts the window: [`session::Session`] keeps the vault's state, `boot` chooses what is shown,
//! `shell` stands around every page of an open vault, [`route`] names the addresses.

pub mod about;
pub mod answers;
pub mod autosave;
mod boot;
pub mod choose_client;
pub mod client;
pub mod clients;
pub mod code;
pub mod devices;
pub mod drafts;
pub mod elsewhere;
pub mod filling;
mod form;
#[cfg(feature = "gallery")]
pub mod gallery;
mod guard;
pub mod identity;
pub mod join;
pub mod load;
pub mod lock;
pub mod more;
pub mod not_found;
mod pace;
pub mod pairing;
pub mod planning;
pub mod practice;
pub mod read_back;
pub mod ready;
pub mod route;
pub mod server;
pub mod session;
pub mod settings;
pub mod setup;
pub mod shell;
pub mod signed_visit;
pub mod storage;
mod sync;
pub mod today;
pub mod unreadable;
pub mod visit;
pub mod welcome;

pub use boot::mount;
