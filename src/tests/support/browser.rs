//! A person's browser: keeps cookies, knows the page it is on, and sends what real ones send.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Method, Request, header},
};
use tower::ServiceExt;

use super::Answer;
use crate::server::peer::Peer;

const PAGES: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const DATA: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Clone)]
pub struct Browser {
    router: Router,
    origin: String,
    pub address: IpAddr,
    pub cookies: BTreeMap<String, String>,
    /// The page that forms stand on.
    pub page: String,
    /// Who writes down what this browser is told.
    diary: Option<Diary>,
}

/// What browsers asked for and were told. Clones are the same.
#[derive(Clone, Default)]
pub struct Diary(Arc<Mutex<Vec<Exchange>>>);

/// One request and its answer.
#[derive(Clone)]
pub struct Exchange {
    pub method: Method,
    /// With its query.
    pub address: String,
    pub answer: Answer,
}

impl Diary {
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.0.lock().unwrap().clone()
    }
}

impl Browser {
    pub fn new(router: Router, origin: &str) -> Self {
        Self {
            router,
            origin: origin.to_owned(),
            address: IpAddr::from([192, 0, 2, 1]),
            cookies: BTreeMap::new(),
            page: "/".to_owned(),
            diary: None,
        }
    }

    /// The same browser, of which everything is written down.
    pub fn watched_by(self, diary: &Diary) -> Self {
        Self { diary: Some(diary.clone()), ..self }
    }

    /// Where the site is, as browsers write it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The same person behind another connection.
    pub fn at(self, address: &str) -> Self {
        Self { address: address.parse().unwrap(), ..self }
    }

    /// The browser of somebody who has these cookies, however they came by them.
    pub fn with_cookies(self, cookies: BTreeMap<String, String>) -> Self {
        Self { cookies, ..self }
    }

    /// Opens a page, without following where it leads.
    pub async fn get(&mut self, path: &str) -> Answer {
        path.clone_into(&mut self.page);
        let request = self.request(Method::GET, path).header(header::ACCEPT, PAGES).header("sec-fetch-site", "none");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Opens a page and follows where it leads.
    pub async fn open(&mut self, path: &str) -> Answer {
        let mut answer = self.get(path).await;
        for _ in 0..5 {
            if !answer.status.is_redirection() {
                break;
            }
            let next = answer.location().split('#').next().unwrap_or("/").to_owned();
            answer = self.get(&next).await;
        }
        answer
    }

    /// Follows a link that came by another way than a page, to where it leads.
    pub async fn follow(&mut self, address: &str) -> Answer {
        let path = address.strip_prefix(&self.origin).unwrap_or(address).to_owned();
        self.open(&path).await
    }

    /// Sends a form of the current page as browsers do without scripts.
    pub async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.page.clone();
        let fields = [&[("from", page.as_str())], fields].concat();
        self.submit_body(action, encoded(&fields)).await
    }

    /// Sends a form's body as it is.
    pub async fn submit_body(&mut self, action: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.post(action, PAGES, body.into()).await
    }

    /// Calls a server function as an island does.
    pub async fn call(&mut self, action: &str, fields: &[(&str, &str)]) -> Answer {
        self.post(action, DATA, encoded(fields).into_bytes()).await
    }

    async fn post(&mut self, action: &str, accept: &str, body: Vec<u8>) -> Answer {
        let request = self
            .request(Method::POST, action)
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, FORM)
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::ORIGIN, &self.origin)
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A request that begins as this browser's do.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let host = self.origin.split_once("://").map_or("", |(_, host)| host);
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, host)
            .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")
    }

    /// Sends any request with the browser's cookies and keeps those that come back.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            request.headers_mut().insert(header::COOKIE, HeaderValue::from_str(&cookies).unwrap());
        }
        request.extensions_mut().insert(Peer::Network(SocketAddr::new(self.address, 50_000)));
        let (method, address) = (request.method().clone(), request.uri().to_string());
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let answer = Answer::read(response).await;
        for cookie in answer.cookies() {
            self.keep(cookie);
        }
        if let Some(diary) = &self.diary {
            diary.0.lock().unwrap().push(Exchange { method, address, answer: answer.clone() });
        }
        answer
    }

    /// As RFC 6265bis has it: a `__Host-` cookie without `Secure` is ignored, one that has ended goes.
    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').expect("a cookie has a name and a value");
        let attributes = attributes.to_lowercase();
        if name.starts_with("__Host-") && !attributes.contains("secure") {
            return;
        }
        if attributes.split(';').any(|attribute| attribute.trim() == "max-age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
