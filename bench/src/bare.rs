//! What everything is compared with: an axum program that answers `/{length}` with as many bytes of
//! HTML that lie ready in memory. It runs as a process of its own, as the measured server does.

use std::{net::SocketAddr, process::Stdio};

use axum::{Router, body::Bytes, extract::Path, http::header::CONTENT_TYPE, response::IntoResponse, routing::get};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

use crate::failure::{Failure, Outcome};

/// The word on the command line that makes this program the bare server.
pub const COMMAND: &str = "serve-bare";
const LONGEST: usize = 4 * 1024 * 1024;

/// Serves until it is killed; its address stands on the first line that it prints.
pub async fn serve() -> Outcome {
    let bytes = Bytes::from(vec![b'x'; LONGEST]);
    let answer = move |Path(length): Path<usize>| {
        let content = bytes.slice(..length.min(LONGEST));
        async move { ([(CONTENT_TYPE, "text/html; charset=utf-8")], content).into_response() }
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().route("/{length}", get(answer))).await?)
}

pub struct Bare {
    pub address: SocketAddr,
    // Killed when it is dropped.
    _child: Child,
}

impl Bare {
    pub async fn start() -> Outcome<Self> {
        let this = std::env::current_exe()?;
        let mut child = Command::new(this).arg(COMMAND).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let output = child.stdout.take().ok_or_else(|| Failure::new("the bare server says nothing"))?;
        let line = BufReader::new(output).lines().next_line().await?.unwrap_or_default();
        let address = line.parse().map_err(|_| Failure::new("the bare server did not start"))?;
        Ok(Self { address, _child: child })
    }
}
