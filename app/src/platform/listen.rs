//! Event listeners that end with their owner.

use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget};

/// A listener; it is removed when this is dropped. Moves freely within its own thread.
pub struct Listener {
    _attached: SendWrapper<Attached>,
}

struct Attached {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Calls back for every such event, before the elements inside see it.
    pub(super) fn new(
        target: &EventTarget,
        name: &'static str,
        callback: impl FnMut(Event) + 'static,
    ) -> Self {
        let callback = Closure::<dyn FnMut(Event)>::new(callback);
        let function = callback.as_ref().unchecked_ref();
        // Fails on a null listener only.
        let _ = target.add_event_listener_with_callback_and_bool(name, function, true);
        let target = target.clone();
        Self {
            _attached: SendWrapper::new(Attached {
                target,
                name,
                callback,
            }),
        }
    }

    /// Keeps the listener for the life of the page.
    pub fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        let function = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback_and_bool(self.name, function, true);
    }
}
