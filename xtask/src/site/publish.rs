//! The last step: final names, compressed twins, the list, and away with what the last build left behind.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::manifest::{self, Entry, Manifest};
use super::{Finish, Naming, Product, files_below};
use crate::failure::{Outcome, While};
use crate::fingerprint::{integrity, short_name};
use crate::workspace::Workspace;

/// Formats that are compressed already.
const DENSE: [&str; 6] = ["png", "jpg", "webp", "avif", "ico", "woff2"];

pub fn publish(workspace: &Workspace, finish: Finish, products: &[Product]) -> Outcome<Manifest> {
    let last = Manifest::of_last_build(workspace);
    let mut manifest = Manifest::default();
    let mut wanted = BTreeSet::from([workspace.site().join(manifest::FILE_NAME)]);
    for product in products {
        let entry = Entry { path: address(product), integrity: integrity(&product.content) };
        let path = workspace.site().join(&entry.path[1..]);
        let unchanged = last.get(&product.name) == Some(&entry);
        wanted.extend(place(&path, product, finish, unchanged)?);
        manifest.insert(product.name.clone(), entry);
    }
    if manifest != last {
        manifest.write(workspace)?;
    }
    remove_all_but(&wanted, workspace)?;
    Ok(manifest)
}

fn address(product: &Product) -> String {
    match (product.naming, product.name.rsplit_once('.')) {
        (Naming::Fixed, _) => format!("/{}", product.name),
        (Naming::Hashed, Some((stem, extension))) => {
            format!("/assets/{stem}-{}.{extension}", short_name(&product.content))
        }
        (Naming::Hashed, None) => format!("/assets/{}-{}", product.name, short_name(&product.content)),
    }
}

/// Writes a product, and its twins where they are smaller, unless they are in place already; returns the paths of all
/// that should be there.
fn place(path: &Path, product: &Product, finish: Finish, unchanged: bool) -> Outcome<Vec<PathBuf>> {
    let mut paths = vec![path.to_path_buf()];
    if !(unchanged && path.is_file()) {
        write_whole(path, &product.content)?;
    }
    let dense = path.extension().is_some_and(|extension| DENSE.iter().any(|known| extension == *known));
    if dense || finish == Finish::Development {
        return Ok(paths);
    }
    for form in [Compressed::Brotli, Compressed::Gzip] {
        let suffix = form.suffix();
        let twin = PathBuf::from(format!("{}.{suffix}", path.display()));
        if unchanged && twin.is_file() {
            paths.push(twin);
            continue;
        }
        let compressed = form.of(&product.content);
        if compressed.len() < product.content.len() {
            write_whole(&twin, &compressed)?;
            paths.push(twin);
        }
    }
    Ok(paths)
}

#[derive(Clone, Copy)]
enum Compressed {
    Brotli,
    Gzip,
}

impl Compressed {
    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }

    fn of(self, content: &[u8]) -> Vec<u8> {
        match self {
            Self::Brotli => brotli(content),
            Self::Gzip => gzip(content),
        }
    }
}

/// Under another name first: a name with a hash must never stand for half a file.
fn write_whole(path: &Path, content: &[u8]) -> Outcome {
    let folder = path.parent().expect("every product lies in a folder");
    fs::create_dir_all(folder).while_doing(|| format!("create {}", folder.display()))?;
    let unfinished = PathBuf::from(format!("{}.unfinished", path.display()));
    fs::write(&unfinished, content).while_doing(|| format!("write {}", unfinished.display()))?;
    fs::rename(&unfinished, path).while_doing(|| format!("write {}", path.display()))
}

/// As small as brotli goes (quality 11, RFC 7932): done once, sent a million times.
fn brotli(content: &[u8]) -> Vec<u8> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, size_hint: content.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters).expect("memory accepts every write");
    compressed
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).expect("memory accepts every write");
    encoder.finish().expect("memory accepts every write")
}

fn remove_all_but(wanted: &BTreeSet<PathBuf>, workspace: &Workspace) -> Outcome {
    for path in files_below(workspace.site())? {
        if !wanted.contains(&path) {
            fs::remove_file(&path).while_doing(|| format!("remove {}", path.display()))?;
        }
    }
    Ok(())
}
