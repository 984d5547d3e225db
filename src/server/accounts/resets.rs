//! A forgotten password: a letter with a link that sets a new one.
//!
//! Who asks learns nothing, not even by the clock: the request keeps what was typed, sealed, and the
//! worker that sends letters finds out whom it means.

use sea_orm::ConnectionTrait;

use super::{
    challenge, links,
    throttle::{self, Kind, Subject},
    who_is,
};
use crate::{
    accounts::model::{ChallengeAnswer, EmailAddress, LoginText, UserId},
    error::Refusal,
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        App,
        error::{Error, Result},
        letters::{self, Letter, Reader},
        visit::Visit,
    },
    valid::{FieldProblems, Value},
};

/// Asks for a letter to whoever has a user name or an e-mail address.
///
/// # Errors
/// The site sends no letters, nothing was typed, too many letters were asked for from one network, or a
/// program may have sent the form.
pub async fn request(visit: &Visit, login: &str, answer: &ChallengeAnswer) -> Result<Landing> {
    policy::may::<act::RequestReset>(visit.actor(), visit.now())?;
    if !visit.app().sends_letters() {
        return Err(Refusal::NoLetters.into());
    }
    let login = LoginText::parse(login).map_err(|problem| FieldProblems::one("login", problem))?;
    challenge::demand(visit, challenge::Purpose::Reset, answer).await?;
    throttle::admit(visit, Kind::ResetRequest, Subject::Network).await?;
    let transaction = visit.database().begin().await?;
    letters::request_reset(&transaction, visit.app(), login.as_str()).await?;
    transaction.commit().await?;
    Ok(Landing::on(LocalPath::ours("/forgotten")).saying(Notice::ResetRequested))
}

/// Writes to whoever is meant. Nobody is written to at an address that they have neither proven nor
/// claimed: it is somebody else's.
///
/// # Errors
/// The database's.
pub async fn write_letter(app: &App, database: &impl ConnectionTrait, login: &str) -> Result<()> {
    let Ok(login) = LoginText::parse(login) else { return Ok(()) };
    let Some(user) = who_is(database, &login).await? else { return Ok(()) };
    if user.email_verified_at.is_none() && user.email_key.is_none() {
        return Ok(());
    }
    let (id, now) = (UserId(user.id), app.clock().now());
    let address = EmailAddress::parse(&user.email).map_err(|_| Error::broken("a stored e-mail address is not one", id))?;
    let token = links::make_for(database, links::Purpose::Password, id, &address, now).await?;
    let letter = Letter::PasswordReset { token, ends: now.after(links::Purpose::Password.life()) };
    letters::queue(database, app, &Reader { user: Some(id), name: &user.name, address: &address }, letter).await
}
