//! Looks for words in bytes, in every form in which a program could have left them.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// A word that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which word.
    pub word: String,
    /// In which form.
    pub form: &'static str,
    /// In which file.
    pub file: PathBuf,
}

/// Forms in which `bytes` hold `word`: UTF-8, UTF-16LE, base64 (all three alignments), percent-encoded.
pub fn scan_bytes(bytes: &[u8], word: &str) -> Vec<&'static str> {
    forms(word)
        .into_iter()
        .filter(|(_, needle)| contains(bytes, needle))
        .map(|(form, _)| form)
        .collect()
}

/// Every word found in any file under `folder`.
pub fn scan_folder(folder: &Path, words: &[&str]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                let Ok(bytes) = std::fs::read(entry.path()) else {
                    continue;
                };
                for word in words {
                    for form in scan_bytes(&bytes, word) {
                        findings.push(Finding {
                            word: (*word).into(),
                            form,
                            file: entry.path(),
                        });
                    }
                }
            }
        }
    }
    Ok(findings)
}

fn forms(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let percent: String = word
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let mut forms = vec![("UTF-8", word.as_bytes().to_vec()), ("UTF-16LE", utf16)];
    if percent != word {
        forms.push(("percent", percent.into_bytes()));
    }
    for shift in 0..3 {
        forms.push(("base64", base64_core(word.as_bytes(), shift)));
    }
    forms
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

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else {
        return false;
    };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = rest.get(at..).unwrap_or_default();
        if rest.starts_with(needle) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
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
        assert_eq!(scan_bytes(&utf16, word), ["UTF-16LE"]);
        assert_eq!(
            scan_bytes(b"q=Kanariezin%20%C3%A9%C3%A9n&", word),
            ["percent"]
        );
        assert_eq!(
            scan_bytes(b"eHhLYW5hcmllemluIMOpw6luenp6", word),
            ["base64"]
        );
        assert!(scan_bytes(b"Kanarie zonder rest", word).is_empty());
    }
}
