//! The walk over a device that was just added, before the first dossier is there.

use anyhow::Result;
use e2e::{Device, Fate, Profile, World};
use protocol::wire::ToDevice;

use super::walk::Walk;
use crate::exchange::behind_a_line;
use crate::sync::expect_chip;

/// What an own vault without clients says: not this one.
const NO_CLIENTS: [&str; 2] = ["Je kluis is klaar.", "Je hebt nog geen cliënten."];

async fn empty_page(walk: &mut Walk<'_>, path: &str, screen: &str) -> Result<()> {
    let page = walk.device.page();
    walk.device.open_in_app(path).await?;
    page.reads("Hier staan nog geen cliënten. Ze komen vanzelf binnen.")
        .await?;
    page.by_test_id("pairing-progress").await?;
    let text = page.text().await?;
    for words in NO_CLIENTS {
        anyhow::ensure!(!text.contains(words), "{text}");
    }
    walk.picture(screen).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screens_of_a_vault_that_fills_say_so_pass_axe_and_fit() -> Result<()> {
    let mut turn = World::enter().await?;
    let (line, old) = behind_a_line(&mut turn).await?;
    old.add_client("Komt", "nog", "Binnen").await?;
    expect_chip(&old, "klaar").await?;
    let new = Device::start(Profile::new()?, &line.origin()).await?;
    let code = new.ask_to_join("Laptop").await?;
    old.begin_to_pair().await?;
    let digits = old.take_code(&code).await?;
    new.type_digits(&digits).await?;
    new.page().reads("Het controlegetal klopt").await?;
    // No record comes through.
    line.bend(|passing| match ToDevice::decode(&passing.bytes) {
        Ok((_, ToDevice::Page { .. } | ToDevice::Live { .. })) if !passing.is_up => Fate::Drop,
        _ => Fate::Pass,
    })
    .await;
    old.dialog("Apparaat koppelen").button("Toevoegen").await?;
    new.page().heading("Vandaag").await?;
    let mut walk = Walk::new(&new)?;
    let mut walked = empty_page(&mut walk, "/", "vandaag-vult").await;
    if walked.is_ok() {
        walked = empty_page(&mut walk, "/clienten", "clienten-vult").await;
    }
    walk.end(walked)?;

    line.straighten().await;
    line.cut();
    new.page().reads("Komt nog Binnen").await?;
    for device in [old, new] {
        device.close().await?;
    }
    Ok(())
}
