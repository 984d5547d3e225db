//! Everybody writes at once, beside readers: nothing that was acknowledged is lost, nothing is there twice, and nobody is
//! told of an error of ours.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::marks;
use crate::{
    client::{Connection, Request},
    community::{self, Writer},
    failure::{Failure, Outcome},
    server::{Place, Server},
    table::Table,
};

/// A person may write a thousand comments a minute at most.
const PACE: Duration = Duration::from_millis(70);
const READERS: usize = 8;

pub async fn run(table: &mut Table, database: &str, place: &Place, span: Duration) -> Outcome {
    let server = Server::start(place).await?;
    let community = community::found(&server, place).await?;
    let end = Instant::now() + span;
    let mut writing = JoinSet::new();
    for (number, writer) in community.writers.iter().cloned().enumerate() {
        writing.spawn(write(writer, number, server.address, community.empty, end));
    }
    let mut reading = JoinSet::new();
    for _ in 0..READERS {
        reading.spawn(read(server.address, format!("/d/{}", community.empty), community.writers[0].cookie.clone(), end));
    }
    let mut acknowledged = Vec::new();
    while let Some(done) = writing.join_next().await {
        acknowledged.extend(done??);
    }
    let mut pages = 0;
    while let Some(done) = reading.join_next().await {
        pages += done??;
    }
    let found = marks::in_discussion(&server, community.empty, &community.writers[0].cookie).await?;
    let lost = acknowledged.iter().filter(|mark| !found.contains_key(*mark)).count();
    let doubled = found.values().filter(|times| **times > 1).count();
    let unasked = found.len() + lost - acknowledged.len();
    table.add(format!("comments acknowledged, {database}"), acknowledged.len().to_string());
    table.add(format!("pages read beside, {database}"), pages.to_string());
    table.add(format!("comments lost, doubled, unasked, {database}"), format!("{lost}, {doubled}, {unasked}"));
    server.stop().await?;
    if lost + doubled + unasked > 0 || acknowledged.is_empty() {
        return Err(Failure::new(format!("{database}: {lost} comments were lost, {doubled} are there twice, {unasked} unasked")));
    }
    Ok(())
}

/// Returns the marks of what was acknowledged.
async fn write(
    writer: Writer,
    number: usize,
    server: std::net::SocketAddr,
    discussion: u64,
    end: Instant,
) -> Outcome<Vec<String>> {
    let mut connection = Connection::open(server).await?;
    let mut acknowledged = Vec::new();
    while Instant::now() < end {
        let begun = Instant::now();
        let mark = marks::mark(number, acknowledged.len());
        connection.send(&writer.publish(discussion, &format!("{mark} And so on."))).await?.demand(200, "a comment")?;
        acknowledged.push(mark);
        tokio::time::sleep_until((begun + PACE).into()).await;
    }
    Ok(acknowledged)
}

async fn read(server: std::net::SocketAddr, path: String, cookie: String, end: Instant) -> Outcome<usize> {
    let mut connection = Connection::open(server).await?;
    let mut pages = 0;
    while Instant::now() < end {
        connection.send(&Request::get(&path, Some(&cookie))).await?.demand(200, "a page beside the writers")?;
        pages += 1;
        tokio::time::sleep(PACE).await;
    }
    Ok(pages)
}
