//! How a site takes newcomers: by invitation, or with somebody's consent.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use super::{people, problem, sign_in};
use crate::{
    accounts::model::InvitationLink,
    error::{AppError, Refusal},
    server::{accounts, entity::user, housekeeping},
    site::model::RegistrationMode,
    tests::support::{Answer, Browser, PASSWORD, World},
    valid::ProblemCode,
};

async fn register(browser: &mut Browser, name: &str, application: &str) -> Answer {
    let email = format!("{name}@mail.example");
    let fields = [("username", name), ("email", &email), ("password", PASSWORD), ("application", application)];
    browser.call("/api/accounts/register", &fields).await
}

async fn invited(uses: &str) -> (World, String, Browser) {
    let world = World::new().await;
    let mut keeper = world.moderator("keeper").await;
    world.set(|settings| settings.registration = RegistrationMode::Invitation).await;
    let fields = [("note", "for the choir"), ("uses", uses), ("days", "7")];
    let link: InvitationLink = keeper.call("/api/accounts/invite", &fields).await.json();
    (world, link.address, keeper)
}

#[tokio::test]
async fn by_invitation_only_the_invited_get_in_and_who_invited_them_is_kept() {
    let (world, address, mut keeper) = invited("2").await;
    let mut stranger = world.guest();
    assert!(stranger.get("/register").await.shows("New members come by invitation"));
    assert_eq!(register(&mut stranger, "eve", "").await.error(), AppError::Forbidden(Refusal::InvitationNeeded));
    let mut ada = world.holder(&address).await;
    register(&mut ada, "ada", "").await.landing();
    assert_eq!(ada.get("/new").await.status, 200);
    let page = keeper.get("/admin/joining").await;
    assert!(page.shows("for the choir") && page.shows(">ada<") && page.shows("1 of 2"), "{}", page.text());
    let mut admin = world.admin("grace").await;
    let id = accounts::profile(&world.operator(), "ada").await.unwrap().id;
    assert!(admin.get(&format!("/admin/users/{id}")).await.shows("Invited by"));
}

#[tokio::test]
async fn the_last_use_of_an_invitation_goes_to_one_of_those_who_come_at_once() {
    let (world, address, _) = invited("1").await;
    let mut guests = Vec::new();
    for name in ["ada", "eve", "bob", "mallory"] {
        guests.push((world.holder(&address).await, name));
    }
    let tries =
        guests.into_iter().map(|(mut browser, name)| tokio::spawn(async move { register(&mut browser, name, "").await.status }));
    let mut admitted = 0;
    for attempt in tries.collect::<Vec<_>>() {
        if attempt.await.unwrap().is_success() {
            admitted += 1;
        }
    }
    let came = user::Entity::find().filter(user::Column::InvitationId.is_not_null());
    assert_eq!((admitted, came.count(world.app.database().reader()).await.unwrap()), (1, 1));
    assert_eq!(people(&world).await, 2, "the others have no account");
}

#[tokio::test]
async fn an_invitation_ends_with_its_days_and_when_it_is_withdrawn() {
    let (world, address, mut keeper) = invited("5").await;
    let mut late = world.holder(&address).await;
    keeper.call("/api/accounts/withdraw_invitation", &[("invitation", "1")]).await.landing();
    assert_eq!(register(&mut late, "late", "").await.error(), AppError::Forbidden(Refusal::InvitationNeeded));
    let fields = [("note", "x"), ("uses", "5"), ("days", "7")];
    let link: InvitationLink = keeper.call("/api/accounts/invite", &fields).await.json();
    world.pass(Duration::from_hours(7 * 24));
    let mut later = world.holder(&link.address).await;
    assert!(later.get("/register").await.shows("New members come by invitation"));
    assert_eq!(register(&mut later, "later", "").await.error(), AppError::Forbidden(Refusal::InvitationNeeded));
}

