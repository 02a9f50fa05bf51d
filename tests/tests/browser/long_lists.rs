//! Lists that grow by a press: more clients, and more days of one client, than stand on screen at once.

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto::KdfParams;
use e2e::{Device, GLANCE, PATIENCE, Role, Turn, World};
use engine::fixture::{self, Size};
use engine::kdf::Inline;
use engine::store::StoreName;
use engine::store::memory::Memory;
use engine::{Now, Vault};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::faults::leave;
use crate::screens::walk::Walk;

pub(crate) const CLIENTS: &str = "[role=list][aria-label=Cliënten] a";
const MORE: &str = "Toon meer cliënten";
const MORE_DAYS: &str = "Toon meer bezoeken";
/// Two pieces and one row: 50, 100 and 1.
const SIZE: Size = Size {
    clients: 151,
    visits: 270,
    years: 2,
    largest: 120,
    is_even: true,
};

/// Writes `[store, key, value]` rows, in base64, into a new database of the app.
const FILL: &str = r#"
const [stores, rows, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const request = indexedDB.open("dossierkluis", 100);
request.onupgradeneeded = () => { for (const name of stores) request.result.createObjectStore(name); };
request.onerror = () => done(String(request.error));
request.onsuccess = () => {
  const db = request.result;
  const transaction = db.transaction(stores, "readwrite");
  for (const [store, key, value] of rows) transaction.objectStore(store).put(bytes(value), bytes(key));
  transaction.oncomplete = () => { db.close(); done("done"); };
  transaction.onabort = () => done(String(transaction.error));
};
"#;

/// Puts an invented vault where the app will look for it; answers the path of the client with most visits.
pub(crate) async fn fill(device: &Device, size: Size) -> Result<String> {
    leave(device).await?;
    let ms = device.script("return Date.now()", Vec::new()).await?;
    let now = Now {
        ms: ms.as_i64().context("no clock")?,
    };
    let (disk, largest) = tokio::task::spawn_blocking(move || {
        let disk = Memory::new();
        let mut vault = Vault::new(disk.clone(), Inline::new(KdfParams::DEFAULT));
        let mut rng = ChaCha20Rng::seed_from_u64(50);
        let filled = pollster::block_on(fixture::make(&mut vault, &size, now, &mut rng));
        let largest = filled.map(|filled| filled.clients[0]);
        (disk.dump(), largest)
    })
    .await?;
    let largest = largest.map_err(|failure| anyhow::anyhow!("no fixture: {failure}"))?;
    let mut stores: Vec<&str> = StoreName::ALL.iter().map(|store| store.as_str()).collect();
    stores.push("owner");
    let rows: Vec<Value> = disk
        .iter()
        .map(|(store, key, value)| {
            json!([store.as_str(), STANDARD.encode(key), STANDARD.encode(value)])
        })
        .collect();
    let done = device
        .script_async(FILL, vec![json!(stores), json!(rows)])
        .await?;
    ensure!(done == json!("done"), "the browser answered {done}");
    Ok(format!("/client/{largest}"))
}

/// Waits until so many rows are there.
async fn expect_rows(device: &Device, selector: &str, count: usize) -> Result<()> {
    let script = "return document.querySelectorAll(arguments[0]).length";
    expect(device, script, selector, count).await
}

/// Waits until the keyboard is in the row of that place, counted from 0.
async fn expect_focus(device: &Device, selector: &str, place: usize) -> Result<()> {
    let script =
        "return [...document.querySelectorAll(arguments[0])].indexOf(document.activeElement)";
    expect(device, script, selector, place).await
}

/// Waits until a script answers this number.
async fn expect(device: &Device, script: &str, selector: &str, number: usize) -> Result<()> {
    let mut now = Value::Null;
    for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
        now = device.script(script, vec![json!(selector)]).await?;
        if now == json!(number) {
            return Ok(());
        }
        tokio::time::sleep(GLANCE).await;
    }
    bail!("{now} instead of {number}: {script}, {selector}")
}

