//! The exchange with a browser: a challenge that a passkey is to answer, once, within five minutes, for
//! one purpose and, but for signing in, for one account. What it rests on lies in the database and is
//! deleted before the answer is looked at.

use serde::{Serialize, de::DeserializeOwned};

use super::store;
use crate::{
    accounts::model::{PasskeyCeremony, PasskeyUse, Secret, UserId},
    error::Refusal,
    server::{
        accounts::token,
        error::{Error, Result},
        visit::Visit,
    },
};

/// What an exchange is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Registration,
    Use(PasskeyUse),
}

impl Purpose {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Use(PasskeyUse::SignIn) => "sign_in",
            Self::Use(PasskeyUse::SecondFactor) => "second_factor",
            Self::Use(PasskeyUse::Proof) => "proof",
        }
    }
}

/// Begins an exchange. `state` stays here, `options` go to the browser.
pub async fn begin(
    visit: &Visit,
    purpose: Purpose,
    user: Option<UserId>,
    state: &impl Serialize,
    options: &impl Serialize,
) -> Result<PasskeyCeremony> {
    let unwritten = |cause| Error::broken("a challenge cannot be written down", cause);
    let state = serde_json::to_string(state).map_err(unwritten)?;
    let options = serde_json::to_string(options).map_err(unwritten)?;
    let token = token::fresh();
    store::begin(visit.database().writer(), &token::hash(&token), (purpose, user), state, visit.now()).await?;
    Ok(PasskeyCeremony { token, options })
}

/// Uses an exchange up: whatever the answer is, there is no second look at it.
pub async fn end<State: DeserializeOwned>(
    visit: &Visit,
    token: &Secret,
    purpose: Purpose,
    user: Option<UserId>,
) -> Result<State> {
    let found = store::take(visit.database().writer(), &token::hash(token), (purpose, user), visit.now()).await?;
    let state = found.ok_or(Refusal::PasskeyOver)?;
    serde_json::from_str(&state).map_err(|cause| Error::broken("a challenge cannot be read", cause))
}
