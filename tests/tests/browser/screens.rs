//! A walk over every screen: rules of access, room for fingers, narrow screens, large text, pictures.
//!
mod filling;
mod gallery;
mod rare;
mod second;
pub(crate) mod walk;

use anyhow::Result;
use e2e::{AGB, CAREGIVER, Device, PASSPHRASE, Role, World};

use crate::day::DAYS;
use walk::{DAILY_TARGET, LARGE_TARGET, TARGET, Walk};

/// A person who was made up.
struct Person {
    name: &'static str,
    birth: &'static str,
    street: &'static str,
    place: &'static str,
    time: &'static str,
}

const MIEN: Person = Person {
    name: "Mien Voorbeeld",
    birth: "14-03-1938",
    street: "Proefstraat 1",
    place: "Verzonnendam",
    time: "08:00",
};
const JOOP: Person = Person {
    name: "Joop Verzonnen",
    birth: "02-11-1941",
    street: "Bedenklaan 22",
    place: "Verzonnendam",
    time: "09:30",
};
const ROOS: Person = Person {
    name: "Roos Bedacht",
    birth: "27-06-1952",
    street: "Fantasieplein 7",
    place: "Nergenshuizen",
    time: "14:15",
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_screen_passes_axe_takes_a_finger_and_fits_narrow_and_large() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    let mut walk = Walk::new(&device)?;
    let walked = everywhere(&mut walk).await;
    walk.end(walked)?;
    assert!(device.console_errors().await?.is_empty());
    device.close().await?;
    Ok(())
}

async fn everywhere(walk: &mut Walk<'_>) -> Result<()> {
    first_run(walk).await?;
    let mien = first_client(walk).await?;
    identity(walk).await?;
    details(walk, &mien).await?;
    let joop = add_person(walk.device, &JOOP).await?;
    let roos = add_person(walk.device, &ROOS).await?;
    visit(walk, &joop).await?;
    plan(walk, &mien, &MIEN, true).await?;
    plan(walk, &joop, &JOOP, false).await?;
    plan(walk, &roos, &ROOS, false).await?;
    day(walk).await?;
    clients(walk).await?;
    more(walk).await?;
    lock_and_tabs(walk).await?;
    rare::rare(walk, &mien).await
}

async fn first_run(walk: &mut Walk<'_>) -> Result<()> {
    let page = walk.device.page();
    walk.device.open("/").await?;
    page.heading("Welkom bij Dossierkluis").await?;
    walk.picture("welkom").await?;
    page.button("Nieuwe kluis maken").await?;
    page.heading("Wie ben je?").await?;
    walk.picture("wie-ben-je").await?;
    page.button("Verder").await?;
    page.reads("Er is een probleem.").await?;
    walk.look("wie-ben-je-fouten").await?;
    page.fill("Je naam", CAREGIVER).await?;
    page.select("Beroep", "Verzorgende IG").await?;
    page.fill("AGB-code", AGB).await?;
    page.button("Verder").await?;
    page.heading("Kies een wachtwoord").await?;
    page.button("Verder").await?;
    page.reads("Er is een probleem.").await?;
    walk.look("wachtwoord-fouten").await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.fill("Herhaal wachtwoord", PASSPHRASE).await?;
    walk.picture("wachtwoord").await?;
    page.button("Verder").await?;
    page.heading("Herstelblad").await?;
    let groups = walk.device.recovery_groups().await?;
    walk.picture("herstelblad").await?;
    page.button("Kluis openen").await?;
    page.reads("Er is een probleem.").await?;
    walk.look("herstelblad-fouten").await?;
    for (number, label) in walk.device.asked_groups().await? {
        page.fill(&label, &groups[number - 1]).await?;
    }
    page.button("Kluis openen").await?;
    page.heading("Vandaag").await?;
    page.test_id("storage-persisted").await?;
    walk.picture("vandaag-leeg").await?;
    page.button("Later").await?;
    menu(walk, "Cliënten").await?;
    page.reads("Je hebt nog geen cliënten.").await?;
    walk.picture("clienten-leeg").await
}

