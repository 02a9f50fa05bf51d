//! Carries out what a session asks of store, hub and mailbox, and makes the answers.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::{CloseCode, close_code};
use protocol::limit::PAGE_MAX_BYTES;
use protocol::wire::{
    BoxBytes, DraftBytes, EntryBytes, List, PlacedRecord, RecordBytes, Refusal, RequestId, ToDevice,
};
use protocol::{AccountId, AccountSeq, DeviceIndex, VerifyKey, draft::DraftFrame, record};
use tokio::time::Instant;
use tracing::{debug, warn};

use super::hub::ConnectionId;
use super::metrics::Metrics;
use super::queue::Queue;
use super::session::{Member, Push, Session, Step};
use super::{CROWDED_MS, Relay};
use crate::store::{Admission, NewDraft, NewRecord, Pushed, RelayStore, Standing, StoreError};

/// What a request ends in.
pub(crate) struct Done {
    /// In this order; each with the number of the request.
    pub(crate) answers: Vec<Bytes>,
    /// With what the connection ends after them, if it does.
    pub(crate) close: Option<CloseCode>,
}

/// One request of one connection, with what it may use.
pub(crate) struct Work<'a, S> {
    pub(crate) relay: &'a Relay<S>,
    pub(crate) connection: ConnectionId,
    pub(crate) queue: &'a Arc<Queue>,
    pub(crate) request: RequestId,
    pub(crate) answers: Vec<Bytes>,
    pub(crate) close: Option<CloseCode>,
}

