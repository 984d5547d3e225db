//! The rules of ARCHITECTURE.md that can be read off the sources.

use std::{
    fs,
    path::{Path, PathBuf},
};

struct Source {
    /// From `src/` on, such as `server/app.rs`.
    path: String,
    /// Without comments and without the unit tests at its end.
    code: String,
    lines: usize,
}

impl Source {
    fn read(root: &Path, path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code = program.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        Self { path, lines: program.lines().count(), code }
    }

    fn has(&self, part: &str) -> bool {
        self.code.contains(part)
    }

    fn is_test(&self) -> bool {
        self.is_under("tests/") || self.path.contains("/tests/") || self.path.ends_with("tests.rs")
    }

    fn is_under(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    fn is_named(&self, names: &[&str]) -> bool {
        names.contains(&self.path.as_str())
    }

    /// Compiled for the browser as well.
    fn is_shared(&self) -> bool {
        !self.is_under("server/") && !self.is_named(&["main.rs", "lib.rs"])
    }

    /// The slice that a file of the server belongs to.
    fn slice(&self) -> &str {
        self.path.strip_prefix("server/").and_then(|rest| rest.split(['/', '.']).next()).unwrap_or_default()
    }
}

/// Every file of the program; tests know everything.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let sources: Vec<_> = files.iter().map(|path| Source::read(&root, path)).filter(|source| !source.is_test()).collect();
    assert!(sources.len() > 100, "the sources were not found");
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The files that have something they may not have.
#[track_caller]
fn assert_none(rule: &str, is_broken: impl Fn(&Source) -> bool) {
    let broken: Vec<_> = sources().into_iter().filter(is_broken).map(|source| source.path).collect();
    assert!(broken.is_empty(), "{rule}: {broken:#?}");
}

const SLICES: [&str; 6] = ["accounts", "site", "letters", "discussions", "comments", "audit"];

#[test]
fn what_is_compiled_for_whom_is_decided_in_one_file() {
    let gates = |source: &Source| source.code.matches("cfg(feature").count();
    assert_none("only lib.rs may ask for a feature", |source| source.path != "lib.rs" && gates(source) > 0);
    let lib = sources().into_iter().find(|source| source.path == "lib.rs").unwrap();
    assert_eq!(gates(&lib), 3, "one gate for the server, one for the browser, one for these tests");
}

/// Ways by which text becomes markup, in Rust and in JavaScript, in the spelling of neither and both: letters only.
const MAKE_MARKUP: [&str; 13] = [
    "innerhtml",
    "outerhtml",
    "insertadjacenthtml",
    "createcontextualfragment",
    "setinnerhtml",
    "sethtmlunsafe",
    "parsehtmlunsafe",
    "parsefromstring",
    "domparser",
    "documentwrite",
    "documentwriteln",
    "srcdoc",
    "rawhtml",
];

/// Elements whose children Leptos writes unescaped, as tags and as functions of its builder.
const UNESCAPED: [&str; 5] = ["textarea", "noscript", "script", "style", "iframe"];

/// The code in small letters, without the signs that tell one spelling from the other.
fn flattened(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_lowercase()).collect()
}

/// Whether an element is written as a tag of a view, however it is spaced, or by the builder.
fn writes_element(code: &str, element: &str) -> bool {
    let dense: String = code.chars().filter(|character| !character.is_whitespace()).collect();
    let begins = |found: &str| {
        let after = &found[element.len()..];
        after.starts_with(|next: char| !next.is_alphanumeric() && next != '_' && next != '-')
    };
    let tag = |code: &str| {
        code.match_indices(&format!("<{element}")).any(|(at, _)| code[at + 1..].len() > element.len() && begins(&code[at + 1..]))
    };
    let called = ["html::", "elements::", "svg::", "="].iter().any(|path| dense.contains(&format!("{path}{element}()")));
    tag(code) || tag(&dense) || called
}

#[test]
fn html_is_trusted_and_text_areas_are_written_in_one_place_each() {
    const TRUSTED: [&str; 2] = ["ui/prose.rs", "ui/trusted_types.rs"];
    assert_none("trusted HTML is written by ui/prose.rs and ui/trusted_types.rs", |source| {
        let flat = flattened(&source.code);
        MAKE_MARKUP.iter().any(|way| flat.contains(way)) && !source.is_named(&TRUSTED)
    });
    assert_none("Leptos does not escape inside these elements", |source| {
        UNESCAPED.iter().any(|element| writes_element(&source.code, element) && place_of(element) != source.path)
    });
    assert_none("the policy takes no styles in attributes", |source| {
        source
            .code
            .lines()
            .any(|line| line.contains(" style=") || line.trim_start().starts_with("style=") || line.contains("style:"))
    });
    assert_none("elements are written by their names", |source| source.has("create_element") || source.has("custom_element"));
}

