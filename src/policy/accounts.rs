//! Rules about people and their accounts.

use crate::{
    accounts::model::{Actor, Invited, Role, UserId},
    error::{AppError, Refusal},
    moment::Moment,
    site::model::RegistrationMode,
};

use super::{Act, Granted, Permit, act, grant, grant_to_person, refuse_suspended, standing_of};

/// # Errors
/// Already signed in, or the site takes no registrations, or none without an invitation.
pub fn may_register(
    actor: &Actor,
    mode: RegistrationMode,
    invited: Invited,
    now: Moment,
) -> Result<Permit<act::Register>, AppError> {
    let permit = grant(actor, now)?;
    match (mode, invited) {
        (RegistrationMode::Open | RegistrationMode::Approval, _) | (RegistrationMode::Invitation, Invited::Yes) => Ok(permit),
        (RegistrationMode::Invitation, Invited::No) => Err(Refusal::InvitationNeeded.into()),
        (RegistrationMode::Closed, _) => Err(Refusal::RegistrationClosed.into()),
    }
}

/// # Errors
/// Already signed in.
pub fn may_sign_in(actor: &Actor, now: Moment) -> Result<Permit<act::SignIn>, AppError> {
    grant(actor, now)
}

/// # Errors
/// Nobody is signed in.
pub fn may_sign_out(actor: &Actor, now: Moment) -> Result<Granted<act::SignOut>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Nobody is signed in.
pub fn may_prove(actor: &Actor, now: Moment) -> Result<Granted<act::Prove>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Nobody is signed in, or no fresh proof.
pub fn may_take_own_data(actor: &Actor, now: Moment) -> Result<Granted<act::TakeOwnData>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Nobody is signed in, or no fresh proof.
pub fn may_leave_for_good(actor: &Actor, now: Moment) -> Result<Granted<act::LeaveForGood>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Nobody is signed in.
pub fn may_keep_sessions(actor: &Actor, now: Moment) -> Result<Granted<act::KeepOwnSessions>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Nobody is signed in, or no fresh proof: whoever has stolen a session must not silence what tells of it.
pub fn may_choose_notices(actor: &Actor, now: Moment) -> Result<Granted<act::ChooseNotices>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Nobody is signed in, or the account is suspended.
pub fn may_change_password(actor: &Actor, now: Moment) -> Result<Granted<act::ChangePassword>, AppError> {
    grant_to_person(actor, now)
}

/// Setting up a second factor: also for staff who owe one.
///
/// # Errors
/// Nobody is signed in, no fresh proof, or the account is suspended.
pub fn may_set_up_factor(actor: &Actor, now: Moment) -> Result<Granted<act::SetUpFactor>, AppError> {
    grant_to_unsuspended(actor, now)
}

/// # Errors
/// Nobody is signed in, no fresh proof, or the account is suspended.
pub fn may_remove_factor(actor: &Actor, now: Moment) -> Result<Granted<act::RemoveFactor>, AppError> {
    grant_to_unsuspended(actor, now)
}

fn grant_to_unsuspended<A: Act>(actor: &Actor, now: Moment) -> Result<Granted<A>, AppError> {
    if actor.person().is_some() {
        refuse_suspended(standing_of(actor, now))?;
    }
    grant_to_person(actor, now)
}

/// # Errors
/// Nobody is signed in, the account is suspended, or no fresh proof.
pub fn may_choose_first_password(actor: &Actor, now: Moment) -> Result<Granted<act::ChooseFirstPassword>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Nobody is signed in, the account is suspended, or no fresh proof.
pub fn may_link_identity(actor: &Actor, now: Moment) -> Result<Granted<act::LinkIdentity>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Nobody is signed in, the account is suspended, or the last proof is too old.
pub fn may_change_email(actor: &Actor, now: Moment) -> Result<Granted<act::ChangeEmail>, AppError> {
    grant_to_person(actor, now)
}

/// # Errors
/// Neither moderator nor admin.
pub fn may_invite(actor: &Actor, now: Moment) -> Result<Permit<act::Invite>, AppError> {
    grant(actor, now)
}

/// # Errors
/// Neither moderator nor admin.
pub fn may_decide_registration(actor: &Actor, now: Moment) -> Result<Permit<act::DecideRegistration>, AppError> {
    grant(actor, now)
}

