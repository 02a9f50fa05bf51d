//! Welcome to vault.

use anyhow::Result;
use e2e::{PASSPHRASE, Role, World};
use serde_json::json;

const STORES: &str =
    "const done = arguments[0]; indexedDB.databases().then((all) => done(all.length));";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vault_is_made_and_vandaag_says_what_the_browser_answered() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    let groups = device.make_vault().await?;
    assert!(groups.iter().all(|group| group.len() == 4), "{groups:?}");
    let answer = device.page().by_test_id("storage-persisted").await?;
    let told = answer
        .attr("data-state")
        .await?
        .unwrap_or(answer.text().await?);
    let real = device
        .script_async(
            "const done = arguments[0]; navigator.storage.persisted().then(done);",
            Vec::new(),
        )
        .await?;
    let word = if real == json!(true) { "ja" } else { "nee" };
    assert!(
        told.to_lowercase().contains(word) || told.contains("niet"),
        "persisted() is {real}, the card says {told:?}"
    );
    device.page().button("Later").await?;
    device.page().gone(Role::Button, "Later").await?;
    assert!(device.console_errors().await?.is_empty());
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_loses_nothing_and_a_reload_before_the_end_leaves_no_store() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    device.open("/").await?;
    let page = device.page();
    page.button("Nieuwe kluis maken").await?;
    page.button("Verder").await?;
    page.reads("Er is een probleem.").await?;
    page.fill("Je naam", "Bo").await?;
    page.select("Beroep", "Helpende").await?;
    page.fill("AGB-code", "123").await?;
    page.button("Verder").await?;
    page.reads("Vul de AGB-code in met 8 cijfers").await?;
    page.fill("AGB-code", "").await?;
    page.button("Verder").await?;
    page.heading("Kies een wachtwoord").await?;
    page.button("Terug").await?;
    page.expect_value("Je naam", "Bo").await?;
    page.button("Verder").await?;
    page.fill("Wachtwoord", "kort").await?;
    assert_eq!(page.test_id("passphrase-strength").await?.trim(), "Te kort");
    page.fill("Wachtwoord", "wachtwoord123").await?;
    page.fill("Herhaal wachtwoord", "wachtwoord123").await?;
    page.button("Verder").await?;
    page.heading("Kies een wachtwoord").await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.fill("Herhaal wachtwoord", "iets heel anders dan dat")
        .await?;
    page.button("Verder").await?;
    page.heading("Kies een wachtwoord").await?;
    page.fill("Herhaal wachtwoord", PASSPHRASE).await?;
    page.button("Verder").await?;
    page.heading("Herstelblad").await?;
    let groups = device.recovery_groups().await?;
    let asked = device.asked_groups().await?;
    assert_eq!(asked.len(), 2);
    for (_, label) in &asked {
        page.fill(label, "0000").await?;
    }
    page.button("Kluis openen").await?;
    page.reads("Deze groep klopt niet. Kijk op je herstelblad.")
        .await?;
    let code = page.test_id("recovery-code").await?;
    assert!(groups.iter().all(|group| code.contains(group.as_str())));
    assert!(
        !device
            .driver
            .current_url()
            .await?
            .as_str()
            .contains(groups[0].as_str())
    );

    assert_eq!(device.script_async(STORES, Vec::new()).await?, json!(0));
    device.driver.refresh().await?;
    page.heading("Welkom bij Dossierkluis").await?;
    device.close().await?;
    Ok(())
}
