//! The accounts elsewhere that are a way to one's own.

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{Identity, IdentityId, ProviderOffer, UserId},
    audit::model::{Deed, Subject},
    error::{AppError, Refusal},
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        accounts::{end_all_access, held},
        audit::{self, Line},
        error::Result,
        visit::Visit,
    },
};

use super::{Provider, Recognised, letters, store};

/// The accounts elsewhere of the person acting, the oldest first.
///
/// # Errors
/// Nobody is signed in.
pub async fn linked(visit: &Visit) -> Result<Vec<Identity>> {
    policy::may::<act::SeeOwnAccount>(visit.actor(), visit.now())?;
    let user = visit.actor().id().ok_or(AppError::Unauthenticated)?;
    store::linked(visit.database().reader(), user).await
}

/// The providers by which the person acting can prove who they are.
///
/// # Errors
/// Nobody is signed in.
pub async fn offered_to(visit: &Visit) -> Result<Vec<ProviderOffer>> {
    let linked = linked(visit).await?;
    let is_linked = |offer: &ProviderOffer| linked.iter().any(|identity| identity.provider == offer.name);
    Ok(visit.app().providers().offers().into_iter().filter(is_linked).collect())
}

/// Makes somebody's account elsewhere a way to their account here.
///
/// # Errors
/// Not allowed, or it is a way to another account.
pub(super) async fn link(visit: &Visit, provider: &Provider, recognised: &Recognised) -> Result<Landing> {
    let granted = policy::may_link_identity(visit.actor(), visit.now())?;
    let landing = Landing::on(page()).saying(Notice::IdentityLinked);
    let transaction = visit.database().begin().await?;
    held::in_session(visit, &transaction).await?;
    if let Some(known) = store::find_identity(&transaction, provider.name(), recognised.subject()).await? {
        return if known.user == granted.person.id { Ok(landing) } else { Err(Refusal::IdentityTaken.into()) };
    }
    store::insert_identity(&transaction, &granted.permit, granted.person.id, (provider.name(), recognised), visit.now()).await?;
    let line = Line::of(Deed::IdentityLinked, Subject::User(granted.person.id.0)).named(&granted.person.name);
    audit::record(&transaction, visit, line.detailed(provider.name())).await?;
    letters::tell(&transaction, visit, granted.person.id, letters::Change::Linked, provider.title()).await?;
    transaction.commit().await?;
    Ok(landing)
}

/// Has an account elsewhere open nothing here any more, and ends what it may have opened.
///
/// # Errors
/// Not allowed, there is no such account, or nothing else would open the account here.
pub async fn unlink(visit: &Visit, id: IdentityId) -> Result<Landing> {
    let granted = policy::may_link_identity(visit.actor(), visit.now())?;
    let user = granted.person.id;
    let transaction = visit.database().begin().await?;
    held::in_session(visit, &transaction).await?;
    let identity = store::find_own(&transaction, user, id).await?.ok_or(AppError::NotFound)?;
    refuse_last_way(&transaction, visit, user, id).await?;
    store::delete_identity(&transaction, &granted.permit, user, id).await?;
    end_all_access(&transaction, user, visit.session_id()).await?;
    let line = Line::of(Deed::IdentityUnlinked, Subject::User(user.0)).named(&granted.person.name).detailed(&identity.provider);
    audit::record(&transaction, visit, line).await?;
    let provider = visit.app().providers().get(&identity.provider);
    let title = provider.map_or_else(|| identity.provider.to_string(), |provider| provider.title().to_owned());
    letters::tell(&transaction, visit, user, letters::Change::Unlinked, &title).await?;
    transaction.commit().await?;
    Ok(Landing::on(page()).saying(Notice::IdentityUnlinked))
}

/// Decides in the transaction that has locked the account, so that two ways cannot both be taken away as
/// the last but one. A provider that the operator no longer names opens nothing.
async fn refuse_last_way(database: &impl ConnectionTrait, visit: &Visit, user: UserId, without: IdentityId) -> Result<()> {
    let others = store::count_others(database, user, &visit.app().providers().names(), without).await?;
    let stays = others > 0 || store::has_password(database, user).await? || store::count_passkeys(database, user).await? > 0;
    if stays { Ok(()) } else { Err(Refusal::LastWay.into()) }
}

fn page() -> LocalPath {
    LocalPath::ours("/account/providers")
}
