//! Welcome to vault.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use e2e::{Device, PASSPHRASE, Role, World};
use serde_json::{Value, json};

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
    page.button("Later").await?;
    page.gone(Role::Button, "Later").await?;
    assert!(device.console_errors().await?.is_empty());
    device.close().await?;
    Ok(())
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
    assert_eq!(page.test_id("passphrase-strength").await?.trim(), "Te kort");
    page.fill("Wachtwoord", "wachtwoord123").await?;
    page.fill("Herhaal wachtwoord", "wachtwoord123").await?;
    page.button("Verder").await?;
    page.heading("Kies een wachtwoord").await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.fill("Herhaal wachtwoord", "iets heel anders dan dat")
        .await?;
    page.button("Verder").await?;
    page.heading("Kies een wachtwoord").await?;
    page.fill("Herhaal wachtwoord", PASSPHRASE).await?;
    page.button("Verder").await?;
    page.heading("Herstelblad").await?;
    let groups = device.recovery_groups().await?;
    let asked = device.asked_groups().await?;
    assert_eq!(asked.len(), 2);
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
