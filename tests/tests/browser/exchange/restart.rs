//! A relay that is killed while a device hands its work in, and starts again on what it kept.

use anyhow::{Context, Result, ensure};
use e2e::{Device, Fate, GLANCE, Line, PATIENCE, Turn, World};
use protocol::wire::ToRelay;

use super::turnover::{acks, expect_ack, expect_each_once, is_ack, records};
use super::{add_device, behind_a_line, expect_clients, expect_waiting};
use crate::sync::expect_chip;

/// How often a device handed records in, as far as whole messages came to the line.
async fn pushes(line: &Line) -> usize {
    let passed = line.passed().await;
    let pushed = passed.iter().filter(|of| {
        matches!(
            ToRelay::decode(&of.bytes),
            Ok((_, ToRelay::Push { .. })) if of.is_up
        )
    });
    pushed.count()
}

async fn expect_push(line: &Line, before: usize) -> Result<()> {
    let waiting = async {
        while pushes(line).await <= before {
            tokio::time::sleep(GLANCE).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.context("nothing was handed in")
}

/// Starts the relay again and says to the device that the network is back: by then it tries less and less.
pub(super) async fn resume(turn: &mut Turn, device: &Device) -> Result<()> {
    turn.server()?.resume().await?;
    let online = "window.dispatchEvent(new Event('online'))";
    device.script(online, Vec::new()).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_is_killed_in_the_middle_of_a_push_loses_and_doubles_nothing() -> Result<()> {
    const LAST: &str = "Herstart";
    const FIRSTS: [&str; 6] = ["Eerste", "Tweede", "Derde", "Vierde", "Vijfde", "Zesde"];
    const SLOW: u64 = 2_000;
    let mut turn = World::enter().await?;
    let (line, device) = behind_a_line(&mut turn).await?;
    let (before, _) = records(&line).await;

    turn.server()?.stop();
    expect_chip(&device, "offline").await?;
    for first in FIRSTS {
        device.add_client(first, "", LAST).await?;
    }
    let (_, waiting) = expect_chip(&device, "wacht").await?;
    ensure!(waiting >= 6, "{waiting} wait");

    // Killed while the message comes in: nothing of it was taken.
    let (pushed, taken) = (pushes(&line).await, acks(&line).await);
    line.set_pace(Some(SLOW));
    resume(&mut turn, &device).await?;
    expect_push(&line, pushed).await?;
    turn.server()?.stop();
    ensure!(acks(&line).await == taken, "it was too late");
    expect_waiting(&device, "wacht", waiting).await?;

    // Killed right after it kept everything, before the device heard so.
    line.set_pace(None);
    line.bend(|passing| match is_ack(passing) {
        true => Fate::Drop,
        false => Fate::Pass,
    })
    .await;
    resume(&mut turn, &device).await?;
    expect_ack(&line, taken).await?;
    turn.server()?.stop();
    expect_waiting(&device, "wacht", waiting).await?;

    line.straighten().await;
    resume(&mut turn, &device).await?;
    expect_waiting(&device, "klaar", 0).await?;
    let (after, _) = records(&line).await;
    ensure!(after >= before + FIRSTS.len(), "{before} and {after}");
    let other = add_device(&line.origin(), &device, "Laptop").await?;
    for device in [&device, &other] {
        expect_clients(device, &FIRSTS, LAST).await?;
        expect_waiting(device, "klaar", 0).await?;
    }
    expect_each_once(&line).await?;
    for device in [device, other] {
        device.close().await?;
    }
    Ok(())
}
