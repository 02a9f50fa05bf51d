//! Words around every page: the main menu, the lock button, the tab's name.

/// Name of the main menu.
pub fn main_menu() -> &'static str {
    "Hoofdmenu"
}

/// First place.
pub fn today() -> &'static str {
    "Vandaag"
}

/// Second place.
pub fn clients() -> &'static str {
    "Cliënten"
}

/// Third place.
pub fn more() -> &'static str {
    "Meer"
}

/// Opens the menu of new things.
pub fn new() -> &'static str {
    "Nieuw"
}

/// In that menu.
pub fn new_visit() -> &'static str {
    "Nieuw bezoek"
}

/// In that menu: a contact by telephone.
pub fn new_contact() -> &'static str {
    "Nieuw contact"
}

/// In that menu.
pub fn new_client() -> &'static str {
    "Nieuwe cliënt"
}

/// Locks the vault.
pub fn lock() -> &'static str {
    "Op slot"
}

/// Over the pages while nobody looks.
pub fn covered() -> &'static str {
    "De inhoud is afgedekt."
}

/// Begins the notice about the clock.
pub fn clock_heading() -> &'static str {
    "De klok van dit apparaat loopt achter."
}

/// What the clock means for the work.
pub fn clock_text() -> &'static str {
    "Er is niets weg. Zet de datum en tijd goed voordat je verder werkt."
}

/// Taking back did not work: the value was changed again since.
pub fn undo_failed() -> &'static str {
    "Ongedaan maken lukt niet. De wijziging is bewaard."
}
