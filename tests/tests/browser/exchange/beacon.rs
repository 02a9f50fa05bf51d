//! A device that only reads says what it has, and that comes to the screen of the one that wrote.

use std::time::Duration;

use anyhow::Result;
use e2e::{AlteredApp, World};

use super::{expect_clients, expect_place, sign};
use crate::sync::expect_chip;

/// Longer than a device waits before it says what it has.
const A_WHILE: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_device_has_is_shown_though_it_writes_nothing() -> Result<()> {
    const LAST: &str = "Baken";
    let app = AlteredApp::with_clock()?;
    let mut turn = World::enter().await?;
    turn.server()?.serve(app.folder()).await?;
    turn.server()?.be_relay().await?;
    let tablet = turn.fresh().await?;
    tablet.make_vault().await?;
    expect_chip(&tablet, "klaar").await?;
    let laptop = turn.fresh().await?;
    tablet.pair_with(&laptop, "Laptop").await?;
    expect_chip(&laptop, "klaar").await?;

    let client = tablet.add_client("Eerste", "", LAST).await?;
    sign(&tablet, "Dit wordt alleen gelezen").await?;
    expect_place(&tablet, "Versleuteld op de server").await?;
    expect_clients(&laptop, &["Eerste"], LAST).await?;
    laptop.open_in_app(&format!("{client}/bezoeken")).await?;
    laptop.page().reads("Dit wordt alleen gelezen").await?;
    laptop.pass_time(A_WHILE).await?;
    // The page with the visit is not left meanwhile.
    expect_place(&tablet, "Ook op Laptop").await?;
    laptop.close().await?;
    tablet.close().await?;
    Ok(())
}
