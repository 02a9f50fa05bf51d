//! A store in one SQLite file: one writer, several readers, durable at every answer.
//!
//! Write-ahead log, `synchronous = FULL`, deleted bytes overwritten. Another process may open the same file, as the
//! `invite` and `backup` commands do.

mod backup;
mod batch;
mod read;
mod schema;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use protocol::wire::{ChainTip, RecordName, Refusal};
use protocol::{AccountId, AccountSeq, ChainHash, DeviceIndex, RelayInstance, VerifyKey, limit};
use rusqlite::{Connection, ErrorCode, Row};
use tokio::sync::Semaphore;

use self::writer::Writer;
use super::rule::refused;
use super::{
    Admission, ChainPart, LogPart, NewDraft, NewRecord, Pushed, RelayStore, Standing, StoreError,
    Summary, Totals, chain,
};

/// Name of the database in the data folder.
pub const FILE: &str = "relay.sqlite3";

/// Connections that only read.
const READERS: usize = 4;

/// What an operator, or a test, chooses.
#[derive(Clone, Copy, Debug)]
pub struct SqliteOptions {
    /// Bytes that an account may store.
    pub quota_bytes: u64,
    /// Pages of 16 KiB that the file may have; no limit but the disk's if `None`.
    pub max_pages: Option<u32>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            quota_bytes: limit::QUOTA_BYTES,
            max_pages: None,
        }
    }
}

/// A store in one SQLite file. The writer's thread ends with the last clone.
#[derive(Clone)]
pub struct SqliteStore {
    instance: RelayInstance,
    quota_bytes: u64,
    writer: Writer,
    readers: Arc<Readers>,
}

struct Readers {
    file: PathBuf,
    free: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteStore {
    /// Opens or makes the database in a folder that exists. Blocks for as long as recovery after a crash takes.
    ///
    /// # Errors
    /// When the file cannot be opened, is not a relay's, or was written by a newer version.
    pub fn open(folder: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        Self::open_as(folder, options, true)
    }

    /// The same beside a process that serves the database, or may: for single writes and for copies.
    ///
    /// # Errors
    /// As for [`SqliteStore::open`].
    pub fn open_beside(folder: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        Self::open_as(folder, options, false)
    }

    fn open_as(folder: &Path, options: SqliteOptions, is_server: bool) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        let mut instance = [0; 16];
        getrandom::fill(&mut instance).map_err(|error| StoreError::Failed {
            reason: error.to_string(),
        })?;
        let opened = (|| {
            let mut connection = schema::open_writer(&file, options.max_pages)?;
            schema::migrate(&mut connection, instance)?;
            if is_server {
                writer::settle(&connection)?;
            }
            let sql = "SELECT value FROM meta WHERE name = 'instance'";
            let anchor = schema::open_reader(&file)?;
            let instance: [u8; 16] = anchor.query_row(sql, [], |row| row.get(0))?;
            Ok((connection, anchor, instance))
        })();
        let (connection, anchor, instance) = opened.map_err(|error| fault(&error))?;
        let writer = Writer::start(connection, anchor, file.clone(), options.max_pages);
        let writer = writer.map_err(|error| StoreError::Failed {
            reason: error.to_string(),
        })?;
        let readers = Readers {
            file,
            free: Semaphore::new(READERS),
            idle: Mutex::default(),
        };
        Ok(Self {
            instance: RelayInstance::from_bytes(instance),
            quota_bytes: options.quota_bytes,
            writer,
            readers: Arc::new(readers),
        })
    }

