//! Who may do what: decided here and nowhere else, denied unless a rule allows it.
//!
//! A rule has two halves. [`Act::AUDIENCE`] says which kinds of people an act is for at all; the
//! functions in the files beside this one (`may_edit_comment`, …) look at the object as well: whose
//! it is, what state it is in, what time it is. Both together yield a [`Permit`] for exactly that
//! act, and the stores that change something demand it, so a change that nobody checked does not
//! compile. Everything here is pure and is compiled for both sides: the browser asks the same
//! functions which buttons to show, the server's answer is the one that counts.
//!
//! `docs/permissions.md` is this table as prose; a test holds the two together.

mod accounts;
mod comments;
mod discussions;
pub mod door;
mod site;

use std::marker::PhantomData;

pub use accounts::{
    may_administer, may_change_email, may_change_password, may_change_role, may_choose_first_password, may_choose_notices,
    may_create_account, may_decide_registration, may_invite, may_keep_sessions, may_leave_for_good, may_link_identity, may_prove,
    may_register, may_remove_factor, may_set_up_factor, may_sign_in, may_sign_out, may_take_own_data,
};
pub use comments::{Sight, may_delete_comment, may_edit_comment, may_moderate_comments, may_preview, may_publish_comment, sight};
pub use discussions::{may_edit_discussion, may_moderate_discussion, may_start_discussion};
pub use site::{Objectless, may, may_choose_theme, may_configure};

use crate::{
    accounts::model::{Actor, Clearance, Freshness, Person, Role, Standing, UserId},
    error::{AppError, Refusal},
    moment::Moment,
};

/// Whom an act is for, before its object is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Guests and everybody with an account, suspended or not.
    Everyone,
    /// Only who is not signed in.
    Guests,
    /// Everybody with an account, even while suspended.
    Accounts,
    /// Everybody with an account in good standing.
    Members,
    /// Moderators and admins in good standing; to all others the thing does not exist.
    Moderators,
    /// Admins in good standing; to all others the thing does not exist.
    Admins,
    /// Whoever runs the program on its machine; nobody on the web.
    Operators,
}

/// Whether an act asks for a recent proof of who is acting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    Usual,
    /// The password must have been given within the last minutes (OWASP ASVS 5.0, 7.5.1).
    Sensitive,
}

/// Something a person can do. Implemented by one empty type an act, below.
pub trait Act {
    const NAME: &'static str;
    const AUDIENCE: Audience;
    const SENSITIVITY: Sensitivity;
}

