//! Words for when the pages cannot be shown here.

use super::failure::Sentences;

/// Another tab has the vault.
pub fn title() -> &'static str {
    "Dossierkluis is al open"
}

/// Where it is.
pub fn open_text() -> &'static str {
    "De kluis is open in een ander tabblad of venster. Je kunt daar verder werken."
}

/// What taking over does.
pub fn open_now() -> &'static str {
    "Neem je het hier over? Dan gaat het andere tabblad op slot."
}

/// This tab lost the vault.
pub fn taken_text() -> &'static str {
    "Je werkt nu verder in een ander tabblad. Wat bewaard is, staat op dit apparaat."
}

/// Work of this tab is only in memory.
pub fn unsaved() -> &'static str {
    "Er is werk dat nog niet bewaard is."
}

/// What to do about it in a tab that lost the vault.
pub fn unsaved_here() -> &'static str {
    "Sluit dit tabblad niet. Is het apparaat vol? Maak dan ruimte. Neem de kluis daarna hier over."
}

/// What to do about it while the vault cannot be opened.
pub fn unsaved_broken() -> &'static str {
    "Sluit dit tabblad niet. Maak ruimte en probeer het opnieuw."
}

/// Takes the vault over.
pub fn take_over() -> &'static str {
    "Hier overnemen"
}

/// While the other tab lets go.
pub fn taking_over() -> &'static str {
    "De kluis wordt overgenomen."
}

/// The browser removed the vault.
pub fn evicted() -> &'static str {
    "De browser heeft de gegevens van dit apparaat gewist"
}

/// What can be done about it.
pub fn evicted_now() -> &'static str {
    "Staat je werk ook ergens anders? Bewaar dat goed. Hier kun je een nieuwe kluis maken."
}

/// What opens the vault is damaged.
pub fn damaged() -> Sentences {
    Sentences {
        what: "Wat deze kluis opent, is beschadigd.",
        safe: "De rest is niet veranderd en er is niets gewist.",
        now: "Gebruik deze browser zo min mogelijk en vraag hulp.",
    }
}

/// A newer version wrote the vault.
pub fn newer() -> &'static str {
    "Deze kluis is van een nieuwere versie"
}

/// It cannot be opened now.
pub fn broken() -> &'static str {
    "De kluis kan nu niet open"
}

/// Tries once more.
pub fn again() -> &'static str {
    "Opnieuw proberen"
}

/// Looks for a newer version of the app.
pub fn look_for_version() -> &'static str {
    "Nieuwe versie zoeken"
}

/// Looking found nothing yet.
pub fn looking() -> &'static str {
    "De app zoekt een nieuwe versie. Daarvoor is internet nodig."
}

/// An address without a screen.
pub fn not_found() -> &'static str {
    "Deze pagina is er niet"
}

/// What to do then.
pub fn not_found_text() -> &'static str {
    "Misschien is het adres oud. Er is niets gewist."
}

/// Back to the first place.
pub fn to_today() -> &'static str {
    "Naar Vandaag"
}
