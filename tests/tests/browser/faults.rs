//! What goes wrong around the app: a full device, storage that is removed, newer or damaged, a wrong clock; and what
//! people type that a form must take as it is.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use e2e::{AlteredApp, Device, GLANCE, Role, Turn, World, app_folder};
use serde_json::{Value, json};

const SAVED: &str = "Bewaard op dit apparaat";
const BAD_PIECE: &str = "Eén stuk van het dossier kan niet gelezen worden. De rest werkt.";

/// Leaves the app for another page of its origin, so that nothing holds the vault.
async fn leave(device: &Device) -> Result<()> {
    device.open("/health").await
}

/// Puts a text in a box at once, as a paste does.
async fn paste(device: &Device, label: &str, text: &str) -> Result<()> {
    let element = device.page().find(Role::Textbox, label).await?;
    let script = "arguments[0].focus(); arguments[0].select(); document.execCommand('insertText', false, arguments[1])";
    device
        .driver
        .execute(script, vec![element.to_json()?, json!(text)])
        .await?;
    Ok(())
}

/// How much the origin may store from now on; `None` = as much as the device has room for.
async fn allow(device: &Device, origin: &str, quota_bytes: Option<u64>) -> Result<()> {
    let params = match quota_bytes {
        Some(bytes) => json!({ "origin": origin, "quotaSize": bytes }),
        None => json!({ "origin": origin }),
    };
    device
        .devtools("Storage.overrideQuotaForOrigin", params)
        .await?;
    Ok(())
}

/// Bytes in use, once the app itself is kept for offline use and grows no more.
const USED: &str = "const done = arguments[0]; navigator.serviceWorker.ready \
    .then(() => navigator.storage.estimate()).then((room) => done(room.usage));";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_device_says_so_keeps_the_text_and_saves_it_after_space_is_made() -> Result<()> {
    const ROOM_BYTES: u64 = 100_000;
    let mut turn = World::enter().await?;
    let origin = turn.server()?.origin();
    let device = turn.unlocked().await?;
    device.add_client("Volle", "", "Schijf").await?;
    device.start_visit().await?;
    device.page().reads(SAVED).await?;
    let draft = device.path().await?;
    let used = device.script_async(USED, Vec::new()).await?.as_u64();
    let limit = used.context("the browser does not say what is in use")? + ROOM_BYTES;
    // The browser remembers for a while how much room it found: the limit comes before the vault is opened again.
    let device = Device::start(device.close().await?, &origin).await?;
    leave(&device).await?;
    allow(&device, &origin, Some(1)).await?;
    device.open(&draft).await?;
    let page = device.page();
    page.heading("De kluis kan nu niet open").await?;
    page.reads("Het apparaat is vol.").await?;
    allow(&device, &origin, Some(limit)).await?;
    page.button("Opnieuw proberen").await?;
    device.unlock().await?;

    let long = "Gewassen, aangekleed, ontbeten en samen de krant gelezen. ".repeat(150);
    let mut last = String::new();
    for round in 1.. {
        ensure!(round <= 20, "the device does not get full");
        last = format!("{round}. {long}");
        paste(&device, "Wat heb je gedaan?", &last).await?;
        if !is_saved(&device).await? {
            break;
        }
    }
    page.reads("Het apparaat is vol.").await?;
    page.reads("Nieuw werk kan niet worden bewaard. Maak eerst ruimte.")
        .await?;
    page.expect_value("Wat heb je gedaan?", &last).await?;
    ensure!(
        !page.text().await?.contains(SAVED),
        "work that is not on disk is called saved"
    );

    let again = page.find(Role::Button, "Opnieuw bewaren").await?;
    allow(&device, &origin, None).await?;
    // The app tries by itself now and then, so the button may be gone by now.
    let _ = again.click().await;
    page.reads(SAVED).await?;
    page.gone(Role::Button, "Opnieuw bewaren").await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", &last).await?;
    device.close().await?;
    Ok(())
}

