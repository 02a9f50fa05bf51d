//! One Automerge document: loaded strictly, read as plain values, written in whole batches.
//!
//! Promises: Automerge types do not leave this module; damaged or incomplete bytes are an error and never an
//! empty or shortened document; a batch is written whole or not at all. A document that nothing was written
//! to holds no change, so two devices may begin the same document and merge. It knows no rule of the domain.
//!
//! Layout: registers and entries both stand in the root map, under keys such as `person.first_name` and
//! `visit/<id>`. An entry is a map of scalars that is written once. Unknown keys stay untouched.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::Transactable;
use automerge::{
    ActorId, Automerge, AutomergeError, Change, ChangeHash, LoadOptions, ObjType, OnPartialLoad,
    ROOT, ReadDoc, ValueRef,
};

mod chunk;
pub(crate) mod code;
pub(crate) mod layout;
pub(crate) mod value;

use value::{Entry, Scalar, Write};

const KIND: &str = "kind";
const YEAR: &str = "year";

/// What a document is for (`design.md` section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The caregiver.
    Profile,
    /// BSN and identity document of one client.
    Identity,
    /// The slow-growing core of one client.
    Dossier,
    /// Signed visits of one client in one calendar year.
    Journal {
        /// Local calendar year of the begin of the visits.
        year: u16,
    },
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Identity => "identity",
            Self::Dossier => "dossier",
            Self::Journal { .. } => "journal",
        }
    }
}

/// Why bytes are not a document, or not changes of this one. The bytes are left as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The bytes are empty, cut off, altered or of another format.
    #[error("damaged bytes")]
    Damaged,
    /// Changes that these build on are not there; apply those first, then retry.
    #[error("{missing_count} earlier changes are missing")]
    Incomplete {
        /// How many changes are named and not there.
        missing_count: usize,
    },
    /// The document is sound but not the expected one: older, newer or swapped.
    #[error("heads differ from the expected ones")]
    HeadsDiffer,
}

/// A batch could not be written; the document is as it was. A fault of the program, not of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("batch could not be written")]
pub(crate) struct WriteError;

/// Changes made on this device since they were last taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Hashes of the changes these build on, sorted.
    pub deps: Vec<[u8; 32]>,
    /// Hashes of the changes themselves, oldest first.
    pub hashes: Vec<[u8; 32]>,
    /// The changes, concatenated; see [`Document::apply_changes`].
    pub bytes: Vec<u8>,
}

/// One document in memory.
#[derive(Debug)]
pub struct Document {
    inner: Automerge,
    kind: Option<Kind>,
    untaken: Vec<ChangeHash>,
}

impl Document {
    /// An empty document. `actor` is fresh and random for every document that is opened or made.
    #[must_use]
    pub fn new(kind: Kind, actor: [u8; 16]) -> Self {
        Self {
            inner: Automerge::new().with_actor(ActorId::from(actor)),
            kind: Some(kind),
            untaken: Vec::new(),
        }
    }

    /// Opens what [`Document::save`] or [`Document::take_changes`] returned. `actor` is fresh and random.
    ///
    /// # Errors
    /// See [`LoadError`]; with `expected_heads` also when the document is not exactly that version.
    pub fn load(
        bytes: &[u8],
        expected_heads: Option<&[[u8; 32]]>,
        actor: [u8; 16],
    ) -> Result<Self, LoadError> {
        if bytes.is_empty() {
            return Err(LoadError::Damaged);
        }
        let options = LoadOptions::new().on_partial_load(OnPartialLoad::Error);
        let inner = Automerge::load_with_options(bytes, options).map_err(|error| match error {
            AutomergeError::MissingDeps => LoadError::Incomplete { missing_count: 1 },
            _ => LoadError::Damaged,
        })?;
        let missing_count = inner.get_missing_deps(&[]).len();
        if missing_count > 0 {
            return Err(LoadError::Incomplete { missing_count });
        }
        let mut document = Self {
            inner: inner.with_actor(ActorId::from(actor)),
            kind: None,
            untaken: Vec::new(),
        };
        if let Some(expected) = expected_heads
            && sorted(expected.iter().copied().map(ChangeHash)) != document.heads()
        {
            return Err(LoadError::HeadsDiffer);
        }
        document.kind = document.read_kind();
        Ok(document)
    }

    /// Opens a snapshot (may be empty: none yet) with the changes recorded since, in any order, at the cost of
    /// one load.
    ///
    /// # Errors
    /// As [`Document::load`].
    pub fn load_concatenated(
        snapshot: &[u8],
        changes: &[&[u8]],
        expected_heads: Option<&[[u8; 32]]>,
        actor: [u8; 16],
    ) -> Result<Self, LoadError> {
        let mut bytes = snapshot.to_vec();
        for part in changes {
            bytes.extend_from_slice(part);
        }
        Self::load(&bytes, expected_heads, actor)
    }

