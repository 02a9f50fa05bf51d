//! Clients: the form, the BSN, the identity, the list.

use anyhow::{Result, ensure};
use e2e::{Device, Place, Role, World};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bsn_is_asked_only_where_it_must_be_held() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.open_in_app("/clienten/nieuw").await?;
    page.heading("Nieuwe cliënt").await?;
    page.button("Cliënt opslaan").await?;
    let required = [
        "Vul de voornaam in",
        "Vul de achternaam in",
        "Vul de geboortedatum in",
        "A22 Vul de aanvraagdatum in",
        "B7 Kies wie de zorg betaalt",
    ];
    assert_eq!(problems(&page, 5).await?, required);
    page.choose(Role::Checkbox, "Particulier").await?;
    assert!(!page.has(Role::Textbox, BSN).await?);
    page.choose(Role::Checkbox, "Wlz").await?;
    page.fill("Voornaam", "Toos").await?;
    page.fill("Achternaam", "d'Ancona-Visser").await?;
    page.fill("Geboortedatum", "02-1934").await?;
    assert_eq!(
        page.test_id("geboortedatum-gelezen").await?.trim(),
        "februari 1934"
    );
    page.fill("Aanvraagdatum zorg", "30 sep 2026").await?;
    page.fill("Postcode", "12345").await?;
    page.fill(BSN, "999990018").await?;
    page.button("Cliënt opslaan").await?;
    let wrong = "B7 Dit burgerservicenummer klopt niet";
    let found = problems(&page, 2).await?;
    assert_eq!(found, ["Vul de postcode in zoals 1234 AB", wrong]);
    page.expect_value("Postcode", "12345").await?;
    page.fill("Postcode", "1234ab").await?;
    page.fill(BSN, "000000000").await?;
    page.button("Cliënt opslaan").await?;
    assert_eq!(problems(&page, 1).await?, [wrong]);
    page.fill(BSN, "999990019").await?;
    page.button("Cliënt opslaan").await?;
    page.heading("Toos d'Ancona-Visser").await?;

    page.within(Role::Navigation, "Onderdelen")
        .link("Gegevens")
        .await?;
    page.reads("•••••0019").await?;
    assert!(!page.text().await?.contains("999990019"));
    page.button("BSN tonen").await?;
    page.reads("999990019").await?;
    a_bsn_typed_before_the_funding_was_changed_is_not_kept(&device).await?;
    device.close().await?;
    Ok(())
}

const BSN: &str = "Burgerservicenummer (BSN)";

/// What the summary of a refused form lists, in its order.
async fn problems(form: &Place<'_>, count: usize) -> Result<Vec<String>> {
    let heading = format!("Er is een probleem. Kijk deze {count} punten na.");
    form.find(Role::Alert, &heading).await?;
    form.within(Role::Alert, &heading).all(Role::Link).await
}

async fn a_bsn_typed_before_the_funding_was_changed_is_not_kept(device: &Device) -> Result<()> {
    let page = device.page();
    device.open_in_app("/clienten/nieuw").await?;
    page.heading("Nieuwe cliënt").await?;
    page.fill("Voornaam", "Piet").await?;
    page.fill("Achternaam", "Particulier").await?;
    page.fill("Geboortedatum", "1934").await?;
    page.fill("Aanvraagdatum zorg", "30-09-2026").await?;
    page.choose(Role::Checkbox, "Particulier").await?;
    page.choose(Role::Checkbox, "Wlz").await?;
    page.fill(BSN, "999990020").await?;
    untick(device, "Wlz").await?;
    page.gone(Role::Textbox, BSN).await?;
    page.button("Cliënt opslaan").await?;
    page.heading("Piet Particulier").await?;
    page.within(Role::Navigation, "Onderdelen")
        .link("Gegevens")
        .await?;
    page.reads("Niet vastgelegd. Dat mag alleen bij Zvw of Wlz.")
        .await?;
    ensure!(!page.text().await?.contains("0020"));
    ensure!(!page.has(Role::Button, "BSN tonen").await?);
    // Whoever changes the funding is asked for it, so nothing is held.
    page.button("Wijzig financiering").await?;
    let dialog = device.dialog("Financiering wijzigen");
    dialog.choose(Role::Checkbox, "Wlz").await?;
    dialog.expect_value(BSN, "").await
}

