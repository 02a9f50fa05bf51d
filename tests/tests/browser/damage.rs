//! Rows of the vault's database that were written by a newer version, or harmed behind the app's back.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};
use e2e::{Device, Role, World};
use serde_json::{Value, json};

use crate::faults::leave;

pub(crate) const BAD_PIECE: &str =
    "Eén stuk van het dossier kan niet gelezen worden. De rest werkt.";

/// Every row of the vault's database as `store key value` in hexadecimal. Left out is the mark of
/// the tab that may write, which every opening writes anew.
const ROWS: &str = r#"
const done = arguments[0];
const hex = (value) => Array.from(new Uint8Array(value.buffer ?? value), (byte) => byte.toString(16).padStart(2, "0")).join("");
const request = indexedDB.open("dossierkluis");
request.onsuccess = async () => {
  const db = request.result;
  const names = [...db.objectStoreNames].filter((name) => name !== "owner");
  const all = (query) => new Promise((ok) => { query.onsuccess = () => ok(query.result); });
  const rows = [];
  for (const name of names) {
    const store = db.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([all(store.getAllKeys()), all(store.getAll())]);
    keys.forEach((key, at) => rows.push(`${name} ${hex(key)} ${hex(values[at])}`));
  }
  db.close();
  done(rows);
};
"#;

/// Opens the database at a version, as a newer app would.
const RAISE: &str = r#"
const [version, done] = arguments;
const request = indexedDB.open("dossierkluis", version);
request.onsuccess = () => { request.result.close(); done("done"); };
request.onblocked = () => done("blocked");
request.onerror = () => done("failed");
"#;

/// Writes the number of the stored format, `DKLS` and then two bytes, into both rows that hold it.
pub(crate) const FORMAT: &str = r#"
const [number, done] = arguments;
const request = indexedDB.open("dossierkluis");
request.onsuccess = () => {
  const db = request.result;
  const transaction = db.transaction("meta", "readwrite");
  const store = transaction.objectStore("meta");
  for (const name of ["format", "format-2"]) {
    const key = new TextEncoder().encode(name);
    const row = store.get(key);
    row.onsuccess = () => {
      const bytes = new Uint8Array(row.result);
      new DataView(bytes.buffer).setUint16(4, number);
      store.put(bytes, key);
    };
  }
  transaction.oncomplete = () => { db.close(); done("done"); };
  transaction.onabort = () => done("failed");
};
"#;

