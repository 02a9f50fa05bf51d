//! One frame of every type, filled with whatever a test wants.

use proptest::prelude::*;
use protocol::{
    AccountId, AccountSeq, BoxId, BoxToken, ChainHash, Challenge, DeviceIndex, Incarnation,
    RecordHash, RelayInstance, Seq, Signature, VerifyKey,
    wire::{
        Acked, BoxBytes, BoxPlace, Branch, ChainTip, DraftBytes, EntryBytes, Invite, List, Origin,
        PlacedRecord, RecordBytes, RecordName, Refusal, Registration, RequestId, ToDevice, ToRelay,
    },
};

/// What the fields of every frame are filled with.
#[derive(Clone, Debug)]
pub(crate) struct Filling {
    seed: u8,
    small: u16,
    pub(crate) middle: u32,
    large: u64,
    is_set: bool,
    origin: String,
    texts: Vec<Vec<u8>>,
}

pub(crate) fn filling() -> impl Strategy<Value = Filling> {
    let texts = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..4);
    let numbers = (any::<u8>(), any::<u16>(), any::<u32>(), any::<u64>());
    (
        numbers,
        any::<bool>(),
        r"https?://[a-z0-9.:\[\]_-]{1,30}",
        texts,
    )
        .prop_map(|(numbers, is_set, origin, texts)| {
            let (seed, small, middle, large) = numbers;
            Filling {
                seed,
                small,
                middle,
                large,
                is_set,
                origin,
                texts,
            }
        })
}

impl Filling {
    fn text(&self) -> &[u8] {
        self.texts.first().map_or(&[], Vec::as_slice)
    }

    fn all<'a, T, const MAX: usize>(&'a self, make: impl Fn(&'a [u8]) -> T) -> List<T, MAX> {
        List(self.texts.iter().map(|text| make(text)).take(MAX).collect())
    }

    fn tip(&self) -> ChainTip {
        ChainTip {
            len: self.middle,
            head: ChainHash::from_bytes([self.seed; 32]),
        }
    }

    fn branch(&self) -> Branch {
        Branch {
            incarnation: Incarnation::from_bytes(self.large.to_be_bytes()),
            seq: Seq(self.middle),
            hash: RecordHash::from_bytes([self.seed; 32]),
        }
    }

