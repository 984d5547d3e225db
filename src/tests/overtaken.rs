//! Requests under way that something overtakes: what was so when they began opens nothing and sets nothing once it
//! is so no more. Each test stops a request in the middle, so that nothing depends on luck.

mod racing;

use std::sync::Arc;

use sea_orm::EntityTrait;
use tokio::task::JoinHandle;
use tower_sessions::Session;

use super::support::{Answer, Browser, PASSWORD, World};
use crate::{
    accounts::model::{ChallengeAnswer, Keeping, PasswordChange, Role, Secret, SignIn, UserId},
    error::{AppError, Conflict, Refusal},
    server::{
        accounts::{self, administration, factors},
        entity::{passkey, session, totp_secret, user},
        keepsake::Keepsakes,
        session::Store,
        visit::{Client, Visit},
    },
};

const THIEFS: &str = "nine loud ravens circling";
const OWNERS: &str = "seven quiet harbours sleeping";

/// A site on which every request stops that has just computed a hash. The owner acts through `owners`, another
/// node on the same database, on which nothing stops.
struct Stopped {
    world: World,
    gate: tokio::sync::OwnedRwLockWriteGuard<()>,
    thief: JoinHandle<Answer>,
}

/// Has somebody send a form, and stops them when a hash was computed.
async fn stopped(mut world: World, mut browser: Browser, act: &'static str, fields: &[(&'static str, &'static str)]) -> Stopped {
    let passwords = world.app.passwords().clone();
    let gate = passwords.gate().shut().await;
    let fields = fields.to_vec();
    let thief = tokio::spawn(async move { browser.call(act, &fields).await });
    passwords.gate().has_waiting(1).await;
    world.restart_with(|_| {}).await;
    Stopped { world, gate, thief }
}

impl Stopped {
    /// Lets the request go on, and says what came of it.
    async fn goes_on(self) -> (World, Answer) {
        drop(self.gate);
        (self.world, self.thief.await.unwrap())
    }
}

async fn row(world: &World) -> user::Model {
    user::Entity::find().one(world.app.database().reader()).await.unwrap().unwrap()
}

async fn sessions(world: &World) -> usize {
    session::Entity::find().all(world.app.database().reader()).await.unwrap().len()
}

async fn opens(world: &World, password: &str) -> bool {
    world.guest().call("/api/accounts/sign_in", &[("login", "grace"), ("password", password)]).await.status == 200
}

/// The owner's way back: a link that sets a password.
async fn recovers(world: &World, id: UserId) {
    tries_to_recover(world, id).await.landing();
}

async fn tries_to_recover(world: &World, id: UserId) -> Answer {
    let made = administration::make_password_link(&world.operator(), id).await.unwrap();
    let mut owner = world.holder(&made.address).await;
    owner.call("/api/accounts/use_password_link", &[("password", OWNERS)]).await
}

#[tokio::test]
async fn a_password_that_is_being_changed_does_not_win_over_the_owners_link() {
    let world = World::new().await;
    let thief = world.member("grace").await;
    let id = UserId(row(&world).await.id);
    let fields = [("current_password", PASSWORD), ("password", THIEFS)];
    let stopped = stopped(world, thief, "/api/accounts/change_password", &fields).await;
    recovers(&stopped.world, id).await;
    let (world, answer) = stopped.goes_on().await;
    assert_eq!(answer.error(), AppError::Unauthenticated);
    assert!(opens(&world, OWNERS).await && !opens(&world, THIEFS).await);
}

#[tokio::test]
async fn a_password_is_not_changed_in_a_session_that_was_ended_meanwhile() {
    let world = World::new().await;
    let thief = world.member("grace").await;
    let mut owner = world.signed_in("grace").await;
    let fields = [("current_password", PASSWORD), ("password", THIEFS)];
    let stopped = stopped(world, thief, "/api/accounts/change_password", &fields).await;
    owner.call("/api/accounts/end_other_sessions", &[]).await.landing();
    let (world, answer) = stopped.goes_on().await;
    assert_eq!(answer.error(), AppError::Unauthenticated);
    assert!(opens(&world, PASSWORD).await);
}

