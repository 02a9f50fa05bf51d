//! The vault: one command in, one answer out; keys and documents in memory only while it is open.
//!
//! Promises: what is answered as saved stands on disk; a read stands in the access log before it is answered;
//! after a failed commit everything in memory but the work that waits is read from the store again, so the same
//! command works later.

mod audit;
mod behind;
#[cfg(feature = "fixture")]
mod bulk;
mod catalogue;
mod catch_up;
mod device;
mod draft_text;
mod drafts;
mod edit;
mod exchange;
mod fresh;
mod growth;
mod head;
mod incarnation;
mod intake;
mod join;
mod keys;
mod lane;
mod load;
mod local;
mod log;
mod merged;
mod meta;
mod open;
mod outbox;
mod peer_draft;
mod place;
mod quarantine;
mod read;
mod session;
mod setup;
mod shelf;
mod stop;
mod sync_head;
mod trail;
mod turn;
mod unlock;
mod unsaved;

use protocol::DeviceIndex;
use protocol::audit::{AuditAction, AuditEvent, AuditLine};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::command::{Command, Failure, Reply, Status};
use crate::kdf::Kdf;
use crate::store::Store;
#[cfg(feature = "fixture")]
pub(crate) use bulk::BulkYear;
#[cfg(feature = "fixture")]
pub use bulk::Planted;
pub use catch_up::CaughtUp;
use crypto::DeviceBundle;
pub use growth::ChainTaken;
pub use intake::Taken;
use keys::Keys;
use lane::Deed;
pub use peer_draft::PeerDraft;
use session::Session;
use setup::Setup;
use stop::{Outcome, Stop};
use turn::Turn;
pub use unsaved::Unsaved;

/// A clock this far behind a time already seen is warned of.
const CLOCK_SLACK_MS: i64 = 10 * 60 * 1000;

/// The moment a command is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now {
    /// Ms since the epoch, UTC.
    pub ms: i64,
}

/// A vault on a store. One command is handled at a time.
pub struct Vault<S, K> {
    store: S,
    kdf: K,
    setup: Option<Setup>,
    joining: Option<DeviceBundle>,
    open: Option<Open>,
    /// While locked: work that is not on disk.
    unsaved: Unsaved,
    /// A command brought in what another device wrote.
    has_news: bool,
}

/// An open vault.
struct Open {
    keys: Keys,
    session: Session,
}

impl<S: Store, K: Kdf> Vault<S, K> {
    /// A locked vault; reads nothing yet.
    pub fn new(store: S, kdf: K) -> Self {
        Self {
            store,
            kdf,
            setup: None,
            joining: None,
            open: None,
            unsaved: Unsaved::default(),
            has_news: false,
        }
    }

    /// The vault with work that was not on disk when it was this tab's before.
    #[must_use]
    pub fn with_unsaved(self, unsaved: Unsaved) -> Self {
        Self { unsaved, ..self }
    }

    /// Work that is not on disk, of a vault that was locked.
    #[must_use]
    pub fn into_unsaved(self) -> Unsaved {
        self.unsaved
    }

