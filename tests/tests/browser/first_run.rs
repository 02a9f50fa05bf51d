//! Welcome to vault.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use e2e::{Device, PASSPHRASE, Role, World};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

const STORES: &str =
    "const done = arguments[0]; indexedDB.databases().then((all) => done(all.length));";

const PERSISTED: &str = "const done = arguments[0]; navigator.storage.persisted().then(done);";

/// Fixes what the browser will answer to a page that asks it to keep its storage.
async fn answer_of_browser(device: &Device, setting: &str) -> Result<()> {
    let name = json!({ "name": "persistent-storage" });
    let answer = json!({ "permission": name, "setting": setting });
    device.devtools("Browser.setPermission", answer).await?;
    Ok(())
}

/// The browser gave this answer, and the app says so in its word and its sentence.
async fn says_of_keeping(device: &Device, is_kept: bool) -> Result<()> {
    let (word, sentence) = if is_kept {
        ("ja", "De browser wist je gegevens niet uit zichzelf.")
    } else {
        (
            "nee",
            "De browser mag gegevens wissen als het apparaat vol raakt.",
        )
    };
    let page = device.page();
    page.expect_test_id("storage-persisted", word).await?;
    page.reads(sentence).await?;
    let real = device.script_async(PERSISTED, Vec::new()).await?;
    ensure!(real == json!(is_kept), "the browser says {real}");
    Ok(())
}

/// The browser offers to install the app. A browser without a screen does not do so by itself.
const OFFER: &str = "const offer = new Event('beforeinstallprompt', { cancelable: true }); \
    window.prompts = 0; offer.prompt = () => { window.prompts += 1; return Promise.resolve(); }; \
    dispatchEvent(offer); return offer.defaultPrevented;";
const INSTALLED: &str = "dispatchEvent(new Event('appinstalled'))";

/// The card says how to do it by hand, asks once where the browser can ask, and says when it is done.
async fn is_put_on_the_home_screen(device: &Device) -> Result<()> {
    const BY_MENU: &str =
        "Open het menu van de browser. Kies daar Installeren of Toevoegen aan beginscherm.";
    let page = device.page();
    let prompts = async || device.script("return window.prompts", Vec::new()).await;
    let is_kept = device.script(OFFER, Vec::new()).await?;
    ensure!(is_kept == json!(true), "the browser's own bar would show");
    page.button("Zet op beginscherm").await?;
    ensure!(prompts().await? == json!(1));
    ensure!(!page.text().await?.contains(BY_MENU));
    // An offer can be used once.
    page.button("Zet op beginscherm").await?;
    page.reads(BY_MENU).await?;
    ensure!(prompts().await? == json!(1));
    device.script(INSTALLED, Vec::new()).await?;
    page.reads("De app staat op het beginscherm.").await?;
    page.gone(Role::Button, "Zet op beginscherm").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vault_is_made_and_vandaag_says_what_the_browser_answered() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    answer_of_browser(&device, "denied").await?;
    let groups = device.make_vault().await?;
    assert!(groups.iter().all(|group| group.len() == 4), "{groups:?}");
    let page = device.page();
    says_of_keeping(&device, false).await?;

    device.open_in_app("/meer/opslag").await?;
    page.heading("Opslag").await?;
    says_of_keeping(&device, false).await?;
    page.button("Bewaren vastzetten").await?;
    says_of_keeping(&device, false).await?;
    answer_of_browser(&device, "granted").await?;
    page.button("Bewaren vastzetten").await?;
    says_of_keeping(&device, true).await?;
    page.gone(Role::Button, "Bewaren vastzetten").await?;

    device.open_in_app("/").await?;
    page.heading("Vandaag").await?;
    says_of_keeping(&device, true).await?;
    is_put_on_the_home_screen(&device).await?;
    page.button("Later").await?;
    page.gone(Role::Heading, "Maak dit apparaat klaar").await?;
    assert!(device.console_errors().await?.is_empty());

    device.driver.refresh().await?;
    device.unlock().await?;
    page.heading("Vandaag").await?;
    page.find(Role::Link, "Nieuwe cliënt").await?;
    ensure!(!page.has(Role::Heading, "Maak dit apparaat klaar").await?);
    ensure!(!page.has(Role::Button, "Zet op beginscherm").await?);
    device.close().await?;
    Ok(())
}

/// The one point of the summary, on a screen that stays.
async fn refused_with(device: &Device, words: &str) -> Result<()> {
    let page = device.page();
    let summary = page.within(Role::Alert, "Er is een probleem. Kijk deze 1 punten na.");
    summary.find(Role::Link, words).await?;
    page.heading("Kies een wachtwoord").await
}

