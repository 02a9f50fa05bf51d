//! No readable word anywhere but on the screen of an open vault. Every scan first finds what was planted for it.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use e2e::{AGB, CAREGIVER, Device, PASSPHRASE, Role, SAVED, World, scan_folder};
use serde_json::{Value, json};

use crate::day::{DAYS, plan};

const FIRST_NAME: &str = "Kwetsbaarheid-Xyloba";
const LAST_NAME: &str = "Canary-Yttrium";
const STREET: &str = "Zeldzaamstraat";
const TOWN: &str = "Quintusdorp";
const POSTCODE: &str = "9876XQ";
const PHONE: &str = "0698760412";
const BSN: &str = "999990044";
const DONE: &str = "voetbad-met-kamille";
const OUTCOME: &str = "wrevelig-geheimwoord";
const FACTS: &str = "gordijnen-van-fluweel";
const EXPERIENCE: &str = "klaagt-over-draaiorgel";
const SUBSTITUTE: &str = "Waarneemster-Oudshoorn";
const SUBSTITUTE_AGB: &str = "84726159";
/// No pulse: refused, and in the draft as typed until then.
const MEASURED: &str = "48159263705";
const WHY_LATER: &str = "paspoort-in-zolderkist";
const DOCUMENT: &str = "NX4Q7ZK29";
const CORRECTED: &str = "voetbad-met-lavendel";
const WHY_CORRECTED: &str = "kruiden-verwisseld";
const ADDED: &str = "nicht-uit-Terneuzen-belde";
const DRAFTED: &str = "half-verslag-over-steunkous";
const SOUGHT: &str = "zoekwoord-zonder-treffer";
const WRONG_PASSPHRASE: &str = "rode fiets bij de vijfer";
const MOVED_TO: &str = "Obelisklaantje";
const NEW_POSTCODE: &str = "4519KW";
const NEW_PHONE: &str = "0653172948";
const NEW_BSN: &str = "999990056";
const NOT_CHANGED: &str = "Achternaam-van-Vergissing";
const NEW_CAREGIVER: &str = "Annelies-Hertrouwd-Pinksterbloem";
const PRACTICE_AGB: &str = "73840615";
const WRONG_REPEAT: &str = "blauwe step langs de singel";
const WORDS: [&str; 34] = [
    FIRST_NAME,
    LAST_NAME,
    STREET,
    POSTCODE,
    "9876 XQ",
    TOWN,
    // As typed, and as a number with the code of a country holds it.
    "698760412",
    BSN,
    DONE,
    OUTCOME,
    FACTS,
    EXPERIENCE,
    SUBSTITUTE,
    SUBSTITUTE_AGB,
    MEASURED,
    WHY_LATER,
    DOCUMENT,
    CORRECTED,
    WHY_CORRECTED,
    ADDED,
    DRAFTED,
    SOUGHT,
    WRONG_PASSPHRASE,
    MOVED_TO,
    NEW_POSTCODE,
    "653172948",
    NEW_BSN,
    NOT_CHANGED,
    NEW_CAREGIVER,
    PRACTICE_AGB,
    WRONG_REPEAT,
    PASSPHRASE,
    CAREGIVER,
    AGB,
];

const IN_ADDRESS: &str = "geplant-in-adres";
const IN_TITLE: &str = "geplant-als-titel";
const IN_CONSOLE: &str = "geplant-in-console";
const IN_FIELD: &str = "geplant-in-veld";
const IN_FILE: &str = "geplant-in-bestand";
/// What is planted through the page's own interfaces, where the page finds it again, and in which folder of the profile.
const PLANTED: [(&str, &str, &str); 9] = [
    ("geplant-in-plaats-lokaal", "localStorage", "Local Storage"),
    (
        "geplant-in-plaats-sessie",
        "sessionStorage",
        "Session Storage",
    ),
    ("geplant-als-tekst", "IndexedDB", "IndexedDB"),
    ("geplant-als-bytes", "IndexedDB", "IndexedDB"),
    ("geplant-als-breed", "IndexedDB", "IndexedDB"),
    ("geplant-als-sleutel", "IndexedDB", "IndexedDB"),
    ("geplant-als-deel-van-een-blok", "IndexedDB", "IndexedDB"),
    ("geplant-als-lange-tekst", "IndexedDB", "IndexedDB"),
    ("geplant-in-cache", "caches", "CacheStorage"),
];

