//! Words of the exchange with the server: the chip on every page, and its sheet.

use engine::sync::Trouble;

/// All is sent and taken in; `time` is when that was last so, such as `14:32`.
pub fn done(time: Option<&str>) -> String {
    match time {
        Some(time) => format!("Alles verstuurd en ontvangen · {time}"),
        None => "Alles verstuurd en ontvangen".to_owned(),
    }
}

/// Under way, with what is still to be sent.
pub fn busy(count: usize) -> String {
    match count {
        0 => "Bezig met ontvangen".to_owned(),
        count => format!("Bezig met versturen ({count})"),
    }
}

/// Under way to a server that lost what it had, with what a person made since.
pub fn refilling(count: usize) -> String {
    match count {
        0 => "Bezig met versturen".to_owned(),
        count => busy(count),
    }
}

/// No connection, and nothing waits.
pub fn offline() -> String {
    "Geen internet. Je kunt gewoon doorwerken.".to_owned()
}

/// No connection, and changes wait.
pub fn waiting(count: usize) -> String {
    match count {
        1 => "Geen internet. 1 wijziging staat klaar op dit apparaat.".to_owned(),
        count => format!("Geen internet. {count} wijzigingen staan klaar op dit apparaat."),
    }
}

/// The server asks for patience, and changes may wait.
pub fn patience(count: usize) -> String {
    match count {
        0 => "De server is druk. Je kunt gewoon doorwerken.".to_owned(),
        1 => "De server is druk. 1 wijziging staat klaar op dit apparaat.".to_owned(),
        count => format!("De server is druk. {count} wijzigingen staan klaar op dit apparaat."),
    }
}

/// What does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    /// Changes stay here.
    Sending,
    /// Those of other devices stay away; what is made here goes out.
    Receiving,
    /// This device cannot store or read.
    Both,
    /// The list of devices has two forms; changes come and go.
    Devices,
}

/// Something keeps changes here, or those of other devices away.
pub fn failed(what: Failing) -> String {
    let short = short_failed(what);
    let rest = match what {
        Failing::Devices => "Je werk wordt gewoon verstuurd. Vraag de beheerder om hulp.",
        _ => "Je werk is bewaard op dit apparaat. Probeer het later nog eens.",
    };
    format!("{short}. {rest}")
}

/// [`done`], where there is little room.
pub fn short_done(time: Option<&str>) -> String {
    match time {
        Some(time) => format!("Klaar · {time}"),
        None => "Klaar".to_owned(),
    }
}

/// [`busy`], where there is little room. Each of these that follow is a part of the whole words.
pub fn short_busy() -> &'static str {
    "Bezig"
}

/// [`offline`], where there is little room.
pub fn short_offline() -> &'static str {
    "Geen internet"
}

/// [`waiting`], where there is little room.
pub fn short_waiting(count: usize) -> String {
    match count {
        1 => "1 wijziging".to_owned(),
        count => format!("{count} wijzigingen"),
    }
}

/// [`patience`], where there is little room and nothing waits.
pub fn short_patience() -> &'static str {
    "De server is druk"
}

/// [`failed`], where there is little room.
pub fn short_failed(what: Failing) -> &'static str {
    match what {
        Failing::Sending => "Versturen lukt niet",
        Failing::Receiving => "Ontvangen lukt niet",
        Failing::Both => "Uitwisselen lukt niet",
        Failing::Devices => "Apparaten kloppen niet",
    }
}

/// Heading of the sheet.
pub fn sheet() -> &'static str {
    "Verzenden en ontvangen"
}

/// Row of the sheet.
pub fn last_sent() -> &'static str {
    "Laatst verstuurd"
}

/// Row of the sheet.
pub fn last_received() -> &'static str {
    "Laatst ontvangen"
}

/// Heading over what the server has not got.
pub fn waits() -> &'static str {
    "Staat klaar"
}

/// It never happened.
pub fn never() -> &'static str {
    "nog nooit"
}

/// The server lost what it had.
pub fn wiped() -> &'static str {
    "De server is gegevens kwijt. We sturen alles opnieuw."
}

/// The server shows what was, in the place of what is.
pub fn rollback() -> &'static str {
    "De server laat oude gegevens zien."
}

