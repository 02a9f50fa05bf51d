//! What a device missed while it was locked: made by another device with many signed visits, then taken in.

use anyhow::{Context, Result, anyhow, bail};
use dossier::edit::{Edit, VisitInput};
use dossier::id::EntryId;
use engine::Vault;
use engine::command::{ClientFilter, Command, Reply};
use engine::fixture;
use engine::kdf::Inline;
use engine::store::memory::Memory;
use pollster::block_on;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use super::device::Measured;
use super::exchange::rest;
use super::vault::COST;
use super::{Figure, now};
use crate::PASSPHRASE;

const FIRST_LIMIT_MS: f64 = 1_000.0;
const COMPLETE_LIMIT_MS: f64 = 2_000.0;
/// The records for which the limits hold.
const LIMIT_RECORDS: u64 = 1_000;
/// Visits signed between two looks at how many records wait.
const STRIDE: usize = 10;

/// `old` goes on until `records` more wait and hands them in; `new` is locked meanwhile and then takes them in.
pub(super) async fn figures(
    old: &Measured,
    new: &Measured,
    records: u64,
    progress: &dyn Fn(&str),
) -> Result<Vec<Figure>> {
    new.lock_screen().await?;
    let before = old.read().await?;
    let after = before.fork();
    let made = sign(&after, records)?;
    progress(&format!(
        "{} visits made {} records that wait",
        made.visits, made.records
    ));
    old.go_on(&before, &after).await?;
    old.lock_screen().await?;
    old.call("followExchange", json!([])).await?;
    old.ms("unlock", json!([fixture::PASSPHRASE])).await?;
    let sent = rest(old, "handing in", progress).await?;
    new.call("followExchange", json!([])).await?;
    new.call("forgetLongTasks", json!([])).await?;
    new.ms("unlock", json!([PASSPHRASE])).await?;
    let taken = rest(new, "catching up", progress).await?;
    let today = taken.marks.get("today").and_then(Value::as_f64);
    let today = today.context("no time of Vandaag")?;
    let task = new.call("longestTask", json!([])).await?;
    let longest = task.get("ms").and_then(Value::as_f64).unwrap_or_default();
    let of_budget = |limit: f64| (records == LIMIT_RECORDS).then_some(limit);
    let what = |part: &str| format!("catch up on {records} records: {part}");
    let sent_ms = sent.at - sent.began;
    Ok(vec![
        Figure::ms(
            &what("first view"),
            (today - taken.began).max(0.0),
            of_budget(FIRST_LIMIT_MS),
            "from the vault being open (Argon2id is over) to a usable Vandaag; the worker's part is x4 on a tablet",
        ),
        Figure::ms(
            &what("complete"),
            taken.at - taken.began,
            of_budget(COMPLETE_LIMIT_MS),
            format!(
                "the same, to the chip's \"klaar\"; {} signed visits over all clients, {} records; handing them in took {sent_ms:.0} ms; \
                 longest main-thread task {longest:.0} ms",
                made.visits, made.records
            ),
        ),
    ])
}

struct Device {
    vault: Vault<Memory, Inline>,
    rng: ChaCha20Rng,
}

impl Device {
    fn handle(&mut self, command: Command) -> Result<Reply> {
        match block_on(self.vault.handle(command, now(), &mut self.rng)) {
            Reply::Failed(failure) => bail!("the engine failed: {failure}"),
            Reply::Refused(problems) => bail!("the engine refused: {problems:?}"),
            reply => Ok(reply),
        }
    }

    /// Records that no relay has.
    fn waiting(&mut self) -> Result<usize> {
        let standing = block_on(self.vault.standing(now(), &mut self.rng));
        let standing = standing.map_err(|failure| anyhow!("the engine failed: {failure}"))?;
        Ok(standing.outbox_count)
    }
}

struct Made {
    visits: usize,
    records: usize,
}

/// Signs visits, at each client in turn, until so many records wait.
fn sign(disk: &Memory, records: u64) -> Result<Made> {
    let mut device = Device {
        vault: Vault::new(disk.clone(), Inline::new(COST)),
        rng: ChaCha20Rng::seed_from_u64(records),
    };
    let passphrase = fixture::PASSPHRASE.into();
    device.handle(Command::Unlock { passphrase })?;
    let everyone = Command::Clients {
        query: String::new(),
        filter: ClientFilter::All,
    };
    let Reply::Clients(clients) = device.handle(everyone)? else {
        bail!("no clients");
    };
    let Reply::Today(today) = device.handle(Command::Today)? else {
        bail!("no Vandaag");
    };
    let date: Vec<&str> = today.date.split('-').rev().collect();
    let date = date.join("-");
    let mut made = Made {
        visits: 0,
        records: 0,
    };
    for hit in clients.iter().cycle() {
        let input = VisitInput {
            date: date.clone(),
            begin: "0:00".into(),
            end: "0:01".into(),
            done: "Geholpen met wassen en aankleden. Daarna samen koffie gedronken.".into(),
            result: "Geen bijzonderheden".into(),
            ..VisitInput::default()
        };
        let edit = Edit::SignVisit {
            client: hit.row.id,
            visit: EntryId(crypto::make_bytes(&mut device.rng)),
            input: Box::new(input),
        };
        device.handle(Command::Edit { edit, draft: None })?;
        made.visits += 1;
        if made.visits.is_multiple_of(STRIDE) {
            made.records = device.waiting()?;
            if made.records as u64 >= records {
                break;
            }
        }
    }
    device.handle(Command::Lock)?;
    Ok(made)
}
