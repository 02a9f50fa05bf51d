//! Visits: four taps, every refusal in words, kinds of contact, times, corrections.

use anyhow::{Context, Result, bail};
use e2e::{CAREGIVER, Device, GLANCE, PATIENCE, Role, SAVED, World};
use serde_json::json;

/// What stands beside these words in a list of a signed visit.
const ROW: &str = "const key = [...document.querySelectorAll('dt')].find((key) => key.textContent.trim() === arguments[0]); \
    return key ? key.nextElementSibling.textContent.trim() : '';";

/// The minute on the wall in Amsterdam, as `2026-11-22 09:30`, by the browser's own calendar.
const NOW: &str = "const parts = new Intl.DateTimeFormat('nl-NL', { timeZone: 'Europe/Amsterdam', year: 'numeric', \
    month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(Date.now()); \
    const part = (type) => parts.find((part) => part.type === type).value; \
    return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;";

/// The day before that date, in figures and in words.
const DAY_BEFORE: &str = "const day = new Date(Date.parse(`${arguments[0]}T12:00:00Z`) - 24 * 60 * 60 * 1000); \
    const show = (options) => new Intl.DateTimeFormat('nl-NL', { timeZone: 'UTC', ...options }).format(day); \
    return [show({ year: 'numeric', month: '2-digit', day: '2-digit' }), show({ dateStyle: 'full' })];";

