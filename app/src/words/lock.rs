//! Words of the lock screen.

/// While the worker starts.
pub fn loading() -> &'static str {
    "De kluis wordt geladen."
}

/// The worker does not start.
pub fn loading_long() -> &'static str {
    "Het laden duurt lang. Herlaad de pagina. Wat bewaard is, staat nog op dit apparaat."
}

/// The screen.
pub fn title() -> &'static str {
    "Kluis op slot"
}

/// Opens the vault.
pub fn unlock() -> &'static str {
    "Ontgrendelen"
}

/// While the key is derived.
pub fn unlocking() -> &'static str {
    "De kluis gaat open."
}

/// Nothing typed.
pub fn missing() -> &'static str {
    "Vul je wachtwoord in"
}

/// After three wrong tries. Recovering is not built yet, and this does not promise it.
pub fn forgotten() -> &'static str {
    "Wachtwoord vergeten? Bewaar je herstelblad goed. Herstellen komt in een volgende versie."
}

/// The growing wait.
pub fn wait(seconds: i64) -> String {
    format!("Wacht nog {seconds} seconden.")
}

/// What to do about work that is only in memory.
pub fn unsaved_text() -> &'static str {
    "Sluit dit tabblad niet. Is het apparaat vol? Maak dan ruimte. Ontgrendel daarna en ga verder."
}

/// A newer version is on this device.
pub fn new_version() -> &'static str {
    "Nieuwe versie klaar."
}

/// What it does to the work.
pub fn new_version_text() -> &'static str {
    "Je werk blijft staan."
}

/// Starts the newer version.
pub fn update() -> &'static str {
    "Bijwerken"
}
