//! A relay that lost everything: it is told on every page, everything is handed in again, and every device has all.

use anyhow::{Result, ensure};
use e2e::{Device, Fate, World};
use serde_json::{Value, json};

use super::restart::resume;
use super::turnover::is_ack;
use super::{add_device, behind_a_line, close_sheet, expect_clients, expect_waiting, sign};
use crate::sync::expect_chip;

const WIPED: &str = "De server is gegevens kwijt. We sturen alles opnieuw.";
const NOTICE: &str = "return document.querySelector('main [data-testid=server-notice] [data-state]')?.dataset.state ?? null";
const CHIP: &str = "return document.querySelector('[data-sync-state]').dataset.syncState";

async fn expect_notice(device: &Device, state: Value) -> Result<()> {
    device.expect_script(NOTICE, Vec::new(), &state).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_lost_everything_is_told_until_it_has_all_again() -> Result<()> {
    const LAST: &str = "Verloren";
    const ALL: [&str; 3] = ["Eerste", "Tweede", "Derde"];
    let mut turn = World::enter().await?;
    let (line, tablet) = behind_a_line(&mut turn).await?;
    let laptop = add_device(&line.origin(), &tablet, "Laptop").await?;
    tablet.add_client("Eerste", "", LAST).await?;
    let visit = sign(&tablet, "Dit ging verloren").await?;
    laptop.add_client("Tweede", "", LAST).await?;
    for device in [&tablet, &laptop] {
        expect_clients(device, &["Eerste", "Tweede"], LAST).await?;
        expect_waiting(device, "klaar", 0).await?;
        expect_notice(device, Value::Null).await?;
    }
    let profile = laptop.close().await?;

    let server = turn.server()?;
    server.stop();
    std::fs::remove_dir_all(server.data())?;
    expect_chip(&tablet, "offline").await?;
    // It hears of nothing that is taken: what is told stays to be seen.
    line.bend(|passing| match is_ack(passing) {
        true => Fate::Drop,
        false => Fate::Pass,
    })
    .await;
    resume(&mut turn, &tablet).await?;
    expect_notice(&tablet, json!("kwijt")).await?;
    for path in ["/", "/clienten", "/meer"] {
        tablet.open_in_app(path).await?;
        tablet.page().reads(WIPED).await?;
    }
    ensure!(tablet.script(CHIP, Vec::new()).await? != json!("klaar"));
    tablet.page().button("Details").await?;
    let sheet = tablet.dialog("Verzenden en ontvangen");
    sheet.by_test_id("refilling").await?;
    let told = "return document.querySelector('dialog [data-testid=refilling]').innerText.includes(arguments[0])";
    tablet
        .expect_script(told, vec![json!(WIPED)], &json!(true))
        .await?;
    close_sheet(&tablet).await?;
    // Work goes on meanwhile.
    tablet.add_client("Derde", "", LAST).await?;

    line.straighten().await;
    line.cut();
    let online = "window.dispatchEvent(new Event('online'))";
    tablet.script(online, Vec::new()).await?;
    expect_notice(&tablet, Value::Null).await?;
    expect_waiting(&tablet, "klaar", 0).await?;

    let laptop = Device::start(profile, &line.origin()).await?;
    laptop.open("/").await?;
    laptop.unlock().await?;
    expect_clients(&laptop, &ALL, LAST).await?;
    expect_waiting(&laptop, "klaar", 0).await?;
    expect_notice(&laptop, Value::Null).await?;
    // A device that never met the relay as it was gets all of both.
    let phone = add_device(&line.origin(), &tablet, "Telefoon").await?;
    for device in [&phone, &tablet] {
        expect_clients(device, &ALL, LAST).await?;
        device.open_in_app(&visit).await?;
        device.page().reads("Dit ging verloren").await?;
        expect_waiting(device, "klaar", 0).await?;
    }
    for device in [tablet, laptop, phone] {
        device.close().await?;
    }
    Ok(())
}
