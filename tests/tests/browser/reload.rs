//! A reload at the worst moment: the old or the new state stands whole, and what was called saved is there.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use e2e::{Device, GLANCE, PASSPHRASE, PATIENCE, Role, SAVED, World};
use serde_json::Value;

/// Reloads the page this long after the last press.
async fn reload_after(device: &Device, wait_ms: u64) -> Result<()> {
    tokio::time::sleep(Duration::from_millis(wait_ms)).await;
    Ok(device.driver.refresh().await?)
}

/// Whether a signing that was cut short came about. Either the text stands among the signed visits, or it is whole in
/// an open draft; never in both, never in neither. `earlier` is the text of a visit that was signed before.
pub(crate) async fn is_signed(
    device: &Device,
    client: &str,
    text: &str,
    earlier: &str,
) -> Result<bool> {
    let page = device.page();
    device.open_in_app("/").await?;
    page.find(Role::Region, "Bezoeken vandaag").await?;
    let has_draft = page.has(Role::Link, "Verder schrijven").await?;
    if has_draft {
        page.link("Verder schrijven").await?;
        page.expect_value("Wat heb je gedaan?", text).await?;
    }
    device.open_in_app(&format!("{client}/bezoeken")).await?;
    page.reads(earlier).await?;
    let is_listed = page.text().await?.contains(text);
    ensure!(
        is_listed != has_draft,
        "{text:?}: signed = {is_listed}, in a draft = {has_draft}"
    );
    Ok(is_listed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_while_the_vault_is_made_leaves_a_whole_vault_or_none() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    let page = device.page();
    let ends = ["Welkom bij Dossierkluis", "Kluis op slot"];
    let mut is_made = false;
    for wait_ms in [0, 500] {
        let groups = device.begin_vault().await?;
        device.type_groups_back(&groups).await?;
        page.button("Kluis openen").await?;
        reload_after(&device, wait_ms).await?;
        is_made = page.first_heading(&ends).await? == 1;
        if is_made {
            break;
        }
    }
    if is_made {
        device.unlock().await?;
    } else {
        device.make_vault().await?;
    }
    page.heading("Vandaag").await?;
    device.add_client("Eerste", "", "Cliënt").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_while_typing_keeps_what_was_called_saved() -> Result<()> {
    const KEPT: &str = "Gewassen en aangekleed.";
    const WHOLE: &str = "Gewassen en aangekleed. Daarna samen gegeten en de krant gelezen.";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Midden", "", "Inzin").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", KEPT).await?;
    page.reads(SAVED).await?;
    page.add_text("Wat heb je gedaan?", &WHOLE[KEPT.len()..])
        .await?;
    reload_after(&device, 0).await?;
    device.unlock().await?;
    let text = page.value("Wat heb je gedaan?").await?;
    ensure!(
        text.starts_with(KEPT) && WHOLE.starts_with(&text),
        "after the reload it reads {text:?}"
    );
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_while_a_client_is_saved_leaves_the_client_or_the_form() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Eerder", "", "Opgeslagen").await?;
    for (wait_ms, last) in [(0, "Meteen"), (25, "Straks")] {
        device.open_in_app("/clienten/nieuw").await?;
        page.heading("Nieuwe cliënt").await?;
        page.fill("Voornaam", "Halverwege").await?;
        page.fill("Achternaam", last).await?;
        page.fill("Geboortedatum", "1-2-34").await?;
        page.fill("Aanvraagdatum zorg", "30-09-2026").await?;
        page.choose(Role::Checkbox, "Particulier").await?;
        page.reads(SAVED).await?;
        page.button("Cliënt opslaan").await?;
        reload_after(&device, wait_ms).await?;
        device.unlock().await?;
        device.open_in_app("/clienten").await?;
        page.find(Role::Link, "Eerder Opgeslagen, 01-02-1934, Zwolle")
            .await?;
        let row = format!("Halverwege {last}, 01-02-1934");
        if !page.has(Role::Link, &row).await? {
            device.open_in_app("/clienten/nieuw").await?;
            page.expect_value("Voornaam", "Halverwege").await?;
            page.expect_value("Achternaam", last).await?;
            page.expect_value("Geboortedatum", "1-2-34").await?;
            page.expect_value("Aanvraagdatum zorg", "30-09-2026")
                .await?;
            page.button("Cliënt opslaan").await?;
            page.heading(&format!("Halverwege {last}")).await?;
            device.open_in_app("/clienten").await?;
        }
        // One row, not two: pressing again after the reload is not a second client.
        page.find(Role::Link, &row).await?;
    }
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_while_signing_leaves_a_signed_visit_or_its_draft() -> Result<()> {
    const EARLIER: &str = "Eerder bezocht";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Tijdens", "", "Tekenen").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", EARLIER).await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    for (wait_ms, text) in [(0, "Meteen herladen"), (25, "Even later herladen")] {
        device.open_in_app(&client).await?;
        device.start_visit().await?;
        page.fill("Wat heb je gedaan?", text).await?;
        page.button("Geen bijzonderheden").await?;
        page.reads(SAVED).await?;
        page.button("Bezoek ondertekenen").await?;
        reload_after(&device, wait_ms).await?;
        device.unlock().await?;
        if !is_signed(&device, &client, text, EARLIER).await? {
            device.open_in_app("/").await?;
            page.link("Verder schrijven").await?;
            device.sign_visit().await?;
            ensure!(is_signed(&device, &client, text, EARLIER).await?);
        }
    }
    device.close().await?;
    Ok(())
}

/// What stands in every box of the form that is being filled in.
const STANDS: &str = r#"
const place = document.querySelector("dialog[open]") ?? document.querySelector("main");
return [...place.querySelectorAll("form input, form select, form textarea")]
  .map((box) => [box.id, ["checkbox", "radio"].includes(box.type) ? box.checked : box.value]);
"#;

/// Waits until words stand on the page once: what was just said of them goes by itself.
async fn expect_once(device: &Device, words: &str) -> Result<()> {
    let mut count = 0;
    for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
        count = device.page().text().await?.matches(words).count();
        if count == 1 {
            return Ok(());
        }
        tokio::time::sleep(GLANCE).await;
    }
    bail!("{words:?} stands there {count} times")
}