/// Takes a tick away by its words, as a finger does.
async fn untick(device: &Device, name: &str) -> Result<()> {
    let element = device.page().find(Role::Checkbox, name).await?;
    ensure!(element.is_selected().await?, "{name} is not ticked");
    let label = "return arguments[0].labels[0]";
    let args = vec![element.to_json()?];
    let label = device.driver.execute(label, args).await?.element()?;
    label.scroll_into_view().await?;
    label.click().await?;
    ensure!(!element.is_selected().await?, "{name} stays ticked");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn care_under_the_wlz_waits_for_the_identity() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device
        .add_client_paid_by("Wim", "", "Bakker", "Wlz", Some("999990020"))
        .await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Steunkousen aangetrokken")
        .await?;
    page.fill("Resultaat", "Ging goed").await?;
    page.button("Bezoek ondertekenen").await?;
    page.find(Role::Link, "B8 Stel eerst de identiteit vast")
        .await?;
    page.button("Identiteit vaststellen").await?;
    let dialog = device.dialog("Identiteit vaststellen");
    dialog.select("Soort document", "Paspoort").await?;
    dialog.fill("Documentnummer", "SPECI2014").await?;
    dialog.button("Identiteit vastleggen").await?;
    let compare = "B8 Vergelijk het BSN met het document en vink dit aan";
    assert_eq!(problems(&dialog, 1).await?, [compare]);
    dialog
        .choose(Role::Checkbox, "BSN vergeleken met het document")
        .await?;
    dialog.fill("Datum vastgesteld", "31-12-2099").await?;
    dialog.fill("Tijd vastgesteld", "0915").await?;
    dialog
        .expect_test_id("tijd-vastgesteld-gelezen", "09:15")
        .await?;
    dialog.button("Identiteit vastleggen").await?;
    let future = "B8 De datum van vaststellen ligt in de toekomst";
    assert_eq!(problems(&dialog, 1).await?, [future]);
    dialog.fill("Datum vastgesteld", "1 okt '26").await?;
    dialog
        .expect_test_id("datum-vastgesteld-gelezen", "donderdag 1 oktober 2026")
        .await?;
    dialog.button("Identiteit vastleggen").await?;
    page.gone(Role::Dialog, "Identiteit vaststellen").await?;
    page.expect_value("Resultaat", "Ging goed").await?;
    device.sign_visit().await?;
    device.open_in_app(&format!("{client}/gegevens")).await?;
    page.reads("Identiteit vastgesteld op 01-10-2026").await?;
    page.reads("om 09:15").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acute_care_goes_first_and_leaves_a_task() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device
        .add_client_paid_by("Riet", "de", "Groot", "Zvw", Some("999990032"))
        .await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Wond verbonden").await?;
    page.button("Geen bijzonderheden").await?;
    page.button("Bezoek ondertekenen").await?;
    page.reads("B8").await?;
    page.button("Identiteit vaststellen").await?;
    let dialog = device.dialog("Identiteit vaststellen");
    dialog.button("Acute zorg: later vaststellen").await?;
    dialog
        .fill("Waarom kan het nu niet?", "Gevallen, papieren liggen boven")
        .await?;
    dialog.button("Later vaststellen").await?;
    page.gone(Role::Dialog, "Identiteit vaststellen").await?;
    device.sign_visit().await?;
    page.within(Role::Navigation, "Hoofdmenu")
        .link("Vandaag")
        .await?;
    const TASK: &str = "Identiteit vaststellen: Riet de Groot";
    page.reads("Uitgesteld: Gevallen, papieren liggen boven")
        .await?;
    page.button(TASK).await?;
    dialog.select("Soort document", "Identiteitskaart").await?;
    dialog.fill("Documentnummer", "SPECI2021").await?;
    dialog
        .choose(Role::Checkbox, "BSN vergeleken met het document")
        .await?;
    dialog.button("Identiteit vastleggen").await?;
    page.gone(Role::Button, TASK).await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    page.reads("Nog geen bezoeken gepland.").await?;
    ensure!(!page.has(Role::Button, TASK).await?);
    ensure!(!page.has(Role::Heading, "Let op").await?);
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_field_keeps_its_earlier_value_and_can_be_taken_back() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Jan", "van der", "Meer").await?;
    device.open_in_app(&format!("{client}/gegevens")).await?;
    page.button("Wijzig telefoonnummer").await?;
    let dialog = device.dialog("Telefoonnummer wijzigen");
    for typed in ["12", "612345678"] {
        dialog.fill("Telefoonnummer", typed).await?;
        dialog.button("Opslaan").await?;
        let refusal = "Vul het telefoonnummer in met 10 cijfers, zoals 06 12345678";
        assert_eq!(problems(&dialog, 1).await?, [refusal], "{typed}");
        dialog.expect_value("Telefoonnummer", typed).await?;
    }
    dialog.button("Annuleren").await?;
    page.button("Wijzig telefoonnummer").await?;
    dialog.expect_value("Telefoonnummer", "06-12345678").await?;
    dialog.button("Annuleren").await?;
    for (typed, shown) in [
        ("06 87 65 43 21", "06-87654321"),
        ("+31 6 1234 5678", "06-12345678"),
        ("0031687654321", "06-87654321"),
    ] {
        page.button("Wijzig telefoonnummer").await?;
        dialog.fill("Telefoonnummer", typed).await?;
        dialog.button("Opslaan").await?;
        page.gone(Role::Dialog, "Telefoonnummer wijzigen").await?;
        page.reads(shown).await?;
    }
    page.button("Ongedaan maken").await?;
    page.gone(Role::Dialog, "Telefoonnummer wijzigen").await?;
    page.reads("06-12345678").await?;
    the_header_stays_in_sight(&device, "Jan van der Meer", "01-02-1934").await?;
    device
        .open_in_app(&format!("{client}/geschiedenis"))
        .await?;
    page.reads("wijzigde Telefoonnummer van 06-12345678 in 06-87654321")
        .await?;
    page.reads("wijzigde Telefoonnummer van 06-87654321 in 06-12345678")
        .await?;
    device.close().await?;
    Ok(())
}

