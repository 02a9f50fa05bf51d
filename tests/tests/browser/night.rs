//! Nights: an end on the next day is read back and confirmed, also when the clock is put forward or back.

use anyhow::Result;
use e2e::{Device, Role, SAVED, World};
use serde_json::json;

use crate::visit::press_sign_in_vain;

async fn write(device: &Device, client: &str, date: &str, begin: &str, end: &str) -> Result<()> {
    device.open_in_app(client).await?;
    device.start_visit().await?;
    let page = device.page();
    page.fill("Wat heb je gedaan?", "Waakdienst").await?;
    page.button("Geen bijzonderheden").await?;
    set_times(device, date, begin, end).await
}

async fn set_times(device: &Device, date: &str, begin: &str, end: &str) -> Result<()> {
    let page = device.page();
    page.fill("Datum", date).await?;
    page.fill("Begintijd", begin).await?;
    page.fill("Eindtijd", end).await
}

async fn sign(device: &Device, begin: &str, end: &str, length: &str) -> Result<()> {
    device.sign_visit().await?;
    let page = device.page();
    page.expect_test_id("visit-begin", begin).await?;
    page.expect_test_id("visit-end", end).await?;
    page.expect_test_id("visit-length", length).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_ends_the_next_day_after_a_question_and_lasts_as_long_as_it_did() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Aaltje", "", "Nacht").await?;
    for (date, begun, end, length) in [
        (
            "20-03-2026",
            "vrijdag 20 maart 2026",
            "zaterdag 21 maart 2026",
            "8 uur",
        ),
        (
            "28-03-2026",
            "zaterdag 28 maart 2026",
            "zondag 29 maart 2026",
            "7 uur",
        ),
        (
            "24-10-2026",
            "zaterdag 24 oktober 2026",
            "zondag 25 oktober 2026",
            "9 uur",
        ),
    ] {
        let weekday = end.split_once(' ').unwrap().0;
        let question = format!("Tot {weekday} 07:00. Klopt dit?");
        write(&device, &client, date, "23:00", "0700").await?;
        page.reads(&question).await?;
        press_sign_in_vain(&device).await?;
        page.find(Role::Link, &format!("B12 {question}")).await?;
        page.expect_value("Eindtijd", "0700").await?;
        page.button("Klopt").await?;
        page.reads(&format!("Tot {end} 07:00")).await?;
        sign(
            &device,
            "23:00",
            &format!("07:00, op {end} (de volgende dag)"),
            length,
        )
        .await?;
        page.expect_test_id("visit-date", begun).await?;
    }
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_about_the_next_day_counts_for_those_times_only() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Wim", "", "Wissel").await?;
    write(&device, &client, "28-03-2026", "23:00", "07:00").await?;
    page.button("Klopt").await?;
    page.reads("Tot zondag 29 maart 2026 07:00").await?;
    // A slip: 19:30 in place of 18:30 makes a visit of a whole day.
    page.fill("Begintijd", "19:30").await?;
    page.fill("Eindtijd", "19:00").await?;
    page.reads("Tot zondag 19:00. Klopt dit?").await?;
    press_sign_in_vain(&device).await?;
    page.find(Role::Link, "B12 Tot zondag 19:00. Klopt dit?")
        .await?;
    device.close().await?;
    Ok(())
}

/// The one refusal of this time names the field, and what was typed still stands there.
async fn expect_refused(device: &Device, label: &str, typed: &str) -> Result<()> {
    let page = device.page();
    press_sign_in_vain(device).await?;
    let summary = page.within(Role::Alert, "Er is een probleem. Kijk deze 1 punten na.");
    let field = label.to_lowercase();
    let words = format!("B12 De {field} bestond niet: de klok ging die nacht naar 03:00");
    assert_eq!(summary.all(Role::Link).await?, [words]);
    page.expect_value(label, typed).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_that_the_clock_skipped_is_refused_and_one_shown_twice_is_the_first() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Klaas", "", "Klok").await?;
    write(&device, &client, "29-03-2026", "02:30", "04:00").await?;
    expect_refused(&device, "Begintijd", "02:30").await?;
    set_times(&device, "29-03-2026", "01:30", "02:30").await?;
    expect_refused(&device, "Eindtijd", "02:30").await?;
    set_times(&device, "28-03-2026", "23:00", "02:30").await?;
    expect_refused(&device, "Eindtijd", "02:30").await?;
    set_times(&device, "29-03-2026", "01:30", "03:30").await?;
    sign(&device, "01:30", "03:30", "1 uur").await?;

    for (begin, end, length) in [
        ("01:30", "03:30", "3 uur"),
        ("01:30", "02:30", "1 uur"),
        ("02:30", "03:30", "2 uur"),
        ("02:45", "02:15", "30 minuten"),
    ] {
        write(&device, &client, "25-10-2026", begin, end).await?;
        page.expect_value("Eindtijd", end).await?;
        sign(&device, begin, end, length).await?;
        page.expect_test_id("visit-date", "zondag 25 oktober 2026")
            .await?;
    }
    device.close().await?;
    Ok(())
}

/// From now on the page's clock shows this moment, and goes on from there.
async fn set_clock(device: &Device, moment: &str) -> Result<()> {
    let script = "const at = Date.parse(arguments[0]) - performance.now(); \
                  Date.now = () => Math.round(at + performance.now());";
    device.script(script, vec![json!(moment)]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_buttons_know_which_of_two_equal_hours_it_is() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Tweemaal", "", "Twee").await?;
    set_clock(&device, "2026-10-25T02:20:10+02:00").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Waakdienst").await?;
    page.button("Geen bijzonderheden").await?;
    // More than an hour without a touch: the vault has locked itself meanwhile.
    set_clock(&device, "2026-10-25T02:30:10+01:00").await?;
    device.unlock().await?;
    page.button("Nu klaar").await?;
    page.expect_value("Begintijd", "02:20").await?;
    page.expect_value("Eindtijd", "02:30").await?;
    page.reads(SAVED).await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    page.expect_value("Eindtijd", "02:30").await?;
    sign(&device, "02:20", "02:30", "1 uur en 10 minuten").await?;
    device.close().await?;
    Ok(())
}
