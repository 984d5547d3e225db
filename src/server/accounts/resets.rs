//! A forgotten password: a letter with a link that sets a new one.
//!
//! Who asks learns nothing, not even by the clock: the request keeps what was typed, sealed, and the
//! worker that sends letters finds out whom it means.

use sea_orm::ConnectionTrait;

use super::{
    browsers, challenge, links,
    throttle::{self, Kind, Subject},
    token, who_is,
};
use crate::{
    accounts::model::{ChallengeAnswer, EmailAddress, LoginText, UserId},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        App,
        error::{Error, Result},
        letters::{self, Letter, Reader, ResetWish},
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
    let transaction = visit.database().begin().await?;
    let browser = browsers::of(visit).map(|browser| token::hash(&browser));
    letters::request_reset(&transaction, visit.app(), ResetWish { login: login.as_str().to_owned(), browser }).await?;
    transaction.commit().await?;
    Ok(Landing::on(LocalPath::ours("/forgotten")).saying(Notice::ResetRequested))
}

/// Writes to whoever is meant. Nobody is written to at an address that they have neither proven nor
/// claimed: it is somebody else's. What strangers have asked for keeps no letter away that a browser of the
/// owner's asks for.
///
/// # Errors
/// The database's.
pub async fn write_letter(app: &App, database: &impl ConnectionTrait, wish: &ResetWish) -> Result<()> {
    let Ok(login) = LoginText::parse(&wish.login) else { return Ok(()) };
    let Some(user) = who_is(database, &login).await? else { return Ok(()) };
    if user.email_verified_at.is_none() && user.email_key.is_none() {
        return Ok(());
    }
    let (id, now) = (UserId(user.id), app.clock().now());
    let address = EmailAddress::parse(&user.email).map_err(|_| Error::broken("a stored e-mail address is not one", id))?;
    let token = links::make_for(database, links::Purpose::Password, id, &address, now).await?;
    let letter = Letter::PasswordReset { token, ends: now.after(links::Purpose::Password.life()) };
    let reader = Reader { user: Some(id), name: &user.name, address: &address };
    if is_admitted_as_own(app, database, wish, id).await? {
        letters::queue_admitted(database, app, &reader, letter).await
    } else {
        letters::queue(database, app, &reader, letter).await
    }
}

/// Whether a browser asked in which the owner has signed in, and not too often.
async fn is_admitted_as_own(app: &App, database: &impl ConnectionTrait, wish: &ResetWish, owner: UserId) -> Result<bool> {
    let visit = Visit::of_operator(app.clone());
    let Some(browser) = &wish.browser else { return Ok(false) };
    if !browsers::is_known(database, browser, owner, visit.now()).await? {
        return Ok(false);
    }
    match throttle::admit_within(database, &visit, Kind::ResetRequest, Subject::Person(owner)).await {
        Ok(()) => Ok(true),
        Err(Error::Told(AppError::TooMany { .. })) => Ok(false),
        Err(other) => Err(other),
    }
}
