//! What a person is told about her devices.

use serde::{Deserialize, Serialize};

/// One device of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// Its number in the account; the first device is 0.
    pub device: u16,
    /// The name a person gave it; `None` = none yet.
    pub name: Option<String>,
    /// The device this is asked on.
    pub is_own: bool,
    /// It was added elsewhere since this device is in the account, and nobody said here that it was seen
    /// ([`super::Command::DevicesSeen`]).
    pub is_new: bool,
    /// When this device learned that it was added, ms since the epoch, UTC; for the device itself when its vault was
    /// made. `None` = not known.
    pub added_at: Option<i64>,
    /// When it was last at work, by what arrived here, ms since the epoch, UTC. `None` = nothing arrived yet, and for
    /// the own device.
    pub last_seen_at: Option<i64>,
    /// What it stores of the changes made on this device; for the own device [`Receipt::All`].
    pub receipt: Receipt,
    /// Changes made on this device that it did not say it stores.
    pub unseen_count: u32,
    /// Changes it made that another device stores and this one was not given.
    pub missing_here_count: u32,
    /// It signed two different records for one place: nothing more of it is taken in.
    pub is_held: bool,
}

/// What another device stores of the changes made on this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// It said that it stores all of them.
    All,
    /// Some are on their way (grey): not sent yet, or so lately that it may not have had time to answer.
    Coming,
    /// **Was niet online** (grey): nothing came from it since they were on the server.
    Away,
    /// **Heeft deze niet** (amber): it sent something when they had been on the server for long, and lacks them.
    Withheld {
        /// How many.
        count: u32,
        /// When the server took the first of them, ms since the epoch, UTC.
        since: i64,
    },
}
