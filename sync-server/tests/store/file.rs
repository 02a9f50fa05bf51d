//! What holds for the store in a file: it survives, it says when it is full, it can be copied, it stays small.

use std::path::Path;

use rusqlite::Connection;
use sync_server::store::{FILE, RelayStore, SqliteOptions, SqliteStore, StoreError};
use tempfile::TempDir;

use crate::log::{log, push, registered};
use crate::support::account::{Account, new_records};

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, SqliteOptions::default()).unwrap()
}

fn limited(folder: &Path, max_pages: u32) -> Result<SqliteStore, StoreError> {
    let options = SqliteOptions {
        max_pages: Some(max_pages),
        ..SqliteOptions::default()
    };
    SqliteStore::open(folder, options)
}

#[tokio::test]
async fn what_was_taken_is_there_after_a_restart_under_the_same_name() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let mut account = registered(&store, 1).await;
    let records = account.pens[0].records(20);
    push(&store, account.id, &records).await;
    let instance = store.instance();
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.instance(), instance);
    assert_eq!(log(&store, account.id).await, records);
    let more = account.pens[0].records(1);
    assert_eq!(push(&store, account.id, &more).await.acked[0].seq.0, 21);
    let other = TempDir::new().unwrap();
    assert_ne!(open(other.path()).instance(), instance);
}

#[tokio::test]
async fn a_file_of_another_kind_or_a_newer_version_is_left_alone() {
    for sql in [
        "PRAGMA user_version = 2; PRAGMA application_id = 1684761458",
        "PRAGMA application_id = 1",
    ] {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join(FILE);
        let other = Connection::open(&file).unwrap();
        other.execute_batch(sql).unwrap();
        other.execute_batch("CREATE TABLE theirs (a)").unwrap();
        drop(other);
        assert!(SqliteStore::open(folder.path(), SqliteOptions::default()).is_err());
        let other = Connection::open(&file).unwrap();
        let count = "SELECT count(*) FROM sqlite_schema";
        let tables: u32 = other.query_row(count, [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_ends_when_there_is_room() {
    let folder = TempDir::new().unwrap();
    let store = limited(folder.path(), 40).unwrap();
    let mut account = registered(&store, 1).await;
    let id = account.id;
    let mut acked = Vec::new();
    let refused = loop {
        let records = account.pens[0].records(8);
        match store.push(id, new_records(id, &records)).await {
            Ok(pushed) => {
                assert_eq!(pushed.acked.len(), 8);
                acked.extend(records);
            }
            Err(StoreError::Full) => break records,
            Err(other) => panic!("{other:?}"),
        }
        assert!(acked.len() < 10_000, "40 pages hold less");
    };
    assert!(acked.len() > 100);
    for _ in 0..3 {
        let again = store.push(id, new_records(id, &refused)).await;
        assert_eq!(again, Err(StoreError::Full));
        assert_eq!(log(&store, id).await, acked, "reading goes on");
    }
    drop(store);
    let store = limited(folder.path(), 400).unwrap();
    let pushed = push(&store, id, &refused).await;
    assert_eq!(pushed.fresh.len(), 8);
    acked.extend(refused);
    assert_eq!(log(&store, id).await, acked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_under_load_opens_and_is_of_one_moment() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let accounts: Vec<Account> = vec![registered(&store, 1).await, registered(&store, 2).await];
    let ids: Vec<_> = accounts.iter().map(|account| account.id).collect();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let pushing = accounts.into_iter().map(|mut account| {
        let (store, stopped) = (store.clone(), stopped.clone());
        tokio::spawn(async move {
            let mut made = Vec::new();
            while !*stopped.borrow() || made.len() < 100 {
                let records = account.pens[0].records(5);
                push(&store, account.id, &records).await;
                made.extend(records);
            }
            made
        })
    });
    let pushing: Vec<_> = pushing.collect();
    let mut copies = Vec::new();
    for number in 0..5 {
        let before = [log(&store, ids[0]).await, log(&store, ids[1]).await];
        let copy = TempDir::new().unwrap();
        let file = copy.path().join(FILE);
        store.backup(&file).await.unwrap();
        assert!(store.backup(&file).await.is_err(), "nothing is replaced");
        let names = std::fs::read_dir(copy.path()).unwrap().count();
        assert_eq!(names, 1, "copy {number} leaves no half behind");
        copies.push((copy, before));
    }
    stop.send(true).unwrap();
    let mut made = Vec::new();
    for task in pushing {
        made.push(task.await.unwrap());
    }
    for (copy, before) in copies {
        let copied = open(copy.path());
        assert_eq!(copied.instance(), store.instance());
        for at in 0..2 {
            let log = log(&copied, ids[at]).await;
            assert!(log.len() >= before[at].len(), "what was there is in it");
            assert_eq!(log, made[at][..log.len()], "a beginning, no more");
        }
    }
}

#[tokio::test]
async fn a_record_costs_less_than_a_hundred_bytes_more_than_its_own() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let mut accounts = Vec::new();
    for seed in 0..50 {
        accounts.push(registered(&store, seed).await);
    }
    let file = folder.path().join(FILE);
    let size = || {
        let db = Connection::open(&file).unwrap();
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        std::fs::metadata(&file).unwrap().len()
    };
    let before = size();
    let (mut count, mut bytes) = (0_u64, 0_u64);
    // Accounts take turns, as they do in a relay.
    for _ in 0..20 {
        for account in &mut accounts {
            let records = account.pens[0].records(10);
            count += 10;
            bytes += records
                .iter()
                .map(|record| record.len() as u64)
                .sum::<u64>();
            push(&store, account.id, &records).await;
        }
    }
    let overhead = (size() - before - bytes) / count;
    assert_eq!(count, 10_000);
    assert!(
        (20..=100).contains(&overhead),
        "{overhead} bytes per record"
    );
}
