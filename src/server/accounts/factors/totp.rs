//! Authenticator apps (RFC 6238): 160 bits, SHA-1, six digits, half a minute; one step back and none
//! ahead, and each step once.

use std::time::Duration;

use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Builder, Totp};

use super::{Event, Removal, attempt, enrolled, failed, owner, refuse_unverified, removed, store, told};
use crate::{
    accounts::model::{Debt, Proven, RecoveryCodes, SecondProof, Secret, TotpCode, UserId},
    audit::model::{Deed, Subject},
    error::{AppError, Conflict},
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy,
    server::{
        accounts::{self, door, held},
        audit::{self, Line},
        entity::{totp_secret, user},
        error::{Error, Result},
        seal::Purpose,
        visit::Visit,
    },
    valid::{FieldProblems, Value},
};

use super::recovery::fresh_codes;

/// How long the secret of an app may wait to be confirmed.
pub(super) const PENDING_LIFE: Duration = Duration::from_mins(30);

const STEP: Duration = Duration::from_secs(30);

/// What an app needs to be told, shown until its first code has come.
#[derive(Clone, Debug)]
pub struct AppSetUp {
    /// In Base32, as people type it.
    pub secret: Secret,
    pub picture: Picture,
}

/// A QR code: its width in squares, and the dark ones as the path of a drawing.
#[derive(Clone, Debug)]
pub struct Picture {
    pub width: usize,
    pub path: Secret,
}

/// Makes the secret of an authenticator app. It counts for nothing until a code confirms it.
///
/// # Errors
/// Not allowed, the address is yet to be proven, or there is an app already.
pub async fn begin_totp(visit: &Visit) -> Result<Landing> {
    let granted = policy::may_set_up_factor(visit.actor(), visit.now())?;
    let id = granted.person.id;
    refuse_unverified(visit, &owner(visit, id).await?)?;
    let secret: [u8; 20] = rand::random();
    let sealed = visit.app().seals().seal(Purpose::Totp, &id.to_string(), &secret)?;
    let whose = (id, visit.session_number().ok_or(AppError::Unauthenticated)?);
    if !store::begin_totp(visit.database().writer(), &granted.permit, whose, sealed, visit.now()).await? {
        return Err(AppError::Conflict(Conflict::FactorInForce).into());
    }
    Ok(Landing::on(LocalPath::ours("/account/security/app")))
}

/// Whether an app waits to be confirmed in this session.
///
/// # Errors
/// The database's.
pub async fn app_waits(visit: &Visit) -> Result<bool> {
    let Some(id) = visit.actor().id() else { return Ok(false) };
    Ok(pending(visit, id).await?.is_some())
}

/// The app that waits to be confirmed in this session, if there is one. Other sessions do not see it: whoever
/// could would have the second factor that is yet to protect the account.
///
/// # Errors
/// Not allowed.
pub async fn pending_app(visit: &Visit) -> Result<Option<AppSetUp>> {
    let granted = policy::may_set_up_factor(visit.actor(), visit.now())?;
    let id = granted.person.id;
    let Some(row) = pending(visit, id).await? else { return Ok(None) };
    let issuer = visit.settings().await?.name.as_str().replace(':', " ");
    let totp = totp_of(visit, &row, Some((issuer, granted.person.name.to_string())))?;
    let address = totp.to_url().map_err(|cause| Error::broken("an app's secret has no address", cause))?;
    Ok(Some(AppSetUp { secret: Secret::new(totp.secret().to_base32()), picture: drawn(&address)? }))
}

/// Puts an app into force with its first code, and makes recovery codes, which are shown this once. Ends
/// every other session.
///
/// # Errors
/// Not allowed, nothing waits to be confirmed, the code does not match, or too many did not.
pub async fn confirm_totp(visit: &Visit, code: &Secret) -> Result<RecoveryCodes> {
    let granted = policy::may_set_up_factor(visit.actor(), visit.now())?;
    let code = parsed(code)?;
    let id = granted.person.id;
    let user = owner(visit, id).await?;
    refuse_unverified(visit, &user)?;
    let row = pending(visit, id).await?.ok_or(AppError::Conflict(Conflict::ChangedMeanwhile))?;
    let attempt = attempt(visit, id).await?;
    let Some(step) = matching_step(&totp_of(visit, &row, None)?, &code, visit.now()) else {
        attempt.failed();
        return Err(failed(visit, &user, "setting up an app", "code").await);
    };
    let transaction = visit.database().begin().await?;
    let held = held::in_session(visit, &transaction).await?.unless_changed_since(&user)?;
    if !store::confirm_totp(&transaction, &granted.permit, (&held, &row), step, visit.now()).await? {
        return Err(AppError::Conflict(Conflict::ChangedMeanwhile).into());
    }
    let codes = fresh_codes(&transaction, &granted.permit, id, visit.now()).await?;
    accounts::end_all_access(&transaction, id, visit.session_id()).await?;
    let line = Line::of(Deed::FactorSetUp, Subject::User(id.0)).named(&user.name).detailed("authenticator app");
    audit::record(&transaction, visit, line).await?;
    told(visit, &transaction, &user, Event::AppSetUp).await?;
    transaction.commit().await?;
    attempt.succeeded(visit).await?;
    enrolled(visit).await?;
    Ok(codes)
}

