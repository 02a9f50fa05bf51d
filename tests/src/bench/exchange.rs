//! Waits until an exchange with the relay has come to its end, as its page says it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::device::Measured;

/// How often the pages are asked how far they are: they note the times themselves.
const LOOK: Duration = Duration::from_millis(500);
/// The chip has to say that all is done for this long: between two steps of an exchange it may say so, too.
const REST_MS: f64 = 3_000.0;
/// An exchange that shows no change for this long is stuck.
const STUCK_MS: f64 = 120_000.0;

/// An exchange that has come to its end.
pub(super) struct Rest {
    /// When the page first showed a chip, by the clock of all pages.
    pub(super) began: f64,
    /// When the end was there.
    pub(super) at: f64,
    /// What the page noted on the way.
    pub(super) marks: Value,
}

/// Waits until all is handed in and taken in.
pub(super) async fn rest(measured: &Measured, what: &str, progress: &dyn Fn(&str)) -> Result<Rest> {
    let mut told = 0.0;
    let mut begin = None;
    loop {
        let seen = measured.call("exchanged", json!([])).await?;
        let number = |key: &str| seen.get(key).and_then(Value::as_f64);
        let at = number("at").context("no time")?;
        let changed_at = number("changedAt").context("no time of a change")?;
        let now = seen.get("now").cloned().unwrap_or_default();
        let is_done = now.get("state") == Some(&json!("klaar"))
            && now.get("waiting") == Some(&json!(0))
            && now.get("filling") == Some(&json!(""));
        let seconds = (at - *begin.get_or_insert(at)) / 1_000.0;
        let is_reported = seconds - told >= 10.0;
        if is_done && at - changed_at >= REST_MS {
            progress(&format!("{what}: {}", states(&seen)));
            return Ok(Rest {
                began: began(&seen).context("no chip was seen")?,
                at: changed_at,
                marks: seen.get("marks").cloned().unwrap_or_default(),
            });
        }
        if is_reported {
            told = seconds;
            progress(&format!("{what}, {seconds:.0} s: {now}"));
        }
        if at - changed_at >= STUCK_MS {
            bail!("{what} is stuck at {now}; {}", states(&seen));
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn began(seen: &Value) -> Option<f64> {
    let states = seen.get("states")?.as_array()?;
    let first = states
        .iter()
        .find(|row| row.get(1).is_some_and(|state| state != ""))?;
    first.get(0)?.as_f64()
}

/// What the chip said one after the other, with the seconds since the first.
fn states(seen: &Value) -> String {
    let states = seen.get("states").and_then(Value::as_array);
    let rows: Vec<(f64, &str, bool)> = states
        .into_iter()
        .flatten()
        .filter_map(|row| {
            let [at, state, is_filling] = row.as_array()?.as_slice() else {
                return None;
            };
            Some((at.as_f64()?, state.as_str()?, is_filling.as_bool()?))
        })
        .collect();
    let first = rows.first().map_or(0.0, |(at, ..)| *at);
    let words = rows.iter().map(|(at, state, is_filling)| {
        let bar = if *is_filling { "+bar" } else { "" };
        format!("{:.1}s {state}{bar}", (at - first) / 1_000.0)
    });
    let words: Vec<String> = words.collect();
    words.join(", ")
}
