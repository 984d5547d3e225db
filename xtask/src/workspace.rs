//! Where things lie in this repository. Every path the build program reads or writes is named here.

use std::path::{Path, PathBuf};

pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    pub fn of_this_program() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.parent().expect("xtask is a folder of the workspace");
        Self { root: root.to_path_buf() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo is always told to build here, whatever the person's own settings are: the server embeds `target/site`,
    /// and `make run` starts `target/release/locutory`.
    pub fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Everything a browser may fetch, ready to be embedded.
    pub fn site(&self) -> PathBuf {
        self.target().join("site")
    }

    /// Results of slow steps, kept for the next run.
    pub fn kept(&self) -> PathBuf {
        self.target().join("site-kept")
    }

    pub fn style(&self) -> PathBuf {
        self.root.join("style")
    }

    pub fn public(&self) -> PathBuf {
        self.root.join("public")
    }

    /// The style sheet as one file, for `cargo leptos watch`, which does not follow `@import`.
    pub fn joined_style(&self) -> PathBuf {
        self.target().join("style").join("locutory.css")
    }

    pub fn lock(&self) -> PathBuf {
        self.root.join("Cargo.lock")
    }

    /// The npm packages of the build program itself: the optimiser of the wasm.
    pub fn build_packages(&self) -> PathBuf {
        self.root.join("xtask")
    }

    pub fn browser_tests(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// The mail server that the Rust tests start.
    pub fn mail_server(&self) -> PathBuf {
        self.target().join("mail-server")
    }

    /// The program that judges what comes from others.
    pub fn supply_tools(&self) -> PathBuf {
        self.target().join("supply-tools")
    }

    pub fn bill_validator(&self) -> PathBuf {
        self.target().join("bill-validator")
    }

    pub fn bill_of_materials(&self) -> PathBuf {
        self.target().join("sbom.cdx.json")
    }

    /// Targets, seeds and dictionaries of made-up input.
    pub fn fuzz(&self) -> PathBuf {
        self.root.join("fuzz")
    }

    pub fn fuzz_results(&self) -> PathBuf {
        self.target().join("fuzz")
    }

    pub fn release_server(&self) -> PathBuf {
        self.target().join("release").join("locutory")
    }

    /// The program that has outside judges look at the release.
    pub fn scan(&self) -> PathBuf {
        self.root.join("scan")
    }

    /// The list of leaked passwords that the server carries.
    pub fn breached_list(&self) -> PathBuf {
        self.root.join("src/server/password/breached/passwords.list")
    }

    /// The table that `make bench` leaves.
    pub fn bench_report(&self) -> PathBuf {
        self.target().join("bench.md")
    }

    pub fn development_server(&self) -> PathBuf {
        self.target().join("debug").join("locutory")
    }
}