/// Whether the text just put in was saved; waits until the app says one or the other.
async fn is_saved(device: &Device) -> Result<bool> {
    // The word goes when the text changes and comes back when it is on disk.
    let mut is_changed = false;
    for _ in 0..500 {
        let text = device.page().text().await?;
        if text.contains("Het apparaat is vol.") {
            return Ok(false);
        }
        let is_told = text.contains(SAVED);
        if is_changed && is_told {
            return Ok(true);
        }
        is_changed |= !is_told;
        tokio::time::sleep(GLANCE).await;
    }
    bail!("the app says neither that the text is saved nor that it is not")
}

/// What the browser does when it needs the room: the database goes, smaller things may stay.
async fn evict(device: &Device, origin: &str) -> Result<()> {
    let what = json!({ "origin": origin, "storageTypes": "indexeddb" });
    device.devtools("Storage.clearDataForOrigin", what).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removed_storage_is_said_and_not_taken_for_a_fresh_start() -> Result<()> {
    const GONE: &str = "De browser heeft de gegevens van dit apparaat gewist";
    let mut turn = World::enter().await?;
    let origin = turn.server()?.origin();
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Weg", "", "Gewist").await?;
    device.start_visit().await?;

    evict(&device, &origin).await?;
    page.fill("Wat heb je gedaan?", "Nog niet bewaard").await?;
    page.reads(GONE).await?;
    page.reads("Wat alleen op dit apparaat stond, is weg.")
        .await?;
    page.expect_value("Wat heb je gedaan?", "Nog niet bewaard")
        .await?;
    ensure!(!page.text().await?.contains(SAVED));

    for _ in 0..2 {
        device.driver.refresh().await?;
        page.heading(GONE).await?;
        page.reads("Wat alleen op dit apparaat stond, is weg.")
            .await?;
        ensure!(!page.has(Role::Heading, "Welkom bij Dossierkluis").await?);
    }
    page.button("Nieuwe kluis maken").await?;
    page.heading("Welkom bij Dossierkluis").await?;
    device.close().await?;
    Ok(())
}

/// Every row of the vault's database as `store key value` in hexadecimal, and its version. Left out is the mark of
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
const FORMAT: &str = r#"
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
const HARM: &str = r#"
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

async fn records(device: &Device) -> Result<BTreeSet<String>> {
    let rows = rows(device).await?;
    let keys = rows.iter().filter_map(|row| row.strip_prefix("record "));
    Ok(keys
        .filter_map(|row| row.split(' ').next())
        .map(str::to_owned)
        .collect())
}

/// Changes the place of the client on screen; answers the key of the one record that this made.
async fn change_place(device: &Device, client: &str, place: &str) -> Result<String> {
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
    page.button("Bezoek ondertekenen").await?;
    page.reads("Bezoek ondertekend").await?;

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

/// Serves another build and lets the browser forget what it fetched before.
async fn serve(turn: &mut Turn, device: &Device, app: &std::path::Path) -> Result<()> {
    turn.server()?.serve(app).await?;
    device
        .devtools("Network.clearBrowserCache", json!({}))
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_a_day_off_is_warned_of_and_loses_nothing() -> Result<()> {
    const WARNING: &str = "De klok van dit apparaat loopt achter.";
    let mut turn = World::enter().await?;
    let ahead = AlteredApp::ahead(25)?;
    let device = turn.fresh().await?;
    let page = device.page();
    serve(&mut turn, &device, ahead.folder()).await?;
    device.make_vault().await?;
    let client = device.add_client("Klok", "", "Voor").await?;
    sign(&device, "Bij de klok die voorliep").await?;
    ensure!(!page.text().await?.contains(WARNING));
    leave(&device).await?;

    // The clock is set right: for the vault it is now a day before what it has seen.
    serve(&mut turn, &device, &app_folder()?).await?;
    device.open("/").await?;
    device.unlock().await?;
    page.by_test_id("clock-warning").await?;
    page.reads(WARNING).await?;
    page.reads("Er is niets weg.").await?;
    device.open_in_app(&format!("{client}/bezoeken")).await?;
    page.reads("Bij de klok die voorliep").await?;
    sign(&device, "Bij de klok die goed staat").await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    device.open_in_app(&format!("{client}/bezoeken")).await?;
    page.reads("Bij de klok die goed staat").await?;
    page.reads("Bij de klok die voorliep").await?;
    device.close().await?;
    Ok(())
}

/// Signs a visit of the client on screen.
async fn sign(device: &Device, text: &str) -> Result<()> {
    let page = device.page();
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", text).await?;
    page.button("Geen bijzonderheden").await?;
    page.button("Bezoek ondertekenen").await?;
    page.reads("Bezoek ondertekend").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dates_in_every_form_are_read_back_and_stay_as_typed() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.open_in_app("/clienten/nieuw").await?;
    page.heading("Nieuwe cliënt").await?;
    let born = "donderdag 1 februari 1934";
    for (typed, words) in [
        ("1-2-34", born),
        ("01021934", born),
        ("010234", born),
        ("1/2/1934", born),
        ("1 feb 1934", born),
        ("1 februari '34", born),
        ("1934-02-01", born),
        ("feb 1934", "februari 1934"),
        ("00-00-1934", "1934"),
        ("1934", "1934"),
        ("29-2-33", ""),
        ("onbekend", ""),
    ] {
        page.fill("Geboortedatum", typed).await?;
        page.expect_test_id("geboortedatum-gelezen", words).await?;
        page.expect_value("Geboortedatum", typed).await?;
    }
    let asked = "woensdag 30 september 2026";
    for (typed, words) in [
        ("30-9-26", asked),
        ("30092026", asked),
        ("30.09.2026", asked),
        ("30 sep 2026", asked),
        ("30 september '26", asked),
        ("2026-09-30", asked),
        ("31-9-2026", ""),
    ] {
        page.fill("Aanvraagdatum zorg", typed).await?;
        page.expect_test_id("aanvraagdatum-zorg-gelezen", words)
            .await?;
        page.expect_value("Aanvraagdatum zorg", typed).await?;
    }
    page.fill("Voornaam", "Datum").await?;
    page.fill("Achternaam", "Proef").await?;
    page.choose(Role::Checkbox, "Particulier").await?;
    page.button("Cliënt opslaan").await?;
    page.reads("Er is een probleem. Kijk deze 2 punten na.")
        .await?;
    page.expect_value("Geboortedatum", "onbekend").await?;
    page.expect_value("Aanvraagdatum zorg", "31-9-2026").await?;
    page.fill("Geboortedatum", "1 feb 1934").await?;
    page.fill("Aanvraagdatum zorg", "30092026").await?;
    page.button("Cliënt opslaan").await?;
    page.heading("Datum Proef").await?;
    page.within(Role::Navigation, "Onderdelen")
        .link("Gegevens")
        .await?;
    page.reads("01-02-1934").await?;
    page.reads("30-09-2026").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_of_every_script_and_sixty_letters_come_back_and_fit_the_screen() -> Result<()> {
    const FIRST: &str = "شَيماء שלום 🌷 Zoë-Ďábel";
    const LAST: &str = "Ñandú-Šťastný-Łukasiewicz-Þórðardóttir-Brønnum-Çelikoğlu-Wąż";
    ensure!(LAST.chars().count() == 60);
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let name = format!("{FIRST} 't {LAST}");
    device.add_client(FIRST, "'t", LAST).await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    page.heading(&name).await?;
    device.resize(320, 640).await?;
    let overhang =
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    for path in ["/clienten", "/"] {
        let wide = device.script(overhang, Vec::new()).await?;
        ensure!(
            wide == json!(0),
            "the page is {wide} px too wide for a phone"
        );
        device.open_in_app(path).await?;
        page.find(
            Role::Heading,
            if path == "/" { "Vandaag" } else { "Cliënten" },
        )
        .await?;
    }
    device.open_in_app("/clienten").await?;
    page.fill("Zoek cliënt", "celikog").await?;
    page.find(Role::Link, &format!("{name}, 01-02-1934, Zwolle"))
        .await?;
    page.fill("Zoek cliënt", "שלום").await?;
    page.link(&format!("{name}, 01-02-1934, Zwolle")).await?;
    page.heading(&name).await?;
    device.close().await?;
    Ok(())
}
