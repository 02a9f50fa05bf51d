//! Where work is: on this device only, on the server, on which other devices; and what waits.

use dossier::id::{ClientId, EntryId};
use serde::{Deserialize, Serialize};

/// Where a signed entry is, besides on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryPlace {
    /// On this device only: no server has it, and no device said that it stores it.
    Device,
    /// Encrypted on the server; no other device said that it stores it.
    Server,
    /// On these other devices too, by their number, in rising order; never empty and never this device.
    ///
    /// An entry made on another device is at least there: it came from it, through the server.
    Also(Vec<u16>),
}

/// Where a visit is, and each correction and addition of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitPlaces {
    /// The visit itself.
    pub visit: EntryPlace,
    /// Its corrections and additions by id, in the order of their ids.
    pub amendments: Vec<(EntryId, EntryPlace)>,
}

/// What the server has not got.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingList {
    /// Changes that go by themselves, one row per client; what belongs to no client comes last.
    pub waiting: Vec<WaitingRow>,
    /// What the server refused for good, oldest first.
    pub refused: Vec<RefusedRow>,
}

/// Changes of one client that wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRow {
    /// Whose, with the name; `None` = the caregiver's own, or not known.
    pub client: Option<(ClientId, String)>,
    /// How many.
    pub count: u32,
    /// When the first of them was made, ms since the epoch, UTC; `None` = not known.
    pub since: Option<i64>,
}

/// One record that the server refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// Names it in [`super::Command::RetryRefused`].
    pub record: [u8; 32],
    /// Whose, with the name; `None` = the caregiver's own, or not known.
    pub client: Option<(ClientId, String)>,
    /// A person made it; else it is the access log or something of the account.
    pub is_work: bool,
    /// When it was made, ms since the epoch, UTC; `None` = not known.
    pub made_at: Option<i64>,
    /// Code of the refusal.
    pub code: u16,
}
