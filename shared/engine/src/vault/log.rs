//! All records of the store, read through when a row that should name them is damaged.

use std::collections::BTreeMap;
use std::rc::Rc;

use crypto::{open_body, open_route};
use protocol::body::{Body, BodyError};
use protocol::record::{KindRule, Record, RecordError, RecordKind, Route};
use protocol::{DeviceIndex, DocId, Domain, Incarnation, RecordHash, Seq, hash};
use rand_core::CryptoRng;

use super::head::DeviceHead;
use super::intake::is_stopping;
use super::keys::Keys;
use super::stop::Outcome;
use super::sync_head::{Branch, SyncHead};
use super::turn::Turn;
use crate::store::{Store, StoreName};

/// One verified record with its opened route.
pub(crate) struct LogRecord {
    pub(crate) hash: RecordHash,
    pub(crate) record: Record,
    pub(crate) route: Route,
}

/// The records of one incarnation; two for one place only where a device signed two.
type Sequence = BTreeMap<(Seq, RecordHash), LogRecord>;

/// Every record that verifies, in the order it was made.
pub(crate) struct Log {
    pub(crate) records: Vec<LogRecord>,
    /// Each sequence is without gaps and ends where the device's own head and the state of the exchange say.
    pub(crate) is_complete: bool,
    /// The same of this device's own sequences.
    pub(crate) is_own_complete: bool,
}

/// Reads every record; `head` is the device's own head and `sync` what stands here of others, where that is known.
pub(crate) async fn read_log<S: Store>(
    store: &S,
    keys: &Keys,
    head: Option<&DeviceHead>,
    sync: Option<&SyncHead>,
) -> Outcome<Log> {
    let mut sequences: BTreeMap<(DeviceIndex, Incarnation), Sequence> = BTreeMap::new();
    for (key, value) in store.read_prefix(StoreName::Record, &[]).await? {
        let is_own_key = hash_of(keys, &value).as_bytes().as_slice() == key;
        if let Some(found) = read_record(keys, value).filter(|_| is_own_key) {
            let outer = found.record.outer();
            sequences
                .entry((outer.device, outer.incarnation))
                .or_default()
                .insert((outer.seq, found.hash), found);
        }
    }
    let end_of = |device, incarnation| {
        let sequence = sequences.get(&(device, incarnation))?;
        sequence.last_key_value().map(|(end, _)| *end)
    };
    let is_own_whole = head.is_some_and(|head| {
        let expected = (head.seq != Seq(0)).then_some((head.seq, head.prev));
        end_of(keys.device, head.incarnation) == expected
    });
    let is_whole = |is_asked: &dyn Fn(DeviceIndex) -> bool| {
        let is_whole = |of: &Branch| {
            let sequence = sequences.get(&(of.device, of.incarnation));
            of.seq == Seq(0) || sequence.is_some_and(|all| all.contains_key(&(of.seq, of.hash)))
        };
        let mut branches = sync.into_iter().flat_map(|sync| &sync.branches);
        let mut runs = sequences.iter();
        is_own_whole
            && sync.is_some()
            && branches.all(|of| !is_asked(of.device) || is_whole(of))
            && runs.all(|((device, _), all)| !is_asked(*device) || is_linked(all))
    };
    let is_complete = is_whole(&|_| true);
    let is_own_complete = is_whole(&|device| device == keys.device);
    let records = sequences
        .into_values()
        .flat_map(BTreeMap::into_values)
        .collect();
    Ok(Log {
        records,
        is_complete,
        is_own_complete,
    })
}

/// The hash that names these bytes as a record.
pub(crate) fn hash_of(keys: &Keys, bytes: &[u8]) -> RecordHash {
    RecordHash::from_bytes(hash(Domain::RecordHash, &[keys.account.as_bytes(), bytes]))
}

fn read_record(keys: &Keys, bytes: Vec<u8>) -> Option<LogRecord> {
    let record = Record::decode(bytes).ok()?;
    let hash = record.hash(&keys.account);
    let outer = record.outer();
    let verify_key = keys.chain.verify_key(outer.device)?;
    if !keys.chain.contains(&outer.chain) {
        return None;
    }
    record.verify(&keys.account, &verify_key).ok()?;
    let route = open_route(
        &keys.account,
        &record,
        &keys.route_key_at(outer.chain.position)?,
    )
    .ok()?;
    Some(LogRecord {
        hash,
        record,
        route,
    })
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Every record, measured by the positions in memory.
    pub(crate) async fn read_log(&self) -> Outcome<Log> {
        let (head, sync) = (&self.session.head, &self.session.sync);
        read_log(self.store, self.keys, Some(head), Some(sync)).await
    }
}

fn is_linked(sequence: &Sequence) -> bool {
    let mut expected = (Seq(1), RecordHash::NIL);
    for ((seq, _), found) in sequence {
        if (*seq, found.record.outer().prev) != expected {
            return false;
        }
        expected = (Seq(seq.0.saturating_add(1)), found.hash);
    }
    true
}

impl Log {
    /// Whether a newer version wrote something into a document that must be understood first.
    pub(crate) fn asks_for_newer(&self, doc: DocId) -> bool {
        self.records
            .iter()
            .any(|found| found.route.doc == doc && is_stopping(&found.route))
    }

    /// Records of one kind and document, in order.
    pub(crate) fn of(&self, kind: RecordKind, doc: DocId) -> impl Iterator<Item = &LogRecord> {
        self.records
            .iter()
            .filter(move |found| found.route.kind == kind && found.route.doc == doc)
    }
}

/// Why one record of a document's list gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Missing, damaged or another one.
    Damaged,
    /// Of a newer version: the document may not be written.
    Newer,
    /// Of a newer version, and nothing this one has to know.
    Skipped,
}

/// Opens the record that stands under its hash. The hash, taken from a sealed row, vouches for it.
pub(crate) fn open_listed(
    keys: &Keys,
    hash: &RecordHash,
    row: Option<&[u8]>,
    doc: DocId,
    kind: RecordKind,
    find_key: impl FnOnce(&Route) -> Option<Rc<crypto::BodyKey>>,
) -> Result<Body, Unread> {
    let row = row
        .filter(|row| hash_of(keys, row) == *hash)
        .ok_or(Unread::Damaged)?;
    let record = Record::decode(row.to_vec()).map_err(|error| match error {
        RecordError::Format { .. } | RecordError::Lane { .. } => Unread::Newer,
        _ => Unread::Damaged,
    })?;
    let route_key = keys
        .route_key_at(record.outer().chain.position)
        .ok_or(Unread::Damaged)?;
    let route = open_route(&keys.account, &record, &route_key).map_err(|_| Unread::Damaged)?;
    if is_stopping(&route) {
        return Err(Unread::Newer);
    }
    if route.kind.rule() == KindRule::Keep {
        return Err(Unread::Skipped);
    }
    if route.doc != doc || route.kind != kind {
        return Err(Unread::Damaged);
    }
    let body_key = find_key(&route).ok_or(Unread::Damaged)?;
    open_body(&keys.account, &record, &body_key).map_err(|error| match error {
        crypto::RecordOpenError::Body(BodyError::Version { .. }) => Unread::Newer,
        _ => Unread::Damaged,
    })
}
