//! One command at work on an open vault: what it reads and changes, and the one batch it ends in.

use std::rc::Rc;

use crypto::{BodyKey, make_bytes, seal_record};
use protocol::body::Body;
use protocol::record::{Lane, Outer, RecordKind, Route};
use protocol::{DocId, Generation, KeyId, RecordHash};
use rand_core::CryptoRng;

use super::keys::Keys;
use super::local;
use super::outbox::OutboxRow;
use super::session::Session;
use super::stop::Outcome;
use super::sync_head::sync_head_row;
use crate::command::Failure;
use crate::store::{Batch, Store, StoreName};

/// Name of the row of the device's own head.
const DEVICE_HEAD: &[u8] = b"device-head";

/// A command at work.
pub(crate) struct Turn<'a, S, R> {
    pub(crate) store: &'a S,
    pub(crate) keys: &'a Keys,
    pub(crate) session: &'a mut Session,
    pub(crate) rng: &'a mut R,
    /// Ms since the epoch, UTC.
    pub(crate) now: i64,
    pub(crate) batch: Batch,
}

impl<'a, S, R> Turn<'a, S, R> {
    /// A command that made nothing yet.
    pub(crate) fn new(
        store: &'a S,
        keys: &'a Keys,
        session: &'a mut Session,
        rng: &'a mut R,
        now: i64,
    ) -> Self {
        Self {
            store,
            keys,
            session,
            rng,
            now,
            batch: Batch::default(),
        }
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Name of a local row.
    pub(crate) fn name(&self, store: StoreName, parts: &[&[u8]]) -> Vec<u8> {
        local::row_name(&self.keys.local, store, parts)
    }

    /// Puts a sealed local row into the batch.
    pub(crate) fn put_row(
        &mut self,
        store: StoreName,
        row: Vec<u8>,
        plaintext: &[u8],
    ) -> Outcome<()> {
        let sealed = local::seal_row(
            self.rng,
            &self.keys.local,
            &self.keys.account,
            store,
            &row,
            plaintext,
        )?;
        self.batch.put(store, row, sealed);
        Ok(())
    }

    /// [`Turn::put_row`] for a value.
    pub(crate) fn put_value<T: minicbor::Encode<()>>(
        &mut self,
        store: StoreName,
        row: Vec<u8>,
        value: &T,
    ) -> Outcome<()> {
        let sealed = local::seal_value(
            self.rng,
            &self.keys.local,
            &self.keys.account,
            store,
            &row,
            value,
        )?;
        self.batch.put(store, row, sealed);
        Ok(())
    }

    /// Seals and signs the next record of this device and puts it, with its outbox entry, into the batch. It says what
    /// was stored of other devices since the one before.
    pub(crate) fn append(
        &mut self,
        lane: Lane,
        kind: RecordKind,
        (doc, generation, key): (DocId, Generation, KeyId),
        mut body: Body,
        body_key: &BodyKey,
    ) -> Outcome<RecordHash> {
        self.session.is_torn = true;
        let keys = self.keys;
        // What is not in its document yet may turn out not to open: a receipt says more than that it is stored.
        // Nor is it said that something does not open before all was tried.
        let mut seen = Vec::new();
        if self.session.behind.is_empty() {
            seen = self.session.sync.tell_seen();
            body.unopened = self.session.sync.tell_unopened();
        }
        self.session.is_sync_changed |= !seen.is_empty() || !body.unopened.is_empty();
        let head = &mut self.session.head;
        let seq = head.seq.next().ok_or(Failure::Internal)?;
        let outer = Outer {
            lane,
            device: keys.device,
            incarnation: head.incarnation,
            seq,
            prev: head.prev,
            chain: keys.chain.point(),
        };
        let route = Route {
            kind,
            doc,
            generation,
            key,
            seen,
        };
        let route_key = keys.current_epoch_key()?.derive_route_key();
        let signing = keys.bundle.signing_key();
        let record = seal_record(
            self.rng,
            &keys.account,
            &outer,
            &route,
            &body,
            &route_key,
            body_key,
            signing,
        )?;
        let hash = record.hash(&keys.account);
        (head.seq, head.prev) = (seq, hash);
        let own = (keys.device, outer.incarnation, seq);
        self.note_stored(own, kind, body.made_at, &hash);
        let place = self.session.catalogue.place(doc);
        self.put_outbox(OutboxRow {
            device: keys.device,
            incarnation: outer.incarnation,
            seq,
            hash,
            kind: kind.to_byte(),
            client: place.and_then(|(client, _, _)| client),
            made_at: body.made_at,
            refused: None,
        })?;
        self.batch
            .put(StoreName::Record, *hash.as_bytes(), record.into_bytes());
        Ok(hash)
    }

    /// Commits all that this turn made, with the heads, the access log and the repairs found on the way.
    pub(crate) async fn commit(&mut self) -> Outcome<()> {
        self.session.is_torn = true;
        self.flush_lane_if_due()?;
        self.put_lane()?;
        self.put_trail().await?;
        self.put_behind()?;
        self.put_found().await?;
        // A repair is older than what this command made of the same row.
        let mut batch = core::mem::take(&mut self.session.repairs);
        batch.changes.append(&mut self.batch.changes);
        self.batch = batch;
        self.session.head.clock_max = self.session.head.clock_max.max(self.now);
        let row = device_head_row(self.keys);
        let head = self.session.head.clone();
        self.put_value(StoreName::Cursor, row, &head)?;
        if core::mem::take(&mut self.session.is_sync_changed) {
            let sync = self.session.sync.clone();
            self.put_value(StoreName::Cursor, sync_head_row(self.keys), &sync)?;
        }
        self.store.commit(core::mem::take(&mut self.batch)).await?;
        self.session.is_torn = false;
        self.session.slots.waiting.settle();
        Ok(())
    }

    /// The key under which the body of a record stands; `None` = it is not here.
    pub(crate) fn body_key(&self, route: &Route) -> Option<Rc<BodyKey>> {
        let keys = self.keys;
        if route.doc == DocId::NIL {
            let key = keys.epoch_key_by_id(route.key);
            return key.map(|key| Rc::new(key.derive_body_key()));
        }
        let name = (route.doc, route.key);
        if let Some(key) = self.session.body_keys.borrow().get(&name) {
            return Some(Rc::clone(key));
        }
        let key = self.session.catalogue.doc_key(keys, route.doc, route.key);
        let key = Rc::new(key.ok()?.derive_body_key());
        let mut known = self.session.body_keys.borrow_mut();
        known.insert(name, Rc::clone(&key));
        Some(key)
    }

    /// A fresh random actor for a document that is opened or made.
    pub(crate) fn make_actor(&mut self) -> [u8; 16] {
        make_bytes(self.rng)
    }
}

/// Row of the device's own head.
pub(crate) fn device_head_row(keys: &Keys) -> Vec<u8> {
    local::row_name(&keys.local, StoreName::Cursor, &[DEVICE_HEAD])
}
