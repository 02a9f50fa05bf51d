//! Opening a stored document: the sealed head says what it must be, anything else is damage.

use std::collections::BTreeSet;

use crypto::DocumentKey;
use dossier::document::Document;
use protocol::keybox::DocKind;
use protocol::record::{RecordKind, Route};
use protocol::{ChangeHash, ClientId, DocId, RecordHash};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::catalogue::DocPlace;
use super::head::DocHead;
use super::local;
use super::log::{Unread, open_listed};
use super::quarantine::Piece;
use super::session::{Health, OpenDoc};
use super::shelf::domain_kind;
use super::stop::{Outcome, Stop};
use super::turn::Turn;
use crate::command::Failure;
use crate::store::{Store, StoreName};

/// What the rows of a document gave.
#[derive(Default)]
struct Parts {
    head: Option<DocHead>,
    snapshot: Zeroizing<Vec<u8>>,
    changes: Vec<Vec<u8>>,
    damaged: Vec<(StoreName, Vec<u8>, Option<Vec<u8>>)>,
    is_newer: bool,
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Brings a document into memory; one that is only partly readable comes with its health.
    ///
    /// Fails with `Corrupt` when nothing of it can be read.
    pub(crate) async fn open_doc(&mut self, doc: DocId) -> Outcome<&OpenDoc> {
        if !self.session.docs.contains_key(&doc) {
            let open = self.load_doc(doc).await?;
            self.session.docs.insert(doc, open);
        }
        self.session.touch(doc);
        self.session.docs.get(&doc).ok_or(Failure::Internal.into())
    }

    /// Documents for one purpose, in memory.
    pub(crate) async fn open_all(&mut self, place: DocPlace) -> Outcome<Vec<DocId>> {
        let docs = self.session.catalogue.find(place);
        for doc in &docs {
            self.open_doc(*doc).await?;
        }
        Ok(docs)
    }

