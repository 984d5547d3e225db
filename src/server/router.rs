//! Every address the program answers, and the layers around them, from the outside to the inside:
//! trace, headers, panics, host, measures, origin, body size, time, admission, client, cookie keys, keepsakes, cookies,
//! session, error pages.
//!
//! Pages stand in one table so that a test can walk them; server functions list themselves.

use std::time::Duration;

use axum::{
    Router,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodRouter, get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    limit::RequestBodyLimitLayer,
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite, service::PrivateCookie};

use crate::server::{
    accounts,
    app::App,
    assets, comments, dashboard, discussions, health,
    layers::{self, admission::Admission, answer::Answerer, cookies, host::Hosts},
    letters, own_data, security_txt,
    session::Store,
    site::reports,
    web::Trouble,
};

/// Every page with its handler.
#[must_use]
pub fn pages() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/", get(discussions::page::list)),
        ("/new", get(discussions::page::start)),
        ("/d/{discussion}", get(comments::page::discussion)),
        ("/d/{discussion}/edit", get(discussions::page::edit)),
        ("/c/{comment}", get(comments::page::permalink)),
        ("/c/{comment}/reply", get(comments::page::reply)),
        ("/c/{comment}/edit", get(comments::page::edit)),
        ("/c/{comment}/delete", get(comments::page::delete)),
        ("/u/{name}", get(accounts::page::person)),
        ("/register", get(accounts::page::register)),
        ("/sign-in", get(accounts::page::sign_in)),
        ("/invitation/{token}", get(accounts::page::open_invitation)),
        ("/sign-in/continue", get(accounts::page::continue_sign_in)),
        ("/sign-in/leaving", get(accounts::page::leave)),
        ("/sign-in/provider/{name}", get(accounts::page::return_from)),
        ("/register/provider", get(accounts::page::register_with_provider)),
        ("/account/providers", get(accounts::page::linked_accounts)),
        ("/set-up", get(accounts::page::set_up)),
        ("/set-up/{token}", get(accounts::page::open_set_up)),
        ("/password", get(accounts::page::password_link)),
        ("/password/{token}", get(accounts::page::open_password)),
        ("/verify", get(accounts::page::verify)),
        ("/verify/{token}", get(accounts::page::open_verify)),
        ("/email-undo", get(accounts::page::email_undo)),
        ("/email-undo/{token}", get(accounts::page::open_email_undo)),
        ("/forgotten", get(accounts::page::forgotten)),
        ("/unsubscribe/{token}", get(letters::page::show).post(letters::page::end)),
        ("/account/email", get(accounts::page::email)),
        ("/account", get(accounts::page::account)),
        ("/.well-known/change-password", get(accounts::page::change_password)),
        ("/account/sessions", get(accounts::page::sessions)),
        ("/account/data", get(own_data::page::data)),
        ("/account/data/{archive}", get(own_data::page::take)),
        ("/account/security", get(accounts::page::security)),
        ("/account/security/app", get(accounts::page::app)),
        ("/prove", get(accounts::page::prove)),
        ("/admin", get(dashboard::overview::page)),
        ("/admin/users", get(dashboard::users::list)),
        ("/admin/users/{user}", get(dashboard::users::show)),
        ("/admin/joining", get(dashboard::joining::page)),
        ("/admin/comments", get(dashboard::comments::page)),
        ("/admin/discussions", get(dashboard::discussions::page)),
        ("/admin/letters", get(dashboard::letters::page)),
        ("/admin/reports", get(dashboard::reports::page)),
        ("/admin/settings", get(dashboard::settings::page)),
        ("/admin/audit", get(dashboard::audit::page)),
    ]
}

/// The whole program as one service.
pub fn build(app: App) -> Router {
    let pages = page_router(&app);
    let answerer = Answerer { app: app.clone(), pages: pages.clone() };
    let request_time = app.config().limits.request;
    let body_size = app.config().limits.body;
    let hosts = Hosts::of(app.config());
    Router::new()
        .merge(pages)
        .route("/api/{*function}", post(layers::answer::handle).with_state(answerer))
        .layer(from_fn_with_state(app.clone(), layers::trouble::layer))
        .layer(sessions(&app))
        .layer(from_fn(cookies::layer))
        .layer(from_fn_with_state(app.clone(), layers::keepsakes::layer))
        .layer(from_fn_with_state(app.clone(), layers::cookie_keys::layer))
        .layer(from_fn_with_state(app.clone(), layers::client::layer))
        .layer(from_fn_with_state(Admission::new(app.clone()), layers::admission::layer))
        .merge(assets::routes())
        .merge(health::routes(app.clone()))
        .merge(reports::page::routes(app.clone()))
        .merge(security_txt::routes(app.clone()))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, request_time))
        .layer(body_patience())
        .layer(RequestBodyLimitLayer::new(body_size))
        .layer(from_fn_with_state(app.clone(), layers::origin::layer))
        .layer(from_fn_with_state(app.clone(), layers::measure::layer))
        .layer(from_fn_with_state(hosts, layers::host::layer))
        .layer(CatchPanicLayer::custom(layers::trouble::panicked))
        .layer(from_fn_with_state(app.clone(), layers::headers::layer))
        .layer(from_fn_with_state(app, layers::trace::layer))
}

fn page_router(app: &App) -> Router {
    let empty = Router::new().fallback(async || Trouble(crate::error::AppError::NotFound));
    let pages = pages().into_iter().fold(empty, |router, (path, handler)| router.route(path, handler));
    pages.layer(from_fn(layers::compression::only_for_our_own)).layer(layers::compression::layer()).with_state(app.clone())
}

fn sessions(app: &App) -> SessionManagerLayer<Store, PrivateCookie> {
    let is_secure = app.config().site.address.is_secure();
    SessionManagerLayer::new(Store::new(app.database().clone(), app.lifetimes(), app.clock().clone()))
        .with_name(cookies::session_name(is_secure))
        .with_secure(is_secure)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_private(app.cookie_key())
}

/// How long the next part of a body is waited for: longer is how a slow sender holds a connection.
pub const BODY_PATIENCE: Duration = Duration::from_secs(8);

/// Ends the wait for a body whose sender has fallen silent.
#[must_use]
pub fn body_patience() -> RequestBodyTimeoutLayer {
    RequestBodyTimeoutLayer::new(BODY_PATIENCE)
}
