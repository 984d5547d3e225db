//! The providers of the running program.

use std::{collections::BTreeMap, fmt, fs, path::Path, sync::Arc};

use url::Url;

use crate::{
    accounts::model::{ProviderName, ProviderOffer, Secret},
    moment::Moment,
    server::{
        config::{
            Config, families,
            keys::{SecretFile, quality},
            private_file::Sharing,
            providers::{ClientSecret, Kind, Provider as Settings, Reach},
        },
        start_error::StartError,
    },
};

use super::{
    Recognised,
    fault::{Fault, TokenFault},
    http::Http,
    oauth,
    openid::{Discovery, Expected},
    protocol::{self, Credentials, Memory, Question, Shown},
};

/// Every provider, by its name. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Providers(Arc<BTreeMap<ProviderName, Provider>>);

/// A provider that people may be sent to.
pub struct Provider {
    settings: Settings,
    secret: Option<Secret>,
    http: Http,
    discovery: Discovery,
}

/// Whether somebody must show the provider anew who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    AsUsual,
    Anew,
}

/// Where a person is sent, and what they must bring back.
#[derive(Clone, Copy, Debug)]
pub struct Journey<'a> {
    pub redirect: &'a str,
    pub memory: &'a Memory,
    pub now: Moment,
}

/// What somebody brought back.
#[derive(Clone, Copy, Debug)]
pub struct Returned<'a> {
    pub code: &'a Secret,
    /// When they must have shown the provider who they are, if that matters.
    pub since: Option<Moment>,
}

impl Providers {
    /// Reads the files that the operator names. No provider is asked anything.
    ///
    /// # Errors
    /// A file is not as it must be.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        let open = |settings: &Settings| Ok((settings.name.clone(), Provider::open(settings)?));
        let providers = config.providers.iter().map(open).collect::<Result<_, StartError>>()?;
        Ok(Self(Arc::new(providers)))
    }

    #[must_use]
    pub fn get(&self, name: &ProviderName) -> Option<&Provider> {
        self.0.get(name)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn names(&self) -> Vec<ProviderName> {
        self.0.keys().cloned().collect()
    }

    /// What the buttons offer, in the order of the names.
    #[must_use]
    pub fn offers(&self) -> Vec<ProviderOffer> {
        self.0
            .values()
            .map(|provider| ProviderOffer { name: provider.name().clone(), title: provider.title().to_owned() })
            .collect()
    }
}

impl Provider {
    fn open(settings: &Settings) -> Result<Self, StartError> {
        let secret = match &settings.client_secret {
            None => None,
            Some(ClientSecret::Text(secret)) => Some(secret.clone()),
            Some(ClientSecret::File(path)) => Some(read_secret(settings, path)?),
        };
        let roots = settings.ca_file.as_deref().map(|path| read_roots(settings, path)).transpose()?;
        let reach = match &settings.kind {
            Kind::OpenId { issuer } => issuer.reach(),
            Kind::OAuth { .. } => Reach::LoopbackToo,
        };
        let http = Http::new(reach, roots.unwrap_or_default())
            .map_err(|cause| StartError::Setting { setting: families::PROVIDERS, complaint: cause.to_string() })?;
        Ok(Self { settings: settings.clone(), secret, http, discovery: Discovery::default() })
    }

    #[must_use]
    pub const fn name(&self) -> &ProviderName {
        &self.settings.name
    }

    #[must_use]
    pub fn title(&self) -> &str {
        &self.settings.title
    }

    /// Whether somebody can be sent there now.
    ///
    /// # Errors
    /// It cannot be reached, or does not say where to send people.
    pub(super) async fn ready(&self, now: Moment) -> Result<(), Fault> {
        match &self.settings.kind {
            Kind::OpenId { issuer } => self.discovery.issuer(&self.http, issuer, now).await.map(drop),
            Kind::OAuth { .. } => Ok(()),
        }
    }

    /// Where to send somebody.
    ///
    /// # Errors
    /// Those of [`Self::ready`].
    pub(super) async fn address(&self, state: &Secret, journey: Journey<'_>, showing: Showing) -> Result<Url, Fault> {
        let (client_id, scopes) = (&self.settings.client_id, &self.settings.scopes);
        let Journey { redirect, memory, now } = journey;
        let question = |authorize: &Url| Question { authorize, client_id, redirect, scopes, state, memory }.address();
        match &self.settings.kind {
            Kind::OpenId { issuer } => {
                let known = self.discovery.issuer(&self.http, issuer, now).await?;
                let mut address = question(&known.authorize);
                address.query_pairs_mut().append_pair("nonce", memory.nonce.expose());
                if showing == Showing::Anew {
                    address.query_pairs_mut().append_pair("prompt", "login").append_pair("max_age", "0");
                }
                Ok(address)
            }
            Kind::OAuth { authorize, .. } => Ok(question(authorize.url())),
        }
    }

