//! A copy of a device's storage that comes back: both go on, and everything arrives.

use anyhow::{Result, ensure};
use e2e::{Device, Role, World};

use super::{add_device, expect_clients, expect_waiting, sign};
use crate::sync::expect_chip;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_copy_and_the_original_both_go_on_and_all_arrives() -> Result<()> {
    const LAST: &str = "Dubbelganger";
    const VISITS: [&str; 4] = [
        "Voor de kopie",
        "Op het origineel, na de kopie",
        "Op de kopie",
        "Op het origineel, toen de kopie er was",
    ];
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let origin = turn.server()?.origin();
    let original = turn.unlocked().await?;
    let other = add_device(&origin, &original, "Laptop").await?;
    let client = original.add_client("Eerste", "", LAST).await?;
    sign(&original, VISITS[0]).await?;
    expect_waiting(&original, "klaar", 0).await?;

    let profile = original.close().await?;
    let backup = profile.copy()?;
    let original = Device::start(profile, &origin).await?;
    original.open(&client).await?;
    original.unlock().await?;
    sign(&original, VISITS[1]).await?;
    original.add_client("Tweede", "", LAST).await?;
    expect_waiting(&original, "klaar", 0).await?;

    // The copy knows nothing of that, and has the same name and the same keys.
    let copy = Device::start(backup, &origin).await?;
    copy.open(&client).await?;
    copy.unlock().await?;
    sign(&copy, VISITS[2]).await?;
    copy.add_client("Derde", "", LAST).await?;
    original.open_in_app(&client).await?;
    sign(&original, VISITS[3]).await?;
    original.add_client("Vierde", "", LAST).await?;

    for device in [&original, &copy, &other] {
        expect_clients(device, &["Eerste", "Tweede", "Derde", "Vierde"], LAST).await?;
        device.open_in_app(&format!("{client}/bezoeken")).await?;
        let page = device.page();
        for text in VISITS {
            page.reads(text).await?;
            let text_of_page = page.text().await?;
            ensure!(text_of_page.matches(text).count() == 1, "{text_of_page}");
        }
        expect_waiting(device, "klaar", 0).await?;
        device.open_in_app("/meer/apparaten").await?;
        page.heading("Laptop").await?;
        ensure!(!page.text().await?.contains("twee verschillende versies"));
        page.find(Role::Group, "Apparaat 1").await?;
    }
    // And both still hear the other.
    other.add_client("Vijfde", "", LAST).await?;
    for device in [&original, &copy] {
        expect_clients(
            device,
            &["Eerste", "Tweede", "Derde", "Vierde", "Vijfde"],
            LAST,
        )
        .await?;
        expect_chip(device, "klaar").await?;
    }
    for device in [original, copy, other] {
        device.close().await?;
    }
    Ok(())
}
