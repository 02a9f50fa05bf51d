//! Choices of this device that hold no personal data, in local storage; readable before the vault is open.
//!
//! A browser that refuses local storage gives the defaults and keeps nothing.

use std::ops::RangeInclusive;

use web_sys::Storage;

/// Minutes without input before the vault locks: what can be chosen, and the default.
pub const IDLE_MINUTES: (RangeInclusive<u8>, u8) = (1..=30, 5);
/// Minutes out of sight before the vault locks: what can be chosen, and the default.
pub const HIDDEN_MINUTES: (RangeInclusive<u8>, u8) = (1..=10, 3);

const THEME: &str = "dossierkluis.theme";
const LARGE_TARGETS: &str = "dossierkluis.large-targets";
const IDLE: &str = "dossierkluis.idle-minutes";
const HIDDEN: &str = "dossierkluis.hidden-minutes";
const VAULT_EXPECTED: &str = "dossierkluis.vault";
const RELAY: &str = "dossierkluis.relay";
const RELAY_OFF: &str = "dossierkluis.relay-off";
const FILLING: &str = "dossierkluis.filling";
const READY_CARD: &str = "dossierkluis.ready-later";

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Choices of this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// "Grote knoppen".
    pub has_large_targets: bool,
    /// Minutes without input before the vault locks, 1–30.
    pub idle_minutes: u8,
    /// Minutes out of sight before the vault locks, 1–10.
    pub hidden_minutes: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            has_large_targets: false,
            idle_minutes: IDLE_MINUTES.1,
            hidden_minutes: HIDDEN_MINUTES.1,
        }
    }
}

impl Theme {
    /// As stored and as CSS names it; `None` = as the device.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// What was chosen; the default for what was not, or is out of range.
pub fn load() -> Settings {
    Settings {
        theme: match get(THEME).as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        },
        has_large_targets: get(LARGE_TARGETS).is_some(),
        idle_minutes: minutes(get(IDLE), &IDLE_MINUTES),
        hidden_minutes: minutes(get(HIDDEN), &HIDDEN_MINUTES),
    }
}

/// Keeps the choices; values out of range become the nearest that can be chosen.
pub fn save(settings: &Settings) {
    put(THEME, settings.theme.name());
    put(LARGE_TARGETS, settings.has_large_targets.then_some("1"));
    let idle = clamp(settings.idle_minutes, &IDLE_MINUTES.0);
    let hidden = clamp(settings.hidden_minutes, &HIDDEN_MINUTES.0);
    put(IDLE, Some(&idle.to_string()));
    put(HIDDEN, Some(&hidden.to_string()));
}

/// Whether this browser once stored a vault: finding none then means that it was removed.
pub fn is_vault_expected() -> bool {
    get(VAULT_EXPECTED).is_some()
}

/// Notes whether a vault is expected here.
pub fn set_vault_expected(is_expected: bool) {
    put(VAULT_EXPECTED, is_expected.then_some("1"));
}

/// The origin of the relay that was found: a setting of its own, whatever the address of the app.
pub fn relay() -> Option<String> {
    get(RELAY)
}

/// Notes which relay was found.
pub fn set_relay(origin: &str) {
    put(RELAY, Some(origin));
}

/// Whether the person wants no exchange with a server.
pub fn is_relay_off() -> bool {
    get(RELAY_OFF).is_some()
}

/// Notes whether the person wants no exchange with a server.
pub fn set_relay_off(is_off: bool) {
    put(RELAY_OFF, is_off.then_some("1"));
}

/// How many records were to come when this device began to fill; 0 when that was not known yet.
pub fn filling() -> Option<u64> {
    get(FILLING).map(|total| total.parse().unwrap_or_default())
}

/// Notes how many records are to come, or that none are.
pub fn set_filling(total: Option<u64>) {
    put(FILLING, total.map(|total| total.to_string()).as_deref());
}

/// Whether the person put the card about this device away.
pub fn is_ready_card_dismissed() -> bool {
    get(READY_CARD).is_some()
}

/// Puts the card about this device away for good.
pub fn dismiss_ready_card() {
    put(READY_CARD, Some("1"));
}

fn minutes(text: Option<String>, (range, default): &(RangeInclusive<u8>, u8)) -> u8 {
    text.and_then(|text| text.parse().ok())
        .filter(|minutes| range.contains(minutes))
        .unwrap_or(*default)
}

fn clamp(minutes: u8, range: &RangeInclusive<u8>) -> u8 {
    minutes.clamp(*range.start(), *range.end())
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

fn put(key: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    // A full or refused local storage loses a preference, never a dossier.
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_out_of_range_or_unreadable_give_the_default() {
        for text in ["0", "31", "-1", "", "vijf", "300"] {
            assert_eq!(minutes(Some(text.into()), &IDLE_MINUTES), 5, "{text}");
        }
        assert_eq!(minutes(None, &HIDDEN_MINUTES), 3);
        assert_eq!(minutes(Some("10".into()), &HIDDEN_MINUTES), 10);
        assert_eq!(minutes(Some("1".into()), &IDLE_MINUTES), 1);
    }

    #[test]
    fn chosen_minutes_are_brought_into_range() {
        assert_eq!(clamp(0, &IDLE_MINUTES.0), 1);
        assert_eq!(clamp(99, &HIDDEN_MINUTES.0), 10);
    }
}