/// Presses **Bezoek ondertekenen** and waits until the summary of what is wrong has the keyboard.
pub(crate) async fn press_sign_in_vain(device: &Device) -> Result<()> {
    let script = "const at = document.activeElement; \
        return at.getAttribute('role') === 'alert' && at.checkVisibility();";
    device.page().button("Bezoek ondertekenen").await?;
    let focus = async {
        while device.script(script, Vec::new()).await? != json!(true) {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    };
    match tokio::time::timeout(PATIENCE, focus).await {
        Ok(outcome) => outcome,
        Err(_) => bail!(
            "signing was not refused; the page says: {}",
            device.page().text().await?
        ),
    }
}

async fn row(device: &Device, key: &str) -> Result<String> {
    let words = device.script(ROW, vec![json!(key)]).await?;
    Ok(words.as_str().unwrap_or_default().to_owned())
}

async fn now(device: &Device) -> Result<String> {
    let minute = device.script(NOW, Vec::new()).await?;
    Ok(minute
        .as_str()
        .context("the browser has no clock")?
        .to_owned())
}

async fn yesterday(device: &Device) -> Result<(String, String)> {
    let today = now(device).await?;
    let day = device.script(DAY_BEFORE, vec![json!(today[..10])]).await?;
    Ok(serde_json::from_value(day)?)
}

/// When the signed visit on screen was recorded, in the form of [`now`].
async fn moment_recorded(device: &Device) -> Result<String> {
    let shown = device.page().test_id("recorded-at").await?;
    let Some((date, time)) = shown.trim().split_once(' ') else {
        bail!("{shown:?} is no moment");
    };
    let date: Vec<&str> = date.rsplit('-').collect();
    Ok(format!("{} {time}", date.join("-")))
}

fn time_of(minute: &str) -> &str {
    &minute[11..]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incomplete_visit_is_refused_with_ids_and_words() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Koos", "", "Vis").await?;
    device.start_visit().await?;
    assert_eq!(
        page.test_id("visit-status").await?.trim().to_lowercase(),
        "concept"
    );
    page.button("Bezoek ondertekenen").await?;
    page.find(Role::Link, "B19 Vul het resultaat in").await?;
    page.reads("B10").await?;
    page.fill("Wat heb je gedaan?", "Gewassen en aangekleed")
        .await?;
    page.button("Geen bijzonderheden").await?;
    page.expect_value(
        "Resultaat",
        "Zorg gegeven zoals afgesproken. Geen bijzonderheden.",
    )
    .await?;
    device.sign_visit().await?;
    page.reads("Gewassen en aangekleed").await?;
    page.reads(CAREGIVER).await?;
    page.reads("91-012345").await?;
    page.reads("Alleen op dit apparaat").await?;
    device.close().await?;
    Ok(())
}

/// What stands in every text box of the visit on screen, with the measurements.
async fn typed(device: &Device) -> Result<Vec<(&'static str, String)>> {
    let page = device.page();
    let mut typed = Vec::new();
    for label in [
        "Datum",
        "Begintijd",
        "Eindtijd",
        "Wat heb je gedaan?",
        "Resultaat",
        "Feiten en omstandigheden",
        "Ervaring van de cliënt",
    ] {
        typed.push((label, page.value(label).await?));
    }
    let measured = page.group("Metingen");
    for label in ["Bovendruk", "Onderdruk", "Pols", "Gewicht", "Pijn"] {
        typed.push((label, measured.value(label).await?));
    }
    Ok(typed)
}

/// Presses a box by its words, whatever stands in it.
async fn toggle(device: &Device, name: &str) -> Result<()> {
    let element = device.page().find(Role::Checkbox, name).await?;
    let press = "arguments[0].labels[0].click()";
    device.script(press, vec![element.to_json()?]).await?;
    Ok(())
}

async fn expect_ticked(device: &Device, name: &str, is_ticked: bool) -> Result<()> {
    let waiting = async {
        loop {
            let element = device.page().find(Role::Checkbox, name).await?;
            if element.is_selected().await? == is_ticked {
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
    };
    let outcome = tokio::time::timeout(PATIENCE, waiting).await;
    outcome.with_context(|| format!("{name:?} is not ticked = {is_ticked}"))?
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_routine_visit_takes_over_actions_but_no_results() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Fenna", "", "Hoekstra").await?;
    device.start_visit().await?;
    page.button("Metingen erbij").await?;
    for (label, text) in [
        ("Datum", yesterday(&device).await?.0.as_str()),
        ("Begintijd", "9:15"),
        ("Eindtijd", "10:00"),
        ("Wat heb je gedaan?", "Ogen gedruppeld"),
        ("Resultaat", "Eenmalig resultaat"),
        ("Feiten en omstandigheden", "Eenmalig feit"),
        ("Ervaring van de cliënt", "Eenmalige ervaring"),
        ("Pols", "83"),
    ] {
        page.fill(label, text).await?;
    }
    device.sign_visit().await?;
    page.by_test_id("recorded-at").await?;
    assert_eq!(row(&device, "Pols").await?, "83 per minuut");

    device.open_in_app(&client).await?;
    device.start_visit().await?;
    page.button("Metingen erbij").await?;
    let blank = typed(&device).await?;
    let begun = blank[1].1.clone();
    page.button("Zelfde als vorige keer").await?;
    page.reads("overgenomen van").await?;
    expect_ticked(&device, "Ogen gedruppeld", true).await?;
    assert_eq!(typed(&device).await?, blank);
    for (label, value) in &blank[2..] {
        assert_eq!(value, "", "{label} was taken over");
    }

    // What was typed meanwhile stays as well.
    page.fill("Resultaat", "Resultaat van vandaag").await?;
    page.fill("Feiten en omstandigheden", "Feit van vandaag")
        .await?;
    page.fill("Gewicht", "71,5").await?;
    let own = typed(&device).await?;
    assert_ne!(own, blank);
    toggle(&device, "Ogen gedruppeld").await?;
    expect_ticked(&device, "Ogen gedruppeld", false).await?;
    page.button("Zelfde als vorige keer").await?;
    expect_ticked(&device, "Ogen gedruppeld", true).await?;
    assert_eq!(typed(&device).await?, own);
    device.sign_visit().await?;
    page.reads("Ogen gedruppeld").await?;
    page.expect_test_id("visit-begin", &begun).await?;
    assert_eq!(row(&device, "Gewicht").await?, "71,5 kg");
    assert_eq!(row(&device, "Pols").await?, "");
    assert!(!page.text().await?.contains("Eenmalig"));
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_substitute_stands_as_performer_and_the_snapshot_stays() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Sjaak", "", "Vervang").await?;
    device.start_visit().await?;
    assert!(page.test_id("visit-performer").await?.contains(CAREGIVER));
    page.button("Iemand anders deed dit").await?;
    page.fill("Naam waarnemer", "Dirk-Jan Oude Luttikhuis")
        .await?;
    page.fill("Wat heb je gedaan?", "Medicijnen aangereikt")
        .await?;
    page.button("Geen bijzonderheden").await?;
    for wrong in ["9104567", "910456789", "91O45678"] {
        page.fill("AGB-code waarnemer", wrong).await?;
        press_sign_in_vain(&device).await?;
        page.find(
            Role::Link,
            "B11 Vul de AGB-code van de waarnemer in met 8 cijfers",
        )
        .await?;
        page.expect_value("AGB-code waarnemer", wrong).await?;
    }
    page.fill("AGB-code waarnemer", "91045678").await?;
    device.sign_visit().await?;
    let substitute = "Dirk-Jan Oude Luttikhuis · AGB 91-045678";
    page.by_test_id("recorded-at").await?;
    page.expect_test_id("visit-performer", substitute).await?;
    assert_eq!(row(&device, "Ondertekend door").await?, CAREGIVER);
    let by_substitute = device.path().await?;

    device.open_in_app(&client).await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Zelf geweest").await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    page.by_test_id("recorded-at").await?;
    let by_herself = device.path().await?;
    device.open_in_app("/meer/praktijk").await?;
    page.fill("Je naam", "Annelies de Wit").await?;
    page.fill("AGB-code", "91-999999").await?;
    page.button("Opslaan").await?;
    page.reads(SAVED).await?;
    device.open_in_app(&client).await?;
    device.start_visit().await?;
    page.expect_test_id("visit-performer", "Annelies de Wit · AGB 91-999999")
        .await?;
    let before = format!("{CAREGIVER} · AGB 91-012345");
    for (signed, performer, signed_by) in [
        (&by_herself, before.as_str(), ""),
        (&by_substitute, substitute, CAREGIVER),
    ] {
        device.open_in_app(signed).await?;
        page.by_test_id("recorded-at").await?;
        page.expect_test_id("visit-performer", performer).await?;
        assert_eq!(row(&device, "Ondertekend door").await?, signed_by);
        let shown = page.text().await?;
        assert!(!shown.contains("91-999999") && !shown.contains("de Wit"));
    }
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_contact_is_signed_as_such() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Belt", "", "Vaak").await?;
    let mut signed = Vec::new();
    for (kind, done) in [
        ("Telefoon", "Vragen over medicijnen beantwoord"),
        ("Beeldbellen", "Samen naar de wond gekeken"),
        ("Overleg", "Met de huisarts gesproken"),
        ("Huisbezoek", "Langs geweest"),
    ] {
        device.open_in_app(&client).await?;
        device.start_visit().await?;
        page.group("Soort contact")
            .choose(Role::Radio, kind)
            .await?;
        page.fill("Wat heb je gedaan?", done).await?;
        page.button("Geen bijzonderheden").await?;
        device.sign_visit().await?;
        page.by_test_id("recorded-at").await?;
        assert_eq!(row(&device, "Soort contact").await?, kind);
        signed.push((kind, done, device.path().await?));
    }
    for (kind, done, path) in signed {
        device.open_in_app(&path).await?;
        page.reads(done).await?;
        assert_eq!(row(&device, "Soort contact").await?, kind);
    }
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_says_apart_when_it_was_and_when_it_was_recorded() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Later", "", "Opgeschreven").await?;
    device.start_visit().await?;
    let (typed, in_words) = yesterday(&device).await?;
    page.fill("Datum", &typed).await?;
    page.fill("Begintijd", "9:15").await?;
    page.fill("Eindtijd", "10:00").await?;
    page.fill("Wat heb je gedaan?", "Gisteren gewassen").await?;
    page.button("Geen bijzonderheden").await?;
    let before = now(&device).await?;
    device.sign_visit().await?;
    page.expect_test_id("visit-date", &in_words).await?;
    page.expect_test_id("visit-begin", "09:15").await?;
    page.expect_test_id("visit-end", "10:00").await?;
    page.expect_test_id("visit-length", "45 minuten").await?;
    assert_ne!(row(&device, "Vastgelegd op").await?, "");
    let recorded = moment_recorded(&device).await?;
    let after = now(&device).await?;
    assert!(
        (&before..=&after).contains(&&recorded),
        "recorded at {recorded}, signed between {before} and {after}"
    );
    let signed = device.path().await?;

    device.open_in_app(&client).await?;
    let before = now(&device).await?;
    device.start_visit().await?;
    let begun = now(&device).await?;
    page.fill("Wat heb je gedaan?", "Nu gewassen").await?;
    page.button("Geen bijzonderheden").await?;
    page.button("Nu klaar").await?;
    let ready = now(&device).await?;
    device.sign_visit().await?;
    page.by_test_id("recorded-at").await?;
    let begin = page.test_id("visit-begin").await?;
    assert!(
        (time_of(&before)..=time_of(&begun)).contains(&begin.trim()) || before[..10] != begun[..10],
        "begun at {begin}, pressed between {before} and {begun}"
    );
    let recorded_now = moment_recorded(&device).await?;
    let after = now(&device).await?;
    assert!(
        (&ready..=&after).contains(&&recorded_now),
        "recorded at {recorded_now}, signed between {ready} and {after}"
    );

    device.open_in_app(&signed).await?;
    page.reads("Gisteren gewassen").await?;
    assert_eq!(moment_recorded(&device).await?, recorded);
    page.expect_test_id("visit-date", &in_words).await?;
    device.close().await?;
    Ok(())
}

/// How many things on the page take text or a choice, besides the search of the client list beside it.
async fn boxes(device: &Device) -> Result<u64> {
    let script = "return [...document.querySelectorAll('input, textarea, select, [contenteditable]')] \
        .filter((box) => box.type !== 'search' && box.checkVisibility()).length;";
    let count = device.script(script, Vec::new()).await?;
    count.as_u64().context("the page does not count its boxes")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_and_an_addition_leave_the_signed_text_readable() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Corry", "", "Recht").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Linkerbeen verbonden")
        .await?;
    page.button("Geen bijzonderheden").await?;
    assert!(boxes(&device).await? > 0);
    device.sign_visit().await?;
    page.by_test_id("recorded-at").await?;
    assert_eq!(boxes(&device).await?, 0, "a signed visit can be typed in");
    page.button("Corrigeren").await?;
    let dialog = device.dialog("Bezoek corrigeren");
    dialog
        .select("Welk onderdeel?", "Wat heb je gedaan?")
        .await?;
    dialog.fill("Nieuwe tekst", "Rechterbeen verbonden").await?;
    dialog.button("Correctie ondertekenen").await?;
    page.reads("Er is een probleem.").await?;
    dialog
        .fill("Waarom corrigeer je dit?", "Vergist in het been")
        .await?;
    dialog
        .choose(Role::Checkbox, "Op verzoek van de cliënt")
        .await?;
    dialog.button("Correctie ondertekenen").await?;
    page.gone(Role::Dialog, "Bezoek corrigeren").await?;
    page.reads("Gecorrigeerd op").await?;
    page.reads("Rechterbeen verbonden").await?;
    page.button("Toon eerdere tekst").await?;
    let earlier = page.find(Role::Region, "Eerdere tekst").await?;
    assert_eq!(earlier.text().await?.trim(), "Linkerbeen verbonden");
    page.reads("Vergist in het been").await?;
    page.button("Aanvulling schrijven").await?;
    let dialog = device.dialog("Aanvulling");
    dialog.fill("Aanvulling", "Dochter gebeld").await?;
    dialog.button("Aanvulling ondertekenen").await?;
    page.gone(Role::Dialog, "Aanvulling").await?;
    page.reads("Dochter gebeld").await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    page.reads("Rechterbeen verbonden").await?;
    page.reads("Dochter gebeld").await?;
    assert_eq!(boxes(&device).await?, 0, "a signed visit can be typed in");
    device.close().await?;
    Ok(())
}
