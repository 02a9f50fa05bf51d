//! Pairings that end before their end: whoever stops, by whatever cause, the other one is told, nothing is half-paired,
//! and the next try works.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::{AlteredApp, Device, GLANCE, PATIENCE, Role, Turn, World};
use serde_json::json;

use crate::faults::allow;
use crate::pairing::stored;
use crate::sync::expect_chip;

const NAME: &str = "Tablet 2";
const STOPPED: &str = "Het andere apparaat is gestopt. Er is niets gekoppeld.";
const EXPIRED: &str = "Deze code is verlopen.";
const FULL: &str = "Het apparaat is vol.";
/// Every device that the account lists, whatever it is called.
const DEVICES: &str = "return document.querySelectorAll('[data-testid=device]').length";
const RIGHT: &str = "Het controlegetal klopt";
/// How long a code lives.
const LIFE: Duration = Duration::from_mins(5);
/// How much longer the new device waits once its digits were right.
const GRACE: Duration = Duration::from_secs(30);

/// A device with a vault and one without, on which time can pass.
async fn two(turn: &mut Turn) -> Result<(AlteredApp, Device, Device)> {
    let app = AlteredApp::with_clock()?;
    turn.server()?.serve(app.folder()).await?;
    turn.server()?.be_relay().await?;
    let old = turn.fresh().await?;
    old.make_vault().await?;
    expect_chip(&old, "klaar").await?;
    lock_after(&old, 30).await?;
    let new = turn.fresh().await?;
    Ok((app, old, new))
}

/// Minutes without input before the vault locks.
async fn lock_after(device: &Device, minutes: u8) -> Result<()> {
    let script = "localStorage.setItem('dossierkluis.idle-minutes', String(arguments[0]))";
    device.script(script, vec![json!(minutes)]).await.map(drop)
}

/// From the code to the tick on the new device; the old one shows the question.
async fn reach_the_question(old: &Device, new: &Device, code: &str) -> Result<()> {
    old.begin_to_pair().await?;
    let digits = old.take_code(code).await?;
    new.type_digits(&digits).await?;
    new.page().reads(RIGHT).await?;
    let text = new.page().text().await?;
    ensure!(!text.contains("klopt niet"), "{text}");
    Ok(())
}

/// The new device holds nothing, and the account lists what it did.
async fn expect_nothing_paired(old: &Device, new: &Device) -> Result<()> {
    let left = stored(new).await?;
    ensure!(left.is_empty(), "the new device holds {left}");
    expect_devices(old, 1).await
}

/// Waits until the account lists so many devices, this one among them, and has it do so still once the page was left.
async fn expect_devices(device: &Device, count: u64) -> Result<()> {
    for _ in 0..2 {
        device.open_in_app("/").await?;
        device.page().heading("Vandaag").await?;
        device.open_in_app("/meer/apparaten").await?;
        device.page().reads("Dit apparaat").await?;
        let begin = tokio::time::Instant::now();
        loop {
            let listed = device.script(DEVICES, Vec::new()).await?;
            if listed == json!(count) {
                break;
            }
            ensure!(
                begin.elapsed() < PATIENCE,
                "{listed} devices are listed instead of {count}"
            );
            tokio::time::sleep(GLANCE).await;
        }
    }
    Ok(())
}

/// The new device said why it ended; from there on a new code is enough.
async fn try_again(old: &Device, new: &Device) -> Result<()> {
    new.page().button("Nieuwe code").await?;
    let code = new.pairing_code().await?;
    reach_the_question(old, new, &code).await?;
    say_yes(old, new).await
}

async fn say_yes(old: &Device, new: &Device) -> Result<()> {
    old.dialog("Apparaat koppelen").button("Toevoegen").await?;
    new.page().heading("Vandaag").await?;
    old.page().gone(Role::Dialog, "Apparaat koppelen").await?;
    old.page().heading(NAME).await
}

