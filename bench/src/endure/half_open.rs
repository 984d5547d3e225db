//! Thousands of connections that are held open half-way by one address, and some by each of many others, while somebody
//! who is signed in reads.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

use crate::{
    client::{Connection, Request},
    community,
    failure::{Failure, Outcome},
    server::{Place, Server},
    table::{Table, mebibytes, milliseconds},
};

/// The longest that a page may take.
const PROMISE: Duration = Duration::from_millis(200);
/// How often the page is read, and the pause between.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);
/// Addresses that hold one connection each.
const OTHERS: u16 = 200;
/// Connections that one task holds, one after the other.
const EACH: usize = 20;
/// What a connection says before it falls silent: nothing, half a head, half a body, half a handshake.
const SHAPES: [&[u8]; 4] = [
    b"",
    b"GET / HTTP/1.1\r\nhost: localhost\r\nx-half: ",
    b"POST /api/accounts/sign_in HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\n\
      content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\nlogin=",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
];
/// How long a connection that the server has closed is held on this side before it is opened again.
const HOLD: Duration = Duration::from_secs(10);
/// Descriptors beside those of the connections.
const RESERVE: u64 = 500;

pub async fn run(table: &mut Table, place: &Place, connections: usize) -> Outcome {
    make_room(connections)?;
    let server = Server::start(place).await?;
    let community = community::found(&server, place).await?;
    let discussions = community::fill_shortly(&server, &community).await?;
    let cookie = &community.writers[0].cookie;
    let before = server.memory();
    let holders = hold(server.address, connections);
    let slowest = read(&server, &format!("/d/{discussions}"), cookie).await?;
    let after = server.memory();
    drop(holders);
    table.add(format!("page beside {connections} half-open connections, slowest of {TRIES}"), milliseconds(slowest));
    table.add("memory before", mebibytes(before.resident));
    table.add("memory at its peak", mebibytes(after.peak));
    table.add("memory after", mebibytes(after.resident));
    server.stop().await?;
    if slowest > PROMISE {
        return Err(Failure::new(format!("a page took {}, not {}", milliseconds(slowest), milliseconds(PROMISE))));
    }
    Ok(())
}

/// Holds them until it is dropped; one that the server closes is opened again.
fn hold(server: SocketAddr, connections: usize) -> JoinSet<()> {
    let mut holders = JoinSet::new();
    let one = Ipv4Addr::new(127, 0, 0, 2);
    for number in 0..connections / EACH {
        holders.spawn(hold_some(one, server, number, EACH));
    }
    for number in 0..OTHERS {
        let [high, low] = number.to_be_bytes();
        holders.spawn(hold_some(Ipv4Addr::new(127, 1, high, low + 1), server, usize::from(number), 1));
    }
    holders
}

async fn hold_some(source: Ipv4Addr, server: SocketAddr, number: usize, most: usize) {
    let mut held = Vec::with_capacity(most);
    loop {
        held.clear();
        for place in 0..most {
            // What the server refuses to take is what this trial is about.
            held.extend(half_open(source, server, SHAPES[(number + place) % SHAPES.len()]).await.ok());
        }
        // They are held on this side also when the server has closed them, until each had its time.
        if let Some(stream) = held.first_mut() {
            let mut answer = Vec::new();
            drop(stream.read_to_end(&mut answer).await);
        }
        tokio::time::sleep(HOLD).await;
    }
}

async fn half_open(source: Ipv4Addr, server: SocketAddr, shape: &[u8]) -> Outcome<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((source, 0)))?;
    let mut stream = socket.connect(server).await?;
    stream.write_all(shape).await?;
    Ok(stream)
}

/// Each time over a connection of its own, as somebody who comes anew; returns the slowest.
async fn read(server: &Server, path: &str, cookie: &str) -> Outcome<Duration> {
    let mut slowest = Duration::ZERO;
    for _ in 0..TRIES {
        let begun = Instant::now();
        let mut connection = Connection::open(server.address).await?;
        connection.send(&Request::get(path, Some(cookie))).await?.demand(200, "the reader's page")?;
        slowest = slowest.max(begun.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(slowest)
}

fn make_room(connections: usize) -> Outcome {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(RESERVE);
    match rlimit::increase_nofile_limit(wanted)? {
        limit if limit >= wanted => Ok(()),
        limit => Err(Failure::new(format!("this needs {wanted} file descriptors, and the system allows {limit} (ulimit -Hn)"))),
    }
}