    /// The same document with another fresh actor, to go back to when a store fails. Changes that were not
    /// taken are not taken in the copy either.
    #[must_use]
    pub fn copy(&self, actor: [u8; 16]) -> Self {
        let inner = self.inner.clone().with_actor(ActorId::from(actor));
        Self {
            inner,
            kind: self.kind,
            untaken: self.untaken.clone(),
        }
    }

    /// What the document is for; `None` when nothing in it says so, or a kind this version does not know.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// The whole document with its history, compressed.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.inner.save()
    }

    /// Hashes of the newest changes, sorted; empty when nothing was written yet.
    #[must_use]
    pub fn heads(&self) -> Vec<[u8; 32]> {
        sorted(self.inner.get_heads())
    }

    /// Whether it holds changes that were not taken yet.
    #[must_use]
    pub fn has_untaken(&self) -> bool {
        !self.untaken.is_empty()
    }

    /// The changes made here since the last call; `None` when there are none.
    pub fn take_changes(&mut self) -> Option<Changes> {
        let mut taken = BTreeSet::new();
        taken.extend(self.untaken.iter().copied());
        let changes: Vec<Change> = self
            .untaken
            .drain(..)
            .filter_map(|hash| self.inner.get_change_by_hash(&hash))
            .collect();
        if changes.is_empty() {
            return None;
        }
        let deps = changes
            .iter()
            .flat_map(|change| change.deps())
            .filter(|dep| !taken.contains(dep))
            .copied();
        Some(Changes {
            deps: sorted(deps),
            hashes: changes.iter().map(|change| change.hash().0).collect(),
            bytes: changes
                .iter()
                .flat_map(Change::raw_bytes)
                .copied()
                .collect(),
        })
    }

    /// Adds changes of another device, or of this one from before; those already there are skipped.
    ///
    /// # Errors
    /// See [`LoadError`]; the document is as it was.
    pub fn apply_changes(&mut self, bytes: &[u8]) -> Result<(), LoadError> {
        let changes = chunk::parse_changes(bytes)?;
        let mut given = BTreeSet::new();
        given.extend(changes.iter().map(Change::hash));
        let needed: Vec<ChangeHash> = changes
            .iter()
            .flat_map(|change| change.deps())
            .filter(|dep| !given.contains(dep))
            .copied()
            .collect();
        let missing_count = self.inner.get_missing_deps(&needed).len();
        if missing_count > 0 {
            return Err(LoadError::Incomplete { missing_count });
        }
        self.inner
            .apply_changes(changes)
            .map_err(|_| LoadError::Damaged)?;
        if self.kind.is_none() {
            self.kind = self.read_kind();
        }
        Ok(())
    }

    /// Whether all of these changes stand in the document.
    #[must_use]
    pub fn has_changes(&self, hashes: &[[u8; 32]]) -> bool {
        let hashes: Vec<ChangeHash> = hashes.iter().copied().map(ChangeHash).collect();
        self.inner.get_missing_deps(&hashes).is_empty()
    }

    /// Takes over the history of another document for the same purpose, begun apart from this one. What was not here
    /// counts as made here: it goes along with the changes that are taken next. More than `limit_bytes` is left
    /// where it is.
    ///
    /// # Errors
    /// [`LoadError::Damaged`] when the histories contradict each other; the document is as it was.
    pub fn adopt(&mut self, other: &Self, limit_bytes: usize) -> Result<(), LoadError> {
        let changes = self.inner.get_changes_added(&other.inner);
        let sizes = changes.iter().map(|change| change.raw_bytes().len());
        if changes.is_empty() || sizes.sum::<usize>() > limit_bytes {
            return Ok(());
        }
        let hashes: Vec<ChangeHash> = changes.iter().map(Change::hash).collect();
        self.inner
            .apply_changes(changes)
            .map_err(|_| LoadError::Damaged)?;
        self.untaken.extend(hashes);
        Ok(())
    }

    fn read_kind(&self) -> Option<Kind> {
        match self.text(KIND)?.as_str() {
            "profile" => Some(Kind::Profile),
            "identity" => Some(Kind::Identity),
            "dossier" => Some(Kind::Dossier),
            "journal" => self
                .int(YEAR)
                .and_then(|year| u16::try_from(year).ok())
                .map(|year| Kind::Journal { year }),
            _ => None,
        }
    }

    /// Writes a batch as one change; an empty batch writes nothing.
    pub(crate) fn write(&mut self, batch: &[Write]) -> Result<(), WriteError> {
        if batch.is_empty() {
            return Ok(());
        }
        let kind = self.kind.filter(|_| self.text(KIND).is_none());
        let written = self.inner.transact(|transaction| {
            if let Some(kind) = kind {
                transaction.put(ROOT, KIND, kind.code())?;
                if let Kind::Journal { year } = kind {
                    transaction.put(ROOT, YEAR, i64::from(year))?;
                }
            }
            for item in batch {
                match item {
                    Write::Register(key, scalar) => {
                        transaction.put(ROOT, key.as_str(), scalar.clone())?
                    }
                    Write::Entry(key, entry) => {
                        let object = transaction.put_object(ROOT, key.as_str(), ObjType::Map)?;
                        for (name, scalar) in entry.iter() {
                            transaction.put(&object, name, scalar.clone())?;
                        }
                    }
                    Write::InEntry(key, name, scalar) => {
                        let found = transaction.get(ROOT, key.as_str())?;
                        let (_, object) = found.ok_or(AutomergeError::NotAnObject)?;
                        transaction.put(&object, name.as_str(), scalar.clone())?;
                    }
                }
            }
            Ok::<(), AutomergeError>(())
        });
        self.untaken.extend(written.map_err(|_| WriteError)?.hash);
        Ok(())
    }

    /// The value of a register; of concurrent ones the one every device chooses.
    pub(crate) fn scalar(&self, key: &str) -> Option<Scalar> {
        let (found, _) = self.inner.get(ROOT, key).ok()??;
        value::scalar(&found)
    }

    /// Text of a register; `None` when absent or of another type.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.scalar(key).and_then(Scalar::into_text)
    }

    /// Number of a register.
    pub(crate) fn int(&self, key: &str) -> Option<i64> {
        self.scalar(key).and_then(|scalar| scalar.as_int())
    }

    /// Texts that stand beside [`Document::text`] because two devices wrote at the same time; each once.
    pub(crate) fn other_texts(&self, key: &str) -> Vec<String> {
        let chosen = self.text(key);
        let mut texts = self.all_texts(key);
        texts.retain(|text| Some(text) != chosen.as_ref());
        texts
    }

    /// Texts of a register, concurrent ones too; sorted, each once.
    pub(crate) fn all_texts(&self, key: &str) -> Vec<String> {
        let all = self.inner.get_all(ROOT, key).unwrap_or_default();
        let mut texts = BTreeSet::new();
        texts.extend(
            all.iter()
                .filter_map(|(found, _)| value::scalar(found))
                .filter_map(Scalar::into_text),
        );
        texts.into_iter().collect()
    }

    /// Numbers of a register, concurrent ones too.
    pub(crate) fn ints(&self, key: &str) -> Vec<i64> {
        let all = self.inner.get_all(ROOT, key).unwrap_or_default();
        all.iter()
            .filter_map(|(found, _)| value::scalar(found)?.as_int())
            .collect()
    }

    /// The entry under a key.
    pub(crate) fn entry(&self, key: &str) -> Option<Entry> {
        let (found, object) = self.inner.get(ROOT, key).ok()??;
        found.is_object().then(|| self.read_entry(&object))
    }

    /// Entries under a key, also those that other devices wrote at the same time.
    pub(crate) fn all_entries(&self, key: &str) -> Vec<Entry> {
        let all = self.inner.get_all(ROOT, key).unwrap_or_default();
        let objects = all.iter().filter(|(found, _)| found.is_object());
        objects.map(|(_, object)| self.read_entry(object)).collect()
    }

    /// Entries whose key begins with `prefix`, by the rest of their key.
    pub(crate) fn entries(&self, prefix: &str) -> BTreeMap<String, Entry> {
        map_of(
            self.keyed_entries(prefix)
                .map(|(key, entry, _)| (key, entry)),
        )
    }

    /// Entries whose key begins with `prefix`: the rest of the key, the entry, whether concurrent ones stand there.
    pub(crate) fn keyed_entries<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (String, Entry, bool)> + 'a {
        self.range(prefix)
            .filter(|item| matches!(item.value, ValueRef::Object(_)))
            .filter_map(move |item| {
                Some((
                    item.key.strip_prefix(prefix)?.to_owned(),
                    self.read_entry(&item.id()),
                    item.conflict,
                ))
            })
    }

    /// Registers whose key begins with `prefix`, by the rest of their key.
    pub(crate) fn registers(&self, prefix: &str) -> BTreeMap<String, Scalar> {
        map_of(self.range(prefix).filter_map(|item| {
            let scalar = value::scalar(&item.value.clone().into_value())?;
            Some((item.key.strip_prefix(prefix)?.to_owned(), scalar))
        }))
    }

    fn range<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = automerge::iter::MapRangeItem<'a>> {
        self.inner
            .map_range(ROOT, prefix.to_owned()..)
            .take_while(move |item| item.key.starts_with(prefix))
    }

    fn read_entry(&self, object: &automerge::ObjId) -> Entry {
        self.inner
            .map_range(object, ..)
            .filter_map(|item| {
                Some((
                    item.key.to_string(),
                    value::scalar(&item.value.into_value())?,
                ))
            })
            .collect()
    }
}

/// A map of what is in order already: `collect` would bring a sort of its own along, 9 KB of wasm for every type.
fn map_of<V>(pairs: impl Iterator<Item = (String, V)>) -> BTreeMap<String, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

fn sorted(hashes: impl IntoIterator<Item = ChangeHash>) -> Vec<[u8; 32]> {
    let mut sorted: Vec<[u8; 32]> = hashes.into_iter().map(|hash| hash.0).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}
