//! The vault's store in IndexedDB.
//!
//! Promises: a batch is one strictly durable transaction and only a completed one is `Ok`; a database that cannot
//! be opened is an error and never an empty one; nothing is written once another worker took the vault over;
//! nothing is made on disk before the first commit. Rows are bytes under byte keys; it knows nothing of their meaning.
//! Why rexie opens and migrates while transactions are made here: `docs/adr/0004-rexie-strict-durability.md`.

mod error;
mod migration;
mod open;
mod transaction;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::store::{Batch, Row, Store, StoreError, StoreName, StoreState};

use open::{Connection, Found};
use transaction::Transaction;

/// The vault's database.
pub const NAME: &str = "dossierkluis";

/// Store of one row: the random token of the worker that may write.
const OWNER: &str = "owner";

/// Whether the browser confirms that a transaction is strictly durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The transaction reads `strict`.
    Strict,
    /// The browser does not tell.
    Unsaid,
}

/// The right to write a database, and whether it was there before. Clones share both.
#[derive(Clone)]
pub struct Claim(Rc<Claimed>);

struct Claimed {
    is_lost: Cell<bool>,
    is_expected: Cell<bool>,
}

impl Claim {
    /// `is_expected`: the database was there before, so that finding none means the browser removed it.
    pub fn new(is_expected: bool) -> Self {
        Self(Rc::new(Claimed {
            is_lost: Cell::new(false),
            is_expected: Cell::new(is_expected),
        }))
    }

    /// From now on every call answers [`StoreError::Blocked`].
    pub fn lose(&self) {
        self.0.is_lost.set(true);
    }

    /// Finding no database is in order: it will be made.
    pub fn expect_nothing(&self) {
        self.0.is_expected.set(false);
    }
}

/// A [`Store`] in IndexedDB, opened when it is first needed.
pub struct Idb {
    name: String,
    token: [u8; 16],
    claim: Claim,
    connection: RefCell<Option<Rc<Connection>>>,
    on_present: Box<dyn Fn()>,
    durability: Cell<Option<Durability>>,
}

impl Idb {
    /// For the database of this name, written under a fresh random `token`.
    ///
    /// `on_present` runs whenever the database was opened or made.
    pub fn new(name: &str, token: [u8; 16], claim: Claim, on_present: impl Fn() + 'static) -> Self {
        Self {
            name: name.to_owned(),
            token,
            claim,
            connection: RefCell::new(None),
            on_present: Box::new(on_present),
            durability: Cell::new(None),
        }
    }

    /// What the browser said of the last commit's durability; `None` before the first one.
    #[cfg(feature = "conformance")]
    pub fn durability(&self) -> Option<Durability> {
        self.durability.get()
    }

    /// Removes a database with all its rows.
    ///
    /// # Errors
    /// Another connection keeps it open, or the browser refuses.
    #[cfg(feature = "conformance")]
    pub async fn delete(name: &str) -> Result<(), StoreError> {
        let name = name.to_owned();
        open::within_limit(
            async move { rexie::Rexie::delete(&name).await.map_err(error::of_rexie) },
        )
        .await
    }

    async fn existing(&self) -> Result<Option<Rc<Connection>>, StoreError> {
        if self.claim.0.is_lost.get() {
            return Err(StoreError::Blocked);
        }
        let open = self.connection.borrow().clone();
        if let Some(connection) = open.filter(|connection| connection.is_usable()) {
            return Ok(Some(connection));
        }
        self.connection.take();
        match open::find(&self.name).await? {
            Found::Nothing if self.claim.0.is_expected.get() => Err(StoreError::Evicted),
            Found::Nothing => Ok(None),
            Found::Database(connection) => self.adopt(connection).await.map(Some),
        }
    }

    async fn existing_or_made(&self) -> Result<Rc<Connection>, StoreError> {
        if let Some(connection) = self.existing().await? {
            return Ok(connection);
        }
        self.adopt(open::make(&self.name).await?).await
    }

    /// Makes this the only writer: an earlier owner's commits fail from here on.
    async fn adopt(&self, connection: Connection) -> Result<Rc<Connection>, StoreError> {
        let transaction = Transaction::write_relaxed(&connection, OWNER)?;
        transaction.put(OWNER, OWNER.as_bytes(), &self.token)?;
        transaction.done().await?;
        let connection = Rc::new(connection);
        self.claim.0.is_expected.set(true);
        self.connection.replace(Some(Rc::clone(&connection)));
        (self.on_present)();
        Ok(connection)
    }
}

impl Store for Idb {
    async fn state(&self) -> Result<StoreState, StoreError> {
        Ok(match self.existing().await? {
            Some(_) => StoreState::Present,
            None => StoreState::Absent,
        })
    }

    async fn read(&self, store: StoreName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(connection) = self.existing().await? else {
            return Ok(None);
        };
        let transaction = Transaction::read(&connection, store)?;
        let row = transaction.get(store.as_str(), key)?;
        transaction.done().await?;
        row.value()
    }

    async fn read_many(
        &self,
        store: StoreName,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let Some(connection) = self.existing().await? else {
            return Ok(vec![None; keys.len()]);
        };
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = Transaction::read(&connection, store)?;
        let rows = keys
            .iter()
            .map(|key| transaction.get(store.as_str(), key))
            .collect::<Result<Vec<_>, _>>()?;
        transaction.done().await?;
        rows.iter().map(transaction::Answer::value).collect()
    }

    async fn read_prefix(&self, store: StoreName, prefix: &[u8]) -> Result<Vec<Row>, StoreError> {
        let Some(connection) = self.existing().await? else {
            return Ok(Vec::new());
        };
        let transaction = Transaction::read(&connection, store)?;
        let (keys, values) = transaction.get_prefix(store.as_str(), prefix)?;
        transaction.done().await?;
        let rows = keys.values()?.into_iter().zip(values.values()?);
        Ok(rows.collect())
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        let connection = self.existing_or_made().await?;
        let transaction = Transaction::write_strict(&connection, &batch, OWNER)?;
        self.durability.set(Some(transaction.durability()?));
        transaction.check(OWNER, OWNER.as_bytes(), &self.token)?;
        transaction.apply(&batch)?;
        transaction.done().await
    }
}
