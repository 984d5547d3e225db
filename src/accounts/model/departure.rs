//! Leaving: what becomes of what somebody wrote, and when.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// How long somebody can change their mind.
pub const GRACE: Duration = Duration::from_hours(14 * 24);

/// What becomes of the comments and discussions of somebody who leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deletion {
    /// The words stay, without a name.
    #[default]
    Anonymise,
    /// The words go; places stay where others have answered.
    Remove,
}

impl Deletion {
    /// The word that the database and forms use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymise => "anonymise",
            Self::Remove => "remove",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Anonymise, Self::Remove].into_iter().find(|deletion| deletion.name() == name)
    }
}

/// What has become of an archive that somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveState {
    Waiting,
    Building,
    Ready,
    Failed,
}

impl ArchiveState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Building, Self::Ready, Self::Failed];

    /// The word that the database uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Building => "building",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// An archive of everything that the site has of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveRecord {
    pub id: i64,
    pub state: ArchiveState,
    pub asked: Moment,
    /// Until when it can be taken, once it is ready.
    pub ends: Moment,
}