    /// Whether somebody who came back with this `iss` parameter came back from this provider.
    ///
    /// # Errors
    /// They did not, or it cannot be told.
    pub(super) async fn refuse_other_issuer(&self, said: Option<&str>, now: Moment) -> Result<(), Fault> {
        let Kind::OpenId { issuer } = &self.settings.kind else { return Ok(()) };
        let known = self.discovery.issuer(&self.http, issuer, now).await?;
        if known.is_named(said, issuer) { Ok(()) } else { Err(Fault::Issuer) }
    }

    /// Who came back.
    ///
    /// # Errors
    /// The provider does not answer, or its answer cannot be believed.
    pub(super) async fn recognise(&self, returned: Returned<'_>, journey: Journey<'_>) -> Result<Recognised, Fault> {
        match &self.settings.kind {
            Kind::OpenId { .. } => self.by_id_token(returned, journey).await,
            Kind::OAuth { token, user, subject_field, label_field, .. } => {
                let tokens = self.exchange(token.url(), Shown::InBody, returned.code, journey).await?;
                let access = tokens.access_token.ok_or(Fault::NoToken)?;
                oauth::user(&self.http, user.url(), &access, (subject_field, label_field)).await
            }
        }
    }

    async fn by_id_token(&self, returned: Returned<'_>, journey: Journey<'_>) -> Result<Recognised, Fault> {
        let Kind::OpenId { issuer } = &self.settings.kind else { return Err(Fault::NoToken) };
        let known = self.discovery.issuer(&self.http, issuer, journey.now).await?;
        let tokens = self.exchange(&known.token, known.shown, returned.code, journey).await?;
        let token = tokens.id_token.ok_or(Fault::NoToken)?;
        let (client_id, nonce) = (self.settings.client_id.as_str(), &journey.memory.nonce);
        let expected = Expected { issuer, client_id, nonce, since: returned.since, now: journey.now };
        match known.read(&token, &expected) {
            // The issuer may have new keys.
            Err(TokenFault::Key) => match self.discovery.with_new_keys(&self.http, &known, journey.now).await? {
                Some(renewed) => renewed.read(&token, &expected).map_err(Fault::Token),
                None => Err(Fault::Token(TokenFault::Key)),
            },
            read => read.map_err(Fault::Token),
        }
    }

    async fn exchange(
        &self,
        end_point: &Url,
        shown: Shown,
        code: &Secret,
        journey: Journey<'_>,
    ) -> Result<protocol::Tokens, Fault> {
        let credentials = Credentials { client_id: &self.settings.client_id, secret: self.secret.as_ref(), shown };
        protocol::exchange(&self.http, end_point, credentials, code, (journey.redirect, journey.memory)).await
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Provider").field("name", self.name()).finish_non_exhaustive()
    }
}

/// Far more than any secret has; a file beyond it is not one.
const LONGEST_SECRET: usize = 4 * 1_024;

fn complaint(settings: &Settings, member: &str, path: &Path, complaint: String) -> StartError {
    let setting = families::setting(&settings.name, member).map_or(families::PROVIDERS, |setting| setting.key);
    StartError::File { setting, path: path.to_owned(), complaint }
}

fn read_secret(settings: &Settings, path: &Path) -> Result<Secret, StartError> {
    let setting = families::setting(&settings.name, "client_secret_file").map_or(families::PROVIDERS, |setting| setting.key);
    let file = SecretFile { setting, path, sharing: Sharing::GroupReads, holds: "holds a secret" };
    let text = file.read_text(LONGEST_SECRET)?;
    match (text.trim(), quality::flaw_of_text(&text)) {
        ("", _) => Err(file.refusal("is empty. It must hold the secret that the provider gave for this site.")),
        (_, Some(flaw)) => Err(file.refusal(format!("{flaw}. It must hold the secret that the provider gave for this site."))),
        (secret, None) => Ok(Secret::new(secret.to_owned())),
    }
}

fn read_roots(settings: &Settings, path: &Path) -> Result<Vec<reqwest::Certificate>, StartError> {
    let refuse = |text: String| complaint(settings, "ca_file", path, text);
    let bytes = fs::read(path)
        .map_err(|cause| refuse(format!("cannot be read: {cause}. Give the user that runs Locutory the right to read it.")))?;
    match reqwest::Certificate::from_pem_bundle(&bytes) {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        _ => Err(refuse("holds no certificates in PEM.".to_owned())),
    }
}
