//! Letters that tell an owner what was done to the account, by the acts that do it.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    accounts::model::{Role, UserId},
    letters::model::LetterKind,
    server::{
        accounts::{administration, factors},
        config::catalogue,
        entity::{known_browser, letter, user},
        operator,
    },
    tests::{
        providers::{Provider, WORK, world_with},
        support::{PASSWORD, World},
    },
};

const NEW: &str = "seven quiet harbours sleeping";

async fn written(world: &World, kind: LetterKind) -> usize {
    let letters = letter::Entity::find().filter(letter::Column::Kind.eq(kind.name()));
    letters.all(world.app.database().reader()).await.unwrap().len()
}

async fn known_browsers(world: &World) -> usize {
    known_browser::Entity::find().all(world.app.database().reader()).await.unwrap().len()
}

#[tokio::test]
async fn every_change_of_how_an_account_is_entered_is_told_to_its_owner() {
    let provider = Provider::start().await;
    let world = world_with(&provider.issuer, &[(&catalogue::MAIL_MODE, "folder")]).await;
    provider.follow(&world.clock);
    let mut ada = world.member("ada").await;
    ada.sets_up_app(&world).await;
    assert_eq!(written(&world, LetterKind::FactorAdded).await, 1, "an app");
    ada.adds_passkey().await;
    assert_eq!(written(&world, LetterKind::FactorAdded).await, 2, "a passkey");
    ada.call("/api/accounts/remove_totp", &[]).await.landing();
    assert_eq!(written(&world, LetterKind::FactorRemoved).await, 1);
    ada.links(&provider, WORK, "lovelace").await;
    assert_eq!(written(&world, LetterKind::ProviderLinked).await, 1);
    ada.call("/api/accounts/unlink_provider", &[("identity", "1")]).await.landing();
    assert_eq!(written(&world, LetterKind::ProviderUnlinked).await, 1);
    ada.call("/api/accounts/change_password", &[("current_password", PASSWORD), ("password", NEW)]).await.landing();
    assert_eq!(written(&world, LetterKind::PasswordChanged).await, 1);
    without_password(&world).await;
    ada.call("/api/accounts/choose_first_password", &[("password", PASSWORD)]).await.landing();
    assert_eq!(written(&world, LetterKind::PasswordChanged).await, 2, "a first password");
    operator::reset_password(&world.app, "ada", crate::accounts::model::Secret::new(NEW.to_owned())).await.unwrap();
    assert_eq!(written(&world, LetterKind::PasswordChanged).await, 3, "by the operator");
}

/// As somebody who signs in with a passkey alone.
async fn without_password(world: &World) {
    let update = user::Entity::update_many().col_expr(user::Column::Password, Expr::value(""));
    update.exec(world.app.database().writer()).await.unwrap();
}

#[tokio::test]
async fn a_password_that_the_operator_has_set_is_replaced_by_its_owner() {
    let world = World::new().await;
    world.account("ada", Role::Member).await;
    operator::reset_password(&world.app, "ada", crate::accounts::model::Secret::new(NEW.to_owned())).await.unwrap();
    let mut ada = world.guest();
    let landing = ada.call("/api/accounts/sign_in", &[("login", "ada"), ("password", NEW)]).await.landing();
    assert_eq!(landing.path.as_str(), "/sign-in/continue");
    ada.call("/api/accounts/choose_due_password", &[("password", PASSWORD)]).await.landing();
    world.signed_in("ada").await;
}

#[tokio::test]
async fn what_was_done_to_an_account_is_told_however_often_it_is_done() {
    let world = World::with_letters().await;
    let mut ada = world.member("ada").await;
    ada.sets_up_app(&world).await;
    for _ in 0..12 {
        assert_eq!(ada.call("/api/accounts/make_recovery_codes", &[]).await.status, 200);
    }
    assert_eq!(written(&world, LetterKind::FactorAdded).await, 13);
}

#[tokio::test]
async fn no_browser_is_known_any_more_once_an_account_was_recovered() {
    let world = World::with_letters().await;
    let id = world.account("ada", Role::Member).await;
    for way in ["a link", "a password that is due", "the operator's password", "the factors' end", "an undone change"] {
        let mut ada = world.signed_in("ada").await;
        assert_eq!(known_browsers(&world).await, 1, "{way}");
        match way {
            "a link" => {
                let made = administration::make_password_link(&world.operator(), id).await.unwrap();
                let mut holder = world.holder(&made.address).await;
                holder.call("/api/accounts/use_password_link", &[("password", PASSWORD)]).await.landing();
            }
            "a password that is due" => {
                administration::expire_password(&world.operator(), id).await.unwrap();
                none_is_due(&world, id).await;
            }
            "the operator's password" => {
                let password = crate::accounts::model::Secret::new(PASSWORD.to_owned());
                operator::reset_password(&world.app, "ada", password).await.unwrap();
                none_is_due(&world, id).await;
            }
            "the factors' end" => factors::reset(&world.operator(), id).await.unwrap(),
            _ => {
                ada.call("/api/accounts/change_email", &[("email", "eve@mail.example")]).await.landing();
                let link = world.last_letter_to("eve@mail.example").await.link("/verify/");
                ada.follow(&link).await;
                ada.call("/api/accounts/verify_email", &[]).await.landing();
                let mut owner = world.guest();
                owner.follow(&world.last_letter_to("ada@mail.example").await.link("/email-undo/")).await;
                owner.call("/api/accounts/undo_email_change", &[]).await.landing();
            }
        }
        assert_eq!(known_browsers(&world).await, 0, "{way}");
    }
}

async fn none_is_due(world: &World, id: UserId) {
    let update = user::Entity::update_many().col_expr(user::Column::PasswordDueSince, Expr::value(Option::<i64>::None));
    update.filter(user::Column::Id.eq(id.0)).exec(world.app.database().writer()).await.unwrap();
}

#[tokio::test]
async fn a_new_password_leaves_no_browser_known_but_the_one_in_which_it_was_chosen() {
    let world = World::new().await;
    let mut here = world.member("ada").await;
    world.signed_in("ada").await;
    assert_eq!(known_browsers(&world).await, 2);
    here.call("/api/accounts/change_password", &[("current_password", PASSWORD), ("password", NEW)]).await.landing();
    assert_eq!(known_browsers(&world).await, 1);
}
