//! The providers of identities that people may sign in with: what the operator says of each.

use std::{collections::BTreeSet, fmt, path::PathBuf};

use url::{Host, Url};

use crate::accounts::model::{ProviderName, Secret};

use super::{
    catalogue::Setting,
    families,
    keys::quality,
    origin::Origin,
    reader::{Reader, Shown},
};

/// One provider.
#[derive(Clone, Debug)]
pub struct Provider {
    pub name: ProviderName,
    /// As its button calls it.
    pub title: String,
    pub client_id: String,
    pub client_secret: Option<ClientSecret>,
    /// The only roots that are trusted for it, where the operator names some.
    pub ca_file: Option<PathBuf>,
    pub scopes: Vec<String>,
    pub kind: Kind,
}

/// By what it knows that it is this site that asks.
#[derive(Clone, Debug)]
pub enum ClientSecret {
    Text(Secret),
    File(PathBuf),
}

/// What it speaks.
#[allow(clippy::large_enum_variant, reason = "there are a few of them, made once at the start")]
#[derive(Clone, Debug)]
pub enum Kind {
    /// OpenID Connect: all else is discovered.
    OpenId { issuer: EndPoint },
    /// OAuth 2 with a page that tells whose token it is.
    OAuth { authorize: EndPoint, token: EndPoint, user: EndPoint, subject_field: String, label_field: String },
}

/// Where something of a provider is: over HTTPS, or on this very machine.
#[derive(Clone, PartialEq, Eq)]
pub struct EndPoint {
    written: String,
    url: Url,
}

/// What may be asked over the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    HttpsOnly,
    /// A provider on this machine may speak plain HTTP with it.
    LoopbackToo,
}

impl Reach {
    /// Whether an address lies within it.
    #[must_use]
    pub fn covers(self, url: &Url) -> bool {
        let is_bare = url.username().is_empty() && url.password().is_none() && url.host().is_some();
        is_bare && (url.scheme() == "https" || self == Self::LoopbackToo && url.scheme() == "http" && is_loopback(url))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl EndPoint {
    /// # Errors
    /// A sentence for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text)
            .map_err(|cause| format!("must be an address such as https://id.example.org, not {text:?} ({cause})."))?;
        if url.fragment().is_some() || !Reach::LoopbackToo.covers(&url) {
            return Err("must begin with https:// and have neither a user nor a fragment (http:// is for providers on this \
                        machine only)."
                .to_owned());
        }
        Ok(Self { written: text.to_owned(), url })
    }

    /// As the operator wrote it: an issuer is compared letter by letter.
    #[must_use]
    pub fn as_written(&self) -> &str {
        &self.written
    }

    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// What a provider found at this address may send us to.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.url.scheme() == "https" { Reach::HttpsOnly } else { Reach::LoopbackToo }
    }
}

impl fmt::Debug for EndPoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written)
    }
}

/// Every provider that something was written about, in the order of their names.
pub(super) fn read(reader: &mut Reader) -> Vec<Provider> {
    let names: BTreeSet<ProviderName> = reader.keys().filter_map(families::provider_of).collect();
    names.into_iter().filter_map(|name| Section { reader, name }.read()).collect()
}

/// The settings of one provider, being read.
struct Section<'a> {
    reader: &'a mut Reader,
    name: ProviderName,
}

const OF_OPENID: &[&str] = &["issuer"];
const OF_OAUTH: &[&str] = &["authorize_url", "token_url", "user_url", "subject_field", "label_field"];

