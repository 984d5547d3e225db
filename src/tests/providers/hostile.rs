//! Providers that lie, break or are not there, and people who try to come back as somebody else.

use std::time::Duration;

use sea_orm::EntityTrait;
use serde_json::Value;

use super::{
    BEGIN, CODE, WORK, assert_refused, identities,
    provider::{Exchange, Lie, Signature, TRUTH},
    site, world_with, written,
};
use crate::{error::Refusal, server::entity::provider_flow, words};

fn claim(claims: fn(&mut Value)) -> Lie {
    Lie { claims, ..TRUTH }
}

fn signature(signature: Signature) -> Lie {
    Lie { signature, ..TRUTH }
}

fn exchange(exchange: Exchange) -> Lie {
    Lie { exchange, ..TRUTH }
}

#[tokio::test]
async fn no_lie_of_a_provider_is_believed() {
    let (world, provider) = site().await;
    let lies = [
        ("token Issuer", claim(|claims| claims["iss"] = "https://evil.example".into())),
        ("token Audience", claim(|claims| claims["aud"] = "somebody-else".into())),
        ("token Audience", claim(|claims| claims["aud"] = Value::from(vec!["talk", "somebody-else"]))),
        ("token Audience", claim(|claims| claims["azp"] = "somebody-else".into())),
        ("token Nonce", claim(|claims| claims["nonce"] = "changed".into())),
        ("token Nonce", claim(|claims| drop(claims.as_object_mut().unwrap().remove("nonce")))),
        ("token Expired", claim(|claims| claims["exp"] = (claims["iat"].as_i64().unwrap() - 1).into())),
        ("token Expired", claim(|claims| claims["iat"] = (claims["iat"].as_i64().unwrap() - 660).into())),
        ("token Expired", claim(|claims| claims["iat"] = (claims["iat"].as_i64().unwrap() + 120).into())),
        ("token Subject", claim(|claims| claims["sub"] = "".into())),
        ("token Malformed", claim(|claims| drop(claims.as_object_mut().unwrap().remove("sub")))),
        ("token Algorithm", signature(Signature::Missing)),
        ("token Algorithm", signature(Signature::ByPublicKey)),
        ("token Algorithm", signature(Signature::ByClientSecret)),
        ("token Signature", signature(Signature::ByOtherKey)),
        ("token Key", signature(Signature::ByUnknownKey)),
        ("unreachable", exchange(Exchange::Huge)),
        ("exchange ", exchange(Exchange::Redirected)),
        ("exchange invalid_grant", exchange(Exchange::Refused)),
        ("no_token", exchange(Exchange::WithoutIdToken)),
        ("issuer", Lie { issuer: Some("https://evil.example"), ..TRUTH }),
        ("issuer", Lie { issuer: None, ..TRUTH }),
    ];
    for (place, (code, lie)) in lies.into_iter().enumerate() {
        provider.lie(lie);
        let mut guest = world.guest();
        let answer = guest.goes(&provider, WORK, "sign_in", "mallory").await;
        let refusal = if code == "unreachable" { Refusal::ProviderDown } else { Refusal::ProviderAnswer };
        assert_refused(&answer, refusal);
        assert!(!guest.is_signed_in().await, "{place}");
        assert_eq!(guest.get("/register/provider").await.location(), "/sign-in", "{place}");
        let told = written(&world, "provider_refused").await;
        assert_eq!((told.len(), told.last().unwrap().as_str()), (place + 1, code));
    }
    provider.lie(TRUTH);
    assert_eq!(world.guest().goes(&provider, WORK, "sign_in", "ada").await.location(), "/register/provider");
}

#[tokio::test]
async fn a_state_counts_once_however_often_it_comes_back_at_the_same_moment() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    ada.joins(&provider, "ada").await;
    let mut guest = world.guest();
    let address = guest.departs(WORK, "sign_in", &[]).await;
    let back = provider.recognise(&address, "ada");
    let (mut one, mut two, mut three) = (guest.clone(), guest.clone(), guest.clone());
    let answers = tokio::join!(one.returns(&back), two.returns(&back), three.returns(&back));
    let answers = [answers.0, answers.1, answers.2];
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 303) {
        assert_refused(refused, Refusal::FlowOver);
    }
    assert_refused(&guest.returns(&back).await, Refusal::FlowOver);
}

#[tokio::test]
async fn a_way_back_counts_only_in_the_browser_that_set_out() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    let address = ada.departs(WORK, "sign_in", &[]).await;
    let back = provider.recognise(&address, "ada");
    let mut stranger = world.guest();
    assert_refused(&stranger.returns(&back).await, Refusal::FlowOver);
    stranger.departs(WORK, "sign_in", &[]).await;
    assert_refused(&stranger.returns(&back).await, Refusal::FlowOver);
    assert_refused(&ada.returns("/sign-in/provider/work?code=a").await, Refusal::FlowOver);
    assert_refused(&ada.returns("/sign-in/provider/work?code=a&state=").await, Refusal::FlowOver);
    assert_refused(&ada.returns(&back.replace("/work?", "/code?")).await, Refusal::FlowOver);
    assert_eq!(ada.returns(&back).await.location(), "/register/provider", "no stranger uses it up");
}

