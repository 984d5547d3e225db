//! Sends the letters that are due. Several nodes may do so on one database: each claims a letter for
//! some minutes before it touches it, and one that dies meanwhile leaves it to the others.
//!
//! What cannot be sent is tried again after a minute, then after twice as long each time, up to six
//! hours, and given up after about three days, or when its link is over.

use std::time::Duration;

use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::{
    letters::model::{LetterId, LetterKind},
    server::{App, accounts::resets, error::Result},
};

use super::{
    Content, ResetWish, message, opened,
    sheet::Sheet,
    store::{self, Claimed},
    transport::Transport,
};

/// How often it is looked whether something is due.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long a letter is this node's: longer than a mail server may take.
const CLAIM: Duration = Duration::from_mins(5);
/// Letters that are claimed together.
const BATCH: u64 = 10;

const FIRST_PAUSE: Duration = Duration::from_mins(1);
const LONGEST_PAUSE: Duration = Duration::from_hours(6);
/// With the pauses between them: a little more than three days.
const MOST_TRIES: u32 = 20;

/// Sends until the task is aborted; nothing to do where the site sends no letters.
#[must_use]
pub fn start(app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while app.sends_letters() {
            ticks.tick().await;
            if let Err(error) = run_once(&app).await {
                tracing::warn!(?error, "letters could not be sent");
            }
        }
    })
}

/// Sends everything that is due now, once each; returns how many letters were tried.
///
/// # Errors
/// The database's. What a mail server refuses is no error here: it is noted beside the letter.
pub async fn run_once(app: &App) -> Result<usize> {
    let Some(transport) = app.letter_transport() else { return Ok(0) };
    let mut tried = 0;
    loop {
        let now = app.clock().now();
        let claimed = store::claim(app.database().writer(), now, now.after(CLAIM), BATCH).await?;
        if claimed.is_empty() {
            return Ok(tried);
        }
        for letter in claimed {
            tried += 1;
            deal_with(app, transport, &letter).await?;
        }
    }
}

async fn deal_with(app: &App, transport: &Transport, letter: &Claimed) -> Result<()> {
    match opened(app.seals(), letter.id, &letter.sealed) {
        Ok(Content::Sheet(sheet)) => send(app, transport, letter, &sheet).await,
        Ok(Content::ResetFor(login)) => find_reader(app, letter, &ResetWish { login, browser: None }).await,
        Ok(Content::ResetWish(wish)) => find_reader(app, letter, &wish).await,
        Err(error) => {
            tracing::error!(?error, letter = letter.id.0, "a letter cannot be opened");
            let complaint = "The letter cannot be opened: its key is missing from secrets.data_keys_file.";
            store::give_up(app.database().writer(), letter.id, complaint, app.clock().now()).await
        }
    }
}

async fn find_reader(app: &App, letter: &Claimed, wish: &ResetWish) -> Result<()> {
    match write_to_reader(app, letter.id, wish).await {
        Ok(()) => Ok(()),
        Err(error) => {
            tracing::error!(?error, letter = letter.id.0, "it could not be found out who asks for a letter");
            try_later(app, letter, "It could not be found out who asked. The log has the cause.").await
        }
    }
}

/// Writes the letter to whoever is meant, in place of the wish for it.
async fn write_to_reader(app: &App, letter: LetterId, wish: &ResetWish) -> Result<()> {
    let transaction = app.database().begin().await?;
    store::delete(&transaction, letter).await?;
    resets::write_letter(app, &transaction, wish).await?;
    transaction.commit().await?;
    Ok(())
}

async fn send(app: &App, transport: &Transport, letter: &Claimed, sheet: &Sheet) -> Result<()> {
    let (database, now) = (app.database().writer(), app.clock().now());
    if sheet.useful_until.is_some_and(|end| end <= now) {
        return store::give_up(database, letter.id, "Its link was over before it could be sent.", now).await;
    }
    let result = match message::message(sheet, &transport.from, &letter.recipient, letter.created) {
        Ok(message) => transport.send(letter.id, letter.kind, message).await,
        Err(unfit) => return store::give_up(database, letter.id, &unfit, now).await,
    };
    match result {
        Ok(()) => store::finish(database, letter.id, app.clock().now()).await,
        Err(complaint) => try_later(app, letter, &complaint).await,
    }
}

async fn try_later(app: &App, letter: &Claimed, complaint: &str) -> Result<()> {
    let (database, now) = (app.database().writer(), app.clock().now());
    note_trouble(letter.id, letter.kind, letter.tries, complaint);
    if letter.tries >= MOST_TRIES {
        return store::give_up(database, letter.id, complaint, now).await;
    }
    store::postpone(database, letter.id, complaint, now.after(pause(letter.tries))).await
}

fn note_trouble(letter: LetterId, kind: LetterKind, tries: u32, complaint: &str) {
    tracing::warn!(letter = letter.0, kind = kind.name(), tries, complaint, "a letter could not be sent");
}

/// How long to wait after so many tries.
fn pause(tries: u32) -> Duration {
    2_u32.checked_pow(tries.saturating_sub(1)).map_or(LONGEST_PAUSE, |factor| (FIRST_PAUSE * factor).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_six_hours_and_all_of_them_last_about_three_days() {
        let minutes: Vec<u64> = (1..=11).map(|tries| pause(tries).as_secs() / 60).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
        let all: Duration = (1..MOST_TRIES).map(pause).sum();
        assert!(all > Duration::from_hours(60) && all < Duration::from_hours(84), "{all:?}");
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }
}
