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

    /// The ports and the name of a socket unit; all sockets of a unit have one name.
    fn unit(text: &str) -> (Vec<&str>, &str) {
        let values = |key: &str| text.lines().filter_map(move |line| line.strip_prefix(key)).collect::<Vec<_>>();
        (values("ListenStream="), values("FileDescriptorName=")[0])
    }

    #[test]
    fn the_socket_units_that_we_deliver_are_told_apart_in_either_order() {
        let files = [include_str!("../../../deploy/locutory.socket"), include_str!("../../../deploy/locutory-redirect.socket")];
        let mut handed_over: Vec<(&str, &str)> =
            files.into_iter().map(unit).flat_map(|(ports, name)| ports.into_iter().map(move |port| (port, name))).collect();
        for _ in 0..2 {
            let names: Vec<String> = handed_over.iter().map(|(_, name)| (*name).to_owned()).collect();
            assert_eq!(handed_over[place(&names, Purpose::Pages)].0, "443", "{handed_over:?}");
            assert_eq!(handed_over[place(&names, Purpose::Redirect)].0, "80", "{handed_over:?}");
            handed_over.reverse();
        }
        let service = include_str!("../../../deploy/locutory.service");
        assert!(service.contains("\nSockets=locutory.socket locutory-redirect.socket\n"), "neither is handed over");
    }
}
