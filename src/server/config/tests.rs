//! The whole way from what was written to what holds.

use std::ffi::OsString;

use super::catalogue::{self, DATA_FOLDER, LISTEN_ADDRESS, Secrecy};
use super::*;

fn file(text: &'static str) -> Sources {
    Sources { file: FileChoice::Text(text), ..Sources::default() }
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

fn environment(pairs: &[(&str, &str)]) -> Sources {
    Sources { file: FileChoice::None, environment: variables(pairs), ..Sources::default() }
}

fn complaints(sources: Sources) -> Vec<String> {
    match Config::load(sources) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// The one complaint there is.
fn complaint(sources: Sources) -> String {
    let mut all = complaints(sources);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

#[test]
fn without_a_word_from_anybody_the_defaults_hold() {
    let config = Config::load(file("")).unwrap();
    assert_eq!(config.listen.address.to_string(), "127.0.0.1:8080");
    assert_eq!(config.site.address.origin(), "http://localhost:8080");
    assert_eq!(config.tls, Tls::Off);
    assert_eq!(config.password.memory_kib, 65_536);
    assert_eq!(config.session.member_idle.as_secs(), 7 * 24 * 3_600);
    assert_eq!(config.limits.body, 131_072);
    assert!(config.data.folder.is_absolute());
    assert_eq!(config.effective().count(), catalogue::ALL.len());
}

#[test]
fn flags_win_over_variables_and_variables_over_the_file() {
    let sources = || Sources {
        file: FileChoice::Text(
            "[listen]\naddress = '127.0.0.1:1001'\n[limits]\nregistrations_per_hour = 1\n\
             sign_in_free_tries = 1",
        ),
        environment: variables(&[("LOCUTORY_LISTEN__ADDRESS", "127.0.0.1:1002"), ("LOCUTORY_LIMITS__SIGN_IN_FREE_TRIES", "2")]),
        flags: vec![Flag { setting: &LISTEN_ADDRESS, name: "--listen", value: "127.0.0.1:1003".to_owned() }],
        ..Sources::default()
    };
    let config = Config::load(sources()).unwrap();
    assert_eq!(config.limits.registrations_per_hour, 1);
    assert_eq!(config.limits.sign_in_free_tries, 2);
    assert_eq!(config.listen.address.network().unwrap().port(), 1003);
    let without_flags = Config::load(Sources { flags: Vec::new(), ..sources() });
    assert_eq!(without_flags.unwrap().listen.address.network().unwrap().port(), 1002);
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_likely_meaning() {
    assert_eq!(
        complaint(file("# a comment\n[listen]\nadress = '127.0.0.1:80'")),
        "listen.adress (./locutory.toml, line 3): is not a setting. Did you mean listen.address?"
    );
    let section = complaint(file("[lisen]\naddress = '127.0.0.1:80'"));
    assert!(section.starts_with("[lisen] (./locutory.toml, line 1)"), "{section}");
    assert!(section.contains("[listen]"), "{section}");
    assert!(complaint(file("address = 1")).starts_with("address (./locutory.toml, line 1)"));
}

#[test]
fn an_unknown_variable_is_named() {
    let said = complaint(environment(&[("LOCUTORY_LISTEN_ADDRESS", "127.0.0.1:80")]));
    assert!(said.starts_with("LOCUTORY_LISTEN_ADDRESS: "), "{said}");
    assert!(said.contains("LOCUTORY_LISTEN__ADDRESS"), "{said}");
}

#[test]
fn variables_of_others_and_of_the_tests_are_left_alone() {
    let sources = environment(&[
        ("PATH", "/bin"),
        ("LOCUTORY_TEST_POSTGRES", "yes"),
        ("LOCUTORY_BINARY", "target/locutory"),
        ("LOCUTORY_CONFIG", "somewhere.toml"),
    ]);
    assert_eq!(complaints(sources), Vec::<String>::new());
}

#[test]
fn lists_come_from_the_environment_with_commas() {
    let config = Config::load(environment(&[
        ("LOCUTORY_LISTEN__BEHIND_PROXY", "10.0.0.1, 10.1.0.0/16"),
        ("LOCUTORY_SITE__ADDRESS", "https://talk.example.org"),
    ]));
    let proxies = config.unwrap().listen.behind_proxy;
    assert!(proxies.contains("10.1.2.3".parse().unwrap()));
}

#[test]
fn a_password_cost_below_the_floor_is_refused() {
    assert_eq!(
        complaint(file("[password]\nmemory_kib = 19455")),
        "password.memory_kib (./locutory.toml, line 2): must be a whole number from 19456 to \
         4194304, not 19455."
    );
    assert!(complaint(file("[password]\niterations = 1")).contains("from 2 to"));
}

#[test]
fn nonsense_numbers_are_refused_wherever_they_stand() {
    for text in [
        "[limits]\nbody_kib = 'lots'",
        "[limits]\nbody_kib = '64'",
        "[limits]\nbody_kib = 64.5",
        "[limits]\nbody_kib = -1",
        "[limits]\nbody_kib = 99999999999999999999",
        "[limits]\nbody_kib = true",
    ] {
        let said = complaint(file(text));
        assert!(said.starts_with("limits.body_kib (./locutory.toml, line 2): must be"), "{said}");
    }
    let said = complaint(environment(&[("LOCUTORY_LIMITS__BODY_KIB", "64k")]));
    assert!(said.contains("(variable LOCUTORY_LIMITS__BODY_KIB)"), "{said}");
    assert!(said.contains("not \"64k\""), "{said}");
}

#[test]
fn all_problems_are_told_at_once() {
    let all = complaints(file(
        "[listen]\naddress = 'here'\n[tls]\nmode = 'on'\n[log]\nformat = 'xml'\nfilter = '=='\n\
         [site]\naddress = 'talk'\n[password]\nspeed = 3",
    ));
    for key in ["listen.address", "tls.mode", "log.format", "log.filter", "site.address", "password.speed"] {
        assert!(all.iter().any(|it| it.starts_with(key)), "{key} missing: {all:#?}");
    }
    assert_eq!(all.len(), 6, "{all:#?}");
}

#[test]
fn broken_toml_is_told_by_line_and_never_quoted() {
    let said = complaint(file("[data]\ndatabase = 'postgres://u:hunter2@h/d"));
    assert!(said.contains("line 2"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_named_file_that_is_missing_or_not_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.toml");
    let binary = folder.path().join("binary.toml");
    std::fs::write(&binary, b"[site]\n\xff\xfe").unwrap();
    for (path, reason) in [(missing, "no such file"), (binary, "byte 7 is not UTF-8")] {
        let said = complaint(Sources { file: FileChoice::Named { path: path.clone(), by: "--config" }, ..Sources::default() });
        assert!(said.starts_with(&*path.to_string_lossy()), "{said}");
        assert!(said.contains(reason) && said.contains("--config"), "{said}");
    }
}

#[test]
fn plain_http_on_a_public_address_is_refused_with_three_cures() {
    let said = complaint(file("[listen]\naddress = '0.0.0.0:8080'\n[site]\naddress = 'http://talk.example.org'"));
    assert!(said.starts_with("listen.address (./locutory.toml, line 2)"), "{said}");
    for cure in ["tls.mode", "listen.behind_proxy", "127.0.0.1:8080"] {
        assert!(said.contains(cure), "{cure} missing: {said}");
    }
}

#[test]
fn plain_http_is_accepted_behind_a_declared_proxy_and_under_tls() {
    let declared = "[listen]\naddress = '0.0.0.0:8080'\nbehind_proxy = ['10.0.0.0/8']\n\
                    [site]\naddress = 'https://talk.example.org'";
    let own = "[listen]\naddress = '[::]:443'\nredirect_address = '[::]:80'\n\
               [tls]\nmode = 'self-signed'\n[site]\naddress = 'https://talk.example.org'";
    assert_eq!(complaints(file(declared)), Vec::<String>::new());
    assert_eq!(complaints(file(own)), Vec::<String>::new());
}

#[test]
fn a_public_listener_needs_a_written_public_address() {
    let said = complaint(file("[listen]\naddress = '0.0.0.0:443'\n[tls]\nmode = 'self-signed'"));
    assert!(said.starts_with("site.address: must be set"), "{said}");
}

#[test]
fn the_scheme_of_the_public_address_must_be_served() {
    for text in [
        "[site]\naddress = 'https://talk.example.org'",
        "[site]\naddress = 'http://talk.example.org'",
        "[site]\naddress = 'http://localhost:8080'\n[tls]\nmode = 'self-signed'",
    ] {
        assert!(complaint(file(text)).starts_with("site.address ("), "{text}");
    }
}

#[test]
fn tls_files_are_asked_for_when_needed_and_refused_when_useless() {
    let all = complaints(file("[tls]\nmode = 'files'"));
    assert!(all[0].starts_with("tls.certificate") && all[1].starts_with("tls.key"), "{all:#?}");
    assert!(complaint(file("[tls]\nkey = 'key.pem'")).contains("of no use"));
}

#[test]
fn an_empty_value_is_not_a_value() {
    let said = complaint(environment(&[("LOCUTORY_SITE__ADDRESS", "")]));
    assert!(said.contains("is empty"), "{said}");
}

#[test]
fn showing_masks_secrets_and_tells_origins() {
    let config = Config::load(file("[data]\ndatabase = 'postgres://talk:hunter2@db.example/talk'\nconnections = 4")).unwrap();
    for shown in [show::as_toml(&config), show::as_json(&config), format!("{config:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("talk:********@db.example"), "{shown}");
    }
    let text = show::as_toml(&config);
    assert!(text.contains("connections = 4 # ./locutory.toml, line 3\n"), "{text}");
    assert!(text.contains("body_kib = 128 # default\n"), "{text}");
    assert!(text.contains("address = \"http://localhost:8080\" # derived from listen.address\n"), "{text}");
}

#[test]
fn what_is_shown_can_be_read_again() {
    let shown = show::as_toml(&Config::load(file("")).unwrap());
    let again = Config::load(file(String::leak(shown.clone()))).unwrap();
    let values = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split(" # ").next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(values(&show::as_toml(&again)), values(&shown));
}

#[test]
fn a_port_of_the_systems_choice_is_followed() {
    let mut config = Config::load(file("[listen]\naddress = '127.0.0.1:0'")).unwrap();
    config.follow_listener(Endpoint::parse("127.0.0.1:4711").unwrap());
    assert_eq!(config.site.address.origin(), "http://localhost:4711");
    assert_eq!(config.listen.address.network().unwrap().port(), 4711);
}

#[test]
fn the_example_file_names_every_setting_with_its_default() {
    let example = include_str!("../../../locutory.example.toml");
    for setting in catalogue::ALL {
        let (section, name) = setting.parts();
        let body = example.split(&format!("\n[{section}]\n")).nth(1).unwrap_or_default();
        let body = body.split("\n[").next().unwrap_or_default();
        let prefix = format!("#{name} = ");
        let Some(line) = body.lines().find_map(|line| line.strip_prefix(&prefix)) else {
            panic!("{} is not in the example", setting.key);
        };
        match setting.initial {
            catalogue::Initial::Text(text) => assert_eq!(line, format!("{text:?}")),
            catalogue::Initial::Number(number) => assert_eq!(line, number.to_string()),
            catalogue::Initial::EmptyList => assert_eq!(line, "[]"),
            catalogue::Initial::Unset(_) => {}
        }
    }
    Config::load(file(example)).unwrap();
}

#[test]
fn the_database_address_is_a_secret_of_the_catalogue() {
    assert_eq!(catalogue::DATA_DATABASE.secrecy, Secrecy::Secret);
    assert_eq!(DATA_FOLDER.secrecy, Secrecy::Public);
}

const WORK: &str = "[providers.my-work]\nkind = 'oidc'\nclient_id = 'talk'\nissuer = 'https://id.example.org/realm'";

#[test]
fn providers_are_read_from_tables_of_their_names_and_from_variables() {
    let sources = Sources {
        environment: variables(&[
            ("LOCUTORY_PROVIDERS__MY_WORK__CLIENT_SECRET", "hunter2"),
            ("LOCUTORY_PROVIDERS__CODE__KIND", "oauth2"),
            ("LOCUTORY_PROVIDERS__CODE__CLIENT_ID", "talk"),
            ("LOCUTORY_PROVIDERS__CODE__AUTHORIZE_URL", "https://code.example/authorize"),
            ("LOCUTORY_PROVIDERS__CODE__TOKEN_URL", "https://code.example/token"),
            ("LOCUTORY_PROVIDERS__CODE__USER_URL", "https://code.example/user"),
        ]),
        ..file(WORK)
    };
    let config = Config::load(sources).unwrap();
    let [code, work] = config.providers.as_slice() else { panic!("{:#?}", config.providers) };
    assert_eq!((code.name.as_str(), work.name.as_str()), ("code", "my-work"));
    let providers::Kind::OAuth { subject_field, label_field, .. } = &code.kind else { panic!("{code:?}") };
    assert_eq!((subject_field.as_str(), label_field.as_str()), ("id", "login"));
    let providers::Kind::OpenId { issuer } = &work.kind else { panic!("{work:?}") };
    assert_eq!(issuer.as_written(), "https://id.example.org/realm");
    assert_eq!((work.title.as_str(), work.scopes.join(" ").as_str()), ("my-work", "openid profile email"));
    for shown in [show::as_toml(&config), show::as_json(&config), format!("{config:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    let shown = show::as_toml(&config);
    assert!(shown.contains("[providers.my-work]\nkind = \"oidc\" # ./locutory.toml, line 2\n"), "{shown}");
    assert!(shown.contains("client_secret = \"********\" # variable LOCUTORY_PROVIDERS__MY_WORK__CLIENT_SECRET\n"), "{shown}");
}

#[test]
fn a_slip_in_a_provider_is_named_with_its_line_and_the_likely_meaning() {
    assert_eq!(
        complaint(file("[providers.work]\nkind = 'oidc'\nclient_id = 'a'\nissuer = 'https://id.example'\nscope = ['email']")),
        "providers.work.scope (./locutory.toml, line 5): is not a setting. Did you mean providers.work.scopes?"
    );
    assert!(complaint(file("[provider.work]\nkind = 'oidc'")).contains("Did you mean [providers]?"));
    assert!(complaint(file("[providers.Work]\nkind = 'oidc'")).contains("is not a name for a provider"));
    assert!(complaint(file("[providers]\nwork = 'oidc'")).contains("must be a table"));
    let said = complaint(environment(&[("LOCUTORY_PROVIDERS__WORK__ISUER", "https://id.example")]));
    assert!(said.starts_with("LOCUTORY_PROVIDERS__WORK__ISUER: is not a variable"), "{said}");
}

#[test]
fn a_provider_that_cannot_be_asked_is_refused() {
    for (text, part) in [
        ("kind = 'saml'\nclient_id = 'a'", "kind (./locutory.toml, line 2): must be \"oidc\" or \"oauth2\""),
        ("kind = 'oidc'\nclient_id = 'a'", "issuer: must be set"),
        ("kind = 'oidc'\nissuer = 'https://id.example'", "client_id: must be set"),
        (
            "kind = 'oidc'\nclient_id = 'a'\nissuer = 'http://id.example'",
            "issuer (./locutory.toml, line 4): must begin with https://",
        ),
        ("kind = 'oidc'\nclient_id = 'a'\nissuer = 'https://id.example'\ntoken_url = 'https://id.example'", "is of no use while"),
        (
            "kind = 'oidc'\nclient_id = 'a'\nissuer = 'https://id.example'\nclient_secret = 'hunter2'",
            "must not stand in the configuration",
        ),
    ] {
        let said = complaint(file(String::leak(format!("[providers.work]\n{text}"))));
        assert!(said.starts_with("providers.work.") && said.contains(part), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn the_example_file_names_every_setting_of_a_provider() {
    let example = include_str!("../../../locutory.example.toml");
    let section = example.split("\n#[providers.example]\n").nth(1).unwrap_or_default();
    for member in &families::MEMBERS {
        assert!(section.lines().any(|line| line.starts_with(&format!("#{} = ", member.name))), "{} is missing", member.name);
    }
}

#[test]
fn letters_are_off_unless_somebody_asks_for_them() {
    let config = Config::load(file("")).unwrap();
    assert!(!config.mail.is_on());
    let trying = Config::load(environment(&[("LOCUTORY_MAIL__MODE", "folder")])).unwrap();
    assert!(matches!(&trying.mail, Mail::Folder { folder, .. } if folder == &trying.data.folder.join("letters")));
}

#[test]
fn a_mail_server_needs_a_sender_and_its_own_address() {
    let all = complaints(file("[mail]\nmode = 'smtp'"));
    assert!(all[0].starts_with("mail.from: must be"), "{all:#?}");
    assert!(all[1].starts_with("mail.server: must be"), "{all:#?}");
    let half =
        complaint(file("[mail]\nmode = 'smtp'\nfrom = 'talk@example.org'\nserver = 'mail.example.org:465'\nuser = 'talk'"));
    assert!(half.starts_with("mail.password_file: must name"), "{half}");
    let name = "[mail]\nmode = 'smtp'\nfrom = 'Talk <talk@example.org>'\nserver = 'mail.example.org:465'";
    assert!(complaint(file(name)).starts_with("mail.from (./locutory.toml, line 3)"));
}

#[test]
fn letters_do_not_cross_a_network_in_the_clear() {
    let to = |server: &str| -> &'static str {
        String::leak(format!("[mail]\nmode = 'smtp'\nfrom = 'talk@example.org'\nserver = '{server}'\nsecurity = 'none'"))
    };
    assert!(complaint(file(to("mail.example.org:25"))).starts_with("mail.security (./locutory.toml, line 5)"));
    assert_eq!(complaints(file(to("localhost:25"))), Vec::<String>::new());
    assert_eq!(complaints(file(to("[::1]:25"))), Vec::<String>::new());
}

#[test]
fn settings_of_mail_that_do_nothing_are_refused() {
    assert!(complaint(file("[mail]\nserver = 'mail.example.org:465'")).contains("of no use"));
    assert!(complaint(file("[mail]\nfolder = 'letters'")).contains("of no use"));
    assert!(complaint(file("[mail]\nmode = 'folder'\nsecurity = 'tls'")).contains("of no use"));
}
