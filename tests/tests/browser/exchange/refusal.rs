//! What a relay does not take: no room for the account, one record never, its own disk full or failing.

use std::sync::{Mutex, PoisonError};

use anyhow::{Result, ensure};
use e2e::{Device, Fate, Passing, Role, World};
use protocol::record::{Lane, Record};
use protocol::wire::{Refusal, ToDevice, ToRelay};

use super::{
    FAILED, add_device, behind_a_line, close_sheet, expect_clients, expect_place, expect_waiting,
    open_sheet, sign,
};
use crate::sync::expect_chip;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_account_says_so_keeps_the_work_and_goes_on_when_there_is_room() -> Result<()> {
    const LAST: &str = "Ruimtegebrek";
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let origin = turn.server()?.origin();
    let device = turn.unlocked().await?;
    expect_chip(&device, "klaar").await?;

    let no_room = ["--quota-bytes", "1"];
    turn.server()?.be_relay_anew(&no_room).await?;
    device.add_client("Eerste", "", LAST).await?;
    let words = expect_waiting(&device, "lukt-niet", 1).await?;
    ensure!(words == FAILED, "{words}");
    let sheet = open_sheet(&device).await?;
    sheet
        .expect_test_id(
            "last-error",
            "De ruimte op de server is op. Vraag de beheerder om meer. Daarna gaat versturen vanzelf verder.",
        )
        .await?;
    let waiting = sheet.test_id("waiting-list").await?;
    ensure!(
        waiting.contains("Eerste Ruimtegebrek") && waiting.contains("1 wijziging"),
        "{waiting}"
    );
    close_sheet(&device).await?;

    // The work is on the device, and so is that it waits; the app is used as ever.
    device.open("/").await?;
    device.unlock().await?;
    expect_waiting(&device, "lukt-niet", 1).await?;
    device.add_client("Tweede", "", LAST).await?;
    expect_waiting(&device, "lukt-niet", 2).await?;
    // A browser that dies takes nothing of that with it.
    let profile = device.kill().await?;
    let device = Device::start(profile, &origin).await?;
    device.open("/").await?;
    device.unlock().await?;
    expect_waiting(&device, "lukt-niet", 2).await?;

    turn.server()?.be_relay_anew(&[]).await?;
    let words = expect_waiting(&device, "klaar", 0).await?;
    ensure!(words.starts_with("Alles verstuurd en ontvangen"), "{words}");
    let sheet = open_sheet(&device).await?;
    sheet
        .reads("Er staat niets klaar. Alles is verstuurd.")
        .await?;
    ensure!(
        !device
            .page()
            .text()
            .await?
            .contains("De ruimte op de server is op")
    );
    close_sheet(&device).await?;
    let other = add_device(&origin, &device, "Laptop").await?;
    expect_clients(&other, &["Eerste", "Tweede"], LAST).await?;
    for device in [device, other] {
        device.close().await?;
    }
    Ok(())
}

