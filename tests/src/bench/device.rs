//! A browser that measures: the page's own clock, a slowed main thread, a vault written into IndexedDB.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::store::StoreName;
use engine::store::memory::Memory;
use serde_json::{Value, json};

use super::vault::Filled;
use crate::{Device, Role, Turn};

/// Runs before any script of a page: observers, and steps that a person would take.
const PAGE: &str = include_str!("page.js");

/// Base64 characters sent to the browser in one go.
const CHUNK_CHARS: usize = 4_000_000;

const MAKE_STORES: &str = r#"
const [stores, done] = arguments;
const request = indexedDB.open("dossierkluis", 100);
request.onupgradeneeded = () => { for (const name of stores) request.result.createObjectStore(name); };
request.onerror = () => done(String(request.error));
request.onsuccess = () => { window.filling = request.result; done("made"); };
"#;

const PUT_ROWS: &str = r#"
const [rows, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const transaction = window.filling.transaction([...new Set(rows.map(([store]) => store))], "readwrite");
for (const [store, key, value] of rows) transaction.objectStore(store).put(bytes(value), bytes(key));
transaction.oncomplete = () => done("put");
transaction.onabort = () => done(String(transaction.error));
"#;

const DELETE_ROWS: &str = r#"
const [rows, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const transaction = window.filling.transaction([...new Set(rows.map(([store]) => store))], "readwrite");
for (const [store, key] of rows) transaction.objectStore(store).delete(bytes(key));
transaction.oncomplete = () => done("deleted");
transaction.onabort = () => done(String(transaction.error));
"#;

/// Rows of one store after a key, as many as fit.
const READ_ROWS: &str = r#"
const [store, after, maxChars, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const text = (value) => {
  const all = new Uint8Array(value);
  let chars = "";
  for (let at = 0; at < all.length; at += 8192) chars += String.fromCharCode(...all.subarray(at, at + 8192));
  return btoa(chars);
};
const rows = [];
let chars = 0;
const range = after === null ? null : IDBKeyRange.lowerBound(bytes(after), true);
const request = window.filling.transaction([store]).objectStore(store).openCursor(range);
request.onerror = () => done(String(request.error));
request.onsuccess = () => {
  const cursor = request.result;
  if (!cursor || chars > maxChars) return done(rows);
  const row = [text(cursor.key), text(cursor.value)];
  chars += row[0].length + row[1].length;
  rows.push(row);
  cursor.continue();
};
"#;

/// A document of the app's origin that is not the app.
const PLAIN_PAGE: &str = "/health";

const CALL: &str = r#"
const [name, args, done] = arguments;
Promise.resolve(window.bench[name](...args)).then((value) => done({ value }), (error) => done({ error: String(error) }));
"#;

/// A device under measurement.
pub(super) struct Measured {
    pub(super) device: Device,
}

impl Measured {
    /// An empty browser.
    pub(super) async fn fresh(turn: &mut Turn) -> Result<Self> {
        let device = turn.fresh().await?;
        device
            .devtools(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": PAGE }),
            )
            .await?;
        Ok(Self { device })
    }

    /// A browser that holds this vault, on its lock screen.
    pub(super) async fn with(turn: &mut Turn, filled: &Filled) -> Result<Self> {
        let measured = Self::fresh(turn).await?;
        measured
            .fill(filled)
            .await
            .context("cannot write the vault into IndexedDB")?;
        measured.lock_screen().await?;
        Ok(measured)
    }

    /// Writes the rows where the app will look for them.
    async fn fill(&self, filled: &Filled) -> Result<()> {
        self.open_stores().await?;
        self.put_all(filled.disk.dump()).await?;
        self.close_stores().await
    }

    async fn open_stores(&self) -> Result<()> {
        self.device.open(PLAIN_PAGE).await?;
        let mut stores: Vec<&str> = StoreName::ALL.iter().map(|store| store.as_str()).collect();
        stores.push("owner");
        let made = self
            .device
            .script_async(MAKE_STORES, vec![json!(stores)])
            .await?;
        expect(&made, "made")
    }

    async fn close_stores(&self) -> Result<()> {
        let end =
            "window.filling.close(); localStorage.setItem('dossierkluis.idle-minutes', '30');";
        self.device.script(end, Vec::new()).await.map(drop)
    }

    /// Everything that the browser holds of a vault; leaves the app.
    pub(super) async fn read(&self) -> Result<Memory> {
        self.open_stores().await?;
        let disk = Memory::new();
        for store in StoreName::ALL {
            let mut after = Value::Null;
            loop {
                let args = vec![json!(store.as_str()), after, json!(CHUNK_CHARS)];
                let rows = self.device.script_async(READ_ROWS, args).await?;
                let rows: Vec<(String, String)> = serde_json::from_value(rows)?;
                let Some((last, _)) = rows.last() else {
                    break;
                };
                after = json!(last);
                for (key, value) in &rows {
                    disk.overwrite(store, &STANDARD.decode(key)?, STANDARD.decode(value)?);
                }
            }
        }
        self.close_stores().await?;
        Ok(disk)
    }

    /// Writes what went on since [`Measured::read`]; leaves the app.
    pub(super) async fn go_on(&self, before: &Memory, after: &Memory) -> Result<()> {
        let rows = |disk: &Memory| -> BTreeMap<(StoreName, Vec<u8>), Vec<u8>> {
            let rows = disk.dump().into_iter();
            rows.map(|(store, key, value)| ((store, key), value))
                .collect()
        };
        let (before, mut after) = (rows(before), rows(after));
        let gone: Vec<Value> = before
            .keys()
            .filter(|at| !after.contains_key(at))
            .map(|(store, key)| json!([store.as_str(), STANDARD.encode(key)]))
            .collect();
        after.retain(|at, value| before.get(at) != Some(value));
        self.open_stores().await?;
        let changed = after.into_iter();
        self.put_all(changed.map(|((store, key), value)| (store, key, value)))
            .await?;
        if !gone.is_empty() {
            let args = vec![Value::Array(gone)];
            expect(
                &self.device.script_async(DELETE_ROWS, args).await?,
                "deleted",
            )?;
        }
        self.close_stores().await
    }

    async fn put_all(
        &self,
        all: impl IntoIterator<Item = (StoreName, Vec<u8>, Vec<u8>)>,
    ) -> Result<()> {
        let (mut rows, mut chars) = (Vec::new(), 0);
        for (store, key, value) in all {
            let (key, value) = (STANDARD.encode(key), STANDARD.encode(value));
            chars += key.len() + value.len();
            rows.push(json!([store.as_str(), key, value]));
            if chars > CHUNK_CHARS {
                self.put(std::mem::take(&mut rows)).await?;
                chars = 0;
            }
        }
        if !rows.is_empty() {
            self.put(rows).await?;
        }
        Ok(())
    }

    async fn put(&self, rows: Vec<Value>) -> Result<()> {
        expect(
            &self
                .device
                .script_async(PUT_ROWS, vec![Value::Array(rows)])
                .await?,
            "put",
        )
    }

    /// Opens the app anew and waits for the lock screen.
    pub(super) async fn lock_screen(&self) -> Result<()> {
        self.device.open("/").await?;
        self.device
            .page()
            .find(Role::Textbox, "Wachtwoord")
            .await
            .map(drop)
    }

    /// Slows the main thread (not the workers) by this factor.
    pub(super) async fn slow_down(&self, rate: u32) -> Result<()> {
        self.device
            .devtools("Emulation.setCPUThrottlingRate", json!({ "rate": rate }))
            .await
            .map(drop)
    }

    /// Calls a step of `page.js`.
    pub(super) async fn call(&self, name: &str, args: Value) -> Result<Value> {
        let mut answer = self
            .device
            .script_async(CALL, vec![json!(name), args])
            .await?;
        if let Some(error) = answer.get("error") {
            bail!("{name}: {error}");
        }
        Ok(answer.get_mut("value").map(Value::take).unwrap_or_default())
    }

    /// The same, for a step that answers milliseconds.
    pub(super) async fn ms(&self, name: &str, args: Value) -> Result<f64> {
        let answer = self.call(name, args).await?;
        answer
            .as_f64()
            .with_context(|| format!("{name} answered {answer}"))
    }
}

fn expect(answer: &Value, wanted: &str) -> Result<()> {
    if answer != wanted {
        bail!("the browser answered {answer}");
    }
    Ok(())
}
