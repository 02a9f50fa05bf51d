//! Transactions that end with *committed* or an error.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::store::{Batch, Change, StoreError, StoreName};
use futures_channel::oneshot;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Event, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction};

use super::open::Connection;
use super::{Durability, error};

// What web-sys and rexie lack: the options of a transaction, and reading them back.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = web_sys::IdbDatabase)]
    type DatabaseWithOptions;
    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &DatabaseWithOptions,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;

    #[wasm_bindgen(extends = IdbTransaction)]
    type TransactionWithDurability;
    #[wasm_bindgen(method, getter)]
    fn durability(this: &TransactionWithDurability) -> Option<String>;
}

type Callback = Closure<dyn FnMut(Event)>;

/// A running transaction. Requests may be made until the thread next waits for something else.
pub(super) struct Transaction {
    inner: IdbTransaction,
    is_completed: oneshot::Receiver<bool>,
    is_foreign: Rc<Cell<bool>>,
    is_ended: Cell<bool>,
    _on_end: Callback,
    on_owner: RefCell<Option<(IdbRequest, Callback)>>,
}

/// A request's answer; readable once its transaction is done.
pub(super) struct Answer(IdbRequest);

impl Transaction {
    /// Reads one store.
    pub(super) fn read(connection: &Connection, store: StoreName) -> Result<Self, StoreError> {
        let stores = Array::of1(&JsValue::from_str(store.as_str()));
        Self::start(connection, &stores, "readonly", "default")
    }

    /// Writes one store; may be lost in a power cut.
    pub(super) fn write_relaxed(connection: &Connection, store: &str) -> Result<Self, StoreError> {
        let stores = Array::of1(&JsValue::from_str(store));
        Self::start(connection, &stores, "readwrite", "relaxed")
    }

    /// Writes the stores of a batch and one more; completed means on disk.
    pub(super) fn write_strict(
        connection: &Connection,
        batch: &Batch,
        extra: &str,
    ) -> Result<Self, StoreError> {
        let stores = Array::of1(&JsValue::from_str(extra));
        for change in &batch.changes {
            let (Change::Put { store, .. } | Change::Delete { store, .. }) = change;
            let name = JsValue::from_str(store.as_str());
            if !stores.includes(&name, 0) {
                stores.push(&name);
            }
        }
        Self::start(connection, &stores, "readwrite", "strict")
    }

