//! A relay at another address than the app's: two devices exchange through it.

use anyhow::Result;
use e2e::{Server, World, app_folder};

use super::{add_device, expect_clients, expect_place, open_sheet, sign};
use crate::sync::expect_chip;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_exchange_through_a_relay_that_is_not_where_the_app_comes_from() -> Result<()> {
    const LAST: &str = "Elders";
    let mut turn = World::enter().await?;
    let folder = tempfile::tempdir()?;
    let mut relay = Server::start(&app_folder()?, folder.path()).await?;
    relay.be_relay().await?;
    turn.server()?.point_at(&relay.origin()).await?;
    let origin = turn.server()?.origin();
    let device = turn.fresh().await?;
    device.make_vault().await?;
    expect_chip(&device, "klaar").await?;
    let client = device.add_client("Eerste", "", LAST).await?;
    let visit = sign(&device, "Verstuurd naar elders").await?;
    expect_place(&device, "Versleuteld op de server").await?;

    let other = add_device(&origin, &device, "Laptop").await?;
    other.open_in_app("/meer/instellingen").await?;
    other
        .page()
        .expect_test_id("server", &relay.origin())
        .await?;
    other.open_in_app(&format!("{client}/bezoeken")).await?;
    other.page().reads("Verstuurd naar elders").await?;
    other.add_client("Tweede", "", LAST).await?;
    expect_clients(&device, &["Eerste", "Tweede"], LAST).await?;
    device.open_in_app(&visit).await?;
    expect_place(&device, "Ook op Laptop").await?;

    // It is that relay which they need: without it, work waits.
    relay.stop();
    expect_chip(&device, "offline").await?;
    device.add_client("Derde", "", LAST).await?;
    expect_chip(&device, "wacht").await?;
    relay.resume().await?;
    open_sheet(&device).await?.button("Nu proberen").await?;
    expect_chip(&device, "klaar").await?;
    expect_clients(&other, &["Eerste", "Tweede", "Derde"], LAST).await?;
    for device in [device, other] {
        device.close().await?;
    }
    Ok(())
}
