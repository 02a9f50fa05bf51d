//! Where sealed bytes stand: ten named stores of rows, written in whole batches.
//!
//! # Contract
//! - One thread, one owner. Calls come one at a time: the next one starts after the previous one answered. Nobody
//!   else writes the same database meanwhile (the app holds a lock for that).
//! - [`Store::commit`] is one transaction over all stores it names, with strict durability: when it answers `Ok`, every
//!   put and delete stands on disk and survives a power cut. When it answers an error, either nothing of the batch
//!   was written, or all of it was and only the answer got lost; never a part. The vault reads again after an error.
//! - A transaction that ended as *aborted* is an error, never `Ok`.
//! - Puts and deletes of one batch are carried out in their order; a later one on the same row wins.
//! - A read sees every batch that answered `Ok`.
//! - Keys compare as bytes; [`Store::read_prefix`] answers in rising order of keys.
//! - A database that does not exist answers every read with nothing and is created by the first commit, not
//!   before: leaving a set-up half-way leaves nothing behind. A database that cannot be opened is an error, never nothing.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod faulty;
pub mod memory;

/// The name of one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreName {
    /// Format, unlock slot, account chain, wrong tries: the only rows with fixed names.
    Meta,
    /// Signed records, by their hash.
    Record,
    /// Sealed local snapshots of documents.
    Snapshot,
    /// Records no relay has taken yet.
    Outbox,
    /// Sealed positions: the head of the device and of each document.
    Cursor,
    /// Draft slots.
    Draft,
    /// Access log lines that are not in a record yet.
    Audit,
    /// Attachments.
    Blob,
    /// Sealed derived rows; may be deleted at any time.
    Cache,
    /// Copies of what could not be read.
    Quarantine,
}

impl StoreName {
    /// Every store, in the order of the schema.
    pub const ALL: [Self; 10] = [
        Self::Meta,
        Self::Record,
        Self::Snapshot,
        Self::Outbox,
        Self::Cursor,
        Self::Draft,
        Self::Audit,
        Self::Blob,
        Self::Cache,
        Self::Quarantine,
    ];

    /// Its name in a database; also part of what each sealed row is bound to.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Record => "record",
            Self::Snapshot => "snapshot",
            Self::Outbox => "outbox",
            Self::Cursor => "cursor",
            Self::Draft => "draft",
            Self::Audit => "audit",
            Self::Blob => "blob",
            Self::Cache => "cache",
            Self::Quarantine => "quarantine",
        }
    }
}

/// Key and value of one row.
pub type Row = (Vec<u8>, Vec<u8>);

/// One step of a [`Batch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Write a row, replacing what stood there.
    Put {
        /// Which store.
        store: StoreName,
        /// Key of the row.
        key: Vec<u8>,
        /// Bytes of the row.
        value: Vec<u8>,
    },
    /// Remove a row; one that does not exist is no error.
    Delete {
        /// Which store.
        store: StoreName,
        /// Key of the row.
        key: Vec<u8>,
    },
}

/// Changes that are carried out together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// In the order in which they are carried out.
    pub changes: Vec<Change>,
}

impl Batch {
    /// Adds a put.
    pub fn put(&mut self, store: StoreName, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.changes.push(Change::Put {
            store,
            key: key.into(),
            value: value.into(),
        });
    }

    /// Adds a delete.
    pub fn delete(&mut self, store: StoreName, key: impl Into<Vec<u8>>) {
        self.changes.push(Change::Delete {
            store,
            key: key.into(),
        });
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// Whether the database exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreState {
    /// There is none; the first commit makes it.
    Absent,
    /// It exists; it may hold no rows.
    Present,
}

/// Why a store did not do it: what the person can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No space left, or the quota is used up. May be tried again after space was made.
    #[error("storage is full")]
    Full,
    /// The browser removed the database.
    #[error("storage was evicted")]
    Evicted,
    /// Another tab holds it, it was closed, or the transaction was aborted for another reason. May be tried again.
    #[error("storage is blocked")]
    Blocked,
    /// The database itself is damaged.
    #[error("storage is damaged")]
    Corrupt,
    /// The database was made by a newer version.
    #[error("storage was written by a newer version")]
    NewerFormat,
}

/// A database of sealed rows; see the contract in the module's head.
#[expect(async_fn_in_trait, reason = "one thread: no future is sent anywhere")]
pub trait Store {
    /// Whether the database exists. Creates nothing.
    ///
    /// # Errors
    /// When it exists and cannot be opened.
    async fn state(&self) -> Result<StoreState, StoreError>;

    /// One row.
    ///
    /// # Errors
    /// When the database cannot be read.
    async fn read(&self, store: StoreName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Rows by key, each in the place of its key. Worth one transaction where a store has them.
    ///
    /// # Errors
    /// When the database cannot be read.
    async fn read_many(
        &self,
        store: StoreName,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            rows.push(self.read(store, key).await?);
        }
        Ok(rows)
    }

    /// All rows whose key starts with `prefix`, in rising order of keys; an empty prefix takes the whole store.
    ///
    /// # Errors
    /// When the database cannot be read.
    async fn read_prefix(&self, store: StoreName, prefix: &[u8]) -> Result<Vec<Row>, StoreError>;

    /// Carries out a batch in one strictly durable transaction.
    ///
    /// # Errors
    /// When the transaction did not complete, aborts included.
    async fn commit(&self, batch: Batch) -> Result<(), StoreError>;
}