/// Each word for a strength, and what is said of those that are refused.
async fn passphrases_are_judged_in_words(device: &Device) -> Result<()> {
    const SHORT: &str = "Kies een wachtwoord van minstens 12 tekens";
    const KNOWN: &str = "Dit wachtwoord is makkelijk te raden. Kies een andere zin.";
    let page = device.page();
    for (typed, word, refusal) in [
        ("elf tekens!", "Te kort", Some(SHORT)),
        ("wachtwoord123", "Zwak", Some(KNOWN)),
        ("welkom012345", "Zwak", Some(KNOWN)),
        (PASSPHRASE, "Goed", None),
        ("zeven paarse fietsen langs de vijver", "Sterk", None),
    ] {
        page.fill("Wachtwoord", typed).await?;
        page.expect_test_id("passphrase-strength", word).await?;
        if let Some(refusal) = refusal {
            page.fill("Herhaal wachtwoord", typed).await?;
            page.button("Verder").await?;
            refused_with(device, refusal).await?;
        }
    }
    Ok(())
}

/// Neither box shows its text.
async fn is_covered(device: &Device) -> Result<()> {
    expect_type(device, "password").await
}

async fn expect_type(device: &Device, kind: &str) -> Result<()> {
    for label in ["Wachtwoord", "Herhaal wachtwoord"] {
        let found = device.page().find(Role::Textbox, label).await?;
        let found = found.attr("type").await?;
        ensure!(found.as_deref() == Some(kind), "{label}: {found:?}");
    }
    Ok(())
}

