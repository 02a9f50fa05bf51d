//! A store in memory, for tests and as the shortest reading of the rules. It loses everything when it is dropped.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::wire::{Acked, Branch, ChainTip, RecordName, Refusal};
use protocol::{
    AccountId, AccountSeq, ChainHash, DeviceIndex, Incarnation, RelayInstance, Seq, VerifyKey,
    limit, record,
};

use super::chain::{self, DeviceRow, Verified};
use super::rule::{self, Place, bytes_of, refused};
use super::{
    Admission, ChainPart, LogPart, NewDraft, NewRecord, Pushed, RelayStore, Standing, StoreError,
    Summary, Totals,
};

type Line = (DeviceIndex, Incarnation);

#[derive(Default)]
struct Account {
    chain: Vec<Vec<u8>>,
    tip: Option<ChainTip>,
    devices: Vec<DeviceRow>,
    log: Vec<Vec<u8>>,
    /// Newest record of each incarnation, and when the incarnation first came.
    branches: BTreeMap<Line, (Branch, usize)>,
    places: BTreeMap<(Line, Seq), usize>,
    drafts: BTreeMap<(DeviceIndex, u8), (u64, Vec<u8>)>,
    used_bytes: u64,
}

#[derive(Default)]
struct State {
    accounts: BTreeMap<AccountId, Account>,
    invites: BTreeMap<[u8; 32], u32>,
}

/// A store in memory.
#[derive(Clone)]
pub struct MemoryStore {
    instance: RelayInstance,
    quota_bytes: u64,
    state: Arc<Mutex<State>>,
}

impl MemoryStore {
    /// An empty store of that name.
    #[must_use]
    pub fn new(instance: RelayInstance, quota_bytes: u64) -> Self {
        Self {
            instance,
            quota_bytes,
            state: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(
        &self,
        account: AccountId,
        action: impl FnOnce(&mut Account) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut state = self.state();
        let found = state.accounts.get_mut(&account);
        action(found.ok_or(refused(Refusal::UnknownAccount))?)
    }
}

impl Account {
    fn take(&mut self, verified: &Verified, entries: &[Vec<u8>]) {
        self.tip = Some(verified.tip);
        self.devices.clone_from(&verified.devices);
        self.used_bytes += entries.iter().map(|entry| bytes_of(entry)).sum::<u64>();
        self.chain.extend_from_slice(entries);
    }

    fn tip(&self) -> ChainTip {
        self.tip.unwrap_or(ChainTip {
            len: 0,
            head: ChainHash::NIL,
        })
    }

    fn head(&self) -> AccountSeq {
        AccountSeq(u64::try_from(self.log.len()).unwrap_or(u64::MAX))
    }

    fn push(
        &mut self,
        account: &AccountId,
        record: NewRecord,
        quota_bytes: u64,
    ) -> Result<Acked, Refusal<'static>> {
        let NewRecord { link, hash, bytes } = record;
        let line = (link.device, link.incarnation);
        let newest = self.branches.get(&line).map(|(branch, _)| branch);
        let seq = |at: usize| AccountSeq(u64::try_from(at + 1).unwrap_or(u64::MAX));
        if rule::place(newest, &link)? == Place::Known {
            let at = self.places.get(&(line, link.seq)).copied();
            let stored = at.and_then(|at| self.log.get(at)).cloned();
            let (at, stored) = at
                .zip(stored)
                .ok_or(Refusal::Unavailable { retry_after_ms: 0 })?;
            if stored != bytes {
                let hash = record::hash_bytes(account, &stored);
                return Err(rule::fork(link.incarnation, link.seq, hash));
            }
            return Ok(Acked { hash, seq: seq(at) });
        }
        rule::fits(self.used_bytes, bytes_of(&bytes), quota_bytes)?;
        self.used_bytes += bytes_of(&bytes);
        let at = self.log.len();
        self.log.push(bytes);
        self.places.insert((line, link.seq), at);
        let branch = Branch {
            incarnation: link.incarnation,
            seq: link.seq,
            hash,
        };
        let first = self.branches.get(&line).map_or(at, |(_, first)| *first);
        self.branches.insert(line, (branch, first));
        Ok(Acked { hash, seq: seq(at) })
    }
}

impl RelayStore for MemoryStore {
    fn instance(&self) -> RelayInstance {
        self.instance
    }

