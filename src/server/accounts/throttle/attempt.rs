//! Tries at a secret. A try is counted before the secret is looked at, so that many at once cannot slip
//! through; what came of it is told afterwards.

use sea_orm::ConnectionTrait;

use super::{
    key::{Key, Series},
    store,
};
use crate::{
    accounts::model::UserId,
    server::{
        accounts::{browsers, token},
        entity::user,
        error::{Error, Result},
        visit::Visit,
    },
};

/// A try that was counted. One whose end is not told stays counted as a failure.
#[derive(Debug)]
#[must_use = "a try that came to nothing or to a success has to be told of"]
pub struct Attempt {
    keys: Vec<Key>,
}

/// Counts a try under every key, or refuses it and counts it nowhere.
///
/// # Errors
/// Too many failures before it: a wait, or an end to all tries under a key.
pub async fn attempt(visit: &Visit, keys: Vec<Key>) -> Result<Attempt> {
    store::count_all(visit.database().writer(), visit.app().throttle_secret(), &keys, visit.now()).await?;
    Ok(Attempt { keys })
}

impl Attempt {
    /// The secret was right: what was failed before under the same name is forgiven, what came from the
    /// same network is not.
    ///
    /// # Errors
    /// The database's.
    pub async fn succeeded(self, visit: &Visit) -> Result<()> {
        let (database, secret) = (visit.database().writer(), visit.app().throttle_secret());
        for key in &self.keys {
            match key.series {
                Series::EndsWithSuccess => store::clear(database, secret, key).await?,
                Series::GoesOn => store::give_back(database, secret, key, visit.now()).await?,
            }
        }
        Ok(())
    }

    /// The secret was wrong, and the try stays counted.
    pub fn failed(self) {}

    /// Nothing was compared, as when the server was too busy: nobody has learned anything.
    ///
    /// # Errors
    /// The database's.
    pub async fn came_to_nothing(self, visit: &Visit) -> Result<()> {
        for key in &self.keys {
            store::give_back(visit.database().writer(), visit.app().throttle_secret(), key, visit.now()).await?;
        }
        Ok(())
    }

    /// Hands on what a comparison yielded; one that was not made does not count as a try.
    ///
    /// # Errors
    /// The comparison's.
    pub async fn unless_busy<T>(self, visit: &Visit, outcome: Result<T>) -> Result<(Self, T)> {
        match outcome {
            Ok(value) => Ok((self, value)),
            Err(error) => {
                if matches!(error, Error::Told(crate::error::AppError::Busy { .. })) {
                    self.came_to_nothing(visit).await?;
                }
                Err(error)
            }
        }
    }
}

/// Whoever has a new password by a link does not wait for what strangers tried with the old one. What was
/// tried at the second factor stays: a link is in a mailbox, and whoever reads that must not have more tries.
///
/// # Errors
/// The database's.
pub async fn forgive(database: &impl ConnectionTrait, visit: &Visit, user: &user::Model) -> Result<()> {
    let (secret, id) = (visit.app().throttle_secret(), UserId(user.id));
    let mut keys = vec![Key::account(&user.name_key), Key::proof(id)];
    keys.extend(user.email_key.as_deref().map(Key::email));
    keys.extend(browsers::of(visit).map(|browser| Key::browser(id, &token::hash(&browser))));
    for key in keys {
        store::clear(database, secret, &key).await?;
    }
    Ok(())
}

/// Whoever has no second factor any more has nothing left to guess.
///
/// # Errors
/// The database's.
pub async fn forgive_second_factor(database: &impl ConnectionTrait, visit: &Visit, user: UserId) -> Result<()> {
    Ok(store::clear(database, visit.app().throttle_secret(), &Key::second_factor(user)).await?)
}
