//! Registering and signing in with an account elsewhere.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{CODE, WORK, assert_refused, identities, site, written};
use crate::{
    accounts::model::Role,
    error::{AppError, Refusal},
    server::entity::{totp_secret, user},
    site::model::RegistrationMode,
    tests::support::{PASSWORD, World},
    valid::ProblemCode,
};

const REGISTER: &str = "/api/accounts/register_with_provider";
const SIGN_IN: &str = "/api/accounts/sign_in";

async fn users(world: &World) -> Vec<user::Model> {
    user::Entity::find().all(world.app.database().reader()).await.unwrap()
}

#[tokio::test]
async fn the_buttons_stand_where_people_sign_in_and_register_and_only_there_are_providers() {
    let (world, _provider) = site().await;
    for page in ["/sign-in", "/register"] {
        let page = world.guest().get(page).await;
        assert!(page.shows("Continue with") && page.shows("Work ID"), "{}", page.text());
    }
    let without = World::new().await;
    assert!(!without.guest().get("/sign-in").await.shows("Continue with"));
    assert!(!without.member("ada").await.get("/account").await.shows("/account/providers"));
    assert_eq!(without.member("bob").await.get("/account/providers").await.status, 404);
}

#[tokio::test]
async fn somebody_new_chooses_a_name_and_has_an_account_without_a_password() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    assert_eq!(ada.goes(&provider, WORK, "sign_in", "ada").await.location(), "/register/provider");
    let page = ada.get("/register/provider").await;
    assert!(page.shows(r#"value="ada""#) && page.shows(r#"value="ada@mail.example""#), "{}", page.text());
    let answer = ada.submit(REGISTER, &[("username", "ada"), ("email", "ada@mail.example")]).await;
    assert_eq!(answer.location(), "/?notice=welcome", "{}", answer.text());
    assert!(ada.is_signed_in().await);
    assert_eq!(users(&world).await[0].password, "");
    for password in ["", PASSWORD] {
        let refused = world.guest().call(SIGN_IN, &[("login", "ada"), ("password", password)]).await;
        assert!(matches!(refused.error(), AppError::Forbidden(Refusal::Credentials) | AppError::Invalid(_)));
    }
    let mut again = world.guest();
    assert_eq!(again.goes(&provider, WORK, "sign_in", "ada").await.location(), "/?notice=signed_in");
    assert!(again.is_signed_in().await);
    assert_eq!(written(&world, "signed_in").await, ["provider:work", "provider:work"]);
    assert!(identities(&world).await[0].last_used_at.is_some());
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_and_the_way_stays_open() {
    let (world, provider) = site().await;
    world.account("ada", Role::Member).await;
    let mut other = world.guest();
    other.goes(&provider, WORK, "register", "another-ada").await;
    let refused = other.call(REGISTER, &[("username", "ada"), ("email", "x@mail.example")]).await.error();
    assert_eq!(refused.field_problems().of("username").map(|problem| problem.code), Some(ProblemCode::Taken));
    other.get("/register/provider").await;
    let shown = other.submit(REGISTER, &[("username", "ada"), ("email", "x@mail.example")]).await;
    assert!(shown.status == 422 && shown.shows("x@mail.example"), "{}", shown.text());
    let before = other.clone();
    other.call(REGISTER, &[("username", "eda"), ("email", "x@mail.example")]).await.landing();
    let again = before.clone().call(REGISTER, &[("username", "ida"), ("email", "x@mail.example")]).await;
    assert_eq!(again.error(), AppError::Forbidden(Refusal::FlowOver), "an answer makes one account");
}

#[tokio::test]
async fn one_answer_of_a_provider_makes_one_account_also_at_the_same_moment() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    ada.goes(&provider, WORK, "register", "ada").await;
    let (mut one, mut two) = (ada.clone(), ada.clone());
    let (first, second) = tokio::join!(
        one.call(REGISTER, &[("username", "ada"), ("email", "a@mail.example")]),
        two.call(REGISTER, &[("username", "eda"), ("email", "b@mail.example")]),
    );
    let made = [&first, &second].into_iter().filter(|answer| answer.status == 200).count();
    assert_eq!((made, users(&world).await.len(), identities(&world).await.len()), (1, 1, 1));
}

#[tokio::test]
async fn an_address_never_leads_into_an_account_that_has_it() {
    let (world, provider) = site().await;
    world.account("ada", Role::Admin).await;
    let mut mallory = world.guest();
    let answer = mallory.goes(&provider, WORK, "sign_in", "ada").await;
    assert_eq!(answer.location(), "/register/provider", "the provider says ada@mail.example, and nobody is let in");
    mallory.call(REGISTER, &[("username", "mallory"), ("email", "ada@mail.example")]).await.landing();
    let all = users(&world).await;
    let [ada, mallory] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((ada.email_key.as_deref(), mallory.email_key.as_deref()), (Some("ada@mail.example"), None));
    assert_eq!((mallory.role.as_str(), identities(&world).await[0].user_id), ("member", mallory.id));
}

#[tokio::test]
async fn a_closed_site_makes_no_accounts_for_providers_either() {
    let (world, provider) = site().await;
    let mut known = world.guest();
    known.joins(&provider, "ada").await;
    world.set(|settings| settings.registration = RegistrationMode::Closed).await;
    let mut newcomer = world.guest();
    newcomer.goes(&provider, WORK, "sign_in", "bob").await;
    let page = newcomer.get("/register/provider").await;
    assert!(page.shows("takes no new members") && !page.shows(REGISTER), "{}", page.text());
    let refused = newcomer.call(REGISTER, &[("username", "bob"), ("email", "bob@mail.example")]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::RegistrationClosed));
    let mut again = world.guest();
    again.goes(&provider, WORK, "sign_in", "ada").await;
    assert!(again.is_signed_in().await);
}

