//! Counting in a real database: SQLite in memory here, and the text of the statements for PostgreSQL.

use std::{net::IpAddr, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, PaginatorTrait, QueryTrait};

use super::super::rule::{FREE_TRIES_PER_ACCOUNT, LONGEST_DELAY, Stop, delay};
use super::*;

const START: Moment = Moment::from_milliseconds(1_800_000_000_000);
const HOUR: Duration = Duration::from_hours(1);

async fn database() -> DatabaseConnection {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await.unwrap();
    Migrator::up(&connection, None).await.unwrap();
    connection
}

fn secret() -> Secret {
    Secret::new(zeroize::Zeroizing::new([7; 32]))
}

fn network() -> Key {
    Key::networks(IpAddr::from([192, 0, 2, 7]), 5)[0]
}

fn window(uses: u32) -> Key {
    Key::ruled("window", b"somebody", Rule::Window { uses, length: HOUR })
}

/// Fails so often, waiting as long as must be each time; returns when the last try was made.
async fn fail(connection: &DatabaseConnection, key: Key, times: u32, start: Moment) -> Moment {
    let mut now = start;
    for _ in 0..times {
        let wait = wait(connection, key, now).await.unwrap_or_default();
        now = now.after(Duration::from_secs(wait));
        assert!(count(connection, &secret(), &key, now).await.unwrap());
    }
    now
}

/// In seconds; nothing when another try may be made.
async fn wait(connection: &DatabaseConnection, key: Key, now: Moment) -> Option<u64> {
    let row = rows(connection, &secret(), &[key]).await.unwrap().pop()?;
    let left = seconds(Moment::from_milliseconds(row.blocked_until).since(now));
    (left > 0 && !has_room(key.rule, &row)).then_some(left)
}

async fn is_stopped(connection: &DatabaseConnection, key: Key, now: Moment) -> bool {
    matches!(count_all(connection, &secret(), &[key], now).await, Err(ThrottleError::Stopped))
}

#[tokio::test]
async fn each_failure_costs_what_the_table_says() {
    let connection = database().await;
    let (key, mut now) = (Key::account("ada"), START);
    for failures in 1..=FREE_TRIES_PER_ACCOUNT + 8 {
        assert!(count(&connection, &secret(), &key, now).await.unwrap(), "{failures}");
        let expected = delay(failures, FREE_TRIES_PER_ACCOUNT);
        assert_eq!(wait(&connection, key, now).await.unwrap_or(0), expected.as_secs(), "after {failures}");
        if !expected.is_zero() {
            let too_early = now.after(expected).before(Duration::from_millis(1));
            assert!(!count(&connection, &secret(), &key, too_early).await.unwrap(), "{failures}");
        }
        now = now.after(expected);
    }
}

#[tokio::test]
async fn a_network_has_more_free_tries_than_an_account() {
    let connection = database().await;
    assert_eq!(fail(&connection, network(), 20, START).await, START);
    assert_eq!(wait(&connection, network(), START).await, None);
    fail(&connection, network(), 1, START).await;
    assert_eq!(wait(&connection, network(), START).await, Some(1));
}

#[tokio::test]
async fn a_refused_try_is_counted_nowhere_and_told_the_longest_wait() {
    let connection = database().await;
    let account = Key::account("ada");
    let now = fail(&connection, account, 10, START).await;
    let both = [network(), account];
    let refused = count_all(&connection, &secret(), &both, now).await;
    assert!(matches!(refused, Err(ThrottleError::TooMany { retry_after: 16 })), "{refused:?}");
    let rows = rows(&connection, &secret(), &[network()]).await.unwrap();
    assert_eq!(rows[0].failures, 0, "the network is not charged for it");
}

