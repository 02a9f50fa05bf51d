//! Text before it is signed or saved: a draft stands in one of the device's eight slots.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::edit::VisitInput;
use crate::id::{ClientId, EntryId};

/// Slots per device.
pub const SLOT_COUNT: u8 = 8;

/// What one slot holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Unsaved work.
    pub body: DraftBody,
    /// When the draft was begun, ms since the epoch, UTC.
    pub started_at: i64,
    /// When it was last saved, ms since the epoch, UTC.
    pub saved_at: i64,
}

/// Unsaved work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftBody {
    /// A visit that is being written.
    Visit {
        /// Whose.
        client: ClientId,
        /// Id the signed visit will have.
        visit: EntryId,
        /// The form as typed.
        input: Box<VisitInput>,
    },
    /// Any other form with typed text, kept so that a lock or reload loses nothing.
    Form {
        /// Which form: a fixed word of the app (`"new-client"`, `"correction"` …), with the entry it belongs to.
        form: String,
        /// Whose, where it belongs to a client.
        client: Option<ClientId>,
        /// Control id → value as typed.
        fields: BTreeMap<String, String>,
    },
}
