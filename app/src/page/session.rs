//! The window's one tie to the vault: what state it is in, what was just saved, what can be undone.
//!
//! Holds no dossier text. Everything here is `Copy`, so that pages hand it around freely.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use dossier::problem::Problem;
use engine::command::{Command, Failure, Reply, Status};
use engine::sync::{Phase, SyncStatus};
use leptos::prelude::*;

use super::pace::Pace;
use super::server::Registration;
use crate::link::Vault;
use crate::platform;
use crate::words;

/// What the window shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The worker starts.
    Booting,
    /// No vault on this device.
    Empty,
    /// Locked; no try before this time (ms since the epoch, UTC; 0 = now).
    Locked {
        /// End of the wait.
        wait_until: i64,
    },
    /// Open.
    Open,
    /// Another tab owns the vault.
    Elsewhere,
    /// Another tab took the vault over from this one.
    TakenOver,
    /// The vault cannot be opened at all.
    Broken(Failure),
}

impl Stage {
    /// Locked, as far as is known before the vault says more.
    pub const LOCKED: Self = Self::Locked { wait_until: 0 };
}

/// Why an edit was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// It breaks rules.
    Problems(Vec<Problem>),
    /// It did not work.
    Failed(Failure),
}

impl From<Failure> for Rejected {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What was done, for ten seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// The sentence.
    pub text: String,
    /// The edit that takes it back.
    pub undo: Edit,
}

/// Names a registered flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlushId(u64);

/// What views of the exchange show of it: how much waits and is refused, when something was sent and received, what was
/// heard of other devices, and how long the account chain is.
type Exchange = (usize, usize, i64, i64, u64, u32);

type Flush = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = ()>>>>;
type Go = Rc<dyn Fn(&str, bool)>;

/// The window's tie to the vault.
#[derive(Clone, Copy)]
pub struct Session {
    vault: StoredValue<Vault, LocalStorage>,
    stage: RwSignal<Stage>,
    writes: RwSignal<u64>,
    toast: RwSignal<Option<Toast>>,
    done: RwSignal<Option<String>>,
    clock_behind_ms: RwSignal<i64>,
    /// Work is in the vault's memory only, whatever the window shows.
    has_unsaved: RwSignal<bool>,
    /// Where the exchange with the server is; nothing where there is no server.
    sync: RwSignal<Option<SyncStatus>>,
    /// The same for views that ask the vault again when it goes on.
    exchange: RwSignal<Exchange>,
    exchange_pace: Pace,
    /// Who may make an account at the server, once it said so.
    registration: RwSignal<Option<Registration>>,
    /// The invitation for a new account, in memory only.
    invite: RwSignal<String>,
    news_pace: Pace,
    flushes: StoredValue<Vec<(u64, Flush)>, LocalStorage>,
    last_flush: StoredValue<u64>,
    go: StoredValue<Option<Go>, LocalStorage>,
}

/// The session of this window.
pub fn use_session() -> Session {
    expect_context::<Session>()
}

impl Session {
    /// A session over this worker; call once, under the root.
    pub fn new(vault: Vault) -> Self {
        Self {
            vault: StoredValue::new_local(vault),
            stage: RwSignal::new(Stage::Booting),
            writes: RwSignal::new(0),
            toast: RwSignal::new(None),
            done: RwSignal::new(None),
            clock_behind_ms: RwSignal::new(0),
            has_unsaved: RwSignal::new(false),
            sync: RwSignal::new(None),
            exchange: RwSignal::new(Exchange::default()),
            exchange_pace: Pace::new(),
            registration: RwSignal::new(None),
            invite: RwSignal::new(String::new()),
            news_pace: Pace::new(),
            flushes: StoredValue::new_local(Vec::new()),
            last_flush: StoredValue::new(0),
            go: StoredValue::new_local(None),
        }
    }

