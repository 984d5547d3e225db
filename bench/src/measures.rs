//! What is measured, a function for each part of the table.

use std::{
    collections::BTreeSet,
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Params, Version};

use crate::{
    bare::Bare,
    client::{Connection, Request},
    community::{self, Community, Discussions, Writer},
    failure::{Failure, Outcome},
    load::{self, Figures, Work},
    server::{Memory, Server},
    table::{Table, mebibytes, milliseconds, per_second, ratio},
};

/// The parameters of a fresh `locutory` (`password.*`).
const ARGON2: (u32, u32, u32) = (65_536, 3, 1);

/// The pages that people read most, as a guest and signed in, each beside a bare answer of its size.
pub async fn reading(table: &mut Table, server: &Server, discussions: &Discussions, cookie: &str, span: Duration) -> Outcome {
    let bare = Bare::start().await?;
    let pages = [
        ("list of discussions", "/".to_owned()),
        ("discussion, 50 comments", format!("/d/{}", discussions.usual)),
        ("discussion, 1,000 comments", format!("/d/{}", discussions.long)),
    ];
    let visitors = [("guest", None), ("signed in", Some(cookie))];
    for (page, path) in &pages {
        for (visitor, cookie) in visitors {
            let answer = server.ask(Request::get(path, cookie)).await?.demand(200, page)?;
            let beside = load::read(bare.address, &format!("/{}", answer.body.len()), None, span).await?;
            let ours = load::read(server.address, path, cookie, span).await?;
            println!("{page}, {visitor}: {}", per_second(ours.per_second));
            add_reading(table, &format!("{page}, {visitor}"), ours, beside);
        }
    }
    Ok(())
}

fn add_reading(table: &mut Table, what: &str, ours: Figures, beside: Figures) {
    let rate = ratio(ours.per_second, beside.per_second);
    table.compare(format!("{what}: requests"), per_second(ours.per_second), per_second(beside.per_second), rate);
    for (name, ours, beside) in [("p50", ours.median, beside.median), ("p99", ours.p99, beside.p99)] {
        let times = ratio(ours.as_secs_f64(), beside.as_secs_f64());
        table.compare(format!("{what}: {name}"), milliseconds(ours), milliseconds(beside), times);
    }
}

/// Everybody writes into the same discussion, which is the worst case.
pub async fn publishing(table: &mut Table, database: &str, server: &Server, community: &Community, span: Duration) -> Outcome {
    let mut workers = Vec::with_capacity(community.writers.len());
    for writer in community.writers.clone() {
        workers.push(Publishing {
            connection: Connection::open(server.address).await?,
            writer,
            discussion: community.empty,
            written: 0,
        });
    }
    let writers = workers.len();
    let figures = load::run(workers, span).await?;
    println!("comments on {database}: {}", per_second(figures.per_second));
    table.add(format!("comments by {writers} writers, {database}"), per_second(figures.per_second));
    table.add(format!("comments by {writers} writers, {database}: p50"), milliseconds(figures.median));
    table.add(format!("comments by {writers} writers, {database}: p99"), milliseconds(figures.p99));
    Ok(())
}

struct Publishing {
    connection: Connection,
    writer: Writer,
    discussion: u64,
    written: usize,
}

impl Work for Publishing {
    async fn once(&mut self) -> Outcome {
        self.written += 1;
        let request = self.writer.publish(self.discussion, &community::text(self.written));
        self.connection.send(&request).await?.demand(200, "a comment").map(drop)
    }
}

/// Signing in is hashing and little else: beside it stands what the machine can hash.
pub async fn signing_in(table: &mut Table, server: &Server, community: &Community, span: Duration) -> Outcome {
    let raw = tokio::task::spawn_blocking(move || hashes_per_second(span)).await??;
    let mut workers = Vec::new();
    // Each at an account of their own: attempts at one account are counted before they are decided.
    for writer in community.writers.iter().take(cores() * 2) {
        workers.push(SigningIn { connection: Connection::open(server.address).await?, name: writer.name.clone() });
    }
    let figures = load::run(workers, span).await?;
    println!("sign-ins: {}", per_second(figures.per_second));
    table.compare(
        "sign-ins, beside Argon2id alone",
        per_second(figures.per_second),
        per_second(raw),
        ratio(figures.per_second, raw),
    );
    Ok(())
}

