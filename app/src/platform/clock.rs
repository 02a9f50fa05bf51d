//! The clock and timers.

use std::time::Duration;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: i32) -> i32;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Now, in ms since the epoch, UTC, by the device's clock.
pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// Ms since this page or worker started; nobody can set it back, but it may stand still while the device sleeps.
pub fn running_ms() -> i64 {
    performance_now() as i64
}

/// Returns after the given time; later when the tab is throttled or the device slept.
pub async fn sleep(duration: Duration) {
    let ms = i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, ms);
    });
    let _ = JsFuture::from(promise).await;
}
