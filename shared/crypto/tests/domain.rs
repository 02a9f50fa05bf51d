//! Every domain string is used, and only where its purpose is.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use protocol::Domain;

fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_table = path.ends_with("protocol/src/domain.rs");
        let is_test = path.to_string_lossy().contains("frozen");
        if path.is_dir() {
            sources(&path, found);
        } else if !is_table && !is_test {
            let text = fs::read_to_string(&path).unwrap();
            found.push_str(text.split("mod tests {").next().unwrap());
        }
    }
}

#[test]
fn every_domain_is_used() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = String::new();
    sources(&crates.join("protocol/src"), &mut found);
    sources(&crates.join("crypto/src"), &mut found);
    for domain in Domain::ALL {
        let name = format!("Domain::{domain:?}");
        let is_used = found.match_indices(&name).any(|(at, _)| {
            let after = found.get(at + name.len()..).unwrap_or_default();
            !after.starts_with(|next: char| next.is_alphanumeric())
        });
        assert!(is_used, "{name} stands in the table but nowhere else");
    }
}

#[test]
fn the_prefix_stands_in_the_table_only() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = String::new();
    sources(&crates.join("protocol/src"), &mut found);
    sources(&crates.join("crypto/src"), &mut found);
    assert!(!found.contains("dossierkluis/1/"));
}