struct SigningIn {
    connection: Connection,
    name: String,
}

impl Work for SigningIn {
    async fn once(&mut self) -> Outcome {
        self.connection.send(&Writer::sign_in(&self.name)).await?.demand(200, "a sign-in").map(drop)
    }
}

/// On every core at the same time, as the server does.
fn hashes_per_second(span: Duration) -> Outcome<f64> {
    let (memory, iterations, parallelism) = ARGON2;
    let params = Params::new(memory, iterations, parallelism, None).map_err(|cause| Failure::new(format!("Argon2: {cause}")))?;
    let (end, done) = (Instant::now() + span, Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    let threads: Vec<_> = (0..cores())
        .map(|_| {
            let (argon2, done) = (Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone()), Arc::clone(&done));
            thread::spawn(move || {
                while Instant::now() < end {
                    let mut hash = [0; 32];
                    if argon2.hash_password_into(b"meadow lantern thistle copper", b"sixteen salty by", &mut hash).is_ok() {
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| Failure::new("a hashing thread died"))?;
    }
    let hashes = u32::try_from(done.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
    Ok(f64::from(hashes) / begun.elapsed().as_secs_f64())
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// What travels for a page and for each file that the pages name, asked for as browsers ask.
pub async fn weights(table: &mut Table, server: &Server, discussions: &Discussions) -> Outcome {
    let pages = [
        ("list of discussions", "/".to_owned()),
        ("discussion, 50 comments", format!("/d/{}", discussions.usual)),
        ("first page of 1,000 comments", format!("/d/{}", discussions.long)),
        ("sign-in", "/sign-in".to_owned()),
    ];
    let mut assets = BTreeSet::new();
    for (name, path) in pages {
        let answer = server.ask(Request::get(&path, None)).await?.demand(200, name)?;
        table.add(format!("weight of the page: {name}"), weight(answer.body.len(), answer.header("content-encoding")));
        assets.extend(assets_in(&answer.text()));
    }
    for path in assets {
        let answer = server.ask(Request::get(&path, None)).await?.demand(200, &path)?;
        table.add(format!("weight of {}", without_hash(&path)), weight(answer.body.len(), answer.header("content-encoding")));
    }
    Ok(())
}

fn weight(bytes: usize, encoding: Option<&str>) -> String {
    format!("{bytes} B, {}", encoding.unwrap_or("not compressed"))
}

/// Every path of ours in quotes that leads to a file of the site.
fn assets_in(page: &str) -> BTreeSet<String> {
    let quoted = page.split(['"', '\'']).filter(|part| part.starts_with("/assets/") && part.len() > "/assets/".len());
    let paths = quoted.filter(|path| !path.contains(char::is_whitespace)).filter_map(|path| path.split('#').next());
    paths.map(str::to_owned).collect()
}

/// `locutory.css` for `/assets/locutory-0123456789abcdef.css`: the hash changes with the content, the weight hardly.
fn without_hash(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let (name, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    match name.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{name}.{extension}")
        }
        _ => file.to_owned(),
    }
}

pub fn memory(table: &mut Table, idle: Memory, reading: Memory, end: Memory) {
    table.add("memory, idle after the start", mebibytes(idle.resident));
    table.add("memory, most while pages were read under load", mebibytes(reading.peak));
    table.add("memory, most with comments and sign-ins", mebibytes(end.peak));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_page_are_found_once_each() {
        let page =
            r#"<link href="/assets/a.css"><script src="/assets/b.js"></script><use href="/assets/a.css#part"><a href="/d/1">"#;
        assert_eq!(assets_in(page).into_iter().collect::<Vec<_>>(), ["/assets/a.css", "/assets/b.js"]);
    }

    #[test]
    fn a_file_is_called_by_the_name_it_has_in_the_sources() {
        assert_eq!(without_hash("/assets/locutory-0a1b2c3d4e5f6071.css"), "locutory.css");
        assert_eq!(without_hash("/assets/islands.js"), "islands.js");
    }
}
