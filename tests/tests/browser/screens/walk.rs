//! Going from screen to screen: what is checked at every stop, and the pictures.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use e2e::Device;
use serde_json::{Value, json};

/// The checks, run in the page.
const LOOK: &str = include_str!("screens.js");
/// Where the rules of access come from: axe.min.js, put there by `cargo xtask test`.
const AXE: &str = "DOSSIERKLUIS_AXE";
/// Where pictures go; without it only those of the main screens are taken, into cargo's folder for tests.
const SCREENSHOTS: &str = "DOSSIERKLUIS_SCREENSHOTS";
/// Where the two pictures of the README go; set by `cargo xtask test --pictures`.
const PICTURES: &str = "DOSSIERKLUIS_PICTURES";

/// Smallest target, and smallest target of what is done every day, in CSS px (`ux.md` behaviour 36).
pub(super) const TARGET: u32 = 48;
pub(super) const DAILY_TARGET: u32 = 56;
/// Either of them with **Grote knoppen**.
pub(super) const LARGE_TARGET: u32 = 64;
const DAILY: [&str; 9] = [
    "Start bezoek",
    "Verder schrijven",
    "Bellen",
    "Route",
    "Nieuw bezoek",
    "Nu klaar",
    "Geen bijzonderheden",
    "Zelfde als vorige keer",
    "Bezoek ondertekenen",
];

const MAIN: [&str; 8] = [
    "welkom",
    "vandaag-leeg",
    "vandaag",
    "clienten",
    "client",
    "bezoek",
    "bezoek-ondertekend",
    "slot",
];

const TABLET: (u32, u32) = (1024, 768);
const UPRIGHT: (u32, u32) = (768, 1024);
const PHONE: (u32, u32) = (390, 844);
const NARROW: (u32, u32) = (320, 640);

