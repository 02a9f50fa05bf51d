//! Two devices that said something else of one value: both answers are shown, and one is chosen.

use anyhow::{Result, bail, ensure};
use e2e::{CAREGIVER, Device, GLANCE, PATIENCE, Place, Role, World};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::sync::expect_chip;

const QUESTION: &str = "Twee antwoorden: Telefoonnummer";
const HEADING: &str = "Er zijn 2 antwoorden. Welke klopt?";

/// Whether the client's row bears the mark, or nothing while the row is not there.
const MARK: &str = "const link = document.querySelector('a.c-row__link'); \
    const mark = document.querySelector('[data-testid=conflict-mark]'); \
    return link && (mark ? mark.innerText.trim() : '')";

/// What has the keyboard, and what the address points at.
const FOCUS: &str = "return [document.activeElement?.innerText, location.hash]";

/// What the browser says when the network is back: it did not see that the server was away.
const ONLINE: &str = "dispatchEvent(new Event('online'))";

/// Nothing sticks out at the side.
const WIDTHS: &str = "return document.documentElement.scrollWidth <= innerWidth";

/// Changes one field with **Wijzig**.
async fn change(device: &Device, field: &str, text: &str) -> Result<()> {
    let page = device.page();
    let title = format!("{field} wijzigen");
    page.button(&format!("Wijzig {}", field.to_lowercase()))
        .await?;
    let dialog = device.dialog(&title);
    dialog.fill(field, text).await?;
    dialog.button("Opslaan").await?;
    page.gone(Role::Dialog, &title).await
}