/// The server shows each of two devices another list of devices.
pub fn fork() -> &'static str {
    "De server geeft twee apparaten een verschillend verhaal. Er kan nu geen apparaat bij of af. Je werk is veilig op \
     dit apparaat."
}

/// Opens the sheet, from a notice on a page.
pub fn details() -> &'static str {
    "Details"
}

/// All of it was sent.
pub fn nothing_waits() -> &'static str {
    "Er staat niets klaar. Alles is verstuurd."
}

/// Since when it waits.
pub fn since(moment: &str) -> String {
    format!(" sinds {moment}")
}

/// What belongs to no client.
pub fn no_client() -> &'static str {
    "Jouw eigen gegevens"
}

/// Something the server does not take.
pub fn refused(name: &str) -> String {
    format!("De server neemt iets niet aan: {name}")
}

/// What that means, why it is so, and what now. The code is for whoever helps.
pub fn refused_text(code: u16) -> String {
    const TOO_LARGE: u16 = 2;
    let why = match code {
        TOO_LARGE => "De server vindt het te groot",
        _ => "De server kan er zo niets mee",
    };
    format!(
        "Het is bewaard op dit apparaat, maar nog niet op de server. {why} (code {code}). Probeer het opnieuw. \
         Lukt het weer niet? Vraag de beheerder om hulp."
    )
}

/// Tries it again.
pub fn retry() -> &'static str {
    "Opnieuw proberen"
}

/// What holds whatever the trouble is.
pub fn safe_here() -> &'static str {
    "Je werk is bewaard op dit apparaat."
}

/// The server's clock minus that of this device, in ms, when they are far apart.
pub fn clock_off(ms: i64) -> String {
    const MINUTE_MS: u64 = 60_000;
    let minutes = ms.unsigned_abs() / MINUTE_MS;
    let span = match minutes {
        0..120 => format!("{minutes} minuten"),
        120..2_880 => format!("{} uur", minutes / 60),
        _ => format!("{} dagen", minutes / 1_440),
    };
    let way = if ms > 0 { "achter" } else { "voor" };
    format!("De klok van dit apparaat loopt {span} {way} op de server. Zet hem goed.")
}

/// Hands an invitation in.
pub fn use_invite() -> &'static str {
    "Code gebruiken"
}

/// Heading over the other devices.
pub fn others() -> &'static str {
    "Andere apparaten"
}

/// There are none.
pub fn no_others() -> &'static str {
    "Er is nog geen ander apparaat. Koppel er een bij Meer, Apparaten."
}

/// What the six words are for.
pub fn head_words_text() -> &'static str {
    "Zie je op je andere apparaat dezelfde zes woorden? Dan staat daar hetzelfde."
}

/// Tries at once.
pub fn try_now() -> &'static str {
    "Nu proberen"
}

