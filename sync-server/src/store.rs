//! Where a relay keeps what devices hand in: a log and a chain per account, draft slots, invitations.
//!
//! [`RelayStore`] is the contract that every database meets; `tests/store` holds the suite that shows it.
//! A store promises that an answer of success means durable, that a log has no holes and that a chain never forks.
//! It reads the outer part of a record and nothing more. It knows no socket and no session.

mod chain;
mod memory;
mod rule;
mod sqlite;

use std::future::Future;
use std::path::Path;

use protocol::wire::{Acked, Branch, ChainTip, RecordName, Refusal};
use protocol::{
    AccountId, AccountSeq, ChainHash, DeviceIndex, RecordHash, RelayInstance, VerifyKey,
    record::Link,
};

pub use memory::MemoryStore;
pub use sqlite::{FILE, SqliteOptions, SqliteStore};

/// When to come back after a fault, in ms.
const RETRY_AFTER_MS: u32 = 5_000;

/// Why a store does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// By a rule; nothing changed.
    #[error("refused: {0:?}")]
    Refused(Refusal<'static>),
    /// The disk is full; nothing was kept.
    #[error("the disk is full")]
    Full,
    /// Reading or writing failed; nothing was acknowledged.
    #[error("the store failed: {reason}")]
    Failed {
        /// What the database answered; holds no content.
        reason: String,
    },
}

impl StoreError {
    /// What a device is told.
    #[must_use]
    pub fn refusal(self) -> Refusal<'static> {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Full | Self::Failed { .. } => Refusal::Unavailable {
                retry_after_ms: RETRY_AFTER_MS,
            },
        }
    }
}

/// Whether a new account may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Any.
    Open,
    /// With an invitation of this digest, if one was given.
    Invited(Option<[u8; 32]>),
    /// None.
    Closed,
}

/// What a key is in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The account is not here.
    UnknownAccount,
    /// The key is in no entry of its chain.
    NotMember,
    /// An active device.
    Member(DeviceIndex),
    /// A revoked device, and the entry that says so.
    Revoked(Vec<u8>),
}

/// What a device is told after its hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The chain.
    pub tip: ChainTip,
    /// The newest place in the log.
    pub head: AccountSeq,
    /// Bytes stored for the account.
    pub used_bytes: u64,
    /// Bytes it may store.
    pub quota_bytes: u64,
    /// The newest record of each incarnation of the device, newest incarnation first.
    pub branches: Vec<Branch>,
}

/// Part of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainPart {
    /// The whole chain.
    pub tip: ChainTip,
    /// From the index asked for, without holes.
    pub entries: Vec<Vec<u8>>,
}

/// Part of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPart {
    /// The newest place in the log.
    pub head: AccountSeq,
    /// Without holes.
    pub records: Vec<(AccountSeq, Vec<u8>)>,
}

/// A record to take, with what was read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    /// Where it links.
    pub link: Link,
    /// Its hash in the account.
    pub hash: RecordHash,
    /// As received.
    pub bytes: Vec<u8>,
}

/// What became of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The first records, durable now, each with its place; those known before have their old one.
    pub acked: Vec<Acked>,
    /// Which of `acked` were not known before.
    pub fresh: Vec<usize>,
    /// Why the next one was not taken, if one was not.
    pub refused: Option<Refusal<'static>>,
}

/// A draft slot to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDraft {
    /// Whose.
    pub device: DeviceIndex,
    /// Which slot.
    pub slot: u8,
    /// Must be higher than the stored one's.
    pub counter: u64,
    /// As received.
    pub bytes: Vec<u8>,
}

/// Counts over all accounts, for the operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Accounts.
    pub account_count: u64,
    /// Records.
    pub record_count: u64,
    /// Bytes that accounts use of their quotas.
    pub used_bytes: u64,
}

