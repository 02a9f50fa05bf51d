//! What a window asks of the vault, and what it answers.

mod device;
mod place;

use dossier::draft::{Draft, DraftBody};
use dossier::edit::{Edit, ProfileInput};
use dossier::id::{ClientId, EntryId};
use dossier::problem::Problem;
use dossier::view::{
    Answer, ClientHit, ClientRow, ClientView, DraftRow, DraftText, LastVisit, ProfileView,
    TodayView, VisitView, VisitsView,
};
use serde::{Deserialize, Serialize};

pub use device::{DeviceRow, Receipt};
pub use place::{EntryPlace, RefusedRow, VisitPlaces, WaitingList, WaitingRow};

/// A request. Commands are answered one at a time, in order.
#[derive(Clone, Serialize, Deserialize)]
pub enum Command {
    /// What is there: no vault, a locked one, an open one.
    Status,
    /// Start (or start again) making a vault: makes a recovery code, stores nothing.
    BeginSetup,
    /// Make the vault. The groups are those typed back from the recovery sheet: (number from 1, text).
    FinishSetup {
        /// The caregiver.
        profile: ProfileInput,
        /// The passphrase as typed.
        passphrase: String,
        /// Two groups of the recovery code.
        groups: [(u8, String); 2],
    },
    /// Open the vault.
    Unlock {
        /// The passphrase as typed.
        passphrase: String,
    },
    /// Forget the keys and every document in memory.
    Lock,
    /// The caregiver's own data.
    Profile,
    /// Vandaag.
    Today,
    /// The client list; an empty query lists all.
    Clients {
        /// Words, a postcode or a birth date.
        query: String,
        /// Which clients.
        filter: ClientFilter,
    },
    /// Note in the access log that clients were searched; sent once per search, when typing pauses.
    NoteSearch,
    /// Open a client's page; noted as read in the access log before it is answered.
    Client {
        /// Who.
        client: ClientId,
    },
    /// Show the whole BSN; noted in the access log.
    RevealBsn {
        /// Whose.
        client: ClientId,
    },
    /// Signed visits of one year; `None` = the newest year that holds any.
    Visits {
        /// Whose.
        client: ClientId,
        /// Calendar year.
        year: Option<u16>,
    },
    /// The signed visits of the newest year that began last.
    NewestVisits {
        /// Whose.
        client: ClientId,
        /// At most so many.
        count: u16,
    },
    /// One signed visit.
    Visit {
        /// Whose.
        client: ClientId,
        /// Year of its journal.
        year: u16,
        /// Which.
        visit: EntryId,
    },
    /// Actions a new visit of this client may take over.
    LastVisit {
        /// Whose.
        client: ClientId,
    },
    /// All open drafts.
    Drafts,
    /// One draft.
    Draft {
        /// Slot from 0.
        slot: u8,
    },
    /// Save unsaved work. `None` takes a free slot. Text holding a BSN that may not be held is masked before
    /// it is stored (B9); the answer says so.
    SaveDraft {
        /// Slot from 0.
        slot: Option<u8>,
        /// The work.
        body: DraftBody,
    },
    /// Blank a slot with a blob of equal size.
    DeleteDraft {
        /// Slot from 0.
        slot: u8,
    },
    /// Write. A draft slot given here is blanked in the same transaction.
    Edit {
        /// The intent.
        edit: Edit,
        /// Draft this edit completes.
        draft: Option<u8>,
    },
    /// Pieces that could not be read (**Niet leesbaar**).
    Unreadable,
    /// The devices of the account (**Apparaten**).
    Devices,
    /// A person saw on this device that these were added.
    DevicesSeen {
        /// Their numbers.
        devices: Vec<u16>,
    },
    /// Where a signed visit is, and what was added to it. Not noted in the access log: it tells no content.
    VisitPlaces {
        /// Whose.
        client: ClientId,
        /// Year of its journal.
        year: u16,
        /// Which.
        visit: EntryId,
    },
    /// What the server has not got.
    WaitingList,
    /// Try a record again that the server refused; it goes with the next exchange.
    RetryRefused {
        /// As [`RefusedRow::record`] names it.
        record: [u8; 32],
    },
    /// Six words over what every device of the account stores, to compare between two devices.
    HeadWords,
    /// Two answers about a BSN, with all digits; noted in the access log.
    BsnAnswers {
        /// Whose.
        client: ClientId,
    },
    /// Every open text of one visit, signed or not, on this device and on others; the last written last.
    DraftTexts {
        /// Id the visit has or will have.
        visit: EntryId,
    },
    /// One draft of another device.
    PeerDraft {
        /// Index of that device.
        device: u16,
        /// Slot from 0.
        slot: u8,
    },
    /// Go on here with a draft of another device, in an own slot. Where this device already writes in the same work its
    /// own text stays, unless the other device went on from exactly that.
    ContinueDraft {
        /// Index of that device.
        device: u16,
        /// Slot from 0.
        slot: u8,
    },
    /// Add what another device wrote in the same visit to the own draft. Where single values differ the own one stays, and
    /// both texts are shown as before.
    JoinDraft {
        /// Index of that device.
        device: u16,
        /// Slot from 0.
        slot: u8,
    },
}

/// Which clients a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFilter {
    /// Changed or visited last, at most 20.
    Recent,
    /// With something to complete.
    Attention,
    /// All by name.
    #[default]
    All,
    /// Care ended.
    Closed,
}