#[tokio::test]
async fn a_success_forgives_the_account_and_not_the_network() {
    let connection = database().await;
    let now = fail(&connection, network(), 25, START).await;
    let waited = now.after(Duration::from_secs(wait(&connection, network(), now).await.unwrap()));
    assert!(count(&connection, &secret(), &network(), waited).await.unwrap());
    give_back(&connection, &secret(), &network(), waited).await.unwrap();
    assert_eq!(wait(&connection, network(), waited).await, None, "whoever was right does not make the others wait");
    fail(&connection, network(), 1, waited).await;
    assert_eq!(wait(&connection, network(), waited).await, Some(32), "the next failure costs what it would have");

    let account = Key::account("ada");
    let now = fail(&connection, account, 10, START).await;
    clear(&connection, &secret(), &account).await.unwrap();
    assert_eq!(fail(&connection, account, FREE_TRIES_PER_ACCOUNT, now).await, now);
}

#[tokio::test]
async fn failures_are_forgotten_one_after_the_other() {
    let connection = database().await;
    let key = Key::account("ada");
    let now = fail(&connection, key, FREE_TRIES_PER_ACCOUNT + 3, START).await;
    // Three hours later three of them are gone, and what is left of an hour is not lost by counting.
    let later = now.after(HOUR * 3);
    assert_eq!(fail(&connection, key, 1, later).await, later);
    assert_eq!(wait(&connection, key, later).await, Some(1));
    let much_later = later.after(HOUR * 24);
    assert_eq!(fail(&connection, key, FREE_TRIES_PER_ACCOUNT, much_later).await, much_later);
    assert_eq!(wait(&connection, key, much_later).await, None);
}

#[tokio::test]
async fn counting_often_does_not_keep_failures_from_being_forgotten() {
    let connection = database().await;
    let key = Key::networks(IpAddr::from([192, 0, 2, 7]), 1)[0];
    // Somebody mistypes every twenty minutes; one failure is forgotten every thirty.
    let mut now = START;
    for _ in 0..8 {
        assert!(count(&connection, &secret(), &key, now).await.unwrap());
        now = now.after(Duration::from_mins(20));
    }
    let row = rows(&connection, &secret(), &[key]).await.unwrap().pop().unwrap();
    assert_eq!(row.failures, 8 - 4, "140 minutes are four times thirty and a rest");
    assert_eq!(row.changed_at, START.after(Duration::from_hours(2)).milliseconds());
}

#[tokio::test]
async fn a_hundred_failures_in_a_row_stop_a_key_for_good_however_slowly_they_came() {
    let connection = database().await;
    let key = Key::account("ada");
    let mut now = START;
    for failures in 1..=STOP {
        assert!(count(&connection, &secret(), &key, now).await.unwrap(), "{failures}");
        now = now.after(HOUR * 3);
    }
    assert!(is_stopped(&connection, key, now).await);
    assert_eq!(forget_old(&connection, now.after(HOUR * 24 * 60)).await.unwrap(), 0);
    assert!(is_stopped(&connection, key, now.after(HOUR * 24 * 60)).await);
    clear(&connection, &secret(), &key).await.unwrap();
    assert!(!is_stopped(&connection, key, now).await);
}

#[tokio::test]
async fn a_success_between_begins_the_row_anew_and_a_network_is_never_stopped() {
    let connection = database().await;
    let (account, mut now) = (Key::account("ada"), START);
    for _ in 0..2 {
        for _ in 1..STOP {
            assert!(count(&connection, &secret(), &account, now).await.unwrap());
            now = now.after(HOUR * 2);
        }
        clear(&connection, &secret(), &account).await.unwrap();
    }
    for _ in 0..STOP + 20 {
        assert!(count(&connection, &secret(), &network(), now).await.unwrap());
        now = now.after(HOUR * 2);
    }
}

