//! A browser that measures: the page's own clock, a slowed main thread, a vault written into IndexedDB.

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::store::StoreName;
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

    /// Writes the rows where the app will look for them, from a page of its origin that is not the app.
    async fn fill(&self, filled: &Filled) -> Result<()> {
        let device = &self.device;
        device.open("/health").await?;
        let mut stores: Vec<&str> = StoreName::ALL.iter().map(|store| store.as_str()).collect();
        stores.push("owner");
        expect(
            &device
                .script_async(MAKE_STORES, vec![json!(stores)])
                .await?,
            "made",
        )?;
        let (mut rows, mut chars) = (Vec::new(), 0);
        for (store, key, value) in filled.disk.dump() {
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
        let end =
            "window.filling.close(); localStorage.setItem('dossierkluis.idle-minutes', '30');";
        device.script(end, Vec::new()).await?;
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
