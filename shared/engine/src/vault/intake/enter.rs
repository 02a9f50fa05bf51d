//! What taken-in records do at once: they are stored, keys go into the catalogue, and changes are named for their
//! client. No document is opened here: `catch_up` does that, client by client.

use std::collections::BTreeSet;

use crypto::RecordOpenError;
use protocol::body::{Body, BodyError};
use protocol::keybox::{Keybox, KeyboxEntry};
use protocol::record::{KindRule, Record, RecordKind, Route};
use protocol::{DocId, Generation, RecordHash};
use rand_core::CryptoRng;

use super::super::behind::Entry;
use super::super::head::DocHead;
use super::super::quarantine::Piece;
use super::super::stop::Outcome;
use super::super::sync_head::Pending;
use super::super::turn::Turn;
use super::link::Accepted;
use super::place_of;
use crate::command::Failure;
use crate::store::{Store, StoreName};

/// A record with its opened route.
pub(crate) struct Work {
    pub(crate) hash: RecordHash,
    pub(crate) record: Record,
    pub(crate) route: Route,
    /// It was named as not opened before.
    pub(crate) is_retry: bool,
}

impl Work {
    /// Whether it says more than what its device has seen.
    pub(super) fn is_news(&self) -> bool {
        self.route.kind != RecordKind::Beacon
    }

    /// A newer version asks that the document is only read.
    pub(crate) fn is_stopping(&self) -> bool {
        is_stopping(&self.route)
    }
}

/// Whether a record asks that its document is only read: a critical kind that this version does not know or cannot carry
/// out, or a generation after the one that this version makes.
pub(crate) fn is_stopping(route: &Route) -> bool {
    let kind = route.kind;
    let is_newer = route.generation > Generation(0);
    is_newer || kind.rule() == KindRule::ReadOnly || kind == RecordKind::EraseIntent
}

/// Whether a record belongs into a document.
pub(crate) fn is_of_doc(route: &Route) -> bool {
    let is_change = route.kind == RecordKind::Changes;
    route.doc != DocId::NIL && (is_change || is_stopping(route))
}

/// Why the body of a record gave nothing.
pub(crate) enum Unopened {
    NoKey,
    Newer,
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

    pub(crate) fn open_whole(&self, record: &Record, route: &Route) -> Result<Body, Unopened> {
        let keys = self.keys;
        let body_key = self.body_key(route).ok_or(Unopened::NoKey)?;
        crypto::open_body(&keys.account, record, &body_key).map_err(|error| match error {
            RecordOpenError::Body(BodyError::Version { .. }) => Unopened::Newer,
            _ => Unopened::Damaged,
        })
    }

    /// Files what records bring; `tries_again` = all that waits for a key or an earlier record may have it now.
    pub(crate) fn file_all(&mut self, works: &[Work], tries_again: bool) -> Outcome<()> {
        self.session.is_torn |= !works.is_empty();
        let has_keys = self.take_keyboxes(works)?;
        let mut touched: BTreeSet<DocId> = BTreeSet::new();
        for work in works {
            let made_at = self.note_body(work)?;
            if !is_of_doc(&work.route) {
                continue;
            }
            let (doc, record) = (work.route.doc, work.hash);
            match self.session.catalogue.place(doc) {
                Some((client, _, _)) => {
                    let entry = Entry::new(doc, record, made_at);
                    self.session.behind.add(client, entry);
                    touched.insert(doc);
                }
                None => self.put_off(doc, record),
            }
        }
        let session = &mut *self.session;
        for pending in &session.sync.pending {
            let doc = pending.doc;
            let place = session.catalogue.place(doc);
            if let Some((client, _, _)) = place
                && (tries_again || has_keys || touched.contains(&doc))
            {
                let entry = Entry::new(doc, pending.record, 0);
                session.behind.try_again(client, entry);
            }
        }
        Ok(())
    }

    /// What a record says of its device, once the keys that came with it are here. Answers when it says it was made;
    /// 0 = it does not open.
    fn note_body(&mut self, work: &Work) -> Outcome<u64> {
        let outer = work.record.outer();
        let opened = self.open_whole(&work.record, &work.route).ok();
        let made_at = opened.as_ref().map_or(0, |body| body.made_at);
        self.note_work(work, made_at);
        if let Some(body) = opened {
            let sync = &mut self.session.sync;
            let branch = sync.branch_mut(outer.device, outer.incarnation);
            let branch = branch.ok_or(Failure::Internal)?;
            branch.made_at = branch.made_at.max(body.made_at);
            branch.unopened.extend(body.unopened);
        }
        Ok(made_at)
    }

    /// Enters a record that stands in its run into the trail.
    pub(crate) fn note_work(&mut self, work: &Work, made_at: u64) {
        let place = place_of(&work.record);
        let branch = self.session.sync.find(place.0, place.1);
        if branch.is_some_and(|branch| !branch.is_forked && place.2 <= branch.seq) {
            self.note_stored(place, work.route.kind, made_at, &work.hash);
        }
    }

    /// Takes keys into the catalogue; answers whether there were any.
    fn take_keyboxes(&mut self, works: &[Work]) -> Outcome<bool> {
        let mut made: BTreeSet<DocId> = BTreeSet::new();
        let mut has_keys = false;
        for work in works {
            if work.route.kind != RecordKind::Keybox {
                continue;
            }
            let opened = self.open_whole(&work.record, &work.route).ok();
            let Some((keybox, content_bytes)) = opened
                .and_then(|body| Some((Keybox::decode(&body.content).ok()?, body.content.len())))
            else {
                self.set_aside(work);
                continue;
            };
            for entry in &keybox.entries {
                if let KeyboxEntry::DocKey(entry) = entry
                    && self.session.catalogue.place(entry.doc).is_none()
                {
                    made.insert(entry.doc);
                }
            }
            self.session.catalogue.add(keybox);
            self.session.keybox_head.push(work.hash, content_bytes);
            has_keys = true;
        }
        if has_keys {
            if self.session.keybox_head.is_snapshot_due() {
                self.snapshot_keybox()?;
            }
            let head = self.session.keybox_head.clone();
            self.put_value(StoreName::Cursor, self.head_row(DocId::NIL), &head)?;
        }
        for doc in made {
            self.expect_doc(doc)?;
        }
        Ok(has_keys)
    }

    /// A document that another device made: empty until its first record comes.
    fn expect_doc(&mut self, doc: DocId) -> Outcome<()> {
        let catalogue = &self.session.catalogue;
        if catalogue.place(doc).is_none() {
            return Ok(());
        }
        let head = DocHead {
            keybox: catalogue.encode_of(doc),
            ..DocHead::default()
        };
        self.put_value(StoreName::Cursor, self.head_row(doc), &head)
    }

    /// Names a record as stored and not opened.
    pub(crate) fn put_off(&mut self, doc: DocId, record: RecordHash) {
        let pending = &mut self.session.sync.pending;
        if !pending.iter().any(|waiting| waiting.record == record) {
            pending.push(Pending {
                doc,
                record,
                is_told: false,
            });
            self.session.is_sync_changed = true;
        }
    }

    /// Copies aside what does not open, and counts it as not opened.
    pub(crate) fn set_aside(&mut self, work: &Work) {
        if work.is_retry {
            return;
        }
        self.put_off(work.route.doc, work.hash);
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
}
