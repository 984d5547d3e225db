//! Accounts elsewhere, for the table: a provider that need not be asked, and what it is said to know.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::Expr,
};

use super::{cast::Visitor, functions::Fields, stage::Stage};
use crate::{
    accounts::model::{ProviderName, Role, UserId},
    server::{
        config::{catalogue, families},
        entity::{identity, user},
    },
    tests::support::World,
};

/// How the provider is called.
pub const NAME: &str = "elsewhere";

/// A site that sends letters, with a provider of the kind that is asked nothing before somebody comes back.
pub async fn world() -> World {
    let name = ProviderName::parse(NAME).unwrap();
    let settings = [
        ("kind", "oauth2"),
        ("client_id", "locutory"),
        ("authorize_url", "https://elsewhere.example/authorize"),
        ("token_url", "https://elsewhere.example/token"),
        ("user_url", "https://elsewhere.example/user"),
    ];
    let mut settings = settings.map(|(member, value)| (families::setting(&name, member).unwrap(), value)).to_vec();
    settings.push((&catalogue::MAIL_MODE, "folder"));
    World::with(&settings).await
}

pub async fn fields(stage: &mut Stage, visitor: Visitor, function: &str, about: &str) -> Option<Fields> {
    let text = |text: &str| text.to_owned();
    Some(match (function, about) {
        ("begin_provider", about) => {
            let intent = match about {
                "linking" => "link",
                "proving" => "prove",
                about if about.starts_with("registering") => "register",
                _ => "sign_in",
            };
            let provider = if about == "an unknown provider" { "nobody" } else { NAME };
            vec![("provider", text(provider)), ("intent", text(intent))]
        }
        ("register_with_provider", _) => {
            let name = format!("newcomer-{}", stage.number());
            vec![("email", format!("{name}@mail.example")), ("username", name)]
        }
        ("unlink_provider", "an account elsewhere of one's own") => {
            let owner = match visitor {
                Visitor::Guest => somebody(stage).await,
                _ => stage.cast.id(visitor),
            };
            vec![("identity", identity(stage, owner).await)]
        }
        ("unlink_provider", _) => {
            let owner = somebody(stage).await;
            vec![("identity", identity(stage, owner).await)]
        }
        ("choose_first_password", about) => {
            if about == "an account without a password" {
                take_password(stage, stage.cast.id(visitor)).await;
            }
            vec![("password", text("meadow thistle lantern copper"))]
        }
        _ => return None,
    })
}

async fn somebody(stage: &mut Stage) -> UserId {
    let name = format!("owner-{}", stage.number());
    stage.world.account(&name, Role::Member).await
}

async fn identity(stage: &mut Stage, owner: UserId) -> String {
    let row = identity::ActiveModel {
        id: NotSet,
        user_id: Set(owner.0),
        provider: Set(NAME.to_owned()),
        subject: Set(stage.number().to_string()),
        label: Set("somebody".to_owned()),
        created_at: Set(stage.world.clock.now().milliseconds()),
        last_used_at: Set(None),
    };
    let inserted = identity::Entity::insert(row).exec(stage.world.app.database().writer()).await.unwrap();
    inserted.last_insert_id.to_string()
}

async fn take_password(stage: &Stage, owner: UserId) {
    let none = user::Entity::update_many().col_expr(user::Column::Password, Expr::value(""));
    none.filter(user::Column::Id.eq(owner.0)).exec(stage.world.app.database().writer()).await.unwrap();
}
