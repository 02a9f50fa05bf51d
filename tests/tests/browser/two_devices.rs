//! One visit written on two devices: gone on with, beside each other, later, signed twice. No text is lost.

use anyhow::{Result, ensure};
use e2e::{Device, Role, Turn, World};

use crate::sync::expect_chip;

const TABLET: &str = "Later geschreven op Tablet";
const LAPTOP: &str = "Later geschreven op Laptop";

/// Two devices of one account, named Tablet and Laptop.
async fn pair(turn: &mut Turn) -> Result<(Device, Device)> {
    turn.server()?.be_relay().await?;
    let tablet = turn.unlocked().await?;
    expect_chip(&tablet, "klaar").await?;
    let laptop = turn.fresh().await?;
    tablet.pair_with(&laptop, "Laptop").await?;
    tablet.open_in_app("/meer/apparaten").await?;
    tablet
        .page()
        .group("Apparaat 1")
        .button("Naam wijzigen")
        .await?;
    let dialog = tablet.dialog("Naam wijzigen");
    dialog.fill("Naam van dit apparaat", "Tablet").await?;
    dialog.button("Opslaan").await?;
    tablet.page().gone(Role::Dialog, "Naam wijzigen").await?;
    laptop.open_in_app("/meer/apparaten").await?;
    laptop.page().heading("Tablet").await?;
    Ok((tablet, laptop))
}

/// Locks, which sends what is written at once.
async fn lock(device: &Device) -> Result<()> {
    device.page().button("Op slot").await?;
    device.page().heading("Kluis op slot").await
}

/// Sends the draft on screen; the screen is as it was.
async fn send_draft(device: &Device) -> Result<()> {
    lock(device).await?;
    device.unlock().await?;
    device
        .page()
        .find(Role::Textbox, "Resultaat")
        .await
        .map(drop)
}

/// Begins a visit on the tablet and opens it on the laptop, too. Both have it on screen.
async fn open_on_both(tablet: &Device, laptop: &Device, last_name: &str) -> Result<()> {
    tablet.add_client("Samen", "", last_name).await?;
    tablet.start_visit().await?;
    let done = "Begonnen op de tablet";
    tablet.page().fill("Wat heb je gedaan?", done).await?;
    lock(tablet).await?;
    go_on(laptop, &format!("Samen {last_name}")).await?;
    laptop
        .page()
        .expect_value("Wat heb je gedaan?", done)
        .await?;
    tablet.unlock().await?;
    tablet
        .page()
        .expect_value("Wat heb je gedaan?", done)
        .await?;
    for device in [tablet, laptop] {
        expect_chip(device, "klaar").await?;
    }
    Ok(())
}

/// Goes on with the tablet's draft for this client, from Vandaag.
async fn go_on(laptop: &Device, client: &str) -> Result<()> {
    laptop.open_in_app("/").await?;
    let page = laptop.page();
    let open = page.within(Role::Region, "Nog ondertekenen").group(client);
    open.find(Role::Link, "Verder schrijven").await?;
    page.expect_test_id("draft-device", "op Tablet").await?;
    page.reads("Laatst geschreven op").await?;
    open.link("Verder schrijven").await?;
    page.expect_test_id("begun-on", "Begonnen op Tablet").await
}

/// Waits until Vandaag is on screen and has nothing to sign.
async fn expect_nothing_open(device: &Device) -> Result<()> {
    device.open_in_app("/").await?;
    let page = device.page();
    page.reads("Nog geen bezoeken gepland.").await?;
    page.gone(Role::Region, "Nog ondertekenen").await
}

/// Both have the server again; a device that is opened looks for it at once.
async fn resume(turn: &mut Turn, devices: [&Device; 2]) -> Result<()> {
    turn.server()?.resume().await?;
    for device in devices {
        lock(device).await?;
        device.unlock().await?;
        expect_chip(device, "klaar").await?;
    }
    Ok(())
}

