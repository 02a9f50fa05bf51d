//! What an open vault holds in memory besides its keys: all of it can be read from the store again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crypto::{BodyKey, DocumentKey};
use dossier::document::Document;
use dossier::id::ClientId;
use dossier::view::ClientRow;
use protocol::{DeviceIndex, DocId, KeyId};

use super::behind::Behind;
use super::catalogue::{Catalogue, DocPlace};
use super::drafts::Slots;
use super::fresh::Fresh;
use super::head::{DeviceHead, DocHead};
use super::intake::Held;
use super::lane::OpenLane;
use super::outbox::Outbox;
use super::peer_draft::PeerSlots;
use super::quarantine::{Piece, QuarantineRow};
use super::sync_head::SyncHead;
use super::trail::Trail;
use crate::store::Batch;

/// Documents kept in memory between commands.
const DOCS_MAX: usize = 64;
/// Unwrapped keys kept in memory: those of a client's documents are asked for once per record.
const BODY_KEYS_MAX: usize = 4096;

/// State that mirrors the store. After a commit that did not answer `Ok` it is dropped and read again.
pub(crate) struct Session {
    pub(crate) head: DeviceHead,
    pub(crate) lane: OpenLane,
    pub(crate) catalogue: Catalogue,
    pub(crate) keybox_head: DocHead,
    pub(crate) docs: BTreeMap<DocId, OpenDoc>,
    /// Keys of documents' records that were unwrapped already.
    pub(crate) body_keys: RefCell<BTreeMap<(DocId, KeyId), Rc<BodyKey>>>,
    pub(crate) rows: BTreeMap<ClientId, ClientRow>,
    pub(crate) slots: Slots,
    /// Copies of other devices' slots.
    pub(crate) peer_slots: PeerSlots,
    pub(crate) sync: SyncHead,
    /// `sync` differs from its row.
    pub(crate) is_sync_changed: bool,
    /// Records that wait for an earlier one.
    pub(crate) held: Held,
    /// Stored records that are not in their documents yet.
    pub(crate) behind: Behind,
    /// Some of them, as they were looked at when they came.
    pub(crate) fresh: Fresh,
    /// Devices that this one added, by the length of the chain they were read from.
    pub(crate) added_here: Option<(u32, Vec<DeviceIndex>)>,
    /// Read when it is first asked for.
    pub(crate) outbox: Option<Outbox>,
    /// Read when it is first asked for, apart from what is written.
    pub(crate) trail: Trail,
    /// Everything in quarantine, and what was found since.
    pub(crate) quarantine: Vec<QuarantineRow>,
    /// Damage found, not yet copied to the quarantine.
    pub(crate) found: Vec<Piece>,
    /// Repairs that go with the next commit, before its own changes.
    pub(crate) repairs: Batch,
    /// Memory is ahead of the store.
    pub(crate) is_torn: bool,
    /// Counts uses of documents, so that the one unused longest leaves first.
    pub(crate) uses: u64,
}

/// One document in memory.
pub(crate) struct OpenDoc {
    pub(crate) document: Document,
    pub(crate) head: DocHead,
    pub(crate) key: DocumentKey,
    pub(crate) place: DocPlace,
    pub(crate) health: Health,
    pub(crate) used: u64,
}

/// Whether a document may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// All of it is here.
    Whole,
    /// Pieces are missing or damaged: what is readable is shown, nothing is written.
    Damaged,
    /// A newer version wrote something this one must understand first: shown, not written.
    Newer,
}

impl Session {
    pub(crate) fn new(head: DeviceHead, lane: OpenLane) -> Self {
        Self {
            head,
            lane,
            catalogue: Catalogue::default(),
            keybox_head: DocHead::default(),
            docs: BTreeMap::new(),
            body_keys: RefCell::default(),
            rows: BTreeMap::new(),
            slots: Slots::default(),
            peer_slots: PeerSlots::new(),
            sync: SyncHead::default(),
            is_sync_changed: false,
            held: Held::default(),
            behind: Behind::default(),
            fresh: Fresh::default(),
            added_here: None,
            outbox: None,
            trail: Trail::default(),
            quarantine: Vec::new(),
            found: Vec::new(),
            repairs: Batch::default(),
            is_torn: false,
            uses: 0,
        }
    }

    /// Marks a document as used now.
    pub(crate) fn touch(&mut self, doc: DocId) {
        self.uses += 1;
        if let Some(open) = self.docs.get_mut(&doc) {
            open.used = self.uses;
        }
    }

    /// Drops the documents that were not used for longest.
    pub(crate) fn trim(&mut self) {
        if self.body_keys.get_mut().len() > BODY_KEYS_MAX {
            self.body_keys.get_mut().clear();
        }
        while self.docs.len() > DOCS_MAX {
            let Some(oldest) = self
                .docs
                .iter()
                .min_by_key(|(_, open)| open.used)
                .map(|(doc, _)| *doc)
            else {
                return;
            };
            self.docs.remove(&oldest);
        }
    }

    /// Whole pieces that cannot be read and belong to a client.
    pub(crate) fn unreadable_count(&self, client: ClientId) -> u32 {
        let lost = self
            .quarantine
            .iter()
            .filter(|row| !row.is_healed && row.client == Some(client.0));
        u32::try_from(lost.count()).unwrap_or(u32::MAX)
    }
}
