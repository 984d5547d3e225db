//! `manifest.json`: from the name a page uses to the address a browser fetches. The server reads it at start.

use std::collections::BTreeMap;
use std::fs;

use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Outcome, While};
use crate::fingerprint::fingerprint;
use crate::workspace::Workspace;

pub const FILE_NAME: &str = "manifest.json";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Path of the URL, from the root of the site.
    pub path: String,
    /// SHA-384 of the content, as an `integrity` attribute wants it.
    pub integrity: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Manifest(BTreeMap<String, Entry>);

impl Manifest {
    /// The list of the last build; an empty one when there was none, or one that cannot be read any more.
    pub fn of_last_build(workspace: &Workspace) -> Self {
        let content = fs::read(workspace.site().join(FILE_NAME)).unwrap_or_default();
        serde_json::from_slice(&content).unwrap_or_default()
    }

    pub fn insert(&mut self, name: String, entry: Entry) {
        self.0.insert(name, entry);
    }

    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.0.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.0.iter()
    }

    /// Changes whenever any content of the site does.
    pub fn digest(&self) -> String {
        let parts = self.0.iter().flat_map(|(name, entry)| [name.as_bytes(), entry.integrity.as_bytes()]);
        fingerprint(parts)
    }

    pub fn write(&self, workspace: &Workspace) -> Outcome {
        let content = serde_json::to_string_pretty(self)
            .map_err(|cause| Failure::new(format!("could not write down the list of the site: {cause}")))?;
        let path = workspace.site().join(FILE_NAME);
        fs::write(&path, content).while_doing(|| format!("write {}", path.display()))
    }
}
