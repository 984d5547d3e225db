//! The list of every setting: its key, what holds when nobody writes it, and what it is for.
//!
//! This is the one place where keys and defaults stand. The file, the environment, `config show`
//! and the test of `locutory.example.toml` all read it, so none of them can drift.

/// What holds while a setting is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initial {
    Text(&'static str),
    Number(u64),
    EmptyList,
    /// No fixed value; the words say what happens then.
    Unset(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    Public,
    /// Masked wherever it would be printed.
    Secret,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Section and name, such as `listen.address`.
    pub key: &'static str,
    pub initial: Initial,
    pub secrecy: Secrecy,
}

impl Setting {
    const fn new(key: &'static str, initial: Initial) -> Self {
        Self { key, initial, secrecy: Secrecy::Public }
    }

    /// The environment variable that sets it: `LOCUTORY_LISTEN__ADDRESS` for `listen.address`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("LOCUTORY_{}", self.key.replace('.', "__").replace('-', "_").to_uppercase())
    }

    /// The section and the name within it.
    #[must_use]
    pub fn parts(&self) -> (&'static str, &'static str) {
        self.key.rsplit_once('.').unwrap_or(("", self.key))
    }
}

use Initial::{EmptyList, Number, Text, Unset};

pub static SITE_ADDRESS: Setting =
    Setting::new("site.address", Unset("derived from listen.address while that is loopback and no proxy is declared"));
pub static SITE_SECURITY_CONTACT: Setting = Setting::new("site.security_contact", Unset("no /.well-known/security.txt"));
pub static SITE_SECURITY_POLICY: Setting = Setting::new("site.security_policy", Unset("none is named in security.txt"));

pub static LISTEN_ADDRESS: Setting = Setting::new("listen.address", Text("127.0.0.1:8080"));
pub static LISTEN_REDIRECT_ADDRESS: Setting = Setting::new("listen.redirect_address", Unset("no redirect from HTTP"));
pub static LISTEN_BEHIND_PROXY: Setting = Setting::new("listen.behind_proxy", EmptyList);
pub static LISTEN_CLIENT_HEADER: Setting = Setting::new("listen.client_header", Text("x-forwarded-for"));
pub static LISTEN_PROXY_PROTOCOL: Setting = Setting::new("listen.proxy_protocol", Text("off"));
pub static LISTEN_HOSTS: Setting = Setting::new("listen.hosts", EmptyList);

pub static TLS_MODE: Setting = Setting::new("tls.mode", Text("off"));
pub static TLS_CERTIFICATE: Setting = Setting::new("tls.certificate", Unset("needed when tls.mode is \"files\""));
pub static TLS_KEY: Setting = Setting::new("tls.key", Unset("needed when tls.mode is \"files\""));
pub static TLS_ACME_TERMS_AGREED: Setting =
    Setting::new("tls.acme_terms_agreed", Unset("must be true when tls.mode is \"acme\""));
pub static TLS_ACME_DIRECTORY: Setting = Setting::new("tls.acme_directory", Text("letsencrypt"));
pub static TLS_ACME_CONTACT: Setting = Setting::new("tls.acme_contact", Unset("the authority knows no address to write to"));
pub static TLS_ACME_NAMES: Setting = Setting::new("tls.acme_names", EmptyList);
pub static TLS_ACME_CHALLENGE: Setting = Setting::new("tls.acme_challenge", Text("tls-alpn-01"));
pub static TLS_ACME_CA_FILE: Setting = Setting::new("tls.acme_ca_file", Unset("the roots that this machine trusts"));
pub static TLS_ACME_EAB_KEY_ID: Setting = Setting::new("tls.acme_eab_key_id", Unset("no account elsewhere is bound"));
pub static TLS_ACME_EAB_HMAC_KEY: Setting =
    Setting { key: "tls.acme_eab_hmac_key", initial: Unset("see tls.acme_eab_hmac_key_file"), secrecy: Secrecy::Secret };
pub static TLS_ACME_EAB_HMAC_KEY_FILE: Setting =
    Setting::new("tls.acme_eab_hmac_key_file", Unset("needed when tls.acme_eab_key_id is set"));

pub static DATA_FOLDER: Setting = Setting::new("data.folder", Text("./data"));
pub static DATA_DATABASE: Setting = Setting { key: "data.database", initial: Text("sqlite"), secrecy: Secrecy::Secret };
pub static DATA_NETWORK: Setting = Setting::new("data.network", Text("untrusted"));
pub static DATA_CONNECTIONS: Setting = Setting::new("data.connections", Number(8));

