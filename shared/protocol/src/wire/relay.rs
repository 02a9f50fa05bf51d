//! What a relay sends.

use super::{
    WireError,
    field::{BoxBytes, DraftBytes, EntryBytes, List, Origin, RecordBytes},
    frame::{self, RequestId},
    refusal::Refusal,
};
use crate::{
    AccountSeq, ChainHash, Challenge, DeviceIndex, Incarnation, RecordHash, RelayInstance, Seq,
    limit,
};

frame::coded! {
    /// A frame from relay to device. A device passes over a type it does not know.
    ToDevice<'a>: u8 {
        /// The first frame on every socket, unasked.
        0x41 = Challenge {
            /// What a hello signs, on this socket only.
            challenge: Challenge,
            /// Which store answers; another one than remembered means that the relay lost what it had.
            instance: RelayInstance,
            /// The relay's clock, ms since epoch UTC. Only for a warning: nothing is decided by it.
            time: u64,
            /// Whether new accounts are taken.
            registration: Registration,
            /// Where the relay says it is; the device compares it with its own setting.
            origin: Origin<'a>,
        };
        /// The hello was right.
        0x42 = Welcome {
            /// The device's place in the account chain.
            device: DeviceIndex,
            /// The chain the relay holds.
            chain: ChainTip,
            /// The newest place in the account's log; lower than remembered means that the relay lost records.
            head: AccountSeq,
            /// Bytes stored for the account.
            used_bytes: u64,
            /// Bytes it may store.
            quota_bytes: u64,
            /// The newest record of each incarnation of this device, the newest incarnations if there are more.
            branches: List<Branch, { limit::BRANCHES_MAX }>,
        };
        /// The request was not carried out, or not wholly.
        0x43 = Refused {
            /// Which item of a list was refused, from 0: those before it were taken. 0 where there is no list.
            index: u16,
            /// Why.
            refusal: Refusal<'a>,
        };
        /// These records are durable at the relay.
        0x44 = Ack {
            /// In the order of the push; one handed in before has its old place.
            records: List<Acked, { limit::PUSH_RECORDS_MAX }>,
        };
        /// Records after a place in the account's log.
        0x45 = Page {
            /// The newest place in the log; the last page ends there.
            head: AccountSeq,
            /// Without holes.
            records: List<PlacedRecord<'a>, { limit::PAGE_RECORDS_MAX }>,
        };
        /// A record another connection handed in, unasked. A hint: a hole in the places means pull.
        0x46 = Live {
            /// The record and its place.
            record: PlacedRecord<'a>,
        };
        /// The device read too slowly and live frames were dropped, unasked: pull.
        0x47 = Behind {
            /// The newest place in the log.
            head: AccountSeq,
        };
        /// Entries of the account chain.
        0x48 = ChainPage {
            /// The chain the relay holds; the last page ends there.
            tip: ChainTip,
            /// From the index asked for, without holes.
            entries: List<EntryBytes<'a>, { limit::CHAIN_ENTRIES_MAX }>,
        };
        /// The chain was started or grew.
        0x49 = ChainAck {
            /// The chain the relay holds now.
            tip: ChainTip,
        };
        /// Another connection made the chain grow, unasked: pull the chain.
        0x4a = ChainLive {
            /// The chain the relay holds now.
            tip: ChainTip,
        };
        /// The draft slot is durable at the relay.
        0x4b = DraftAck {
            /// Which slot, from 0.
            slot: u8,
            /// The counter it stands at.
            counter: u64,
        };
        /// The newest draft of some slots.
        0x4c = DraftPage {
            /// Whether no page follows.
            is_last: bool,
            /// Each names its own device, slot and counter.
            drafts: List<DraftBytes<'a>, { limit::DRAFTS_MAX }>,
        };
        /// A draft another device put, unasked.
        0x4d = DraftLive {
            /// Names its own device, slot and counter.
            draft: DraftBytes<'a>,
        };
        /// The records asked for.
        0x4e = Probed {
            /// In the order of the probe; `None` where the relay has no such record.
            records: List<Option<RecordBytes<'a>>, { limit::PROBES_MAX }>,
        };
        /// The pairing message lies in its mailbox.
        0x4f = BoxAck;
        /// The pairing message waited for.
        0x50 = BoxMessage {
            /// The message.
            sealed: BoxBytes<'a>,
        };
        /// The relay stops, unasked: every request without an answer is as if it was not made.
        0x51 = Bye {
            /// When to come back, in ms.
            retry_after_ms: u32,
        };
    }
}

impl<'a> ToDevice<'a> {
    /// The frame with the number of the request it answers, or [`RequestId::NONE`].
    ///
    /// # Errors
    /// When a field or the whole is over its limit, or the frame is of a newer version.
    pub fn encode(&self, request: RequestId) -> Result<Vec<u8>, WireError> {
        frame::encode(self, request)
    }

    /// Reads one whole frame.
    ///
    /// # Errors
    /// When the bytes are no frame of this format; a type of a newer version is [`ToDevice::Unknown`].
    pub fn decode(bytes: &'a [u8]) -> Result<(RequestId, Self), WireError> {
        frame::decode(bytes)
    }
}

frame::choices! {
    /// Whether a relay takes new accounts.
    Registration {
        /// None.
        0 = Closed,
        /// Any.
        1 = Open,
        /// With an invitation.
        2 = Invited,
    }
}

frame::fields! {
    /// How far an account chain goes.
    ChainTip {
        /// Number of entries, at least 1.
        len: u32,
        /// Hash of the last one.
        head: ChainHash,
    }
}

frame::fields! {
    /// The newest record of one incarnation.
    Branch {
        /// Which run of the device's sequence.
        incarnation: Incarnation,
        /// The record's place in it.
        seq: Seq,
        /// Its hash.
        hash: RecordHash,
    }
}

frame::fields! {
    /// A record that is durable at the relay.
    Acked {
        /// Which record.
        hash: RecordHash,
        /// Its place in the account's log.
        seq: AccountSeq,
    }
}

frame::fields! {
    /// A record and its place in the account's log.
    PlacedRecord<'field> {
        /// The place.
        seq: AccountSeq,
        /// The record.
        record: RecordBytes<'field>,
    }
}
