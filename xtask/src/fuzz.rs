//! Made-up input, guided by the code it reaches (libFuzzer on stable Rust): see `fuzz/`.
//!
//! Every target runs for a while, as many at once as there are cores. What was found interesting is kept in
//! `target/fuzz/corpus` for the next run, and what broke a promise in `target/fuzz/findings`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

use crate::checks::system;
use crate::failure::{Failure, Outcome, While};
use crate::interrupt;
use crate::program::Program;
use crate::toolchain::cargo;
use crate::workspace::Workspace;

const TARGETS: [&str; 5] = ["forms", "cookie", "configuration", "markdown", "forwarded"];
const USUAL_SECONDS: u32 = 60;
const CURE: &str = "Install a C++ compiler (Debian: apt-get install g++).";
/// As long as the longest that is taken of most inputs.
const LONGEST_INPUT: &str = "4096";
/// MiB: the configuration's own names are kept for ever, as a server reads only one.
const MOST_MEMORY: &str = "3072";

/// `fuzz [TARGET]… [--seconds N]`.
pub fn run(workspace: &Workspace, options: &[&str]) -> Outcome {
    let mut seconds = USUAL_SECONDS;
    let mut chosen = Vec::new();
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match *option {
            "--seconds" => {
                let number = options.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
                seconds = number.ok_or_else(|| Failure::new("--seconds needs a number from 1 on"))?;
            }
            name => chosen.push(known(name)?),
        }
    }
    if chosen.is_empty() {
        chosen.extend(TARGETS);
    }
    build(workspace)?;
    examine(workspace, chosen, seconds)
}

/// All targets, each for a minute.
pub fn run_all(workspace: &Workspace) -> Outcome {
    build(workspace)?;
    examine(workspace, TARGETS.to_vec(), USUAL_SECONDS)
}

fn known(name: &str) -> Outcome<&'static str> {
    let found = TARGETS.into_iter().find(|target| *target == name);
    found.ok_or_else(|| Failure::new(format!("{name} is no target. There are: {}", TARGETS.join(", "))))
}

/// The crates of this workspace are instrumented, all others are those of any build for development.
fn build(workspace: &Workspace) -> Outcome {
    if !system::is_on_path("c++") {
        system::install_debian_package("g++", "a C++ compiler for the engine that makes input up", CURE)?;
    }
    println!("Compiling the targets.");
    cargo(workspace)
        .arguments(["build", "--locked", "--package", "fuzz", "--features", "libfuzzer", "--bins"])
        .environment("RUSTC_WORKSPACE_WRAPPER", workspace.fuzz().join("instrument.sh"))
        .run()
}

fn examine(workspace: &Workspace, targets: Vec<&'static str>, seconds: u32) -> Outcome {
    let at_once = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(targets.len());
    println!("Making input up, {seconds} seconds for each of {}.", targets.join(", "));
    let (waiting, failed) = (Mutex::new(targets), Mutex::new(Vec::new()));
    let next = || waiting.lock().ok()?.pop();
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(target) = next().filter(|_| !interrupt::was_interrupted()) {
                    let result = Target { workspace, name: target }.examine(seconds);
                    if let (Err(failure), Ok(mut failed)) = (result, failed.lock()) {
                        eprintln!("{failure}");
                        failed.push(target);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_default();
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("a promise was broken: {}", failed.join(", ")))) }
}

struct Target<'workspace> {
    workspace: &'workspace Workspace,
    name: &'static str,
}

impl Target<'_> {
    fn examine(&self, seconds: u32) -> Outcome {
        let (corpus, findings) = (self.kept("corpus")?, self.kept("findings")?);
        let log = self.workspace.fuzz_results().join(format!("{}.log", self.name));
        let writing = || format!("write {}", log.display());
        let output = File::create(&log).while_doing(writing)?;
        let seeds = self.workspace.fuzz().join("seeds").join(self.name);
        let words = self.workspace.fuzz().join(format!("dictionaries/{}.dict", self.name));
        let program = self.workspace.target().join("debug").join(format!("fuzz-{}", self.name));
        let mut program = Program::new(program, "")
            .arguments([format!("-max_total_time={seconds}"), format!("-max_len={LONGEST_INPUT}")])
            .arguments([format!("-rss_limit_mb={MOST_MEMORY}"), "-timeout=20".to_owned(), "-print_final_stats=1".to_owned()])
            .arguments([format!("-dict={}", words.display()), format!("-artifact_prefix={}/", findings.display())])
            .arguments([corpus, seeds]);
        program.command_mut().stdout(output.try_clone().while_doing(writing)?).stderr(output);
        let result = program.run();
        let said = fs::read(&log).while_doing(|| format!("read {}", log.display()))?;
        let said = String::from_utf8_lossy(&said);
        println!("{}: {}", self.name, summary(&said));
        result.map_err(|failure| self.explain(&failure, &said))
    }

    fn kept(&self, what: &str) -> Outcome<PathBuf> {
        let folder = self.workspace.fuzz_results().join(what).join(self.name);
        fs::create_dir_all(&folder).while_doing(|| format!("make {}", folder.display()))?;
        Ok(folder)
    }

    fn explain(&self, failure: &Failure, said: &str) -> Failure {
        let panicked = said.lines().skip_while(|line| !line.contains("panicked at")).take(3).collect::<Vec<_>>().join("\n");
        let input =
            said.lines().find_map(|line| line.split_once("Test unit written to ")).map_or("the findings", |(_, path)| path);
        let name = self.name;
        Failure::new(format!(
            "{failure}\n{panicked}\nThe input is {input}. As a test that fails until this is mended: copy it to \
             fuzz/seeds/{name}/ under a name that says what it is, and run `cargo test --package fuzz {name}`."
        ))
    }
}

/// How many inputs there were and how much code they reached, by the engine's own count.
fn summary(said: &str) -> String {
    let runs = said.lines().rev().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")).map_or("?", str::trim);
    let reached = said.lines().rev().filter(|line| line.starts_with('#')).find_map(|line| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "cov:").skip(1);
        words.next()
    });
    format!("{runs} inputs, {} places in the code reached", reached.unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_its_program_its_seeds_and_its_words() {
        let fuzz = Workspace::of_this_program().fuzz();
        let count = fs::read_dir(fuzz.join("targets")).expect("the folder of targets can be read").count();
        assert_eq!(count, TARGETS.len());
        for name in TARGETS {
            for path in [format!("targets/{name}.rs"), format!("seeds/{name}"), format!("dictionaries/{name}.dict")] {
                assert!(fuzz.join(&path).exists(), "{path} is missing");
            }
        }
    }

    #[test]
    fn what_the_engine_counted_is_told() {
        let said = "#9\tREDUCE cov: 12 ft: 20\n#10\tDONE   cov: 13 ft: 21 corp: 3/9b\nstat::number_of_executed_units: 10\n";
        assert_eq!(summary(said), "10 inputs, 13 places in the code reached");
    }
}
