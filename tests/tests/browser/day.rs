//! Vandaag: planned visits by time, skipping once, links that say what they give away.

use anyhow::{Context, Result, ensure};
use e2e::{AlteredApp, Device, Role, World, app_folder};
use serde_json::json;

use crate::faults::leave;

pub(crate) const DAYS: [&str; 7] = [
    "Maandag",
    "Dinsdag",
    "Woensdag",
    "Donderdag",
    "Vrijdag",
    "Zaterdag",
    "Zondag",
];

/// Plans visits of 45 minutes on these days.
pub(crate) async fn plan(device: &Device, client: &str, days: &[&str], time: &str) -> Result<()> {
    let page = device.page();
    device.open_in_app(&format!("{client}/planning")).await?;
    for day in days {
        page.choose(Role::Checkbox, day).await?;
    }
    page.fill("Tijd", time).await?;
    page.fill("Duur in minuten", "45").await?;
    page.button("Planning opslaan").await?;
    page.reads("45 minuten").await
}

/// Which weekday it is for the app.
async fn weekday_of_today(device: &Device) -> Result<&'static str> {
    let page = device.page();
    device.open_in_app("/").await?;
    page.reads("Nog geen bezoeken gepland.").await?;
    let text = page.text().await?;
    let is_named = |day: &&&str| text.contains(&format!("{} ", day.to_lowercase()));
    let mut named = DAYS.iter().filter(is_named);
    let day = named.next().context("Vandaag names no day")?;
    ensure!(named.next().is_none(), "Vandaag names two days: {text}");
    Ok(day)
}

/// The words that a screen reader adds to a link.
const DESCRIPTION: &str = "return arguments[0].getAttribute('aria-describedby').split(' ') \
    .map((id) => document.getElementById(id).innerText).join(' ')";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planned_visits_stand_by_time_and_can_be_skipped_once() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    let page = device.page();
    // The story begins the day before.
    let yesterday = AlteredApp::ahead(-25)?;
    turn.server()?.serve(yesterday.folder()).await?;
    device.make_vault().await?;
    let client = device.add_client("Laat", "", "Dagelijks").await?;
    let today = weekday_of_today(&device).await?;
    let others: Vec<&str> = DAYS.into_iter().filter(|day| *day != today).collect();
    plan(&device, &client, &DAYS, "16:15").await?;
    for (name, days, time) in [
        ("Vroeg", DAYS.as_slice(), "0730"),
        ("Eén", &[today], "9:00"),
        ("Zes", &others, "10.30"),
    ] {
        let client = device.add_client(name, "", "Dagelijks").await?;
        plan(&device, &client, days, time).await?;
    }
    device.open_in_app("/").await?;
    let visits = page.within(Role::Region, "Bezoeken vandaag");
    let early = visits.group("07:30 Vroeg Dagelijks");
    let late = visits.group("16:15 Laat Dagelijks");
    let once = ["07:30 Vroeg", "09:00 Eén", "16:15 Laat"];
    expect_visits(&device, &once).await?;
    let call = early.find(Role::Link, "Bellen").await?;
    assert_eq!(
        call.attr("href").await?.as_deref(),
        Some("tel:+31612345678")
    );
    let link = early.find(Role::Link, "Route").await?;
    let route = link.attr("href").await?.unwrap_or_default();
    assert!(
        route.contains("Vijverlaan") && !route.contains("Dagelijks"),
        "{route}"
    );
    let says = device.script(DESCRIPTION, vec![link.to_json()?]).await?;
    let gives_away = "Route opent je kaarten-app. Die krijgt het adres, niet de naam.";
    assert_eq!(says, json!(gives_away));
    page.reads(gives_away).await?;

    late.button("Vandaag overslaan").await?;
    late.button("Toch doen").await?;
    late.find(Role::Link, "Start bezoek").await?;
    late.gone(Role::Button, "Toch doen").await?;
    ensure!(!page.text().await?.contains("Overgeslagen"));
    late.button("Vandaag overslaan").await?;
    late.find(Role::Button, "Toch doen").await?;
    page.reads("Overgeslagen").await?;
    ensure!(!late.has(Role::Link, "Start bezoek").await?);
    early.link("Start bezoek").await?;
    page.find(Role::Textbox, "Resultaat").await?;
    assert!(!page.value("Begintijd").await?.is_empty());
    page.fill("Wat heb je gedaan?", "Opgestaan").await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    device.open_in_app("/").await?;
    early.find(Role::Link, "Bekijken").await?;

    leave(&device).await?;
    turn.server()?.serve(&app_folder()?).await?;
    device
        .devtools("Network.clearBrowserCache", json!({}))
        .await?;
    device.open("/").await?;
    device.unlock().await?;
    expect_visits(&device, &["07:30 Vroeg", "10:30 Zes", "16:15 Laat"]).await?;
    for visit in [early, late] {
        visit.find(Role::Link, "Start bezoek").await?;
        visit.find(Role::Button, "Vandaag overslaan").await?;
    }
    device.close().await?;
    Ok(())
}

/// Vandaag has these planned visits and no others, one below the other.
async fn expect_visits(device: &Device, names: &[&str]) -> Result<()> {
    let visits = device.page().within(Role::Region, "Bezoeken vandaag");
    let mut above = f64::MIN;
    for name in names {
        let group = format!("{name} Dagelijks");
        let y = visits.find(Role::Group, &group).await?.rect().await?.y;
        ensure!(y > above, "{name} stands above the one before");
        above = y;
    }
    let all = visits.all(Role::Group).await?;
    ensure!(all.len() == names.len(), "there is {all:?}");
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
