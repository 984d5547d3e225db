//! The header of the PROXY protocol (`HAProxy`, versions 1 and 2) at the beginning of a connection.
//!
//! **Promises.** It is read before anything else, TLS included; what follows it is left as it came; it may have 536 bytes,
//! which is what the protocol lets a sender count on.

use std::io;
use std::net::{IpAddr, SocketAddr};

use ppp::{v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The first bytes of version 2.
const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// What stands before the length of version 2, with the length.
const FIXED: usize = 16;
/// The first bytes of version 1, and its longest line.
const WORD: &[u8] = b"PROXY ";
const LONGEST_LINE: usize = 107;
const LONGEST: usize = 536;

/// What a header says.
#[derive(Debug, PartialEq, Eq)]
pub enum Source {
    Client(SocketAddr),
    /// The proxy asks for itself, such as for its health check.
    Proxy,
}

/// Reads the header; returns what it says and the bytes that came after it.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`] when it is none.
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(Source, Vec<u8>)> {
    let mut received = Vec::with_capacity(LONGEST);
    loop {
        if let Some(length) = length(&received)? {
            let rest = received.split_off(length);
            return parse(&received).map(|source| (source, rest)).ok_or_else(unreadable);
        }
        if stream.read_buf(&mut received).await? == 0 {
            return Err(unreadable());
        }
    }
}

fn unreadable() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

/// How many bytes the header has, once that can be told and they are all there.
fn length(received: &[u8]) -> io::Result<Option<usize>> {
    let begins = |mark: &[u8]| received.iter().zip(mark).all(|(one, other)| one == other);
    let length = if begins(SIGNATURE) {
        let Some(bytes) = received.get(FIXED - 2..FIXED) else { return Ok(None) };
        FIXED + usize::from(u16::from_be_bytes([bytes[0], bytes[1]]))
    } else if begins(WORD) {
        match received.windows(2).position(|pair| pair == b"\r\n") {
            Some(end) if end + 2 <= LONGEST_LINE => end + 2,
            None if received.len() < LONGEST_LINE => return Ok(None),
            _ => return Err(unreadable()),
        }
    } else {
        return Err(unreadable());
    };
    if length > LONGEST {
        return Err(unreadable());
    }
    Ok((received.len() >= length).then_some(length))
}

fn parse(header: &[u8]) -> Option<Source> {
    if header.starts_with(WORD) {
        let client = |address: IpAddr, port| Source::Client(SocketAddr::new(address, port));
        return Some(match v1::Header::try_from(header).ok()?.addresses {
            v1::Addresses::Tcp4(it) => client(it.source_address.into(), it.source_port),
            v1::Addresses::Tcp6(it) => client(it.source_address.into(), it.source_port),
            v1::Addresses::Unknown => Source::Proxy,
        });
    }
    let header = v2::Header::try_from(header).ok()?;
    if header.command == v2::Command::Local {
        return Some(Source::Proxy);
    }
    match header.addresses {
        v2::Addresses::IPv4(it) => Some(Source::Client(SocketAddr::new(it.source_address.into(), it.source_port))),
        v2::Addresses::IPv6(it) => Some(Source::Client(SocketAddr::new(it.source_address.into(), it.source_port))),
        v2::Addresses::Unspecified | v2::Addresses::Unix(_) => Some(Source::Proxy),
    }
}

#[cfg(test)]
mod tests {
    use ppp::v2::{Builder, Command, Protocol, Version};
    use proptest::prelude::*;

    use super::*;

    async fn said(bytes: &[u8]) -> Option<(Source, Vec<u8>)> {
        // One byte after the other, as a slow network may bring them, and then all at once.
        let (mut slow, fast) = (tokio_test_reader(bytes), read(&mut &*bytes).await.ok());
        let slow = read(&mut slow).await.ok();
        assert_eq!(slow.as_ref().map(|it| &it.0), fast.as_ref().map(|it| &it.0));
        fast
    }

    fn tokio_test_reader(bytes: &[u8]) -> impl AsyncRead + Unpin {
        let (mut writer, reader) = tokio::io::duplex(1);
        let bytes = bytes.to_vec();
        tokio::spawn(async move {
            use tokio::io::AsyncWriteExt;
            // The reader may have heard enough before the end.
            drop(writer.write_all(&bytes).await);
        });
        reader
    }

    fn client(text: &str) -> Source {
        Source::Client(text.parse().unwrap())
    }

    fn second(command: Command, source: &str) -> Vec<u8> {
        let addresses: (SocketAddr, SocketAddr) = (source.parse().unwrap(), source.parse().unwrap());
        Builder::with_addresses(Version::Two | command, Protocol::Stream, addresses).build().unwrap()
    }

    #[tokio::test]
    async fn both_versions_tell_the_client_and_leave_the_rest() {
        let first = said(b"PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\r\nGET /").await.unwrap();
        assert_eq!(first, (client("203.0.113.7:4711"), b"GET /".to_vec()));
        let sixth = said(b"PROXY TCP6 2001:db8::7 ::1 4711 443\r\n").await.unwrap();
        assert_eq!(sixth.0, client("[2001:db8::7]:4711"));
        for address in ["203.0.113.7:4711", "[2001:db8::7]:4711"] {
            let bytes = [second(Command::Proxy, address), b"\x16\x03".to_vec()].concat();
            assert_eq!(said(&bytes).await.unwrap(), (client(address), b"\x16\x03".to_vec()));
        }
    }

    #[tokio::test]
    async fn a_proxy_may_ask_for_itself() {
        assert_eq!(said(b"PROXY UNKNOWN\r\n").await.unwrap().0, Source::Proxy);
        assert_eq!(said(&second(Command::Local, "203.0.113.7:1")).await.unwrap().0, Source::Proxy);
    }

    #[tokio::test]
    async fn anything_else_is_refused() {
        let long = [SIGNATURE, &[0x21, 0x11, 0xff, 0xff], &[0; 600]].concat();
        let endless = [WORD, &[b'1'; 200]].concat();
        for bytes in [
            &b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"[..],
            b"\x16\x03\x01\x02\x00",
            b"PROXY TCP4 203.0.113.7 10.0.0.1 4711\r\n",
            b"PROXY TCP4 a.b.c.d 10.0.0.1 1 2\r\n",
            b"PROXY TCP4 203.0.113.7 10.0",
            &long,
            &endless,
            b"",
        ] {
            assert_eq!(said(bytes).await, None, "{}", String::from_utf8_lossy(bytes));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..700), mark in 0..3_usize) {
            let bytes = [[SIGNATURE, WORD, b""][mark], &bytes[..]].concat();
            if let Ok(Some(length)) = length(&bytes) {
                prop_assert!(length <= LONGEST);
                parse(&bytes[..length]);
            }
        }
    }
}