/// A row of the table, for documents and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub act: &'static str,
    pub audience: Audience,
    pub sensitivity: Sensitivity,
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident: $audience:ident, $sensitivity:ident;)*) => {
        /// One empty type for each act: a permit for one is no permit for another.
        pub mod act {
            $($(#[$doc])* #[derive(Clone, Copy, Debug)] pub struct $name;)*
        }

        $(impl Act for act::$name {
            const NAME: &'static str = stringify!($name);
            const AUDIENCE: Audience = Audience::$audience;
            const SENSITIVITY: Sensitivity = Sensitivity::$sensitivity;
        })*

        /// Every act with whom it is for.
        pub const TABLE: &[Rule] = &[$(Rule {
            act: stringify!($name),
            audience: Audience::$audience,
            sensitivity: Sensitivity::$sensitivity,
        },)*];
    };
}

acts! {
    /// Read discussions, comments and people's pages.
    Read: Everyone, Usual;
    /// Choose between light and dark pages.
    ChooseTheme: Everyone, Usual;
    /// Use a link that was given out to set a password.
    UsePasswordLink: Everyone, Usual;
    /// Learn what a password would withstand.
    WeighPassword: Everyone, Usual;
    /// Prove an e-mail address with a link that was sent there.
    ProveAddress: Everyone, Usual;
    /// Take a change of the e-mail address back, with a link that was sent to the old one.
    UndoEmailChange: Everyone, Usual;
    /// Ask for a letter that resets a forgotten password.
    RequestReset: Everyone, Usual;
    /// End the letters about new sign-ins with the link that stands in them.
    EndNotices: Everyone, Usual;
    /// Make an account.
    Register: Guests, Usual;
    /// Show who one is, and give what is still owed before a session opens.
    SignIn: Guests, Usual;
    /// Make the first admin with the set-up link.
    SetUp: Guests, Usual;
    /// Close one's own session.
    SignOut: Accounts, Usual;
    /// Give the password again.
    Prove: Accounts, Usual;
    /// See one's own account.
    SeeOwnAccount: Accounts, Usual;
    /// End one's own sessions.
    KeepOwnSessions: Accounts, Usual;
    /// Say whether letters tell of sign-ins from new browsers.
    ChooseNotices: Accounts, Sensitive;
    /// Take an archive of one's own data.
    TakeOwnData: Accounts, Sensitive;
    /// Have one's own account deleted.
    LeaveForGood: Accounts, Sensitive;
    /// Leave nothing of an account whose owner has left.
    EraseAccount: Operators, Usual;
    /// See which second factors protect one's own account.
    SeeOwnSecurity: Accounts, Usual;
    /// Set up a second factor for oneself, or make new recovery codes.
    SetUpFactor: Accounts, Sensitive;
    /// Remove one of one's own second factors.
    RemoveFactor: Accounts, Sensitive;
    /// Replace one's own password; the old one is asked for.
    ChangePassword: Members, Usual;
    /// Choose a password for an account that has none.
    ChooseFirstPassword: Members, Sensitive;
    /// Make an account elsewhere a way to one's own, or stop that.
    LinkIdentity: Members, Sensitive;
    /// Ask for another e-mail address, which then has to be proven.
    ChangeEmail: Members, Sensitive;
    /// See how a text will look.
    Preview: Members, Usual;
    /// Start a discussion.
    StartDiscussion: Members, Usual;
    /// Change the title and the opening of one's own discussion, for a time.
    EditDiscussion: Members, Usual;
    /// Comment on a discussion or reply to a comment.
    PublishComment: Members, Usual;
    /// Change one's own comment, for a time.
    EditComment: Members, Usual;
    /// Delete one's own comment.
    DeleteComment: Members, Usual;
    /// See the moderation pages of the dashboard, and comments that are hidden.
    SeeModeration: Moderators, Usual;
    /// Hide, restore or delete anybody's comments.
    ModerateComments: Moderators, Usual;
    /// Lock, pin, rename or delete anybody's discussion.
    ModerateDiscussion: Moderators, Usual;
    /// Make and withdraw invitations.
    Invite: Moderators, Usual;
    /// Let those in who ask to join, or not.
    DecideRegistration: Moderators, Usual;
    /// See the overview, the people, the settings and the audit log.
    SeeAdministration: Admins, Usual;
    /// Make an account for somebody, with any role.
    CreateAccount: Operators, Usual;
    /// Seal the secrets in the database with a new key.
    RotateKeys: Operators, Usual;
    /// List the staff and their second factors.
    ListStaff: Operators, Usual;
    /// Suspend somebody, lift that, end sessions, make a password link.
    AdministerPerson: Admins, Sensitive;
    /// Make somebody member, moderator or admin.
    ChangeRole: Admins, Sensitive;
    /// Have a letter that could not be sent tried again.
    RetryLetter: Admins, Sensitive;
    /// Throw away what browsers reported of the site's pages.
    ClearReports: Admins, Usual;
    /// Change the settings of the site.
    Configure: Admins, Sensitive;
}

/// Proof that the policy allowed one act to one actor. Only the policy makes these.
#[derive(Debug)]
pub struct Permit<A> {
    by: Option<UserId>,
    act: PhantomData<A>,
}

impl<A> Permit<A> {
    /// Who was allowed; nobody for guests and for the operator at the command line.
    #[must_use]
    pub const fn by(&self) -> Option<UserId> {
        self.by
    }
}

/// A permit for an act that only people with an account can be allowed, with that person.
#[derive(Debug)]
pub struct Granted<A> {
    pub permit: Permit<A>,
    pub person: Person,
}

/// Allows the act when the actor is of its audience. Private to the policy: the object-level rules
/// beside this file call it first.
fn grant<A: Act>(actor: &Actor, now: Moment) -> Result<Permit<A>, AppError> {
    let standing = standing_of(actor, now);
    match (A::AUDIENCE, actor) {
        (Audience::Everyone, _)
        | (Audience::Guests, Actor::Guest)
        | (Audience::Accounts, Actor::Person(_))
        | (_, Actor::Operator) => {}
        (Audience::Guests, Actor::Person(_)) => return Err(Refusal::AlreadySignedIn.into()),
        (Audience::Accounts | Audience::Members, Actor::Guest) => return Err(AppError::Unauthenticated),
        (Audience::Members, Actor::Person(person)) => {
            refuse_suspended(standing)?;
            refuse_uncleared(person)?;
        }
        (Audience::Moderators, actor) => hide_unless(actor, standing, Role::Moderator)?,
        (Audience::Admins, actor) => hide_unless(actor, standing, Role::Admin)?,
        (Audience::Operators, _) => return Err(AppError::NotFound),
    }
    if A::SENSITIVITY == Sensitivity::Sensitive && actor.person().is_some_and(|person| person.proof == Freshness::Stale) {
        return Err(AppError::ProofNeeded);
    }
    Ok(Permit { by: actor.id(), act: PhantomData })
}

/// Like [`grant`], for acts that make no sense without an account.
fn grant_to_person<A: Act>(actor: &Actor, now: Moment) -> Result<Granted<A>, AppError> {
    let permit = grant(actor, now)?;
    let person = actor.person().cloned().ok_or(AppError::Unauthenticated)?;
    Ok(Granted { permit, person })
}

fn standing_of(actor: &Actor, now: Moment) -> Standing {
    actor.person().map_or(Standing::Good, |person| person.standing.at(now))
}

fn refuse_suspended(standing: Standing) -> Result<(), AppError> {
    match standing {
        Standing::Good => Ok(()),
        Standing::Suspended { until } => Err(Refusal::Suspended { until }.into()),
    }
}

/// Staff without the second factor that the site wants get no further than the page that sets one up.
const fn refuse_uncleared(person: &Person) -> Result<(), AppError> {
    match person.clearance {
        Clearance::Full => Ok(()),
        Clearance::FactorOwed => Err(AppError::FactorOwed),
    }
}

/// What one may not see is not found: no answer tells whether a dashboard page exists.
fn hide_unless(actor: &Actor, standing: Standing, least: Role) -> Result<(), AppError> {
    match actor.person() {
        Some(person) if person.role >= least && standing == Standing::Good => refuse_uncleared(person),
        _ => Err(AppError::NotFound),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{accounts::model::Username, valid::Value};

    pub const NOW: Moment = Moment::from_milliseconds(1_795_500_000_000);

    pub fn person(id: i64, role: Role) -> Person {
        Person {
            id: UserId(id),
            name: Username::parse("somebody").unwrap(),
            role,
            standing: Standing::Good,
            proof: Freshness::Fresh,
            clearance: Clearance::Full,
        }
    }

    pub fn suspended(person: Person) -> Actor {
        Actor::Person(Person { standing: Standing::Suspended { until: None }, ..person })
    }

    #[test]
    fn an_audience_admits_exactly_its_people() {
        fn admitted<A: Act>(people: [&Actor; 5]) -> [bool; 5] {
            people.map(|actor| grant::<A>(actor, NOW).is_ok())
        }

        let member = Actor::Person(person(1, Role::Member));
        let moderator = Actor::Person(person(2, Role::Moderator));
        let admin = Actor::Person(person(3, Role::Admin));
        let banned = suspended(person(4, Role::Admin));
        let everybody = [&Actor::Guest, &banned, &member, &moderator, &admin];
        assert_eq!(admitted::<act::Read>(everybody), [true, true, true, true, true]);
        assert_eq!(admitted::<act::Register>(everybody), [true, false, false, false, false]);
        assert_eq!(admitted::<act::SignOut>(everybody), [false, true, true, true, true]);
        assert_eq!(admitted::<act::PublishComment>(everybody), [false, false, true, true, true]);
        assert_eq!(admitted::<act::ModerateComments>(everybody), [false, false, false, true, true]);
        assert_eq!(admitted::<act::Configure>(everybody), [false, false, false, false, true]);
    }

    #[test]
    fn a_suspension_ends_by_itself() {
        let until = Some(NOW);
        let actor = Actor::Person(Person { standing: Standing::Suspended { until }, ..person(1, Role::Member) });
        let before = NOW.before(std::time::Duration::from_secs(1));
        assert!(matches!(grant::<act::Preview>(&actor, before), Err(AppError::Forbidden(Refusal::Suspended { .. }))));
        assert!(grant::<act::Preview>(&actor, NOW).is_ok());
    }

    #[test]
    fn a_sensitive_act_asks_for_a_fresh_proof() {
        let stale = Actor::Person(Person { proof: Freshness::Stale, ..person(1, Role::Admin) });
        assert_eq!(grant::<act::Configure>(&stale, NOW).unwrap_err(), AppError::ProofNeeded);
        assert!(grant::<act::SeeAdministration>(&stale, NOW).is_ok());
    }

    #[test]
    fn staff_who_owe_a_second_factor_keep_only_what_everybody_with_an_account_has() {
        let owing = Actor::Person(Person { clearance: Clearance::FactorOwed, ..person(1, Role::Admin) });
        assert_eq!(grant::<act::Configure>(&owing, NOW).unwrap_err(), AppError::FactorOwed);
        assert_eq!(grant::<act::SeeModeration>(&owing, NOW).unwrap_err(), AppError::FactorOwed);
        assert_eq!(grant::<act::PublishComment>(&owing, NOW).unwrap_err(), AppError::FactorOwed);
        assert!(grant::<act::SeeOwnAccount>(&owing, NOW).is_ok());
        assert!(grant::<act::SignOut>(&owing, NOW).is_ok());
    }

    #[test]
    fn the_dashboard_does_not_exist_for_those_who_may_not_see_it() {
        let member = Actor::Person(person(1, Role::Member));
        assert_eq!(grant::<act::SeeModeration>(&member, NOW).unwrap_err(), AppError::NotFound);
        assert_eq!(grant::<act::SeeAdministration>(&Actor::Guest, NOW).unwrap_err(), AppError::NotFound);
    }
}