async fn rows(device: &Device) -> Result<Vec<String>> {
    let rows = device.script_async(ROWS, Vec::new()).await?;
    let rows: Vec<String> = serde_json::from_value(rows)?;
    ensure!(
        rows.len() > 10,
        "only {} rows: the reader is blind",
        rows.len()
    );
    Ok(rows)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vault_of_a_newer_version_is_refused_in_words_and_left_as_it_is() -> Result<()> {
    const NEWER: &str = "Deze kluis is van een nieuwere versie";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Latere", "", "Versie").await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    leave(&device).await?;
    let before = rows(&device).await?;

    // 200 and up break; the numbers below only add.
    let done = json!("done");
    ensure!(device.script_async(FORMAT, vec![json!(200)]).await? == done);
    let harmed = rows(&device).await?;
    ensure!(harmed != before, "the format was left as it is");
    device.open("/").await?;
    page.heading(NEWER).await?;
    page.reads("Er is niets gewist of veranderd.").await?;
    ensure!(!page.has(Role::Textbox, "Wachtwoord").await?);
    page.button("Nieuwe versie zoeken").await?;
    page.reads("De app zoekt een nieuwe versie.").await?;
    leave(&device).await?;
    ensure!(
        rows(&device).await? == harmed,
        "a refused vault was changed"
    );

    ensure!(device.script_async(FORMAT, vec![json!(100)]).await? == done);
    ensure!(rows(&device).await? == before);
    ensure!(device.script_async(RAISE, vec![json!(199)]).await? == done);
    device.open("/").await?;
    device.unlock().await?;
    device.open_in_app("/clienten").await?;
    page.find(Role::Link, "Latere Versie, 01-02-1934, Zwolle")
        .await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;

    leave(&device).await?;
    let before = rows(&device).await?;
    ensure!(device.script_async(RAISE, vec![json!(200)]).await? == done);
    device.open("/").await?;
    page.heading(NEWER).await?;
    page.reads("Er is niets gewist of veranderd.").await?;
    leave(&device).await?;
    ensure!(
        rows(&device).await? == before,
        "a refused vault was changed"
    );
    device.close().await?;
    Ok(())
}

/// Harms records: `[kind, key, other key]` each.
pub(crate) const HARM: &str = r#"
const [harms, done] = arguments;
const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const request = indexedDB.open("dossierkluis");
request.onsuccess = () => {
  const db = request.result;
  const transaction = db.transaction("record", "readwrite");
  const store = transaction.objectStore("record");
  const read = (hex) => new Promise((ok) => { const row = store.get(bytes(hex)); row.onsuccess = () => ok(new Uint8Array(row.result)); });
  for (const [kind, one, other] of harms) {
    read(one).then(async (row) => {
      if (kind === "flip") { row[row.length >> 1] ^= 1; store.put(row, bytes(one)); }
      if (kind === "cut") store.put(row.slice(0, row.length >> 1), bytes(one));
      if (kind === "take") store.delete(bytes(one));
      if (kind === "swap") { const second = await read(other); store.put(second, bytes(one)); store.put(row, bytes(other)); }
    });
  }
  transaction.oncomplete = () => { db.close(); done("done"); };
  transaction.onabort = () => done("failed");
};
"#;

pub(crate) async fn records(device: &Device) -> Result<BTreeSet<String>> {
    let rows = rows(device).await?;
    let keys = rows.iter().filter_map(|row| row.strip_prefix("record "));
    Ok(keys
        .filter_map(|row| row.split(' ').next())
        .map(str::to_owned)
        .collect())
}

/// Changes the place of the client on screen; answers the key of the one record that this made.
pub(crate) async fn change_place(device: &Device, client: &str, place: &str) -> Result<String> {
    let page = device.page();
    let before = records(device).await?;
    device.open_in_app(&format!("{client}/gegevens")).await?;
    page.button("Wijzig plaats").await?;
    let dialog = device.dialog("Plaats wijzigen");
    dialog.fill("Plaats", place).await?;
    dialog.button("Opslaan").await?;
    page.gone(Role::Dialog, "Plaats wijzigen").await?;
    page.reads(place).await?;
    let after = records(device).await?;
    let mut made = after.difference(&before);
    match (made.next(), made.next()) {
        (Some(one), None) => Ok(one.clone()),
        _ => bail!("a change made {} records", after.len() - before.len()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_with_a_harmed_record_is_named_unreadable_and_the_others_work() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let mut harms = Vec::new();
    let mut harmed = Vec::new();
    for (kind, first) in [
        ("flip", "Gewijzigde"),
        ("cut", "Afgeknipte"),
        ("take", "Ontbrekende"),
        ("swap", "Verwisselde"),
    ] {
        let client = device.add_client(first, "", "Regel").await?;
        let one = change_place(&device, &client, "Meppel").await?;
        let other = match kind {
            "swap" => change_place(&device, &client, "Ommen").await?,
            _ => String::new(),
        };
        harms.push(json!([kind, one, other]));
        harmed.push((format!("{first} Regel"), client));
    }
    let before = records(&device).await?;
    let lost = device.add_client("Verdwenen", "", "Dossier").await?;
    let all = records(&device).await?;
    harms.extend(all.difference(&before).map(|one| json!(["take", one, ""])));
    let harm_count = harms.len() + 1;
    let sound = device.add_client("Hele", "", "Regel").await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    leave(&device).await?;
    let before = rows(&device).await?;
    let done = device.script_async(HARM, vec![Value::Array(harms)]).await?;
    ensure!(done == json!("done"));
    let changed: BTreeSet<String> = rows(&device).await?.into_iter().collect();
    let count = before.iter().filter(|row| !changed.contains(*row)).count();
    ensure!(
        count == harm_count,
        "{count} rows were harmed instead of {harm_count}"
    );

    device.open("/").await?;
    device.unlock().await?;
    for (name, client) in &harmed {
        device.open_in_app(client).await?;
        page.heading(name).await?;
        page.by_test_id("unreadable").await?;
        page.reads(BAD_PIECE).await?;
    }
    device.open_in_app(&lost).await?;
    page.heading("Cliënt").await?;
    page.reads("Eén stuk van het dossier kan niet gelezen worden.")
        .await?;
    page.reads("Kijk bij Meer onder Niet leesbaar.").await?;
    harmed.push(("Verdwenen Dossier".to_owned(), lost));
    device.open_in_app(&sound).await?;
    page.heading("Hele Regel").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Gewoon geholpen").await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;

    device.driver.refresh().await?;
    device.unlock().await?;
    page.reads("Gewoon geholpen").await?;
    ensure!(!page.text().await?.contains(BAD_PIECE));
    device.open_in_app("/meer/niet-leesbaar").await?;
    page.heading("Niet leesbaar").await?;
    page.reads("Er wordt niets gewist.").await?;
    for (name, _) in &harmed {
        page.reads(name).await?;
    }
    ensure!(!page.text().await?.contains("Hele Regel"));
    device.close().await?;
    Ok(())
}
