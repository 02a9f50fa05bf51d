//! The second tab: it says where the vault is and takes it over, also while the first one saves or types.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use e2e::{Device, Role, SAVED, World};
use serde_json::json;
use thirtyfour::WindowHandle;
use tokio::time::Instant;

use crate::faults::{allow, filled_up};
use crate::reload::is_signed;

/// The other tab presses **Hier overnemen** at a word from this one, however long it is out of sight.
const ANSWER: &str = "const [button] = arguments; \
    new BroadcastChannel('story').onmessage = () => button.click();";

/// Presses the button, if there is one, and gives the other tab the word so many ms later.
const PRESS: &str = "const [wait_ms, button] = arguments; button?.click(); \
    setTimeout(() => new BroadcastChannel('story').postMessage('now'), wait_ms);";

/// Types in a box and gives the other tab the word in the same breath, so that no save can lie between.
const TYPE_AND_GIVE: &str = r#"
const [box, text] = arguments;
box.focus();
box.select();
document.execCommand("insertText", false, text);
new BroadcastChannel("story").postMessage("now");
return box.value;
"#;

/// A sum over everything that stands in the vault's database.
const SUM: &str = r#"
const done = arguments[0];
const all = (request) => new Promise((ok, no) => { request.onsuccess = () => ok(request.result); request.onerror = no; });
(async () => {
  const parts = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await all(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const rows = db.transaction(store).objectStore(store);
      parts.push(`${name} ${store}`, ...(await all(rows.getAllKeys())), ...(await all(rows.getAll())));
    }
    db.close();
  }
  const bytes = await new Blob(parts.map((part) => part instanceof ArrayBuffer || ArrayBuffer.isView(part) ? part : JSON.stringify(part))).arrayBuffer();
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  done([parts.length, [...sum].map((byte) => byte.toString(16)).join("")]);
})();
"#;

/// Two tabs of one browser; the first has the vault open, the second stands ready to take it.
struct Tabs {
    first: WindowHandle,
    second: WindowHandle,
}

impl Tabs {
    async fn open(device: &Device) -> Result<Self> {
        let first = device.driver.window().await?;
        let second = device.driver.new_tab().await?;
        device.driver.switch_to_window(second.clone()).await?;
        device.open("/").await?;
        let tabs = Self { first, second };
        tabs.get_ready(device).await?;
        Ok(tabs)
    }

    /// Has the second tab wait for the word; ends in the first.
    async fn get_ready(&self, device: &Device) -> Result<()> {
        device.driver.switch_to_window(self.second.clone()).await?;
        let page = device.page();
        page.heading("Dossierkluis is al open").await?;
        let button = page.find(Role::Button, "Hier overnemen").await?;
        device.script(ANSWER, vec![button.to_json()?]).await?;
        device.driver.switch_to_window(self.first.clone()).await?;
        Ok(())
    }