async fn menu(walk: &Walk<'_>, place: &str) -> Result<()> {
    walk.device
        .page()
        .within(Role::Navigation, "Hoofdmenu")
        .link(place)
        .await
}

/// Mien, whose care needs a BSN; ends on her page.
async fn first_client(walk: &mut Walk<'_>) -> Result<String> {
    let page = walk.device.page();
    walk.device.open_in_app("/clienten/nieuw").await?;
    page.heading("Nieuwe cliënt").await?;
    walk.picture("nieuwe-client").await?;
    page.choose(Role::Checkbox, "Wlz").await?;
    page.fill("Postcode", "12345").await?;
    page.button("Cliënt opslaan").await?;
    page.reads("Er is een probleem.").await?;
    walk.picture("nieuwe-client-fouten").await?;
    type_person(walk.device, &MIEN).await?;
    page.fill("Burgerservicenummer (BSN)", "999990019").await?;
    page.button("Cliënt opslaan").await?;
    page.heading(MIEN.name).await?;
    page.reads("Nog geen bezoeken.").await?;
    walk.picture("client-leeg").await?;
    walk.device.path().await
}

async fn type_person(device: &Device, person: &Person) -> Result<()> {
    let page = device.page();
    let (first, last) = person.name.split_once(' ').unwrap();
    for (label, text) in [
        ("Voornaam", first),
        ("Achternaam", last),
        ("Geboortedatum", person.birth),
        ("Straat en huisnummer", person.street),
        ("Postcode", "1234 AB"),
        ("Plaats", person.place),
        ("Telefoonnummer", "0612345678"),
        ("Aanvraagdatum zorg", "01-10-2026"),
    ] {
        page.fill(label, text).await?;
    }
    Ok(())
}

async fn add_person(device: &Device, person: &Person) -> Result<String> {
    device.open_in_app("/clienten/nieuw").await?;
    let page = device.page();
    page.heading("Nieuwe cliënt").await?;
    type_person(device, person).await?;
    page.choose(Role::Checkbox, "Particulier").await?;
    page.button("Cliënt opslaan").await?;
    page.heading(person.name).await?;
    device.path().await
}

async fn identity(walk: &mut Walk<'_>) -> Result<()> {
    let page = walk.device.page();
    page.button("Identiteit vaststellen").await?;
    let dialog = walk.device.dialog("Identiteit vaststellen");
    dialog.find(Role::Combobox, "Soort document").await?;
    walk.picture("identiteit").await?;
    dialog.button("Identiteit vastleggen").await?;
    page.reads("Er is een probleem.").await?;
    walk.look("identiteit-fouten").await?;
    dialog.button("Acute zorg: later vaststellen").await?;
    dialog
        .fill(
            "Waarom kan het nu niet?",
            "De papieren liggen bij haar dochter",
        )
        .await?;
    walk.look("identiteit-later").await?;
    dialog.button("Later vaststellen").await?;
    page.gone(Role::Dialog, "Identiteit vaststellen").await
}

