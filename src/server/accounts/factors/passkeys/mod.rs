//! Passkeys (`WebAuthn`): as the only thing that is asked for, after the password, and to prove again who
//! is acting.
//!
//! An authenticator must always have verified its user. An answer counts for one exchange, for what that
//! was begun for, and for the account that it was begun for; where none was known, for the account that
//! the passkey belongs to and names itself.

mod ceremony;
mod store;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde_json::json;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Uuid, Webauthn,
};

use super::{
    Event, Removal, attempt, enrolled, note_failure, owner, refuse_unverified, removed, security_page, store as factors, told,
};
use crate::{
    accounts::model::{
        Debt, Keeping, PasskeyCeremony, PasskeyId, PasskeyName, PasskeyRecord, PasskeyUse, Proven, SecondProof, Secret, UserId,
        Way,
    },
    audit::model::{Deed, Subject},
    error::{AppError, Conflict, Refusal},
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy,
    server::{
        accounts::{
            self,
            door::{self, Arrival},
            held, providers, store as people,
            throttle::{self, Key, Kind},
        },
        audit::{self, Line},
        entity::user,
        error::{Error, Result},
        visit::Visit,
    },
    valid::{FieldProblems, Value},
};

use ceremony::Purpose;
use store::Stored;

/// As many as one account can have.
pub const MOST: u64 = 25;

/// The passkeys of an account, the oldest first.
///
/// # Errors
/// The database's.
pub async fn records(database: &impl ConnectionTrait, user: UserId) -> Result<Vec<PasskeyRecord>> {
    store::records(database, user).await
}

/// Deletes exchanges that are over; returns how many.
///
/// # Errors
/// The database's.
pub async fn sweep(database: &impl ConnectionTrait, now: Moment) -> Result<u64> {
    store::sweep(database, now).await
}

/// Asks a browser to make a passkey for the person acting, on an authenticator that has none yet.
///
/// # Errors
/// Not allowed, the address is yet to be proven, there are too many, too often, or the site has none.
pub async fn begin_passkey(visit: &Visit) -> Result<PasskeyCeremony> {
    let granted = policy::may_set_up_factor(visit.actor(), visit.now())?;
    let (id, name) = (granted.person.id, granted.person.name.to_string());
    refuse_unverified(visit, &owner(visit, id).await?)?;
    throttle::admit(visit, Kind::Ceremony, throttle::Subject::Visitor).await?;
    let known = store::all_of(visit.database().reader(), id).await?;
    if known.len() as u64 >= MOST {
        return Err(AppError::Conflict(Conflict::PasskeysFull).into());
    }
    let handle = Uuid::from_bytes(store::handle(visit.database().writer(), id, rand::random()).await?);
    let excluded = known.iter().map(|stored| stored.passkey.cred_id().clone()).collect();
    let begun = relying_party(visit)?.start_passkey_registration(handle, &name, &name, Some(excluded));
    let (options, state) = begun.map_err(|cause| Error::broken("no passkey can be asked for", cause))?;
    let mut options = in_json(&options.public_key)?;
    // Only one that its authenticator finds by itself can stand in for a name.
    options["authenticatorSelection"]["residentKey"] = json!("required");
    options["authenticatorSelection"]["requireResidentKey"] = json!(true);
    ceremony::begin(visit, Purpose::Registration, Some(id), &state, &options).await
}

/// Adds the passkey that a browser has made. Ends every other session.
///
/// # Errors
/// Not allowed, the exchange is over, or what came is no passkey of this exchange.
pub async fn add_passkey(visit: &Visit, token: &Secret, credential: &Secret, name: &str) -> Result<Landing> {
    let granted = policy::may_set_up_factor(visit.actor(), visit.now())?;
    let name = PasskeyName::parse(name).map_err(|problem| FieldProblems::one("name", problem))?;
    let made: RegisterPublicKeyCredential = read(credential)?;
    let id = granted.person.id;
    let user = owner(visit, id).await?;
    refuse_unverified(visit, &user)?;
    let state: PasskeyRegistration = ceremony::end(visit, token, Purpose::Registration, Some(id)).await?;
    let passkey = relying_party(visit)?.finish_passkey_registration(&made, &state).map_err(refused)?;
    let transaction = visit.database().begin().await?;
    let held = held::in_session(visit, &transaction).await?.unless_changed_since(&user)?;
    if store::count(&transaction, id).await? >= MOST {
        return Err(AppError::Conflict(Conflict::PasskeysFull).into());
    }
    match store::insert(&transaction, &granted.permit, &held, &name, &passkey, visit.now()).await {
        Err(error) if error.is_duplicate() => return Err(Refusal::PasskeyRefused.into()),
        other => other?,
    }
    accounts::end_all_access(&transaction, id, visit.session_id()).await?;
    let detail = format!("passkey {}", name.as_str());
    audit::record(&transaction, visit, Line::of(Deed::FactorSetUp, Subject::User(id.0)).named(&user.name).detailed(detail))
        .await?;
    told(visit, &transaction, &user, Event::PasskeyAdded { name: name.as_str().to_owned() }).await?;
    transaction.commit().await?;
    enrolled(visit).await?;
    Ok(Landing::on(security_page()).saying(Notice::PasskeyAdded))
}

