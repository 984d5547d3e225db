//! The site at a glance, for admins: totals, the last days, what is new, and who failed to get in.
//!
//! A fixed, small number of queries, none of which yields more rows than are shown.

use std::time::Duration;

use crate::{
    accounts::model::AccountRecord,
    audit::model::{Deed, Entry},
    comments::model::ListedComment,
    moment::Day,
    policy::{self, act},
    server::{
        accounts::administration,
        audit,
        comments::moderation::{self, Counts},
        discussions,
        error::Result,
        visit::Visit,
    },
};

/// Days that the charts show, today included.
pub const DAYS: u32 = 30;

/// New accounts, new comments and failed sign-ins that are listed.
const NEWEST: u64 = 5;

const DAY: Duration = Duration::from_hours(24);

#[derive(Clone, Debug)]
pub struct Overview {
    pub accounts: u64,
    pub discussions: u64,
    pub comments: Counts,
    pub sessions: u64,
    /// One number for each of the last [`DAYS`] days, the earliest first.
    pub comments_by_day: Vec<(Day, u64)>,
    /// One number for each of the last [`DAYS`] days, the earliest first.
    pub accounts_by_day: Vec<(Day, u64)>,
    pub newest_accounts: Vec<AccountRecord>,
    pub newest_comments: Vec<ListedComment>,
    pub failed_sign_ins: FailedSignIns,
}

#[derive(Clone, Debug)]
pub struct FailedSignIns {
    /// In the last 24 hours.
    pub in_a_day: u64,
    /// In the last seven times 24 hours.
    pub in_a_week: u64,
    pub latest: Vec<Entry>,
}

/// The site as it is now.
///
/// # Errors
/// Not allowed, or the database's.
pub async fn overview(visit: &Visit) -> Result<Overview> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    let days: Vec<Day> = Day::of(visit.now()).last(DAYS).collect();
    let since = days.first().map_or(visit.now(), |first| first.start());
    Ok(Overview {
        accounts: administration::count(visit).await?,
        discussions: discussions::moderation::count(visit).await?,
        comments: moderation::counts(visit).await?,
        sessions: administration::count_sessions(visit).await?,
        comments_by_day: complete(&days, &moderation::count_by_day(visit, since).await?),
        accounts_by_day: complete(&days, &administration::count_by_day(visit, since).await?),
        newest_accounts: administration::newest(visit, NEWEST).await?,
        newest_comments: moderation::newest(visit, None, NEWEST).await?,
        failed_sign_ins: failed_sign_ins(visit).await?,
    })
}

async fn failed_sign_ins(visit: &Visit) -> Result<FailedSignIns> {
    let failed = audit::Filter { deed: Some(Deed::SignInFailed), ..audit::Filter::default() };
    Ok(FailedSignIns {
        in_a_day: audit::count_since(visit, Deed::SignInFailed, visit.now().before(DAY)).await?,
        in_a_week: audit::count_since(visit, Deed::SignInFailed, visit.now().before(DAY * 7)).await?,
        latest: audit::latest(visit, &failed, NEWEST).await?,
    })
}

/// A number for every day; nothing was counted on days that are left out.
fn complete(days: &[Day], counted: &[(Day, u64)]) -> Vec<(Day, u64)> {
    let number_of = |day: Day| counted.iter().find(|(other, _)| *other == day).map_or(0, |(_, number)| *number);
    days.iter().map(|day| (*day, number_of(*day))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_anything_counts_nothing() {
        let days: Vec<Day> = Day::from_number(9).last(3).collect();
        let counted = [(Day::from_number(9), 4), (Day::from_number(7), 1), (Day::from_number(1), 8)];
        assert_eq!(complete(&days, &counted).into_iter().map(|(_, number)| number).collect::<Vec<_>>(), [1, 0, 4]);
    }
}
