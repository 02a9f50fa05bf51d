//! What a person is told of the exchange.

use serde::{Deserialize, Serialize};

/// Where the exchange is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// The vault is locked, or no relay is set.
    #[default]
    Off,
    /// No connection; the next try is planned.
    Offline,
    /// A connection is being made.
    Connecting,
    /// Something is being sent or taken in.
    Busy,
    /// Connected, everything that is known of is in its documents, and nothing is to be done.
    UpToDate,
}

/// What keeps the exchange from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// The relay cannot be reached, or stopped answering.
    Unreachable,
    /// Another relay answers than the one that is set.
    OtherRelay,
    /// A new account needs an invitation.
    InviteNeeded,
    /// The invitation is unknown or used up.
    InviteBad,
    /// The relay takes no new accounts.
    Closed,
    /// The relay does not know this device: not added, or not told yet.
    NotMember,
    /// This device was revoked.
    Revoked,
    /// The account's storage at the relay is full.
    Quota,
    /// The relay cannot store now, or asks for patience.
    Patience,
    /// The relay is older than this app.
    RelayTooOld,
    /// This app is older than what another device wrote.
    AppTooOld,
    /// The relay sent what no device of the account signed.
    Tampered,
    /// The relay keeps back records of a device that others have.
    Withheld,
    /// A device says that it stores less than it said before: old records were put in the place of newer ones.
    Rollback,
    /// The account chain is forked: no device is added or removed before that is healed.
    ChainFork,
    /// This device cannot store what comes.
    Storage,
}

/// State of the exchange, for the chip and its sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncStatus {
    /// Where it is.
    pub phase: Phase,
    /// What keeps it from its end, if anything does.
    pub trouble: Option<Trouble>,
    /// Changes a person made that no relay has.
    pub waiting_count: usize,
    /// Records the relay refused for good.
    pub refused_count: usize,
    /// When the relay last took a record, ms since the epoch, UTC; 0 = never.
    pub last_sent_at: i64,
    /// When news of another device last arrived; 0 = never.
    pub last_received_at: i64,
    /// Entries of the account chain: it grows when a device is added.
    pub chain_len: u32,
    /// Records at the relay that this device does not show yet, as far as is known: not stored here, or not in their
    /// documents.
    pub behind: u64,
    /// Of those, how many are stored here.
    pub stored_behind: u64,
    /// Records at the relay, as far as is known.
    pub head: u64,
    /// The relay's clock minus this one, in ms, where they are more than ten minutes apart; else 0.
    pub clock_off_ms: i64,
    /// The relay lost records that it had taken; what is stored here is handed in again.
    pub is_refilling: bool,
    /// Records of other devices that are stored here, those that only say what their device has among them.
    pub heard_count: u64,
}
