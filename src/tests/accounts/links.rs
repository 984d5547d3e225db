//! Links that do one thing once: set the site up, set a password.

use std::time::Duration;

use sea_orm::EntityTrait;

use super::{OTHER_PASSWORD, people, problem, sign_in};
use crate::{
    accounts::model::{PasswordLink, Role},
    error::{AppError, Conflict, Refusal},
    server::{accounts::administration, entity::link, operator},
    tests::support::{PASSWORD, World},
    valid::ProblemCode,
};

#[tokio::test]
async fn the_set_up_link_makes_one_admin_once() {
    let world = World::new().await;
    let address = operator::setup_link(&world.app).await.unwrap().expect("there is no admin yet");
    let fields = [("username", "ada"), ("email", "ada@mail.example"), ("password", PASSWORD)];
    let mut ada = world.guest();
    assert_eq!(ada.follow(&address).await.status, 200, "looking at the link does not use it up");
    let mut eve = world.holder(&address).await;
    for stranger in [&mut world.guest(), &mut world.holder("/set-up/AAAA").await] {
        let refused = stranger.call("/api/accounts/set_up", &fields).await;
        assert_eq!(refused.error(), AppError::Forbidden(Refusal::LinkOver));
    }
    ada.call("/api/accounts/set_up", &fields).await.landing();
    assert_eq!(ada.get("/admin").await.status, 200);
    let again = [("username", "eve"), ("email", "eve@mail.example"), fields[2]];
    assert_eq!(eve.call("/api/accounts/set_up", &again).await.error(), AppError::Forbidden(Refusal::LinkOver));
    assert_eq!(people(&world).await, 1);
    assert_eq!(operator::setup_link(&world.app).await.unwrap(), None);
}

#[tokio::test]
async fn a_set_up_link_ends_after_a_day_and_is_worth_nothing_once_there_is_an_admin() {
    let world = World::new().await;
    let mut eve = world.holder(&operator::setup_link(&world.app).await.unwrap().unwrap()).await;
    let fields = [("username", "eve"), ("email", "eve@mail.example"), ("password", PASSWORD)];
    world.account("ada", Role::Admin).await;
    let refused = eve.call("/api/accounts/set_up", &fields).await;
    assert_eq!(refused.error(), AppError::Conflict(Conflict::AlreadySetUp));
    world.pass(Duration::from_hours(24));
    let refused = eve.call("/api/accounts/set_up", &fields).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::LinkOver));
    assert_eq!(people(&world).await, 1);
}

#[tokio::test]
async fn a_password_link_sets_a_password_once_and_signs_nobody_in() {
    let world = World::new().await;
    let id = world.account("grace", Role::Member).await.to_string();
    let mut grace = world.signed_in("grace").await;
    let mut ada = world.admin("ada").await;
    let made: PasswordLink = ada.call("/api/accounts/make_password_link", &[("user", &id)]).await.json();
    let kept = link::Entity::find().one(world.app.database().reader()).await.unwrap().unwrap();
    assert_eq!(kept.token_hash.len(), 32, "the token itself is kept nowhere");
    let fields = [("password", OTHER_PASSWORD)];
    let (mut holder, mut second) = (world.holder(&made.address).await, world.holder(&made.address).await);
    let weak = holder.call("/api/accounts/use_password_link", &[("password", "passwordpassword")]).await;
    assert_eq!(problem(&weak, "password"), Some(ProblemCode::Common));
    holder.call("/api/accounts/use_password_link", &fields).await.landing();
    assert!(holder.cookies.is_empty(), "{:?}", holder.cookies);
    assert_eq!(grace.get("/new").await.status, 401, "all sessions end");
    assert_eq!(second.call("/api/accounts/use_password_link", &fields).await.error(), AppError::Forbidden(Refusal::LinkOver));
    assert_eq!(sign_in(&mut holder, "grace", PASSWORD).await.status, 403);
    sign_in(&mut holder, "grace", OTHER_PASSWORD).await.landing();
}

#[tokio::test]
async fn a_password_link_ends_after_half_an_hour_and_when_a_newer_one_is_made() {
    let world = World::new().await;
    let id = world.account("grace", Role::Member).await;
    let first = administration::make_password_link(&world.operator(), id).await.unwrap();
    let second = administration::make_password_link(&world.operator(), id).await.unwrap();
    world.pass(Duration::from_mins(30) - Duration::from_millis(1));
    let mut holder = world.guest();
    assert_eq!(holder.follow(&first.address).await.status, 403);
    assert_eq!(holder.follow(&second.address).await.status, 200);
    world.pass(Duration::from_millis(1));
    let fields = [("password", OTHER_PASSWORD)];
    assert_eq!(holder.call("/api/accounts/use_password_link", &fields).await.error(), AppError::Forbidden(Refusal::LinkOver));
}
