//! Pairing, as a person with two devices does it.

use anyhow::Result;

use crate::{Device, PASSPHRASE, Role, typed};

impl Device {
    /// On a device without a vault: asks for a code. Returns the code that is shown.
    pub async fn ask_to_join(&self, name: &str) -> Result<String> {
        self.open("/").await?;
        let page = self.page();
        page.heading("Welkom bij Dossierkluis").await?;
        page.button("Dit apparaat koppelen").await?;
        page.fill("Naam van dit apparaat", name).await?;
        page.fill("Wachtwoord", PASSPHRASE).await?;
        page.fill("Herhaal wachtwoord", PASSPHRASE).await?;
        page.button("Verder").await?;
        self.pairing_code().await
    }

    /// The code on the new device.
    pub async fn pairing_code(&self) -> Result<String> {
        let code = self.page().test_id("pairing-code").await?.trim().to_owned();
        typed::note("Koppelcode", &code);
        Ok(code)
    }

    /// On a device with the vault open: opens the dialog for the code of another.
    pub async fn begin_to_pair(&self) -> Result<()> {
        self.open_in_app("/meer/apparaten").await?;
        self.page().heading("Apparaten").await?;
        self.page().button("Apparaat koppelen").await?;
        self.dialog("Apparaat koppelen")
            .find(Role::Textbox, "Koppelcode")
            .await
            .map(drop)
    }

    /// In that dialog: hands the code in. Returns the digits that are shown.
    pub async fn take_code(&self, code: &str) -> Result<String> {
        let dialog = self.dialog("Apparaat koppelen");
        dialog.fill("Koppelcode", code).await?;
        dialog.button("Koppelen").await?;
        self.check_code().await
    }

    /// The digits on the old device.
    pub async fn check_code(&self) -> Result<String> {
        let dialog = self.dialog("Apparaat koppelen");
        Ok(dialog.test_id("check-code").await?.trim().to_owned())
    }

    /// On the new device: types the digits of the old one.
    pub async fn type_digits(&self, digits: &str) -> Result<()> {
        self.page().fill("Controlegetal", digits).await?;
        self.page().button("Koppelen").await
    }

    /// The whole of it, from this device's open vault to Vandaag on the new one.
    pub async fn pair_with(&self, new: &Device, name: &str) -> Result<()> {
        let code = new.ask_to_join(name).await?;
        self.begin_to_pair().await?;
        let digits = self.take_code(&code).await?;
        new.type_digits(&digits).await?;
        new.page().reads("Het controlegetal klopt").await?;
        self.dialog("Apparaat koppelen").button("Toevoegen").await?;
        self.page().gone(Role::Dialog, "Apparaat koppelen").await?;
        new.page().heading("Vandaag").await
    }
}
