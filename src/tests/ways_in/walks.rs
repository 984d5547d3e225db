//! The ways themselves, as browsers go them.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Condition, End, Factors, Way, person::Person, place};
use crate::{
    server::{accounts, config::catalogue, operator},
    site::model::RegistrationMode,
    tests::{
        providers::{Provider, WORK, world_with},
        support::{Browser, PASSWORD, World, wish},
    },
};

const NEW_PASSWORD: &str = "seven quiet harbours sleeping";

/// The sites on which a way is gone, with a provider beside them.
pub struct Ground {
    provider: Provider,
    lettered: World,
    /// A site that sends no letters, and one that approves its members: only newcomers see a difference.
    silent: Option<(World, World)>,
    counter: AtomicUsize,
}

impl Ground {
    pub async fn of(way: Way) -> Self {
        let provider = Provider::start().await;
        let lettered = world_with(&provider.issuer, &[(&catalogue::MAIL_MODE, "folder")]).await;
        provider.follow(&lettered.clock);
        let is_for_newcomers = matches!(way, Way::Registration | Way::ProviderRegistration | Way::SetUpLink);
        let silent = if is_for_newcomers {
            let approving = world_with(&provider.issuer, &[]).await;
            approving.set(|settings| settings.registration = RegistrationMode::Approval).await;
            Some((world_with(&provider.issuer, &[]).await, approving))
        } else {
            None
        };
        Self { provider, lettered, silent, counter: AtomicUsize::new(0) }
    }

    pub fn world(&self, condition: Condition) -> &World {
        match (&self.silent, condition) {
            (Some((silent, _)), Condition::Good) => silent,
            (Some((_, approving)), Condition::NotLetIn) => approving,
            _ => &self.lettered,
        }
    }

    /// A number that was not given out before.
    fn number(&self) -> usize {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }

    /// A browser that nobody has seen before.
    fn browser(&self, condition: Condition) -> Browser {
        self.world(condition).guest().at(&format!("198.51.100.{}", self.number() % 250))
    }
}

pub async fn go(ground: &Ground, way: Way, condition: Condition, factors: Factors) -> End {
    if matches!(way, Way::Registration | Way::ProviderRegistration | Way::SetUpLink) {
        return arrive_new(ground, way, condition, factors).await;
    }
    let world = ground.world(condition);
    let name = format!("person-{}", ground.number());
    let mut person = Person::new(world, &ground.provider, &name, condition, factors).await;
    let mut browser = ground.browser(condition);
    let is_gone = match way {
        Way::Password => {
            by_password(&mut browser, &person).await;
            true
        }
        Way::PasswordAndCode => {
            by_password(&mut browser, &person).await;
            give_code(&mut browser, world, &person).await
        }
        Way::PasswordAndRecoveryCode => {
            by_password(&mut browser, &person).await;
            let code = person.recovery_code();
            browser.call("/api/accounts/give_recovery_code", &[("recovery_code", &code)]).await.status.is_success()
        }
        Way::PasswordAndPasskey => {
            by_password(&mut browser, &person).await;
            give_passkey(&mut browser, &mut person).await
        }
        Way::Passkey => browser.shows_passkey("sign_in", &mut person.passkey).await.status.is_success(),
        Way::Provider => by_provider(ground, &mut browser, &person).await,
        Way::ProviderAndCode => by_provider(ground, &mut browser, &person).await && give_code(&mut browser, world, &person).await,
        Way::Everything => {
            by_password(&mut browser, &person).await;
            pay_everything(&mut browser, world, &mut person).await;
            true
        }
        Way::PasswordLink => use_password_link(ground.browser(condition), &mut browser, world, &person).await,
        Way::VerificationLink => use_verification_link(ground, &mut browser, world, &mut person, condition).await,
        Way::Registration | Way::ProviderRegistration | Way::SetUpLink => unreachable!("these make an account"),
    };
    if is_gone { End::At(Box::new(browser), person.id) } else { End::NoSuchThing }
}

async fn by_password(browser: &mut Browser, person: &Person) {
    let fields = [("login", person.name.as_str()), ("password", PASSWORD)];
    browser.call("/api/accounts/sign_in", &fields).await.landing();
}

async fn by_provider(ground: &Ground, browser: &mut Browser, person: &Person) -> bool {
    browser.goes(&ground.provider, WORK, "sign_in", &person.name).await.status.is_redirection()
}

/// No where there is no app: the guess must bring nobody further.
async fn give_code(browser: &mut Browser, world: &World, person: &Person) -> bool {
    let before = place(browser).await;
    let code = person.code(world);
    let is_taken = browser.call("/api/accounts/give_code", &[("code", &code)]).await.status.is_success();
    assert!(is_taken || place(browser).await == before, "a refused code leads nowhere");
    is_taken
}

