//! Letters by mail. Whoever has something to tell queues a [`Letter`] in the transaction of what it
//! tells of; the [`worker`] sends what is due, tries again what could not be sent, and survives a
//! restart, as everything stands in the database.
//!
//! Promises: a letter's text lies in the database only sealed, and only until it is sent. Links lead
//! to the configured address. Nobody can be bombed: beyond a few letters of a kind in an hour to one
//! address, or for one account, the rest are not written, and nobody is told so. Letters that tell an owner
//! what was done to the account are not kept back like that. Where the site sends no letters, queueing does
//! nothing.

mod letter;
mod message;
pub mod page;
mod sheet;
mod store;
pub mod transport;
pub mod unsubscribe;
pub mod worker;

use std::time::Duration;

use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

pub use letter::{Factor, Letter};
pub use store::PAGE;

use crate::{
    accounts::model::{EmailAddress, UserId},
    audit::model::{Deed, Subject},
    error::AppError,
    landing::{Landing, LocalPath, Notice},
    letters::model::{LetterId, LetterKind, LetterRecord, LetterState},
    moment::Moment,
    policy::{self, act},
    server::{
        App,
        audit::{self, Line},
        entity::user,
        error::{Error, Result},
        seal::{Purpose, Seals},
        site,
        visit::Visit,
    },
    valid::Value,
};

use letter::Setting;
use sheet::Sheet;
use store::Envelope;

/// Letters of one kind to one address within an hour, and within a day.
pub const MOST_TO_ONE_ADDRESS: u64 = 5;
pub const MOST_TO_ONE_ADDRESS_A_DAY: u64 = 20;
/// Letters of one kind for one account within an hour, whatever addresses it names.
pub const MOST_FOR_ONE_ACCOUNT: u64 = 10;
/// The same for letters that tell an owner what was done to the account by somebody who was let in.
pub const MOST_OF_DEEDS: u64 = 100;
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// How long what became of a letter can be looked up.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// Who is written to.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    pub user: Option<UserId>,
    /// The user name, for the greeting.
    pub name: &'a str,
    pub address: &'a EmailAddress,
}

/// What is sealed: a letter, or the wish for one of somebody who has yet to be found.
#[derive(Serialize, Deserialize)]
enum Content {
    Sheet(Sheet),
    /// A password is to be reset: the user name or e-mail address that was typed. Not written any more: it
    /// may still wait from before an update.
    ResetFor(String),
    ResetWish(ResetWish),
}

/// A password is to be reset.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResetWish {
    /// The user name or e-mail address that was typed.
    pub login: String,
    /// SHA-256 of what the browser that asked is known by, if anybody has signed in with it.
    pub browser: Option<Vec<u8>>,
}

/// Queues a letter, in the transaction of what it tells of.
///
/// # Errors
/// The database's.
pub async fn queue(database: &impl ConnectionTrait, app: &App, reader: &Reader<'_>, letter: Letter) -> Result<()> {
    if is_too_much(database, reader, letter.kind(), app.clock().now()).await? {
        return Ok(());
    }
    queue_admitted(database, app, reader, letter).await
}

/// [`queue`] for a letter that was counted by its own rule, and that the letters of a kind which others have
/// asked for do not keep away.
///
/// # Errors
/// The database's.
pub async fn queue_admitted(database: &impl ConnectionTrait, app: &App, reader: &Reader<'_>, letter: Letter) -> Result<()> {
    if !app.sends_letters() {
        return Ok(());
    }
    let envelope = Envelope { kind: letter.kind(), recipient: Some(reader.address), user: reader.user, now: app.clock().now() };
    let sheet = written(app, reader, letter).await?;
    keep(database, app.seals(), &envelope, &Content::Sheet(sheet)).await
}

/// Tells the owner of an account something, at the address that is proven to be theirs. Who has not
/// proven one is told nothing: it may be somebody else's.
///
/// # Errors
/// The database's.
pub async fn tell(database: &impl ConnectionTrait, app: &App, user: &user::Model, letter: Letter) -> Result<()> {
    if user.email_verified_at.is_none() {
        return Ok(());
    }
    let address = address_of(user)?;
    queue(database, app, &Reader { user: Some(UserId(user.id)), name: &user.name, address: &address }, letter).await
}

/// Like [`tell`], by the number of the account; nobody is told whose account is gone.
///
/// # Errors
/// The database's.
pub async fn tell_owner(database: &impl ConnectionTrait, app: &App, user: UserId, letter: Letter) -> Result<()> {
    match store::reader(database, user).await? {
        Some(user) => tell(database, app, &user, letter).await,
        None => Ok(()),
    }
}

/// Tells a newcomer what became of the registration, at the address that came with it, proven or not. Not
/// where somebody else has the address.
///
/// # Errors
/// The database's.
pub async fn tell_newcomer(database: &impl ConnectionTrait, app: &App, user: &user::Model, letter: Letter) -> Result<()> {
    if user.email_key.is_none() {
        return Ok(());
    }
    let address = address_of(user)?;
    queue(database, app, &Reader { user: Some(UserId(user.id)), name: &user.name, address: &address }, letter).await
}

