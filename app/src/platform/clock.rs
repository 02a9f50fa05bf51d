//! The clock and timers.

use std::time::Duration;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: i32) -> i32;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: i32);
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

/// Returns in a task of its own: what was built so far can be shown first, and a tap is heard in between.
pub async fn next_task() {
    sleep(Duration::ZERO).await;
}

/// Calls back once, after a while; not at all when it is dropped before.
pub struct Timer {
    id: i32,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    /// Starts it; it comes later when the tab is throttled or the device slept.
    pub fn start(duration: Duration, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(callback);
        let ms = i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
        Self {
            id: set_timeout(callback.as_ref().unchecked_ref(), ms),
            _callback: callback,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(self.id);
    }
}
