//! What a browser's error means to a person.

use engine::store::StoreError;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DomException;

/// By the name of a `DOMException`, see the IndexedDB specification, section "Exceptions".
pub(super) fn of_name(name: &str) -> StoreError {
    match name {
        "QuotaExceededError" => StoreError::Full,
        "VersionError" => StoreError::NewerFormat,
        "NotReadableError" | "NotFoundError" | "DataError" => StoreError::Corrupt,
        _ => StoreError::Blocked,
    }
}

pub(super) fn of_exception(exception: Option<&DomException>) -> StoreError {
    exception.map_or(StoreError::Blocked, |exception| of_name(&exception.name()))
}

pub(super) fn of_js(thrown: &JsValue) -> StoreError {
    of_exception(thrown.dyn_ref::<DomException>())
}

pub(super) fn of_rexie(error: rexie::Error) -> StoreError {
    match error {
        rexie::Error::IdbError(idb::Error::DomException(exception)) => {
            of_exception(Some(&exception))
        }
        rexie::Error::IdbError(
            idb::Error::IndexedDbOpenFailed(thrown) | idb::Error::IndexedDbDeleteFailed(thrown),
        ) => of_js(&thrown),
        _ => StoreError::Blocked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_never_taken_for_success_or_for_an_empty_store() {
        assert_eq!(of_name("QuotaExceededError"), StoreError::Full);
        assert_eq!(of_name("VersionError"), StoreError::NewerFormat);
        assert_eq!(of_name("NotReadableError"), StoreError::Corrupt);
        for name in ["AbortError", "UnknownError", "InvalidStateError", ""] {
            assert_eq!(of_name(name), StoreError::Blocked, "{name}");
        }
    }
}
