//! Gathers every file of the app and names it by its content.
//!
//! Sources name each other by a plain quoted address (`"/loader.js"`). A file is added after the
//! files it names; each quoted address in it is then replaced by the name with a hash
//! (`"/loader-0123456789abcdef.js"`), so a change reaches every file that leads to it.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};

use super::module::Module;
use super::{offline, style};
use crate::place;

/// Hexadecimal digits of SHA-256 in a name; the server knows a name that may be kept for ever by them.
const HASH_DIGITS: usize = 16;

/// One file of the built app.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// All files, in the order in which they may be written: what leads to others comes last.
///
/// # Errors
/// When a source is missing, is not text where it must be, or names a file that is not there.
pub(crate) fn gather(module: Module) -> anyhow::Result<Vec<File>> {
    let sources = place::root().join("app/static");
    let mut bundle = Bundle::default();
    bundle.add("app.wasm", module.wasm);
    let mut script = module.script;
    for (import, text) in module.snippets {
        let name = bundle.add("snippet.js", text.into_bytes());
        script = renamed(&script, &import, &format!("/{name}"));
    }
    bundle.add("app.js", script.into_bytes());
    for name in ["worker.js", "loader.js"] {
        bundle.add_text(name, &text(&sources.join(name))?)?;
    }
    bundle.add_text(
        "style.css",
        &style::join(&sources, &place::root().join("app/styles"))?,
    )?;
    for icon in ICONS {
        bundle.add(icon, read(&sources.join("icons").join(icon))?);
    }
    let manifest = bundle.linked(
        "manifest.webmanifest",
        &text(&sources.join("manifest.webmanifest"))?,
    )?;
    bundle.add_plain("manifest.webmanifest", manifest);
    let page = bundle.linked("index.html", &text(&place::root().join("index.html"))?)?;
    bundle.add_plain("index.html", page);
    let worker = offline::service_worker(&text(&sources.join("sw.js"))?, &bundle.files)?;
    bundle.add_plain("sw.js", worker);
    Ok(bundle.files)
}

const ICONS: [&str; 6] = [
    "icon.svg",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable-192.png",
    "icon-maskable-512.png",
    "apple-touch-icon.png",
];

/// Addresses that keep their plain name.
const PLAIN: [&str; 4] = ["/", "/sw.js", "/index.html", "/manifest.webmanifest"];

#[derive(Default)]
struct Bundle {
    files: Vec<File>,
    names: Vec<(String, String)>,
}

impl Bundle {
    /// Adds a file under its name with a hash, and gives that name.
    fn add(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let mut hash = hex::encode(Sha256::digest(&bytes));
        hash.truncate(HASH_DIGITS);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let hashed = format!("{stem}-{hash}.{extension}");
        self.names.push((name.to_owned(), hashed.clone()));
        self.files.push(File {
            name: hashed.clone(),
            bytes,
        });
        hashed
    }

    fn add_text(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        let text = self.linked(name, text)?;
        self.add(name, text.into_bytes());
        Ok(())
    }

    fn add_plain(&mut self, name: &str, text: String) {
        self.files.push(File {
            name: name.to_owned(),
            bytes: text.into_bytes(),
        });
    }

    /// The text with every quoted address replaced by the name with a hash.
    fn linked(&self, name: &str, text: &str) -> anyhow::Result<String> {
        let mut text = text.to_owned();
        for (plain, hashed) in &self.names {
            text = renamed(&text, &format!("/{plain}"), &format!("/{hashed}"));
        }
        let hashed = |address: &str| {
            self.names
                .iter()
                .any(|(_, hashed)| address.strip_prefix('/') == Some(hashed))
        };
        let lost = addresses(&text).find(|address| !PLAIN.contains(address) && !hashed(address));
        ensure!(
            lost.is_none(),
            "{name} names {}, which is not in the app",
            lost.unwrap_or_default()
        );
        Ok(text)
    }
}

fn renamed(text: &str, from: &str, to: &str) -> String {
    ['"', '\''].iter().fold(text.to_owned(), |text, quote| {
        text.replace(
            &format!("{quote}{from}{quote}"),
            &format!("{quote}{to}{quote}"),
        )
    })
}

/// Every double-quoted text that begins with a slash.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|part| {
        part.starts_with('/') && !part.starts_with("//") && !part.contains(['\n', ' '])
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_changes_the_name_of_what_leads_to_it() {
        let name_of_page = |wasm: &[u8]| {
            let mut bundle = Bundle::default();
            bundle.add("app.wasm", wasm.to_vec());
            bundle
                .add_text("loader.js", r#"init("/app.wasm")"#)
                .unwrap();
            bundle.files[1].name.clone()
        };
        assert_eq!(name_of_page(b"one"), name_of_page(b"one"));
        assert_ne!(name_of_page(b"one"), name_of_page(b"two"));
    }

    #[test]
    fn an_address_that_leads_nowhere_stops_the_build() {
        let bundle = Bundle::default();
        assert!(
            bundle
                .linked("index.html", r#"<script src="/gone.js">"#)
                .is_err()
        );
        assert!(bundle.linked("index.html", r#"<a href="/">"#).is_ok());
    }

    #[test]
    fn both_quotes_are_replaced_and_longer_names_are_not() {
        assert_eq!(
            renamed(r#"'/a.js' "/a.js" "/a.json""#, "/a.js", "/b.js"),
            r#"'/b.js' "/b.js" "/a.json""#
        );
    }
}
