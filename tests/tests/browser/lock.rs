//! The lock: wrong passphrases, waits, what leaves the page.

use anyhow::{Context, Result, ensure};
use e2e::{Device, PASSPHRASE, Role, World};
use serde_json::json;

use crate::faults::paste;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_passphrase_keeps_the_text_and_five_bring_a_wait_that_survives_a_reload()
-> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.locked().await?;
    let page = device.page();
    page.fill("Wachtwoord", "helemaal niet goed").await?;
    page.button("Ontgrendelen").await?;
    page.reads("Dit wachtwoord klopt niet. Let op hoofdletters.")
        .await?;
    page.expect_value("Wachtwoord", "helemaal niet goed")
        .await?;
    for round in 2..=5 {
        page.fill("Wachtwoord", &format!("helemaal niet goed {round}"))
            .await?;
        page.button("Ontgrendelen").await?;
        if round < 5 {
            page.find(Role::Button, "Ontgrendelen").await?;
            page.reads("Dit wachtwoord klopt niet.").await?;
        }
    }
    page.reads("Wacht nog").await?;
    device.driver.refresh().await?;
    page.reads("Wacht nog").await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.button("Ontgrendelen").await?;
    page.reads("Wacht nog").await?;
    page.heading("Kluis op slot").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locking_takes_the_content_off_the_page_and_unlocking_brings_the_place_back() -> Result<()>
{
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Geheime", "", "Naamdrager").await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    let source = device.driver.source().await?;
    assert!(
        !source.contains("Naamdrager"),
        "the locked page still holds the name"
    );
    assert!(!device.driver.title().await?.contains("Naamdrager"));
    device.unlock().await?;
    page.heading("Geheime Naamdrager").await?;
    assert_eq!(device.path().await?, client);
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_back_after_a_lock_shows_no_content() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    device.add_client("Terug", "", "Knopje").await?;
    device.page().button("Op slot").await?;
    device.page().heading("Kluis op slot").await?;
    device.driver.back().await?;
    device.page().heading("Kluis op slot").await?;
    assert!(!device.driver.source().await?.contains("Knopje"));
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn composed_and_decomposed_letters_open_the_same_vault() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    let page = device.page();
    device.open("/").await?;
    page.button("Nieuwe kluis maken").await?;
    page.fill("Je naam", "Bé").await?;
    page.select("Beroep", "Anders").await?;
    page.button("Verder").await?;
    page.fill("Wachtwoord", "café aan de gracht \u{e9}\u{e9}n")
        .await?;
    page.fill(
        "Herhaal wachtwoord",
        "cafe\u{301} aan de gracht e\u{301}\u{e9}n",
    )
    .await?;
    page.button("Verder").await?;
    page.heading("Herstelblad").await?;
    let groups = device.recovery_groups().await?;
    for (number, label) in device.asked_groups().await? {
        page.fill(&label, &groups[number - 1].to_lowercase())
            .await?;
    }
    page.button("Kluis openen").await?;
    page.heading("Vandaag").await?;
    page.button("Op slot").await?;
    page.fill("Wachtwoord", "cafe\u{301} aan de gracht e\u{301}\u{e9}n")
        .await?;
    page.button("Ontgrendelen").await?;
    page.heading("Vandaag").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_time_locks() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    device.add_client("Stil", "", "Moment").await?;
    jump(&device, 6).await?;
    device.page().heading("Kluis op slot").await?;
    assert!(!device.driver.source().await?.contains("Moment"));
    device.close().await?;
    Ok(())
}

/// Lets the page's clock stand `minutes` further than it is: the tablet slept.
async fn jump(device: &Device, minutes: u32) -> Result<()> {
    let script = "const ahead = arguments[0] * 60000; const real = Date.now.bind(Date); Date.now = () => real() + ahead; \
                  const run = performance.now.bind(performance); performance.now = () => run() + ahead;";
    device.script(script, vec![json!(minutes)]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_passphrase_field_takes_a_paste_and_shows_its_text() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.locked().await?;
    let page = device.page();
    paste(&device, "Wachtwoord", PASSPHRASE).await?;
    let show = page.find(Role::Button, "Toon wachtwoord").await?;
    assert_eq!(show.attr("aria-pressed").await?.as_deref(), Some("false"));
    show.click().await?;
    assert_eq!(show.attr("aria-pressed").await?.as_deref(), Some("true"));
    assert_eq!(
        page.find(Role::Textbox, "Wachtwoord")
            .await?
            .attr("type")
            .await?
            .as_deref(),
        Some("text")
    );
    page.button("Ontgrendelen").await?;
    page.heading("Vandaag").await?;
    device.close().await?;
    Ok(())
}

/// Puts the window away, as another app in front does.
async fn hide(device: &Device) -> Result<()> {
    device.driver.minimize_window().await?;
    let seen = device.script("return document.visibilityState", Vec::new());
    ensure!(seen.await? == json!("hidden"), "the window is in sight");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_out_of_sight_is_covered_at_once_and_locked_after_minutes() -> Result<()> {
    const COVER: &str = "De inhoud is afgedekt.";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Achter", "", "Glas").await?;
    hide(&device).await?;
    ensure!(
        !page.has(Role::Heading, "Achter Glas").await?,
        "not covered"
    );
    page.reads(COVER).await?;
    device.driver.set_window_rect(0, 0, 1024, 768).await?;
    page.heading("Achter Glas").await?;
    ensure!(!page.text().await?.contains(COVER), "still covered");

    hide(&device).await?;
    // Less than the five minutes without input, more than the three out of sight.
    jump(&device, 4).await?;
    page.heading("Kluis op slot").await?;
    assert!(!device.driver.source().await?.contains("Glas"));
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_the_browser_kept_holds_no_content() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Uit", "", "Geheugen").await?;
    let note =
        "addEventListener('pageshow', () => { window.seen = document.documentElement.innerHTML; })";
    device.script(note, Vec::new()).await?;
    device.open("/health").await?;
    device.driver.back().await?;
    page.heading("Kluis op slot").await?;
    let seen = device.script("return window.seen", Vec::new()).await?;
    let seen = seen.as_str().context("the browser did not keep the page")?;
    ensure!(seen.contains("Kluis op slot") && !seen.contains("Geheugen"));
    assert!(!device.driver.source().await?.contains("Geheugen"));
    device.unlock().await?;
    page.heading("Uit Geheugen").await?;
    device.close().await?;
    Ok(())
}
