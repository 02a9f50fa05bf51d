//! A larger vault comes onto a new device: usable on the way, cut off and reloaded in the middle, to its own end.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use e2e::{Device, GLANCE, PASSPHRASE, Profile, Role, Valve, World};
use engine::fixture::{self, Size};
use serde_json::json;
use tokio::time::Instant;

use crate::long_lists::{CLIENTS, fill};
use crate::sync::expect_chip;

/// More bytes than a few pages of the relay hold, and a list that shows at once.
const SIZE: Size = Size {
    clients: 40,
    visits: 4_000,
    years: 4,
    largest: 200,
    is_even: true,
};
/// Half of it: more than one page, less than all.
const SHARE: u64 = 2;
/// How long a whole vault may take, up or down.
const WHOLE: Duration = Duration::from_secs(120);

const BAR: &str = "const bar = document.querySelector('[data-testid=pairing-progress] progress'); \
    return bar && (bar.hasAttribute('value') ? Number(bar.value) : 'unknown');";
const ROWS: &str = "return document.querySelectorAll(arguments[0]).length";

/// Visits of today on Vandaag, and how many there are in every invented vault of this size.
const PLANNED: &str = "main ol.p-plan > li";
const PLANNED_COUNT: u64 = 12;

/// What the bar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bar {
    Gone,
    Unknown,
    Percent(u64),
}

async fn bar(device: &Device) -> Result<Bar> {
    let seen = device.script(BAR, Vec::new()).await?;
    Ok(match seen.as_u64() {
        Some(percent) => Bar::Percent(percent),
        None if seen.is_null() => Bar::Gone,
        None => Bar::Unknown,
    })
}

/// Waits until the bar is past this.
async fn past(device: &Device, percent: u64) -> Result<u64> {
    let begin = Instant::now();
    loop {
        match bar(device).await? {
            Bar::Percent(now) if now > percent => return Ok(now),
            Bar::Gone => bail!("the bar is gone at {percent} %"),
            now if begin.elapsed() > WHOLE => bail!("the bar stays at {now:?}"),
            _ => tokio::time::sleep(GLANCE).await,
        }
    }
}

/// Waits until the bar stands still.
async fn resting(device: &Device) -> Result<u64> {
    const STILL: Duration = Duration::from_secs(3);
    let mut since = Instant::now();
    let mut last = bar(device).await?;
    loop {
        tokio::time::sleep(GLANCE).await;
        let now = bar(device).await?;
        if now != last {
            (last, since) = (now, Instant::now());
        }
        if since.elapsed() > STILL {
            return match last {
                Bar::Percent(percent) => Ok(percent),
                other => bail!("the bar rests as {other:?}"),
            };
        }
    }
}

async fn unlock(device: &Device, passphrase: &str) -> Result<()> {
    let page = device.page();
    page.heading("Kluis op slot").await?;
    page.fill("Wachtwoord", passphrase).await?;
    page.button("Ontgrendelen").await?;
    page.gone(Role::Heading, "Kluis op slot").await
}

/// Opens the first dossier of the list; answers its path.
async fn open_a_dossier(device: &Device) -> Result<String> {
    device.open_in_app("/clienten").await?;
    let begin = Instant::now();
    let first = "const row = document.querySelector(arguments[0]); row?.click(); return !!row";
    while device.script(first, vec![json!(CLIENTS)]).await? != json!(true) {
        ensure!(begin.elapsed() < WHOLE, "no client is listed");
        tokio::time::sleep(GLANCE).await;
    }
    device.page().find(Role::Link, "Nieuw bezoek").await?;
    device.path().await
}

