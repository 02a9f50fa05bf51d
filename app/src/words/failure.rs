//! Why something did not work: what happened, is my work safe, what now.

use engine::command::Failure;

/// Three sentences for one failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentences {
    /// What happened.
    pub what: &'static str,
    /// Whether the work is safe.
    pub safe: &'static str,
    /// What to do now.
    pub now: &'static str,
}

/// The sentences for each failure.
pub fn sentences(failure: &Failure) -> Sentences {
    let (what, safe, now) = match failure {
        Failure::Locked => (
            "De kluis is op slot.",
            "Wat bewaard is, staat op dit apparaat.",
            "Ontgrendel de kluis en ga verder.",
        ),
        Failure::Exists => (
            "Er is al een kluis op dit apparaat.",
            "Die kluis is niet veranderd.",
            "Herlaad de pagina en ontgrendel de kluis.",
        ),
        Failure::NoVault => (
            "Er is nog geen kluis op dit apparaat.",
            "Er is niets bewaard en niets verloren.",
            "Herlaad de pagina en maak een kluis.",
        ),
        Failure::WrongPassphrase { .. } => (
            "Dit wachtwoord klopt niet. Let op hoofdletters.",
            "Je gegevens staan veilig op dit apparaat.",
            "Probeer het nog eens.",
        ),
        Failure::Wait { .. } => (
            "Het wachtwoord was te vaak fout.",
            "Je gegevens staan veilig op dit apparaat.",
            "Wacht even en probeer het dan opnieuw.",
        ),
        Failure::RecoveryGroup { .. } => (
            "Deze groep klopt niet. Kijk op je herstelblad.",
            "Er is nog geen kluis gemaakt.",
            "Typ de groep nog eens.",
        ),
        Failure::WeakPassphrase => (
            "Dit wachtwoord is te kort of te bekend.",
            "Er is nog geen kluis gemaakt.",
            "Kies een langer wachtwoord dat niemand kan raden.",
        ),
        Failure::Full => (
            "Het apparaat is vol.",
            "Nieuw werk kan niet worden bewaard.",
            "Maak eerst ruimte.",
        ),
        Failure::Evicted => (
            "De browser heeft de gegevens van dit apparaat gewist.",
            "Wat alleen op dit apparaat stond, is weg.",
            "Vraag hulp voordat je iets nieuws maakt.",
        ),
        Failure::Blocked => (
            "De opslag van dit apparaat is nu niet bereikbaar.",
            "Wat al bewaard was, is niet veranderd.",
            "Sluit andere tabbladen van Dossierkluis en probeer het opnieuw.",
        ),
        Failure::Corrupt => (
            "Eén stuk van het dossier kan niet gelezen worden.",
            "De rest werkt en er is niets gewist.",
            "Kijk bij Meer onder Niet leesbaar.",
        ),
        Failure::NewerFormat => (
            "Een nieuwere versie van de app heeft deze kluis bewaard.",
            "Er is niets gewist of veranderd.",
            "Werk de app bij en open de kluis opnieuw.",
        ),
        Failure::OutOfMemory => (
            "Het apparaat heeft te weinig werkgeheugen vrij.",
            "Je gegevens staan veilig op dit apparaat.",
            "Sluit andere apps en probeer het opnieuw.",
        ),
        Failure::SlotsFull => (
            "Er staan al acht concepten open.",
            "Dit werk is nog niet bewaard.",
            "Onderteken of verwijder eerst een ander concept.",
        ),
        Failure::TooLarge { .. } => (
            "Deze tekst is te lang om in één keer te bewaren.",
            "Het laatste stuk is nog niet bewaard.",
            "Maak de tekst korter.",
        ),
        Failure::DevicesFull => (
            "Er staan al acht apparaten in je lijst. Meer kunnen er niet bij.",
            "Er is niets veranderd en je werk is veilig.",
            "Een apparaat eraf halen kan nog niet in deze versie.",
        ),
        Failure::NotFound => (
            "Dit staat niet (meer) in deze kluis.",
            "Er is niets veranderd.",
            "Ga terug en kies opnieuw.",
        ),
        Failure::Internal => (
            "Er ging iets mis in de app.",
            "Wat al bewaard was, staat op dit apparaat.",
            "Herlaad de pagina en probeer het opnieuw.",
        ),
    };
    Sentences { what, safe, now }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Sentences {
        fn text(self) -> String {
            format!("{} {} {}", self.what, self.safe, self.now)
        }
    }

    fn every_failure() -> Vec<Failure> {
        let all = vec![
            Failure::Locked,
            Failure::Exists,
            Failure::NoVault,
            Failure::WrongPassphrase {
                failed_count: 1,
                wait_until: 0,
            },
            Failure::Wait { wait_until: 1 },
            Failure::RecoveryGroup { number: 3 },
            Failure::WeakPassphrase,
            Failure::Full,
            Failure::Evicted,
            Failure::Blocked,
            Failure::Corrupt,
            Failure::NewerFormat,
            Failure::OutOfMemory,
            Failure::SlotsFull,
            Failure::TooLarge {
                got_bytes: 2,
                limit_bytes: 1,
            },
            Failure::DevicesFull,
            Failure::NotFound,
            Failure::Internal,
        ];
        assert_eq!(
            all.len(),
            count(&Failure::Locked),
            "a failure is missing from the list"
        );
        all
    }

    /// Fails to compile when a variant is added, so that the list above is looked at.
    fn count(failure: &Failure) -> usize {
        match failure {
            Failure::Locked
            | Failure::Exists
            | Failure::NoVault
            | Failure::WrongPassphrase { .. }
            | Failure::Wait { .. }
            | Failure::RecoveryGroup { .. }
            | Failure::WeakPassphrase
            | Failure::Full
            | Failure::Evicted
            | Failure::Blocked
            | Failure::Corrupt
            | Failure::NewerFormat
            | Failure::OutOfMemory
            | Failure::SlotsFull
            | Failure::TooLarge { .. }
            | Failure::DevicesFull
            | Failure::NotFound
            | Failure::Internal => 18,
        }
    }

    #[test]
    fn each_failure_has_three_short_sentences_of_its_own() {
        let mut seen = Vec::new();
        for failure in every_failure() {
            let words = sentences(&failure);
            for part in [words.what, words.safe, words.now] {
                assert!(part.ends_with('.'), "{failure:?}: {part}");
                for sentence in part.split_terminator('.') {
                    let count = sentence.split_whitespace().count();
                    assert!((1..=15).contains(&count), "{failure:?}: {sentence}");
                }
            }
            assert!(
                !seen.contains(&words.text()),
                "{failure:?} has the words of another"
            );
            seen.push(words.text());
        }
    }

    #[test]
    fn a_list_of_devices_that_is_full_is_said_with_the_number_that_fits() {
        assert_eq!(protocol::limit::ACTIVE_DEVICES_MAX, 8);
        let words = sentences(&Failure::DevicesFull);
        assert!(words.what.contains("acht apparaten"), "{}", words.what);
    }

    #[test]
    fn fixed_words_stand_letter_for_letter() {
        assert_eq!(
            sentences(&Failure::Full).text(),
            "Het apparaat is vol. Nieuw werk kan niet worden bewaard. Maak eerst ruimte."
        );
        let wrong = Failure::WrongPassphrase {
            failed_count: 1,
            wait_until: 0,
        };
        assert_eq!(
            sentences(&wrong).what,
            "Dit wachtwoord klopt niet. Let op hoofdletters."
        );
    }
}
