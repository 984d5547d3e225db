//! Sockets that the service manager has opened for us (systemd.socket(5)), by name or in their order.

use std::io;

use listenfd::ListenFd;

use super::socket::Bound;

/// Which of them is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Pages,
    Redirect,
}

impl Purpose {
    /// The names of `FileDescriptorName=` that say so, and the place of a socket without such a name.
    const fn marks(self) -> (&'static [&'static str], usize) {
        match self {
            Self::Pages => (&["https", "http"], 0),
            Self::Redirect => (&["redirect"], 1),
        }
    }
}

/// What was handed over to this process; taking something leaves the rest.
pub struct Inherited {
    sockets: ListenFd,
    names: Vec<String>,
}

impl Inherited {
    #[must_use]
    pub fn of_this_process() -> Self {
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        Self { sockets: ListenFd::from_env(), names: names.split(':').map(str::to_owned).collect() }
    }

    /// # Errors
    /// There is none, or it is not one that listens for streams.
    pub fn take(&mut self, purpose: Purpose) -> io::Result<Bound> {
        let place = place(&self.names, purpose);
        let tcp = match self.sockets.take_tcp_listener(place) {
            Ok(listener) => listener.map(Bound::Tcp),
            // It stays in its place when it is of another kind.
            Err(_) => self.sockets.take_unix_listener(place)?.map(|listener| Bound::Unix(listener, None)),
        };
        tcp.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

fn place(names: &[String], purpose: Purpose) -> usize {
    let (marks, place) = purpose.marks();
    names.iter().position(|name| marks.contains(&name.as_str())).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_found_by_its_name_and_else_by_its_place() {
        let names = ["redirect", "https"].map(str::to_owned);
        assert_eq!((place(&names, Purpose::Pages), place(&names, Purpose::Redirect)), (1, 0));
        let unnamed = ["locutory.socket", "locutory.socket"].map(str::to_owned);
        assert_eq!((place(&unnamed, Purpose::Pages), place(&unnamed, Purpose::Redirect)), (0, 1));
    }
}
