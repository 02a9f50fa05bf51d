//! The second tab: it says where the vault is and takes it over, also while the first one saves or types.

use anyhow::Result;
use e2e::{Device, Role, World};
use serde_json::json;
use thirtyfour::WindowHandle;

use crate::faults::paste;
use crate::reload::is_signed;

/// The other tab presses **Hier overnemen** at a word from this one, however long it is out of sight.
const ANSWER: &str = "const [button] = arguments; \
    new BroadcastChannel('story').onmessage = () => button.click();";

/// Presses the button, if there is one, and gives the other tab the word so many ms later.
const PRESS: &str = "const [wait_ms, button] = arguments; button?.click(); \
    setTimeout(() => new BroadcastChannel('story').postMessage('now'), wait_ms);";

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
        paste(&device, "Wat heb je gedaan?", &text).await?;
        device.script(PRESS, vec![json!(0)]).await?;
        tabs = tabs.follow(&device).await?;
        device.open_in_app("/").await?;
        page.link("Verder schrijven").await?;
        page.expect_value("Wat heb je gedaan?", &text).await?;
        tabs.get_ready(&device).await?;
    }
    device.close().await?;
    Ok(())
}
