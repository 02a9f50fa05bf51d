//! What a device sends.

use super::{
    WireError,
    field::{BoxBytes, DraftBytes, EntryBytes, Invite, List, RecordBytes},
    frame::{self, RequestId},
};
use crate::{
    AccountId, AccountSeq, BoxId, BoxToken, ChainHash, DeviceIndex, Incarnation, Seq, Signature,
    VerifyKey, limit,
};

frame::coded! {
    /// A frame from device to relay. All but the pairing mailbox and [`ToRelay::Register`] need a hello before them.
    ToRelay<'a>: u8 {
        /// Says who the device is. Answered by [`super::ToDevice::Welcome`]. Refused for want of an account or of
        /// membership, it may be sent again on the same socket under the same challenge.
        0x01 = Hello {
            /// Whose records.
            account: AccountId,
            /// The device's key in the account chain.
            key: VerifyKey,
            /// Under [`super::hello_bytes`].
            signature: Signature,
            /// Whether what others hand in comes unasked from now on.
            is_live: bool,
        };
        /// Makes an account at the relay, with as much of its chain as fits in one frame; the rest goes by
        /// [`ToRelay::AppendChain`]. Answered by [`super::ToDevice::ChainAck`]. For a known account whose chain starts
        /// the same way it changes nothing.
        0x02 = Register {
            /// Its genesis makes the account.
            account: AccountId,
            /// Where registration asks for one; else empty.
            invite: Invite<'a>,
            /// From the genesis on, without holes.
            entries: List<EntryBytes<'a>, { limit::CHAIN_ENTRIES_MAX }>,
        };
        /// Hands in records in the order of their sequence. Answered by [`super::ToDevice::Ack`] once they are durable;
        /// where one is refused, by an ack of those before it, if any, and the refusal with its index.
        0x03 = Push {
            /// Oldest first.
            records: List<RecordBytes<'a>, { limit::PUSH_RECORDS_MAX }>,
        };
        /// Asks for records after a place in the account's log. Answered by one [`super::ToDevice::Page`].
        0x04 = Pull {
            /// The last one the device has; 0 for the first page.
            after: AccountSeq,
            /// Most bytes of records in the page; the relay may send fewer, and always sends one record if there is one.
            max_bytes: u32,
        };
        /// Asks for chain entries. Answered by one [`super::ToDevice::ChainPage`].
        0x05 = PullChain {
            /// Index of the first entry wanted.
            from: u32,
        };
        /// Adds an entry to the chain if its last entry is still `prev`. Answered by [`super::ToDevice::ChainAck`].
        0x06 = AppendChain {
            /// Hash of the last entry the device knows.
            prev: ChainHash,
            /// The new entry.
            entry: EntryBytes<'a>,
        };
        /// Replaces a draft slot of this device. Answered by [`super::ToDevice::DraftAck`].
        0x07 = PutDraft {
            /// Names its own device, slot and counter.
            draft: DraftBytes<'a>,
        };
        /// Asks for the newest draft of every slot. Answered by one or more [`super::ToDevice::DraftPage`].
        0x08 = PullDrafts;
        /// Asks for records back, to see that the relay still has them. Answered by [`super::ToDevice::Probed`]. With no
        /// name it asks for a sign of life: pages cannot see the pings of their WebSocket.
        0x09 = Probe {
            /// Chosen at random by the device.
            names: List<RecordName, { limit::PROBES_MAX }>,
        };
        /// Leaves a message in a pairing mailbox; needs no hello. Answered by [`super::ToDevice::BoxAck`].
        0x0a = PutBox {
            /// Which mailbox.
            name: BoxId,
            /// Which message.
            place: BoxPlace,
            /// Of this side, chosen at its first contact with the mailbox.
            token: BoxToken,
            /// The message.
            sealed: BoxBytes<'a>,
        };
        /// Waits for a message in a pairing mailbox; needs no hello. Answered by [`super::ToDevice::BoxMessage`] when
        /// the message is there. Waiting for the first one claims the mailbox for this token.
        0x0b = WaitBox {
            /// Which mailbox.
            name: BoxId,
            /// Which message.
            place: BoxPlace,
            /// Of this side.
            token: BoxToken,
        };
    }
}

impl<'a> ToRelay<'a> {
    /// The frame with its request's number, from 1.
    ///
    /// # Errors
    /// When a field or the whole is over its limit, or the frame is of a newer version.
    pub fn encode(&self, request: RequestId) -> Result<Vec<u8>, WireError> {
        frame::encode(self, request)
    }

    /// Reads one whole frame.
    ///
    /// # Errors
    /// When the bytes are no frame of this format; a type of a newer version is [`ToRelay::Unknown`].
    pub fn decode(bytes: &'a [u8]) -> Result<(RequestId, Self), WireError> {
        frame::decode(bytes)
    }
}

frame::fields! {
    /// Names one record of an account without its hash.
    RecordName {
        /// Who made it.
        device: DeviceIndex,
        /// In which run of its sequence.
        incarnation: Incarnation,
        /// Its place in that run.
        seq: Seq,
    }
}

frame::choices! {
    /// The three messages of a pairing.
    BoxPlace {
        /// From the new device: opens the mailbox.
        1 = First,
        /// From the old device.
        2 = Second,
        /// From the new device.
        3 = Third,
    }
}
