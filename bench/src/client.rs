//! A connection that speaks as much HTTP/1.1 as measuring needs: one request after the other, each
//! answer read to its end. It parses little, so that the load costs the measured server few cores.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::failure::{Failure, Outcome};

const LONGEST_HEAD: usize = 64 * 1024;

pub struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    received: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

/// What is asked for.
pub struct Request {
    head: String,
    body: String,
}

impl Request {
    pub fn get(path: &str, cookie: Option<&str>) -> Self {
        Self {
            head: format!(
                "GET {path} HTTP/1.1\r\naccept: text/html\r\naccept-encoding: br\r\nsec-fetch-site: none\r\n{}",
                cookie_line(cookie)
            ),
            body: String::new(),
        }
    }

    /// A page that is not compressed, so that it can be read here.
    pub fn plain(path: &str, cookie: &str) -> Self {
        Self { head: format!("GET {path} HTTP/1.1\r\naccept: text/html\r\n{}", cookie_line(Some(cookie))), body: String::new() }
    }

    /// A form as an island sends it.
    pub fn post(function: &str, fields: &[(&str, &str)], cookie: Option<&str>) -> Self {
        let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let head = format!(
            "POST /api/{function} HTTP/1.1\r\naccept: application/json\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n{}",
            body.len(),
            cookie_line(cookie)
        );
        Self { head, body }
    }
}

fn cookie_line(cookie: Option<&str>) -> String {
    cookie.map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default()
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The cookie of a session that was opened: `name=value`.
    pub fn cookie(&self) -> Option<String> {
        let cookie = self.header("set-cookie")?;
        Some(cookie.split(';').next().unwrap_or(cookie).to_owned())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn demand(self, status: u16, what: &str) -> Outcome<Self> {
        if self.status == status {
            return Ok(self);
        }
        Err(Failure::new(format!(
            "{what} was answered with {}: {}",
            self.status,
            self.text().chars().take(300).collect::<String>()
        )))
    }
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address, received: Vec::with_capacity(LONGEST_HEAD) })
    }

    pub async fn send(&mut self, request: &Request) -> Outcome<Answer> {
        let text = format!("{}host: {}\r\nuser-agent: bench\r\n\r\n{}", request.head, self.address, request.body);
        self.stream.write_all(text.as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> Outcome<Answer> {
        let head_length = self.receive_head().await?;
        let head = String::from_utf8_lossy(&self.received[..head_length]).into_owned();
        self.received.drain(..head_length);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| Failure::new("an answer has no status"))?;
        let mut answer = Answer { status, head, body: Vec::new() };
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        answer.body = match length {
            Some(length) => self.take(length).await?,
            None if answer.header("transfer-encoding").is_some() => self.take_chunks().await?,
            None => Vec::new(),
        };
        Ok(answer)
    }

    async fn receive_head(&mut self) -> Outcome<usize> {
        loop {
            if let Some(end) = self.received.windows(4).position(|window| window == b"\r\n\r\n") {
                return Ok(end + 4);
            }
            if self.received.len() > LONGEST_HEAD {
                return Err(Failure::new("an answer's head does not end"));
            }
            self.receive().await?;
        }
    }

    async fn receive(&mut self) -> Outcome {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(Failure::new("the server closed a connection in the middle of an answer")),
            _ => Ok(()),
        }
    }

    async fn take(&mut self, length: usize) -> Outcome<Vec<u8>> {
        while self.received.len() < length {
            self.receive().await?;
        }
        Ok(self.received.drain(..length).collect())
    }

    async fn take_chunks(&mut self) -> Outcome<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.take_line().await?;
            let length = usize::from_str_radix(line.trim(), 16).map_err(|_| Failure::new("a chunk has no length"))?;
            body.extend(self.take(length).await?);
            self.take_line().await?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    async fn take_line(&mut self) -> Outcome<String> {
        loop {
            if let Some(end) = self.received.windows(2).position(|window| window == b"\r\n") {
                let line = String::from_utf8_lossy(&self.received[..end]).into_owned();
                self.received.drain(..end + 2);
                return Ok(line);
            }
            self.receive().await?;
        }
    }
}
