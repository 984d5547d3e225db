//! Moderators and admins of a site that asks them for a second factor.

use super::is_signed_in;
use crate::{
    error::AppError,
    site::model::StaffFactor,
    tests::support::{PASSWORD, World},
};

async fn strict() -> World {
    let world = World::new().await;
    world.set(|settings| settings.staff_factor = StaffFactor::Required).await;
    world
}

#[tokio::test]
async fn staff_without_a_factor_are_held_at_the_page_that_sets_one_up() {
    let world = strict().await;
    world.account("ada", crate::accounts::model::Role::Admin).await;
    let mut admin = world.guest();
    let landing = admin.call("/api/accounts/sign_in", &[("login", "ada"), ("password", PASSWORD)]).await.landing();
    assert_eq!(landing.path.as_str(), "/account/security");
    let page = admin.get("/account/security").await;
    assert!(page.shows("This site asks its moderators and admins for a second factor"), "{}", page.text());
    let trouble = admin.get("/admin").await;
    assert_eq!(trouble.status, 403);
    assert!(trouble.shows("href=\"/account/security\""), "{}", trouble.text());
    let refused = admin.call("/api/discussions/start", &[("title", "Soup"), ("opening", "Why?")]).await;
    assert_eq!(refused.error(), AppError::FactorOwed);
}

#[tokio::test]
async fn setting_one_up_opens_the_dashboard_in_the_same_session() {
    let world = strict().await;
    let mut admin = world.admin("ada").await;
    assert_eq!(admin.get("/admin").await.status, 403);
    let (app, _) = admin.sets_up_app(&world).await;
    assert_eq!(admin.get("/admin").await.status, 200);
    assert!(!admin.get("/account/security").await.shows("This site asks its moderators"));
    let mut arriving = world.half_signed_in("ada").await;
    let code = app.code(world.clock.now());
    let landing = arriving.call("/api/accounts/give_code", &[("code", &code)]).await.landing();
    assert_eq!(landing.path.as_str(), "/");
    assert_eq!(arriving.get("/admin").await.status, 200);
}

#[tokio::test]
async fn removing_the_last_one_closes_the_dashboard_at_once() {
    let world = strict().await;
    let mut admin = world.admin("ada").await;
    admin.sets_up_app(&world).await;
    admin.call("/api/accounts/remove_totp", &[]).await.landing();
    assert_eq!(admin.get("/admin").await.status, 403);
    assert!(is_signed_in(&mut admin).await);
}
