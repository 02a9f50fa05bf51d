//! What happens when the program breaks down.

use std::panic::{self, PanicHookInfo};

use wasm_bindgen::JsValue;

/// Writes only the place of a panic to the console: its message may quote what a person typed.
pub fn install() {
    panic::set_hook(Box::new(report));
}

/// As [`install`], and calls back once more before the instance ends.
pub fn install_with(last_words: impl Fn() + Send + Sync + 'static) {
    panic::set_hook(Box::new(move |info| {
        report(info);
        last_words();
    }));
}

fn report(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    let text = format!("fault at {}", place.as_deref().unwrap_or("unknown place"));
    web_sys::console::error_1(&JsValue::from_str(&text));
}