async fn details(walk: &mut Walk<'_>, client: &str) -> Result<()> {
    let page = walk.device.page();
    let sections = page.within(Role::Navigation, "Onderdelen");
    sections.link("Gegevens").await?;
    page.button("Wijzig telefoonnummer").await?;
    let dialog = walk.device.dialog("Telefoonnummer wijzigen");
    dialog.fill("Telefoonnummer", "12").await?;
    dialog.button("Opslaan").await?;
    page.reads("Er is een probleem.").await?;
    walk.picture("gegevens-wijzig").await?;
    dialog.fill("Telefoonnummer", "0687654321").await?;
    dialog.button("Opslaan").await?;
    page.find(Role::Button, "Ongedaan maken").await?;
    // For ten seconds the toast lies over rows that can be scrolled away from under it.
    walk.look_without("gegevens-ongedaan", &["target-size"])
        .await?;
    page.button("Ongedaan maken").await?;
    page.reads("06-12345678").await?;
    page.gone(Role::Button, "Ongedaan maken").await?;
    page.button("Wijzig financiering").await?;
    let dialog = walk.device.dialog("Financiering wijzigen");
    dialog.find(Role::Checkbox, "Wlz").await?;
    walk.look("financiering-wijzig").await?;
    dialog.button("Annuleren").await?;
    page.button("BSN wijzigen").await?;
    walk.device
        .dialog("BSN wijzigen")
        .button("Annuleren")
        .await?;
    page.button("BSN tonen").await?;
    page.reads("999990019").await?;
    page.button("Eerder: telefoonnummer").await?;
    page.reads("06-87654321").await?;
    walk.picture("gegevens").await?;
    walk.device
        .open_in_app(&format!("{client}/geschiedenis"))
        .await?;
    page.reads("wijzigde Telefoonnummer").await?;
    walk.picture("geschiedenis").await
}

async fn visit(walk: &mut Walk<'_>, client: &str) -> Result<()> {
    let page = walk.device.page();
    walk.device
        .open_in_app(&format!("{client}/bezoeken"))
        .await?;
    page.reads("Nog geen bezoeken.").await?;
    walk.look("bezoeken-leeg").await?;
    walk.device.open_in_app(client).await?;
    page.heading(JOOP.name).await?;
    page.link("Nieuw bezoek").await?;
    page.find(Role::Button, "Start bezoek").await?;
    walk.picture("bezoek-leeg").await?;
    page.button("Bezoek ondertekenen").await?;
    page.reads("Er is een probleem.").await?;
    walk.picture("bezoek-fouten").await?;
    page.fill("Datum", &yesterday(walk.device).await?).await?;
    page.fill("Begintijd", "23:30").await?;
    page.fill("Eindtijd", "0700").await?;
    page.reads("Klopt dit?").await?;
    page.fill("Wat heb je gedaan?", "Gebeld over bsn 999990019")
        .await?;
    page.reads("Dit stuk is nog niet bewaard.").await?;
    page.button("Metingen erbij").await?;
    page.fill("Bovendruk", "250").await?;
    // The tab key leaves the box, so that what is wrong stands there before the next press.
    page.fill("Temperatuur", "99\u{e004}").await?;
    page.button("Iemand anders deed dit").await?;
    page.find(Role::Textbox, "Naam waarnemer").await?;
    walk.look("bezoek-vragen").await?;
    page.button("Iemand anders deed dit").await?;
    page.fill("Begintijd", "09:30").await?;
    page.fill("Eindtijd", "10:15").await?;
    page.fill(
        "Wat heb je gedaan?",
        "Geholpen met douchen en aankleden. Steunkousen aangetrokken. Huid nagekeken: geen rode plekken.",
    )
    .await?;
    page.fill("Bovendruk", "128").await?;
    page.fill("Onderdruk", "76").await?;
    page.fill("Temperatuur", "36,8").await?;
    page.fill(
        "Resultaat",
        "Zelfstandig opgestaan en naar de keuken gelopen. Minder stijf dan gisteren.",
    )
    .await?;
    page.fill("Ervaring van de cliënt", "Vindt dat het lopen beter gaat.")
        .await?;
    page.reads("Bewaard op dit apparaat").await?;
    walk.picture("bezoek").await?;
    walk.picture_for_readme("bezoek", 195).await?;
    page.button("Bezoek ondertekenen").await?;
    page.reads("Bezoek ondertekend").await?;
    walk.picture("bezoek-ondertekend").await?;
    correct(walk).await?;
    walk.device.open_in_app(client).await?;
    page.heading(JOOP.name).await?;
    page.find(Role::Link, "Alle bezoeken").await?;
    walk.picture("client").await?;
    walk.device
        .open_in_app(&format!("{client}/bezoeken"))
        .await?;
    page.reads("09:30–10:15").await?;
    walk.picture("bezoeken").await
}

