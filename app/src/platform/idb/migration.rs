//! The schema's steps, one file each.
//!
//! Versions 100–199 add only and stay readable by older code; a breaking change jumps to 200. rexie deletes
//! every store that a step does not list, so each step lists them all.

mod v100;

use rexie::RexieBuilder;

/// The newest schema this code knows.
pub(super) const CURRENT: u32 = 100;

/// The newest schema this code can still read and write.
pub(super) const NEWEST_READABLE: u32 = 199;

/// The database as it is after the newest step.
pub(super) fn schema(name: &str) -> RexieBuilder {
    v100::schema(name)
}
