//! A report, taken apart: what remains is a word of ours, an origin, and paths without queries.
//!
//! Browsers tell also what programs of their readers do to a page (extensions, developers' tools): such
//! reports say nothing about the site and are dropped.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::server::layers::secret_paths;

/// The two forms of reports, by their content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Several at once (Reporting API).
    Reports,
    /// One, as `report-uri` has it (CSP Level 3, section 5.3).
    CspReport,
}

impl Form {
    #[must_use]
    pub fn of_content_type(value: &str) -> Option<Self> {
        match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/reports+json" => Some(Self::Reports),
            "application/csp-report" => Some(Self::CspReport),
            _ => None,
        }
    }
}

/// What a browser refused, in what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    pub directive: &'static str,
    pub blocked: String,
    pub document: String,
    pub source: String,
}

/// The body is no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// Reports in one body beyond this are not looked at.
const MOST_AT_ONCE: usize = 10;

/// Bytes of an origin or a path that are kept. Both are ASCII.
const LONGEST: usize = 200;

/// The directives that a policy can have (CSP Level 3; Trusted Types).
const DIRECTIVES: &[&str] = &[
    "base-uri",
    "child-src",
    "connect-src",
    "default-src",
    "fenced-frame-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "object-src",
    "prefetch-src",
    "require-trusted-types-for",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "trusted-types",
    "worker-src",
];

/// What stands in the place of an address that was refused (CSP Level 3, section 2.4), and schemes alone.
const WORDS: &[&str] =
    &["blob", "data", "eval", "filesystem", "inline", "self", "trusted-types-policy", "trusted-types-sink", "wasm-eval"];

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    body: Value,
}

#[derive(Deserialize)]
struct OldReport {
    #[serde(rename = "csp-report")]
    body: Told,
}

/// The names of both forms.
#[derive(Deserialize)]
struct Told {
    #[serde(alias = "effectiveDirective", alias = "effective-directive")]
    directive: Option<String>,
    #[serde(rename = "violated-directive")]
    violated: Option<String>,
    #[serde(alias = "blockedURL", alias = "blocked-uri")]
    blocked: Option<String>,
    #[serde(alias = "documentURL", alias = "document-uri")]
    document: Option<String>,
    #[serde(alias = "sourceFile", alias = "source-file")]
    source: Option<String>,
}

/// Reads what was sent; `origin` is the site's own.
///
/// # Errors
/// It is no JSON of that form.
pub fn read(form: Form, body: &[u8], origin: &str) -> Result<Vec<Breach>, Unreadable> {
    let told: Vec<Told> = match form {
        Form::CspReport => vec![serde_json::from_slice::<OldReport>(body).map_err(|_| Unreadable)?.body],
        Form::Reports => {
            let reports: Vec<Report> = serde_json::from_slice(body).map_err(|_| Unreadable)?;
            let of_policies = reports.into_iter().filter(|report| report.kind.as_deref() == Some("csp-violation"));
            of_policies.filter_map(|report| serde_json::from_value(report.body).ok()).collect()
        }
    };
    Ok(told.into_iter().take(MOST_AT_ONCE).filter_map(|told| breach(&told, origin)).collect())
}

fn breach(told: &Told, origin: &str) -> Option<Breach> {
    let directive = told.directive.as_deref().or(told.violated.as_deref()).unwrap_or_default();
    let directive = directive.split_whitespace().next()?;
    Some(Breach {
        directive: DIRECTIVES.iter().find(|known| **known == directive)?,
        blocked: blocked(told.blocked.as_deref().unwrap_or_default(), origin)?,
        document: own_path(told.document.as_deref()?, origin)?,
        source: source(told.source.as_deref().unwrap_or_default(), origin)?,
    })
}

/// A word, `self` for an address of ours, or the origin of somebody else.
fn blocked(text: &str, origin: &str) -> Option<String> {
    if let Some(word) = WORDS.iter().find(|word| **word == text) {
        return Some((*word).to_owned());
    }
    if text.is_empty() {
        return Some(String::new());
    }
    let url = Url::parse(text).ok()?;
    if let Some(scheme) = WORDS.iter().find(|word| **word == url.scheme()) {
        return Some((*scheme).to_owned());
    }
    let of_whom = foreign_origin(&url)?;
    Some(if of_whom == origin { "self".to_owned() } else { of_whom })
}

/// A path of ours, the origin of somebody else, or nothing where the browser named none.
fn source(text: &str, origin: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    own_path(text, origin).or_else(|| foreign_origin(&Url::parse(text).ok()?))
}

/// Only what is on the web: the schemes of extensions and of browsers themselves are others.
fn foreign_origin(url: &Url) -> Option<String> {
    let is_of_the_web = matches!(url.scheme(), "http" | "https" | "ws" | "wss");
    let origin = url.origin().ascii_serialization();
    (is_of_the_web && origin.len() <= LONGEST).then_some(origin)
}

