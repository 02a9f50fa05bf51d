//! What the device prefers, and the chosen look on the document.

use wasm_bindgen::prelude::*;

use super::settings::Settings;

/// Whether the app runs from the home screen.
pub fn is_installed() -> bool {
    matches("(display-mode: standalone)") || ios_standalone() == Some(true)
}

/// Whether this is an iPad or iPhone browser, where a person puts the app on the home screen by hand.
pub fn is_installed_by_hand() -> bool {
    ios_standalone().is_some()
}

/// Puts the chosen theme and target size on the document as `data-theme` and `data-targets`.
pub fn apply(settings: &Settings) {
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element());
    let Some(root) = root else { return };
    let targets = settings.has_large_targets.then_some("large");
    for (name, value) in [
        ("data-theme", settings.theme.name()),
        ("data-targets", targets),
    ] {
        // Both names are valid, so neither call can fail.
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

fn matches(query: &str) -> bool {
    web_sys::window()
        .and_then(|window| window.match_media(query).ok()?)
        .is_some_and(|list| list.matches())
}

fn ios_standalone() -> Option<bool> {
    let navigator = web_sys::window()?.navigator();
    js_sys::Reflect::get(&navigator, &JsValue::from_str("standalone"))
        .ok()?
        .as_bool()
}
