//! The store's contract, tried in the browser that runs.

use engine::store::{Batch, Store, StoreError, StoreName, StoreState, conformance};

use crate::link::Vault;
use crate::platform::idb::{Claim, Durability, Idb};
use crate::platform::{random, report, spawn};

/// A database of its own, removed before and after.
const NAME: &str = "dossierkluis-conformance";

/// In a window: runs the checks in its worker and shows one line for each.
pub fn show() {
    let vault = Vault::start();
    spawn(async move { report::show(&vault.conform().await) });
}

/// One line per check: `ok …` or `failed …`.
pub(super) async fn run() -> Vec<String> {
    let mut lines = Vec::new();
    for (name, check) in [
        ("contract of a store", contract().await),
        ("strict durability", strict().await),
        ("an earlier owner writes nothing", one_owner().await),
        ("a lost claim writes nothing", lost_claim().await),
        ("a removed database is not an empty one", evicted().await),
    ] {
        lines.push(match check {
            Ok(()) => format!("ok {name}"),
            Err(why) => format!("failed {name}: {why}"),
        });
    }
    // The last line tells what is left, so a failure to remove is seen.
    if let Err(error) = Idb::delete(NAME).await {
        lines.push(format!("failed to remove the database: {error}"));
    }
    lines
}

async fn contract() -> Result<(), String> {
    conformance::run(&fresh().await?).await.map_err(text)
}

async fn strict() -> Result<(), String> {
    let store = fresh().await?;
    store.commit(row(b"1")).await.map_err(text)?;
    match store.durability() {
        Some(Durability::Strict) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

async fn one_owner() -> Result<(), String> {
    let first = fresh().await?;
    first.commit(row(b"1")).await.map_err(text)?;
    let second = claimed(&Claim::new(true));
    holds(second.state().await == Ok(StoreState::Present), "opened")?;
    holds(
        first.commit(row(b"2")).await == Err(StoreError::Blocked),
        "refused",
    )?;
    let left = second.read(StoreName::Record, b"a").await;
    holds(left == Ok(Some(b"1".to_vec())), "unchanged")?;
    second.commit(row(b"3")).await.map_err(text)
}

async fn lost_claim() -> Result<(), String> {
    let store = fresh().await?;
    store.commit(row(b"1")).await.map_err(text)?;
    let claim = Claim::new(true);
    let store = claimed(&claim);
    holds(store.state().await == Ok(StoreState::Present), "opened")?;
    claim.lose();
    holds(
        store.commit(row(b"2")).await == Err(StoreError::Blocked),
        "refused",
    )
}

async fn evicted() -> Result<(), String> {
    let store = fresh().await?;
    store.commit(row(b"1")).await.map_err(text)?;
    Idb::delete(NAME).await.map_err(text)?;
    let is_known = |answer| answer == Err(StoreError::Evicted);
    holds(is_known(store.state().await.map(drop)), "seen while open")?;
    holds(is_known(store.commit(row(b"2")).await), "not made again")?;
    let claim = Claim::new(true);
    let next = claimed(&claim);
    holds(is_known(next.state().await.map(drop)), "seen at start")?;
    claim.expect_nothing();
    holds(next.state().await == Ok(StoreState::Absent), "accepted")
}

async fn fresh() -> Result<Idb, String> {
    Idb::delete(NAME).await.map_err(text)?;
    Ok(claimed(&Claim::new(false)))
}

fn claimed(claim: &Claim) -> Idb {
    Idb::new(NAME, random::id(), claim.clone(), || {})
}

fn row(value: &[u8]) -> Batch {
    let mut batch = Batch::default();
    batch.put(StoreName::Record, b"a".as_slice(), value);
    batch
}

fn holds(is_so: bool, what: &str) -> Result<(), String> {
    is_so.then_some(()).ok_or_else(|| what.to_owned())
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
