//! How accounts come to be: people register, the first admin sets the site up, the operator makes
//! one.

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{
        Application, EmailAddress, Invited, Keeping, NewPassword, Proven, Registration, Role, UserId, Username, Way,
    },
    audit::model::Deed,
    error::{AppError, Conflict},
    landing::{Landing, LocalPath, Notice},
    policy::{self, Permit, act},
    server::{
        demo::Stage,
        error::{Error, Result},
        keepsake::Keepsake,
        password::Hash,
        visit::Visit,
    },
    site::model::RegistrationMode,
    valid::{FieldProblems, Problem, ProblemCode, Valid, Value},
};

use super::{
    approval, count,
    door::{self, Arrival},
    invitations, links,
    name::{self, CanonicalName},
    record_entry, refuse_throttled, store, strong_password,
    throttle::{Key, Kind},
};

/// Makes an account and signs its owner in.
///
/// An address that another account has claimed makes an account all the same, without the claim:
/// the answer tells nobody who is here.
///
/// # Errors
/// Not allowed, a field breaks its rule, the name is taken, or too many accounts come from one
/// network.
pub async fn register(visit: &Visit, draft: Registration, next: Option<LocalPath>) -> Result<Landing> {
    let settings = visit.settings().await?;
    let invited = invitations::opened(visit).await?;
    let permit = policy::may_register(visit.actor(), settings.registration, invited, visit.now())?;
    let application = application(settings.registration, invited, &draft.application)?;
    let newcomer = newcomer(visit, &Valid::check(draft)?).await?;
    refuse_crowd(visit).await?;
    let hash = visit.app().passwords().hash(&newcomer.password).await?;
    let transaction = visit.database().begin().await?;
    let user = admit(&transaction, visit, &permit, &newcomer, (&hash, Role::Member)).await?;
    invitations::consume(&transaction, visit, invited, user).await?;
    if let Some(application) = application {
        approval::ask(&transaction, &permit, user, &application, visit.now()).await?;
    }
    transaction.commit().await?;
    welcome(visit, user, Way::Registration, next).await
}

/// What a newcomer has to say for themselves, where somebody decides and no invitation speaks for them.
fn application(mode: RegistrationMode, invited: Invited, text: &str) -> Result<Option<Application>> {
    match (mode, invited) {
        (RegistrationMode::Approval, Invited::No) => {
            let application = Application::parse(text).map_err(|problem| FieldProblems::one("application", problem))?;
            Ok(Some(application))
        }
        _ => Ok(None),
    }
}

/// Leads somebody whose account was made just now to the door.
async fn welcome(visit: &Visit, user: UserId, way: Way, next: Option<LocalPath>) -> Result<Landing> {
    let user = store::find(visit.database().writer(), user).await?.ok_or(AppError::NotFound)?;
    let proven = Proven::by(way);
    door::complete_login(visit, Arrival { user: &user, proven, keeping: Keeping::default(), next, saying: Notice::Welcome }).await
}

/// Registers somebody of the sample community, with a hash that several share: hashing is meant to be slow.
///
/// # Errors
/// Those of [`register`].
pub async fn enrol(visit: &Visit, _stage: &Stage, draft: Registration, hash: &Hash) -> Result<UserId> {
    let settings = visit.settings().await?;
    let permit = policy::may_register(visit.actor(), settings.registration, Invited::No, visit.now())?;
    let newcomer = newcomer(visit, &Valid::check(draft)?).await?;
    let transaction = visit.database().begin().await?;
    let user = admit(&transaction, visit, &permit, &newcomer, (hash, Role::Member)).await?;
    transaction.commit().await?;
    Ok(user)
}

async fn admit<A: store::MakesAccount>(
    database: &impl ConnectionTrait,
    visit: &Visit,
    permit: &Permit<A>,
    newcomer: &Newcomer,
    (hash, role): (&Hash, Role),
) -> Result<UserId> {
    let user = store::insert(database, permit, newcomer, hash, role, visit.now()).await?;
    record_entry(database, visit, Deed::Registered, user, &newcomer.name.display).await?;
    Ok(user)
}

