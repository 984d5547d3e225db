//! A story in which everything secret is known.

use std::io::{Cursor, Read};

use axum::http::HeaderValue;
use sea_orm::EntityTrait;
use tower_sessions::cookie::{Cookie, CookieJar};
use zip::ZipArchive;

use super::{
    Finding, Place, keys,
    places::{self, Cells, LogLines, readable},
    planted::Planted,
};
use crate::{
    accounts::model::{InvitationLink, PasskeyCeremony, PasswordLink, RecoveryCodes, Role},
    server::{
        accounts,
        config::catalogue,
        entity::{session, totp_secret},
        own_data::archive,
        router,
        seal::Purpose,
    },
    tests::{
        providers::{Provider, SECRET, WORK, world_with},
        support::{Answer, Authenticator, Browser, Diary, PASSWORD, World, wish},
    },
};

const FIRST: &str = "lantern-copper-meadow-thistle";
const SECOND: &str = "seven-quiet-harbours-sleeping";
const THIRD: &str = "eleven-paper-boats-drifting";
const WEAK: &str = "passwordpassword";
const MISTYPED: &str = "lantern-copper-meadow-thimble";
const SIGN_IN: &str = "/api/accounts/sign_in";

pub struct Story {
    world: World,
    provider: Provider,
    diary: Diary,
    log: LogLines,
    cells: Cells,
    archives: Vec<String>,
    planted: Vec<Planted>,
    keeper: Browser,
    ada: Browser,
    app: Option<Authenticator>,
    recovery_codes: Vec<String>,
}

pub async fn first_session(world: &World) -> Vec<u8> {
    session::Entity::find().one(world.app.database().reader()).await.unwrap().unwrap().id_hash
}

impl Story {
    pub async fn begin() -> Self {
        let log = LogLines::of_everything();
        let provider = Provider::start().await;
        let pepper_folder = tempfile::tempdir().unwrap();
        let pepper = keys::write_pepper(&pepper_folder);
        let settings = [(&catalogue::MAIL_MODE, "folder"), (&catalogue::PASSWORD_PEPPER_FILE, pepper.as_str())];
        let world = world_with(&provider.issuer, &settings).await;
        provider.follow(&world.clock);
        let diary = Diary::default();
        let keeper = world.admin("keeper").await.watched_by(&diary);
        let ada = world.guest().watched_by(&diary);
        let (cells, archives, planted) = (Cells::new(), Vec::new(), Vec::new());
        let (app, recovery_codes) = (None, Vec::new());
        let mut story = Self { world, provider, diary, log, cells, archives, planted, keeper, ada, app, recovery_codes };
        for (what, text) in [
            ("the keeper's password", PASSWORD),
            ("the first password", FIRST),
            ("the second password", SECOND),
            ("the third password", THIRD),
            ("a password that was too weak", WEAK),
            ("a mistyped password", MISTYPED),
            ("the client's secret", SECRET),
        ] {
            story.plant(what, text, &[]);
        }
        story.planted.extend(keys::planted(story.world.app.config()));
        story
    }

