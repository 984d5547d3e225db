//! What the operator does at the command line, for whoever is locked out, and with the keys.

use sea_orm::EntityTrait;

use super::{is_signed_in, told};
use crate::{
    accounts::model::Role,
    audit::model::Deed,
    server::{config::keys::data::DataKeys, entity::totp_secret, operator, seal::Seals},
    tests::support::World,
};

#[tokio::test]
async fn staff_are_listed_with_what_they_have() {
    let world = World::new().await;
    world.admin("grace").await.sets_up_app(&world).await;
    world.account("ada", Role::Moderator).await;
    world.account("mary", Role::Member).await;
    let staff = operator::staff(&world.app).await.unwrap();
    let listed: Vec<_> = staff.iter().map(|person| (person.name.as_str(), person.role, person.factors.totp)).collect();
    assert_eq!(listed, [("ada", Role::Moderator, false), ("grace", Role::Admin, true)]);
    assert_eq!(told(&world, Deed::StaffListed).await, 1);
}

#[tokio::test]
async fn whoever_lost_a_factor_gets_in_by_password_once_the_operator_has_reset_it() {
    let world = World::new().await;
    let mut person = world.member("ada").await;
    person.sets_up_app(&world).await;
    operator::reset_factors(&world.app, "ada").await.unwrap();
    assert!(!is_signed_in(&mut person).await);
    assert!(is_signed_in(&mut world.signed_in("ada").await).await);
    assert!(operator::reset_factors(&world.app, "nobody").await.is_err());
    operator::end_sessions(&world.app, "ada").await.unwrap();
    assert_eq!((told(&world, Deed::FactorsReset).await, told(&world, Deed::SessionsEnded).await), (1, 1));
}

#[tokio::test]
async fn secrets_are_sealed_anew_and_the_old_key_can_go() {
    let mut world = World::new().await;
    let mut person = world.member("ada").await;
    let (app, _) = person.sets_up_app(&world).await;
    DataKeys::rotate(world.app.config()).unwrap();
    world.restart_with(|_| {}).await;
    let refused = operator::forget_old_keys(&world.app, || panic!("a key that is needed was thrown away")).await;
    assert!(refused.unwrap_err().to_string().contains("keys rotate"));
    assert_eq!(operator::reseal(&world.app, |_, _| {}).await.unwrap(), 1);
    assert_eq!(operator::reseal(&world.app, |_, _| {}).await.unwrap(), 0, "once is enough");
    let config = world.app.config().clone();
    operator::forget_old_keys(&world.app, || DataKeys::forget_former(&config)).await.unwrap().unwrap();
    world.restart_with(|_| {}).await;
    let row = totp_secret::Entity::find().one(world.app.database().reader()).await.unwrap().unwrap();
    assert_eq!(Seals::key_of(&row.sealed), Some(world.app.seals().current_id()));
    let mut arriving = world.half_signed_in("ada").await;
    arriving.call("/api/accounts/give_code", &[("code", &app.code(world.clock.now()))]).await.landing();
    assert_eq!((told(&world, Deed::KeysRotated).await, told(&world, Deed::KeysForgotten).await), (2, 1));
}