pub static PASSWORD_MEMORY_KIB: Setting = Setting::new("password.memory_kib", Number(65_536));
pub static PASSWORD_ITERATIONS: Setting = Setting::new("password.iterations", Number(3));
pub static PASSWORD_PARALLELISM: Setting = Setting::new("password.parallelism", Number(1));
pub static PASSWORD_AT_ONCE: Setting = Setting::new("password.at_once", Unset("the number of processor cores"));

pub static PASSWORD_PEPPER_FILE: Setting = Setting::new("password.pepper_file", Unset("no pepper"));

pub static SESSION_MEMBER_IDLE_HOURS: Setting = Setting::new("session.member_idle_hours", Number(168));
pub static SESSION_MEMBER_ABSOLUTE_HOURS: Setting = Setting::new("session.member_absolute_hours", Number(720));
pub static SESSION_SHORT_IDLE_MINUTES: Setting = Setting::new("session.short_idle_minutes", Number(60));
pub static SESSION_SHORT_ABSOLUTE_HOURS: Setting = Setting::new("session.short_absolute_hours", Number(24));
pub static SESSION_STAFF_IDLE_MINUTES: Setting = Setting::new("session.staff_idle_minutes", Number(15));
pub static SESSION_STAFF_ABSOLUTE_HOURS: Setting = Setting::new("session.staff_absolute_hours", Number(8));
pub static SESSION_PROOF_MINUTES: Setting = Setting::new("session.proof_minutes", Number(10));

pub static LIMITS_BODY_KIB: Setting = Setting::new("limits.body_kib", Number(128));
pub static LIMITS_SIGN_IN_FREE_TRIES: Setting = Setting::new("limits.sign_in_free_tries", Number(5));
pub static LIMITS_REGISTRATIONS_PER_HOUR: Setting = Setting::new("limits.registrations_per_hour", Number(20));
pub static LIMITS_FAILED_SIGN_INS_BEFORE_CHALLENGE: Setting =
    Setting::new("limits.failed_sign_ins_before_challenge", Number(100));
pub static LIMITS_REGISTRATIONS_BEFORE_CHALLENGE: Setting = Setting::new("limits.registrations_before_challenge", Number(30));
pub static LIMITS_RESETS_BEFORE_CHALLENGE: Setting = Setting::new("limits.resets_before_challenge", Number(30));
pub static LIMITS_FORM_SECONDS: Setting = Setting::new("limits.form_seconds", Number(3));
pub static LIMITS_CHALLENGE_BITS: Setting = Setting::new("limits.challenge_bits", Number(16));
pub static LIMITS_SLOW_LANE_PER_MINUTE: Setting = Setting::new("limits.slow_lane_per_minute", Number(5));
pub static LIMITS_CONNECTIONS_PER_NETWORK: Setting = Setting::new("limits.connections_per_network", Number(64));
pub static LIMITS_CONNECTIONS: Setting = Setting::new("limits.connections", Number(4_096));
pub static LIMITS_REQUESTS_AT_ONCE: Setting = Setting::new("limits.requests_at_once", Unset("32 for each processor core"));
pub static LIMITS_REQUEST_SECONDS: Setting = Setting::new("limits.request_seconds", Number(30));

pub static SECRETS_COOKIE_KEY_FILE: Setting =
    Setting::new("secrets.cookie_key_file", Unset("the file cookie.key in the data folder, made at the first start"));
pub static SECRETS_DATA_KEYS_FILE: Setting =
    Setting::new("secrets.data_keys_file", Unset("the file data.keys in the data folder, made at the first start"));

pub static MAIL_MODE: Setting = Setting::new("mail.mode", Text("off"));
pub static MAIL_FROM: Setting = Setting::new("mail.from", Unset("needed when mail.mode is \"smtp\""));
pub static MAIL_SERVER: Setting = Setting::new("mail.server", Unset("needed when mail.mode is \"smtp\""));
pub static MAIL_SECURITY: Setting = Setting::new("mail.security", Unset("tls"));
pub static MAIL_USER: Setting = Setting::new("mail.user", Unset("the server is not told who we are"));
pub static MAIL_PASSWORD_FILE: Setting = Setting::new("mail.password_file", Unset("needed when mail.user is set"));
pub static MAIL_CA_FILE: Setting = Setting::new("mail.ca_file", Unset("the system's root certificates alone"));
pub static MAIL_FOLDER: Setting =
    Setting::new("mail.folder", Unset("the folder letters in the data folder, when mail.mode is \"folder\""));

pub static LOG_FORMAT: Setting = Setting::new("log.format", Text("text"));
pub static LOG_FILTER: Setting = Setting::new("log.filter", Text("warn,locutory=info"));

