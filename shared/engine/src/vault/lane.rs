//! The access log while it is written: open lines stand in one sealed row, then go into a record.

use crypto::make_bytes;
use minicbor::{Decode, Encode};
use protocol::audit::{
    AuditAction, AuditBatch, AuditChain, AuditEntry, AuditEvent, AuditLine, AuditOutcome,
};
use protocol::body::Body;
use protocol::keybox::DocKind;
use protocol::record::{Lane, RecordKind};
use protocol::{AccountId, DeviceIndex, DocId, Generation, Incarnation, cbor, limit};
use rand_core::CryptoRng;

use super::keys::Keys;
use super::local;
use super::stop::Outcome;
use super::turn::Turn;
use crate::command::Failure;
use crate::store::{Store, StoreName};

/// Open lines become a record at this size.
const FLUSH_BYTES: usize = 16 * 1024;
/// Open lines become a record after this time.
const FLUSH_MS: i64 = 5 * 60 * 1000;
/// Rough size of what surrounds a line in its row.
const ENTRY_OVERHEAD_BYTES: usize = 24;
const OPEN_LANE: &[u8] = b"open-lane";

/// What a line says, without its number, time and salt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deed {
    pub(crate) event: AuditEvent,
    pub(crate) client: Option<[u8; 16]>,
    pub(crate) object: String,
    pub(crate) action: AuditAction,
    pub(crate) outcome: AuditOutcome,
}

impl Deed {
    pub(crate) fn done(
        event: AuditEvent,
        action: AuditAction,
        client: Option<[u8; 16]>,
        object: &str,
    ) -> Self {
        Self {
            event,
            client,
            object: object.to_owned(),
            action,
            outcome: AuditOutcome::Success,
        }
    }
}

/// The lines that are not in a record yet.
pub(crate) struct OpenLane {
    stream: Incarnation,
    first: u32,
    before: [u8; 32],
    chain: AuditChain,
    entries: Vec<AuditEntry>,
    started_at: i64,
    bytes: usize,
    is_changed: bool,
    last: Option<Deed>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct LaneRow {
    #[n(0)]
    stream: Incarnation,
    #[n(1)]
    started_at: i64,
    #[cbor(n(2), with = "minicbor::bytes")]
    batch: Vec<u8>,
}

impl OpenLane {
    /// An empty stream.
    pub(crate) fn start(
        account: &AccountId,
        device: DeviceIndex,
        incarnation: Incarnation,
    ) -> Self {
        Self::after(incarnation, AuditChain::start(account, device, incarnation))
    }

    /// Goes on where a stream stands; `stream` is the run of the device in which it was started.
    pub(crate) fn after(stream: Incarnation, chain: AuditChain) -> Self {
        let (first, before) = (chain.next, chain.link);
        Self {
            stream,
            first,
            before,
            chain,
            entries: Vec::new(),
            started_at: 0,
            bytes: 0,
            is_changed: true,
            last: None,
        }
    }

    pub(crate) fn decode(row: &[u8]) -> Option<Self> {
        let row: LaneRow = cbor::decode(row).ok()?;
        let batch = AuditBatch::decode(&row.batch).ok()?;
        let next = batch
            .first
            .checked_add(u32::try_from(batch.entries.len()).ok()?)?;
        let bytes = batch.entries.iter().map(entry_bytes).sum();
        Some(Self {
            stream: row.stream,
            first: batch.first,
            before: batch.before,
            chain: AuditChain {
                next,
                link: batch.after,
            },
            entries: batch.entries,
            started_at: row.started_at,
            bytes,
            is_changed: false,
            last: None,
        })
    }

    fn encode(&self) -> Vec<u8> {
        cbor::encode(&LaneRow {
            stream: self.stream,
            started_at: self.started_at,
            batch: self.batch().encode(),
        })
    }

    /// The run of the device in which the stream was started.
    pub(crate) const fn stream(&self) -> Incarnation {
        self.stream
    }

