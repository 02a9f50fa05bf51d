//! A relay in memory that keeps the rules of the real one: chain with compare-and-swap, sequences per device, places
//! without holes, the newest draft of each slot.

use std::collections::BTreeMap;

use protocol::chain::{self, ChainView, Entry};
use protocol::draft::DraftFrame;
use protocol::record::Record;
use protocol::wire::{
    Acked, Branch, ChainTip, DraftBytes, EntryBytes, List, Origin, PlacedRecord, RecordBytes,
    Refusal, Registration, RequestId, ToDevice, ToRelay, verify_hello,
};
use protocol::{
    AccountId, AccountSeq, Challenge, DeviceIndex, Incarnation, RecordHash, RelayInstance, Seq,
};

pub(crate) const ORIGIN: &str = "http://localhost:8080";

/// The newest record of each incarnation.
type Branches = BTreeMap<(DeviceIndex, Incarnation), (Seq, RecordHash)>;

/// One account at a relay.
#[derive(Clone, Default)]
pub(crate) struct Account {
    pub(crate) entries: Vec<Vec<u8>>,
    /// What they come to.
    view: Option<ChainView>,
    pub(crate) log: Vec<Vec<u8>>,
    branches: Branches,
    pub(crate) drafts: BTreeMap<(DeviceIndex, u8), (u64, Vec<u8>)>,
}

/// Everything a relay stores.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) instance: RelayInstance,
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    /// Bytes an account may store.
    pub(crate) quota: usize,
    /// How often pages were asked for.
    pub(crate) pull_count: usize,
}

/// One connection.
#[derive(Clone)]
pub(crate) struct Session {
    challenge: Challenge,
    pub(crate) member: Option<(AccountId, DeviceIndex)>,
}

/// What a request comes to: answers, and what others are told unasked.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) answers: Vec<Vec<u8>>,
    pub(crate) others: Vec<Vec<u8>>,
}

impl Relay {
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            instance: RelayInstance::from_bytes([seed; 16]),
            accounts: BTreeMap::new(),
            quota: usize::MAX,
            pull_count: 0,
        }
    }

    pub(crate) fn record_count(&self) -> usize {
        self.accounts.values().map(|of| of.log.len()).sum()
    }

    /// A new connection, and the first frame on it.
    pub(crate) fn accept(&self, challenge: [u8; 32], now: i64) -> (Session, Vec<u8>) {
        let challenge = Challenge::from_bytes(challenge);
        let frame = ToDevice::Challenge {
            challenge,
            instance: self.instance,
            time: u64::try_from(now).unwrap(),
            registration: Registration::Open,
            origin: Origin::parse(ORIGIN).unwrap(),
        };
        let session = Session {
            challenge,
            member: None,
        };
        (session, frame.encode(RequestId::NONE).unwrap())
    }

    pub(crate) fn handle(&mut self, session: &mut Session, bytes: &[u8]) -> Said {
        let mut said = Said::default();
        let Ok((request, frame)) = ToRelay::decode(bytes) else {
            return said;
        };
        let answer = |said: &mut Said, frame: &ToDevice<'_>| {
            said.answers.push(frame.encode(request).unwrap());
        };
        let refuse = |said: &mut Said, index: u16, refusal: Refusal<'_>| {
            let frame = ToDevice::Refused { index, refusal };
            said.answers.push(frame.encode(request).unwrap());
        };
        match frame {
            ToRelay::Hello {
                account,
                key,
                signature,
                ..
            } => {
                let origin = Origin::parse(ORIGIN).unwrap();
                if verify_hello(&key, &account, &session.challenge, origin, &signature).is_err() {
                    refuse(&mut said, 0, Refusal::BadSignature);
                    return said;
                }
                let Some(stored) = self.accounts.get(&account) else {
                    refuse(&mut said, 0, Refusal::UnknownAccount);
                    return said;
                };
                let view = stored.view();
                let mut devices = view.active_devices();
                let found = devices.find(|(_, state)| state.card.verify_key == key);
                let Some((device, _)) = found else {
                    refuse(&mut said, 0, Refusal::NotMember);
                    return said;
                };
                session.member = Some((account, device));
                let own = stored.branches.iter().filter(|((of, _), _)| *of == device);
                let branches = own.map(|((_, incarnation), (seq, hash))| Branch {
                    incarnation: *incarnation,
                    seq: *seq,
                    hash: *hash,
                });
                let welcome = ToDevice::Welcome {
                    device,
                    chain: stored.tip(),
                    head: stored.head(),
                    used_bytes: 0,
                    quota_bytes: 0,
                    branches: List(branches.collect()),
                };
                answer(&mut said, &welcome);
            }
            ToRelay::Register {
                account, entries, ..
            } => {
                let entries: Vec<Vec<u8>> = entries.0.iter().map(|of| of.0.to_vec()).collect();
                match chain::verify(&entries) {
                    Ok(view) if view.account() == account => {
                        let stored = self.accounts.entry(account).or_default();
                        if stored.entries.is_empty() {
                            stored.entries = entries;
                            stored.view = Some(view);
                        }
                        let tip = stored.tip();
                        answer(&mut said, &ToDevice::ChainAck { tip });
                    }
                    _ => refuse(&mut said, 0, Refusal::ChainInvalid),
                }
            }
            frame => {
                let Some((account, device)) = session.member else {
                    refuse(&mut said, 0, Refusal::HelloFirst);
                    return said;
                };
                let quota = self.quota;
                self.pull_count += usize::from(matches!(frame, ToRelay::Pull { .. }));
                match self.accounts.get_mut(&account) {
                    Some(stored) => {
                        stored.handle((account, device), frame, request, quota, &mut said);
                    }
                    None => refuse(&mut said, 0, Refusal::UnknownAccount),
                }
            }
        }
        said
    }
}

