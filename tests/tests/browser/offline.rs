//! The server is stopped: for the browser the network is cut.

use anyhow::Result;
use e2e::{Device, Role, World};
use serde_json::json;

const READY: &str =
    "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true));";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_start_without_network_reaches_every_daily_task() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    device.add_client("Voor", "", "Storing").await?;
    assert_eq!(device.script_async(READY, Vec::new()).await?, json!(true));
    let profile = device.close().await?;
    let origin = turn.server()?.origin();
    turn.server()?.stop();

    let device = Device::start(profile, &origin).await?;
    device.open("/").await?;
    device.unlock().await?;
    let page = device.page();
    page.within(Role::Navigation, "Hoofdmenu")
        .link("Cliënten")
        .await?;
    page.fill("Zoek cliënt", "stor").await?;
    page.link("Voor Storing, 01-02-1934, Zwolle").await?;
    page.heading("Voor Storing").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Zonder internet geholpen")
        .await?;
    page.button("Geen bijzonderheden").await?;
    page.button("Bezoek ondertekenen").await?;
    page.reads("Bezoek ondertekend").await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    page.reads("Zonder internet geholpen").await?;
    device.add_client("Tijdens", "", "Storing").await?;
    assert!(
        device
            .console_errors()
            .await?
            .iter()
            .all(|line| line.contains("ERR_CONNECTION_REFUSED"))
    );
    device.close().await?;
    turn.server()?.resume().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_killed_browsers_lose_nothing_that_was_called_saved() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let client = device.add_client("Kroon", "", "Getuige").await?;
    let origin = turn.server()?.origin();
    let mut device = device;
    for round in 0..20_u64 {
        let page = device.page();
        device.open_in_app(&client).await?;
        device.start_visit().await?;
        page.fill("Wat heb je gedaan?", &format!("Ronde {round} bezocht"))
            .await?;
        page.button("Geen bijzonderheden").await?;
        page.button("Bezoek ondertekenen").await?;
        page.reads("Bezoek ondertekend").await?;
        // A further save is under way, at another moment every round, when the power fails.
        device.start_visit().await?;
        page.fill("Wat heb je gedaan?", "half").await?;
        tokio::time::sleep(std::time::Duration::from_millis(round * 37 % 700)).await;
        let profile = device.kill().await?;
        device = Device::start(profile, &origin).await?;
        device.open("/").await?;
        device.unlock().await?;
        drop_half_draft(&device).await?;
        device.open_in_app(&format!("{client}/bezoeken")).await?;
        device
            .page()
            .reads(&format!("Ronde {round} bezocht"))
            .await?;
    }
    for round in 0..20 {
        device
            .page()
            .reads(&format!("Ronde {round} bezocht"))
            .await?;
    }
    device.close().await?;
    Ok(())
}

/// The slot of a visit that the power failure cut short is freed again: a device has eight.
async fn drop_half_draft(device: &Device) -> Result<()> {
    let page = device.page();
    device.open_in_app("/").await?;
    page.find(Role::Region, "Bezoeken vandaag").await?;
    if page.has(Role::Link, "Verder schrijven").await? {
        page.link("Verder schrijven").await?;
        page.button("Concept verwijderen").await?;
        page.gone(Role::Button, "Concept verwijderen").await?;
    }
    Ok(())
}
