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

/// Something keeps changes here.
pub fn failed() -> String {
    "Versturen lukt niet. Je werk is bewaard op dit apparaat. Probeer het later nog eens."
        .to_owned()
}

/// [`busy`], where there is little room. Each of these is a part of the whole words.
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

/// [`failed`], where there is little room.
pub fn short_failed() -> &'static str {
    "Versturen lukt niet"
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

/// What that means.
pub fn refused_text(code: u16) -> String {
    format!("Het is bewaard op dit apparaat, maar nog niet op de server. Reden {code}.")
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
        Trouble::InviteNeeded => "De server vraagt een uitnodigingscode.",
        Trouble::InviteBad => {
            "De uitnodigingscode klopt niet of is al gebruikt. Vraag een nieuwe aan de beheerder."
        }
        Trouble::Closed => "De server neemt geen nieuwe gebruikers aan. Vraag het de beheerder.",
        Trouble::NotMember => "De server kent dit apparaat nog niet. Koppel het opnieuw.",
        Trouble::Revoked => "De toegang van dit apparaat is ingetrokken.",
        Trouble::Quota => "De ruimte op de server is op. Vraag de beheerder om meer.",
        Trouble::Patience => "De server is druk. De app probeert het vanzelf opnieuw.",
        Trouble::RelayTooOld => {
            "De server is ouder dan deze app. Vraag de beheerder om een nieuwe versie."
        }
        Trouble::AppTooOld => "Een ander apparaat heeft een nieuwere versie. Werk deze app bij.",
        Trouble::Tampered => {
            "De server stuurde iets dat niet van je apparaten komt. Het is niet gebruikt."
        }
        Trouble::Withheld => "De server geeft niet alles wat je andere apparaten stuurden.",
        Trouble::ChainFork => {
            "De lijst van apparaten klopt niet. Er kan nu geen apparaat bij of af."
        }
        Trouble::Storage => "Dit apparaat kan niet opslaan wat er binnenkomt.",
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

    #[test]
    fn what_is_seen_in_little_room_is_part_of_what_is_heard() {
        for count in [1, 3] {
            assert!(waiting(count).contains(&short_waiting(count)));
            assert!(busy(count).contains(short_busy()));
        }
        assert!(busy(0).contains(short_busy()));
        assert!(offline().contains(short_offline()));
        assert!(failed().contains(short_failed()));
        assert!(done(Some("14:32")).contains("14:32"));
    }
}
