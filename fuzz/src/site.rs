//! The whole program on a database of its own, asked as a browser would.

use std::{
    net::{Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use locutory::server::{
    App,
    clock::Clock,
    config::{
        Config, Flag, Sources,
        catalogue::{self, Setting},
    },
    database, router,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use tower_sessions::cookie::Key;

/// What the site is asked.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// A page, with these cookies.
    Page { path: &'static str, cookies: &'a HeaderMap },
    /// A server function, by an island.
    Call { path: &'static str, body: &'a [u8] },
    /// A server function, by a form without scripts.
    Form { path: &'static str, body: &'a [u8] },
}

pub(crate) struct Site {
    runtime: Runtime,
    router: Router,
    app: App,
    /// Everybody asks from a network of their own, so that no limit hides what stands behind it.
    asked: AtomicU32,
    _folder: TempDir,
}

impl Site {
    /// # Panics
    /// The site cannot be made: then nothing can be examined.
    pub fn open() -> Self {
        let runtime = Runtime::new().expect("a runtime starts");
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let config = configuration(&folder);
        let app = runtime.block_on(async {
            database::migrate_up(&config.data).await.expect("a new database takes its tables");
            App::open_at(config, Clock::fixed(Clock::System.now())).await.expect("a new site opens")
        });
        Self { runtime, router: router::build(app.clone()), app, asked: AtomicU32::new(0), _folder: folder }
    }

    pub fn cookie_key(&self) -> Key {
        self.app.cookie_key()
    }

    pub fn answer(&self, asked: Asked) -> StatusCode {
        self.app.clock().advance(Duration::from_secs(1));
        let mut request = request(asked, self.app.config().site.address.origin());
        let number = self.asked.fetch_add(1, Ordering::Relaxed).to_be_bytes().map(u16::from);
        let address = Ipv6Addr::new(0x2001, 0x100 * number[0] + number[1], 0x100 * number[2] + number[3], 0, 0, 0, 0, 1);
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 4_000))));
        let router = self.router.clone();
        self.runtime.block_on(async move {
            let answer = match router.oneshot(request).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            };
            let status = answer.status();
            // A page is rendered while it is read.
            drop(axum::body::to_bytes(answer.into_body(), usize::MAX).await);
            status
        })
    }
}

fn request(asked: Asked, origin: &str) -> Request<Body> {
    const PAGES: &str = "text/html";
    let (path, accept) = match asked {
        Asked::Page { path, .. } | Asked::Form { path, .. } => (path, PAGES),
        Asked::Call { path, .. } => (path, "application/json"),
    };
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    let builder = Request::builder().uri(path).header(header::ACCEPT, accept).header(header::HOST, host);
    let request = match asked {
        Asked::Page { cookies, .. } => builder.body(Body::empty()).map(|mut request| {
            request.headers_mut().extend(cookies.clone());
            request
        }),
        Asked::Call { body, .. } | Asked::Form { body, .. } => builder
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, origin)
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.to_vec())),
    };
    request.expect("paths and headers of our own are well-formed")
}

fn configuration(folder: &TempDir) -> Config {
    let folder = folder.path().display().to_string();
    let settings: [(&'static Setting, &str); 6] = [
        (&catalogue::DATA_FOLDER, folder.as_str()),
        (&catalogue::DATA_CONNECTIONS, "2"),
        (&catalogue::PASSWORD_MEMORY_KIB, "19456"),
        (&catalogue::PASSWORD_ITERATIONS, "2"),
        (&catalogue::LIMITS_FORM_SECONDS, "0"),
        (&catalogue::LIMITS_REGISTRATIONS_BEFORE_CHALLENGE, "1000"),
    ];
    let flags = settings.into_iter().map(|(setting, value)| Flag { setting, name: "--fuzz", value: value.to_owned() });
    Config::load(Sources::of_flags(flags.collect())).expect("these settings are allowed")
}
