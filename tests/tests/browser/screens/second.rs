//! The walk over what two devices and a server show: pairing on either side, Apparaten, the sheet behind the chip.

use anyhow::Result;
use e2e::{Device, PASSPHRASE, Role, World};

use super::walk::Walk;
use crate::sync::expect_chip;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screens_of_a_second_device_pass_axe_and_fit() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    old.add_client("Tweede", "", "Apparaat").await?;
    expect_chip(&old, "klaar").await?;
    let new = turn.fresh().await?;
    let (mut at_old, mut at_new) = (Walk::new(&old)?, Walk::new(&new)?);
    let walked = two_devices(&mut at_old, &mut at_new).await;
    if walked.is_ok() {
        turn.server()?.stop();
    }
    let mut walked = match walked {
        Ok(()) => without_server(&mut at_old, &new).await,
        failed => failed,
    };
    if walked.is_ok() {
        turn.server()?.resume().await?;
        walked = together_again(&mut at_old, &new).await;
    }
    at_new.end(Ok(()))?;
    at_old.end(walked)?;
    new.close().await?;
    old.close().await?;
    Ok(())
}

async fn two_devices(old: &mut Walk<'_>, new: &mut Walk<'_>) -> Result<()> {
    new.device.open("/").await?;
    let page = new.device.page();
    page.button("Dit apparaat koppelen").await?;
    page.heading("Dit apparaat koppelen").await?;
    page.button("Verder").await?;
    page.reads("Er is een probleem.").await?;
    new.picture("koppelen-fouten").await?;
    page.fill("Naam van dit apparaat", "Laptop").await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.fill("Herhaal wachtwoord", PASSPHRASE).await?;
    page.button("Verder").await?;
    let code = new.device.pairing_code().await?;
    new.picture("koppelen-code").await?;

    old.device.begin_to_pair().await?;
    let dialog = old.device.dialog("Apparaat koppelen");
    dialog.fill("Koppelcode", "AAAA").await?;
    dialog.button("Koppelen").await?;
    dialog.reads("Deze code klopt niet.").await?;
    old.picture("apparaat-koppelen").await?;
    let digits = old.device.take_code(&code).await?;
    old.picture("controlegetal").await?;
    page.find(Role::Textbox, "Controlegetal").await?;
    new.picture("controlegetal-typen").await?;
    new.device.type_digits(&digits).await?;
    page.reads("Het controlegetal klopt").await?;
    new.picture("controlegetal-klopt").await?;
    dialog.button("Toevoegen").await?;
    page.heading("Vandaag").await?;
    expect_chip(new.device, "klaar").await?;
    new.device.add_client("Derde", "", "Vanaf").await?;
    expect_chip(new.device, "klaar").await?;
    old.device.page().reads("Laatst gezien op").await?;
    old.picture("apparaten").await?;
    let (words, _) = expect_chip(old.device, "klaar").await?;
    old.device.page().button(&words).await?;
    let sheet = old.device.dialog("Verzenden en ontvangen");
    sheet.reads("Laptop").await?;
    old.picture("verzenden").await?;
    sheet.button("Sluiten").await
}

/// Both are offline: what waits, and what each says differently.
async fn without_server(old: &mut Walk<'_>, new: &Device) -> Result<()> {
    expect_chip(old.device, "offline").await?;
    old.device.add_client("Vierde", "", "Wachtend").await?;
    let (words, _) = expect_chip(old.device, "wacht").await?;
    old.picture("client-wacht").await?;
    old.device.page().button(&words).await?;
    let sheet = old.device.dialog("Verzenden en ontvangen");
    sheet.reads("Vierde Wachtend").await?;
    old.picture("verzenden-wacht").await?;
    sheet.button("Sluiten").await?;
    for (device, number) in [(old.device, "0611111111"), (new, "0622222222")] {
        device.open_in_app("/clienten").await?;
        let page = device.page();
        page.link("Derde Vanaf, 01-02-1934, Zwolle").await?;
        page.heading("Derde Vanaf").await?;
        page.link("Gegevens").await?;
        page.button("Wijzig telefoonnummer").await?;
        let dialog = device.dialog("Telefoonnummer wijzigen");
        dialog.fill("Telefoonnummer", number).await?;
        dialog.button("Opslaan").await?;
        page.gone(Role::Dialog, "Telefoonnummer wijzigen").await?;
    }
    new.start_visit().await?;
    new.page()
        .fill("Wat heb je gedaan?", "Begonnen op de laptop")
        .await
}

/// They met again: two answers, and a draft of the other device.
async fn together_again(old: &mut Walk<'_>, new: &Device) -> Result<()> {
    for device in [new, old.device] {
        device.page().button("Op slot").await?;
        device.unlock().await?;
        expect_chip(device, "klaar").await?;
    }
    let page = old.device.page();
    page.find(Role::Region, "Twee antwoorden: Telefoonnummer")
        .await?;
    old.picture("twee-antwoorden").await?;
    page.link("Geschiedenis").await?;
    page.find(Role::Region, "Twee antwoorden: Telefoonnummer")
        .await?;
    old.look("geschiedenis-twee-antwoorden").await?;
    old.device.open_in_app("/clienten").await?;
    page.by_test_id("conflict-mark").await?;
    old.picture("clienten-twee-antwoorden").await?;
    old.device.open_in_app("/").await?;
    page.expect_test_id("draft-device", "op Laptop").await?;
    old.picture("vandaag-concept-van-laptop").await?;
    page.within(Role::Region, "Nog ondertekenen")
        .link("Verder schrijven")
        .await?;
    page.fill("Resultaat", "Verder op de tablet").await?;
    new.page().fill("Resultaat", "Verder op de laptop").await?;
    for device in [new, old.device] {
        device.page().button("Op slot").await?;
        device.unlock().await?;
    }
    page.find(Role::Region, "Later geschreven op Laptop")
        .await?;
    old.picture("bezoek-twee-teksten").await
}
