//! The style sheet: `style/locutory.css` names its parts by `@import` lines, in the order of the cascade; this puts them
//! into one file. `@import "base.css" layer(base);` wraps the part in that cascade layer, as a browser would.

use std::fs;
use std::path::Path;

use super::squeeze::squeeze;
use super::{Naming, Product};
use crate::failure::{Failure, Outcome, While};
use crate::workspace::Workspace;

const INDEX: &str = "locutory.css";

pub fn build(workspace: &Workspace) -> Outcome<Option<Product>> {
    if !workspace.style().join(INDEX).is_file() {
        return Ok(None);
    }
    let content = squeeze(&join(&workspace.style())?).into_bytes();
    Ok(Some(Product { name: INDEX.to_owned(), content, naming: Naming::Hashed }))
}

/// Writes the joined style sheet where `cargo leptos watch` looks for it.
pub fn write_joined(workspace: &Workspace) -> Outcome {
    let path = workspace.joined_style();
    let folder = path.parent().expect("the file lies in a folder");
    fs::create_dir_all(folder).while_doing(|| format!("create {}", folder.display()))?;
    fs::write(&path, join(&workspace.style())?).while_doing(|| format!("write {}", path.display()))
}

fn join(folder: &Path) -> Outcome<String> {
    let index = folder.join(INDEX);
    let mut joined = String::new();
    for line in read(&index)?.lines() {
        match parse_import(line).map_err(|reason| Failure::new(format!("{}: {reason}", index.display())))? {
            None => joined.push_str(line),
            Some(Import { file, layer: None }) => joined += &part(folder, file)?,
            Some(Import { file, layer: Some(layer) }) => joined += &in_layer(layer, &part(folder, file)?),
        }
        joined.push('\n');
    }
    Ok(joined)
}

fn in_layer(layer: &str, content: &str) -> String {
    format!("@layer {layer} {{\n{content}\n}}")
}

fn part(folder: &Path, file: &str) -> Outcome<String> {
    let path = folder.join(file);
    let content = read(&path)?;
    if content.lines().any(|line| line.trim_start().starts_with("@import")) {
        return Err(Failure::new(format!("{}: only {INDEX} may import other style sheets", path.display())));
    }
    Ok(content)
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).while_doing(|| format!("read the style sheet {}", path.display()))
}

struct Import<'line> {
    file: &'line str,
    layer: Option<&'line str>,
}

fn parse_import(line: &str) -> Result<Option<Import<'_>>, String> {
    let Some(rest) = line.trim().strip_prefix("@import") else {
        return Ok(None);
    };
    let not_understood = || format!("{line:?} should read @import \"file.css\"; or @import \"file.css\" layer(name);");
    let rest = rest.trim_start().strip_prefix('"').ok_or_else(not_understood)?;
    let (file, rest) = rest.split_once('"').ok_or_else(not_understood)?;
    let condition = rest.trim().strip_suffix(';').ok_or_else(not_understood)?.trim();
    if condition.is_empty() {
        return Ok(Some(Import { file, layer: None }));
    }
    let layer = condition.strip_prefix("layer(").and_then(|rest| rest.strip_suffix(')')).ok_or_else(not_understood)?;
    Ok(Some(Import { file, layer: Some(layer) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_names_its_file() {
        let import = parse_import("@import \"tokens.css\";").expect("well formed").expect("an import");
        assert_eq!((import.file, import.layer), ("tokens.css", None));
    }

    #[test]
    fn an_import_may_name_its_layer() {
        let import = parse_import("@import \"base.css\" layer(base);").expect("well formed").expect("an import");
        assert_eq!((import.file, import.layer), ("base.css", Some("base")));
    }

    #[test]
    fn other_lines_of_the_index_are_kept() {
        assert!(parse_import("@layer reset, base;").expect("not an import").is_none());
    }

    #[test]
    fn an_import_with_a_media_condition_is_refused_with_the_form_that_is_understood() {
        let refusal = parse_import("@import \"wide.css\" (width > 60em);").err().expect("not understood");
        assert!(refusal.contains("layer(name)"), "{refusal}");
    }
}