/// A form in the middle of which the page is loaded anew.
struct Form<'a> {
    path: String,
    /// Opens it.
    open: Option<&'a str>,
    /// It stands open again by itself, because its draft is found.
    reopens: bool,
    select: Option<(&'a str, &'a str)>,
    texts: &'a [(&'a str, &'a str)],
    boxes: &'a [&'a str],
    done: &'a str,
    /// Stands on the page, as is, before and after.
    settled: &'a str,
    /// Stands on the page once it is written.
    written: &'a str,
}

impl Form<'_> {
    async fn open(&self, device: &Device) -> Result<()> {
        match self.open {
            Some(name) => device.page().button(name).await,
            None => Ok(()),
        }
    }

    async fn fill(&self, device: &Device) -> Result<()> {
        let page = device.page();
        if let Some((label, option)) = self.select {
            page.select(label, option).await?;
        }
        for name in self.boxes {
            page.choose(Role::Checkbox, name).await?;
        }
        for (label, text) in self.texts {
            page.fill(label, text).await?;
        }
        page.reads(SAVED).await
    }

    /// Waits until the form stands there again as it did.
    async fn expect(&self, device: &Device, stood: &Value) -> Result<()> {
        let waiting = async {
            while device.script(STANDS, Vec::new()).await? != *stood {
                tokio::time::sleep(GLANCE).await;
            }
            Ok(())
        };
        if let Ok(outcome) = tokio::time::timeout(PATIENCE, waiting).await {
            return outcome;
        }
        let stands = device.script(STANDS, Vec::new()).await?;
        bail!("{}: {stood} became {stands}", self.done)
    }

    /// After a reload: whether it was written. Otherwise what was typed stands in it again.
    async fn is_written(&self, device: &Device, stood: &Value) -> Result<bool> {
        let page = device.page();
        page.reads(self.settled).await?;
        let is_written = page.text().await?.contains(self.written);
        if !is_written {
            if !self.reopens {
                self.open(device).await?;
            }
            self.expect(device, stood).await?;
        }
        Ok(is_written)
    }

    async fn walk(&self, device: &Device, wait_ms: u64) -> Result<()> {
        let page = device.page();
        device.open_in_app(&self.path).await?;
        page.reads(self.settled).await?;
        self.open(device).await?;
        self.fill(device).await?;
        let stood = device.script(STANDS, Vec::new()).await?;
        for (_, text) in self.texts {
            ensure!(stood.to_string().contains(text), "{text:?} is not typed");
        }
        reload_after(device, 0).await?;
        device.unlock().await?;
        ensure!(
            !self.is_written(device, &stood).await?,
            "{:?} stands there before it was pressed",
            self.done
        );
        page.button(self.done).await?;
        reload_after(device, wait_ms).await?;
        device.unlock().await?;
        if !self.is_written(device, &stood).await? {
            page.button(self.done).await?;
        }
        page.reads(self.written).await?;
        // Once, not twice: neither written double nor kept as unsaved work as well.
        device.open_in_app("/").await?;
        page.find(Role::Region, "Bezoeken vandaag").await?;
        device.open_in_app(&self.path).await?;
        page.reads(self.written).await?;
        expect_once(device, self.written).await?;
        ensure!(!page.has(Role::Button, self.done).await?);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_in_the_middle_of_any_form_keeps_what_was_typed_or_what_was_written() -> Result<()>
{
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device
        .add_client_paid_by("Midden", "", "Inwerk", "Wlz", Some("999990020"))
        .await?;
    let details = format!("{client}/gegevens");
    let identity = Form {
        path: details.clone(),
        open: Some("Identiteit vaststellen"),
        reopens: false,
        select: Some(("Soort document", "Paspoort")),
        texts: &[
            ("Documentnummer", "SPECI2014"),
            ("Datum vastgesteld", "01-10-2026"),
            ("Tijd vastgesteld", "9:30"),
        ],
        boxes: &["BSN vergeleken met het document"],
        done: "Identiteit vastleggen",
        settled: "06-12345678",
        written: "Identiteit vastgesteld op 01-10-2026",
    };
    identity.walk(&device, 0).await?;
    let change = Form {
        path: details,
        open: Some("Wijzig straat en huisnummer"),
        reopens: false,
        select: None,
        texts: &[("Straat en huisnummer", "Plein 77")],
        boxes: &[],
        done: "Opslaan",
        settled: "06-12345678",
        written: "Plein 77",
    };
    change.walk(&device, 25).await?;
    let planning = Form {
        path: format!("{client}/planning"),
        open: None,
        reopens: true,
        select: None,
        texts: &[
            ("Tijd", "7:45"),
            ("Duur in minuten", "35"),
            ("Tot", "31-12-2099"),
        ],
        boxes: &["Maandag", "Donderdag"],
        done: "Planning opslaan",
        settled: "01-02-1934",
        written: "Maandag, donderdag om 07:45",
    };
    planning.walk(&device, 10).await?;

    device.open_in_app(&client).await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Linkerbeen verbonden")
        .await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    page.by_test_id("recorded-at").await?;
    let visit = device.path().await?;
    let correction = Form {
        path: visit.clone(),
        open: Some("Corrigeren"),
        reopens: true,
        select: Some(("Welk onderdeel?", "Wat heb je gedaan?")),
        texts: &[
            ("Nieuwe tekst", "Rechterbeen verbonden"),
            ("Waarom corrigeer je dit?", "Vergist in het been"),
        ],
        boxes: &["Op verzoek van de cliënt"],
        done: "Correctie ondertekenen",
        settled: "Alleen op dit apparaat",
        written: "Reden: Vergist in het been",
    };
    correction.walk(&device, 20).await?;
    let addition = Form {
        path: visit.clone(),
        open: Some("Aanvulling schrijven"),
        reopens: true,
        select: None,
        texts: &[("Aanvulling", "Dochter gebeld")],
        boxes: &[],
        done: "Aanvulling ondertekenen",
        settled: "Alleen op dit apparaat",
        written: "Dochter gebeld",
    };
    addition.walk(&device, 0).await?;

    device.driver.refresh().await?;
    for wait_ms in [0, 150, 400] {
        page.heading("Kluis op slot").await?;
        page.fill("Wachtwoord", PASSPHRASE).await?;
        page.button("Ontgrendelen").await?;
        reload_after(&device, wait_ms).await?;
    }
    device.unlock().await?;
    page.reads("Rechterbeen verbonden").await?;
    page.reads("Dochter gebeld").await?;
    ensure!(device.path().await? == visit);
    device.close().await?;
    Ok(())
}
