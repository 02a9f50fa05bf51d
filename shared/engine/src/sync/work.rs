//! What the exchange asks of an open vault, and what it answers: each a turn of its own, short enough that a tap in
//! between does not wait.

use protocol::wire::{Branch, ChainTip, RecordName};
use protocol::{
    AccountId, AccountSeq, Challenge, DeviceIndex, RecordHash, RelayInstance, Signature, VerifyKey,
};

use crate::{CaughtUp, ChainTaken, Taken};

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Sign a hello for a relay at this origin.
    Hello {
        /// What the relay wants signed.
        challenge: Challenge,
        /// Where the relay is by the device's own setting.
        origin: String,
    },
    /// Compare what the relay has with what stands here; after a loss there, hand everything in again.
    Welcome {
        /// Which store answers.
        instance: RelayInstance,
        /// The newest place in its log of the account.
        head: AccountSeq,
        /// The newest record of each incarnation of this device, as many as fit.
        branches: Vec<Branch>,
    },
    /// The account chain from an index on.
    ReadChain {
        /// Index of the first entry.
        from: u32,
    },
    /// Take in chain entries.
    TakeChain {
        /// Without holes.
        entries: Vec<Vec<u8>>,
    },
    /// Take in records.
    Take {
        /// With their places in the relay's log, without holes.
        records: Vec<(AccountSeq, Vec<u8>)>,
    },
    /// Bring some of what is stored into its documents, the most wanted clients first.
    CatchUp,
    /// Ask the relay for everything again: it refused a record because another one stands in its place.
    TakeAgain,
    /// Records that wait, in the order in which a relay takes them.
    ReadOutbox {
        /// Most bytes of records.
        max_bytes: usize,
    },
    /// The relay has these.
    Acked {
        /// With their places in its log.
        records: Vec<(RecordHash, AccountSeq)>,
    },
    /// The relay never takes this one: it waits for the person, and what comes after it goes without it.
    Refuse {
        /// Which record.
        hash: RecordHash,
        /// Why.
        code: u16,
    },
    /// Try a refused one again, as a new record.
    Retry {
        /// Which record.
        hash: RecordHash,
    },
    /// Hand in again what comes after this record of an incarnation.
    Refill {
        /// The newest one the relay has.
        stored: Branch,
    },
    /// Say what stands here, if that was not said yet.
    Beacon,
    /// Say something, though there is nothing to say: a record behind all that was handed in again shows others, who saw
    /// more of the log before the relay lost it, that they miss what stands before.
    Speak,
    /// Names of a few own records that the relay took, chosen at random.
    ChooseProbes,
    /// Compare what the relay gave back for them.
    Probed {
        /// Each name with the record, if the relay has one.
        records: Vec<(RecordName, Option<Vec<u8>>)>,
    },
    /// Own draft slots that the relay has not.
    ReadDrafts,
    /// The relay has this draft slot.
    DraftAcked {
        /// Which slot.
        slot: u8,
        /// The counter it stands at there.
        counter: u64,
    },
    /// Take in draft slots: of other devices, and what the relay has of the own ones.
    TakeDrafts {
        /// Each names its own device, slot and counter.
        drafts: Vec<Vec<u8>>,
        /// These are all that the relay has: an own one that is not among them is lost there, and is sent again.
        is_all: bool,
    },
}

/// What a piece of work came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// To [`Work::Hello`].
    Hello {
        /// Whose records.
        account: AccountId,
        /// The device's key.
        key: VerifyKey,
        /// Under the challenge.
        signature: Signature,
    },
    /// To [`Work::Welcome`].
    Welcomed {
        /// The relay lost what it had; all is handed in again.
        is_wiped: bool,
    },
    /// To [`Work::ReadChain`].
    Chain(Vec<Vec<u8>>),
    /// To [`Work::TakeChain`].
    ChainTaken(ChainTaken),
    /// To [`Work::Take`].
    Taken(Taken),
    /// To [`Work::CatchUp`].
    CaughtUp(CaughtUp),
    /// To [`Work::ReadOutbox`].
    Outbox(Vec<(RecordHash, Vec<u8>)>),
    /// To [`Work::ChooseProbes`].
    Probes(Vec<RecordName>),
    /// To [`Work::Probed`]: how many the relay had not, or not as they were made.
    Lost(usize),
    /// To [`Work::ReadDrafts`].
    Drafts(Vec<Vec<u8>>),
    /// Nothing to tell.
    Nothing,
}

/// How far the exchange has come; survives a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Everything up to this place of the relay's log is taken in.
    pub cursor: AccountSeq,
    /// The account chain as it stands here.
    pub chain: ChainTip,
    /// Changes a person made that no relay has.
    pub waiting_count: usize,
    /// Records of any kind that can be handed in.
    pub outbox_count: usize,
    /// Records the relay refused for good.
    pub refused_count: usize,
    /// When the relay last took a record, ms since the epoch, UTC; 0 = never.
    pub last_sent_at: i64,
    /// When news of another device last arrived; 0 = never.
    pub last_received_at: i64,
    /// Records of other devices that are stored here, those that only say what their device has among them.
    pub heard_count: u64,
    /// Something arrived that no own record speaks of yet, and all of it is in its documents.
    pub has_untold: bool,
    /// Records that are stored here and not in their documents yet.
    pub behind_count: usize,
    /// Own draft slots the relay has not.
    pub draft_count: usize,
}

/// An answer with what it left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What the work came to.
    pub done: Done,
    /// How far the exchange has come.
    pub standing: Standing,
}

/// What stands here of another device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Which one.
    pub device: DeviceIndex,
    /// When its newest record here says it was made, ms since the epoch, UTC; 0 = none yet. A claim.
    pub last_made_at: u64,
    /// When that arrived; 0 = never.
    pub last_arrived_at: i64,
    /// It signed two records for one place: nothing more of it is taken in.
    pub is_held: bool,
    /// Changes of this device that it stores, by what it says; the rest is on its way, or it was not online.
    pub unseen_count: usize,
    /// Records that it stores and could not open; they count as not seen.
    pub unopened_count: usize,
    /// Records of it that others store and this device has not been given.
    pub withheld_count: u32,
}
