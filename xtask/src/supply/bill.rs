//! The bill of materials (`CycloneDX` 1.6, JSON): every crate that the released server is compiled from, with version,
//! licence, hash and who needs whom: of the server itself, of its build, and of the code that browsers run.
//!
//! Nothing from npm reaches what is released: binaryen's optimiser works on the wasm and leaves nothing of its own in it,
//! and all else is for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::checks::python;
use crate::failure::{Failure, Outcome, While};
use crate::program::Program;
use crate::toolchain::{WASM_TARGET, cargo};
use crate::workspace::Workspace;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Clone, Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    description: Option<String>,
    repository: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    root: Option<String>,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// None for an ordinary dependency.
    kind: Option<String>,
}

/// The crates of a build, and whom each needs.
#[derive(Default)]
struct Graph {
    root: String,
    packages: BTreeMap<String, Package>,
    needs: BTreeMap<String, BTreeSet<String>>,
}

/// Writes `target/sbom.cdx.json`.
pub fn write(workspace: &Workspace) -> Outcome {
    let mut graph = Graph::default();
    graph.join(&metadata(workspace, "ssr", &host(workspace)?)?)?;
    graph.join(&metadata(workspace, "hydrate", WASM_TARGET)?)?;
    let lock = fs::read_to_string(workspace.lock()).while_doing(|| "read Cargo.lock".to_owned())?;
    let path = workspace.bill_of_materials();
    let text = format!("{:#}\n", document(&graph, &checksums(&lock)));
    fs::write(&path, text).while_doing(|| format!("write {}", path.display()))?;
    println!("{} crates: {}", graph.packages.len() - 1, path.display());
    Ok(())
}

/// Holds the bill to the schema of the standard, by the standard's own library.
pub fn validate(workspace: &Workspace) -> Outcome {
    const SCRIPT: &str = "import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
complaint = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1], encoding='utf-8').read())
sys.exit(None if complaint is None else f'not CycloneDX: {complaint}')";
    let folder = workspace.bill_validator();
    python::ensure(&folder, include_str!("validator.txt"), "a validator of CycloneDX")?;
    let python = Program::new(folder.join("bin/python"), python::CURE);
    python.arguments(["-c".as_ref(), SCRIPT.as_ref(), workspace.bill_of_materials().as_os_str()]).run()
}

fn metadata(workspace: &Workspace, feature: &str, platform: &str) -> Outcome<Metadata> {
    let text = cargo(workspace)
        .arguments(["metadata", "--locked", "--format-version", "1", "--features", feature, "--filter-platform", platform])
        .read()?;
    serde_json::from_str(&text).map_err(|cause| Failure::new(format!("could not read what cargo metadata says: {cause}")))
}

/// The platform that the release is made for: the one that this is.
fn host(workspace: &Workspace) -> Outcome<String> {
    let text = Program::new("rustc", "Install Rust by rustup.").in_folder(workspace.root()).arguments(["-vV"]).read()?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned);
    host.ok_or_else(|| Failure::new("rustc -vV names no host"))
}

impl Graph {
    /// Walks from the server to whatever it needs; what only tests need is left out.
    fn join(&mut self, metadata: &Metadata) -> Outcome {
        let root = metadata.resolve.root.clone().ok_or_else(|| Failure::new("cargo metadata names no root"))?;
        let packages: BTreeMap<&str, &Package> = metadata.packages.iter().map(|package| (package.id.as_str(), package)).collect();
        let nodes: BTreeMap<&str, &Node> = metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let (mut waiting, mut seen) = (vec![root.as_str()], BTreeSet::new());
        while let Some(id) = waiting.pop() {
            let (Some(package), Some(node)) = (packages.get(id), nodes.get(id)) else { continue };
            if !seen.insert(id) {
                continue;
            }
            self.packages.entry(id.to_owned()).or_insert_with(|| (*package).clone());
            let needed = node.deps.iter().filter(|dependency| dependency.is_for_the_release());
            for dependency in needed {
                self.needs.entry(id.to_owned()).or_default().insert(dependency.pkg.clone());
                waiting.push(&dependency.pkg);
            }
        }
        self.root = root;
        Ok(())
    }
}

impl Dependency {
    fn is_for_the_release(&self) -> bool {
        self.dep_kinds.iter().any(|kind| kind.kind.as_deref() != Some("dev"))
    }
}

