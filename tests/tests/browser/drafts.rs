//! Unsaved work survives everything that can happen to a tablet.

use anyhow::{Result, ensure};
use e2e::{Device, Role, SAVED, World};
use serde_json::json;

/// Writes a draft and waits until the app calls it saved.
async fn write_draft(device: &Device, text: &str) -> Result<()> {
    device.start_visit().await?;
    device.page().fill("Wat heb je gedaan?", text).await?;
    device.page().reads(SAVED).await
}

/// Types at the end of a box and presses **Op slot** in the same breath, so that no save can lie between.
const TYPE_AND_LOCK: &str = r#"
const [box, text, lock] = arguments;
box.focus();
box.setSelectionRange(box.value.length, box.value.length);
document.execCommand("insertText", false, text);
lock.click();
return box.value;
"#;

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
async fn a_draft_survives_a_tab_that_the_browser_discarded() -> Result<()> {
    let mut turn = World::enter().await?;
    let profile = turn.locked().await?.close().await?;
    let origin = turn.server()?.origin();
    let device = Device::start_discarding(profile, &origin).await?;
    device.open("/").await?;
    device.unlock().await?;
    device.add_client("Weg", "", "Gegooid").await?;
    write_draft(&device, "Opgeschreven voor het vol raakte").await?;
    let place = device.path().await?;

    device.discard().await?;
    let is_discarded = "return document.wasDiscarded";
    let is_discarded = device.script(is_discarded, Vec::new()).await?;
    ensure!(is_discarded == json!(true), "the tab was not discarded");
    device.unlock().await?;
    assert_eq!(device.path().await?, place);
    device
        .page()
        .expect_value("Wat heb je gedaan?", "Opgeschreven voor het vol raakte")
        .await?;
    resume(&device, "Opgeschreven voor het vol raakte").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_typed_just_before_a_lock_is_there_after_it() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Net", "", "Getypt").await?;
    write_draft(&device, "Eerst dit").await?;
    let text_box = page.find(Role::Textbox, "Wat heb je gedaan?").await?;
    let lock = page.find(Role::Button, "Op slot").await?;
    let args = vec![text_box.to_json()?, json!(" en dan dat"), lock.to_json()?];
    let typed = device.script(TYPE_AND_LOCK, args).await?;
    assert_eq!(typed, json!("Eerst dit en dan dat"));
    page.heading("Kluis op slot").await?;
    assert!(!device.driver.source().await?.contains("en dan dat"));
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", "Eerst dit en dan dat")
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
