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

/// When it was found and how large it is.
pub fn found(date: &str, size: &str) -> String {
    format!("Gevonden op {date}, {size}")
}

/// It is not known to whom it belongs.
pub fn nobody() -> &'static str {
    "Niet bekend bij wie dit hoort"
}
