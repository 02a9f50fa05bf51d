//! Words of **Niet leesbaar**.

/// The screen.
pub fn title() -> &'static str {
    "Niet leesbaar"
}

/// Nothing is damaged.
pub fn none() -> &'static str {
    "Alles in deze kluis is leesbaar."
}

/// One damaged piece.
pub fn row() -> &'static str {
    "Eén stuk van het dossier kan niet gelezen worden. De rest werkt."
}

/// What is done with it.
pub fn kept() -> &'static str {
    "Er wordt niets gewist. De beschadigde stukken blijven apart bewaard."
}

/// When it was found and how much of it is left.
pub fn found(date: &str, size: Option<&str>) -> String {
    match size {
        Some(size) => format!("Gevonden op {date}, {size}"),
        None => format!("Gevonden op {date}, er is niets van over"),
    }
}

/// It is not known to whom it belongs.
pub fn nobody() -> &'static str {
    "Niet bekend bij wie dit hoort"
}
