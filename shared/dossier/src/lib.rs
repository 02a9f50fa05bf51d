//! The domain: what a client dossier holds, which edits it accepts and what it shows.
//!
//! Promises: an [`edit::Edit`] is checked against the legal rules before anything is written; a
//! [`view`] never holds an Automerge type. It knows no storage, cipher, clock or randomness: the time and
//! fresh ids come in as arguments.

pub mod apply;
pub mod calendar;
pub mod document;
pub mod draft;
pub mod edit;
pub mod id;
pub mod problem;
pub mod project;
pub mod rule;
pub mod value;
pub mod view;