    /// Asks the vault. A failure to reach it or to do it is an error; refusals of edits come as [`Reply::Refused`].
    ///
    /// # Errors
    /// The vault's own answer. A locked vault also brings the lock screen.
    pub async fn ask(self, command: Command) -> Result<Reply, Failure> {
        let vault = self.vault.get_value();
        let is_work = matches!(command, Command::SaveDraft { .. });
        let is_write = is_work
            || matches!(
                command,
                Command::Edit { .. } | Command::DeleteDraft { .. } | Command::Unlock { .. }
            );
        let answer = vault.ask(command).await;
        let is_failed = matches!(answer, Reply::Failed(_));
        if is_work && is_failed {
            // Until the vault has said which work it holds, closing the page asks.
            self.has_unsaved.set(true);
        }
        if is_write && self.has_unsaved.get_untracked() {
            // Asking notes the answer.
            self.spawn(async move { drop(Box::pin(self.ask_status()).await) });
        }
        match answer {
            Reply::Failed(failure) => {
                if failure == Failure::Locked && self.stage.get_untracked() == Stage::Open {
                    self.stage.set(Stage::LOCKED);
                }
                Err(failure)
            }
            reply => Ok(reply),
        }
    }

    /// Where the exchange with the server is; nothing where there is no server.
    pub fn sync(self) -> Signal<Option<SyncStatus>> {
        self.sync.into()
    }

    /// The exchange went on.
    pub fn note_sync(self, status: SyncStatus) {
        // A late word of an exchange that was ended.
        if platform::settings::is_relay_off() {
            return;
        }
        self.sync.set(Some(status));
        match status.phase == Phase::Busy || status.behind > 0 {
            true => self
                .exchange_pace
                .look(true, || true, move || self.show_exchange()),
            false => self.show_exchange(),
        }
    }

    fn show_exchange(self) {
        let status = self.sync.get_untracked().unwrap_or_default();
        let exchange = (
            status.waiting_count,
            status.refused_count,
            status.last_sent_at,
            status.last_received_at,
            status.heard_count,
            status.chain_len,
        );
        if self.exchange.get_untracked() != exchange {
            self.exchange.set(exchange);
        }
    }

    /// Reading this in an effect runs it again whenever the exchange went on: now and then while it is at work, and at
    /// its end.
    pub fn track_exchange(self) {
        self.exchange.track();
    }

    /// Another device wrote something: shown views are asked again, but not under a dialog in which a person types, and
    /// while much comes in at once and then now and then only.
    pub fn note_news(self) {
        let status = self.sync.get_untracked().unwrap_or_default();
        let may_look = || !platform::dom::is_dialog_open();
        self.news_pace
            .look(status.behind > 0, may_look, move || self.note_write());
    }

    /// There is no server any more.
    pub fn forget_sync(self) {
        self.sync.set(None);
        self.show_exchange();
    }

    /// Who may make an account at the server, once it said so.
    pub fn registration(self) -> Signal<Option<Registration>> {
        self.registration.into()
    }

    /// The server said who may make an account.
    pub fn note_registration(self, registration: Option<Registration>) {
        self.registration.set(registration);
    }

    /// The invitation that was typed; empty without one.
    pub fn invite(self) -> String {
        self.invite.get_untracked()
    }

    /// An invitation was typed.
    pub fn set_invite(self, invite: String) {
        self.invite.set(invite);
    }

    /// Whether closing the page would lose work.
    pub fn has_unsaved(self) -> Signal<bool> {
        self.has_unsaved.into()
    }

    /// Another tab took the vault over; work may have stayed behind here.
    pub fn lose_vault(self, has_unsaved: bool) {
        self.has_unsaved.set(has_unsaved);
        self.set_stage(Stage::TakenOver);
    }

    fn note_unsaved(self, status: &Status) {
        let has_unsaved = match status {
            Status::Open { has_unsaved, .. } | Status::Locked { has_unsaved, .. } => *has_unsaved,
            Status::Empty => false,
        };
        if self.has_unsaved.get_untracked() != has_unsaved {
            self.has_unsaved.set(has_unsaved);
        }
    }

