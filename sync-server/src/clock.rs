//! The one place that reads the clock, for what devices are told and for codes that end.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since epoch UTC.
#[allow(
    clippy::disallowed_methods,
    reason = "a relay tells its time; nothing is decided by it"
)]
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
