//! Which clients and documents exist: the union of all keybox records. Keys stay wrapped until they are used.

use std::collections::{BTreeMap, BTreeSet};

use crypto::{ClientKey, DocumentKey};
use protocol::keybox::{ClientKeyEntry, DocKeyEntry, DocKind, Keybox, KeyboxEntry};
use protocol::{ClientId, DocId, KeyId};

use super::keys::Keys;
use crate::command::Failure;

/// What a document is for: its client, its kind and, for a journal, its year.
pub(crate) type DocPlace = (Option<ClientId>, DocKind, Option<u16>);

/// The keybox, read.
#[derive(Default)]
pub(crate) struct Catalogue {
    entries: Vec<KeyboxEntry>,
    client_keys: BTreeMap<KeyId, ClientKeyEntry>,
    newest_client_key: BTreeMap<Option<ClientId>, (u32, KeyId)>,
    docs: BTreeMap<DocId, Vec<DocKeyEntry>>,
    places: BTreeMap<DocPlace, BTreeSet<DocId>>,
}

impl Catalogue {
    /// Takes in a keybox record.
    pub(crate) fn add(&mut self, keybox: Keybox) {
        for entry in keybox.entries {
            if self.take_in(&entry) {
                self.entries.push(entry);
            }
        }
    }

    /// Whether the entry was new.
    fn take_in(&mut self, entry: &KeyboxEntry) -> bool {
        match entry {
            KeyboxEntry::ClientKey(entry) => {
                let newest = (entry.version, entry.key);
                let known = self.newest_client_key.entry(entry.client).or_insert(newest);
                *known = (*known).max(newest);
                self.client_keys.insert(entry.key, entry.clone()).is_none()
            }
            KeyboxEntry::DocKey(entry) => {
                let place = (entry.client, entry.kind, entry.year);
                self.places.entry(place).or_default().insert(entry.doc);
                let keys = self.docs.entry(entry.doc).or_default();
                let is_new = !keys.iter().any(|known| known.key == entry.key);
                if is_new {
                    keys.push(entry.clone());
                }
                is_new
            }
            KeyboxEntry::Unknown { .. } => !self.entries.contains(entry),
        }
    }

    /// What opens one document, encoded: its keys and those that wrap them.
    pub(crate) fn encode_of(&self, doc: DocId) -> Vec<u8> {
        let doc_keys = self.docs.get(&doc).into_iter().flatten();
        let client_keys = doc_keys
            .clone()
            .filter_map(|entry| self.client_keys.get(&entry.client_key));
        let entries = client_keys
            .map(|entry| KeyboxEntry::ClientKey(entry.clone()))
            .chain(doc_keys.map(|entry| KeyboxEntry::DocKey(entry.clone())))
            .collect();
        Keybox { entries }.encode()
    }

    /// All of it, as one keybox.
    pub(crate) fn encode(&self) -> Vec<u8> {
        Keybox {
            entries: self.entries.clone(),
        }
        .encode()
    }

    /// Documents for one purpose: usually one, more when two devices made it at the same time.
    pub(crate) fn find(&self, place: DocPlace) -> Vec<DocId> {
        self.places
            .get(&place)
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }

    /// Journals of a client, newest year first.
    pub(crate) fn journals(&self, client: ClientId) -> Vec<(u16, DocId)> {
        let mut found: Vec<(u16, DocId)> = self
            .places
            .range(
                (Some(client), DocKind::Journal, None)
                    ..=(Some(client), DocKind::Journal, Some(u16::MAX)),
            )
            .flat_map(|((_, _, year), docs)| docs.iter().filter_map(|doc| Some(((*year)?, *doc))))
            .collect();
        found.sort_unstable_by_key(|(year, doc)| (core::cmp::Reverse(*year), *doc));
        found
    }

    /// Every client.
    pub(crate) fn clients(&self) -> impl Iterator<Item = ClientId> {
        self.newest_client_key.keys().filter_map(|client| *client)
    }

    /// Every document.
    #[cfg(feature = "fixture")]
    pub(crate) fn ids(&self) -> impl Iterator<Item = DocId> {
        self.places.values().flatten().copied()
    }

    /// What a document is for.
    pub(crate) fn place(&self, doc: DocId) -> Option<DocPlace> {
        self.newest_doc_key(doc)
            .map(|entry| (entry.client, entry.kind, entry.year))
    }

    /// The newest key entry of a document.
    pub(crate) fn newest_doc_key(&self, doc: DocId) -> Option<&DocKeyEntry> {
        self.docs
            .get(&doc)?
            .iter()
            .max_by_key(|entry| (entry.generation, entry.client_key_version, entry.key))
    }

    /// The newest key of a client (or of the practice) with its version, if there is one.
    pub(crate) fn client_key(
        &self,
        keys: &Keys,
        client: Option<ClientId>,
    ) -> Result<Option<(u32, ClientKey)>, Failure> {
        let Some((version, id)) = self.newest_client_key.get(&client) else {
            return Ok(None);
        };
        Ok(Some((*version, self.unwrap_client(keys, *id)?)))
    }

    /// One key of a document.
    pub(crate) fn doc_key(
        &self,
        keys: &Keys,
        doc: DocId,
        id: KeyId,
    ) -> Result<DocumentKey, Failure> {
        let entry = self
            .docs
            .get(&doc)
            .and_then(|entries| entries.iter().find(|entry| entry.key == id));
        let entry = entry.ok_or(Failure::Corrupt)?;
        let client_key = self.unwrap_client(keys, entry.client_key)?;
        client_key
            .unwrap_document(&keys.account, entry)
            .map_err(|_| Failure::Corrupt)
    }

    fn unwrap_client(&self, keys: &Keys, id: KeyId) -> Result<ClientKey, Failure> {
        let entry = self.client_keys.get(&id).ok_or(Failure::Corrupt)?;
        let epoch_key = keys.epoch_key(entry.epoch).ok_or(Failure::Corrupt)?;
        epoch_key
            .unwrap_client(&keys.account, entry)
            .map_err(|_| Failure::Corrupt)
    }
}