    /// Writes. On success every shown view is asked again; a change that can be undone brings the toast.
    ///
    /// # Errors
    /// Problems to show at the fields, or a failure; nothing was written.
    pub async fn edit(self, edit: Edit, draft: Option<u8>) -> Result<Option<EntryId>, Rejected> {
        let client = client_of(&edit);
        match self.ask(Command::Edit { edit, draft }).await? {
            Reply::Saved { undo } => {
                self.note_write();
                if let Some(change) = undo {
                    self.offer_undo(match client {
                        Some(client) => Edit::UndoChange { client, change },
                        None => Edit::UndoProfile { change },
                    });
                }
                Ok(undo)
            }
            Reply::Refused(problems) => Err(Rejected::Problems(problems)),
            _ => Err(Rejected::Failed(Failure::Internal)),
        }
    }

    /// Runs a future that may outlive the page that starts it.
    pub fn spawn(self, future: impl Future<Output = ()> + 'static) {
        platform::spawn(future);
    }

    /// What the window shows.
    pub fn stage(self) -> Signal<Stage> {
        self.stage.into()
    }

    /// Changes what the window shows.
    pub fn set_stage(self, stage: Stage) {
        if self.stage.get_untracked() != stage {
            self.stage.set(stage);
        }
    }

    /// Reading this in an effect runs it again after every write.
    pub fn track_writes(self) {
        self.writes.track();
    }

    /// Something was written: shown views are asked again.
    pub fn note_write(self) {
        self.writes.update(|count| *count = count.wrapping_add(1));
    }

    /// Says once, quietly, that something was done (`role=status`).
    pub fn say_done(self, text: impl Into<String>) {
        self.done.set(None);
        self.done.set(Some(text.into()));
    }

    /// Takes the last "done" sentence away.
    pub fn clear_done(self) {
        self.done.set(None);
    }

    /// The last "done" sentence.
    pub fn done(self) -> Signal<Option<String>> {
        self.done.into()
    }

    /// Offers this edit that takes a change back, for ten seconds.
    pub fn offer_undo(self, undo: Edit) {
        self.toast.set(Some(Toast {
            text: words::form::saved().to_owned(),
            undo,
        }));
    }

    /// What can be undone now.
    pub fn toast(self) -> Signal<Option<Toast>> {
        self.toast.into()
    }

    /// Takes the toast away.
    pub fn clear_toast(self) {
        self.toast.set(None);
    }

    /// Takes a recorded change back by this edit, from the toast or from the history.
    ///
    /// # Errors
    /// As [`Session::edit`].
    pub async fn undo(self, edit: Edit) -> Result<(), Rejected> {
        match self.ask(Command::Edit { edit, draft: None }).await? {
            Reply::Saved { .. } => {
                self.note_write();
                self.say_done(words::form::undone());
                Ok(())
            }
            Reply::Refused(problems) => Err(Rejected::Problems(problems)),
            _ => Err(Rejected::Failed(Failure::Internal)),
        }
    }

    /// How far the clock is behind a time already seen, in ms; 0 = sane.
    pub fn clock_behind_ms(self) -> Signal<i64> {
        self.clock_behind_ms.into()
    }

    /// Asks the vault's state and shows it.
    pub async fn refresh(self) {
        let stage = match self.ask_status().await {
            Ok(Status::Empty) => Stage::Empty,
            Ok(Status::Locked { wait_until, .. }) => Stage::Locked { wait_until },
            Ok(Status::Open {
                clock_behind_ms, ..
            }) => {
                self.clock_behind_ms.set(clock_behind_ms);
                Stage::Open
            }
            Err(Failure::Locked) => Stage::LOCKED,
            Err(failure) => Stage::Broken(failure),
        };
        self.set_stage(stage);
    }

    async fn ask_status(self) -> Result<Status, Failure> {
        match self.ask(Command::Status).await? {
            Reply::Status(status) => {
                self.note_unsaved(&status);
                Ok(status)
            }
            _ => Err(Failure::Internal),
        }
    }

