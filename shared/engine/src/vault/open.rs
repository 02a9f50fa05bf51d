//! Reading the state of an opened vault from the store.

use protocol::audit::AuditChain;
use protocol::keybox::{DocKind, Keybox};
use protocol::record::RecordKind;
use protocol::{DocId, Incarnation, audit};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::drafts::read_slots;
use super::head::{DeviceHead, DocHead};
use super::keys::Keys;
use super::lane::{OpenLane, lane_row};
use super::local;
use super::log::{Log, open_listed, read_log};
use super::quarantine::{Piece, read_quarantine};
use super::session::Session;
use super::stop::{Outcome, Stop};
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
    let head = match read_value::<DeviceHead, S>(store, keys, device_head_row(keys)).await? {
        Ok(head) => head,
        Err(piece) => {
            // The sequence cannot go on where nobody knows its end: a new one cannot collide with it.
            found.push(piece);
            DeviceHead::new(Incarnation::from_bytes(crypto::make_bytes(rng)))
        }
    };
    let lane = match read_lane(store, keys).await? {
        Ok(lane) => lane,
        Err(piece) => {
            found.push(piece);
            let log = read_log(store, keys, Some(&head)).await?;
            last_link(keys, &log, &head)
        }
    };
    let mut session = Session::new(head, lane);
    session.found = found;
    session.quarantine = read_quarantine(store, keys).await?;
    let mut turn = Turn::new(store, keys, &mut session, rng, now);
    turn.read_keybox().await?;
    turn.read_rows().await?;
    let (slots, damaged) = read_slots(store, keys, &turn.session.head).await?;
    turn.session.slots = slots;
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

/// Goes on with the access log after its last record.
fn last_link(keys: &Keys, log: &Log, head: &DeviceHead) -> OpenLane {
    let mut own = log
        .of(RecordKind::Audit, DocId::NIL)
        .filter(|found| found.record.outer().device == keys.device)
        .filter_map(|found| {
            let outer = found.record.outer();
            let body_key = keys.body_key_at(outer.chain.position)?;
            let body = crypto::open_body(&keys.account, &found.record, &body_key).ok()?;
            Some((
                outer.incarnation,
                audit::AuditBatch::decode(&body.content).ok()?,
            ))
        })
        .collect::<Vec<_>>();
    own.sort_unstable_by_key(|(_, batch)| batch.first);
    match (own.first(), own.last()) {
        (Some((stream, _)), Some((_, last))) => {
            let count = u32::try_from(last.entries.len()).unwrap_or(u32::MAX);
            let chain = AuditChain {
                next: last.first.saturating_add(count),
                link: last.after,
            };
            OpenLane::after(*stream, chain)
        }
        _ => OpenLane::start(&keys.account, keys.device, head.incarnation),
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Reads the catalogue: the newest snapshot of the keybox and the records since.
    async fn read_keybox(&mut self) -> Outcome<()> {
        let row = self.head_row(DocId::NIL);
        let head = match read_value::<DocHead, S>(self.store, self.keys, row).await? {
            Ok(head) => head,
            Err(piece) => return self.rescue_keybox(vec![piece]).await,
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
                |route| Some(keys.epoch_key_by_id(route.key)?.derive_body_key()),
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
        let log = read_log(self.store, self.keys, Some(&self.session.head)).await?;
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
        let (device_head, keybox_head) = (device_head_row(self.keys), self.head_row(DocId::NIL));
        let mut has_all = true;
        for (row, value) in self.store.read_prefix(StoreName::Cursor, &[]).await? {
            if row == device_head || row == keybox_head {
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
        let mut known = std::collections::BTreeSet::new();
        known.extend(clients.iter().map(|client| *client.as_bytes()));
        self.session
            .rows
            .retain(|client, _| known.contains(&client.0));
        for client in clients {
            if self
                .session
                .rows
                .contains_key(&dossier::id::ClientId(*client.as_bytes()))
            {
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

    async fn rebuild_row(&mut self, client: protocol::ClientId) -> Outcome<()> {
        let dossiers = self
            .open_all((Some(client), DocKind::Dossier, None))
            .await?;
        let identities = self
            .open_readable((Some(client), DocKind::Identity, None))
            .await?;
        let journal = self.session.catalogue.journals(client).first().copied();
        if let Some((year, _)) = journal {
            self.open_readable((Some(client), DocKind::Journal, Some(year)))
                .await?;
        }
        let find = |doc: &DocId| self.session.docs.get(doc).map(|open| &open.document);
        let dossier = dossiers.first().and_then(find).ok_or(Failure::NotFound)?;
        let identity = identities.first().and_then(find);
        let journal = journal.and_then(|(_, doc)| find(&doc));
        let id = dossier::id::ClientId(*client.as_bytes());
        let row = dossier::project::client_row(id, dossier, identity, journal);
        self.put_cache(row)
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
