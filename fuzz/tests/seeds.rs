//! Every seed is examined as a test, so that what was found once is not found again.

use std::{fs, path::Path};

/// How many seeds a kind of input has.
fn examine_all(kind: &str, examine: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(kind);
    let mut seeds = 0;
    for entry in fs::read_dir(&folder).expect("the folder of seeds can be read") {
        let path = entry.expect("the folder of seeds can be read").path();
        println!("examining {}", path.display());
        examine(&fs::read(&path).expect("a seed can be read"));
        seeds += 1;
    }
    assert!(seeds > 0, "there are no seeds in {}", folder.display());
}

#[test]
fn no_seed_of_a_form_breaks_a_promise() {
    examine_all("forms", fuzz::forms::examine);
}

#[test]
fn no_seed_of_markdown_breaks_a_promise() {
    examine_all("markdown", fuzz::markdown::examine);
}

#[test]
fn no_seed_of_a_cookie_breaks_a_promise() {
    examine_all("cookie", fuzz::cookie::examine);
}

#[test]
fn no_seed_of_a_configuration_breaks_a_promise() {
    examine_all("configuration", fuzz::configuration::examine);
}

#[test]
fn no_seed_of_a_forwarding_header_breaks_a_promise() {
    examine_all("forwarded", fuzz::forwarded::examine);
}

/// Otherwise the engine would have to make the path of a new function up.
#[test]
fn every_server_function_has_a_seed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/forms");
    let seeds: Vec<String> = fs::read_dir(&folder)
        .expect("the folder of seeds can be read")
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok())
        .collect();
    for function in fuzz::forms::functions() {
        let named = |seed: &String| seed.lines().next().is_some_and(|line| line.split(' ').nth(1) == Some(*function));
        assert!(seeds.iter().any(named), "write a seed with the fields of {function} into fuzz/seeds/forms");
    }
}
