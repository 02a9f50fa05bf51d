//! News of another device changes what is shown and leaves the person where she is.

use anyhow::{Result, ensure};
use e2e::{Device, GLANCE, PATIENCE, Role, World};
use engine::fixture::{self, Size};
use serde_json::{Value, json};

use crate::exchange::sign;
use crate::long_lists::fill;
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

/// Two pieces of days in each year.
const VISITS: Size = Size {
    clients: 3,
    visits: 130,
    years: 2,
    largest: 120,
    is_even: true,
};

/// Scrolls to a row far down the list of visits, and marks its element.
const HOLD_ROW: &str = "const row = document.querySelectorAll('main .p-day a')[arguments[0]]; \
    row.scrollIntoView({ block: 'center' }); row.isHeld = true;";

/// Which year is chosen, how many rows there are, and where on the screen the marked element is.
const HELD_ROW: &str = "const rows = [...document.querySelectorAll('main .p-day a')]; \
    const held = rows.find((row) => row.isHeld); \
    const year = document.querySelector('main [aria-label=Jaar] [aria-pressed=true]').textContent.trim(); \
    return [year, rows.length, held ? held.getBoundingClientRect().top : null]";

/// Whether the marked element is where it was, give or take part of a row: the browser guesses the height of days that
/// are off the screen.
fn is_in_place(before: &Value, after: &Value) -> bool {
    const PART_PX: f64 = 40.0;
    let tops = before[2].as_f64().zip(after[2].as_f64());
    tops.is_some_and(|(before, after)| (before - after).abs() < PART_PX)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_leaves_the_year_that_was_chosen_and_the_place_in_the_list_of_visits() -> Result<()> {
    const TEXT: &str = "Gezien op de laptop";
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let tablet = turn.fresh().await?;
    let client = fill(&tablet, VISITS).await?;
    tablet.open("/").await?;
    let page = tablet.page();
    page.fill("Wachtwoord", fixture::PASSPHRASE).await?;
    page.button("Ontgrendelen").await?;
    page.heading("Vandaag").await?;
    expect_chip(&tablet, "klaar").await?;
    let laptop = turn.fresh().await?;
    tablet.pair_with(&laptop, "Laptop").await?;
    expect_chip(&laptop, "klaar").await?;

    let year = "return new Date().getFullYear()";
    let year = tablet.script(year, Vec::new()).await?;
    let year = year.as_u64().unwrap_or_default();
    tablet.open_in_app(&format!("{client}/bezoeken")).await?;
    page.group("Jaar").button(&(year - 1).to_string()).await?;
    page.button("Toon meer bezoeken").await?;
    page.gone(Role::Button, "Toon meer bezoeken").await?;
    tablet.script(HOLD_ROW, vec![json!(52)]).await?;
    let before = tablet.script(HELD_ROW, Vec::new()).await?;
    ensure!(before[0] == json!((year - 1).to_string()), "{before}");
    ensure!(before[2].is_number(), "{before}");

    // Another name of the client changes what stands above the list.
    laptop.open_in_app(&format!("{client}/gegevens")).await?;
    laptop.page().button("Wijzig voornaam").await?;
    let dialog = laptop.dialog("Voornaam wijzigen");
    dialog.fill("Voornaam", "Nieuwenaam").await?;
    dialog.button("Opslaan").await?;
    laptop
        .page()
        .gone(Role::Dialog, "Voornaam wijzigen")
        .await?;
    page.reads("Nieuwenaam").await?;
    expect_chip(&tablet, "klaar").await?;
    let after = tablet.script(HELD_ROW, Vec::new()).await?;
    ensure!(after[0] == before[0] && after[1] == before[1], "{after}");
    ensure!(is_in_place(&before, &after), "{after}, before {before}");

    // A visit of this year comes in at the top of its own list.
    page.group("Jaar").button(&year.to_string()).await?;
    let is_shown = format!(
        "return document.querySelector('main .p-day__name').textContent.includes('{year}') \
         && document.querySelectorAll('main .p-day a').length > 20"
    );
    tablet
        .expect_script(&is_shown, Vec::new(), &json!(true))
        .await?;
    tablet.script(HOLD_ROW, vec![json!(20)]).await?;
    let before = tablet.script(HELD_ROW, Vec::new()).await?;
    laptop.open_in_app(&client).await?;
    sign(&laptop, TEXT).await?;
    // What is far off the screen is no visible text.
    let is_there = format!("return document.querySelector('main').textContent.includes('{TEXT}')");
    tablet
        .expect_script(&is_there, Vec::new(), &json!(true))
        .await?;
    let after = tablet.script(HELD_ROW, Vec::new()).await?;
    ensure!(after[0] == before[0] && after[0] == json!(year.to_string()));
    ensure!(is_in_place(&before, &after), "{after}, before {before}");
    for device in [tablet, laptop] {
        device.close().await?;
    }
    Ok(())
}
