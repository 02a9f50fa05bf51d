//! Words of the lock screen.

/// While the worker starts.
pub fn loading() -> &'static str {
    "De kluis wordt geladen."
}