/// Plants [`PLANTED`]. The browser packs a long text, its database a block of a table: there the word stands so that it
/// is put together from two parts before it, and whole in no packed byte string. Six million random bytes after it,
/// thrown away again, make the database write a table.
const PLANT: &str = r#"
const [[local, session, text, bytes, wide, key, block, pack, cached], done] = arguments;
const open = (name) => new Promise((ok, no) => {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(name);
  request.onsuccess = () => ok(request.result);
  request.onerror = no;
});
const twice = (word, count) => `${word.slice(11)} ${word.slice(0, 11)}! `.repeat(count) + word;
(async () => {
  localStorage.setItem("controle", local);
  sessionStorage.setItem("controle", session);
  const db = await open("controle");
  const change = db.transaction("controle", "readwrite", { durability: "strict" });
  const put = (value, name) => change.objectStore("controle").put(value, name);
  put(text, "a");
  put(new TextEncoder().encode(bytes), "b");
  put(Uint16Array.from(wide, (letter) => letter.charCodeAt(0)), "c");
  put(1, key);
  put(twice(block, 40), "d");
  put(twice(pack, 6000), "e");
  await new Promise((ok) => (change.oncomplete = ok));
  db.close();
  const filler = await open("vulling");
  for (let round = 0; round < 100; round += 1) {
    const change = filler.transaction("vulling", "readwrite", { durability: "strict" });
    change.objectStore("vulling").put(crypto.getRandomValues(new Uint8Array(60_000)), round);
    await new Promise((ok) => (change.oncomplete = ok));
  }
  filler.close();
  await new Promise((ok) => (indexedDB.deleteDatabase("vulling").onsuccess = ok));
  const cache = await caches.open("controle");
  await cache.put("/controle", new Response(cached));
  done(true);
})();
"#;

/// Looks for words in everything that a page reaches through its own interfaces: answers what was found where, and how
/// many values of the vault and bodies of caches were read.
const SEEK: &str = r#"
const [words, done] = arguments;
const found = [];
const seek = (place, ...texts) => {
  const small = texts.join("\n").toLowerCase();
  for (const word of words) if (small.includes(word.toLowerCase())) found.push([place, word]);
};
const read = (bytes) => ["utf-8", "utf-16le", "utf-16be"].flatMap((form) =>
  [bytes, bytes.subarray(1)].map((part) => new TextDecoder(form).decode(part))).join("\n");
const text = (value) => {
  if (value instanceof ArrayBuffer) return read(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) return read(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof Blob) throw new Error("a blob, which nobody reads yet");
  return typeof value === "object" && value !== null ? Object.entries(value).flat().map(text).join("\n") : String(value);
};
(async () => {
  let [values, bodies] = [0, 0];
  seek("address", location.href);
  seek("title", document.title);
  seek("localStorage", JSON.stringify(localStorage));
  seek("sessionStorage", JSON.stringify(sessionStorage));
  seek("cookie", document.cookie);
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((ok, no) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => ok(request.result);
      request.onerror = no;
    });
    seek("IndexedDB", name, ...db.objectStoreNames);
    const all = (request) => new Promise((ok, no) => { request.onsuccess = () => ok(request.result); request.onerror = no; });
    for (const store of db.objectStoreNames) {
      const held = await all(db.transaction(store).objectStore(store).getAll());
      const keys = await all(db.transaction(store).objectStore(store).getAllKeys());
      for (const value of [...held, ...keys]) seek("IndexedDB", text(value));
      if (name !== "controle") values += held.length;
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const kept = await cache.match(request);
      seek("caches", name, request.url, JSON.stringify([...kept.headers]), read(new Uint8Array(await kept.arrayBuffer())));
      bodies += 1;
    }
  }
  done({ found, values, bodies });
})();
"#;

/// From now on notes every address, title and state of the history that the page ever has.
const WATCH: &str = r#"
const seen = (window.seen = new Set());
const note = () => seen.add([location.href, document.title, JSON.stringify(history.state)].join("\n"));
for (const name of ["pushState", "replaceState"]) {
  const change = history[name];
  history[name] = (...parts) => { change.apply(history, parts); seen.add(JSON.stringify(parts)); note(); };
}
addEventListener("popstate", note);
new MutationObserver(note).observe(document.head, { subtree: true, childList: true, characterData: true });
note();
"#;

