//! The vault changes hands in the middle of an exchange: to another tab, over a reload, to a new worker.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use e2e::{Device, Fate, GLANCE, Line, PATIENCE, Passing, World};
use protocol::wire::{ToDevice, ToRelay};
use serde_json::json;

use super::{add_device, behind_a_line, expect_clients, expect_waiting};

/// Keeps the workers of a page, so that one can be broken.
const KEEP: &str = "window.kept = []; window.Worker = class extends Worker { \
    constructor(...all) { super(...all); window.kept.push([all[1]?.name, this]); } };";

/// Has the newest worker of the vault report an error, as when one escaped it.
const BREAK: &str = "const vaults = window.kept.filter(([name]) => name === 'vault'); \
    vaults.at(-1)[1].dispatchEvent(new ErrorEvent('error')); return vaults.length;";

pub(super) fn is_ack(passing: &Passing) -> bool {
    matches!(
        ToDevice::decode(&passing.bytes),
        Ok((_, ToDevice::Ack { .. }))
    ) && !passing.is_up
}

/// How often the relay said that it took something.
pub(super) async fn acks(line: &Line) -> usize {
    line.passed().await.iter().filter(|of| is_ack(of)).count()
}

/// Waits until the relay took something again, of which the device does not hear.
pub(super) async fn expect_ack(line: &Line, before: usize) -> Result<()> {
    let waiting = async {
        while acks(line).await <= before {
            tokio::time::sleep(GLANCE).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.context("the relay took nothing")
}

/// How many different records were handed in, and the newest place in the relay's log.
pub(super) async fn records(line: &Line) -> (usize, u64) {
    let passed = line.passed().await;
    let mut handed_in = BTreeSet::new();
    let mut newest = 0;
    for message in &passed {
        if message.is_up {
            if let Ok((_, ToRelay::Push { records })) = ToRelay::decode(&message.bytes) {
                handed_in.extend(records.0.into_iter().map(|record| record.0));
            }
        } else if let Ok((_, ToDevice::Ack { records })) = ToDevice::decode(&message.bytes) {
            let places = records.0.iter().map(|acked| acked.seq.0);
            newest = places.fold(newest, u64::max);
        }
    }
    (handed_in.len(), newest)
}

/// Waits until each record that was ever handed in has one place, and there are no others.
pub(super) async fn expect_each_once(line: &Line) -> Result<()> {
    let each_once = async {
        let mut now = records(line).await;
        while u64::try_from(now.0)? != now.1 {
            tokio::time::sleep(GLANCE).await;
            now = records(line).await;
        }
        anyhow::Ok(())
    };
    match tokio::time::timeout(PATIENCE, each_once).await {
        Ok(ended) => ended,
        Err(_) => bail!("records and places: {:?}", records(line).await),
    }
}

async fn keep_workers(device: &Device) -> Result<()> {
    let source = json!({ "source": KEEP });
    device
        .devtools("Page.addScriptToEvaluateOnNewDocument", source)
        .await
        .map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_goes_on_in_another_tab_after_a_reload_and_in_a_new_worker() -> Result<()> {
    const LAST: &str = "Overdracht";
    let mut turn = World::enter().await?;
    let (line, device) = behind_a_line(&mut turn).await?;
    let page = device.page();
    device.add_client("Eerste", "", LAST).await?;
    expect_waiting(&device, "klaar", 0).await?;

    // From now on the relay takes what it gets, and no device hears of it.
    let before = acks(&line).await;
    line.bend(|passing| match is_ack(passing) {
        true => Fate::Drop,
        false => Fate::Pass,
    })
    .await;
    device.add_client("Tweede", "", LAST).await?;
    expect_ack(&line, before).await?;
    expect_waiting(&device, "bezig", 1).await?;

    let first = device.driver.window().await?;
    let second = device.driver.new_tab().await?;
    device.driver.switch_to_window(second.clone()).await?;
    keep_workers(&device).await?;
    device.open("/").await?;
    page.heading("Dossierkluis is al open").await?;
    let before = acks(&line).await;
    page.button("Hier overnemen").await?;
    device.unlock().await?;
    expect_ack(&line, before).await?;
    expect_waiting(&device, "bezig", 1).await?;
    device.driver.switch_to_window(first).await?;
    page.heading("Dossierkluis is al open").await?;
    device.driver.switch_to_window(second).await?;

    let before = acks(&line).await;
    device.open("/").await?;
    device.unlock().await?;
    expect_ack(&line, before).await?;
    expect_waiting(&device, "bezig", 1).await?;

    // A worker that breaks right after its start is not started again.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let before = acks(&line).await;
    let count = device.script(BREAK, Vec::new()).await?;
    ensure!(count == json!(1), "{count} workers");
    device.unlock().await?;
    let kept = "return window.kept.filter(([name]) => name === 'vault').length";
    ensure!(
        device.script(kept, Vec::new()).await? == json!(2),
        "the worker went on"
    );
    expect_ack(&line, before).await?;
    expect_waiting(&device, "bezig", 1).await?;

    line.straighten().await;
    line.cut();
    expect_waiting(&device, "klaar", 0).await?;
    let other = add_device(&line.origin(), &device, "Laptop").await?;
    for device in [&device, &other] {
        expect_clients(device, &["Eerste", "Tweede"], LAST).await?;
        expect_waiting(device, "klaar", 0).await?;
    }
    expect_each_once(&line).await?;
    for device in [device, other] {
        device.close().await?;
    }
    Ok(())
}