/// An answer.
#[allow(
    clippy::large_enum_variant,
    reason = "an answer is made, sent and dropped"
)]
#[derive(Clone, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Command::Status`].
    Status(Status),
    /// To [`Command::BeginSetup`].
    RecoveryCode {
        /// Seven groups of four characters.
        groups: Vec<String>,
        /// Numbers (from 1) of the two groups to type back.
        ask: [u8; 2],
    },
    /// The vault is made or open.
    Open,
    /// Nothing to tell.
    Done,
    /// The caregiver.
    Profile(ProfileView),
    /// Vandaag.
    Today(Box<TodayView>),
    /// Search results.
    Clients(Vec<ClientHit>),
    /// A client's page.
    Client(Box<ClientView>),
    /// A whole BSN, nine digits.
    Bsn(String),
    /// Visits of a year, or the newest of them.
    Visits(VisitsView),
    /// One visit.
    Visit(Box<VisitView>),
    /// What may be taken over.
    LastVisit(Option<LastVisit>),
    /// Open drafts: visits as rows, forms with their slot.
    Drafts {
        /// Visit drafts of this device, newest first.
        visits: Vec<DraftRow>,
        /// Form drafts with their slot.
        forms: Vec<(u8, Draft)>,
        /// Visit drafts that stand on other devices, newest first.
        elsewhere: Vec<DraftRow>,
        /// Form drafts of other devices: index of the device, slot, what stands in it.
        forms_elsewhere: Vec<(u16, u8, Draft)>,
    },
    /// One draft, of this device or of another, if the slot is taken, with the client it belongs to.
    Draft(Option<(Draft, Option<ClientRow>)>),
    /// The draft stands on disk.
    DraftSaved {
        /// Slot it stands in.
        slot: u8,
        /// Part of the text looks like a BSN and was held back (B9).
        is_part_held: bool,
    },
    /// The edit stands on disk.
    Saved {
        /// Id of the recorded change, when it can be undone.
        undo: Option<EntryId>,
    },
    /// The edit breaks rules; nothing was written.
    Refused(Vec<Problem>),
    /// Pieces that cannot be read.
    Unreadable(Vec<UnreadableRow>),
    /// The devices, the own one first, then by number.
    Devices(Vec<DeviceRow>),
    /// Where a visit is.
    VisitPlaces(VisitPlaces),
    /// What the server has not got.
    WaitingList(WaitingList),
    /// Six words; `None` = some device has not said yet what it stores, or there is only one.
    HeadWords(Option<[String; 6]>),
    /// To [`Command::BsnAnswers`]; empty = one BSN or none.
    BsnAnswers(Vec<Answer>),
    /// To [`Command::DraftTexts`].
    DraftTexts(Vec<DraftText>),
    /// It did not work; nothing was written.
    Failed(Failure),
}

/// State of the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No vault on this device.
    Empty,
    /// Locked; no try is taken before this time (ms since the epoch, UTC; 0 = now).
    Locked {
        /// End of the wait.
        wait_until: i64,
        /// Work that is not on disk waits in memory, sealed: it goes to disk with the next unlock that works.
        has_unsaved: bool,
    },
    /// Open; the clock stands this many ms before a time already seen (0 = sane).
    Open {
        /// How far the clock is behind.
        clock_behind_ms: i64,
        /// Work that is not on disk waits in memory.
        has_unsaved: bool,
    },
}

/// One piece that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadableRow {
    /// Client it belongs to, if that is known.
    pub client: Option<(ClientId, String)>,
    /// When it was found, ms since the epoch, UTC.
    pub found_at: i64,
    /// Size of the piece.
    pub size_bytes: u64,
}

/// Why a command did not work. Each maps to three sentences: what happened, is my work safe, what now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The vault is locked.
    #[error("vault is locked")]
    Locked,
    /// There is a vault already.
    #[error("a vault exists")]
    Exists,
    /// There is no vault.
    #[error("no vault")]
    NoVault,
    /// The passphrase does not open the vault.
    #[error("wrong passphrase, {failed_count} tries")]
    WrongPassphrase {
        /// Wrong tries in a row.
        failed_count: u32,
        /// No try before this time (ms since the epoch, UTC; 0 = at once).
        wait_until: i64,
    },
    /// Too many wrong tries: wait.
    #[error("wait until {wait_until}")]
    Wait {
        /// End of the wait, ms since the epoch, UTC.
        wait_until: i64,
    },
    /// A group of the recovery code does not match.
    #[error("recovery group {number} does not match")]
    RecoveryGroup {
        /// Number of the group from 1.
        number: u8,
    },
    /// The passphrase breaks the policy.
    #[error("passphrase too short or too common")]
    WeakPassphrase,
    /// The device is full.
    #[error("storage is full")]
    Full,
    /// The browser removed the data.
    #[error("storage was evicted")]
    Evicted,
    /// Another tab blocks the store, or the store cannot be opened now.
    #[error("storage is blocked")]
    Blocked,
    /// Stored bytes are damaged; the rest works.
    #[error("stored bytes are damaged")]
    Corrupt,
    /// Stored by a newer version of the app.
    #[error("written by a newer version")]
    NewerFormat,
    /// Not enough memory to derive the key.
    #[error("out of memory")]
    OutOfMemory,
    /// All eight draft slots are taken.
    #[error("all draft slots are taken")]
    SlotsFull,
    /// The draft is larger than a slot.
    #[error("draft too large: {got_bytes} of {limit_bytes} bytes")]
    TooLarge {
        /// Its size.
        got_bytes: u64,
        /// The limit.
        limit_bytes: u64,
    },
    /// The account has as many devices as it may have.
    #[error("no more devices fit the account")]
    DevicesFull,
    /// No such client or entry.
    #[error("not found")]
    NotFound,
    /// A fault of the program; nothing was written.
    #[error("internal fault")]
    Internal,
}
