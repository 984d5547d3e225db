//! Signing in and out, passwords. How accounts come to be is in [`joining`], what admins do with them
//! in [`administration`], the links that are handed out in [`links`].

pub mod addresses;
pub mod administration;
pub mod admins;
pub mod approval;
pub mod browsers;
pub mod challenge;
pub mod door;
pub mod factors;
pub(in crate::server) mod held;
pub mod invitations;
pub mod joining;
pub mod links;
pub mod name;
pub mod page;
pub mod passphrase;
mod passwords;
pub mod providers;
pub mod resets;
pub mod sessions;
mod store;
pub mod throttle;
pub mod token;

pub use joining::{check_set_up_link, create, enrol, has_admin, register, set_up};
pub use passwords::{own_leaning, weigh as weigh_password};
pub use store::{Filter, SuspendedOnly};

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{
        AccountRecord, ChallengeAnswer, EmailAddress, Keeping, Leaning, LoginText, NewPassword, NewPasswordDraft, PasswordChange,
        Profile, Proof, Proven, Secret, SignIn, UserId, Username, Way,
    },
    audit::model::{Deed, Subject},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        audit::{self, Line},
        entity::user,
        error::{Error, Result},
        keepsake::Keepsake,
        letters::{self, Letter},
        password::{Asker, Verdict},
        session,
        visit::Visit,
    },
    valid::{FieldProblems, Problem, ProblemCode, Valid, Value},
};

use door::Arrival;
use passwords::strong_password;
use throttle::{Key, Pressure};

