//! What connections come in by: a port, a Unix socket of our own, or either from the service manager, all behind one type.
//!
//! **Promises.** A Unix socket of ours can be opened by its owner and group alone, from its first moment; one that a dead
//! program has left behind is replaced, one that somebody serves is not; ours is removed when serving ends.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use axum_server::{AddrListener, Address};
use socket2::{Domain, SockAddr, SockRef, Socket, Type};
use tokio_util::either::Either;

use crate::server::config::Endpoint;
use crate::server::peer::Peer;

/// Read and written by owner and group.
const MODE: u32 = 0o660;
/// Connections that wait to be accepted; the system may allow fewer (`net.core.somaxconn`). With the 128 of the standard
/// library, a burst makes the system drop the first packet of a reader, who then waits a second to send it again.
const BACKLOG: i32 = 4_096;

/// A listener that takes no connection yet.
#[derive(Debug)]
pub enum Bound {
    Tcp(TcpListener),
    Unix(UnixListener, Option<SocketFile>),
}

/// The file of a Unix socket that we made.
#[derive(Debug)]
pub struct SocketFile {
    path: PathBuf,
    /// Device and number: another program may have put its own in the place of ours.
    identity: (u64, u64),
}

impl Bound {
    /// # Errors
    /// What the system says; the address is in use where a socket is served, and is not ours to take where its path holds
    /// something else.
    pub fn open(endpoint: &Endpoint) -> io::Result<Self> {
        match endpoint {
            Endpoint::Network(address) => open_port(*address),
            Endpoint::Socket(path) => open_socket(path),
            Endpoint::Inherited => Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
    }

    /// Where it really listens.
    ///
    /// # Errors
    /// What the system says.
    pub fn endpoint(&self) -> io::Result<Endpoint> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Endpoint::Network),
            Self::Unix(listener, _) => {
                let address = listener.local_addr()?;
                Ok(Endpoint::Socket(address.as_pathname().map(Path::to_owned).unwrap_or_default()))
            }
        }
    }

    /// Hands it to the runtime, with the file that is to go in the end.
    pub(super) fn listen(self) -> io::Result<(Listener, Option<SocketFile>)> {
        match self {
            Self::Tcp(listener) => {
                listener.set_nonblocking(true)?;
                Ok((Listener::Tcp(tokio::net::TcpListener::from_std(listener)?), None))
            }
            Self::Unix(listener, file) => {
                listener.set_nonblocking(true)?;
                Ok((Listener::Unix(tokio::net::UnixListener::from_std(listener)?), file))
            }
        }
    }
}

fn open_port(address: SocketAddr) -> io::Result<Bound> {
    let listener = TcpListener::bind(address)?;
    // It listens already; to say it again changes how many may wait (listen(2)).
    SockRef::from(&listener).listen(BACKLOG)?;
    Ok(Bound::Tcp(listener))
}

fn open_socket(path: &Path) -> io::Result<Bound> {
    clear(path)?;
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.bind(&SockAddr::unix(path)?)?;
    // Nobody can connect before it listens.
    fs::set_permissions(path, fs::Permissions::from_mode(MODE))?;
    let metadata = fs::symlink_metadata(path)?;
    let file = SocketFile { path: path.to_owned(), identity: (metadata.dev(), metadata.ino()) };
    socket.listen(BACKLOG)?;
    Ok(Bound::Unix(socket.into(), Some(file)))
}

/// Removes a socket that nobody serves any more.
fn clear(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(cause),
        Ok(metadata) if !metadata.file_type().is_socket() => Err(io::Error::from(io::ErrorKind::AlreadyExists)),
        Ok(_) => match UnixStream::connect(path) {
            Err(cause) if cause.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
            Err(cause) => Err(cause),
            Ok(_) => Err(io::Error::from(io::ErrorKind::AddrInUse)),
        },
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let is_ours = fs::symlink_metadata(&self.path).is_ok_and(|it| (it.dev(), it.ino()) == self.identity);
        if is_ours && let Err(cause) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %cause, "the socket could not be removed");
        }
    }
}

/// A listener as the runtime has it.
#[derive(Debug)]
pub enum Listener {
    Tcp(tokio::net::TcpListener),
    Unix(tokio::net::UnixListener),
}

/// The bytes of a connection as they come.
pub type Stream = Either<tokio::net::TcpStream, tokio::net::UnixStream>;

impl Address for Peer {
    type Stream = Stream;
    type Listener = Listener;
}

impl AddrListener<Stream, Peer> for Listener {
    async fn bind_to(_: Peer) -> io::Result<Self> {
        // Listeners are bound from the configuration, before.
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    async fn accept_stream(&self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Tcp(listener) => {
                listener.accept().await.map(|(stream, address)| (Either::Left(stream), Peer::Network(address)))
            }
            Self::Unix(listener) => listener.accept().await.map(|(stream, _)| (Either::Right(stream), Peer::Socket)),
        }
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Peer::Network),
            Self::Unix(_) => Ok(Peer::Socket),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{net::TcpStream, time::Duration};

    use super::*;

    fn socket_in(folder: &Path) -> Endpoint {
        Endpoint::Socket(folder.join("http.sock"))
    }

    #[test]
    fn a_burst_of_connections_waits_and_none_of_them_has_to_knock_twice() {
        let bound = Bound::open(&Endpoint::Network(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        let address = bound.endpoint().unwrap().network().unwrap();
        // Whoever has to knock twice waits for a second, and nothing here takes anybody in.
        let knock = || TcpStream::connect_timeout(&address, Duration::from_millis(900));
        let waiting: Vec<_> = (0..400).map_while(|_| knock().ok()).collect();
        assert_eq!(waiting.len(), 400);
    }

    #[test]
    fn a_socket_is_closed_to_others_and_goes_with_its_listener() {
        let folder = tempfile::tempdir().unwrap();
        let bound = Bound::open(&socket_in(folder.path())).unwrap();
        let path = folder.path().join("http.sock");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, MODE);
        UnixStream::connect(&path).unwrap();
        drop(bound);
        assert!(!path.exists());
    }

    #[test]
    fn a_socket_that_was_left_behind_is_replaced_and_one_that_is_served_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http.sock");
        drop(UnixListener::bind(&path).unwrap());
        let first = Bound::open(&socket_in(folder.path())).unwrap();
        let refused = Bound::open(&socket_in(folder.path())).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        drop(first);
        fs::write(&path, "of somebody's").unwrap();
        assert_eq!(Bound::open(&socket_in(folder.path())).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "of somebody's");
    }
}
