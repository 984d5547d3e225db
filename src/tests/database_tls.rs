//! PostgreSQL over a network that somebody may sit on: a real server with TLS, with the right and with wrong
//! certificates.

use std::net::{IpAddr, UdpSocket};

use super::support::postgres_server::{Authority, PostgresServer};
use crate::server::{
    config::{
        Config, Flag, Sources,
        catalogue::{self, Setting},
    },
    database,
};

/// What becomes of opening a database at this address.
async fn opened(address: &str, settings: &[(&'static Setting, &str)]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().display().to_string();
    let usual = [(&catalogue::DATA_FOLDER, folder.as_str()), (&catalogue::DATA_DATABASE, address)];
    let flags = usual.iter().chain(settings).map(|(setting, value)| Flag { setting, name: "--test", value: (*value).to_owned() });
    let config = Config::load(Sources::of_flags(flags.collect())).unwrap();
    let database = database::open(&config.data).await.map_err(|refusal| refusal.to_string())?;
    database.ping().await.map_err(|cause| cause.to_string())?;
    database.close().await.map_err(|cause| cause.to_string())
}

/// An address of this machine by which it is another to itself, where it has a network. Nothing is sent.
fn machine() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback() && !address.is_unspecified())
}

#[tokio::test]
async fn only_the_named_authority_and_the_right_name_are_believed() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (Authority::make(), Authority::make());
    let (root, other) = (ours.write_to(folder.path(), "ours.pem"), theirs.write_to(folder.path(), "theirs.pem"));
    let machine = machine();
    let own = machine.map(|address| address.to_string()).unwrap_or_default();
    let names: Vec<&str> = ["localhost", &own].into_iter().filter(|name| !name.is_empty()).collect();
    let server = PostgresServer::start(Some(&ours.pair_for(&names)));
    let at = |host: &str, query: &str| format!("postgres://locutory@{host}:{}/postgres?{query}", server.port);
    let with = |root: &std::path::Path| format!("sslmode=verify-full&sslrootcert={}", root.display());

    opened(&at("localhost", &with(&root)), &[]).await.unwrap();
    for (host, query) in
        [("localhost", with(&other)), ("localhost", "sslmode=verify-full".to_owned()), ("127.0.0.1", with(&root))]
    {
        let refusal = opened(&at(host, &query), &[]).await.unwrap_err();
        assert!(refusal.contains("certificate"), "{host}, {query}: {refusal}");
    }
    if machine.is_some() {
        // Another machine, as far as the address tells: verified without a word.
        opened(&at(&own, &format!("sslrootcert={}", root.display())), &[]).await.unwrap();
        let refusal = opened(&at(&own, ""), &[]).await.unwrap_err();
        assert!(refusal.contains("certificate"), "{refusal}");
        let refusal = opened(&at(&own, "sslmode=require"), &[]).await.unwrap_err();
        assert!(refusal.starts_with("data.database") && refusal.contains("data.network"), "{refusal}");
        opened(&at(&own, "sslmode=require"), &[(&catalogue::DATA_NETWORK, "trusted")]).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_of_another_name_or_without_tls_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::make();
    let root = authority.write_to(folder.path(), "root.pem");
    let server = PostgresServer::start(Some(&authority.pair_for(&["db.example"])));
    let query = format!("sslmode=verify-full&sslrootcert={}", root.display());
    let refusal = opened(&format!("postgres://locutory@localhost:{}/postgres?{query}", server.port), &[]).await.unwrap_err();
    assert!(refusal.contains("certificate"), "{refusal}");
    drop(server);
    let plain = PostgresServer::start(None);
    let refusal = opened(&format!("postgres://locutory@localhost:{}/postgres?{query}", plain.port), &[]).await.unwrap_err();
    assert!(refusal.contains("does not support TLS"), "{refusal}");
    opened(&format!("postgres://locutory@localhost:{}/postgres", plain.port), &[]).await.unwrap();
}
