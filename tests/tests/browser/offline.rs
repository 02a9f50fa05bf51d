//! The server is stopped: for the browser the network is cut.

use anyhow::{Context, Result, ensure};
use e2e::{AlteredApp, Device, GLANCE, PATIENCE, Role, SAVED, World, app_folder};
use serde_json::json;

use crate::reload::is_signed;

const READY: &str =
    "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true));";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_start_without_network_reaches_every_daily_task() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    device.add_client("Voor", "", "Storing").await?;
    assert_eq!(device.script_async(READY, Vec::new()).await?, json!(true));
    let profile = device.close().await?;
    let origin = turn.server()?.origin();
    turn.server()?.stop();

    let device = Device::start(profile, &origin).await?;
    device.open("/").await?;
    device.unlock().await?;
    let page = device.page();
    page.within(Role::Navigation, "Hoofdmenu")
        .link("Cliënten")
        .await?;
    page.fill("Zoek cliënt", "stor").await?;
    page.link("Voor Storing, 01-02-1934, Zwolle").await?;
    page.heading("Voor Storing").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Zonder internet geholpen")
        .await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    page.reads("Zonder internet geholpen").await?;
    device.add_client("Tijdens", "", "Storing").await?;
    device.open_in_app("/meer/opslag").await?;
    page.reads("De app start ook zonder internet.").await?;
    assert!(
        device
            .console_errors()
            .await?
            .iter()
            .all(|line| line.contains("ERR_CONNECTION_REFUSED"))
    );
    device.close().await?;
    turn.server()?.resume().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_killed_browsers_lose_nothing_that_was_called_saved() -> Result<()> {
    const EARLIER: &str = "Voor de storingen";
    let mut turn = World::enter().await?;
    let mut device = turn.unlocked().await?;
    let client = device.add_client("Kroon", "", "Getuige").await?;
    let origin = turn.server()?.origin();
    write(&device, &client, EARLIER).await?;
    device.sign_visit().await?;
    for round in 0..20_u64 {
        let text = format!("Ronde {round} bezocht");
        write(&device, &client, &text).await?;
        device.page().reads(SAVED).await?;
        // Half of the rounds end with the draft just called saved, the others somewhere in the save of the signature.
        if round % 2 == 0 {
            device.page().button("Bezoek ondertekenen").await?;
            tokio::time::sleep(std::time::Duration::from_millis(round * 7)).await;
        }
        let profile = device.kill().await?;
        device = Device::start(profile, &origin).await?;
        device.open("/").await?;
        device.unlock().await?;
        if !is_signed(&device, &client, &text, EARLIER).await? {
            device.open_in_app("/").await?;
            device.page().link("Verder schrijven").await?;
            device.sign_visit().await?;
        }
    }
    device.open_in_app(&format!("{client}/bezoeken")).await?;
    for round in 0..20 {
        device
            .page()
            .reads(&format!("Ronde {round} bezocht"))
            .await?;
    }
    device.close().await?;
    Ok(())
}

/// A visit of the client, ready to be signed.
async fn write(device: &Device, client: &str, text: &str) -> Result<()> {
    device.open_in_app(client).await?;
    device.start_visit().await?;
    device.page().fill("Wat heb je gedaan?", text).await?;
    device.page().button("Geen bijzonderheden").await
}

/// Has the browser look for a new version, as it does by itself now and then; answers when one waits.
const LOOK: &str = r#"
const done = arguments[0];
navigator.serviceWorker.getRegistration().then(async (kept) => {
  await kept.update();
  const look = () => (kept.waiting ? done(true) : setTimeout(look, 40));
  look();
});
"#;

/// The versions of the app that the browser keeps.
async fn versions(device: &Device) -> Result<Vec<String>> {
    let names = "const done = arguments[0]; caches.keys().then(done);";
    let names = device.script_async(names, Vec::new()).await?;
    Ok(serde_json::from_value(names)?)
}

/// Waits until the marked page has made way for a new one.
async fn loaded_anew(device: &Device) -> Result<()> {
    let waiting = async {
        while is_marked(device).await.unwrap_or(true) {
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .context("the page was not loaded anew")
}

/// Whether the page that was marked is still the one on screen, or was loaded anew.
async fn is_marked(device: &Device) -> Result<bool> {
    let mark = device
        .script("return window.mark === 1", Vec::new())
        .await?;
    Ok(mark == json!(true))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_version_is_offered_at_lock_and_never_forced() -> Result<()> {
    const OFFER: &str = "Nieuwe versie klaar.";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Nieuwe", "", "Versie").await?;
    device.script_async(READY, Vec::new()).await?;
    let old = versions(&device).await?;
    ensure!(old.len() == 1, "{old:?}");
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Bezig met schrijven")
        .await?;
    device.script("window.mark = 1", Vec::new()).await?;

    let newer = AlteredApp::newer()?;
    turn.server()?.serve(newer.folder()).await?;
    device.script_async(LOOK, Vec::new()).await?;
    page.expect_value("Wat heb je gedaan?", "Bezig met schrijven")
        .await?;
    ensure!(is_marked(&device).await?, "the page was loaded anew");
    ensure!(!page.text().await?.contains(OFFER), "offered during work");

    page.button("Op slot").await?;
    page.reads(OFFER).await?;
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", "Bezig met schrijven")
        .await?;
    ensure!(is_marked(&device).await?, "the page was loaded anew");
    ensure!(versions(&device).await?.contains(&old[0]));

    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    let first = device.driver.window().await?;
    let second = device.driver.new_tab().await?;
    device.driver.switch_to_window(second.clone()).await?;
    device.open("/").await?;
    page.heading("Dossierkluis is al open").await?;
    device.script("window.mark = 1", Vec::new()).await?;
    device.driver.switch_to_window(first).await?;
    page.button("Bijwerken").await?;
    loaded_anew(&device).await?;
    page.heading("Kluis op slot").await?;
    let new = versions(&device).await?;
    ensure!(new.len() == 1 && new != old, "{old:?} became {new:?}");
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", "Bezig met schrijven")
        .await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    ensure!(!page.has(Role::Button, "Bijwerken").await?);

    // The files of the old version are gone: the other tab has loaded the new one by itself.
    device.driver.switch_to_window(second).await?;
    loaded_anew(&device).await?;
    page.heading("Dossierkluis is al open").await?;
    device.close().await?;
    turn.server()?.serve(&app_folder()?).await
}