    /// Registers unsaved work: the future is awaited before a lock and when the tab is hidden.
    pub fn on_flush(
        self,
        flush: impl Fn() -> Pin<Box<dyn Future<Output = ()>>> + 'static,
    ) -> FlushId {
        let id = self.last_flush.get_value().wrapping_add(1);
        self.last_flush.set_value(id);
        self.flushes
            .update_value(|flushes| flushes.push((id, Rc::new(flush))));
        FlushId(id)
    }

    /// Ends a registration.
    pub fn off_flush(self, id: FlushId) {
        self.flushes
            .try_update_value(|flushes| flushes.retain(|(other, _)| *other != id.0));
    }

    /// Saves all unsaved work; returns when it is on disk or failed.
    pub async fn flush(self) {
        for flush in self.flushes() {
            flush().await;
        }
    }

    /// Takes the content off the screen at once, saves unsaved work, then locks the vault.
    pub fn lock(self) {
        if self.stage.get_untracked() != Stage::Open {
            return;
        }
        let saved = self.leave(Stage::LOCKED);
        self.spawn(async move {
            saved.await;
            // A failure leaves the worker without an owner or broken; both are locked.
            let _ = self.ask(Command::Lock).await;
            self.refresh_lock().await;
        });
    }

    /// Fills in what the lock screen shows, once the vault itself is locked, too.
    pub async fn refresh_lock(self) {
        if let Ok(Status::Locked { wait_until, .. }) = self.ask_status().await
            && matches!(self.stage.get_untracked(), Stage::Locked { .. })
        {
            self.set_stage(Stage::Locked { wait_until });
        }
    }

    /// Another tab wants the vault: takes the content off the screen at once, saves unsaved work, then gives it.
    pub fn make_way(self) {
        let saved = self.leave(Stage::TakenOver);
        self.spawn(async move {
            saved.await;
            self.vault().release();
        });
    }

    /// Takes the content off the screen; the future saves what was not saved.
    fn leave(self, stage: Stage) -> impl Future<Output = ()> {
        let flushes = self.flushes();
        self.toast.set(None);
        self.done.set(None);
        self.set_stage(stage);
        async move {
            for flush in flushes {
                flush().await;
            }
        }
    }

    /// The worker, for what no command says (take over, update).
    pub fn vault(self) -> Vault {
        self.vault.get_value()
    }

    /// Goes to another screen.
    pub fn go(self, path: &str) {
        self.navigate(path, false);
    }

    /// Goes to another screen that takes the place of this one in the history.
    pub fn go_instead(self, path: &str) {
        self.navigate(path, true);
    }

    /// Hands over the router; called once by the root.
    pub fn set_router(self, go: impl Fn(&str, bool) + 'static) {
        self.go.set_value(Some(Rc::new(go)));
    }

    fn flushes(self) -> Vec<Flush> {
        self.flushes
            .with_value(|flushes| flushes.iter().map(|(_, flush)| flush.clone()).collect())
    }

    fn navigate(self, path: &str, is_replacing: bool) {
        if let Some(go) = self.go.get_value() {
            go(path, is_replacing);
        }
    }
}

/// The client that an edit is about.
fn client_of(edit: &Edit) -> Option<ClientId> {
    match edit {
        Edit::SetProfile(_)
        | Edit::ChangeProfile { .. }
        | Edit::UndoProfile { .. }
        | Edit::NameDevice { .. } => None,
        Edit::CreateClient { client, .. }
        | Edit::ChangeClient { client, .. }
        | Edit::ChangeFunding { client, .. }
        | Edit::ChangeBsn { client, .. }
        | Edit::EstablishIdentity { client, .. }
        | Edit::DeferIdentity { client, .. }
        | Edit::AddPlanning { client, .. }
        | Edit::ChangePlanning { client, .. }
        | Edit::EndPlanning { client, .. }
        | Edit::SkipPlanned { client, .. }
        | Edit::SignVisit { client, .. }
        | Edit::CorrectVisit { client, .. }
        | Edit::AddToVisit { client, .. }
        | Edit::UndoChange { client, .. } => Some(*client),
    }
}