    fn placed<'a>(&self, record: &'a [u8]) -> PlacedRecord<'a> {
        PlacedRecord {
            seq: AccountSeq(self.large),
            record: RecordBytes(record),
        }
    }

    fn place(&self) -> BoxPlace {
        [BoxPlace::First, BoxPlace::Second, BoxPlace::Third][usize::from(self.seed % 3)]
    }

    /// One frame of every type.
    pub(crate) fn to_relay(&self) -> Vec<ToRelay<'_>> {
        let account = AccountId::from_bytes([self.seed; 32]);
        let name = BoxId::from_bytes([self.seed; 16]);
        let token = BoxToken::from_bytes([self.seed ^ 1; 16]);
        let place = self.place();
        vec![
            ToRelay::Hello {
                account,
                key: VerifyKey([self.seed; 32]),
                signature: Signature([self.seed; 64]),
                is_live: self.is_set,
            },
            ToRelay::Register {
                account,
                invite: Invite(self.text()),
                entries: self.all(EntryBytes),
            },
            ToRelay::Push {
                records: self.all(RecordBytes),
            },
            ToRelay::Pull {
                after: AccountSeq(self.large),
                max_bytes: self.middle,
            },
            ToRelay::PullChain { from: self.middle },
            ToRelay::AppendChain {
                prev: self.tip().head,
                entry: EntryBytes(self.text()),
            },
            ToRelay::PutDraft {
                draft: DraftBytes(self.text()),
            },
            ToRelay::PullDrafts,
            ToRelay::Probe {
                names: self.all(|_| RecordName {
                    device: DeviceIndex(self.small),
                    incarnation: self.branch().incarnation,
                    seq: Seq(self.middle),
                }),
            },
            ToRelay::PutBox {
                name,
                place,
                token,
                sealed: BoxBytes(self.text()),
            },
            ToRelay::WaitBox { name, place, token },
        ]
    }

    /// One frame of every type; the refusals apart.
    pub(crate) fn to_device(&self) -> Vec<ToDevice<'_>> {
        let tip = self.tip();
        let head = AccountSeq(self.large);
        let registrations = [
            Registration::Closed,
            Registration::Open,
            Registration::Invited,
        ];
        vec![
            ToDevice::Challenge {
                challenge: Challenge::from_bytes([self.seed; 32]),
                instance: RelayInstance::from_bytes([self.seed; 16]),
                time: self.large,
                registration: registrations[usize::from(self.seed % 3)],
                origin: Origin::parse(&self.origin).unwrap(),
            },
            ToDevice::Welcome {
                device: DeviceIndex(self.small),
                chain: tip,
                head,
                used_bytes: self.large,
                quota_bytes: !self.large,
                branches: self.all(|_| self.branch()),
            },
            ToDevice::Refused {
                index: self.small,
                refusal: Refusal::UnknownType,
            },
            ToDevice::Ack {
                records: self.all(|_| Acked {
                    hash: self.branch().hash,
                    seq: head,
                }),
            },
            ToDevice::Page {
                head,
                records: self.all(|record| self.placed(record)),
            },
            ToDevice::Live {
                record: self.placed(self.text()),
            },
            ToDevice::Behind { head },
            ToDevice::ChainPage {
                tip,
                entries: self.all(EntryBytes),
            },
            ToDevice::ChainAck { tip },
            ToDevice::ChainLive { tip },
            ToDevice::DraftAck {
                slot: self.seed,
                counter: self.large,
            },
            ToDevice::DraftPage {
                is_last: self.is_set,
                drafts: self.all(DraftBytes),
            },
            ToDevice::DraftLive {
                draft: DraftBytes(self.text()),
            },
            ToDevice::Probed {
                records: self.all(|record| (!record.is_empty()).then_some(RecordBytes(record))),
            },
            ToDevice::BoxAck,
            ToDevice::BoxMessage {
                sealed: BoxBytes(self.text()),
            },
            ToDevice::Bye {
                retry_after_ms: self.middle,
            },
        ]
    }

    /// One of every reason.
    pub(crate) fn refusals(&self) -> Vec<Refusal<'_>> {
        let retry_after_ms = self.middle;
        vec![
            Refusal::Malformed { reason: self.seed },
            Refusal::TooLarge {
                limit_bytes: self.middle,
            },
            Refusal::UnknownType,
            Refusal::HelloFirst,
            Refusal::BadSignature,
            Refusal::UnknownAccount,
            Refusal::NotMember,
            Refusal::Revoked {
                entry: EntryBytes(self.text()),
            },
            Refusal::InviteNeeded,
            Refusal::InviteBad,
            Refusal::RegistrationClosed,
            Refusal::ChainInvalid,
            Refusal::ChainBehind { tip: self.tip() },
            Refusal::NotYours,
            Refusal::Gap {
                stored: self.branch(),
            },
            Refusal::Fork {
                stored: self.branch(),
            },
            Refusal::Quota {
                used_bytes: self.large,
                quota_bytes: !self.large,
            },
            Refusal::Slow { retry_after_ms },
            Refusal::Unavailable { retry_after_ms },
            Refusal::DraftOld {
                counter: self.large,
            },
            Refusal::BoxTaken,
            Refusal::BoxExpired,
            Refusal::BoxUnknown,
            Refusal::BoxFull,
            Refusal::PastEnd {
                head: AccountSeq(self.large),
            },
            Refusal::FormatTooNew { max: self.seed },
        ]
    }

    pub(crate) fn refused(&self) -> Vec<ToDevice<'_>> {
        let make = |refusal| ToDevice::Refused {
            index: self.small,
            refusal,
        };
        self.refusals().into_iter().map(make).collect()
    }

    /// Every frame of both directions as bytes; the flag says whether it goes to the relay.
    pub(crate) fn bytes(&self) -> Vec<(bool, Vec<u8>)> {
        let request = RequestId(self.middle);
        let up = self.to_relay().into_iter();
        let up = up.map(|frame| (true, frame.encode(request).unwrap()));
        let down = self.to_device().into_iter().chain(self.refused());
        let down = down.map(|frame| (false, frame.encode(request).unwrap()));
        up.chain(down).collect()
    }
}

/// Two items in each list.
pub(crate) fn plain() -> Filling {
    Filling {
        seed: 7,
        small: 1,
        middle: 2,
        large: 3,
        is_set: true,
        origin: "https://kluis.example".into(),
        texts: vec![b"een".to_vec(), b"twee".to_vec()],
    }
}
