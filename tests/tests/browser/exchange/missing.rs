//! A record that another device has and the relay keeps back: the device that lacks it says so at its maker.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use e2e::{Device, Fate, Passing, World};
use protocol::record::{Lane, Record};
use protocol::wire::{RecordBytes, ToDevice};
use protocol::{DeviceIndex, VerifyKey};

use super::receipt::{key_of, newest_key};
use super::{
    add_device, behind_a_line, close_sheet, expect_clients, expect_place, expect_told,
    expect_waiting, open_sheet, sign,
};

const MISSING: &str = "missing-here";

/// Keeps from the device of this key the newest change of this maker in the first page that holds one: another record
/// of the page stands in its place, so that the log has no hole.
fn keep_back(from: VerifyKey, maker: DeviceIndex) -> impl Fn(&Passing) -> Fate + Send + Sync {
    let memory = Mutex::new((BTreeSet::<u32>::new(), None::<(Vec<u8>, Vec<u8>)>));
    move |passing| {
        let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
        let (its_own, kept) = &mut *memory;
        if key_of(passing).is_some_and(|key| key == from) {
            its_own.insert(passing.connection);
        }
        if passing.is_up || !its_own.contains(&passing.connection) {
            return Fate::Pass;
        }
        let Ok((request, ToDevice::Page { head, mut records })) = ToDevice::decode(&passing.bytes)
        else {
            return Fate::Pass;
        };
        if kept.is_none() {
            let all = || records.0.iter().map(|placed| placed.record.0.to_vec());
            let chosen = all().rfind(|bytes| maker_of(bytes) == Some(maker));
            let cover = all().rfind(|bytes| maker_of(bytes) != Some(maker));
            *kept = chosen.zip(cover);
        }
        let Some((kept, cover)) = kept else {
            return Fate::Pass;
        };
        for placed in &mut records.0 {
            if placed.record.0 == kept.as_slice() {
                placed.record = RecordBytes(cover);
            }
        }
        let page = ToDevice::Page { head, records };
        page.encode(request).map_or(Fate::Drop, Fate::Swap)
    }
}

fn maker_of(bytes: &[u8]) -> Option<DeviceIndex> {
    let record = Record::decode(bytes.to_vec()).ok()?;
    (record.outer().lane == Lane::Log).then_some(record.outer().device)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_relay_keeps_back_is_missed_by_the_word_of_a_third_device() -> Result<()> {
    const LAST: &str = "Gemist";
    const KEPT: &str = "Dit bezoek houdt de server achter";
    let mut turn = World::enter().await?;
    let (line, tablet) = behind_a_line(&mut turn).await?;
    let client = tablet.add_client("Eerste", "", LAST).await?;
    let phone = add_device(&line.origin(), &tablet, "Telefoon").await?;
    let laptop = add_device(&line.origin(), &tablet, "Laptop").await?;
    let of_laptop = newest_key(&line).await?;
    for device in [&phone, &laptop] {
        expect_clients(device, &["Eerste"], LAST).await?;
    }
    expect_told(&laptop, "Apparaat 1", MISSING, None).await?;
    let profile = laptop.close().await?;

    tablet.open_in_app(&client).await?;
    sign(&tablet, KEPT).await?;
    expect_place(&tablet, "Versleuteld op de server").await?;
    phone.open_in_app(&format!("{client}/bezoeken")).await?;
    phone.page().reads(KEPT).await?;
    // What it makes next says that it has that visit.
    phone.add_client("Tweede", "", LAST).await?;
    expect_waiting(&phone, "klaar", 0).await?;

    line.bend(keep_back(of_laptop, DeviceIndex(0))).await;
    let laptop = Device::start(profile, &line.origin()).await?;
    laptop.open("/").await?;
    laptop.unlock().await?;
    expect_clients(&laptop, &["Eerste", "Tweede"], LAST).await?;
    let missed = "Dit apparaat mist 1 wijziging die een ander apparaat wel heeft";
    expect_told(&laptop, "Apparaat 1", MISSING, Some(missed)).await?;
    expect_told(&laptop, "Telefoon", MISSING, None).await?;

    line.straighten().await;
    open_sheet(&laptop).await?.button("Nu proberen").await?;
    close_sheet(&laptop).await?;
    laptop.open_in_app(&format!("{client}/bezoeken")).await?;
    laptop.page().reads(KEPT).await?;
    expect_told(&laptop, "Apparaat 1", MISSING, None).await?;
    expect_waiting(&laptop, "klaar", 0).await?;
    for device in [tablet, phone, laptop] {
        device.close().await?;
    }
    Ok(())
}