/// Scrolls to the end; answers how far that was, and the words of the page's first header that can be seen there.
const SEEN_AT_THE_END: &str = r#"
const done = arguments[0];
scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
requestAnimationFrame(() => requestAnimationFrame(() => {
  const header = document.querySelector("main h1").closest("header");
  const texts = document.createTreeWalker(header, NodeFilter.SHOW_TEXT);
  const words = [];
  while (texts.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const box = range.getBoundingClientRect();
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (hit === texts.currentNode.parentElement) words.push(texts.currentNode.data);
  }
  done([scrollY, words.join("|")]);
}));
"#;

/// Name and birth date can be read at the end of a long page, on a tablet and on a phone.
async fn the_header_stays_in_sight(device: &Device, name: &str, born: &str) -> Result<()> {
    for (width, height) in [(1024, 768), (390, 844)] {
        device.resize(width, height).await?;
        let seen = device.script_async(SEEN_AT_THE_END, Vec::new()).await?;
        let (scrolled, words): (f64, String) = serde_json::from_value(seen)?;
        ensure!(scrolled > 150.0, "{width}x{height}: scrolled {scrolled}");
        ensure!(
            words.contains(name) && words.contains(born),
            "{width}x{height}: only {words:?} is in sight"
        );
    }
    device.resize(1024, 768).await
}

/// The headings below the one of the page, each with how many links stand under it.
const DAYS: &str = "return [...document.querySelectorAll('main h3')] \
    .map((day) => [day.innerText, day.parentElement.querySelectorAll('a').length])";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visits_stand_under_the_day_they_were_made() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Dagmar", "", "Dagen").await?;
    for (date, begin, end) in [
        ("27-03-2026", "19:00", "19:30"),
        ("26-03-2026", "08:00", "08:30"),
        ("27-03-2026", "08:00", "08:30"),
    ] {
        device.open_in_app(&client).await?;
        device.start_visit().await?;
        page.fill("Wat heb je gedaan?", "Gewassen").await?;
        page.button("Geen bijzonderheden").await?;
        page.fill("Datum", date).await?;
        page.fill("Begintijd", begin).await?;
        page.fill("Eindtijd", end).await?;
        device.sign_visit().await?;
    }
    device.open_in_app(&format!("{client}/bezoeken")).await?;
    page.heading("donderdag 26 maart 2026").await?;
    let days = device.script(DAYS, Vec::new()).await?;
    let expected = json!([["vrijdag 27 maart 2026", 2], ["donderdag 26 maart 2026", 1]]);
    assert_eq!(days, expected);
    let rows = page.all(Role::Link).await?;
    let times = rows.iter().filter_map(|row| row.lines().next());
    let times: Vec<&str> = times.filter(|row| row.contains('–')).collect();
    assert_eq!(times, ["19:00–19:30", "08:00–08:30", "08:00–08:30"]);
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_folds_diacritics_and_twins_are_told_apart() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Zoë", "", "Müller").await?;
    device.add_client("Noor", "", "Müller").await?;
    device
        .add_client(
            "Мария שלום 🌷",
            "'t",
            "Ĳsselmeer-Wolfeschlegelsteinhausenbergerdorff-van-de-Bovenkamp",
        )
        .await?;
    page.within(Role::Navigation, "Hoofdmenu")
        .link("Cliënten")
        .await?;
    page.fill("Zoek cliënt", "muller").await?;
    page.find(Role::Link, "Zoë Müller, 01-02-1934, Zwolle")
        .await?;
    page.find(Role::Link, "Noor Müller, 01-02-1934, Zwolle")
        .await?;
    page.fill("Zoek cliënt", "zoe").await?;
    page.gone(Role::Link, "Noor Müller, 01-02-1934, Zwolle")
        .await?;
    page.link("Zoë Müller, 01-02-1934, Zwolle").await?;
    page.heading("Zoë Müller").await?;
    assert!(!device.driver.title().await?.contains("Zoë"));
    device.close().await?;
    Ok(())
}
