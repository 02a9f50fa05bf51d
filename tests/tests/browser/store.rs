//! The store's contract in a real IndexedDB, run by the developers' build in its own worker.

use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Device, Profile, Server, World};
use thirtyfour::prelude::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexed_db_keeps_the_contract_of_a_store_with_strict_durability() -> Result<()> {
    let _turn = World::enter().await?;
    let app = std::env::var_os("DOSSIERKLUIS_APP_DEV")
        .context("DOSSIERKLUIS_APP_DEV is not set: run `cargo xtask test`")?;
    let folder = tempfile::tempdir()?;
    let server = Server::start(Path::new(&app), folder.path()).await?;
    let device = Device::start(Profile::new()?, &server.origin()).await?;
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
