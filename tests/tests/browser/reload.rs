//! A reload at the worst moment: the old or the new state stands whole, and what was called saved is there.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{Device, Role, SAVED, World};

/// Reloads the page this long after the last press.
async fn reload_after(device: &Device, wait_ms: u64) -> Result<()> {
    tokio::time::sleep(Duration::from_millis(wait_ms)).await;
    Ok(device.driver.refresh().await?)
}

/// Whether a signing that was cut short came about. Either the text stands among the signed visits, or it is whole in
/// an open draft; never in both, never in neither. `earlier` is the text of a visit that was signed before.
pub(crate) async fn is_signed(
    device: &Device,
    client: &str,
    text: &str,
    earlier: &str,
) -> Result<bool> {
    let page = device.page();
    device.open_in_app("/").await?;
    page.find(Role::Region, "Bezoeken vandaag").await?;
    let has_draft = page.has(Role::Link, "Verder schrijven").await?;
    if has_draft {
        page.link("Verder schrijven").await?;
        page.expect_value("Wat heb je gedaan?", text).await?;
    }
    device.open_in_app(&format!("{client}/bezoeken")).await?;
    page.reads(earlier).await?;
    let is_listed = page.text().await?.contains(text);
    ensure!(
        is_listed != has_draft,
        "{text:?}: signed = {is_listed}, in a draft = {has_draft}"
    );
    Ok(is_listed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_while_the_vault_is_made_leaves_a_whole_vault_or_none() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    let page = device.page();
    let ends = ["Welkom bij Dossierkluis", "Kluis op slot"];
    let mut is_made = false;
    for wait_ms in [0, 500] {
        let groups = device.begin_vault().await?;
        device.type_groups_back(&groups).await?;
        page.button("Kluis openen").await?;
        reload_after(&device, wait_ms).await?;
        is_made = page.first_heading(&ends).await? == 1;
        if is_made {
            break;
        }
    }
    if is_made {
        device.unlock().await?;
    } else {
        device.make_vault().await?;
    }
    page.heading("Vandaag").await?;
    device.add_client("Eerste", "", "Cliënt").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_while_typing_keeps_what_was_called_saved() -> Result<()> {
    const KEPT: &str = "Gewassen en aangekleed.";
    const WHOLE: &str = "Gewassen en aangekleed. Daarna samen gegeten en de krant gelezen.";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Midden", "", "Inzin").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", KEPT).await?;
    page.reads(SAVED).await?;
    page.add_text("Wat heb je gedaan?", &WHOLE[KEPT.len()..])
        .await?;
    reload_after(&device, 0).await?;
    device.unlock().await?;
    let text = page.value("Wat heb je gedaan?").await?;
    ensure!(
        text.starts_with(KEPT) && WHOLE.starts_with(&text),
        "after the reload it reads {text:?}"
    );
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_while_a_client_is_saved_leaves_the_client_or_the_form() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Eerder", "", "Opgeslagen").await?;
    for (wait_ms, last) in [(0, "Meteen"), (25, "Straks")] {
        device.open_in_app("/clienten/nieuw").await?;
        page.heading("Nieuwe cliënt").await?;
        page.fill("Voornaam", "Halverwege").await?;
        page.fill("Achternaam", last).await?;
        page.fill("Geboortedatum", "1-2-34").await?;
        page.fill("Aanvraagdatum zorg", "30-09-2026").await?;
        page.choose(Role::Checkbox, "Particulier").await?;
        page.reads(SAVED).await?;
        page.button("Cliënt opslaan").await?;
        reload_after(&device, wait_ms).await?;
        device.unlock().await?;
        device.open_in_app("/clienten").await?;
        page.find(Role::Link, "Eerder Opgeslagen, 01-02-1934, Zwolle")
            .await?;
        let row = format!("Halverwege {last}, 01-02-1934");
        if !page.has(Role::Link, &row).await? {
            device.open_in_app("/clienten/nieuw").await?;
            page.expect_value("Voornaam", "Halverwege").await?;
            page.expect_value("Achternaam", last).await?;
            page.expect_value("Geboortedatum", "1-2-34").await?;
            page.expect_value("Aanvraagdatum zorg", "30-09-2026")
                .await?;
            page.button("Cliënt opslaan").await?;
            page.heading(&format!("Halverwege {last}")).await?;
            device.open_in_app("/clienten").await?;
        }
        // One row, not two: pressing again after the reload is not a second client.
        page.find(Role::Link, &row).await?;
    }
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_while_signing_leaves_a_signed_visit_or_its_draft() -> Result<()> {
    const EARLIER: &str = "Eerder bezocht";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Tijdens", "", "Tekenen").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", EARLIER).await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    for (wait_ms, text) in [(0, "Meteen herladen"), (25, "Even later herladen")] {
        device.open_in_app(&client).await?;
        device.start_visit().await?;
        page.fill("Wat heb je gedaan?", text).await?;
        page.button("Geen bijzonderheden").await?;
        page.reads(SAVED).await?;
        page.button("Bezoek ondertekenen").await?;
        reload_after(&device, wait_ms).await?;
        device.unlock().await?;
        if !is_signed(&device, &client, text, EARLIER).await? {
            device.open_in_app("/").await?;
            page.link("Verder schrijven").await?;
            device.sign_visit().await?;
            ensure!(is_signed(&device, &client, text, EARLIER).await?);
        }
    }
    device.close().await?;
    Ok(())
}