    async fn register(
        &self,
        account: AccountId,
        entries: Vec<Vec<u8>>,
        admission: Admission,
    ) -> Result<ChainTip, StoreError> {
        let verified = chain::start(account, &entries).map_err(refused)?;
        let mut state = self.state();
        if let Some(known) = state.accounts.get(&account) {
            return match chain::agrees(&known.chain, &entries) {
                true => Ok(known.tip()),
                false => Err(refused(Refusal::ChainBehind { tip: known.tip() })),
            };
        }
        match admission {
            Admission::Open => {}
            Admission::Closed => return Err(refused(Refusal::RegistrationClosed)),
            Admission::Invited(None) => return Err(refused(Refusal::InviteNeeded)),
            Admission::Invited(Some(digest)) => match state.invites.get_mut(&digest) {
                Some(left) if *left > 0 => *left -= 1,
                _ => return Err(refused(Refusal::InviteBad)),
            },
        }
        let mut made = Account::default();
        made.take(&verified, &entries);
        state.accounts.insert(account, made);
        Ok(verified.tip)
    }

    async fn standing(&self, account: AccountId, key: VerifyKey) -> Result<Standing, StoreError> {
        let state = self.state();
        let Some(account) = state.accounts.get(&account) else {
            return Ok(Standing::UnknownAccount);
        };
        let own = || account.devices.iter().filter(|row| row.key == key);
        if let Some(row) = own().rfind(|row| row.revoked_in.is_none()) {
            return Ok(Standing::Member(row.device));
        }
        let revoked_in = own().filter_map(|row| row.revoked_in).next_back();
        let entry = revoked_in
            .and_then(|index| usize::try_from(index).ok())
            .and_then(|index| account.chain.get(index));
        Ok(entry.map_or(Standing::NotMember, |entry| {
            Standing::Revoked(entry.clone())
        }))
    }

    async fn find_key(
        &self,
        account: AccountId,
        device: DeviceIndex,
    ) -> Result<Option<VerifyKey>, StoreError> {
        self.with(account, |account| {
            let row = account.devices.iter().find(|row| row.device == device);
            Ok(row.map(|row| row.key))
        })
    }

    async fn summary(
        &self,
        account: AccountId,
        device: DeviceIndex,
    ) -> Result<Summary, StoreError> {
        let quota_bytes = self.quota_bytes;
        self.with(account, |account| {
            let own = account.branches.iter().filter(|((of, _), _)| *of == device);
            let mut branches: Vec<(Branch, usize)> = own.map(|(_, found)| *found).collect();
            branches.sort_by_key(|(_, first)| std::cmp::Reverse(*first));
            branches.truncate(limit::BRANCHES_MAX);
            Ok(Summary {
                tip: account.tip(),
                head: account.head(),
                used_bytes: account.used_bytes,
                quota_bytes,
                branches: branches.into_iter().map(|(branch, _)| branch).collect(),
            })
        })
    }

    async fn append_chain(
        &self,
        account: AccountId,
        prev: ChainHash,
        entry: Vec<u8>,
    ) -> Result<ChainTip, StoreError> {
        self.with(account, |account| {
            let verified = chain::append(&account.chain, prev, &entry).map_err(refused)?;
            if let Some(verified) = verified {
                account.take(&verified, &[entry]);
            }
            Ok(account.tip())
        })
    }

    async fn chain(
        &self,
        account: AccountId,
        from: u32,
        max_bytes: usize,
    ) -> Result<ChainPart, StoreError> {
        self.with(account, |account| {
            let mut left = max_bytes;
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            let entries = account.chain.iter().skip(from).take_while(|entry| {
                let fits = entry.len() <= left;
                left = left.saturating_sub(entry.len());
                fits
            });
            Ok(ChainPart {
                entries: entries.cloned().collect(),
                tip: account.tip(),
            })
        })
    }

