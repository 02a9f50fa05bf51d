//! Who owns the vault: this worker, or one of another tab. Serves one input at a time.

mod pair;

use std::time::Duration;

use engine::command::{Command, Failure, Reply};
use engine::sync::{self, Done, Report, Work};
use engine::{Now, Unsaved, Vault};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender};
use futures_util::StreamExt;

use super::exchange::Exchange;
use super::kdf::WorkerKdf;
use super::line::LineEvent;
use super::pairing::Pairing;
use super::tell;
use crate::link::{Event, FromVault, ToVault};
use crate::platform::broadcast::Broadcast;
use crate::platform::idb::{self, Claim, Idb};
use crate::platform::lock::{self, Ask, Held};
use crate::platform::{clock, random, spawn};

/// Name of the lock and of the channel between tabs.
const LOCK: &str = "dossierkluis-vault";

/// On the channel: the tab that owns the vault is asked to give it up.
const RELEASE: &str = "release";

/// A page that reloads meets the lock of its former self for a moment.
const GRACE: Duration = Duration::from_secs(1);

/// Time for this tab's window to save what is unsaved before another tab gets the vault.
const LAST_SAVE: Duration = Duration::from_millis(1_500);

/// A tab that does not answer in this time (suspended, or hung) loses the vault.
const PATIENCE: Duration = Duration::from_secs(3);

/// Pieces of work for the exchange before a lock; more waits for the next unlock.
const LAST_WORK_MAX: u32 = 4;

/// What happens to this worker.
pub(super) enum Input {
    /// Its window says something.
    Window(ToVault),
    /// Another tab asks for the vault.
    Requested,
    /// The window had its time to save, since the request of this number.
    Overdue(u32),
    /// Another tab took the vault.
    Lost,
    /// A word of the line to the relay.
    Line(u32, LineEvent),
    /// A word of the line of a pairing.
    PairingLine(u32, LineEvent),
    /// Something for the exchange.
    Exchange(sync::Input),
}

/// The worker's state.
pub(super) struct Owner {
    inputs: UnboundedSender<Input>,
    channel: Option<Broadcast>,
    is_vault_expected: bool,
    owned: Option<Owned>,
    /// Another tab asked for the vault, and waits.
    is_wanted: bool,
    /// Counts such requests, so that the time of an earlier one does not end a later one.
    request_count: u32,
    /// Work that is not on disk, of the time when the vault was this tab's.
    unsaved: Unsaved,
    /// With the relay, if one is chosen.
    exchange: Option<Exchange>,
    /// Where that relay is.
    origin: Option<String>,
    pairing: Option<Pairing>,
    /// What is stored could not be brought in: not again before the window asks for something.
    is_stuck: bool,
}

/// The vault and the right to it. Fields go in this order: the store closes before the lock is let go.
struct Owned {
    vault: Vault<Idb, WorkerKdf>,
    claim: Claim,
    _held: Held,
}

impl Owner {
    pub(super) fn new(inputs: UnboundedSender<Input>) -> Self {
        let requests = inputs.clone();
        let channel = Broadcast::open(LOCK, move |word| {
            if word == RELEASE {
                // The receiver lives as long as the worker.
                drop(requests.unbounded_send(Input::Requested));
            }
        });
        Self {
            inputs,
            channel,
            is_vault_expected: false,
            owned: None,
            is_wanted: false,
            request_count: 0,
            unsaved: Unsaved::default(),
            exchange: None,
            origin: None,
            pairing: None,
            is_stuck: false,
        }
    }

    /// Serves until the worker ends. Work for the exchange is done when nothing else waits: a tap goes first.
    pub(super) async fn serve(mut self, mut inputs: UnboundedReceiver<Input>) {
        loop {
            if let Ok(input) = inputs.try_recv() {
                self.take(input).await;
            } else if let Some(work) = self.next_work() {
                self.work(work).await;
            } else if let Some(input) = inputs.next().await {
                self.take(input).await;
            } else {
                return;
            }
        }
    }

    /// What is to be done with the vault. Without a server that is what came while there was one.
    fn next_work(&mut self) -> Option<Work> {
        if let Some(exchange) = &mut self.exchange {
            return exchange.take_work();
        }
        let is_behind = self.owned.as_ref().is_some_and(|of| of.vault.is_behind());
        (is_behind && !self.is_stuck).then_some(Work::CatchUp)
    }