#[tokio::test]
async fn so_many_uses_pass_within_an_hour_and_then_again() {
    let connection = database().await;
    let key = window(2);
    assert!(count(&connection, &secret(), &key, START).await.unwrap());
    let later = START.after(Duration::from_mins(50));
    assert!(count(&connection, &secret(), &key, later).await.unwrap());
    assert!(!count(&connection, &secret(), &key, later).await.unwrap());
    assert_eq!(wait(&connection, key, later).await, Some(600));
    give_back(&connection, &secret(), &key, later).await.unwrap();
    assert!(count(&connection, &secret(), &key, later).await.unwrap());

    let next = START.after(HOUR);
    for _ in 0..2 {
        assert!(count(&connection, &secret(), &key, next).await.unwrap());
    }
    assert_eq!(wait(&connection, key, next).await, Some(3_600));
}

#[tokio::test]
async fn pressure_lasts_for_a_while_after_there_was_too_much() {
    let connection = database().await;
    let length = Duration::from_mins(10);
    let key = Key::ruled("pressure", b"test", Rule::Pressure { limit: 5, length });
    let is_on = async |now| is_any_blocked(&connection, &secret(), &[key], now).await.unwrap();
    for _ in 0..4 {
        count(&connection, &secret(), &key, START).await.unwrap();
        assert!(!is_on(START).await);
    }
    count(&connection, &secret(), &key, START).await.unwrap();
    assert!(is_on(START).await);
    assert!(!is_on(START.after(length)).await);
    // Two every four minutes are five in ten minutes, and no more than that.
    let mut now = START.after(length);
    for _ in 0..6 {
        now = now.after(Duration::from_mins(5));
        for _ in 0..2 {
            count(&connection, &secret(), &key, now).await.unwrap();
        }
        assert!(!is_on(now).await);
    }
}

#[tokio::test]
async fn of_many_tries_at_the_same_time_only_those_pass_that_would_one_after_the_other() {
    let connection = database().await;
    for (key, room) in [(Key::account("ada"), FREE_TRIES_PER_ACCOUNT + 1), (window(3), 3)] {
        let tries = (0..18).map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { count(&connection, &secret(), &key, START).await.unwrap() })
        });
        let mut passed = 0;
        for attempt in tries.collect::<Vec<_>>() {
            passed += u32::from(attempt.await.unwrap());
        }
        assert_eq!(passed, room);
    }
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

#[test]
fn no_number_is_counted_that_would_take_longer_to_decay_than_is_remembered() {
    for key in [Key::account("ada"), network()] {
        let Rule::Guesses { free_tries, decay, stop } = key.rule else { panic!("{key:?}") };
        let highest = u32::try_from(key.rule.highest()).unwrap();
        assert_eq!(delay(highest, free_tries), LONGEST_DELAY);
        assert!(decay * highest <= MEMORY, "{key:?}");
        assert_eq!(stop == Stop::AtHundred, key.rule.stops());
    }
}

#[tokio::test]
async fn the_database_holds_no_name_and_no_address() {
    let connection = database().await;
    let keys = [Key::account("ada"), network()];
    count_all(&connection, &secret(), &keys, START).await.unwrap();
    let rows = Entity::find().all(&connection).await.unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert!(row.key.len() == 32 && keys.iter().all(|key| row.key != key.digest()), "{row:?}");
    }
}

#[test]
fn postgresql_is_told_which_row_is_meant() {
    for key in [Key::account("ada"), window(2), Key::ruled("pressure", b"", Rule::Pressure { limit: 5, length: HOUR })] {
        let insert = Entity::insert(first_of_series(&secret(), &key, START)).on_conflict(one_more(key.rule, START));
        let statement = insert.build(DbBackend::Postgres);
        let update = statement.sql.split_once("DO UPDATE SET").unwrap().1.to_owned();
        assert!(update.contains(r#""throttles"."failures""#), "{update}");
        for column in ["failures", "in_a_row", "blocked_until", "changed_at"] {
            let bare = update.replace(&format!(r#""throttles"."{column}""#), "").replace(&format!(r#""{column}" = "#), "");
            assert!(!bare.contains(&format!(r#""{column}""#)), "{column} in {update}");
        }
    }
}
