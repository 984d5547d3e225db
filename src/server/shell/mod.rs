//! The HTML document around every page, and how a page becomes an answer.
//!
//! A page's handler loads all it shows first and then renders once, without waiting for anything;
//! [`Frame`] knows what stands around the page: who is signed in, the site's name, the theme, a
//! notice, a form that came back.

mod document;
mod trouble;

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;

pub use trouble::{bare_trouble_page, trouble_page};

use crate::{
    accounts::model::Actor,
    error::AppError,
    landing::{LocalPath, Notice},
    moment::Moment,
    policy::{self, act},
    server::{
        accounts::providers::Providers,
        app::App,
        assets,
        config::SiteAddress,
        layers::{
            compression::ReadByAll,
            headers::{HasIslands, Nonce},
        },
        returned::Returned,
        visit::Visit,
        web::{Trouble, WebVisit},
    },
    site::model::{Settings, Theme},
    ui::{IconSprite, PagePath},
    valid::Value,
};

use document::Document;

/// The cookie that keeps the chosen theme: no secret, so not encrypted. Under HTTPS its prefix keeps other
/// hosts of the same domain from writing it (RFC 6265bis, 4.1.3); on plain loopback browsers would not take it.
#[must_use]
pub fn theme_cookie(address: &SiteAddress) -> &'static str {
    if address.is_secure() { "__Host-theme" } else { "theme" }
}

/// How wide a page is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// For reading.
    #[default]
    Text,
    /// For forms and errors.
    Narrow,
    /// For the dashboard.
    Wide,
}

/// Which entry of the site's navigation is marked as current.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    #[default]
    None,
    Discussions,
    Dashboard,
}

/// Whether others than people may find and keep a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Indexing {
    #[default]
    Allowed,
    Refused,
}

/// What a page says of itself.
#[derive(Clone, Debug, Default)]
pub struct Head {
    pub title: String,
    pub width: Width,
    pub section: Section,
    pub indexing: Indexing,
}

impl Head {
    #[must_use]
    pub fn titled(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    #[must_use]
    pub fn width(self, width: Width) -> Self {
        Self { width, ..self }
    }

    #[must_use]
    pub fn section(self, section: Section) -> Self {
        Self { section, ..self }
    }

    #[must_use]
    pub fn not_indexed(self) -> Self {
        Self { indexing: Indexing::Refused, ..self }
    }
}

/// What stands around a page.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub settings: Arc<Settings>,
    pub actor: Actor,
    pub corner: Corner,
    pub now: Moment,
    pub suspension_reason: Option<String>,
    pub theme: Theme,
    pub notice: Option<Notice>,
    pub returned: Option<Arc<Returned>>,
    /// Path and query of the page, without the notice: where its forms come back to.
    pub page: String,
    pub nonce: String,
    pub providers: Providers,
}

/// The corner of the page that says who is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    Shown,
    /// Nobody has looked who it is: somebody signed in must not be offered to sign in.
    Empty,
}

impl Surroundings {
    /// Whether the navigation offers the dashboard.
    #[must_use]
    pub fn may_moderate(&self) -> bool {
        policy::may::<act::SeeModeration>(&self.actor, self.now).is_ok()
    }
}

/// A page being made for one visit.
#[derive(Debug)]
pub struct Frame {
    pub visit: Visit,
    surroundings: Surroundings,
}

impl Frame {
    /// Renders a page with the status 200, or the status of the form that came back.
    pub fn page<View: IntoView + 'static>(&self, head: Head, view: impl FnOnce() -> View) -> Response {
        let is_read_by_all = head.indexing == Indexing::Allowed && self.returned().is_none() && !self.surroundings.may_moderate();
        let mut response = render(&self.surroundings, StatusCode::OK, head, view);
        if is_read_by_all {
            response.extensions_mut().insert(ReadByAll);
        }
        response
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.surroundings.settings
    }

    /// Path and query of the page, without the notice.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.surroundings.page
    }

    /// The form that came back to this page, if any did.
    #[must_use]
    pub fn returned(&self) -> Option<&Returned> {
        self.surroundings.returned.as_deref()
    }

    /// Lets in whom the policy allowed, and also a form on its way back: the act itself has refused
    /// it, and what was typed must not be lost because a session ended or a discussion was locked.
    ///
    /// # Errors
    /// The policy's refusal, where no form came back.
    pub fn admit<Proof>(&self, allowed: Result<Proof, AppError>) -> Result<(), AppError> {
        match allowed {
            Err(refusal) if self.returned().is_none() => Err(refusal),
            _ => Ok(()),
        }
    }
}

impl FromRequestParts<App> for Frame {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Trouble> {
        let WebVisit(visit) = WebVisit::from_request_parts(parts, app).await?;
        let settings = visit.settings().await?;
        let surroundings = surroundings_of(parts, &visit, settings);
        Ok(Self { visit, surroundings })
    }
}

fn surroundings_of(parts: &Parts, visit: &Visit, settings: Arc<Settings>) -> Surroundings {
    Surroundings {
        settings,
        actor: visit.actor().clone(),
        corner: Corner::Shown,
        now: visit.now(),
        suspension_reason: visit.suspension_reason().map(str::to_owned),
        ..bare_surroundings(parts, visit.app())
    }
}

/// What can be said without a database: for error pages.
fn bare_surroundings(parts: &Parts, app: &App) -> Surroundings {
    let query = parts.uri.query().unwrap_or_default();
    Surroundings {
        settings: app.settings_cache().last_known(),
        actor: Actor::Guest,
        corner: Corner::Empty,
        now: app.clock().now(),
        suspension_reason: None,
        theme: theme(parts, theme_cookie(&app.config().site.address)),
        notice: form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "notice")
            .and_then(|(_, code)| Notice::from_code(&code)),
        returned: parts.extensions.get::<Arc<Returned>>().cloned(),
        page: page_path(parts.uri.path(), query),
        nonce: parts.extensions.get::<Nonce>().map(|nonce| nonce.as_str().to_owned()).unwrap_or_default(),
        providers: app.providers().clone(),
    }
}

fn page_path(path: &str, query: &str) -> String {
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("notice=")).collect();
    let whole = if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    LocalPath::parse(&whole).map_or_else(|_| "/".to_owned(), String::from)
}

fn theme(parts: &Parts, kept_in: &str) -> Theme {
    let cookies =
        parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == kept_in)
        .and_then(|(_, value)| Theme::from_name(value))
        .unwrap_or_default()
}

fn render<View: IntoView + 'static>(
    surroundings: &Surroundings,
    status: StatusCode,
    head: Head,
    view: impl FnOnce() -> View,
) -> Response {
    // Islands that hold content of their page ask it whether they are being hydrated.
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        provide_context(PagePath(surroundings.page.clone()));
        provide_context(surroundings.providers.clone());
        provide_context(IconSprite(assets::path("icons.svg").into()));
        if let Some(returned) = &surroundings.returned {
            provide_context(Arc::clone(returned));
        }
        let content = view().into_any();
        view! { <Document surroundings=surroundings.clone() head content /> }.to_html()
    });
    owner.unset_with_forced_cleanup();
    let has_islands = document::has_islands(&html);
    let mut response = (status, Html(document::finished(html, &surroundings.nonce))).into_response();
    if has_islands {
        response.extensions_mut().insert(HasIslands);
    }
    response
}

/// An address with the page to come back to.
#[must_use]
pub fn with_next(path: &str, next: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{path}?{query}")
}
