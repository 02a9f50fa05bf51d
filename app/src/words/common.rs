//! Words that belong to no screen: the design system's own, and buttons that occur everywhere.

/// Follows the label of a field that may stay empty.
pub(crate) fn not_required() -> &'static str {
    "(niet verplicht)"
}

/// Leaves a dialog without doing.
pub(crate) fn cancel() -> &'static str {
    "Annuleren"
}

/// Takes the last change back.
pub(crate) fn undo() -> &'static str {
    "Ongedaan maken"
}

/// Opens a row to change it.
pub(crate) fn change() -> &'static str {
    "Wijzig"
}

/// To the next step.
pub(crate) fn next() -> &'static str {
    "Verder"
}

/// To the step before.
pub(crate) fn back() -> &'static str {
    "Terug"
}

/// The person agrees with what was read back.
pub(crate) fn is_right() -> &'static str {
    "Klopt"
}

/// First thing the keyboard reaches: past the menu.
pub(crate) fn skip_to_content() -> &'static str {
    "Naar de inhoud"
}

/// The product's name, last in every title.
pub(crate) fn product() -> &'static str {
    "Dossierkluis"
}

/// The first, empty row of a list to choose from.
pub(crate) fn choose() -> &'static str {
    "Kies"
}

/// Begins the title while a form has errors.
pub(crate) fn title_error_prefix() -> &'static str {
    "Fout: "
}

/// Heading above a form's errors; the same fixed sentence for every count.
pub(crate) fn error_summary(count: usize) -> String {
    format!("Er is een probleem. Kijk deze {count} punten na.")
}

/// Begins a notice that is good to know.
pub(crate) fn notice_info() -> &'static str {
    "Goed om te weten"
}

/// Begins a notice that asks for care.
pub(crate) fn notice_warning() -> &'static str {
    "Let op"
}

/// Begins a notice on which the person must act.
pub(crate) fn notice_danger() -> &'static str {
    "Belangrijk"
}

/// Begins a notice of something that went well.
pub(crate) fn notice_done() -> &'static str {
    "Gelukt"
}

/// Begins a notice about working without internet.
pub(crate) fn notice_offline() -> &'static str {
    "Geen internet"
}

/// Begins a notice about two different answers.
pub(crate) fn notice_conflict() -> &'static str {
    "Twee antwoorden"
}

/// Stands for content on its way, for who cannot see the skeleton.
pub(crate) fn loading() -> &'static str {
    "Bezig met laden"
}

/// Leaves a dialog that is only read.
pub fn close() -> &'static str {
    "Sluiten"
}
