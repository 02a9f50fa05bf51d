//! A slow relay: the app is used as ever, the chip says what is under way, and in the end all is sent.

use anyhow::{Result, ensure};
use e2e::{SAVED, World};

use super::{add_device, behind_a_line, expect_clients, expect_waiting};
use crate::sync::expect_chip;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_relay_keeps_nobody_from_work_and_the_chip_counts_what_is_on_its_way() -> Result<()>
{
    const LAST: &str = "Langzaam";
    const FIRSTS: [&str; 3] = ["Eerste", "Tweede", "Derde"];
    /// As a telephone with one bar, and one that is nearly out of reach.
    const PACES: [u64; 2] = [8_000, 200];
    let mut turn = World::enter().await?;
    let (line, device) = behind_a_line(&mut turn).await?;
    let page = device.page();
    turn.server()?.stop();
    expect_chip(&device, "offline").await?;
    for first in FIRSTS {
        device.add_client(first, "", LAST).await?;
    }
    expect_waiting(&device, "wacht", 3).await?;
    line.set_pace(Some(PACES[1]));
    turn.server()?.resume().await?;
    let words = expect_waiting(&device, "bezig", 3).await?;
    ensure!(words == "Bezig met versturen (3)", "{words}");

    // Nothing that a person does waits for it.
    device.open_in_app("/clienten").await?;
    page.link(&format!("Tweede {LAST}, 01-02-1934, Zwolle"))
        .await?;
    page.heading(&format!("Tweede {LAST}")).await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Gewoon doorgewerkt")
        .await?;
    page.reads(SAVED).await?;
    let (words, count) = expect_chip(&device, "bezig").await?;
    ensure!(count == 3 && words.contains("(3)"), "it was sent: {words}");

    line.set_pace(Some(PACES[0]));
    let words = expect_waiting(&device, "klaar", 0).await?;
    ensure!(words.starts_with("Alles verstuurd en ontvangen"), "{words}");
    page.expect_value("Wat heb je gedaan?", "Gewoon doorgewerkt")
        .await?;
    line.set_pace(None);
    let other = add_device(&line.origin(), &device, "Laptop").await?;
    expect_clients(&other, &FIRSTS, LAST).await?;
    for device in [device, other] {
        device.close().await?;
    }
    Ok(())
}
