//! The exchange where it does not go smoothly: what the chip, its sheet and the marks say, and that nothing is lost or
//! doubled on the way.

mod beacon;
mod clock;
mod copied;
mod elsewhere;
mod missing;
mod receipt;
mod refusal;
mod restart;
mod shape;
mod slow;
mod turnover;
mod two_views;
mod wiped;
mod withheld;

use anyhow::{Result, bail, ensure};
use e2e::{Device, GLANCE, Line, PATIENCE, Place, Profile, Role, Turn};
use serde_json::json;

use crate::sync::expect_chip;

/// What the chip says while something is not sent for good.
const FAILED: &str =
    "Versturen lukt niet. Je werk is bewaard op dit apparaat. Probeer het later nog eens.";

/// Opens the sheet behind the chip.
async fn open_sheet(device: &Device) -> Result<Place<'_>> {
    let press = "document.querySelector('[data-sync-state]').click()";
    device.script(press, Vec::new()).await?;
    let sheet = device.dialog("Verzenden en ontvangen");
    sheet.find(Role::Button, "Nu proberen").await?;
    Ok(sheet)
}

async fn close_sheet(device: &Device) -> Result<()> {
    let sheet = "Verzenden en ontvangen";
    device.dialog(sheet).button("Sluiten").await?;
    device.page().gone(Role::Dialog, sheet).await
}

/// Waits until a badge says this of the device of this name, or is not there: on **Apparaten** and in the sheet.
async fn expect_told(device: &Device, name: &str, badge: &str, words: Option<&str>) -> Result<()> {
    const LOOK: &str = "const rows = [...document.querySelectorAll(arguments[0])]; \
        const row = rows.find((row) => row.textContent.includes(arguments[1])); \
        const badge = row?.querySelector(`[data-testid=${arguments[2]}]`); \
        return row ? (badge?.textContent.trim() ?? null) : 'no such device'";
    let look = async |rows: &str| {
        let args = vec![json!(rows), json!(name), json!(badge)];
        device.expect_script(LOOK, args, &json!(words)).await
    };
    device.open_in_app("/meer/apparaten").await?;
    device.page().heading(name).await?;
    look("main [data-testid=device]").await?;
    open_sheet(device).await?;
    look("dialog li").await?;
    close_sheet(device).await
}

/// Waits until the chip has this state with so many changes; answers its words.
async fn expect_waiting(device: &Device, state: &str, count: u64) -> Result<String> {
    let mut now = (String::new(), 0);
    for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
        now = expect_chip(device, state).await?;
        if now.1 == count {
            return Ok(now.0);
        }
        tokio::time::sleep(GLANCE).await;
    }
    bail!("{now:?} instead of {count} that wait")
}

/// Signs a visit of the client on screen; answers its path.
pub(crate) async fn sign(device: &Device, text: &str) -> Result<String> {
    let page = device.page();
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", text).await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    device.path().await
}

/// Waits until the signed visit on screen is at such a place.
async fn expect_place(device: &Device, words: &str) -> Result<()> {
    device.page().expect_test_id("entry-state", words).await
}

/// Relay and app behind a line, and a device with a vault that was exchanged.
pub(crate) async fn behind_a_line(turn: &mut Turn) -> Result<(Line, Device)> {
    let line = Line::start(turn.server()?.port()).await?;
    turn.server()?.be_relay_behind(&line.origin()).await?;
    let device = Device::start(Profile::new()?, &line.origin()).await?;
    device.make_vault().await?;
    expect_chip(&device, "klaar").await?;
    Ok((line, device))
}

/// Pairs an empty browser at this origin with the device.
async fn add_device(origin: &str, old: &Device, name: &str) -> Result<Device> {
    let new = Device::start(Profile::new()?, origin).await?;
    old.pair_with(&new, name).await?;
    expect_chip(&new, "klaar").await?;
    Ok(new)
}

/// Waits until the list of clients holds each of these once, and no other of their last name.
async fn expect_clients(device: &Device, firsts: &[&str], last: &str) -> Result<()> {
    device.open_in_app("/clienten").await?;
    for first in firsts {
        let row = format!("{first} {last}, 01-02-1934, Zwolle");
        device.page().find(Role::Link, &row).await?;
    }
    let rows = "return [...document.querySelectorAll('main a')].map((link) => link.getAttribute('aria-label') ?? '') \
        .filter((name) => name.includes(arguments[0])).length";
    let count = device.script(rows, vec![json!(last)]).await?;
    ensure!(count == json!(firsts.len()), "{count} of {firsts:?}");
    Ok(())
}
