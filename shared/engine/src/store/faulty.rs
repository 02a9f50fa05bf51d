//! A store that fails at a chosen effect, for tests.

use std::cell::Cell;
use std::rc::Rc;

use super::{Batch, Row, Store, StoreError, StoreName, StoreState};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call answers this error and does nothing; later calls work.
    Refuse(StoreError),
    /// The call is carried out, but its answer is an error; later calls work.
    LoseAnswer,
    /// Power is cut before the call is carried out: this and every later call fails.
    CrashBefore,
    /// Power is cut after the call was carried out, before it answers: this and every later call fails.
    CrashAfter,
}

/// Which calls count as effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Commits only.
    Commits,
    /// Reads and commits.
    Calls,
}

#[derive(Default)]
struct Plan {
    fault: Cell<Option<(u64, Counted, Fault)>>,
    calls: Cell<u64>,
    commits: Cell<u64>,
    is_down: Cell<bool>,
    quota_bytes: Cell<Option<u64>>,
}

/// A store with planned faults around another one. A clone shares the plan.
#[derive(Clone)]
pub struct Faulty<S> {
    inner: S,
    plan: Rc<Plan>,
}

impl<S> Faulty<S> {
    /// Without faults so far.
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            plan: Rc::default(),
        }
    }

    /// Plans a fault at the n-th counted call from now, from 0; replaces an earlier plan.
    pub fn fail_at(&self, n: u64, counted: Counted, fault: Fault) {
        self.plan.fault.set(Some((n, counted, fault)));
        self.plan.calls.set(0);
        self.plan.commits.set(0);
    }

    /// Refuses as full every commit that puts this many bytes or more, until called with `None`.
    pub fn limit_commit_bytes(&self, limit: Option<u64>) {
        self.plan.quota_bytes.set(limit);
    }

    /// Whether the planned fault has happened.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.plan.fault.get().is_none()
    }

    /// Commits since the last plan.
    #[must_use]
    pub fn commit_count(&self) -> u64 {
        self.plan.commits.get()
    }

    /// Reads and commits since the last plan.
    #[must_use]
    pub fn call_count(&self) -> u64 {
        self.plan.calls.get()
    }

    fn step(&self, is_commit: bool) -> Result<Option<Fault>, StoreError> {
        if self.plan.is_down.get() {
            return Err(StoreError::Blocked);
        }
        let (calls, commits) = (self.plan.calls.get(), self.plan.commits.get());
        self.plan.calls.set(calls + 1);
        self.plan.commits.set(commits + u64::from(is_commit));
        let due = self
            .plan
            .fault
            .get()
            .filter(|(n, counted, _)| match counted {
                Counted::Commits => is_commit && *n == commits,
                Counted::Calls => *n == calls,
            });
        let Some((_, _, fault)) = due else {
            return Ok(None);
        };
        self.plan.fault.set(None);
        match fault {
            Fault::Refuse(error) => Err(error),
            Fault::CrashBefore => {
                self.plan.is_down.set(true);
                Err(StoreError::Blocked)
            }
            Fault::CrashAfter => {
                self.plan.is_down.set(true);
                Ok(Some(fault))
            }
            Fault::LoseAnswer => Ok(Some(fault)),
        }
    }
}

fn answer<T>(fault: Option<Fault>, result: Result<T, StoreError>) -> Result<T, StoreError> {
    match fault {
        Some(_) => result.and(Err(StoreError::Blocked)),
        None => result,
    }
}

impl<S: Store> Store for Faulty<S> {
    async fn state(&self) -> Result<StoreState, StoreError> {
        let fault = self.step(false)?;
        answer(fault, self.inner.state().await)
    }

    async fn read(&self, store: StoreName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let fault = self.step(false)?;
        answer(fault, self.inner.read(store, key).await)
    }

    async fn read_many(
        &self,
        store: StoreName,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let fault = self.step(false)?;
        answer(fault, self.inner.read_many(store, keys).await)
    }

    async fn read_prefix(&self, store: StoreName, prefix: &[u8]) -> Result<Vec<Row>, StoreError> {
        let fault = self.step(false)?;
        answer(fault, self.inner.read_prefix(store, prefix).await)
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let fault = self.step(true)?;
        if let Some(limit) = self.plan.quota_bytes.get() {
            let bytes: usize = batch
                .changes
                .iter()
                .map(|change| match change {
                    super::Change::Put { key, value, .. } => key.len() + value.len(),
                    super::Change::Delete { .. } => 0,
                })
                .sum();
            if u64::try_from(bytes).is_ok_and(|bytes| bytes >= limit) {
                return Err(StoreError::Full);
            }
        }
        answer(fault, self.inner.commit(batch).await)
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::store::{conformance, memory::Memory};

    fn put(key: &[u8]) -> Batch {
        let mut batch = Batch::default();
        batch.put(StoreName::Record, key, b"x".as_slice());
        batch
    }

    #[test]
    fn without_a_plan_it_keeps_the_contract() {
        assert_eq!(
            block_on(conformance::run(&Faulty::new(Memory::new()))),
            Ok(())
        );
    }

    #[test]
    fn each_fault_does_what_it_says() {
        for (fault, is_written, works_after) in [
            (Fault::Refuse(StoreError::Full), false, true),
            (Fault::LoseAnswer, true, true),
            (Fault::CrashBefore, false, false),
            (Fault::CrashAfter, true, false),
        ] {
            let disk = Memory::new();
            let store = Faulty::new(disk.clone());
            store.fail_at(1, Counted::Commits, fault);
            assert_eq!(block_on(store.commit(put(b"a"))), Ok(()));
            assert!(block_on(store.commit(put(b"b"))).is_err(), "{fault:?}");
            assert!(store.has_failed());
            assert_eq!(
                block_on(disk.read(StoreName::Record, b"b")).is_ok_and(|row| row.is_some()),
                is_written,
                "{fault:?}"
            );
            assert_eq!(
                block_on(store.commit(put(b"c"))).is_ok(),
                works_after,
                "{fault:?}"
            );
        }
    }
}
