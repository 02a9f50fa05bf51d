//! Documents: opened from their newest snapshot and the records since, made, written.

use crypto::{ClientKey, DocumentKey, DocumentName};
use dossier::document::{Document, Kind};
use protocol::body::{BODY_VERSION, Body};
use protocol::keybox::{DocKind, Keybox, KeyboxEntry};
use protocol::record::{Lane, RecordKind};
use protocol::{ChangeHash, ClientId, DocId, Generation};
use rand_core::CryptoRng;

use super::catalogue::DocPlace;
use super::head::DocHead;
use super::local;
use super::session::{Health, OpenDoc};
use super::stop::Outcome;
use super::turn::Turn;
use crate::command::Failure;
use crate::store::{Store, StoreName};

/// The kind of a document as the domain names it.
pub(crate) const fn domain_kind((_, kind, year): DocPlace) -> Option<Kind> {
    match (kind, year) {
        (DocKind::Profile, _) => Some(Kind::Profile),
        (DocKind::Identity, _) => Some(Kind::Identity),
        (DocKind::Dossier, _) => Some(Kind::Dossier),
        (DocKind::Journal, Some(year)) => Some(Kind::Journal { year }),
        _ => None,
    }
}

/// What a document of a kind is for, as the keybox names it.
pub(crate) const fn place_of(client: Option<ClientId>, kind: Kind) -> DocPlace {
    match kind {
        Kind::Profile => (None, DocKind::Profile, None),
        Kind::Identity => (client, DocKind::Identity, None),
        Kind::Dossier => (client, DocKind::Dossier, None),
        Kind::Journal { year } => (client, DocKind::Journal, Some(year)),
    }
}

/// A document that is not in the keybox yet.
pub(crate) struct NewDoc {
    pub(crate) doc: DocId,
    pub(crate) open: OpenDoc,
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Row of a document's head.
    pub(crate) fn head_row(&self, doc: DocId) -> Vec<u8> {
        self.name(StoreName::Cursor, &[b"document-head", doc.as_bytes()])
    }

    /// An empty document with a fresh key.
    pub(crate) fn make_doc(&mut self, place: DocPlace) -> Outcome<NewDoc> {
        let kind = domain_kind(place).ok_or(Failure::Internal)?;
        let doc = DocId::from_bytes(crypto::make_bytes(self.rng));
        let document = Document::new(kind, self.make_actor());
        let key = DocumentKey::make(self.rng);
        let open = OpenDoc {
            document,
            head: DocHead::default(),
            key,
            place,
            health: Health::Whole,
            used: 0,
        };
        Ok(NewDoc { doc, open })
    }

    /// Enters new documents, and the client's key where it is the first, into the keybox.
    pub(crate) fn enter_docs(
        &mut self,
        client: Option<ClientId>,
        docs: &[(DocId, &OpenDoc)],
    ) -> Outcome<()> {
        if docs.is_empty() {
            return Ok(());
        }
        let mut entries = Vec::with_capacity(docs.len() + 1);
        let account = self.keys.account;
        let (version, client_key) = match self.session.catalogue.client_key(self.keys, client)? {
            Some(known) => known,
            None => {
                let key = ClientKey::make(self.rng);
                let epoch = self.keys.epoch();
                let epoch_key = self.keys.current_epoch_key()?;
                let entry = epoch_key.wrap_client(self.rng, &account, epoch, client, 1, &key)?;
                entries.push(KeyboxEntry::ClientKey(entry));
                (1, key)
            }
        };
        for (doc, open) in docs {
            let (client, kind, year) = open.place;
            let name = DocumentName {
                doc: *doc,
                kind,
                client,
                year,
                generation: Generation(0),
            };
            let entry = client_key.wrap_document(self.rng, &account, version, &name, &open.key)?;
            entries.push(KeyboxEntry::DocKey(entry));
        }
        self.append_keybox(Keybox { entries })
    }

