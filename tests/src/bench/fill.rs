//! A whole vault on its way: up to the relay, and from there to a device that was just added.

use anyhow::{Context, Result, bail, ensure};
use engine::fixture;
use serde_json::{Value, json};

use super::device::Measured;
use super::exchange::{Rest, rest};
use super::figure::Samples;
use super::vault::Filled;
use super::{Figure, Plan, missed, world};
use crate::{Role, Turn};

const TASK_LIMIT_MS: f64 = 50.0;
/// Long tasks that the table names.
const WORST: usize = 5;
/// How long the first of the new device's pages may take to show something.
const PATIENCE_MS: u32 = 600_000;

/// Up, and down again on three new devices; the last of them then misses what the old one goes on to make.
pub(super) async fn figures(
    plan: &Plan,
    small: &Filled,
    progress: &dyn Fn(&str),
) -> Result<Vec<Figure>> {
    let mut turn = world().await?;
    turn.server()?.be_relay().await?;
    let old = Measured::with(&mut turn, small).await?;
    old.call("followExchange", json!([])).await?;
    old.ms("unlock", json!([fixture::PASSPHRASE])).await?;
    let sent = rest(&old, "first upload", progress).await?;
    let stored = turn.server()?.copied_bytes()?;
    let mut figures = vec![
        Figure::ms(
            "first upload of a whole vault",
            sent.at - sent.began,
            None,
            format!(
                "from the vault being open to the chip's \"klaar\"; {}; visits of the fixture stand up to 150 to a record",
                small.label
            ),
        ),
        Figure {
            unit: "bytes",
            ..Figure::ms(
                "stored at the relay: the small vault",
                stored as f64,
                None,
                "a copy of its store by `sync-server backup`",
            )
        },
    ];
    let new = join(&mut turn, &old, small, Way::Slowed, progress).await?;
    figures.extend(new.figures);
    new.measured.device.close().await?;
    let new = join(&mut turn, &old, small, Way::Used, progress).await?;
    figures.extend(new.figures);
    new.measured.device.close().await?;
    let new = join(&mut turn, &old, small, Way::Left, progress).await?;
    figures.extend(new.figures);
    for records in plan.load.missed {
        figures.extend(missed::figures(&old, &new.measured, records, progress).await?);
        expect_all(&new.measured, &old, small).await?;
    }
    new.measured.device.close().await?;
    old.device.close().await?;
    Ok(figures)
}

/// How the person treats the new device after its first dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It is left alone.
    Left,
    /// The same, and its main thread is slow.
    Slowed,
    /// One dossier after the other is opened.
    Used,
}

impl Way {
    fn rate(self) -> u32 {
        if self == Self::Slowed { 4 } else { 1 }
    }
}

struct New {
    measured: Measured,
    figures: Vec<Figure>,
}

/// One new device, from the press on **Toevoegen** to the end.
async fn join(
    turn: &mut Turn,
    old: &Measured,
    small: &Filled,
    way: Way,
    progress: &dyn Fn(&str),
) -> Result<New> {
    let new = Measured::fresh(turn).await?;
    let code = new.device.ask_to_join(&format!("Tablet {way:?}")).await?;
    old.device.begin_to_pair().await?;
    let digits = old.device.take_code(&code).await?;
    new.device.type_digits(&digits).await?;
    new.device.page().reads("Het controlegetal klopt").await?;
    new.slow_down(way.rate()).await?;
    let is_used = way == Way::Used;
    new.call("awaitFill", json!([PATIENCE_MS, is_used])).await?;
    let pressed = old.ms("pressed", json!(["Toevoegen"])).await?;
    let done = rest(&new, "the new device", progress).await?;
    if let Some(error) = done.marks.get("error") {
        bail!("{way:?}: {error}");
    }
    let tasks = new.call("longestTask", json!([])).await?;
    new.slow_down(1).await?;
    expect_all(&new, old, small).await?;
    let dialog = "Apparaat koppelen";
    old.device.page().gone(Role::Dialog, dialog).await?;
    let filled = Filling {
        pressed,
        done,
        tasks,
        way,
    };
    Ok(New {
        measured: new,
        figures: filled.figures()?,
    })
}

