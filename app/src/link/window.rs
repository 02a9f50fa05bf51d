//! The window's end: sends commands to its worker and hands out answers and news.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use engine::command::{Command, Failure, Reply};
use engine::pairing::PairingState;
use futures_channel::oneshot;
use send_wrapper::SendWrapper;

use super::{Event, FromVault, PairingStep, Relay, ToVault, decode, encode};
use crate::platform::worker::WorkerHandle;
use crate::platform::{clock, settings, spawn};
use crate::vault;

/// A worker that breaks down sooner than this after it was started breaks down at its start.
const START_MS: i64 = 2_000;

type Subscriber = Rc<dyn Fn(Event)>;
type PairingSubscriber = Rc<dyn Fn(PairingState)>;

/// The window's only way to the vault. Clones share one worker; provide it through Leptos' context.
#[derive(Clone)]
pub struct Vault(SendWrapper<Rc<Line>>);

struct Line {
    worker: RefCell<Option<WorkerHandle>>,
    /// Counts the workers started, so that a late word of an earlier one is not taken for the present one's.
    started_count: Cell<u32>,
    started_at: Cell<i64>,
    last_id: Cell<u32>,
    waiting: RefCell<BTreeMap<u32, oneshot::Sender<Reply>>>,
    subscribers: RefCell<Vec<Subscriber>>,
    last_event: Cell<Option<Event>>,
    on_pairing: RefCell<Option<PairingSubscriber>>,
    /// A worker that is started anew is told of it again.
    relay: RefCell<Option<Relay>>,
    #[cfg(feature = "conformance")]
    conformed: RefCell<Option<oneshot::Sender<Vec<String>>>>,
}

impl Vault {
    /// Starts the vault worker. Call once per window.
    pub fn start() -> Self {
        let line = Rc::new(Line {
            worker: RefCell::new(None),
            started_count: Cell::new(0),
            started_at: Cell::new(0),
            last_id: Cell::new(0),
            waiting: RefCell::default(),
            subscribers: RefCell::default(),
            last_event: Cell::new(None),
            on_pairing: RefCell::default(),
            relay: RefCell::default(),
            #[cfg(feature = "conformance")]
            conformed: RefCell::default(),
        });
        Line::start_worker(&line);
        Self(SendWrapper::new(line))
    }

    /// Asks the vault and waits for its answer. Commands are answered one at a time, in order.
    ///
    /// Another window's ownership answers [`Failure::Blocked`], a worker that broke down [`Failure::Internal`].
    pub async fn ask(&self, command: Command) -> Reply {
        let command = Box::new(command);
        self.0.request(|id| ToVault::Ask { id, command }).await
    }

    /// Calls back for every [`Event`], and at once with the last one if there was any.
    ///
    /// Stays for the life of the window: subscribe at the root, not in a page.
    pub fn on_event(&self, subscriber: impl Fn(Event) + 'static) {
        if let Some(event) = self.0.last_event.get() {
            subscriber(event);
        }
        self.0.subscribers.borrow_mut().push(Rc::new(subscriber));
    }

    /// Calls back for every state of a pairing. One subscriber, for the life of the window.
    pub fn on_pairing(&self, subscriber: impl Fn(PairingState) + 'static) {
        self.0.on_pairing.replace(Some(Rc::new(subscriber)));
    }

    /// Hands on what a person does in a pairing.
    pub fn pair(&self, step: PairingStep) {
        self.0.send(&ToVault::Pair(step));
    }

    /// Makes this window the owner of the vault; [`Event::Ready`] follows within about four seconds.
    pub fn take_over(&self) {
        self.0.send(&ToVault::TakeOver);
    }

    /// Has the vault exchange with this relay from now on, or with none.
    pub fn set_relay(&self, relay: Option<Relay>) {
        self.0.relay.replace(relay.clone());
        self.0.send(&ToVault::Relay(relay));
    }

    /// Exchanges now, whatever the plan was.
    pub fn try_now(&self) {
        self.0.send(&ToVault::TryNow);
    }

    /// The window is out of sight: what is known is said to the relay now.
    pub fn hide(&self) {
        self.0.send(&ToVault::Hidden);
    }

    /// Gives the vault to the window that wants it; [`Event::TakenOver`] follows.
    pub fn release(&self) {
        self.0.send(&ToVault::Release);
    }

