//! One connection as a step machine: a frame goes in, what is to be done comes out. It knows what may come when, checks
//! signatures and shapes, and counts what one connection may ask for. It knows no socket, no store and no clock.

use protocol::limit::{
    DETAIL_MAX_BYTES, DRAFT_FRAME_MAX_BYTES, DRAFT_SLOTS, DRAFTS_MAX, FORMAT, PAGE_MAX_BYTES,
    RECORD_MAX_BYTES,
};
use protocol::wire::{BoxPlace, Origin, RecordName, Refusal, RequestId, ToRelay, find_request};
use protocol::{
    AccountId, AccountSeq, BoxId, BoxToken, ChainHash, Challenge, DeviceIndex, VerifyKey,
    draft::{DraftError, DraftFrame},
    record::{self, Link, RecordError},
    wire,
};

use super::bucket::{Bucket, Rate};
use crate::store::{NewDraft, NewRecord};

/// Hellos on one socket: a new device asks once a second until the old one has added it.
const HELLOS_MAX: u16 = 300;
/// Frames that make no sense, after which the socket is closed.
const FAULTS_MAX: u8 = 16;
/// Accounts that one socket may try to make.
const REGISTERS_MAX: u8 = 8;
/// Each slot once in 10 s in the long run.
const DRAFTS: Rate = Rate {
    per_second: 1,
    burst: 2 * DRAFT_SLOTS as u64,
};
/// Pairing needs six requests, and some again after a broken connection.
const BOXES: Rate = Rate {
    per_second: 1,
    burst: 30,
};

/// Any answer that is no page: the largest is a refusal with a chain entry in it. With a page, the heads of its records.
const OTHER_BYTES: usize = DETAIL_MAX_BYTES + 1_024;

/// What a frame asks, read where it stands: nothing of it was copied.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    request: RequestId,
    asked: Result<ToRelay<'a>, Refusal<'static>>,
    bytes: usize,
}

impl<'a> Asked<'a> {
    /// Reads a frame.
    pub(crate) fn read(frame: &'a [u8]) -> Self {
        let (request, asked) = match ToRelay::decode(frame) {
            Ok((request, asked)) => (request, Ok(asked)),
            Err(error) => {
                let request = find_request(frame).unwrap_or(RequestId::NONE);
                (request, Err(error.into()))
            }
        };
        Self {
            request,
            asked,
            bytes: frame.len(),
        }
    }

    /// Its number.
    pub(crate) const fn request(&self) -> RequestId {
        self.request
    }

    /// Whether the whole chain is read for it.
    pub(crate) const fn reads_chain(&self) -> bool {
        matches!(self.asked, Ok(ToRelay::AppendChain { .. }))
    }

    /// What it takes to carry it out: itself as handed to the store and as passed on to others, and its largest answer
    /// as read from the store and as sent.
    pub(crate) fn work_bytes(&self) -> usize {
        let answer = match &self.asked {
            Ok(ToRelay::Pull { max_bytes, .. }) => usize::try_from(*max_bytes)
                .unwrap_or(usize::MAX)
                .clamp(RECORD_MAX_BYTES, PAGE_MAX_BYTES),
            Ok(ToRelay::PullChain { .. }) => PAGE_MAX_BYTES,
            Ok(ToRelay::PullDrafts) => DRAFTS_MAX * DRAFT_FRAME_MAX_BYTES,
            Ok(ToRelay::Probe { names }) => names.0.len() * RECORD_MAX_BYTES,
            _ => 0,
        };
        2 * (self.bytes + answer + OTHER_BYTES)
    }
}

/// Who a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) account: AccountId,
    pub(crate) device: DeviceIndex,
    pub(crate) key: VerifyKey,
    pub(crate) is_live: bool,
}

