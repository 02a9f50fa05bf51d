//! Token buckets: so much at once, so much per second. Time comes in as ms of any steady clock.

/// What a bucket gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Tokens that come back per second.
    pub per_second: u64,
    /// Tokens there can be.
    pub burst: u64,
}

/// A bucket that began full.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    /// Thousandths of a token.
    level: u64,
    filled_at_ms: u64,
}

impl Bucket {
    pub(crate) const fn full(rate: Rate, now_ms: u64) -> Self {
        Self {
            level: rate.burst.saturating_mul(1_000),
            filled_at_ms: now_ms,
        }
    }

    /// Takes tokens; what costs more than the bucket holds is taken from a full one.
    ///
    /// # Errors
    /// When there are not enough: after how many ms there are.
    pub(crate) fn take(&mut self, rate: Rate, cost: u64, now_ms: u64) -> Result<(), u32> {
        self.fill(rate, now_ms);
        let cost = cost.min(rate.burst).saturating_mul(1_000);
        match self.level.checked_sub(cost) {
            Some(rest) => {
                self.level = rest;
                Ok(())
            }
            None => {
                // Thousandths per ms are tokens per second.
                let missing = cost - self.level;
                let wait_ms = missing.div_ceil(rate.per_second.max(1));
                Err(u32::try_from(wait_ms).unwrap_or(u32::MAX))
            }
        }
    }

    /// Takes what was used already, as far as there is any.
    pub(crate) fn drain(&mut self, rate: Rate, cost: u64, now_ms: u64) {
        self.fill(rate, now_ms);
        self.level = self.level.saturating_sub(cost.saturating_mul(1_000));
    }

    pub(crate) fn is_full(&mut self, rate: Rate, now_ms: u64) -> bool {
        self.fill(rate, now_ms);
        self.level >= rate.burst.saturating_mul(1_000)
    }

    fn fill(&mut self, rate: Rate, now_ms: u64) {
        let passed_ms = now_ms.saturating_sub(self.filled_at_ms);
        let more = passed_ms.saturating_mul(rate.per_second);
        let limit = rate.burst.saturating_mul(1_000);
        self.level = self.level.saturating_add(more).min(limit);
        self.filled_at_ms = self.filled_at_ms.max(now_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_second: 10,
        burst: 20,
    };

    #[test]
    fn what_was_taken_comes_back_in_time_and_never_more() {
        let mut bucket = Bucket::full(RATE, 5_000);
        assert_eq!(bucket.take(RATE, 20, 5_000), Ok(()));
        assert_eq!(bucket.take(RATE, 1, 5_000), Err(100));
        assert_eq!(bucket.take(RATE, 1, 5_099), Err(1));
        assert_eq!(bucket.take(RATE, 1, 5_100), Ok(()));
        assert!(!bucket.is_full(RATE, 7_000));
        assert!(bucket.is_full(RATE, 7_100));
        assert_eq!(bucket.take(RATE, 20, 1_000_000), Ok(()));
        assert_eq!(bucket.take(RATE, 20, 1_000_000), Err(2_000));
    }

    #[test]
    fn a_cost_above_the_burst_waits_for_a_full_bucket() {
        let mut bucket = Bucket::full(RATE, 0);
        assert_eq!(bucket.take(RATE, 1_000, 0), Ok(()));
        assert_eq!(bucket.take(RATE, 1_000, 1_000), Err(1_000));
        assert_eq!(bucket.take(RATE, 1_000, 2_000), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let mut bucket = Bucket::full(RATE, 10_000);
        assert_eq!(bucket.take(RATE, 20, 10_000), Ok(()));
        assert_eq!(bucket.take(RATE, 1, 0), Err(100));
        assert_eq!(bucket.take(RATE, 1, 10_050), Err(50));
    }
}
