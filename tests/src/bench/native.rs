//! The engine alone, on this machine and a store in memory: what the browser's figures are made of.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::{Result, bail};
use crypto::{KdfError, KdfParams, KdfRequest, Passphrase, Slot, SlotKey, run_argon2id};
use dossier::edit::{Edit, VisitInput};
use dossier::id::EntryId;
use engine::Vault;
use engine::command::{ClientFilter, Command, Reply};
use engine::fixture;
use engine::kdf::Kdf;
use engine::store::memory::Memory;
use pollster::block_on;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::figure::Samples;
use super::vault::{COST, Filled};
use super::{Figure, Plan, clock, ms_since, now};

const NATIVE: &str = "native, memory store; about x4 on a tablet";

/// Argon2id, run once for the same input: what comes after it is measured alone.
#[derive(Default, Clone)]
struct Remembered(Rc<RefCell<BTreeMap<Vec<u8>, SlotKey>>>);

impl Kdf for Remembered {
    async fn calibrate(&self) -> Result<KdfParams, KdfError> {
        Ok(COST)
    }

    async fn derive(&self, request: &KdfRequest) -> Result<SlotKey, KdfError> {
        let input = request.to_bytes().to_vec();
        if !self.0.borrow().contains_key(&input) {
            let key = run_argon2id(request)?;
            self.0.borrow_mut().insert(input.clone(), key);
        }
        let known = self.0.borrow();
        let key = known
            .get(&input)
            .and_then(|key| SlotKey::from_bytes(key.expose_bytes()));
        key.ok_or(KdfError::Memory)
    }
}

struct Bench {
    vault: Vault<Memory, Remembered>,
    rng: ChaCha20Rng,
}

impl Bench {
    fn on(filled: &Filled, kdf: &Remembered) -> Self {
        Self {
            vault: Vault::new(filled.disk.fork(), kdf.clone()),
            rng: ChaCha20Rng::seed_from_u64(7),
        }
    }

    /// Milliseconds until the answer.
    fn time(&mut self, command: Command) -> Result<(f64, Reply)> {
        let begin = clock();
        let reply = block_on(self.vault.handle(command, now(), &mut self.rng));
        let elapsed = ms_since(begin);
        match reply {
            Reply::Failed(failure) => bail!("the engine failed: {failure}"),
            Reply::Refused(problems) => bail!("the engine refused: {problems:?}"),
            reply => Ok((elapsed, reply)),
        }
    }

    fn unlock(&mut self) -> Result<f64> {
        Ok(self
            .time(Command::Unlock {
                passphrase: fixture::PASSPHRASE.into(),
            })?
            .0)
    }
}

pub(super) fn figures(plan: &Plan, small: &Filled, big: &Filled) -> Result<Vec<Figure>> {
    let kdf = argon2id()?;
    let mut figures = vec![Figure::ms(
        "engine: Argon2id, 64 MiB, 3 passes",
        kdf,
        None,
        "native; the browser's figure above counts",
    )];
    let known = Remembered::default();
    Bench::on(small, &known).unlock()?;
    let mut unlock = Samples::default();
    for _ in 0..plan.unlocks {
        let mut bench = Bench::on(small, &known);
        unlock.push(bench.unlock()? + bench.time(Command::Today)?.0);
    }
    figures.push(Figure::ms(
        "engine: unlock after Argon2id, with Vandaag",
        unlock.median(),
        None,
        format!("{NATIVE}; {}", small.label),
    ));

    let mut open = Samples::default();
    let mut bench = Bench::on(big, &known);
    for _ in 0..plan.unlocks {
        bench.unlock()?;
        let client = big.largest;
        let page = bench.time(Command::Client { client })?.0;
        let visits = Command::NewestVisits { client, count: 3 };
        open.push(page + bench.time(visits)?.0);
    }
    figures.push(Figure::ms(
        "engine: open the largest dossier",
        open.median(),
        None,
        format!("{NATIVE}; {}", big.label),
    ));

    let mut search = Samples::default();
    for word in ["janssen", "muller", "1934", "utrecht"] {
        for end in 1..=word.len() {
            let query = word.get(..end).unwrap_or_default().to_owned();
            search.push(
                bench
                    .time(Command::Clients {
                        query,
                        filter: ClientFilter::All,
                    })?
                    .0,
            );
        }
    }
    figures.push(Figure::ms(
        "engine: search per key, p95",
        search.percentile(95),
        None,
        NATIVE,
    ));

    let mut sign = Samples::default();
    let today = today(&mut bench)?;
    for number in 0..plan.visits {
        let input = VisitInput {
            date: today.clone(),
            begin: "0:00".into(),
            end: "0:01".into(),
            is_next_day_confirmed: false,
            done: format!(
                "Geholpen, ronde {}",
                "abcdefghij".get(number % 10..).unwrap_or_default()
            ),
            result: "Geen bijzonderheden".into(),
            ..VisitInput::default()
        };
        let visit = EntryId(crypto::make_bytes(&mut bench.rng));
        let edit = Edit::SignVisit {
            client: big.largest,
            visit,
            input: Box::new(input),
        };
        sign.push(bench.time(Command::Edit { edit, draft: None })?.0);
    }
    figures.push(Figure::ms(
        "engine: sign a visit, p95",
        sign.percentile(95),
        None,
        format!("{NATIVE}; no disk in it"),
    ));
    Ok(figures)
}

/// Today as typed in a form.
fn today(bench: &mut Bench) -> Result<String> {
    let Reply::Today(today) = bench.time(Command::Today)?.1 else {
        bail!("no Vandaag")
    };
    let parts: Vec<&str> = today.date.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        bail!("no date")
    };
    Ok(format!("{day}-{month}-{year}"))
}

fn argon2id() -> Result<f64> {
    let passphrase = Passphrase::parse(fixture::PASSPHRASE)?;
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut samples = Samples::default();
    for _ in 0..5 {
        let request = Slot::make_request(&mut rng, COST, &passphrase);
        let begin = clock();
        run_argon2id(&request)?;
        samples.push(ms_since(begin));
    }
    Ok(samples.median())
}