/// Calls one of one's own passkeys something else.
///
/// # Errors
/// Not allowed, or it is not one's own.
pub async fn rename_passkey(visit: &Visit, id: PasskeyId, name: &str) -> Result<Landing> {
    let granted = policy::may_set_up_factor(visit.actor(), visit.now())?;
    let name = PasskeyName::parse(name).map_err(|problem| FieldProblems::one("name", problem))?;
    let (user, permit) = (granted.person.id, &granted.permit);
    let transaction = visit.database().begin().await?;
    let old = store::rename(&transaction, permit, (user, id), &name).await?.ok_or(AppError::NotFound)?;
    let detail = format!("{old} → {}", name.as_str());
    let line = Line::of(Deed::PasskeyRenamed, Subject::User(user.0)).named(&granted.person.name).detailed(detail);
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(Landing::on(security_page()).saying(Notice::PasskeyRenamed))
}

/// Removes one of one's own passkeys. With the last factor the recovery codes go as well.
///
/// # Errors
/// Not allowed, it is not one's own, or it is the last way into the account.
pub async fn remove_passkey(visit: &Visit, id: PasskeyId) -> Result<Landing> {
    let granted = policy::may_remove_factor(visit.actor(), visit.now())?;
    let transaction = visit.database().begin().await?;
    let held = held::in_session(visit, &transaction).await?;
    let name = store::delete(&transaction, &granted.permit, granted.person.id, id).await?.ok_or(AppError::NotFound)?;
    let is_last = !factors::in_force(&transaction, granted.person.id).await?.passkeys;
    if is_last && !providers::opens(&transaction, visit, granted.person.id).await? {
        return Err(Refusal::LastWay.into());
    }
    let detail = format!("passkey {name}");
    let removal = Removal { user: held.user(), detail, event: Event::PasskeyRemoved { name }, notice: Notice::PasskeyRemoved };
    removed(visit, transaction, removal).await
}

/// Asks a browser for a passkey: for signing in for any that it has, and otherwise for one of the person
/// whom it is about.
///
/// # Errors
/// Not allowed, nobody is half signed in, too often, or the site has none.
pub async fn ask_for_passkey(visit: &Visit, purpose: PasskeyUse) -> Result<PasskeyCeremony> {
    let user = whom(visit, purpose).await?;
    let begun = relying_party(visit)?.start_discoverable_authentication();
    let (options, state) = begun.map_err(|cause| Error::broken("no passkey can be asked for", cause))?;
    let mut options = in_json(&options.public_key)?;
    if let Some(user) = user {
        let known = store::all_of(visit.database().reader(), user).await?;
        if known.is_empty() {
            return Err(AppError::NotFound.into());
        }
        options["allowCredentials"] = known
            .iter()
            .map(|stored| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(stored.passkey.cred_id()) }))
            .collect();
    }
    ceremony::begin(visit, Purpose::Use(purpose), user, &state, &options).await
}

/// Whom a passkey is asked of; nobody in particular for signing in. Counted, as each exchange is a row: by
/// the person who is signed in, or the network of who is not.
async fn whom(visit: &Visit, purpose: PasskeyUse) -> Result<Option<UserId>> {
    let user = match purpose {
        PasskeyUse::SignIn => {
            policy::may_sign_in(visit.actor(), visit.now())?;
            None
        }
        PasskeyUse::SecondFactor => Some(door::owing(visit, |debt| debt == Debt::SecondFactor).await?.user),
        PasskeyUse::Proof => Some(policy::may_prove(visit.actor(), visit.now())?.person.id),
    };
    throttle::admit(visit, Kind::Ceremony, throttle::Subject::Visitor).await?;
    Ok(user)
}

/// Recognises a person by a passkey alone, and leads to the door.
///
/// # Errors
/// Already signed in, the exchange is over, nobody has this passkey, or too many were nobody's.
pub async fn sign_in_with_passkey(
    visit: &Visit,
    (token, credential): (&Secret, &Secret),
    keeping: Keeping,
    next: Option<LocalPath>,
) -> Result<Landing> {
    policy::may_sign_in(visit.actor(), visit.now())?;
    let given: PublicKeyCredential = read(credential)?;
    let attempt = throttle::attempt(visit, accounts::network_keys(visit)).await?;
    let state = ceremony::end(visit, token, Purpose::Use(PasskeyUse::SignIn), None).await?;
    let Some(user) = named_by(visit, &given, state).await? else {
        attempt.failed();
        audit::record(visit.database().writer(), visit, Line::of(Deed::SignInFailed, Subject::Site).detailed("passkey")).await?;
        return Err(Refusal::PasskeyRefused.into());
    };
    attempt.succeeded(visit).await?;
    let arrival = Arrival { user: &user, proven: Proven::by(Way::Passkey), keeping, next, saying: Notice::SignedIn };
    door::complete_login(visit, arrival).await
}

