//! Finding, making and keeping a connection.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use engine::store::StoreError;
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use wasm_bindgen::prelude::*;
use web_sys::{Event, IdbDatabase, IdbFactory, IdbOpenDbRequest};

use super::{error, migration};
use crate::platform::{clock, spawn};

/// How long an open may take: another tab that keeps an old version open would block it for ever.
const OPEN_LIMIT: Duration = Duration::from_secs(10);

/// What stands under a name.
pub(super) enum Found {
    /// No database.
    Nothing,
    /// A database this code can use.
    Database(Connection),
}

/// An open database; it closes when this is dropped, and by itself when another tab wants to change it.
pub(super) struct Connection {
    database: IdbDatabase,
    is_closed: Rc<Cell<bool>>,
    _on_end: Closure<dyn FnMut(Event)>,
}

impl Connection {
    fn new(database: IdbDatabase) -> Self {
        let is_closed = Rc::new(Cell::new(false));
        let (closing, flag) = (database.clone(), Rc::clone(&is_closed));
        let on_end = Closure::<dyn FnMut(Event)>::new(move |_| {
            flag.set(true);
            closing.close();
        });
        let function = on_end.as_ref().unchecked_ref();
        database.set_onversionchange(Some(function));
        database.set_onclose(Some(function));
        Self {
            database,
            is_closed,
            _on_end: on_end,
        }
    }

    /// Whether the browser has not ended it.
    pub(super) fn is_usable(&self) -> bool {
        !self.is_closed.get()
    }

    pub(super) fn database(&self) -> &IdbDatabase {
        &self.database
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.database.set_onversionchange(None);
        self.database.set_onclose(None);
        self.database.close();
    }
}

/// Looks without making anything; an older schema is migrated first.
pub(super) async fn find(name: &str) -> Result<Found, StoreError> {
    let Some(connection) = existing(name).await? else {
        return Ok(Found::Nothing);
    };
    let version = connection.database.version() as u32;
    if version > migration::NEWEST_READABLE {
        return Err(StoreError::NewerFormat);
    }
    if version >= migration::CURRENT {
        return Ok(Found::Database(connection));
    }
    drop(connection);
    make(name).await.map(Found::Database)
}

/// Makes the database, or brings it to the current schema.
pub(super) async fn make(name: &str) -> Result<Connection, StoreError> {
    let builder = migration::schema(name);
    within_limit(async {
        let database = builder.build().await.map_err(error::of_rexie)?;
        database.close();
        Ok(())
    })
    .await?;
    existing(name).await?.ok_or(StoreError::Blocked)
}

/// Runs work that another tab could hold up for ever. Work that takes too long goes on unseen; what it opens closes.
pub(super) async fn within_limit<T: 'static>(
    work: impl Future<Output = Result<T, StoreError>> + 'static,
) -> Result<T, StoreError> {
    let (sender, receiver) = oneshot::channel();
    spawn(async move {
        // Nobody waits any more: the answer is dropped, and a connection in it closes.
        let _ = sender.send(work.await);
    });
    match select(receiver, Box::pin(clock::sleep(OPEN_LIMIT))).await {
        Either::Left((Ok(answer), _)) => answer,
        _ => Err(StoreError::Blocked),
    }
}

/// Opens whatever version there is; `None` when there is no database, and then makes none.
async fn existing(name: &str) -> Result<Option<Connection>, StoreError> {
    let request = factory()?
        .open(name)
        .map_err(|thrown| error::of_js(&thrown))?;
    within_limit(Opening::new(request).finish()).await
}

fn factory() -> Result<IdbFactory, StoreError> {
    js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("indexedDB"))
        .ok()
        .and_then(|factory| factory.dyn_into().ok())
        .ok_or(StoreError::Blocked)
}

/// An open request without a version. Finding none would make an empty database of version 1: that is undone.
struct Opening {
    request: IdbOpenDbRequest,
    is_absent: Rc<Cell<bool>>,
    is_successful: oneshot::Receiver<bool>,
    _on_upgrade: Closure<dyn FnMut(Event)>,
    _on_end: Closure<dyn FnMut(Event)>,
}

impl Opening {
    fn new(request: IdbOpenDbRequest) -> Self {
        let (sender, is_successful) = oneshot::channel();
        let sender = RefCell::new(Some(sender));
        let on_end = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            if let Some(sender) = sender.take() {
                let _ = sender.send(event.type_() == "success");
            }
        });
        let is_absent = Rc::new(Cell::new(false));
        let (absent, upgrading) = (Rc::clone(&is_absent), request.clone());
        let on_upgrade = Closure::<dyn FnMut(Event)>::new(move |_| {
            absent.set(true);
            if let Some(transaction) = upgrading.transaction() {
                // An upgrade that is running can always be aborted.
                let _ = transaction.abort();
            }
        });
        let end = on_end.as_ref().unchecked_ref();
        request.set_onsuccess(Some(end));
        request.set_onerror(Some(end));
        request.set_onupgradeneeded(Some(on_upgrade.as_ref().unchecked_ref()));
        Self {
            request,
            is_absent,
            is_successful,
            _on_upgrade: on_upgrade,
            _on_end: on_end,
        }
    }

    async fn finish(mut self) -> Result<Option<Connection>, StoreError> {
        let is_successful = (&mut self.is_successful).await.unwrap_or(false);
        if self.is_absent.get() {
            return Ok(None);
        }
        if !is_successful {
            let exception = self.request.error().ok().flatten();
            return Err(error::of_exception(exception.as_ref()));
        }
        let result = self
            .request
            .result()
            .map_err(|thrown| error::of_js(&thrown))?;
        Ok(Some(Connection::new(result.unchecked_into())))
    }
}
