//! A relay in memory that keeps the rules of the real one: chain with compare-and-swap, sequences per device, places
//! without holes, the newest draft of each slot.

use std::collections::BTreeMap;

use protocol::chain::{self, ChainView, Entry};
use protocol::draft::{DraftError, DraftFrame};
use protocol::record::{Link, RecordError, hash_bytes, verify_bytes};
use protocol::wire::{
    Acked, Branch, ChainTip, DraftBytes, EntryBytes, List, Origin, PlacedRecord, RecordBytes,
    Refusal, Registration, RequestId, ToDevice, ToRelay, find_request, verify_hello,
};
use protocol::{
    AccountId, AccountSeq, Challenge, DeviceIndex, Incarnation, RecordHash, RelayInstance, Seq,
    limit,
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
        let (request, frame) = match ToRelay::decode(bytes) {
            Ok(decoded) => decoded,
            Err(error) => {
                let request = find_request(bytes).unwrap_or(RequestId::NONE);
                let refusal = error.into();
                let refused = ToDevice::Refused { index: 0, refusal };
                said.answers.push(refused.encode(request).unwrap());
                return said;
            }
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

    /// Bytes of records.
    pub(crate) fn used_bytes(&self) -> usize {
        self.log.iter().map(Vec::len).sum()
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
            ToRelay::PutDraft { draft } => match self.put_draft(account, device, draft.0) {
                Ok((slot, counter)) => {
                    answer(ToDevice::DraftAck { slot, counter });
                    let frame = ToDevice::DraftLive { draft };
                    said.others.push(frame.encode(RequestId::NONE).unwrap());
                }
                Err(refusal) => answer(ToDevice::Refused { index: 0, refusal }),
            },
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
                        let link = Link::read(bytes).unwrap();
                        (link.device, link.incarnation, link.seq)
                            == (name.device, name.incarnation, name.seq)
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
        let link = Link::read(bytes).map_err(|error| match error {
            RecordError::Format { got } if got > limit::FORMAT => {
                let max = limit::FORMAT;
                Refusal::FormatTooNew { max }
            }
            _ => Refusal::Malformed { reason: 0 },
        })?;
        let hash = hash_bytes(&account, bytes);
        if let Some(index) = self.log.iter().position(|known| known == bytes) {
            return Ok((hash, AccountSeq(index as u64 + 1), false));
        }
        let Some(key) = self.view().verify_key(link.device) else {
            return Err(Refusal::NotMember);
        };
        // What a device hands in of its own it vouches for with the connection.
        if link.device != device && verify_bytes(&account, &key, bytes).is_err() {
            return Err(Refusal::NotYours);
        }
        let place = (link.device, link.incarnation);
        let none = (Seq(0), RecordHash::NIL);
        let (seq, prev) = self.branches.get(&place).copied().unwrap_or(none);
        let stored = Branch {
            incarnation: link.incarnation,
            seq,
            hash: prev,
        };
        if Some(link.seq) > seq.next() {
            return Err(Refusal::Gap { stored });
        }
        if link.seq <= seq || link.prev != prev {
            return Err(Refusal::Fork { stored });
        }
        let used = self.used_bytes();
        if used + bytes.len() > quota {
            return Err(Refusal::Quota {
                used_bytes: used as u64,
                quota_bytes: quota as u64,
            });
        }
        self.log.push(bytes.to_vec());
        self.branches.insert(place, (link.seq, hash));
        Ok((hash, self.head(), true))
    }

    /// Answers the slot and its counter.
    fn put_draft(
        &mut self,
        account: AccountId,
        device: DeviceIndex,
        bytes: &[u8],
    ) -> Result<(u8, u64), Refusal<'static>> {
        let frame = DraftFrame::decode(bytes.to_vec()).map_err(|error| match error {
            DraftError::Format { got } if got > limit::FORMAT => {
                let max = limit::FORMAT;
                Refusal::FormatTooNew { max }
            }
            _ => Refusal::Malformed { reason: 0 },
        })?;
        let header = *frame.header();
        if header.account != account {
            return Err(Refusal::NotYours);
        }
        if header.device != device {
            let key = self.view().verify_key(header.device);
            let key = key.ok_or(Refusal::NotMember)?;
            frame.verify(&key).map_err(|_| Refusal::NotYours)?;
        }
        let place = (header.device, header.slot);
        if let Some((counter, known)) = self.drafts.get(&place)
            && *counter >= header.counter
        {
            let counter = *counter;
            return match known == bytes {
                true => Ok((header.slot, counter)),
                false => Err(Refusal::DraftOld { counter }),
            };
        }
        self.drafts.insert(place, (header.counter, bytes.to_vec()));
        Ok((header.slot, header.counter))
    }

    /// Whether a draft slot holds what its device did not sign.
    pub(crate) fn has_spoilt_draft(&self, device: DeviceIndex, slot: u8) -> bool {
        let stored = self.drafts.get(&(device, slot));
        stored.is_some_and(|(_, bytes)| {
            let frame = DraftFrame::decode(bytes.clone()).unwrap();
            let key = self.view().verify_key(device).unwrap();
            frame.verify(&key).is_err()
        })
    }

    /// Takes the last record out, as a restored or lying relay has it.
    pub(crate) fn lose_last(&mut self, account: AccountId) {
        self.log.pop();
        self.branches.clear();
        for bytes in &self.log {
            let link = Link::read(bytes).unwrap();
            let newest = (link.seq, hash_bytes(&account, bytes));
            self.branches
                .insert((link.device, link.incarnation), newest);
        }
    }
}