/// # Errors
/// Not the operator.
pub fn may_create_account(actor: &Actor, now: Moment) -> Result<Permit<act::CreateAccount>, AppError> {
    grant(actor, now)
}

/// Suspending, ending sessions, password links: for admins, on anybody but themselves.
///
/// # Errors
/// Not an admin, no fresh proof, or aimed at oneself.
pub fn may_administer(actor: &Actor, subject: UserId, now: Moment) -> Result<Permit<act::AdministerPerson>, AppError> {
    let permit = grant(actor, now)?;
    if actor.id() == Some(subject) { Err(Refusal::Yourself.into()) } else { Ok(permit) }
}

/// Changing a role, one's own included, as long as an admin in good standing stays.
///
/// `other_admins` counts the admins in good standing apart from the subject.
///
/// # Errors
/// Not an admin, no fresh proof, or it would leave the site without an admin.
pub fn may_change_role(
    actor: &Actor,
    (old, new): (Role, Role),
    other_admins: u64,
    now: Moment,
) -> Result<Permit<act::ChangeRole>, AppError> {
    let permit = grant(actor, now)?;
    let resigns = old == Role::Admin && new != Role::Admin;
    if resigns && other_admins == 0 { Err(Refusal::LastAdmin.into()) } else { Ok(permit) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, person, suspended};
    use super::*;
    use crate::accounts::model::{Clearance, Freshness, Person};

    #[test]
    fn the_last_admin_keeps_the_role() {
        let admin = Actor::Person(person(1, Role::Admin));
        let resigning = (Role::Admin, Role::Member);
        assert_eq!(may_change_role(&admin, resigning, 0, NOW).unwrap_err(), Refusal::LastAdmin.into());
        assert!(may_change_role(&admin, resigning, 1, NOW).is_ok());
        assert!(may_change_role(&admin, (Role::Admin, Role::Admin), 0, NOW).is_ok());
        assert!(may_change_role(&Actor::Operator, (Role::Member, Role::Moderator), 0, NOW).is_ok());
    }

    #[test]
    fn admins_cannot_suspend_themselves() {
        let admin = Actor::Person(person(1, Role::Admin));
        assert_eq!(may_administer(&admin, UserId(1), NOW).unwrap_err(), Refusal::Yourself.into());
        assert!(may_administer(&admin, UserId(2), NOW).is_ok());
    }

    #[test]
    fn staff_who_owe_a_factor_may_set_one_up_and_the_suspended_may_not() {
        let owing = Actor::Person(Person { clearance: Clearance::FactorOwed, ..person(1, Role::Admin) });
        assert!(may_set_up_factor(&owing, NOW).is_ok());
        let banned = suspended(person(1, Role::Admin));
        for refused in [may_set_up_factor(&banned, NOW).map(drop), may_remove_factor(&banned, NOW).map(drop)] {
            assert!(matches!(refused.unwrap_err(), AppError::Forbidden(Refusal::Suspended { .. })));
        }
        let stale = Actor::Person(Person { proof: Freshness::Stale, ..person(1, Role::Member) });
        assert_eq!(may_set_up_factor(&stale, NOW).map(drop).unwrap_err(), AppError::ProofNeeded);
        assert_eq!(may_remove_factor(&stale, NOW).map(drop).unwrap_err(), AppError::ProofNeeded);
        assert_eq!(may_set_up_factor(&Actor::Guest, NOW).map(drop).unwrap_err(), AppError::Unauthenticated);
    }

    #[test]
    fn a_closed_site_takes_no_registrations() {
        for invited in [Invited::Yes, Invited::No] {
            let refused = may_register(&Actor::Guest, RegistrationMode::Closed, invited, NOW).unwrap_err();
            assert_eq!(refused, Refusal::RegistrationClosed.into());
        }
    }

    #[test]
    fn where_invitations_are_needed_only_the_invited_register() {
        let refused = may_register(&Actor::Guest, RegistrationMode::Invitation, Invited::No, NOW).unwrap_err();
        assert_eq!(refused, Refusal::InvitationNeeded.into());
        assert!(may_register(&Actor::Guest, RegistrationMode::Invitation, Invited::Yes, NOW).is_ok());
    }
}
