//! What taken-in records do: keys into the catalogue, changes into their documents, the rest is kept.

use std::collections::BTreeSet;

use crypto::RecordOpenError;
use dossier::document::{Document, LoadError};
use protocol::body::{Body, BodyError};
use protocol::keybox::{Keybox, KeyboxEntry};
use protocol::record::{KindRule, Record, RecordKind, Route};
use protocol::{ClientId, DocId, RecordHash};
use rand_core::CryptoRng;

use super::super::head::DocHead;
use super::super::quarantine::Piece;
use super::super::session::{Health, OpenDoc};
use super::super::shelf::domain_kind;
use super::super::stop::{Outcome, Stop};
use super::super::sync_head::Pending;
use super::super::turn::Turn;
use super::link::Accepted;
use super::place_of;
use crate::command::Failure;
use crate::store::{Store, StoreName};

/// Stored records that are tried again with one commit.
const RETRY_MAX: usize = 256;

/// A stored record whose content is to be applied.
pub(super) struct Work {
    hash: RecordHash,
    record: Record,
    route: Route,
    is_retry: bool,
}

impl Work {
    /// Whether it says more than what its device has seen.
    pub(super) fn is_news(&self) -> bool {
        self.route.kind != RecordKind::Beacon
    }
}

/// What one record of a document gave.
enum Step {
    /// It is in the document.
    Applied,
    /// Something before it is missing.
    Later,
    /// It will never be.
    Damaged,
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Puts a record that counts, and what it says of its device, into the batch.
    pub(super) fn enter(&mut self, accepted: Accepted) -> Outcome<Work> {
        self.session.is_torn = true;
        self.session.is_sync_changed = true;
        let Accepted {
            hash,
            record,
            route,
            is_fork,
            ..
        } = accepted;
        let (outer, now) = (*record.outer(), self.now);
        let sync = &mut self.session.sync;
        let branch = sync.branch_mut(outer.device, outer.incarnation);
        let branch = branch.ok_or(Failure::Internal)?;
        if is_fork {
            branch.is_forked = true;
        } else {
            (branch.seq, branch.hash, branch.arrived_at) = (outer.seq, hash, now);
            branch.note_seen(&route.seen);
        }
        let bytes = record.as_bytes().to_vec();
        self.batch.put(StoreName::Record, *hash.as_bytes(), bytes);
        Ok(Work {
            hash,
            record,
            route,
            is_retry: false,
        })
    }

    fn open_whole(&self, record: &Record, route: &Route) -> Result<Body, Unopened> {
        let keys = self.keys;
        let body_key = self.body_key(route).ok_or(Unopened::NoKey)?;
        crypto::open_body(&keys.account, record, &body_key).map_err(|error| match error {
            RecordOpenError::Body(BodyError::Version { .. }) => Unopened::Newer,
            _ => Unopened::Damaged,
        })
    }

    /// Does what records say, those that waited too. Answers whether a document changed.
    pub(super) async fn apply_all(&mut self, mut works: Vec<Work>) -> Outcome<bool> {
        let retried = self.waiting().await?;
        if works.is_empty() && retried.is_empty() {
            return Ok(false);
        }
        self.session.is_torn = true;
        for work in &works {
            if work.route.kind == RecordKind::Keybox {
                self.take_keybox(work)?;
            }
        }
        for work in &works {
            self.note_body(work)?;
        }
        works.splice(0..0, retried);
        let mut touched: BTreeSet<DocId> = BTreeSet::new();
        loop {
            let before = works.len();
            let mut later = Vec::new();
            for work in works {
                match self.apply_one(&work, &mut touched).await? {
                    Step::Later => later.push(work),
                    Step::Applied => self.settle(&work.hash),
                    Step::Damaged => self.set_aside(&work),
                }
            }
            works = later;
            if works.len() == before {
                break;
            }
        }
        for work in works {
            self.put_off(&work);
        }
        self.store_touched(&touched).await?;
        Ok(!touched.is_empty())
    }

