//! A BSN where none may be held: the text stays on screen, is on no disk, and signing or saving waits (B9).

use anyhow::{Context, Result, bail, ensure};
use e2e::{Device, GLANCE, PATIENCE, Place, Role, SAVED, World};

use crate::faults::paste;
use crate::visit::press_sign_in_vain;

/// All but the text with the BSN is on disk.
const REST_SAVED: &str = "De rest is bewaard";

const NOT_SAVED: &str = "Dit stuk is nog niet bewaard.";
const NOT_ALLOWED: &str = "Hier lijkt een BSN te staan. Dat mag bij deze cliënt niet.";

/// Every row of unsaved work on disk, as it is sealed there.
const DRAFTS: &str = r#"
const done = arguments[0];
const request = indexedDB.open("dossierkluis");
request.onsuccess = () => {
  const db = request.result;
  const all = db.transaction("draft").objectStore("draft").getAll();
  all.onsuccess = () => { db.close(); done(all.result.map((row) => new Uint8Array(row.buffer ?? row).join()).join(";")); };
};
"#;

async fn drafts(device: &Device) -> Result<String> {
    let rows = device.script_async(DRAFTS, Vec::new()).await?;
    let rows = rows.as_str().unwrap_or_default();
    if rows.is_empty() {
        bail!("there is no draft on disk: the reader is blind");
    }
    Ok(rows.to_owned())
}

