//! Ending notices with one click (RFC 8058): a link that says whose notices, signed by us. It opens
//! nothing else, needs no row, and works as long as the key that signed it is kept.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    accounts::model::UserId,
    server::seal::{Purpose, Seals},
};

/// Where requests with such a link are taken, whatever page they come from.
pub const PREFIX: &str = "/unsubscribe/";

/// The path of the link for somebody's notices.
#[must_use]
pub fn path(seals: &Seals, user: UserId) -> String {
    let signature = seals.sign(Purpose::Unsubscribe, &user.0.to_be_bytes());
    let token = [&user.0.to_be_bytes()[..], &signature].concat();
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(token))
}

/// Whose notices a token ends; nobody's where we did not sign it.
#[must_use]
pub fn read(seals: &Seals, token: &str) -> Option<UserId> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (user, signature) = token.split_first_chunk::<8>()?;
    seals.is_signed(Purpose::Unsubscribe, user, signature).then(|| UserId(i64::from_be_bytes(*user)))
}