/// The first run, watched from its first screen; answers what may be readable nowhere: [`WORDS`] and each two groups of
/// the recovery code that follow each other (one alone is too short not to occur by chance).
async fn first_run(device: &Device) -> Result<Vec<String>> {
    let page = device.page();
    device.open("/").await?;
    page.heading("Welkom bij Dossierkluis").await?;
    device.script(WATCH, Vec::new()).await?;
    page.button("Nieuwe kluis maken").await?;
    page.fill("Je naam", CAREGIVER).await?;
    page.select("Beroep", "Verzorgende IG").await?;
    page.fill("AGB-code", AGB).await?;
    page.button("Verder").await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.fill("Herhaal wachtwoord", WRONG_REPEAT).await?;
    page.button("Verder").await?;
    page.reads("Er is een probleem.").await?;
    page.button("Toon wachtwoord").await?;
    page.fill("Herhaal wachtwoord", PASSPHRASE).await?;
    page.button("Verder").await?;
    page.heading("Herstelblad").await?;
    let groups = device.recovery_groups().await?;
    device.type_groups_back(&groups).await?;
    page.button("Kluis openen").await?;
    page.heading("Vandaag").await?;
    ensure!(groups.len() == 7 && groups.iter().all(|group| group.len() == 4));
    let mut words: Vec<String> = WORDS.map(String::from).into();
    for two in groups.windows(2) {
        words.extend(["", " ", "-"].map(|between| two.join(between)));
    }
    Ok(words)
}

/// A day with words in every free text that the app asks for.
async fn test_day(device: &Device) -> Result<()> {
    let page = device.page();
    device.open_in_app("/clienten/nieuw").await?;
    page.fill("Voornaam", FIRST_NAME).await?;
    page.fill("Achternaam", LAST_NAME).await?;
    page.fill("Geboortedatum", "1-2-34").await?;
    page.fill("Straat en huisnummer", &format!("{STREET} 1"))
        .await?;
    page.fill("Postcode", POSTCODE).await?;
    page.fill("Plaats", TOWN).await?;
    page.fill("Telefoonnummer", PHONE).await?;
    page.fill("Aanvraagdatum zorg", "30-09-2026").await?;
    page.choose(Role::Checkbox, "Wlz").await?;
    page.fill("Burgerservicenummer (BSN)", BSN).await?;
    page.button("Cliënt opslaan").await?;
    page.heading(&format!("{FIRST_NAME} {LAST_NAME}")).await?;
    let client = device.path().await?;

    plan(device, &client, &DAYS, "0730").await?;

    device.open_in_app(&client).await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", DONE).await?;
    page.fill("Resultaat", OUTCOME).await?;
    page.fill("Feiten en omstandigheden", FACTS).await?;
    page.fill("Ervaring van de cliënt", EXPERIENCE).await?;
    page.button("Iemand anders deed dit").await?;
    page.fill("Naam waarnemer", SUBSTITUTE).await?;
    page.fill("AGB-code waarnemer", SUBSTITUTE_AGB).await?;
    page.button("Metingen erbij").await?;
    page.fill("Pols", MEASURED).await?;
    page.reads(SAVED).await?;
    page.button("Bezoek ondertekenen").await?;
    page.reads("Vul bij pols een getal in").await?;
    page.fill("Pols", "72").await?;
    page.button("Bezoek ondertekenen").await?;
    page.button("Identiteit vaststellen").await?;
    let dialog = device.dialog("Identiteit vaststellen");
    dialog.button("Acute zorg: later vaststellen").await?;
    dialog.fill("Waarom kan het nu niet?", WHY_LATER).await?;
    dialog.button("Later vaststellen").await?;
    page.gone(Role::Dialog, "Identiteit vaststellen").await?;
    device.sign_visit().await?;

    page.button("Corrigeren").await?;
    let dialog = device.dialog("Bezoek corrigeren");
    dialog
        .select("Welk onderdeel?", "Wat heb je gedaan?")
        .await?;
    dialog.fill("Nieuwe tekst", CORRECTED).await?;
    dialog
        .fill("Waarom corrigeer je dit?", WHY_CORRECTED)
        .await?;
    dialog.button("Correctie ondertekenen").await?;
    page.reads("Gecorrigeerd op").await?;
    page.button("Aanvulling schrijven").await?;
    let dialog = device.dialog("Aanvulling");
    dialog.fill("Aanvulling", ADDED).await?;
    dialog.button("Aanvulling ondertekenen").await?;
    page.gone(Role::Dialog, "Aanvulling").await?;
    page.reads(ADDED).await?;

    device.open_in_app(&format!("{client}/gegevens")).await?;
    page.reads(WHY_LATER).await?;
    page.button("Identiteit vaststellen").await?;
    let dialog = device.dialog("Identiteit vaststellen");
    dialog.select("Soort document", "Paspoort").await?;
    dialog.fill("Documentnummer", DOCUMENT).await?;
    dialog
        .choose(Role::Checkbox, "BSN vergeleken met het document")
        .await?;
    dialog.button("Identiteit vastleggen").await?;
    page.reads(DOCUMENT).await?;
    page.button("BSN tonen").await?;
    page.reads(BSN).await?;
    change_details(device).await?;
    change_practice(device).await?;

    device.open_in_app(&client).await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", DRAFTED).await?;
    page.reads(SAVED).await?;
    device.open_in_app("/clienten").await?;
    page.fill("Zoek cliënt", TOWN).await?;
    page.reads(FIRST_NAME).await?;
    page.fill("Zoek cliënt", SOUGHT).await?;
    page.gone(
        Role::Link,
        &format!("{FIRST_NAME} {LAST_NAME}, 01-02-1934, {TOWN}"),
    )
    .await?;
    page.button("Op slot").await?;
    page.fill("Wachtwoord", WRONG_PASSPHRASE).await?;
    page.button("Ontgrendelen").await?;
    page.reads("Dit wachtwoord klopt niet.").await?;
    device.unlock().await
}

