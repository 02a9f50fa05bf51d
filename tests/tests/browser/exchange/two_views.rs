//! A relay with two views: the six words tell it to people who compare them, and a device that met both is told which
//! device signed twice.

use anyhow::{Result, bail, ensure};
use e2e::{Device, GLANCE, Line, PATIENCE, Server, World, app_folder};

use super::{
    add_device, behind_a_line, close_sheet, expect_clients, expect_place, expect_told,
    expect_waiting, open_sheet, sign,
};
use crate::sync::expect_chip;

/// The six words in the sheet, opened for it.
async fn words(device: &Device) -> Result<Option<String>> {
    const LOOK: &str =
        "return document.querySelector('dialog [data-testid=head-words]')?.textContent.trim()";
    let now = device.script(LOOK, Vec::new()).await?;
    Ok(now.as_str().map(str::to_owned))
}

/// Has a device say what it stores: it does when it is locked.
async fn tell(device: &Device) -> Result<()> {
    device.page().button("Op slot").await?;
    device.page().heading("Kluis op slot").await?;
    device.unlock().await?;
    expect_chip(device, "klaar").await.map(drop)
}

/// Waits until both sheets show the same six words, and others than these; answers them.
async fn expect_same(one: &Device, other: &Device, than: Option<&str>) -> Result<String> {
    for device in [one, other] {
        tell(device).await?;
    }
    for device in [one, other] {
        open_sheet(device).await?;
    }
    let mut now = (None, None);
    for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
        now = (words(one).await?, words(other).await?);
        if let (Some(here), Some(there)) = &now
            && here == there
            && than != Some(here.as_str())
        {
            ensure!(here.split(' ').count() == 6, "{here:?}");
            for device in [one, other] {
                close_sheet(device).await?;
            }
            return Ok(here.clone());
        }
        tokio::time::sleep(GLANCE).await;
    }
    bail!("{now:?}, and before {than:?}")
}

/// A second relay that holds what this one does, and says that it is the same.
async fn fork(relay: &mut Server, line: &Line, folder: &std::path::Path) -> Result<Server> {
    let mut other = Server::start(&app_folder()?, folder).await?;
    other.be_relay_behind(&line.origin()).await?;
    other.stop();
    relay.stop();
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .arg(format!("{}/.", relay.data().display()))
        .arg(other.data())
        .status()?;
    ensure!(copied.success(), "the relay was not copied");
    relay.resume().await?;
    other.resume().await?;
    Ok(other)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_words_of_two_devices_are_equal_until_a_relay_shows_them_different_records()
-> Result<()> {
    const LAST: &str = "Woorden";
    const ONE: &str = "Op het origineel";
    const OTHER: &str = "Op de kopie";
    let mut turn = World::enter().await?;
    let (line, tablet) = behind_a_line(&mut turn).await?;
    let port = turn.server()?.port();
    let laptop = add_device(&line.origin(), &tablet, "Laptop").await?;
    let client = tablet.add_client("Eerste", "", LAST).await?;
    expect_clients(&laptop, &["Eerste"], LAST).await?;
    let first = expect_same(&tablet, &laptop, None).await?;
    laptop.add_client("Tweede", "", LAST).await?;
    expect_clients(&tablet, &["Eerste", "Tweede"], LAST).await?;
    let second = expect_same(&tablet, &laptop, Some(&first)).await?;
    ensure!(first != second);

    // Two browsers with the storage of one device, each with a relay of its own: neither hears of the other.
    let profile = tablet.close().await?;
    let copy = profile.copy()?;
    let folder = tempfile::tempdir()?;
    let forked = fork(turn.server()?, &line, folder.path()).await?;
    line.lead_to(forked.port());
    line.cut();
    let copied = Device::start(copy, &line.origin()).await?;
    copied.open(&client).await?;
    copied.unlock().await?;
    for text in [OTHER, "Nog een op de kopie"] {
        copied.open_in_app(&client).await?;
        sign(&copied, text).await?;
        expect_place(&copied, "Versleuteld op de server").await?;
    }
    laptop.open_in_app(&format!("{client}/bezoeken")).await?;
    laptop.page().reads(OTHER).await?;
    // The laptop is on the view of the copy, and agrees with it.
    let of_copy = expect_same(&copied, &laptop, Some(&second)).await?;
    copied.close().await?;
    let laptop = laptop.close().await?;

    line.lead_to(port);
    line.cut();
    let tablet = Device::start(profile, &line.origin()).await?;
    tablet.open(&client).await?;
    tablet.unlock().await?;
    for text in [
        ONE,
        "Nog een op het origineel",
        "En nog een",
        "En de laatste",
    ] {
        tablet.open_in_app(&client).await?;
        sign(&tablet, text).await?;
        expect_place(&tablet, "Versleuteld op de server").await?;
    }
    open_sheet(&tablet).await?;
    tablet.page().by_test_id("head-words").await?;
    let of_original = words(&tablet).await?;
    ensure!(of_original.is_some_and(|words| words != of_copy));
    close_sheet(&tablet).await?;

    // Shown the other view, the laptop says that the tablet signed twice; what it has stays readable.
    let laptop = Device::start(laptop, &line.origin()).await?;
    laptop.open("/").await?;
    laptop.unlock().await?;
    let held = "Van dit apparaat komen twee verschillende versies. De app neemt niets meer over. \
        Vraag de beheerder om hulp.";
    expect_told(&laptop, "Apparaat 1", "device-held", Some(held)).await?;
    laptop.open_in_app(&format!("{client}/bezoeken")).await?;
    laptop.page().reads(OTHER).await?;
    laptop.add_client("Derde", "", LAST).await?;
    expect_waiting(&laptop, "klaar", 0).await?;
    expect_clients(&laptop, &["Eerste", "Tweede", "Derde"], LAST).await?;
    for device in [tablet, laptop] {
        device.close().await?;
    }
    Ok(())
}
