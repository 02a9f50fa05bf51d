//! Keeps unsaved work on disk: within a second of a pause, when the keyboard leaves, before a lock.
//!
//! One [`Autosave`] stands for one draft slot. Saves never overlap, so that work never lands in two slots.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use dossier::draft::DraftBody;
use engine::command::{Command, Failure, Reply};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::session::{FlushId, Session};
use crate::platform::clock;

/// Pause after the last change, in ms; `ux.md` behaviour 33 allows a second until it is on disk.
const PAUSE_MS: u64 = 500;

/// Longest that changes wait while somebody types or dictates without a pause, in ms.
const LONGEST_MS: i64 = 3_000;

/// Until a save that failed is tried again, in ms: the disk may have room by then.
const RETRY_MS: u64 = 5_000;

/// Where unsaved work stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SaveState {
    /// Nothing was changed yet.
    #[default]
    Clean,
    /// Changed since the last save.
    Changed,
    /// On disk; `is_part_held`: a part looks like a BSN and was not stored (B9).
    Saved {
        /// A part was held back.
        is_part_held: bool,
    },
    /// Not on disk.
    Failed(Failure),
}

struct Inner {
    session: Session,
    body: Box<dyn Fn() -> Option<DraftBody>>,
    pending: RefCell<Option<DraftBody>>,
    is_dirty: Cell<bool>,
    dirty_at: Cell<i64>,
    is_running: Cell<bool>,
    is_paused: Cell<bool>,
    is_gone: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
    timer: RefCell<Option<TimeoutHandle>>,
    slot: Cell<Option<u8>>,
    state: RwSignal<SaveState>,
}

/// Saves one draft by itself.
#[derive(Clone, Copy)]
pub struct Autosave {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    state: RwSignal<SaveState>,
}

impl Autosave {
    /// Watches the signals that `body` reads; the first reading counts as saved. `None` = nothing worth keeping: the slot is blanked.
    ///
    /// Ends with the present owner, after a last save.
    pub fn new(
        session: Session,
        slot: Option<u8>,
        body: impl Fn() -> Option<DraftBody> + 'static,
    ) -> Self {
        let state = RwSignal::new(SaveState::Clean);
        let inner = Rc::new(Inner {
            session,
            body: Box::new(body),
            pending: RefCell::new(None),
            is_dirty: Cell::new(false),
            dirty_at: Cell::new(0),
            is_running: Cell::new(false),
            is_paused: Cell::new(false),
            is_gone: Cell::new(false),
            waiting: RefCell::new(Vec::new()),
            timer: RefCell::new(None),
            slot: Cell::new(slot),
            state,
        });
        let autosave = Self {
            inner: StoredValue::new_local(inner.clone()),
            state,
        };
        let watched = inner.clone();
        Effect::new(move |first: Option<()>| {
            let body = (watched.body)();
            if first.is_some() {
                watched.change(body);
            }
        });
        let flushed = inner.clone();
        let flush_id = session.on_flush(move || {
            let inner = flushed.clone();
            Box::pin(async move { inner.flush().await })
        });
        let last = StoredValue::new_local((inner, flush_id));
        on_cleanup(move || end(session, last));
        autosave
    }

    /// Where the work stands.
    pub fn state(self) -> Signal<SaveState> {
        self.state.into()
    }

    /// Forgets changes so far: they came from the draft itself.
    pub fn mark_clean(self, slot: Option<u8>) {
        self.with(|inner| {
            inner.stop_timer();
            inner.is_dirty.set(false);
            inner.pending.take();
            inner.slot.set(slot);
            inner.tell(SaveState::Clean);
        });
    }

    /// Saves without waiting.
    pub fn flush_soon(self) {
        if let Some(inner) = self.inner.try_get_value() {
            let session = inner.session;
            session.spawn(async move { inner.flush().await });
        }
    }

    /// Saves, then stops saving while an edit completes this draft; returns its slot.
    ///
    /// Whatever becomes of the edit and of the page, the text is on disk then.
    pub async fn pause(self) -> Option<u8> {
        let inner = self.inner.try_get_value()?;
        inner.clone().flush().await;
        self.hold().await
    }

    async fn hold(self) -> Option<u8> {
        let inner = self.inner.try_get_value()?;
        inner.is_paused.set(true);
        inner.stop_timer();
        inner.idle().await;
        inner.slot.get()
    }

