//! The program as one test has it: on a database of its own, at a time that the test says.

use std::time::Duration;

use axum::Router;
use sea_orm::{ActiveValue::Set, EntityTrait};
use tempfile::TempDir;

use super::{Browser, TestDatabase};
use crate::{
    accounts::model::{Registration, Role, Secret, Suspension, UserId},
    server::{
        App,
        accounts::{self, administration},
        clock::Clock,
        config::{
            Config, Flag, Sources,
            catalogue::{self, Setting},
        },
        database,
        entity::setting,
        router,
        site::{self, settings},
        visit::Visit,
    },
    site::model::{Settings, SettingsDraft},
};

/// Everybody's password.
pub const PASSWORD: &str = "lantern copper meadow thistle";

pub struct World {
    pub app: App,
    pub clock: Clock,
    router: Router,
    config: Config,
    // Dropped in this order: the database goes before the folder that it may lie in.
    _database: TestDatabase,
    _folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// As an operator would run it in public: under HTTPS, behind a proxy on the same machine.
    pub async fn in_public() -> Self {
        Self::with(&[(&catalogue::SITE_ADDRESS, "https://talk.example"), (&catalogue::LISTEN_BEHIND_PROXY, "127.0.0.1")]).await
    }

    /// A site that sends letters, into a folder.
    pub async fn with_letters() -> Self {
        Self::with(&[(&catalogue::MAIL_MODE, "folder")]).await
    }

    /// The program with settings of the operator's own.
    pub async fn with(settings: &[(&'static Setting, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::make().await;
        let config = configuration(&folder, &database, settings);
        database::migrate_up(&config.data).await.unwrap();
        let clock = Clock::fixed(Clock::System.now());
        let app = App::open_at(config.clone(), clock.clone()).await.unwrap();
        let_staff_in_by_password(&app).await;
        let router = router::build(app.clone());
        Self { app, clock, router, config, _database: database, _folder: folder }
    }

    /// The same site after a restart with other settings.
    pub async fn restart_with(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        self.app = App::open_at(self.config.clone(), self.clock.clone()).await.unwrap();
        self.router = router::build(self.app.clone());
    }

    pub fn pass(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Somebody who is not signed in.
    pub fn guest(&self) -> Browser {
        Browser::new(self.router.clone(), self.app.config().site.address.origin())
    }

    /// The operator at the command line.
    pub fn operator(&self) -> Visit {
        Visit::of_operator(self.app.clone())
    }

    /// An account, made by the operator.
    pub async fn account(&self, name: &str, role: Role) -> UserId {
        let draft = Registration {
            username: name.to_owned(),
            email: format!("{}@mail.example", name.to_lowercase()),
            password: Secret::new(PASSWORD.to_owned()),
            ..Registration::default()
        };
        accounts::create(&self.operator(), draft, role).await.unwrap()
    }

    /// The browser of somebody who has just signed in.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.guest();
        let fields = [("login", name), ("password", PASSWORD), ("keeping", "kept")];
        browser.call("/api/accounts/sign_in", &fields).await.landing();
        browser
    }

    /// The browser of somebody who was handed a link and has opened it.
    pub async fn holder(&self, address: &str) -> Browser {
        let mut browser = self.guest();
        browser.follow(address).await;
        browser
    }

    /// Somebody new, signed in.
    pub async fn person(&self, name: &str, role: Role) -> Browser {
        self.account(name, role).await;
        self.signed_in(name).await
    }

    pub async fn member(&self, name: &str) -> Browser {
        self.person(name, Role::Member).await
    }

    pub async fn moderator(&self, name: &str) -> Browser {
        self.person(name, Role::Moderator).await
    }

    pub async fn admin(&self, name: &str) -> Browser {
        self.person(name, Role::Admin).await
    }

    pub async fn suspend(&self, id: UserId) {
        let draft = Suspension { reason: "shouting".to_owned(), days: String::new() };
        administration::suspend(&self.operator(), id, draft).await.unwrap();
    }

    /// Changes the site's settings.
    pub async fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = settings(&self.app).await.unwrap().as_ref().clone();
        change(&mut settings);
        site::save_settings(&self.operator(), draft_of(&settings)).await.unwrap();
    }

    /// Lifts the limits of how often one person may write.
    pub async fn let_everybody_write_freely(&self) {
        self.set(|settings| {
            settings.comments_per_minute = 1_000;
            settings.discussions_per_hour = 1_000;
        })
        .await;
    }
}

/// Tests of anything else than second factors do without them.
async fn let_staff_in_by_password(app: &App) {
    let optional = setting::ActiveModel { name: Set("staff_factor".to_owned()), value: Set("\"optional\"".to_owned()) };
    setting::Entity::insert(optional).exec_without_returning(app.database().writer()).await.unwrap();
}

fn configuration(folder: &TempDir, database: &TestDatabase, settings: &[(&'static Setting, &str)]) -> Config {
    let folder = folder.path().display().to_string();
    let database = database.setting();
    let usual = [
        (&catalogue::DATA_FOLDER, folder.as_str()),
        (&catalogue::DATA_DATABASE, database.as_str()),
        (&catalogue::DATA_CONNECTIONS, "4"),
        // The cheapest that are allowed.
        (&catalogue::PASSWORD_MEMORY_KIB, "19456"),
        (&catalogue::PASSWORD_ITERATIONS, "2"),
        // Programs fill in the forms here.
        (&catalogue::LIMITS_FORM_SECONDS, "0"),
        (&catalogue::LIMITS_REGISTRATIONS_BEFORE_CHALLENGE, "1000"),
    ];
    let flags = usual.into_iter().chain(settings.iter().copied());
    let flags = flags.map(|(setting, value)| Flag { setting, name: "--test", value: value.to_owned() });
    Config::load(Sources::of_flags(flags.collect())).unwrap()
}

pub fn draft_of(settings: &Settings) -> SettingsDraft {
    SettingsDraft {
        name: settings.name.as_str().to_owned(),
        description: settings.description.as_str().to_owned(),
        registration: settings.registration,
        staff_factor: settings.staff_factor,
        comment_length: settings.comment_length.to_string(),
        comments_per_minute: settings.comments_per_minute.to_string(),
        discussions_per_hour: settings.discussions_per_hour.to_string(),
        edit_window: settings.edit_window.to_string(),
    }
}
