//! Rows of the vault's database that were written by a newer version, or harmed behind the app's back.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};
use e2e::{CAREGIVER, Device, PASSPHRASE, Role, SAVED, World};
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

/// Writes or takes rows away: `[store, key, value]` each, in hexadecimal; no value = away with it.
const PUT: &str = r#"
const [changes, done] = arguments;
const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const request = indexedDB.open("dossierkluis");
request.onsuccess = () => {
  const db = request.result;
  const transaction = db.transaction([...db.objectStoreNames], "readwrite");
  for (const [store, key, value] of changes) {
    if (value) transaction.objectStore(store).put(bytes(value), bytes(key));
    else transaction.objectStore(store).delete(bytes(key));
  }
  transaction.oncomplete = () => { db.close(); done("done"); };
  transaction.onabort = () => done("failed");
};
"#;

async fn put(device: &Device, changes: &[(&str, &str, Option<String>)]) -> Result<()> {
    let done = device.script_async(PUT, vec![json!(changes)]).await?;
    ensure!(done == json!("done"), "the rows could not be written");
    Ok(())
}

/// Store, key and value of a row.
fn parts(row: &str) -> (&str, &str, &str) {
    let mut parts = row.split(' ');
    let mut next = || parts.next().unwrap_or_default();
    (next(), next(), next())
}

/// The same bytes with one bit turned in the middle.
fn flipped(value: &str) -> Option<String> {
    let middle = value.len() / 2;
    let digit = u8::from_str_radix(value.get(middle..=middle)?, 16).ok()?;
    let (left, right) = (value.get(..middle)?, value.get(middle + 1..)?);
    Some(format!("{left}{:x}{right}", digit ^ 1))
}

/// Keys in one store whose rows were made or written anew between two looks.
fn written<'a>(store: &str, before: &[String], after: &'a [String]) -> BTreeSet<&'a str> {
    let before: BTreeSet<&String> = before.iter().collect();
    let new = after.iter().filter(|row| !before.contains(row));
    let of_store = new.map(|row| parts(row)).filter(|row| row.0 == store);
    of_store.map(|(_, key, _)| key).collect()
}

fn only<'a>(keys: impl IntoIterator<Item = &'a &'a str>) -> Result<String> {
    let keys: Vec<_> = keys.into_iter().collect();
    match keys.as_slice() {
        [one] => Ok((**one).to_owned()),
        keys => bail!("{} rows instead of one", keys.len()),
    }
}

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

/// Begins a visit of a client and leaves it as a draft; answers its address.
async fn leave_draft(device: &Device, client: &str, text: &str) -> Result<String> {
    let page = device.page();
    device.open_in_app(client).await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", text).await?;
    page.reads(SAVED).await?;
    let draft = device.path().await?;
    device.open_in_app("/").await?;
    page.heading("Vandaag").await?;
    device.open_in_app(&draft).await?;
    page.expect_value("Wat heb je gedaan?", text).await?;
    Ok(draft)
}

/// Opens the vault; **Niet leesbaar** then counts so many pieces.
async fn unlock_and_count(device: &Device, count: usize) -> Result<()> {
    let page = device.page();
    device.open("/").await?;
    device.unlock().await?;
    page.heading("Vandaag").await?;
    device.open_in_app("/meer/niet-leesbaar").await?;
    let first = match count {
        0 => "Alles in deze kluis is leesbaar.",
        _ => "Er wordt niets gewist. De beschadigde stukken blijven apart bewaard.",
    };
    page.reads(first).await?;
    let text = page.text().await?;
    let found = text.matches(BAD_PIECE).count();
    ensure!(found == count, "{found} pieces instead of {count}: {text}");
    Ok(())
}

