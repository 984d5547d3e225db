//! The bytes of a connection that was let in: it holds its places for as long as it lives, begins with what was read
//! ahead, and ends when its [`Watch`] says so.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::either::Either;

use super::socket::Stream;
use super::watch::{Verdict, Watch};
use crate::server::cap::{NetworkPlace, Place};
use crate::server::refusals::{Refusal, Refusals};

/// How often the watch is asked.
const LOOKS_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Guarded {
    stream: Stream,
    /// Read already, with what was expected before it.
    ahead: Vec<u8>,
    watch: Watch,
    next_look: Pin<Box<Sleep>>,
    refusals: Refusals,
    _places: (Place, NetworkPlace),
}

impl Guarded {
    pub fn new(stream: Stream, ahead: Vec<u8>, watch: Watch, refusals: Refusals, places: (Place, NetworkPlace)) -> Self {
        Self { stream, ahead, watch, next_look: Box::pin(sleep(LOOKS_EVERY)), refusals, _places: places }
    }

    /// Fails once the connection must go. Asked at every step, and woken for between steps.
    fn look(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        while self.next_look.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            match self.watch.verdict(now) {
                None => self.next_look.as_mut().reset(now + LOOKS_EVERY),
                Some(Verdict::Quiet) => return Err(io::Error::from(io::ErrorKind::TimedOut)),
                Some(Verdict::TooSlow) => {
                    self.refusals.count(Refusal::TooSlow);
                    self.reset_at_the_end();
                    return Err(io::Error::from(io::ErrorKind::TimedOut));
                }
            }
        }
        Ok(())
    }

    /// Closed as usual, what was not read would stay with the system until the client has read it, as slowly as it likes.
    fn reset_at_the_end(&self) {
        if let Either::Left(stream) = &self.stream
            && let Err(cause) = SockRef::from(stream).set_linger(Some(Duration::ZERO))
        {
            tracing::debug!(%cause, "a slow connection cannot be reset, only closed");
        }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.look(context)?;
        if !self.ahead.is_empty() {
            let length = self.ahead.len().min(buffer.remaining());
            buffer.put_slice(&self.ahead[..length]);
            self.ahead.drain(..length);
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.look(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.look(context)?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
