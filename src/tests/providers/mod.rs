//! Accounts elsewhere as a way in, with a provider that is honest until a test has it lie.

mod entering;
mod hostile;
mod linking;
mod provider;
mod proving;

use sea_orm::EntityTrait;

use super::support::{Answer, Browser, World};
use crate::{
    accounts::model::ProviderName,
    error::{AppError, Refusal},
    server::{
        config::{catalogue::Setting, families},
        entity::{audit_entry, identity},
    },
    words,
};

pub use provider::{Provider, SECRET};

use provider::CLIENT;

const BEGIN: &str = "/api/accounts/begin_provider";
/// The provider that speaks OpenID Connect.
pub const WORK: &str = "work";
/// The same one as a provider that speaks OAuth 2 alone.
const CODE: &str = "code";

fn setting(name: &str, member: &str) -> &'static Setting {
    families::setting(&ProviderName::parse(name).unwrap(), member).unwrap()
}

/// A site whose people may come in through a provider.
async fn site() -> (World, Provider) {
    let provider = Provider::start().await;
    let world = world_with(&provider.issuer, &[]).await;
    provider.follow(&world.clock);
    (world, provider)
}

/// A site with both kinds of provider, and with settings of its own.
pub async fn world_with(issuer: &str, more: &[(&'static Setting, &str)]) -> World {
    let address = |path: &str| format!("{issuer}/{path}");
    let (authorize, token, user) = (address("authorize"), address("token"), address("user"));
    let providers = [
        (setting(WORK, "kind"), "oidc"),
        (setting(WORK, "title"), "Work ID"),
        (setting(WORK, "client_id"), CLIENT),
        (setting(WORK, "client_secret"), SECRET),
        (setting(WORK, "issuer"), issuer),
        (setting(CODE, "kind"), "oauth2"),
        (setting(CODE, "client_id"), CLIENT),
        (setting(CODE, "client_secret"), SECRET),
        (setting(CODE, "authorize_url"), &authorize),
        (setting(CODE, "token_url"), &token),
        (setting(CODE, "user_url"), user.as_str()),
    ];
    World::with(&[&providers, more].concat()).await
}

impl Browser {
    /// Presses a provider's button, and says where the site sends the browser.
    pub async fn departs(&mut self, name: &str, intent: &str, fields: &[(&str, &str)]) -> String {
        let fields = [&[("provider", name), ("intent", intent)], fields].concat();
        let answer = self.submit(BEGIN, &fields).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/sign-in/leaving"), "{}", answer.text());
        let page = self.get("/sign-in/leaving").await;
        page.header("refresh").strip_prefix("0; url=").expect("the page sends the browser on").to_owned()
    }

    /// Goes to a provider and comes back as somebody.
    pub async fn goes(&mut self, provider: &Provider, name: &str, intent: &str, subject: &str) -> Answer {
        let address = self.departs(name, intent, &[]).await;
        self.returns(&provider.recognise(&address, subject)).await
    }

    /// As a browser does that another site sends here.
    pub async fn returns(&mut self, path: &str) -> Answer {
        let request =
            self.request(axum::http::Method::GET, path).header("accept", "text/html").header("sec-fetch-site", "cross-site");
        self.send(request.body(axum::body::Body::empty()).unwrap()).await
    }

    /// Somebody new, who registers with a provider.
    async fn joins(&mut self, provider: &Provider, subject: &str) {
        let answer = self.goes(provider, WORK, "register", subject).await;
        assert_eq!(answer.location(), "/register/provider", "{}", answer.text());
        let email = format!("{subject}@mail.example");
        let fields = [("username", subject), ("email", email.as_str())];
        self.call("/api/accounts/register_with_provider", &fields).await.landing();
    }

    /// Somebody with a password, who links an account elsewhere.
    pub async fn links(&mut self, provider: &Provider, name: &str, subject: &str) {
        let answer = self.goes(provider, name, "link", subject).await;
        assert_eq!(answer.location(), "/account/providers?notice=identity_linked", "{}", answer.text());
    }

    async fn is_signed_in(&mut self) -> bool {
        self.get("/account").await.status == 200
    }
}

#[track_caller]
fn assert_refused(answer: &Answer, refusal: Refusal) {
    let sentence = words::error(&AppError::Forbidden(refusal));
    assert!(answer.status == 403 && answer.shows(&sentence), "{} {}: {}", answer.status, answer.location(), answer.text());
}

async fn identities(world: &World) -> Vec<identity::Model> {
    identity::Entity::find().all(world.app.database().reader()).await.unwrap()
}

/// The details of audit entries of a kind.
async fn written(world: &World, deed: &str) -> Vec<String> {
    let entries = audit_entry::Entity::find().all(world.app.database().reader()).await.unwrap();
    entries.into_iter().filter(|entry| entry.deed == deed).map(|entry| entry.detail).collect()
}