/// A database of a relay. Clones share it.
///
/// Every method may be called at any time from any task. A call that was dropped before its answer may have happened.
/// All but `backup` fail with [`StoreError::Refused`] where the account is unknown.
pub trait RelayStore: Clone + Send + Sync + 'static {
    /// Names this store for ever; another one after it was lost.
    fn instance(&self) -> RelayInstance;

    /// Makes an account from the first entries of its chain. A known one whose chain starts the same way stays as it is,
    /// and uses up no invitation.
    ///
    /// # Errors
    /// When the entries are no chain, belong to another account, contradict the stored one, or are not admitted.
    fn register(
        &self,
        account: AccountId,
        entries: Vec<Vec<u8>>,
        admission: Admission,
    ) -> impl Future<Output = Result<ChainTip, StoreError>> + Send;

    /// What a key is in an account. Reads no chain.
    ///
    /// # Errors
    /// When the store fails.
    fn standing(
        &self,
        account: AccountId,
        key: VerifyKey,
    ) -> impl Future<Output = Result<Standing, StoreError>> + Send;

    /// The key of a device, a revoked one included.
    ///
    /// # Errors
    /// When the store fails.
    fn find_key(
        &self,
        account: AccountId,
        device: DeviceIndex,
    ) -> impl Future<Output = Result<Option<VerifyKey>, StoreError>> + Send;

    /// What a device is told after its hello.
    ///
    /// # Errors
    /// When the store fails.
    fn summary(
        &self,
        account: AccountId,
        device: DeviceIndex,
    ) -> impl Future<Output = Result<Summary, StoreError>> + Send;

    /// Adds an entry if the chain's last one is still `prev`; an entry that is the last one already is success.
    ///
    /// # Errors
    /// When the chain has grown, or the entry breaks a rule of the chain.
    fn append_chain(
        &self,
        account: AccountId,
        prev: ChainHash,
        entry: Vec<u8>,
    ) -> impl Future<Output = Result<ChainTip, StoreError>> + Send;

    /// Entries from an index, at most `max_bytes` of them.
    ///
    /// # Errors
    /// When the store fails.
    fn chain(
        &self,
        account: AccountId,
        from: u32,
        max_bytes: usize,
    ) -> impl Future<Output = Result<ChainPart, StoreError>> + Send;

    /// Takes records in their order until one is refused. What it acknowledges is durable.
    ///
    /// # Errors
    /// When none could be made durable, for whatever reason.
    fn push(
        &self,
        account: AccountId,
        records: Vec<NewRecord>,
    ) -> impl Future<Output = Result<Pushed, StoreError>> + Send;

    /// Records after a place: at most `max_bytes`, and one if there is one.
    ///
    /// # Errors
    /// When the place is behind the end of the log.
    fn pull(
        &self,
        account: AccountId,
        after: AccountSeq,
        max_bytes: usize,
    ) -> impl Future<Output = Result<LogPart, StoreError>> + Send;

    /// Records by name, in the order of the names.
    ///
    /// # Errors
    /// When the store fails.
    fn probe(
        &self,
        account: AccountId,
        names: Vec<RecordName>,
    ) -> impl Future<Output = Result<Vec<Option<Vec<u8>>>, StoreError>> + Send;

    /// Replaces a draft slot; the same bytes again are success.
    ///
    /// # Errors
    /// When the stored counter is as high, or the account is full.
    fn put_draft(
        &self,
        account: AccountId,
        draft: NewDraft,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The drafts of all active devices, by device and slot.
    ///
    /// # Errors
    /// When the store fails.
    fn drafts(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Result<Vec<Vec<u8>>, StoreError>> + Send;

    /// Lets `uses` more accounts come with an invitation of this digest.
    ///
    /// # Errors
    /// When the store fails.
    fn add_invite(
        &self,
        digest: [u8; 32],
        uses: u32,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes a whole copy, of one moment, beside ongoing work. The file appears when the copy is complete and checked.
    ///
    /// # Errors
    /// When the file exists, or cannot be written.
    fn backup(&self, to: &Path) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Counts for the operator.
    ///
    /// # Errors
    /// When the store fails.
    fn totals(&self) -> impl Future<Output = Result<Totals, StoreError>> + Send;
}
