//! The reckoning behind the watch. Reads no clock.

/// After how long out of reach or sight the vault locks, ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Without input.
    pub idle_ms: i64,
    /// Out of sight.
    pub hidden_ms: i64,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Out of sight: cover the content at once.
    Hidden,
    /// In sight again, within the limits: uncover.
    Shown,
    /// Away for too long: lock. Comes once.
    Away,
}

/// Now, by two clocks: the wall clock goes on while the device sleeps but can be set; the other one cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Since the epoch, ms.
    pub(super) wall_ms: i64,
    /// Since the page started, ms.
    pub(super) running_ms: i64,
}

impl Moment {
    fn ms_since(self, earlier: Self) -> i64 {
        (self.wall_ms - earlier.wall_ms).max(self.running_ms - earlier.running_ms)
    }
}

/// Since when the person gave no sign.
pub(super) struct Timers {
    input_at: Moment,
    hidden_at: Option<Moment>,
    is_away: bool,
}

impl Timers {
    pub(super) fn new(now: Moment, is_hidden: bool) -> Self {
        Self {
            input_at: now,
            hidden_at: is_hidden.then_some(now),
            is_away: false,
        }
    }

    /// The person did something; too late does not count.
    pub(super) fn input(&mut self, now: Moment, limits: Limits) -> Vec<News> {
        let news = self.expire(now, limits);
        if news.is_empty() && !self.is_away {
            self.input_at = now;
        }
        news
    }

    /// A look at the clock and at the page.
    pub(super) fn look(&mut self, now: Moment, limits: Limits, is_hidden: bool) -> Vec<News> {
        let mut news = self.expire(now, limits);
        if is_hidden && self.hidden_at.is_none() {
            self.hidden_at = Some(now);
            news.push(News::Hidden);
        }
        if !is_hidden && self.hidden_at.take().is_some() && !self.is_away {
            news.push(News::Shown);
        }
        news
    }

    fn expire(&mut self, now: Moment, limits: Limits) -> Vec<News> {
        let is_idle = now.ms_since(self.input_at) >= limits.idle_ms;
        let is_long_hidden = self
            .hidden_at
            .is_some_and(|since| now.ms_since(since) >= limits.hidden_ms);
        if self.is_away || !(is_idle || is_long_hidden) {
            return Vec::new();
        }
        self.is_away = true;
        vec![News::Away]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        idle_ms: 300_000,
        hidden_ms: 180_000,
    };

    fn at(ms: i64) -> Moment {
        Moment {
            wall_ms: 1_000_000 + ms,
            running_ms: ms,
        }
    }

    #[test]
    fn idle_time_counts_from_the_last_input() {
        let mut timers = Timers::new(at(0), false);
        assert_eq!(timers.look(at(299_999), LIMITS, false), []);
        assert_eq!(timers.input(at(299_999), LIMITS), []);
        assert_eq!(timers.look(at(599_998), LIMITS, false), []);
        assert_eq!(timers.look(at(599_999), LIMITS, false), [News::Away]);
        assert_eq!(timers.look(at(700_000), LIMITS, false), []);
    }

    #[test]
    fn a_short_absence_covers_and_uncovers() {
        let mut timers = Timers::new(at(0), false);
        assert_eq!(timers.look(at(10), LIMITS, true), [News::Hidden]);
        assert_eq!(timers.look(at(1_000), LIMITS, true), []);
        assert_eq!(timers.look(at(179_000), LIMITS, false), [News::Shown]);
    }

    #[test]
    fn a_tab_that_slept_locks_before_it_shows_or_takes_input() {
        let mut timers = Timers::new(at(0), false);
        assert_eq!(timers.look(at(10), LIMITS, true), [News::Hidden]);
        assert_eq!(timers.look(at(180_010), LIMITS, false), [News::Away]);

        let mut timers = Timers::new(at(0), false);
        assert_eq!(timers.input(at(300_000), LIMITS), [News::Away]);
        assert_eq!(timers.input(at(300_001), LIMITS), []);
    }

    #[test]
    fn either_clock_is_enough() {
        let asleep = Moment {
            wall_ms: 1_000_000 + 300_000,
            running_ms: 5,
        };
        let set_back = Moment {
            wall_ms: 0,
            running_ms: 300_000,
        };
        for now in [asleep, set_back] {
            let mut timers = Timers::new(at(0), false);
            assert_eq!(timers.look(now, LIMITS, false), [News::Away]);
        }
    }

    #[test]
    fn a_page_that_starts_hidden_is_counted_at_once() {
        let mut timers = Timers::new(at(0), true);
        assert_eq!(timers.look(at(180_000), LIMITS, true), [News::Away]);
    }
}