/// The account that a passkey belongs to and that it names itself, when its answer is right.
async fn named_by(visit: &Visit, given: &PublicKeyCredential, state: DiscoverableAuthentication) -> Result<Option<user::Model>> {
    let Some(stored) = store::find(visit.database().writer(), given.get_credential_id()).await? else { return Ok(None) };
    let user = people::find(visit.database().writer(), stored.user).await?;
    let is_named =
        |user: &user::Model| user.passkey_handle.is_some() && user.passkey_handle.as_deref() == given.get_user_unique_id();
    let Some(user) = user.filter(is_named) else { return Ok(None) };
    Ok(is_right(visit, given, state, stored).await?.then_some(user))
}

/// Pays the second factor on the way in with a passkey of the account that is being signed in to.
///
/// # Errors
/// The entry or the exchange is over, the passkey is another's, or too many did not match.
pub async fn give_passkey(visit: &Visit, token: &Secret, credential: &Secret) -> Result<Landing> {
    let entry = door::owing(visit, |debt| debt == Debt::SecondFactor).await?;
    let given: PublicKeyCredential = read(credential)?;
    let user = door::owner(visit, &entry).await?;
    door::spend_try(visit, &entry).await?;
    let attempt = attempt(visit, entry.user).await?;
    let state = ceremony::end(visit, token, Purpose::Use(PasskeyUse::SecondFactor), Some(entry.user)).await?;
    if !is_of(visit, &given, state, &user).await? {
        attempt.failed();
        note_failure(visit, &user, "passkey").await?;
        return Err(Refusal::PasskeyRefused.into());
    }
    attempt.succeeded(visit).await?;
    let proven = Proven { second: Some(SecondProof::Passkey), ..entry.proven.clone() };
    door::advance(visit, entry.proven_by(proven)).await
}

/// Proves again who is acting, with a passkey of the person acting.
///
/// # Errors
/// Nobody is signed in, the exchange is over, the passkey is another's, or too many did not match.
pub async fn prove_with_passkey(
    visit: &Visit,
    (token, credential): (&Secret, &Secret),
    next: Option<LocalPath>,
) -> Result<Landing> {
    let granted = policy::may_prove(visit.actor(), visit.now())?;
    let given: PublicKeyCredential = read(credential)?;
    let id = granted.person.id;
    let user = owner(visit, id).await?;
    let key = Key::proof(id).with_free_tries(visit.app().config().limits.sign_in_free_tries);
    let attempt = throttle::attempt(visit, vec![key]).await?;
    let state = ceremony::end(visit, token, Purpose::Use(PasskeyUse::Proof), Some(id)).await?;
    if !is_of(visit, &given, state, &user).await? {
        attempt.failed();
        let line = Line::of(Deed::ProofFailed, Subject::User(id.0)).named(&user.name).detailed("passkey");
        audit::record(visit.database().writer(), visit, line).await?;
        return Err(Refusal::PasskeyRefused.into());
    }
    attempt.succeeded(visit).await?;
    visit.renew_session().await?;
    Ok(Landing::on(next.unwrap_or_else(LocalPath::home)))
}

/// Whether the answer is right, and of a passkey of exactly this account.
async fn is_of(
    visit: &Visit,
    given: &PublicKeyCredential,
    state: DiscoverableAuthentication,
    user: &user::Model,
) -> Result<bool> {
    let names_another = given.get_user_unique_id().is_some_and(|handle| user.passkey_handle.as_deref() != Some(handle));
    let stored = store::find(visit.database().writer(), given.get_credential_id()).await?;
    match stored.filter(|stored| stored.user == UserId(user.id) && !names_another) {
        Some(stored) => is_right(visit, given, state, stored).await,
        None => Ok(false),
    }
}

/// Whether a passkey has answered its challenge and verified its user. Notes the use: an answer whose
/// counter another request has passed in the meantime is none.
async fn is_right(visit: &Visit, given: &PublicKeyCredential, state: DiscoverableAuthentication, stored: Stored) -> Result<bool> {
    let answer = match relying_party(visit)?.finish_discoverable_authentication_v2(given, state, &stored.passkey) {
        Ok(answer) if answer.user_verified() => answer,
        Ok(_) => return Ok(false),
        Err(cause) => {
            tracing::info!(%cause, "a passkey was refused");
            return Ok(false);
        }
    };
    let mut after = stored.passkey.clone();
    after.update_credential(&answer);
    store::note_use(visit.database().writer(), &stored, &after, visit.now()).await
}

/// Where the address has no name, browsers bind no passkeys to it.
fn relying_party(visit: &Visit) -> Result<&Webauthn> {
    Ok(visit.app().relying_party().ok_or(AppError::NotFound)?)
}

fn in_json(options: &impl Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(options).map_err(|cause| Error::broken("a challenge cannot be written down", cause))
}

fn read<Credential: serde::de::DeserializeOwned>(json: &Secret) -> Result<Credential> {
    Ok(serde_json::from_str(json.expose()).map_err(|_| AppError::BadRequest)?)
}

fn refused(cause: webauthn_rs::prelude::WebauthnError) -> Error {
    tracing::info!(%cause, "a passkey was refused");
    Refusal::PasskeyRefused.into()
}
