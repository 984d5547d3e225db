//! The built site in memory: `manifest.json` gives each file its address, beside it lie its compressed twins.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::body::Bytes;
use axum::http::HeaderValue;
use rust_embed::RustEmbed;
use serde::Deserialize;

use super::Asset;
use super::encoding::Encoding;

/// The build program sets this to a digest of the whole site, so that the compiler embeds it anew when a file was added:
/// it watches the files that it has embedded, not the folder.
const _: Option<&str> = option_env!("LOCUTORY_SITE_DIGEST");

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Embedded;

const MANIFEST: &str = "manifest.json";

/// How long a browser may use its copy without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The name changes with the content.
    ForEver,
    /// A file of `public/`: it changes at most with a new release.
    Hour,
    /// A build for development, whose names do not change.
    AskAgain,
}

pub struct File {
    content: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    /// SHA-256 of the content, in hexadecimal.
    digest: String,
    content_type: &'static str,
    freshness: Freshness,
}

impl File {
    /// The first form of `wanted` that is stored. Plain content always is.
    pub fn content_for(&self, wanted: &[Encoding]) -> (Encoding, Bytes) {
        let stored = |encoding: Encoding| match encoding {
            Encoding::Brotli => self.brotli.clone(),
            Encoding::Gzip => self.gzip.clone(),
            Encoding::Identity => Some(self.content.clone()),
        };
        let found = wanted.iter().find_map(|encoding| Some((*encoding, stored(*encoding)?)));
        found.unwrap_or_else(|| (Encoding::Identity, self.content.clone()))
    }

    /// A strong entity tag; each encoding has its own, as RFC 9110, section 8.8.3.3, asks.
    pub fn tag(&self, encoding: Encoding) -> HeaderValue {
        let suffix = encoding.name().map(|name| format!("-{name}")).unwrap_or_default();
        let tag = format!("\"{}{suffix}\"", self.digest);
        HeaderValue::try_from(tag).expect("hexadecimal digits and letters are valid in a header")
    }

    pub fn content_type(&self) -> &'static str {
        self.content_type
    }

    pub fn freshness(&self) -> Freshness {
        self.freshness
    }
}

/// One line of the list that the build program writes.
#[derive(Deserialize)]
struct Entry {
    path: String,
    integrity: String,
}

type Manifest = BTreeMap<String, Entry>;

#[derive(Default)]
pub struct Site {
    manifest: Manifest,
    /// By the path of the URL.
    files: BTreeMap<String, File>,
}

impl Site {
    pub fn of_this_program() -> Self {
        let names = Embedded::iter().map(Cow::into_owned).collect::<Vec<_>>();
        Self::load(&names, |name| Embedded::get(name).map(|file| (file.data, file.metadata.sha256_hash())))
    }

    /// `read` gives the content and the SHA-256 of a file by its name.
    pub fn load(names: &[String], read: impl Fn(&str) -> Option<(Cow<'static, [u8]>, [u8; 32])>) -> Self {
        let manifest: Manifest =
            read(MANIFEST).and_then(|(content, _)| serde_json::from_slice(&content).ok()).unwrap_or_default();
        let is_twin = |name: &&String| has_extension(name, "br") || has_extension(name, "gz");
        let mut files = BTreeMap::new();
        for name in names.iter().filter(|name| *name != MANIFEST && !is_twin(name)) {
            let Some((content, digest)) = read(name) else {
                continue;
            };
            let twin = |suffix: &str| read(&format!("{name}.{suffix}")).map(|(content, _)| into_bytes(content));
            let path = format!("/{name}");
            let file = File {
                content: into_bytes(content),
                brotli: twin("br"),
                gzip: twin("gz"),
                digest: hexadecimal(&digest),
                content_type: content_type(name),
                freshness: freshness(&path, &manifest),
            };
            files.insert(path, file);
        }
        Self { manifest, files }
    }

    /// A name that the list does not know gets the address that `cargo leptos watch` would give it.
    pub fn asset(&self, name: &str) -> Asset {
        match self.manifest.get(name) {
            Some(entry) => Asset { path: entry.path.clone(), integrity: Some(entry.integrity.clone()) },
            None => Asset { path: self.unlisted(name), integrity: None },
        }
    }

    fn unlisted(&self, name: &str) -> String {
        let public = format!("/{name}");
        if self.files.contains_key(&public) {
            return public;
        }
        match name {
            "locutory_bg.wasm" => "/assets/locutory.wasm".to_owned(),
            name => format!("/assets/{name}"),
        }
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    pub fn public_paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str).filter(|path| !is_asset(path))
    }
}

fn is_asset(path: &str) -> bool {
    path.starts_with("/assets/")
}

fn freshness(path: &str, manifest: &Manifest) -> Freshness {
    let is_listed = manifest.values().any(|entry| entry.path == path);
    match (is_listed, is_asset(path)) {
        (true, true) => Freshness::ForEver,
        (true, false) => Freshness::Hour,
        (false, _) => Freshness::AskAgain,
    }
}

fn into_bytes(content: Cow<'static, [u8]>) -> Bytes {
    match content {
        Cow::Borrowed(content) => Bytes::from_static(content),
        Cow::Owned(content) => Bytes::from(content),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("writing to memory succeeds");
        digits
    })
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}

/// Types as the WHATWG's MIME Sniffing and IANA's registry name them.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" => "image/jpeg",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "xml" => "application/xml; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::content_type;

    #[test]
    fn every_kind_of_text_says_its_charset() {
        for name in ["a.css", "a.html", "a.js", "a.svg", "a.txt", "a.xml"] {
            assert!(content_type(name).ends_with("; charset=utf-8"), "{name}: {}", content_type(name));
        }
    }
}
