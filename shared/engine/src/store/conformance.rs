//! One suite for every store: memory, fault-injecting, IndexedDB.

use super::{Batch, Store, StoreError, StoreName, StoreState};

/// What a store does not keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConformanceError {
    /// It answered an error.
    #[error("{step}: {source}")]
    Store {
        /// Which step of the suite.
        step: &'static str,
        /// Its answer.
        source: StoreError,
    },
    /// It answered something else than the contract says.
    #[error("{step}: not what the contract says")]
    Contract {
        /// Which step of the suite.
        step: &'static str,
    },
}

/// Runs the suite on a store without a database. Leaves rows behind: give it a database of its own.
///
/// # Errors
/// At the first step that is not kept.
pub async fn run<S: Store>(store: &S) -> Result<(), ConformanceError> {
    absent(store).await?;
    rows(store).await?;
    order(store).await?;
    prefixes(store).await?;
    many(store).await?;
    sizes(store).await
}

fn ask<T>(step: &'static str, answer: Result<T, StoreError>) -> Result<T, ConformanceError> {
    answer.map_err(|source| ConformanceError::Store { step, source })
}

fn check(step: &'static str, is_kept: bool) -> Result<(), ConformanceError> {
    if is_kept {
        Ok(())
    } else {
        Err(ConformanceError::Contract { step })
    }
}

async fn absent<S: Store>(store: &S) -> Result<(), ConformanceError> {
    let step = "a database that does not exist answers nothing and is not made by reading";
    check(step, ask(step, store.state().await)? == StoreState::Absent)?;
    for name in StoreName::ALL {
        check(step, ask(step, store.read(name, b"a").await)?.is_none())?;
        check(
            step,
            ask(step, store.read_prefix(name, b"").await)?.is_empty(),
        )?;
    }
    check(step, ask(step, store.state().await)? == StoreState::Absent)
}

async fn rows<S: Store>(store: &S) -> Result<(), ConformanceError> {
    let step = "one batch writes every store";
    let mut batch = Batch::default();
    for name in StoreName::ALL {
        batch.put(name, b"one".as_slice(), name.as_str().as_bytes());
    }
    ask(step, store.commit(batch).await)?;
    check(step, ask(step, store.state().await)? == StoreState::Present)?;
    for name in StoreName::ALL {
        let row = ask(step, store.read(name, b"one").await)?;
        check(step, row.as_deref() == Some(name.as_str().as_bytes()))?;
    }
    let step = "an empty batch is done";
    ask(step, store.commit(Batch::default()).await)?;
    let step = "empty values and keys of one byte are rows";
    let mut batch = Batch::default();
    batch.put(StoreName::Blob, [0_u8].as_slice(), Vec::new());
    ask(step, store.commit(batch).await)?;
    check(
        step,
        ask(step, store.read(StoreName::Blob, &[0]).await)? == Some(Vec::new()),
    )
}

async fn order<S: Store>(store: &S) -> Result<(), ConformanceError> {
    let step = "the last change of a row in a batch wins";
    let mut batch = Batch::default();
    batch.put(StoreName::Cursor, b"a".as_slice(), b"1".as_slice());
    batch.put(StoreName::Cursor, b"a".as_slice(), b"2".as_slice());
    batch.put(StoreName::Cursor, b"b".as_slice(), b"1".as_slice());
    batch.delete(StoreName::Cursor, b"b".as_slice());
    batch.delete(StoreName::Cursor, b"c".as_slice());
    batch.put(StoreName::Cursor, b"c".as_slice(), b"3".as_slice());
    ask(step, store.commit(batch).await)?;
    check(
        step,
        ask(step, store.read(StoreName::Cursor, b"a").await)?.as_deref() == Some(b"2"),
    )?;
    check(
        step,
        ask(step, store.read(StoreName::Cursor, b"b").await)?.is_none(),
    )?;
    check(
        step,
        ask(step, store.read(StoreName::Cursor, b"c").await)?.as_deref() == Some(b"3"),
    )
}

async fn prefixes<S: Store>(store: &S) -> Result<(), ConformanceError> {
    let step = "a prefix takes its rows in byte order and no others";
    let keys: [&[u8]; 6] = [b"p", b"p\x00", b"p\x7f", b"p\xff", b"p\xff\xff", b"q"];
    let mut batch = Batch::default();
    for key in keys.iter().rev() {
        batch.put(StoreName::Snapshot, *key, *key);
    }
    ask(step, store.commit(batch).await)?;
    let found: Vec<Vec<u8>> = ask(step, store.read_prefix(StoreName::Snapshot, b"p").await)?
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    check(
        step,
        found
            .iter()
            .map(Vec::as_slice)
            .eq(keys.into_iter().filter(|key| key.starts_with(b"p"))),
    )?;
    let found = ask(step, store.read_prefix(StoreName::Snapshot, b"p\xff").await)?;
    check(step, found.len() == 2)
}

async fn many<S: Store>(store: &S) -> Result<(), ConformanceError> {
    let step = "many rows come back in the places of their keys";
    let keys: Vec<Vec<u8>> = [b"q".as_slice(), b"nothing", b"p", b"q"]
        .into_iter()
        .map(<[u8]>::to_vec)
        .collect();
    let rows = ask(step, store.read_many(StoreName::Snapshot, &keys).await)?;
    check(
        step,
        rows == [
            Some(b"q".to_vec()),
            None,
            Some(b"p".to_vec()),
            Some(b"q".to_vec()),
        ],
    )?;
    check(
        step,
        ask(step, store.read_many(StoreName::Snapshot, &[]).await)?.is_empty(),
    )
}

async fn sizes<S: Store>(store: &S) -> Result<(), ConformanceError> {
    let step = "a row of 2 MiB and 500 rows in one batch come back whole";
    let large: Vec<u8> = (0..2_097_152_u32).map(|n| n.to_le_bytes()[0]).collect();
    let mut batch = Batch::default();
    batch.put(StoreName::Blob, b"large".as_slice(), large.clone());
    for n in 0..500_u32 {
        batch.put(StoreName::Cache, n.to_be_bytes(), n.to_be_bytes());
    }
    ask(step, store.commit(batch).await)?;
    check(
        step,
        ask(step, store.read(StoreName::Blob, b"large").await)? == Some(large),
    )?;
    let rows = ask(step, store.read_prefix(StoreName::Cache, b"\x00").await)?;
    check(step, rows.len() == 500 && rows.is_sorted())
}
