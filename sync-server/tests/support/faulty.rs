//! A store in front of another one that fails where it is told to: before anything happened, or after all of it did.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use protocol::wire::{ChainTip, RecordName};
use protocol::{AccountId, AccountSeq, ChainHash, DeviceIndex, RelayInstance, VerifyKey};
use sync_server::store::{
    Admission, ChainPart, LogPart, NewDraft, NewRecord, Pushed, RelayStore, Standing, StoreError,
    Summary, Totals,
};

/// When a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happened.
    Before,
    /// All of it happened; the answer is lost.
    After,
}

#[derive(Default)]
struct Plan {
    calls: u64,
    /// Chains being read as a whole, and the most there were at once.
    chains: (usize, usize),
    faults: BTreeMap<u64, Fault>,
}

#[derive(Clone)]
pub struct Faulty<S> {
    inner: S,
    plan: Arc<Mutex<Plan>>,
}

fn failed() -> StoreError {
    StoreError::Failed {
        reason: "as planned".into(),
    }
}

impl<S> Faulty<S> {
    pub fn new(inner: S, faults: impl IntoIterator<Item = (u64, Fault)>) -> Self {
        let faults = faults.into_iter().collect();
        let plan = Plan {
            calls: 0,
            chains: (0, 0),
            faults,
        };
        Self {
            inner,
            plan: Arc::new(Mutex::new(plan)),
        }
    }

    /// Calls so far, failed ones included.
    pub fn calls(&self) -> u64 {
        self.plan.lock().unwrap().calls
    }

    /// Chains that were read as a whole at once.
    pub fn chains_at_once(&self) -> usize {
        self.plan.lock().unwrap().chains.1
    }

    async fn call<T>(
        &self,
        action: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let fault = {
            let mut plan = self.plan.lock().unwrap();
            let at = plan.calls;
            plan.calls += 1;
            plan.faults.remove(&at)
        };
        match fault {
            None => action.await,
            Some(Fault::Before) => Err(failed()),
            Some(Fault::After) => {
                action.await.ok();
                Err(failed())
            }
        }
    }
}

impl<S: RelayStore> RelayStore for Faulty<S> {
    fn instance(&self) -> RelayInstance {
        self.inner.instance()
    }

    async fn register(
        &self,
        account: AccountId,
        entries: Vec<Vec<u8>>,
        admission: Admission,
    ) -> Result<ChainTip, StoreError> {
        self.call(self.inner.register(account, entries, admission))
            .await
    }

    async fn standing(&self, account: AccountId, key: VerifyKey) -> Result<Standing, StoreError> {
        self.call(self.inner.standing(account, key)).await
    }

    async fn find_key(
        &self,
        account: AccountId,
        device: DeviceIndex,
    ) -> Result<Option<VerifyKey>, StoreError> {
        self.call(self.inner.find_key(account, device)).await
    }

    async fn summary(
        &self,
        account: AccountId,
        device: DeviceIndex,
    ) -> Result<Summary, StoreError> {
        self.call(self.inner.summary(account, device)).await
    }

    async fn append_chain(
        &self,
        account: AccountId,
        prev: ChainHash,
        entry: Vec<u8>,
    ) -> Result<ChainTip, StoreError> {
        {
            let (now, most) = &mut self.plan.lock().unwrap().chains;
            *now += 1;
            *most = (*most).max(*now);
        }
        // So long that others come in.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let appended = self.call(self.inner.append_chain(account, prev, entry));
        let appended = appended.await;
        self.plan.lock().unwrap().chains.0 -= 1;
        appended
    }

    async fn chain(
        &self,
        account: AccountId,
        from: u32,
        max_bytes: usize,
    ) -> Result<ChainPart, StoreError> {
        self.call(self.inner.chain(account, from, max_bytes)).await
    }

    async fn push(
        &self,
        account: AccountId,
        records: Vec<NewRecord>,
    ) -> Result<Pushed, StoreError> {
        self.call(self.inner.push(account, records)).await
    }

    async fn pull(
        &self,
        account: AccountId,
        after: AccountSeq,
        max_bytes: usize,
    ) -> Result<LogPart, StoreError> {
        self.call(self.inner.pull(account, after, max_bytes)).await
    }

    async fn probe(
        &self,
        account: AccountId,
        names: Vec<RecordName>,
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.call(self.inner.probe(account, names)).await
    }

    async fn put_draft(&self, account: AccountId, draft: NewDraft) -> Result<(), StoreError> {
        self.call(self.inner.put_draft(account, draft)).await
    }

    async fn drafts(&self, account: AccountId) -> Result<Vec<Vec<u8>>, StoreError> {
        self.call(self.inner.drafts(account)).await
    }

    async fn add_invite(&self, digest: [u8; 32], uses: u32) -> Result<(), StoreError> {
        self.call(self.inner.add_invite(digest, uses)).await
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.call(self.inner.backup(to)).await
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.call(self.inner.totals()).await
    }
}
