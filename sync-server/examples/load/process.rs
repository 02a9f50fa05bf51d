//! What Linux says of a process.

use std::fs;

/// Ticks per second in which Linux counts processor time for programs.
const TICKS: f64 = 100.0;

/// Seconds of processor time that a process took so far; of this one with `self`.
pub(crate) fn processor_seconds(process: &str) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name, in brackets, may hold anything.
    let (_, after) = stat.rsplit_once(')').unwrap_or_default();
    let fields = after.split_whitespace().skip(11).take(2);
    let ticks: f64 = fields.filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / TICKS
}

/// Resident memory of a process in bytes.
pub(crate) fn resident_bytes(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1_024
}
