//! Measures the product against its budgets and says where it is over, and why.
//!
//! Fixtures are filled by the engine itself in memory and then written row by row into the browser's
//! IndexedDB; from there on the real app works on them. Being over a budget is a figure, not a failure;
//! a figure that could not be taken is a failure.

mod device;
mod exchange;
mod figure;
mod fill;
mod missed;
mod native;
mod relay;
mod size;
mod start;
mod vault;
mod wire;
mod work;

use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use engine::fixture::Size;

pub use figure::{Figure, Report};
pub use relay::Load;

use crate::World;

/// What a run takes.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The vault of every figure but the unlock.
    pub big: Size,
    /// The vault that is unlocked.
    pub small: Size,
    /// Cold starts at each speed.
    pub starts: usize,
    /// Unlocks, and openings of the largest dossier.
    pub unlocks: usize,
    /// Signed visits at full speed.
    pub visits: usize,
    /// Signed visits on the slowed main thread.
    pub slow_visits: usize,
    /// What the relay has to bear.
    pub load: Load,
    /// Which parts are measured.
    pub parts: Parts,
}

/// Parts of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// Everything.
    All,
    /// The engine alone.
    Engine,
    /// The relay alone.
    Relay,
    /// A whole vault on its way to a new device.
    Fill,
}

impl Plan {
    /// The budgets' own fixtures.
    pub const FULL: Self = Self {
        big: Size::BIG,
        small: Size::SMALL,
        starts: 9,
        unlocks: 5,
        visits: 40,
        slow_visits: 10,
        load: Load::FULL,
        parts: Parts::All,
    };

    /// Small vaults and few rounds: shows that the bench works, not how fast the app is.
    pub const QUICK: Self = Self {
        big: Size {
            clients: 30,
            visits: 900,
            years: 3,
            largest: 300,
            is_even: true,
        },
        small: Size {
            clients: 20,
            visits: 200,
            years: 2,
            largest: 100,
            is_even: true,
        },
        starts: 3,
        unlocks: 2,
        visits: 5,
        slow_visits: 2,
        load: Load::QUICK,
        parts: Parts::All,
    };
}

/// Takes every figure of the plan; tells each step to `progress`.
pub async fn run(plan: &Plan, progress: &dyn Fn(&str)) -> Report {
    let mut report = Report::new(machine());
    if plan.parts == Parts::Relay {
        take_relay(plan, &mut report, progress);
        return report;
    }
    progress("filling the vaults");
    if plan.parts == Parts::Fill {
        match vault::fill(&plan.small) {
            Ok(small) => take_fill(plan, &small, &mut report, progress).await,
            Err(error) => report.miss("fixtures", &error),
        }
        return report;
    }
    let filled = vault::fill(&plan.small).and_then(|small| Ok((small, vault::fill(&plan.big)?)));
    let (small, big) = match filled {
        Ok(filled) => filled,
        Err(error) => {
            report.miss("fixtures", &error);
            return report;
        }
    };
    if plan.parts == Parts::All {
        report.take("size", size::figures());
        progress("starting from the cache");
        report.take("start and Argon2id", start::figures(plan).await);
        progress("unlocking");
        report.take("unlock", work::unlock(plan, &small).await);
        progress("working in the large vault");
        report.take("work", work::figures(plan, &big).await);
        take_fill(plan, &small, &mut report, progress).await;
        if let Ok(mut turn) = world().await
            && let Ok(server) = turn.server()
        {
            server.stop();
        }
        take_relay(plan, &mut report, progress);
    }
    progress("measuring the engine alone");
    report.take("engine", native::figures(plan, &small, &big));
    report
}

async fn take_fill(
    plan: &Plan,
    small: &vault::Filled,
    report: &mut Report,
    progress: &dyn Fn(&str),
) {
    progress("filling a new device");
    report.take("new device", fill::figures(plan, small, progress).await);
}

fn take_relay(plan: &Plan, report: &mut Report, progress: &dyn Fn(&str)) {
    progress("measuring the relay alone");
    report.take("relay", relay::figures(plan));
    progress("counting bytes on the wire");
    report.take("wire", wire::figures());
}

/// Cores and load: what else the machine is doing.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    format!("{cores} cores, load at the start {load}")
}

#[allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn now() -> engine::Now {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    engine::Now {
        ms: i64::try_from(since.as_millis()).unwrap_or_default(),
    }
}

#[allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn clock() -> Instant {
    Instant::now()
}

/// Milliseconds since `begin`.
fn ms_since(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1_000.0
}

async fn world() -> Result<crate::Turn> {
    World::enter().await
}
