//! Words of Vandaag.

/// Title.
pub fn title() -> &'static str {
    "Vandaag"
}

/// Planned visits of today.
pub fn visits() -> &'static str {
    "Bezoeken vandaag"
}

/// Drafts.
pub fn drafts() -> &'static str {
    "Nog ondertekenen"
}

/// Things to complete.
pub fn tasks() -> &'static str {
    "Let op"
}

/// Nothing planned.
pub fn empty() -> &'static str {
    "Nog geen bezoeken gepland."
}

/// No client yet.
pub fn no_clients() -> &'static str {
    "Je kluis is klaar. Voeg je eerste cliënt toe."
}

/// Begins a planned visit.
pub fn start() -> &'static str {
    "Start bezoek"
}

/// Opens a draft.
pub fn resume() -> &'static str {
    "Verder schrijven"
}

/// Skips a planned visit once.
pub fn skip() -> &'static str {
    "Vandaag overslaan"
}

/// Takes the skip back.
pub fn unskip() -> &'static str {
    "Toch doen"
}

/// State of a planned visit.
pub fn skipped() -> &'static str {
    "Overgeslagen"
}

/// State of a planned visit.
pub fn signed() -> &'static str {
    "Ondertekend"
}

/// State of a planned visit.
pub fn in_draft() -> &'static str {
    "Concept"
}

/// Opens a signed visit.
pub fn read() -> &'static str {
    "Bekijken"
}

/// A task.
pub fn establish_identity(name: &str) -> String {
    format!("Identiteit vaststellen: {name}")
}

/// Reason for putting it off.
pub fn deferred_because(reason: &str) -> String {
    format!("Uitgesteld: {reason}")
}

/// When a draft was begun.
pub fn draft_of(date: &str, begin: &str) -> String {
    match (date, begin) {
        ("", "") => "Concept".into(),
        (date, "") => format!("Concept van {date}"),
        (date, begin) => format!("Concept van {date}, {begin}"),
    }
}
