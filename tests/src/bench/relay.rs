//! The relay alone: a release build in a process of its own, and the program that puts load on it in another. Where the
//! machine has two cores each keeps to its own, so that the figures are of a relay on one core.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use super::{Figure, Plan, clock};

const ACKS_LIMIT: f64 = 25_000.0;
const ACK_LIMIT_MS: f64 = 10.0;
const FAN_OUT_LIMIT_MS: f64 = 3.0;
const IDLE_LIMIT_BYTES: f64 = 16.0 * 1_024.0;
const OVERHEAD_LIMIT_BYTES: f64 = 100.0;
/// Of a device that also opens and merges them: the relay's part must be well below it.
const CATCH_UP_LIMIT_MS: f64 = 2_000.0;

/// Pushes per second at which the time to an acknowledgement has a limit.
const RATE: &str = "1000";
/// Other files of the two programs.
const SPARE_FILES: u64 = 300;
/// Syncs that tell how fast the disk is.
const SYNCS: u32 = 300;

/// What a run takes of the relay.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Seconds of each stretch of pushes.
    pub seconds: u32,
    /// Pushes that others hear.
    pub pushes: u32,
    /// Idle devices, fewer first.
    pub idle: [u64; 2],
    /// Records that a device missed, fewer first.
    pub missed: [u64; 2],
}

impl Load {
    /// What the budgets name.
    pub const FULL: Self = Self {
        seconds: 5,
        pushes: 1_000,
        idle: [2_000, 10_000],
        missed: [1_000, 10_000],
    };

    /// Shows that it works.
    pub const QUICK: Self = Self {
        seconds: 1,
        pushes: 50,
        idle: [100, 200],
        missed: [100, 500],
    };
}

/// Takes the figures.
pub(super) fn figures(plan: &Plan) -> Result<Vec<Figure>> {
    let bench = Bench::new()?;
    let mut figures = bench.acks(&plan.load)?;
    figures.extend(bench.fan_out(&plan.load)?);
    figures.extend(bench.idle(&plan.load)?);
    figures.extend(bench.catch_up(&plan.load)?);
    Ok(figures)
}

struct Bench {
    relay: PathBuf,
    load: PathBuf,
    /// Programs that come before relay and load: each keeps to one core, if there are two.
    cores: [Vec<String>; 2],
    syncs_per_second: f64,
}

fn program(variable: &str) -> Result<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    path.with_context(|| format!("{variable} is not set: run `cargo xtask bench`"))
}

