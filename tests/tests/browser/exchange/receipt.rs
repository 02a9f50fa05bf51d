//! What is told of another device: that it has all, that it was away, that something was kept from it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use e2e::{AlteredApp, Device, Fate, GLANCE, Line, PATIENCE, Passing, World};
use protocol::VerifyKey;
use protocol::wire::{List, ToDevice, ToRelay};
use serde_json::{Value, json};

use super::{
    add_device, behind_a_line, close_sheet, expect_clients, expect_place, expect_waiting,
    open_sheet, sign,
};
use crate::faults::without_offline_copy;

/// Words and colour of what is told of the only other device, on the page and in the sheet.
async fn receipt(device: &Device, root: &str) -> Result<Option<(String, String)>> {
    const LOOK: &str = "const mark = document.querySelector(`${arguments[0]} [data-testid=receipt]`); \
        return mark && [mark.textContent.trim(), mark.parentElement.className]";
    let found = device.script(LOOK, vec![json!(root)]).await?;
    let text = |at: usize| found[at].as_str().unwrap_or_default().to_owned();
    Ok((found != Value::Null).then(|| (text(0), text(1))))
}

/// Waits until the page and the sheet tell this of the other device.
async fn expect_receipt(device: &Device, begin: &str, end: &str, kind: &str) -> Result<()> {
    for (root, is_sheet) in [("main", false), ("dialog", true)] {
        if is_sheet {
            open_sheet(device).await?;
        } else {
            device.open_in_app("/meer/apparaten").await?;
            device.page().heading("Apparaten").await?;
        }
        let mut now = None;
        for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
            now = receipt(device, root).await?;
            if now.as_ref().is_some_and(|(words, class)| {
                words.starts_with(begin) && words.ends_with(end) && class.contains(kind)
            }) {
                break;
            }
            now = Some((format!("not {begin}…{end} {kind}: {now:?}"), String::new()));
            tokio::time::sleep(GLANCE).await;
        }
        let (words, _) = now.context("nothing is told")?;
        ensure!(!words.starts_with("not "), "{words}");
        if is_sheet {
            close_sheet(device).await?;
        }
    }
    Ok(())
}

/// The key in the newest hello on the line.
pub(super) async fn newest_key(line: &Line) -> Result<VerifyKey> {
    let passed = line.passed().await;
    let key = passed.iter().rev().find_map(key_of);
    key.context("no device said hello")
}

pub(super) fn key_of(passing: &Passing) -> Option<VerifyKey> {
    match ToRelay::decode(&passing.bytes) {
        Ok((_, ToRelay::Hello { key, .. })) if passing.is_up => Some(key),
        _ => None,
    }
}

