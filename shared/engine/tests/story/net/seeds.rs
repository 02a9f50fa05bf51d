//! With which seeds a story runs, spread over the cores.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

/// Seeds without `DOSSIERKLUIS_SEEDS`: what every run of the tests can afford.
const USUAL: u64 = 4;

/// The first seed and the one after the last: `DOSSIERKLUIS_SEEDS` is a number of seeds, or `from-to` to run one again.
fn range() -> (u64, u64) {
    let Ok(asked) = std::env::var("DOSSIERKLUIS_SEEDS") else {
        return (0, USUAL);
    };
    let number = |text: &str| {
        text.parse()
            .expect("DOSSIERKLUIS_SEEDS: a number, or from-to")
    };
    let (from, to) = match asked.split_once('-') {
        Some((from, to)) => (number(from), number(to)),
        None => (0, number(&asked)),
    };
    assert!(from < to, "DOSSIERKLUIS_SEEDS: no seed");
    (from, to)
}

/// Runs a story once with each seed; names every seed with which it fails.
pub(crate) fn each<T: Send>(story: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let (from, to) = range();
    spread(from..to, story)
}

/// The same with numbers that do not depend on who runs it.
pub(crate) fn spread<T: Send>(numbers: Range<u64>, story: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let next = Mutex::new(numbers);
    let (done, failed) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let seed = next.lock().unwrap().next();
            let Some(seed) = seed else {
                return;
            };
            match catch_unwind(AssertUnwindSafe(|| story(seed))) {
                Ok(answer) => done.lock().unwrap().push(answer),
                Err(_) => failed.lock().unwrap().push(seed),
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "fails with the seeds {failed:?}");
    done.into_inner().unwrap()
}
