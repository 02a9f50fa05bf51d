//! Looks for words in bytes, in every form in which a program could have left them.
//!
//! Sees through Chromium's LevelDB files (IndexedDB, Local Storage) and Snappy. Does not see through other packing
//! (gzip, brotli) nor through any encryption.

mod leveldb;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A word that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which word.
    pub word: String,
    /// In which form.
    pub form: &'static str,
    /// Whether a database file had to be unpacked for it.
    pub is_unpacked: bool,
    /// In which file.
    pub file: PathBuf,
}

/// Forms in which `bytes` hold `word`, as typed or in small letters: UTF-8, UTF-16 of both orders, base64 (all
/// three alignments), percent-encoded.
pub fn scan_bytes(bytes: &[u8], word: &str) -> Vec<&'static str> {
    let needles = Needles::new(&[word]);
    needles
        .find(bytes)
        .into_iter()
        .map(|(_, form)| form)
        .collect()
}

/// Every word found in any file under `folder`.
///
/// # Errors
/// A finished database table that cannot be unpacked, for the search would be blind there.
pub fn scan_folder(folder: &Path, words: &[&str]) -> Result<Vec<Finding>> {
    scan_paths(&[folder.to_path_buf()], words)
}

/// The same under several folders, and in files.
pub(crate) fn scan_paths(paths: &[PathBuf], words: &[&str]) -> Result<Vec<Finding>> {
    let needles = Needles::new(words);
    let mut findings = Vec::new();
    let mut open = paths.to_vec();
    while let Some(file) = open.pop() {
        let kind = std::fs::symlink_metadata(&file)?.file_type();
        if kind.is_dir() {
            for entry in std::fs::read_dir(file)? {
                open.push(entry?.path());
            }
        } else if kind.is_file() {
            let bytes =
                std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let unpacked = unpack(&file, &bytes).with_context(|| file.display().to_string())?;
            let plain = needles.find(&bytes).into_iter().map(|found| (found, false));
            let inside = unpacked.iter().flat_map(|piece| needles.find(piece));
            for ((word, form), is_unpacked) in plain.chain(inside.map(|found| (found, true))) {
                let finding = Finding {
                    word: word.into(),
                    form,
                    is_unpacked,
                    file: file.clone(),
                };
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
    }
    Ok(findings)
}

/// Words and forms that occur in any of these parts, each once.
pub(crate) fn scan_parts<'a, 'w>(
    parts: impl Iterator<Item = &'a [u8]>,
    words: &[&'w str],
) -> Vec<(&'w str, &'static str)> {
    let needles = Needles::new(words);
    let mut found = Vec::new();
    for part in parts {
        for one in needles.find(part) {
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found
}

/// What stands in a file of a database in another form than on its surface.
fn unpack(file: &Path, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let is_log = name
        .strip_suffix(".log")
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    if leveldb::is_table(bytes) {
        leveldb::table(bytes)
    } else if is_log || name.starts_with("MANIFEST-") {
        Ok(leveldb::log(bytes))
    } else {
        Ok(leveldb::unpacked(bytes).into_iter().collect())
    }
}

/// Words in all their forms, found in one pass by their first two bytes.
struct Needles<'a> {
    all: Vec<(&'a str, &'static str, Vec<u8>)>,
    by_start: Vec<Vec<usize>>,
}

impl<'a> Needles<'a> {
    fn new(words: &[&'a str]) -> Self {
        let mut all = Vec::new();
        for word in words {
            all.extend(
                forms(word)
                    .into_iter()
                    .map(|(form, bytes)| (*word, form, bytes)),
            );
        }
        let mut by_start = vec![Vec::new(); 1 << 16];
        for (place, (_, _, needle)) in all.iter().enumerate() {
            if let Some(places) = start(needle).and_then(|start| by_start.get_mut(start)) {
                places.push(place);
            }
        }
        Self { all, by_start }
    }

    /// Words and forms that occur, each once.
    fn find(&self, bytes: &[u8]) -> Vec<(&'a str, &'static str)> {
        let mut found = Vec::new();
        for (at, pair) in bytes.windows(2).enumerate() {
            let places = start(pair).and_then(|start| self.by_start.get(start));
            for place in places.into_iter().flatten() {
                let Some((word, form, needle)) = self.all.get(*place) else {
                    continue;
                };
                let is_new = !found.contains(&(*word, *form));
                if is_new && bytes.get(at..).is_some_and(|rest| rest.starts_with(needle)) {
                    found.push((*word, *form));
                }
            }
        }
        found
    }
}

fn start(bytes: &[u8]) -> Option<usize> {
    let [first, second] = *bytes.first_chunk::<2>()?;
    Some(usize::from(u16::from_be_bytes([first, second])))
}

fn forms(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = Vec::new();
    let small = word.to_lowercase();
    let spellings = [word, small.as_str()];
    let count = if small == word { 1 } else { 2 };
    for word in spellings.into_iter().take(count) {
        let units = || word.encode_utf16();
        forms.push(("UTF-8", word.as_bytes().to_vec()));
        forms.push(("UTF-16LE", units().flat_map(u16::to_le_bytes).collect()));
        forms.push(("UTF-16BE", units().flat_map(u16::to_be_bytes).collect()));
        let percent = percent(word);
        if percent != word {
            forms.push(("percent", percent.into_bytes()));
        }
        for shift in 0..3 {
            forms.push(("base64", base64_core(word.as_bytes(), shift)));
        }
    }
    forms
}

fn percent(word: &str) -> String {
    word.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// The characters of the base64 text that depend on `word` alone when `shift` other bytes stand before it.
fn base64_core(word: &[u8], shift: usize) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<bool> = word
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
        .collect();
    let skip = (6 - shift * 8 % 6) % 6;
    bits.get(skip..)
        .unwrap_or_default()
        .chunks_exact(6)
        .filter_map(|chunk| {
            ALPHABET
                .get(chunk.iter().fold(0, |sum, bit| sum * 2 + usize::from(*bit)))
                .copied()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planted_word_is_found_in_every_form() {
        let word = "Kanariezin één";
        assert_eq!(
            scan_bytes(format!("xx{word}yy").as_bytes(), word),
            ["UTF-8"]
        );
        let utf16: Vec<u8> = format!("ab{word}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(scan_bytes(&utf16, word).contains(&"UTF-16LE"));
        assert_eq!(
            scan_bytes(b"q=Kanariezin%20%C3%A9%C3%A9n&", word),
            ["percent"]
        );
        assert_eq!(
            scan_bytes(b"eHhLYW5hcmllemluIMOpw6luenp6", word),
            ["base64"]
        );
        let turned: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(scan_bytes(&turned, word).contains(&"UTF-16BE"));
        assert_eq!(scan_bytes("de kanariezin één".as_bytes(), word), ["UTF-8"]);
        assert!(scan_bytes(b"Kanarie zonder rest", word).is_empty());
    }
}
