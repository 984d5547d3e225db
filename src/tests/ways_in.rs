//! Every way in, in every state of an account, through HTTP: `docs/ways-in.md` is read, every line of it
//! is walked, and the answers must be those that stand there.

mod person;
mod table;
mod walks;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::support::{Browser, World};
use crate::{accounts::model::UserId, server::entity::session};

use table::Line;

/// How somebody tries to come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Password,
    PasswordAndCode,
    PasswordAndRecoveryCode,
    PasswordAndPasskey,
    Passkey,
    Provider,
    ProviderAndCode,
    Everything,
    PasswordLink,
    VerificationLink,
    Registration,
    ProviderRegistration,
    SetUpLink,
}

impl Way {
    pub const ALL: [Self; 13] = [
        Self::Password,
        Self::PasswordAndCode,
        Self::PasswordAndRecoveryCode,
        Self::PasswordAndPasskey,
        Self::Passkey,
        Self::Provider,
        Self::ProviderAndCode,
        Self::Everything,
        Self::PasswordLink,
        Self::VerificationLink,
        Self::Registration,
        Self::ProviderRegistration,
        Self::SetUpLink,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordAndCode => "password, then a code",
            Self::PasswordAndRecoveryCode => "password, then a recovery code",
            Self::PasswordAndPasskey => "password, then a passkey",
            Self::Passkey => "passkey alone",
            Self::Provider => "provider",
            Self::ProviderAndCode => "provider, then a code",
            Self::Everything => "everything that is owed",
            Self::PasswordLink => "password link",
            Self::VerificationLink => "verification link",
            Self::Registration => "registration",
            Self::ProviderRegistration => "registration with a provider",
            Self::SetUpLink => "set-up link",
        }
    }

    /// What the session of whoever came in this way says of it.
    fn proven(self, factors: Factors, condition: Condition) -> String {
        let words = match self {
            Self::Password => "password",
            Self::PasswordAndCode => "password totp",
            Self::PasswordAndRecoveryCode => "password recovery_code",
            Self::PasswordAndPasskey => "password second_passkey",
            Self::Passkey => "passkey",
            Self::Provider | Self::ProviderRegistration => "provider:work",
            Self::ProviderAndCode => "provider:work totp",
            Self::Everything => match factors {
                Factors::Nothing => "password",
                Factors::App | Factors::Both => "password totp",
                Factors::Passkey => "password second_passkey",
            },
            Self::Registration => "registration",
            Self::SetUpLink => "set_up_link",
            Self::PasswordLink | Self::VerificationLink => panic!("{self:?} signs nobody in"),
        };
        let notice = if condition == Condition::Suspended { " notice" } else { "" };
        format!("{words}{notice}")
    }
}

/// What is stored of an account beside its factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Good,
    Unverified,
    NotLetIn,
    Suspended,
    ToBeDeleted,
    NewPasswordDue,
}

impl Condition {
    pub const ALL: [Self; 6] =
        [Self::Good, Self::Unverified, Self::NotLetIn, Self::Suspended, Self::ToBeDeleted, Self::NewPasswordDue];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good standing",
            Self::Unverified => "unverified address",
            Self::NotLetIn => "not let in yet",
            Self::Suspended => "suspended",
            Self::ToBeDeleted => "to be deleted",
            Self::NewPasswordDue => "new password due",
        }
    }
}

/// The second factors that are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factors {
    Nothing,
    App,
    Passkey,
    Both,
}

impl Factors {
    pub const ALL: [Self; 4] = [Self::Nothing, Self::App, Self::Passkey, Self::Both];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "no second factor",
            Self::App => "authenticator app",
            Self::Passkey => "passkey",
            Self::Both => "both",
        }
    }

    pub const fn has_app(self) -> bool {
        matches!(self, Self::App | Self::Both)
    }

    pub const fn has_passkey(self) -> bool {
        matches!(self, Self::Passkey | Self::Both)
    }
}

/// Where a way has led.
pub enum End {
    /// There was nothing to go by, and trying changed nothing.
    NoSuchThing,
    At(Box<Browser>, UserId),
}