impl Account {
    pub(crate) fn view(&self) -> &ChainView {
        self.view.as_ref().unwrap()
    }

    pub(crate) fn tip(&self) -> ChainTip {
        let last = self.entries.last().unwrap();
        ChainTip {
            len: u32::try_from(self.entries.len()).unwrap(),
            head: Entry::decode(last).unwrap().hash(),
        }
    }

    pub(crate) fn head(&self) -> AccountSeq {
        AccountSeq(self.log.len() as u64)
    }

    fn handle(
        &mut self,
        (account, device): (AccountId, DeviceIndex),
        frame: ToRelay<'_>,
        request: RequestId,
        quota: usize,
        said: &mut Said,
    ) {
        let mut answer = |frame: ToDevice<'_>| said.answers.push(frame.encode(request).unwrap());
        match frame {
            ToRelay::Push { records } => {
                let mut acked = Vec::new();
                let mut refused = None;
                let mut live = Vec::new();
                for (index, bytes) in (0..).zip(&records.0) {
                    match self.push(account, device, bytes.0, quota) {
                        Ok((hash, seq, is_new)) => {
                            acked.push(Acked { hash, seq });
                            if is_new {
                                live.push((seq, bytes.0.to_vec()));
                            }
                        }
                        Err(refusal) => {
                            refused = Some((index, refusal));
                            break;
                        }
                    }
                }
                if !acked.is_empty() {
                    answer(ToDevice::Ack {
                        records: List(acked),
                    });
                }
                if let Some((index, refusal)) = refused {
                    answer(ToDevice::Refused { index, refusal });
                }
                for (seq, bytes) in live {
                    let record = PlacedRecord {
                        seq,
                        record: RecordBytes(&bytes),
                    };
                    let frame = ToDevice::Live { record };
                    said.others.push(frame.encode(RequestId::NONE).unwrap());
                }
            }
            ToRelay::Pull { after, max_bytes } => {
                if after > self.head() {
                    let refusal = Refusal::PastEnd { head: self.head() };
                    return answer(ToDevice::Refused { index: 0, refusal });
                }
                let mut size = 0;
                let from = usize::try_from(after.0).unwrap();
                let page = self.log.iter().zip(1..).skip(from).take(256);
                let page = page.take_while(|(bytes, _)| {
                    let is_first = size == 0;
                    size += bytes.len();
                    is_first || size <= usize::try_from(max_bytes).unwrap()
                });
                let records = page.map(|(bytes, seq)| PlacedRecord {
                    seq: AccountSeq(seq),
                    record: RecordBytes(bytes),
                });
                answer(ToDevice::Page {
                    head: self.head(),
                    records: List(records.collect()),
                });
            }
            ToRelay::PullChain { from } => {
                let from = usize::try_from(from).unwrap();
                let entries = self.entries.iter().skip(from).map(|of| EntryBytes(of));
                answer(ToDevice::ChainPage {
                    tip: self.tip(),
                    entries: List(entries.collect()),
                });
            }
            ToRelay::AppendChain { prev, entry } => {
                let tip = self.tip();
                if prev != tip.head {
                    let refusal = Refusal::ChainBehind { tip };
                    return answer(ToDevice::Refused { index: 0, refusal });
                }
                let mut view = self.view().clone();
                if view.append(entry.0).is_err() {
                    let refusal = Refusal::ChainInvalid;
                    return answer(ToDevice::Refused { index: 0, refusal });
                }
                self.entries.push(entry.0.to_vec());
                self.view = Some(view);
                let tip = self.tip();
                answer(ToDevice::ChainAck { tip });
                let frame = ToDevice::ChainLive { tip };
                said.others.push(frame.encode(RequestId::NONE).unwrap());
            }
            ToRelay::PutDraft { draft } => {
                let Ok(frame) = DraftFrame::decode(draft.0.to_vec()) else {
                    let refusal = Refusal::Malformed { reason: 0 };
                    return answer(ToDevice::Refused { index: 0, refusal });
                };
                let header = *frame.header();
                let place = (header.device, header.slot);
                let stored = self.drafts.get(&place).map_or(0, |(counter, _)| *counter);
                if header.device != device || header.counter <= stored {
                    let refusal = Refusal::DraftOld { counter: stored };
                    return answer(ToDevice::Refused { index: 0, refusal });
                }
                self.drafts
                    .insert(place, (header.counter, draft.0.to_vec()));
                answer(ToDevice::DraftAck {
                    slot: header.slot,
                    counter: header.counter,
                });
                let frame = ToDevice::DraftLive { draft };
                said.others.push(frame.encode(RequestId::NONE).unwrap());
            }
            ToRelay::PullDrafts => {
                let drafts = self.drafts.values().map(|(_, bytes)| DraftBytes(bytes));
                answer(ToDevice::DraftPage {
                    is_last: true,
                    drafts: List(drafts.collect()),
                });
            }
            ToRelay::Probe { names } => {
                let find = |name: &protocol::wire::RecordName| {
                    let found = self.log.iter().find(|bytes| {
                        let record = Record::decode((*bytes).clone());
                        record.is_ok_and(|record| {
                            let outer = record.outer();
                            (outer.device, outer.incarnation, outer.seq)
                                == (name.device, name.incarnation, name.seq)
                        })
                    });
                    found.map(|bytes| RecordBytes(bytes))
                };
                let records = names.0.iter().map(find).collect();
                answer(ToDevice::Probed {
                    records: List(records),
                });
            }
            _ => answer(ToDevice::Refused {
                index: 0,
                refusal: Refusal::UnknownType,
            }),
        }
    }

