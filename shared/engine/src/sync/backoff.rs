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
        let waits: Vec<i64> = (0..12).map(|_| backoff.fail(0, 0)).collect();
        let halves = (0..9).map(|doubled| (FIRST_MS / 2) << doubled);
        let longest = [LONGEST_MS / 2; 3];
        assert_eq!(waits, halves.chain(longest).collect::<Vec<_>>());
        backoff.reset();
        assert_eq!(backoff.fail(0, 7), FIRST_MS / 2 + 7);
    }

    #[test]
    fn jitter_spreads_a_wait_over_its_second_half() {
        for failed_count in 0..12 {
            let earlier = Backoff { failed_count };
            let wait = |jitter: u32| {
                let mut backoff = earlier;
                backoff.fail(0, jitter)
            };
            let half = wait(0);
            let last = u32::try_from(half).unwrap_or_default();
            assert_eq!(wait(last), 2 * half);
            assert!(wait(last + 1) < 2 * half);
        }
    }

    #[test]
    fn a_relay_may_ask_for_more() {
        let mut backoff = Backoff::default();
        assert!(backoff.fail(60_000, 3) >= 60_000);
    }
}
