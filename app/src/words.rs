//! Every Dutch sentence a person reads, as functions. Active, at most fifteen words, one word for one thing.
//!
//! Fixed names of controls stand here and nowhere else, so that a screen and its tests agree.

pub mod about;
pub mod camera;
pub mod client;
pub mod common;
pub mod conflict;
pub mod date;
pub mod devices;
pub mod drafts;
pub mod elsewhere;
pub mod failure;
pub mod form;
pub mod lock;
pub mod pairing;
pub mod practice;
pub mod problem;
pub mod settings;
pub mod setup;
pub mod shell;
pub mod storage;
pub mod sync;
pub mod today;
pub mod unreadable;
pub mod visit;