/// Waits until the drafts on disk are other ones than `before`: the app has saved.
async fn other_drafts(device: &Device, before: &str) -> Result<String> {
    let saved = async {
        loop {
            let now = drafts(device).await?;
            if now != before {
                return Ok(now);
            }
            tokio::time::sleep(GLANCE).await;
        }
    };
    let outcome = tokio::time::timeout(PATIENCE, saved).await;
    outcome.context("the draft is not saved")?
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bsn_in_the_text_waits_and_is_never_stored() -> Result<()> {
    const WITH_BSN: &str = "Gebeld over bsn 999990019 van mevrouw";
    let mut turn = World::enter().await?;
    let origin = turn.server()?.origin();
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Greet", "", "Guard").await?;
    device.start_visit().await?;
    page.fill("Feiten en omstandigheden", "Mevrouw was moe")
        .await?;
    page.reads(SAVED).await?;
    let before = drafts(&device).await?;
    paste(&device, "Wat heb je gedaan?", WITH_BSN).await?;
    page.reads(NOT_ALLOWED).await?;
    page.reads(NOT_SAVED).await?;
    let with_bsn = other_drafts(&device, &before).await?;
    page.button("Geen bijzonderheden").await?;
    other_drafts(&device, &with_bsn).await?;
    page.expect_value("Wat heb je gedaan?", WITH_BSN).await?;
    page.reads(NOT_SAVED).await?;
    assert!(
        !page.text().await?.contains(SAVED),
        "a text that waits is called saved"
    );

    let device = Device::start(device.kill().await?, &origin).await?;
    device.open("/").await?;
    device.unlock().await?;
    let page = device.page();
    page.within(Role::Region, "Nog ondertekenen")
        .link("Verder schrijven")
        .await?;
    page.expect_value(
        "Resultaat",
        "Zorg gegeven zoals afgesproken. Geen bijzonderheden.",
    )
    .await?;
    page.expect_value("Feiten en omstandigheden", "Mevrouw was moe")
        .await?;
    let resumed = page.value("Wat heb je gedaan?").await?;
    assert!(
        !resumed.contains(|letter: char| letter.is_ascii_digit()),
        "the draft held {resumed:?}"
    );

    page.fill("Wat heb je gedaan?", WITH_BSN).await?;
    press_sign_in_vain(&device).await?;
    page.find(Role::Link, &format!("B9 {NOT_ALLOWED}")).await?;
    page.expect_value("Wat heb je gedaan?", WITH_BSN).await?;
    page.group("BSN gevonden bij Wat heb je gedaan?")
        .button("Tekst aanpassen")
        .await?;
    page.fill("Wat heb je gedaan?", "Gebeld met mevrouw")
        .await?;
    page.gone(Role::Group, "BSN gevonden bij Wat heb je gedaan?")
        .await?;
    page.reads(SAVED).await?;
    page.button("Iemand anders deed dit").await?;
    for (label, text) in [
        ("Resultaat", "Mevrouw is gerust"),
        ("Feiten en omstandigheden", "Mevrouw was moe"),
        ("Ervaring van de cliënt", "Ze was er blij mee"),
        ("Naam waarnemer", "Dirk-Jan Oude Luttikhuis"),
    ] {
        let found = format!("BSN gevonden bij {label}");
        paste(&device, label, WITH_BSN).await?;
        let beside = page.find(Role::Group, &found).await?.text().await?;
        assert!(beside.contains(NOT_ALLOWED) && beside.contains(NOT_SAVED));
        press_sign_in_vain(&device).await?;
        page.find(Role::Link, &format!("B9 {NOT_ALLOWED}")).await?;
        page.expect_value(label, WITH_BSN).await?;
        page.test_id("visit-status").await?;
        paste(&device, label, text).await?;
        page.gone(Role::Group, &found).await?;
    }
    page.reads(SAVED).await?;
    device.sign_visit().await?;
    page.by_test_id("recorded-at").await?;
    page.reads("Gebeld met mevrouw").await?;

    page.button("Corrigeren").await?;
    let dialog = device.dialog("Bezoek corrigeren");
    dialog.select("Welk onderdeel?", "Resultaat").await?;
    let texts = ["Mevrouw is ongerust", "Verkeerd gelezen"];
    for (label, text) in ["Nieuwe tekst", "Waarom corrigeer je dit?"]
        .iter()
        .zip(texts)
    {
        refuse_bsn(&dialog, label, WITH_BSN, "Correctie ondertekenen").await?;
        dialog.fill(label, text).await?;
    }
    dialog.button("Correctie ondertekenen").await?;
    page.gone(Role::Dialog, "Bezoek corrigeren").await?;
    page.reads("Mevrouw is ongerust").await?;
    page.button("Aanvulling schrijven").await?;
    let dialog = device.dialog("Aanvulling");
    refuse_bsn(&dialog, "Aanvulling", WITH_BSN, "Aanvulling ondertekenen").await?;
    dialog.fill("Aanvulling", "Dochter gebeld").await?;
    dialog.button("Aanvulling ondertekenen").await?;
    page.gone(Role::Dialog, "Aanvulling").await?;
    page.reads("Dochter gebeld").await?;
    assert!(!page.text().await?.contains("999990019"));
    device.close().await?;
    Ok(())
}

/// Waits until `words` stand nowhere on the page.
async fn not_said(place: &Place<'_>, words: &str) -> Result<()> {
    let waiting = async {
        while place.text().await?.contains(words) {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    };
    let outcome = tokio::time::timeout(PATIENCE, waiting).await;
    outcome.with_context(|| format!("the page goes on saying {words:?}"))?
}

/// Pressing `done` is refused with words as long as a BSN stands in this box, and the box keeps its text.
async fn refuse_bsn(place: &Place<'_>, label: &str, text: &str, done: &str) -> Result<()> {
    let refusal = format!("B9 {NOT_ALLOWED}");
    place.gone(Role::Link, &refusal).await?;
    not_said(place, NOT_SAVED).await?;
    place.fill(label, text).await?;
    place.reads(NOT_SAVED).await?;
    place.reads(REST_SAVED).await?;
    ensure!(
        !place.text().await?.contains(SAVED),
        "a text that waits is called saved"
    );
    place.button(done).await?;
    place
        .find(Role::Link, &refusal)
        .await
        .with_context(|| format!("a BSN in {label:?} is not refused"))?;
    place.expect_value(label, text).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bsn_in_the_texts_of_a_client_is_refused_where_none_may_be_held() -> Result<()> {
    const WITH_BSN: &str = "Bsn 999990019";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.open_in_app("/clienten/nieuw").await?;
    page.heading("Nieuwe cliënt").await?;
    page.choose(Role::Checkbox, "Particulier").await?;
    page.fill("Geboortedatum", "1-2-34").await?;
    page.fill("Aanvraagdatum zorg", "30-09-2026").await?;
    let texts = [
        ("Voornaam", "Gonda"),
        ("Tussenvoegsel", "van"),
        ("Achternaam", "Guard"),
        ("Straat en huisnummer", "Vijverlaan 12"),
        ("Plaats", "Zwolle"),
    ];
    for (label, text) in texts {
        page.fill(label, text).await?;
    }
    for (label, text) in texts {
        refuse_bsn(&page, label, WITH_BSN, "Cliënt opslaan").await?;
        page.fill(label, text).await?;
    }
    page.button("Cliënt opslaan").await?;
    page.heading("Gonda van Guard").await?;
    let details = format!("{}/gegevens", device.path().await?);
    device.open_in_app(&details).await?;
    page.button("Wijzig straat en huisnummer").await?;
    let dialog = device.dialog("Straat en huisnummer wijzigen");
    refuse_bsn(&dialog, "Straat en huisnummer", WITH_BSN, "Opslaan").await?;
    dialog.fill("Straat en huisnummer", "Plein 1").await?;
    dialog.button("Opslaan").await?;
    page.gone(Role::Dialog, "Straat en huisnummer wijzigen")
        .await?;
    page.reads("Plein 1").await?;
    assert!(!page.text().await?.contains("999990019"));
    device.close().await?;
    Ok(())
}
