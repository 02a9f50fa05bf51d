//! No readable word anywhere but on the screen of an open vault. Every scan first finds a planted control.

use std::path::Path;

use anyhow::{Result, ensure};
use e2e::{Device, PASSPHRASE, Role, World, scan_folder};
use serde_json::json;

const WORDS: [&str; 7] = [
    "Kwetsbaarheid-Xyloba",
    "Zeldzaamstraat",
    "Quintusdorp",
    "voetbad-met-kamille",
    "wrevelig-geheimwoord",
    "999990044",
    PASSPHRASE,
];
const CONTROL: &str = "geplant-controlewoord";

/// Everything a page can reach through its own interfaces, as text.
const DUMP: &str = r#"
const done = arguments[0];
(async () => {
  let out = location.href + document.title + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie;
  const bytes = (value) => {
    if (value instanceof ArrayBuffer) value = new Uint8Array(value);
    if (ArrayBuffer.isView(value)) return new TextDecoder("utf-8").decode(value) + new TextDecoder("utf-16le").decode(value);
    return typeof value === "object" && value !== null ? Object.values(value).map(bytes).join(" ") : String(value);
  };
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((ok, no) => { const r = indexedDB.open(name); r.onsuccess = () => ok(r.result); r.onerror = no; });
    for (const store of db.objectStoreNames) {
      const all = (q) => new Promise((ok) => { q.onsuccess = () => ok(q.result); });
      const os = db.transaction(store).objectStore(store);
      for (const value of await all(os.getAll())) out += " " + bytes(value);
      for (const key of await all(db.transaction(store).objectStore(store).getAllKeys())) out += " " + bytes(key);
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) out += " " + request.url;
  }
  done(out);
})();
"#;

async fn test_day(device: &Device) -> Result<()> {
    let page = device.page();
    device.open_in_app("/clienten/nieuw").await?;
    page.fill("Voornaam", "Kwetsbaarheid-Xyloba").await?;
    page.fill("Achternaam", "Canary").await?;
    page.fill("Geboortedatum", "1-2-34").await?;
    page.fill("Straat en huisnummer", "Zeldzaamstraat 1")
        .await?;
    page.fill("Plaats", "Quintusdorp").await?;
    page.fill("Aanvraagdatum zorg", "30-09-2026").await?;
    page.choose(Role::Checkbox, "Wlz").await?;
    page.fill("Burgerservicenummer (BSN)", "999990044").await?;
    page.button("Cliënt opslaan").await?;
    page.heading("Kwetsbaarheid-Xyloba Canary").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "voetbad-met-kamille")
        .await?;
    page.fill("Resultaat", "wrevelig-geheimwoord").await?;
    page.reads("Bewaard op dit apparaat").await?;
    device.open_in_app("/clienten").await?;
    page.fill("Zoek cliënt", "Quintusdorp").await?;
    page.reads("Kwetsbaarheid-Xyloba Canary").await
}

fn scan(what: &str, folder: &Path) -> Result<()> {
    std::fs::write(folder.join("control.txt"), CONTROL)?;
    ensure!(
        scan_folder(folder, &[CONTROL])?.len() == 1,
        "the scanner is blind in {what}"
    );
    let found = scan_folder(folder, &WORDS)?;
    ensure!(found.is_empty(), "{what}: {found:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_typed_is_readable_in_stores_addresses_caches_or_files() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    test_day(&device).await?;

    device
        .script(
            "localStorage.setItem('control', arguments[0])",
            vec![json!(CONTROL)],
        )
        .await?;
    let dump = device.script_async(DUMP, Vec::new()).await?;
    let dump = dump.as_str().unwrap_or_default();
    ensure!(dump.contains(CONTROL), "the dump is blind");
    ensure!(
        dump.len() > 4_000,
        "the dump holds only {} characters",
        dump.len()
    );
    for word in WORDS {
        ensure!(
            !dump.contains(word),
            "{word} is readable through the browser's interfaces"
        );
    }
    device
        .script("localStorage.removeItem('control')", Vec::new())
        .await?;

    let profile = device.close().await?;
    scan("the profile after a normal close", profile.folder())?;
    let origin = turn.server()?.origin();
    let device = Device::start(profile, &origin).await?;
    device.open("/").await?;
    device.unlock().await?;
    device
        .page()
        .within(Role::Region, "Nog ondertekenen")
        .link("Verder schrijven")
        .await?;
    device
        .page()
        .add_text("Resultaat", " en nog een woord")
        .await?;
    device.page().reads("Bewaard op dit apparaat").await?;
    let profile = device.kill().await?;
    scan("the profile after kill -9", profile.folder())?;
    scan("the server's folder", turn.server()?.folder())
}