    async fn push(
        &self,
        account: AccountId,
        records: Vec<NewRecord>,
    ) -> Result<Pushed, StoreError> {
        let quota_bytes = self.quota_bytes;
        self.with(account, |found| {
            let mut pushed = Pushed {
                acked: Vec::new(),
                fresh: Vec::new(),
                refused: None,
            };
            for record in records {
                let before = found.head();
                match found.push(&account, record, quota_bytes) {
                    Ok(acked) => {
                        if acked.seq > before {
                            pushed.fresh.push(pushed.acked.len());
                        }
                        pushed.acked.push(acked);
                    }
                    Err(refusal) => {
                        pushed.refused = Some(refusal);
                        break;
                    }
                }
            }
            Ok(pushed)
        })
    }

    async fn pull(
        &self,
        account: AccountId,
        after: AccountSeq,
        max_bytes: usize,
    ) -> Result<LogPart, StoreError> {
        self.with(account, |account| {
            let head = account.head();
            if after > head {
                return Err(refused(Refusal::PastEnd { head }));
            }
            let mut records: Vec<(AccountSeq, Vec<u8>)> = Vec::new();
            let mut sum = 0;
            let skipped = usize::try_from(after.0).unwrap_or(usize::MAX);
            for (seq, bytes) in (after.0 + 1..).zip(account.log.iter().skip(skipped)) {
                sum += bytes.len();
                let is_full = sum > max_bytes || records.len() >= limit::PAGE_RECORDS_MAX;
                if is_full && !records.is_empty() {
                    break;
                }
                records.push((AccountSeq(seq), bytes.clone()));
            }
            Ok(LogPart { head, records })
        })
    }

    async fn probe(
        &self,
        account: AccountId,
        names: Vec<RecordName>,
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.with(account, |account| {
            let find = |name: &RecordName| {
                let line = (name.device, name.incarnation);
                let at = account.places.get(&(line, name.seq))?;
                account.log.get(*at).cloned()
            };
            Ok(names.iter().map(find).collect())
        })
    }

    async fn put_draft(&self, account: AccountId, draft: NewDraft) -> Result<(), StoreError> {
        let quota_bytes = self.quota_bytes;
        self.with(account, |account| {
            let name = (draft.device, draft.slot);
            let old = account.drafts.get(&name);
            if let Some((counter, bytes)) = old
                && *counter >= draft.counter
            {
                return match *bytes == draft.bytes {
                    true => Ok(()),
                    false => Err(refused(Refusal::DraftOld { counter: *counter })),
                };
            }
            let freed = old.map_or(0, |(_, bytes)| bytes_of(bytes));
            let without = account.used_bytes.saturating_sub(freed);
            rule::fits(without, bytes_of(&draft.bytes), quota_bytes).map_err(refused)?;
            account.used_bytes = without + bytes_of(&draft.bytes);
            account.drafts.insert(name, (draft.counter, draft.bytes));
            Ok(())
        })
    }

    async fn drafts(&self, account: AccountId) -> Result<Vec<Vec<u8>>, StoreError> {
        self.with(account, |account| {
            let is_active = |device: DeviceIndex| {
                let mut rows = account.devices.iter();
                rows.any(|row| row.device == device && row.revoked_in.is_none())
            };
            let active = account.drafts.iter().filter(|((of, _), _)| is_active(*of));
            Ok(active.map(|(_, (_, bytes))| bytes.clone()).collect())
        })
    }

    async fn add_invite(&self, digest: [u8; 32], uses: u32) -> Result<(), StoreError> {
        let mut state = self.state();
        let left = state.invites.entry(digest).or_default();
        *left = left.saturating_add(uses);
        Ok(())
    }

    async fn backup(&self, _: &Path) -> Result<(), StoreError> {
        let reason = "a store in memory has no file".into();
        Err(StoreError::Failed { reason })
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        let state = self.state();
        let accounts = state.accounts.values();
        Ok(accounts.fold(Totals::default(), |sum, account| Totals {
            account_count: sum.account_count + 1,
            record_count: sum.record_count + account.head().0,
            used_bytes: sum.used_bytes + account.used_bytes,
        }))
    }
}
