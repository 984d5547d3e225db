//! Keeps programs from sending the forms that make accounts and letters, without asking anybody else.
//!
//! Each such form carries a signed stamp of when it was made. Usually nothing more is asked than that it is
//! older than a few seconds, younger than an hour, and that a field which people do not see is empty. While
//! the site is under pressure (`throttle::Pressure`) the browser has to solve the stamp's puzzle as well, and
//! each stamp is good once; forms from browsers without scripts go through a slower lane, one a minute from
//! one network and a few for the whole site. An act asks with one line:
//! `challenge::demand(visit, Purpose::Registration, &answer)`.
//!
//! One network can neither put the site under pressure nor fill the slower lane: a form counts for the site
//! only when its stamp is good and its own network had room for it.

mod stamp;
mod store;

use std::time::Duration;

use sea_orm::ConnectionTrait;

pub use stamp::Purpose;

use super::throttle::{self, Kind, Pressure, Subject};
use crate::{
    accounts::model::{ChallengeAnswer, Solution},
    error::{AppError, Doubt, Refusal},
    moment::Moment,
    server::{
        error::{Error, Result},
        visit::Visit,
    },
    valid::Value,
};

use stamp::Stamp;

/// How long a form may stand open.
const LIFE: Duration = Duration::from_hours(1);

/// What a form carries.
#[derive(Clone, Debug)]
pub struct Challenge {
    pub text: String,
    pub bits: u32,
    pub work: Work,
}

/// When the browser does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Before the form is sent.
    Now,
    /// When a refusal says so.
    Later,
}

/// Makes the challenge of a form that is about to be shown.
///
/// # Errors
/// The database's.
pub async fn make(visit: &Visit, purpose: Purpose) -> Result<Challenge> {
    let work = if throttle::is_under_pressure(visit).await? { Work::Now } else { Work::Later };
    let stamp = Stamp::fresh(purpose, visit.app().config().limits.challenge_bits, visit.now());
    Ok(Challenge { text: stamp.signed(visit.app().seals()), bits: stamp.bits, work })
}

/// Lets a form pass that a person may have sent, and counts it: first for the network that it comes from,
/// then for the whole site. Call it when nothing else is wrong with the form, as a solution is good once.
///
/// # Errors
/// The form was sent too fast or too late, the trap is filled in, too many came from one network, or there
/// is work to do.
pub async fn demand(visit: &Visit, purpose: Purpose, answer: &ChallengeAnswer) -> Result<()> {
    if !answer.trap.is_empty() {
        return Err(doubt(Doubt::Trap));
    }
    let patience = visit.app().config().limits.form_age;
    if purpose.is_timed() && !patience.is_zero() {
        timely(visit, purpose, answer)?;
    }
    if let Some((kind, pressure)) = purpose.tallies() {
        throttle::admit(visit, kind, Subject::Network).await?;
        throttle::count_pressure(visit, pressure).await?;
    }
    if throttle::is_under_pressure(visit).await? {
        demand_work(visit, &timely(visit, purpose, answer)?, answer).await?;
    }
    Ok(())
}

/// [`demand`], where nothing is asked in quiet times.
///
/// # Errors
/// Those of [`demand`].
pub async fn demand_under_pressure(visit: &Visit, purpose: Purpose, answer: &ChallengeAnswer) -> Result<()> {
    if throttle::is_under_pressure(visit).await? { demand(visit, purpose, answer).await } else { Ok(()) }
}

/// Takes a form back that came to nothing through no fault of whoever sent it: its solution is good again,
/// and it does not count for its network.
///
/// # Errors
/// The database's.
pub async fn give_back(visit: &Visit, purpose: Purpose, answer: &ChallengeAnswer) -> Result<()> {
    if let Some((kind, _)) = purpose.tallies() {
        throttle::give_back(visit, kind, Subject::Network).await?;
    }
    store::forget(visit.database().writer(), &answer.challenge).await
}

/// Deletes what was used and could not be used any more anyway.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    store::sweep(database, now).await
}

/// The stamp of a form, when it is ours and the form was sent neither too fast nor too late.
fn timely(visit: &Visit, purpose: Purpose, answer: &ChallengeAnswer) -> Result<Stamp> {
    let stamp = Stamp::read(&answer.challenge, purpose, visit.app().seals()).ok_or_else(|| doubt(Doubt::TooOld))?;
    let age = visit.now().since(stamp.made);
    if age > LIFE || stamp.made > visit.now() {
        return Err(doubt(Doubt::TooOld));
    }
    if purpose.is_timed() && age < visit.app().config().limits.form_age {
        return Err(doubt(Doubt::TooFast));
    }
    Ok(stamp)
}

async fn demand_work(visit: &Visit, stamp: &Stamp, answer: &ChallengeAnswer) -> Result<()> {
    if answer.solution.is_empty() {
        enter_slow_lane(visit).await?;
    } else {
        let solution = Solution::parse(&answer.solution).map_err(|_| doubt(Doubt::WorkOwed))?;
        if !stamp.puzzle(&answer.challenge).is_solved_by(solution) {
            return Err(doubt(Doubt::WorkOwed));
        }
    }
    let is_first = store::use_up(visit.database().writer(), &answer.challenge, stamp.made.after(LIFE)).await?;
    if is_first { Ok(()) } else { Err(doubt(Doubt::TooOld)) }
}

/// A few forms a minute are taken without work, for browsers that cannot do any; of one network only one, so
/// that nobody fills the lane for all others.
async fn enter_slow_lane(visit: &Visit) -> Result<()> {
    throttle::admit(visit, Kind::SlowLane, Subject::Network).await.map_err(crowded)?;
    let admitted = throttle::admit(visit, Kind::SlowLane, Subject::Site).await;
    if admitted.is_err() {
        throttle::give_back(visit, Kind::SlowLane, Subject::Network).await?;
    }
    admitted.map_err(crowded)
}

fn crowded(refusal: Error) -> Error {
    match refusal {
        Error::Told(AppError::TooMany { retry_after }) => AppError::Crowded { retry_after }.into(),
        other => other,
    }
}

fn doubt(doubt: Doubt) -> Error {
    Refusal::Doubtful { doubt }.into()
}

impl Purpose {
    /// What a form of this purpose counts as, for its network and for the site; sign-ins are counted where
    /// they fail.
    const fn tallies(self) -> Option<(Kind, Pressure)> {
        match self {
            Self::Registration => Some((Kind::Registration, Pressure::Registrations)),
            Self::Reset => Some((Kind::ResetRequest, Pressure::ResetRequests)),
            Self::SignIn => None,
        }
    }

    /// Whether it takes a person some seconds to fill the form in. A password manager signs in at once.
    const fn is_timed(self) -> bool {
        match self {
            Self::Registration | Self::Reset => true,
            Self::SignIn => false,
        }
    }
}
