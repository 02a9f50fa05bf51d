//! Reading the state of an opened vault from the store.

use std::collections::BTreeSet;

use protocol::keybox::{DocKind, Keybox};
use protocol::record::RecordKind;
use protocol::{DocId, Incarnation};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::audit::streams;
use super::behind::is_of_journal;
use super::device::device_notes_row;
use super::drafts::read_slots;
use super::head::{DeviceHead, DocHead, SNAPSHOT_BYTES};
use super::intake::is_of_doc;
use super::keys::Keys;
use super::lane::{OpenLane, lane_row};
use super::local;
use super::log::{Log, open_listed, read_log};
use super::peer_draft::read_peer_slots;
use super::quarantine::{Piece, read_quarantine};
use super::session::Session;
use super::stop::{Outcome, Stop};
use super::sync_head::{Pending, SyncHead, sync_head_row};
use super::trail::is_chunk;
use super::turn::{Turn, device_head_row};
use crate::command::Failure;
use crate::store::{Store, StoreName};

/// Reads everything an open vault holds besides documents. Nothing is written; damage found goes with the next
/// commit.
pub(crate) async fn open_session<S: Store, R: CryptoRng>(
    store: &S,
    keys: &Keys,
    rng: &mut R,
    now: i64,
) -> Outcome<Session> {
    let mut found = Vec::new();
    let mut is_head_lost = false;
    let head = match read_value::<DeviceHead, S>(store, keys, device_head_row(keys)).await? {
        Ok(head) => head,
        Err(piece) => {
            is_head_lost = true;
            // The sequence cannot go on where nobody knows its end: a new one cannot collide with it.
            found.push(piece);
            DeviceHead::new(Incarnation::from_bytes(crypto::make_bytes(rng)))
        }
    };
    let (sync, is_sync_changed) = match read_sync_head(store, keys, &head, is_head_lost).await? {
        (sync, None) => (sync, false),
        (sync, Some(damaged)) => {
            found.extend(damaged);
            (sync, true)
        }
    };
    let lane = match read_lane(store, keys).await? {
        Ok(lane) => lane,
        Err(piece) => {
            found.push(piece);
            let log = read_log(store, keys, Some(&head), Some(&sync)).await?;
            last_link(keys, &log, &head)
        }
    };
    let mut session = Session::new(head, lane);
    session.found = found;
    (session.sync, session.is_sync_changed) = (sync, is_sync_changed);
    session.quarantine = read_quarantine(store, keys).await?;
    let mut turn = Turn::new(store, keys, &mut session, rng, now);
    turn.read_keybox().await?;
    turn.read_waiting(is_sync_changed).await?;
    turn.read_rows().await?;
    let (slots, damaged) = read_slots(store, keys, &turn.session.head).await?;
    turn.session.slots = slots;
    turn.session.peer_slots = read_peer_slots(store, keys).await?;
    turn.session.found.extend(damaged);
    let rebuilt = core::mem::take(&mut turn.batch);
    turn.session.repairs.changes.extend(rebuilt.changes);
    Ok(session)
}

async fn read_value<T, S: Store>(store: &S, keys: &Keys, row: Vec<u8>) -> Outcome<Result<T, Piece>>
where
    T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()>,
{
    let stored = store.read(StoreName::Cursor, &row).await?;
    let opened = stored.as_deref().and_then(|bytes| {
        local::open_value(&keys.local, &keys.account, StoreName::Cursor, &row, bytes).ok()
    });
    Ok(opened.ok_or(piece(StoreName::Cursor, row, stored, true)))
}

/// The state of the exchange. `Some` = its row is to be written: there is none yet, or it was made again from the
/// records because it is damaged, or because the own sequence started anew and what was made before is a branch now.
async fn read_sync_head<S: Store>(
    store: &S,
    keys: &Keys,
    head: &DeviceHead,
    is_head_lost: bool,
) -> Outcome<(SyncHead, Option<Option<Piece>>)> {
    let row = sync_head_row(keys);
    let damaged = match read_value::<SyncHead, S>(store, keys, row).await? {
        Ok(sync) if sync.is_known_version() && !is_head_lost => return Ok((sync, None)),
        Ok(_) => None,
        Err(piece) => piece.bytes.is_some().then_some(piece),
    };
    let log = read_log(store, keys, Some(head), None).await?;
    Ok((rebuild(keys, head, &log), Some(damaged)))
}

