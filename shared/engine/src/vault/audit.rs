//! Reading the access log back, and checking that nothing was taken out of it.

use protocol::DocId;
use protocol::audit::{AuditBatch, AuditLine};
use protocol::record::RecordKind;
use rand_core::CryptoRng;

use super::log::read_log;
use super::stop::Outcome;
use super::turn::Turn;
use crate::command::Failure;
use crate::store::Store;

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Every line of this device, oldest first; fails with `Corrupt` when the chain has a hole.
    pub(crate) async fn audit_log(&mut self) -> Outcome<Vec<AuditLine>> {
        let log = read_log(self.store, self.keys, Some(&self.session.head)).await?;
        let mut batches = Vec::new();
        for found in log.of(RecordKind::Audit, DocId::NIL) {
            let outer = found.record.outer();
            if outer.device != self.keys.device {
                continue;
            }
            let body_key = self
                .keys
                .body_key_at(outer.chain.position)
                .ok_or(Failure::Corrupt)?;
            let body = crypto::open_body(&self.keys.account, &found.record, &body_key);
            let body = body.map_err(|_| Failure::Corrupt)?;
            let batch = AuditBatch::decode(&body.content).map_err(|_| Failure::Corrupt)?;
            batches.push(batch);
        }
        batches.push(self.session.lane.batch());
        batches.sort_unstable_by_key(|batch| batch.first);
        let mut chain = self
            .session
            .lane
            .start_of(&self.keys.account, self.keys.device);
        let mut lines = Vec::new();
        for batch in &batches {
            chain.push_batch(batch).map_err(|_| Failure::Corrupt)?;
            lines.extend(batch.lines().map_err(|_| Failure::Corrupt)?);
        }
        Ok(lines)
    }
}