    fn start(
        connection: &Connection,
        stores: &Array,
        mode: &str,
        durability: &str,
    ) -> Result<Self, StoreError> {
        let options = Object::new();
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&options, &"durability".into(), &durability.into());
        let database: &DatabaseWithOptions = connection.database().unchecked_ref();
        let inner = database
            .transaction(stores, mode, &options)
            .map_err(|thrown| error::of_js(&thrown))?;
        let (sender, is_completed) = oneshot::channel();
        let sender = RefCell::new(Some(sender));
        let on_end = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(sender) = sender.take() {
                let _ = sender.send(event.type_() == "complete");
            }
        });
        let function = on_end.as_ref().unchecked_ref();
        inner.set_oncomplete(Some(function));
        inner.set_onabort(Some(function));
        Ok(Self {
            inner,
            is_completed,
            is_foreign: Rc::default(),
            is_ended: Cell::new(false),
            _on_end: on_end,
            on_owner: RefCell::default(),
        })
    }

    /// What the browser says of this transaction's durability; one that says less than strict is refused.
    pub(super) fn durability(&self) -> Result<Durability, StoreError> {
        let transaction: &TransactionWithDurability = self.inner.unchecked_ref();
        match transaction.durability().as_deref() {
            Some("strict") => Ok(Durability::Strict),
            None => Ok(Durability::Unsaid),
            Some(_) => Err(StoreError::Blocked),
        }
    }

    /// Aborts everything unless the row holds exactly these bytes.
    pub(super) fn check(&self, store: &str, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let request = self.request(self.store(store)?.get(&bytes(key)))?;
        let (expected, answer) = (value.to_vec(), Answer(request.clone()));
        let (foreign, inner) = (Rc::clone(&self.is_foreign), self.inner.clone());
        let on_owner = Closure::<dyn FnMut(Event)>::new(move |_| {
            if answer.value() != Ok(Some(expected.clone())) {
                foreign.set(true);
                // Its first answer arrives before it can complete, so it can still be aborted.
                let _ = inner.abort();
            }
        });
        request.set_onsuccess(Some(on_owner.as_ref().unchecked_ref()));
        self.on_owner.replace(Some((request, on_owner)));
        Ok(())
    }

    /// Carries out all changes in order.
    pub(super) fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        for change in &batch.changes {
            match change {
                Change::Put { store, key, value } => self.put(store.as_str(), key, value)?,
                Change::Delete { store, key } => {
                    self.request(self.store(store.as_str())?.delete(&bytes(key)))?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn put(&self, store: &str, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let store = self.store(store)?;
        self.request(store.put_with_key(&bytes(value), &bytes(key)))?;
        Ok(())
    }

    pub(super) fn get(&self, store: &str, key: &[u8]) -> Result<Answer, StoreError> {
        self.request(self.store(store)?.get(&bytes(key)))
            .map(Answer)
    }

    /// Keys and values of all rows under a prefix, both in rising order of keys.
    pub(super) fn get_prefix(
        &self,
        store: &str,
        prefix: &[u8],
    ) -> Result<(Answer, Answer), StoreError> {
        let store = self.store(store)?;
        let (keys, values) = match range(prefix)? {
            Some(range) => (
                store.get_all_keys_with_key(&range),
                store.get_all_with_key(&range),
            ),
            None => (store.get_all_keys(), store.get_all()),
        };
        Ok((Answer(self.request(keys)?), Answer(self.request(values)?)))
    }

    /// Waits for the end. Every failure, quota included, aborts a transaction; only *complete* is `Ok`.
    pub(super) async fn done(mut self) -> Result<(), StoreError> {
        let is_completed = (&mut self.is_completed).await;
        self.is_ended.set(true);
        if is_completed.unwrap_or(false) {
            return Ok(());
        }
        if self.is_foreign.get() {
            return Err(StoreError::Blocked);
        }
        Err(error::of_exception(self.inner.error().as_ref()))
    }

    fn store(&self, name: &str) -> Result<IdbObjectStore, StoreError> {
        self.inner
            .object_store(name)
            .map_err(|thrown| error::of_js(&thrown))
    }

    fn request(&self, made: Result<IdbRequest, JsValue>) -> Result<IdbRequest, StoreError> {
        made.map_err(|thrown| error::of_js(&thrown))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.inner.set_oncomplete(None);
        self.inner.set_onabort(None);
        if let Some((request, _)) = self.on_owner.take() {
            request.set_onsuccess(None);
        }
        if !self.is_ended.get() {
            // Left half-way by an early return: what was asked is undone, unless it has just ended.
            let _ = self.inner.abort();
        }
    }
}

impl Answer {
    /// The row, if there is one.
    pub(super) fn value(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.0.result().map_err(|thrown| error::of_js(&thrown))?;
        if value.is_undefined() {
            return Ok(None);
        }
        to_bytes(value).map(Some)
    }

    /// The rows, or their keys.
    pub(super) fn values(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        let values = self.0.result().map_err(|thrown| error::of_js(&thrown))?;
        values
            .unchecked_into::<Array>()
            .iter()
            .map(to_bytes)
            .collect()
    }
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// Rows come back as the arrays they were put as, keys as buffers.
fn to_bytes(value: JsValue) -> Result<Vec<u8>, StoreError> {
    if value.is_instance_of::<Uint8Array>() || value.is_instance_of::<js_sys::ArrayBuffer>() {
        return Ok(Uint8Array::new(&value).to_vec());
    }
    Err(StoreError::Corrupt)
}

/// Every key that starts with `prefix`; `None` for an empty prefix, which takes all.
fn range(prefix: &[u8]) -> Result<Option<IdbKeyRange>, StoreError> {
    if prefix.is_empty() {
        return Ok(None);
    }
    let lower = bytes(prefix);
    match successor(prefix) {
        Some(upper) => {
            IdbKeyRange::bound_with_lower_open_and_upper_open(&lower, &bytes(&upper), false, true)
        }
        None => IdbKeyRange::lower_bound(&lower),
    }
    .map(Some)
    .map_err(|thrown| error::of_js(&thrown))
}

/// The least key that is above every key with this prefix; none if there is no such key.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut upper = prefix.to_vec();
    while let Some(last) = upper.last_mut() {
        if let Some(next) = last.checked_add(1) {
            *last = next;
            return Some(upper);
        }
        upper.pop();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_above_all_its_keys_and_no_others() {
        assert_eq!(successor(b"p"), Some(b"q".to_vec()));
        assert_eq!(successor(b"p\xff"), Some(b"q".to_vec()));
        assert_eq!(successor(b"a\x00"), Some(b"a\x01".to_vec()));
        assert_eq!(successor(b"\xff\xff"), None);
        assert_eq!(successor(b""), None);
    }
}
