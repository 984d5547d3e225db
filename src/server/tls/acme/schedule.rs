//! When the next certificate is asked for.

use std::time::Duration;

use super::cache::Usable;
use crate::moment::Moment;
use crate::server::clock::Clock;

/// The pace of the work; tests have a faster one.
#[derive(Clone, Debug)]
pub struct Pace {
    pub clock: Clock,
    /// Between two looks at the clock.
    pub looks_every: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { clock: Clock::System, looks_every: Duration::from_secs(30) }
    }
}

/// After the first failure; three times as long after each further one.
const FIRST_WAIT: Duration = Duration::from_mins(2);
const LONGEST_WAIT: Duration = Duration::from_hours(12);
/// Authorities count by the hour at least.
pub const AFTER_TOO_MANY: Duration = Duration::from_hours(1);

/// With a third of the life left, and up to a thirtieth earlier, so that not all the world's servers
/// ask at once.
pub fn renewal(usable: &Usable) -> Moment {
    let certificate = &usable.certificate;
    let life = certificate.lifetime();
    let earlier = life / 30 * i64::from(usable.lot) / 256;
    Moment::from_milliseconds(certificate.begins.milliseconds() + life / 3 * 2 - earlier)
}

/// How long to wait after so many failures in a row. Up to a tenth comes on top, by chance.
pub fn wait_after(failures: u32) -> Duration {
    let steps = failures.saturating_sub(1).min(10);
    let wait = FIRST_WAIT.saturating_mul(3_u32.saturating_pow(steps)).min(LONGEST_WAIT);
    wait + wait / 10 * rand::random_range(0..=10) / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_waits_longer_up_to_half_a_day() {
        let bounds = [(1, 2, 3), (2, 6, 7), (3, 18, 20), (4, 54, 60), (5, 162, 179), (6, 486, 535), (7, 720, 792)];
        for (failures, least, most) in bounds {
            let wait = wait_after(failures);
            assert!((Duration::from_mins(least)..=Duration::from_mins(most)).contains(&wait), "{failures}: {wait:?}");
        }
        assert!(wait_after(u32::MAX) <= Duration::from_mins(792));
    }
}
