//! What strangers who guess cannot bring about: learn an address, or lock its owner out.

use super::{OTHER_PASSWORD, sign_in};
use crate::{
    accounts::model::Role,
    server::accounts::administration,
    tests::support::{PASSWORD, World},
};

async fn exhaust(world: &World, login: &str) {
    let mut stranger = world.guest().at("198.51.100.7");
    for _ in 0..6 {
        assert_eq!(sign_in(&mut stranger, login, OTHER_PASSWORD).await.status, 403);
    }
    assert_eq!(sign_in(&mut stranger, login, OTHER_PASSWORD).await.status, 429);
}

#[tokio::test]
async fn a_wait_does_not_tell_whose_an_address_is() {
    let world = World::new().await;
    world.account("ada", Role::Member).await;
    exhaust(&world, "ada@mail.example").await;
    assert_eq!(sign_in(&mut world.guest(), "ada", OTHER_PASSWORD).await.status, 403);
}

#[tokio::test]
async fn strangers_cannot_keep_an_admin_from_proving_who_they_are() {
    let world = World::new().await;
    let mut ada = world.admin("ada").await;
    exhaust(&world, "ada").await;
    ada.call("/api/accounts/prove", &[("password", PASSWORD)]).await.landing();
}

#[tokio::test]
async fn a_password_link_ends_the_wait_and_a_change_of_the_password_ends_the_link() {
    let world = World::new().await;
    let id = world.account("ada", Role::Member).await;
    let link = || async { administration::make_password_link(&world.operator(), id).await.unwrap().address };
    exhaust(&world, "ada").await;
    let fields = [("password", OTHER_PASSWORD)];
    world.holder(&link().await).await.call("/api/accounts/use_password_link", &fields).await.landing();
    let mut ada = world.guest();
    sign_in(&mut ada, "ada", OTHER_PASSWORD).await.landing();
    let mut late = world.holder(&link().await).await;
    let change = [("current_password", OTHER_PASSWORD), ("password", PASSWORD)];
    ada.call("/api/accounts/change_password", &change).await.landing();
    assert_eq!(late.call("/api/accounts/use_password_link", &fields).await.status, 403);
}
