//! Counting in a real database: SQLite in memory here, and the text of the statements for PostgreSQL.

use std::{net::IpAddr, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, PaginatorTrait, QueryTrait};

use super::super::{FREE_TRIES_PER_ACCOUNT, FREE_TRIES_PER_NETWORK, Kind};
use super::*;

const START: Moment = Moment::from_milliseconds(1_800_000_000_000);

async fn database() -> DatabaseConnection {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await.unwrap();
    Migrator::up(&connection, None).await.unwrap();
    connection
}

fn address() -> IpAddr {
    IpAddr::from([192, 0, 2, 7])
}

async fn fail(connection: &DatabaseConnection, key: Key, times: u32, now: Moment) {
    for _ in 0..times {
        record(connection, &[key], now).await.unwrap();
    }
}

/// In seconds; nothing when the attempt may be made.
async fn wait(connection: &DatabaseConnection, keys: &[Key], now: Moment) -> Option<u64> {
    match check(connection, keys, now).await {
        Ok(_allowed) => None,
        Err(ThrottleError::TooMany { retry_after }) => Some(retry_after),
        Err(ThrottleError::Database(error)) => panic!("{error}"),
    }
}

#[tokio::test]
async fn each_failure_costs_what_the_table_says() {
    let connection = database().await;
    let key = Key::account("ada");
    assert_eq!(wait(&connection, &[key], START).await, None);
    for failures in 1..=25 {
        record(&connection, &[key], START).await.unwrap();
        let expected = delay(failures, FREE_TRIES_PER_ACCOUNT).as_secs();
        assert_eq!(wait(&connection, &[key], START).await.unwrap_or(0), expected, "after {failures}");
        assert_eq!(wait(&connection, &[key], START.after(Duration::from_secs(expected))).await, None);
    }
}

#[tokio::test]
async fn a_network_has_more_free_tries_than_an_account() {
    let connection = database().await;
    let key = Key::network(Kind::SignIn, address());
    fail(&connection, key, FREE_TRIES_PER_NETWORK, START).await;
    assert_eq!(wait(&connection, &[key], START).await, None);
    fail(&connection, key, 1, START).await;
    assert_eq!(wait(&connection, &[key], START).await, Some(1));
}

#[tokio::test]
async fn the_longest_wait_of_all_keys_counts() {
    let connection = database().await;
    let (account, network) = (Key::account("ada"), Key::network(Kind::SignIn, address()));
    for _ in 0..10 {
        record(&connection, &[account, network], START).await.unwrap();
    }
    assert_eq!(wait(&connection, &[network], START).await, None);
    assert_eq!(wait(&connection, &[account, network], START).await, Some(16));
    assert_eq!(wait(&connection, &[network, account], START).await, Some(16));
}

#[tokio::test]
async fn a_success_forgives_the_account_and_not_the_network() {
    let connection = database().await;
    let (account, network) = (Key::account("ada"), Key::network(Kind::SignIn, address()));
    for _ in 0..30 {
        record(&connection, &[account, network], START).await.unwrap();
    }
    clear(&connection, &account).await.unwrap();
    assert_eq!(wait(&connection, &[account], START).await, None);
    assert_eq!(wait(&connection, &[network], START).await, Some(512));
    fail(&connection, account, FREE_TRIES_PER_ACCOUNT, START).await;
    assert_eq!(wait(&connection, &[account], START).await, None);
}

#[tokio::test]
async fn counting_starts_anew_after_a_day_without_failures() {
    let connection = database().await;
    let key = Key::account("ada");
    fail(&connection, key, 20, START).await;
    let almost = START.after(MEMORY.checked_sub(Duration::from_millis(1)).unwrap());
    fail(&connection, key, 1, almost).await;
    assert_eq!(wait(&connection, &[key], almost).await, Some(3_600));
    let later = almost.after(MEMORY);
    fail(&connection, key, FREE_TRIES_PER_ACCOUNT, later).await;
    assert_eq!(wait(&connection, &[key], later).await, None);
    fail(&connection, key, 1, later).await;
    assert_eq!(wait(&connection, &[key], later).await, Some(1));
}

#[tokio::test]
async fn a_network_may_make_so_many_accounts_in_an_hour_and_then_again() {
    let connection = database().await;
    let key = Key::network(Kind::Registration { per_hour: 2 }, address());
    fail(&connection, key, 1, START).await;
    let later = START.after(Duration::from_mins(50));
    assert_eq!(wait(&connection, &[key], later).await, None);
    fail(&connection, key, 1, later).await;
    assert_eq!(wait(&connection, &[key], later).await, Some(600));

    let next_window = START.after(Duration::from_hours(1));
    assert_eq!(wait(&connection, &[key], next_window).await, None);
    fail(&connection, key, 2, next_window).await;
    assert_eq!(wait(&connection, &[key], next_window).await, Some(3_600));
}

#[tokio::test]
async fn attempts_at_the_same_time_are_all_counted() {
    let connection = database().await;
    let key = Key::account("ada");
    let attempts = (0..18).map(|_| {
        let connection = connection.clone();
        tokio::spawn(async move { record(&connection, &[key], START).await })
    });
    for attempt in attempts.collect::<Vec<_>>() {
        attempt.await.unwrap().unwrap();
    }
    assert_eq!(wait(&connection, &[key], START).await, Some(3_600));
}

#[tokio::test]
async fn what_no_longer_counts_is_forgotten() {
    let connection = database().await;
    let later = START.after(Duration::from_secs(1));
    fail(&connection, Key::account("ada"), 1, START).await;
    fail(&connection, Key::account("eda"), 1, later).await;
    assert_eq!(forget_old(&connection, START.after(MEMORY)).await.unwrap(), 1);
    assert_eq!(Entity::find().count(&connection).await.unwrap(), 1);
}

#[tokio::test]
async fn the_database_holds_no_name_and_no_address() {
    let connection = database().await;
    record(&connection, &[Key::account("ada"), Key::network(Kind::SignIn, address())], START).await.unwrap();
    let rows = Entity::find().all(&connection).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.key.len() == 32));
}

#[test]
fn postgresql_is_told_which_row_is_meant() {
    let key = Key::account("ada");
    let statement =
        Entity::insert(first_of_series(&key, START)).on_conflict(one_more(key.rule, START)).build(DbBackend::Postgres);
    let update = statement.sql.split_once("DO UPDATE SET").unwrap().1.to_owned();
    assert!(update.contains(r#""throttles"."failures" + "#), "{update}");
    assert!(!update.contains(r#"WHEN ("failures""#) && !update.contains(r#"WHEN "failures""#), "{update}");
}
