//! Clients: the form, the BSN, the identity, the list.

use anyhow::Result;
use e2e::{Role, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bsn_is_asked_only_where_it_must_be_held() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.open_in_app("/clienten/nieuw").await?;
    page.heading("Nieuwe cliënt").await?;
    page.button("Cliënt opslaan").await?;
    page.reads("Er is een probleem.").await?;
    page.choose(Role::Checkbox, "Particulier").await?;
    assert!(!page.has(Role::Textbox, "Burgerservicenummer (BSN)").await?);
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
    page.fill("Burgerservicenummer (BSN)", "999990018").await?;
    page.button("Cliënt opslaan").await?;
    page.reads("Er is een probleem. Kijk deze 2 punten na.")
        .await?;
    page.expect_value("Postcode", "12345").await?;
    page.fill("Postcode", "1234ab").await?;
    page.fill("Burgerservicenummer (BSN)", "000000000").await?;
    page.button("Cliënt opslaan").await?;
    page.reads("Er is een probleem. Kijk deze 1 punten na.")
        .await?;
    page.fill("Burgerservicenummer (BSN)", "999990019").await?;
    page.button("Cliënt opslaan").await?;
    page.heading("Toos d'Ancona-Visser").await?;

    page.within(Role::Navigation, "Onderdelen")
        .link("Gegevens")
        .await?;
    page.reads("•••••0019").await?;
    assert!(!page.text().await?.contains("999990019"));
    page.button("BSN tonen").await?;
    page.reads("999990019").await?;
    device.close().await?;
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
    page.reads("Er is een probleem.").await?;
    dialog
        .choose(Role::Checkbox, "BSN vergeleken met het document")
        .await?;
    dialog.button("Identiteit vastleggen").await?;
    page.gone(Role::Dialog, "Identiteit vaststellen").await?;
    page.expect_value("Resultaat", "Ging goed").await?;
    device.sign_visit().await?;
    device.open_in_app(&format!("{client}/gegevens")).await?;
    page.reads("Identiteit vastgesteld op").await?;
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
    page.find(Role::Button, "Identiteit vaststellen: Riet de Groot")
        .await?;
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
    dialog.fill("Telefoonnummer", "12").await?;
    dialog.button("Opslaan").await?;
    dialog.expect_value("Telefoonnummer", "12").await?;
    page.reads("Er is een probleem.").await?;
    dialog.fill("Telefoonnummer", "0687654321").await?;
    dialog.button("Opslaan").await?;
    page.reads("06-87654321").await?;
    page.button("Ongedaan maken").await?;
    page.gone(Role::Dialog, "Telefoonnummer wijzigen").await?;
    page.reads("06-12345678").await?;
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
