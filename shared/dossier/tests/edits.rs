//! Edits from the outside: as the vault applies them, on real documents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "edits/amendment.rs"]
mod amendment;
#[path = "edits/answers.rs"]
mod answers;
#[path = "edits/answers_undo.rs"]
mod answers_undo;
#[path = "edits/client.rs"]
mod client;
#[path = "edits/document.rs"]
mod document;
#[path = "edits/event.rs"]
mod event;
#[path = "edits/guard.rs"]
mod guard;
#[path = "edits/identity.rs"]
mod identity;
#[path = "edits/later.rs"]
mod later;
#[path = "edits/list.rs"]
mod list;
#[path = "edits/merge.rs"]
mod merge;
#[path = "edits/planning.rs"]
mod planning;
#[path = "edits/texts.rs"]
mod texts;
#[path = "edits/visit.rs"]
mod visit;
#[path = "edits/volume.rs"]
mod volume;
#[path = "edits/world.rs"]
mod world;
