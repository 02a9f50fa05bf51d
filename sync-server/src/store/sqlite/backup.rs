//! A copy of one moment of a database that others go on writing.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::{fault, schema};
use crate::store::StoreError;

/// Pages copied between two looks at whether the copy is complete.
const STEP_PAGES: i32 = 1_024;

/// Copies, checks the copy, brings it to the disk, and only then gives it its name.
pub(super) fn write(from: &Path, to: &Path) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| StoreError::Failed {
        reason: error.to_string(),
    };
    if to.exists() {
        let reason = "there is a file of that name".into();
        return Err(StoreError::Failed { reason });
    }
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    // Made anew: an older half of a copy would be another database.
    fs::remove_file(part).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(failed(error)),
    })?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(part)
        .map_err(failed)?;
    let copied = copy(from, part).map_err(|error| fault(&error));
    let done = copied.and_then(|()| {
        File::open(part)
            .and_then(|file| file.sync_all())
            .map_err(failed)?;
        fs::rename(part, to).map_err(failed)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)
    });
    if done.is_err() {
        fs::remove_file(part).ok();
    }
    done
}

fn copy(from: &Path, to: &Path) -> rusqlite::Result<()> {
    let source = schema::open_reader(from)?;
    // One transaction: without it, every write of another connection would start the copy over.
    let moment = source.unchecked_transaction()?;
    moment.query_row("SELECT count(*) FROM meta", [], |_| Ok(()))?;
    let mut copy = Connection::open(to)?;
    let backup = Backup::new(&moment, &mut copy)?;
    while backup.step(STEP_PAGES)? != StepResult::Done {}
    drop(backup);
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    let verdict: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(rusqlite::Error::InvalidQuery),
    }
}