#[test]
fn every_way_has_a_line_for_every_state_and_no_line_is_about_nothing() {
    let documented: Vec<_> = table::lines().into_iter().map(|line| (line.way, line.condition)).collect();
    let known = Way::ALL.into_iter().flat_map(|way| Condition::ALL.map(|condition| (way.name(), condition.name())));
    let known: Vec<_> = known.map(|(way, condition)| (way.to_owned(), condition.to_owned())).collect();
    assert_eq!(documented, known);
}

/// One test for each way, so that they run beside one another.
macro_rules! walk_every_line {
    ($($test:ident: $way:ident;)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                walk(Way::$way).await;
            }
        )*

        #[test]
        fn every_way_is_walked() {
            assert_eq!([$(Way::$way),*], Way::ALL);
        }
    };
}

walk_every_line! {
    by_password: Password;
    by_password_and_a_code: PasswordAndCode;
    by_password_and_a_recovery_code: PasswordAndRecoveryCode;
    by_password_and_a_passkey: PasswordAndPasskey;
    by_a_passkey_alone: Passkey;
    by_a_provider: Provider;
    by_a_provider_and_a_code: ProviderAndCode;
    by_paying_everything_that_is_owed: Everything;
    by_a_password_link: PasswordLink;
    by_a_verification_link: VerificationLink;
    by_registering: Registration;
    by_registering_with_a_provider: ProviderRegistration;
    by_the_set_up_link: SetUpLink;
}

async fn walk(way: Way) {
    let ground = walks::Ground::of(way).await;
    let mut wrong = Vec::new();
    for condition in Condition::ALL {
        let line = table::line(way, condition);
        for factors in Factors::ALL {
            let answer = walk_once(&ground, way, condition, factors).await;
            if answer != line.answer(factors) {
                wrong.push(different(&line, factors, answer));
            }
        }
    }
    assert!(wrong.is_empty(), "docs/ways-in.md says otherwise:\n{}", wrong.join("\n"));
}

fn different(line: &Line, factors: Factors, answer: &str) -> String {
    format!("{}, {}, {}: {answer:?} and not {:?}", line.way, line.condition, factors.name(), line.answer(factors))
}

/// Goes one way, says where it led in the words of the page, and sees to it that this is true.
async fn walk_once(ground: &walks::Ground, way: Way, condition: Condition, factors: Factors) -> &'static str {
    match walks::go(ground, way, condition, factors).await {
        End::NoSuchThing => "—",
        End::At(mut browser, user) => {
            let world = &ground.world(condition);
            let answer = place(&mut browser).await;
            let proven = sessions_of(world, user).await;
            if answer == "in" {
                assert_eq!(proven, [way.proven(factors, condition)], "{way:?} {condition:?} {factors:?}");
            } else {
                assert_eq!(proven, [""; 0], "{way:?} {condition:?} {factors:?}: {answer} is no session");
                assert_eq!(browser.get("/new").await.status, 401, "{way:?} {condition:?} {factors:?}: {answer}");
            }
            answer
        }
    }
}

/// How far a browser has come, by what its owner is shown.
pub async fn place(browser: &mut Browser) -> &'static str {
    if browser.get("/account").await.status == 200 {
        return "in";
    }
    let page = browser.get("/sign-in/continue").await;
    if page.status.is_redirection() {
        assert_eq!(page.location(), "/sign-in");
        return "nobody";
    }
    let titles = [
        ("One more proof", "second factor"),
        ("Your account is about to be deleted", "keep the account"),
        ("Confirm your e-mail address", "confirm address"),
        ("Your account is not open yet", "wait"),
        ("Choose a new password", "new password"),
        ("Your account is suspended", "suspension notice"),
    ];
    let shown: Vec<_> = titles.iter().filter(|(title, _)| page.shows(&format!("<h1>{title}</h1>"))).collect();
    assert_eq!(shown.len(), 1, "{}", page.text());
    shown[0].1
}

/// By what the sessions of an account were proven.
pub async fn sessions_of(world: &World, user: UserId) -> Vec<String> {
    let sessions = session::Entity::find().filter(session::Column::UserId.eq(user.0));
    sessions.all(world.app.database().reader()).await.unwrap().into_iter().map(|session| session.proven).collect()
}