impl Section<'_> {
    /// Nothing where a problem was noted: a provider is either whole or not there.
    fn read(mut self) -> Option<Provider> {
        let openid = self.is_openid();
        let title = self.title();
        let client_id = self.required("client_id", one_word);
        let client_secret = self.client_secret();
        let kind = match openid {
            Some(true) => self.openid(),
            Some(false) => self.oauth(),
            None => None,
        };
        let scopes = self.scopes(openid == Some(true));
        let ca_file = self.optional("ca_file", |text| Ok(PathBuf::from(text)));
        Some(Provider { client_id: client_id?, kind: kind?, name: self.name, title, client_secret, ca_file, scopes })
    }

    fn setting(&self, member: &str) -> &'static Setting {
        families::setting(&self.name, member).expect("only members of the family are asked for")
    }

    fn optional<T>(&mut self, member: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let setting = self.setting(member);
        self.reader.optional_text(setting, parse)
    }

    fn required<T>(&mut self, member: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let setting = self.setting(member);
        if !self.reader.is_written(setting) {
            self.reader.complain(setting, "must be set.");
            return None;
        }
        self.reader.optional_text(setting, parse)
    }

    fn is_openid(&mut self) -> Option<bool> {
        self.required("kind", |text| match text {
            "oidc" => Ok(true),
            "oauth2" => Ok(false),
            _ => Err(format!("must be \"oidc\" or \"oauth2\", not {text:?}.")),
        })
    }

    fn title(&mut self) -> String {
        const LONGEST: usize = 60;
        let title = self.optional("title", |text| {
            let is_good = text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
            if is_good { Ok(text.trim().to_owned()) } else { Err(format!("must be one line of at most {LONGEST} characters.")) }
        });
        title.unwrap_or_else(|| self.name.to_string())
    }

    fn client_secret(&mut self) -> Option<ClientSecret> {
        let (setting, file) = (self.setting("client_secret"), self.setting("client_secret_file"));
        let stands_in_file = matches!(self.reader.origin(setting), Some(Origin::File { .. }));
        if stands_in_file {
            let variable = setting.variable();
            let complaint = format!(
                "must not stand in the configuration file, which many may read. Put it into a file of its own and name that \
                 with {}, or into the variable {variable}.",
                file.key
            );
            self.reader.complain(setting, complaint);
            return None;
        }
        if self.reader.is_written(setting) && self.reader.is_written(file) {
            self.reader.complain(setting, format!("and {} are both set. Keep one.", file.key));
            return None;
        }
        let text = self.optional("client_secret", |text| match quality::flaw_of_text(text) {
            Some(flaw) => Err(format!("{flaw}. It must be the secret that the provider gave for this site.")),
            None => Ok(Secret::new(text.trim().to_owned())),
        });
        let path = self.optional("client_secret_file", |text| Ok(PathBuf::from(text)));
        text.map(ClientSecret::Text).or_else(|| path.map(ClientSecret::File))
    }

    fn openid(&mut self) -> Option<Kind> {
        self.refuse_useless(OF_OAUTH, "oidc");
        let issuer = self.required("issuer", |text| {
            let issuer = EndPoint::parse(text)?;
            if issuer.url().query().is_some() { Err("must have no query.".to_owned()) } else { Ok(issuer) }
        })?;
        Some(Kind::OpenId { issuer })
    }

    fn oauth(&mut self) -> Option<Kind> {
        self.refuse_useless(OF_OPENID, "oauth2");
        let [authorize, token, user] =
            ["authorize_url", "token_url", "user_url"].map(|member| self.required(member, EndPoint::parse));
        let [subject_field, label_field] = ["subject_field", "label_field"].map(|member| {
            let setting = self.setting(member);
            self.reader.text(setting, one_word)
        });
        Some(Kind::OAuth { authorize: authorize?, token: token?, user: user?, subject_field, label_field })
    }

    fn refuse_useless(&mut self, members: &[&str], kind: &str) {
        for setting in members.iter().map(|member| self.setting(member)).collect::<Vec<_>>() {
            if self.reader.is_written(setting) {
                self.reader.complain(setting, format!("is of no use while kind is {kind:?}. Remove it."));
            }
        }
    }

    /// A provider that speaks OpenID Connect is asked for that at least.
    fn scopes(&mut self, is_openid: bool) -> Vec<String> {
        let setting = self.setting("scopes");
        let mut scopes = self.reader.list(setting, one_word);
        if !is_openid {
            return scopes;
        }
        if scopes.is_empty() {
            scopes = ["openid", "profile", "email"].map(str::to_owned).to_vec();
            self.reader.derive(setting, Shown::List(scopes.clone()), "kind");
        } else if !scopes.iter().any(|scope| scope == "openid") {
            scopes.insert(0, "openid".to_owned());
        }
        scopes
    }
}

fn one_word(text: &str) -> Result<String, String> {
    if text.chars().all(|letter| letter.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("must have no spaces and no letters beyond ASCII in it.".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_reached_over_https_or_on_this_machine() {
        for good in [
            "https://id.example.org",
            "https://id.example.org/realm/",
            "http://localhost:9000",
            "http://127.0.0.1:9000/a",
            "http://[::1]/",
        ] {
            assert!(EndPoint::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "id.example.org",
            "http://id.example.org",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "https://user@id.example.org",
            "https://id.example.org/#a",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ] {
            assert!(EndPoint::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_provider_over_https_sends_nobody_to_this_machine_in_the_clear() {
        let far = EndPoint::parse("https://id.example.org").unwrap();
        let near = EndPoint::parse("http://localhost:9000").unwrap();
        let inside = Url::parse("http://127.0.0.1:6379/").unwrap();
        assert!(!far.reach().covers(&inside));
        assert!(near.reach().covers(&inside));
        assert!(!near.reach().covers(&Url::parse("http://id.example.org/").unwrap()));
    }
}