async fn stop(turn: &mut Turn, devices: [&Device; 2]) -> Result<()> {
    turn.server()?.stop();
    for device in devices {
        expect_chip(device, "offline").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_begun_on_one_device_is_finished_on_the_other() -> Result<()> {
    let mut turn = World::enter().await?;
    let (tablet, laptop) = pair(&mut turn).await?;
    open_on_both(&tablet, &laptop, "Afgemaakt").await?;
    laptop
        .page()
        .fill("Resultaat", "Afgemaakt op de laptop")
        .await?;
    laptop.sign_visit().await?;
    let signed = laptop.path().await?;

    tablet.open_in_app(&signed).await?;
    tablet.page().reads("Afgemaakt op de laptop").await?;
    for device in [tablet, laptop] {
        expect_nothing_open(&device).await?;
        ensure!(device.console_errors().await?.is_empty());
        device.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_texts_of_one_draft_stand_side_by_side_and_what_came_after_signing_becomes_an_addition()
-> Result<()> {
    let mut turn = World::enter().await?;
    let (tablet, laptop) = pair(&mut turn).await?;
    open_on_both(&tablet, &laptop, "Schrijven").await?;

    stop(&mut turn, [&tablet, &laptop]).await?;
    tablet
        .page()
        .fill("Resultaat", "Rustig, zag ik hier")
        .await?;
    laptop.page().fill("Resultaat", "Wond gezien").await?;
    resume(&mut turn, [&tablet, &laptop]).await?;
    send_draft(&tablet).await?;
    send_draft(&laptop).await?;
    for (device, region, own, other) in [
        (&tablet, LAPTOP, "Rustig, zag ik hier", "Wond gezien"),
        (&laptop, TABLET, "Wond gezien", "Rustig, zag ik hier"),
    ] {
        let page = device.page();
        page.find(Role::Region, region).await?;
        page.reads(other).await?;
        page.expect_value("Resultaat", own).await?;
    }

    // Taken over, it stands in one text; the other device still has its own.
    let page = laptop.page();
    page.within(Role::Region, TABLET)
        .button("Tekst overnemen")
        .await?;
    let both = "Wond gezien\nRustig, zag ik hier";
    page.expect_value("Resultaat", both).await?;
    page.gone(Role::Region, TABLET).await?;
    tablet
        .page()
        .expect_value("Resultaat", "Rustig, zag ik hier")
        .await?;

    // Signed there, written on here.
    stop(&mut turn, [&tablet, &laptop]).await?;
    laptop.sign_visit().await?;
    let late = "Nog gebeld met de dochter";
    let facts = "Feiten en omstandigheden";
    tablet.page().fill(facts, late).await?;
    resume(&mut turn, [&tablet, &laptop]).await?;
    tablet.page().by_test_id("already-signed").await?;
    lock(&tablet).await?;
    page.find(Role::Region, TABLET).await?;
    page.reads(late).await?;
    tablet.unlock().await?;
    tablet.page().by_test_id("already-signed").await?;
    tablet.page().link("Bekijken").await?;
    tablet.page().find(Role::Region, TABLET).await?;
    tablet.page().reads(late).await?;

    page.within(Role::Region, TABLET)
        .button("Aanvulling schrijven")
        .await?;
    let dialog = laptop.dialog("Aanvulling");
    let begun = format!("{facts}:\n{late}");
    dialog.expect_value("Aanvulling", &begun).await?;
    dialog.button("Aanvulling ondertekenen").await?;
    page.gone(Role::Dialog, "Aanvulling").await?;
    for device in [tablet, laptop] {
        device.page().by_test_id("addition").await?;
        device.page().gone(Role::Region, TABLET).await?;
        device.page().reads(late).await?;
        device.page().reads("Rustig, zag ik hier").await?;
        expect_nothing_open(&device).await?;
        device.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_draft_signed_on_two_devices_is_kept_and_shown_twice() -> Result<()> {
    let mut turn = World::enter().await?;
    let (tablet, laptop) = pair(&mut turn).await?;
    open_on_both(&tablet, &laptop, "Tekenen").await?;

    stop(&mut turn, [&tablet, &laptop]).await?;
    for (device, result) in [(&tablet, "Slaapt goed"), (&laptop, "Eet weinig")] {
        device.page().fill("Resultaat", result).await?;
        device.sign_visit().await?;
        device.page().by_test_id("recorded-at").await?;
    }
    resume(&mut turn, [&tablet, &laptop]).await?;
    let mut also = Vec::new();
    for device in [&tablet, &laptop] {
        device.page().by_test_id("also-signed").await?;
        for result in ["Slaapt goed", "Eet weinig"] {
            device.page().reads(result).await?;
        }
        also.push(device.page().test_id("also-signed").await?);
    }
    ensure!(also[0] == also[1], "told apart: {also:?}");
    ensure!(
        also[0].contains(TABLET) || also[0].contains(LAPTOP),
        "{also:?}"
    );
    for device in [tablet, laptop] {
        expect_nothing_open(&device).await?;
        device.close().await?;
    }
    Ok(())
}
