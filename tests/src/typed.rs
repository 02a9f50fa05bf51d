//! What people type in the stories, and the search for it where no word of it may be.
//!
//! Whatever is typed is noted. When a story's turn with a world ends, and when a server or a line of its own goes, all
//! that is left there is searched for everything that was typed until then, in this story and in those beside it. So no
//! story with a relay goes unsearched, and none has to ask for it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use crate::scan::{scan_parts, scan_paths};
use crate::{AGB, CAREGIVER, PASSPHRASE};

/// Shorter texts may stand in sealed bytes by chance.
const TEXT_MIN_BYTES: usize = 6;
/// Shorter numbers may be a time in a log.
const NUMBER_MIN_BYTES: usize = 8;
/// So much of a long text is looked for: the rest may go elsewhere in another piece.
const PREFIX_CHARS: usize = 32;
/// What a device tells its relay in so many words: an invitation to it.
const TOLD: &str = "Uitnodigingscode";
/// Words of the server's own log that stories type, too.
const OF_SERVER: [&str; 2] = ["Dossier", "Server"];

static TYPED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Somebody types this in the field of that label.
pub(crate) fn note(label: &str, text: &str) {
    if label == TOLD {
        return;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mut typed = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
    typed.extend([text.trim(), &digits].into_iter().filter_map(needle));
}

/// What is looked for of a text, if it is long enough to mean something.
fn needle(text: &str) -> Option<String> {
    let needle: String = text.chars().take(PREFIX_CHARS).collect();
    let min_bytes = match needle.chars().any(char::is_alphabetic) {
        true => TEXT_MIN_BYTES,
        false => NUMBER_MIN_BYTES,
    };
    let is_searched = needle.len() >= min_bytes && !OF_SERVER.contains(&needle.as_str());
    is_searched.then_some(needle)
}

/// Everything that was typed.
fn all() -> Vec<String> {
    let typed = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
    // The vault of a world is made in the story that needs it first.
    let always = [CAREGIVER, PASSPHRASE, AGB].map(str::to_owned);
    always.into_iter().chain(typed.iter().cloned()).collect()
}

/// Nothing that was typed stands in these files and folders; those that are not there are left out.
#[allow(clippy::panic, reason = "whoever ends a story cannot answer an error")]
pub(crate) fn expect_none_in(paths: &[PathBuf]) {
    if let Err(found) = search_paths(paths)
        && !std::thread::panicking()
    {
        panic!("typed words at a server: {found:#}");
    }
}

/// Nothing that was typed stands in these messages.
#[allow(clippy::panic, reason = "whoever ends a story cannot answer an error")]
pub(crate) fn expect_none_passed<'a>(messages: impl Iterator<Item = &'a [u8]>) {
    let words = all();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = scan_parts(messages, &words);
    if !found.is_empty() && !std::thread::panicking() {
        panic!("typed words on a line: {found:?}");
    }
}

fn search_paths(paths: &[PathBuf]) -> Result<()> {
    let words = all();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let there: Vec<PathBuf> = paths.iter().filter(|path| path.exists()).cloned().collect();
    let found = scan_paths(&there, &words)?;
    anyhow::ensure!(found.is_empty(), "{found:#?}");
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_found_in_what_a_relay_keeps_and_in_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data-1");
        let log = folder.path().join("server.log");
        let paths = [data.clone(), log.clone(), folder.path().join("data-2")];
        std::fs::create_dir(&data).unwrap();
        std::fs::write(&log, "listening on http://localhost:1").unwrap();
        note("Achternaam", "Kanarie-Wolfraam");
        note("Burgerservicenummer (BSN)", "9999.90.027");
        note(TOLD, "uitnodiging-van-ver");
        note("Tijd", "09:30");
        note("Voornaam", "Server");
        std::fs::write(
            data.join("relay.db-wal"),
            "uitnodiging-van-ver 09:30 server",
        )
        .unwrap();
        search_paths(&paths).unwrap();
        for (file, text) in [
            (data.join("relay.db"), "..kanarie-wolfraam.."),
            (data.join("relay.db-wal"), "..999990027.."),
            (log, "GET /clienten/Kanarie-Wolfraam"),
        ] {
            std::fs::write(&file, text).unwrap();
            let found = search_paths(&paths).unwrap_err().to_string();
            assert!(found.contains(&format!("{file:?}")), "{found}");
            std::fs::write(&file, "").unwrap();
        }
        search_paths(&paths).unwrap();
    }

    #[test]
    #[should_panic(expected = "typed words on a line")]
    fn what_was_typed_is_found_in_what_passed() {
        note(
            "Resultaat",
            "Een lange tekst van de kanarie die in stukken gaat",
        );
        let messages: [&[u8]; 2] = [
            b"x",
            b"..een lange tekst van de kanarie die elders doorgaat",
        ];
        expect_none_passed(messages.into_iter());
    }
}