/// Every kind of dialog behind **Wijzig**, one of them left without saving.
async fn change_details(device: &Device) -> Result<()> {
    let page = device.page();
    for (field, typed, shown) in [
        ("Straat en huisnummer", MOVED_TO, MOVED_TO),
        ("Postcode", NEW_POSTCODE, "4519 KW"),
        ("Telefoonnummer", NEW_PHONE, "06-53172948"),
    ] {
        let small = field.to_lowercase();
        page.button(&format!("Wijzig {small}")).await?;
        let dialog = device.dialog(&format!("{field} wijzigen"));
        dialog.fill(field, typed).await?;
        dialog.button("Opslaan").await?;
        page.reads(shown).await?;
        page.gone(Role::Dialog, &format!("{field} wijzigen"))
            .await?;
    }
    page.button("Wijzig achternaam").await?;
    let dialog = device.dialog("Achternaam wijzigen");
    dialog.fill("Achternaam", NOT_CHANGED).await?;
    page.reads(SAVED).await?;
    dialog.button("Annuleren").await?;
    page.gone(Role::Dialog, "Achternaam wijzigen").await?;
    page.button("BSN wijzigen").await?;
    let dialog = device.dialog("BSN wijzigen");
    dialog.fill("Burgerservicenummer (BSN)", NEW_BSN).await?;
    dialog.button("Opslaan").await?;
    page.gone(Role::Dialog, "BSN wijzigen").await?;
    page.button("BSN tonen").await?;
    page.reads(NEW_BSN).await
}

/// Another name and the code of a practice in **Mijn praktijk**.
async fn change_practice(device: &Device) -> Result<()> {
    let page = device.page();
    device.open_in_app("/meer/praktijk").await?;
    page.fill("Je naam", NEW_CAREGIVER).await?;
    page.fill("AGB-code onderneming", PRACTICE_AGB).await?;
    page.button("Opslaan").await?;
    page.reads(SAVED).await?;
    device.open_in_app("/").await?;
    page.heading("Vandaag").await?;
    device.open_in_app("/meer/praktijk").await?;
    page.expect_value("Je naam", NEW_CAREGIVER).await
}

/// Addresses, titles and console of a session, as [`WATCH`] and the browser noted them.
async fn check_what_passed_by(device: &Device, words: &[String], least: usize) -> Result<()> {
    let plant = "const [address, title, line] = arguments; const [path, was] = [location.pathname, document.title]; \
                 history.replaceState(history.state, '', `?${address}`); document.title = title; console.log(line); \
                 setTimeout(() => { history.replaceState(history.state, '', path); document.title = was; }, 50);";
    let planted = vec![json!(IN_ADDRESS), json!(IN_TITLE), json!(IN_CONSOLE)];
    device.script(plant, planted).await?;
    let seen = "const done = arguments[0]; const look = () => document.title.startsWith('geplant') ? setTimeout(look, 20) : done([...window.seen]); look();";
    let seen = device.script_async(seen, Vec::new()).await?;
    let count = seen.as_array().map_or(0, Vec::len);
    ensure!(count >= least, "only {count} addresses and titles: {seen}");
    let mut passed = seen.to_string();
    for entry in device.driver.browser_log().await? {
        passed.push_str(&entry.message);
    }
    for word in [IN_ADDRESS, IN_TITLE, IN_CONSOLE] {
        ensure!(passed.contains(word), "{word} was not noticed: {passed}");
    }
    let passed = passed.to_lowercase();
    for word in words {
        ensure!(
            !passed.contains(&word.to_lowercase()),
            "{word} in an address, a title or the console"
        );
    }
    Ok(())
}