    /// The edit was refused: saving goes on.
    pub fn resume(self) {
        self.with(|inner| {
            inner.is_paused.set(false);
            if inner.is_dirty.get() {
                inner.start_timer(PAUSE_MS);
            }
        });
    }

    /// The edit is on disk and the slot is blank: the next change begins a new draft.
    pub fn finish(self) {
        self.mark_clean(None);
        self.with(|inner| inner.is_paused.set(false));
        self.state.try_set(SaveState::Clean);
    }

    /// Throws the draft away.
    pub async fn discard(self) -> Result<(), Failure> {
        let Some(inner) = self.inner.try_get_value() else {
            return Ok(());
        };
        let slot = self.hold().await;
        if let Some(slot) = slot {
            inner.session.ask(Command::DeleteDraft { slot }).await?;
        }
        inner.is_dirty.set(false);
        inner.slot.set(None);
        self.finish();
        Ok(())
    }

    fn with(self, act: impl FnOnce(&Rc<Inner>)) {
        if let Some(inner) = self.inner.try_get_value() {
            act(&inner);
        }
    }
}

fn end(session: Session, last: StoredValue<(Rc<Inner>, FlushId), LocalStorage>) {
    let Some((inner, flush_id)) = last.try_get_value() else {
        return;
    };
    session.off_flush(flush_id);
    inner.stop_timer();
    inner.is_gone.set(true);
    if inner.is_dirty.get() && !inner.is_paused.get() {
        session.spawn(async move { inner.flush().await });
    }
}

impl Inner {
    fn change(self: &Rc<Self>, body: Option<DraftBody>) {
        self.pending.replace(body);
        if !self.is_dirty.replace(true) {
            self.dirty_at.set(clock::running_ms());
        }
        self.tell(SaveState::Changed);
        let waited_ms = clock::running_ms() - self.dirty_at.get();
        let is_due = waited_ms > LONGEST_MS && self.timer.borrow().is_some();
        if !self.is_paused.get() && !is_due {
            self.start_timer(PAUSE_MS);
        }
    }

    fn start_timer(self: &Rc<Self>, delay_ms: u64) {
        self.stop_timer();
        let inner = self.clone();
        let fire = move || {
            let session = inner.session;
            session.spawn(async move { inner.flush().await });
        };
        if let Ok(timer) = set_timeout_with_handle(fire, Duration::from_millis(delay_ms)) {
            self.timer.replace(Some(timer));
        }
    }

    fn stop_timer(&self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
    }

    async fn flush(self: Rc<Self>) {
        self.stop_timer();
        self.idle().await;
        while self.is_dirty.get() && !self.is_paused.get() {
            self.is_running.set(true);
            self.is_dirty.set(false);
            let body = self.pending.borrow().clone();
            let outcome = self.save(body).await;
            self.is_running.set(false);
            for waker in self.waiting.take() {
                waker.wake();
            }
            if self.is_gone.get() && outcome.is_ok() {
                // The page that came after was read before this was on disk.
                self.session.note_write();
            }
            match outcome {
                Ok(state) if !self.is_dirty.get() => self.tell(state),
                Ok(_) => {}
                Err(failure) => {
                    self.is_dirty.set(true);
                    self.tell(SaveState::Failed(failure));
                    if !self.is_gone.get() && !self.is_paused.get() {
                        self.start_timer(RETRY_MS);
                    }
                    return;
                }
            }
        }
    }

    async fn save(&self, body: Option<DraftBody>) -> Result<SaveState, Failure> {
        let slot = self.slot.get();
        let Some(body) = body else {
            if let Some(slot) = slot {
                self.session.ask(Command::DeleteDraft { slot }).await?;
                self.slot.set(None);
            }
            return Ok(SaveState::Clean);
        };
        match self.session.ask(Command::SaveDraft { slot, body }).await? {
            Reply::DraftSaved { slot, is_part_held } => {
                self.slot.set(Some(slot));
                Ok(SaveState::Saved { is_part_held })
            }
            _ => Err(Failure::Internal),
        }
    }

    fn tell(&self, state: SaveState) {
        if !self.is_gone.get() {
            self.state.try_set(state);
        }
    }

    /// Returns when no save is under way.
    async fn idle(&self) {
        poll_fn(|context| {
            if self.is_running.get() {
                self.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
    }
}