/// Why a request is not carried out: the item, and the refusal.
type Refused = (usize, Refusal<'static>);

impl<S: RelayStore> Work<'_, S> {
    /// Carries out a step.
    pub(crate) async fn carry_out(mut self, session: &mut Session, step: Step) -> Done {
        if matches!(step, Step::Hang(_)) {
            self.close = Some(close_code::POLICY);
        }
        if let Err((index, refusal)) = self.step(session, step).await {
            self.relay.metrics.refused(refusal.code());
            debug!(code = refusal.code(), "refused");
            let index = u16::try_from(index).unwrap_or(u16::MAX);
            self.answer(&ToDevice::Refused { index, refusal });
        }
        Done {
            answers: self.answers,
            close: self.close,
        }
    }

    fn answer(&mut self, frame: &ToDevice<'_>) {
        match frame.encode(self.request) {
            Ok(bytes) => self.answers.push(bytes.into()),
            Err(error) => warn!(%error, "an answer has no bytes"),
        }
    }

    fn whole(&self, error: StoreError) -> Refused {
        if !matches!(error, StoreError::Refused(_)) {
            Metrics::add(&self.relay.metrics.store_faults, 1);
        }
        (0, error.refusal())
    }

    async fn step(&mut self, session: &mut Session, step: Step) -> Result<(), Refused> {
        match step {
            Step::Refuse(refusal) | Step::Hang(refusal) => Err((0, refusal)),
            Step::Hello {
                account,
                key,
                is_live,
            } => self.hello(session, account, key, is_live).await,
            Step::Register {
                account,
                invite,
                entries,
            } => self.register(account, invite, entries).await,
            Step::Push(member, push) => self.push(member, push).await,
            Step::Pull {
                member,
                after,
                max_bytes,
            } => self.pull(member, after, max_bytes).await,
            Step::PullChain { member, from } => {
                let part = self.relay.store.chain(member.account, from, PAGE_MAX_BYTES);
                let part = part.await.map_err(|error| self.whole(error))?;
                let entries = part.entries.iter().map(|entry| EntryBytes(entry));
                self.answer(&ToDevice::ChainPage {
                    tip: part.tip,
                    entries: List(entries.collect()),
                });
                Ok(())
            }
            Step::AppendChain {
                member,
                prev,
                entry,
            } => {
                let store = &self.relay.store;
                let tip = store.append_chain(member.account, prev, entry).await;
                let tip = tip.map_err(|error| self.whole(error))?;
                self.answer(&ToDevice::ChainAck { tip });
                if let Ok(frame) = (ToDevice::ChainLive { tip }).encode(RequestId::NONE) {
                    let hub = &self.relay.hub;
                    hub.hint_chain(member.account, self.connection, &frame.into());
                }
                Ok(())
            }
            Step::PutDraft {
                member,
                draft,
                foreign,
            } => self.put_draft(member, draft, foreign.as_deref()).await,
            Step::PullDrafts(member) => self.pull_drafts(member).await,
            Step::Probe(member, names) => {
                let found = self.relay.store.probe(member.account, names).await;
                let found = found.map_err(|error| self.whole(error))?;
                let records = found.iter().map(|bytes| bytes.as_deref().map(RecordBytes));
                self.answer(&ToDevice::Probed {
                    records: List(records.collect()),
                });
                Ok(())
            }
            Step::PutBox {
                name,
                place,
                token,
                sealed,
            } => {
                let now_ms = self.relay.now_ms();
                let put = self
                    .relay
                    .mailbox()
                    .put(name, place, token, &sealed, now_ms);
                put.map_err(|refusal| (0, refusal))?;
                self.answer(&ToDevice::BoxAck);
                Ok(())
            }
            Step::WaitBox { name, place, token } => {
                let now_ms = self.relay.now_ms();
                let waiting = (self.request, self.queue);
                let found = self
                    .relay
                    .mailbox()
                    .wait(name, place, token, waiting, now_ms);
                if let Some(sealed) = found.map_err(|refusal| (0, refusal))? {
                    let sealed = BoxBytes(&sealed);
                    self.answer(&ToDevice::BoxMessage { sealed });
                }
                Ok(())
            }
        }
    }

    async fn hello(
        &mut self,
        session: &mut Session,
        account: AccountId,
        key: VerifyKey,
        is_live: bool,
    ) -> Result<(), Refused> {
        let Relay { store, hub, .. } = self.relay;
        let standing = store.standing(account, key).await;
        let device = match standing.map_err(|error| self.whole(error))? {
            Standing::Member(device) => device,
            Standing::UnknownAccount => return Err((0, Refusal::UnknownAccount)),
            Standing::NotMember => return Err((0, Refusal::NotMember)),
            Standing::Revoked(entry) => {
                let entry = EntryBytes(&entry);
                let refusal = Refusal::Revoked { entry };
                self.relay.metrics.refused(refusal.code());
                self.answer(&ToDevice::Refused { index: 0, refusal });
                return Ok(());
            }
        };
        // Heard first and read then: what comes in between is told twice, not missed.
        let now_ms = self.relay.now_ms();
        let queue = self.queue.clone();
        if !hub.join(account, self.connection, queue, is_live, now_ms) {
            self.close = Some(close_code::AGAIN);
            let retry_after_ms = CROWDED_MS;
            return Err((0, Refusal::Slow { retry_after_ms }));
        }
        let summary = match store.summary(account, device).await {
            Ok(summary) => summary,
            Err(error) => {
                hub.leave(account, self.connection, now_ms);
                return Err(self.whole(error));
            }
        };
        session.welcome(Member {
            account,
            device,
            key,
            is_live,
        });
        Metrics::add(&self.relay.metrics.hellos, 1);
        self.answer(&ToDevice::Welcome {
            device,
            chain: summary.tip,
            head: summary.head,
            used_bytes: summary.used_bytes,
            quota_bytes: summary.quota_bytes,
            branches: List(summary.branches),
        });
        Ok(())
    }

    async fn register(
        &mut self,
        account: AccountId,
        invite: Option<[u8; 32]>,
        entries: Vec<Vec<u8>>,
    ) -> Result<(), Refused> {
        self.relay
            .spend_register()
            .map_err(|retry_after_ms| (0, Refusal::Slow { retry_after_ms }))?;
        let admission = match self.relay.settings.registration {
            protocol::wire::Registration::Open => Admission::Open,
            protocol::wire::Registration::Invited => Admission::Invited(invite),
            protocol::wire::Registration::Closed => Admission::Closed,
        };
        let tip = self.relay.store.register(account, entries, admission).await;
        let tip = tip.map_err(|error| self.whole(error))?;
        self.answer(&ToDevice::ChainAck { tip });
        Ok(())
    }

    async fn push(&mut self, member: Member, mut push: Push) -> Result<(), Refused> {
        let began = Instant::now();
        self.check_foreign(member, &mut push).await?;
        let live = self.relay.hub.has_others(member.account, self.connection);
        let kept: Vec<Bytes> = match live {
            true => push
                .records
                .iter()
                .map(|record| Bytes::copy_from_slice(&record.bytes))
                .collect(),
            false => Vec::new(),
        };
        let Push { records, refused } = push;
        let count = records.len();
        let pushed = match count {
            0 => Pushed {
                acked: Vec::new(),
                fresh: Vec::new(),
                refused: None,
            },
            _ => {
                let pushed = self.relay.store.push(member.account, records).await;
                pushed.map_err(|error| self.whole(error))?
            }
        };
        self.relay.metrics.acked(began.elapsed());
        Metrics::add(&self.relay.metrics.records_stored, pushed.fresh.len());
        self.tell_others(member.account, &pushed, &kept);
        let index = pushed.acked.len();
        let refused = pushed.refused.or(refused);
        if index > 0 || refused.is_none() {
            let records = List(pushed.acked);
            self.answer(&ToDevice::Ack { records });
        }
        refused.map_or(Ok(()), |refusal| Err((index, refusal)))
    }

    fn tell_others(&self, account: AccountId, pushed: &Pushed, kept: &[Bytes]) {
        let mut frames = Vec::new();
        for at in &pushed.fresh {
            let (Some(acked), Some(bytes)) = (pushed.acked.get(*at), kept.get(*at)) else {
                continue;
            };
            let record = PlacedRecord {
                seq: acked.seq,
                record: RecordBytes(bytes),
            };
            if let Ok(frame) = (ToDevice::Live { record }).encode(RequestId::NONE) {
                frames.push((Some(acked.seq), Bytes::from(frame)));
            }
        }
        let behind = self.relay.hub.hint(account, self.connection, &frames);
        Metrics::add(&self.relay.metrics.behind, behind);
    }

    /// A device may hand in what another one made, so that a relay that lost it is filled again; then the signature
    /// counts.
    async fn check_foreign(&self, member: Member, push: &mut Push) -> Result<(), Refused> {
        let is_foreign = |record: &NewRecord| record.link.device != member.device;
        let mut foreign: Vec<DeviceIndex> = push
            .records
            .iter()
            .filter(|record| is_foreign(record))
            .map(|record| record.link.device)
            .collect();
        if foreign.is_empty() {
            return Ok(());
        }
        foreign.sort_unstable();
        foreign.dedup();
        let mut keys: Vec<(DeviceIndex, Option<VerifyKey>)> = Vec::new();
        for device in foreign {
            let key = self.relay.store.find_key(member.account, device).await;
            keys.push((device, key.map_err(|error| self.whole(error))?));
        }
        let records = std::mem::take(&mut push.records);
        let account = member.account;
        let check = move || {
            let wrong = records.iter().enumerate().find_map(|(at, record)| {
                let device = record.link.device;
                let (_, key) = keys.iter().find(|(of, _)| *of == device)?;
                match key {
                    None => Some((at, Refusal::NotMember)),
                    Some(key) => record::verify_bytes(&account, key, &record.bytes)
                        .is_err()
                        .then_some((at, Refusal::NotYours)),
                }
            });
            (records, wrong)
        };
        let checked = tokio::task::spawn_blocking(check).await;
        let (records, wrong) =
            checked.map_err(|_| (0, Refusal::Unavailable { retry_after_ms: 0 }))?;
        push.records = records;
        if let Some((at, refusal)) = wrong {
            push.stop_at(at, refusal);
        }
        Ok(())
    }

    async fn pull(
        &mut self,
        member: Member,
        after: AccountSeq,
        max_bytes: usize,
    ) -> Result<(), Refused> {
        let part = self.relay.store.pull(member.account, after, max_bytes);
        let part = part.await.map_err(|error| self.whole(error))?;
        let sum = part.records.iter().map(|(_, bytes)| bytes.len()).sum();
        let now_ms = self.relay.now_ms();
        self.relay.hub.charge(member.account, sum, now_ms);
        let records = part.records.iter().map(|(seq, bytes)| PlacedRecord {
            seq: *seq,
            record: RecordBytes(bytes),
        });
        self.answer(&ToDevice::Page {
            head: part.head,
            records: List(records.collect()),
        });
        Ok(())
    }

    async fn put_draft(
        &mut self,
        member: Member,
        draft: NewDraft,
        foreign: Option<&DraftFrame>,
    ) -> Result<(), Refused> {
        let store = &self.relay.store;
        if let Some(frame) = foreign {
            let key = store.find_key(member.account, draft.device).await;
            match key.map_err(|error| self.whole(error))? {
                None => return Err((0, Refusal::NotMember)),
                Some(key) if frame.verify(&key).is_err() => return Err((0, Refusal::NotYours)),
                Some(_) => {}
            }
        }
        let (slot, counter) = (draft.slot, draft.counter);
        let hint = ToDevice::DraftLive {
            draft: DraftBytes(&draft.bytes),
        };
        let hint = hint.encode(RequestId::NONE);
        let put = store.put_draft(member.account, draft).await;
        put.map_err(|error| self.whole(error))?;
        self.answer(&ToDevice::DraftAck { slot, counter });
        if let Ok(frame) = hint {
            let frames = [(None, frame.into())];
            let behind = self
                .relay
                .hub
                .hint(member.account, self.connection, &frames);
            Metrics::add(&self.relay.metrics.behind, behind);
        }
        Ok(())
    }

    async fn pull_drafts(&mut self, member: Member) -> Result<(), Refused> {
        let drafts = self.relay.store.drafts(member.account).await;
        let drafts = drafts.map_err(|error| self.whole(error))?;
        let mut pages: Vec<Vec<DraftBytes<'_>>> = vec![Vec::new()];
        let mut sum = 0;
        for draft in &drafts {
            sum += draft.len();
            if sum > PAGE_MAX_BYTES {
                pages.push(Vec::new());
                sum = draft.len();
            }
            if let Some(page) = pages.last_mut() {
                page.push(DraftBytes(draft));
            }
        }
        let last = pages.len();
        for (number, page) in (1..).zip(pages) {
            self.answer(&ToDevice::DraftPage {
                is_last: number == last,
                drafts: List(page),
            });
        }
        Ok(())
    }
}