/// No where the site knows no passkey of theirs, or asks for none.
async fn give_passkey(browser: &mut Browser, person: &mut Person) -> bool {
    let asked = browser.asks_for_passkey("second_factor").await;
    if !asked.status.is_success() {
        return false;
    }
    let ceremony: crate::accounts::model::PasskeyCeremony = asked.json();
    let given = person.passkey.answers(&wish(&ceremony));
    browser.sends_passkey("second_factor", &ceremony, &given).await.status.is_success()
}

/// Pays one debt after the other, as far as its owner can.
async fn pay_everything(browser: &mut Browser, world: &World, person: &mut Person) {
    for _ in 0..6 {
        let owed = place(browser).await;
        let answer = match owed {
            "in" | "wait" => return,
            "second factor" if person.factors.has_app() => {
                assert!(give_code(browser, world, person).await);
                continue;
            }
            "second factor" => {
                assert!(give_passkey(browser, person).await);
                continue;
            }
            "keep the account" => browser.call("/api/accounts/keep_account", &[]).await,
            "confirm address" => {
                let link = world.last_letter_to(&person.address()).await.link("/verify/");
                browser.follow(&link).await;
                browser.call("/api/accounts/verify_email", &[]).await
            }
            "new password" => browser.call("/api/accounts/choose_due_password", &[("password", NEW_PASSWORD)]).await,
            "suspension notice" => browser.call("/api/accounts/acknowledge_suspension", &[]).await,
            unknown => panic!("nobody knows how to pay {unknown:?}"),
        };
        answer.landing();
    }
    panic!("there is no end of debts");
}

async fn use_password_link(mut other: Browser, browser: &mut Browser, world: &World, person: &Person) -> bool {
    other.call("/api/accounts/request_reset", &[("login", &person.name)]).await.landing();
    let link = world.last_letter_to(&person.address()).await.link("/password/");
    browser.follow(&link).await;
    browser.call("/api/accounts/use_password_link", &[("password", NEW_PASSWORD)]).await.landing();
    true
}

/// The letter comes to whoever has paid what is owed before it; the link is opened in another browser.
async fn use_verification_link(
    ground: &Ground,
    browser: &mut Browser,
    world: &World,
    person: &mut Person,
    condition: Condition,
) -> bool {
    if condition != Condition::Unverified {
        let refused = browser.call("/api/accounts/verify_email", &[]).await;
        assert!(!refused.status.is_success());
        return false;
    }
    let mut other = ground.browser(condition);
    by_password(&mut other, person).await;
    match place(&mut other).await {
        "second factor" if person.factors.has_app() => assert!(give_code(&mut other, world, person).await),
        "second factor" => assert!(give_passkey(&mut other, person).await),
        owed => assert_eq!(owed, "confirm address"),
    }
    let link = world.last_letter_to(&person.address()).await.link("/verify/");
    browser.follow(&link).await;
    browser.call("/api/accounts/verify_email", &[]).await.landing();
    true
}

/// Newcomers have no factors, and are what the site makes of them.
async fn arrive_new(ground: &Ground, way: Way, condition: Condition, factors: Factors) -> End {
    let is_possible = match way {
        Way::SetUpLink => condition == Condition::Good,
        _ => matches!(condition, Condition::Good | Condition::Unverified | Condition::NotLetIn),
    };
    if !is_possible || factors != Factors::Nothing {
        return End::NoSuchThing;
    }
    let (world, mut browser) = (ground.world(condition), ground.browser(condition));
    let name = format!("newcomer-{}", ground.number());
    let email = format!("{name}@mail.example");
    let mut fields = vec![("username", name.as_str()), ("email", email.as_str()), ("application", "I bake.")];
    let function = match way {
        Way::ProviderRegistration => {
            ground.provider.follow(&world.clock);
            let answer = browser.goes(&ground.provider, WORK, "register", &name).await;
            assert_eq!(answer.location(), "/register/provider", "{}", answer.text());
            "register_with_provider"
        }
        Way::SetUpLink => {
            let link = operator::setup_link(&world.app).await.unwrap().expect("there is no admin yet");
            browser.follow(&link).await;
            "set_up"
        }
        _ => "register",
    };
    if way == Way::SetUpLink {
        fields.pop();
    }
    if way != Way::ProviderRegistration {
        fields.push(("password", PASSWORD));
    }
    browser.call(&format!("/api/accounts/{function}"), &fields).await.landing();
    let id = accounts::profile(&world.operator(), &name).await.unwrap().id;
    if way == Way::SetUpLink {
        assert_eq!(operator::setup_link(&world.app).await.unwrap(), None, "it makes the first admin only");
    }
    End::At(Box::new(browser), id)
}
