//! What the clock tells strangers: whether sign-in, registration and reset take the same time for known
//! and unknown people. Each is tried one after the other, so that nothing else lies in the figures.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    client::{Connection, Request},
    community::{self, PASSWORD},
    failure::{Failure, Outcome},
    server::{Letters, Limits, Place, Server},
    table::{Table, milliseconds, ratio},
};

/// Tries of each kind.
const TRIES: usize = 30;
const WRONG: &str = "meadow lantern thistle bronze";

pub async fn differences(table: &mut Table, program: &Path, folder: &Path) -> Outcome {
    let place = Place {
        program: program.to_owned(),
        folder: PathBuf::from(folder),
        postgres: None,
        letters: Letters::Off,
        limits: Limits::Raised,
    };
    let server = Server::start(&place).await?;
    let admin = community::found(&server, &place).await?.admin;
    suspend(&server, &admin, "writer1").await?;
    let sign_in = |name: &'static str, password| move |_| sign_in(name, password);
    let wrong = median(&server, sign_in("writer0", WRONG), 403).await?;
    let unknown = median(&server, sign_in("nobody-here", WRONG), 403).await?;
    let suspended = median(&server, sign_in("writer1", WRONG), 403).await?;
    compare(table, "sign-in of somebody unknown, beside a wrong password", unknown, wrong);
    compare(table, "sign-in of somebody suspended, beside a wrong password", suspended, wrong);
    server.stop().await?;

    let place = Place { letters: Letters::Written, ..place };
    let server = Server::start(&place).await?;
    let fresh = median(&server, |number| registration(number, &format!("fresh{number}@mail.example")), 200).await?;
    let known = median(&server, |number| registration(number + TRIES, "ada@mail.example"), 200).await?;
    compare(table, "registration with a known address, beside a new one", known, fresh);
    // One network may ask for twenty letters in an hour.
    let place = Place { folder: folder.join("resets"), ..place };
    std::fs::create_dir(&place.folder)?;
    server.stop().await?;
    resets(table, &place).await
}

async fn resets(table: &mut Table, place: &Place) -> Outcome {
    let server = Server::start(place).await?;
    community::register(&server, "writer0").await.ok();
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..10 {
        for (login, times) in ["writer0", "nobody-here"].into_iter().zip(&mut times) {
            let request = Request::post("accounts/request_reset", &[("login", login)], None);
            times.push(timed(&server, &request, 200).await?);
        }
    }
    let [known, unknown] = times.map(middle);
    compare(table, "reset for a known name, beside an unknown one (10 tries)", known, unknown);
    server.stop().await
}

fn compare(table: &mut Table, what: &str, ours: Duration, beside: Duration) {
    println!("{what}: {} and {}", milliseconds(ours), milliseconds(beside));
    table.compare(what, milliseconds(ours), milliseconds(beside), ratio(ours.as_secs_f64(), beside.as_secs_f64()));
}

fn sign_in(name: &str, password: &str) -> Request {
    Request::post("accounts/sign_in", &[("login", name), ("password", password)], None)
}

fn registration(number: usize, email: &str) -> Request {
    let name = format!("newcomer{number}");
    Request::post("accounts/register", &[("username", &name), ("email", email), ("password", PASSWORD)], None)
}

async fn suspend(server: &Server, admin: &str, name: &str) -> Outcome {
    let page = server.ask(Request::get(&format!("/admin/users?text={name}%40mail"), Some(admin))).await?;
    let page = page.demand(200, "the list of members")?.text();
    let id = page.split_once("/admin/users/").map(|(_, rest)| rest.split(|sign: char| !sign.is_ascii_digit()).next());
    let id = id.flatten().ok_or_else(|| Failure::new("the dashboard lists nobody"))?.to_owned();
    let fields = [("user", id.as_str()), ("reason", "For the bench"), ("days", "")];
    server.ask(Request::post("accounts/suspend", &fields, Some(admin))).await?.demand(200, "a suspension").map(drop)
}

async fn median(server: &Server, request: impl Fn(usize) -> Request, status: u16) -> Outcome<Duration> {
    let mut times = Vec::with_capacity(TRIES);
    for number in 0..TRIES {
        times.push(timed(server, &request(number), status).await?);
    }
    Ok(middle(times))
}

async fn timed(server: &Server, request: &Request, status: u16) -> Outcome<Duration> {
    let mut connection = Connection::open(server.address).await?;
    let begun = Instant::now();
    let answer = connection.send(request).await?;
    let time = begun.elapsed();
    answer.demand(status, "a try")?;
    Ok(time)
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