/// The client's place, as it was last changed.
async fn has_place(device: &Device, client: &str, name: &str, place: &str) -> Result<()> {
    let page = device.page();
    device.open_in_app(&format!("{client}/gegevens")).await?;
    page.heading(name).await?;
    page.reads(place).await?;
    page.reads("Eerder: plaats").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn harmed_rows_beside_the_records_are_made_again_or_named_and_lose_nothing_else() -> Result<()>
{
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let (hit_text, sound_text) = ("Tekst van het ene concept", "Tekst van het andere concept");
    let hit = device.add_client("Geraakte", "", "Regel").await?;
    let sound = device.add_client("Hele", "", "Regel").await?;
    let first = rows(&device).await?;
    change_place(&device, &hit, "Meppel").await?;
    let second = rows(&device).await?;
    change_place(&device, &sound, "Ommen").await?;
    let third = rows(&device).await?;
    let (of_hit, of_sound) = (
        written("cursor", &first, &second),
        written("cursor", &second, &third),
    );
    let device_head = only(of_hit.intersection(&of_sound))?;
    let hit_head = only(of_hit.difference(&of_sound))?;
    let hit_draft = leave_draft(&device, &hit, hit_text).await?;
    let fourth = rows(&device).await?;
    let draft_row = only(&written("draft", &third, &fourth))?;
    let sound_draft = leave_draft(&device, &sound, sound_text).await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    leave(&device).await?;

    let before = rows(&device).await?;
    let hex = |text: &str| -> String { text.bytes().map(|byte| format!("{byte:02x}")).collect() };
    let copies = [hex("slot"), hex("format"), hex("chain/") + "00000000"];
    let harm = before.iter().map(|row| parts(row));
    let harm = harm.filter(|(store, key, _)| match *store {
        "snapshot" | "cache" => true,
        "cursor" => *key != device_head,
        "draft" => *key == draft_row,
        "meta" => copies.iter().any(|copy| copy == key),
        _ => false,
    });
    let harm: Vec<_> = harm
        .map(|(store, key, value)| (store, key, flipped(value)))
        .collect();
    for (store, least) in [
        ("snapshot", 1),
        ("cache", 2),
        ("cursor", 4),
        ("draft", 1),
        ("meta", 3),
    ] {
        let count = harm.iter().filter(|row| row.0 == store).count();
        ensure!(count >= least, "{count} rows of {store} are harmed");
    }
    put(&device, &harm).await?;
    let now = rows(&device).await?;
    let changed = before.iter().filter(|row| !now.contains(row)).count();
    ensure!(changed == harm.len(), "{changed} of {} rows", harm.len());

    // What stands elsewhere too is made again; the draft stood nowhere else.
    unlock_and_count(&device, 1).await?;
    page.reads("Niet bekend bij wie dit hoort").await?;
    has_place(&device, &hit, "Geraakte Regel", "Meppel").await?;
    has_place(&device, &sound, "Hele Regel", "Ommen").await?;
    ensure!(!page.text().await?.contains(BAD_PIECE));
    device.open_in_app("/meer/praktijk").await?;
    page.expect_value("Je naam", CAREGIVER).await?;
    device.open_in_app("/").await?;
    let drafts = page.within(Role::Region, "Nog ondertekenen");
    drafts.find(Role::Group, "Hele Regel").await?;
    ensure!(!drafts.has(Role::Group, "Geraakte Regel").await?);
    device.open_in_app(&hit_draft).await?;
    page.reads("Dit concept is er niet meer.").await?;
    device.open_in_app(&sound_draft).await?;
    page.expect_value("Wat heb je gedaan?", sound_text).await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    leave(&device).await?;

    let after = rows(&device).await?;
    let is_copy = |row: &&String| copies.iter().any(|copy| parts(row).1 == copy);
    let repaired = before.iter().filter(is_copy);
    ensure!(repaired.clone().count() == copies.len());
    for row in repaired {
        ensure!(after.contains(row), "{row} was left damaged");
    }

    // Without the position of the device, its sequence of records begins anew beside the old one.
    let heads = after.iter().map(|row| parts(row));
    let heads = heads.filter(|row| row.1 == device_head || row.1 == hit_head);
    let heads: Vec<_> = heads
        .map(|(store, key, value)| (store, key, flipped(value)))
        .collect();
    ensure!(heads.len() == 2);
    put(&device, &heads).await?;
    unlock_and_count(&device, 1).await?;
    has_place(&device, &hit, "Geraakte Regel", "Meppel").await?;
    has_place(&device, &sound, "Hele Regel", "Ommen").await?;
    device.open_in_app(&format!("{sound}/bezoeken")).await?;
    page.reads(sound_text).await?;
    ensure!(!page.text().await?.contains(BAD_PIECE));
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    leave(&device).await?;
    a_vault_without_what_opens_it_is_refused_and_left_as_it_is(&device).await?;
    unlock_and_count(&device, 1).await?;
    device.close().await?;
    Ok(())
}

async fn a_vault_without_what_opens_it_is_refused_and_left_as_it_is(device: &Device) -> Result<()> {
    const SHUT: &str = "De kluis kan nu niet open";
    let page = device.page();
    let sound = rows(device).await?;
    for name in ["slot", "format", "chain"] {
        let name: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
        let of_name = sound.iter().map(|row| parts(row));
        let of_name = of_name.filter(|row| row.0 == "meta" && row.1.starts_with(&name));
        let (harm, repair): (Vec<_>, Vec<_>) = of_name
            .map(|(store, key, value)| {
                (
                    (store, key, flipped(value)),
                    (store, key, Some(value.to_owned())),
                )
            })
            .unzip();
        ensure!(harm.len() == 2);
        put(device, &harm).await?;
        let harmed = rows(device).await?;
        device.open("/").await?;
        if page.first_heading(&[SHUT, "Kluis op slot"]).await? == 1 {
            page.fill("Wachtwoord", PASSPHRASE).await?;
            page.button("Ontgrendelen").await?;
        }
        let words = page.test_id("failure").await?;
        ensure!(words.contains("er is niets gewist"), "{words}");
        leave(device).await?;
        ensure!(rows(device).await? == harmed, "a refused vault was changed");
        put(device, &repair).await?;
    }
    ensure!(rows(device).await? == sound);
    Ok(())
}
