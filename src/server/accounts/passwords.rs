//! Passwords that are being chosen: what they must be, and what they would withstand.

use super::{
    factors, store,
    throttle::{self, Kind, Subject},
};
use crate::{
    accounts::model::{Leaning, NewPassword, PasswordWeight, Secret, UserId},
    error::AppError,
    policy::{self, act},
    server::{
        entity::user,
        error::Result,
        password::{self, Context, Verdict},
        visit::Visit,
    },
    valid::{FieldProblems, Problem, ProblemCode},
};

/// Weighs a password while it is typed. Whoever is signed in is not asked for their name and address.
///
/// # Errors
/// Too long to be a password, or asked too often.
pub async fn weigh(visit: &Visit, secret: &Secret, username: &str, email: &str) -> Result<PasswordWeight> {
    policy::may::<act::WeighPassword>(visit.actor(), visit.now())?;
    let own = match visit.actor().id() {
        Some(id) => store::find(visit.database().reader(), id).await?,
        None => None,
    };
    let (username, email) = own.as_ref().map_or((username, email), |user| (user.name.as_str(), user.email.as_str()));
    if [secret.expose(), username, email].iter().any(|text| text.len() > NewPassword::LONGEST_INPUT) {
        return Err(FieldProblems::one("password", Problem::bounded(ProblemCode::TooLong, NewPassword::LONGEST)).into());
    }
    throttle::admit(visit, Kind::Weighing, Subject::Visitor).await?;
    let settings = visit.settings().await?;
    Ok(password::weight(secret, &Context { site_name: settings.name.as_str(), username, email }))
}

/// What stands beside the password of the person acting.
///
/// # Errors
/// Nobody is signed in.
pub async fn own_leaning(visit: &Visit) -> Result<Leaning> {
    policy::may::<act::SeeOwnAccount>(visit.actor(), visit.now())?;
    leaning(visit, visit.actor().id().ok_or(AppError::Unauthenticated)?).await
}

/// What stands beside the password of an account.
///
/// # Errors
/// The database's.
pub async fn leaning(visit: &Visit, id: UserId) -> Result<Leaning> {
    let factors = factors::in_force(visit.database().reader(), id).await?;
    Ok(if factors.is_empty() { Leaning::Alone } else { Leaning::OnSecondFactor })
}

/// A password that nothing else stands beside.
pub async fn strong_password(visit: &Visit, secret: &Secret, username: &str, email: &str) -> Result<NewPassword> {
    strong(visit, (secret, Leaning::Alone), username, email).await
}

/// A password that is long enough for what stands beside it, and not among those that are guessed first.
pub async fn strong(visit: &Visit, (secret, leaning): (&Secret, Leaning), username: &str, email: &str) -> Result<NewPassword> {
    let settings = visit.settings().await?;
    let context = Context { site_name: settings.name.as_str(), username, email };
    let password = NewPassword::parse_leaning(secret, leaning).map_err(|problem| FieldProblems::one("password", problem))?;
    match password::weakness(&password, &context) {
        Some(code) => Err(FieldProblems::one("password", Problem::new(code)).into()),
        None => Ok(password),
    }
}

/// A password that is due must really be replaced.
pub async fn refuse_same(visit: &Visit, user: &user::Model, password: &NewPassword) -> Result<()> {
    match visit.passwords().verify(password.secret(), &user.password).await? {
        Verdict::NoMatch => Ok(()),
        Verdict::Match | Verdict::MatchWithOldParameters => {
            Err(FieldProblems::one("password", Problem::new(ProblemCode::SamePassword)).into())
        }
    }
}