/// Why it does not go on, and what now.
pub fn trouble(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unreachable => "De server antwoordt niet. De app probeert het vanzelf opnieuw.",
        Trouble::OtherRelay => {
            "Er antwoordt een andere server dan je hebt ingesteld. Kijk het serveradres na."
        }
        Trouble::InviteNeeded => {
            "De server vraagt een uitnodigingscode. Vul hem in, of vraag er een aan de beheerder."
        }
        Trouble::InviteBad => {
            "De uitnodigingscode klopt niet of is al gebruikt. Vraag een nieuwe aan de beheerder."
        }
        Trouble::Closed => {
            "De server neemt geen nieuwe gebruikers aan. Vraag het aan de beheerder."
        }
        Trouble::NotMember => {
            "De server kent dit apparaat nog niet. De app probeert het vanzelf opnieuw. Blijft dit zo? Verwijder \
             niets, en vraag de beheerder om hulp."
        }
        Trouble::Revoked => {
            "De toegang van dit apparaat is ingetrokken. Verwijder niets, en vraag de beheerder om hulp."
        }
        Trouble::Quota => {
            "De ruimte op de server is op. Vraag de beheerder om meer. Daarna gaat versturen vanzelf verder."
        }
        Trouble::Patience => {
            "De server is druk of kan nu niets bewaren. De app probeert het vanzelf opnieuw."
        }
        Trouble::RelayTooOld => {
            "De server is ouder dan deze app. Vraag de beheerder om een nieuwe versie."
        }
        Trouble::AppTooOld => {
            "Een ander apparaat heeft een nieuwere versie. Zet de app op slot. Zie je Bijwerken? Kies dat."
        }
        Trouble::Tampered => {
            "De server stuurde iets dat niet van je apparaten komt. Het is niet gebruikt. Werk gewoon door, en \
             waarschuw de beheerder."
        }
        Trouble::Withheld => {
            "De server geeft niet alles wat je andere apparaten stuurden. De app vraagt er vanzelf opnieuw om. \
             Blijft dit zo? Waarschuw de beheerder."
        }
        Trouble::Rollback => {
            "De server laat oude gegevens zien. Wat hier staat blijft staan. Waarschuw de beheerder."
        }
        Trouble::ChainFork => {
            "De server geeft twee apparaten een verschillend verhaal. Er kan nu geen apparaat bij of af. Vraag de \
             beheerder om hulp."
        }
        Trouble::Storage => {
            "Dit apparaat kan nu niet alles opslaan of lezen. Is het vol? Maak ruimte. Blijft dit zo? Vraag de \
             beheerder om hulp."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_says_how_far_and_which_way() {
        const HOUR_MS: i64 = 3_600_000;
        assert!(clock_off(HOUR_MS / 4).contains("15 minuten achter"));
        assert!(clock_off(-24 * HOUR_MS).contains("24 uur voor"));
        assert!(clock_off(72 * HOUR_MS).contains("3 dagen achter"));
    }

    /// Every trouble there is.
    const TROUBLES: [Trouble; 16] = [
        Trouble::Unreachable,
        Trouble::OtherRelay,
        Trouble::InviteNeeded,
        Trouble::InviteBad,
        Trouble::Closed,
        Trouble::NotMember,
        Trouble::Revoked,
        Trouble::Quota,
        Trouble::Patience,
        Trouble::RelayTooOld,
        Trouble::AppTooOld,
        Trouble::Tampered,
        Trouble::Withheld,
        Trouble::Rollback,
        Trouble::ChainFork,
        Trouble::Storage,
    ];

    #[test]
    fn each_trouble_has_its_own_words_in_short_sentences() {
        const WORDS_MAX: usize = 15;
        let all: std::collections::BTreeSet<_> = TROUBLES.map(trouble).into_iter().collect();
        assert_eq!(all.len(), TROUBLES.len());
        assert_eq!(
            Trouble::Storage as usize + 1,
            TROUBLES.len(),
            "one is missing"
        );
        for words in all {
            let sentences: Vec<&str> = words.split_inclusive(['.', '?']).collect();
            assert!(sentences.len() > 1, "{words}");
            for sentence in sentences {
                let count = sentence.split_whitespace().count();
                assert!(count <= WORDS_MAX, "{count} words: {sentence}");
            }
        }
    }

    #[test]
    fn what_a_notice_says_the_sheet_behind_it_says_too() {
        let first = |words: &'static str| words.split_inclusive('.').next();
        for (notice, code) in [
            (rollback(), Trouble::Rollback),
            (fork(), Trouble::ChainFork),
        ] {
            assert_eq!(first(notice), first(trouble(code)));
        }
        // The exchange of records goes on.
        assert!(!fork().contains("Versturen is gestopt"));
    }

    #[test]
    fn what_is_seen_in_little_room_is_part_of_what_is_heard() {
        for count in [1, 3] {
            assert!(waiting(count).contains(&short_waiting(count)));
            assert!(busy(count).contains(short_busy()));
        }
        assert!(busy(0).contains(short_busy()));
        assert!(offline().contains(short_offline()));
        assert!(patience(0).contains(short_patience()));
        assert!(patience(3).contains(&short_waiting(3)));
        for what in [
            Failing::Sending,
            Failing::Receiving,
            Failing::Both,
            Failing::Devices,
        ] {
            assert!(failed(what).contains(short_failed(what)));
        }
        for what in [short_done(Some("14:32")), done(Some("14:32"))] {
            assert!(what.ends_with(" · 14:32"), "{what}");
        }
        assert_eq!(short_done(None), "Klaar");
    }
}
