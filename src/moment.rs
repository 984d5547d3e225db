//! A point in time, as the database stores it and as pages show it.
//!
//! Milliseconds since 1970-01-01T00:00:00Z, always UTC. A number, not a text, because texts of
//! different precision do not sort by time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A moment in UTC with a precision of one millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    #[must_use]
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// This moment moved into the future; the end of time when that cannot be represented.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(milliseconds_of(span)))
    }

    /// This moment moved into the past; the beginning of time when that cannot be represented.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(milliseconds_of(span)))
    }

    /// How long ago `earlier` was; nothing when it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let elapsed = self.0.saturating_sub(earlier.0);
        u64::try_from(elapsed).map_or(Duration::ZERO, Duration::from_millis)
    }

    /// The calendar's view of this moment; 1970 for a moment no calendar knows.
    #[must_use]
    pub fn calendar(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// RFC 3339 with seconds, as `<time datetime>` wants it: `2026-11-24T08:15:00Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let calendar = self.calendar();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            calendar.year(),
            u8::from(calendar.month()),
            calendar.day(),
            calendar.hour(),
            calendar.minute(),
            calendar.second()
        )
    }
}

/// A calendar day in UTC, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// How long a day is: what a [`Moment`] is divided by to find its day.
    pub const MILLISECONDS: i64 = 86_400_000;

    #[must_use]
    pub const fn from_number(days: i64) -> Self {
        Self(days)
    }

    /// The day on which a moment falls.
    #[must_use]
    pub const fn of(moment: Moment) -> Self {
        Self(moment.0.div_euclid(Self::MILLISECONDS))
    }

    /// Midnight at its beginning.
    #[must_use]
    pub const fn start(self) -> Moment {
        Moment(self.0.saturating_mul(Self::MILLISECONDS))
    }

    /// This day and those before it, `count` in all, the earliest first.
    #[must_use]
    pub fn last(self, count: u32) -> impl DoubleEndedIterator<Item = Self> {
        (0..i64::from(count)).rev().map(move |back| Self(self.0 - back))
    }
}

impl From<OffsetDateTime> for Moment {
    fn from(calendar: OffsetDateTime) -> Self {
        let milliseconds = calendar.unix_timestamp_nanos() / 1_000_000;
        Self(i64::try_from(milliseconds).unwrap_or(i64::MAX))
    }
}

fn milliseconds_of(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_a_utc_timestamp() {
        assert_eq!(Moment::from_milliseconds(0).to_rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(Moment::from_milliseconds(1_795_508_100_999).to_rfc3339(), "2026-11-24T08:15:00Z");
    }

    #[test]
    fn a_day_begins_at_midnight() {
        let morning = Moment::from_milliseconds(1_795_508_100_999);
        assert_eq!(Day::of(morning).start().to_rfc3339(), "2026-11-24T00:00:00Z");
        assert_eq!(Day::of(Moment::from_milliseconds(-1)).start().to_rfc3339(), "1969-12-31T00:00:00Z");
        let days: Vec<_> = Day::from_number(5).last(3).collect();
        assert_eq!(days, [3, 4, 5].map(Day::from_number));
    }

    #[test]
    fn no_span_carries_a_moment_past_the_ends_of_time() {
        let end = Moment::from_milliseconds(i64::MAX);
        assert_eq!(end.after(Duration::MAX), end);
        assert_eq!(Moment::from_milliseconds(5).since(end), Duration::ZERO);
    }
}
