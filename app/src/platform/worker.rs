//! Workers: where this module runs, and bytes to and from a worker.
//!
//! What was sent is handed over, not copied, and wiped where it arrives.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{
    DedicatedWorkerGlobalScope, HtmlMetaElement, MessageEvent, Worker, WorkerOptions, WorkerType,
};

/// Name of the `<meta>` that holds the worker script's address.
const META: &str = "meta[name=dossierkluis-worker]";

/// Where this instance of the module runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// A window.
    Window,
    /// A dedicated worker with this name.
    Worker(String),
}

/// Where this instance of the module runs.
pub fn scope() -> Scope {
    match global() {
        Some(worker) => Scope::Worker(worker.name()),
        None => Scope::Window,
    }
}

/// A worker could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("worker could not be started")]
pub struct WorkerError;

/// A worker started here; it ends when this is dropped.
pub struct WorkerHandle {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl WorkerHandle {
    /// Starts a worker that runs this same module under the given name.
    ///
    /// `on_error` runs when its script cannot be loaded or an error escapes it.
    ///
    /// # Errors
    /// The page names no worker script, or the browser refuses it.
    pub fn start(
        name: &str,
        mut on_message: impl FnMut(Vec<u8>) + 'static,
        mut on_error: impl FnMut() + 'static,
    ) -> Result<Self, WorkerError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(name);
        let script = script().ok_or(WorkerError)?;
        let worker = Worker::new_with_options(&script, &options).map_err(|_| WorkerError)?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(bytes) = take(&event) {
                on_message(bytes);
            }
        });
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |_| on_error());
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// The browser refuses the message.
    pub fn post(&self, bytes: &[u8]) -> Result<(), WorkerError> {
        let (message, transfer) = parcel(bytes);
        self.worker
            .post_message_with_transfer(&message, &transfer)
            .map_err(|_| WorkerError)
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// Inside a worker: calls back for whatever is sent to it, for as long as it lives.
pub fn listen(mut on_message: impl FnMut(Vec<u8>) + 'static) {
    let Some(scope) = global() else { return };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(bytes) = take(&event) {
            on_message(bytes);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// Inside a worker: sends bytes to whoever started it.
pub fn post(bytes: &[u8]) {
    if let Some(scope) = global() {
        let (message, transfer) = parcel(bytes);
        // The only failure is a value that cannot be cloned; bytes always can.
        let _ = scope.post_message_with_transfer(&message, &transfer);
    }
}

/// Inside a worker: ends it.
pub fn close() {
    if let Some(scope) = global() {
        scope.close();
    }
}

/// A message, and the list of what is handed over with it.
fn parcel(bytes: &[u8]) -> (Uint8Array, Array) {
    let message = Uint8Array::from(bytes);
    let transfer = Array::of1(&message.buffer());
    (message, transfer)
}

fn take(event: &MessageEvent) -> Option<Vec<u8>> {
    let message: Uint8Array = event.data().dyn_into().ok()?;
    let bytes = message.to_vec();
    message.fill(0, 0, message.length());
    Some(bytes)
}

fn global() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

fn script() -> Option<String> {
    if let Some(scope) = global() {
        return Some(scope.location().href());
    }
    let meta = web_sys::window()?.document()?.query_selector(META).ok()??;
    Some(meta.dyn_into::<HtmlMetaElement>().ok()?.content())
}