impl Bench {
    fn new() -> Result<Self> {
        let has_taskset = Command::new("taskset")
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success());
        let is_wide = std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
        let on = |core: &str| match has_taskset && is_wide {
            true => ["taskset", "-c", core].map(str::to_owned).to_vec(),
            false => Vec::new(),
        };
        Ok(Self {
            relay: program("DOSSIERKLUIS_RELAY")?,
            load: program("DOSSIERKLUIS_LOAD")?,
            cores: [on("0"), on("1")],
            syncs_per_second: syncs_per_second()?,
        })
    }

    /// A program with all the files that the machine gives.
    fn command(&self, program: &Path, at: usize) -> Command {
        let mut command = Command::new("sh");
        let raise = r#"ulimit -S -n "$(ulimit -H -n)"; exec "$@""#;
        command.args(["-c", raise, "sh"]);
        command.args(self.cores.get(at).into_iter().flatten());
        command.arg(program);
        command
    }

    fn start(&self, data: &Path) -> Result<Relay> {
        let mut command = self.command(&self.relay, 0);
        command
            .args(["--relay-only", "--port", "0", "--registration", "open"])
            .args(["--connections", "20000", "--devices-per-account", "1000"])
            .args(["--requests-per-second", "10000000"])
            .args(["--bytes-per-second", "10000000000", "--data"])
            .arg(data)
            .env("RUST_LOG", "info")
            .stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start the relay")?;
        let out = child.stdout.take().context("the relay has no output")?;
        let mut relay = Relay {
            child,
            address: String::new(),
        };
        let mut lines = BufReader::new(out).lines();
        while relay.address.is_empty() {
            let line = lines.next().context("the relay ended")??;
            if let Some((_, address)) = line.split_once("listening on http://") {
                relay.address = address.trim().to_owned();
            }
        }
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(relay)
    }

    fn run(&self, relay: &Relay, mode: &[&str]) -> Result<Value> {
        let process = relay.child.id().to_string();
        let output = self
            .command(&self.load, 1)
            .args(["--address", &relay.address, "--process", &process])
            .args(mode)
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start the load")?;
        ensure!(output.status.success(), "the load failed: {mode:?}");
        serde_json::from_slice(&output.stdout).context("the load printed no figures")
    }

    /// With a relay of its own.
    fn measure(&self, mode: &[&str]) -> Result<Value> {
        let folder = TempDir::new()?;
        let mut relay = self.start(folder.path())?;
        let found = self.run(&relay, mode)?;
        relay.stop()?;
        Ok(found)
    }

    fn acks(&self, load: &Load) -> Result<Vec<Figure>> {
        let seconds = load.seconds.to_string();
        let mut figures = Vec::new();
        for (connections, limit) in [("1", None), ("16", None), ("128", Some(ACKS_LIMIT))] {
            let found =
                self.measure(&["acks", "--connections", connections, "--seconds", &seconds])?;
            let what = |of: &str| format!("relay: {of}, {}", many(connections));
            let note = format!(
                "one record a push, the next after its ack; {} s; {}; this disk {:.0} syncs/s",
                load.seconds,
                shares(&found)?,
                self.syncs_per_second
            );
            let per_second = number(&found, "per_second")?;
            let acks = what("durable acks/s");
            figures.push(Figure::at_least(&acks, per_second, "/s", limit, note));
            for (key, name) in [("p50_ms", "ack p50"), ("p99_ms", "ack p99")] {
                let ms = number(&found, key)?;
                let note = format!(
                    "as fast as it goes; worst {:.0} ms",
                    number(&found, "max_ms")?
                );
                figures.push(Figure::ms(&what(name), ms, None, note));
            }
        }
        let found = self.measure(&[
            "acks",
            "--connections",
            "128",
            "--seconds",
            &seconds,
            "--rate",
            RATE,
        ])?;
        for (key, name, limit) in [
            ("p50_ms", "p50", None),
            ("p99_ms", "p99", Some(ACK_LIMIT_MS)),
        ] {
            let what = format!("relay: ack {name} at {RATE}/s, 128 connections");
            let note = shares(&found)?;
            figures.push(Figure::ms(&what, number(&found, key)?, limit, note));
        }
        Ok(figures)
    }

    fn fan_out(&self, load: &Load) -> Result<Vec<Figure>> {
        let pushes = load.pushes.to_string();
        let found = self.measure(&["fan-out", "--readers", "7", "--pushes", &pushes])?;
        let note = format!(
            "push of one device to its arrival at 7 others, the sync between; {pushes} pushes; {}",
            shares(&found)?
        );
        let p50 = number(&found, "p50_ms")?;
        let p99 = number(&found, "p99_ms")?;
        Ok(vec![
            Figure::ms("relay: fan-out p50", p50, None, "as below"),
            Figure::ms("relay: fan-out p99", p99, Some(FAN_OUT_LIMIT_MS), note),
        ])
    }

    fn idle(&self, load: &Load) -> Result<Vec<Figure>> {
        let [few, many] = load.idle;
        let allowed = files_allowed()?;
        ensure!(
            many + SPARE_FILES <= allowed,
            "{many} idle devices need more files than the {allowed} that this machine gives"
        );
        let counts = format!("{few},{many}");
        let found = self.measure(&["idle", "--counts", &counts])?;
        let each = found.get("bytes_each").and_then(Value::as_array);
        let each = each.context("no memory was read")?;
        let figures = each.iter().zip([few, many]).map(|(bytes, count)| {
            let bytes = bytes.as_u64().context("no count of bytes")?;
            let limit = IDLE_LIMIT_BYTES as u64;
            let what = format!("relay: memory of an idle device, of {count}");
            let note = "growth of resident memory after the first 100, 50 of an account";
            Ok(Figure::bytes(&what, bytes, limit, note))
        });
        figures.collect()
    }

    /// Size of the store in a copy: the file itself may hold places that are free, and what waits beside it.
    fn copied_bytes(&self, data: &Path) -> Result<u64> {
        let folder = TempDir::new()?;
        let copy = folder.path().join("copy");
        let status = Command::new(&self.relay)
            .args(["backup", "--data"])
            .arg(data)
            .arg(&copy)
            .env("RUST_LOG", "off")
            .status()?;
        ensure!(status.success(), "no copy of the store");
        Ok(std::fs::metadata(copy)?.len())
    }

    fn catch_up(&self, load: &Load) -> Result<Vec<Figure>> {
        let folder = TempDir::new()?;
        let mut figures = Vec::new();
        let mut stored = Vec::new();
        for (records, limit) in load.missed.into_iter().zip([Some(CATCH_UP_LIMIT_MS), None]) {
            let mut relay = self.start(folder.path())?;
            let count = records.to_string();
            let found = self.run(&relay, &["catch-up", "--records", &count, "--rounds", "9"])?;
            relay.stop()?;
            let what = format!("relay: catch up on {records} records");
            let note = format!(
                "connect, hello and all pages, median of 9; the device's own part is not in it; {}",
                shares(&found)?
            );
            figures.push(Figure::ms(&what, number(&found, "p50_ms")?, limit, note));
            stored.push((
                self.copied_bytes(folder.path())?,
                number(&found, "record_bytes")?,
            ));
        }
        let [(before, _), (after, record_bytes)] = stored.as_slice() else {
            bail!("two fillings were asked for");
        };
        let [_, count] = load.missed;
        let overhead = (*after as f64 - *before as f64 - record_bytes) / count as f64;
        figures.push(Figure {
            unit: "bytes",
            ..Figure::ms(
                "relay: disk beyond a record's own bytes",
                overhead,
                Some(OVERHEAD_LIMIT_BYTES),
                format!("of {count} records, in a copy of the store"),
            )
        });
        Ok(figures)
    }
}