#[tokio::test]
async fn the_wish_to_stay_and_the_page_to_go_on_to_come_back_with_the_person() {
    let (world, provider) = site().await;
    world.guest().joins(&provider, "ada").await;
    let mut ada = world.guest();
    let address = ada.departs(WORK, "sign_in", &[("next", "/new"), ("keeping", "kept")]).await;
    let answer = ada.returns(&provider.recognise(&address, "ada")).await;
    assert_eq!(answer.location(), "/new?notice=signed_in");
    assert!(answer.cookies().iter().any(|cookie| cookie.starts_with("locutory=") && cookie.contains("Max-Age")));
    let mut elsewhere = world.guest();
    let address = elsewhere.departs(WORK, "sign_in", &[("next", "//evil.example")]).await;
    assert_eq!(elsewhere.returns(&provider.recognise(&address, "ada")).await.location(), "/?notice=signed_in");
}

#[tokio::test]
async fn the_door_asks_for_what_the_account_still_owes() {
    let (world, provider) = site().await;
    world.guest().joins(&provider, "ada").await;
    let id = users(&world).await[0].id;
    let secret = totp_secret::ActiveModel {
        user_id: Set(id),
        sealed: Set(Vec::new()),
        confirmed_at: Set(Some(1)),
        last_step: Set(0),
        created_at: Set(1),
        session_number: Set(None),
    };
    totp_secret::Entity::insert(secret).exec_without_returning(world.app.database().writer()).await.unwrap();
    let mut ada = world.guest();
    assert_eq!(ada.goes(&provider, WORK, "sign_in", "ada").await.location(), "/sign-in/continue");
    assert!(!ada.is_signed_in().await);
    assert!(ada.get("/sign-in/continue").await.shows("One more proof"));
}

#[tokio::test]
async fn who_is_suspended_is_told_on_the_way_in() {
    let (world, provider) = site().await;
    world.guest().joins(&provider, "ada").await;
    world.suspend(crate::accounts::model::UserId(users(&world).await[0].id)).await;
    let mut ada = world.guest();
    assert_eq!(ada.goes(&provider, WORK, "sign_in", "ada").await.location(), "/sign-in/continue");
    assert!(ada.get("/sign-in/continue").await.shows("shouting"));
}

#[tokio::test]
async fn a_provider_without_openid_knows_people_by_the_field_that_the_operator_names() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    assert_eq!(ada.goes(&provider, CODE, "register", "octocat").await.location(), "/register/provider");
    ada.call(REGISTER, &[("username", "ada"), ("email", "ada@mail.example")]).await.landing();
    let [known] = identities(&world).await.try_into().unwrap();
    assert_eq!((known.provider.as_str(), known.subject.as_str(), known.label.as_str()), ("code", "7", "octocat"));
    let mut renamed = world.guest();
    renamed.goes(&provider, CODE, "sign_in", "copycat").await;
    assert!(renamed.is_signed_in().await, "the number is the same");
    let mut same_number_elsewhere = world.guest();
    assert_eq!(same_number_elsewhere.goes(&provider, WORK, "sign_in", "7").await.location(), "/register/provider");
}

#[tokio::test]
async fn who_has_signed_in_meanwhile_does_not_become_somebody_else() {
    let (world, provider) = site().await;
    world.guest().joins(&provider, "ada").await;
    let mut bob = world.member("bob").await;
    let mut guest = world.guest();
    let address = guest.departs(WORK, "sign_in", &[]).await;
    bob.cookies.extend(guest.cookies.clone());
    let answer = bob.returns(&provider.recognise(&address, "ada")).await;
    assert_refused(&answer, Refusal::AlreadySignedIn);
    assert!(bob.get("/account").await.shows("bob@mail.example"));
}

#[tokio::test]
async fn a_site_that_decides_about_newcomers_decides_about_these_too() {
    let (world, provider) = site().await;
    world.set(|settings| settings.registration = RegistrationMode::Approval).await;
    let mut ada = world.guest();
    ada.goes(&provider, WORK, "register", "ada").await;
    assert!(ada.get("/register/provider").await.shows("Why would you like to join?"));
    let silent = ada.call(REGISTER, &[("username", "ada"), ("email", "ada@mail.example")]).await.error();
    assert!(silent.field_problems().of("application").is_some(), "{silent:?}");
    let words = "I bake bread and would like to talk about it.";
    let fields = [("username", "ada"), ("email", "ada@mail.example"), ("application", words)];
    let landing = ada.call(REGISTER, &fields).await.landing();
    assert_eq!(landing.path.as_str(), "/sign-in/continue");
    assert!(!ada.is_signed_in().await);
    let again = world.guest().goes(&provider, WORK, "sign_in", "ada").await;
    assert_eq!(again.location(), "/sign-in/continue");
}

#[tokio::test]
async fn a_site_by_invitation_takes_nobody_without_one() {
    let (world, provider) = site().await;
    world.set(|settings| settings.registration = RegistrationMode::Invitation).await;
    let mut ada = world.guest();
    let begun = ada.call(super::BEGIN, &[("provider", WORK), ("intent", "register")]).await;
    assert_eq!(begun.error(), AppError::Forbidden(Refusal::InvitationNeeded));
    ada.goes(&provider, WORK, "sign_in", "ada").await;
    let refused = ada.call(REGISTER, &[("username", "ada"), ("email", "ada@mail.example")]).await;
    assert_eq!(refused.error(), AppError::Forbidden(Refusal::InvitationNeeded));
    assert!(users(&world).await.is_empty());
}