/// What is to be done for a frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Answer with a refusal.
    Refuse(Refusal<'static>),
    /// Answer with a refusal and close.
    Hang(Refusal<'static>),
    /// Find out what the key is; the signature is right.
    Hello {
        account: AccountId,
        key: VerifyKey,
        is_live: bool,
    },
    /// Make an account.
    Register {
        account: AccountId,
        /// Digest of the invitation, if one was given.
        invite: Option<[u8; 32]>,
        entries: Vec<Vec<u8>>,
    },
    /// Take records.
    Push(Member, Push),
    /// Give a page.
    Pull {
        member: Member,
        after: AccountSeq,
        max_bytes: usize,
    },
    /// Give a part of the chain.
    PullChain { member: Member, from: u32 },
    /// Add to the chain.
    AppendChain {
        member: Member,
        prev: ChainHash,
        entry: Vec<u8>,
    },
    /// Replace a draft slot.
    PutDraft {
        member: Member,
        draft: NewDraft,
        /// To be verified under its device's key, unless that is the member.
        foreign: Option<Box<DraftFrame>>,
    },
    /// Give the drafts.
    PullDrafts(Member),
    /// Give records back.
    Probe(Member, Vec<RecordName>),
    /// Leave a pairing message.
    PutBox {
        name: BoxId,
        place: BoxPlace,
        token: BoxToken,
        sealed: Vec<u8>,
    },
    /// Wait for a pairing message.
    WaitBox {
        name: BoxId,
        place: BoxPlace,
        token: BoxToken,
    },
}

/// Signatures that take about as long to check as a request otherwise.
const SIGNATURES: usize = 8;
/// The whole chain is verified for each entry that is added to it.
const CHAIN_WEIGHT: u64 = 20;

impl Step {
    /// How many requests it counts as.
    pub(crate) fn weight(&self) -> u64 {
        match self {
            Self::Push(member, push) => {
                let foreign = push.records.iter();
                let foreign = foreign.filter(|record| record.link.device != member.device);
                1 + u64::try_from(foreign.count() / SIGNATURES).unwrap_or(u64::MAX)
            }
            Self::AppendChain { .. } => CHAIN_WEIGHT,
            _ => 1,
        }
    }
}

/// Records to take.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Push {
    /// Up to the first one of a wrong shape.
    pub(crate) records: Vec<NewRecord>,
    /// Why that one is refused.
    pub(crate) refused: Option<Refusal<'static>>,
}

impl Push {
    /// Leaves out the record at a place and all after it.
    pub(crate) fn stop_at(&mut self, at: usize, refusal: Refusal<'static>) {
        self.records.truncate(at);
        self.refused = Some(refusal);
    }
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Session {
    challenge: Challenge,
    origin: Box<str>,
    member: Option<Member>,
    hellos: u16,
    has_signed: bool,
    faults: u8,
    registers: u8,
    drafts: Option<Bucket>,
    boxes: Option<Bucket>,
}

impl Session {
    pub(crate) fn new(challenge: Challenge, origin: &str) -> Self {
        Self {
            challenge,
            origin: origin.into(),
            member: None,
            hellos: 0,
            has_signed: false,
            faults: 0,
            registers: 0,
            drafts: None,
            boxes: None,
        }
    }

    /// Who it is, once that is known.
    pub(crate) const fn member(&self) -> Option<Member> {
        self.member
    }

    /// The store knows the key of the last hello.
    pub(crate) const fn welcome(&mut self, member: Member) {
        self.member = Some(member);
    }

    /// Whether the socket may stay open for as long as a pairing takes, although nobody has said hello.
    pub(crate) const fn is_pairing(&self) -> bool {
        self.boxes.is_some() || self.has_signed
    }

    /// Takes a request in.
    pub(crate) fn take(&mut self, asked: Asked<'_>, now_ms: u64) -> Step {
        match asked.asked {
            Ok(asked) => self.step(asked, now_ms),
            Err(refusal) => self.fault(refusal),
        }
    }

    /// Refuses what no device of this version sends; too much of it ends the connection. A member may be newer than the
    /// relay: what it does not know does not count.
    const fn fault(&mut self, refusal: Refusal<'static>) -> Step {
        let is_newer = matches!(refusal, Refusal::UnknownType | Refusal::FormatTooNew { .. });
        if is_newer && self.member.is_some() {
            return Step::Refuse(refusal);
        }
        self.faults = self.faults.saturating_add(1);
        if self.faults >= FAULTS_MAX {
            return Step::Hang(refusal);
        }
        Step::Refuse(refusal)
    }

    fn step(&mut self, asked: ToRelay<'_>, now_ms: u64) -> Step {
        match asked {
            ToRelay::Unknown { .. } => return self.fault(Refusal::UnknownType),
            ToRelay::Hello {
                account,
                key,
                signature,
                is_live,
            } => return self.hello(account, key, &signature, is_live),
            ToRelay::Register {
                account,
                invite,
                entries,
            } => {
                self.registers = self.registers.saturating_add(1);
                if self.registers > REGISTERS_MAX {
                    return self.fault(Refusal::Slow {
                        retry_after_ms: 60_000,
                    });
                }
                return Step::Register {
                    account,
                    invite: (!invite.0.is_empty()).then(|| invite.digest()),
                    entries: entries.0.iter().map(|entry| entry.0.to_vec()).collect(),
                };
            }
            ToRelay::PutBox {
                name,
                place,
                token,
                sealed,
            } => {
                return self.boxes(now_ms).unwrap_or_else(|| Step::PutBox {
                    name,
                    place,
                    token,
                    sealed: sealed.0.to_vec(),
                });
            }
            ToRelay::WaitBox { name, place, token } => {
                let step = Step::WaitBox { name, place, token };
                return self.boxes(now_ms).unwrap_or(step);
            }
            _ => {}
        }
        match self.member {
            Some(member) => self.step_of(member, asked, now_ms),
            None => self.fault(Refusal::HelloFirst),
        }
    }