/// Waits until an answer holds all of these words; returns its whole text.
async fn expect_answer(device: &Device, number: usize, words: &[&str]) -> Result<String> {
    let begin = Instant::now();
    let id = format!("conflict-value-{number}");
    loop {
        let text = device.page().test_id(&id).await.unwrap_or_default();
        if words.iter().all(|word| text.contains(word)) {
            return Ok(text);
        }
        if begin.elapsed() > PATIENCE {
            bail!("{id} reads {text:?}, without all of {words:?}");
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Waits until one of the two answers holds this; returns its number.
async fn find_answer(device: &Device, value: &str) -> Result<usize> {
    let begin = Instant::now();
    loop {
        let place = question(device);
        if place.has(Role::Button, "Antwoord 1 kiezen").await? {
            for number in [1, 2] {
                let id = format!("conflict-value-{number}");
                if device.page().test_id(&id).await?.contains(value) {
                    return Ok(number);
                }
            }
        }
        if begin.elapsed() > PATIENCE {
            bail!("no answer says {value}");
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Waits until a script answers this.
async fn expect_script(device: &Device, script: &str, wanted: Value) -> Result<()> {
    let begin = Instant::now();
    loop {
        let now = device.script(script, Vec::new()).await?;
        if now == wanted {
            return Ok(());
        }
        if begin.elapsed() > PATIENCE {
            bail!("{script} answers {now} instead of {wanted}");
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Looks in the list, with the mark or without it.
async fn expect_mark(device: &Device, mark: &str) -> Result<()> {
    device.open_in_app("/clienten").await?;
    device.page().heading("Cliënten").await?;
    expect_script(device, MARK, json!(mark)).await
}

/// The page says this, and no question is open on it.
async fn expect_settled(device: &Device, details: &str, shown: &str) -> Result<()> {
    device.open_in_app(details).await?;
    device.page().gone(Role::Region, QUESTION).await?;
    device.page().reads(shown).await
}

/// The question stands on the screen, with both answers, who gave them, where and when.
async fn expect_question(device: &Device, details: &str) -> Result<[String; 2]> {
    device.open_in_app(details).await?;
    question(device).heading(HEADING).await?;
    let first = ["06-11111111", CAREGIVER, "Apparaat 1"];
    let second = ["06-22222222", CAREGIVER, "Laptop"];
    Ok([
        expect_answer(device, 1, &first).await?,
        expect_answer(device, 2, &second).await?,
    ])
}

fn question(device: &Device) -> Place<'_> {
    device.page().within(Role::Region, QUESTION)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_answers_are_shown_on_both_devices_and_choosing_one_can_be_undone() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    let client = old.add_client("Twee", "", "Antwoorden").await?;
    expect_chip(&old, "klaar").await?;
    let new = turn.fresh().await?;
    old.pair_with(&new, "Laptop").await?;
    expect_chip(&new, "klaar").await?;
    let details = format!("{client}/gegevens");
    for device in [&old, &new] {
        device.open_in_app(&details).await?;
        device.page().reads("06-12345678").await?;
    }

    // Both are offline: one value differs, one is the same, and each has one of its own.
    turn.server()?.stop();
    for device in [&old, &new] {
        expect_chip(device, "offline").await?;
    }
    change(&old, "Telefoonnummer", "0611111111").await?;
    change(&new, "Telefoonnummer", "0622222222").await?;
    change(&old, "Plaats", "Kampen").await?;
    change(&new, "Straat en huisnummer", "Dorpsstraat 3").await?;
    change(&old, "Postcode", "8261cd").await?;
    change(&new, "Postcode", "8261 CD").await?;
    for device in [&old, &new] {
        let (_, count) = expect_chip(device, "wacht").await?;
        ensure!(count == 3, "{count} wait");
        ensure!(!device.page().has(Role::Region, QUESTION).await?);
    }

    // The server is back, and both have everything without a tap.
    turn.server()?.resume().await?;
    for device in [&old, &new] {
        device.script(ONLINE, Vec::new()).await?;
    }
    for device in [&old, &new] {
        expect_chip(device, "klaar").await?;
    }
    let seen = expect_question(&old, &details).await?;
    assert_eq!(expect_question(&new, &details).await?, seen);
    let year = format!("-{} ", year(&old).await?);
    for answer in &seen {
        ensure!(
            answer.contains(&year),
            "{answer:?} does not say when in {year}"
        );
    }
    for device in [&old, &new] {
        for merged in ["Kampen", "Dorpsstraat 3", "8261 CD"] {
            device.page().reads(merged).await?;
        }
        for field in ["Postcode", "Plaats", "Straat en huisnummer"] {
            let region = format!("Twee antwoorden: {field}");
            ensure!(!device.page().has(Role::Region, &region).await?, "{region}");
        }
        expect_mark(device, "2 antwoorden").await?;
    }

    // From the overview to the question, with the keyboard.
    old.open_in_app(&client).await?;
    old.page().link("Kies wat klopt: Telefoonnummer").await?;
    question(&old).heading(HEADING).await?;
    expect_script(&old, FOCUS, json!([HEADING, ""])).await?;

    // Chosen and taken back: the question is there again, on both.
    question(&old).button("Antwoord 1 kiezen").await?;
    old.page().gone(Role::Region, QUESTION).await?;
    old.page().button("Ongedaan maken").await?;
    find_answer(&old, "06-11111111").await?;
    find_answer(&old, "06-22222222").await?;
    expect_chip(&old, "klaar").await?;
    new.open_in_app(&details).await?;
    question(&new).heading(HEADING).await?;
    find_answer(&new, "06-11111111").await?;

    // Chosen under Geschiedenis: both show it, and nobody is asked any more.
    new.open_in_app(&format!("{client}/geschiedenis")).await?;
    let number = find_answer(&new, "06-22222222").await?;
    question(&new)
        .button(&format!("Antwoord {number} kiezen"))
        .await?;
    new.page().gone(Role::Region, QUESTION).await?;
    new.page()
        .reads("koos bij Telefoonnummer: 06-22222222. Niet gekozen: 06-11111111")
        .await?;
    expect_chip(&new, "klaar").await?;
    for device in [&new, &old] {
        expect_settled(device, &details, "06-22222222").await?;
        expect_mark(device, "").await?;
    }
    for device in [old, new] {
        device.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn something_else_than_both_answers_settles_the_question() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let old = turn.unlocked().await?;
    let client = old.add_client("Derde", "", "Antwoord").await?;
    expect_chip(&old, "klaar").await?;
    let new = turn.fresh().await?;
    old.pair_with(&new, "Laptop").await?;
    expect_chip(&new, "klaar").await?;
    let details = format!("{client}/gegevens");
    for device in [&old, &new] {
        device.open_in_app(&details).await?;
        device.page().reads("06-12345678").await?;
    }
    turn.server()?.stop();
    for device in [&old, &new] {
        expect_chip(device, "offline").await?;
    }
    change(&old, "Telefoonnummer", "0611111111").await?;
    change(&new, "Telefoonnummer", "0622222222").await?;
    turn.server()?.resume().await?;
    for device in [&old, &new] {
        device.script(ONLINE, Vec::new()).await?;
    }
    expect_question(&old, &details).await?;
    expect_question(&new, &details).await?;

    // Typed wrongly it stays as typed; left, it is thrown away.
    old.resize(390, 844).await?;
    let card = question(&old);
    card.button("Iets anders invullen").await?;
    card.fill("Ander antwoord", "12").await?;
    card.button("Bewaren").await?;
    card.reads("Vul het telefoonnummer in met 10 cijfers")
        .await?;
    card.expect_value("Ander antwoord", "12").await?;
    card.button("Annuleren").await?;
    card.find(Role::Button, "Iets anders invullen").await?;
    expect_script(&old, WIDTHS, json!(true)).await?;

    card.button("Iets anders invullen").await?;
    card.fill("Ander antwoord", "06 33 33 33 33").await?;
    card.button("Bewaren").await?;
    expect_settled(&old, &details, "06-33333333").await?;
    expect_chip(&old, "klaar").await?;
    expect_settled(&new, &details, "06-33333333").await?;
    new.open_in_app(&format!("{client}/geschiedenis")).await?;
    new.page()
        .reads("koos bij Telefoonnummer: 06-33333333. Niet gekozen: 06-")
        .await?;
    for aside in ["06-11111111", "06-22222222"] {
        new.page().reads(aside).await?;
    }
    for device in [old, new] {
        device.close().await?;
    }
    Ok(())
}

/// The year by the clock of the device.
async fn year(device: &Device) -> Result<String> {
    let year = device
        .script("return new Date().getFullYear()", Vec::new())
        .await?;
    Ok(year.to_string())
}