#[tokio::test]
async fn a_way_back_is_closed_after_ten_minutes_and_swept_away() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    let address = ada.departs(WORK, "sign_in", &[]).await;
    let back = provider.recognise(&address, "ada");
    world.pass(Duration::from_mins(10));
    assert_refused(&ada.returns(&back).await, Refusal::FlowOver);
    crate::server::housekeeping::sweep(&world.app).await.unwrap();
    assert!(provider_flow::Entity::find().all(world.app.database().reader()).await.unwrap().is_empty());
}

#[tokio::test]
async fn whoever_changes_their_mind_is_told_so_and_nothing_is_written_down() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    let address = ada.departs(WORK, "sign_in", &[]).await;
    let back = provider.recognise(&address, "ada").replace("code=code-1", "error=access_denied");
    assert_refused(&ada.returns(&back).await, Refusal::ProviderDeclined);
    assert!(written(&world, "provider_refused").await.is_empty());
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_and_keeps_nobody_from_the_site() {
    let (world, provider) = site().await;
    provider.go_down(true);
    let mut guest = world.guest();
    let page = guest.get("/sign-in").await;
    assert!(page.status == 200 && page.shows("Continue with"));
    let answer = guest.submit(BEGIN, &[("provider", WORK), ("intent", "sign_in")]).await;
    assert_refused(&answer, Refusal::ProviderDown);
    assert!(answer.shows("User name or e-mail address"), "the page of the form is shown again");
    provider.go_down(false);
    let answer = guest.submit(BEGIN, &[("provider", WORK), ("intent", "sign_in")]).await;
    assert_refused(&answer, Refusal::ProviderDown);
    world.pass(Duration::from_secs(10));
    assert_eq!(guest.goes(&provider, WORK, "sign_in", "ada").await.location(), "/register/provider");
    provider.go_down(true);
    world.pass(Duration::from_hours(1));
    assert_eq!(guest.goes(&provider, WORK, "sign_in", "ada").await.location(), "/register/provider", "what is known lasts");
}

#[tokio::test]
async fn a_provider_that_nobody_answers_for_is_no_reason_not_to_start() {
    let world = world_with("http://127.0.0.1:9", &[]).await;
    let answer = world.guest().submit(BEGIN, &[("provider", WORK), ("intent", "sign_in")]).await;
    assert_refused(&answer, Refusal::ProviderDown);
    assert!(!answer.shows("127.0.0.1"), "the page says nothing of the network");
}

#[tokio::test]
async fn an_issuer_that_is_another_or_points_into_the_network_is_not_spoken_to() {
    for document in [
        (|document| document["issuer"] = "https://evil.example".into()) as fn(&mut Value),
        |document| document["token_endpoint"] = "http://metadata.example/token".into(),
        |document| document["authorization_endpoint"] = "javascript:alert(1)".into(),
        |document| document["jwks_uri"] = "file:///etc/passwd".into(),
    ] {
        let (world, provider) = site().await;
        provider.lie(Lie { document, ..TRUTH });
        let answer = world.guest().submit(BEGIN, &[("provider", WORK), ("intent", "sign_in")]).await;
        assert_refused(&answer, Refusal::ProviderDown);
    }
}

#[tokio::test]
async fn new_keys_of_a_provider_are_asked_for_but_not_all_the_time() {
    let (world, provider) = site().await;
    let mut ada = world.guest();
    ada.joins(&provider, "ada").await;
    provider.take_new_key();
    assert_refused(&world.guest().goes(&provider, WORK, "sign_in", "ada").await, Refusal::ProviderAnswer);
    world.pass(Duration::from_mins(1));
    let mut again = world.guest();
    again.goes(&provider, WORK, "sign_in", "ada").await;
    assert!(again.is_signed_in().await);
}

#[tokio::test]
async fn nothing_that_opens_a_visit_stands_in_the_database_or_in_clear_in_the_browser() {
    let (world, _provider) = site().await;
    let mut ada = world.guest();
    let address = url::Url::parse(&ada.departs(WORK, "sign_in", &[]).await).unwrap();
    let secrets =
        address.query_pairs().into_owned().filter(|(name, _)| name == "state" || name == "nonce").map(|(_, value)| value);
    let secrets: Vec<_> = secrets.collect();
    assert_eq!(secrets.len(), 2);
    let [row] = provider_flow::Entity::find().all(world.app.database().reader()).await.unwrap().try_into().unwrap();
    let kept = format!("{} {} {:?}", String::from_utf8_lossy(&row.sealed), row.next, ada.cookies);
    for secret in secrets {
        assert!(!kept.contains(&secret), "{kept}");
        assert!(!row.sealed.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[tokio::test]
async fn a_network_cannot_have_the_site_ask_providers_without_end() {
    let (world, _provider) = site().await;
    let mut guest = world.guest();
    for _ in 0..60 {
        guest.call(BEGIN, &[("provider", CODE), ("intent", "sign_in")]).await.landing();
    }
    let refused = guest.call(BEGIN, &[("provider", CODE), ("intent", "sign_in")]).await;
    assert_eq!(refused.status, 429, "{}", words::error(&refused.error()));
    world.guest().at("198.51.100.7").call(BEGIN, &[("provider", CODE), ("intent", "sign_in")]).await.landing();
    assert!(identities(&world).await.is_empty());
}
