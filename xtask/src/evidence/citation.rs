//! What documents name in backquotes: Rust tests by the path that cargo prints, browser tests as Playwright prints
//! them, files by their path.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Reads the files of the repository.
pub struct Tree {
    root: PathBuf,
    /// Files that tests of this module make up.
    made_up: HashMap<String, String>,
}

impl Tree {
    pub fn of(root: &Path) -> Self {
        Self { root: root.to_path_buf(), made_up: HashMap::new() }
    }

    #[cfg(test)]
    pub fn made_of(files: &[(&str, &str)]) -> Self {
        let made_up = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self { root: PathBuf::from("/nowhere"), made_up }
    }

    fn read(&self, path: &str) -> Option<String> {
        self.made_up.get(path).cloned().or_else(|| fs::read_to_string(self.root.join(path)).ok())
    }

    fn holds(&self, path: &str) -> bool {
        self.made_up.contains_key(path) || self.root.join(path).exists()
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum Citation<'text> {
    /// `tests::headers::every_kind_of_answer_carries_the_headers`; those of other packages begin with the
    /// package's name.
    RustTest(&'text str),
    /// `attacks.spec.ts › sessions › a forged cookie is nobody's`: the file, groups, the title.
    BrowserTest {
        spec: &'text str,
        groups: Vec<&'text str>,
        title: &'text str,
    },
    File(&'text str),
}

/// Between the parts of a browser test's name.
const BETWEEN: &str = " › ";
const SPECS: &str = "end2end/specs";
const ROOTS: &[&str] = &["src/", "end2end/", "docs/", "migration/", "xtask/", "bench/", "fuzz/", "deploy/", "style/", "public/"];

/// Everything in backquotes, line by line, so that one that is not closed spoils its line only.
pub fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let pieces: Vec<&str> = line.split('`').collect();
        let closed = (pieces.len() - 1) / 2;
        pieces.into_iter().skip(1).step_by(2).take(closed)
    })
}

impl<'text> Citation<'text> {
    /// What must be a test.
    pub fn of_test(span: &'text str) -> Option<Self> {
        Self::browser_test(span).or_else(|| is_path_of_modules(span).then_some(Self::RustTest(span)))
    }

    /// What can be told from other code in prose: paths from the root, and tests.
    pub fn in_prose(span: &'text str) -> Option<Self> {
        if ROOTS.iter().any(|root| span.starts_with(root)) && !span.contains(['<', '*', '{', ' ']) {
            return Some(Self::File(span));
        }
        let names_tests = span.starts_with("tests::") || span.contains("::tests::");
        Self::browser_test(span).or_else(|| (names_tests && is_path_of_modules(span)).then_some(Self::RustTest(span)))
    }

    fn browser_test(span: &'text str) -> Option<Self> {
        let (spec, names) = span.split_once(BETWEEN)?;
        let mut groups: Vec<_> = names.split(BETWEEN).collect();
        let title = groups.pop()?;
        spec.ends_with(".spec.ts").then_some(Self::BrowserTest { spec, groups, title })
    }

    /// `None` when what is cited is there.
    pub fn fault(&self, tree: &Tree) -> Option<String> {
        match self {
            Self::File(path) => (!tree.holds(path)).then(|| format!("there is no {path}")),
            Self::RustTest(path) => (!holds_rust_test(tree, path)).then(|| format!("there is no Rust test {path}")),
            Self::BrowserTest { spec, groups, title } => {
                let source = tree.read(&format!("{SPECS}/{spec}"));
                let is_there = source.is_some_and(|source| {
                    groups.iter().all(|group| calls_with(&source, "test.describe(", group)) && calls_with(&source, "test(", title)
                });
                (!is_there).then(|| format!("there is no browser test {spec}{BETWEEN}{title}"))
            }
        }
    }
}

fn is_path_of_modules(span: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
    };
    span.contains("::") && span.split("::").all(is_name)
}

/// Whether a line of a spec begins a test or a group of this title.
fn calls_with(source: &str, call: &str, title: &str) -> bool {
    let quotes = ['"', '\'', '`'];
    source.lines().filter_map(|line| line.trim_start().strip_prefix(call)).any(|rest| {
        rest.strip_prefix(quotes).and_then(|rest| rest.strip_prefix(title)).is_some_and(|rest| rest.starts_with(quotes))
    })
}

/// Packages beside the program itself.
const PACKAGES: &[&str] = &["bench", "fuzz", "migration", "xtask"];

fn holds_rust_test(tree: &Tree, path: &str) -> bool {
    let (package, path) = match path.split_once("::") {
        Some((package, rest)) if PACKAGES.contains(&package) => (format!("{package}/"), rest),
        _ => (String::new(), path),
    };
    let Some((modules, name)) = path.rsplit_once("::") else { return false };
    let modules = modules.replace("::", "/");
    let in_file = |file: String| tree.read(&file).is_some_and(|source| defines_test(&source, name));
    let folder = format!("{package}src/{modules}");
    if in_file(format!("{folder}.rs")) || in_file(format!("{folder}/mod.rs")) || in_file(format!("{package}tests/{modules}.rs")) {
        return true;
    }
    // `mod tests { … }` stands in the file that it tests.
    let Some(tested) = folder.strip_suffix("/tests") else { return false };
    let inline = |file: String| {
        let source = tree.read(&file).unwrap_or_default();
        source.split_once("mod tests {").is_some_and(|(_, tests)| defines_test(tests, name))
    };
    inline(format!("{tested}.rs")) || inline(format!("{tested}/mod.rs"))
}