fn many(connections: &str) -> String {
    match connections {
        "1" => "1 connection".into(),
        _ => format!("{connections} connections"),
    }
}

fn number(found: &Value, key: &str) -> Result<f64> {
    let number = found.get(key).and_then(Value::as_f64);
    number.with_context(|| format!("no {key} in {found}"))
}

fn shares(found: &Value) -> Result<String> {
    let own = number(found, "own_share")? * 100.0;
    let relay = number(found, "relay_share")? * 100.0;
    Ok(format!("load {own:.0} %, relay {relay:.0} % of a core"))
}

struct Relay {
    child: Child,
    address: String,
}

impl Relay {
    /// Asks it to stop and waits until it has.
    fn stop(&mut self) -> Result<()> {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status()?;
        ensure!(told.success(), "the relay had ended");
        let status = self.child.wait()?;
        ensure!(status.success(), "the relay stopped with {status}");
        Ok(())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The hard limit of open files.
fn files_allowed() -> Result<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let hard = line.and_then(|line| line.split_whitespace().nth(4));
    Ok(hard
        .context("no limit of files")?
        .parse()
        .unwrap_or(u64::MAX))
}

/// How often the disk takes 4 KiB durably, one after the other: the ground under every acknowledgement.
fn syncs_per_second() -> Result<f64> {
    let folder = TempDir::new()?;
    let mut file = std::fs::File::create(folder.path().join("syncs"))?;
    let begin = clock();
    for _ in 0..SYNCS {
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
    }
    Ok(f64::from(SYNCS) / begin.elapsed().as_secs_f64())
}