    fn hello(
        &mut self,
        account: AccountId,
        key: VerifyKey,
        signature: &protocol::Signature,
        is_live: bool,
    ) -> Step {
        self.hellos = self.hellos.saturating_add(1);
        if self.hellos > HELLOS_MAX || self.member.is_some() {
            return Step::Hang(Refusal::Slow {
                retry_after_ms: 1_000,
            });
        }
        let signed = Origin::parse(&self.origin).is_ok_and(|origin| {
            wire::verify_hello(&key, &account, &self.challenge, origin, signature).is_ok()
        });
        if !signed {
            return self.fault(Refusal::BadSignature);
        }
        self.has_signed = true;
        Step::Hello {
            account,
            key,
            is_live,
        }
    }

    fn boxes(&mut self, now_ms: u64) -> Option<Step> {
        let bucket = self
            .boxes
            .get_or_insert_with(|| Bucket::full(BOXES, now_ms));
        let retry_after_ms = bucket.take(BOXES, 1, now_ms).err()?;
        Some(self.fault(Refusal::Slow { retry_after_ms }))
    }

    fn step_of(&mut self, member: Member, asked: ToRelay<'_>, now_ms: u64) -> Step {
        match asked {
            ToRelay::Push { records } => {
                let records = records.0.iter().map(|record| record.0);
                Step::Push(member, read_records(&member.account, records))
            }
            ToRelay::Pull { after, max_bytes } => Step::Pull {
                member,
                after,
                max_bytes: usize::try_from(max_bytes)
                    .unwrap_or(usize::MAX)
                    .min(PAGE_MAX_BYTES),
            },
            ToRelay::PullChain { from } => Step::PullChain { member, from },
            ToRelay::AppendChain { prev, entry } => Step::AppendChain {
                member,
                prev,
                entry: entry.0.to_vec(),
            },
            ToRelay::PutDraft { draft } => self.put_draft(member, draft.0, now_ms),
            ToRelay::PullDrafts => Step::PullDrafts(member),
            ToRelay::Probe { names } => Step::Probe(member, names.0),
            ToRelay::Hello { .. }
            | ToRelay::Register { .. }
            | ToRelay::PutBox { .. }
            | ToRelay::WaitBox { .. }
            | ToRelay::Unknown { .. } => self.fault(Refusal::UnknownType),
        }
    }

    fn put_draft(&mut self, member: Member, bytes: &[u8], now_ms: u64) -> Step {
        let frame = match DraftFrame::decode(bytes.to_vec()) {
            Ok(frame) => frame,
            Err(DraftError::Format { got }) if got > FORMAT => {
                return self.fault(Refusal::FormatTooNew { max: FORMAT });
            }
            Err(_) => return self.fault(Refusal::Malformed { reason: 0 }),
        };
        let header = *frame.header();
        if header.account != member.account {
            return self.fault(Refusal::NotYours);
        }
        let bucket = self
            .drafts
            .get_or_insert_with(|| Bucket::full(DRAFTS, now_ms));
        if let Err(retry_after_ms) = bucket.take(DRAFTS, 1, now_ms) {
            return Step::Refuse(Refusal::Slow { retry_after_ms });
        }
        let draft = NewDraft {
            device: header.device,
            slot: header.slot,
            counter: header.counter,
            bytes: bytes.to_vec(),
        };
        Step::PutDraft {
            member,
            draft,
            foreign: (header.device != member.device).then(|| Box::new(frame)),
        }
    }
}

fn read_records<'a>(account: &AccountId, records: impl Iterator<Item = &'a [u8]>) -> Push {
    let mut push = Push {
        records: Vec::new(),
        refused: None,
    };
    for bytes in records {
        match Link::read(bytes) {
            Ok(link) => push.records.push(NewRecord {
                link,
                hash: record::hash_bytes(account, bytes),
                bytes: bytes.to_vec(),
            }),
            Err(error) => {
                push.refused = Some(match error {
                    RecordError::Format { got } if got > FORMAT => {
                        Refusal::FormatTooNew { max: FORMAT }
                    }
                    _ => Refusal::Malformed { reason: 0 },
                });
                break;
            }
        }
    }
    push
}

#[cfg(test)]
mod tests;