async fn yesterday(device: &Device) -> Result<String> {
    let script = "const date = new Date(Date.now() - 864e5); const two = (n) => String(n).padStart(2, '0'); \
                  return `${two(date.getDate())}-${two(date.getMonth() + 1)}-${date.getFullYear()}`;";
    let date = device.script(script, Vec::new()).await?;
    Ok(date.as_str().unwrap_or_default().to_owned())
}

async fn correct(walk: &mut Walk<'_>) -> Result<()> {
    let page = walk.device.page();
    page.button("Corrigeren").await?;
    let dialog = walk.device.dialog("Bezoek corrigeren");
    dialog.select("Welk onderdeel?", "Resultaat").await?;
    dialog
        .fill("Nieuwe tekst", "Met de rollator naar de keuken gelopen.")
        .await?;
    dialog.button("Correctie ondertekenen").await?;
    page.reads("Er is een probleem.").await?;
    walk.picture("corrigeren").await?;
    dialog
        .fill("Waarom corrigeer je dit?", "De rollator was vergeten")
        .await?;
    dialog.button("Correctie ondertekenen").await?;
    page.gone(Role::Dialog, "Bezoek corrigeren").await?;
    page.reads("Met de rollator naar de keuken gelopen.")
        .await?;
    page.button("Aanvulling schrijven").await?;
    let dialog = walk.device.dialog("Aanvulling");
    dialog.fill("Aanvulling", "Dochter gebeld.").await?;
    walk.look("aanvulling").await?;
    dialog.button("Aanvulling ondertekenen").await?;
    page.gone(Role::Dialog, "Aanvulling").await?;
    page.button("Toon eerdere tekst").await?;
    page.reads("Zelfstandig opgestaan").await?;
    walk.picture("bezoek-gecorrigeerd").await
}

async fn plan(
    walk: &mut Walk<'_>,
    client: &str,
    person: &Person,
    is_looked_at: bool,
) -> Result<()> {
    let page = walk.device.page();
    walk.device
        .open_in_app(&format!("{client}/planning"))
        .await?;
    page.find(Role::Button, "Planning opslaan").await?;
    if is_looked_at {
        walk.picture("planning-leeg").await?;
        page.button("Planning opslaan").await?;
        page.reads("Er is een probleem.").await?;
        walk.look("planning-fouten").await?;
    }
    for day in DAYS {
        page.choose(Role::Checkbox, day).await?;
    }
    page.fill("Tijd", person.time).await?;
    page.fill("Duur in minuten", "45").await?;
    page.button("Planning opslaan").await?;
    page.reads("45 minuten").await?;
    if is_looked_at {
        walk.look("planning").await?;
    }
    Ok(())
}

/// Vandaag with a signed, a begun and a planned visit.
async fn day(walk: &mut Walk<'_>) -> Result<()> {
    let page = walk.device.page();
    let group = |person: &Person| format!("{} {}", person.time, person.name);
    walk.device.open_in_app("/").await?;
    let visits = page.within(Role::Region, "Bezoeken vandaag");
    visits.group(&group(&JOOP)).link("Start bezoek").await?;
    page.find(Role::Textbox, "Resultaat").await?;
    page.fill("Wat heb je gedaan?", "Ogen gedruppeld.").await?;
    page.button("Geen bijzonderheden").await?;
    page.button("Bezoek ondertekenen").await?;
    page.reads("Bezoek ondertekend").await?;
    walk.device.open_in_app("/").await?;
    visits.group(&group(&ROOS)).link("Start bezoek").await?;
    page.fill("Wat heb je gedaan?", "Medicijnen aangereikt.")
        .await?;
    page.reads("Bewaard op dit apparaat").await?;
    menu(walk, "Vandaag").await?;
    visits
        .group(&group(&JOOP))
        .find(Role::Link, "Bekijken")
        .await?;
    page.find(Role::Button, "Identiteit vaststellen: Mien Voorbeeld")
        .await?;
    walk.picture("vandaag").await?;
    walk.picture_for_readme("vandaag", 0).await?;
    page.button("Nieuw").await?;
    page.find(Role::Link, "Nieuw contact").await?;
    walk.look("menu-nieuw").await?;
    page.link("Nieuw bezoek").await?;
    page.heading("Nieuw bezoek").await?;
    page.find(Role::Textbox, "Zoek cliënt").await?;
    walk.look("kies-client").await
}

