//! Unsaved work survives everything that can happen to a tablet.

use anyhow::Result;
use e2e::{Device, Role, SAVED, World};

/// Writes a draft and waits until the app calls it saved.
async fn write_draft(device: &Device, text: &str) -> Result<()> {
    device.start_visit().await?;
    device.page().fill("Wat heb je gedaan?", text).await?;
    device.page().reads(SAVED).await
}

async fn resume(device: &Device, text: &str) -> Result<()> {
    let page = device.page();
    device.open_in_app("/").await?;
    page.within(Role::Region, "Nog ondertekenen")
        .link("Verder schrijven")
        .await?;
    page.expect_value("Wat heb je gedaan?", text).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_survives_lock_reload_and_a_killed_browser() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Dora", "", "Concept").await?;
    write_draft(&device, "Begonnen aan het verslag").await?;

    page.button("Op slot").await?;
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", "Begonnen aan het verslag")
        .await?;

    device.driver.refresh().await?;
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", "Begonnen aan het verslag")
        .await?;

    page.fill("Resultaat", "Half resultaat").await?;
    page.reads(SAVED).await?;
    let origin = turn.server()?.origin();
    let profile = device.kill().await?;
    let device = Device::start(profile, &origin).await?;
    device.open("/").await?;
    device.unlock().await?;
    resume(&device, "Begonnen aan het verslag").await?;
    device
        .page()
        .expect_value("Resultaat", "Half resultaat")
        .await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_signing_the_next_open_draft_is_offered() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Eerste", "", "Cliënt").await?;
    write_draft(&device, "Nog af te maken").await?;
    device.add_client("Tweede", "", "Cliënt").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Klaar").await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    page.link("Verder schrijven").await?;
    page.expect_value("Wat heb je gedaan?", "Nog af te maken")
        .await?;
    page.button("Concept verwijderen").await?;
    device.open_in_app("/").await?;
    page.heading("Vandaag").await?;
    page.gone(Role::Link, "Verder schrijven").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_half_filled_client_form_is_there_after_a_lock() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.open_in_app("/clienten/nieuw").await?;
    page.fill("Voornaam", "Half").await?;
    page.fill("Geboortedatum", "31-31-31").await?;
    page.reads(SAVED).await?;
    page.button("Op slot").await?;
    device.unlock().await?;
    page.expect_value("Voornaam", "Half").await?;
    page.expect_value("Geboortedatum", "31-31-31").await?;
    device.close().await?;
    Ok(())
}
