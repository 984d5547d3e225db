//! Does the same thing over many connections at once, for a while, and tells how it went.

use std::{
    future::Future,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    client::{Connection, Request},
    failure::Outcome,
};

/// Connections that read at the same time.
pub const READERS: usize = 16;

/// Something that can be done again and again.
pub trait Work: Send + 'static {
    fn once(&mut self) -> impl Future<Output = Outcome> + Send;
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    pub per_second: f64,
    pub median: Duration,
    /// 99 of 100 answers came within this time.
    pub p99: Duration,
}

impl Figures {
    fn of(mut times: Vec<Duration>, span: Duration) -> Self {
        times.sort_unstable();
        let at = |hundredths: usize| {
            let place = (times.len() * hundredths).div_ceil(100).saturating_sub(1);
            times.get(place).copied().unwrap_or_default()
        };
        let answers = u32::try_from(times.len()).unwrap_or(u32::MAX);
        Self { per_second: f64::from(answers) / span.as_secs_f64(), median: at(50), p99: at(99) }
    }
}

/// Has all workers work at the same time. What they do in the first tenth warms up and does not
/// count; what is under way at the end is finished and does, so that slow work is not lost.
pub async fn run<W: Work>(workers: Vec<W>, span: Duration) -> Outcome<Figures> {
    let begin = Instant::now() + span / 10;
    let end = begin + span;
    let mut tasks = JoinSet::new();
    for worker in workers {
        tasks.spawn(repeat(worker, begin, end));
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    Ok(Figures::of(times, begin.elapsed()))
}

async fn repeat(mut work: impl Work, begin: Instant, end: Instant) -> Outcome<Vec<Duration>> {
    let mut times = Vec::new();
    loop {
        let started = Instant::now();
        if started >= end {
            return Ok(times);
        }
        work.once().await?;
        let done = Instant::now();
        if done >= begin {
            times.push(done - started);
        }
    }
}

/// Reads a page over [`READERS`] connections.
pub async fn read(address: SocketAddr, path: &str, cookie: Option<&str>, span: Duration) -> Outcome<Figures> {
    let mut readers = Vec::with_capacity(READERS);
    for _ in 0..READERS {
        readers.push(Reading { connection: Connection::open(address).await?, request: Request::get(path, cookie) });
    }
    run(readers, span).await
}

struct Reading {
    connection: Connection,
    request: Request,
}

impl Work for Reading {
    async fn once(&mut self) -> Outcome {
        self.connection.send(&self.request).await?.demand(200, "a page").map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_of_a_hundred_is_the_ninety_ninth() {
        let times = (1..=100).rev().map(Duration::from_millis).collect();
        let figures = Figures::of(times, Duration::from_secs(2));
        assert_eq!((figures.median, figures.p99), (Duration::from_millis(50), Duration::from_millis(99)));
        assert!((figures.per_second - 50.0).abs() < f64::EPSILON);
    }

    #[test]
    fn nothing_done_is_nothing_per_second() {
        let figures = Figures::of(Vec::new(), Duration::from_secs(1));
        assert_eq!((figures.per_second, figures.p99), (0.0, Duration::ZERO));
    }
}
