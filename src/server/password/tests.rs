//! Hashing and comparing, at the cheapest parameters that are allowed.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Instant,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tracing_subscriber::layer::SubscriberExt;

use super::*;
use crate::server::config::keys::data;

const PASSWORD: &str = "seven quiet herons at dawn";

fn passwords() -> Passwords {
    Passwords::new(Parameters::floor(), None).unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

async fn hashed(passwords: &Passwords, text: &str) -> Hash {
    passwords.hash(&NewPassword::parse(&secret(text)).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_password_matches_its_hash_and_no_other_one_does() {
    let passwords = passwords();
    let hash = hashed(&passwords, PASSWORD).await;
    assert_eq!(passwords.verify(&secret(PASSWORD), hash.as_str()).await.unwrap(), Verdict::Match);
    for other in ["seven quiet herons at dawn ", " seven quiet herons at dawn", "Seven quiet herons at dawn", ""] {
        assert_eq!(passwords.verify(&secret(other), hash.as_str()).await.unwrap(), Verdict::NoMatch, "{other:?}");
    }
}

#[tokio::test]
async fn the_hash_says_how_it_was_made_and_has_a_salt_of_its_own() {
    let passwords = passwords();
    let (one, other) = (hashed(&passwords, PASSWORD).await, hashed(&passwords, PASSWORD).await);
    assert!(one.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.as_str());
    let salt = PasswordHash::new(one.as_str()).unwrap().salt.unwrap();
    assert_eq!(salt.len() * 8, 128);
    assert_ne!(one, other);
}

#[tokio::test]
async fn it_does_not_matter_how_a_keyboard_composes_a_letter() {
    let passwords = passwords();
    let hash = hashed(&passwords, "caf\u{e9} at the old harbour").await;
    let decomposed = secret("cafe\u{301} at the old harbour");
    assert_eq!(passwords.verify(&decomposed, hash.as_str()).await.unwrap(), Verdict::Match);
}

#[tokio::test]
async fn a_hash_of_lower_cost_is_told_apart_only_when_the_password_is_right() {
    let old = hashed(&passwords(), PASSWORD).await;
    let today = Passwords::new(Parameters { iterations: 3, ..Parameters::floor() }, None).unwrap();
    assert_eq!(today.verify(&secret(PASSWORD), old.as_str()).await.unwrap(), Verdict::MatchWithOldParameters);
    assert_eq!(today.verify(&secret("something else"), old.as_str()).await.unwrap(), Verdict::NoMatch);

    let new = hashed(&today, PASSWORD).await;
    assert_eq!(passwords().verify(&secret(PASSWORD), new.as_str()).await.unwrap(), Verdict::Match);
}

#[tokio::test]
async fn a_wrong_password_takes_as_long_for_an_old_hash_as_for_nobody() {
    let old = hashed(&passwords(), PASSWORD).await;
    let today = Passwords::new(Parameters { iterations: 12, ..Parameters::floor() }, None).unwrap();
    let (mut for_old, mut for_nobody) = (Duration::MAX, Duration::MAX);
    // The least of several, as other work on the machine only makes it longer: without more to do the old
    // hash would take a sixth of the time.
    for _ in 0..5 {
        let begun = Instant::now();
        assert_eq!(today.verify(&secret("something else"), old.as_str()).await.unwrap(), Verdict::NoMatch);
        for_old = for_old.min(begun.elapsed());
        let begun = Instant::now();
        today.verify_nobody(&secret("something else")).await.unwrap();
        for_nobody = for_nobody.min(begun.elapsed());
    }
    assert!(for_old > for_nobody / 2, "{for_old:?} and {for_nobody:?}");
}

#[test]
fn what_an_old_hash_leaves_to_do_makes_up_for_the_difference() {
    let of = |memory, passes| Params::new(memory, passes, 1, None).unwrap();
    for (then, today) in [((19_456, 2), (65_536, 3)), ((19_456, 2), (19_456, 3)), ((47_104, 1), (19_456, 4))] {
        let (then, today) = (of(then.0, then.1), of(today.0, today.1));
        let rest = difference(&today, &then).unwrap();
        let cost = |params: &Params| params.m_cost() * params.t_cost();
        assert!(cost(&today).abs_diff(cost(&then) + cost(&rest)) <= rest.t_cost(), "{rest:?}");
        assert!(rest.m_cost() <= today.m_cost());
    }
    assert!(difference(&of(19_456, 2), &of(65_536, 3)).is_none());
    assert!(difference(&of(19_456, 2), &of(19_456, 2)).is_none());
}

#[tokio::test]
async fn a_stored_text_that_is_no_hash_is_an_error_and_not_a_refusal() {
    for stored in ["plain", "$2b$12$abcdefghijklmnopqrstuv"] {
        let outcome = passwords().verify(&secret(PASSWORD), stored).await;
        assert!(matches!(outcome, Err(PasswordError::UnreadableHash(_))), "{stored:?}");
    }
}

#[tokio::test]
async fn nobody_has_the_parameters_of_today_and_no_password() {
    let passwords = Passwords::new(Parameters { iterations: 3, ..Parameters::floor() }, None).unwrap();
    assert!(passwords.nobody.starts_with("$argon2id$v=19$m=19456,t=3,p=1$"), "{}", passwords.nobody);
    assert_eq!(passwords.verify(&secret(PASSWORD), &passwords.nobody).await.unwrap(), Verdict::NoMatch);
    assert!(passwords.verify_nobody(&secret(PASSWORD)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_waits_too_long_for_a_turn_is_told_when_to_come_back() {
    let passwords = passwords();
    let _taken = passwords.queue.turn().await;
    let outcome = passwords.verify_nobody(&secret(PASSWORD)).await;
    assert!(matches!(outcome, Err(PasswordError::Busy { retry_after: RETRY_AFTER })), "{outcome:?}");
}

#[tokio::test]
async fn a_request_that_is_given_up_makes_no_room_while_its_work_goes_on() {
    let passwords = passwords();
    let (started, has_started) = mpsc::channel();
    let (finish, may_finish) = mpsc::channel::<()>();
    let request = tokio::spawn({
        let passwords = passwords.clone();
        async move {
            passwords
                .in_turn(move || {
                    started.send(()).unwrap();
                    may_finish.recv().unwrap();
                })
                .await
        }
    });
    tokio::task::spawn_blocking(move || has_started.recv().unwrap()).await.unwrap();
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());

    assert_eq!(passwords.queue.free_turns(), 0);
    finish.send(()).unwrap();
    drop(passwords.queue.turn().await);
    assert_eq!(passwords.queue.free_turns(), 1);
}

#[tokio::test]
async fn neither_the_hash_nor_the_hasher_shows_a_password_in_debug_output() {
    let passwords = passwords();
    let hash = hashed(&passwords, PASSWORD).await;
    assert_eq!(format!("{hash:?}"), "Hash(…)");
    assert!(!format!("{passwords:?}").contains("heron"));
}

fn peppers(ids: &[u32]) -> DataKeys {
    let line = |id: &u32| format!("{id:08x} {}\n", STANDARD.encode([u8::try_from(*id).unwrap(); 32]));
    data::parse(&ids.iter().map(line).collect::<String>()).unwrap()
}

fn peppered_by(ids: &[u32]) -> Passwords {
    Passwords::new(Parameters::floor(), Some(peppers(ids))).unwrap()
}

#[tokio::test]
async fn a_pepper_goes_into_the_hash_and_is_named_in_it() {
    let (with, without) = (peppered_by(&[7]), passwords());
    let hash = hashed(&with, PASSWORD).await;
    assert!(hash.as_str().contains(",keyid="), "{}", hash.as_str());
    assert_eq!(with.verify(&secret(PASSWORD), hash.as_str()).await.unwrap(), Verdict::Match);
    assert_eq!(with.verify(&secret("something else"), hash.as_str()).await.unwrap(), Verdict::NoMatch);
    // Somebody with the database and without the pepper.
    let bare = PasswordHash::new(&hash.as_str().replace(&keyid_of(&hash), "")).unwrap().to_string();
    assert_eq!(without.verify(&secret(PASSWORD), &bare).await.unwrap(), Verdict::NoMatch);
    assert!(with.verify_nobody(&secret(PASSWORD)).await.is_ok());
    assert!(with.nobody.contains(",keyid="), "{}", with.nobody);
}

fn keyid_of(hash: &Hash) -> String {
    let (_, rest) = hash.as_str().split_once(",keyid=").unwrap();
    format!(",keyid={}", rest.split(['$', ',']).next().unwrap())
}

#[tokio::test]
async fn a_hash_with_another_pepper_than_todays_is_to_be_made_anew() {
    let (none, old, new) = (passwords(), peppered_by(&[7]), peppered_by(&[8, 7]));
    let (of_none, of_old, of_new) = (hashed(&none, PASSWORD).await, hashed(&old, PASSWORD).await, hashed(&new, PASSWORD).await);
    for hash in [&of_none, &of_old] {
        assert_eq!(new.verify(&secret(PASSWORD), hash.as_str()).await.unwrap(), Verdict::MatchWithOldParameters);
    }
    assert_eq!(new.verify(&secret(PASSWORD), of_new.as_str()).await.unwrap(), Verdict::Match);
    assert_eq!(old.verify(&secret(PASSWORD), of_none.as_str()).await.unwrap(), Verdict::MatchWithOldParameters);
}

#[tokio::test]
async fn a_lost_pepper_is_told_to_the_operator_and_looks_like_a_wrong_password_to_others() {
    let hash = hashed(&peppered_by(&[7]), PASSWORD).await;
    for passwords in [passwords(), peppered_by(&[8])] {
        let told = Told::default();
        let _listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(told.clone()));
        assert_eq!(passwords.verify(&secret(PASSWORD), hash.as_str()).await.unwrap(), Verdict::NoMatch);
        assert_eq!(told.0.load(Ordering::SeqCst), 1, "one line in the log");
    }
}

/// Counts the errors that are logged.
#[derive(Clone, Default)]
struct Told(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Told {
    fn on_event(&self, event: &tracing::Event<'_>, _context: tracing_subscriber::layer::Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::ERROR {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[tokio::test]
async fn an_account_without_a_password_is_opened_by_none() {
    let passwords = passwords();
    for tried in ["", "lantern copper meadow thistle"] {
        let verdict = passwords.verify(&Secret::new(tried.to_owned()), Hash::none().as_str()).await.unwrap();
        assert_eq!(verdict, Verdict::NoMatch);
    }
}
