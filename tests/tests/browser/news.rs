//! News of another device changes what is shown and leaves the person where she is.

use anyhow::{Result, ensure};
use e2e::{Device, GLANCE, PATIENCE, Role, World};
use serde_json::{Value, json};

use crate::sync::expect_chip;

/// Puts the keyboard on the first link whose name begins like this, and marks its element.
const HOLD: &str = "const name = (of) => of.getAttribute('aria-label') ?? of.textContent; \
    const link = [...document.querySelectorAll('main a[href]')].find((of) => name(of).trim().startsWith(arguments[0])); \
    link.focus(); link.isHeld = true; return document.activeElement === link";

/// What the keyboard is on: its name, where it goes, and whether it is the marked element.
const HELD: &str = "const on = document.activeElement; \
    return [on.getAttribute('aria-label') ?? on.textContent, on.getAttribute('href'), on.isHeld === true]";

async fn hold(device: &Device, name: &str) -> Result<Value> {
    let is_on = device.script(HOLD, vec![json!(name)]).await?;
    ensure!(is_on == json!(true), "no link {name}");
    device.script(HELD, Vec::new()).await
}

/// Waits until the keyboard is on a link of this name.
async fn expect_on(device: &Device, name: &str) -> Result<Value> {
    let mut held = Value::Null;
    for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
        held = device.script(HELD, Vec::new()).await?;
        if held[0].as_str().is_some_and(|on| on.starts_with(name)) {
            return Ok(held);
        }
        tokio::time::sleep(GLANCE).await;
    }
    anyhow::bail!("the keyboard is on {held}, not on {name}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_of_another_device_leaves_the_keyboard_where_it_is() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let tablet = turn.unlocked().await?;
    tablet
        .add_client_paid_by("Anna", "", "Bakker", "Wlz", Some("999990020"))
        .await?;
    let laptop = turn.fresh().await?;
    tablet.pair_with(&laptop, "Laptop").await?;
    expect_chip(&laptop, "klaar").await?;

    // In a list: rows that did not change are the same elements.
    let page = tablet.page();
    tablet.open_in_app("/clienten").await?;
    page.find(Role::Link, "Anna Bakker, 01-02-1934, Zwolle")
        .await?;
    hold(&tablet, "Anna Bakker").await?;
    let path = laptop.add_client("Cees", "", "Aalders").await?;
    page.find(Role::Link, "Cees Aalders, 01-02-1934, Zwolle")
        .await?;
    let held = expect_on(&tablet, "Anna Bakker").await?;
    ensure!(held[2] == json!(true), "the row was built anew: {held}");

    // Of a row that did change, the one in its place has the keyboard.
    hold(&tablet, "Cees Aalders").await?;
    let page_there = laptop.page();
    laptop.open_in_app(&format!("{path}/gegevens")).await?;
    page_there.button("Wijzig voornaam").await?;
    let dialog = laptop.dialog("Voornaam wijzigen");
    dialog.fill("Voornaam", "Kees").await?;
    dialog.button("Opslaan").await?;
    let held = expect_on(&tablet, "Kees Aalders").await?;
    ensure!(held[2] == json!(false), "{held}");

    // A row before it takes over its element, and not the keyboard.
    tablet.open_in_app("/").await?;
    page.heading("Vandaag").await?;
    page.find(Role::Button, "Identiteit vaststellen: Anna Bakker")
        .await?;
    let button = "const name = arguments[0]; \
        const button = [...document.querySelectorAll('main button')].find((of) => of.textContent.includes(name)); \
        button.focus(); button.isHeld = true; return document.activeElement === button";
    let is_on = tablet.script(button, vec![json!("Anna Bakker")]).await?;
    ensure!(is_on == json!(true));
    page_there.gone(Role::Dialog, "Voornaam wijzigen").await?;
    laptop
        .add_client_paid_by("Aart", "", "Aarts", "Zvw", Some("999990032"))
        .await?;
    page.find(Role::Button, "Identiteit vaststellen: Aart Aarts")
        .await?;
    let held = expect_on(&tablet, "Identiteit vaststellen: Anna Bakker").await?;
    ensure!(held[2] == json!(false), "{held}");
    tablet.close().await?;
    laptop.close().await?;
    Ok(())
}