/// What stands here of other devices and of earlier runs of this one, from the records: each sequence as far as it hangs
/// together. What belongs into documents is looked at again: whether it is in them is not known.
fn rebuild(keys: &Keys, head: &DeviceHead, log: &Log) -> SyncHead {
    let mut sync = SyncHead::default();
    for found in &log.records {
        let outer = found.record.outer();
        let is_current = (outer.device, outer.incarnation) == (keys.device, head.incarnation);
        let Some(branch) = (!is_current)
            .then(|| sync.branch_mut(outer.device, outer.incarnation))
            .flatten()
        else {
            continue;
        };
        if outer.seq == branch.seq {
            branch.is_forked = true;
        } else if Some(outer.seq) == branch.seq.next() && outer.prev == branch.hash {
            (branch.seq, branch.hash) = (outer.seq, found.hash);
            branch.note_seen(&found.route.seen);
        }
        if is_of_doc(&found.route) {
            sync.pending.push(Pending {
                doc: found.route.doc,
                record: found.hash,
                is_told: false,
            });
        }
    }
    sync
}

async fn read_lane<S: Store>(store: &S, keys: &Keys) -> Outcome<Result<OpenLane, Piece>> {
    let row = lane_row(keys);
    let stored = store.read(StoreName::Audit, &row).await?;
    let opened = stored
        .as_deref()
        .and_then(|bytes| {
            local::open_row(&keys.local, &keys.account, StoreName::Audit, &row, bytes).ok()
        })
        .and_then(|bytes| OpenLane::decode(&bytes));
    Ok(opened.ok_or(piece(StoreName::Audit, row, stored, false)))
}

const fn piece(store: StoreName, row: Vec<u8>, bytes: Option<Vec<u8>>, is_healed: bool) -> Piece {
    Piece {
        store,
        row,
        bytes,
        client: None,
        doc: None,
        is_healed,
    }
}

