use std::{
    fs,
    io::ErrorKind,
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
};

use super::{Effect, enter, reach::Reach, restrict};
use crate::server::config::{
    Config, Flag, Sources,
    catalogue::{self, Setting},
};

fn config(settings: &[(&'static Setting, &str)]) -> Config {
    let flags = settings.iter().map(|(setting, value)| Flag { setting, name: "--test", value: (*value).to_owned() });
    Config::load(Sources::of_flags(flags.collect())).unwrap()
}

/// What is restricted is a thread, and with it what it starts: so each test has one to lose.
fn in_a_thread<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    thread::spawn(act).join().unwrap()
}

#[test]
fn only_what_the_settings_name_is_within_reach() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&[
        (&catalogue::DATA_FOLDER, &folder.path().display().to_string()),
        (&catalogue::DATA_DATABASE, "postgres://u@db.example:6000/d?sslrootcert=/etc/locutory/ca.pem"),
        (&catalogue::METRICS_ADDRESS, "127.0.0.1:9464"),
        (&catalogue::MAIL_MODE, "smtp"),
        (&catalogue::MAIL_FROM, "talk@example.org"),
        (&catalogue::MAIL_SERVER, "mail.example.org:465"),
    ]);
    let reach = Reach::of(&config);
    assert_eq!(reach.writes, [folder.path()]);
    assert_eq!((reach.binds, reach.connects), (vec![8080, 9464], vec![53, 6000, 465]));
    for outside in ["/", "/etc", "/home", "/root", "/etc/shadow", "/tmp", "/usr"] {
        assert!(!reach.reads.iter().chain(&reach.libraries).any(|path| path == Path::new(outside)), "{outside}");
    }
}

#[test]
fn a_thread_in_the_sandbox_keeps_its_data_and_loses_the_rest() {
    let data = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "of others").unwrap();
    let named = outside.path().join("named.key");
    let (served, other) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let (connectable, closed) = (served.local_addr().unwrap(), other.local_addr().unwrap());
    let reach = Reach {
        writes: vec![data.path().to_owned()],
        connects: vec![connectable.port()],
        binds: vec![0],
        ..Reach::of(&config(&[(&catalogue::DATA_FOLDER, &data.path().display().to_string())]))
    };
    let (data_path, outside_path) = (data.path().to_owned(), outside.path().to_owned());
    in_a_thread(move || {
        let effect = restrict(&reach).unwrap();
        if effect == Effect::None {
            // Nothing to hold to: that the mode "on" is refused then is another test.
            return;
        }
        fs::create_dir(data_path.join("tls")).unwrap();
        fs::write(data_path.join("locutory.db-wal"), "ours").unwrap();
        fs::rename(data_path.join("locutory.db-wal"), data_path.join("tls/renamed")).unwrap();
        assert_eq!(fs::read_to_string(data_path.join("tls/renamed")).unwrap(), "ours");
        fs::read_to_string("/proc/self/status").unwrap();
        for denied in [outside_path.join("secret"), Path::new("/etc/passwd").to_owned()] {
            assert_eq!(fs::read(&denied).unwrap_err().kind(), ErrorKind::PermissionDenied, "{}", denied.display());
        }
        assert_eq!(fs::write(&named, "new").unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert!(std::process::Command::new("/bin/true").status().is_err(), "a program was started");
        if effect == Effect::Whole {
            TcpStream::connect(connectable).unwrap();
            assert_eq!(TcpStream::connect(closed).unwrap_err().kind(), ErrorKind::PermissionDenied);
            TcpListener::bind("127.0.0.1:0").unwrap();
            assert!(TcpListener::bind(("127.0.0.1", closed.port())).is_err());
        }
    });
}

#[test]
fn a_kernel_that_cannot_is_refused_when_the_operator_insists_and_told_otherwise() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().display().to_string();
    let entered = |mode: &'static str| {
        let config = config(&[(&catalogue::DATA_FOLDER, &folder), (&catalogue::SANDBOX_MODE, mode)]);
        in_a_thread(move || (restrict(&Reach::of(&config)).unwrap(), enter(&config).map_err(|refusal| refusal.to_string())))
    };
    let (effect, on) = entered("on");
    match effect {
        Effect::None => assert!(on.unwrap_err().starts_with("sandbox.mode: this kernel has no Landlock")),
        Effect::Partly | Effect::Whole => on.unwrap(),
    }
    entered("best-effort").1.unwrap();
}

#[test]
fn the_program_opens_its_data_makes_its_certificate_and_answers_in_its_sandbox() {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    use crate::server::{App, database, router, tls};

    let data = tempfile::tempdir().unwrap();
    let config = config(&[
        (&catalogue::DATA_FOLDER, &data.path().display().to_string()),
        (&catalogue::TLS_MODE, "self-signed"),
        (&catalogue::SITE_ADDRESS, "https://localhost:8080"),
        (&catalogue::MAIL_MODE, "folder"),
    ]);
    let status = in_a_thread(move || {
        restrict(&Reach::of(&config)).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            tls::prepare(&config).unwrap();
            database::migrate_up(&config.data).await.unwrap();
            let app = App::open(config).await.unwrap();
            let request = Request::builder().uri("/readyz").body(Body::empty()).unwrap();
            let answer = router::build(app.clone()).oneshot(request).await.unwrap();
            app.close().await;
            answer.status()
        })
    });
    assert_eq!(status, 200);
    for made in ["locutory.db", "cookie.key", "data.keys", "tls", "letters"] {
        assert!(data.path().join(made).exists(), "{made} was not made");
    }
}
