//! Another e-mail address for an account: the new one confirms, the old one is told and can take it back
//! for seven days.

use sea_orm::ConnectionTrait;

use super::{Holder, holder, store, taken};
use crate::{
    accounts::model::{EmailAddress, EmailDraft, UserId},
    audit::model::{Deed, Subject},
    error::Refusal,
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        accounts::{
            browsers, end_all_access, held,
            links::{self, Purpose},
            store as people,
        },
        audit::{self, Line},
        entity::user,
        error::Result,
        keepsake::Keepsake,
        letters::{self, Letter, Reader},
        visit::Visit,
    },
    valid::{FieldProblems, Problem, ProblemCode, Valid, Value},
};

/// Asks for another address: writes there, and changes nothing yet. Where another account has proven
/// the address, its owner is told that instead; whoever asked sees no difference.
///
/// # Errors
/// Not allowed, the site sends no letters, or the text is no address or the one that is proven already.
pub async fn request(visit: &Visit, draft: EmailDraft) -> Result<Landing> {
    let granted = policy::may_change_email(visit.actor(), visit.now())?;
    if !visit.app().sends_letters() {
        return Err(Refusal::NoLetters.into());
    }
    let draft = Valid::check(draft)?;
    let address = EmailAddress::parse(&draft.email).map_err(|problem| FieldProblems::one("email", problem))?;
    let id = granted.person.id;
    let transaction = visit.database().begin().await?;
    let held = held::in_session(visit, &transaction).await?;
    let user = held.user();
    if user.email == address.as_str() && user.email_verified_at.is_some() {
        return Err(FieldProblems::one("email", Problem::new(ProblemCode::SameAddress)).into());
    }
    // Only the address that was asked for last can become the account's.
    links::cancel(&transaction, Purpose::EmailChange, id).await?;
    let token = links::make_for(&transaction, Purpose::EmailChange, id, &address, visit.now()).await?;
    let ends = visit.now().after(Purpose::EmailChange.life());
    let (name, letter) = match holder(&transaction, &address, id).await? {
        Holder::Free => (user.name.clone(), Letter::ConfirmChange { token, ends }),
        Holder::Proven(owner) => (owner.name.clone(), Letter::AddressKnown { name: owner.name.clone() }),
    };
    let reader = Reader { user: Some(id), name: &name, address: &address };
    letters::queue(&transaction, visit.app(), &reader, letter).await?;
    audit::record(&transaction, visit, Line::of(Deed::EmailChangeAsked, Subject::User(id.0)).named(&user.name)).await?;
    transaction.commit().await?;
    Ok(Landing::on(LocalPath::ours("/account/email")).saying(Notice::EmailChangeAsked))
}

/// Tells the address that an account had until now, with a link that takes the change back. One that was
/// never proven has no say. Links that were sent there are over.
pub(super) async fn tell_old_address(
    visit: &Visit,
    database: &impl ConnectionTrait,
    before: &user::Model,
    new: &EmailAddress,
) -> Result<()> {
    let id = UserId(before.id);
    links::cancel(database, Purpose::Password, id).await?;
    let Ok(old) = EmailAddress::parse(&before.email) else { return Ok(()) };
    if before.email_verified_at.is_none() || old.key() == new.key() {
        return Ok(());
    }
    let token = links::make_for(database, Purpose::EmailUndo, id, &old, visit.now()).await?;
    let letter = Letter::EmailChanged { token, ends: visit.now().after(Purpose::EmailUndo.life()) };
    letters::queue(database, visit.app(), &Reader { user: Some(id), name: &before.name, address: &old }, letter).await
}

/// The address that the link of this browser gives back; looking does not use it up.
///
/// # Errors
/// The link is not in force.
pub async fn check_undo(visit: &Visit) -> Result<EmailAddress> {
    policy::may::<act::UndoEmailChange>(visit.actor(), visit.now())?;
    let token = links::opened(visit)?;
    let link = links::find(visit.database().reader(), &token, Purpose::EmailUndo, visit.now()).await?;
    Ok(link.address.ok_or(Refusal::LinkOver)?)
}

/// Gives an account its old address back, and ends everything that is open. Links that undo an earlier change
/// stay in force: they were sent to addresses that were the account's before.
///
/// # Errors
/// The link is not in force, or another account has proven the address meanwhile.
pub async fn undo(visit: &Visit) -> Result<Landing> {
    let permit = policy::may::<act::UndoEmailChange>(visit.actor(), visit.now())?;
    let token = links::opened(visit)?;
    let link = links::find(visit.database().reader(), &token, Purpose::EmailUndo, visit.now()).await?;
    let (Some(id), Some(address), changed) = (link.user, link.address, link.made) else { return Err(Refusal::LinkOver.into()) };
    let transaction = visit.database().begin().await?;
    let user = people::lock(&transaction, id).await?.ok_or(Refusal::LinkOver)?;
    links::consume_for(&transaction, &token, Purpose::EmailUndo, (id, &address), visit.now()).await?;
    store::release_unproven(&transaction, &address, Some(id)).await?;
    if !store::prove(&transaction, &permit, (id, &user.email), &address, visit.now()).await.map_err(taken)? {
        return Err(Refusal::LinkOver.into());
    }
    // Whoever made the change must not be able to take this back in turn, nor the link from an owner whose
    // address was changed before: a thief who changes twice has the mailbox of the second undoing.
    links::cancel_since(&transaction, Purpose::EmailUndo, id, changed).await?;
    for purpose in [Purpose::Verification, Purpose::Password] {
        links::cancel(&transaction, purpose, id).await?;
    }
    end_all_access(&transaction, id, None).await?;
    browsers::forget_all(&transaction, id).await?;
    let reader = Reader { user: Some(id), name: &user.name, address: &address };
    letters::queue(&transaction, visit.app(), &reader, Letter::EmailRestored).await?;
    audit::record(&transaction, visit, Line::of(Deed::EmailRestored, Subject::User(id.0)).named(&user.name)).await?;
    transaction.commit().await?;
    visit.keepsakes().forget(Keepsake::Link);
    Ok(Landing::on(LocalPath::ours("/forgotten")).saying(Notice::EmailRestored))
}
