//! `kill -9` in the middle, again and again: what was acknowledged is there after the restart, nothing is there twice
//! though whatever had no answer is sent again, and the audit log agrees with what exists.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use tokio::task::JoinSet;

use super::marks;
use crate::{
    client::{Connection, Request},
    community::{self, Community, Writer},
    failure::{Failure, Outcome},
    server::{Place, Server},
    table::Table,
};

/// Writers at work when the server dies; each has marks of its own.
const WRITERS: usize = 8;
/// How long the server lives, at least, and how much longer each time.
const LIFE: Duration = Duration::from_millis(300);
const LONGER: Duration = Duration::from_millis(37);

#[derive(Default)]
struct Done {
    comments: Vec<String>,
    titles: Vec<String>,
    unanswered: Vec<Unanswered>,
}

/// A comment that may or may not be there: the server died before it told.
struct Unanswered {
    writer: Writer,
    mark: String,
}

pub async fn run(table: &mut Table, database: &str, place: &Place, crashes: u32) -> Outcome {
    let mut server = Server::start(place).await?;
    let community = community::found(&server, place).await?;
    let renamed = community::start(&server, &community.writers[0], "What is renamed").await?;
    let mut acknowledged = Done::default();
    let mut sent_again = 0;
    for crash in 0..crashes {
        let mut work = at_work(server.address, &community, renamed, crash as usize);
        tokio::time::sleep(LIFE + LONGER * crash).await;
        server.kill().await?;
        while let Some(done) = work.join_next().await {
            let done = done?;
            acknowledged.comments.extend(done.comments);
            acknowledged.titles.extend(done.titles);
            acknowledged.unanswered.extend(done.unanswered);
        }
        server = Server::start(place).await?;
        sent_again += acknowledged.unanswered.len();
        for Unanswered { writer, mark } in acknowledged.unanswered.drain(..) {
            server.ask(comment(&writer, community.empty, &mark)).await?.demand(200, "a comment that is sent again")?;
            acknowledged.comments.push(mark);
        }
    }
    let broken = judge(table, database, &server, &community, renamed, &acknowledged).await?;
    table.add(format!("crashes, comments sent again after them, {database}"), format!("{crashes}, {sent_again}"));
    server.stop().await?;
    match broken {
        0 if !acknowledged.comments.is_empty() && !acknowledged.titles.is_empty() => Ok(()),
        0 => Err(Failure::new("nothing was acknowledged between the crashes, so nothing was tried")),
        _ => Err(Failure::new(format!("{broken} promises were broken by a crash"))),
    }
}

fn at_work(server: SocketAddr, community: &Community, renamed: u64, crash: usize) -> JoinSet<Done> {
    let mut work = JoinSet::new();
    // Not always the same ones, as nobody may write a thousand comments a minute.
    let writers = community.writers.iter().cycle().skip(crash * WRITERS).take(WRITERS);
    for (number, writer) in writers.cloned().enumerate() {
        work.spawn(write(server, writer, community.empty, crash * WRITERS + number));
    }
    // Titles have marks that no comment has.
    work.spawn(rename(server, community.admin.clone(), renamed, 1_000_000 + crash));
    work
}

/// Writes until the server dies.
async fn write(server: SocketAddr, writer: Writer, discussion: u64, of: usize) -> Done {
    let mut done = Done::default();
    let Ok(mut connection) = Connection::open(server).await else { return done };
    for number in 0.. {
        let mark = marks::mark(of, number);
        match connection.send(&comment(&writer, discussion, &mark)).await {
            Ok(answer) if answer.status == 200 => done.comments.push(mark),
            Ok(_) => break,
            Err(_) => {
                done.unanswered.push(Unanswered { writer, mark });
                break;
            }
        }
    }
    done
}

fn comment(writer: &Writer, discussion: u64, mark: &str) -> Request {
    let key: String = mark.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { 'x' }).collect();
    writer.publish_once(discussion, &format!("{mark} And so on."), &key)
}

/// Renames a discussion until the server dies; each new title is one line of the audit log.
async fn rename(server: SocketAddr, admin: String, discussion: u64, of: usize) -> Done {
    let mut done = Done::default();
    let Ok(mut connection) = Connection::open(server).await else { return done };
    for number in 0.. {
        let mark = marks::mark(of, number);
        let fields = [("discussion", discussion.to_string()), ("title", format!("Renamed {mark}"))];
        let fields = [(fields[0].0, fields[0].1.as_str()), (fields[1].0, fields[1].1.as_str())];
        match connection.send(&Request::post("discussions/rename", &fields, Some(&admin))).await {
            Ok(answer) if answer.status == 200 => done.titles.push(mark),
            _ => break,
        }
    }
    done
}

async fn judge(
    table: &mut Table,
    database: &str,
    server: &Server,
    community: &Community,
    renamed: u64,
    acknowledged: &Done,
) -> Outcome<usize> {
    let cookie = &community.writers[0].cookie;
    let comments = marks::in_discussion(server, community.empty, cookie).await?;
    let titles = marks::in_audit_log(server, &community.admin).await?;
    let title = server.ask(Request::plain(&format!("/d/{renamed}"), cookie)).await?.demand(200, "what was renamed")?.text();
    let unlogged = marks::all(&title).iter().filter(|mark| !titles.contains_key(*mark)).count();
    let mut broken = unlogged;
    for (what, expected, found) in
        [("comments", &acknowledged.comments, &comments), ("lines of the audit log", &acknowledged.titles, &titles)]
    {
        let (lost, doubled) = (lost(expected, found), found.values().filter(|times| **times > 1).count());
        table.add(format!("{what} acknowledged, {database}"), expected.len().to_string());
        table.add(format!("{what} lost, doubled, {database}"), format!("{lost}, {doubled}"));
        broken += lost + doubled;
    }
    table.add(format!("titles that no line of the audit log explains, {database}"), unlogged.to_string());
    Ok(broken)
}

fn lost(expected: &[String], found: &HashMap<String, u32>) -> usize {
    expected.iter().filter(|mark| !found.contains_key(*mark)).count()
}