/// Asks for a letter to whoever is meant by a user name or an address. The worker finds out, so that
/// this takes the same time whether there is anybody.
///
/// # Errors
/// The database's.
pub async fn request_reset(database: &impl ConnectionTrait, app: &App, wish: ResetWish) -> Result<()> {
    let envelope = Envelope { kind: LetterKind::PasswordReset, recipient: None, user: None, now: app.clock().now() };
    keep(database, app.seals(), &envelope, &Content::ResetWish(wish)).await
}

/// What tells an owner that somebody has changed how the account is entered must not be silenced by doing it often:
/// it has a limit of its own, far above what anybody does. The one letter with which a change of the address is
/// taken back has none; each follows from the proof of another address, whose letters are limited.
async fn is_too_much(database: &impl ConnectionTrait, reader: &Reader<'_>, kind: LetterKind, now: Moment) -> Result<bool> {
    let since = now.before(HOUR);
    if kind == LetterKind::EmailChanged {
        return Ok(false);
    }
    if let (true, Some(user)) = (kind.tells_of_a_deed(), reader.user) {
        return Ok(store::count_for(database, user, kind, since).await? >= MOST_OF_DEEDS);
    }
    if store::count_to(database, reader.address, kind, since).await? >= MOST_TO_ONE_ADDRESS
        || store::count_to(database, reader.address, kind, now.before(DAY)).await? >= MOST_TO_ONE_ADDRESS_A_DAY
    {
        return Ok(true);
    }
    match reader.user {
        Some(user) => Ok(store::count_for(database, user, kind, since).await? >= MOST_FOR_ONE_ACCOUNT),
        None => Ok(false),
    }
}

async fn written(app: &App, reader: &Reader<'_>, letter: Letter) -> Result<Sheet> {
    let settings = site::settings(app).await?;
    let setting = Setting {
        site: &app.config().site.address,
        site_name: settings.name.as_str(),
        reader: reader.name,
        user: reader.user,
        address: reader.address,
        seals: app.seals(),
    };
    Ok(letter.write(&setting))
}

/// A seal belongs to the letter's number, so that it opens in no other row.
async fn keep(database: &impl ConnectionTrait, seals: &Seals, envelope: &Envelope<'_>, content: &Content) -> Result<()> {
    let text = serde_json::to_vec(content).map_err(|cause| Error::broken("a letter cannot be written as JSON", cause))?;
    let id = store::insert(database, envelope).await?;
    store::put_text(database, id, seals.seal(Purpose::Letter, &id.to_string(), &text)?).await
}

fn opened(seals: &Seals, id: LetterId, sealed: &[u8]) -> Result<Content> {
    let text = seals.unseal(Purpose::Letter, &id.to_string(), sealed)?;
    serde_json::from_slice(&text).map_err(|cause| Error::broken("a sealed letter is not one", cause))
}

fn address_of(user: &user::Model) -> Result<EmailAddress> {
    EmailAddress::parse(&user.email).map_err(|_| Error::broken("a stored e-mail address is not one", user.id))
}

/// A page of the letters in a state, the newest first, and one more if there is.
///
/// # Errors
/// Not allowed.
pub async fn letters(visit: &Visit, state: Option<LetterState>, before: Option<LetterId>) -> Result<Vec<LetterRecord>> {
    policy::may::<act::SeeAdministration>(visit.actor(), visit.now())?;
    store::page(visit.database().reader(), state, before).await
}

/// Tries a letter again now.
///
/// # Errors
/// Not allowed, no such letter, or it was sent.
pub async fn retry(visit: &Visit, id: LetterId) -> Result<Landing> {
    let permit = policy::may::<act::RetryLetter>(visit.actor(), visit.now())?;
    let transaction = visit.database().begin().await?;
    let letter = store::find(&transaction, id).await?.ok_or(AppError::NotFound)?;
    if !store::retry(&transaction, &permit, id, visit.now()).await? {
        return Err(AppError::NotFound.into());
    }
    // By its number: the log is kept for longer than an address may be.
    let line = Line::of(Deed::LetterRetried, Subject::Site).detailed(format!("letter {id}: {}", letter.kind.title()));
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(Landing::on(LocalPath::ours("/admin/letters")).saying(Notice::LetterRetried))
}

/// Whose notices a token ends; looking ends none.
///
/// # Errors
/// We did not sign it, or for an address that the account has no more.
pub async fn whose_notices(visit: &Visit, token: &str) -> Result<UserId> {
    policy::may::<act::EndNotices>(visit.actor(), visit.now())?;
    let claim = unsubscribe::Claim::read(token).ok_or(AppError::NotFound)?;
    let user = store::reader(visit.database().reader(), claim.user).await?.ok_or(AppError::NotFound)?;
    if claim.is_ours(visit.app().seals(), &user.email) { Ok(claim.user) } else { Err(AppError::NotFound.into()) }
}

/// Ends the notices of whoever a signed token names.
///
/// # Errors
/// As for [`whose_notices`].
pub async fn unsubscribe(visit: &Visit, token: &str) -> Result<()> {
    let permit = policy::may::<act::EndNotices>(visit.actor(), visit.now())?;
    let user = whose_notices(visit, token).await?;
    store::end_notices(visit.database().writer(), &permit, user).await
}

/// How many letters are yet to be sent.
///
/// # Errors
/// The database's.
pub async fn waiting(database: &impl ConnectionTrait) -> Result<u64> {
    store::count_waiting(database).await
}

/// Deletes letters that are so old that nobody looks for them; returns how many.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    store::sweep(database, now.before(KEPT)).await
}