    fn push(
        &mut self,
        account: AccountId,
        device: DeviceIndex,
        bytes: &[u8],
        quota: usize,
    ) -> Result<(RecordHash, AccountSeq, bool), Refusal<'static>> {
        let Ok(record) = Record::decode(bytes.to_vec()) else {
            return Err(Refusal::Malformed { reason: 0 });
        };
        let hash = record.hash(&account);
        if let Some(index) = self.log.iter().position(|known| known == bytes) {
            return Ok((hash, AccountSeq(index as u64 + 1), false));
        }
        let outer = record.outer();
        let Some(key) = self.view().verify_key(outer.device) else {
            return Err(Refusal::NotMember);
        };
        if outer.device != device && record.verify(&account, &key).is_err() {
            return Err(Refusal::NotYours);
        }
        let place = (outer.device, outer.incarnation);
        let none = (Seq(0), RecordHash::NIL);
        let (seq, prev) = self.branches.get(&place).copied().unwrap_or(none);
        let stored = Branch {
            incarnation: outer.incarnation,
            seq,
            hash: prev,
        };
        if Some(outer.seq) > seq.next() {
            return Err(Refusal::Gap { stored });
        }
        if outer.seq <= seq || outer.prev != prev {
            return Err(Refusal::Fork { stored });
        }
        let used: usize = self.log.iter().map(Vec::len).sum();
        if used + bytes.len() > quota {
            return Err(Refusal::Quota {
                used_bytes: used as u64,
                quota_bytes: quota as u64,
            });
        }
        self.log.push(bytes.to_vec());
        self.branches.insert(place, (outer.seq, hash));
        Ok((hash, self.head(), true))
    }

    /// Takes the last record out, as a restored or lying relay has it.
    pub(crate) fn lose_last(&mut self, account: AccountId) {
        self.log.pop();
        self.branches.clear();
        for bytes in &self.log {
            let record = Record::decode(bytes.clone()).unwrap();
            let outer = record.outer();
            let newest = (outer.seq, record.hash(&account));
            self.branches
                .insert((outer.device, outer.incarnation), newest);
        }
    }
}
