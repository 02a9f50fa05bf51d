//! Web Locks: at most one owner of a name in all tabs of this origin.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{clock, spawn};

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &JsValue,
    ) -> Result<Promise, JsValue>;

    type AbortController;
    #[wasm_bindgen(constructor)]
    fn new() -> AbortController;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &AbortController) -> JsValue;
    #[wasm_bindgen(method)]
    fn abort(this: &AbortController);
}

/// How to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Wait this long for the owner to let go.
    Wait(Duration),
    /// Take it from its owner, who is told through its `on_lost`.
    Steal,
}

/// A lock that is held until this is dropped.
pub struct Held {
    release: Function,
    is_let_go: Rc<Cell<bool>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.is_let_go.set(true);
        // The resolve function of a promise does not throw.
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// Asks for a lock; `None` when another tab keeps it, or the browser has no locks.
///
/// `on_lost` runs when another tab steals it later.
pub async fn acquire(name: &str, ask: Ask, on_lost: impl FnOnce() + 'static) -> Option<Held> {
    let manager = manager()?;
    let options = Object::new();
    let limit = match ask {
        Ask::Steal => {
            set(&options, "steal", &JsValue::TRUE);
            None
        }
        Ask::Wait(limit) => {
            let abort = AbortController::new();
            set(&options, "signal", &abort.signal());
            Some((limit, abort))
        }
    };

    let (sender, granted) = oneshot::channel();
    let sender = RefCell::new(Some(sender));
    let callback = Closure::once_into_js(move |_lock: JsValue| {
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        if let (Some(sender), Some(release)) = (sender.take(), release) {
            let _ = sender.send(release);
        }
        held
    });
    let request = manager.request(name, &options, &callback).ok()?;
    if let Some((limit, abort)) = limit {
        spawn(async move {
            clock::sleep(limit).await;
            // Does nothing once the lock is granted.
            abort.abort();
        });
    }

    let is_let_go = Rc::new(Cell::new(false));
    let flag = Rc::clone(&is_let_go);
    let (refused_sender, refused) = oneshot::channel();
    spawn(async move {
        // Ends when the lock is let go, refused, or stolen.
        let is_rejected = JsFuture::from(request).await.is_err();
        if refused_sender.send(()).is_err() && is_rejected && !flag.get() {
            on_lost();
        }
    });
    match futures_util::future::select(granted, refused).await {
        futures_util::future::Either::Left((Ok(release), _)) => Some(Held { release, is_let_go }),
        _ => None,
    }
}

fn set(options: &Object, name: &str, value: &JsValue) {
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(options, &JsValue::from_str(name), value);
}

fn manager() -> Option<LockManager> {
    let get = |object: &JsValue, name: &str| {
        Reflect::get(object, &JsValue::from_str(name))
            .ok()
            .filter(|value| !value.is_undefined())
    };
    let navigator = get(&js_sys::global(), "navigator")?;
    get(&navigator, "locks").map(JsCast::unchecked_into)
}
