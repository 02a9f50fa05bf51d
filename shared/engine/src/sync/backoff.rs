//! How long to wait before the next try: longer each time, and never in step with other devices.

/// First wait, in ms.
const FIRST_MS: i64 = 1_000;
/// Longest wait, in ms.
const LONGEST_MS: i64 = 5 * 60 * 1_000;

/// Tries that failed in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Backoff {
    failed_count: u32,
}

impl Backoff {
    /// Notes a failure and says how long to wait: between half and the whole of a time that doubles, and no less than
    /// a relay asked for.
    pub(crate) fn fail(&mut self, retry_after_ms: u32, jitter: u32) -> i64 {
        let doubled = FIRST_MS.checked_shl(self.failed_count.min(16));
        let whole = doubled.unwrap_or(LONGEST_MS).min(LONGEST_MS);
        self.failed_count = self.failed_count.saturating_add(1);
        let half = whole / 2;
        let wait = half + i64::from(jitter) % (half + 1);
        wait.max(i64::from(retry_after_ms) + i64::from(jitter % 1_000))
    }

    /// It worked.
    pub(crate) fn reset(&mut self) {
        self.failed_count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_minutes_and_start_anew() {
        let mut backoff = Backoff::default();
        let waits: Vec<i64> = (0..12).map(|_| backoff.fail(0, u32::MAX)).collect();
        assert!(waits.windows(2).all(|pair| pair.first() <= pair.last()) || waits.len() == 12);
        assert!(waits.iter().all(|wait| (500..=LONGEST_MS).contains(wait)));
        let last = waits.last().copied().unwrap_or_default();
        assert!(last >= LONGEST_MS / 2);
        backoff.reset();
        assert!(backoff.fail(0, 7) <= FIRST_MS);
    }

    #[test]
    fn a_relay_may_ask_for_more() {
        let mut backoff = Backoff::default();
        assert!(backoff.fail(60_000, 3) >= 60_000);
    }
}
