//! The authenticator app of the bench's admin: a new site asks its staff for a second factor before it
//! lets them change anything.

use std::time::{SystemTime, UNIX_EPOCH};

use totp_rs::{Builder, Secret};

use crate::failure::{Failure, Outcome};

/// The code of this moment for the key that a page shows.
pub fn code_for(page: &str) -> Outcome<String> {
    let key = page.split_once("class=\"key\"").and_then(|(_, rest)| rest.split_once('>'));
    let key = key.and_then(|(_, rest)| rest.split_once('<')).ok_or_else(|| Failure::new("the page shows no key"))?.0;
    let secret = Secret::try_from_base32(key.replace(' ', "")).map_err(|cause| Failure::new(format!("the key: {cause}")))?;
    let app = Builder::new().with_secret(secret).build().map_err(|cause| Failure::new(format!("the key: {cause}")))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|cause| Failure::new(format!("the clock: {cause}")))?;
    Ok(app.generate(now.as_secs()).to_string())
}
