//! Words of **Opslag** and of the card **Maak dit apparaat klaar**.

use crate::platform::storage::Persistence;

/// The screen.
pub fn title() -> &'static str {
    "Opslag"
}

/// Section.
pub fn keeping() -> &'static str {
    "Blijven je gegevens staan?"
}

/// Before the word of the browser's answer.
pub fn persisted_label() -> &'static str {
    "Vast bewaard:"
}

/// The browser's answer in one word.
pub fn persisted(answer: Persistence) -> &'static str {
    match answer {
        Persistence::Granted => "ja",
        Persistence::Denied => "nee",
        Persistence::Unknown => "onbekend",
    }
}

/// What the answer means.
pub fn persisted_text(answer: Persistence) -> &'static str {
    match answer {
        Persistence::Granted => "De browser wist je gegevens niet uit zichzelf.",
        Persistence::Denied => {
            "De browser mag gegevens wissen als het apparaat vol raakt. Zet de app op je beginscherm."
        }
        Persistence::Unknown => "De browser zegt niet of je gegevens blijven staan.",
    }
}

/// Asks the browser for its promise.
pub fn persist() -> &'static str {
    "Bewaren vastzetten"
}

/// Section.
pub fn room() -> &'static str {
    "Ruimte"
}

/// Before the percentage.
pub fn used_label() -> &'static str {
    "In gebruik:"
}

/// After the percentage.
pub fn used_of(limit: &str) -> String {
    format!("van {limit}")
}

/// The browser does not tell.
pub fn room_unknown() -> &'static str {
    "De browser zegt niet hoeveel ruimte er is."
}

/// Almost full.
pub fn almost_full() -> &'static str {
    "Het apparaat is bijna vol."
}

/// What to do then.
pub fn make_room() -> &'static str {
    "Verwijder foto's of apps die je niet gebruikt. Dan blijft er ruimte voor nieuw werk."
}

/// Bytes in a unit a person knows.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let unit = UNITS.iter().find(|(unit, _)| bytes >= *unit);
    match unit {
        Some((unit, name)) if bytes / unit >= 10 => format!("{} {name}", bytes / unit),
        Some((unit, name)) => format!("{},{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} bytes"),
    }
}

/// Section: only what the browser itself keeps.
pub fn offline() -> &'static str {
    "Werken zonder internet"
}

/// The app starts without a network.
pub fn offline_ready() -> &'static str {
    "De app start ook zonder internet."
}

/// Not yet, or not here.
pub fn offline_not_ready() -> &'static str {
    "De app is nog niet klaar voor gebruik zonder internet. Laat de app even open staan."
}

/// Card on Vandaag.
pub fn ready() -> &'static str {
    "Maak dit apparaat klaar"
}

/// Button.
pub fn install() -> &'static str {
    "Zet op beginscherm"
}

/// It runs from the home screen.
pub fn installed() -> &'static str {
    "De app staat op het beginscherm."
}

/// Why to install.
pub fn install_why() -> &'static str {
    "Vanaf het beginscherm start de app sneller en blijven je gegevens beter staan."
}

/// How to install on an iPad or iPhone.
pub fn install_by_hand() -> &'static str {
    "Tik in Safari op Deel. Kies daarna Zet op beginscherm."
}

/// How to install where the browser offers nothing.
pub fn install_by_menu() -> &'static str {
    "Open het menu van de browser. Kies daar Installeren of Toevoegen aan beginscherm."
}

/// Takes the card away.
pub fn later() -> &'static str {
    "Later"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_540), "1,5 kB");
        assert_eq!(size(12_000_000), "12 MB");
        assert_eq!(size(9_990_000_000), "9,9 GB");
    }
}
