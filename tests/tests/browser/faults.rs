//! What goes wrong around the app: a full device, storage that is removed, a wrong clock; and what people type that a
//! form must take as it is.

mod question;

use anyhow::{Context, Result, bail, ensure};
use e2e::{AlteredApp, Device, GLANCE, PASSPHRASE, Role, SAVED, Turn, World, app_folder};
use serde_json::json;

use question::{Leave, is_asked};

/// Leaves the app for another page of its origin, so that nothing holds the vault.
pub(crate) async fn leave(device: &Device) -> Result<()> {
    device.open("/health").await
}

/// Puts a text in a box at once, as a paste does, and waits until the page shows what that changes.
pub(crate) async fn paste(device: &Device, label: &str, text: &str) -> Result<()> {
    let element = device.page().find(Role::Textbox, label).await?;
    let script = "const [box, text, done] = arguments; box.focus(); box.select(); \
        document.execCommand('insertText', false, text); \
        requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
    let args = vec![element.to_json()?, json!(text)];
    device.driver.execute_async(script, args).await?;
    Ok(())
}

/// How much the origin may store from now on; `None` = as much as the device has room for.
pub(crate) async fn allow(device: &Device, origin: &str, quota_bytes: Option<u64>) -> Result<()> {
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

/// A device that got full while a visit was written; returns the text that did not fit.
pub(crate) async fn filled_up(turn: &mut Turn) -> Result<(Device, String)> {
    const ROOM_BYTES: u64 = 100_000;
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
    for round in 1..=20 {
        let text = format!("{round}. {long}");
        paste(&device, "Wat heb je gedaan?", &text).await?;
        if !is_saved(&device).await? {
            return Ok((device, text));
        }
    }
    bail!("the device does not get full")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_device_says_so_keeps_the_text_and_saves_it_after_space_is_made() -> Result<()> {
    let mut turn = World::enter().await?;
    let origin = turn.server()?.origin();
    let (device, text) = filled_up(&mut turn).await?;
    let page = device.page();
    page.reads("Het apparaat is vol.").await?;
    page.reads("Nieuw werk kan niet worden bewaard. Maak eerst ruimte.")
        .await?;
    page.expect_value("Wat heb je gedaan?", &text).await?;
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
    page.expect_value("Wat heb je gedaan?", &text).await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_did_not_fit_outlives_a_lock_and_the_browser_asks_before_it_would_be_lost()
-> Result<()> {
    let mut turn = World::enter().await?;
    let origin = turn.server()?.origin();
    let (device, text) = filled_up(&mut turn).await?;
    let page = device.page();
    for leave in [Leave::Reload, Leave::Close] {
        ensure!(is_asked(&device, leave).await?, "{leave:?} without asking");
    }
    page.expect_value("Wat heb je gedaan?", &text).await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    page.reads("Er is werk dat nog niet bewaard is.").await?;
    ensure!(!device.driver.source().await?.contains("Gewassen"));
    for leave in [Leave::Reload, Leave::Close] {
        ensure!(is_asked(&device, leave).await?, "{leave:?} without asking");
    }
    page.reads("Er is werk dat nog niet bewaard is.").await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.button("Ontgrendelen").await?;
    page.reads("Nieuw werk kan niet worden bewaard. Maak eerst ruimte.")
        .await?;
    page.heading("Kluis op slot").await?;
    page.reads("Er is werk dat nog niet bewaard is.").await?;
    allow(&device, &origin, None).await?;
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", &text).await?;
    let is_still_asked = is_asked(&device, Leave::Reload).await?;
    ensure!(!is_still_asked, "asks without a reason");
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", &text).await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_and_a_client_that_do_not_fit_stay_as_typed_until_space_is_made() -> Result<()> {
    const CLIENT: [(&str, &str); 4] = [
        ("Voornaam", "Paste"),
        ("Achternaam", "Nietmeer"),
        ("Geboortedatum", "1-2-34"),
        ("Aanvraagdatum zorg", "30-09-2026"),
    ];
    const ROW: &str = "Paste Nietmeer, 01-02-1934";
    let mut turn = World::enter().await?;
    let origin = turn.server()?.origin();
    let (device, text) = filled_up(&mut turn).await?;
    let page = device.page();
    page.button("Geen bijzonderheden").await?;
    refused(&device, 1).await?;
    page.button("Bezoek ondertekenen").await?;
    refused(&device, 2).await?;
    ensure!(!page.text().await?.contains("Bezoek ondertekend"));
    page.expect_test_id("visit-status", "concept").await?;
    page.expect_value("Wat heb je gedaan?", &text).await?;
    page.expect_value(
        "Resultaat",
        "Zorg gegeven zoals afgesproken. Geen bijzonderheden.",
    )
    .await?;

    device.open_in_app("/clienten/nieuw").await?;
    page.heading("Nieuwe cliënt").await?;
    for (label, typed) in CLIENT {
        page.fill(label, typed).await?;
    }
    page.choose(Role::Checkbox, "Particulier").await?;
    refused(&device, 1).await?;
    page.button("Cliënt opslaan").await?;
    refused(&device, 2).await?;
    page.heading("Nieuwe cliënt").await?;
    ensure!(!page.text().await?.contains(SAVED));
    page.button("Op slot").await?;
    page.reads("Er is werk dat nog niet bewaard is.").await?;

    allow(&device, &origin, None).await?;
    device.unlock().await?;
    page.heading("Nieuwe cliënt").await?;
    for (label, typed) in CLIENT {
        page.expect_value(label, typed).await?;
    }
    device.open_in_app("/clienten").await?;
    page.find(Role::Link, "Volle Schijf, 01-02-1934, Zwolle")
        .await?;
    ensure!(!page.has(Role::Link, ROW).await?, "a client half saved");
    device.open_in_app("/clienten/nieuw").await?;
    page.expect_value("Voornaam", "Paste").await?;
    page.button("Cliënt opslaan").await?;
    page.heading("Paste Nietmeer").await?;

    device.open_in_app("/").await?;
    page.link("Verder schrijven").await?;
    page.expect_value("Wat heb je gedaan?", &text).await?;
    device.sign_visit().await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    page.reads(text.trim()).await?;
    device.open_in_app("/clienten").await?;
    page.find(Role::Link, ROW).await?;
    device.close().await?;
    Ok(())
}

/// Waits until the page says this many times that nothing fits: once for the text, once more for what was pressed.
async fn refused(device: &Device, count: usize) -> Result<()> {
    const WORDS: &str = "Nieuw werk kan niet worden bewaard. Maak eerst ruimte.";
    for _ in 0..500 {
        if device.page().text().await?.matches(WORDS).count() == count {
            return Ok(());
        }
        tokio::time::sleep(GLANCE).await;
    }
    bail!("not {count} times: {}", device.page().text().await?)
}

/// Whether the text just put in was saved; waits until the app says one or the other.
async fn is_saved(device: &Device) -> Result<bool> {
    for _ in 0..500 {
        let text = device.page().text().await?;
        if text.contains("Het apparaat is vol.") {
            return Ok(false);
        }
        if text.contains(SAVED) {
            return Ok(true);
        }
        tokio::time::sleep(GLANCE).await;
    }
    bail!("the app says neither that the text is saved nor that it is not")
}

/// What the browser does when it needs the room: the database goes, smaller things may stay.
pub(crate) async fn evict(device: &Device, origin: &str) -> Result<()> {
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

/// Has the browser ask the server for everything, as if nothing were kept for offline use.
pub(crate) async fn without_offline_copy(device: &Device) -> Result<()> {
    device.devtools("Network.enable", json!({})).await?;
    let bypass = json!({ "bypass": true });
    device
        .devtools("Network.setBypassServiceWorker", bypass)
        .await?;
    Ok(())
}

/// Serves another build and lets the browser forget what it fetched before.
pub(crate) async fn serve(turn: &mut Turn, device: &Device, app: &std::path::Path) -> Result<()> {
    turn.server()?.serve(app).await?;
    device
        .devtools("Network.clearBrowserCache", json!({}))
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_a_day_off_is_warned_of_and_loses_nothing() -> Result<()> {
    const WARNING: &str = "De klok van dit apparaat loopt achter.";
    const TEXTS: [&str; 3] = [
        "Bij de klok die goed stond",
        "Bij de klok die een dag voorliep",
        "Bij de klok die weer goed staat",
    ];
    let mut turn = World::enter().await?;
    let ahead = AlteredApp::ahead(25)?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Klok", "", "Voor").await?;
    sign(&device, TEXTS[0]).await?;

    without_offline_copy(&device).await?;
    for (round, app) in [ahead.folder(), &app_folder()?].into_iter().enumerate() {
        leave(&device).await?;
        serve(&mut turn, &device, app).await?;
        device.open("/").await?;
        device.unlock().await?;
        if round == 0 {
            page.heading("Vandaag").await?;
            ensure!(!page.text().await?.contains(WARNING), "warned too early");
        } else {
            // The clock is set right: for the vault it is now a day before what it has seen.
            page.by_test_id("clock-warning").await?;
            page.reads(WARNING).await?;
            page.reads("Er is niets weg.").await?;
        }
        device.open_in_app(&format!("{client}/bezoeken")).await?;
        page.reads(TEXTS[round]).await?;
        sign(&device, TEXTS[round + 1]).await?;
    }
    device.driver.refresh().await?;
    device.unlock().await?;
    device.open_in_app(&format!("{client}/bezoeken")).await?;
    for text in TEXTS {
        page.reads(text).await?;
    }
    device.close().await?;
    Ok(())
}

/// Signs a visit of the client on screen.
async fn sign(device: &Device, text: &str) -> Result<()> {
    let page = device.page();
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", text).await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await
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
