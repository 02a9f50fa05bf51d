//! What stories share: a server, and a vault made once by the product's own first run.
//!
//! There are several such worlds, so that stories can wait while another works.

use anyhow::{Context, Result};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard, Semaphore, SemaphorePermit};

use crate::{Device, Profile, Role, Server, app_folder, developers_app_folder, typed};

/// The passphrase of every vault in the stories.
pub const PASSPHRASE: &str = "rode fiets bij de vijver";
/// What the app says of work that is on disk.
pub const SAVED: &str = "Bewaard op dit apparaat";
/// The caregiver of every vault in the stories.
pub const CAREGIVER: &str = "Annelies van 't Hoff-Öztürk";
/// Her AGB code.
pub const AGB: &str = "91012345";

/// A shared world; one story at a time holds it.
#[derive(Debug)]
pub struct World {
    /// The server; a story that stops it starts it again.
    pub server: Server,
    vault: Option<Profile>,
    _folder: TempDir,
}

/// Stories at work at the same time.
const WORLDS: usize = 3;

static FREE: Semaphore = Semaphore::const_new(WORLDS);
static WORLD: [Mutex<Option<World>>; WORLDS] = [const { Mutex::const_new(None) }; WORLDS];

impl World {
    /// Waits for its turn, and has the server serve the app as built.
    pub async fn enter() -> Result<Turn> {
        let permit = FREE.acquire().await?;
        let mut world = WORLD
            .iter()
            .find_map(|world| world.try_lock().ok())
            .context("more stories than worlds")?;
        match &mut *world {
            // An earlier story may have ended while another build was served, or none.
            Some(world) => world.server.serve(&app_folder()?).await?,
            None => {
                let folder = tempfile::Builder::new()
                    .prefix("dossierkluis-world-")
                    .tempdir()?;
                let server = Server::start(&app_folder()?, folder.path()).await?;
                *world = Some(Self {
                    server,
                    vault: None,
                    _folder: folder,
                });
            }
        }
        Ok(Turn {
            world,
            _permit: permit,
        })
    }
}

/// A story's turn with the world. At its end the server is stopped, and what it left is searched.
#[derive(Debug)]
pub struct Turn {
    // Fields go in this order: the world is free before the next story looks for one.
    world: MutexGuard<'static, Option<World>>,
    _permit: SemaphorePermit<'static>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(world) = self.world.as_mut() {
            world.server.search();
        }
    }
}

impl Turn {
    /// The server.
    pub fn server(&mut self) -> Result<&mut Server> {
        self.world
            .as_mut()
            .map(|world| &mut world.server)
            .ok_or_else(|| anyhow::anyhow!("no world"))
    }

    /// An empty browser on the app's origin.
    pub async fn fresh(&mut self) -> Result<Device> {
        let origin = self.server()?.origin();
        Device::start(Profile::new()?, &origin).await
    }

    /// An empty browser on the origin of the developers' build.
    pub async fn developers(&mut self) -> Result<Device> {
        self.server()?.serve(&developers_app_folder()?).await?;
        self.fresh().await
    }

    /// The same, with a camera that sees a QR code of `text`, or a bare table.
    pub async fn developers_seeing(&mut self, text: Option<&str>) -> Result<Device> {
        let server = self.server()?;
        server.serve(&developers_app_folder()?).await?;
        Device::start_seeing(Profile::new()?, &server.origin(), text).await
    }

    /// A browser with a vault that the product made, locked.
    pub async fn locked(&mut self) -> Result<Device> {
        if self
            .world
            .as_ref()
            .is_some_and(|world| world.vault.is_none())
        {
            let device = self.fresh().await?;
            device.make_vault().await?;
            let profile = device.close().await?;
            if let Some(world) = self.world.as_mut() {
                world.vault = Some(profile);
            }
        }
        let origin = self.server()?.origin();
        let copy = match self.world.as_ref().and_then(|world| world.vault.as_ref()) {
            Some(vault) => vault.copy()?,
            None => anyhow::bail!("no vault"),
        };
        let device = Device::start(copy, &origin).await?;
        device.open("/").await?;
        device.page().heading("Kluis op slot").await?;
        Ok(device)
    }

    /// The same, unlocked, on Vandaag.
    pub async fn unlocked(&mut self) -> Result<Device> {
        let device = self.locked().await?;
        device.unlock().await?;
        Ok(device)
    }
}

impl Device {
    /// The whole first run, to Vandaag; returns the recovery code's groups.
    pub async fn make_vault(&self) -> Result<Vec<String>> {
        let groups = self.begin_vault().await?;
        self.type_groups_back(&groups).await?;
        let page = self.page();
        page.button("Kluis openen").await?;
        page.heading("Vandaag").await?;
        Ok(groups)
    }

