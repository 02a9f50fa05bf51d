//! A new incarnation: this device goes on under a new sequence because another copy of it used the old one.
//!
//! What it made and no relay has is issued again: the same changes in new records. Nobody else notices.

use protocol::audit::{AuditBatch, AuditEntry};
use protocol::record::{Lane, Record, RecordKind, Route};
use protocol::wire::Branch;
use protocol::{DocId, Incarnation, RecordHash, Seq, cbor};
use rand_core::CryptoRng;

use super::head::DeviceHead;
use super::lane::OpenLane;
use super::outbox::{OutboxRow, Place};
use super::quarantine::Piece;
use super::stop::{Outcome, Stop};
use super::turn::Turn;
use crate::command::Failure;
use crate::store::{Store, StoreName};

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Ends the sequence where it stands and begins another; the access log goes on in a stream of its own.
    pub(crate) fn begin_incarnation(&mut self) -> Outcome<()> {
        self.session.is_torn = true;
        self.session.is_sync_changed = true;
        let device = self.keys.device;
        let incarnation = Incarnation::from_bytes(crypto::make_bytes(self.rng));
        let earlier = self.session.head.clone();
        if earlier.seq != Seq(0) {
            let branch = self.session.sync.branch_mut(device, earlier.incarnation);
            let branch = branch.ok_or(Failure::Internal)?;
            (branch.seq, branch.hash) = (earlier.seq, earlier.prev);
        }
        self.session.sync.forget_told();
        self.session.head = DeviceHead {
            seq: Seq(0),
            prev: RecordHash::NIL,
            incarnation,
            ..earlier
        };
        let lane = OpenLane::start(&self.keys.account, device, incarnation);
        let lane = core::mem::replace(&mut self.session.lane, lane);
        self.reenter(lane.batch().entries)
    }

    /// Enters lines of another stream into this one, under its numbers.
    fn reenter(&mut self, entries: Vec<AuditEntry>) -> Outcome<()> {
        for entry in entries {
            // A line that was removed leaves nothing to enter.
            if let AuditEntry::Line { salt, line } = entry {
                let line = cbor::decode(&line).map_err(|_| Failure::Internal)?;
                self.enter_line(salt, line)?;
                self.flush_lane_if_full()?;
            }
        }
        Ok(())
    }

    /// Sets a record aside that waits for the relay and cannot be read any more. What this device made after it goes on in
    /// a sequence of its own.
    pub(crate) async fn pass_by(&mut self, row: OutboxRow) -> Outcome<()> {
        let (device, run, seq) = row.place();
        if device == self.keys.device {
            self.end_run(run, Seq(seq.0.saturating_sub(1))).await?;
            self.reissue_after(run, seq).await?;
        }
        self.drop_outbox(row.place());
        self.note_gone(row.place());
        let name = row.hash.as_bytes().to_vec();
        let bytes = self.store.read(StoreName::Record, &name).await?;
        self.session.found.push(Piece {
            store: StoreName::Record,
            row: name,
            bytes,
            client: row.client.map(|client| *client.as_bytes()),
            doc: None,
            is_healed: false,
        });
        self.session.is_sync_changed = true;
        self.commit().await
    }

    /// A relay has a run up to this record, and the next one stands here no more. What comes after the hole goes on in a
    /// sequence of its own if this device made it; of another device it cannot be handed in.
    pub(crate) async fn pass_hole(&mut self, stored: &Branch) -> Outcome<()> {
        let rows = self.outbox().await?.rows.values();
        let after = rows.filter(|row| row.incarnation == stored.incarnation);
        let after = after
            .filter(|row| row.seq > stored.seq)
            .map(OutboxRow::place);
        let after: Vec<Place> = after.collect();
        let Some((device, run, first)) = after.first().copied() else {
            return Ok(());
        };
        if Some(first) == stored.seq.next() {
            return Ok(());
        }
        if device == self.keys.device {
            self.end_run(run, stored.seq).await?;
            self.reissue_after(run, stored.seq).await?;
        } else {
            for place in after {
                self.drop_outbox(place);
            }
        }
        self.session.is_sync_changed = true;
        self.commit().await
    }

    /// Ends an own sequence at a record, whatever follows it.
    async fn end_run(&mut self, run: Incarnation, last: Seq) -> Outcome<()> {
        if run == self.session.head.incarnation {
            self.begin_incarnation()?;
        }
        let hash = self.own_hash_at(run, last).await?;
        if let Some(branch) = self.session.sync.branch_mut(self.keys.device, run)
            && branch.seq > last
        {
            branch.end_at(last, hash.unwrap_or(RecordHash::NIL));
        }
        Ok(())
    }

    /// The name of an own record.
    async fn own_hash_at(&self, run: Incarnation, seq: Seq) -> Outcome<Option<RecordHash>> {
        let stored = self.store.read_prefix(StoreName::Record, &[]).await?;
        let decoded = stored.into_iter().map(|(_, bytes)| Record::decode(bytes));
        let mut own = decoded.flatten().filter(|record| {
            let outer = record.outer();
            (outer.device, outer.incarnation, outer.seq) == (self.keys.device, run, seq)
        });
        Ok(own.next().map(|record| record.hash(&self.keys.account)))
    }

    /// Issues again every own record of an earlier incarnation after a place, and takes the earlier ones away.
    pub(crate) async fn reissue_after(
        &mut self,
        incarnation: Incarnation,
        after: Seq,
    ) -> Outcome<()> {
        self.outbox().await?;
        let mut own = Vec::new();
        for (_, bytes) in self.store.read_prefix(StoreName::Record, &[]).await? {
            let Ok(record) = Record::decode(bytes) else {
                continue;
            };
            let outer = record.outer();
            let is_of = (outer.device, outer.incarnation) == (self.keys.device, incarnation);
            if is_of && outer.seq > after {
                own.push(record);
            }
        }
        own.sort_unstable_by_key(|record| record.outer().seq);
        for record in own {
            self.reissue(&record).await?;
        }
        Ok(())
    }

    /// Issues one record again, under the next number, and takes the earlier one away.
    pub(crate) async fn reissue(&mut self, record: &Record) -> Outcome<()> {
        let (keys, outer) = (self.keys, *record.outer());
        let hash = record.hash(&keys.account);
        let place = (outer.device, outer.incarnation, outer.seq);
        self.drop_outbox(place);
        self.note_gone(place);
        self.batch.delete(StoreName::Record, *hash.as_bytes());
        let route_key = keys.route_key_at(outer.chain.position);
        let route = route_key
            .and_then(|route_key| crypto::open_route(&keys.account, record, &route_key).ok());
        let issued = match route {
            Some(route) => self.issue(record, &hash, route).await?,
            None => false,
        };
        if !issued {
            // Nothing here can say it again: it is kept aside.
            self.session.found.push(Piece {
                store: StoreName::Record,
                row: hash.as_bytes().to_vec(),
                bytes: Some(record.as_bytes().to_vec()),
                client: None,
                doc: None,
                is_healed: false,
            });
        }
        Ok(())
    }

    /// Answers whether everything that the record says is said again.
    async fn issue(&mut self, record: &Record, hash: &RecordHash, route: Route) -> Outcome<bool> {
        let keys = self.keys;
        let Some(body_key) = self.body_key(&route) else {
            return Ok(false);
        };
        let Ok(body) = crypto::open_body(&keys.account, record, &body_key) else {
            return Ok(false);
        };
        let place = (route.doc, route.generation, route.key);
        match route.kind {
            RecordKind::Beacon => {}
            RecordKind::Audit => {
                let Ok(batch) = AuditBatch::decode(&body.content) else {
                    return Ok(false);
                };
                self.reenter(batch.entries)?;
            }
            RecordKind::Keybox => {
                let again = self.append(Lane::Log, route.kind, place, body, &body_key)?;
                replace(&mut self.session.keybox_head.records, hash, again);
                let head = self.session.keybox_head.clone();
                self.put_value(StoreName::Cursor, self.head_row(DocId::NIL), &head)?;
            }
            RecordKind::Changes => {
                // Opened before the record under it goes.
                let is_open = match self.open_doc(route.doc).await {
                    Ok(_) => true,
                    Err(Stop::Failed(Failure::Corrupt | Failure::NotFound)) => false,
                    Err(stop) => return Err(stop),
                };
                let again = self.append(Lane::Log, route.kind, place, body, &body_key)?;
                self.session.behind.rename(hash, again);
                self.session.sync.rename_pending(hash, again);
                let open = self.session.docs.get_mut(&route.doc).filter(|_| is_open);
                if let Some(open) = open
                    && replace(&mut open.head.records, hash, again)
                {
                    let head = open.head.clone();
                    self.put_value(StoreName::Cursor, self.head_row(route.doc), &head)?;
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn replace(records: &mut [RecordHash], earlier: &RecordHash, again: RecordHash) -> bool {
    match records.iter_mut().find(|record| *record == earlier) {
        Some(record) => {
            *record = again;
            true
        }
        None => false,
    }
}
