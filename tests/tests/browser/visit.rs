//! Visits: four taps, every refusal in words, midnight, the BSN guard, corrections.

use anyhow::Result;
use e2e::{CAREGIVER, Role, World};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_routine_visit_takes_over_actions_but_no_results() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Fenna", "", "Hoekstra").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Ogen gedruppeld").await?;
    page.fill("Resultaat", "Eenmalig resultaat").await?;
    page.fill("Ervaring van de cliënt", "Eenmalige ervaring")
        .await?;
    device.sign_visit().await?;

    device.open_in_app(&client).await?;
    page.link("Nieuw bezoek").await?;
    page.button("Start bezoek").await?;
    page.button("Zelfde als vorige keer").await?;
    page.reads("overgenomen van").await?;
    assert!(
        page.find(Role::Checkbox, "Ogen gedruppeld")
            .await?
            .is_selected()
            .await?
    );
    for label in ["Resultaat", "Feiten en omstandigheden", "Eindtijd"] {
        assert_eq!(page.value(label).await?, "", "{label} was taken over");
    }
    assert_eq!(page.value("Ervaring van de cliënt").await?, "");
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    page.reads("Ogen gedruppeld").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_visit_ends_the_next_day_after_a_question() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Aaltje", "", "Nacht").await?;
    device.start_visit().await?;
    page.fill("Datum", "28-03-2026").await?;
    page.fill("Begintijd", "23:00").await?;
    page.fill("Eindtijd", "0700").await?;
    page.fill("Wat heb je gedaan?", "Waakdienst").await?;
    page.button("Geen bijzonderheden").await?;
    page.reads("Tot zondag 07:00. Klopt dit?").await?;
    page.button("Klopt").await?;
    device.sign_visit().await?;
    page.reads("23:00").await?;
    page.reads("07:00").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measurements_have_limits_in_words() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Piet", "", "Druk").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Gemeten").await?;
    page.button("Geen bijzonderheden").await?;
    page.button("Metingen erbij").await?;
    page.fill("Temperatuur", "99").await?;
    page.button("Bezoek ondertekenen").await?;
    page.reads("tot 43").await?;
    page.expect_value("Temperatuur", "99").await?;
    page.fill("Temperatuur", "37,2").await?;
    page.fill("Bovendruk", "120").await?;
    page.fill("Onderdruk", "80").await?;
    device.sign_visit().await?;
    page.reads("37,2").await?;
    page.reads("120").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bsn_in_the_text_waits_and_is_never_stored() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Greet", "", "Guard").await?;
    device.start_visit().await?;
    page.fill(
        "Wat heb je gedaan?",
        "Gebeld over bsn 999990019 van mevrouw",
    )
    .await?;
    page.reads("Hier lijkt een BSN te staan. Dat mag bij deze cliënt niet.")
        .await?;
    page.reads("Dit stuk is nog niet bewaard.").await?;
    page.button("Geen bijzonderheden").await?;
    page.button("Bezoek ondertekenen").await?;
    page.reads("Er is een probleem.").await?;
    page.expect_value(
        "Wat heb je gedaan?",
        "Gebeld over bsn 999990019 van mevrouw",
    )
    .await?;
    page.button("Tekst aanpassen").await?;
    page.fill("Wat heb je gedaan?", "Gebeld met mevrouw")
        .await?;
    device.sign_visit().await?;
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
    device.sign_visit().await?;
    page.reads("Dirk-Jan Oude Luttikhuis").await?;

    device.open_in_app(&client).await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Zelf geweest").await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    let signed = device.path().await?;
    device.open_in_app("/meer/praktijk").await?;
    page.fill("AGB-code", "91-999999").await?;
    page.button("Opslaan").await?;
    device.open_in_app(&client).await?;
    device.start_visit().await?;
    assert!(page.test_id("visit-performer").await?.contains("91-999999"));
    device.open_in_app(&signed).await?;
    page.reads("91-012345").await?;
    assert!(!page.text().await?.contains("91-999999"));
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telephone_call_is_signed_as_such() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Belt", "", "Vaak").await?;
    device.start_visit().await?;
    page.group("Soort contact")
        .choose(Role::Radio, "Telefoon")
        .await?;
    page.fill("Wat heb je gedaan?", "Vragen over medicijnen beantwoord")
        .await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    page.reads("Telefoon").await?;
    let signed = device.path().await?;
    device.open_in_app(&client).await?;
    device.open_in_app(&signed).await?;
    page.reads("Vragen over medicijnen beantwoord").await?;
    let text = page.text().await?;
    assert!(text.contains("Telefoon") && !text.contains("Huisbezoek"));
    device.close().await?;
    Ok(())
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
    device.sign_visit().await?;
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
    device.close().await?;
    Ok(())
}
