//! Keeps programs from sending the forms that make accounts and letters, without asking anybody else.
//!
//! Each such form carries a signed stamp of when it was made. Usually nothing more is asked than that it is
//! older than a few seconds, younger than an hour, and that a field which people do not see is empty. While
//! the site is under pressure (`throttle::Pressure`) the browser has to solve the stamp's puzzle as well, and
//! each stamp is good once; forms from browsers without scripts go through a slower lane, a few a minute for
//! the whole site. An act asks with one line: `challenge::demand(visit, Purpose::Registration, &answer)`.

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

/// Lets a form pass that a person may have sent, and counts it. Call it when nothing else is wrong with the
/// form, as a solution is good once.
///
/// # Errors
/// The form was sent too fast or too late, the trap is filled in, or there is work to do.
pub async fn demand(visit: &Visit, purpose: Purpose, answer: &ChallengeAnswer) -> Result<()> {
    if !answer.trap.is_empty() {
        return Err(doubt(Doubt::Trap));
    }
    if let Some(pressure) = purpose.pressure() {
        throttle::count_pressure(visit, pressure).await?;
    }
    let is_under_pressure = throttle::is_under_pressure(visit).await?;
    let patience = visit.app().config().limits.form_age;
    if !is_under_pressure && (patience.is_zero() || !purpose.is_timed()) {
        return Ok(());
    }
    let stamp = Stamp::read(&answer.challenge, purpose, visit.app().seals()).ok_or_else(|| doubt(Doubt::TooOld))?;
    refuse_untimely(&stamp, purpose, patience, visit.now())?;
    if is_under_pressure { demand_work(visit, &stamp, answer).await } else { Ok(()) }
}

/// [`demand`], where nothing is asked in quiet times.
///
/// # Errors
/// Those of [`demand`].
pub async fn demand_under_pressure(visit: &Visit, purpose: Purpose, answer: &ChallengeAnswer) -> Result<()> {
    if throttle::is_under_pressure(visit).await? { demand(visit, purpose, answer).await } else { Ok(()) }
}

/// Makes a solution good again whose form came to nothing through no fault of whoever sent it.
///
/// # Errors
/// The database's.
pub async fn give_back(visit: &Visit, answer: &ChallengeAnswer) -> Result<()> {
    store::forget(visit.database().writer(), &answer.challenge).await
}

/// Deletes what was used and could not be used any more anyway.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    store::sweep(database, now).await
}

fn refuse_untimely(stamp: &Stamp, purpose: Purpose, patience: Duration, now: Moment) -> Result<()> {
    let age = now.since(stamp.made);
    if age > LIFE || stamp.made > now {
        return Err(doubt(Doubt::TooOld));
    }
    if purpose.is_timed() && age < patience {
        return Err(doubt(Doubt::TooFast));
    }
    Ok(())
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

/// A few forms a minute are taken without work, for browsers that cannot do any.
async fn enter_slow_lane(visit: &Visit) -> Result<()> {
    match throttle::admit(visit, Kind::SlowLane, Subject::Site).await {
        Err(Error::Told(AppError::TooMany { retry_after })) => Err(AppError::Crowded { retry_after }.into()),
        other => other,
    }
}

fn doubt(doubt: Doubt) -> Error {
    Refusal::Doubtful { doubt }.into()
}

impl Purpose {
    /// What a form of this purpose adds to; sign-ins count only when they fail.
    const fn pressure(self) -> Option<Pressure> {
        match self {
            Self::Registration => Some(Pressure::Registrations),
            Self::Reset => Some(Pressure::ResetRequests),
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