/// The one file that may write such an element.
fn place_of(element: &str) -> &'static str {
    match element {
        "textarea" => "ui/text_area.rs",
        "script" => "server/shell/document.rs",
        _ => "nowhere",
    }
}

#[test]
fn the_rule_about_markup_cannot_be_walked_around() {
    for code in [
        "view! { <textarea>{text}</textarea> }",
        "view! { <textarea\n  name=name /> }",
        "view! { < textarea >{text}</ textarea > }",
        "html::textarea().child(text)",
        "leptos::html :: textarea ( ) . child(text)",
        "let field = textarea().child(text)",
    ] {
        assert!(writes_element(code, "textarea"), "{code}");
    }
    for harmless in ["NodeRef<html::Textarea>", "write_text_area(x)", "<textarea_like />", "fn textareas() {}"] {
        assert!(!writes_element(harmless, "textarea"), "{harmless}");
    }
    for code in [
        "<div inner_html=html />",
        "div().inner_html(html)",
        "element.set_inner_html(&html)",
        "Reflect::set(element, &\"innerHTML\".into(), &content)",
        "element.insert_adjacent_html(\"beforeend\", &html)",
        "document.insertAdjacentHTML('beforeend', html)",
        "document.write(html)",
        "el[\"inner\" + \"HTML\"] = x",
        "range.create_contextual_fragment(&html)",
        "new DOMParser().parseFromString(html, 'text/html')",
        "frame.set_srcdoc(&html)",
    ] {
        assert!(MAKE_MARKUP.iter().any(|way| flattened(code).contains(way)), "{code}");
    }
}

/// Whatever is sent to browsers as it stands: no markup from text, nothing that runs text, nothing from elsewhere.
#[test]
fn the_scripts_and_drawings_that_are_ours_make_no_markup_and_run_no_text() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "public", "style"] {
        collect_all(&root.join(folder), &mut files);
    }
    let wanted = |path: &&PathBuf| {
        path.extension().is_some_and(|extension| ["js", "mjs", "svg", "html", "css"].iter().any(|own| extension == *own))
    };
    let files: Vec<_> = files.iter().filter(wanted).collect();
    assert!(files.len() > 20, "{files:?}");
    for path in files {
        let text = fs::read_to_string(path).unwrap();
        let flat = flattened(&text);
        let (is_script, is_style) = (path.extension().unwrap() == "js", path.extension().unwrap() == "css");
        let runs_text = ["eval(", "new Function", "setTimeout(\"", "javascript:", "onload=", "onerror=", "onclick="];
        for part in runs_text {
            assert!(!text.contains(part), "{part} in {}", path.display());
        }
        for way in MAKE_MARKUP {
            assert!(!flat.contains(way), "{way} in {}", path.display());
        }
        assert!(is_script || !text.contains("<script"), "a script in {}", path.display());
        assert!(!is_style || !text.contains("@import url(") && !text.contains("expression("), "{}", path.display());
        assert!(!text.replace("http://www.w3.org/", "").contains("http"), "something from elsewhere in {}", path.display());
    }
}

fn collect_all(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect_all(&path, files) } else { files.push(path) }
    }
}

#[test]
fn models_and_the_policy_know_neither_a_framework_nor_a_server() {
    assert_none("models and the policy are plain", |source| {
        let is_plain = source.is_under("policy/") || SLICES.iter().any(|slice| source.is_under(&format!("{slice}/model")));
        let known = ["leptos", "axum", "sea_orm", "tokio", "crate::server", "crate::ui", "async fn", ".await"];
        is_plain && known.iter().any(|part| source.has(part))
    });
}

#[test]
fn shared_files_do_not_import_the_server() {
    assert_none("the server is named inside server functions only", |source| {
        let imports = source.code.lines().any(|line| line.starts_with("use ") && line.contains("crate::server"));
        let is_function = source.path.ends_with("/api.rs");
        source.is_shared() && (imports || !is_function && source.has("crate::server"))
    });
}

#[test]
fn components_know_no_slice() {
    assert_none("ui stands below all slices", |source| {
        source.is_under("ui/")
            && SLICES.iter().any(|slice| source.has(&format!("crate::{slice}")) || source.has(&format!("    {slice}::")))
    });
}