fn own_path(text: &str, origin: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_ours = url.origin().ascii_serialization() == origin;
    is_ours.then(|| secret_paths::loggable(url.path()).chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const OURS: &str = "https://talk.example";

    fn new_form(fields: &Value) -> Vec<Breach> {
        let body = json!([{ "type": "csp-violation", "age": 1, "url": OURS, "user_agent": "x", "body": fields }]);
        read(Form::Reports, body.to_string().as_bytes(), OURS).unwrap()
    }

    fn old_form(fields: &Value) -> Vec<Breach> {
        read(Form::CspReport, json!({ "csp-report": fields }).to_string().as_bytes(), OURS).unwrap()
    }

    fn inline_script() -> Breach {
        Breach {
            directive: "script-src-elem",
            blocked: "inline".to_owned(),
            document: "/d/7".to_owned(),
            source: "/d/7".to_owned(),
        }
    }

    #[test]
    fn both_forms_say_the_same_and_no_query_is_kept() {
        let new = json!({
            "blockedURL": "inline", "disposition": "enforce", "documentURL": "https://talk.example/d/7?after=secret#c",
            "effectiveDirective": "script-src-elem", "lineNumber": 3, "originalPolicy": "…", "sample": "alert(1)",
            "sourceFile": "https://talk.example/d/7?after=secret", "statusCode": 200,
        });
        let old = json!({
            "blocked-uri": "inline", "document-uri": "https://talk.example/d/7?after=secret", "violated-directive": "script-src-elem",
            "original-policy": "…", "source-file": "https://talk.example/d/7", "status-code": 200, "script-sample": "alert(1)",
        });
        assert_eq!(new_form(&new), [inline_script()]);
        assert_eq!(old_form(&old), [inline_script()]);
    }

    #[test]
    fn of_an_address_that_was_refused_only_its_origin_is_kept() {
        for (told, kept) in [
            ("https://evil.example/a/b?token=1", "https://evil.example"),
            ("https://user:secret@evil.example:444/", "https://evil.example:444"),
            ("wss://evil.example/", "wss://evil.example"),
            ("data:text/html,<script>", "data"),
            ("https://talk.example/x.js?secret", "self"),
            ("", ""),
        ] {
            assert_eq!(blocked(told, OURS).as_deref(), Some(kept), "{told}");
        }
    }

    #[test]
    fn the_token_of_a_link_is_not_kept() {
        assert_eq!(own_path("https://talk.example/unsubscribe/AAAA?x", OURS).as_deref(), Some("/unsubscribe/"));
    }

    #[test]
    fn what_a_readers_own_programs_do_is_dropped() {
        let of = |blocked: &str, source: &str| json!({ "blocked-uri": blocked, "document-uri": "https://talk.example/", "effective-directive": "script-src", "source-file": source });
        for (blocked, source) in [
            ("chrome-extension", ""),
            ("chrome-extension://abcdef/inject.js", ""),
            ("moz-extension://abcdef/inject.js", ""),
            ("safari-web-extension://abcdef/", ""),
            ("about", ""),
            ("about:blank", ""),
            ("inline", "moz-extension://abcdef/inject.js"),
            ("eval", "chrome-extension"),
            ("inline", "sandbox eval code"),
            ("<script>alert(1)</script>", ""),
        ] {
            assert_eq!(old_form(&of(blocked, source)), [], "{blocked} {source}");
        }
        assert_eq!(old_form(&of("inline", "https://evil.example/x?y")).len(), 1);
    }

    #[test]
    fn reports_about_other_sites_unknown_directives_and_other_kinds_are_dropped() {
        let report = |document: &str, directive: &str| json!({ "blockedURL": "inline", "documentURL": document, "effectiveDirective": directive });
        assert_eq!(new_form(&report("https://evil.example/", "script-src")), []);
        assert_eq!(new_form(&report("https://talk.example/", "<b>")), []);
        assert_eq!(new_form(&report("nonsense", "script-src")), []);
        let other =
            json!([{ "type": "deprecation", "body": { "id": 1 } }, { "type": "csp-violation", "body": 7 }, { "body": null }]);
        assert_eq!(read(Form::Reports, other.to_string().as_bytes(), OURS), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_report_is_said_to_be_none() {
        for body in ["", "null", "{}", "[1]", "{\"csp-report\":1}", "\u{0}"] {
            assert_eq!(read(Form::CspReport, body.as_bytes(), OURS), Err(Unreadable), "{body}");
        }
        assert_eq!(read(Form::Reports, b"[1]", OURS), Err(Unreadable));
        let deep = "[".repeat(10_000);
        assert_eq!(read(Form::Reports, deep.as_bytes(), OURS), Err(Unreadable));
    }

    proptest! {
        #[test]
        fn whatever_is_reported_little_and_only_ascii_is_kept(
            blocked in any::<String>(), path in any::<String>(), source in any::<String>(),
        ) {
            let document = format!("https://talk.example/{path}");
            let fields = json!({ "blockedURL": blocked, "documentURL": document, "effectiveDirective": "img-src", "sourceFile": source });
            for kept in new_form(&fields) {
                for part in [&kept.blocked, &kept.document, &kept.source] {
                    prop_assert!(part.len() <= LONGEST && part.bytes().all(|byte| byte.is_ascii_graphic()), "{kept:?}");
                    prop_assert!(!part.contains(['?', '#', '<', '>', '"']), "{kept:?}");
                }
            }
        }
    }
}