/// Waits until so many rows are on screen.
async fn expect_rows(device: &Device, selector: &str, count: u64) -> Result<()> {
    let begin = Instant::now();
    loop {
        let rows = device.script(ROWS, vec![json!(selector)]).await?;
        if rows.as_u64().context("no rows")? == count {
            return Ok(());
        }
        ensure!(
            begin.elapsed() < WHOLE,
            "{rows} rows of {selector}, not {count}"
        );
        tokio::time::sleep(GLANCE).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vault_that_fills_can_be_used_cut_off_and_reloaded_and_goes_on_where_it_was() -> Result<()>
{
    let mut turn = World::enter().await?;
    let valve = Valve::start(turn.server()?.port()).await?;
    let origin = valve.origin();
    turn.server()?.be_relay_behind(&origin).await?;
    let old = Device::start(Profile::new()?, &origin).await?;
    let planned = fill(&old, SIZE).await?;
    old.open("/").await?;
    unlock(&old, fixture::PASSPHRASE).await?;
    let begin = Instant::now();
    while expect_chip(&old, "klaar")
        .await
        .map_or(1, |(_, count)| count)
        > 0
    {
        ensure!(
            begin.elapsed() < WHOLE,
            "the old device does not get rid of it"
        );
    }
    let stored = turn.server()?.copied_bytes()?;

    let new = Device::start(Profile::new()?, &origin).await?;
    let code = new.ask_to_join("Tablet 2").await?;
    let kept = "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true));";
    new.script_async(kept, Vec::new()).await?;
    old.begin_to_pair().await?;
    let digits = old.take_code(&code).await?;
    new.type_digits(&digits).await?;
    new.page().reads("Het controlegetal klopt").await?;
    valve.allow(stored / SHARE);
    old.dialog("Apparaat koppelen").button("Toevoegen").await?;
    new.page().heading("Vandaag").await?;

    // In the middle: the bar stands, and a dossier opens.
    past(&new, 0).await?;
    let first = resting(&new).await?;
    ensure!((5..=95).contains(&first), "half of it is {first} %");
    let page = new.page();
    page.reads(&format!("Je dossiers komen binnen: {first} %."))
        .await?;
    // The day's work is there before the rest.
    expect_rows(&new, PLANNED, PLANNED_COUNT).await?;
    ensure!(bar(&new).await? != Bar::Gone);
    new.open_in_app(&format!("{planned}/bezoeken")).await?;
    page.find(Role::Group, "Jaar").await?;
    new.open_in_app("/").await?;
    let dossier = open_a_dossier(&new).await?;
    ensure!(bar(&new).await? != Bar::Gone);

    // Cut off, and reloaded without a server.
    valve.cut();
    new.open("/").await?;
    unlock(&new, PASSPHRASE).await?;
    page.heading("Vandaag").await?;
    page.by_test_id("pairing-progress").await?;
    page.reads("Je kunt al werken met wat er is.").await?;
    ensure!(bar(&new).await? == Bar::Unknown, "{:?}", bar(&new).await?);
    new.open_in_app(&dossier).await?;
    page.find(Role::Link, "Nieuw bezoek").await?;

    // It goes on where it was, and ends by itself.
    let before = valve.passed_bytes();
    valve.open();
    new.script("dispatchEvent(new Event('online'))", Vec::new())
        .await?;
    let begin = Instant::now();
    let mut last = first;
    loop {
        match bar(&new).await? {
            Bar::Gone => break,
            Bar::Percent(now) => {
                ensure!(now >= last, "it went back from {last} to {now} %");
                last = now;
            }
            Bar::Unknown => {}
        }
        ensure!(begin.elapsed() < WHOLE, "it does not end; at {last} %");
    }
    page.reads("Al je dossiers staan nu op dit apparaat")
        .await?;
    let again = valve.passed_bytes() - before;
    ensure!(
        again < stored - stored / SHARE / 2,
        "{again} bytes of {stored} after the cut"
    );
    new.open_in_app("/clienten").await?;
    expect_rows(&new, CLIENTS, SIZE.clients.into()).await?;
    // Nothing of it is left for the next time.
    new.open("/").await?;
    unlock(&new, PASSPHRASE).await?;
    expect_chip(&new, "klaar").await?;
    ensure!(bar(&new).await? == Bar::Gone);
    new.close().await?;
    old.close().await?;
    Ok(())
}