    /// Whether something is stored here that is not in its document yet; no while the vault is locked.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        let open = self.open.as_ref();
        open.is_some_and(|open| !open.session.behind.is_empty())
    }

    /// Whether a command since the last look brought in, on its way, what another device wrote: what is shown may be old.
    pub fn take_news(&mut self) -> bool {
        core::mem::take(&mut self.has_news)
    }

    /// Handles one command.
    pub async fn handle(&mut self, command: Command, now: Now, rng: &mut impl CryptoRng) -> Reply {
        match self.dispatch(command, now.ms, rng).await {
            Ok(reply) => reply,
            Err(stop) => stop.into(),
        }
    }

    async fn dispatch(
        &mut self,
        command: Command,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Outcome<Reply> {
        match command {
            Command::Status => self.status(now, rng).await,
            Command::BeginSetup => {
                if self.open.is_some() || meta::has_vault(&self.store).await? {
                    return Err(Failure::Exists.into());
                }
                let (setup, reply) = setup::begin(rng, now)?;
                self.setup = Some(setup);
                Ok(reply)
            }
            Command::FinishSetup {
                profile,
                passphrase,
                groups,
            } => {
                let passphrase = Zeroizing::new(passphrase);
                if self.open.is_some() || meta::has_vault(&self.store).await? {
                    return Err(Failure::Exists.into());
                }
                let input = (profile, passphrase, groups);
                self.open = Some(
                    setup::finish((&self.store, &self.kdf), &mut self.setup, input, now, rng)
                        .await?,
                );
                Ok(Reply::Open)
            }
            Command::Unlock { passphrase } => {
                let passphrase = Zeroizing::new(passphrase);
                let place = (&self.store, &self.kdf);
                let open = unlock::unlock(place, &passphrase, &self.unsaved, now, rng).await?;
                self.open = Some(open);
                self.unsaved = Unsaved::default();
                Ok(Reply::Open)
            }
            Command::Lock => self.lock(now, rng).await,
            command => self.work(command, now, rng).await,
        }
    }

    async fn status(&mut self, now: i64, rng: &mut impl CryptoRng) -> Outcome<Reply> {
        if self.open.is_some() {
            let turn = self.turn(now, rng).await?;
            let behind = turn.session.head.clock_max.saturating_sub(now);
            return Ok(Reply::Status(Status::Open {
                clock_behind_ms: if behind > CLOCK_SLACK_MS { behind } else { 0 },
                has_unsaved: !turn.session.slots.waiting.is_empty(),
            }));
        }
        if !meta::has_vault(&self.store).await? {
            return Ok(Reply::Status(Status::Empty));
        }
        let wait_until = meta::read_throttle(&self.store).await?.wait_until(now);
        Ok(Reply::Status(Status::Locked {
            wait_until,
            has_unsaved: !self.unsaved.is_empty(),
        }))
    }

    /// Writes what is left of the access log and forgets everything but work that is not on disk, which it seals; the
    /// keys go whatever the store says.
    async fn lock(&mut self, now: i64, rng: &mut impl CryptoRng) -> Outcome<Reply> {
        if self.open.is_some()
            && let Ok(mut turn) = self.turn(now, rng).await
        {
            // Lines that do not get into a record now stand in their own row and go at the next chance.
            let _ = turn.close().await;
        }
        if let Some(Open { session, keys }) = self.open.take() {
            self.unsaved = session.slots.waiting.seal(&keys, rng);
        }
        (self.setup, self.joining) = (None, None);
        Ok(Reply::Done)
    }

    async fn work(
        &mut self,
        command: Command,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Outcome<Reply> {
        let caught_up = self.catch_up_for(&command, now, rng).await;
        match caught_up {
            // A draft is kept even where nothing can be stored.
            Err(_) if matches!(command, Command::SaveDraft { .. }) => {}
            // On a full device what stood in the documents before is shown.
            Err(Stop::Failed(Failure::Full)) if !matches!(command, Command::Edit { .. }) => {}
            caught_up => caught_up?,
        }
        let mut turn = self.turn(now, rng).await?;
        let reply = turn.work(command).await;
        turn.session.trim();
        reply
    }

    /// What is stored of the clients of a command comes into their documents first.
    async fn catch_up_for(
        &mut self,
        command: &Command,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Outcome<()> {
        let mut turn = self.turn(now, rng).await?;
        if turn.session.behind.is_empty() {
            return Ok(());
        }
        let clients = turn.clients_of(command);
        let caught_up = turn.catch_up(&clients).await?;
        self.has_news |= caught_up.has_changed;
        Ok(())
    }

    /// A turn on the open vault, after reading its state again where that is needed.
    async fn turn<'a, R: CryptoRng>(
        &'a mut self,
        now: i64,
        rng: &'a mut R,
    ) -> Outcome<Turn<'a, S, R>> {
        let Open { keys, session } = self.open.as_mut().ok_or(Failure::Locked)?;
        // Memory that ran ahead of the store, by a failed commit or a command that was dropped, is not used again.
        if session.is_torn {
            let entries = meta::read_chain_entries(&self.store).await?;
            if let (_, Some(growth)) = growth::extend(keys, &entries) {
                keys.grow(growth);
            }
            let mut sound = open::open_session(&self.store, keys, rng, now).await?;
            let waiting = core::mem::take(&mut session.slots.waiting);
            Turn::new(&self.store, keys, &mut sound, rng, now).put_waiting(waiting);
            sound.held = session.held.forgotten();
            *session = sound;
        }
        Ok(Turn::new(&self.store, keys, session, rng, now))
    }

    /// Every line of this device's access log that is still there, oldest first, after checking the whole chain.
    ///
    /// # Errors
    /// `Locked`; `Corrupt` when a record is missing or a line was changed; a store's failure.
    pub async fn audit_log(
        &mut self,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<AuditLine>, Failure> {
        let mut turn = self.turn(now.ms, rng).await.map_err(failure)?;
        turn.audit_log().await.map_err(failure)
    }
}

fn failure(stop: Stop) -> Failure {
    match stop {
        Stop::Failed(failure) => failure,
        Stop::Refused(_) => Failure::Internal,
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    async fn work(&mut self, command: Command) -> Outcome<Reply> {
        match command {
            Command::Profile => self.profile().await,
            Command::Today => self.today().await,
            Command::Clients { query, filter } => Ok(self.clients(&query, filter)),
            Command::NoteSearch => self.note_search().await,
            Command::Client { client } => self.client(client).await,
            Command::RevealBsn { client } => self.reveal_bsn(client).await,
            Command::Visits { client, year } => self.visits(client, year, usize::MAX).await,
            Command::NewestVisits { client, count } => {
                self.visits(client, None, usize::from(count)).await
            }
            Command::Visit {
                client,
                year,
                visit,
            } => self.visit(client, year, visit).await,
            Command::LastVisit { client } => self.last_visit(client).await,
            Command::Drafts => self.drafts().await,
            Command::Draft { slot } => Ok(self.draft(slot)),
            Command::SaveDraft { slot, body } => self.save_draft(slot, body).await,
            Command::DeleteDraft { slot } => self.delete_draft(slot).await,
            Command::Edit { edit, draft } => self.edit(&edit, draft).await,
            Command::Unreadable => self.unreadable().await,
            Command::Devices => self.devices().await,
            Command::DevicesSeen { devices } => self.devices_seen(&devices).await,
            Command::VisitPlaces {
                client,
                year,
                visit,
            } => self.visit_places(client, year, visit).await,
            Command::WaitingList => self.waiting_list().await,
            Command::RetryRefused { record } => self.retry_refused(record).await,
            Command::HeadWords => self.head_words().await,
            Command::BsnAnswers { client } => self.bsn_answers(client).await,
            Command::DraftTexts { visit } => self.draft_texts(visit).await,
            Command::PeerDraft { device, slot } => Ok(self.peer_draft((DeviceIndex(device), slot))),
            Command::ContinueDraft { device, slot } => {
                let slot = self.continue_draft(DeviceIndex(device), slot).await?;
                Ok(Reply::DraftSaved {
                    slot,
                    is_part_held: false,
                })
            }
            Command::JoinDraft { device, slot } => {
                self.join_draft((DeviceIndex(device), slot)).await
            }
            Command::Status
            | Command::BeginSetup
            | Command::FinishSetup { .. }
            | Command::Unlock { .. }
            | Command::Lock => Err(Failure::Internal.into()),
        }
    }

    async fn close(&mut self) -> Outcome<()> {
        self.note(Deed::done(
            AuditEvent::Locked,
            AuditAction::Execute,
            None,
            "vault",
        ))?;
        self.flush_lane()?;
        self.commit().await
    }
}