#[test]
fn slices_know_each_other_in_one_order() {
    assert_none("accounts ← site ← letters ← discussions ← comments ← audit", |source| {
        let Some(own) = SLICES.iter().position(|slice| source.is_under(&format!("{slice}/"))) else { return false };
        let later = &SLICES[own + 1..];
        let is_function = source.path.ends_with("/api.rs");
        !is_function
            && later.iter().any(|slice| source.has(&format!("crate::{slice}::")) || source.has(&format!("\n    {slice}::")))
    });
}

#[test]
fn a_store_is_private_to_its_slice() {
    assert_none("no other slice's store is named", |source| {
        SLICES.iter().any(|slice| source.slice() != *slice && source.has(&format!("{slice}::store")))
    });
    assert_none("a store is no public module", |source| source.has("pub mod store") || source.has("pub(crate) mod store"));
}

#[test]
fn the_database_is_named_in_stores_and_where_a_transaction_is_passed_on() {
    const KEEPERS: [&str; 8] = [
        "server/database.rs",
        "server/database/postgres.rs",
        "server/session/mod.rs",
        "server/count.rs",
        "server/search.rs",
        "server/error.rs",
        "server/accounts/links.rs",
        "server/comments/thread.rs",
    ];
    assert_none("SeaORM is for stores", |source| {
        let is_store = ["/store.rs", "/rendering.rs"].iter().any(|name| source.path.ends_with(name));
        let is_keeper = is_store || source.is_under("server/entity/") || source.is_named(&KEEPERS);
        let passes_on = source.code.replace("sea_orm::ConnectionTrait", "");
        !is_keeper && passes_on.contains("sea_orm")
    });
}

#[test]
fn acts_know_neither_the_router_nor_the_framework_of_pages() {
    assert_none("acts take a visit", |source| {
        let is_act = SLICES.contains(&source.slice()) && !source.path.contains("/page");
        is_act && ["axum", "leptos"].iter().any(|part| source.has(part))
    });
}

#[test]
fn only_the_policy_makes_permits() {
    assert_none("a permit has no other maker", |source| {
        !source.is_under("policy/") && (source.has("Permit {") || source.has("Granted {") || source.has("grant("))
    });
}

#[test]
fn every_server_function_takes_a_form_by_post() {
    assert_none("a server function has the usual form and an address under /api", |source| {
        let functions = source.code.matches("#[server(name").count();
        let usual = source.code.matches("prefix = \"/api\", endpoint = \"").count();
        functions != usual || ["input = ", "GetUrl", "GetCbor", "Multipart"].iter().any(|part| in_attributes(source, part))
    });
}

fn in_attributes(source: &Source, part: &str) -> bool {
    source.code.lines().any(|line| line.starts_with("#[server(") && line.contains(part))
}

#[test]
fn no_query_is_put_together_from_text() {
    assert_none("the query builder writes the queries", |source| {
        ["Expr::cust", "Statement::from_string", "raw_sql", "from_raw_sql"].iter().any(|part| source.has(part))
    });
}

/// What goes out is what the operator declares (SECURITY.md, "What goes out"), and what listens stands in
/// few places.
#[test]
fn sockets_are_opened_where_the_documents_say_and_nowhere_else() {
    const OUT: [&str; 6] =
        ["TcpStream::connect", "UdpSocket", "reqwest::", "AsyncSmtpTransport", "hyper_util::client", "lookup_host"];
    const OUTGOING: [&str; 5] = [
        "server/accounts/providers/http.rs",
        "server/accounts/providers/registry.rs",
        "server/letters/transport.rs",
        "server/database.rs",
        "server/database/postgres.rs",
    ];
    assert_none("connections go out from the files that SECURITY.md names", |source| {
        let connects = source.has("sea_orm::Database::connect") || OUT.iter().any(|part| source.has(part));
        connects && !source.is_named(&OUTGOING) && !source.is_under("server/tls/acme")
    });
    assert_none("listeners are opened in two places", |source| {
        let listens = ["TcpListener::bind", "UnixListener::bind", "axum::serve(", "axum_server::from"];
        let is_listener = source.is_under("server/listen/") || source.is_under("server/metrics/");
        !is_listener && listens.iter().any(|part| source.has(part))
    });
    assert_none("no program is started", |source| source.has("process::Command") || source.has("Command::new("));
}

#[test]
fn files_stay_short() {
    assert_none("a file of more than 400 lines has two subjects", |source| source.lines > 400);
}

#[test]
fn every_source_that_the_documents_cite_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["ARCHITECTURE.md", "SECURITY.md", "docs/permissions.md", "docs/ways-in.md"] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let cited: Vec<_> = text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("src/")).collect();
        assert!(!cited.is_empty(), "{document} cites nothing");
        for path in cited {
            assert!(root.join(path).exists(), "{document} cites {path}");
        }
    }
}