#[tokio::test]
async fn with_approval_a_newcomer_waits_is_let_in_and_then_signs_in() {
    let world = World::new().await;
    let mut keeper = world.moderator("keeper").await;
    world.set(|settings| settings.registration = RegistrationMode::Approval).await;
    let mut ada = world.guest();
    assert_eq!(problem(&register(&mut ada, "ada", " ").await, "application"), Some(ProblemCode::Required));
    let landing = register(&mut ada, "ada", "I bake & <b>sing</b>.").await.landing();
    assert_eq!(landing.path.as_str(), "/sign-in/continue");
    assert!(ada.get("/sign-in/continue").await.shows("until then you can read"));
    assert_eq!(ada.get("/new").await.status, 401, "nobody is signed in");
    assert!(keeper.get("/admin/joining").await.shows("I bake &amp; &lt;b&gt;sing"));
    let id = accounts::profile(&world.operator(), "ada").await.unwrap().id.to_string();
    keeper.call("/api/accounts/approve", &[("user", &id)]).await.landing();
    let again = keeper.call("/api/accounts/approve", &[("user", &id)]).await;
    assert_eq!(again.error(), AppError::NotFound);
    sign_in(&mut ada, "ada", PASSWORD).await.landing();
    assert_eq!(ada.get("/new").await.status, 200);
}

#[tokio::test]
async fn who_is_not_let_in_reads_why_and_is_forgotten_after_a_month() {
    let world = World::new().await;
    let mut keeper = world.moderator("keeper").await;
    world.set(|settings| settings.registration = RegistrationMode::Approval).await;
    let mut eve = world.guest();
    register(&mut eve, "eve", "Buy my watches.").await.landing();
    let id = accounts::profile(&world.operator(), "eve").await.unwrap().id.to_string();
    let bare = keeper.call("/api/accounts/decline", &[("user", &id), ("reason", "")]).await;
    assert_eq!(problem(&bare, "reason"), Some(ProblemCode::Required));
    keeper.call("/api/accounts/decline", &[("user", &id), ("reason", "No advertising here")]).await.landing();
    sign_in(&mut eve, "eve", PASSWORD).await.landing();
    assert!(eve.get("/sign-in/continue").await.shows("No advertising here"));
    assert_eq!(eve.get("/new").await.status, 401);
    world.pass(Duration::from_hours(30 * 24));
    housekeeping::sweep(&world.app).await.unwrap();
    assert_eq!(sign_in(&mut eve, "eve", PASSWORD).await.error(), AppError::Forbidden(Refusal::Credentials));
}

#[tokio::test]
async fn an_invitation_stands_for_the_consent_that_others_wait_for() {
    let (world, address, _) = invited("1").await;
    world.set(|settings| settings.registration = RegistrationMode::Approval).await;
    let mut ada = world.holder(&address).await;
    register(&mut ada, "ada", "").await.landing();
    assert_eq!(ada.get("/new").await.status, 200);
}

#[tokio::test]
async fn who_waits_to_be_let_in_is_made_no_admin_and_does_not_count_as_one() {
    let world = World::new().await;
    let mut ada = world.admin("ada").await;
    world.set(|settings| settings.registration = RegistrationMode::Approval).await;
    register(&mut world.guest(), "eve", "I bake.").await.landing();
    let id = |name: &'static str| {
        let operator = world.operator();
        async move { accounts::profile(&operator, name).await.unwrap().id }
    };
    let (own, eve) = (id("ada").await, id("eve").await);
    let (own_text, eve_text) = (own.to_string(), eve.to_string());
    let refused = ada.call("/api/accounts/change_role", &[("user", &eve_text), ("role", "admin")]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::NotLetIn));
    // As it may stand in a database from before.
    let promoted = user::Entity::update_many().col_expr(user::Column::Role, Expr::value("admin"));
    promoted.filter(user::Column::Id.eq(eve.0)).exec(world.app.database().writer()).await.unwrap();
    let resigning = [("user", own_text.as_str()), ("role", "member")];
    let refused = ada.call("/api/accounts/change_role", &resigning).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::LastAdmin));
    ada.call("/api/accounts/approve", &[("user", &eve_text)]).await.landing();
    ada.call("/api/accounts/change_role", &resigning).await.landing();
}

#[tokio::test]
async fn an_admin_who_has_to_prove_an_address_first_does_not_count_either() {
    let world = World::with_letters().await;
    let mut ada = world.admin("ada").await;
    register(&mut world.guest(), "eve", "").await.landing();
    let (own, eve) = (accounts::profile(&world.operator(), "ada").await, accounts::profile(&world.operator(), "eve").await);
    let (own, eve) = (own.unwrap().id.to_string(), eve.unwrap().id.to_string());
    ada.call("/api/accounts/change_role", &[("user", &eve), ("role", "admin")]).await.landing();
    let refused = ada.call("/api/accounts/change_role", &[("user", &own), ("role", "member")]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::LastAdmin));
}