/// Somebody who goes from screen to screen and notes what is wrong.
pub(super) struct Walk<'a> {
    pub(super) device: &'a Device,
    axe: String,
    folder: PathBuf,
    pictures: Option<PathBuf>,
    pub(super) target: (u32, u32),
    findings: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(device: &'a Device) -> Result<Self> {
        let axe = std::env::var_os(AXE)
            .with_context(|| format!("{AXE} is not set: run `cargo xtask test`"))?;
        let folder = std::env::var_os(SCREENSHOTS).map_or_else(
            || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screens"),
            PathBuf::from,
        );
        std::fs::create_dir_all(&folder)?;
        Ok(Self {
            device,
            axe: std::fs::read_to_string(&axe)
                .with_context(|| format!("cannot read {}", axe.display()))?,
            folder,
            pictures: std::env::var_os(PICTURES).map(PathBuf::from),
            target: (TARGET, DAILY_TARGET),
            findings: Vec::new(),
        })
    }

    /// Checks the screen as it stands.
    pub(super) async fn look(&mut self, screen: &str) -> Result<()> {
        self.look_without(screen, &[]).await
    }

    /// The same without some of the rules of access.
    pub(super) async fn look_without(&mut self, screen: &str, rules: &[&str]) -> Result<()> {
        let (target, daily) = self.target;
        let all = json!({ "rules": "all", "without": rules, "target": target, "daily": DAILY, "dailyTarget": daily, "fits": true });
        let colours = json!({ "rules": ["color-contrast"] });
        let fingers =
            json!({ "target": target, "daily": DAILY, "dailyTarget": daily, "fits": true });
        let fits = json!({ "fits": true });
        self.load_axe().await?;
        self.stand(TABLET, false).await?;
        self.check(screen, "light", &all).await?;
        self.stand(TABLET, true).await?;
        self.check(screen, "dark", &colours).await?;
        self.stand(NARROW, false).await?;
        self.check(screen, "320 px", &fingers).await?;
        self.text_size("200%").await?;
        self.check(screen, "320 px at 200 %", &fits).await?;
        self.stand(TABLET, false).await?;
        self.check(screen, "200 %", &fits).await?;
        self.text_size("").await
    }

    /// Checks the screen, and takes its picture on three sizes in both themes: of the main screens always, of the others when asked.
    pub(super) async fn picture(&mut self, screen: &str) -> Result<()> {
        self.look(screen).await?;
        if std::env::var_os(SCREENSHOTS).is_none() && !MAIN.contains(&screen) {
            return Ok(());
        }
        for (size, name) in [(TABLET, "1024"), (UPRIGHT, "768"), (PHONE, "390")] {
            for is_dark in [false, true] {
                self.stand(size, is_dark).await?;
                let theme = if is_dark { "dark" } else { "light" };
                let path = self.folder.join(format!("{screen}-{name}-{theme}.png"));
                std::fs::write(path, self.shot(true).await?)?;
            }
        }
        self.stand(TABLET, false).await
    }

    /// The picture for the README, as it stands on a tablet, scrolled so many px.
    pub(super) async fn picture_for_readme(&self, name: &str, scrolled: u32) -> Result<()> {
        let Some(folder) = &self.pictures else {
            return Ok(());
        };
        std::fs::create_dir_all(folder)?;
        self.stand(TABLET, false).await?;
        let calm = "document.activeElement?.blur(); scrollTo(0, arguments[0])";
        self.device.script(calm, vec![json!(scrolled)]).await?;
        let corner = json!({ "type": "mouseMoved", "x": 0, "y": 400 });
        self.device
            .devtools("Input.dispatchMouseEvent", corner)
            .await?;
        Ok(std::fs::write(
            folder.join(format!("{name}.png")),
            self.shot(false).await?,
        )?)
    }

    async fn load_axe(&self) -> Result<()> {
        let is_there = "return typeof axe !== 'undefined'";
        if self.device.script(is_there, Vec::new()).await? != json!(true) {
            // `axe` becomes a name of the page, as it would by a script element, which the page's policy forbids.
            let script = format!("{}\nwindow.axe = axe;", self.axe);
            self.device.script(&script, Vec::new()).await?;
        }
        Ok(())
    }

    /// A screen of this size and theme, without movement.
    async fn stand(&self, (width, height): (u32, u32), is_dark: bool) -> Result<()> {
        let theme = if is_dark { "dark" } else { "light" };
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": theme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.device.resize(width, height).await?;
        self.device
            .devtools("Emulation.setEmulatedMedia", media)
            .await?;
        // A tablet's scroll bars lie over the page and take no room.
        self.device
            .devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true }))
            .await?;
        Ok(())
    }

    async fn text_size(&self, size: &str) -> Result<()> {
        let script = "document.documentElement.style.fontSize = arguments[0]";
        self.device.script(script, vec![json!(size)]).await?;
        Ok(())
    }

    async fn check(&mut self, screen: &str, state: &str, options: &Value) -> Result<()> {
        let found = self
            .device
            .script_async(LOOK, vec![options.clone()])
            .await?;
        let Some(found) = found.as_array() else {
            bail!("{screen}, {state}: no answer");
        };
        for finding in found.iter().filter_map(Value::as_str) {
            self.findings.push(format!("{screen}, {state}: {finding}"));
        }
        Ok(())
    }

    /// A PNG of what is on screen, or of the whole page.
    async fn shot(&self, is_whole: bool) -> Result<Vec<u8>> {
        let wait = "const [is_whole, done] = arguments; if (is_whole) scrollTo(0, 0); requestAnimationFrame(() => requestAnimationFrame(() => \
                    done([innerWidth, document.documentElement.scrollHeight])));";
        let size = self
            .device
            .script_async(wait, vec![json!(is_whole)])
            .await?;
        let mut params = json!({ "format": "png", "captureBeyondViewport": is_whole });
        if is_whole {
            params["clip"] =
                json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        }
        let answer = self
            .device
            .devtools("Page.captureScreenshot", params)
            .await?;
        let data = answer.get("data").and_then(Value::as_str);
        Ok(STANDARD.decode(data.context("no picture")?)?)
    }

    /// Fails with everything that was noted, and with what ended the walk early.
    pub(super) fn end(self, walked: Result<()>) -> Result<()> {
        if self.findings.is_empty() {
            return walked;
        }
        let early = walked.map_or_else(
            |error| format!("\nand the walk ended early: {error}"),
            |()| String::new(),
        );
        let count = self.findings.len();
        bail!("{count} findings:\n{}{early}", self.findings.join("\n"))
    }
}
