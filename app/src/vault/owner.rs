//! Who owns the vault: this worker, or one of another tab. Serves one input at a time.

use std::time::Duration;

use engine::command::{Command, Failure, Reply};
use engine::{Now, Vault};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender};
use futures_util::StreamExt;

use super::kdf::WorkerKdf;
use super::tell;
use crate::link::{Event, FromVault, ToVault};
use crate::platform::broadcast::Broadcast;
use crate::platform::idb::{self, Claim, Idb};
use crate::platform::lock::{self, Ask, Held};
use crate::platform::{clock, random};

/// Name of the lock and of the channel between tabs.
const LOCK: &str = "dossierkluis-vault";

/// On the channel: the tab that owns the vault is asked to give it up.
const RELEASE: &str = "release";

/// A page that reloads meets the lock of its former self for a moment.
const GRACE: Duration = Duration::from_secs(1);

/// A tab that does not answer in this time (suspended, or hung) loses the vault.
const PATIENCE: Duration = Duration::from_secs(3);

/// What happens to this worker.
pub(super) enum Input {
    /// Its window says something.
    Window(ToVault),
    /// Another tab asks for the vault.
    Requested,
    /// Another tab took the vault.
    Lost,
}

/// The worker's state.
pub(super) struct Owner {
    inputs: UnboundedSender<Input>,
    channel: Option<Broadcast>,
    is_vault_expected: bool,
    owned: Option<Owned>,
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
        }
    }

    pub(super) async fn serve(mut self, mut inputs: UnboundedReceiver<Input>) {
        while let Some(input) = inputs.next().await {
            match input {
                Input::Window(message) => self.obey(message).await,
                Input::Requested => self.give_up(Some(Event::TakenOver)).await,
                Input::Lost => {
                    if self.owned.take().is_some() {
                        tell(&FromVault::Event(Event::TakenOver));
                    }
                }
            }
        }
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
            ToVault::Ask { id, command } => self.answer(id, *command).await,
            ToVault::TakeOver => self.take_over().await,
            ToVault::AcceptLoss => {
                self.is_vault_expected = false;
                if let Some(owned) = &self.owned {
                    owned.claim.expect_nothing();
                }
            }
            ToVault::Close { id } => {
                self.give_up(None).await;
                reply(id, Reply::Done);
            }
            #[cfg(feature = "conformance")]
            ToVault::Conform => tell(&FromVault::Conformed(super::conform::run().await)),
        }
    }

    async fn answer(&mut self, id: u32, command: Command) {
        let Some(owned) = &mut self.owned else {
            return reply(id, Reply::Failed(Failure::Blocked));
        };
        let is_lock = matches!(command, Command::Lock);
        let answer = owned.vault.handle(command, now(), &mut random::rng()).await;
        reply(id, answer);
        if is_lock {
            tell(&FromVault::Event(Event::Locked));
        }
    }

    async fn take_over(&mut self) {
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
        self.owned = Some(Owned {
            vault: Vault::new(store, WorkerKdf),
            claim,
            _held: held,
        });
        true
    }

    /// Locks, closes the store and lets go of the lock. What ran before has been committed.
    async fn give_up(&mut self, event: Option<Event>) {
        let Some(mut owned) = self.owned.take() else {
            return;
        };
        owned
            .vault
            .handle(Command::Lock, now(), &mut random::rng())
            .await;
        drop(owned);
        if let Some(event) = event {
            tell(&FromVault::Event(event));
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