    /// What a record says of its device, once the keys that came with it are here.
    fn note_body(&mut self, work: &Work) -> Outcome<()> {
        let outer = work.record.outer();
        let opened = self.open_whole(&work.record, &work.route);
        self.note_work(work, opened.as_ref().map_or(0, |body| body.made_at));
        if let Ok(body) = opened {
            let sync = &mut self.session.sync;
            let branch = sync.branch_mut(outer.device, outer.incarnation);
            let branch = branch.ok_or(Failure::Internal)?;
            branch.made_at = branch.made_at.max(body.made_at);
            branch.unopened.extend(body.unopened);
        }
        Ok(())
    }

    /// Enters a record that stands in its run into the trail.
    fn note_work(&mut self, work: &Work, made_at: u64) {
        let place = place_of(&work.record);
        let branch = self.session.sync.find(place.0, place.1);
        if branch.is_some_and(|branch| !branch.is_forked && place.2 <= branch.seq) {
            self.note_stored(place, work.route.kind, made_at, &work.hash);
        }
    }

    /// Records that wait, read from the store.
    async fn waiting(&mut self) -> Outcome<Vec<Work>> {
        let pending = self.session.sync.pending.iter().take(RETRY_MAX);
        let hashes: Vec<RecordHash> = pending.map(|pending| pending.record).collect();
        let rows: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.as_bytes().to_vec()).collect();
        let stored = self.store.read_many(StoreName::Record, &rows).await?;
        let mut works = Vec::new();
        for (hash, stored) in hashes.into_iter().zip(stored) {
            let record = stored.and_then(|bytes| Record::decode(bytes).ok());
            let opened = record.and_then(|record| {
                let key = self.keys.route_key_at(record.outer().chain.position)?;
                let route = crypto::open_route(&self.keys.account, &record, &key).ok()?;
                Some(Work {
                    hash,
                    record,
                    route,
                    is_retry: true,
                })
            });
            works.extend(opened);
        }
        Ok(works)
    }

    fn take_keybox(&mut self, work: &Work) -> Outcome<()> {
        let opened = self.open_whole(&work.record, &work.route).ok();
        let Some((keybox, content_bytes)) =
            opened.and_then(|body| Some((Keybox::decode(&body.content).ok()?, body.content.len())))
        else {
            self.set_aside(work);
            return Ok(());
        };
        let mut made = BTreeSet::new();
        for entry in &keybox.entries {
            if let KeyboxEntry::DocKey(entry) = entry
                && self.session.catalogue.place(entry.doc).is_none()
            {
                made.insert(entry.doc);
            }
        }
        self.session.catalogue.add(keybox);
        self.session.keybox_head.push(work.hash, content_bytes);
        if self.session.keybox_head.is_snapshot_due() {
            self.snapshot_keybox()?;
        }
        let head = self.session.keybox_head.clone();
        self.put_value(StoreName::Cursor, self.head_row(DocId::NIL), &head)?;
        for doc in made {
            self.expect_doc(doc)?;
        }
        Ok(())
    }

    /// A document that another device made: empty until its first record comes.
    fn expect_doc(&mut self, doc: DocId) -> Outcome<()> {
        let catalogue = &self.session.catalogue;
        let newest = catalogue.newest_doc_key(doc).map(|entry| entry.key);
        let place = catalogue.place(doc);
        let (Some(place), Some(newest)) = (place, newest) else {
            return Ok(());
        };
        let head = DocHead {
            keybox: catalogue.encode_of(doc),
            ..DocHead::default()
        };
        let key = catalogue.doc_key(self.keys, doc, newest);
        self.put_value(StoreName::Cursor, self.head_row(doc), &head)?;
        if let (Some(kind), Ok(key)) = (domain_kind(place), key) {
            let open = OpenDoc {
                document: Document::new(kind, self.make_actor()),
                head,
                key,
                place,
                health: Health::Whole,
                used: 0,
            };
            self.session.docs.insert(doc, open);
            self.session.touch(doc);
        }
        Ok(())
    }

    async fn apply_one(&mut self, work: &Work, touched: &mut BTreeSet<DocId>) -> Outcome<Step> {
        let Work { hash, route, .. } = work;
        let is_stopping =
            route.kind.rule() == KindRule::ReadOnly || route.kind == RecordKind::EraseIntent;
        if route.doc == DocId::NIL || !(is_stopping || route.kind == RecordKind::Changes) {
            return Ok(Step::Applied);
        }
        if self.session.catalogue.place(route.doc).is_none() {
            return Ok(Step::Later);
        }
        let opened = match self.open_doc(route.doc).await {
            Ok(open) => open,
            Err(Stop::Failed(Failure::Corrupt)) => return Ok(Step::Later),
            Err(stop) => return Err(stop),
        };
        if opened.health == Health::Damaged {
            return Ok(Step::Later);
        }
        if opened.head.records.contains(hash) {
            return Ok(Step::Applied);
        }
        let body = match self.open_whole(&work.record, route) {
            _ if is_stopping => None,
            Ok(body) => Some(body),
            Err(Unopened::Newer) => None,
            Err(Unopened::NoKey) => return Ok(Step::Later),
            Err(Unopened::Damaged) => return Ok(Step::Damaged),
        };
        if let Some(body) = body.as_ref().filter(|_| work.is_retry) {
            self.note_work(work, body.made_at);
        }
        let open = self.session.docs.get_mut(&route.doc);
        let open = open.ok_or(Failure::Internal)?;
        let Some(body) = body else {
            open.head.push(*hash, 0);
            open.health = Health::Newer;
            touched.insert(route.doc);
            return Ok(Step::Applied);
        };
        let hashes: Vec<[u8; 32]> = body.change_hashes.iter().map(|of| *of.as_bytes()).collect();
        if work.is_retry && !hashes.is_empty() && open.document.has_changes(&hashes) {
            return Ok(Step::Applied);
        }
        match open.document.apply_changes(&body.content) {
            Ok(()) if open.document.has_changes(&hashes) => {
                open.head.push(*hash, body.content.len());
                touched.insert(route.doc);
                Ok(Step::Applied)
            }
            Err(LoadError::Incomplete { .. }) => Ok(Step::Later),
            // What a device signed is not what it says it is. The changes that are in stay: the next load agrees.
            Ok(()) => {
                open.head.push(*hash, body.content.len());
                touched.insert(route.doc);
                Ok(Step::Damaged)
            }
            Err(_) => Ok(Step::Damaged),
        }
    }

    fn settle(&mut self, hash: &RecordHash) {
        let pending = &mut self.session.sync.pending;
        let before = pending.len();
        pending.retain(|waiting| waiting.record != *hash);
        self.session.is_sync_changed |= pending.len() != before;
    }

    fn put_off(&mut self, work: &Work) {
        let pending = &mut self.session.sync.pending;
        if !pending.iter().any(|waiting| waiting.record == work.hash) {
            pending.push(Pending {
                doc: work.route.doc,
                record: work.hash,
                is_told: false,
            });
            self.session.is_sync_changed = true;
        }
    }

    /// Copies aside what does not open, and counts it as not opened.
    fn set_aside(&mut self, work: &Work) {
        if work.is_retry {
            return;
        }
        self.put_off(work);
        let place = self.session.catalogue.place(work.route.doc);
        let client = place.and_then(|(client, _, _)| client);
        self.session.found.push(Piece {
            store: StoreName::Record,
            row: work.hash.as_bytes().to_vec(),
            bytes: Some(work.record.as_bytes().to_vec()),
            client: client.map(|client| *client.as_bytes()),
            doc: Some(work.route.doc),
            is_healed: false,
        });
    }

    /// Writes the heads of documents that changed, and the summaries of their clients.
    async fn store_touched(&mut self, touched: &BTreeSet<DocId>) -> Outcome<()> {
        let mut clients: BTreeSet<ClientId> = BTreeSet::new();
        for doc in touched {
            let open = self.session.docs.remove(doc);
            let mut open = open.ok_or(Failure::Internal)?;
            self.store_head(*doc, &mut open)?;
            clients.extend(open.place.0);
            self.session.docs.insert(*doc, open);
            self.session.touch(*doc);
        }
        for client in clients {
            match self.rebuild_row(client).await {
                Ok(()) | Err(Stop::Failed(Failure::Corrupt | Failure::NotFound)) => {}
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }
}

enum Unopened {
    NoKey,
    Newer,
    Damaged,
}