#[tokio::test]
async fn a_password_that_is_due_is_not_chosen_by_an_entry_that_was_ended_meanwhile() {
    let world = World::new().await;
    let id = world.account("grace", Role::Member).await;
    administration::expire_password(&world.operator(), id).await.unwrap();
    let thief = world.half_signed_in("grace").await;
    let stopped = stopped(world, thief, "/api/accounts/choose_due_password", &[("password", THIEFS)]).await;
    recovers(&stopped.world, id).await;
    let (world, answer) = stopped.goes_on().await;
    assert_eq!(answer.error(), AppError::Forbidden(Refusal::EntryOver));
    assert!(opens(&world, OWNERS).await && !opens(&world, THIEFS).await);
    assert_eq!(sessions(&world).await, 1, "the owner's, who has just looked");
}

#[tokio::test]
async fn a_hash_is_not_renewed_once_another_password_was_set() {
    let mut world = World::new().await;
    let id = world.account("grace", Role::Member).await;
    world.restart_with(|config| config.password.iterations = 3).await;
    let thief = world.guest();
    let stopped = stopped(world, thief, "/api/accounts/sign_in", &[("login", "grace"), ("password", PASSWORD)]).await;
    recovers(&stopped.world, id).await;
    let (world, answer) = stopped.goes_on().await;
    assert_eq!(answer.error(), AppError::Forbidden(Refusal::Credentials));
    assert_eq!(sessions(&world).await, 0);
    assert!(opens(&world, OWNERS).await && !opens(&world, PASSWORD).await);
}

/// What becomes of a sign-in when this happens while the password is being compared.
async fn sign_in_overtaken_by<Doing: Future<Output = World>>(happens: impl FnOnce(World, Browser, UserId) -> Doing) {
    let world = World::new().await;
    let id = world.account("grace", Role::Member).await;
    let owner = world.signed_in("grace").await;
    let thief = world.guest();
    let stopped = stopped(world, thief, "/api/accounts/sign_in", &[("login", "grace"), ("password", PASSWORD)]).await;
    let Stopped { world, gate, thief } = stopped;
    let world = happens(world, owner, id).await;
    let open = sessions(&world).await;
    let (world, answer) = Stopped { world, gate, thief }.goes_on().await;
    assert_eq!(answer.error(), AppError::Forbidden(Refusal::Credentials));
    assert_eq!(sessions(&world).await, open, "it opened none");
}

#[tokio::test]
async fn nobody_comes_in_who_was_recognised_before_a_new_password_was_asked_for() {
    sign_in_overtaken_by(async |world: World, _owner, id| {
        administration::expire_password(&world.operator(), id).await.unwrap();
        world
    })
    .await;
}

#[tokio::test]
async fn nobody_comes_in_who_was_recognised_before_the_account_was_to_be_deleted() {
    sign_in_overtaken_by(async |world: World, mut owner: Browser, _id| {
        owner.call("/api/accounts/leave_for_good", &[("deletion", "remove")]).await.landing();
        world
    })
    .await;
}

#[tokio::test]
async fn nobody_comes_in_who_was_recognised_before_a_factor_was_set_up() {
    sign_in_overtaken_by(async |world: World, mut owner: Browser, _id| {
        owner.sets_up_app(&world).await;
        world
    })
    .await;
}

#[tokio::test]
async fn who_was_suspended_while_signing_in_reads_of_it_first() {
    let world = World::new().await;
    let id = world.account("grace", Role::Member).await;
    let browser = world.guest();
    let stopped = stopped(world, browser, "/api/accounts/sign_in", &[("login", "grace"), ("password", PASSWORD)]).await;
    stopped.world.suspend(id).await;
    let (world, answer) = stopped.goes_on().await;
    assert_eq!(answer.landing().path.as_str(), "/sign-in/continue");
    assert_eq!(sessions(&world).await, 0);
}

/// A request of whoever has this session, as it is when it begins.
async fn visit(world: &World, session: &Session) -> Visit {
    let client = Client { address: [192, 0, 2, 7].into(), agent: "Firefox".to_owned() };
    let session = Session::new(session.id(), store(world), None);
    Visit::through_web(world.app.clone(), client, session, Keepsakes::default()).await.unwrap()
}

