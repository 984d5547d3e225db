//! Uses of what is expensive, or of what bothers others: so many of each kind within a time.

use std::{net::IpAddr, time::Duration};

use sea_orm::ConnectionTrait;

use super::{
    key::{Key, networks_of},
    rule::Rule,
    store,
};
use crate::{
    accounts::model::UserId,
    server::{error::Result, visit::Visit},
};

const MINUTE: Duration = Duration::from_mins(1);
const TEN_MINUTES: Duration = Duration::from_mins(10);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A new account.
    Registration,
    /// A letter that resets a password: by the network that asks, and by the person when a browser of their
    /// own asks.
    ResetRequest,
    /// A letter that verifies an address, to somebody who registers, asks for it again, or corrects it.
    VerificationLetter,
    /// A text rendered to be looked at.
    Preview,
    /// A search through the tables of the dashboard.
    Search,
    /// An archive of all that is one's own.
    Export,
    /// A visit to a provider of identities, begun.
    ProviderFlow,
    /// A ceremony with a passkey, begun.
    Ceremony,
    /// A password weighed while it is typed.
    Weighing,
    /// A form that was sent without a script while the site is under pressure.
    SlowLane,
}

/// Whose uses are counted.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// The person acting, or, for guests, the network they come from.
    Visitor,
    /// The network the visitor comes from: an IPv4 address or an IPv6 /64, and the /48 around it.
    Network,
    Person(UserId),
    /// Something in its canonical form, such as an address that letters go to.
    Text(&'a str),
    Site,
}

/// So many within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Allowance {
    uses: u32,
    length: Duration,
}

const fn allow(uses: u32, length: Duration) -> Allowance {
    Allowance { uses, length }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::ResetRequest => "reset-request",
            Self::VerificationLetter => "verification-letter",
            Self::Preview => "preview",
            Self::Search => "search",
            Self::Export => "export",
            Self::ProviderFlow => "provider-flow",
            Self::Ceremony => "ceremony",
            Self::Weighing => "weighing",
            Self::SlowLane => "slow-lane",
        }
    }

    /// A person's or a text's own; a network's, which many may share, is in [`Self::of_network`].
    fn of_one(self, visit: &Visit) -> Allowance {
        match self {
            Self::Registration => allow(visit.app().config().limits.registrations_per_hour, HOUR),
            Self::ResetRequest => allow(3, HOUR),
            Self::VerificationLetter => allow(5, HOUR),
            Self::Preview => allow(30, MINUTE),
            Self::Search => allow(60, MINUTE),
            Self::Export => allow(3, DAY),
            Self::ProviderFlow | Self::Ceremony => allow(20, TEN_MINUTES),
            Self::Weighing => allow(120, MINUTE),
            Self::SlowLane => allow(visit.app().config().limits.slow_lane_per_minute, MINUTE),
        }
    }

    fn of_network(self, visit: &Visit) -> Allowance {
        match self {
            Self::ResetRequest | Self::VerificationLetter => allow(20, HOUR),
            Self::ProviderFlow | Self::Ceremony => allow(60, TEN_MINUTES),
            Self::Weighing => allow(240, MINUTE),
            Self::SlowLane => allow(1, MINUTE),
            kind => kind.of_one(visit),
        }
    }
}

/// Lets one more use pass, and counts it, in one statement.
///
/// At the command line there is no visitor and no network, and no limit by them.
///
/// # Errors
/// There were too many; tells when there is room again.
pub async fn admit(visit: &Visit, kind: Kind, subject: Subject<'_>) -> Result<()> {
    admit_within(visit.database().writer(), visit, kind, subject).await
}

/// [`admit`], on the connection of the caller: within a transaction.
///
/// # Errors
/// Those of [`admit`].
pub async fn admit_within(database: &impl ConnectionTrait, visit: &Visit, kind: Kind, subject: Subject<'_>) -> Result<()> {
    let keys = keys(visit, kind, subject);
    store::count_all(database, visit.app().throttle_secret(), &keys, visit.now()).await?;
    Ok(())
}

/// Lets one more search through a table pass, which reads all of it. Without a text nothing is searched.
///
/// # Errors
/// There were too many; tells when there is room again.
pub async fn admit_search(visit: &Visit, text: &str) -> Result<()> {
    if text.trim().is_empty() { Ok(()) } else { admit(visit, Kind::Search, Subject::Visitor).await }
}

/// Takes a use back that came to nothing, through no fault of whoever made it.
///
/// # Errors
/// The database's.
pub async fn give_back(visit: &Visit, kind: Kind, subject: Subject<'_>) -> Result<()> {
    for key in keys(visit, kind, subject) {
        store::give_back(visit.database().writer(), visit.app().throttle_secret(), &key, visit.now()).await?;
    }
    Ok(())
}

fn keys(visit: &Visit, kind: Kind, subject: Subject<'_>) -> Vec<Key> {
    let one = |name: &str, of: &[u8]| vec![windowed(kind, name, of, kind.of_one(visit))];
    match (subject, visit.actor().id()) {
        (Subject::Person(id), _) | (Subject::Visitor, Some(id)) => one("person", &id.0.to_be_bytes()),
        (Subject::Text(text), _) => one("text", text.as_bytes()),
        (Subject::Site, _) => one("site", &[]),
        (Subject::Network | Subject::Visitor, _) => {
            let of = |address: IpAddr| of_network(visit, kind, address);
            visit.address().map(of).unwrap_or_default()
        }
    }
}

fn of_network(visit: &Visit, kind: Kind, address: IpAddr) -> Vec<Key> {
    let Allowance { uses, length } = kind.of_network(visit);
    let key = |(network, share): (Vec<u8>, u32)| windowed(kind, "network", &network, allow(uses.saturating_mul(share), length));
    networks_of(address).into_iter().map(key).collect()
}

fn windowed(kind: Kind, name: &str, of: &[u8], Allowance { uses, length }: Allowance) -> Key {
    Key::ruled(&format!("{}:{name}", kind.name()), of, Rule::Window { uses, length })
}