    fn append_keybox(&mut self, keybox: Keybox) -> Outcome<()> {
        let content = keybox.encode();
        let content_bytes = content.len();
        let epoch_key = self.keys.current_epoch_key()?;
        let body = Body::plain(u64::try_from(self.now).unwrap_or_default(), content);
        let place = (DocId::NIL, Generation(0), epoch_key.id());
        let hash = self.append(
            Lane::Log,
            RecordKind::Keybox,
            place,
            body,
            &epoch_key.derive_body_key(),
        )?;
        self.session.catalogue.add(keybox);
        self.session.keybox_head.push(hash, content_bytes);
        if self.session.keybox_head.is_snapshot_due() {
            self.snapshot_keybox()?;
        }
        let head = self.session.keybox_head.clone();
        self.put_value(StoreName::Cursor, self.head_row(DocId::NIL), &head)
    }

    /// Writes the whole keybox as a local snapshot.
    pub(crate) fn snapshot_keybox(&mut self) -> Outcome<()> {
        let bytes = self.session.catalogue.encode();
        let row: [u8; 16] = crypto::make_bytes(self.rng);
        self.put_row(StoreName::Snapshot, row.to_vec(), &bytes)?;
        let earlier = core::mem::take(&mut self.session.keybox_head);
        if let Some(earlier) = earlier.snapshot {
            self.batch.delete(StoreName::Snapshot, earlier);
        }
        self.session.keybox_head.snapshot = Some(row);
        Ok(())
    }

    /// Seals what was written into a document since it was last stored. Answers whether there was anything.
    pub(crate) fn store_changes(&mut self, doc: DocId, open: &mut OpenDoc) -> Outcome<bool> {
        let Some(changes) = open.document.take_changes() else {
            return Ok(false);
        };
        let content_bytes = changes.bytes.len();
        let body = Body {
            version: BODY_VERSION,
            made_at: u64::try_from(self.now).unwrap_or_default(),
            deps: changes
                .deps
                .into_iter()
                .map(ChangeHash::from_bytes)
                .collect(),
            change_hashes: changes
                .hashes
                .into_iter()
                .map(ChangeHash::from_bytes)
                .collect(),
            unopened: Vec::new(),
            content: changes.bytes,
        };
        let generation = self
            .session
            .catalogue
            .newest_doc_key(doc)
            .map_or(Generation(0), |entry| entry.generation);
        let place = (doc, generation, open.key.id());
        let hash = self.append(
            Lane::Log,
            RecordKind::Changes,
            place,
            body,
            &open.key.derive_body_key(),
        )?;
        open.head.push(hash, content_bytes);
        Ok(true)
    }

    /// Writes the head of a document that is in the keybox, with a snapshot when one is due.
    pub(crate) fn store_head(&mut self, doc: DocId, open: &mut OpenDoc) -> Outcome<()> {
        open.head.keybox = self.session.catalogue.encode_of(doc);
        open.head.heads = open
            .document
            .heads()
            .into_iter()
            .map(ChangeHash::from_bytes)
            .collect();
        // Every edit needs the profile: it stands twice, so that one damaged row does not stop all work.
        let is_due = open.head.is_snapshot_due() || open.place.1 == DocKind::Profile;
        // A snapshot would forget which record asks for a newer version.
        if is_due && open.health != Health::Newer {
            self.snapshot_doc(open)?;
        }
        self.put_value(StoreName::Cursor, self.head_row(doc), &open.head)
    }

    /// Writes a document as a local snapshot and drops the one before.
    pub(crate) fn snapshot_doc(&mut self, open: &mut OpenDoc) -> Outcome<()> {
        let row: [u8; 16] = crypto::make_bytes(self.rng);
        let key = open.key.derive_snapshot_key();
        let bytes = zeroize::Zeroizing::new(open.document.save());
        let sealed = local::seal_row(
            self.rng,
            &key,
            &self.keys.account,
            StoreName::Snapshot,
            &row,
            &bytes,
        )?;
        self.batch.put(StoreName::Snapshot, row, sealed);
        if let Some(earlier) = open.head.snapshot.replace(row) {
            self.batch.delete(StoreName::Snapshot, earlier);
        }
        open.head.records.clear();
        open.head.tail_bytes = 0;
        Ok(())
    }
}
