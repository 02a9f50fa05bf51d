//! Reading the access log back, and checking that nothing was taken out of it.
//!
//! A device has one stream of lines, and one more for each time another copy of it had gone on with the one before.

use std::collections::BTreeSet;

use protocol::audit::{AuditBatch, AuditChain, AuditLine};
use protocol::record::RecordKind;
use protocol::{DocId, Incarnation};
use rand_core::CryptoRng;

use super::keys::Keys;
use super::log::Log;
use super::stop::Outcome;
use super::turn::Turn;
use crate::command::Failure;
use crate::store::Store;

/// One stream of this device as far as its records go.
pub(crate) struct Stream {
    /// The run of the device in which it was started.
    pub(crate) id: Incarnation,
    pub(crate) batches: Vec<AuditBatch>,
    /// Where it stands after them.
    pub(crate) chain: AuditChain,
    /// The run of its last record.
    pub(crate) last_run: Incarnation,
}

/// The streams of this device, and how many of its records fit in none: something before them is missing.
pub(crate) fn streams(keys: &Keys, log: &Log) -> (Vec<Stream>, usize) {
    let own = log
        .of(RecordKind::Audit, DocId::NIL)
        .filter(|found| found.record.outer().device == keys.device);
    let mut left: Vec<(Incarnation, AuditBatch)> = Vec::new();
    let mut lost = 0;
    for found in own {
        let outer = found.record.outer();
        let body_key = keys.body_key_at(outer.chain.position);
        let body = body_key
            .and_then(|key| crypto::open_body(&keys.account, &found.record, &key).ok())
            .and_then(|body| AuditBatch::decode(&body.content).ok());
        match body {
            Some(batch) => left.push((outer.incarnation, batch)),
            None => lost += 1,
        }
    }
    left.sort_by_key(|(_, batch)| batch.first);
    let mut ids = BTreeSet::new();
    let own = log.records.iter().map(|found| found.record.outer());
    ids.extend(
        own.filter(|outer| outer.device == keys.device)
            .map(|outer| outer.incarnation),
    );
    let mut streams: Vec<Stream> = ids
        .into_iter()
        .map(|id| Stream {
            id,
            batches: Vec::new(),
            chain: AuditChain::start(&keys.account, keys.device, id),
            last_run: id,
        })
        .collect();
    for (run, batch) in left {
        let mut open = streams.iter_mut();
        let next = open.find(|of| (of.chain.next, of.chain.link) == (batch.first, batch.before));
        let taken = next.filter(|stream| stream.chain.clone().push_batch(&batch).is_ok());
        let Some(stream) = taken else {
            lost += 1;
            continue;
        };
        stream.chain = AuditChain {
            next: stream.chain.next.saturating_add(count(&batch)),
            link: batch.after,
        };
        stream.batches.push(batch);
        stream.last_run = run;
    }
    streams.retain(|stream| !stream.batches.is_empty());
    (streams, lost)
}

fn count(batch: &AuditBatch) -> u32 {
    u32::try_from(batch.entries.len()).unwrap_or(u32::MAX)
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Every line of this device, oldest first; fails with `Corrupt` when the chain has a hole.
    pub(crate) async fn audit_log(&mut self) -> Outcome<Vec<AuditLine>> {
        let log = self.read_log().await?;
        let (mut streams, lost) = streams(self.keys, &log);
        let open = self.session.lane.batch();
        let id = self.session.lane.stream();
        if !streams.iter().any(|stream| stream.id == id) {
            streams.push(Stream {
                id,
                batches: Vec::new(),
                chain: AuditChain::start(&self.keys.account, self.keys.device, id),
                last_run: id,
            });
        }
        // The end of an earlier stream is vouched for by the sequence of records alone.
        if lost > 0 || (streams.len() > 1 && !log.is_own_complete) {
            return Err(Failure::Corrupt.into());
        }
        let current = streams.iter_mut().find(|stream| stream.id == id);
        let current = current.ok_or(Failure::Internal)?;
        let pushed = current.chain.push_batch(&open);
        pushed.map_err(|_| Failure::Corrupt)?;
        current.batches.push(open);
        let mut lines = Vec::new();
        for batch in streams.iter().flat_map(|stream| &stream.batches) {
            lines.extend(batch.lines().map_err(|_| Failure::Corrupt)?);
        }
        if streams.len() > 1 {
            lines.sort_by_key(|line| line.at);
        }
        Ok(lines)
    }
}
