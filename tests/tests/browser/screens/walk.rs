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
pub(crate) const TARGET: u32 = 48;
pub(crate) const DAILY_TARGET: u32 = 56;
/// Either of them with **Grote knoppen**.
pub(crate) const LARGE_TARGET: u32 = 64;
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
const LYING: (u32, u32) = (844, 390);
const NARROW: (u32, u32) = (320, 640);

/// How the screen stands while it is checked, and what is checked then; that words fit, always.
struct Stand {
    name: &'static str,
    size: (u32, u32),
    is_dark: bool,
    /// Size of the text; empty = the person's own.
    text: &'static str,
    rules: Rules,
    /// Whether there must be room for a finger.
    has_fingers: bool,
}

#[derive(PartialEq, Eq)]
enum Rules {
    All,
    /// Colours do not change with the size of the text, and take most of the time.
    AllButColours,
    Colours,
    None,
}

impl Stand {
    const fn light(name: &'static str, size: (u32, u32), rules: Rules) -> Self {
        Self {
            name,
            size,
            is_dark: false,
            text: "",
            rules,
            has_fingers: true,
        }
    }

    const fn dark(name: &'static str, size: (u32, u32), rules: Rules) -> Self {
        Self {
            is_dark: true,
            ..Self::light(name, size, rules)
        }
    }

    const fn large_text(name: &'static str, size: (u32, u32), rules: Rules) -> Self {
        Self {
            text: "200%",
            has_fingers: false,
            ..Self::light(name, size, rules)
        }
    }
}

/// Every rule of access in light, in dark, on a phone and with large text (`ux.md` behaviour 37).
const STANDS: [Stand; 8] = [
    Stand::light("1024x768", TABLET, Rules::All),
    Stand::dark("1024x768 dark", TABLET, Rules::Colours),
    Stand::light("768x1024", UPRIGHT, Rules::None),
    Stand::light("844x390", LYING, Rules::None),
    Stand::dark("390x844 dark", PHONE, Rules::All),
    Stand::light("320x640", NARROW, Rules::None),
    Stand::large_text("320x640 at 200 %", NARROW, Rules::AllButColours),
    Stand::large_text("1024x768 at 200 %", TABLET, Rules::None),
];

/// Somebody who goes from screen to screen and notes what is wrong.
pub(crate) struct Walk<'a> {
    pub(crate) device: &'a Device,
    axe: String,
    folder: PathBuf,
    pictures: Option<PathBuf>,
    pub(crate) target: (u32, u32),
    findings: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(device: &'a Device) -> Result<Self> {
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
    pub(crate) async fn look(&mut self, screen: &str) -> Result<()> {
        self.look_without(screen, &[]).await
    }

    /// The same without some of the rules of access.
    pub(crate) async fn look_without(&mut self, screen: &str, without: &[&str]) -> Result<()> {
        let (target, daily) = self.target;
        self.load_axe().await?;
        for stand in STANDS {
            let mut without = without.to_vec();
            let rules = match stand.rules {
                Rules::All => json!("all"),
                Rules::AllButColours => {
                    without.push("color-contrast");
                    json!("all")
                }
                Rules::Colours => json!(["color-contrast"]),
                Rules::None => Value::Null,
            };
            let target = if stand.has_fingers { target } else { 0 };
            let options = json!({ "rules": rules, "without": without, "target": target, "daily": DAILY, "dailyTarget": daily, "fits": true });
            self.stand(stand.size, stand.is_dark).await?;
            self.text_size(stand.text).await?;
            self.check(screen, stand.name, &options).await?;
        }
        self.text_size("").await?;
        self.stand(TABLET, false).await
    }

    /// Checks the screen, and takes its picture on three sizes in both themes: of the main screens always, of the others when asked.
    pub(crate) async fn picture(&mut self, screen: &str) -> Result<()> {
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
    pub(crate) async fn picture_for_readme(&self, name: &str, scrolled: u32) -> Result<()> {
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
    pub(crate) fn end(self, walked: Result<()>) -> Result<()> {
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
