//! Nothing secret stands in the database in a form that is of use, in the log, in a page, or in an
//! address whose page has opened: a story is told in which everything secret is known, and then looked
//! for in all four places.
//!
//! What is there to be shown once may stand in the one answer that shows it, and nowhere else. The link
//! that ends notices keeps its address, as mail programs use it with one click (RFC 8058); it opens
//! nothing else.

mod keys;
pub mod places;
pub mod planted;
mod story;

use super::support::World;
use story::Story;

/// Where something was found, and what.
pub type Finding = (Place, String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Database,
    Log,
    Page,
    Address,
}

#[tokio::test]
async fn no_secret_stands_in_the_database_the_log_a_page_or_an_address() {
    let mut story = Story::begin().await;
    story.somebody_is_invited_registers_and_proves_their_address().await;
    story.they_forget_their_password().await;
    story.they_set_up_an_app_and_come_back_with_it().await;
    story.they_come_back_with_a_recovery_code().await;
    story.they_make_a_passkey_and_come_back_with_it().await;
    story.they_link_an_account_elsewhere_and_come_back_with_it().await;
    story.they_take_their_data_along().await;
    story.they_change_their_address_and_their_password().await;
    story.an_admin_hands_a_password_link_out().await;
    story.everybody_looks_at_every_page().await;
    story.plant_what_came_to_be().await;
    let secrets = story.names();
    for known in [
        "the link /verify/",
        "the link /password/",
        "the link /email-undo/",
        "the plain locutory-entry",
        "code verifier",
        "the pepper",
        "the cookie key",
        "the data key",
    ] {
        assert!(secrets.iter().any(|what| what == known), "{known} is not among {secrets:?}");
    }
    assert_eq!(story.findings(), []);
}

#[tokio::test]
async fn what_is_planted_on_purpose_is_found_in_each_place() {
    const LEAKED: &str = "marmalade-under-the-bridge";
    let mut story = Story::begin().await;
    story.plant("a secret", LEAKED, &[]);
    story.look_around().await;
    assert_eq!(story.findings(), [], "it is not there yet");
    let leaks: [(Place, &str); 4] =
        [(Place::Database, "in a row"), (Place::Log, "in a line"), (Place::Page, "on a page"), (Place::Address, "in an address")];
    for (place, how) in leaks {
        let mut leaking = Story::begin().await;
        leaking.plant("a secret", &format!("{LEAKED} {how}"), &[]);
        leaking.leak(place, &format!("{LEAKED} {how}")).await;
        leaking.look_around().await;
        let found = leaking.findings();
        assert!(found.iter().any(|(where_to, what)| *where_to == place && what.contains("a secret")), "{place:?}: {found:?}");
    }
}

#[tokio::test]
async fn a_secret_is_found_however_programs_write_it_down() {
    let planted = planted::Planted::new("a secret", "c2VjcmV0LXNlY3JldA", &[]);
    for written in ["c2VjcmV0LXNlY3JldA", "secret-secret", "7365637265742d736563726574", "115, 101, 99, 114, 101, 116, 45, 115"] {
        let place = format!("before {written}, 101, 99, 114, 101, 116 after");
        assert!(planted.is_in(&place), "{written}");
    }
    assert!(!planted.is_in("nothing of it"));
}

#[tokio::test]
async fn every_column_is_looked_into() {
    let world = World::new().await;
    world.member("ada").await;
    let cells = places::database(&world).await;
    let has = |column: &str, text: &str| cells.iter().any(|(name, value)| name == column && value.contains(text));
    assert!(has("users.email", "ada@mail.example") && has("users.password", "$argon2id$"));
    let row = story::first_session(&world).await;
    assert!(has("sessions.id_hash", &places::readable(&row)), "bytes are read as bytes");
}