    /// The open lines, as they would go into a record.
    pub(crate) fn batch(&self) -> AuditBatch {
        AuditBatch {
            first: self.first,
            before: self.before,
            entries: self.entries.clone(),
            after: self.chain.link,
        }
    }
}

fn entry_bytes(entry: &AuditEntry) -> usize {
    match entry {
        AuditEntry::Line { line, .. } => line.len() + ENTRY_OVERHEAD_BYTES,
        AuditEntry::Removed(_) => ENTRY_OVERHEAD_BYTES,
    }
}

/// Row of the open lines.
pub(crate) fn lane_row(keys: &Keys) -> Vec<u8> {
    local::row_name(&keys.local, StoreName::Audit, &[OPEN_LANE])
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Adds a line; it stands on disk after the next commit.
    pub(crate) fn note(&mut self, deed: Deed) -> Outcome<()> {
        self.note_at(deed, self.now)
    }

    /// Adds a line about something that happened at another time.
    pub(crate) fn note_at(&mut self, deed: Deed, at: i64) -> Outcome<()> {
        self.session.is_torn = true;
        let user = self.session.catalogue.find((None, DocKind::Profile, None));
        let user = user.first().map(DocId::to_string).unwrap_or_default();
        let salt = make_bytes(self.rng);
        let line = AuditLine {
            n: 0,
            at: u64::try_from(at).unwrap_or_default(),
            event: deed.event,
            client: deed.client,
            user,
            device: self.keys.device,
            object: deed.object.clone(),
            action: deed.action,
            outcome: deed.outcome,
        };
        self.enter_line(salt, line)?;
        self.session.lane.last = Some(deed);
        Ok(())
    }

    /// Enters a line under the next number of the stream.
    pub(crate) fn enter_line(&mut self, salt: [u8; 16], line: AuditLine) -> Outcome<()> {
        self.session.is_torn = true;
        let lane = &mut self.session.lane;
        let n = lane.chain.next;
        let entry = AuditEntry::new(salt, &AuditLine { n, ..line });
        lane.chain.push(&entry).map_err(|_| Failure::Internal)?;
        if lane.entries.is_empty() {
            lane.started_at = self.now;
        }
        lane.bytes += entry_bytes(&entry);
        lane.entries.push(entry);
        lane.is_changed = true;
        Ok(())
    }

    /// Notes a reading and commits before anything is shown. The same reading again, with nothing in between
    /// since the vault was opened, is one line.
    pub(crate) async fn note_reading(&mut self, client: [u8; 16], object: &str) -> Outcome<()> {
        let deed = Deed::done(AuditEvent::Read, AuditAction::Read, Some(client), object);
        if self.session.lane.last.as_ref() != Some(&deed) {
            self.note(deed)?;
            self.commit().await?;
        }
        Ok(())
    }

    pub(super) fn flush_lane_if_due(&mut self) -> Outcome<()> {
        let lane = &self.session.lane;
        let age = self.now.saturating_sub(lane.started_at);
        if age >= FLUSH_MS && !lane.entries.is_empty() {
            self.flush_lane()
        } else {
            self.flush_lane_if_full()
        }
    }

    /// Moves the open lines into a record when one can hold no more.
    pub(super) fn flush_lane_if_full(&mut self) -> Outcome<()> {
        let lane = &self.session.lane;
        if lane.bytes >= FLUSH_BYTES || lane.entries.len() >= limit::AUDIT_LINES_MAX {
            self.flush_lane()
        } else {
            Ok(())
        }
    }

    /// Moves the open lines into a record.
    pub(crate) fn flush_lane(&mut self) -> Outcome<()> {
        if self.session.lane.entries.is_empty() {
            return Ok(());
        }
        let content = self.session.lane.batch().encode();
        let epoch_key = self.keys.current_epoch_key()?;
        let body = Body::plain(u64::try_from(self.now).unwrap_or_default(), content);
        let place = (DocId::NIL, Generation(0), epoch_key.id());
        self.append(
            Lane::Audit,
            RecordKind::Audit,
            place,
            body,
            &epoch_key.derive_body_key(),
        )?;
        let lane = &mut self.session.lane;
        let last = lane.last.take();
        *lane = OpenLane {
            last,
            ..OpenLane::after(lane.stream, lane.chain.clone())
        };
        Ok(())
    }

    pub(super) fn put_lane(&mut self) -> Outcome<()> {
        if !self.session.lane.is_changed {
            return Ok(());
        }
        self.session.lane.is_changed = false;
        let bytes = self.session.lane.encode();
        self.put_row(StoreName::Audit, lane_row(self.keys), &bytes)
    }
}
