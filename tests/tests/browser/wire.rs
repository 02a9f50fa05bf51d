//! What passes between devices and their server: nothing that can be read, and nothing that names or counts.

use anyhow::{Context, Result, ensure};
use e2e::{CAREGIVER, Device, PASSPHRASE, Profile, Wiretap, World, scan_folder};
use serde_json::json;

use crate::sync::expect_chip;

const FIRST_NAME: &str = "Kwetsbaar-Zirkoon";
const LAST_NAME: &str = "Canary-Osmium";
const DONE: &str = "zwachtel-met-honing";
const OUTCOME: &str = "geheim-van-de-smid";
const FOUND: &str = "aanvulling-uit-Loppersum";
const DEVICE: &str = "Laptop-van-Wolfram";
const PLANTED: [&str; 2] = ["geplant-in-een-vraag", "geplant-in-een-bericht"];

/// Asks the server for a path, and says words to its relay in a message of text.
const PLANT: &str = "const [path, words, done] = arguments; \
    fetch(`/health?${path}`, { cache: 'no-store' }).then(() => { \
        const socket = new WebSocket(`ws://${location.host}/relay`); \
        socket.onopen = () => socket.send(words); socket.onclose = () => done(true); });";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_passes_or_stays_at_the_server_can_be_read() -> Result<()> {
    let mut turn = World::enter().await?;
    let taps = tempfile::tempdir()?;
    let tap = Wiretap::start(turn.server()?.port(), taps.path()).await?;
    let origin = format!("http://localhost:{}", tap.port());
    turn.server()?.be_relay_behind(&origin).await?;
    let old = Device::start(Profile::new()?, &origin).await?;
    let recovery = old.make_vault().await?.join(" ");
    let client = old.add_client(FIRST_NAME, "", LAST_NAME).await?;
    old.start_visit().await?;
    old.page().fill("Wat heb je gedaan?", DONE).await?;
    old.page().fill("Resultaat", OUTCOME).await?;
    old.page().button("Nu klaar").await?;
    old.sign_visit().await?;
    let visit = old.path().await?;
    let new = Device::start(Profile::new()?, &origin).await?;
    let code = new.ask_to_join(DEVICE).await?;
    old.begin_to_pair().await?;
    let digits = old.take_code(&code).await?;
    new.type_digits(&digits).await?;
    old.dialog("Apparaat koppelen").button("Toevoegen").await?;
    new.page().heading("Vandaag").await?;
    expect_chip(&new, "klaar").await?;
    new.open_in_app(&client).await?;
    new.start_visit().await?;
    new.page().fill("Wat heb je gedaan?", FOUND).await?;
    new.page().button("Op slot").await?;
    expect_chip(&old, "klaar").await?;
    let plant = PLANTED.map(|word| json!(word)).to_vec();
    old.script_async(PLANT, plant).await?;
    new.close().await?;
    old.close().await?;

    let id = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let ids = [
        id(&client).context("no client")?,
        id(&visit).context("no visit")?,
    ];
    let mut words = vec![
        FIRST_NAME, LAST_NAME, DONE, OUTCOME, FOUND, DEVICE, PASSPHRASE, CAREGIVER, &code,
        &recovery,
    ];
    words.extend(ids.iter().map(String::as_str));
    let raw = ids
        .iter()
        .map(|id| raw_of(id))
        .collect::<Result<Vec<_>>>()?;

    for planted in PLANTED {
        let found = scan_folder(tap.folder(), &[planted])?;
        ensure!(!found.is_empty(), "{planted} was not found on the wire");
    }
    for folder in [tap.folder(), turn.server()?.folder()] {
        let found = scan_folder(folder, &words)?;
        ensure!(found.is_empty(), "{found:?}");
        ensure!(!holds_any(folder, &raw)?, "an id in {}", folder.display());
    }
    Ok(())
}

/// The bytes of an id in an address.
fn raw_of(id: &str) -> Result<Vec<u8>> {
    let digits = id.as_bytes().chunks(2);
    let bytes = digits.map(|two| Ok(u8::from_str_radix(std::str::from_utf8(two)?, 16)?));
    bytes.collect()
}

/// Whether any file under the folder holds any of these bytes.
fn holds_any(folder: &std::path::Path, needles: &[Vec<u8>]) -> Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if holds_any(&path, needles)? {
                return Ok(true);
            }
            continue;
        }
        let bytes = std::fs::read(&path)?;
        let mut needles = needles.iter();
        if needles.any(|needle| bytes.windows(needle.len()).any(|part| part == needle)) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_story_that_leaves_a_typed_word_at_its_relay_fails() -> Result<()> {
    let mut turn = World::enter().await?;
    turn.server()?.be_relay().await?;
    let planted = turn.server()?.data().join("planted");
    std::fs::write(&planted, format!("..{PASSPHRASE}.."))?;
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(turn)));
    std::fs::remove_file(&planted)?;
    ensure!(ended.is_err(), "nobody looked in {}", planted.display());
    Ok(())
}
