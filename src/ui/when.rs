//! A moment, in words for the eye and exactly for everything else.

use leptos::prelude::*;

use crate::{moment::Moment, words};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Mean lengths are near enough for words; the exact moment stands beside them.
const MONTH: i64 = 30 * DAY;
const YEAR: i64 = 365 * DAY;

/// How far `then` is from `now`, in the largest unit that fits, rounded down: "3 hours ago",
/// "in 2 days". Less than a minute is "just now" or "in a moment".
#[must_use]
pub fn in_words(then: Moment, now: Moment) -> String {
    let ahead = then.milliseconds().saturating_sub(now.milliseconds());
    let distance = ahead.saturating_abs();
    let (count, unit) = match distance {
        ..MINUTE if ahead > 0 => return "in a moment".to_owned(),
        ..MINUTE => return "just now".to_owned(),
        MINUTE..HOUR => (distance / MINUTE, "minute"),
        HOUR..DAY => (distance / HOUR, "hour"),
        DAY..MONTH => (distance / DAY, "day"),
        MONTH..YEAR => (distance / MONTH, "month"),
        YEAR.. => (distance / YEAR, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if ahead > 0 { format!("in {count} {unit}{plural}") } else { format!("{count} {unit}{plural} ago") }
}

/// A moment in words, with the exact one in the markup and on hover.
#[component]
pub fn When(#[prop(into)] at: Moment, #[prop(into)] now: Moment) -> impl IntoView {
    view! { <time datetime=at.to_rfc3339() title=words::day_and_time(at)>{in_words(at, now)}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    /// 24 November 2026, 08:00:00 UTC.
    const NOW: Moment = Moment::from_milliseconds(1_795_507_200_000);

    fn apart(milliseconds: i64) -> Moment {
        Moment::from_milliseconds(NOW.milliseconds() + milliseconds)
    }

    #[test]
    fn the_past_is_told_in_the_largest_unit_that_fits() {
        for (distance, words) in [
            (0, "just now"),
            (MINUTE - 1, "just now"),
            (MINUTE, "1 minute ago"),
            (HOUR - 1, "59 minutes ago"),
            (HOUR, "1 hour ago"),
            (DAY - 1, "23 hours ago"),
            (DAY, "1 day ago"),
            (29 * DAY, "29 days ago"),
            (30 * DAY, "1 month ago"),
            (364 * DAY, "12 months ago"),
            (365 * DAY, "1 year ago"),
            (800 * DAY, "2 years ago"),
        ] {
            assert_eq!(in_words(apart(-distance), NOW), words);
        }
    }

    #[test]
    fn the_future_is_told_too() {
        assert_eq!(in_words(apart(5 * SECOND), NOW), "in a moment");
        assert_eq!(in_words(apart(MINUTE), NOW), "in 1 minute");
        assert_eq!(in_words(apart(2 * HOUR), NOW), "in 2 hours");
    }

    #[test]
    fn the_ends_of_time_have_words() {
        let beginning = Moment::from_milliseconds(i64::MIN);
        let end = Moment::from_milliseconds(i64::MAX);
        assert!(in_words(beginning, end).ends_with("years ago"));
        assert!(in_words(end, beginning).starts_with("in "));
    }

    #[test]
    fn the_markup_carries_words_and_moment() {
        let html = rendered(|| view! { <When at=apart(-3 * HOUR) now=NOW /> });
        assert_eq!(html, r#"<time datetime="2026-11-24T05:00:00Z" title="24 November 2026, 05:00 UTC">3 hours ago</time>"#);
    }
}
