//! QR codes in the gallery: one that is shown, and the camera that reads one.

use anyhow::{Result, ensure};
use e2e::{Device, Role, World};
use serde_json::{Value, json};

/// What another device might show.
const TEXT: &str = "9M2RX-4HTCW-VQ0ZK@https://relay.voorbeeld.nl:8443";
/// What the gallery itself shows, and its camera passes over.
const SHOWN: &str = "7K3QF-0ZT5M-VOORBEELD@https://kluis.voorbeeld.nl";
const READ: &str = "gallery-read";
const STATE: &str = "camera-state";

/// Counts the cameras that are on, from before the app asks for the first.
const COUNT: &str = "window.cameras = []; const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices); \
    navigator.mediaDevices.getUserMedia = async (wishes) => { \
        const stream = await given(wishes); cameras.push(...stream.getTracks()); return stream; };";
const LIVE: &str = "return cameras.filter((track) => track.readyState === 'live').length;";

async fn gallery(device: &Device) -> Result<()> {
    device.open("/galerij").await?;
    device.page().find(Role::Heading, "QR-codes").await?;
    device.script(COUNT, Vec::new()).await?;
    Ok(())
}

async fn live_cameras(device: &Device) -> Result<Value> {
    device.script(LIVE, Vec::new()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_camera_reads_a_code_and_goes_off() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.developers_seeing(Some(TEXT)).await?;
    let page = device.page();
    gallery(&device).await?;
    page.button("Code scannen").await?;
    page.expect_test_id(READ, TEXT).await?;
    page.expect_test_id(STATE, "De QR-code is gelezen.").await?;
    ensure!(live_cameras(&device).await? == json!(0), "the camera is on");
    ensure!(device.script("return cameras.length", Vec::new()).await? == json!(1));
    let kept = "return document.querySelector('.c-scanner__view').srcObject";
    ensure!(device.script(kept, Vec::new()).await?.is_null());
    ensure!(device.console_errors().await?.is_empty());
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_code_is_passed_over_and_closing_puts_the_camera_off() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.developers_seeing(Some(SHOWN)).await?;
    let page = device.page();
    gallery(&device).await?;
    page.button("Code scannen").await?;
    page.reads("Dit is een andere QR-code. Houd de juiste QR-code in beeld.")
        .await?;
    ensure!(
        live_cameras(&device).await? == json!(1),
        "the camera is off"
    );
    page.button("Camera sluiten").await?;
    page.gone(Role::Button, "Camera sluiten").await?;
    ensure!(live_cameras(&device).await? == json!(0), "the camera is on");
    ensure!(!page.text().await?.contains(SHOWN));

    device.point_camera_at(Some(TEXT))?;
    page.button("Code scannen").await?;
    page.expect_test_id(READ, TEXT).await?;
    ensure!(live_cameras(&device).await? == json!(0), "the camera is on");
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_camera_is_off_while_the_page_is_out_of_sight() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.developers_seeing(None).await?;
    let page = device.page();
    gallery(&device).await?;
    page.button("Code scannen").await?;
    page.reads("Houd de QR-code in beeld.").await?;
    ensure!(
        live_cameras(&device).await? == json!(1),
        "the camera is off"
    );

    device.driver.minimize_window().await?;
    let seen = "return document.visibilityState";
    ensure!(device.script(seen, Vec::new()).await? == json!("hidden"));
    ensure!(live_cameras(&device).await? == json!(0), "the camera is on");
    device.point_camera_at(Some(TEXT))?;
    device.driver.maximize_window().await?;
    page.expect_test_id(READ, TEXT).await?;
    let cameras = device.script("return cameras.length", Vec::new()).await?;
    ensure!(cameras == json!(2), "asked for {cameras} cameras");
    ensure!(live_cameras(&device).await? == json!(0), "the camera is on");
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_camera_that_is_refused_is_told_in_words_and_can_be_asked_for_again() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.developers_seeing(Some(TEXT)).await?;
    let page = device.page();
    gallery(&device).await?;
    device.allow_camera(false).await?;
    page.button("Code scannen").await?;
    page.reads("De app mag de camera niet gebruiken. Geef toestemming in de browser.")
        .await?;
    page.reads("Je kunt de code ook typen.").await?;
    page.expect_test_id(STATE, "").await?;
    device.allow_camera(true).await?;
    page.button("Opnieuw proberen").await?;
    page.expect_test_id(READ, TEXT).await?;
    page.gone(Role::Button, "Opnieuw proberen").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shown_code_is_dark_on_white_in_dark_mode_and_has_a_name() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.developers().await?;
    device.open("/galerij").await?;
    let page = device.page();
    page.find(Role::Image, "Koppelcode van dit apparaat")
        .await?;
    device.prefer_dark(true).await?;
    let look = "const code = document.querySelector('[data-testid=gallery-qr]'); \
        const box = code.getBoundingClientRect(); \
        return [...code.children].map((path) => getComputedStyle(path).fill) \
            .concat(String(box.width === box.height && box.width > 200));";
    let seen = device.script(look, Vec::new()).await?;
    ensure!(
        seen == json!(["rgb(255, 255, 255)", "rgb(0, 0, 0)", "true"]),
        "{seen}"
    );
    device.close().await?;
    Ok(())
}
