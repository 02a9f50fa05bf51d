//! A relay that keeps one record back: the device that lacks it says so, and does not say that it has all.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, ensure};
use e2e::{Device, Fate, Passing, Profile, World};
use protocol::record::{Lane, Record};
use protocol::wire::ToDevice;
use protocol::{AccountSeq, VerifyKey};
use serde_json::json;

use super::receipt::{key_of, newest_key};
use super::{behind_a_line, close_sheet, expect_clients, expect_waiting, open_sheet};
use crate::sync::expect_chip;

const WHOLE: &str = "Al je dossiers staan nu op dit apparaat";
/// Keeps in mind whether the page ever said these words.
const LISTEN: &str = "const words = arguments[0]; window.wasSaid = false; \
    const look = () => { window.wasSaid ||= document.body.textContent.includes(words); }; \
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true }); look();";

async fn was_said(device: &Device) -> Result<bool> {
    let said = device.script("return window.wasSaid", Vec::new()).await?;
    said.as_bool()
        .ok_or_else(|| anyhow::anyhow!("nobody listens"))
}

/// Leaves one record of work out of every page but those for the device of this key: one from the middle of the first
/// page that holds several. What follows it moves up, so that the log has no hole.
fn keep_one_from_all_but(whole: VerifyKey) -> impl Fn(&Passing) -> Fate + Send + Sync + 'static {
    let kept = Mutex::new((BTreeSet::<u32>::new(), None::<(Vec<u8>, AccountSeq)>));
    move |passing| {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (others, chosen) = &mut *kept;
        if key_of(passing).is_some_and(|key| key != whole) {
            others.insert(passing.connection);
        }
        if passing.is_up || !others.contains(&passing.connection) {
            return Fate::Pass;
        }
        let Ok((request, ToDevice::Page { head, mut records })) = ToDevice::decode(&passing.bytes)
        else {
            return Fate::Pass;
        };
        if chosen.is_none() {
            let of_work = records.0.iter().filter(|placed| is_work(placed.record.0));
            let of_work: Vec<_> = of_work.collect();
            *chosen = match of_work.len() {
                0..=2 => None,
                count => of_work
                    .get(count / 2)
                    .map(|one| (one.record.0.to_vec(), one.seq)),
            };
        }
        let Some((kept, place)) = chosen else {
            return Fate::Pass;
        };
        let moved_up = |seq: AccountSeq| AccountSeq(seq.0 - u64::from(seq >= *place));
        records
            .0
            .retain(|placed| placed.record.0 != kept.as_slice());
        for placed in &mut records.0 {
            placed.seq = moved_up(placed.seq);
        }
        let page = ToDevice::Page {
            head: moved_up(head),
            records,
        };
        page.encode(request).map_or(Fate::Drop, Fate::Swap)
    }
}

fn is_work(bytes: &[u8]) -> bool {
    let record = Record::decode(bytes.to_vec());
    record.is_ok_and(|record| record.outer().lane == Lane::Log)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_device_from_which_a_record_is_kept_says_so_and_does_not_say_that_it_has_all()
-> Result<()> {
    const LAST: &str = "Achtergehouden";
    const FIRSTS: [&str; 4] = ["Eerste", "Tweede", "Derde", "Vierde"];
    let mut turn = World::enter().await?;
    let (line, old) = behind_a_line(&mut turn).await?;
    let of_old = newest_key(&line).await?;
    for first in FIRSTS {
        old.add_client(first, "", LAST).await?;
    }
    expect_waiting(&old, "klaar", 0).await?;

    let new = Device::start(Profile::new()?, &line.origin()).await?;
    let code = new.ask_to_join("Laptop").await?;
    new.script(LISTEN, vec![json!(WHOLE)]).await?;
    old.begin_to_pair().await?;
    let digits = old.take_code(&code).await?;
    new.type_digits(&digits).await?;
    new.page().reads("Het controlegetal klopt").await?;
    line.bend(keep_one_from_all_but(of_old)).await;
    old.dialog("Apparaat koppelen").button("Toevoegen").await?;
    new.page().heading("Vandaag").await?;

    let (words, _) = expect_chip(&new, "lukt-niet").await?;
    ensure!(words.starts_with("Ontvangen lukt niet."), "{words}");
    let sheet = open_sheet(&new).await?;
    sheet
        .expect_test_id(
            "last-error",
            "De server geeft niet alles wat je andere apparaten stuurden. De app vraagt er vanzelf opnieuw om. \
             Blijft dit zo? Waarschuw de beheerder.",
        )
        .await?;
    // Asking again does not help while the relay stays as it is.
    sheet.button("Nu proberen").await?;
    expect_chip(&new, "lukt-niet").await?;
    ensure!(!was_said(&new).await?, "it said {WHOLE:?}");
    new.page().by_test_id("pairing-progress").await?;

    line.straighten().await;
    sheet.button("Nu proberen").await?;
    expect_chip(&new, "klaar").await?;
    new.page().reads(WHOLE).await?;
    ensure!(was_said(&new).await?);
    close_sheet(&new).await?;
    expect_clients(&new, &FIRSTS, LAST).await?;
    for device in [old, new] {
        device.close().await?;
    }
    Ok(())
}
