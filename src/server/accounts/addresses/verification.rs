//! Proving an e-mail address: by a letter with a link, whose page has a button. Opening the link alone
//! proves nothing, as programs open links too.

use std::time::Duration;

use sea_orm::ConnectionTrait;

use super::{Holder, change, holder, store, taken};
use crate::{
    accounts::model::{Debt, EmailAddress, EmailDraft, Secret, UserId},
    audit::model::{Deed, Subject},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        accounts::{
            door::{self, Entry},
            held,
            links::{self, Link, Purpose},
            store as accounts,
            throttle::{self, Kind},
        },
        audit::{self, Line},
        entity::user,
        error::{Error, Result},
        keepsake::Keepsake,
        letters::{self, Letter, Reader},
        visit::Visit,
    },
    valid::{FieldProblems, Valid, Value},
};

/// Between two letters to the same address.
const PAUSE: Duration = Duration::from_mins(1);

/// What became of a letter that was owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// On its way, or beyond what one address gets.
    Yes,
    /// One was written less than a minute ago.
    TooSoon { seconds: u64 },
}

/// Writes to the address that an account has, so that it can be proven. Where another account has proven
/// it, its owner is told that instead; whoever asked sees no difference.
///
/// # Errors
/// Too many such letters were asked for from one network.
pub async fn write(visit: &Visit, user: UserId) -> Result<Written> {
    throttle::admit(visit, Kind::VerificationLetter, throttle::Subject::Network).await?;
    let written = write_admitted(visit, user).await;
    if !matches!(written, Ok(Written::Yes)) {
        throttle::give_back(visit, Kind::VerificationLetter, throttle::Subject::Network).await?;
    }
    written
}

async fn write_admitted(visit: &Visit, user: UserId) -> Result<Written> {
    let transaction = visit.database().begin().await?;
    let user = accounts::lock(&transaction, user).await?.ok_or(Refusal::EntryOver)?;
    let written = write_within(visit, &transaction, &user).await?;
    transaction.commit().await?;
    Ok(written)
}

async fn write_within(visit: &Visit, database: &impl ConnectionTrait, user: &user::Model) -> Result<Written> {
    let (id, now) = (UserId(user.id), visit.now());
    let address = EmailAddress::parse(&user.email).map_err(|_| Error::broken("a stored e-mail address is not one", id))?;
    if let Some(last) = links::latest(database, Purpose::Verification, id).await?
        && last.address.as_ref() == Some(&address)
        && now.since(last.made) < PAUSE
    {
        return Ok(Written::TooSoon { seconds: (PAUSE.saturating_sub(now.since(last.made))).as_secs().max(1) });
    }
    let token = links::make_for(database, Purpose::Verification, id, &address, now).await?;
    let ends = now.after(Purpose::Verification.life());
    let (name, letter) = match holder(database, &address, id).await? {
        Holder::Free => (user.name.clone(), Letter::VerifyAddress { token, ends }),
        Holder::Proven(owner) => (owner.name.clone(), Letter::AddressKnown { name: owner.name.clone() }),
    };
    letters::queue(database, visit.app(), &Reader { user: Some(id), name: &name, address: &address }, letter).await?;
    Ok(Written::Yes)
}

/// Writes once more to whoever is half signed in and owes the proof.
///
/// # Errors
/// The entry is over, something else is owed, the last letter was written less than a minute ago, or too
/// many were asked for from one network.
pub async fn resend(visit: &Visit) -> Result<Landing> {
    let entry = owing(visit).await?;
    match write(visit, entry.user).await? {
        Written::Yes => Ok(Landing::on(waiting_room()).saying(Notice::LetterOnItsWay)),
        Written::TooSoon { seconds } => Err(AppError::TooMany { retry_after: seconds }.into()),
    }
}

