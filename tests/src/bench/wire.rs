//! What goes over the wire and stays at a relay for a signed visit and for a minute of typing: counted from the records
//! and frames that the product itself makes.

use anyhow::{Context, Result, bail};
use dossier::draft::DraftBody;
use dossier::edit::{Edit, VisitInput};
use dossier::id::EntryId;
use engine::Vault;
use engine::command::{Command, Reply};
use engine::fixture::{self, Size};
use engine::kdf::Inline;
use engine::store::memory::Memory;
use engine::sync::{Done, Work};
use pollster::block_on;
use protocol::AccountSeq;
use protocol::draft::DraftFrame;
use protocol::limit::FRAME_MAX_BYTES;
use protocol::wire::{
    Acked, DraftBytes, List, RecordBytes, RequestId, ToDevice, ToRelay, WireError,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::figure::Samples;
use super::vault::{COST, fill};
use super::{Figure, now};

/// A vault with little that waits; a visit's records do not depend on how many there are.
const SIZE: Size = Size {
    clients: 3,
    visits: 20,
    years: 1,
    largest: 10,
    is_even: true,
};
const VISITS: u64 = 10;
/// A draft is sent at most every 15 s.
const DRAFTS_PER_MINUTE: u64 = 4;
const TEXT: &str =
    "Geholpen met wassen en aankleden. Daarna samen koffie gedronken en de dag besproken.";

/// Bytes of a message of a WebSocket: from a device it is masked.
fn message(frame: Result<Vec<u8>, WireError>, is_masked: bool) -> Result<u64> {
    let len = frame.context("a frame over its limit")?.len();
    let length = match len {
        0..126 => 0,
        126..65_536 => 2,
        _ => 8,
    };
    let mask = if is_masked { 4 } else { 0 };
    Ok(u64::try_from(2 + length + mask + len)?)
}

struct Device {
    vault: Vault<Memory, Inline>,
    rng: ChaCha20Rng,
    next: AccountSeq,
}

/// What was handed in at once.
struct HandedIn {
    records: u64,
    stored: u64,
    sent: u64,
}

impl Device {
    fn handle(&mut self, command: Command) -> Result<Reply> {
        match block_on(self.vault.handle(command, now(), &mut self.rng)) {
            Reply::Failed(failure) => bail!("the engine failed: {failure}"),
            Reply::Refused(problems) => bail!("the engine refused: {problems:?}"),
            reply => Ok(reply),
        }
    }

    fn sync(&mut self, work: Work) -> Result<Done> {
        let report = block_on(self.vault.sync(work, now(), &mut self.rng));
        let report = report.map_err(|failure| anyhow::anyhow!("no exchange: {failure}"))?;
        Ok(report.done)
    }

    /// Hands in all records that wait, as the exchange does, to a relay that takes them.
    fn hand_in(&mut self) -> Result<HandedIn> {
        let mut sum = HandedIn {
            records: 0,
            stored: 0,
            sent: 0,
        };
        loop {
            let max_bytes = FRAME_MAX_BYTES / 2;
            let Done::Outbox(waiting) = self.sync(Work::ReadOutbox { max_bytes })? else {
                bail!("no outbox");
            };
            if waiting.is_empty() {
                return Ok(sum);
            }
            let records = List(
                waiting
                    .iter()
                    .map(|(_, bytes)| RecordBytes(bytes))
                    .collect(),
            );
            let push = ToRelay::Push { records };
            sum.sent += message(push.encode(RequestId(1)), true)?;
            let mut acked = Vec::new();
            for (hash, bytes) in &waiting {
                sum.records += 1;
                sum.stored += u64::try_from(bytes.len())?;
                self.next = AccountSeq(self.next.0 + 1);
                acked.push((*hash, self.next));
            }
            let answer = acked.iter().map(|(hash, seq)| Acked {
                hash: *hash,
                seq: *seq,
            });
            let ack = ToDevice::Ack {
                records: List(answer.collect()),
            };
            sum.sent += message(ack.encode(RequestId(1)), false)?;
            self.sync(Work::Acked { records: acked })?;
        }
    }

    /// Hands in the draft slots that changed: bytes on the wire, and of the slots.
    fn hand_in_drafts(&mut self) -> Result<(u64, u64)> {
        let Done::Drafts(drafts) = self.sync(Work::ReadDrafts)? else {
            bail!("no drafts");
        };
        let (mut sent, mut stored) = (0, 0);
        for bytes in &drafts {
            let draft = DraftFrame::decode(bytes.clone())?;
            let (slot, counter) = (draft.header().slot, draft.header().counter);
            let put = ToRelay::PutDraft {
                draft: DraftBytes(bytes),
            };
            sent += message(put.encode(RequestId(1)), true)?;
            let ack = ToDevice::DraftAck { slot, counter };
            sent += message(ack.encode(RequestId(1)), false)?;
            stored += u64::try_from(bytes.len())?;
            self.sync(Work::DraftAcked { slot, counter })?;
        }
        Ok((sent, stored))
    }
}

/// Counts the bytes.
pub(super) fn figures() -> Result<Vec<Figure>> {
    let filled = fill(&SIZE)?;
    let mut device = Device {
        vault: Vault::new(filled.disk.fork(), Inline::new(COST)),
        rng: ChaCha20Rng::seed_from_u64(3),
        next: AccountSeq(0),
    };
    let passphrase = fixture::PASSPHRASE.into();
    device.handle(Command::Unlock { passphrase })?;
    device.handle(Command::Today)?;
    device.hand_in()?;
    device.hand_in_drafts()?;
    let (mut sent, mut stored, mut records): (Samples, Samples, Samples) = Default::default();
    let (mut typed, mut slot_bytes): (Samples, Samples) = Default::default();
    for number in 0..VISITS {
        let visit = EntryId(crypto::make_bytes(&mut device.rng));
        let input = VisitInput {
            date: "1-1-2026".into(),
            begin: format!("{number}:00"),
            end: format!("{number}:45"),
            done: TEXT.into(),
            result: "Geen bijzonderheden".into(),
            ..VisitInput::default()
        };
        let body = DraftBody::Visit {
            client: filled.largest,
            visit,
            input: Box::new(input.clone()),
        };
        let saved = device.handle(Command::SaveDraft { slot: None, body })?;
        let Reply::DraftSaved { slot, .. } = saved else {
            bail!("no draft was saved");
        };
        let (wire, bytes) = device.hand_in_drafts()?;
        typed.push(wire as f64);
        slot_bytes.push(bytes as f64);
        let edit = Edit::SignVisit {
            client: filled.largest,
            visit,
            input: Box::new(input),
        };
        let draft = Some(slot);
        device.handle(Command::Edit { edit, draft })?;
        let handed_in = device.hand_in()?;
        let (blanked, _) = device.hand_in_drafts()?;
        push(&mut sent, handed_in.sent + blanked);
        push(&mut stored, handed_in.stored);
        push(&mut records, handed_in.records);
    }
    let note = format!(
        "median of {VISITS}, records: {}; with acks and the blanked draft slot, WebSocket headers in it, TLS not",
        records.median()
    );
    let minute = format!("{DRAFTS_PER_MINUTE} times the slot with its acks");
    let slot = "one slot, replaced each time: a minute more adds nothing";
    Ok(vec![
        bytes("wire: a signed visit", sent.median(), note),
        bytes(
            "stored: a signed visit",
            stored.median(),
            "the records' own bytes; beyond them see the disk above",
        ),
        bytes(
            "wire: a minute of typing",
            typed.median() * DRAFTS_PER_MINUTE as f64,
            minute,
        ),
        bytes("stored: a draft", slot_bytes.median(), slot),
    ])
}

fn push(samples: &mut Samples, bytes: u64) {
    samples.push(bytes as f64);
}

fn bytes(what: &str, measured: f64, note: impl Into<String>) -> Figure {
    Figure {
        unit: "bytes",
        ..Figure::ms(what, measured, None, note)
    }
}