/// Whether the function is there, and the attributes above it make it a test that is run.
fn defines_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    lines.iter().enumerate().any(|(number, line)| {
        let declared = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ").and_then(|rest| rest.strip_prefix(name));
        declared.is_some_and(|rest| rest.starts_with('(')) && is_run_as_test(&lines[..number])
    })
}

/// What stands above a function, its attributes and comments at the end.
fn is_run_as_test(above: &[&str]) -> bool {
    let attributes: Vec<&str> =
        above.iter().rev().copied().take_while(|line| line.starts_with("#[") || line.starts_with("//")).collect();
    let begins = |start: &str| attributes.iter().any(|attribute| attribute.starts_with(start));
    (begins("#[test]") || begins("#[tokio::test]") || begins("#[tokio::test(")) && !begins("#[ignore")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree::made_of(&[
            (
                "src/tests/headers.rs",
                "#[tokio::test]\nasync fn all_have_them() {}\n\nfn no_test_at_all() {}\n#[test]\n#[ignore = \"slow\"]\nfn nobody_runs_it() {}\n// #[test]\nfn once_was_one() {}\n",
            ),
            (
                "src/server/seal.rs",
                "fn open() {}\nmod tests {\n    #[test]\n    // why\n    fn nothing_else_opens(bytes in any()) {}\n}\n",
            ),
            ("src/server/tls/tests.rs", "#[test]\n#[cfg(unix)]\nfn a_key_that_does_not_fit() {}\n"),
            ("src/server/prose/tests/mod.rs", "#[test]\nfn markdown_becomes_html() {}\n"),
            ("fuzz/tests/seeds.rs", "#[test]\nfn no_seed_breaks_a_promise() {}\n"),
            ("xtask/src/fingerprint.rs", "mod tests {\n    #[test]\n    fn it_has_digits() {}\n}\n"),
            (
                "end2end/specs/attacks.spec.ts",
                "test.describe(\"sessions\", () => {\n  test(\"a forged cookie is nobody's\", async () => {});\n",
            ),
        ])
    }

    #[track_caller]
    fn assert_test(span: &str, is_there: bool) {
        let citation = Citation::of_test(span).expect("the span names a test");
        assert_eq!(citation.fault(&tree()).is_none(), is_there, "{span}");
    }

    #[test]
    fn a_rust_test_is_found_in_its_module_and_nowhere_else() {
        assert_test("tests::headers::all_have_them", true);
        assert_test("server::seal::tests::nothing_else_opens", true);
        assert_test("server::tls::tests::a_key_that_does_not_fit", true);
        assert_test("server::prose::tests::markdown_becomes_html", true);
        assert_test("xtask::fingerprint::tests::it_has_digits", true);
        assert_test("fuzz::seeds::no_seed_breaks_a_promise", true);
        assert_test("seeds::no_seed_breaks_a_promise", false);
        assert_test("tests::headers::all_have", false);
        assert_test("tests::cookies::all_have_them", false);
        assert_test("server::seal::nothing_else_opens", true);
    }

    #[test]
    fn a_function_that_is_no_test_or_is_not_run_is_none() {
        assert_test("tests::headers::no_test_at_all", false);
        assert_test("server::seal::tests::open", false);
        assert_test("tests::headers::nobody_runs_it", false);
        assert_test("tests::headers::once_was_one", false);
    }

    #[test]
    fn a_browser_test_is_found_by_spec_group_and_title() {
        assert_test("attacks.spec.ts › sessions › a forged cookie is nobody's", true);
        assert_test("attacks.spec.ts › a forged cookie is nobody's", true);
        assert_test("attacks.spec.ts › a forged cookie", false);
        assert_test("attacks.spec.ts › cookies › a forged cookie is nobody's", false);
        assert_test("member.spec.ts › a forged cookie is nobody's", false);
    }

    #[test]
    fn prose_cites_files_and_tests_and_leaves_other_code_alone() {
        assert_eq!(Citation::in_prose("src/server/seal.rs"), Some(Citation::File("src/server/seal.rs")));
        assert_eq!(Citation::in_prose("tests::headers::x"), Some(Citation::RustTest("tests::headers::x")));
        for other in ["comments::thread::shown_to", "src/<slice>/", "make test", "Sec-Fetch-Site: same-origin"] {
            assert_eq!(Citation::in_prose(other), None, "{other}");
        }
    }

    #[test]
    fn a_backquote_that_is_not_closed_spoils_its_line_only() {
        assert_eq!(spans("`a` and `b\n`c`").collect::<Vec<_>>(), ["a", "c"]);
    }
}
