//! The exchange with the server: what is where, and not a word of it readable there.

use anyhow::{Result, bail, ensure};
use e2e::{CAREGIVER, Device, GLANCE, PASSPHRASE, PATIENCE, Role, World, scan_folder};
use serde_json::{Value, json};

/// Waits until the chip has this state; answers its words and how many changes wait.
pub(crate) async fn expect_chip(device: &Device, state: &str) -> Result<(String, u64)> {
    const CHIP: &str = "const chip = document.querySelector('[data-sync-state]'); \
        return chip && [chip.dataset.syncState, chip.getAttribute('aria-label'), Number(chip.dataset.waiting)]";
    let mut now = Value::Null;
    for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
        now = device.script(CHIP, Vec::new()).await?;
        if now[0] == json!(state) {
            let words = now[1].as_str().unwrap_or_default().trim().to_owned();
            return Ok((words, now[2].as_u64().unwrap_or_default()));
        }
        tokio::time::sleep(GLANCE).await;
    }
    bail!("the chip says {now} instead of {state}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_sent_when_the_server_answers_and_the_chip_says_what_is_where() -> Result<()>
{
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    expect_chip(&device, "klaar").await?;

    turn.server()?.stop();
    expect_chip(&device, "offline").await?;
    // The words of the chip do not break the bar of a tablet or a phone.
    for (width, height) in [(1024, 768), (768, 1024), (390, 844)] {
        device.resize(width, height).await?;
        let lines = "const bar = document.querySelector('.l-app__bar'); \
            const lock = [...bar.querySelectorAll('button')].at(-1); \
            return bar.offsetHeight < 2 * lock.offsetHeight";
        let is_one_line = device.script(lines, Vec::new()).await?;
        ensure!(is_one_line == json!(true), "two lines at {width}");
    }
    device.resize(1024, 768).await?;
    device.add_client("Wachtster", "op", "Netwerk").await?;
    let (words, count) = expect_chip(&device, "wacht").await?;
    ensure!(count == 1, "{count} wait");
    assert_eq!(
        words,
        "Geen internet. 1 wijziging staat klaar op dit apparaat."
    );
    device.open("/").await?;
    device.unlock().await?;
    let (_, count) = expect_chip(&device, "wacht").await?;
    ensure!(count == 1, "after a reload {count} wait");

    turn.server()?.resume().await?;
    page.button(&words).await?;
    let sheet = device.dialog("Verzenden en ontvangen");
    sheet.expect_test_id("last-received", "nog nooit").await?;
    sheet.button("Nu proberen").await?;
    let (words, count) = expect_chip(&device, "klaar").await?;
    ensure!(
        count == 0 && words.starts_with("Alles verstuurd en ontvangen · "),
        "{words}"
    );
    ensure!(sheet.test_id("last-sent").await? != "nog nooit");
    sheet.button("Sluiten").await?;
    page.gone(Role::Dialog, "Verzenden en ontvangen").await?;
    device.close().await?;

    let folder = turn.server()?.folder().to_owned();
    std::fs::write(folder.join("planted"), "Wachtster")?;
    let found = scan_folder(&folder, &["Wachtster", "Netwerk", "Vijverlaan"])?;
    ensure!(found.len() == 1, "{found:?}");
    std::fs::remove_file(folder.join("planted"))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_an_invitation_gets_it_at_the_start_or_later_and_may_be_left_out()
-> Result<()> {
    let mut turn = World::enter().await?;
    let code = turn.server()?.be_relay_for_invited().await?;
    let device = turn.fresh().await?;
    device.open("/").await?;
    let page = device.page();
    page.button("Nieuwe kluis maken").await?;
    page.fill("Je naam", CAREGIVER).await?;
    page.select("Beroep", "Verpleegkundige").await?;
    page.fill("Uitnodigingscode", "geen-echte-code").await?;
    page.button("Verder").await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.fill("Herhaal wachtwoord", PASSPHRASE).await?;
    page.button("Verder").await?;
    page.heading("Herstelblad").await?;
    let groups = device.recovery_groups().await?;
    device.type_groups_back(&groups).await?;
    page.button("Kluis openen").await?;
    page.heading("Vandaag").await?;
    device.add_client("Ook", "zonder", "Server").await?;

    let (words, _) = expect_chip(&device, "lukt-niet").await?;
    page.button(&words).await?;
    let sheet = device.dialog("Verzenden en ontvangen");
    sheet
        .expect_test_id(
            "last-error",
            "De uitnodigingscode klopt niet of is al gebruikt. Vraag een nieuwe aan de beheerder.",
        )
        .await?;
    sheet.fill("Uitnodigingscode", &code).await?;
    sheet.button("Code gebruiken").await?;
    expect_chip(&device, "klaar").await?;
    sheet.button("Sluiten").await?;

    // Without the server the app works on, and says nothing of it.
    device.open_in_app("/meer/instellingen").await?;
    page.expect_test_id("server", &turn.server()?.origin())
        .await?;
    page.find(Role::Checkbox, "Versturen en ontvangen").await?;
    let untick = "document.getElementById('server-gebruiken').click()";
    device.script(untick, Vec::new()).await?;
    let chips = "return document.querySelectorAll('[data-sync-state]').length";
    let gone = async {
        while device.script(chips, Vec::new()).await? != json!(0) {
            tokio::time::sleep(GLANCE).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, gone).await??;
    device.add_client("Nog", "een", "Cliënt").await?;
    device.open("/").await?;
    device.unlock().await?;
    page.heading("Vandaag").await?;
    ensure!(device.script(chips, Vec::new()).await? == json!(0));
    device.close().await?;
    Ok(())
}
