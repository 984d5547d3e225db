//! Unix sockets, and sockets that somebody else has opened.

use std::os::unix::net::UnixListener;
use std::process::Command;

use axum::Extension;
use tokio::net::UnixStream;

use super::*;

fn who() -> Router {
    Router::new().route("/", get(|Extension(peer): Extension<Peer>| async move { format!("hello {peer:?}") }))
}

#[tokio::test]
async fn a_proxy_is_served_over_a_unix_socket_which_goes_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("http.sock");
    let address = format!("unix:{}", path.display());
    let settings = [(&catalogue::LISTEN_ADDRESS, &*address), (&catalogue::SITE_ADDRESS, "https://talk.example.org")];
    let running = start(folder.path(), &settings, who());
    let mut stream = UnixStream::connect(&path).await.unwrap();
    stream.write_all(READ_ROOT).await.unwrap();
    assert!(String::from_utf8(remainder(&mut stream).await).unwrap().ends_with("hello Socket"));
    running.end().await;
    assert!(!path.exists());
}

#[test]
fn a_socket_that_is_served_is_named_with_its_setting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("http.sock");
    let _served = UnixListener::bind(&path).unwrap();
    let config = config_of(&[(&catalogue::LISTEN_ADDRESS, &format!("unix:{}", path.display()))]);
    let refusal = Listeners::bind(&config).unwrap_err().to_string();
    assert!(refusal.starts_with("listen.address:") && refusal.contains("another program serves"), "{refusal}");
}

#[test]
fn a_service_manager_that_hands_nothing_over_is_told_of() {
    let refusal = Listeners::bind(&config_of(&[(&catalogue::LISTEN_ADDRESS, "systemd")])).unwrap_err().to_string();
    assert!(refusal.starts_with("listen.address:") && refusal.contains("systemd.socket"), "{refusal}");
}

fn config_of(settings: &[(&'static Setting, &str)]) -> Config {
    let site = (&catalogue::SITE_ADDRESS, "https://talk.example.org");
    let flag = |(setting, value): (&'static Setting, &str)| Flag { setting, name: "--test", value: value.to_owned() };
    Config::load(Sources::of_flags(settings.iter().copied().chain([site]).map(flag).collect())).unwrap()
}

/// Opens sockets as a service manager does, and becomes this very program, of which one test runs.
const MANAGER: &str = "
import os, socket, sys
kind, folder, test = sys.argv[1:4]
pages = socket.socket(socket.AF_UNIX) if kind == 'unix' else socket.socket()
pages.bind(folder + '/http.sock' if kind == 'unix' else ('0.0.0.0' if kind == 'public' else '127.0.0.1', 0))
pages.listen()
sent_on = socket.socket()
sent_on.bind(('127.0.0.1', 0))
sent_on.listen()
os.environ['EXPECTED'] = 'unix:' + folder + '/http.sock' if kind == 'unix' else '%s:%d' % pages.getsockname()
os.environ['EXPECTED_REDIRECT'] = '%s:%d' % sent_on.getsockname()
a, b = os.dup(sent_on.fileno()), os.dup(pages.fileno())
os.dup2(a, 3); os.dup2(b, 4)
os.environ.update(LISTEN_FDS='2', LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES='redirect:http')
os.execv(sys.argv[4], [sys.argv[4], '--exact', test, '--ignored', '--nocapture'])
";

fn inherit(kind: &str, test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let this = std::env::current_exe().unwrap();
    let test = format!("server::listen::tests::sockets::{test}");
    let mut manager = Command::new("python3");
    manager.args(["-c", MANAGER, kind]).arg(folder.path()).arg(test).arg(this);
    let output = manager.output().expect("python3 is there, as the tests' mail server needs it");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn sockets_of_the_service_manager_are_taken_by_their_names() {
    inherit("tcp", "child_that_takes_what_it_is_given");
    inherit("unix", "child_that_takes_what_it_is_given");
}

#[test]
fn a_public_port_of_the_service_manager_is_refused_without_tls() {
    inherit("public", "child_that_refuses_a_public_port");
}

#[test]
#[ignore = "runs as a child of the tests above, with the sockets that it takes"]
fn child_that_takes_what_it_is_given() {
    let settings = [
        (&catalogue::LISTEN_ADDRESS, "systemd"),
        (&catalogue::LISTEN_REDIRECT_ADDRESS, "systemd"),
        (&catalogue::TLS_MODE, "self-signed"),
    ];
    let listeners = Listeners::bind(&config_of(&settings)).unwrap();
    assert_eq!(listeners.address().to_string(), std::env::var("EXPECTED").unwrap());
    let redirect = listeners.redirect.unwrap().endpoint().unwrap();
    assert_eq!(redirect.to_string(), std::env::var("EXPECTED_REDIRECT").unwrap());
}

#[test]
#[ignore = "runs as a child of the tests above, with the sockets that it refuses"]
fn child_that_refuses_a_public_port() {
    let refusal = Listeners::bind(&config_of(&[(&catalogue::LISTEN_ADDRESS, "systemd")])).unwrap_err().to_string();
    assert!(refusal.starts_with("listen.address:") && refusal.contains("tls.mode"), "{refusal}");
}

#[test]
fn the_proxy_protocol_is_refused_at_a_port_of_the_service_manager_without_a_proxy() {
    inherit("public", "child_that_refuses_headers_of_nobody");
}

#[test]
#[ignore = "runs as a child of the test above, with the sockets that it refuses"]
fn child_that_refuses_headers_of_nobody() {
    let settings = [
        (&catalogue::LISTEN_ADDRESS, "systemd"),
        (&catalogue::LISTEN_PROXY_PROTOCOL, "required"),
        (&catalogue::TLS_MODE, "self-signed"),
    ];
    let refusal = Listeners::bind(&config_of(&settings)).unwrap_err().to_string();
    assert!(refusal.starts_with("listen.proxy_protocol:") && refusal.contains("listen.behind_proxy"), "{refusal}");
}
