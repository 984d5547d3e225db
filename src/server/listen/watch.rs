//! Watches one connection from beneath the protocol: a client that reads its answer too slowly, or only keeps the
//! connection open, is let go.
//!
//! The libraries of HTTP bound how slowly a request may be *sent*; how slowly an answer may be *read*, and how long an
//! HTTP/2 connection may do nothing but answer pings, they leave open.
//!
//! **Promises.** Each answer is read, from 8 seconds after it began, at 4 KiB a second on average or faster, or its
//! connection is closed, as it is when nothing is read for 20 seconds. A connection without a request is closed after two minutes.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

/// Before the average counts.
const PATIENCE: Duration = Duration::from_secs(8);
/// Bytes a second.
const SLOWEST: u64 = 4 * 1_024;
/// How long nothing at all may be taken: systems buffer much, and ask for more in large steps. Short answers lie with the
/// system as a whole; it counts for them too, after the connection was closed (`TCP_USER_TIMEOUT`, on Linux).
pub const STANDSTILL: Duration = Duration::from_secs(20);
/// How long there may be no request at work.
const QUIET: Duration = Duration::from_mins(2);
/// An answer is handed on in pieces of this size, so that what was read of it can be told.
const PIECE: usize = 16 * 1_024;

/// What goes on over one connection. Clones are the same.
#[derive(Clone, Debug)]
pub struct Watch(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    quiet_since: Instant,
    next: u64,
    tasks: HashMap<u64, Task>,
}

#[derive(Clone, Copy, Debug)]
enum Task {
    /// We are at it; other limits bound that.
    Working,
    Answering {
        since: Instant,
        last: Instant,
        taken: u64,
    },
}

impl Task {
    fn is_overdue(self, now: Instant) -> bool {
        match self {
            Self::Working => false,
            Self::Answering { since, last, taken } => {
                let time = PATIENCE + Duration::from_secs(taken / SLOWEST);
                now > since + time || now > last + STANDSTILL
            }
        }
    }
}

/// Why a connection is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    TooSlow,
    Quiet,
}

impl Watch {
    pub fn begin() -> Self {
        Self(Arc::new(Mutex::new(State { quiet_since: Instant::now(), next: 0, tasks: HashMap::new() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change below is one step, so a panic elsewhere leaves it right.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request has come.
    pub fn request(&self) -> Ticket {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.tasks.insert(number, Task::Working);
        Ticket { watch: self.clone(), number }
    }

    /// Whether the connection must go.
    pub fn verdict(&self, now: Instant) -> Option<Verdict> {
        let state = self.state();
        if state.tasks.values().any(|task| task.is_overdue(now)) {
            return Some(Verdict::TooSlow);
        }
        let is_quiet = state.tasks.is_empty() && now > state.quiet_since + QUIET;
        is_quiet.then_some(Verdict::Quiet)
    }
}

/// One request and its answer, until it is dropped.
#[derive(Debug)]
pub struct Ticket {
    watch: Watch,
    number: u64,
}

impl Ticket {
    fn is_now(&self, task: Task) {
        self.watch.state().tasks.insert(self.number, task);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.watch.state();
        state.tasks.remove(&self.number);
        state.quiet_since = Instant::now();
    }
}

/// The body of an answer, of which the watch knows how much was taken.
#[derive(Debug)]
pub struct Measured {
    body: Body,
    piece: Bytes,
    since: Instant,
    taken: u64,
    ticket: Ticket,
}

impl Measured {
    pub fn new(body: Body, ticket: Ticket) -> Self {
        let since = Instant::now();
        ticket.is_now(Task::Answering { since, last: since, taken: 0 });
        Self { body, piece: Bytes::new(), since, taken: 0, ticket }
    }

    fn take_piece(&mut self) -> Frame<Bytes> {
        let piece = self.piece.split_to(self.piece.len().min(PIECE));
        self.taken += piece.len() as u64;
        self.ticket.is_now(Task::Answering { since: self.since, last: Instant::now(), taken: self.taken });
        Frame::data(piece)
    }
}

impl HttpBody for Measured {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.piece.is_empty() {
            return Poll::Ready(Some(Ok(self.take_piece())));
        }
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(match frame {
            Some(Ok(frame)) => Some(Ok(match frame.into_data() {
                Ok(data) => {
                    self.piece = data;
                    self.take_piece()
                }
                Err(trailers) => trailers,
            })),
            other => other,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.piece.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, piece) = (self.body.size_hint(), self.piece.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + piece);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + piece);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    fn after(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_has_its_time_by_how_much_of_it_was_taken() {
        let watch = Watch::begin();
        let mut body = Measured::new(Body::from(vec![7; 100_000]), watch.request());
        assert_eq!(body.size_hint().exact(), Some(100_000));
        assert_eq!(watch.verdict(after(8)), None);
        assert_eq!(watch.verdict(after(9)), Some(Verdict::TooSlow));
        let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(piece.len(), PIECE);
        assert_eq!(body.size_hint().exact(), Some(100_000 - PIECE as u64));
        assert_eq!(watch.verdict(after(12)), None);
        assert_eq!(watch.verdict(after(13)), Some(Verdict::TooSlow));
        let rest = body.collect().await.unwrap().to_bytes();
        assert_eq!(piece.len() + rest.len(), 100_000);
        assert_eq!(watch.verdict(after(100)), None, "it was read to its end");
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_system_buffers_buys_no_more_than_20_seconds() {
        let watch = Watch::begin();
        let mut body = Measured::new(Body::from(vec![7; 10_000_000]), watch.request());
        for _ in 0..500 {
            body.frame().await.unwrap().unwrap();
        }
        assert_eq!(watch.verdict(after(20)), None);
        assert_eq!(watch.verdict(after(21)), Some(Verdict::TooSlow));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_at_work_keeps_its_connection_and_nothing_else_does_for_long() {
        let watch = Watch::begin();
        let ticket = watch.request();
        assert_eq!(watch.verdict(after(1_000)), None);
        drop(ticket);
        assert_eq!(watch.verdict(after(120)), None);
        assert_eq!(watch.verdict(after(121)), Some(Verdict::Quiet));
    }
}