    /// The second tab has taken over: opens the vault there, and calls it the first from now on.
    async fn follow(self, device: &Device) -> Result<Self> {
        device.driver.switch_to_window(self.second.clone()).await?;
        device.unlock().await?;
        Ok(Self {
            first: self.second,
            second: self.first,
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_tab_says_so_and_can_take_over() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    device.add_client("Tabblad", "", "Eén").await?;
    let first = device.driver.window().await?;
    let second = device.driver.new_tab().await?;
    device.driver.switch_to_window(second.clone()).await?;
    device.open("/").await?;
    let page = device.page();
    page.heading("Dossierkluis is al open").await?;
    page.button("Hier overnemen").await?;
    page.heading("Kluis op slot").await?;
    device.unlock().await?;
    page.within(Role::Navigation, "Hoofdmenu")
        .link("Cliënten")
        .await?;
    page.find(Role::Link, "Tabblad Eén, 01-02-1934, Zwolle")
        .await?;
    device.driver.switch_to_window(first).await?;
    page.gone(Role::Heading, "Tabblad Eén").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_take_over_in_the_middle_of_a_save_loses_nothing_that_was_called_saved() -> Result<()> {
    const EARLIER: &str = "Eerder ondertekend";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Twee", "", "Tabbladen").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", EARLIER).await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;

    let mut tabs = Tabs::open(&device).await?;
    for wait_ms in [0, 5, 15, 40, 100] {
        let text = format!("Overgenomen na {wait_ms} ms");
        device.open_in_app(&client).await?;
        device.start_visit().await?;
        page.fill("Wat heb je gedaan?", &text).await?;
        page.button("Geen bijzonderheden").await?;
        page.reads("Bewaard op dit apparaat").await?;
        let sign = page.find(Role::Button, "Bezoek ondertekenen").await?;
        let press = vec![json!(wait_ms), sign.to_json()?];
        device.script(PRESS, press).await?;
        tabs = tabs.follow(&device).await?;
        if !is_signed(&device, &client, &text, EARLIER).await? {
            device.open_in_app("/").await?;
            page.link("Verder schrijven").await?;
            device.sign_visit().await?;
        }
        device.driver.switch_to_window(tabs.second.clone()).await?;
        assert!(!device.driver.source().await?.contains("Tabbladen"));
        tabs.get_ready(&device).await?;
    }
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_typed_right_before_a_take_over_goes_along() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Half", "", "Woord").await?;
    device.start_visit().await?;
    let mut tabs = Tabs::open(&device).await?;
    for round in 1..=2 {
        let text = format!("{round}. Net getypt, nog niet bewaard");
        let text_box = page.find(Role::Textbox, "Wat heb je gedaan?").await?;
        let args = vec![text_box.to_json()?, json!(text)];
        let typed = device.script(TYPE_AND_GIVE, args).await?;
        assert_eq!(typed, json!(text));
        tabs = tabs.follow(&device).await?;
        device.open_in_app("/").await?;
        page.link("Verder schrijven").await?;
        page.expect_value("Wat heb je gedaan?", &text).await?;
        tabs.get_ready(&device).await?;
    }
    device.close().await?;
    Ok(())
}

/// Puts the tab on screen to sleep in the middle of whatever it does, or wakes it.
async fn set_asleep(device: &Device, is_asleep: bool) -> Result<()> {
    let state = if is_asleep { "frozen" } else { "active" };
    let state = json!({ "state": state });
    device.devtools("Page.setWebLifecycleState", state).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tab_that_does_not_answer_loses_the_vault_and_writes_nothing_when_it_wakes() -> Result<()>
{
    const ASLEEP: &str = "Getypt in het tabblad dat sliep";
    const AWAKE: &str = "Verder geschreven in het andere tabblad";
    // A tab that is awake gives the vault away within this time.
    const AN_ANSWER: Duration = Duration::from_millis(2_500);
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Diep", "in", "Slaap").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", ASLEEP).await?;
    page.reads(SAVED).await?;
    let draft = device.path().await?;
    let tabs = Tabs::open(&device).await?;
    set_asleep(&device, true).await?;

    device.driver.switch_to_window(tabs.second.clone()).await?;
    let pressed = Instant::now();
    page.button("Hier overnemen").await?;
    page.heading("Kluis op slot").await?;
    ensure!(pressed.elapsed() > AN_ANSWER, "the tab answered");
    device.unlock().await?;
    device.open_in_app(&draft).await?;
    page.expect_value("Wat heb je gedaan?", ASLEEP).await?;
    let before = device.script_async(SUM, Vec::new()).await?;
    page.fill("Wat heb je gedaan?", AWAKE).await?;
    page.reads(SAVED).await?;
    let written = device.script_async(SUM, Vec::new()).await?;
    ensure!(before != written, "the sum does not see what was written");

    device.driver.switch_to_window(tabs.first.clone()).await?;
    set_asleep(&device, false).await?;
    page.heading("Dossierkluis is al open").await?;
    ensure!(!device.driver.source().await?.contains("Slaap"));
    device.driver.switch_to_window(tabs.second.clone()).await?;
    let after = device.script_async(SUM, Vec::new()).await?;
    assert_eq!(after, written, "the tab that woke wrote in the vault");
    page.button("Op slot").await?;
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", AWAKE).await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_did_not_fit_waits_in_the_tab_that_lost_the_vault() -> Result<()> {
    const MEANWHILE: &str = "Intussen in het andere tabblad";
    let mut turn = World::enter().await?;
    let origin = turn.server()?.origin();
    let (device, text) = filled_up(&mut turn).await?;
    let page = device.page();
    let draft = device.path().await?;
    let tabs = Tabs::open(&device).await?;
    device.script(PRESS, vec![json!(0)]).await?;
    device.driver.switch_to_window(tabs.second.clone()).await?;
    // A browser without any room left does not even open the vault's database.
    let ends = ["Kluis op slot", "De kluis kan nu niet open"];
    page.first_heading(&ends).await?;
    ensure!(!page.text().await?.contains("nog niet bewaard"));

    device.driver.switch_to_window(tabs.first.clone()).await?;
    page.heading("Dossierkluis is al open").await?;
    page.reads("Er is werk dat nog niet bewaard is.").await?;
    page.reads(
        "Sluit dit tabblad niet. Is het apparaat vol? Maak dan ruimte. Neem de kluis daarna hier over.",
    )
    .await?;
    ensure!(!device.driver.source().await?.contains("Gewassen"));
    allow(&device, &origin, None).await?;

    // With room again, the other tab works on from what was saved before the device got full.
    device.driver.switch_to_window(tabs.second.clone()).await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    device.open_in_app(&draft).await?;
    page.fill("Wat heb je gedaan?", MEANWHILE).await?;
    page.reads(SAVED).await?;

    device.driver.switch_to_window(tabs.first.clone()).await?;
    page.button("Hier overnemen").await?;
    page.heading("Kluis op slot").await?;
    page.reads("Er is werk dat nog niet bewaard is.").await?;
    device.unlock().await?;
    for _ in 0..2 {
        for kept in [MEANWHILE, &text] {
            find_draft(&device, kept).await?;
        }
        device.driver.refresh().await?;
        device.unlock().await?;
    }
    device.close().await?;
    Ok(())
}

/// Opens the drafts on **Vandaag** one by one until one holds this text.
async fn find_draft(device: &Device, text: &str) -> Result<()> {
    let page = device.page();
    let mut seen = Vec::new();
    for place in 0..8 {
        device.open_in_app("/").await?;
        page.find(Role::Region, "Nog ondertekenen").await?;
        let drafts = "return [...document.querySelectorAll('main a')].filter((link) => link.textContent.includes('Verder schrijven')).map((link) => link.getAttribute('href'))";
        let drafts = device.script(drafts, Vec::new()).await?;
        let Some(draft) = drafts.get(place).and_then(|draft| draft.as_str()) else {
            break;
        };
        device.open_in_app(draft).await?;
        let value = page.value("Wat heb je gedaan?").await?;
        if value == text {
            return Ok(());
        }
        seen.push(value);
    }
    bail!("no draft holds {text:?}, but {seen:?}")
}
