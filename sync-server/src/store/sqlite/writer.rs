//! The one thread that writes: what queued while the last commit was on its way becomes the next commit.
//!
//! Nobody is answered before the commit that holds his work has reached the disk. After a commit that failed the
//! connection is thrown away: a system may call the next one a success although the pages of the first never arrived.

use std::path::PathBuf;
use std::thread;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

use super::batch::Batch;
use super::{fault, schema};
use crate::store::StoreError;

/// Jobs that wait for the thread; above it their tasks wait.
const QUEUE: usize = 1_024;

/// Records in one commit after which no job is added to it; the last one is not split.
const COMMIT_RECORDS: usize = 256;

/// Work inside a transaction. It ends in what is told to who asked, once the commit has succeeded or failed.
type Action = Box<dyn FnOnce(&mut Batch<'_>) -> rusqlite::Result<Answer> + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

struct Job {
    record_count: usize,
    action: Action,
    fail: oneshot::Sender<StoreError>,
}

/// How a job inside a batch ends without a value.
pub(super) enum JobError {
    /// By a rule; the job has changed nothing.
    Refused(StoreError),
    /// The whole batch fails.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for JobError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// The way to the thread. It ends when all clones are gone.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        anchor: Connection,
        file: PathBuf,
        max_pages: Option<u32>,
    ) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let worker = Worker {
            connection: Some(connection),
            _anchor: anchor,
            file,
            max_pages,
        };
        thread::Builder::new()
            .name("relay-writer".into())
            .spawn(move || worker.run(queue))?;
        Ok(Self { jobs })
    }

    /// Runs `action` in a transaction and gives its value once that is durable.
    ///
    /// # Errors
    /// What the action refused, or the fault of the commit.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        record_count: usize,
        action: impl FnOnce(&mut Batch<'_>) -> Result<T, JobError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let gone = || StoreError::Failed {
            reason: "the writer has ended".into(),
        };
        let (tell, told) = oneshot::channel::<Result<T, StoreError>>();
        let (fail, failed) = oneshot::channel::<StoreError>();
        let action: Action = Box::new(move |batch| {
            let value = match action(batch) {
                Ok(value) => Ok(value),
                Err(JobError::Refused(refused)) => Err(refused),
                Err(JobError::Database(error)) => return Err(error),
            };
            Ok(Box::new(move |committed: Result<(), StoreError>| {
                tell.send(committed.and(value)).ok();
            }))
        });
        let job = Job {
            record_count,
            action,
            fail,
        };
        self.jobs.send(job).await.map_err(|_| gone())?;
        match told.await {
            Ok(answer) => answer,
            Err(_) => Err(failed.await.unwrap_or_else(|_| gone())),
        }
    }
}

struct Worker {
    connection: Option<Connection>,
    /// Never used: as long as it is open, how far the log counts is known without reading the log again, where the end
    /// of a failed commit may stand.
    _anchor: Connection,
    file: PathBuf,
    max_pages: Option<u32>,
}

impl Worker {
    fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.blocking_recv() {
            let mut record_count = first.record_count;
            let mut jobs = vec![first];
            while record_count < COMMIT_RECORDS
                && let Ok(next) = queue.try_recv()
            {
                record_count += next.record_count;
                jobs.push(next);
            }
            self.commit(jobs);
        }
    }

    fn commit(&mut self, jobs: Vec<Job>) {
        let (actions, fails): (Vec<Action>, Vec<_>) =
            jobs.into_iter().map(|job| (job.action, job.fail)).unzip();
        let done = self
            .open()
            .and_then(|connection| transact(connection, actions));
        let error = match done {
            Ok(()) => return,
            Err(error) => error,
        };
        let fault = fault(&error);
        error!(%fault, "nothing of this commit was kept");
        self.connection = None;
        for fail in fails {
            fail.send(fault.clone()).ok();
        }
    }

    /// The connection, or a new one after a fault: it writes over what the failed commit left.
    fn open(&mut self) -> rusqlite::Result<&mut Connection> {
        if self.connection.is_none() {
            let fresh = schema::open_writer(&self.file, self.max_pages)?;
            warn!("writing again");
            self.connection = Some(fresh);
        }
        self.connection
            .as_mut()
            .ok_or(rusqlite::Error::InvalidQuery)
    }
}

/// Brings everything in the log beside the database to the disk, into the database itself.
///
/// What a dead process left in the log can be read, and yet not be on the disk: its sync may have failed. Commits behind
/// it would be lost with it in a power cut.
///
/// # Errors
/// When that fails, or somebody reads an older state for so long that it cannot be done.
pub(super) fn settle(connection: &Connection) -> rusqlite::Result<()> {
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let is_busy: bool = connection.query_row(sql, [], |row| row.get(0))?;
    match is_busy {
        false => Ok(()),
        true => Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
            None,
        )),
    }
}

fn transact(connection: &mut Connection, actions: Vec<Action>) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut batch = Batch::new(&transaction);
    let mut answers = Vec::with_capacity(actions.len());
    for action in actions {
        answers.push(action(&mut batch)?);
    }
    batch.finish()?;
    transaction.commit()?;
    for answer in answers {
        answer(Ok(()));
    }
    Ok(())
}
