//! How accounts come to be: people register, the first admin sets the site up, the operator makes
//! one.

use sea_orm::ConnectionTrait;

use crate::{
    accounts::model::{
        Application, ChallengeAnswer, EmailAddress, Invited, Keeping, NewPassword, Proven, Registration, Role, UserId, Username,
        Way,
    },
    audit::model::Deed,
    error::{AppError, Conflict},
    landing::{Landing, LocalPath, Notice},
    policy::{self, Permit, act},
    server::{
        demo::Stage,
        error::{Error, Result},
        keepsake::Keepsake,
        password::{Hash, PasswordError},
        visit::Visit,
    },
    site::model::RegistrationMode,
    valid::{FieldProblems, Problem, ProblemCode, Valid, Value},
};

use super::{
    approval, challenge,
    door::{self, Arrival},
    invitations, links,
    name::{self, CanonicalName},
    passwords::strong_password,
    record_entry, store,
};

/// Makes an account and signs its owner in.
///
/// An address that another account has claimed makes an account all the same, without the claim:
/// the answer tells nobody who is here.
///
/// # Errors
/// Not allowed, a field breaks its rule, the name is taken, too many accounts come from one network, or
/// a program may have sent the form.
pub async fn register(visit: &Visit, draft: Registration, next: Option<LocalPath>, answer: &ChallengeAnswer) -> Result<Landing> {
    let admission = admission(visit, &draft.application).await?;
    let (newcomer, password) = with_password(visit, &Valid::check(draft)?).await?;
    challenge::demand(visit, challenge::Purpose::Registration, answer).await?;
    let hash = hashed(visit, &password, answer).await?;
    let transaction = visit.database().begin().await?;
    let user = admission.admit(&transaction, visit, &newcomer, &hash).await?;
    transaction.commit().await?;
    welcome(visit, user, Way::Registration, next).await
}

/// On what terms the site takes a newcomer, whatever way they come by.
#[derive(Debug)]
pub(super) struct Admission {
    pub(super) permit: Permit<act::Register>,
    invited: Invited,
    application: Option<Application>,
}

/// What the site asks of a newcomer now: an invitation, or some words for who decides.
///
/// # Errors
/// Not allowed, or the words are missing.
pub(super) async fn admission(visit: &Visit, words: &str) -> Result<Admission> {
    let mode = visit.settings().await?.registration;
    let invited = invitations::opened(visit).await?;
    let permit = policy::may_register(visit.actor(), mode, invited, visit.now())?;
    let application = application(mode, invited, words)?;
    Ok(Admission { permit, invited, application })
}

impl Admission {
    /// Makes the account, uses the invitation up, and puts the words before who decides.
    pub(super) async fn admit(
        &self,
        database: &impl ConnectionTrait,
        visit: &Visit,
        newcomer: &Newcomer,
        hash: &Hash,
    ) -> Result<UserId> {
        let user = admit(database, visit, &self.permit, newcomer, (hash, Role::Member)).await?;
        invitations::consume(database, visit, self.invited, user).await?;
        if let Some(application) = &self.application {
            approval::ask(database, &self.permit, user, application, visit.now()).await?;
        }
        Ok(user)
    }
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

/// Who was turned away because the server was busy has not registered.
async fn hashed(visit: &Visit, password: &NewPassword, answer: &ChallengeAnswer) -> Result<Hash> {
    let hash = visit.passwords().hash(password).await;
    if matches!(hash, Err(PasswordError::Busy { .. })) {
        challenge::give_back(visit, challenge::Purpose::Registration, answer).await?;
    }
    Ok(hash?)
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
    let (newcomer, _) = with_password(visit, &Valid::check(draft)?).await?;
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
    let (newcomer, password) = with_password(visit, &Valid::check(draft)?).await?;
    let hash = visit.passwords().hash(&password).await?;
    let transaction = visit.database().begin().await?;
    links::consume(&transaction, &token, links::Purpose::SetUp, visit.now()).await?;
    if !store::lock_admins(&transaction).await?.is_empty() {
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
    let (newcomer, password) = with_password(visit, &Valid::check(draft)?).await?;
    let hash = visit.passwords().hash(&password).await?;
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
}

/// A newcomer and the password that they choose; what is wrong with either is told at once.
async fn with_password(visit: &Visit, draft: &Valid<Registration>) -> Result<(Newcomer, NewPassword)> {
    let newcomer = problems_of(newcomer(visit, &draft.username, &draft.email).await)?;
    let password = problems_of(strong_password(visit, &draft.password, &draft.username, &draft.email).await)?;
    match (newcomer, password) {
        (Ok(newcomer), Ok(password)) => Ok((newcomer, password)),
        (newcomer, password) => {
            let mut problems = newcomer.err().unwrap_or_default();
            for (field, problem) in password.err().unwrap_or_default().iter() {
                problems.add(field, problem);
            }
            Err(problems.into())
        }
    }
}

/// Keeps what is wrong with fields apart from what is wrong with the server.
fn problems_of<Good>(checked: Result<Good>) -> Result<std::result::Result<Good, FieldProblems>> {
    match checked {
        Ok(good) => Ok(Ok(good)),
        Err(Error::Told(AppError::Invalid(problems))) => Ok(Err(problems)),
        Err(other) => Err(other),
    }
}

/// The rules that the browser cannot know: names that look like others.
pub(super) async fn newcomer(visit: &Visit, username: &str, email: &str) -> Result<Newcomer> {
    let mut problems = FieldProblems::default();
    let name = Username::parse(username).and_then(|name| name::canonical(&name));
    let email = EmailAddress::parse(email);
    if let Ok(name) = &name
        && store::find_by_name(visit.database().reader(), &name.key).await?.is_some()
    {
        problems.add("username", Problem::new(ProblemCode::Taken));
    }
    match (name, email) {
        (Ok(name), Ok(email)) if problems.is_empty() => Ok(Newcomer { name, email }),
        (name, email) => {
            let broken = [("username", name.err()), ("email", email.err())];
            for (field, problem) in broken {
                if let Some(problem) = problem {
                    problems.add(field, problem);
                }
            }
            Err(problems.into())
        }
    }
}

fn admin_page() -> LocalPath {
    LocalPath::ours("/admin")
}
