//! How many are too many, and how long the wait is then.

use std::time::Duration;

use crate::moment::Moment;

/// Failed tries at one account that cost no waiting.
pub const FREE_TRIES_PER_ACCOUNT: u32 = 5;
/// So many failures in a row end the tries under a key (NIST SP 800-63B-4, 3.2.2).
pub const STOP: i64 = 100;

const SHORTEST_DELAY: Duration = Duration::from_secs(1);
pub const LONGEST_DELAY: Duration = Duration::from_hours(1);

/// Whether a hundred failures in a row end the tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    AtHundred,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The wait doubles with each failure after the free ones; one failure is forgotten with each `decay`
    /// that passes.
    Guesses { free_tries: u32, decay: Duration, stop: Stop },
    /// No more than `uses` within `length`, which begins with the first of them.
    Window { uses: u32, length: Duration },
    /// Nobody is refused: it is noted for `length` that there were more than `limit` within `length`.
    Pressure { limit: u32, length: Duration },
}

impl Rule {
    /// The end of the wait, of the window, or of the pressure, when the first is counted now.
    pub fn first_until(self, now: Moment) -> Moment {
        match self {
            Self::Guesses { free_tries, .. } => now.after(delay(1, free_tries)),
            Self::Window { length, .. } => now.after(length),
            Self::Pressure { limit, length } => now.after(if limit <= 1 { length } else { Duration::ZERO }),
        }
    }

    /// After how much time one less is counted, in milliseconds; windows end all at once.
    pub fn decay(self) -> Option<i64> {
        let span = match self {
            Self::Guesses { decay, .. } => decay,
            Self::Pressure { limit, length } => length / limit.max(1),
            Self::Window { .. } => return None,
        };
        Some(i64::try_from(span.as_millis()).unwrap_or(i64::MAX).max(1))
    }

    /// More than this is never counted: a higher number would only decay for longer.
    pub fn highest(self) -> i64 {
        match self {
            Self::Guesses { free_tries, .. } => costly_delays(free_tries).last().map_or(0, |(failures, _)| i64::from(*failures)),
            Self::Window { .. } => i64::MAX,
            Self::Pressure { limit, .. } => i64::from(limit),
        }
    }

    pub fn stops(self) -> bool {
        matches!(self, Self::Guesses { stop: Stop::AtHundred, .. })
    }
}

/// How long to wait after so many failures: nothing while they are free, then from one second on
/// twice as long with each, up to one hour.
#[must_use]
pub fn delay(failures: u32, free_tries: u32) -> Duration {
    match failures.saturating_sub(free_tries) {
        0 => Duration::ZERO,
        beyond => 2_u32.checked_pow(beyond - 1).map_or(LONGEST_DELAY, |factor| (SHORTEST_DELAY * factor).min(LONGEST_DELAY)),
    }
}

/// [`delay`] as a table: the failures that cost something with their waits, up to the longest.
pub fn costly_delays(free_tries: u32) -> Vec<(u32, Duration)> {
    let mut table = Vec::new();
    for failures in free_tries.saturating_add(1).. {
        let wait = delay(failures, free_tries);
        table.push((failures, wait));
        if wait == LONGEST_DELAY {
            break;
        }
    }
    table
}

/// In seconds, rounded up, so that who waits as long as told does not wait again.
pub fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_a_second_to_an_hour_after_the_free_tries() {
        let seconds: Vec<u64> = (0..=20).map(|failures| delay(failures, 5).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600, 3_600]);
        assert_eq!(delay(u32::MAX, 5), LONGEST_DELAY);
        assert_eq!(delay(u32::MAX, u32::MAX), Duration::ZERO);
        assert_eq!(costly_delays(5).first(), Some(&(6, Duration::from_secs(1))));
        assert_eq!(costly_delays(5).last(), Some(&(18, LONGEST_DELAY)));
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_that_suffice() {
        assert_eq!(seconds(Duration::ZERO), 0);
        assert_eq!(seconds(Duration::from_millis(1)), 1);
        assert_eq!(seconds(Duration::from_secs(1)), 1);
        assert_eq!(seconds(Duration::from_millis(1_001)), 2);
    }
}
