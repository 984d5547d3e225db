//! The script and its wasm: cargo, then wasm-bindgen, then wasm-opt. Cargo checks for itself whether there is work; the
//! others run only when its result differs from the last one.

use std::fs;
use std::path::{Path, PathBuf};

use super::bindgen::{self, Bound};
use super::{Finish, Naming, Product, lock};
use crate::failure::{Outcome, While};
use crate::fingerprint::fingerprint;
use crate::toolchain::{WASM_TARGET, cargo, ensure_npm_packages, ensure_wasm_target, npm_program, paths_of_nobody};
use crate::workspace::Workspace;

/// Features are named one by one: with all of binaryen's, the module asks for imports that Chromium 156 refuses.
const OPTIMISATION: [&str; 7] = [
    "-Os",
    "--enable-bulk-memory",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
];

pub fn build(workspace: &Workspace, finish: Finish) -> Outcome<Vec<Product>> {
    let version = lock::agreed_version(workspace)?;
    ensure_wasm_target(workspace)?;
    let compiled = compile(workspace, finish)?;
    let bound = bind(workspace, finish, &compiled, &version)?;
    Ok(vec![
        Product { name: "locutory.js".to_owned(), content: bound.script, naming: Naming::Hashed },
        Product { name: "locutory_bg.wasm".to_owned(), content: bound.module, naming: Naming::Hashed },
    ])
}

fn compile(workspace: &Workspace, finish: Finish) -> Outcome<PathBuf> {
    let (profile, folder) = match finish {
        Finish::Release => ("wasm-release", "wasm-release"),
        Finish::Development => ("dev", "debug"),
    };
    println!("Compiling what runs in the browser.");
    let program = cargo(workspace)
        .arguments(["build", "--locked", "--lib", "--no-default-features", "--features", "hydrate"])
        .arguments(["--target", WASM_TARGET, "--profile", profile]);
    match finish {
        Finish::Release => program.arguments(paths_of_nobody(workspace)?).run()?,
        Finish::Development => program.run()?,
    }
    Ok(workspace.target().join(WASM_TARGET).join(folder).join("locutory.wasm"))
}

/// Takes the kept result where it was made from the same input by the same tools.
fn bind(workspace: &Workspace, finish: Finish, compiled: &Path, version: &str) -> Outcome<Bound> {
    let kept = Kept::new(workspace, finish)?;
    let input = fs::read(compiled).while_doing(|| format!("read {}", compiled.display()))?;
    let tools = tools(workspace, finish, version)?;
    let origin = fingerprint([input.as_slice(), tools.as_bytes()]);
    if let Some(bound) = kept.made_from(&origin) {
        return Ok(bound);
    }
    println!("Binding the wasm with wasm-bindgen {version}.");
    let mut bound = bindgen::bind(compiled)?;
    if finish == Finish::Release {
        bound.module = optimise(workspace, &bound.module)?;
    }
    kept.keep(&origin, &bound)?;
    Ok(bound)
}

/// All that decides, besides the compiler's wasm, what comes out.
fn tools(workspace: &Workspace, finish: Finish, version: &str) -> Outcome<String> {
    let optimiser = match finish {
        Finish::Development => String::new(),
        Finish::Release => {
            let lock = workspace.build_packages().join("package-lock.json");
            let lock = fs::read_to_string(&lock).while_doing(|| format!("read {}", lock.display()))?;
            OPTIMISATION.join(" ") + &lock
        }
    };
    Ok(format!("{version} {optimiser}"))
}

fn optimise(workspace: &Workspace, module: &[u8]) -> Outcome<Vec<u8>> {
    let packages = workspace.build_packages();
    ensure_npm_packages(&packages)?;
    let before = workspace.kept().join("before.wasm");
    let after = workspace.kept().join("after.wasm");
    fs::write(&before, module).while_doing(|| format!("write {}", before.display()))?;
    println!("Optimising the wasm with wasm-opt.");
    npm_program(&packages, "wasm-opt")
        .arguments(OPTIMISATION)
        .arguments([before.as_os_str(), "-o".as_ref(), after.as_os_str()])
        .run()?;
    fs::read(&after).while_doing(|| format!("read {}", after.display()))
}

/// The last result, and what it was made from.
struct Kept {
    origin: PathBuf,
    script: PathBuf,
    module: PathBuf,
}

impl Kept {
    fn new(workspace: &Workspace, finish: Finish) -> Outcome<Self> {
        let folder = match finish {
            Finish::Release => workspace.kept().join("release"),
            Finish::Development => workspace.kept().join("development"),
        };
        fs::create_dir_all(&folder).while_doing(|| format!("create {}", folder.display()))?;
        Ok(Self { origin: folder.join("origin"), script: folder.join("locutory.js"), module: folder.join("locutory_bg.wasm") })
    }

    fn made_from(&self, origin: &str) -> Option<Bound> {
        let same = fs::read_to_string(&self.origin).is_ok_and(|found| found == origin);
        let script = same.then(|| fs::read(&self.script).ok())??;
        let module = fs::read(&self.module).ok()?;
        Some(Bound { script, module })
    }

    /// The origin is written last, so that an interrupted run leaves nothing that looks finished.
    fn keep(&self, origin: &str, bound: &Bound) -> Outcome {
        let contents: [(&PathBuf, &[u8]); 4] = [
            (&self.origin, b""),
            (&self.script, &bound.script),
            (&self.module, &bound.module),
            (&self.origin, origin.as_bytes()),
        ];
        for (path, content) in contents {
            fs::write(path, content).while_doing(|| format!("write {}", path.display()))?;
        }
        Ok(())
    }
}
