//! Vandaag: planned visits by time, skipping once, links that say what they give away.

use anyhow::Result;
use e2e::{Role, World};

pub(crate) const DAYS: [&str; 7] = [
    "Maandag",
    "Dinsdag",
    "Woensdag",
    "Donderdag",
    "Vrijdag",
    "Zaterdag",
    "Zondag",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planned_visits_stand_by_time_and_can_be_skipped_once() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    for (name, time) in [("Laat", "16:15"), ("Vroeg", "0730")] {
        let client = device.add_client(name, "", "Dagelijks").await?;
        device.open_in_app(&format!("{client}/planning")).await?;
        for day in DAYS {
            page.choose(Role::Checkbox, day).await?;
        }
        page.fill("Tijd", time).await?;
        page.fill("Duur in minuten", "45").await?;
        page.button("Planning opslaan").await?;
        page.reads("45 minuten").await?;
    }
    device.open_in_app("/").await?;
    let visits = page.within(Role::Region, "Bezoeken vandaag");
    let early = visits.group("07:30 Vroeg Dagelijks");
    let late = visits.group("16:15 Laat Dagelijks");
    let (early_y, late_y) = (
        early
            .find(Role::Link, "Start bezoek")
            .await?
            .rect()
            .await?
            .y,
        late.find(Role::Link, "Start bezoek").await?.rect().await?.y,
    );
    assert!(early_y < late_y, "07:30 stands below 16:15");
    let call = early.find(Role::Link, "Bellen").await?;
    assert_eq!(
        call.attr("href").await?.as_deref(),
        Some("tel:+31612345678")
    );
    let route = early
        .find(Role::Link, "Route")
        .await?
        .attr("href")
        .await?
        .unwrap_or_default();
    assert!(
        route.contains("Vijverlaan") && !route.contains("Dagelijks"),
        "{route}"
    );
    page.reads("kaarten-app").await?;

    late.button("Vandaag overslaan").await?;
    late.find(Role::Button, "Toch doen").await?;
    early.link("Start bezoek").await?;
    page.find(Role::Textbox, "Resultaat").await?;
    assert!(!page.value("Begintijd").await?.is_empty());
    page.fill("Wat heb je gedaan?", "Opgestaan").await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    device.open_in_app("/").await?;
    early.find(Role::Link, "Bekijken").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn empty_screens_say_why_and_offer_one_action() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    page.heading("Vandaag").await?;
    page.find(Role::Link, "Nieuwe cliënt").await?;
    page.within(Role::Navigation, "Hoofdmenu")
        .link("Cliënten")
        .await?;
    page.reads("Je hebt nog geen cliënten.").await?;
    device.close().await?;
    Ok(())
}
