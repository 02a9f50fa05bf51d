//! The store's contract in a real IndexedDB, run by the developers' build in its own worker.

use anyhow::Result;
use e2e::World;
use thirtyfour::prelude::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexed_db_keeps_the_contract_of_a_store_with_strict_durability() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.developers().await?;
    device.open("/conformance").await?;
    let lines = device
        .driver
        .query(By::Id("conformance"))
        .first()
        .await?
        .text()
        .await?;
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(lines.contains(&"ok strict durability"), "{lines:?}");
    assert!(
        lines.iter().all(|line| line.starts_with("ok ")),
        "{lines:?}"
    );
    device.close().await?;
    Ok(())
}
