//! Who is connected to which account, and how much the account has asked for lately. Accounts without a connection are
//! forgotten as soon as their buckets are full again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use protocol::{AccountId, AccountSeq};

use super::Rates;
use super::bucket::Bucket;
use super::queue::Queue;

/// Departures between two looks for accounts that can be forgotten.
const SWEEP_EVERY: u32 = 1_024;

/// One connection, for as long as the relay runs.
pub(crate) type ConnectionId = u64;

struct Listener {
    queue: Arc<Queue>,
    is_live: bool,
}

struct Account {
    listeners: BTreeMap<ConnectionId, Listener>,
    requests: Bucket,
    bytes: Bucket,
}

#[derive(Default)]
struct State {
    accounts: BTreeMap<AccountId, Account>,
    departures: u32,
}

/// The connected accounts.
pub(crate) struct Hub {
    rates: Rates,
    sockets_max: usize,
    state: Mutex<State>,
}

impl Hub {
    pub(crate) fn new(rates: Rates, sockets_max: usize) -> Self {
        Self {
            rates,
            sockets_max,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection has shown who it is; a live one hears what others hand in, each hears of the chain.
    /// `false` when the account has all the connections it may have.
    #[must_use]
    pub(crate) fn join(
        &self,
        id: AccountId,
        connection: ConnectionId,
        queue: Arc<Queue>,
        is_live: bool,
        now_ms: u64,
    ) -> bool {
        let mut state = self.state();
        let account = state.accounts.entry(id).or_insert_with(|| Account {
            listeners: BTreeMap::new(),
            requests: Bucket::full(self.rates.requests, now_ms),
            bytes: Bucket::full(self.rates.bytes, now_ms),
        });
        if account.listeners.len() >= self.sockets_max {
            return false;
        }
        let listener = Listener { queue, is_live };
        account.listeners.insert(connection, listener);
        true
    }

    /// The connection is gone.
    pub(crate) fn leave(&self, id: AccountId, connection: ConnectionId, now_ms: u64) {
        let mut state = self.state();
        if let Some(account) = state.accounts.get_mut(&id) {
            account.listeners.remove(&connection);
        }
        state.departures += 1;
        if state.departures >= SWEEP_EVERY {
            state.departures = 0;
            let Rates {
                requests, bytes, ..
            } = self.rates;
            state.accounts.retain(|_, account| {
                !account.listeners.is_empty()
                    || !account.requests.is_full(requests, now_ms)
                    || !account.bytes.is_full(bytes, now_ms)
            });
        }
    }

    /// Takes a request of some weight and its bytes from the account's buckets.
    ///
    /// # Errors
    /// When there is not enough: after how many ms there is.
    pub(crate) fn spend(
        &self,
        id: AccountId,
        weight: u64,
        bytes: usize,
        now_ms: u64,
    ) -> Result<(), u32> {
        let mut state = self.state();
        let Some(account) = state.accounts.get_mut(&id) else {
            return Ok(());
        };
        let cost = u64::try_from(bytes).unwrap_or(u64::MAX);
        account.bytes.take(self.rates.bytes, cost, now_ms)?;
        account.requests.take(self.rates.requests, weight, now_ms)
    }

    /// Takes the bytes of an answer from the account's bucket; what is missing is forgiven.
    pub(crate) fn charge(&self, id: AccountId, bytes: usize, now_ms: u64) {
        if let Some(account) = self.state().accounts.get_mut(&id) {
            let cost = u64::try_from(bytes).unwrap_or(u64::MAX);
            account.bytes.drain(self.rates.bytes, cost, now_ms);
        }
    }

    /// Tells the account's other live connections. The number of those who fell behind with it.
    pub(crate) fn hint(
        &self,
        id: AccountId,
        from: ConnectionId,
        frames: &[(Option<AccountSeq>, Bytes)],
    ) -> usize {
        let mut behind_count = 0;
        for queue in self.others(id, from, |listener| listener.is_live) {
            for (seq, frame) in frames {
                behind_count += usize::from(queue.hint(frame.clone(), *seq));
            }
        }
        behind_count
    }

    /// Tells all the account's other connections that the chain grew.
    pub(crate) fn hint_chain(&self, id: AccountId, from: ConnectionId, frame: &Bytes) {
        for queue in self.others(id, from, |_| true) {
            queue.chain(frame.clone());
        }
    }

    /// Whether anybody else would hear a hint.
    pub(crate) fn has_others(&self, id: AccountId, from: ConnectionId) -> bool {
        let state = self.state();
        let account = state.accounts.get(&id);
        account.is_some_and(|account| {
            let mut listeners = account.listeners.iter();
            listeners.any(|(other, listener)| *other != from && listener.is_live)
        })
    }

    fn others(
        &self,
        id: AccountId,
        from: ConnectionId,
        hears: impl Fn(&Listener) -> bool,
    ) -> Vec<Arc<Queue>> {
        let state = self.state();
        let account = state.accounts.get(&id);
        let listeners = account.into_iter().flat_map(|account| &account.listeners);
        listeners
            .filter(|(connection, listener)| **connection != from && hears(listener))
            .map(|(_, listener)| listener.queue.clone())
            .collect()
    }
}