async fn close(devices: [Device; 2]) -> Result<()> {
    for device in devices {
        device.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_ends_after_five_minutes_whoever_has_it_by_then() -> Result<()> {
    let mut turn = World::enter().await?;
    let (_app, old, new) = two(&mut turn).await?;
    // Nobody typed it.
    let code = new.ask_to_join(NAME).await?;
    new.pass_time(LIFE - Duration::from_mins(2)).await?;
    ensure!(new.pairing_code().await? == code);
    new.pass_time(Duration::from_mins(2)).await?;
    new.page().reads(EXPIRED).await?;

    // Nobody said yes.
    new.page().button("Nieuwe code").await?;
    let code = new.pairing_code().await?;
    reach_the_question(&old, &new, &code).await?;
    old.pass_time(LIFE).await?;
    let dialog = old.dialog("Apparaat koppelen");
    dialog.reads(EXPIRED).await?;
    ensure!(!dialog.has(Role::Button, "Toevoegen").await?);
    new.pass_time(LIFE + GRACE).await?;
    new.page().reads(EXPIRED).await?;
    dialog.button("Annuleren").await?;
    expect_nothing_paired(&old, &new).await?;
    try_again(&old, &new).await?;
    close([old, new]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_a_stranger_took_first_lets_nobody_in() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    expect_chip(&old, "klaar").await?;
    // With an account of his own at the same server.
    let stranger = turn.fresh().await?;
    stranger.make_vault().await?;
    expect_chip(&stranger, "klaar").await?;
    let new = turn.fresh().await?;
    let code = new.ask_to_join(NAME).await?;
    stranger.begin_to_pair().await?;
    stranger.take_code(&code).await?;
    new.page().find(Role::Textbox, "Controlegetal").await?;

    old.begin_to_pair().await?;
    let dialog = old.dialog("Apparaat koppelen");
    dialog.fill("Koppelcode", &code).await?;
    dialog.button("Koppelen").await?;
    dialog.reads("Deze code is al gebruikt.").await?;
    // The stranger's pairing goes on for all that: it is for the person with the new device to stop it.
    stranger.check_code().await?;
    new.page().button("Annuleren").await?;
    stranger.dialog("Apparaat koppelen").reads(STOPPED).await?;
    new.page().heading("Welkom bij Dossierkluis").await?;
    dialog.button("Annuleren").await?;
    for account in [&old, &stranger] {
        account
            .script(
                "document.querySelector('dialog[open]')?.close()",
                Vec::new(),
            )
            .await?;
        expect_nothing_paired(account, &new).await?;
    }
    old.pair_with(&new, NAME).await?;
    expect_devices(&stranger, 1).await?;
    stranger.close().await?;
    close([old, new]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_on_either_device_is_told_on_the_other() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    expect_chip(&old, "klaar").await?;
    let new = turn.fresh().await?;
    let dialog = old.dialog("Apparaat koppelen");

    // The new device, when the digits are asked and when they were right.
    for is_typed in [false, true] {
        let code = new.ask_to_join(NAME).await?;
        old.begin_to_pair().await?;
        let digits = old.take_code(&code).await?;
        if is_typed {
            new.type_digits(&digits).await?;
            new.page().reads(RIGHT).await?;
        } else {
            new.page().find(Role::Textbox, "Controlegetal").await?;
        }
        new.page().button("Annuleren").await?;
        dialog.reads(STOPPED).await?;
        ensure!(!dialog.has(Role::Button, "Toevoegen").await?);
        dialog.button("Annuleren").await?;
        expect_nothing_paired(&old, &new).await?;
    }

    // The old device, at the same two moments.
    let mut code = new.ask_to_join(NAME).await?;
    for is_typed in [false, true] {
        old.begin_to_pair().await?;
        let digits = old.take_code(&code).await?;
        if is_typed {
            new.type_digits(&digits).await?;
            new.page().reads(RIGHT).await?;
        }
        dialog.button("Annuleren").await?;
        new.page().reads(STOPPED).await?;
        expect_nothing_paired(&old, &new).await?;
        new.page().button("Nieuwe code").await?;
        code = new.pairing_code().await?;
    }
    reach_the_question(&old, &new, &code).await?;
    say_yes(&old, &new).await?;
    close([old, new]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_device_that_locks_reloads_or_dies_half_way_adds_nothing() -> Result<()> {
    const IDLE_MINUTES: u8 = 3;
    let mut turn = World::enter().await?;
    let (_app, old, new) = two(&mut turn).await?;
    let code = new.ask_to_join(NAME).await?;

    // Nobody touches it, and it locks under the question.
    lock_after(&old, IDLE_MINUTES).await?;
    reach_the_question(&old, &new, &code).await?;
    old.pass_time(Duration::from_mins(IDLE_MINUTES.into()))
        .await?;
    old.page().heading("Kluis op slot").await?;
    new.page().reads(STOPPED).await?;
    old.unlock().await?;
    lock_after(&old, 30).await?;
    expect_nothing_paired(&old, &new).await?;

    // It is reloaded: where its last word gets lost with the page, the time ends it.
    new.page().button("Nieuwe code").await?;
    let code = new.pairing_code().await?;
    reach_the_question(&old, &new, &code).await?;
    old.driver.refresh().await?;
    old.unlock().await?;
    expect_end(&new).await?;
    expect_nothing_paired(&old, &new).await?;

    // The battery dies.
    new.page().button("Nieuwe code").await?;
    let code = new.pairing_code().await?;
    reach_the_question(&old, &new, &code).await?;
    let profile = old.kill().await?;
    new.page().reads(RIGHT).await?;
    new.pass_time(LIFE + GRACE).await?;
    new.page().reads(EXPIRED).await?;
    let old = Device::start(profile, &turn.server()?.origin()).await?;
    old.open("/").await?;
    old.unlock().await?;
    expect_nothing_paired(&old, &new).await?;
    try_again(&old, &new).await?;
    close([old, new]).await
}

/// The other page was reloaded: its last word is heard, or else the time ends it.
async fn expect_end(device: &Device) -> Result<()> {
    let page = device.page();
    let begin = tokio::time::Instant::now();
    while begin.elapsed() < PATIENCE / 4 {
        if page.text().await?.contains(STOPPED) {
            return Ok(());
        }
        tokio::time::sleep(GLANCE).await;
    }
    device.pass_time(LIFE + GRACE).await?;
    page.reads(EXPIRED).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_device_that_reloads_or_dies_half_way_has_nothing_and_begins_again() -> Result<()> {
    let mut turn = World::enter().await?;
    let (_app, old, new) = two(&mut turn).await?;
    let code = new.ask_to_join(NAME).await?;
    reach_the_question(&old, &new, &code).await?;
    new.driver.refresh().await?;
    new.page().heading("Welkom bij Dossierkluis").await?;
    expect_end(&old).await?;
    let dialog = old.dialog("Apparaat koppelen");
    ensure!(!dialog.has(Role::Button, "Toevoegen").await?);
    dialog.button("Annuleren").await?;
    expect_nothing_paired(&old, &new).await?;

    let code = new.ask_to_join(NAME).await?;
    reach_the_question(&old, &new, &code).await?;
    let profile = new.kill().await?;
    old.check_code().await?;
    old.pass_time(LIFE).await?;
    dialog.reads(EXPIRED).await?;
    dialog.button("Annuleren").await?;
    let new = Device::start(profile, &turn.server()?.origin()).await?;
    new.open("/").await?;
    new.page().heading("Welkom bij Dossierkluis").await?;
    expect_nothing_paired(&old, &new).await?;
    old.pair_with(&new, NAME).await?;
    close([old, new]).await
}

/// The person says yes before the digits are typed: they stay on the screen, and wrong ones end it on both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_before_the_digits_waits_for_them() -> Result<()> {
    let mut turn = World::enter().await?;
    let (_app, old, new) = two(&mut turn).await?;
    let dialog = old.dialog("Apparaat koppelen");
    for is_right in [false, true] {
        let code = new.ask_to_join(NAME).await?;
        old.begin_to_pair().await?;
        let digits = old.take_code(&code).await?;
        dialog.button("Toevoegen").await?;
        let waits = format!("{NAME} komt erbij zodra het controlegetal daar goed is getypt.");
        dialog.reads(&waits).await?;
        ensure!(!dialog.has(Role::Button, "Toevoegen").await?);
        ensure!(old.check_code().await? == digits);
        if is_right {
            new.type_digits(&digits).await?;
            break;
        }
        let wrong = if digits == "0000" { "0001" } else { "0000" };
        new.type_digits(wrong).await?;
        new.page().reads("Het controlegetal klopt niet.").await?;
        dialog.reads(STOPPED).await?;
        dialog.button("Annuleren").await?;
        expect_nothing_paired(&old, &new).await?;
        new.open("/").await?;
    }
    new.page().heading("Vandaag").await?;
    expect_devices(&old, 2).await?;
    close([old, new]).await
}

/// Keeps in mind everything the page says from now on.
const LISTEN: &str = "window.said = ''; \
    const look = () => { window.said += document.body.textContent; }; \
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });";

/// Waits until a device that listens said that it stores, and after that it is full; answers all it said.
async fn expect_full_again(device: &Device) -> Result<String> {
    let begin = tokio::time::Instant::now();
    loop {
        let said = device.script("return window.said", Vec::new()).await?;
        let said = said.as_str().unwrap_or_default().to_owned();
        let after = said.split_once("Bezig met bewaren").map(|(_, after)| after);
        if after.is_some_and(|after| after.contains(FULL)) {
            return Ok(said);
        }
        ensure!(
            begin.elapsed() < PATIENCE,
            "no new word of a full device: {said}"
        );
        tokio::time::sleep(GLANCE).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_device_that_is_full_comes_in_once_there_is_room() -> Result<()> {
    let mut turn = World::enter().await?;
    let origin = turn.server()?.origin();
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    expect_chip(&old, "klaar").await?;
    let new = turn.fresh().await?;
    let code = new.ask_to_join(NAME).await?;
    reach_the_question(&old, &new, &code).await?;
    allow(&new, &origin, Some(1)).await?;
    old.dialog("Apparaat koppelen").button("Toevoegen").await?;
    new.page().reads(FULL).await?;
    new.page()
        .reads("Je andere apparaat heeft dit apparaat al toegevoegd.")
        .await?;
    ensure!(stored(&new).await.context("stores")?.is_empty());
    old.page().gone(Role::Dialog, "Apparaat koppelen").await?;
    expect_devices(&old, 2).await?;

    // A try without room ends as the first did: room comes only then.
    new.script(LISTEN, Vec::new()).await?;
    new.page().button("Opnieuw bewaren").await?;
    let said = expect_full_again(&new).await?;
    ensure!(!said.contains("Het controlegetal klopt"), "{said}");
    new.page().reads(FULL).await?;
    ensure!(stored(&new).await.context("stores")?.is_empty());
    allow(&new, &origin, None).await?;
    new.page().button("Opnieuw bewaren").await?;
    new.page().heading("Vandaag").await?;
    expect_chip(&new, "klaar").await?;
    old.add_client("Toch", "", "Gekoppeld").await?;
    new.open_in_app("/clienten").await?;
    new.page()
        .link("Toch Gekoppeld, 01-02-1934, Zwolle")
        .await?;
    close([old, new]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ninth_device_is_told_before_a_code_is_asked() -> Result<()> {
    const OTHERS: usize = protocol::limit::ACTIVE_DEVICES_MAX - 1;
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    expect_chip(&old, "klaar").await?;
    for number in 1..=OTHERS {
        let new = turn.fresh().await?;
        old.pair_with(&new, &format!("Het toestel {number}"))
            .await?;
        new.close().await?;
    }
    let page = old.page();
    page.heading(&format!("Het toestel {OTHERS}")).await?;
    page.button("Apparaat koppelen").await?;
    let dialog = old.dialog("Apparaat koppelen");
    dialog
        .reads("Er staan al acht apparaten in je lijst. Meer kunnen er niet bij.")
        .await?;
    ensure!(!dialog.has(Role::Textbox, "Koppelcode").await?);
    dialog.button("Sluiten").await?;
    page.gone(Role::Dialog, "Apparaat koppelen").await?;
    old.close().await?;
    Ok(())
}
