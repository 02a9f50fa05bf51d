//! One device of the caregiver: a Chromium with a profile folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;

use crate::camera;
use crate::chromedriver::ChromeDriver;
use crate::process::kill_tree;
use crate::{GLANCE, PATIENCE};

/// The folder in which a browser keeps everything of one device.
#[derive(Debug)]
pub struct Profile {
    folder: TempDir,
}

impl Profile {
    /// An empty profile.
    pub fn new() -> Result<Self> {
        Ok(Self {
            folder: tempfile::Builder::new()
                .prefix("dossierkluis-profile-")
                .tempdir()?,
        })
    }

    /// A copy of this profile: another device with the same content. The browser must be closed.
    pub fn copy(&self) -> Result<Self> {
        let copy = Self::new()?;
        let status = Command::new("cp")
            .arg("-a")
            .arg(format!("{}/.", self.folder.path().display()))
            .arg(copy.folder.path())
            .status()?;
        if !status.success() {
            bail!("the profile could not be copied");
        }
        for lock in ["SingletonLock", "SingletonCookie", "SingletonSocket"] {
            let _ = std::fs::remove_file(copy.folder.path().join(lock));
        }
        Ok(copy)
    }

    /// Where it stands.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A browser extension that asks Chromium to discard a tab: its own page for that refuses a tab with text typed in it,
/// which a device that runs short does not.
const EXTENSION: &str = r#"{
  "manifest_version": 3,
  "name": "Discards tabs",
  "version": "1",
  "key": "c3RvcmllcyBvZiBhIHRhYiB0aGF0IHRoZSBicm93c2VyIGRpc2NhcmRz",
  "permissions": ["tabs"]
}"#;
/// Follows from the key in the manifest.
const EXTENSION_PAGE: &str = "chrome-extension://ejbjcfkglnkpnjcdondgdenjbcekccpl/page.html";
const DISCARD: &str = "const [origin, done] = arguments; \
    chrome.tabs.query({}).then((tabs) => tabs.find((tab) => tab.url.startsWith(origin))) \
    .then((tab) => chrome.tabs.discard(tab.id)).then((tab) => done(tab?.discarded), (error) => done(String(error)));";

/// A running browser.
#[derive(Debug)]
pub struct Device {
    /// The WebDriver session.
    pub driver: WebDriver,
    profile: Profile,
    origin: String,
    _chromedriver: Arc<ChromeDriver>,
}

impl Device {
    /// Starts Chromium on `profile`; pages are opened on `origin`. Screen: a tablet in landscape.
    pub async fn start(profile: Profile, origin: &str) -> Result<Self> {
        Self::start_with(profile, origin, &[]).await
    }

