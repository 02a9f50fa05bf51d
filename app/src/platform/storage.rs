//! How safe and how large the browser's storage is.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

/// Whether the browser promises not to clear the vault by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// It promises.
    Granted,
    /// It may clear the vault when the device runs full.
    Denied,
    /// It does not say.
    Unknown,
}

/// Room for this app, as far as the browser tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// In use.
    pub used_bytes: u64,
    /// In use plus free.
    pub limit_bytes: u64,
}

/// Whether the promise stands, without asking for it.
pub async fn persisted() -> Persistence {
    answer(manager().map(|manager| manager.persisted())).await
}

/// Asks for the promise; a browser may show a question.
pub async fn persist() -> Persistence {
    answer(manager().map(|manager| manager.persist())).await
}

/// How much room there is; `None` where the browser does not say.
pub async fn room() -> Option<Room> {
    let promise = manager()?.estimate().ok()?;
    let estimate: StorageEstimate = JsFuture::from(promise).await.ok()?.unchecked_into();
    Some(Room {
        used_bytes: estimate.get_usage()? as u64,
        limit_bytes: estimate.get_quota()? as u64,
    })
}

async fn answer(asked: Option<Result<Promise, JsValue>>) -> Persistence {
    let Some(Ok(promise)) = asked else {
        return Persistence::Unknown;
    };
    match JsFuture::from(promise).await.ok().and_then(|v| v.as_bool()) {
        Some(true) => Persistence::Granted,
        Some(false) => Persistence::Denied,
        None => Persistence::Unknown,
    }
}

fn manager() -> Option<StorageManager> {
    let manager = web_sys::window()?.navigator().storage();
    (!manager.is_undefined()).then_some(manager)
}