/// Keeps every record from all devices but the one of this key.
fn withhold_but_from(kept: VerifyKey) -> impl Fn(&Passing) -> Fate + Send + Sync + 'static {
    let keys = Mutex::new(BTreeMap::<u32, [u8; 32]>::new());
    move |passing| {
        let mut keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = key_of(passing) {
            keys.insert(passing.connection, key.0);
        }
        if passing.is_up
            || keys
                .get(&passing.connection)
                .is_none_or(|key| *key == kept.0)
        {
            return Fate::Pass;
        }
        match ToDevice::decode(&passing.bytes) {
            Ok((_, ToDevice::Live { .. } | ToDevice::Behind { .. })) => Fate::Drop,
            Ok((request, ToDevice::Page { head, .. })) => {
                let records = List(Vec::new());
                let nothing = ToDevice::Page { head, records };
                nothing.encode(request).map_or(Fate::Drop, Fate::Swap)
            }
            _ => Fate::Pass,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_has_all_or_was_away_or_lacks_what_the_relay_had_for_it() -> Result<()> {
    const LAST: &str = "Ontvangst";
    let mut turn = World::enter().await?;
    let (line, tablet) = behind_a_line(&mut turn).await?;
    let of_tablet = newest_key(&line).await?;
    let laptop = add_device(&line.origin(), &tablet, "Laptop").await?;
    let client = tablet.add_client("Eerste", "", LAST).await?;
    let first = sign(&tablet, "Dit kwam aan").await?;
    expect_place(&tablet, "Versleuteld op de server").await?;
    expect_clients(&laptop, &["Eerste"], LAST).await?;
    laptop.open_in_app(&format!("{client}/bezoeken")).await?;
    laptop.page().reads("Dit kwam aan").await?;
    // What the laptop says it has goes along with what it makes.
    laptop.add_client("Tweede", "", LAST).await?;
    expect_place(&tablet, "Ook op Laptop").await?;
    expect_receipt(&tablet, "Heeft alles van dit apparaat", "", "done").await?;

    // Grey: it may be on its way.
    let profile = laptop.close().await?;
    tablet.open_in_app(&client).await?;
    let second = sign(&tablet, "Dit kwam niet aan").await?;
    expect_place(&tablet, "Versleuteld op de server").await?;
    expect_receipt(&tablet, "Krijgt nog 1 wijziging.", "", "offline").await?;

    // Grey an hour later: it was away.
    line.bend(withhold_but_from(of_tablet)).await;
    without_offline_copy(&tablet).await?;
    return_after(&mut turn, &tablet, 1).await?;
    let away = "niet online. Krijgt nog 1 wijziging.";
    expect_receipt(&tablet, "Was sinds ", away, "offline").await?;

    // Grey, too, when it shows itself without that visit: it may be on its way.
    let laptop = Device::start(profile, &line.origin()).await?;
    laptop.open("/").await?;
    laptop.unlock().await?;
    laptop.add_client("Derde", "", LAST).await?;
    // Its work goes out, and it says that it does not get all.
    expect_waiting(&laptop, "lukt-niet", 0).await?;
    expect_clients(&tablet, &["Eerste", "Tweede", "Derde"], LAST).await?;
    expect_receipt(&tablet, "Krijgt nog 1 wijziging.", "", "offline").await?;

    // Amber another hour later: it did not get what the relay had for it.
    let profile = laptop.close().await?;
    return_after(&mut turn, &tablet, 2).await?;
    let lacks = "1 wijziging is nog niet aangekomen op Laptop sinds ";
    expect_receipt(&tablet, lacks, ".", "warning").await?;
    tablet.open_in_app(&second).await?;
    expect_place(&tablet, "Versleuteld op de server").await?;

    // The relay gives it after all.
    line.straighten().await;
    let laptop = Device::start(profile, &line.origin()).await?;
    laptop.open("/").await?;
    laptop.unlock().await?;
    laptop.open_in_app(&format!("{client}/bezoeken")).await?;
    laptop.page().reads("Dit kwam niet aan").await?;
    laptop.add_client("Vierde", "", LAST).await?;
    for visit in [&first, &second] {
        tablet.open_in_app(visit).await?;
        expect_place(&tablet, "Ook op Laptop").await?;
    }
    expect_receipt(&tablet, "Heeft alles van dit apparaat", "", "done").await?;
    for device in [tablet, laptop] {
        device.close().await?;
    }
    Ok(())
}

/// The device is used again so many hours later, by its own clock.
pub(super) async fn return_after(turn: &mut e2e::Turn, device: &Device, hours: i64) -> Result<()> {
    let app = AlteredApp::ahead(hours)?;
    crate::faults::leave(device).await?;
    turn.server()?.swap_app(app.folder()).await?;
    device
        .devtools("Network.clearBrowserCache", json!({}))
        .await?;
    device.open("/").await?;
    device.unlock().await?;
    device.page().heading("Vandaag").await?;
    // The page is loaded: the folder may go.
    turn.server()?.swap_app(&e2e::app_folder()?).await?;
    expect_waiting(device, "klaar", 0).await.map(drop)
}

/// Puts the keyboard on a button of a card, and says which.
const FOCUS: &str = "const button = [...document.querySelectorAll('#apparaat-1 button')].at(-1); \
    button.focus(); button.dataset.mark = 'kept'; return document.activeElement === button;";
/// Builds that card anew, as it is.
const ANEW: &str =
    "const card = document.querySelector('#apparaat-1'); card.replaceWith(card.cloneNode(true))";
/// Whether it is still there.
const IS_KEPT: &str = "return document.activeElement?.dataset.mark === 'kept'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_stays_where_it_is_while_what_is_told_of_a_device_changes() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let origin = turn.server()?.origin();
    let tablet = turn.unlocked().await?;
    crate::sync::expect_chip(&tablet, "klaar").await?;
    let laptop = add_device(&origin, &tablet, "Laptop").await?;
    let client = tablet.add_client("Toets", "", "Enbord").await?;
    sign(&tablet, "Nog niet gezegd").await?;
    expect_place(&tablet, "Versleuteld op de server").await?;
    laptop.open_in_app(&format!("{client}/bezoeken")).await?;
    laptop.page().reads("Nog niet gezegd").await?;
    tablet.open_in_app("/meer/apparaten").await?;
    tablet.page().heading("Laptop").await?;
    let before = receipt(&tablet, "main").await?;
    ensure!(tablet.script(FOCUS, Vec::new()).await? == json!(true));
    laptop.add_client("Nu", "wel", "Gezegd").await?;
    for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
        let now = receipt(&tablet, "main").await?;
        if now != before {
            let is_kept = tablet.script(IS_KEPT, Vec::new()).await?;
            ensure!(is_kept == json!(true), "the keyboard is elsewhere");
            tablet.script(ANEW, Vec::new()).await?;
            let is_kept = tablet.script(IS_KEPT, Vec::new()).await?;
            ensure!(is_kept == json!(false), "nothing would be noticed");
            for device in [tablet, laptop] {
                device.close().await?;
            }
            return Ok(());
        }
        tokio::time::sleep(GLANCE).await;
    }
    bail!("it still says {before:?}")
}
