//! What a caregiver waits for: unlocking, opening, searching, saving.

use anyhow::{Context, Result};
use engine::fixture;
use serde_json::{Value, json};

use super::device::Measured;
use super::figure::Samples;
use super::vault::{COST, Filled};
use super::{Figure, Plan, start, world};

const UNLOCK_LIMIT_MS: f64 = 300.0;
const OPEN_LIMIT_MS: f64 = 100.0;
const SAVED_LIMIT_MS: f64 = 50.0;
const SEARCH_LIMIT_MS: f64 = 50.0;
const TASK_LIMIT_MS: f64 = 50.0;

/// How long the app waits after the last key before it saves a draft.
const PAUSE_MS: f64 = 500.0;

/// On a throttled main thread the workers keep their speed.
const WORKER: &str = "the worker's part is x4 on a tablet";

/// Unlock to Vandaag, on the small fixture.
pub(super) async fn unlock(plan: &Plan, small: &Filled) -> Result<Vec<Figure>> {
    let mut turn = world().await?;
    let measured = Measured::with(&mut turn, small).await?;
    let kdf = start::derive(&measured, COST).await?.median();
    let mut total = Samples::default();
    for _ in 0..plan.unlocks {
        measured.lock_screen().await?;
        total.push(measured.ms("unlock", json!([fixture::PASSPHRASE])).await?);
    }
    measured.device.close().await?;
    let note = format!(
        "median of {} whole unlocks of {:.0} ms, less {kdf:.0} ms of Argon2id; starting its worker is in it; {}; {WORKER}",
        total.len(),
        total.median(),
        small.label
    );
    let after = (total.median() - kdf).max(0.0);
    Ok(vec![Figure::ms(
        "unlock to Vandaag, after Argon2id",
        after,
        Some(UNLOCK_LIMIT_MS),
        note,
    )])
}

/// Everything on the big fixture.
pub(super) async fn figures(plan: &Plan, big: &Filled) -> Result<Vec<Figure>> {
    let mut turn = world().await?;
    let measured = Measured::with(&mut turn, big).await?;
    let mut figures = open(plan, &measured, big).await?;
    figures.push(search(&measured, big).await?);
    figures.extend(visits(plan, &measured, big).await?);
    measured.device.close().await?;
    Ok(figures)
}

/// The largest dossier, each time in a vault that was just unlocked: nothing of it is in memory.
async fn open(plan: &Plan, measured: &Measured, big: &Filled) -> Result<Vec<Figure>> {
    let (mut page, mut list, mut unlock) =
        (Samples::default(), Samples::default(), Samples::default());
    let path = format!("/client/{}", big.largest);
    for _ in 0..plan.unlocks {
        measured.lock_screen().await?;
        unlock.push(measured.ms("unlock", json!([fixture::PASSPHRASE])).await?);
        measured.call("show", json!(["/clienten"])).await?;
        page.push(measured.ms("follow", json!([path])).await?);
        list.push(
            measured
                .ms("follow", json!([format!("{path}/bezoeken")]))
                .await?,
        );
    }
    let note = format!(
        "median of {}, tap to the last change of the page, cold; {}; {WORKER}",
        page.len(),
        big.label
    );
    Ok(vec![
        Figure::ms(
            "open the largest dossier",
            page.median(),
            Some(OPEN_LIMIT_MS),
            note,
        ),
        Figure::ms(
            "a year of its visits",
            list.median(),
            None,
            "the same, for the list of the newest year",
        ),
        Figure::ms(
            "whole unlock of the large vault",
            unlock.median(),
            None,
            "Argon2id included",
        ),
    ])
}

async fn search(measured: &Measured, big: &Filled) -> Result<Figure> {
    measured.call("show", json!(["/clienten"])).await?;
    let mut keys = Samples::default();
    for word in ["janssen", "muller", "1934", "utrecht"] {
        let spans = measured.call("search", json!([word])).await?;
        for span in spans
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
        {
            keys.push(span);
        }
    }
    let note = format!(
        "p95 of {} keys that changed the list, median {:.0} ms, worst {:.0} ms; key to the new list in the page; {}; {WORKER}",
        keys.len(),
        keys.median(),
        keys.max(),
        big.label
    );
    Ok(Figure::ms(
        "search per key, p95",
        keys.percentile(95),
        Some(SEARCH_LIMIT_MS),
        note,
    ))
}

/// Whole visits at the client with the most of them.
async fn visits(plan: &Plan, measured: &Measured, big: &Filled) -> Result<Vec<Figure>> {
    let fast = run_visits(measured, big, plan.visits).await?;
    measured.slow_down(4).await?;
    let slow = run_visits(measured, big, plan.slow_visits).await?;
    measured.slow_down(1).await?;
    let count = fast.signed.len();
    let note = format!(
        "{count} signed visits, tap to \"Bezoek ondertekend\", strict durability; worst {:.0} ms",
        fast.signed.max()
    );
    let draft = format!(
        "{} drafts, last key to \"Bewaard op dit apparaat\", less the pause of 500 ms",
        fast.draft.len()
    );
    let slowed = format!(
        "{} signed visits, main thread slowed 4x, worker not: {WORKER}",
        slow.signed.len()
    );
    Ok(vec![
        Figure::ms(
            "edit to Saved, p50",
            fast.signed.median(),
            Some(SAVED_LIMIT_MS),
            "as below",
        ),
        Figure::ms(
            "edit to Saved, p95",
            fast.signed.percentile(95),
            Some(SAVED_LIMIT_MS),
            note,
        ),
        Figure::ms(
            "draft to Saved, p95",
            fast.draft.percentile(95),
            Some(SAVED_LIMIT_MS),
            draft,
        ),
        Figure::ms(
            "edit to Saved, p95, 4x",
            slow.signed.percentile(95),
            None,
            slowed,
        ),
        task("longest main-thread task in a visit, 1x", &fast, None),
        task(
            "longest main-thread task in a visit, 4x",
            &slow,
            Some(TASK_LIMIT_MS),
        ),
    ])
}

struct Visits {
    signed: Samples,
    draft: Samples,
    longest: f64,
    why: String,
}

async fn run_visits(measured: &Measured, big: &Filled, count: usize) -> Result<Visits> {
    let mut visits = Visits {
        signed: Samples::default(),
        draft: Samples::default(),
        longest: 0.0,
        why: String::new(),
    };
    let path = format!("/client/{}", big.largest);
    measured.call("show", json!([path])).await?;
    measured.call("forgetLongTasks", json!([])).await?;
    for _ in 0..count {
        let visit = measured
            .call(
                "visit",
                json!([path, "Geholpen met wassen en aankleden", PAUSE_MS]),
            )
            .await?;
        let span = |name: &str| {
            visit
                .get(name)
                .and_then(Value::as_f64)
                .with_context(|| format!("no {name} in {visit}"))
        };
        visits.signed.push(span("signed")?);
        visits.draft.push(span("draft")?.max(0.0));
    }
    let task = measured.call("longestTask", json!([])).await?;
    visits.longest = task.get("ms").and_then(Value::as_f64).unwrap_or_default();
    visits.why = task
        .get("why")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    Ok(visits)
}

fn task(what: &str, visits: &Visits, limit: Option<f64>) -> Figure {
    let note = format!(
        "of {} whole visits, from the client's page to the signed entry; {}",
        visits.signed.len(),
        visits.why
    );
    let is_below = visits.longest < TASK_LIMIT_MS;
    let measured = if is_below {
        TASK_LIMIT_MS
    } else {
        visits.longest
    };
    Figure {
        is_below,
        ..Figure::ms(what, measured, limit, note)
    }
}