/// The hashes that the lock file holds crates to, by name and version.
fn checksums(lock: &str) -> BTreeMap<(&str, &str), &str> {
    let value = |block: &'_ str, key: &str| -> Option<(usize, usize)> {
        let begin = block.find(&format!("\n{key} = \""))? + key.len() + 5;
        Some((begin, begin + block[begin..].find('"')?))
    };
    let blocks = lock.split("[[package]]");
    let read = blocks.filter_map(|block| {
        let part = |key| value(block, key).map(|(begin, end)| &block[begin..end]);
        Some(((part("name")?, part("version")?), part("checksum")?))
    });
    read.collect()
}

fn document(graph: &Graph, checksums: &BTreeMap<(&str, &str), &str>) -> Value {
    let crates = graph.packages.values().filter(|package| package.id != graph.root);
    let components: Vec<Value> = crates.map(|package| component(package, "library", checksums)).collect();
    let name = |id: &String| graph.packages.get(id).map(address);
    let dependencies: Vec<Value> = graph
        .packages
        .values()
        .map(|package| {
            let needs = graph.needs.get(&package.id).into_iter().flatten().filter_map(name);
            json!({ "ref": address(package), "dependsOn": needs.collect::<BTreeSet<_>>() })
        })
        .collect();
    let server = graph.packages.get(&graph.root).map(|server| component(server, "application", checksums));
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": server },
        "components": components,
        "dependencies": dependencies,
    })
}

fn component(package: &Package, kind: &str, checksums: &BTreeMap<(&str, &str), &str>) -> Value {
    let mut component = json!({
        "type": kind,
        "bom-ref": address(package),
        "name": package.name,
        "version": package.version,
    });
    let purl = package.source.is_some().then(|| json!(address(package)));
    let description = package.description.as_ref().map(|text| json!(text.trim()));
    // Older crates write "MIT/Apache-2.0" for a choice.
    let licenses = package.license.as_ref().map(|license| json!([{ "expression": license.replace('/', " OR ") }]));
    let hash = checksums.get(&(package.name.as_str(), package.version.as_str()));
    let hashes = hash.map(|hash| json!([{ "alg": "SHA-256", "content": hash }]));
    let source = package.repository.as_ref().map(|url| json!([{ "type": "vcs", "url": url }]));
    let more = [
        ("purl", purl),
        ("description", description),
        ("licenses", licenses),
        ("hashes", hashes),
        ("externalReferences", source),
    ];
    for (key, value) in more {
        if let Some(value) = value {
            component[key] = value;
        }
    }
    component
}

/// As package-url names crates.
fn address(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version.replace('+', "%2B"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"x\"\nchecksum = \"abc\"\n\n[[package]]\nname = \"here\"\nversion = \"0.1.0\"\n";

    fn package(id: &str, source: Option<&str>) -> Package {
        let text = |text: &str| text.to_owned();
        Package {
            id: text(id),
            name: text(id),
            version: text("1.0.0"),
            license: Some(text("MIT/Apache-2.0")),
            description: None,
            repository: None,
            source: source.map(text),
        }
    }

    fn needs(pkg: &str, kind: Option<&str>) -> Dependency {
        Dependency { pkg: pkg.to_owned(), dep_kinds: vec![Kind { kind: kind.map(str::to_owned) }] }
    }

    #[test]
    fn what_is_compiled_into_the_release_is_listed_and_what_tests_need_is_not() {
        let mut graph = Graph::default();
        let nodes = vec![
            Node {
                id: "here".to_owned(),
                deps: vec![needs("a", None), needs("test", Some("dev")), needs("made", Some("build"))],
            },
            Node { id: "a".to_owned(), deps: Vec::new() },
            Node { id: "made".to_owned(), deps: Vec::new() },
            Node { id: "test".to_owned(), deps: Vec::new() },
        ];
        let packages =
            vec![package("here", None), package("a", Some("x")), package("made", Some("x")), package("test", Some("x"))];
        let joined = graph.join(&Metadata { packages, resolve: Resolve { root: Some("here".to_owned()), nodes } });
        assert!(joined.is_ok());
        let document = document(&graph, &checksums(LOCK));
        let names: Vec<&str> =
            document["components"].as_array().into_iter().flatten().filter_map(|it| it["name"].as_str()).collect();
        assert_eq!(names, ["a", "made"]);
        assert_eq!(document["components"][0]["hashes"][0]["content"], "abc");
        assert_eq!(document["components"][0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(document["dependencies"][1]["dependsOn"][1], "pkg:cargo/made@1.0.0");
    }
}
