//! A second device: by a typed code, by the camera, and everything that may go wrong on the way.

use anyhow::{Result, ensure};
use e2e::{Device, Profile, Role, World};
use serde_json::json;

use crate::sync::expect_chip;

/// Whether the browser holds a vault.
const STORES: &str = "const done = arguments[0]; indexedDB.databases().then(async (all) => { \
    for (const { name } of all) { const db = await new Promise((resolve) => { \
        const ask = indexedDB.open(name); ask.onsuccess = () => resolve(ask.result); }); \
        for (const store of db.objectStoreNames) { const count = await new Promise((resolve) => { \
            const ask = db.transaction(store).objectStore(store).count(); ask.onsuccess = () => resolve(ask.result); }); \
            if (count) { db.close(); return done(`${name}/${store}: ${count}`); } } db.close(); } done(''); })";

/// What the browser holds of a vault; empty when nothing.
pub(crate) async fn stored(device: &Device) -> Result<String> {
    let found = device.script_async(STORES, Vec::new()).await?;
    Ok(found.as_str().unwrap_or("no answer").to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typed_code_and_four_digits_make_a_second_device_and_both_work_on() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    old.add_client("Tweede", "", "Apparaat").await?;
    old.start_visit().await?;
    old.page()
        .fill("Wat heb je gedaan?", "Wond verzorgd")
        .await?;
    old.page().fill("Resultaat", "Wond is schoon").await?;
    old.page().button("Nu klaar").await?;
    old.sign_visit().await?;
    expect_chip(&old, "klaar").await?;
    old.page()
        .expect_test_id("entry-state", "Versleuteld op de server")
        .await?;
    let signed = old.path().await?;

    let new = turn.fresh().await?;
    old.pair_with(&new, "Laptop").await?;
    new.page()
        .reads("Al je dossiers staan nu op dit apparaat")
        .await?;
    expect_chip(&new, "klaar").await?;
    new.open_in_app("/clienten").await?;
    new.page()
        .link("Tweede Apparaat, 01-02-1934, Zwolle")
        .await?;
    new.page().heading("Tweede Apparaat").await?;
    new.open_in_app(&signed).await?;
    new.page().reads("Wond is schoon").await?;

    // What is made on the new one arrives on the old one, and says with it what the new one stores.
    new.add_client("Derde", "", "Vanaf").await?;
    old.open_in_app("/clienten").await?;
    old.page().link("Derde Vanaf, 01-02-1934, Zwolle").await?;
    old.page().heading("Derde Vanaf").await?;
    old.open_in_app(&signed).await?;
    old.page()
        .expect_test_id("entry-state", "Ook op Laptop")
        .await?;

    old.open_in_app("/meer/apparaten").await?;
    let laptop = old.page().group("Laptop");
    laptop.reads("Laatst gezien op").await?;
    laptop.expect_test_id("device-status", "actief").await?;
    laptop.button("Naam wijzigen").await?;
    let dialog = old.dialog("Naam wijzigen");
    dialog.fill("Naam van het apparaat", "Werklaptop").await?;
    dialog.button("Opslaan").await?;
    new.open_in_app("/meer/apparaten").await?;
    new.page().group("Werklaptop").reads("Dit apparaat").await?;

    // The new device has a passphrase of its own and opens its vault without the other.
    old.close().await?;
    new.open("/").await?;
    new.unlock().await?;
    new.page().heading("Vandaag").await?;
    new.open_in_app(&signed).await?;
    new.page().reads("Wond is schoon").await?;
    ensure!(new.console_errors().await?.is_empty());
    new.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_while_pairing_is_said_and_leaves_nothing() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    expect_chip(&old, "klaar").await?;
    let new = turn.fresh().await?;
    let code = new.ask_to_join("Tablet 2").await?;
    let dialog = old.dialog("Apparaat koppelen");

    // Mistyped.
    old.begin_to_pair().await?;
    dialog.fill("Koppelcode", "AAAA AAAA AAAA").await?;
    dialog.button("Koppelen").await?;
    dialog.reads("Deze code klopt niet.").await?;
    dialog.expect_value("Koppelcode", "AAAA AAAA AAAA").await?;

    // The digits are wrong: the new device drops everything.
    let digits = old.take_code(&code).await?;
    let wrong = if digits == "0000" { "1111" } else { "0000" };
    new.type_digits(wrong).await?;
    new.page()
        .reads("Het controlegetal klopt niet. Er is niets gekoppeld.")
        .await?;
    ensure!(stored(&new).await?.is_empty(), "{}", stored(&new).await?);
    dialog
        .reads("Het andere apparaat is gestopt. Er is niets gekoppeld.")
        .await?;

    // Used twice.
    dialog.fill("Koppelcode", &code).await?;
    dialog.button("Koppelen").await?;
    dialog.reads("Deze code is al gebruikt.").await?;
    dialog.button("Annuleren").await?;

    new.page().button("Terug").await?;
    new.page().heading("Welkom bij Dossierkluis").await?;
    ensure!(stored(&new).await?.is_empty(), "{}", stored(&new).await?);

    // And yet it can.
    old.pair_with(&new, "Tablet 2").await?;
    ensure!(!stored(&new).await?.is_empty());
    new.close().await?;
    old.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_camera_of_the_old_device_reads_the_code_of_the_new_one() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let profile = turn.locked().await?.close().await?;
    let origin = turn.server()?.origin();
    let old = Device::start_seeing(profile, &origin, None).await?;
    old.open("/").await?;
    old.unlock().await?;
    expect_chip(&old, "klaar").await?;
    let new = Device::start(Profile::new()?, &origin).await?;
    let code = new.ask_to_join("Telefoon").await?;
    new.page().by_test_id("pairing-qr").await?;
    old.point_camera_at(Some(&code))?;
    old.begin_to_pair().await?;
    old.dialog("Apparaat koppelen")
        .button("Code scannen")
        .await?;
    let digits = old.check_code().await?;
    new.type_digits(&digits).await?;
    old.dialog("Apparaat koppelen").button("Toevoegen").await?;
    new.page().heading("Vandaag").await?;
    ensure!(
        old.script("return document.querySelector('video')", Vec::new())
            .await?
            == json!(null)
    );
    new.close().await?;
    old.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_device_tells_that_one_was_added_and_an_entry_says_how_far_it_came()
-> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    expect_chip(&old, "klaar").await?;
    let (laptop, phone) = (turn.fresh().await?, turn.fresh().await?);
    old.pair_with(&laptop, "Laptop").await?;
    expect_chip(&laptop, "klaar").await?;
    old.pair_with(&phone, "Telefoon").await?;

    let page = laptop.page();
    page.reads("Telefoon is toegevoegd").await?;
    ensure!(!old.page().has(Role::Button, "Dat was ik").await?);
    ensure!(!phone.page().text().await?.contains("is toegevoegd"));
    page.button("Dat was ik").await?;
    page.gone(Role::Button, "Dat was ik").await?;
    laptop.open("/").await?;
    laptop.unlock().await?;
    expect_chip(&laptop, "klaar").await?;
    ensure!(!page.text().await?.contains("is toegevoegd"));

    turn.server()?.stop();
    expect_chip(&phone, "offline").await?;
    phone.add_client("Zonder", "", "Signaal").await?;
    phone.start_visit().await?;
    let page = phone.page();
    page.fill("Wat heb je gedaan?", "Gewandeld").await?;
    page.fill("Resultaat", "Frisse neus").await?;
    page.button("Nu klaar").await?;
    phone.sign_visit().await?;
    page.expect_test_id("entry-state", "Alleen op dit apparaat")
        .await?;
    turn.server()?.resume().await?;
    phone
        .script("dispatchEvent(new Event('online'))", Vec::new())
        .await?;
    expect_chip(&phone, "klaar").await?;
    page.expect_test_id("entry-state", "Versleuteld op de server")
        .await?;
    for device in [old, laptop, phone] {
        device.close().await?;
    }
    Ok(())
}
