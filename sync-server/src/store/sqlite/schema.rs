//! The tables, and how a connection is set up.
//!
//! Records stand in one table in the order in which they came, so that the file grows at its end; two indexes find them
//! by place in the log and by place in their incarnation. Nothing is indexed by hash.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

/// "dklr": says whose file this is.
const APPLICATION_ID: i32 = 0x646b_6c72;

/// Records of 700 to 16,000 bytes fill pages of this size well; see ADR 0011.
const PAGE_BYTES: u32 = 16_384;

/// How long a connection waits for another process, such as `invite`.
const BUSY: Duration = Duration::from_secs(5);

/// What the log beside the database is cut back to after a checkpoint.
const LOG_BYTES: u32 = 64 << 20;

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 64;

/// Each step brings the file from the version of its index to the next.
const STEPS: [&str; 1] = ["
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE account (
        no INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE,
        head INTEGER NOT NULL,
        used INTEGER NOT NULL,
        chain_len INTEGER NOT NULL,
        chain_head BLOB NOT NULL
    );
    CREATE TABLE device (
        account INTEGER NOT NULL REFERENCES account,
        device INTEGER NOT NULL,
        verify_key BLOB NOT NULL,
        revoked_in INTEGER,
        PRIMARY KEY (account, device)
    ) WITHOUT ROWID;
    CREATE TABLE chain (
        account INTEGER NOT NULL REFERENCES account,
        at INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (account, at)
    );
    CREATE TABLE branch (
        no INTEGER PRIMARY KEY,
        account INTEGER NOT NULL REFERENCES account,
        device INTEGER NOT NULL,
        incarnation BLOB NOT NULL,
        seq INTEGER NOT NULL,
        hash BLOB NOT NULL,
        UNIQUE (account, device, incarnation)
    );
    CREATE INDEX branch_new ON branch (account, device, no);
    CREATE TABLE record (
        no INTEGER PRIMARY KEY,
        account INTEGER NOT NULL REFERENCES account,
        seq INTEGER NOT NULL,
        branch INTEGER NOT NULL REFERENCES branch,
        place INTEGER NOT NULL,
        bytes BLOB NOT NULL
    );
    CREATE UNIQUE INDEX record_log ON record (account, seq);
    CREATE UNIQUE INDEX record_branch ON record (branch, place);
    CREATE TABLE draft (
        account INTEGER NOT NULL REFERENCES account,
        device INTEGER NOT NULL,
        slot INTEGER NOT NULL,
        counter BLOB NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (account, device, slot)
    );
    CREATE TABLE invite (digest BLOB PRIMARY KEY, uses_left INTEGER NOT NULL) WITHOUT ROWID;
"];

/// A connection that may write, durable to the disk at every commit.
pub(super) fn open_writer(file: &Path, max_pages: Option<u32>) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(rusqlite::Error::InvalidQuery);
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    if let Some(pages) = max_pages {
        let set: u32 =
            connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| {
                row.get(0)
            })?;
        if set < pages {
            return Err(rusqlite::Error::InvalidQuery);
        }
    }
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn open_reader(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Brings the file to this version, in one transaction. `instance` names a file that has no name yet.
///
/// # Errors
/// When the file is not a relay's, or a newer version wrote it.
pub(super) fn migrate(connection: &mut Connection, instance: [u8; 16]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let number = |name: &str| -> rusqlite::Result<i32> {
        transaction.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
    };
    let (version, application) = (number("user_version")?, number("application_id")?);
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    let is_ours = application == APPLICATION_ID || (application == 0 && version == 0);
    if !is_ours || version > STEPS.len() {
        return Err(rusqlite::Error::InvalidQuery);
    }
    for step in STEPS.iter().skip(version) {
        transaction.execute_batch(step)?;
    }
    let newest = i32::try_from(STEPS.len()).unwrap_or(i32::MAX);
    transaction.pragma_update(None, "user_version", newest)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.execute(
        "INSERT OR IGNORE INTO meta (name, value) VALUES ('instance', ?1)",
        [instance],
    )?;
    transaction.commit()
}
