//! Cold starts from the cache with the server stopped, and Argon2id in the app's own worker.

use anyhow::{Context, Result, ensure};
use crypto::{KdfParams, Passphrase, Slot, calibrate};
use engine::fixture;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use super::device::Measured;
use super::figure::Samples;
use super::vault;
use super::{Figure, Plan, world};
use crate::Turn;
use engine::fixture::Size;

const PAINT_LIMIT_MS: f64 = 300.0;
const LOCK_LIMIT_MS: f64 = 1_500.0;
/// What a new slot aims at; a tenth more is within what calibration promises.
const DERIVE_LIMIT_MS: f64 = 770.0;

pub(super) async fn figures(plan: &Plan) -> Result<Vec<Figure>> {
    let tiny = Size {
        clients: 1,
        visits: 1,
        years: 1,
        largest: 1,
        is_even: true,
    };
    let tiny = vault::fill(&tiny)?;
    let mut turn = world().await?;
    let measured = Measured::with(&mut turn, &tiny).await?;
    measured.call("offline", json!([])).await?;
    let argon2id = argon2id(&measured).await;
    let starts = starts(plan, &mut turn, &measured).await;
    measured.device.close().await?;
    let mut figures = starts?;
    figures.extend(argon2id?);
    Ok(figures)
}

async fn starts(plan: &Plan, turn: &mut Turn, measured: &Measured) -> Result<Vec<Figure>> {
    measured.lock_screen().await?;
    turn.server()?.stop();
    let mut figures = Vec::new();
    for rate in [1, 4] {
        measured.slow_down(rate).await?;
        let (mut paint, mut lock) = (Samples::default(), Samples::default());
        for _ in 0..plan.starts {
            measured.device.open("/").await?;
            let start = measured.call("started", json!([])).await?;
            ensure!(
                start.get("isFromCache") == Some(&Value::Bool(true)),
                "the page did not come from the cache"
            );
            paint.push(number(&start, "paint")?);
            lock.push(number(&start, "lock")?);
        }
        let note = format!(
            "median of {}, from the cache, server stopped; worst {:.0} ms",
            paint.len(),
            paint.max()
        );
        figures.push(Figure::ms(
            &format!("first paint, {rate}x"),
            paint.median(),
            Some(PAINT_LIMIT_MS),
            note,
        ));
        let workers = if rate == 1 {
            ""
        } else {
            "; the vault worker runs unslowed beside it"
        };
        let note = format!("as above; worst {:.0} ms{workers}", lock.max());
        figures.push(Figure::ms(
            &format!("lock screen takes text, {rate}x"),
            lock.median(),
            Some(LOCK_LIMIT_MS),
            note,
        ));
    }
    measured.slow_down(1).await?;
    turn.server()?.resume().await?;
    Ok(figures)
}

async fn argon2id(measured: &Measured) -> Result<Vec<Figure>> {
    let least = derive(measured, KdfParams::DEFAULT).await?;
    let per_pass = least.median() / f64::from(KdfParams::DEFAULT.passes());
    let chosen = calibrate(KdfParams::DEFAULT, per_pass);
    let taken = derive(measured, chosen).await?;
    let (mib, passes) = (chosen.memory_kib() / 1024, chosen.passes());
    let note = format!(
        "{mib} MiB, {passes} passes, as a new vault on this machine gets; in the app's worker, without starting it; the least \
         (64 MiB, 3 passes) takes {:.0} ms",
        least.median()
    );
    Ok(vec![Figure::ms(
        "Argon2id",
        taken.median(),
        Some(DERIVE_LIMIT_MS),
        note,
    )])
}

/// Times of Argon2id with these parameters in the app's own worker.
pub(super) async fn derive(measured: &Measured, params: KdfParams) -> Result<Samples> {
    let passphrase = Passphrase::parse(fixture::PASSPHRASE)?;
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let mut samples = Samples::default();
    for _ in 0..5 {
        let request = Slot::make_request(&mut rng, params, &passphrase);
        let answer = measured
            .call("deriveKey", json!([request.to_bytes().to_vec()]))
            .await?;
        samples.push(number(&answer, "elapsed")?);
    }
    Ok(samples)
}

fn number(answer: &Value, name: &str) -> Result<f64> {
    answer
        .get(name)
        .and_then(Value::as_f64)
        .with_context(|| format!("no {name} in {answer}"))
}