    /// Runs `action` on a connection that only reads, on a thread where it may block.
    async fn read<T: Send + 'static>(
        &self,
        action: impl FnOnce(&Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let readers = self.readers.clone();
        let failed = |reason: String| StoreError::Failed { reason };
        let work = move || {
            let idle = || readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = idle().pop();
            let connection = match kept {
                Some(connection) => connection,
                None => schema::open_reader(&readers.file).map_err(|error| fault(&error))?,
            };
            match action(&connection) {
                Ok(value) => {
                    idle().push(connection);
                    Ok(value)
                }
                Err(ReadError::Refused(refusal)) => {
                    idle().push(connection);
                    Err(refused(refusal))
                }
                Err(ReadError::Database(error)) => Err(fault(&error)),
            }
        };
        let permit = self.readers.free.acquire().await;
        let _permit = permit.map_err(|error| failed(error.to_string()))?;
        match tokio::task::spawn_blocking(work).await {
            Ok(answer) => answer,
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

/// Why a read gives nothing.
enum ReadError {
    Refused(Refusal<'static>),
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl RelayStore for SqliteStore {
    fn instance(&self) -> RelayInstance {
        self.instance
    }

    async fn register(
        &self,
        account: AccountId,
        entries: Vec<Vec<u8>>,
        admission: Admission,
    ) -> Result<ChainTip, StoreError> {
        let (verified, entries) = blocking(move || {
            let verified = chain::start(account, &entries).map_err(refused)?;
            Ok((verified, entries))
        })
        .await?;
        let job = move |batch: &mut batch::Batch<'_>| {
            batch.register(account, &verified, &entries, admission)
        };
        self.writer.write(1, job).await
    }

    async fn standing(&self, account: AccountId, key: VerifyKey) -> Result<Standing, StoreError> {
        self.read(move |db| read::standing(db, account, key)).await
    }

    async fn find_key(
        &self,
        account: AccountId,
        device: DeviceIndex,
    ) -> Result<Option<VerifyKey>, StoreError> {
        self.read(move |db| read::find_key(db, account, device))
            .await
    }

    async fn summary(
        &self,
        account: AccountId,
        device: DeviceIndex,
    ) -> Result<Summary, StoreError> {
        let quota_bytes = self.quota_bytes;
        self.read(move |db| read::summary(db, account, device, quota_bytes))
            .await
    }

    async fn append_chain(
        &self,
        account: AccountId,
        prev: ChainHash,
        entry: Vec<u8>,
    ) -> Result<ChainTip, StoreError> {
        let (tip, stored) = self.read(move |db| read::whole_chain(db, account)).await?;
        let (verified, entry) = blocking(move || {
            let verified = chain::append(&stored, prev, &entry).map_err(refused)?;
            Ok((verified, entry))
        })
        .await?;
        let Some(verified) = verified else {
            return Ok(tip);
        };
        let job =
            move |batch: &mut batch::Batch<'_>| batch.append_chain(account, prev, &verified, entry);
        self.writer.write(1, job).await
    }

    async fn chain(
        &self,
        account: AccountId,
        from: u32,
        max_bytes: usize,
    ) -> Result<ChainPart, StoreError> {
        self.read(move |db| read::chain(db, account, from, max_bytes))
            .await
    }

    async fn push(
        &self,
        account: AccountId,
        records: Vec<NewRecord>,
    ) -> Result<Pushed, StoreError> {
        let quota_bytes = self.quota_bytes;
        let record_count = records.len();
        let job = move |batch: &mut batch::Batch<'_>| batch.push(account, records, quota_bytes);
        self.writer.write(record_count, job).await
    }

    async fn pull(
        &self,
        account: AccountId,
        after: AccountSeq,
        max_bytes: usize,
    ) -> Result<LogPart, StoreError> {
        self.read(move |db| read::pull(db, account, after, max_bytes))
            .await
    }

    async fn probe(
        &self,
        account: AccountId,
        names: Vec<RecordName>,
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.read(move |db| read::probe(db, account, &names)).await
    }

    async fn put_draft(&self, account: AccountId, draft: NewDraft) -> Result<(), StoreError> {
        let quota_bytes = self.quota_bytes;
        let job = move |batch: &mut batch::Batch<'_>| batch.put_draft(account, &draft, quota_bytes);
        self.writer.write(1, job).await
    }

    async fn drafts(&self, account: AccountId) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(move |db| read::drafts(db, account)).await
    }

    async fn add_invite(&self, digest: [u8; 32], uses: u32) -> Result<(), StoreError> {
        let job = move |batch: &mut batch::Batch<'_>| Ok(batch.add_invite(digest, uses)?);
        self.writer.write(1, job).await
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let (from, to) = (self.readers.file.clone(), to.to_owned());
        blocking(move || backup::write(&from, &to)).await
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.read(|db| Ok(read::totals(db)?)).await
    }
}

/// Runs what computes or blocks for long where it holds nobody up.
async fn blocking<T: Send + 'static>(
    action: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(action).await {
        Ok(answer) => answer,
        Err(error) => Err(StoreError::Failed {
            reason: error.to_string(),
        }),
    }
}

/// What a database error means to who asked. SQLite's texts name tables and codes, never values.
fn fault(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        _ => StoreError::Failed {
            reason: error.to_string(),
        },
    }
}

/// A number that is never negative.
fn count(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(at)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, value))
}

/// A number as SQLite holds it.
fn number(value: u64) -> rusqlite::Result<i64> {
    i64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, i64::MAX))
}