/// What was seen of one.
struct Filling {
    pressed: f64,
    done: Rest,
    tasks: Value,
    way: Way,
}

impl Filling {
    fn figures(&self) -> Result<Vec<Figure>> {
        if self.way == Way::Used {
            return Ok(vec![self.opened()?]);
        }
        let rate = self.way.rate();
        let slowed = match self.way {
            Way::Slowed => "; main thread slowed, workers not: their part is x4 on a tablet",
            _ => "",
        };
        let first = format!(
            "from Toevoegen on the other device to a client's page; Vandaag after {:.0} ms, a client in the list after {:.0} ms{slowed}",
            self.since("today")?,
            self.since("client")?
        );
        let complete = format!("the same, to the chip's \"klaar\" with nothing behind{slowed}");
        Ok(vec![
            Figure::ms(
                &format!("new device: first dossier, {rate}x"),
                self.since("dossier")?,
                None,
                first,
            ),
            Figure::ms(
                &format!("new device: complete, {rate}x"),
                self.done.at - self.pressed,
                None,
                complete,
            ),
            self.task(),
        ])
    }

    /// Milliseconds from the press to a mark.
    fn since(&self, mark: &str) -> Result<f64> {
        let marks = &self.done.marks;
        let at = marks.get(mark).and_then(Value::as_f64);
        Ok(at.with_context(|| format!("no {mark} in {marks}"))? - self.pressed)
    }

    fn task(&self) -> Figure {
        let longest = self.tasks.get("ms").and_then(Value::as_f64);
        let longest = longest.unwrap_or_default();
        let why = self.tasks.get("why").and_then(Value::as_str);
        let all = self.tasks.get("all").and_then(Value::as_array);
        let mut worst: Vec<(f64, f64)> = all
            .into_iter()
            .flatten()
            .filter_map(|task| {
                let (at, ms) = (task.get(0)?.as_f64()?, task.get(1)?.as_f64()?);
                Some((ms, (at - self.pressed) / 1_000.0))
            })
            .collect();
        worst.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let count = worst.len();
        let worst: Vec<String> = worst
            .iter()
            .take(WORST)
            .map(|(ms, at)| format!("{ms:.0} at {at:.1} s"))
            .collect();
        let note = format!(
            "to the end of the filling, the list and one dossier on screen; {} over {TASK_LIMIT_MS} ms, the worst {}; the longest: {}",
            count,
            worst.join(", "),
            why.unwrap_or_default()
        );
        Figure {
            is_below: longest < TASK_LIMIT_MS,
            ..Figure::ms(
                &format!(
                    "longest main-thread task of a filling, {}x",
                    self.way.rate()
                ),
                longest.max(TASK_LIMIT_MS),
                (self.way == Way::Slowed).then_some(TASK_LIMIT_MS),
                note,
            )
        }
    }

    /// What a tap waits for while all comes in.
    fn opened(&self) -> Result<Figure> {
        let marks = &self.done.marks;
        let opens = marks.get("opens").and_then(Value::as_array);
        let mut spans = Samples::default();
        for span in opens.into_iter().flatten().filter_map(Value::as_f64) {
            spans.push(span);
        }
        ensure!(spans.len() > 0, "no dossier was opened: {marks}");
        let note = format!(
            "p95 of {} openings one after the other, median {:.0} ms, worst {:.0} ms; complete after {:.0} ms then",
            spans.len(),
            spans.median(),
            spans.max(),
            self.done.at - self.pressed
        );
        Ok(Figure::ms(
            "open a dossier while a new device fills, p95",
            spans.percentile(95),
            None,
            note,
        ))
    }
}

/// Both list the same clients, and the same visits of the largest dossier.
async fn expect_all(new: &Measured, old: &Measured, small: &Filled) -> Result<()> {
    let visits = format!("/client/{}/bezoeken", small.largest);
    for path in ["/clienten", &visits] {
        let there = old.call("listed", json!([path])).await?;
        let here = new.call("listed", json!([path])).await?;
        let count = |links: &Value| links.as_array().map_or(0, Vec::len);
        ensure!(count(&there) > 0, "nothing at {path}");
        ensure!(
            there == here,
            "{path} has {} links, and on the new device {}",
            count(&there),
            count(&here)
        );
    }
    Ok(())
}
