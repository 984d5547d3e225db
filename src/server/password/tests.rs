//! Hashing and comparing, at the cheapest parameters that are allowed.

use std::sync::mpsc;

use super::*;

const PASSWORD: &str = "seven quiet herons at dawn";

fn passwords() -> Passwords {
    Passwords::new(Parameters::floor()).unwrap()
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
    let today = Passwords::new(Parameters { iterations: 3, ..Parameters::floor() }).unwrap();
    assert_eq!(today.verify(&secret(PASSWORD), old.as_str()).await.unwrap(), Verdict::MatchWithOldParameters);
    assert_eq!(today.verify(&secret("something else"), old.as_str()).await.unwrap(), Verdict::NoMatch);

    let new = hashed(&today, PASSWORD).await;
    assert_eq!(passwords().verify(&secret(PASSWORD), new.as_str()).await.unwrap(), Verdict::Match);
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
    let passwords = Passwords::new(Parameters { iterations: 3, ..Parameters::floor() }).unwrap();
    assert!(passwords.nobody.starts_with("$argon2id$v=19$m=19456,t=3,p=1$"), "{}", passwords.nobody);
    assert_eq!(passwords.verify(&secret(PASSWORD), &passwords.nobody).await.unwrap(), Verdict::NoMatch);
    assert!(passwords.verify_nobody(&secret(PASSWORD)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_waits_too_long_for_a_turn_is_told_when_to_come_back() {
    let passwords = passwords();
    let _taken = passwords.turns.acquire().await.unwrap();
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

    assert_eq!(passwords.turns.available_permits(), 0);
    finish.send(()).unwrap();
    let turn = passwords.turns.acquire().await;
    assert!(turn.is_ok());
}

#[tokio::test]
async fn neither_the_hash_nor_the_hasher_shows_a_password_in_debug_output() {
    let passwords = passwords();
    let hash = hashed(&passwords, PASSWORD).await;
    assert_eq!(format!("{hash:?}"), "Hash(…)");
    assert!(!format!("{passwords:?}").contains("heron"));
}

#[tokio::test]
async fn an_account_without_a_password_is_opened_by_none() {
    let passwords = passwords();
    for tried in ["", "lantern copper meadow thistle"] {
        let verdict = passwords.verify(&Secret::new(tried.to_owned()), Hash::none().as_str()).await.unwrap();
        assert_eq!(verdict, Verdict::NoMatch);
    }
}