    /// The same, with what [`Device::discard`] needs.
    pub async fn start_discarding(profile: Profile, origin: &str) -> Result<Self> {
        let folder = profile.folder().join("discards");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("manifest.json"), EXTENSION)?;
        std::fs::write(folder.join("page.html"), "<!doctype html>")?;
        let load = format!("--load-extension={}", folder.display());
        let allow = "--disable-features=DisableLoadExtensionCommandLineSwitch";
        Self::start_with(profile, origin, &[&load, allow]).await
    }

    /// The same, with a camera that the app may use and that sees a QR code of `text`, or a bare table.
    ///
    /// [`Device::point_camera_at`] has it see something else, [`Device::allow_camera`] takes it away.
    pub async fn start_seeing(profile: Profile, origin: &str, text: Option<&str>) -> Result<Self> {
        let video = camera_file(&profile);
        camera::write_video(&video, text)?;
        let file = format!("--use-file-for-fake-video-capture={}", video.display());
        let fake = "--use-fake-device-for-media-stream";
        let device = Self::start_with(profile, origin, &[fake, &file]).await?;
        device.allow_camera(true).await?;
        Ok(device)
    }

    /// What the person answers when the browser asks whether the app may use the camera.
    pub async fn allow_camera(&self, is_allowed: bool) -> Result<()> {
        let setting = if is_allowed { "granted" } else { "denied" };
        let params = json!({ "permission": { "name": "camera" }, "setting": setting, "origin": self.origin });
        self.devtools("Browser.setPermission", params).await?;
        Ok(())
    }

    /// What the camera of a device from [`Device::start_seeing`] sees when it is switched on next.
    pub fn point_camera_at(&self, text: Option<&str>) -> Result<()> {
        // A camera that is on goes on with the old file.
        let video = camera_file(&self.profile);
        std::fs::remove_file(&video)?;
        camera::write_video(&video, text)
    }

    async fn start_with(profile: Profile, origin: &str, more: &[&str]) -> Result<Self> {
        let chromedriver = chromedriver().await?;
        let mut caps = DesiredCapabilities::chrome();
        for arg in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=nl-NL",
            "--window-size=1024,768",
        ] {
            caps.add_arg(arg)?;
        }
        for arg in more {
            caps.add_arg(arg)?;
        }
        caps.add_arg(&format!("--user-data-dir={}", profile.folder().display()))?;
        caps.set_browser_log_level(thirtyfour::LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(&chromedriver.url(), caps)
            .await
            .context("cannot start Chromium")?;
        Ok(Self {
            driver,
            profile,
            origin: origin.into(),
            _chromedriver: chromedriver,
        })
    }

    /// Has Chromium throw the only tab out of its memory, as when the device runs short, and comes back to that tab.
    pub async fn discard(&self) -> Result<()> {
        let helper = self.driver.new_tab().await?;
        self.driver.switch_to_window(helper.clone()).await?;
        self.driver.goto(EXTENSION_PAGE).await?;
        let origin = vec![json!(self.origin)];
        let answer = self.script_async(DISCARD, origin).await?;
        if answer != json!(true) {
            bail!("the tab was not discarded: {answer}");
        }
        let windows = self.driver.windows().await?;
        let kept = windows.into_iter().find(|window| *window != helper);
        self.driver.close_window().await?;
        let kept = kept.context("the tab is gone")?;
        Ok(self.driver.switch_to_window(kept).await?)
    }

    /// Opens a path of the app.
    pub async fn open(&self, path: &str) -> Result<()> {
        self.driver.goto(format!("{}{path}", self.origin)).await?;
        Ok(())
    }

    /// The profile folder.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// A normal close: the profile is what the browser left.
    pub async fn close(self) -> Result<Profile> {
        self.driver.clone().quit().await?;
        self.wait_for_end().await?;
        Ok(self.profile)
    }

    /// `kill -9` of the whole browser, as when the battery dies.
    pub async fn kill(self) -> Result<Profile> {
        if kill_tree(&self.profile.folder().display().to_string())? == 0 {
            bail!("there was no browser to kill");
        }
        self.wait_for_end().await?;
        let _ = self.driver.leak();
        let _ = std::fs::remove_file(self.profile.folder().join("SingletonLock"));
        Ok(self.profile)
    }

    async fn wait_for_end(&self) -> Result<()> {
        let needle = format!("--user-data-dir={}", self.profile.folder().display());
        let begin = std::time::Instant::now();
        while is_running(&needle)? {
            if begin.elapsed() > PATIENCE {
                bail!("the browser does not end");
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, params: Value) -> Result<Value> {
        Ok(self.driver.cdp().send_raw(command, params).await?)
    }

    /// Screen size in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        Ok(())
    }

    /// Light or dark, as the system asks for it.
    pub async fn prefer_dark(&self, is_dark: bool) -> Result<()> {
        let value = if is_dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// A picture of the page at `path`.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(self.driver.screenshot(path).await?)
    }

    /// Runs a script in the page and returns its value.
    pub async fn script(&self, script: &str, args: Vec<Value>) -> Result<Value> {
        Ok(self.driver.execute(script, args).await?.json().clone())
    }

    /// Waits until a script answers this.
    pub async fn expect_script(
        &self,
        script: &str,
        args: Vec<Value>,
        wanted: &Value,
    ) -> Result<()> {
        let begin = std::time::Instant::now();
        loop {
            let now = self.script(script, args.clone()).await?;
            if now == *wanted {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                bail!("{now} instead of {wanted}: {script}");
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Runs a script that calls its last argument when it is done.
    pub async fn script_async(&self, script: &str, args: Vec<Value>) -> Result<Value> {
        Ok(self
            .driver
            .execute_async(script, args)
            .await?
            .json()
            .clone())
    }

    /// What the page wrote to the console at level SEVERE.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let log = self.driver.browser_log().await?;
        Ok(log
            .into_iter()
            .filter(|entry| format!("{:?}", entry.level).eq_ignore_ascii_case("severe"))
            .map(|entry| entry.message)
            .collect())
    }
}

fn camera_file(profile: &Profile) -> PathBuf {
    profile.folder().join("camera.y4m")
}

fn is_running(needle: &str) -> Result<bool> {
    for entry in std::fs::read_dir("/proc")? {
        let path: PathBuf = entry?.path();
        if let Ok(line) = std::fs::read(path.join("cmdline")) {
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            if line.contains(needle) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

async fn chromedriver() -> Result<Arc<ChromeDriver>> {
    static RUNNING: tokio::sync::Mutex<std::sync::Weak<ChromeDriver>> =
        tokio::sync::Mutex::const_new(std::sync::Weak::new());
    let mut running = RUNNING.lock().await;
    if let Some(chromedriver) = running.upgrade() {
        return Ok(chromedriver);
    }
    let folder = std::env::temp_dir();
    let chromedriver = Arc::new(ChromeDriver::start(&folder).await?);
    *running = Arc::downgrade(&chromedriver);
    Ok(chromedriver)
}
