//! A sample community, for `locutory demo`: some hundreds of comments, people of every role, and what
//! moderators had to do with them, over the thirty days before now.
//!
//! It is played and not copied: everybody's acts are the acts of the house, at moments of the past,
//! so that rules, rendering, counters and the audit log are those of a real site. The texts lie in
//! `talk/`, the people in [`people`].

mod people;
mod play;
mod script;

use std::{cmp::Reverse, time::Duration};

use tracing::{instrument::WithSubscriber, subscriber::NoSubscriber};

use crate::{
    accounts::model::{Role, Secret},
    server::{
        app::App,
        error::{Error, Result},
        operator::OperatorError,
    },
};

use people::{BAN, FAILED_SIGN_INS, RESIDENTS, Resident, STAFF_SIGN_INS};
use play::Play;
use script::{Cue, Talk, span};

/// Somebody of the sample community whom the operator can be.
#[derive(Debug)]
pub struct Login {
    pub role: Role,
    pub username: String,
    pub password: Secret,
}

/// Shows that somebody is acted, not acting. Only this module makes one.
#[derive(Debug)]
pub struct Stage(());

/// One thing that happens.
#[derive(Clone, Debug)]
enum Event {
    /// Somebody makes an account, the first of all the site.
    Joins(&'static Resident),
    NamesTheSite,
    GetsRole(&'static str, Role),
    SignsIn(&'static str),
    /// Somebody at this address tries passwords.
    FailsToSignIn(u8),
    IsSuspended,
    Talks(Cue),
}

const TALKS: [&str; 21] = [
    include_str!("talk/balcony.md"),
    include_str!("talk/bells.md"),
    include_str!("talk/bread.md"),
    include_str!("talk/cat.md"),
    include_str!("talk/choir.md"),
    include_str!("talk/flatbread.md"),
    include_str!("talk/hebrew.md"),
    include_str!("talk/japanese.md"),
    include_str!("talk/library.md"),
    include_str!("talk/lights.md"),
    include_str!("talk/markdown.md"),
    include_str!("talk/market.md"),
    include_str!("talk/reading.md"),
    include_str!("talk/repair.md"),
    include_str!("talk/seeds.md"),
    include_str!("talk/sensor.md"),
    include_str!("talk/spam.md"),
    include_str!("talk/swap.md"),
    include_str!("talk/water.md"),
    include_str!("talk/welcome.md"),
    include_str!("talk/workshop.md"),
];

/// Fills an empty site; returns whom one can sign in as.
///
/// # Errors
/// The database's.
pub async fn fill(app: &App) -> std::result::Result<Vec<Login>, OperatorError> {
    // What never happened is no news for the log.
    Ok(perform(app).with_subscriber(NoSubscriber::default()).await?)
}

async fn perform(app: &App) -> Result<Vec<Login>> {
    let mut play = Play::open(app.clone(), Stage(())).await?;
    for (before_now, event) in timeline()? {
        let told = format!("{event:?}");
        play.perform(before_now, event).await.map_err(|cause| broken(&told, &cause))?;
    }
    Ok(play.logins())
}

/// Where the house refuses what is played, the play is wrong.
fn broken(event: &str, cause: &Error) -> Error {
    Error::broken("the sample community breaks a rule", format!("{cause:?} at {event}"))
}

/// All that happens, each with how long before now, in the order of time: the numbers that a
/// database gives rise with it, and lists rely on that.
fn timeline() -> Result<Vec<(Duration, Event)>> {
    let mut events = Vec::new();
    for resident in &RESIDENTS {
        let joined = span(resident.joined)?;
        events.push((joined, Event::Joins(resident)));
        match resident.role {
            Role::Admin => events.push((joined, Event::NamesTheSite)),
            Role::Moderator => events.push((joined.saturating_sub(span("5m")?), Event::GetsRole(resident.name, resident.role))),
            Role::Member => {}
        }
    }
    for (name, when) in STAFF_SIGN_INS {
        events.push((span(when)?, Event::SignsIn(name)));
    }
    for (when, address) in FAILED_SIGN_INS {
        events.push((span(when)?, Event::FailsToSignIn(address)));
    }
    events.push((span(BAN.when)?, Event::IsSuspended));
    for (place, text) in TALKS.into_iter().enumerate() {
        events.extend(script::read(Talk(place), text)?.into_iter().map(|cue| (cue.before_now, Event::Talks(cue))));
    }
    events.sort_by_key(|(before_now, _)| Reverse(*before_now));
    Ok(events)
}