    /// Brings documents, and those from which the summaries of clients are made, into memory with few reads for all of
    /// them. One that cannot be opened is left for whoever asks for it.
    pub(crate) async fn open_ahead(&mut self, clients: &[ClientId], docs: &[DocId]) -> Outcome<()> {
        let catalogue = &self.session.catalogue;
        let mut wanted: BTreeSet<DocId> = BTreeSet::new();
        wanted.extend(docs);
        for client in clients {
            for kind in [DocKind::Dossier, DocKind::Identity] {
                wanted.extend(catalogue.find((Some(*client), kind, None)));
            }
            let journals = catalogue.journals(*client);
            let newest = journals.first().map(|(year, _)| *year);
            let journals = journals.iter().filter(|(year, _)| Some(*year) == newest);
            wanted.extend(journals.map(|(_, doc)| *doc));
        }
        let missing = wanted
            .iter()
            .filter(|doc| !self.session.docs.contains_key(doc));
        let named: Vec<(DocId, DocumentKey)> = missing
            .filter_map(|doc| Some((*doc, self.newest_key(*doc).ok()?)))
            .collect();
        let parts = self.read_parts(&named).await?;
        for ((doc, key), parts) in named.into_iter().zip(parts) {
            match self.make_open(doc, key, parts).await {
                Ok(open) => {
                    self.session.docs.insert(doc, open);
                    self.session.touch(doc);
                }
                Err(Stop::Failed(Failure::Corrupt | Failure::NotFound)) => {}
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    fn newest_key(&self, doc: DocId) -> Outcome<DocumentKey> {
        let newest = self.session.catalogue.newest_doc_key(doc);
        let newest = newest.ok_or(Failure::NotFound)?.key;
        Ok(self.session.catalogue.doc_key(self.keys, doc, newest)?)
    }

    async fn load_doc(&mut self, doc: DocId) -> Outcome<OpenDoc> {
        let named = [(doc, self.newest_key(doc)?)];
        let parts = self.read_parts(&named).await?.pop();
        let [(doc, key)] = named;
        let parts = parts.ok_or(Failure::Internal)?;
        self.make_open(doc, key, parts).await
    }

    async fn make_open(&mut self, doc: DocId, key: DocumentKey, parts: Parts) -> Outcome<OpenDoc> {
        let place = self.session.catalogue.place(doc).ok_or(Failure::NotFound)?;
        let actor = self.make_actor();
        if parts.damaged.is_empty()
            && let Some(head) = &parts.head
        {
            if let (true, Some(kind)) = (head.is_empty(), domain_kind(place)) {
                // Another device made it, and nothing of it has come yet.
                return Ok(OpenDoc {
                    document: Document::new(kind, actor),
                    head: head.clone(),
                    key,
                    place,
                    health: Health::Whole,
                    used: 0,
                });
            }
            let heads: Vec<[u8; 32]> = head.heads.iter().map(|hash| *hash.as_bytes()).collect();
            let expected = (!parts.is_newer).then_some(heads.as_slice());
            let changes: Vec<&[u8]> = parts.changes.iter().map(Vec::as_slice).collect();
            if let Ok(document) =
                Document::load_concatenated(&parts.snapshot, &changes, expected, actor)
            {
                let health = if parts.is_newer {
                    Health::Newer
                } else {
                    Health::Whole
                };
                return Ok(OpenDoc {
                    document,
                    head: head.clone(),
                    key,
                    place,
                    health,
                    used: 0,
                });
            }
        }
        self.rescue_doc(doc, place, key, parts).await
    }

    /// Reads the rows of documents: all heads, all snapshots, all records.
    async fn read_parts(&self, docs: &[(DocId, DocumentKey)]) -> Outcome<Vec<Parts>> {
        let head_rows: Vec<Vec<u8>> = docs.iter().map(|(doc, _)| self.head_row(*doc)).collect();
        let stored = self.read_rows_of(StoreName::Cursor, &head_rows).await?;
        let mut all = Vec::with_capacity(docs.len());
        for (row, stored) in head_rows.into_iter().zip(stored) {
            all.push(self.read_head(row, stored));
        }
        let snapshots = all
            .iter()
            .filter_map(|parts: &Parts| Some(parts.head.as_ref()?.snapshot?.to_vec()));
        let snapshots: Vec<Vec<u8>> = snapshots.collect();
        let mut snapshots = self
            .read_rows_of(StoreName::Snapshot, &snapshots)
            .await?
            .into_iter();
        let records = all.iter().filter_map(|parts| parts.head.as_ref());
        let records = records.flat_map(|head| &head.records);
        let records: Vec<Vec<u8>> = records.map(|hash| hash.as_bytes().to_vec()).collect();
        let mut records = self
            .read_rows_of(StoreName::Record, &records)
            .await?
            .into_iter();
        for ((doc, key), parts) in docs.iter().zip(&mut all) {
            let Some(head) = parts.head.take() else {
                continue;
            };
            if let Some(row) = head.snapshot {
                self.read_snapshot(key, row, snapshots.next().flatten(), parts);
            }
            for hash in &head.records {
                self.read_record(*doc, hash, records.next().flatten(), parts);
            }
            parts.head = Some(head);
        }
        Ok(all)
    }

    async fn read_rows_of(
        &self,
        store: StoreName,
        rows: &[Vec<u8>],
    ) -> Outcome<Vec<Option<Vec<u8>>>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.store.read_many(store, rows).await?)
    }

    fn read_head(&self, row: Vec<u8>, stored: Option<Vec<u8>>) -> Parts {
        let mut parts = Parts::default();
        let (local, account) = (&self.keys.local, &self.keys.account);
        let opened = stored.as_deref().and_then(|sealed| {
            local::open_value::<DocHead>(local, account, StoreName::Cursor, &row, sealed).ok()
        });
        match opened {
            Some(head) => parts.head = Some(head),
            None => parts.damaged.push((StoreName::Cursor, row, stored)),
        }
        parts
    }

    fn read_snapshot(
        &self,
        key: &DocumentKey,
        row: [u8; 16],
        stored: Option<Vec<u8>>,
        parts: &mut Parts,
    ) {
        let (key, account) = (key.derive_snapshot_key(), &self.keys.account);
        let opened = stored
            .as_deref()
            .map(|bytes| local::open_row(&key, account, StoreName::Snapshot, &row, bytes));
        match opened {
            Some(Ok(bytes)) => parts.snapshot = bytes,
            _ => parts
                .damaged
                .push((StoreName::Snapshot, row.to_vec(), stored)),
        }
    }

    fn read_record(
        &self,
        doc: DocId,
        hash: &RecordHash,
        stored: Option<Vec<u8>>,
        parts: &mut Parts,
    ) {
        let (keys, find) = (self.keys, |route: &Route| self.body_key(route));
        let kind = RecordKind::Changes;
        match open_listed(keys, hash, stored.as_deref(), doc, kind, find) {
            Ok(body) => parts.changes.push(body.content),
            Err(Unread::Skipped) => {}
            Err(Unread::Newer) => parts.is_newer = true,
            Err(Unread::Damaged) => {
                let row = hash.as_bytes().to_vec();
                parts.damaged.push((StoreName::Record, row, stored));
            }
        }
    }

    /// Rebuilds a document from every record there is. The result counts as whole only when its heads are those
    /// of the sealed head, or, where that is lost, when not one record of this device is missing.
    async fn rescue_doc(
        &mut self,
        doc: DocId,
        place: DocPlace,
        key: DocumentKey,
        mut parts: Parts,
    ) -> Outcome<OpenDoc> {
        let log = self.read_log().await?;
        let mut changes = Vec::new();
        let mut is_awaited = false;
        let mut is_put_off = Vec::new();
        let pending = &self.session.sync.pending;
        for found in log.of(RecordKind::Changes, doc) {
            if self.session.behind.holds(place.0, &found.hash) {
                // Stored, and not a part of it yet.
                is_awaited = true;
                continue;
            }
            let body_key = self
                .session
                .catalogue
                .doc_key(self.keys, doc, found.route.key)?
                .derive_body_key();
            let body = crypto::open_body(&self.keys.account, &found.record, &body_key);
            if let Ok(body) = body {
                changes.push(body.content);
                is_put_off.push(pending.iter().any(|of| of.record == found.hash));
            }
        }
        let heads = parts.head.as_ref().map(|head| {
            head.heads
                .iter()
                .map(|hash| *hash.as_bytes())
                .collect::<Vec<_>>()
        });
        let slices: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
        let in_it = slices.iter().zip(&is_put_off);
        let in_it = in_it.filter(|(_, is_put_off)| !**is_put_off);
        let in_it: Vec<&[u8]> = in_it.map(|(content, _)| *content).collect();
        let actor = self.make_actor();
        let is_newer = parts.is_newer || log.asks_for_newer(doc);
        let is_sure = (heads.is_some() || log.is_complete) && !is_newer;
        let is_empty = slices.is_empty() && heads.as_ref().is_none_or(Vec::is_empty);
        let rebuilt = match domain_kind(place) {
            // Nothing was in it yet.
            Some(kind) if is_awaited && is_empty => Some(Document::new(kind, actor)),
            // What was put off may be a part of it: that is not known where the state of the exchange was lost.
            _ => [slices, in_it]
                .iter()
                .find_map(|of| Document::load_concatenated(&[], of, heads.as_deref(), actor).ok()),
        };
        let rebuilt = rebuilt.filter(|_| is_sure);
        let is_healed = rebuilt.is_some();
        if parts.damaged.is_empty() {
            let head_row = self.head_row(doc);
            let stored = self.store.read(StoreName::Cursor, &head_row).await?;
            parts.damaged.push((StoreName::Cursor, head_row, stored));
        }
        let client = place.0.map(|client| *client.as_bytes());
        let pieces = parts.damaged.into_iter().map(|(store, row, bytes)| Piece {
            store,
            row,
            bytes,
            client,
            doc: Some(doc),
            is_healed,
        });
        for piece in pieces {
            if !self.session.found.contains(&piece) {
                self.session.found.push(piece);
            }
        }
        if let Some(document) = rebuilt {
            let mut open = OpenDoc {
                document,
                head: DocHead::default(),
                key,
                place,
                health: Health::Whole,
                used: 0,
            };
            self.repair_doc(doc, &mut open)?;
            return Ok(open);
        }
        let document = salvage(&parts.snapshot, &parts.changes, &changes, place, actor)
            .ok_or(Failure::Corrupt)?;
        let head = parts.head.unwrap_or_default();
        Ok(OpenDoc {
            document,
            head,
            key,
            place,
            health: Health::Damaged,
            used: 0,
        })
    }

    /// Writes a rebuilt document anew; the rows go with the next commit.
    fn repair_doc(&mut self, doc: DocId, open: &mut OpenDoc) -> Outcome<()> {
        let batch = core::mem::take(&mut self.batch);
        open.head.keybox = self.session.catalogue.encode_of(doc);
        open.head.heads = open
            .document
            .heads()
            .into_iter()
            .map(ChangeHash::from_bytes)
            .collect();
        let snapshot = match open.head.heads.is_empty() {
            true => Ok(()),
            false => self.snapshot_doc(open),
        };
        let written = snapshot.and_then(|()| {
            let row = self.head_row(doc);
            self.put_value(StoreName::Cursor, row, &open.head)
        });
        let repairs = core::mem::replace(&mut self.batch, batch);
        written?;
        self.session.repairs.changes.extend(repairs.changes);
        Ok(())
    }
}

/// As much as hangs together of a damaged document; `None` = nothing.
fn salvage(
    snapshot: &[u8],
    listed: &[Vec<u8>],
    logged: &[Vec<u8>],
    place: DocPlace,
    actor: [u8; 16],
) -> Option<Document> {
    let mut document = match Document::load(snapshot, None, actor) {
        Ok(document) => document,
        Err(_) => Document::new(domain_kind(place)?, actor),
    };
    for changes in logged.iter().chain(listed) {
        let _ = document.apply_changes(changes);
    }
    (!document.heads().is_empty()).then_some(document)
}