/// A device with that vault, on the list of clients.
async fn filled(turn: &mut Turn) -> Result<(Device, String)> {
    let device = turn.fresh().await?;
    let page = device.page();
    let largest = fill(&device, SIZE).await?;
    device.open("/clienten").await?;
    page.fill("Wachtwoord", fixture::PASSPHRASE).await?;
    page.button("Ontgrendelen").await?;
    page.heading("Cliënten").await?;
    Ok((device, largest))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_lists_come_piece_by_piece_and_the_keyboard_goes_on_at_the_first_new_row() -> Result<()>
{
    const DAYS: &str = "main section:has(> h3) [role=list]";
    const VISITS: &str = "main section:has(> h3) [role=list] a";
    let mut turn = World::enter().await?;
    let (device, largest) = filled(&mut turn).await?;
    let page = device.page();
    expect_rows(&device, CLIENTS, 50).await?;
    let mut walk = Walk::new(&device)?;
    let walked = walk.look("clienten-lang").await;
    walk.end(walked)?;
    page.button(MORE).await?;
    expect_rows(&device, CLIENTS, 150).await?;
    expect_focus(&device, CLIENTS, 50).await?;
    page.button(MORE).await?;
    expect_rows(&device, CLIENTS, 151).await?;
    expect_focus(&device, CLIENTS, 150).await?;
    page.gone(Role::Button, MORE).await?;

    // A search goes through all of them, and what it finds begins anew.
    page.fill("Zoek cliënt", "utrecht").await?;
    expect_rows(&device, CLIENTS, 50).await?;
    page.find(Role::Button, MORE).await?;

    device.open_in_app(&format!("{largest}/bezoeken")).await?;
    let year = "return String(new Date().getFullYear() - 1)";
    let year = device.script(year, Vec::new()).await?;
    page.group("Jaar")
        .button(year.as_str().unwrap_or_default())
        .await?;
    expect_rows(&device, DAYS, 50).await?;
    page.button(MORE_DAYS).await?;
    expect_rows(&device, DAYS, 60).await?;
    expect_focus(&device, VISITS, 50).await?;
    page.gone(Role::Button, MORE_DAYS).await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_clients_stays_as_it_was_beside_a_client_and_on_the_way_back() -> Result<()> {
    const SCROLL: &str = "document.querySelector('.l-panes__list').scrollTop";
    let mut turn = World::enter().await?;
    let (device, _) = filled(&mut turn).await?;
    let page = device.page();
    page.fill("Zoek cliënt", "utrecht").await?;
    // The rows of the answer, not those from before the search.
    let found = format!("{CLIENTS}[aria-label$='Utrecht']");
    expect_rows(&device, &found, 50).await?;
    page.button(MORE).await?;
    expect_rows(&device, CLIENTS, 150).await?;
    let open = "document.querySelectorAll(arguments[0])[51].click()";
    device.script(open, vec![json!(CLIENTS)]).await?;

    let sections = page.within(Role::Navigation, "Onderdelen");
    sections.find(Role::Link, "Bezoeken").await?;
    expect_rows(&device, CLIENTS, 150).await?;
    device
        .script(&format!("{SCROLL} = 300"), Vec::new())
        .await?;
    for section in ["Gegevens", "Bezoeken"] {
        sections.link(section).await?;
        page.find(Role::Heading, section).await?;
        page.expect_value("Zoek cliënt", "utrecht").await?;
        expect_rows(&device, CLIENTS, 150).await?;
        let place = format!("return {SCROLL}");
        let place = device.script(&place, Vec::new()).await?;
        ensure!(place == json!(300), "the list lost its place: {place}");
    }
    for _ in 0..3 {
        device.driver.back().await?;
    }
    page.heading("Cliënten").await?;
    page.expect_value("Zoek cliënt", "utrecht").await?;
    expect_rows(&device, CLIENTS, 150).await?;
    device.close().await?;
    Ok(())
}