/// What the page itself can read, with everything planted before it.
async fn check_interfaces(device: &Device, typed: &[String]) -> Result<()> {
    let planted: Vec<&str> = PLANTED.iter().map(|(word, ..)| *word).collect();
    device.script_async(PLANT, vec![json!(planted)]).await?;
    let words: Vec<&str> = typed.iter().map(String::as_str).collect();
    let words = [words, planted].concat();
    let answer = device.script_async(SEEK, vec![json!(words)]).await?;
    let count = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
    ensure!(count("values") > 20, "{} values", count("values"));
    ensure!(count("bodies") > 10, "{} cache bodies", count("bodies"));
    let found = answer.get("found").cloned().context("no answer")?;
    let found: Vec<(String, String)> = serde_json::from_value(found)?;
    for (word, place, _) in PLANTED {
        ensure!(
            found.contains(&(place.into(), word.into())),
            "{word} is not seen in {place}"
        );
    }
    let leaked: Vec<_> = found
        .iter()
        .filter(|(_, word)| typed.contains(word))
        .collect();
    ensure!(leaked.is_empty(), "the page can read {leaked:?}");
    Ok(())
}

/// Types in a field as a careless page has it: Chromium keeps what stands in it, to bring the page back after a crash.
async fn type_in_field(device: &Device) -> Result<()> {
    let plant = "const field = document.createElement('input'); field.setAttribute('aria-label', 'Controle'); \
                 document.body.append(field);";
    device.script(plant, Vec::new()).await?;
    device.page().fill("Controle", IN_FIELD).await
}

/// A folder: what was planted is found in the places given, and nothing that was typed is found at all.
fn scan(what: &str, folder: &Path, typed: &[String], planted: &[(&str, &str)]) -> Result<()> {
    std::fs::write(folder.join("control.txt"), IN_FILE)?;
    let mut words: Vec<&str> = typed.iter().map(String::as_str).collect();
    words.push(IN_FILE);
    words.extend(planted.iter().map(|(word, _)| *word));
    let found = scan_folder(folder, &words)?;
    for (word, place) in planted.iter().chain(&[(IN_FILE, "control.txt")]) {
        let is_seen = found.iter().any(|finding| {
            let file = finding.file.display().to_string();
            finding.word == *word && file.contains(place)
        });
        ensure!(is_seen, "{what}: {word} is not seen in {place}: {found:#?}");
    }
    let leaked: Vec<_> = found
        .iter()
        .filter(|finding| typed.contains(&finding.word))
        .collect();
    ensure!(leaked.is_empty(), "{what}: {leaked:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_typed_is_readable_in_stores_addresses_caches_or_files() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    let words = first_run(&device).await?;
    type_in_field(&device).await?;
    test_day(&device).await?;
    check_what_passed_by(&device, &words, 30).await?;
    check_interfaces(&device, &words).await?;

    let mut planted = vec![
        (IN_ADDRESS, "History"),
        (IN_TITLE, "History"),
        (IN_FIELD, "Sessions"),
    ];
    planted.extend(PLANTED.map(|(word, _, folder)| (word, folder)));
    let profile = device.close().await?;
    scan(
        "the profile after a normal close",
        profile.folder(),
        &words,
        &planted,
    )?;
    let origin = turn.server()?.origin();
    let device = Device::start(profile, &origin).await?;
    device.open("/").await?;
    device.script(WATCH, Vec::new()).await?;
    device.unlock().await?;
    device
        .page()
        .within(Role::Region, "Nog ondertekenen")
        .link("Verder schrijven")
        .await?;
    device
        .page()
        .add_text("Resultaat", &format!(" en ook {OUTCOME}"))
        .await?;
    device.page().reads(SAVED).await?;
    check_what_passed_by(&device, &words, 5).await?;
    let profile = device.kill().await?;
    // The store of a session ends with it.
    planted.retain(|(_, folder)| *folder != "Session Storage");
    scan(
        "the profile after kill -9",
        profile.folder(),
        &words,
        &planted,
    )?;

    let server = turn.server()?.folder();
    scan("the server's folder and its log", server, &words, &[])?;
    let log = std::fs::read_to_string(server.join("server.log"))?;
    ensure!(log.contains("listening on"), "the server's log is empty");
    Ok(())
}
