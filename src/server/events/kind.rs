//! The closed list of events.

/// How loud an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

macro_rules! events {
    ($($variant:ident = $name:literal, $severity:ident;)*) => {
        /// What happened, by its name in the OWASP Logging Vocabulary or, where that has none, in its manner.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum SecurityEvent { $($variant,)* }

        impl SecurityEvent {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word in logs and figures.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }
        }
    };
}

events! {
    LoginSuccess = "authn_login_success", Info;
    LoginIncomplete = "authn_login_incomplete", Info;
    LoginFail = "authn_login_fail", Warning;
    LoginLock = "authn_login_lock", Warning;
    PasswordChange = "authn_password_change", Info;
    FactorChange = "authn_factor_change", Info;
    TokenCreated = "authn_token_created", Info;
    TokenRevoked = "authn_token_revoked", Info;
    AuthorisationFail = "authz_fail", Warning;
    AuthorisationChange = "authz_change", Warning;
    Administration = "authz_admin", Warning;
    RateLimit = "excess_rate_limit_exceeded", Warning;
    InputValidationFail = "input_validation_fail", Warning;
    MaliciousCors = "malicious_cors", Warning;
    MaliciousPath = "malicious_direct_reference", Warning;
    SensitiveRead = "sensitive_read", Warning;
    UserCreated = "user_created", Warning;
    UserUpdated = "user_updated", Warning;
    UserDeleted = "user_deleted", Warning;
    KeysChanged = "crypt_keys_changed", Warning;
    Startup = "sys_startup", Warning;
    Shutdown = "sys_shutdown", Warning;
    Crash = "sys_crash", Error;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_document_has_every_event_and_no_other() {
        let document = include_str!("../../../docs/security-events.md");
        let written: BTreeSet<_> = document
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
            .filter(|(_, rest)| rest.contains("| info |") || rest.contains("| warning |") || rest.contains("| error |"))
            .map(|(name, rest)| (name.to_owned(), rest.split('|').nth(1).unwrap_or_default().trim().to_owned()))
            .collect();
        let known: BTreeSet<_> = SecurityEvent::ALL
            .iter()
            .map(|event| (event.name().to_owned(), format!("{:?}", event.severity()).to_lowercase()))
            .collect();
        assert_eq!(written, known);
        assert_eq!(known.len(), SecurityEvent::ALL.len(), "no two events share a name");
    }
}
