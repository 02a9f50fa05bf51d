//! The service worker's list of files to keep, each with the digest the browser checks.

use anyhow::ensure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::bundle::File;

/// Digits of the hash that names a version.
const VERSION_DIGITS: usize = 16;

/// Fills the list and the version into the service worker's source.
///
/// # Errors
/// When the source lacks one of the two places to fill.
pub(crate) fn service_worker(source: &str, files: &[File]) -> anyhow::Result<String> {
    let lines: Vec<String> = files
        .iter()
        .map(|file| {
            let digest = STANDARD.encode(Sha256::digest(&file.bytes));
            format!("  [\"/{}\", \"sha256-{digest}\"],\n", file.name)
        })
        .collect();
    let list = format!("[\n{}]", lines.concat());
    let mut version = hex::encode(Sha256::digest(format!("{source}{list}")));
    version.truncate(VERSION_DIGITS);
    ensure!(
        source.contains("\"__VERSION__\"") && source.contains("__PRECACHE__"),
        "sw.js has no place for its version or its list"
    );
    Ok(source
        .replace("__VERSION__", &version)
        .replace("__PRECACHE__", &list))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SOURCE: &str = "const VERSION = \"__VERSION__\"; const PRECACHE = __PRECACHE__;";

    fn page(text: &str) -> Vec<File> {
        vec![File {
            name: "index.html".to_owned(),
            bytes: text.as_bytes().to_vec(),
        }]
    }

    #[test]
    fn the_list_holds_each_file_with_its_digest() {
        let worker = service_worker(SOURCE, &page("")).unwrap();
        assert!(
            worker.contains(
                r#"["/index.html", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]"#
            )
        );
    }

    #[test]
    fn another_content_is_another_version() {
        assert_ne!(
            service_worker(SOURCE, &page("a")).unwrap(),
            service_worker(SOURCE, &page("b")).unwrap()
        );
        assert_eq!(
            service_worker(SOURCE, &page("a")).unwrap(),
            service_worker(SOURCE, &page("a")).unwrap()
        );
    }

    #[test]
    fn a_source_without_places_is_refused() {
        assert!(service_worker("", &page("")).is_err());
    }
}
