//! What the operator does from the command line, with the same acts as the web: the actor is the
//! operator, and the audit log says so.

use thiserror::Error as ThisError;

use crate::{
    accounts::model::{Registration, Role, Secret},
    comments::model::CommentId,
    discussions::model::DiscussionId,
    error::AppError,
    server::{
        accounts::{
            self, administration,
            factors::{self, StaffMember},
            links,
        },
        app::App,
        comments, discussions,
        error::Error,
        resealing::{self, KeyChange},
        visit::Visit,
    },
    words,
};

/// Why a command did nothing, as a sentence for the operator.
#[derive(Debug, ThisError)]
#[error("{0}")]
pub struct OperatorError(String);

impl From<Error> for OperatorError {
    fn from(error: Error) -> Self {
        match error.told() {
            AppError::Invalid(problems) => {
                Self(problems.iter().map(|(field, problem)| words::problem(field, problem)).collect::<Vec<_>>().join("\n"))
            }
            AppError::NotFound => Self("There is no account of that name.".to_owned()),
            told => Self(words::error(&told)),
        }
    }
}

/// Rendered in one go, so that a long work can be stopped and taken up again.
const BATCH: u64 = 200;

/// Makes an account with the role of an admin.
///
/// # Errors
/// A field breaks its rule, or the name is taken.
pub async fn create_admin(app: &App, draft: Registration) -> Result<(), OperatorError> {
    let visit = Visit::of_operator(app.clone());
    Ok(accounts::create(&visit, draft, Role::Admin).await.map(drop)?)
}

/// Gives an account at least this role.
///
/// # Errors
/// There is no such account.
pub async fn promote(app: &App, name: &str, role: Role) -> Result<(), OperatorError> {
    set_role(app, name, role).await
}

/// Takes an account down to this role.
///
/// # Errors
/// There is no such account, or it would leave the site without an admin.
pub async fn demote(app: &App, name: &str, role: Role) -> Result<(), OperatorError> {
    set_role(app, name, role).await
}

async fn set_role(app: &App, name: &str, role: Role) -> Result<(), OperatorError> {
    let visit = Visit::of_operator(app.clone());
    let profile = accounts::profile(&visit, name).await?;
    administration::change_role(&visit, profile.id, role).await?;
    Ok(())
}

/// Sets somebody's password and ends their sessions.
///
/// # Errors
/// There is no such account, or the password is too weak.
pub async fn reset_password(app: &App, name: &str, password: Secret) -> Result<(), OperatorError> {
    let visit = Visit::of_operator(app.clone());
    let profile = accounts::profile(&visit, name).await?;
    Ok(administration::set_password(&visit, profile.id, &password).await?)
}

/// Takes every second factor from somebody who has lost them, and ends their sessions.
///
/// # Errors
/// There is no such account.
pub async fn reset_factors(app: &App, name: &str) -> Result<(), OperatorError> {
    let visit = Visit::of_operator(app.clone());
    let profile = accounts::profile(&visit, name).await?;
    Ok(factors::reset(&visit, profile.id).await?)
}

/// Signs somebody out everywhere.
///
/// # Errors
/// There is no such account.
pub async fn end_sessions(app: &App, name: &str) -> Result<(), OperatorError> {
    let visit = Visit::of_operator(app.clone());
    let profile = accounts::profile(&visit, name).await?;
    Ok(administration::end_sessions(&visit, profile.id).await.map(drop)?)
}

/// Moderators and admins with their second factors, by name.
///
/// # Errors
/// The database's.
pub async fn staff(app: &App) -> Result<Vec<StaffMember>, OperatorError> {
    Ok(factors::staff(&Visit::of_operator(app.clone())).await?)
}

/// Seals every secret with the key of today; see [`resealing::reseal`].
///
/// # Errors
/// A seal does not open, or the database's.
pub async fn reseal(app: &App, progress: impl FnMut(u64, u64) + Send) -> Result<u64, OperatorError> {
    Ok(resealing::reseal(&Visit::of_operator(app.clone()), progress).await?)
}

/// Has all keys but the newest thrown away (`forget`), once nothing needs them any more.
///
/// # Errors
/// Something is sealed with an older key still, or a seal does not open.
pub async fn forget_old_keys<Forgotten>(
    app: &App,
    forget: impl FnOnce() -> Forgotten + Send,
) -> Result<Forgotten, OperatorError> {
    let visit = Visit::of_operator(app.clone());
    let old = resealing::count_old(&visit).await?;
    if old > 0 {
        let secrets = words::counted(old, "secret");
        return Err(OperatorError(format!("{secrets} can only be opened with an old key. Run `locutory keys rotate` first.")));
    }
    resealing::record(&visit, KeyChange::DataKeysForgotten).await?;
    Ok(forget())
}

/// Writes down that a file of keys was changed.
///
/// # Errors
/// The database's.
pub async fn note_changed_keys(app: &App, change: KeyChange) -> Result<(), OperatorError> {
    Ok(resealing::record(&Visit::of_operator(app.clone()), change).await?)
}

/// Renders every text whose rules are not those of today. `progress` is told how many are done and
/// how many that is of all.
///
/// # Errors
/// The database's.
pub async fn rerender(app: &App, mut progress: impl FnMut(u64, u64) + Send) -> Result<u64, OperatorError> {
    let visit = Visit::of_operator(app.clone());
    let total = discussions::outdated(&visit).await? + comments::outdated(&visit).await?;
    let mut done = 0;
    let mut last = DiscussionId(0);
    loop {
        let batch = discussions::rerender_batch(&visit, last, BATCH).await?;
        let Some(end) = batch.last().copied() else { break };
        last = end;
        done += batch.len() as u64;
        progress(done, total);
    }
    let mut last = CommentId(0);
    loop {
        let batch = comments::rerender_batch(&visit, last, BATCH).await?;
        let Some(end) = batch.last().copied() else { break };
        last = end;
        done += batch.len() as u64;
        progress(done, total);
    }
    Ok(done)
}

/// The link that makes the first admin; none while there is one.
///
/// # Errors
/// The database's.
pub async fn setup_link(app: &App) -> Result<Option<String>, OperatorError> {
    let visit = Visit::of_operator(app.clone());
    if accounts::has_admin(&visit).await? {
        return Ok(None);
    }
    let token = links::make(app.database().writer(), links::Purpose::SetUp, None, visit.now()).await?;
    Ok(Some(app.config().site.address.link(&format!("/set-up/{}", token.expose()))))
}
