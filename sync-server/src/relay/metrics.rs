//! Counts for the operator: of the whole relay, never of an account.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::store::Totals;

/// Upper ends of the ranges in which times to an acknowledgement are counted, in ms.
const ACK_MS: [u64; 9] = [1, 2, 5, 10, 20, 50, 100, 1_000, 10_000];

/// Codes of refusals that are counted apart; higher ones are counted under the last.
const REFUSALS: usize = 32;

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident $kind:literal $text:literal;)*) => {
        /// The counts.
        #[derive(Debug, Default)]
        pub(crate) struct Metrics {
            $($(#[$doc])* pub(crate) $name: AtomicU64,)*
            refused: [AtomicU64; REFUSALS],
            ack_ms: [AtomicU64; ACK_MS.len() + 1],
            ack_sum_us: AtomicU64,
        }

        impl Metrics {
            fn rows(&self) -> Vec<(&'static str, &'static str, &'static str, u64)> {
                vec![$((stringify!($name), $kind, $text, self.$name.load(Relaxed)),)*]
            }
        }
    };
}

counts! {
    /// Sockets that are open.
    connections_open "gauge" "Relay sockets that are open.";
    /// Connections dropped because there were too many.
    connections_dropped "counter" "Connections dropped because there were too many.";
    /// Hellos that were right.
    hellos "counter" "Devices that showed who they are.";
    /// Frames received.
    frames_in "counter" "Frames received.";
    /// Their bytes.
    bytes_in "counter" "Bytes of frames received.";
    /// Frames sent.
    frames_out "counter" "Frames sent.";
    /// Their bytes.
    bytes_out "counter" "Bytes of frames sent.";
    /// Records stored.
    records_stored "counter" "Records stored that were not known before.";
    /// Connections that fell behind.
    behind "counter" "Times that a slow reader was told to pull.";
    /// Store faults.
    store_faults "counter" "Requests that failed because the store did.";
}

impl Metrics {
    pub(crate) fn add(count: &AtomicU64, more: usize) {
        count.fetch_add(u64::try_from(more).unwrap_or(u64::MAX), Relaxed);
    }

    pub(crate) fn refused(&self, code: u16) {
        let at = usize::from(code).min(REFUSALS - 1);
        if let Some(count) = self.refused.get(at) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Counts the time from a push to its acknowledgement.
    pub(crate) fn acked(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let range = ACK_MS.iter().position(|end_ms| us <= end_ms * 1_000);
        if let Some(count) = self.ack_ms.get(range.unwrap_or(ACK_MS.len())) {
            count.fetch_add(1, Relaxed);
        }
        self.ack_sum_us.fetch_add(us, Relaxed);
    }

    /// The counts as Prometheus reads them.
    pub(crate) fn text(&self, totals: Totals) -> String {
        let mut rows = self.rows();
        rows.push((
            "accounts",
            "gauge",
            "Accounts in the store.",
            totals.account_count,
        ));
        rows.push((
            "records",
            "gauge",
            "Records in the store.",
            totals.record_count,
        ));
        rows.push((
            "used_bytes",
            "gauge",
            "Bytes that accounts use of their quotas.",
            totals.used_bytes,
        ));
        let mut text = String::new();
        for (name, kind, help, value) in rows {
            let name = format!("dossierkluis_{name}");
            writeln!(
                text,
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}"
            )
            .ok();
        }
        let name = "dossierkluis_refused";
        writeln!(
            text,
            "# HELP {name} Requests refused, by code.\n# TYPE {name} counter"
        )
        .ok();
        for (code, count) in self.refused.iter().enumerate() {
            let count = count.load(Relaxed);
            if count > 0 {
                writeln!(text, "{name}{{code=\"{code}\"}} {count}").ok();
            }
        }
        self.write_acks(&mut text);
        text
    }

    fn write_acks(&self, text: &mut String) {
        let name = "dossierkluis_ack_seconds";
        writeln!(
            text,
            "# HELP {name} From push to acknowledgement.\n# TYPE {name} histogram"
        )
        .ok();
        let mut sum = 0;
        let ends = ACK_MS.iter().map(|end_ms| *end_ms as f64 / 1_000.0);
        let ends = ends.map(|end| end.to_string()).chain(["+Inf".to_owned()]);
        for (end, count) in ends.zip(&self.ack_ms) {
            sum += count.load(Relaxed);
            writeln!(text, "{name}_bucket{{le=\"{end}\"}} {sum}").ok();
        }
        let seconds = self.ack_sum_us.load(Relaxed) as f64 / 1_000_000.0;
        writeln!(text, "{name}_sum {seconds}\n{name}_count {sum}").ok();
    }
}
