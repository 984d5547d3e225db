//! The same without stopping anybody: many at the same moment, in several rounds. Each is wholly before
//! the owner's way back or refused: what its answer says is what is in force.

use super::{OWNERS, THIEFS, opens, sessions, tries_to_recover};
use crate::{
    accounts::model::Role,
    error::{AppError, Refusal},
    tests::support::{PASSWORD, World, together},
};

const ROUNDS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_thief_does_at_the_same_moment_is_wholly_before_the_owner_or_refused() {
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
        let owner = tokio::spawn(async move { tries_to_recover(&owners, id).await });
        together(doings).await;
        let answer = owner.await.unwrap();
        if answer.status == 200 {
            assert_eq!(sessions(&world).await, 0, "nothing that the old password opened is left");
            assert!(opens(&world, OWNERS).await && !opens(&world, THIEFS).await);
        } else {
            assert_eq!(answer.error(), AppError::Forbidden(Refusal::LinkOver), "the thief was wholly before");
            assert!(opens(&world, THIEFS).await && !opens(&world, OWNERS).await);
        }
        assert!(!opens(&world, PASSWORD).await);
    }
}
