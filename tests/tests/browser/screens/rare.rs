//! Screens that need a harmed piece, a newer version's vault or removed storage, and the wait after wrong passphrases.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::walk::Walk;
use crate::damage::{BAD_PIECE, FORMAT, HARM, change_place, records};
use crate::faults::{evict, leave};

/// The number of a stored format that this version must refuse.
const NEWER: u16 = 200;

/// From the lock screen to a vault that is gone.
pub(super) async fn rare(walk: &mut Walk<'_>, client: &str) -> Result<()> {
    unreadable(walk, client).await?;
    wait(walk).await?;
    newer(walk).await?;
    evicted(walk).await
}

/// A client with one harmed piece, and one of whom nothing can be read.
async fn unreadable(walk: &mut Walk<'_>, client: &str) -> Result<()> {
    let (device, page) = (walk.device, walk.device.page());
    device.unlock().await?;
    let piece = change_place(device, client, "Meppel").await?;
    let before = records(device).await?;
    let lost = device.add_client("Verdwenen", "", "Dossier").await?;
    let all = records(device).await?;
    let mut harms: Vec<Value> = all
        .difference(&before)
        .map(|one| json!(["take", one, ""]))
        .collect();
    harms.push(json!(["flip", piece, ""]));
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    leave(device).await?;
    let done = device.script_async(HARM, vec![Value::Array(harms)]).await?;
    ensure!(done == json!("done"));

    device.open("/").await?;
    device.unlock().await?;
    device.open_in_app(client).await?;
    page.reads(BAD_PIECE).await?;
    walk.picture("client-deels-onleesbaar").await?;
    device.open_in_app(&lost).await?;
    page.heading("Cliënt").await?;
    page.reads("Kijk bij Meer onder Niet leesbaar.").await?;
    walk.picture("client-onleesbaar").await?;
    device.open_in_app("/meer/niet-leesbaar").await?;
    page.reads("Er wordt niets gewist.").await?;
    walk.picture("niet-leesbaar-stukken").await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await
}

/// Five wrong passphrases; the wait of half a minute outlasts the checks.
async fn wait(walk: &mut Walk<'_>) -> Result<()> {
    let page = walk.device.page();
    for round in 1..=4 {
        walk.device
            .fail_to_unlock(&format!("helemaal niet goed {round}"))
            .await?;
    }
    page.fill("Wachtwoord", "helemaal niet goed 5").await?;
    page.button("Ontgrendelen").await?;
    page.reads("Wacht nog").await?;
    walk.picture("slot-wacht").await?;
    page.reads("Wacht nog").await
}

async fn newer(walk: &mut Walk<'_>) -> Result<()> {
    let (device, page) = (walk.device, walk.device.page());
    leave(device).await?;
    let done = device.script_async(FORMAT, vec![json!(NEWER)]).await?;
    ensure!(done == json!("done"));
    device.open("/").await?;
    page.heading("Deze kluis is van een nieuwere versie")
        .await?;
    page.button("Nieuwe versie zoeken").await?;
    page.reads("De app zoekt een nieuwe versie.").await?;
    walk.picture("nieuwere-versie").await
}

async fn evicted(walk: &mut Walk<'_>) -> Result<()> {
    let (device, page) = (walk.device, walk.device.page());
    let origin = device.script("return location.origin", Vec::new()).await?;
    leave(device).await?;
    evict(device, origin.as_str().unwrap_or_default()).await?;
    device.open("/").await?;
    page.heading("De browser heeft de gegevens van dit apparaat gewist")
        .await?;
    walk.picture("gewist").await
}
