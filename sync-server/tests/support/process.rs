//! The real binary in its own process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

/// A running server; killed when it is dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    pub metrics: Option<SocketAddr>,
    log: Option<JoinHandle<String>>,
}

/// Files that other tests of this process may have open.
const OTHERS: u64 = 600;

/// Soft and hard limit of open files.
fn files_allowed() -> (u64, u64) {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let mut words = line.unwrap().split_whitespace().skip(3);
    let mut next = || words.next().unwrap().parse().unwrap_or(u64::MAX);
    (next(), next())
}

/// Lets this process, and those it starts from now on, have that many files beside those of other tests. How many it
/// may have, if the machine allows fewer and does not let this process raise that.
pub fn allow_files(count: u64) -> u64 {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = count + OTHERS;
    let raise = |limit: String| {
        let id = std::process::id().to_string();
        let mut command = Command::new("prlimit");
        command.args(["--pid", &id, &limit]).status().ok();
    };
    if files_allowed().1 < wanted {
        // Only a process with the right to do so may.
        raise(format!("--nofile={wanted}:{wanted}"));
    }
    let (soft, hard) = files_allowed();
    if soft < wanted.min(hard) {
        raise(format!("--nofile={}:", wanted.min(hard)));
    }
    files_allowed().0.saturating_sub(OTHERS).min(count)
}

impl Process {
    /// A relay without the app, over a data folder.
    pub fn start(data: &Path, more: &[&str]) -> Self {
        Self::start_with(data, more, |_| {})
    }

    pub fn start_with(data: &Path, more: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sync-server"));
        command
            .args(["--host", "127.0.0.1"])
            .arg("--data")
            .arg(data)
            .args(more)
            .args(if more.contains(&"--port") {
                &[][..]
            } else {
                &["--port", "0"]
            })
            .args(if more.contains(&"--app") {
                &[][..]
            } else {
                &["--relay-only"]
            })
            .env("RUST_LOG", "info")
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut log = String::new();
        let mut metrics = None;
        let address = loop {
            let line = lines.next().expect("the server ended").unwrap();
            log.push_str(&line);
            if let Some((_, address)) = line.split_once("counts at http://") {
                let address = address.trim().strip_suffix("/metrics");
                metrics = address.map(|address| address.parse().unwrap());
            }
            if let Some((_, address)) = line.split_once("listening on http://") {
                break address.trim().parse().unwrap();
            }
        };
        // Its log goes on being read, so that it never waits for a reader.
        let log = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                log.push('\n');
                log.push_str(&line);
            }
            log
        });
        Self {
            child,
            address,
            metrics,
            log: Some(log),
        }
    }

    /// What it logged until it ended.
    pub fn log(&mut self) -> String {
        self.log.take().unwrap().join().unwrap()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(&mut self) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(status.success());
        self.child.wait().unwrap()
    }

    /// Resident memory, in KiB.
    pub fn resident_kib(&self) -> u64 {
        self.status_kib("VmRSS:")
    }

    /// The most there was of it at any time.
    pub fn peak_kib(&self) -> u64 {
        self.status_kib("VmHWM:")
    }

    fn status_kib(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
