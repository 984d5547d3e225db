//! The queue in front of everything that costs: pages, forms, the database behind them. More than can be worked on at
//! once waits for a moment; more than can wait is told to come back, at once and cheaply.
//!
//! **Promises.** A quarter of the places is for people who are signed in: guests, however many, cannot take them. Who is
//! signed in is told here by the session's cookie alone, which only we can have made; whether the session is still open is
//! found out later, behind the queue. A form takes its place when all of it is here: whoever sends one slowly holds back
//! nobody but other senders, and of these a share only from one network. Files of the site and the questions after its
//! health do not pass here. Waiting, sending and work are bounded, so memory is.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_sessions::cookie::Key;

use super::{
    answer::{self, Asker},
    client, cookies, trouble,
};
use crate::{
    error::AppError,
    server::{
        app::App,
        cap::{Cap, NetworkPlace, Place},
        config::Proxies,
        keepsake,
        peer::Peer,
        refusals::Refusal,
        returned::{Fields, Outcome, Returned},
        shell,
    },
};

/// The longest that anybody waits for a place.
const PATIENCE: Duration = Duration::from_secs(1);
/// Seconds after which to come back.
const COME_BACK: u64 = 5;
/// One place in so many is for people who are signed in.
const RESERVED: usize = 4;
/// Forms that may be on their way at once, for each place.
const ON_THEIR_WAY: usize = 2;
/// One in so many of them may come from one network.
const OF_ONE_NETWORK: usize = 4;

/// The places. Clones are the same.
#[derive(Clone, Debug)]
pub struct Admission {
    app: App,
    all: Arc<Semaphore>,
    guests: Lane,
    members: Lane,
}

/// Who may wait together.
#[derive(Clone, Debug)]
struct Lane {
    /// Places that they may have among all.
    places: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// Forms on their way.
    sending: Arc<Cap>,
}

/// The right to be worked on; dropped, it is somebody else's.
#[derive(Debug)]
struct Turn {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Lane {
    fn new(places: usize, queue: usize) -> Self {
        let sending = places * ON_THEIR_WAY;
        let of_one_network = sending.div_ceil(OF_ONE_NETWORK);
        // Whom a proxy speaks for is known here.
        let sending = Cap::new(sending, of_one_network, Proxies::default(), Gauge::default());
        Self { places: Arc::new(Semaphore::new(places)), queue: Arc::new(Semaphore::new(queue)), sending }
    }

    fn sender(&self, address: IpAddr) -> Option<(Place, NetworkPlace)> {
        let place = self.sending.place().ok()?;
        let of_network = self.sending.network_place(Peer::Network((address, 0).into())).ok()?;
        Some((place, of_network))
    }

    async fn turn(&self, all: &Arc<Semaphore>) -> Option<Turn> {
        let _waiting = self.queue.try_acquire().ok()?;
        let take = async {
            let own = Arc::clone(&self.places).acquire_owned().await.ok()?;
            let of_all = Arc::clone(all).acquire_owned().await.ok()?;
            Some(Turn { _own: own, _of_all: of_all })
        };
        tokio::time::timeout(PATIENCE, take).await.ok().flatten()
    }
}

impl Admission {
    #[must_use]
    pub fn new(app: App) -> Self {
        let places = app.config().limits.requests_at_once;
        let reserved = places / RESERVED;
        Self {
            all: Arc::new(Semaphore::new(places)),
            guests: Lane::new(places - reserved, places),
            members: Lane::new(places, places),
            app,
        }
    }

    fn lane(&self, headers: &HeaderMap) -> &Lane {
        let name = cookies::session_name(self.app.config().site.address.is_secure());
        let cookies = keepsake::jar(headers);
        let opens = |key: &Key| cookies.private(key).get(name).is_some();
        let is_ours = opens(&self.app.cookie_key()) || self.app.former_cookie_keys().iter().any(opens);
        if is_ours { &self.members } else { &self.guests }
    }
}

pub async fn layer(State(admission): State<Admission>, request: Request, next: Next) -> Response {
    let lane = admission.lane(request.headers());
    let (parts, body) = match whole(&admission.app, lane, request).await {
        Ok(whole) => whole,
        Err(refused) => return refused,
    };
    match lane.turn(&admission.all).await {
        Some(_turn) => next.run(Request::from_parts(parts, body.into())).await,
        None => busy(&admission.app, parts, &body),
    }
}

/// A request with its whole body. Pages have none that anybody reads.
async fn whole(app: &App, lane: &Lane, request: Request) -> Result<(Parts, Bytes), Response> {
    let address = client::address_of(&request, &app.config().listen);
    let (parts, body) = request.into_parts();
    if parts.method.is_safe() {
        return Ok((parts, Bytes::new()));
    }
    let Some(_place) = lane.sender(address) else { return Err(busy(app, parts, &[])) };
    match Body::collect(body).await {
        Ok(collected) => Ok((parts, collected.to_bytes())),
        Err(cause) => {
            let status = answer::status_of(&cause);
            Err(shell::bare_trouble_page(app, &parts, status, &trouble::error_of(status)))
        }
    }
}

/// Made without the database. What somebody wrote stands in it.
fn busy(app: &App, mut parts: Parts, typed: &[u8]) -> Response {
    let error = AppError::Busy { retry_after: COME_BACK };
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = match answer::asker(&parts.headers) {
        Asker::Island => (status, axum::Json(&error)).into_response(),
        Asker::PlainForm => {
            let outcome = Outcome::Refused(error.clone());
            let returned = Returned { action: parts.uri.path().to_owned(), fields: Fields::read(typed), outcome };
            parts.extensions.insert(Arc::new(returned));
            shell::bare_trouble_page(app, &parts, status, &error)
        }
    };
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(COME_BACK));
    Refusal::Overload.mark(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn guests_leave_places_to_members_and_a_full_queue_refuses_at_once() {
        let (all, guests, members) = (Arc::new(Semaphore::new(4)), Lane::new(3, 1), Lane::new(4, 1));
        let mut turns = Vec::new();
        for _ in 0..3 {
            turns.push(guests.turn(&all).await.unwrap());
        }
        let begun = tokio::time::Instant::now();
        let (waited, refused) = tokio::join!(guests.turn(&all), guests.turn(&all));
        assert!(waited.is_none() && refused.is_none());
        assert_eq!(begun.elapsed(), PATIENCE, "one waited, the other did not");
        turns.push(members.turn(&all).await.unwrap());
        assert_eq!(begun.elapsed(), PATIENCE, "a member need not wait");
        assert!(members.turn(&all).await.is_none());
        turns.clear();
        assert!(guests.turn(&all).await.is_some());
    }
}