/// Recognises a person by user name or e-mail address and password, and leads to the door.
///
/// Unknown people and wrong passwords cost the same and get the same answer.
///
/// # Errors
/// Already signed in, no match, too many failures of this account or from this network, or a challenge to
/// solve while many accounts are tried.
pub async fn sign_in(
    visit: &Visit,
    draft: SignIn,
    keeping: Keeping,
    next: Option<LocalPath>,
    answer: &ChallengeAnswer,
) -> Result<Landing> {
    policy::may_sign_in(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let login = LoginText::parse(&draft.login).map_err(|problem| FieldProblems::one("login", problem))?;
    let found = find_by_login(visit, &login).await?;
    let familiar = familiar_browser(visit, found.as_ref()).await?;
    if familiar.is_none() {
        challenge::demand_under_pressure(visit, challenge::Purpose::SignIn, answer).await?;
    }
    let account = familiar.unwrap_or_else(|| account_key(visit, &login));
    let networks = if familiar.is_some() { Vec::new() } else { network_keys(visit) };
    let attempt = throttle::attempt(visit, networks.into_iter().chain([account]).collect()).await?;
    let compared = matching(visit, &account, found, &draft.password).await;
    let (attempt, matched) = attempt.unless_busy(visit, compared).await?;
    let Some(user) = matched else {
        attempt.failed();
        if familiar.is_none() {
            throttle::count_pressure(visit, Pressure::FailedSignIns).await?;
        }
        audit::record(visit.database().writer(), visit, Line::of(Deed::SignInFailed, Subject::Site)).await?;
        return Err(Refusal::Credentials.into());
    };
    attempt.succeeded(visit).await?;
    let arrival = Arrival { user: &user, proven: Proven::by(Way::Password), keeping, next, saying: Notice::SignedIn };
    door::complete_login(visit, arrival).await
}

/// A browser in which the owner has signed in before has tries of its own, so that strangers cannot lock
/// the owner out.
async fn familiar_browser(visit: &Visit, found: Option<&user::Model>) -> Result<Option<Key>> {
    let Some(user) = found else { return Ok(None) };
    let token = browsers::known(visit, UserId(user.id)).await?;
    let free_tries = visit.app().config().limits.sign_in_free_tries;
    Ok(token.map(|token| Key::browser(UserId(user.id), &token::hash(&token)).with_free_tries(free_tries)))
}

/// Ends the session, in the server and in the browser.
///
/// # Errors
/// Nobody is signed in.
pub async fn sign_out(visit: &Visit) -> Result<Landing> {
    let granted = policy::may_sign_out(visit.actor(), visit.now())?;
    visit.close_session().await?;
    visit.keepsakes().bid_farewell();
    let line = Line::of(Deed::SignedOut, Subject::User(granted.person.id.0)).named(&granted.person.name);
    audit::record(visit.database().writer(), visit, line).await?;
    Ok(Landing::on(LocalPath::home()).saying(Notice::SignedOut))
}

/// Proves again who is acting; good for some minutes.
///
/// # Errors
/// Nobody is signed in, the password is wrong, or too many failures.
pub async fn prove(visit: &Visit, draft: Proof, next: Option<LocalPath>) -> Result<Landing> {
    let granted = policy::may_prove(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    confirm(visit, granted.person.id, &draft.password, "password").await?;
    visit.renew_session().await?;
    Ok(Landing::on(next.unwrap_or_else(LocalPath::home)))
}

/// Replaces one's own password and ends all other sessions.
///
/// # Errors
/// Not allowed, the current password is wrong, or the new one is too weak.
pub async fn change_password(visit: &Visit, draft: PasswordChange) -> Result<Landing> {
    let granted = policy::may_change_password(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let id = granted.person.id;
    let user = confirm(visit, id, &draft.current_password, "current_password").await?;
    let leaning = passwords::leaning(visit, id).await?;
    let password = passwords::strong(visit, (&draft.password, leaning), &user.name, &user.email).await?;
    let hash = visit.passwords().hash(&password).await?;
    let transaction = visit.database().begin().await?;
    let held = held::in_session(visit, &transaction).await?.unless_changed_since(&user)?;
    store::set_password(&transaction, &granted.permit, &held, &hash).await?;
    end_all_access(&transaction, id, visit.session_id()).await?;
    browsers::forget_others(visit, &transaction, id).await?;
    links::cancel(&transaction, links::Purpose::Password, id).await?;
    letters::tell(&transaction, visit.app(), &user, Letter::PasswordChanged).await?;
    let line = Line::of(Deed::PasswordChanged, Subject::User(id.0)).named(&user.name);
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    visit.renew_session().await?;
    Ok(Landing::on(account_page()).saying(Notice::PasswordChanged))
}

/// Gives an account that is entered through a provider or with a passkey its first password, and ends
/// all other sessions.
///
/// # Errors
/// Not allowed, no fresh proof, there is a password already, or the new one is too weak.
pub async fn choose_first_password(visit: &Visit, draft: NewPasswordDraft) -> Result<Landing> {
    let granted = policy::may_choose_first_password(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let id = granted.person.id;
    let user = store::find(visit.database().reader(), id).await?.ok_or(AppError::Unauthenticated)?;
    if !user.password.is_empty() {
        return Err(Refusal::PasswordChosen.into());
    }
    let password = strong_password(visit, &draft.password, &user.name, &user.email).await?;
    let hash = visit.passwords().hash(&password).await?;
    let transaction = visit.database().begin().await?;
    let held = held::in_session(visit, &transaction).await?.unless_changed_since(&user)?;
    if !store::set_first_password(&transaction, &granted.permit, &held, &hash).await? {
        return Err(Refusal::PasswordChosen.into());
    }
    end_all_access(&transaction, id, visit.session_id()).await?;
    browsers::forget_others(visit, &transaction, id).await?;
    links::cancel(&transaction, links::Purpose::Password, id).await?;
    letters::tell(&transaction, visit.app(), held.user(), Letter::PasswordChanged).await?;
    let line = Line::of(Deed::PasswordChanged, Subject::User(id.0)).named(&user.name);
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    visit.change_session_id().await?;
    Ok(Landing::on(account_page()).saying(Notice::PasswordChosen))
}

/// Whether the person acting has a password: who has none is not asked for one.
///
/// # Errors
/// Nobody is signed in.
pub async fn has_password(visit: &Visit) -> Result<bool> {
    policy::may::<act::SeeOwnAccount>(visit.actor(), visit.now())?;
    let id = visit.actor().id().ok_or(AppError::Unauthenticated)?;
    let user = store::find(visit.database().reader(), id).await?.ok_or(AppError::Unauthenticated)?;
    Ok(!user.password.is_empty())
}

/// Sets a password with a link that was handed out. Signs nobody in; ends every session.
///
/// # Errors
/// The link is not in force, or the password is too weak.
pub async fn use_password_link(visit: &Visit, draft: NewPasswordDraft) -> Result<Landing> {
    let permit = policy::may::<act::UsePasswordLink>(visit.actor(), visit.now())?;
    let draft = Valid::check(draft)?;
    let token = links::opened(visit)?;
    let link = links::find(visit.database().reader(), &token, links::Purpose::Password, visit.now()).await?;
    let id = link.user.ok_or(Refusal::LinkOver)?;
    let user = store::find(visit.database().reader(), id).await?.ok_or(Refusal::LinkOver)?;
    let password = strong_password(visit, &draft.password, &user.name, &user.email).await?;
    let hash = visit.passwords().hash(&password).await?;
    let transaction = visit.database().begin().await?;
    let held = held::by_link(&transaction, id, link.address.as_ref()).await?;
    links::consume(&transaction, &token, links::Purpose::Password, visit.now()).await?;
    links::cancel(&transaction, links::Purpose::Password, id).await?;
    store::set_password(&transaction, &permit, &held, &hash).await?;
    end_all_access(&transaction, id, None).await?;
    browsers::forget_all(&transaction, id).await?;
    letters::tell(&transaction, visit.app(), &user, Letter::PasswordChanged).await?;
    record_entry(&transaction, visit, Deed::PasswordChanged, id, &Username::parse(&user.name).map_err(|_| broken_name(id))?)
        .await?;
    throttle::forgive(&transaction, visit, &user).await?;
    transaction.commit().await?;
    visit.keepsakes().forget(Keepsake::Link);
    Ok(Landing::on(sign_in_page()).saying(Notice::PasswordChanged))
}

/// Whether a password link can be used; looking does not use it up.
///
/// # Errors
/// The link is not in force.
pub async fn check_password_link(visit: &Visit) -> Result<()> {
    policy::may::<act::UsePasswordLink>(visit.actor(), visit.now())?;
    let token = links::opened(visit)?;
    links::find(visit.database().reader(), &token, links::Purpose::Password, visit.now()).await.map(drop)
}

/// The account of the person acting.
///
/// # Errors
/// Nobody is signed in.
pub async fn own_account(visit: &Visit) -> Result<AccountRecord> {
    policy::may::<act::SeeOwnAccount>(visit.actor(), visit.now())?;
    let id = visit.actor().id().ok_or(AppError::Unauthenticated)?;
    let user = store::find(visit.database().reader(), id).await?.ok_or(AppError::Unauthenticated)?;
    store::record_of(&user)
}

/// What everybody may know of a person.
///
/// # Errors
/// There is no such person.
pub async fn profile(visit: &Visit, name: &str) -> Result<Profile> {
    policy::may::<act::Read>(visit.actor(), visit.now())?;
    let name = Username::parse(name).map_err(|_| AppError::NotFound)?;
    let key = name::canonical(&name).map_err(|_| AppError::NotFound)?.key;
    let user = store::find_by_name(visit.database().reader(), &key).await?.ok_or(AppError::NotFound)?;
    store::profile_of(&user)
}

/// Ends every session but the given one, every visit that is half signed in, every sign-in that is under way, and
/// what was asked for in them and is not done yet; returns how many sessions that were.
pub(in crate::server) async fn end_all_access(
    database: &impl ConnectionTrait,
    user: UserId,
    but: Option<tower_sessions::session::Id>,
) -> Result<u64> {
    store::count_epoch(database, user).await?;
    let ended = session::end_all(database, user, but).await?;
    links::cancel(database, links::Purpose::EmailChange, user).await?;
    door::cancel(database, user).await?;
    Ok(ended)
}

/// Has what one person does at once be done one after the other, until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(database: &impl ConnectionTrait, user: UserId) -> Result<()> {
    store::lock(database, user).await.map(drop)
}

/// The account that may be entered by a user name or an e-mail address. Where letters are sent, an address
/// opens only the account that has proven it: whoever registers with somebody else's would learn from their
/// own next sign-in whether it was claimed before.
async fn find_by_login(visit: &Visit, login: &LoginText) -> Result<Option<user::Model>> {
    let found = who_is(visit.database().reader(), login).await?;
    let is_name = EmailAddress::parse(login.as_str()).is_err();
    Ok(found.filter(|user| is_name || user.email_verified_at.is_some() || !visit.app().sends_letters()))
}

/// The account that a user name or an e-mail address means.
async fn who_is(database: &impl ConnectionTrait, login: &LoginText) -> Result<Option<user::Model>> {
    if let Ok(email) = EmailAddress::parse(login.as_str()) {
        return store::find_by_email(database, &email).await;
    }
    match Username::parse(login.as_str()).and_then(|name| name::canonical(&name)) {
        Ok(name) => store::find_by_name(database, &name.key).await,
        Err(_) => Ok(None),
    }
}

/// One key for a name or an address, however it is written. It follows from what was typed alone, never
/// from what was found: a wait must not tell which account an address belongs to.
fn account_key(visit: &Visit, login: &LoginText) -> Key {
    let typed = login.as_str();
    let key = match EmailAddress::parse(typed) {
        Ok(email) => Key::email(&email.key()),
        Err(_) => match Username::parse(typed).and_then(|name| name::canonical(&name)) {
            Ok(name) => Key::account(name.key.as_str()),
            Err(_) => Key::account(name::NameKey::of(typed).as_str()),
        },
    };
    key.with_free_tries(visit.app().config().limits.sign_in_free_tries)
}

pub(in crate::server::accounts) fn network_keys(visit: &Visit) -> Vec<Key> {
    let free_tries = visit.app().config().limits.sign_in_free_tries;
    visit.address().map(|address| Key::networks(address, free_tries)).unwrap_or_default()
}

/// The account when the password is its own. The work is the same when there is no account.
async fn matching(visit: &Visit, tried: &Key, found: Option<user::Model>, password: &Secret) -> Result<Option<user::Model>> {
    let passwords = visit.passwords().asked_by([Asker::account(tried.digest())]);
    let Some(user) = found else {
        passwords.verify_nobody(password).await?;
        return Ok(None);
    };
    match passwords.verify(password, &user.password).await? {
        Verdict::NoMatch => Ok(None),
        Verdict::Match => Ok(Some(user)),
        Verdict::MatchWithOldParameters => Ok(Some(rehash(visit, user, password).await?)),
    }
}

/// Brings an old hash up to the parameters of today, now that the password is at hand.
async fn rehash(visit: &Visit, user: user::Model, password: &Secret) -> Result<user::Model> {
    let permit = policy::may_sign_in(&crate::accounts::model::Actor::Guest, visit.now())?;
    let Ok(password) = NewPassword::parse_leaning(password, Leaning::OnSecondFactor) else { return Ok(user) };
    let hash = visit.passwords().hash(&password).await?;
    let old = (UserId(user.id), user.password.as_str());
    if !store::refresh_hash(visit.database().writer(), &permit, old, &hash).await? {
        return Err(Refusal::Credentials.into());
    }
    Ok(user::Model { password: hash.as_str().to_owned(), ..user })
}

/// The account of the person acting, when the password is right. Failures count like failed sign-ins.
async fn confirm(visit: &Visit, id: UserId, password: &Secret, field: &str) -> Result<user::Model> {
    let user = store::find(visit.database().reader(), id).await?.ok_or(AppError::Unauthenticated)?;
    let key = Key::proof(id).with_free_tries(visit.app().config().limits.sign_in_free_tries);
    let attempt = throttle::attempt(visit, vec![key]).await?;
    let compared = visit.passwords().verify(password, &user.password).await;
    let (attempt, verdict) = attempt.unless_busy(visit, compared.map_err(Error::from)).await?;
    if verdict == Verdict::NoMatch {
        attempt.failed();
        let line = Line::of(Deed::ProofFailed, Subject::User(id.0)).named(&user.name);
        audit::record(visit.database().writer(), visit, line).await?;
        return Err(FieldProblems::one(field, Problem::new(ProblemCode::WrongPassword)).into());
    }
    attempt.succeeded(visit).await?;
    Ok(user)
}

async fn record_entry(database: &impl ConnectionTrait, visit: &Visit, deed: Deed, user: UserId, name: &Username) -> Result<()> {
    audit::record(database, visit, Line::of(deed, Subject::User(user.0)).named(name)).await
}

fn broken_name(id: UserId) -> Error {
    Error::broken("a stored user name is not one", id)
}

fn account_page() -> LocalPath {
    LocalPath::ours("/account")
}

fn sign_in_page() -> LocalPath {
    LocalPath::ours("/sign-in")
}
