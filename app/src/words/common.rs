//! Words that belong to no screen: the design system's own, and buttons that occur everywhere.

/// Follows the label of a field that may stay empty.
pub fn not_required() -> &'static str {
    "(niet verplicht)"
}

/// Leaves a dialog without doing.
pub fn cancel() -> &'static str {
    "Annuleren"
}

/// Leaves a dialog that is only read.
pub fn close() -> &'static str {
    "Sluiten"
}

/// Takes the last change back.
pub fn undo() -> &'static str {
    "Ongedaan maken"
}

/// Opens a row to change it.
pub fn change() -> &'static str {
    "Wijzig"
}

/// To the next step.
pub fn next() -> &'static str {
    "Verder"
}

/// To the step before.
pub fn back() -> &'static str {
    "Terug"
}

/// The person agrees with what was read back.
pub fn is_right() -> &'static str {
    "Klopt"
}

/// Yes.
pub fn yes() -> &'static str {
    "Ja"
}

/// No.
pub fn no() -> &'static str {
    "Nee"
}

/// Neither yes nor no.
pub fn unknown() -> &'static str {
    "Weet ik niet"
}

/// First thing the keyboard reaches: past the menu.
pub fn skip_to_content() -> &'static str {
    "Naar de inhoud"
}

/// The product's name, last in every title.
pub fn product() -> &'static str {
    "Dossierkluis"
}

/// The first, empty row of a list to choose from.
pub fn choose() -> &'static str {
    "Kies"
}

/// Begins the title while a form has errors.
pub fn title_error_prefix() -> &'static str {
    "Fout: "
}

/// Heading above a form's errors; the same fixed sentence for every count.
pub fn error_summary(count: usize) -> String {
    format!("Er is een probleem. Kijk deze {count} punten na.")
}

/// Begins a notice that is good to know.
pub fn notice_info() -> &'static str {
    "Goed om te weten"
}

/// Begins a notice that asks for care.
pub fn notice_warning() -> &'static str {
    "Let op"
}

/// Begins a notice on which the person must act.
pub fn notice_danger() -> &'static str {
    "Belangrijk"
}

/// Begins a notice of something that went well.
pub fn notice_done() -> &'static str {
    "Gelukt"
}

/// Begins a notice about working without internet.
pub fn notice_offline() -> &'static str {
    "Geen internet"
}

/// Begins a notice about two different answers.
pub fn notice_conflict() -> &'static str {
    "Twee antwoorden"
}

/// Stands for content on its way, for who cannot see the skeleton.
pub fn loading() -> &'static str {
    "Bezig met laden"
}
