//! Settings of which there can be any number, under names that the operator chooses: today
//! `providers.NAME.issuer` and its like.
//!
//! Such a setting is made when its name is first met and lives as long as the program, like those of
//! the [`catalogue`](super::catalogue): a configuration is read once, and holds a few of them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::accounts::model::ProviderName;

use super::catalogue::{Initial, Secrecy, Setting};

/// The section of the providers of identities.
pub const PROVIDERS: &str = "providers";

/// A setting that every provider has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    pub name: &'static str,
    pub initial: Initial,
    pub secrecy: Secrecy,
}

const fn member(name: &'static str, initial: Initial) -> Member {
    Member { name, initial, secrecy: Secrecy::Public }
}

use Initial::{EmptyList, Text, Unset};

/// In the order in which they are shown.
pub static MEMBERS: [Member; 13] = [
    member("kind", Unset("must be \"oidc\" or \"oauth2\"")),
    member("title", Unset("the provider's name")),
    member("client_id", Unset("must be set")),
    Member { name: "client_secret", initial: Unset("see client_secret_file"), secrecy: Secrecy::Secret },
    member("client_secret_file", Unset("the provider knows this site by no secret")),
    member("issuer", Unset("must be set when kind is \"oidc\"")),
    member("authorize_url", Unset("must be set when kind is \"oauth2\"")),
    member("token_url", Unset("must be set when kind is \"oauth2\"")),
    member("user_url", Unset("must be set when kind is \"oauth2\"")),
    member("subject_field", Text("id")),
    member("label_field", Text("login")),
    member("scopes", EmptyList),
    member("ca_file", Unset("the roots that this machine trusts")),
];

/// One provider's setting.
#[must_use]
pub fn setting(provider: &ProviderName, member: &str) -> Option<&'static Setting> {
    static KNOWN: Mutex<BTreeMap<String, &'static Setting>> = Mutex::new(BTreeMap::new());
    let member = MEMBERS.iter().find(|known| known.name == member)?;
    let key = format!("{PROVIDERS}.{provider}.{}", member.name);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let made = known.entry(key).or_insert_with_key(|key| {
        let key = Box::leak(key.clone().into_boxed_str());
        Box::leak(Box::new(Setting { key, initial: member.initial, secrecy: member.secrecy }))
    });
    Some(made)
}

/// Whether a setting is one of a family, and not of the catalogue.
#[must_use]
pub fn is_member(setting: &Setting) -> bool {
    provider_of(setting.key).is_some()
}

/// The provider that a key is about.
#[must_use]
pub fn provider_of(key: &str) -> Option<ProviderName> {
    let (section, rest) = key.split_once('.')?;
    let (name, _) = rest.rsplit_once('.')?;
    (section == PROVIDERS).then(|| ProviderName::parse(name)).flatten()
}

/// The setting that a variable names: `LOCUTORY_PROVIDERS__MY_WORK__ISSUER` for `providers.my-work.issuer`.
#[must_use]
pub fn by_variable(variable: &str) -> Option<&'static Setting> {
    let (name, member) = variable.strip_prefix("LOCUTORY_PROVIDERS__")?.split_once("__")?;
    let provider = ProviderName::parse(&name.to_lowercase().replace('_', "-"))?;
    let setting = setting(&provider, &member.to_lowercase())?;
    (setting.variable() == variable).then_some(setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_the_same_however_it_is_named() {
        let name = ProviderName::parse("my-work").unwrap();
        let issuer = setting(&name, "issuer").unwrap();
        assert_eq!(issuer.key, "providers.my-work.issuer");
        assert_eq!(issuer.parts(), ("providers.my-work", "issuer"));
        assert_eq!(issuer.variable(), "LOCUTORY_PROVIDERS__MY_WORK__ISSUER");
        assert!(std::ptr::eq(issuer, by_variable("LOCUTORY_PROVIDERS__MY_WORK__ISSUER").unwrap()));
        assert_eq!(provider_of(issuer.key), Some(name));
    }

    #[test]
    fn what_is_no_member_or_no_name_is_no_setting() {
        assert_eq!(setting(&ProviderName::parse("work").unwrap(), "isuer"), None);
        for variable in ["LOCUTORY_PROVIDERS__WORK", "LOCUTORY_PROVIDERS__work__ISSUER", "LOCUTORY_PROVIDERS____ISSUER"] {
            assert_eq!(by_variable(variable), None, "{variable}");
        }
        assert_eq!(provider_of("listen.address"), None);
    }
}