async fn clients(walk: &mut Walk<'_>) -> Result<()> {
    let page = walk.device.page();
    menu(walk, "Cliënten").await?;
    page.find(Role::Link, "Roos Bedacht, 27-06-1952, Nergenshuizen")
        .await?;
    walk.picture("clienten").await?;
    page.fill("Zoek cliënt", "verz").await?;
    page.gone(Role::Link, "Roos Bedacht, 27-06-1952, Nergenshuizen")
        .await?;
    walk.picture("zoeken").await?;
    page.fill("Zoek cliënt", "zzzz").await?;
    page.gone(Role::Link, "Joop Verzonnen, 02-11-1941, Verzonnendam")
        .await?;
    walk.look("zoeken-niets").await
}

async fn more(walk: &mut Walk<'_>) -> Result<()> {
    let page = walk.device.page();
    menu(walk, "Meer").await?;
    page.find(Role::Link, "Over en hulp").await?;
    walk.picture("meer").await?;
    for (path, title) in [
        ("/meer/praktijk", "Mijn praktijk"),
        ("/meer/opslag", "Opslag"),
        ("/meer/over", "Over en hulp"),
        ("/meer/niet-leesbaar", "Niet leesbaar"),
        ("/bestaat-niet", "Deze pagina is er niet"),
        ("/meer/instellingen", "Instellingen"),
    ] {
        walk.device.open_in_app(path).await?;
        page.heading(title).await?;
        let screen = title.to_lowercase().replace(' ', "-");
        if path == "/bestaat-niet" || path == "/meer/niet-leesbaar" {
            walk.look(&screen).await?;
        } else {
            walk.picture(&screen).await?;
        }
    }
    page.choose(Role::Checkbox, "Grote knoppen").await?;
    walk.target = (LARGE_TARGET, LARGE_TARGET);
    walk.look("instellingen met grote knoppen").await?;
    menu(walk, "Vandaag").await?;
    page.find(Role::Region, "Bezoeken vandaag").await?;
    walk.look("vandaag met grote knoppen").await?;
    page.within(Role::Region, "Nog ondertekenen")
        .link("Verder schrijven")
        .await?;
    page.find(Role::Textbox, "Resultaat").await?;
    walk.look("bezoek met grote knoppen").await?;
    walk.device.open_in_app("/meer/instellingen").await?;
    let large = page.find(Role::Checkbox, "Grote knoppen").await?;
    let press = "arguments[0].labels[0].click()";
    walk.device.script(press, vec![large.to_json()?]).await?;
    walk.target = (TARGET, DAILY_TARGET);
    Ok(())
}

async fn lock_and_tabs(walk: &mut Walk<'_>) -> Result<()> {
    let page = walk.device.page();
    let driver = &walk.device.driver;
    let first = driver.window().await?;
    let second = driver.new_tab().await?;
    driver.switch_to_window(second.clone()).await?;
    walk.device.open("/").await?;
    page.heading("Dossierkluis is al open").await?;
    walk.picture("al-open").await?;
    page.button("Hier overnemen").await?;
    page.heading("Kluis op slot").await?;
    walk.picture("slot").await?;
    page.fill("Wachtwoord", "helemaal niet goed").await?;
    page.button("Ontgrendelen").await?;
    page.reads("Dit wachtwoord klopt niet.").await?;
    walk.picture("slot-fout").await?;
    driver.switch_to_window(first).await?;
    page.heading("Dossierkluis is al open").await?;
    walk.look("overgenomen").await?;
    driver.close_window().await?;
    driver.switch_to_window(second).await?;
    Ok(())
}
