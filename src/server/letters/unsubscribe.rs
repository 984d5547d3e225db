//! Ending notices with one click (RFC 8058): a link that says whose notices, signed by us together with the address
//! that the letter went to. It opens nothing else, needs no row, and works as long as the key that signed it is
//! kept and the account has that address: who had it before has no say.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    accounts::model::{EmailAddress, UserId},
    server::seal::{Purpose, Seals},
};

/// Where requests with such a link are taken, whatever page they come from.
pub const PREFIX: &str = "/unsubscribe/";

/// The path of the link for somebody's notices, in a letter to this address.
#[must_use]
pub fn path(seals: &Seals, user: UserId, address: &EmailAddress) -> String {
    let signature = seals.sign(Purpose::Unsubscribe, &signed(user, address.as_str()));
    let token = [&user.0.to_be_bytes()[..], &signature].concat();
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(token))
}

/// What a token says, whoever made it.
#[derive(Clone, Debug)]
pub struct Claim {
    pub user: UserId,
    signature: Vec<u8>,
}

impl Claim {
    /// Nothing where it is no token.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (user, signature) = token.split_first_chunk::<8>()?;
        Some(Self { user: UserId(i64::from_be_bytes(*user)), signature: signature.to_vec() })
    }

    /// Whether we signed it for this address of the user's.
    #[must_use]
    pub fn is_ours(&self, seals: &Seals, address: &str) -> bool {
        seals.is_signed(Purpose::Unsubscribe, &signed(self.user, address), &self.signature)
    }
}

fn signed(user: UserId, address: &str) -> Vec<u8> {
    [&user.0.to_be_bytes()[..], address.as_bytes()].concat()
}