/// Corrects the address of an account that has never proven one, and writes there.
///
/// # Errors
/// The entry is over, something else is owed, the text is no address, or too many letters were asked for
/// from one network.
pub async fn correct(visit: &Visit, draft: EmailDraft) -> Result<Landing> {
    let permit = policy::may_sign_in(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let address = EmailAddress::parse(&draft.email).map_err(|problem| FieldProblems::one("email", problem))?;
    let entry = owing(visit).await?;
    throttle::admit(visit, Kind::VerificationLetter, throttle::Subject::Network).await?;
    door::spend_try(visit, &entry).await?;
    let transaction = visit.database().begin().await?;
    // Looked at again: the owner may have ended the entry by a link meanwhile.
    let held = held::in_entry(&transaction, &entry, visit.now()).await?;
    let user = held.user();
    let is_free = accounts::find_by_email(&transaction, &address).await?.is_none_or(|holder| holder.id == user.id);
    let claim = is_free.then(|| address.key());
    if !store::correct(&transaction, &permit, entry.user, &address, claim).await? {
        return Err(Refusal::EntryOver.into());
    }
    for purpose in [Purpose::Password, Purpose::Verification] {
        links::cancel(&transaction, purpose, entry.user).await?;
    }
    let corrected = user::Model { email: address.as_str().to_owned(), ..user.clone() };
    write_within(visit, &transaction, &corrected).await?;
    let line = Line::of(Deed::EmailCorrected, Subject::User(corrected.id)).named(&corrected.name);
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(Landing::on(waiting_room()).saying(Notice::LetterOnItsWay))
}

async fn owing(visit: &Visit) -> Result<Entry> {
    let entry = door::entry(visit).await?;
    match door::debt(visit, &entry).await? {
        Some(Debt::Verification) => Ok(entry),
        _ => Err(Refusal::EntryOver.into()),
    }
}

/// The address that the link of this browser proves; looking does not use it up.
///
/// # Errors
/// The link is not in force.
pub async fn check(visit: &Visit) -> Result<EmailAddress> {
    policy::may::<act::ProveAddress>(visit.actor(), visit.now())?;
    let token = links::opened(visit)?;
    let (link, _) = proving(visit, &token).await?;
    Ok(link.address.ok_or(Refusal::LinkOver)?)
}

/// Proves an address, one's own or the one that is to replace it. In the browser that is half signed in
/// to the account, the way in goes on.
///
/// # Errors
/// The link is not in force, the account has another address by now, or another account has proven it.
pub async fn prove(visit: &Visit) -> Result<Landing> {
    let permit = policy::may::<act::ProveAddress>(visit.actor(), visit.now())?;
    let token = links::opened(visit)?;
    let (link, purpose) = proving(visit, &token).await?;
    let (Some(id), Some(address)) = (link.user, link.address) else { return Err(Refusal::LinkOver.into()) };
    let transaction = visit.database().begin().await?;
    let user = accounts::lock(&transaction, id).await?.ok_or(Refusal::LinkOver)?;
    links::consume_for(&transaction, &token, purpose, (id, &address), visit.now()).await?;
    if purpose == Purpose::Verification && user.email != address.as_str() {
        return Err(Refusal::LinkOver.into());
    }
    store::release_unproven(&transaction, &address, Some(id)).await?;
    if !store::prove(&transaction, &permit, (id, &user.email), &address, visit.now()).await.map_err(taken)? {
        return Err(Refusal::LinkOver.into());
    }
    for spent in [Purpose::Verification, Purpose::EmailChange] {
        links::cancel(&transaction, spent, id).await?;
    }
    let deed = if purpose == Purpose::EmailChange {
        change::tell_old_address(visit, &transaction, &user, &address).await?;
        Deed::EmailChanged
    } else {
        Deed::EmailVerified
    };
    audit::record(&transaction, visit, Line::of(deed, Subject::User(id.0)).named(&user.name)).await?;
    transaction.commit().await?;
    visit.keepsakes().forget(Keepsake::Link);
    go_on(visit, id).await
}

/// The link of a token that proves an address, whichever of the two kinds it is.
async fn proving(visit: &Visit, token: &Secret) -> Result<(Link, Purpose)> {
    let database = visit.database().reader();
    match links::find(database, token, Purpose::Verification, visit.now()).await {
        Ok(link) => Ok((link, Purpose::Verification)),
        Err(Error::Told(AppError::Forbidden(Refusal::LinkOver))) => {
            Ok((links::find(database, token, Purpose::EmailChange, visit.now()).await?, Purpose::EmailChange))
        }
        Err(broken) => Err(broken),
    }
}

async fn go_on(visit: &Visit, user: UserId) -> Result<Landing> {
    if visit.actor().person().is_some() {
        return Ok(Landing::on(LocalPath::ours("/account")).saying(Notice::EmailVerified));
    }
    match door::entry(visit).await {
        Ok(entry) if entry.user == user => door::advance(visit, entry).await,
        Ok(_) | Err(Error::Told(_)) => Ok(Landing::on(LocalPath::ours("/sign-in")).saying(Notice::EmailVerified)),
        Err(broken) => Err(broken),
    }
}

fn waiting_room() -> LocalPath {
    LocalPath::ours("/sign-in/continue")
}