/// Fills the repeat from the clipboard, as a password manager's user does, and looks at both.
async fn passphrase_can_be_pasted_and_shown(device: &Device) -> Result<()> {
    let page = device.page();
    is_covered(device).await?;
    page.button("Toon wachtwoord").await?;
    let show = page.find(Role::Button, "Toon wachtwoord").await?;
    assert_eq!(show.attr("aria-pressed").await?.as_deref(), Some("true"));
    expect_type(device, "text").await?;
    let typed = page.find(Role::Textbox, "Wachtwoord").await?;
    typed.send_keys(Key::Control + "a").await?;
    typed.send_keys(Key::Control + "c").await?;
    let repeat = page.find(Role::Textbox, "Herhaal wachtwoord").await?;
    repeat.send_keys(Key::Control + "v").await?;
    page.expect_value("Herhaal wachtwoord", PASSPHRASE).await?;
    page.button("Toon wachtwoord").await?;
    assert_eq!(show.attr("aria-pressed").await?.as_deref(), Some("false"));
    is_covered(device).await?;
    typed.send_keys(Key::Control + "a").await?;
    typed.send_keys(Key::Control + "v").await?;
    page.expect_value("Wachtwoord", PASSPHRASE).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_loses_nothing_and_a_reload_before_the_end_leaves_no_store() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    device.open("/").await?;
    let page = device.page();
    page.button("Nieuwe kluis maken").await?;
    page.button("Verder").await?;
    page.reads("Er is een probleem.").await?;
    page.fill("Je naam", "Bo").await?;
    page.select("Beroep", "Helpende").await?;
    page.fill("AGB-code", "123").await?;
    page.button("Verder").await?;
    page.reads("Er is een probleem. Kijk deze 1 punten na.")
        .await?;
    page.reads("Vul de AGB-code in met 8 cijfers").await?;
    page.fill("AGB-code", "").await?;
    page.button("Verder").await?;
    page.heading("Kies een wachtwoord").await?;
    // Leaving the box shows its error; the press that left it must land all the same.
    page.fill("Wachtwoord", "kort").await?;
    page.button("Terug").await?;
    page.expect_value("Je naam", "Bo").await?;
    page.button("Verder").await?;
    page.fill("Wachtwoord", "kort").await?;
    passphrases_are_judged_in_words(&device).await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.fill("Herhaal wachtwoord", "iets heel anders dan dat")
        .await?;
    page.button("Verder").await?;
    refused_with(&device, "De twee wachtwoorden zijn niet gelijk").await?;
    page.fill("Herhaal wachtwoord", "").await?;
    passphrase_can_be_pasted_and_shown(&device).await?;
    page.button("Verder").await?;
    page.heading("Herstelblad").await?;
    let groups = device.recovery_groups().await?;
    let asked = device.asked_groups().await?;
    assert_eq!(asked.len(), 2);
    let first = &asked[0].1;
    page.fill(first, "AB").await?;
    for way in ["Terug", "browser"] {
        match way {
            "Terug" => page.button(way).await?,
            _ => device.driver.back().await?,
        }
        page.heading("Kies een wachtwoord").await?;
        page.expect_value("Wachtwoord", PASSPHRASE).await?;
        page.expect_value("Herhaal wachtwoord", PASSPHRASE).await?;
        is_covered(&device).await?;
        match way {
            "Terug" => page.button("Verder").await?,
            _ => device.driver.forward().await?,
        }
        page.heading("Herstelblad").await?;
        assert_eq!(device.recovery_groups().await?, groups, "after {way}");
        assert_eq!(device.asked_groups().await?, asked, "after {way}");
        page.expect_value(first, "AB").await?;
    }
    for step in ["Kies een wachtwoord", "Herstelblad", "Kies een wachtwoord"] {
        device.driver.back().await?;
        page.heading(step).await?;
    }
    device.driver.back().await?;
    page.heading("Wie ben je?").await?;
    page.expect_value("Je naam", "Bo").await?;
    for step in ["Kies een wachtwoord", "Herstelblad"] {
        page.button("Verder").await?;
        page.heading(step).await?;
    }
    assert_eq!(device.recovery_groups().await?, groups);

    for (_, label) in &asked {
        page.fill(label, "0000").await?;
    }
    page.button("Kluis openen").await?;
    page.reads("Deze groep klopt niet. Kijk op je herstelblad.")
        .await?;
    let code = page.test_id("recovery-code").await?;
    assert!(groups.iter().all(|group| code.contains(group.as_str())));
    assert!(
        !device
            .driver
            .current_url()
            .await?
            .as_str()
            .contains(groups[0].as_str())
    );

    assert_eq!(device.script_async(STORES, Vec::new()).await?, json!(0));
    device.driver.refresh().await?;
    page.heading("Welkom bij Dossierkluis").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_recovery_sheet_prints_alone_on_one_page() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    let page = device.page();
    let groups = device.begin_vault().await?;
    let count = "window.prints = 0; window.print = () => { window.prints += 1; }";
    device.script(count, Vec::new()).await?;
    page.button("Herstelblad afdrukken").await?;
    let prints = device.script("return window.prints", Vec::new()).await?;
    assert_eq!(prints, json!(1));

    let media = json!({ "media": "print" });
    device.devtools("Emulation.setEmulatedMedia", media).await?;
    assert_eq!(device.recovery_groups().await?, groups);
    page.reads("Bewaar dit blad op een veilige plek").await?;
    for role in [Role::Button, Role::Link, Role::Textbox, Role::Navigation] {
        let left = page.all(role).await?;
        ensure!(left.is_empty(), "{role:?} on paper: {left:?}");
    }
    let paper = json!({ "preferCSSPageSize": true });
    let pdf = device.devtools("Page.printToPDF", paper).await?;
    let pdf = pdf.get("data").and_then(Value::as_str).unwrap_or_default();
    let pdf = base64::prelude::BASE64_STANDARD.decode(pdf)?;
    let pdf = String::from_utf8_lossy(&pdf);
    let pages = pdf.matches("/Type /Page").count() - pdf.matches("/Type /Pages").count();
    assert_eq!(pages, 1, "the sheet takes {pages} pages");
    device.close().await?;
    Ok(())
}

/// Width and height of the picture at an address.
const SIZE: &str = "const [address, done] = arguments; fetch(address).then((reply) => reply.blob()) \
    .then(createImageBitmap).then((picture) => done(`${picture.width}x${picture.height}`));";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_finds_the_app_installable_and_its_icons_of_the_size_they_say() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    device.open("/").await?;
    device.page().heading("Welkom bij Dossierkluis").await?;
    let found = device
        .devtools("Page.getInstallabilityErrors", json!({}))
        .await?;
    assert_eq!(found.get("installabilityErrors"), Some(&json!([])));
    let manifest = device.devtools("Page.getAppManifest", json!({})).await?;
    assert_eq!(manifest.get("errors"), Some(&json!([])));
    let text = manifest.get("data").and_then(Value::as_str);
    let manifest: Value = serde_json::from_str(text.context("no manifest")?)?;
    let icons = manifest.get("icons").and_then(Value::as_array);
    let icons = icons.context("no icons")?;
    ensure!(icons.len() >= 2);
    for icon in icons {
        let address = icon.get("src").cloned().context("no address")?;
        let size = device.script_async(SIZE, vec![address]).await?;
        assert_eq!(Some(&size), icon.get("sizes"), "{icon}");
    }
    device.close().await?;
    Ok(())
}
