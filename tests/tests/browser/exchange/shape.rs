//! What a relay could count: an account with one client and one with many hand in the same, record for record.

use anyhow::{Result, bail, ensure};
use e2e::{Device, Line, Passing, Turn, World};
use protocol::record::Record;
use protocol::wire::ToRelay;

use super::{behind_a_line, close_sheet, expect_waiting, open_sheet};
use crate::sync::expect_chip;

/// Everything a relay can read of what a device sends, but what is random: keys, hashes, runs and what is sealed.
fn shape(passed: &[Passing]) -> Result<Vec<String>> {
    let mut shape = Vec::new();
    let mut runs = Vec::new();
    let mut first = None;
    for message in passed.iter().filter(|message| message.is_up) {
        let (request, frame) = ToRelay::decode(&message.bytes)?;
        let number = request.0 - *first.get_or_insert(request.0);
        let begin = format!("{number} {:#x}", frame.code());
        let ToRelay::Push { records } = frame else {
            shape.push(format!("{begin} {} bytes", message.bytes.len()));
            continue;
        };
        for record in records.0 {
            let record = Record::decode(record.0.to_vec())?;
            let outer = *record.outer();
            if !runs.contains(&outer.incarnation) {
                runs.push(outer.incarnation);
            }
            let run = runs.iter().position(|run| *run == outer.incarnation);
            let (route, whole) = (record.route_sealed().len(), record.as_bytes().len());
            shape.push(format!(
                "{begin} {:?} device {} run {run:?} place {} chain {} route {route} whole {whole}",
                outer.lane, outer.device.0, outer.seq.0, outer.chain.position,
            ));
        }
    }
    Ok(shape)
}

/// What a new account sends after work without the relay.
async fn sent_after(
    turn: &mut Turn,
    work: impl AsyncFnOnce(&Device) -> Result<()>,
) -> Result<(Vec<String>, u64)> {
    let (line, device) = behind_a_line(turn).await?;
    turn.server()?.stop();
    expect_chip(&device, "offline").await?;
    let before = line.passed().await.len();
    work(&device).await?;
    let (_, count) = expect_chip(&device, "wacht").await?;
    turn.server()?.resume().await?;
    open_sheet(&device).await?.button("Nu proberen").await?;
    expect_waiting(&device, "klaar", 0).await?;
    close_sheet(&device).await?;
    let after = settled(&line, &device).await?;
    let shape = shape(&line.passed().await[before..after])?;
    device.close().await?;
    Ok((shape, count))
}

/// How many messages passed, once a draft slot is the last that was sent: it goes after all else.
async fn settled(line: &Line, device: &Device) -> Result<usize> {
    const PUT_DRAFT: u8 = 0x07;
    for _ in 0..e2e::PATIENCE.as_millis() / e2e::GLANCE.as_millis() {
        expect_chip(device, "klaar").await?;
        let passed = line.passed().await;
        let last = passed.iter().rev().find(|message| message.is_up);
        if let Some(last) = last
            && ToRelay::decode(&last.bytes)?.1.code() == PUT_DRAFT
        {
            return Ok(passed.len());
        }
        tokio::time::sleep(e2e::GLANCE).await;
    }
    let shape = shape(&line.passed().await)?;
    bail!("no draft slot comes last: {shape:#?}")
}

/// Changes of the same client: a record each, as a new client is two.
async fn move_house(device: &Device, times: usize) -> Result<()> {
    let page = device.page();
    for number in 1..=times {
        page.button("Wijzig straat en huisnummer").await?;
        let street = format!("Plein {number}");
        page.fill("Straat en huisnummer", &street).await?;
        page.button("Opslaan").await?;
        page.reads(&street).await?;
        page.find(e2e::Role::Button, "Wijzig straat en huisnummer")
            .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_and_many_look_the_same_to_the_relay() -> Result<()> {
    const LAST: &str = "Geteld";
    let mut turn = World::enter().await?;
    let (one, of_one) = sent_after(&mut turn, async |device: &Device| {
        let client = device.add_client("Eerste", "", LAST).await?;
        device.open_in_app(&format!("{client}/gegevens")).await?;
        move_house(device, 4).await
    })
    .await?;
    let (many, of_many) = sent_after(&mut turn, async |device: &Device| {
        for first in ["Eerste", "Tweede", "Derde"] {
            device.add_client(first, "", LAST).await?;
        }
        Ok(())
    })
    .await?;
    ensure!(one.iter().any(|row| row.contains("place")), "{one:#?}");
    ensure!(one == many, "one client: {one:#?}\nmany: {many:#?}");
    // The device itself counts what a person did.
    ensure!((of_one, of_many) == (5, 3), "{of_one} {of_many}");

    // What may be seen: how many records there are, and their padded sizes. So this comparison can fail.
    let (fewer, _) = sent_after(&mut turn, async |device: &Device| {
        for first in ["Eerste", "Tweede"] {
            device.add_client(first, "", LAST).await?;
        }
        Ok(())
    })
    .await?;
    ensure!(fewer != many, "a record less is not seen");
    Ok(())
}
