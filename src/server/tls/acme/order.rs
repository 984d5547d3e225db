//! One certificate, from the order to the chain (RFC 8555, section 7.4).

use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, ExternalAccountKey, Identifier, NewAccount, NewOrder, Order, OrderStatus,
    RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};
use zeroize::Zeroizing;

use super::asking::Asking;
use super::cache::{Cache, Issued, Placed, Registered, Usable};
use super::challenges::Challenges;
use super::fault::Fault;
use super::opened::Opened;
use crate::accounts::model::Secret;
use crate::server::config::acme::{Acme, ChallengeKind};

/// How long the authority may think about one thing.
const PATIENCE: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(250)).backoff(1.5).timeout(Duration::from_mins(3));

/// Everything that an order needs.
pub struct Orders {
    pub settings: Acme,
    /// In the order in which they are asked for.
    pub names: Vec<String>,
    pub opened: Opened,
    pub cache: Cache,
    pub challenges: Arc<Challenges>,
}

impl Orders {
    /// Obtains a certificate and keeps it.
    ///
    /// # Errors
    /// Whatever went wrong on the way; what can be taken up again is kept.
    pub async fn obtain(&self) -> Result<Usable, Fault> {
        let obtained = self.try_obtaining().await;
        self.challenges.end();
        if let Err(fault) = &obtained
            && ["accountDoesNotExist", "unauthorized"].iter().any(|kind| fault.is_problem(kind))
            && matches!(fault, Fault::Acme(_))
        {
            // The authority has forgotten us: the next try introduces us anew.
            self.cache.forget_registered(self.directory());
        }
        obtained
    }

    fn directory(&self) -> &str {
        self.settings.directory.as_str()
    }

    async fn try_obtaining(&self) -> Result<Usable, Fault> {
        let account = self.account().await?;
        let (mut order, placed) = match self.taken_up(&account).await {
            Some(taken_up) => taken_up,
            None => self.place(&account).await?,
        };
        let chain = match self.see_through(&mut order, &placed).await {
            Ok(chain) => chain,
            Err(fault) => {
                if !matches!(fault, Fault::Acme(instant_acme::Error::Other(_) | instant_acme::Error::Timeout(_))) {
                    self.cache.forget_placed();
                }
                return Err(fault);
            }
        };
        let issued = Issued { directory: placed.directory, chain, key: placed.key };
        // The same order would lead to the same chain again.
        let usable = self.fitting(&issued).inspect_err(|_| self.cache.forget_placed())?;
        self.cache.keep_issued(&issued)?;
        self.cache.forget_placed();
        Ok(usable)
    }

    fn fitting(&self, issued: &Issued) -> Result<Usable, Fault> {
        let usable = Usable::of(issued)?;
        if usable.certificate.names.iter().eq(self.sorted_names().iter()) { Ok(usable) } else { Err(Fault::Unfit) }
    }

    fn sorted_names(&self) -> std::collections::BTreeSet<String> {
        self.names.iter().cloned().collect()
    }

    /// The account that we have, or a new one.
    async fn account(&self) -> Result<Account, Fault> {
        let contact = self.settings.contact.as_ref().map(|address| format!("mailto:{}", address.as_str()));
        let contacts: Vec<&str> = contact.as_deref().into_iter().collect();
        let builder = Account::builder_with_http(Box::new(self.asking()));
        if let Some(known) = self.cache.registered(self.directory()) {
            let copy = Registered { contact: contact.clone(), credentials: known.credentials };
            if copy.contact != known.contact {
                let text = Zeroizing::new(serde_json::to_string(&copy.credentials).map_err(instant_acme::Error::from)?);
                let account = builder.from_credentials(copy.credentials).await?;
                account.update_contacts(&contacts).await?;
                let credentials = serde_json::from_str(&text).map_err(instant_acme::Error::from)?;
                self.cache.keep_registered(self.directory(), &Registered { contact, credentials })?;
                return Ok(account);
            }
            return Ok(builder.from_credentials(copy.credentials).await?);
        }
        let wishes = NewAccount { contact: &contacts, terms_of_service_agreed: true, only_return_existing: false };
        let binding = self.opened.binding.as_ref().map(|(id, key)| ExternalAccountKey::new(id.clone(), key));
        let (account, credentials) = builder.create(&wishes, self.directory().to_owned(), binding.as_ref()).await?;
        self.cache.keep_registered(self.directory(), &Registered { contact, credentials })?;
        tracing::info!(account = %super::super::state::log_safe(account.id()), "registered with the certificate authority");
        Ok(account)
    }

    fn asking(&self) -> Asking {
        self.opened.asking.clone()
    }

    /// The order that a former run has placed, when it is for the same and can still become something.
    async fn taken_up(&self, account: &Account) -> Option<(Order, Placed)> {
        let placed = self.cache.placed()?;
        if placed.directory != self.directory() || placed.names != self.names {
            return None;
        }
        let mut order = account.order(placed.address.clone()).await.ok()?;
        (order.state().status != OrderStatus::Invalid).then_some((order, placed))
    }

    async fn place(&self, account: &Account) -> Result<(Order, Placed), Fault> {
        let names: Vec<Identifier> = self.names.iter().cloned().map(Identifier::Dns).collect();
        let order = account.new_order(&NewOrder::new(&names)).await?;
        let placed = Placed {
            directory: self.directory().to_owned(),
            names: self.names.clone(),
            address: order.url().to_owned(),
            key: Secret::new(KeyPair::generate()?.serialize_pem()),
        };
        self.cache.keep_placed(&placed)?;
        Ok((order, placed))
    }

    async fn see_through(&self, order: &mut Order, placed: &Placed) -> Result<String, Fault> {
        if order.state().status == OrderStatus::Pending {
            self.answer(order).await?;
            match order.poll_ready(&PATIENCE).await {
                Ok(OrderStatus::Invalid) | Err(instant_acme::Error::Api(_)) => return Err(why_refused(order).await),
                ready => ready?,
            };
        }
        if order.state().status == OrderStatus::Ready {
            order.finalize_csr(&self.request(placed)?).await?;
        }
        Ok(order.poll_certificate(&PATIENCE).await?)
    }

    async fn answer(&self, order: &mut Order) -> Result<(), Fault> {
        let kind = self.settings.challenge;
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let wanted = match kind {
                ChallengeKind::TlsAlpn => ChallengeType::TlsAlpn01,
                ChallengeKind::Http => ChallengeType::Http01,
            };
            let mut challenge = authorization.challenge(wanted).ok_or(Fault::NoChallenge(kind))?;
            self.challenges.offer(kind, &challenge)?;
            challenge.set_ready().await?;
        }
        Ok(())
    }

    fn request(&self, placed: &Placed) -> Result<Vec<u8>, Fault> {
        let key = KeyPair::from_pem(placed.key.expose())?;
        let mut wishes = CertificateParams::new(self.names.clone())?;
        wishes.distinguished_name = DistinguishedName::new();
        Ok(wishes.serialize_request(&key)?.der().to_vec())
    }
}

/// Orders end without a reason; it stands at the name that the authority could not see to be ours.
async fn why_refused(order: &mut Order) -> Fault {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = match authorization {
            Ok(authorization) => authorization,
            Err(error) => return error.into(),
        };
        if let Err(error) = authorization.refresh().await {
            return error.into();
        }
        let name = authorization.identifier().to_string();
        let why = authorization.challenges.iter().find_map(|challenge| challenge.error.clone());
        if let Some(why) = why {
            return Fault::Refused { name, why };
        }
    }
    Fault::RefusedSilently
}