fn store(world: &World) -> Arc<Store> {
    Arc::new(Store::new(world.app.database().clone(), world.app.lifetimes(), world.app.clock().clone()))
}

/// Signs grace in.
async fn session_of_grace(world: &World) -> Session {
    let session = Session::new(None, store(world), None);
    let draft = SignIn { login: "grace".to_owned(), password: Secret::new(PASSWORD.to_owned()) };
    let client = Client { address: [192, 0, 2, 7].into(), agent: "Firefox".to_owned() };
    let guest = Visit::through_web(world.app.clone(), client, session.clone(), Keepsakes::default()).await.unwrap();
    accounts::sign_in(&guest, draft, Keeping::ThisVisit, None, &ChallengeAnswer::default()).await.unwrap();
    session
}

#[tokio::test]
async fn no_app_is_set_up_in_a_session_that_was_ended_meanwhile() {
    let world = World::new().await;
    let id = world.account("grace", Role::Member).await;
    let thief = session_of_grace(&world).await;
    factors::begin_totp(&visit(&world, &thief).await).await.unwrap();
    let under_way = visit(&world, &thief).await;
    let shown = factors::pending_app(&under_way).await.unwrap().expect("an app waits");
    let code = crate::tests::support::Authenticator::of(shown.secret.expose()).code(world.clock.now());
    administration::end_sessions(&world.operator(), id).await.unwrap();
    let refused = factors::confirm_totp(&under_way, &Secret::new(code)).await.unwrap_err();
    assert_eq!(refused.told(), AppError::Unauthenticated);
    let row = totp_secret::Entity::find().one(world.app.database().reader()).await.unwrap().unwrap();
    assert_eq!(row.confirmed_at, None);
}

#[tokio::test]
async fn no_passkey_is_added_in_a_session_that_was_ended_meanwhile() {
    let world = World::new().await;
    let id = world.account("grace", Role::Member).await;
    let thief = session_of_grace(&world).await;
    let under_way = visit(&world, &thief).await;
    let ceremony = factors::passkeys::begin_passkey(&under_way).await.unwrap();
    let origin = world.app.config().site.address.origin();
    let (_, made) = crate::tests::support::SoftPasskey::made_for(&crate::tests::support::wish(&ceremony), origin);
    administration::end_sessions(&world.operator(), id).await.unwrap();
    let added = factors::passkeys::add_passkey(&under_way, &ceremony.token, &Secret::new(made.to_string()), "Key").await;
    assert_eq!(added.unwrap_err().told(), AppError::Unauthenticated);
    assert_eq!(passkey::Entity::find().all(world.app.database().reader()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn of_two_new_passwords_in_one_session_the_second_is_refused() {
    let world = World::new().await;
    world.account("grace", Role::Member).await;
    let session = session_of_grace(&world).await;
    let (one, other) = (visit(&world, &session).await, visit(&world, &session).await);
    let draft = |password: &str| PasswordChange {
        current_password: Secret::new(PASSWORD.to_owned()),
        password: Secret::new(password.to_owned()),
    };
    let gate = world.app.passwords().gate().clone();
    let shut = gate.shut().await;
    let late =
        tokio::spawn(
            async move { accounts::change_password(&other, draft(THIEFS)).await.map_err(crate::server::error::Error::told) },
        );
    gate.has_waiting(1).await;
    let first =
        tokio::spawn(
            async move { accounts::change_password(&one, draft(OWNERS)).await.map_err(crate::server::error::Error::told) },
        );
    gate.has_waiting(2).await;
    drop(shut);
    let outcomes = [late.await.unwrap(), first.await.unwrap()];
    let is_in_force = [opens(&world, THIEFS).await, opens(&world, OWNERS).await];
    assert_eq!(is_in_force, [outcomes[0].is_ok(), outcomes[1].is_ok()], "whoever was refused has set nothing");
    let refused = outcomes.into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert!(matches!(refused[..], [AppError::Unauthenticated | AppError::Conflict(Conflict::ChangedMeanwhile)]), "{refused:?}");
}