/// Refuses the first record of work that it sees, and goes on refusing that one.
fn refuse_one() -> impl Fn(&Passing) -> Fate + Send + Sync + 'static {
    let chosen = Mutex::new(None::<Vec<u8>>);
    move |passing| {
        let Ok((request, ToRelay::Push { records })) = ToRelay::decode(&passing.bytes) else {
            return Fate::Pass;
        };
        let is_work = |bytes: &&[u8]| {
            let record = Record::decode(bytes.to_vec());
            record.is_ok_and(|record| record.outer().lane == Lane::Log)
        };
        let mut chosen = chosen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = records.0.iter().map(|record| record.0);
        if chosen.is_none() {
            *chosen = all.clone().find(is_work).map(<[u8]>::to_vec);
        }
        let at = all.position(|bytes| Some(bytes) == chosen.as_deref());
        let Some(index) = at.and_then(|at| u16::try_from(at).ok()) else {
            return Fate::Pass;
        };
        let refusal = Refusal::TooLarge { limit_bytes: 1_024 };
        let refused = ToDevice::Refused { index, refusal };
        refused.encode(request).map_or(Fate::Drop, Fate::Answer)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_for_good_is_seen_with_its_reason_and_is_sent_as_a_new_record() -> Result<()>
{
    const REFUSED: &str = "Dit bezoek neemt de server niet aan";
    const LAST: &str = "Geweigerd";
    let mut turn = World::enter().await?;
    let (line, device) = behind_a_line(&mut turn).await?;
    let page = device.page();
    let client = device.add_client("Eerste", "", LAST).await?;
    sign(&device, "Dit bezoek kwam nog aan").await?;
    expect_place(&device, "Versleuteld op de server").await?;
    expect_chip(&device, "klaar").await?;

    device.open_in_app(&client).await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", REFUSED).await?;
    page.button("Geen bijzonderheden").await?;
    line.bend(refuse_one()).await;
    device.sign_visit().await?;
    let visit = device.path().await?;
    expect_chip(&device, "lukt-niet").await?;
    expect_place(&device, "Alleen op dit apparaat").await?;
    // What is made after it goes without it.
    device.add_client("Tweede", "", LAST).await?;
    let words = expect_waiting(&device, "lukt-niet", 0).await?;
    ensure!(words == FAILED, "{words}");
    let other = add_device(&line.origin(), &device, "Laptop").await?;
    expect_clients(&other, &["Eerste", "Tweede"], LAST).await?;
    other.open_in_app(&format!("{client}/bezoeken")).await?;
    other.page().reads("Dit bezoek kwam nog aan").await?;
    ensure!(!other.page().text().await?.contains(REFUSED));

    for round in 0..2 {
        let sheet = open_sheet(&device).await?;
        let item = sheet.test_id("refused").await?;
        for words in [
            "De server neemt iets niet aan: Eerste Geweigerd",
            "Het is bewaard op dit apparaat, maar nog niet op de server.",
            "De server vindt het te groot (code 2).",
        ] {
            ensure!(item.contains(words), "round {round}: {item}");
        }
        ensure!(
            !page.text().await?.contains("Alles is verstuurd"),
            "all is sent, and something is not"
        );
        close_sheet(&device).await?;
        if round == 0 {
            device.open("/").await?;
            device.unlock().await?;
            expect_waiting(&device, "lukt-niet", 0).await?;
        }
    }
    line.straighten().await;
    let sheet = open_sheet(&device).await?;
    sheet.button("Opnieuw proberen").await?;
    expect_waiting(&device, "klaar", 0).await?;
    sheet.gone(Role::Button, "Opnieuw proberen").await?;
    sheet
        .reads("Er staat niets klaar. Alles is verstuurd.")
        .await?;
    close_sheet(&device).await?;
    device.open_in_app(&visit).await?;
    expect_place(&device, "Versleuteld op de server").await?;
    other.page().reads(REFUSED).await?;
    for device in [device, other] {
        device.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_whose_disk_is_full_or_fails_takes_nothing_and_goes_on_afterwards() -> Result<()> {
    const TEXTS: [&str; 2] = ["Bij een volle schijf", "Bij een schijf die hapert"];
    let mut turn = World::enter().await?;
    let disk = turn.server()?.be_relay_on_disk().await?;
    let origin = turn.server()?.origin();
    let device = turn.unlocked().await?;
    expect_chip(&device, "klaar").await?;
    let client = device.add_client("Schijf", "van de", "Server").await?;
    for (round, text) in TEXTS.into_iter().enumerate() {
        let set = |is_bad| match round {
            0 => disk.set_full(is_bad),
            _ => disk.set_failing(is_bad),
        };
        device.open_in_app(&client).await?;
        expect_waiting(&device, "klaar", 0).await?;
        set(true)?;
        sign(&device, text).await?;
        let (words, count) = expect_chip(&device, "wacht").await?;
        ensure!(
            words.starts_with("De server is druk.") && words.ends_with("op dit apparaat."),
            "{words}"
        );
        ensure!(count > 0);
        expect_place(&device, "Alleen op dit apparaat").await?;
        let sheet = open_sheet(&device).await?;
        sheet
            .expect_test_id(
                "last-error",
                "De server is druk of kan nu niets bewaren. De app probeert het vanzelf opnieuw.",
            )
            .await?;
        close_sheet(&device).await?;
        set(false)?;
        expect_place(&device, "Versleuteld op de server").await?;
        expect_waiting(&device, "klaar", 0).await?;
    }
    let other = add_device(&origin, &device, "Laptop").await?;
    other.open_in_app(&format!("{client}/bezoeken")).await?;
    for text in TEXTS {
        other.page().reads(text).await?;
    }
    for device in [device, other] {
        device.close().await?;
    }
    Ok(())
}