    /// What is planted twice counts as it was planted first.
    pub fn plant(&mut self, what: &str, text: &str, shown_at: &'static [&'static str]) {
        if !self.planted.iter().any(|planted| planted.text == text) {
            self.planted.push(Planted::new(what, text, shown_at));
        }
    }

    pub fn names(&self) -> Vec<String> {
        self.planted.iter().map(|planted| planted.what.clone()).collect()
    }

    /// Keeps what stands in the database at this moment: much of it is gone in the next.
    pub async fn look_around(&mut self) {
        self.cells.extend(places::database(&self.world).await);
    }

    fn guest(&self) -> Browser {
        self.world.guest().watched_by(&self.diary)
    }

    async fn link_to(&self, address: &str, page: &str) -> String {
        self.world.last_letter_to(address).await.link(page)
    }

    pub async fn somebody_is_invited_registers_and_proves_their_address(&mut self) {
        let fields = [("note", "for the choir"), ("uses", "1"), ("days", "7")];
        let link: InvitationLink = self.keeper.call("/api/accounts/invite", &fields).await.json();
        self.plant("the invitation", last_part(&link.address), &["/api/accounts/invite"]);
        self.ada.follow(&link.address).await;
        self.look_around().await;
        let email = ("email", "ada@mail.example");
        let taken = self.ada.submit("/api/accounts/register", &[("username", "keeper"), email, ("password", FIRST)]).await;
        assert_eq!(taken.status, 422, "{}", taken.text());
        let weak = self.ada.submit("/api/accounts/register", &[("username", "ada"), email, ("password", WEAK)]).await;
        assert_eq!(weak.status, 422, "{}", weak.text());
        self.ada.call("/api/accounts/weigh_password", &[("password", FIRST)]).await;
        self.ada.get("/register").await;
        let answer = self.ada.submit("/api/accounts/register", &[("username", "ada"), email, ("password", FIRST)]).await;
        assert_eq!(answer.location(), "/sign-in/continue", "{}", answer.text());
        self.look_around().await;
        let link = self.link_to("ada@mail.example", "/verify/").await;
        assert_eq!(self.ada.follow(&link).await.status, 200);
        self.look_around().await;
        leads_on(&self.ada.submit("/api/accounts/verify_email", &[]).await);
        self.look_around().await;
        assert_eq!(self.ada.get("/account").await.status, 200);
    }

    pub async fn they_forget_their_password(&mut self) {
        let mut guest = self.guest();
        guest.get("/forgotten").await;
        leads_on(&guest.submit("/api/accounts/request_reset", &[("login", "ada")]).await);
        self.look_around().await;
        let link = self.link_to("ada@mail.example", "/password/").await;
        assert_eq!(guest.follow(&link).await.status, 200);
        self.look_around().await;
        assert_eq!(guest.submit("/api/accounts/use_password_link", &[("password", WEAK)]).await.status, 422);
        leads_on(&guest.submit("/api/accounts/use_password_link", &[("password", SECOND)]).await);
        self.ada = self.guest();
        self.ada.get("/sign-in").await;
        let wrong = self.ada.submit(SIGN_IN, &[("login", "ada"), ("password", MISTYPED)]).await;
        assert_eq!(wrong.status, 403, "{}", wrong.text());
        leads_on(&self.ada.submit(SIGN_IN, &[("login", "ada"), ("password", SECOND), ("keeping", "kept")]).await);
        self.look_around().await;
    }

    pub async fn they_set_up_an_app_and_come_back_with_it(&mut self) {
        let app = self.ada.begins_app().await.expect("an app may be set up");
        let page = self.ada.get("/account/security/app").await.text();
        let key = page.split_once("class=\"key\"").and_then(|(_, rest)| rest.split_once('>')).expect("a key is shown").1;
        let key = key.split_once('<').unwrap().0.to_owned();
        self.plant("the app's key", &key, &["/account/security/app"]);
        self.plant("the app's key in one word", &key.replace(' ', ""), &["/account/security/app"]);
        let row = totp_secret::Entity::find().one(self.world.app.database().reader()).await.unwrap().unwrap();
        let raw = self.world.app.seals().unseal(Purpose::Totp, &row.user_id.to_string(), &row.sealed).unwrap();
        self.planted.push(Planted::bytes("the app's key as bytes", &raw));
        self.look_around().await;
        let code = app.code(self.world.clock.now());
        let codes: RecoveryCodes = self.ada.call("/api/accounts/confirm_totp", &[("code", &code)]).await.json();
        for code in &codes.recovery_codes {
            self.plant("a recovery code", code.expose(), &["/api/accounts/confirm_totp"]);
            self.plant("a recovery code without its lines", &code.expose().replace('-', ""), &[]);
            self.recovery_codes.push(code.expose().to_owned());
        }
        self.world.pass(Authenticator::STEP);
        self.app = Some(app);
        self.arrive_with_code().await;
    }

    async fn half_arrive(&mut self) {
        self.ada = self.guest();
        self.ada.get("/sign-in").await;
        let answer = self.ada.submit(SIGN_IN, &[("login", "ada"), ("password", SECOND), ("keeping", "kept")]).await;
        assert_eq!(answer.location(), "/sign-in/continue", "{}", answer.text());
        self.ada.get("/sign-in/continue").await;
        self.look_around().await;
    }

    async fn arrive_with_code(&mut self) {
        self.half_arrive().await;
        let code = self.app.as_ref().unwrap().code(self.world.clock.now());
        leads_on(&self.ada.submit("/api/accounts/give_code", &[("code", &code)]).await);
        self.world.pass(Authenticator::STEP);
        self.look_around().await;
    }

    pub async fn they_come_back_with_a_recovery_code(&mut self) {
        const GIVE: &str = "/api/accounts/give_recovery_code";
        self.half_arrive().await;
        let code = self.recovery_codes[0].clone();
        let changed = format!("{}{}", &code[..code.len() - 1], if code.ends_with('0') { '1' } else { '0' });
        self.plant("a mistyped recovery code", &changed, &[]);
        assert_eq!(self.ada.submit(GIVE, &[("recovery_code", &changed)]).await.status, 422);
        self.ada.get("/sign-in/continue").await;
        leads_on(&self.ada.submit(GIVE, &[("recovery_code", &code)]).await);
        self.look_around().await;
    }

    pub async fn they_make_a_passkey_and_come_back_with_it(&mut self) {
        let (mut passkey, ceremony, made) = self.ada.makes_passkey().await;
        self.plant("the token of a passkey", ceremony.token.expose(), &["/api/accounts/begin_passkey"]);
        self.look_around().await;
        self.ada.sends_made_passkey(&ceremony, &made).await.landing();
        self.ada = self.guest();
        let ceremony: PasskeyCeremony = self.ada.asks_for_passkey("sign_in").await.json();
        self.plant("the token of a sign-in", ceremony.token.expose(), &["/api/accounts/ask_for_passkey"]);
        self.look_around().await;
        let given = passkey.answers(&wish(&ceremony));
        let signature = given["response"]["signature"].as_str().unwrap();
        self.plant("the answer of a passkey", signature, &[]);
        self.ada.sends_passkey("sign_in", &ceremony, &given).await.landing();
        self.look_around().await;
    }

    pub async fn they_link_an_account_elsewhere_and_come_back_with_it(&mut self) {
        self.ada.links(&self.provider, WORK, "lovelace").await;
        self.look_around().await;
        let mut arriving = self.guest();
        let address = arriving.departs(WORK, "sign_in", &[]).await;
        self.look_around().await;
        let answer = arriving.returns(&self.provider.recognise(&address, "lovelace")).await;
        assert_eq!(answer.location(), "/sign-in/continue", "{}", answer.text());
        self.look_around().await;
        let code = self.app.as_ref().unwrap().code(self.world.clock.now());
        arriving.call("/api/accounts/give_code", &[("code", &code)]).await.landing();
        self.world.pass(Authenticator::STEP);
        self.look_around().await;
        for (what, text) in self.provider.confidences() {
            // The browser carries these two to the provider.
            let shown_at: &[&str] = if matches!(what, "nonce" | "state") { &["/sign-in/leaving"] } else { &[] };
            self.plant(what, &text, shown_at);
        }
    }

    pub async fn they_take_their_data_along(&mut self) {
        self.ada.starts("Bread").await;
        leads_on(&self.ada.submit("/api/accounts/ask_for_archive", &[]).await);
        archive::build_waiting(&self.world.app).await.unwrap();
        self.look_around().await;
        let page = self.ada.get("/account/data").await.text();
        let path = page.split("href=\"/account/data/").nth(1).and_then(|rest| rest.split('"').next()).expect("it is offered");
        let file = self.world.guest().with_cookies(self.ada.cookies.clone()).get(&format!("/account/data/{path}")).await;
        let mut zip = ZipArchive::new(Cursor::new(file.bytes().to_vec())).unwrap();
        for number in 0..zip.len() {
            let mut bytes = Vec::new();
            zip.by_index(number).unwrap().read_to_end(&mut bytes).unwrap();
            self.archives.push(readable(&bytes));
        }
    }

    pub async fn they_change_their_address_and_their_password(&mut self) {
        self.ada.get("/account/email").await;
        leads_on(&self.ada.submit("/api/accounts/change_email", &[("email", "lovelace@mail.example")]).await);
        self.look_around().await;
        let link = self.link_to("lovelace@mail.example", "/verify/").await;
        self.ada.follow(&link).await;
        leads_on(&self.ada.submit("/api/accounts/verify_email", &[]).await);
        let undo = self.link_to("ada@mail.example", "/email-undo/").await;
        self.guest().follow(&undo).await;
        self.look_around().await;
        self.ada.get("/account").await;
        let wrong = [("current_password", MISTYPED), ("password", THIRD)];
        let wrong = self.ada.submit("/api/accounts/change_password", &wrong).await;
        assert!(wrong.status.is_client_error(), "{}", wrong.text());
        self.ada.get("/account").await;
        let right = [("current_password", SECOND), ("password", THIRD)];
        leads_on(&self.ada.submit("/api/accounts/change_password", &right).await);
        self.ada.get("/prove").await;
        leads_on(&self.ada.submit("/api/accounts/prove", &[("password", THIRD)]).await);
        self.look_around().await;
    }

    pub async fn an_admin_hands_a_password_link_out(&mut self) {
        let id = self.world.account("grace", Role::Member).await.to_string();
        let link: PasswordLink = self.keeper.call("/api/accounts/make_password_link", &[("user", &id)]).await.json();
        self.plant("the link that was handed out", last_part(&link.address), &["/api/accounts/make_password_link"]);
        self.guest().follow(&link.address).await;
        self.look_around().await;
    }

    /// Everybody looks at everything, until long after.
    pub async fn everybody_looks_at_every_page(&mut self) {
        let id = accounts::profile(&self.world.operator(), "ada").await.unwrap().id;
        let mut pages: Vec<_> =
            router::pages().into_iter().map(|(path, _)| path.to_owned()).filter(|path| !path.contains('{')).collect();
        pages.extend(["/u/ada".to_owned(), "/d/1".to_owned(), format!("/admin/users/{id}")]);
        let mut browsers = [self.ada.clone(), self.keeper.clone(), self.guest()];
        for browser in &mut browsers {
            for page in &pages {
                let answer = browser.get(page).await;
                assert!(!answer.status.is_server_error(), "{page}: {}", answer.text());
            }
        }
        leads_on(&self.ada.submit("/api/accounts/sign_out", &[]).await);
        self.look_around().await;
    }

    /// What letters and cookies brought: tokens, and what the cookies hold for whoever has the key.
    pub async fn plant_what_came_to_be(&mut self) {
        let links: Vec<_> = self.world.all_letters().await.iter().flat_map(super::super::support::Received::links).collect();
        for link in links {
            for page in ["/verify/", "/password/", "/email-undo/", "/unsubscribe/"] {
                if link.contains(page) {
                    let shown_at: &[&str] = if page == "/unsubscribe/" { &["/unsubscribe/"] } else { &[] };
                    self.plant(&format!("the link {page}"), last_part(&link), shown_at);
                }
            }
        }
        let cookies: Vec<_> = self.diary.exchanges().iter().flat_map(|exchange| owned_cookies(&exchange.answer)).collect();
        for (name, value) in cookies {
            let mut jar = CookieJar::new();
            jar.add_original(Cookie::new(name.clone(), value.clone()));
            let Some(plain) = jar.private(&self.world.app.cookie_key()).get(&name) else { continue };
            self.plant(&format!("the cookie {name}"), &value, &[]);
            self.plant(&format!("the plain {name}"), plain.value(), &[]);
        }
    }

    /// Has something secret stand where it must not.
    pub async fn leak(&mut self, place: Place, secret: &str) {
        match place {
            Place::Database => {
                self.world.signed_in("keeper").await.starts(secret).await;
            }
            Place::Log => tracing::trace!(target: "locutory::leak", secret, "a line"),
            Place::Page => {
                self.keeper.starts(secret).await;
                self.guest().get("/").await;
            }
            Place::Address => {
                let query = super::super::support::encoded(&[("q", secret)]);
                self.guest().get(&format!("/?{query}")).await;
            }
        }
    }

    /// Every secret that stands where it must not.
    pub fn findings(&self) -> Vec<Finding> {
        let log = self.log.written();
        let exchanges = self.diary.exchanges();
        let mut found = Vec::new();
        for secret in &self.planted {
            let cells = self.cells.iter().filter(|(_, value)| secret.is_in(value));
            found.extend(cells.map(|(column, _)| (Place::Database, format!("{} in {column}", secret.what))));
            found.extend(
                log.lines().filter(|line| secret.is_in(line)).map(|line| (Place::Log, format!("{} in {line}", secret.what))),
            );
            if self.archives.iter().any(|file| secret.is_in(file)) {
                found.push((Place::Page, format!("{} in an archive", secret.what)));
            }
            for exchange in &exchanges {
                if secret.shown_at.iter().any(|page| exchange.address.starts_with(page)) {
                    continue;
                }
                let at = format!("{} at {} {}", secret.what, exchange.method, exchange.address);
                if secret.is_in(&readable(exchange.answer.bytes())) {
                    found.push((Place::Page, at.clone()));
                }
                // An address with a secret may lead on, and to none that has it.
                let is_page = !exchange.answer.status.is_redirection();
                if (is_page && secret.is_in(&exchange.address)) || secret.is_in(&links_in_head(&exchange.answer)) {
                    found.push((Place::Address, at));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

/// Where an answer leads by its head.
fn links_in_head(answer: &Answer) -> String {
    ["location", "refresh", "link", "content-location"]
        .map(|name| answer.headers.get(name).map(HeaderValue::as_bytes))
        .into_iter()
        .flatten()
        .map(readable)
        .collect()
}

fn owned_cookies(answer: &Answer) -> Vec<(String, String)> {
    let pairs = answer.cookies().into_iter().filter_map(|cookie| cookie.split(';').next()?.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn last_part(address: &str) -> &str {
    address.rsplit('/').next().expect("an address has parts")
}

#[track_caller]
fn leads_on(answer: &Answer) {
    assert!(answer.status.is_redirection(), "{}: {}", answer.status, answer.text());
}