/// Makes the first admin, with the link that the program printed when it started.
///
/// # Errors
/// The link is not in force, there is an admin already, or a field breaks its rule.
pub async fn set_up(visit: &Visit, draft: Registration) -> Result<Landing> {
    let permit = policy::may::<act::SetUp>(visit.actor(), visit.now())?;
    let token = links::opened(visit)?;
    links::find(visit.database().reader(), &token, links::Purpose::SetUp, visit.now()).await?;
    let newcomer = newcomer(visit, &Valid::check(draft)?).await?;
    let hash = visit.app().passwords().hash(&newcomer.password).await?;
    let transaction = visit.database().begin().await?;
    links::consume(&transaction, &token, links::Purpose::SetUp, visit.now()).await?;
    if store::lock_admins(&transaction).await? > 0 {
        return Err(AppError::Conflict(Conflict::AlreadySetUp).into());
    }
    let user = store::insert(&transaction, &permit, &newcomer, &hash, Role::Admin, visit.now()).await?;
    record_entry(&transaction, visit, Deed::SiteSetUp, user, &newcomer.name.display).await?;
    transaction.commit().await?;
    visit.keepsakes().forget(Keepsake::Link);
    welcome(visit, user, Way::SetUpLink, Some(admin_page())).await
}

/// Makes an account with a role: only for the operator.
///
/// # Errors
/// Not allowed, a field breaks its rule, or the name is taken.
pub async fn create(visit: &Visit, draft: Registration, role: Role) -> Result<UserId> {
    let permit = policy::may_create_account(visit.actor(), visit.now())?;
    let newcomer = newcomer(visit, &Valid::check(draft)?).await?;
    let hash = visit.app().passwords().hash(&newcomer.password).await?;
    let transaction = visit.database().begin().await?;
    let user = admit(&transaction, visit, &permit, &newcomer, (&hash, role)).await?;
    transaction.commit().await?;
    Ok(user)
}

/// Whether anybody can administer the site.
///
/// # Errors
/// The database's.
pub async fn has_admin(visit: &Visit) -> Result<bool> {
    Ok(store::count_admins(visit.database().reader()).await? > 0)
}

/// Whether a set-up link can be used; looking does not use it up.
///
/// # Errors
/// Already signed in, there is an admin already, or the link is not in force.
pub async fn check_set_up_link(visit: &Visit) -> Result<()> {
    policy::may::<act::SetUp>(visit.actor(), visit.now())?;
    if has_admin(visit).await? {
        return Err(AppError::Conflict(Conflict::AlreadySetUp).into());
    }
    let token = links::opened(visit)?;
    links::find(visit.database().reader(), &token, links::Purpose::SetUp, visit.now()).await.map(drop)
}

/// Somebody who is about to have an account.
#[derive(Debug)]
pub(in crate::server) struct Newcomer {
    pub(super) name: CanonicalName,
    pub(super) email: EmailAddress,
    pub(super) password: NewPassword,
}

/// The rules that the browser cannot know: look-alike names and weak passwords.
async fn newcomer(visit: &Visit, draft: &Valid<Registration>) -> Result<Newcomer> {
    let mut problems = FieldProblems::default();
    let name = Username::parse(&draft.username).and_then(|name| name::canonical(&name));
    let email = EmailAddress::parse(&draft.email);
    let password = match strong_password(visit, &draft.password, &draft.username, &draft.email).await {
        Ok(password) => Ok(password),
        Err(Error::Told(AppError::Invalid(of_password))) => {
            Err(of_password.of("password").unwrap_or(Problem::new(ProblemCode::Common)))
        }
        Err(other) => return Err(other),
    };
    if let Ok(name) = &name
        && store::find_by_name(visit.database().reader(), &name.key).await?.is_some()
    {
        problems.add("username", Problem::new(ProblemCode::Taken));
    }
    match (name, email, password) {
        (Ok(name), Ok(email), Ok(password)) if problems.is_empty() => Ok(Newcomer { name, email, password }),
        (name, email, password) => {
            let broken = [("username", name.err()), ("email", email.err()), ("password", password.err())];
            for (field, problem) in broken {
                if let Some(problem) = problem {
                    problems.add(field, problem);
                }
            }
            Err(problems.into())
        }
    }
}

/// Counts accounts made from one network, and refuses when there were too many within an hour.
async fn refuse_crowd(visit: &Visit) -> Result<()> {
    let Some(address) = visit.address() else { return Ok(()) };
    let per_hour = visit.app().config().limits.registrations_per_hour;
    let keys = [Key::network(Kind::Registration { per_hour }, address)];
    refuse_throttled(visit, &keys).await?;
    count(visit, &keys).await
}

fn admin_page() -> LocalPath {
    LocalPath::ours("/admin")
}