    async fn take(&mut self, input: Input) {
        match input {
            Input::Window(message) => self.obey(message).await,
            Input::Requested => self.ask_window(),
            Input::Overdue(request) if request == self.request_count => self.make_way().await,
            Input::Overdue(_) => {}
            Input::Lost => self.make_way_at_once().await,
            Input::Line(dial, event) => {
                if let Some(exchange) = &mut self.exchange {
                    exchange.hear(dial, event);
                }
            }
            Input::PairingLine(dial, event) => {
                if let Some(pairing) = &mut self.pairing {
                    pairing.hear(dial, event);
                }
                self.grant().await;
            }
            Input::Exchange(input) => self.step(input),
        }
    }

    fn step(&mut self, input: sync::Input) {
        if let Some(exchange) = &mut self.exchange {
            exchange.step(input);
        }
    }

    /// Does a piece of work for the exchange.
    async fn work(&mut self, work: Work) {
        let Some(owned) = &mut self.owned else {
            return self.step(sync::Input::Failed(Failure::Locked));
        };
        let takes_drafts = matches!(&work, Work::TakeDrafts { drafts, .. } if !drafts.is_empty());
        match owned.vault.sync(work, now(), &mut random::rng()).await {
            Ok(report) => {
                let has_chain = matches!(report.done, Done::ChainTaken(_));
                let has_news = matches!(&report.done, Done::CaughtUp(caught) if caught.has_changed);
                // How far the exchange is comes first: the window looks whether more is on its way.
                self.step(sync::Input::Done(Box::new(report)));
                if takes_drafts || has_news {
                    tell(&FromVault::Event(Event::Changed));
                }
                if has_chain {
                    self.look_for_added().await;
                }
            }
            Err(failure) => {
                self.is_stuck = true;
                self.step(sync::Input::Failed(failure));
            }
        }
    }

    /// Tells the exchange how the vault stands.
    async fn look(&mut self) {
        let (Some(exchange), Some(owned)) = (&mut self.exchange, &mut self.owned) else {
            return;
        };
        let standing = owned.vault.standing(now(), &mut random::rng()).await;
        exchange.vault_is(standing.ok());
    }

    async fn obey(&mut self, message: ToVault) {
        match message {
            ToVault::Start { is_vault_expected } => {
                self.is_vault_expected = is_vault_expected;
                let event = match self.acquire(Ask::Wait(GRACE)).await {
                    true => Event::Ready,
                    false => Event::OpenElsewhere,
                };
                tell(&FromVault::Event(event));
            }
            ToVault::Ask { id, command } => {
                self.is_stuck = false;
                self.answer(id, *command).await;
            }
            ToVault::Relay(relay) => {
                self.origin = relay.as_ref().map(|relay| relay.origin.clone());
                self.exchange = relay.map(|relay| Exchange::new(relay, self.inputs.clone()));
                self.look().await;
            }
            ToVault::Pair(step) => self.pair(step).await,
            ToVault::TryNow => self.step(sync::Input::TryNow),
            ToVault::Hidden => self.step(sync::Input::Hidden),
            ToVault::TakeOver => self.take_over().await,
            ToVault::Release => self.make_way().await,
            ToVault::AcceptLoss => {
                self.is_vault_expected = false;
                if let Some(owned) = &self.owned {
                    owned.claim.expect_nothing();
                }
            }
            ToVault::Close { id } => {
                self.give_up().await;
                reply(id, Reply::Done);
            }
            #[cfg(feature = "conformance")]
            ToVault::Conform => tell(&FromVault::Conformed(super::conform::run().await)),
        }
    }

    /// Has the exchange seal what is to be said before the vault locks: what is stored here, and drafts.
    async fn say_last(&mut self) {
        if self.exchange.is_none() {
            return;
        }
        self.look().await;
        self.step(sync::Input::Hidden);
        for _ in 0..LAST_WORK_MAX {
            let work = self.exchange.as_mut().and_then(Exchange::take_work);
            // A lock does not wait for what can be brought in later.
            let Some(work) = work.filter(|work| *work != Work::CatchUp) else {
                break;
            };
            self.work(work).await;
        }
        let Some(owned) = &mut self.owned else { return };
        let rng = &mut random::rng();
        let sealed = owned.vault.sync(Work::ReadDrafts, now(), rng).await;
        if let Ok(Report {
            done: Done::Drafts(drafts),
            ..
        }) = sealed
        {
            self.step(sync::Input::Parting(drafts));
        }
    }