    /// The first run as far as the recovery sheet; returns the groups on it.
    pub async fn begin_vault(&self) -> Result<Vec<String>> {
        self.open("/").await?;
        let page = self.page();
        page.heading("Welkom bij Dossierkluis").await?;
        page.button("Nieuwe kluis maken").await?;
        page.heading("Wie ben je?").await?;
        page.fill("Je naam", CAREGIVER).await?;
        page.select("Beroep", "Verzorgende IG").await?;
        page.fill("AGB-code", AGB).await?;
        page.button("Verder").await?;
        page.heading("Kies een wachtwoord").await?;
        page.fill("Wachtwoord", PASSPHRASE).await?;
        page.fill("Herhaal wachtwoord", PASSPHRASE).await?;
        page.button("Verder").await?;
        page.heading("Herstelblad").await?;
        self.recovery_groups().await
    }

    /// Types the groups that the recovery sheet asks for.
    pub async fn type_groups_back(&self, groups: &[String]) -> Result<()> {
        for (number, label) in self.asked_groups().await? {
            let group = groups.get(number - 1).cloned().unwrap_or_default();
            self.page().fill(&label, &group).await?;
        }
        Ok(())
    }

    /// The seven groups shown on the recovery sheet.
    pub async fn recovery_groups(&self) -> Result<Vec<String>> {
        let mut groups = Vec::new();
        for number in 1..=7 {
            groups.push(
                self.page()
                    .test_id(&format!("recovery-group-{number}"))
                    .await?
                    .trim()
                    .to_owned(),
            );
        }
        typed::note("Herstelblad", &groups.join(" "));
        typed::note("Herstelblad", &groups.concat());
        Ok(groups)
    }

    /// Number and label of the groups to type back.
    pub async fn asked_groups(&self) -> Result<Vec<(usize, String)>> {
        let mut asked = Vec::new();
        for number in 1..=7 {
            let label = format!("Groep {number}");
            if self.page().has(Role::Textbox, &label).await? {
                asked.push((number, label));
            }
        }
        Ok(asked)
    }

    /// Types the passphrase on the lock screen.
    pub async fn unlock(&self) -> Result<()> {
        let page = self.page();
        page.heading("Kluis op slot").await?;
        page.fill("Wachtwoord", PASSPHRASE).await?;
        page.button("Ontgrendelen").await?;
        page.gone(Role::Heading, "Kluis op slot").await
    }

    /// Types a wrong passphrase on the lock screen and waits until the app says so.
    pub async fn fail_to_unlock(&self, passphrase: &str) -> Result<()> {
        let page = self.page();
        page.fill("Wachtwoord", passphrase).await?;
        page.button("Ontgrendelen").await?;
        page.find(Role::Button, "Ontgrendelen").await?;
        page.reads("Dit wachtwoord klopt niet. Let op hoofdletters.")
            .await
    }

    /// Adds a privately paying client; ends on the client's page. Returns the path of that page.
    pub async fn add_client(&self, first: &str, infix: &str, last: &str) -> Result<String> {
        self.add_client_paid_by(first, infix, last, "Particulier", None)
            .await
    }

    /// Adds a client with this funding, and a BSN where it needs one.
    pub async fn add_client_paid_by(
        &self,
        first: &str,
        infix: &str,
        last: &str,
        funding: &str,
        bsn: Option<&str>,
    ) -> Result<String> {
        self.open_in_app("/clienten/nieuw").await?;
        let page = self.page();
        page.heading("Nieuwe cliënt").await?;
        page.fill("Voornaam", first).await?;
        if !infix.is_empty() {
            page.fill("Tussenvoegsel", infix).await?;
        }
        page.fill("Achternaam", last).await?;
        page.fill("Geboortedatum", "1-2-34").await?;
        page.fill("Straat en huisnummer", "Vijverlaan 12").await?;
        page.fill("Postcode", "1234ab").await?;
        page.fill("Plaats", "Zwolle").await?;
        page.fill("Telefoonnummer", "0612345678").await?;
        page.fill("Aanvraagdatum zorg", "30-09-2026").await?;
        page.choose(Role::Checkbox, funding).await?;
        if let Some(bsn) = bsn {
            page.fill("Burgerservicenummer (BSN)", bsn).await?;
        }
        page.button("Cliënt opslaan").await?;
        let name = [first, infix, last]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        page.heading(&name).await?;
        self.path().await
    }

    /// Goes to a path inside the running app, as a link would: the vault stays open.
    pub async fn open_in_app(&self, path: &str) -> Result<()> {
        let script = "const link = document.createElement('a'); link.href = arguments[0]; \
                      document.querySelector('main').append(link); link.click(); link.remove();";
        self.script(script, vec![json!(path)]).await?;
        Ok(())
    }

    /// The path of the page now.
    pub async fn path(&self) -> Result<String> {
        let path = self.script("return location.pathname", Vec::new()).await?;
        Ok(path.as_str().unwrap_or_default().to_owned())
    }

    /// Opens a new visit of the client on screen and stamps its begin.
    pub async fn start_visit(&self) -> Result<()> {
        let page = self.page();
        page.link("Nieuw bezoek").await?;
        page.button("Start bezoek").await?;
        page.find(Role::Textbox, "Resultaat").await.map(drop)
    }

    /// Signs the visit on screen and waits until the app says so.
    pub async fn sign_visit(&self) -> Result<()> {
        self.page().button("Bezoek ondertekenen").await?;
        self.page().reads("Bezoek ondertekend").await
    }
}