/// Pays the second factor on the way in with a code of the app.
///
/// # Errors
/// The entry is over, the code does not match or was used before, or too many did not match.
pub async fn give_code(visit: &Visit, code: &Secret) -> Result<Landing> {
    let entry = door::owing(visit, |debt| debt == Debt::SecondFactor).await?;
    let code = parsed(code)?;
    let user = door::owner(visit, &entry).await?;
    door::spend_try(visit, &entry).await?;
    let attempt = attempt(visit, entry.user).await?;
    if !is_accepted(visit, &user, &code).await? {
        attempt.failed();
        return Err(failed(visit, &user, "authenticator app", "code").await);
    }
    attempt.succeeded(visit).await?;
    let proven = Proven { second: Some(SecondProof::Totp), ..entry.proven.clone() };
    door::advance(visit, entry.proven_by(proven)).await
}

/// Removes the app. With the last factor the recovery codes go as well.
///
/// # Errors
/// Not allowed, or there is no app.
pub async fn remove_totp(visit: &Visit) -> Result<Landing> {
    let granted = policy::may_remove_factor(visit.actor(), visit.now())?;
    let transaction = visit.database().begin().await?;
    let held = held::in_session(visit, &transaction).await?;
    if !store::delete_totp(&transaction, &granted.permit, granted.person.id).await? {
        return Err(AppError::NotFound.into());
    }
    let detail = "authenticator app".to_owned();
    let removal = Removal { user: held.user(), detail, event: Event::AppRemoved, notice: Notice::AppRemoved };
    removed(visit, transaction, removal).await
}

fn parsed(code: &Secret) -> Result<TotpCode> {
    Ok(TotpCode::parse(code.expose()).map_err(|problem| FieldProblems::one("code", problem))?)
}

async fn pending(visit: &Visit, id: UserId) -> Result<Option<totp_secret::Model>> {
    let Some(session) = visit.session_number() else { return Ok(None) };
    store::pending_totp(visit.database().writer(), (id, session), visit.now().before(PENDING_LIFE)).await
}

/// Whether the code is of this half minute or the one before, and the step has not been used. Using it up
/// is one statement: of two requests with one code, one is let in.
async fn is_accepted(visit: &Visit, user: &user::Model, code: &TotpCode) -> Result<bool> {
    let id = UserId(user.id);
    let Some(row) = store::confirmed_totp(visit.database().writer(), id).await? else { return Ok(false) };
    match matching_step(&totp_of(visit, &row, None)?, code, visit.now()) {
        Some(step) => store::accept_step(visit.database().writer(), id, step).await,
        None => Ok(false),
    }
}

fn matching_step(totp: &Totp, code: &TotpCode, now: Moment) -> Option<i64> {
    let seconds = |moment: Moment| u64::try_from(moment.milliseconds() / 1_000).unwrap_or_default();
    let step = [now, now.before(STEP)].into_iter().find_map(|moment| totp.check(code.expose(), seconds(moment)))?;
    i64::try_from(step).ok()
}

/// `label` is the site's name and the person's, for an app's list.
fn totp_of(visit: &Visit, row: &totp_secret::Model, label: Option<(String, String)>) -> Result<Totp> {
    let secret = visit.app().seals().unseal(Purpose::Totp, &row.user_id.to_string(), &row.sealed)?;
    let builder = Builder::new().with_skew(0).with_secret(secret.to_vec());
    let builder = match label {
        Some((issuer, account)) => builder.with_issuer(Some(issuer)).with_account_name(account),
        None => builder,
    };
    builder.build().map_err(|cause| Error::broken("an app's secret cannot be used", cause))
}

/// Each run of dark squares is one rectangle of the path.
fn drawn(address: &str) -> Result<Picture> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M)
        .map_err(|cause| Error::broken("an app's address does not fit into a picture", cause))?;
    let width = code.width();
    let mut path = String::new();
    for (row, squares) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        for run in squares.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let length = run.len().to_string();
                path.extend(["M", &column.to_string(), " ", &row.to_string(), "h", &length, "v1h-", &length, "z"]);
            }
            column += run.len();
        }
    }
    Ok(Picture { width, path: Secret::new(path) })
}
