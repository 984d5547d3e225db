//! Somebody with an account in the state that a line is about, and with everything that they hold.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{Condition, Factors};
use crate::{
    accounts::model::{RecoveryCodes, Role, UserId},
    server::{
        accounts::administration,
        entity::{session, user},
    },
    tests::{
        providers::{Provider, WORK},
        support::{Authenticator, Browser, SoftPasskey, World},
    },
};

pub struct Person {
    pub name: String,
    pub id: UserId,
    pub factors: Factors,
    pub app: Option<Authenticator>,
    pub recovery_codes: Vec<String>,
    /// The site knows it only where it is one of the factors.
    pub passkey: SoftPasskey,
}

impl Person {
    pub async fn new(world: &World, provider: &Provider, name: &str, condition: Condition, factors: Factors) -> Self {
        let id = world.account(name, Role::Member).await;
        let mut browser = world.signed_in(name).await;
        browser.links(provider, WORK, name).await;
        let passkey = if factors.has_passkey() { browser.adds_passkey().await } else { browser.makes_passkey().await.0 };
        let (app, recovery_codes) = if factors.has_app() {
            let (app, codes) = browser.sets_up_app(world).await;
            (Some(app), codes)
        } else if factors.has_passkey() {
            let made: RecoveryCodes = browser.call("/api/accounts/make_recovery_codes", &[]).await.json();
            (None, made.recovery_codes.iter().map(|code| code.expose().to_owned()).collect())
        } else {
            (None, Vec::new())
        };
        bring(world, &mut browser, id, condition).await;
        let own = session::Entity::delete_many().filter(session::Column::UserId.eq(id.0));
        own.exec(world.app.database().writer()).await.unwrap();
        Self { name: name.to_owned(), id, factors, app, recovery_codes, passkey }
    }

    pub fn address(&self) -> String {
        format!("{}@mail.example", self.name)
    }

    /// What the app shows now, or what somebody without one would guess.
    pub fn code(&self, world: &World) -> String {
        self.app.as_ref().map_or_else(|| "000000".to_owned(), |app| app.code(world.clock.now()))
    }

    pub fn recovery_code(&self) -> String {
        self.recovery_codes.first().cloned().unwrap_or_else(|| "00000-11111-22222-33333-44444-5".to_owned())
    }
}

/// Brings an account into a state, by the way that leads there where one does.
async fn bring(world: &World, browser: &mut Browser, id: UserId, condition: Condition) {
    match condition {
        Condition::Good => {}
        Condition::Unverified => set(world, id, user::Column::EmailVerifiedAt, None).await,
        Condition::NotLetIn => set(world, id, user::Column::AwaitingSince, Some(world.clock.now().milliseconds())).await,
        Condition::Suspended => world.suspend(id).await,
        Condition::ToBeDeleted => {
            browser.call("/api/accounts/leave_for_good", &[("deletion", "remove")]).await.landing();
        }
        Condition::NewPasswordDue => {
            administration::expire_password(&world.operator(), id).await.unwrap();
        }
    }
}

async fn set(world: &World, id: UserId, column: user::Column, value: Option<i64>) {
    let update = user::Entity::update_many().col_expr(column, Expr::value(value)).filter(user::Column::Id.eq(id.0));
    update.exec(world.app.database().writer()).await.unwrap();
}