/// Goes on with the access log after its last record, or in a stream of its own where the run of the device is new.
fn last_link(keys: &Keys, log: &Log, head: &DeviceHead) -> OpenLane {
    let (streams, _) = streams(keys, log);
    let last = streams
        .into_iter()
        .find(|stream| stream.last_run == head.incarnation);
    match last {
        Some(stream) => OpenLane::after(stream.id, stream.chain),
        None => OpenLane::start(&keys.account, keys.device, head.incarnation),
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Reads the catalogue: the newest snapshot of the keybox and the records since.
    async fn read_keybox(&mut self) -> Outcome<()> {
        let row = self.head_row(DocId::NIL);
        let head = match read_value::<DocHead, S>(self.store, self.keys, row).await? {
            Ok(head) => head,
            Err(piece) => {
                // What the records of before hold is in no list any more: the next write makes a snapshot of it.
                self.session.keybox_head.tail_bytes = SNAPSHOT_BYTES;
                return self.rescue_keybox(vec![piece]).await;
            }
        };
        let mut damaged = Vec::new();
        if let Some(row) = head.snapshot {
            let stored = self.store.read(StoreName::Snapshot, &row).await?;
            let (local, account) = (&self.keys.local, &self.keys.account);
            let opened = stored
                .as_deref()
                .and_then(|bytes| {
                    local::open_row(local, account, StoreName::Snapshot, &row, bytes).ok()
                })
                .and_then(|bytes: Zeroizing<Vec<u8>>| Keybox::decode(&bytes).ok());
            match opened {
                Some(keybox) => self.session.catalogue.add(keybox),
                None => damaged.push(piece(StoreName::Snapshot, row.to_vec(), stored, true)),
            }
        }
        let rows: Vec<Vec<u8>> = head
            .records
            .iter()
            .map(|hash| hash.as_bytes().to_vec())
            .collect();
        let stored = self.store.read_many(StoreName::Record, &rows).await?;
        for ((hash, row), stored) in head.records.iter().zip(rows).zip(stored) {
            let keys = self.keys;
            let body = open_listed(
                keys,
                hash,
                stored.as_deref(),
                DocId::NIL,
                RecordKind::Keybox,
                |route| self.body_key(route),
            );
            match body
                .ok()
                .and_then(|body| Keybox::decode(&body.content).ok())
            {
                Some(keybox) => self.session.catalogue.add(keybox),
                None => damaged.push(piece(StoreName::Record, row, stored, true)),
            }
        }
        self.session.keybox_head = head;
        if damaged.is_empty() {
            Ok(())
        } else {
            self.rescue_keybox(damaged).await
        }
    }

    /// Takes the keys from every keybox record and every document's head, and notes whether that is surely all.
    async fn rescue_keybox(&mut self, damaged: Vec<Piece>) -> Outcome<()> {
        let log = self.read_log().await?;
        let keys = self.keys;
        for found in log.of(RecordKind::Keybox, DocId::NIL) {
            let Some(epoch_key) = keys.epoch_key_by_id(found.route.key) else {
                continue;
            };
            let body =
                crypto::open_body(&keys.account, &found.record, &epoch_key.derive_body_key());
            if let Some(keybox) = body
                .ok()
                .and_then(|body| Keybox::decode(&body.content).ok())
            {
                self.session.catalogue.add(keybox);
            }
        }
        let has_all_heads = self.read_keys_of_heads().await?;
        let is_healed = log.is_complete || has_all_heads;
        self.session.found.extend(
            damaged
                .into_iter()
                .map(|piece| Piece { is_healed, ..piece }),
        );
        if is_healed {
            self.snapshot_keybox()?;
            let head = self.session.keybox_head.clone();
            self.put_value(StoreName::Cursor, self.head_row(DocId::NIL), &head)?;
        }
        Ok(())
    }

    /// Takes the keys that documents' heads hold once more; answers whether every head could be read.
    async fn read_keys_of_heads(&mut self) -> Outcome<bool> {
        let others = [
            device_head_row(self.keys),
            sync_head_row(self.keys),
            self.head_row(DocId::NIL),
            device_notes_row(self.keys),
        ];
        let mut has_all = true;
        for (row, value) in self.store.read_prefix(StoreName::Cursor, &[]).await? {
            let keys = self.keys;
            if others.contains(&row)
                || is_chunk(keys, &row, &value)
                || is_of_journal(keys, &row, &value)
            {
                continue;
            }
            let (local, account) = (&self.keys.local, &self.keys.account);
            let head =
                local::open_value::<DocHead>(local, account, StoreName::Cursor, &row, &value);
            match head.ok().and_then(|head| Keybox::decode(&head.keybox).ok()) {
                Some(keybox) => self.session.catalogue.add(keybox),
                None => has_all = false,
            }
        }
        Ok(has_all)
    }

    /// Reads what is stored and not in its documents. Where that is not known, every change of others is looked at again.
    async fn read_waiting(&mut self, is_rebuilt: bool) -> Outcome<()> {
        if self.read_behind().await? {
            if is_rebuilt {
                self.drop_strays().await?;
            }
            // What is tried again stands in memory only.
            return self.file_all(&[], true);
        }
        self.drop_strays().await?;
        let log = self.read_log().await?;
        let rebuilt = rebuild(self.keys, &self.session.head, &log);
        let pending = &mut self.session.sync.pending;
        let known: BTreeSet<_> = pending.iter().map(|of| of.record).collect();
        let others = rebuilt.pending.into_iter();
        pending.extend(others.filter(|of| !known.contains(&of.record)));
        self.session.is_sync_changed = true;
        self.file_all(&[], true)
    }

    /// Reads the sealed summary of every client; what is missing is made again from the documents.
    async fn read_rows(&mut self) -> Outcome<()> {
        for (key, value) in self.store.read_prefix(StoreName::Cache, &[]).await? {
            let (local, account) = (&self.keys.local, &self.keys.account);
            let Ok(bytes) = local::open_row(local, account, StoreName::Cache, &key, &value) else {
                continue;
            };
            let Ok(row) = serde_json::from_slice::<dossier::view::ClientRow>(&bytes) else {
                continue;
            };
            if key == self.cache_row(row.id) {
                self.session.rows.insert(row.id, row);
            }
        }
        let clients: Vec<_> = self.session.catalogue.clients().collect();
        let mut known = BTreeSet::new();
        known.extend(clients.iter().map(|client| *client.as_bytes()));
        self.session
            .rows
            .retain(|client, _| known.contains(&client.0));
        for client in clients {
            let id = dossier::id::ClientId(*client.as_bytes());
            // It gets one when what waits is brought in.
            let is_behind = self.session.behind.has(Some(client));
            if is_behind || self.session.rows.contains_key(&id) {
                continue;
            }
            match self.rebuild_row(client).await {
                Ok(()) | Err(Stop::Failed(Failure::Corrupt | Failure::NotFound)) => {}
                Err(stop) => return Err(stop),
            }
            self.session.trim();
        }
        Ok(())
    }

    /// Makes the summary of a client again from its documents.
    pub(crate) async fn rebuild_row(&mut self, client: protocol::ClientId) -> Outcome<()> {
        let dossiers = self
            .open_all((Some(client), DocKind::Dossier, None))
            .await?;
        let identities = self
            .open_readable((Some(client), DocKind::Identity, None))
            .await?;
        let journals = self.open_newest_journals(client).await?;
        let dossier = self.merged(&dossiers).ok_or(Failure::NotFound)?;
        if dossier.heads().is_empty() {
            // Made elsewhere, and nothing of it has come yet.
            return Err(Failure::NotFound.into());
        }
        let (identity, journal) = (self.merged(&identities), self.merged(&journals));
        let id = dossier::id::ClientId(*client.as_bytes());
        let row =
            dossier::project::client_row(id, &dossier, identity.as_deref(), journal.as_deref());
        drop((dossier, identity, journal));
        self.put_cache(row)
    }

    /// Reads what the newest journal of a client says of it once more; the rest of its summary stands.
    pub(crate) async fn refresh_visits(&mut self, client: protocol::ClientId) -> Outcome<()> {
        let id = dossier::id::ClientId(*client.as_bytes());
        let Some(earlier) = self.session.rows.get(&id).cloned() else {
            return self.rebuild_row(client).await;
        };
        let journals = self.open_newest_journals(client).await?;
        let Some(journal) = self.merged(&journals) else {
            return Ok(());
        };
        let row = dossier::project::with_visits(earlier, &journal);
        drop(journal);
        self.put_cache(row)
    }

    /// Journals of the last year of a client that can be read at least in part, in memory.
    async fn open_newest_journals(&mut self, client: protocol::ClientId) -> Outcome<Vec<DocId>> {
        match self.session.catalogue.journals(client).first() {
            Some((year, _)) => {
                let place = (Some(client), DocKind::Journal, Some(*year));
                self.open_readable(place).await
            }
            None => Ok(Vec::new()),
        }
    }

    /// Row of a client's summary.
    pub(crate) fn cache_row(&self, client: dossier::id::ClientId) -> Vec<u8> {
        self.name(StoreName::Cache, &[b"client", &client.0])
    }

    /// Keeps a client's summary, in memory and in the batch.
    pub(crate) fn put_cache(&mut self, row: dossier::view::ClientRow) -> Outcome<()> {
        let bytes = Zeroizing::new(serde_json::to_vec(&row).map_err(|_| Failure::Internal)?);
        self.put_row(StoreName::Cache, self.cache_row(row.id), &bytes)?;
        self.session.rows.insert(row.id, row);
        Ok(())
    }

    /// Documents for one purpose that can be read at least in part, in memory.
    pub(crate) async fn open_readable(
        &mut self,
        place: super::catalogue::DocPlace,
    ) -> Outcome<Vec<DocId>> {
        let mut readable = Vec::new();
        for doc in self.session.catalogue.find(place) {
            match self.open_doc(doc).await {
                Ok(_) => readable.push(doc),
                Err(Stop::Failed(Failure::Corrupt)) => {}
                Err(stop) => return Err(stop),
            }
        }
        Ok(readable)
    }
}
