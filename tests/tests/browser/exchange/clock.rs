//! A clock that is far from the relay's: the sheet says which way, and stops saying it when they agree again.

use anyhow::Result;
use e2e::{Device, Fate, Line, Passing, World};
use protocol::wire::ToDevice;
use serde_json::json;

use super::receipt::return_after;
use super::{behind_a_line, open_sheet};
use crate::faults::without_offline_copy;

const MINUTE_MS: i64 = 60_000;

/// A relay whose clock is this far ahead.
fn relay_ahead(by_ms: i64) -> impl Fn(&Passing) -> Fate + Send + Sync + 'static {
    move |passing| match ToDevice::decode(&passing.bytes) {
        Ok((
            request,
            ToDevice::Challenge {
                challenge,
                instance,
                time,
                registration,
                origin,
            },
        )) if !passing.is_up => {
            let later = ToDevice::Challenge {
                challenge,
                instance,
                time: time.saturating_add_signed(by_ms),
                registration,
                origin,
            };
            later.encode(request).map_or(Fate::Drop, Fate::Swap)
        }
        _ => Fate::Pass,
    }
}

/// Every device meets the relay anew, with its clock this far ahead.
async fn meet_anew(line: &Line, ahead_ms: i64) {
    line.bend(relay_ahead(ahead_ms)).await;
    line.cut();
}

/// Waits until the open sheet says this of the clock, or nothing.
async fn expect_clock(device: &Device, words: Option<&str>) -> Result<()> {
    const LOOK: &str = "const notice = document.querySelector('dialog [data-testid=clock-off]'); \
        return notice && [...notice.querySelectorAll('p')].at(-1).textContent.trim()";
    device.expect_script(LOOK, Vec::new(), &json!(words)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_far_off_is_told_until_it_is_right() -> Result<()> {
    let behind = "De klok van dit apparaat loopt 3 uur achter op de server. Zet hem goed.";
    let ahead = "De klok van dit apparaat loopt 25 uur voor op de server. Zet hem goed.";
    let mut turn = World::enter().await?;
    let (line, device) = behind_a_line(&mut turn).await?;
    open_sheet(&device).await?;
    expect_clock(&device, None).await?;
    meet_anew(&line, 210 * MINUTE_MS).await;
    expect_clock(&device, Some(behind)).await?;
    meet_anew(&line, -25 * 60 * MINUTE_MS).await;
    expect_clock(&device, Some(ahead)).await?;
    // A few minutes are no reason to go and set a clock.
    meet_anew(&line, 9 * MINUTE_MS).await;
    expect_clock(&device, None).await?;
    meet_anew(&line, -11 * MINUTE_MS).await;
    let little = "De klok van dit apparaat loopt 11 minuten voor op de server. Zet hem goed.";
    expect_clock(&device, Some(little)).await?;
    line.straighten().await;
    line.cut();
    expect_clock(&device, None).await?;

    // The same by the device's own clock.
    super::close_sheet(&device).await?;
    without_offline_copy(&device).await?;
    return_after(&mut turn, &device, 3).await?;
    open_sheet(&device).await?;
    let by_own = "De klok van dit apparaat loopt 3 uur voor op de server. Zet hem goed.";
    expect_clock(&device, Some(by_own)).await?;
    crate::faults::leave(&device).await?;
    device
        .devtools("Network.clearBrowserCache", json!({}))
        .await?;
    device.open("/").await?;
    device.unlock().await?;
    crate::sync::expect_chip(&device, "klaar").await?;
    open_sheet(&device).await?;
    expect_clock(&device, None).await?;
    device.close().await?;
    Ok(())
}
