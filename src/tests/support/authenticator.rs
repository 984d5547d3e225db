//! An authenticator app in somebody's pocket, and the way to set one up.

use std::time::Duration;

use totp_rs::{Builder, Secret, Totp};

use super::{Browser, World};
use crate::{accounts::model::RecoveryCodes, moment::Moment};

#[derive(Clone, Debug)]
pub struct Authenticator(Totp);

impl Authenticator {
    /// How long a code is shown.
    pub const STEP: Duration = Duration::from_secs(30);

    pub fn of(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret.replace(' ', "")).unwrap();
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    pub fn code(&self, at: Moment) -> String {
        self.0.generate(u64::try_from(at.milliseconds() / 1_000).unwrap()).to_string()
    }
}

impl Browser {
    /// Begins to set up an app, and reads the key off the page; nothing where that is refused.
    pub async fn begins_app(&mut self) -> Option<Authenticator> {
        let begun = self.call("/api/accounts/begin_totp", &[]).await;
        if !begun.status.is_success() {
            return None;
        }
        let page = self.get("/account/security/app").await.text();
        let (_, key) = page.split_once("class=\"key\"").unwrap_or_else(|| panic!("no key is shown: {page}"));
        let key = key.split_once('>').and_then(|(_, key)| key.split_once('<')).expect("the key is text").0;
        Some(Authenticator::of(key))
    }

    /// Sets up an app; returns it with the recovery codes. The clock goes on, so that the code of the
    /// moment is a new one.
    pub async fn sets_up_app(&mut self, world: &World) -> (Authenticator, Vec<String>) {
        let app = self.begins_app().await.expect("an app may be set up");
        let confirmed = self.call("/api/accounts/confirm_totp", &[("code", &app.code(world.clock.now()))]).await;
        let codes: RecoveryCodes = confirmed.json();
        world.pass(Authenticator::STEP);
        (app, codes.recovery_codes.iter().map(|code| code.expose().to_owned()).collect())
    }
}

impl World {
    /// The browser of somebody who has given the password and owes more.
    pub async fn half_signed_in(&self, name: &str) -> Browser {
        let mut browser = self.guest();
        let fields = [("login", name), ("password", super::PASSWORD)];
        let landing = browser.call("/api/accounts/sign_in", &fields).await.landing();
        assert_eq!(landing.path.as_str(), "/sign-in/continue");
        browser
    }
}
