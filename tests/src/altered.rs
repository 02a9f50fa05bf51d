//! The built app with a file changed: a newer version of it, or one that runs by a wrong clock.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use tempfile::TempDir;

use crate::{Device, app_folder};

/// Runs before the app in its window and its worker.
const CLOCK: &str = include_str!("clock.js");

/// A copy of the built app, for [`Server::serve`](crate::Server::serve).
#[derive(Debug)]
pub struct AlteredApp {
    folder: TempDir,
}

impl AlteredApp {
    /// The app as it is.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("dossierkluis-app-")
            .tempdir()?;
        let status = Command::new("cp")
            .arg("-a")
            .arg(format!("{}/.", app_folder()?.display()))
            .arg(folder.path())
            .status()?;
        ensure!(status.success(), "the app could not be copied");
        Ok(Self { folder })
    }

    /// The same app, called another version.
    pub fn newer() -> Result<Self> {
        let app = Self::new()?;
        app.change("sw", |text| {
            text.replacen("const VERSION = \"", "const VERSION = \"newer-", 1)
        })?;
        Ok(app)
    }

    /// An app for which it is `hours` later than it is, in its window and its workers.
    ///
    /// Its files do not have the hashes they are known by, so the browser refuses to keep it for offline use.
    pub fn ahead(hours: i64) -> Result<Self> {
        let app = Self::new()?;
        let ahead_ms = hours * 3_600_000;
        for script in ["worker", "loader"] {
            app.change(script, |text| {
                format!(
                    "{{ const real = Date.now; Date.now = () => real() + {ahead_ms}; }}\n{text}"
                )
            })?;
        }
        Ok(app)
    }

    /// An app for which [`Device::pass_time`] makes time pass, in its window and its workers. Not kept for offline use
    /// either.
    pub fn with_clock() -> Result<Self> {
        let app = Self::new()?;
        for script in ["worker", "loader"] {
            app.change(script, |text| format!("{CLOCK}\n{text}"))?;
        }
        Ok(app)
    }

    /// Where it stands.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn change(&self, script: &str, change: impl FnOnce(&str) -> String) -> Result<()> {
        let path = self.find(script)?;
        let text = std::fs::read_to_string(&path)?;
        let changed = change(&text);
        ensure!(changed != text, "{script} was left as it is");
        for suffix in [".br", ".gz"] {
            let mut beside = path.clone().into_os_string();
            beside.push(suffix);
            std::fs::remove_file(&beside).context("no compressed copy")?;
        }
        Ok(std::fs::write(path, changed)?)
    }

    /// `<name>.js` or `<name>-<hash>.js`.
    fn find(&self, name: &str) -> Result<PathBuf> {
        for entry in std::fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let rest = file
                .strip_prefix(name)
                .and_then(|rest| rest.strip_suffix(".js"));
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) {
                return Ok(path);
            }
        }
        bail!("the app has no {name}.js")
    }
}

impl Device {
    /// Lets this much time pass at once on a device that runs [`AlteredApp::with_clock`]: its clock jumps, and what
    /// waited for a time by then happens.
    pub async fn pass_time(&self, time: Duration) -> Result<()> {
        // A channel does not hear itself, so the window's own needs another.
        let script = "const other = new BroadcastChannel('story-clock'); other.postMessage(arguments[0]); \
                      setTimeout(() => other.close(), 1000);";
        let ms = u64::try_from(time.as_millis())?;
        self.script(script, vec![json!(ms)]).await?;
        Ok(())
    }
}