    /// The person accepts that the browser removed the vault: [`Failure::Evicted`] gives way to an empty device.
    pub fn accept_loss(&self) {
        settings::set_vault_expected(false);
        self.0.send(&ToVault::AcceptLoss);
    }

    /// Locks, closes the store and gives up ownership; afterwards a new version can be applied.
    pub async fn close_for_update(&self) {
        self.0.request(|id| ToVault::Close { id }).await;
    }

    /// Runs the store conformance suite against this browser's IndexedDB; one line per check.
    #[cfg(feature = "conformance")]
    pub async fn conform(&self) -> Vec<String> {
        let (sender, receiver) = oneshot::channel();
        self.0.conformed.replace(Some(sender));
        self.0.send(&ToVault::Conform);
        receiver.await.unwrap_or_default()
    }
}

impl Line {
    fn start_worker(line: &Rc<Self>) {
        let number = line.started_count.get().wrapping_add(1);
        line.started_count.set(number);
        line.started_at.set(clock::running_ms());
        let incoming = Rc::downgrade(line);
        let broken = Rc::downgrade(line);
        let worker = WorkerHandle::start(
            vault::NAME,
            move |bytes| Self::receive(&incoming, number, bytes),
            move || Self::restart(&broken, number),
        );
        line.worker.replace(worker.ok());
        line.send(&ToVault::Start {
            is_vault_expected: settings::is_vault_expected(),
        });
        let relay = line.relay.borrow().clone();
        if relay.is_some() {
            line.send(&ToVault::Relay(relay));
        }
        if line.worker.borrow().is_none() {
            // Whoever is told of it may not have subscribed yet.
            let line = Rc::downgrade(line);
            spawn(async move {
                if let Some(line) = line.upgrade() {
                    line.tell(Event::Stopped);
                }
            });
        }
    }

    fn request(
        &self,
        message: impl FnOnce(u32) -> ToVault,
    ) -> impl Future<Output = Reply> + 'static {
        let id = self.last_id.get().wrapping_add(1);
        self.last_id.set(id);
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().insert(id, sender);
        self.send(&message(id));
        async { receiver.await.unwrap_or(Reply::Failed(Failure::Internal)) }
    }

    fn send(&self, message: &ToVault) {
        let sent = encode(message)
            .ok()
            .and_then(|bytes| self.worker.borrow().as_ref()?.post(&bytes).ok());
        if sent.is_none() {
            self.waiting.borrow_mut().clear();
        }
    }

    fn receive(line: &Weak<Self>, number: u32, bytes: Vec<u8>) {
        let Some(this) = line.upgrade() else { return };
        match decode(bytes) {
            Ok(FromVault::Reply { id, reply }) => {
                let waiting = this.waiting.borrow_mut().remove(&id);
                if let Some(waiting) = waiting {
                    // The asker may have gone; then nobody needs the answer.
                    let _ = waiting.send(*reply);
                }
            }
            Ok(FromVault::Event(Event::Fault)) | Err(_) => Self::restart(line, number),
            Ok(FromVault::Event(event)) => this.tell(event),
            Ok(FromVault::Pairing(state)) => {
                let subscriber = this.on_pairing.borrow().clone();
                if let Some(subscriber) = subscriber {
                    subscriber(state);
                }
            }
            Ok(FromVault::StoreMade) => settings::set_vault_expected(true),
            #[cfg(feature = "conformance")]
            Ok(FromVault::Conformed(lines)) => {
                if let Some(waiting) = this.conformed.take() {
                    let _ = waiting.send(lines);
                }
            }
        }
    }

    /// Ends a broken worker and starts a new one, outside the callback of the old one. One that broke at its
    /// start is not started again: the next would fare no better.
    fn restart(line: &Weak<Self>, number: u32) {
        let line = Weak::clone(line);
        spawn(async move {
            let Some(this) = line.upgrade() else { return };
            if this.started_count.get() != number {
                return;
            }
            this.worker.take();
            this.waiting.borrow_mut().clear();
            if clock::running_ms() - this.started_at.get() < START_MS {
                return this.tell(Event::Stopped);
            }
            this.tell(Event::Fault);
            Self::start_worker(&this);
        });
    }

    fn tell(&self, event: Event) {
        // Of the exchange every word passes; whose the vault is stays true until told otherwise.
        if !matches!(event, Event::Sync(_) | Event::Changed) {
            self.last_event.set(Some(event));
        }
        let subscribers = self.subscribers.borrow().clone();
        for subscriber in subscribers {
            subscriber(event);
        }
    }
}