pub static METRICS_ADDRESS: Setting = Setting::new("metrics.address", Unset("no figures are served"));

pub static SANDBOX_MODE: Setting = Setting::new("sandbox.mode", Text("off"));

/// Every setting, in the order in which they are shown.
pub static ALL: &[&Setting] = &[
    &SITE_ADDRESS,
    &SITE_SECURITY_CONTACT,
    &SITE_SECURITY_POLICY,
    &LISTEN_ADDRESS,
    &LISTEN_REDIRECT_ADDRESS,
    &LISTEN_BEHIND_PROXY,
    &LISTEN_CLIENT_HEADER,
    &LISTEN_PROXY_PROTOCOL,
    &LISTEN_HOSTS,
    &TLS_MODE,
    &TLS_CERTIFICATE,
    &TLS_KEY,
    &TLS_ACME_TERMS_AGREED,
    &TLS_ACME_DIRECTORY,
    &TLS_ACME_CONTACT,
    &TLS_ACME_NAMES,
    &TLS_ACME_CHALLENGE,
    &TLS_ACME_CA_FILE,
    &TLS_ACME_EAB_KEY_ID,
    &TLS_ACME_EAB_HMAC_KEY,
    &TLS_ACME_EAB_HMAC_KEY_FILE,
    &DATA_FOLDER,
    &DATA_DATABASE,
    &DATA_NETWORK,
    &DATA_CONNECTIONS,
    &PASSWORD_MEMORY_KIB,
    &PASSWORD_ITERATIONS,
    &PASSWORD_PARALLELISM,
    &PASSWORD_AT_ONCE,
    &PASSWORD_PEPPER_FILE,
    &SESSION_MEMBER_IDLE_HOURS,
    &SESSION_MEMBER_ABSOLUTE_HOURS,
    &SESSION_SHORT_IDLE_MINUTES,
    &SESSION_SHORT_ABSOLUTE_HOURS,
    &SESSION_STAFF_IDLE_MINUTES,
    &SESSION_STAFF_ABSOLUTE_HOURS,
    &SESSION_PROOF_MINUTES,
    &LIMITS_BODY_KIB,
    &LIMITS_SIGN_IN_FREE_TRIES,
    &LIMITS_REGISTRATIONS_PER_HOUR,
    &LIMITS_FAILED_SIGN_INS_BEFORE_CHALLENGE,
    &LIMITS_REGISTRATIONS_BEFORE_CHALLENGE,
    &LIMITS_RESETS_BEFORE_CHALLENGE,
    &LIMITS_SLOW_LANE_PER_MINUTE,
    &LIMITS_FORM_SECONDS,
    &LIMITS_CHALLENGE_BITS,
    &LIMITS_CONNECTIONS_PER_NETWORK,
    &LIMITS_CONNECTIONS,
    &LIMITS_REQUESTS_AT_ONCE,
    &LIMITS_REQUEST_SECONDS,
    &SECRETS_COOKIE_KEY_FILE,
    &SECRETS_DATA_KEYS_FILE,
    &MAIL_MODE,
    &MAIL_FROM,
    &MAIL_SERVER,
    &MAIL_SECURITY,
    &MAIL_USER,
    &MAIL_PASSWORD_FILE,
    &MAIL_CA_FILE,
    &MAIL_FOLDER,
    &LOG_FORMAT,
    &LOG_FILTER,
    &METRICS_ADDRESS,
    &SANDBOX_MODE,
];

#[must_use]
pub fn by_key(key: &str) -> Option<&'static Setting> {
    ALL.iter().copied().find(|setting| setting.key == key)
}

/// The candidate that `written` was most likely meant to be, if any comes close.
#[must_use]
pub fn nearest<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const CLOSE_ENOUGH: f64 = 0.85;
    candidates
        .map(|candidate| (strsim::jaro_winkler(written, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= CLOSE_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_listed_once_under_a_section() {
        for setting in ALL {
            assert!(setting.key.contains('.'), "{} has no section", setting.key);
            assert_eq!(ALL.iter().filter(|other| other.key == setting.key).count(), 1, "{} is listed twice", setting.key);
        }
    }

    #[test]
    fn variables_are_the_upper_case_path() {
        assert_eq!(LISTEN_ADDRESS.variable(), "LOCUTORY_LISTEN__ADDRESS");
        assert_eq!(TLS_KEY.parts(), ("tls", "key"));
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_nonsense_is_not() {
        let keys = || ALL.iter().map(|setting| setting.key);
        assert_eq!(nearest("listen.adress", keys()), Some("listen.address"));
        assert_eq!(nearest("zzz", keys()), None);
    }
}
