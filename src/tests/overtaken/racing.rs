//! The same without stopping anybody: many at the same moment, in several rounds. Whoever is first, the owner's way
//! back wins.

use super::{OWNERS, THIEFS, opens, recovers, sessions};
use crate::{
    accounts::model::Role,
    tests::support::{PASSWORD, World, together},
};

const ROUNDS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_thief_does_at_the_same_moment_the_owners_password_wins() {
    for _ in 0..ROUNDS {
        let world = std::sync::Arc::new(World::new().await);
        let id = world.account("grace", Role::Member).await;
        let thieves = [world.signed_in("grace").await, world.signed_in("grace").await];
        let change = [("current_password", PASSWORD), ("password", THIEFS)];
        let mut doings: Vec<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>> = Vec::new();
        for mut thief in thieves {
            doings.push(Box::pin(async move { drop(thief.call("/api/accounts/change_password", &change).await) }));
        }
        for _ in 0..2 {
            let mut guest = world.guest();
            let sign_in = [("login", "grace"), ("password", PASSWORD)];
            doings.push(Box::pin(async move { drop(guest.call("/api/accounts/sign_in", &sign_in).await) }));
        }
        let owners = std::sync::Arc::clone(&world);
        doings.push(Box::pin(async move { recovers(&owners, id).await }));
        together(doings).await;
        assert_eq!(sessions(&world).await, 0, "nothing that the old password opened is left");
        assert!(opens(&world, OWNERS).await && !opens(&world, THIEFS).await && !opens(&world, PASSWORD).await);
    }
}