    async fn answer(&mut self, id: u32, command: Command) {
        let is_lock = matches!(command, Command::Lock);
        if is_lock {
            self.say_last().await;
        }
        let Some(owned) = &mut self.owned else {
            return reply(id, Reply::Failed(Failure::Blocked));
        };
        let answer = owned.vault.handle(command, now(), &mut random::rng()).await;
        let has_news = owned.vault.take_news();
        reply(id, answer);
        if has_news {
            tell(&FromVault::Event(Event::Changed));
        }
        if is_lock {
            self.stop_pairing().await;
            tell(&FromVault::Event(Event::Locked));
        }
        self.look().await;
    }

    async fn take_over(&mut self) {
        // Pressed here before the tab that asked first has got it.
        self.make_way().await;
        if self.owned.is_none() {
            if let Some(channel) = &self.channel {
                channel.post(RELEASE);
            }
            let is_owner =
                self.acquire(Ask::Wait(PATIENCE)).await || self.acquire(Ask::Steal).await;
            if !is_owner {
                return tell(&FromVault::Event(Event::OpenElsewhere));
            }
        }
        tell(&FromVault::Event(Event::Ready));
    }

    async fn acquire(&mut self, ask: Ask) -> bool {
        let claim = Claim::new(self.is_vault_expected);
        let (lost, inputs) = (claim.clone(), self.inputs.clone());
        let on_lost = move || {
            lost.lose();
            drop(inputs.unbounded_send(Input::Lost));
        };
        let Some(held) = lock::acquire(LOCK, ask, on_lost).await else {
            return false;
        };
        let store = Idb::new(idb::NAME, random::id(), claim.clone(), || {
            tell(&FromVault::StoreMade);
        });
        let unsaved = std::mem::take(&mut self.unsaved);
        self.owned = Some(Owned {
            vault: Vault::new(store, WorkerKdf).with_unsaved(unsaved),
            claim,
            _held: held,
        });
        true
    }

    /// Has the window save what is unsaved. A window that is suspended does not answer: then the time runs out.
    fn ask_window(&mut self) {
        if self.owned.is_none() || self.is_wanted {
            return;
        }
        self.is_wanted = true;
        self.request_count = self.request_count.wrapping_add(1);
        let request = self.request_count;
        tell(&FromVault::Event(Event::Wanted));
        let inputs = self.inputs.clone();
        spawn(async move {
            clock::sleep(LAST_SAVE).await;
            // The receiver lives as long as the worker.
            drop(inputs.unbounded_send(Input::Overdue(request)));
        });
    }

    /// Gives the vault to the tab that asked for it; nothing to do when that was done already.
    async fn make_way(&mut self) {
        if self.is_wanted {
            self.make_way_at_once().await;
        }
    }

    async fn make_way_at_once(&mut self) {
        if self.owned.is_none() {
            return;
        }
        self.give_up().await;
        let has_unsaved = !self.unsaved.is_empty();
        tell(&FromVault::Event(Event::TakenOver { has_unsaved }));
    }

    /// Locks, closes the store and lets go of the lock. What ran before has been committed.
    async fn give_up(&mut self) {
        self.is_wanted = false;
        self.stop_pairing().await;
        let Some(owned) = self.owned.take() else {
            return;
        };
        let Owned {
            mut vault, _held, ..
        } = owned;
        vault.handle(Command::Lock, now(), &mut random::rng()).await;
        self.unsaved = vault.into_unsaved();
        if let Some(exchange) = &mut self.exchange {
            exchange.vault_is(None);
        }
    }
}

fn now() -> Now {
    Now {
        ms: clock::now_ms(),
    }
}

fn reply(id: u32, reply: Reply) {
    tell(&FromVault::Reply {
        id,
        reply: Box::new(reply),
    });
}
