//! From documents to views: what pages see, derived and never a second truth.
//!
//! Promises: unknown keys, entry kinds and words of later versions are skipped, not errors; a damaged entry is
//! named beside the sound ones and never hides them. A [`ClientRow`] can be kept and refreshed after an edit
//! without reading a whole journal.

mod change;
pub mod client;
pub(crate) mod conflict;
mod device;
mod identity;
mod late;
mod place;
pub(crate) mod plan;
mod profile;
pub mod search;
mod today;
pub mod visit;

pub use client::{client_row, client_view, needs_bsn, refresh_row, reveal_bsn, with_visits};
pub use conflict::bsn_answers;
pub use device::device_names;
pub(crate) use identity::{deferral, identity};
pub use late::{join_drafts, late_parts, other_parts};
pub use place::{EntryMark, entry_marks};
pub use profile::profile;
pub use search::{Filter, search};
pub use today::{draft_row, today};
pub use visit::{last_visit, newest_visits, visit, visits};

use crate::value::name::full_name;
use crate::view::ClientRow;

/// First name, infix and last name.
#[must_use]
pub fn client_name(row: &ClientRow) -> String {
    full_name(&row.first_name, &row.infix, &row.last_name)
}
