//! The network is cut, the server is stopped, the browser is killed; and what a new version of the app does.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use anyhow::{Context, Result, ensure};
use e2e::{AlteredApp, Device, GLANCE, PATIENCE, Role, SAVED, Server, World, app_folder};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

use crate::day::{DAYS, plan};
use crate::reload::is_signed;

const READY: &str =
    "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true));";

/// Typed behind a draft that was called saved.
const MORE: &str = ", en daarna nog gelopen";

/// Whether the server answers the page, and answers its service worker, which is told to ask by [`ASK`].
const REACH: &str = r#"
const done = arguments[0];
const page = fetch("/health", { cache: "no-store" }).then((answer) => answer.ok, () => false);
const heard = new BroadcastChannel("reach");
heard.onmessage = async (event) => { heard.close(); done([await page, event.data]); };
"#;

/// Asks the server from within a service worker, and says so to the page.
const ASK: &str = "setTimeout(() => fetch('/health', { cache: 'no-store' }).then((answer) => answer.ok, () => false) \
    .then((is_there) => new BroadcastChannel('reach').postMessage(is_there)), 500);";

/// Sends commands to every service worker of the browser; answers how many there are.
async fn tell_workers(device: &Device, commands: &[(&str, Value)]) -> Result<usize> {
    let targets = device.devtools("Target.getTargets", json!({})).await?;
    let targets = targets["targetInfos"].as_array().context("no targets")?;
    let workers = targets
        .iter()
        .filter(|target| target["type"] == json!("service_worker"));
    let mut count = 0;
    for worker in workers {
        count += 1;
        let whole = json!({ "targetId": worker["targetId"], "flatten": false });
        let session = device.devtools("Target.attachToTarget", whole).await?;
        for (id, (command, params)) in commands.iter().enumerate() {
            let message = json!({ "id": id, "method": command, "params": params }).to_string();
            let send = json!({ "sessionId": session["sessionId"], "message": message });
            device.devtools("Target.sendMessageToTarget", send).await?;
        }
    }
    Ok(count)
}

/// Cuts the network of the browser: of the page, its workers and its service worker.
async fn cut_network(device: &Device) -> Result<()> {
    let conditions = json!({
        "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    let commands = [
        ("Network.enable", json!({})),
        ("Network.emulateNetworkConditions", conditions),
    ];
    for (command, params) in &commands {
        device.devtools(command, params.clone()).await?;
    }
    tell_workers(device, &commands).await.map(drop)
}

/// Whether the page, and its service worker, reach the server.
async fn reach(device: &Device) -> Result<(bool, bool)> {
    let ask = [("Runtime.evaluate", json!({ "expression": ASK }))];
    ensure!(
        tell_workers(device, &ask).await? == 1,
        "there is not one service worker"
    );
    let answers = device.script_async(REACH, Vec::new()).await?;
    Ok(serde_json::from_value(answers)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_start_without_network_reaches_every_daily_task() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    device.add_client("Voor", "", "Storing").await?;
    assert_eq!(device.script_async(READY, Vec::new()).await?, json!(true));
    assert_eq!(reach(&device).await?, (true, true));
    cut_network(&device).await?;
    assert_eq!(reach(&device).await?, (false, false));
    let profile = device.close().await?;
    let origin = turn.server()?.origin();
    turn.server()?.stop();

    let device = Device::start(profile, &origin).await?;
    cut_network(&device).await?;
    device.open("/").await?;
    device.unlock().await?;
    cut_network(&device).await?;
    let is_online = device.script("return navigator.onLine", Vec::new()).await?;
    assert_eq!(is_online, json!(false));
    assert_eq!(reach(&device).await?, (false, false));
    let page = device.page();
    page.within(Role::Navigation, "Hoofdmenu")
        .link("Cliënten")
        .await?;
    page.fill("Zoek cliënt", "stor").await?;
    page.link("Voor Storing, 01-02-1934, Zwolle").await?;
    page.heading("Voor Storing").await?;
    let path = device.path().await?;
    visit_by_a_substitute(&device).await?;
    plan_today(&device, &path).await?;
    resume(&device, &path).await?;
    identify(&device).await?;
    device.open_in_app("/meer/opslag").await?;
    page.reads("De app start ook zonder internet.").await?;
    assert!(device.console_errors().await?.iter().all(|line| {
        line.contains("ERR_CONNECTION_REFUSED") || line.contains("ERR_INTERNET_DISCONNECTED")
    }));
    device.close().await?;
    turn.server()?.resume().await?;
    Ok(())
}

/// A visit of the client on screen by someone else, with a measurement: signed, corrected, added to, found again.
async fn visit_by_a_substitute(device: &Device) -> Result<()> {
    let page = device.page();
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Zonder internet geholpen")
        .await?;
    page.button("Geen bijzonderheden").await?;
    page.button("Metingen erbij").await?;
    page.group("Metingen").fill("Pols", "72").await?;
    page.button("Iemand anders deed dit").await?;
    page.fill("Naam waarnemer", "Wout Waarnemer").await?;
    page.fill("AGB-code waarnemer", "91045678").await?;
    page.button("Nu klaar").await?;
    device.sign_visit().await?;
    page.expect_test_id("visit-performer", "Wout Waarnemer · AGB 91-045678")
        .await?;
    page.reads("72 per minuut").await?;

    page.button("Corrigeren").await?;
    let dialog = device.dialog("Bezoek corrigeren");
    dialog.select("Welk onderdeel?", "Pols").await?;
    dialog.fill("Nieuwe tekst", "78").await?;
    dialog
        .fill("Waarom corrigeer je dit?", "Opnieuw geteld")
        .await?;
    dialog.button("Correctie ondertekenen").await?;
    page.gone(Role::Dialog, "Bezoek corrigeren").await?;
    page.reads("Gecorrigeerd op").await?;
    page.button("Aanvulling schrijven").await?;
    let dialog = device.dialog("Aanvulling");
    dialog.fill("Aanvulling", "Later nog gebeld").await?;
    dialog.button("Aanvulling ondertekenen").await?;
    page.gone(Role::Dialog, "Aanvulling").await?;
    page.reads("Later nog gebeld").await?;
    device.driver.refresh().await?;
    device.unlock().await?;
    for words in [
        "Zonder internet geholpen",
        "78 per minuut",
        "Opnieuw geteld",
        "Later nog gebeld",
    ] {
        page.reads(words).await?;
    }
    Ok(())
}

/// Plans a visit for every day of the week: today it stands on Vandaag.
async fn plan_today(device: &Device, client: &str) -> Result<()> {
    let page = device.page();
    plan(device, client, &DAYS, "0730").await?;
    device.open_in_app("/").await?;
    page.within(Role::Region, "Bezoeken vandaag")
        .find(Role::Group, "07:30 Voor Storing")
        .await
        .map(drop)
}

/// Leaves a visit half written, and goes on with it from Vandaag.
async fn resume(device: &Device, client: &str) -> Result<()> {
    let page = device.page();
    write(device, client, "Half opgeschreven").await?;
    page.reads(SAVED).await?;
    device.open_in_app("/").await?;
    page.within(Role::Region, "Nog ondertekenen")
        .link("Verder schrijven")
        .await?;
    page.expect_value("Wat heb je gedaan?", "Half opgeschreven")
        .await?;
    device.sign_visit().await?;
    page.reads("Half opgeschreven").await
}

/// A client under the Wlz, whose identity is established.
async fn identify(device: &Device) -> Result<()> {
    let page = device.page();
    let client = device
        .add_client_paid_by("Tijdens", "", "Storing", "Wlz", Some("999990020"))
        .await?;
    device.open_in_app(&format!("{client}/gegevens")).await?;
    page.button("Identiteit vaststellen").await?;
    let dialog = device.dialog("Identiteit vaststellen");
    dialog.select("Soort document", "Paspoort").await?;
    dialog.fill("Documentnummer", "SPECI2014").await?;
    dialog
        .choose(Role::Checkbox, "BSN vergeleken met het document")
        .await?;
    dialog.button("Identiteit vastleggen").await?;
    page.gone(Role::Dialog, "Identiteit vaststellen").await?;
    page.find(Role::Button, "BSN tonen").await?;
    page.by_test_id("identity").await?;
    page.button("Wijzig telefoonnummer").await?;
    let dialog = device.dialog("Telefoonnummer wijzigen");
    dialog.fill("Telefoonnummer", "0687654321").await?;
    dialog.button("Opslaan").await?;
    page.reads("06-87654321").await
}

/// When a browser is killed.
#[derive(Debug, Clone, Copy)]
enum Kill {
    /// More is typed behind a draft that was called saved.
    Typing,
    /// **Bezoek ondertekenen** was pressed.
    Signing,
    /// The visit was called signed.
    Signed,
    /// **Cliënt opslaan** was pressed.
    Adding,
    /// The new client's page stands there.
    Added,
}

/// Another one in every run.
fn random_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_killed_browsers_lose_nothing_that_was_called_saved() -> Result<()> {
    let seed = match std::env::var("DOSSIERKLUIS_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => random_seed(),
    };
    let outcome = kill_twenty(ChaCha20Rng::seed_from_u64(seed)).await;
    outcome.with_context(|| format!("DOSSIERKLUIS_SEED={seed} has the same waits"))
}

async fn kill_twenty(mut random: ChaCha20Rng) -> Result<()> {
    const EARLIER: &str = "Voor de storingen";
    let mut turn = World::enter().await?;
    let mut device = turn.unlocked().await?;
    let client = device.add_client("Kroon", "", "Getuige").await?;
    let origin = turn.server()?.origin();
    write(&device, &client, EARLIER).await?;
    device.sign_visit().await?;
    let (mut texts, mut names) = (vec![EARLIER.to_owned()], Vec::new());
    for round in 0..20 {
        let kinds = [
            Kill::Typing,
            Kill::Signing,
            Kill::Signed,
            Kill::Adding,
            Kill::Added,
        ];
        let kind = kinds[round % kinds.len()];
        let text = format!("Ronde {round} bezocht");
        let name = format!("Ronde Getal{round}");
        begin(&device, &client, kind, &text, &name).await?;
        let most_ms = match kind {
            Kill::Typing => 800,
            Kill::Signing | Kill::Adding => 150,
            Kill::Signed | Kill::Added => 20,
        };
        let wait_ms = u64::from(random.next_u32()) % most_ms;
        tokio::time::sleep(std::time::Duration::from_millis(wait_ms)).await;
        device = Device::start(device.kill().await?, &origin).await?;
        device.open("/").await?;
        device.unlock().await?;
        let outcome = match kind {
            Kill::Typing | Kill::Signing | Kill::Signed => {
                texts.push(text.clone());
                finish_visit(&device, &client, kind, &text, EARLIER).await
            }
            Kill::Adding | Kill::Added => {
                names.push(name.clone());
                finish_client(&device, kind, &name).await
            }
        };
        outcome.with_context(|| format!("round {round}: killed {kind:?}, after {wait_ms} ms"))?;
    }
    device.open_in_app(&format!("{client}/bezoeken")).await?;
    for text in texts {
        device.page().reads(&text).await?;
    }
    device.open_in_app("/clienten").await?;
    for name in names {
        let row = format!("{name}, 01-02-1934");
        device.page().find(Role::Link, &row).await?;
    }
    device.close().await?;
    Ok(())
}

/// Does what the kill will cut short, or come right behind.
async fn begin(device: &Device, client: &str, kind: Kill, text: &str, name: &str) -> Result<()> {
    let page = device.page();
    if let Kill::Adding | Kill::Added = kind {
        type_client(device, name).await?;
    } else {
        write(device, client, text).await?;
    }
    page.reads(SAVED).await?;
    match kind {
        Kill::Typing => page.add_text("Wat heb je gedaan?", MORE).await,
        Kill::Signing => page.button("Bezoek ondertekenen").await,
        Kill::Signed => device.sign_visit().await,
        Kill::Adding => page.button("Cliënt opslaan").await,
        Kill::Added => {
            page.button("Cliënt opslaan").await?;
            page.heading(name).await
        }
    }
}

/// The visit is signed, or whole in its draft, which is signed now.
async fn finish_visit(
    device: &Device,
    client: &str,
    kind: Kill,
    text: &str,
    earlier: &str,
) -> Result<()> {
    let page = device.page();
    if !matches!(kind, Kill::Typing) {
        if is_signed(device, client, text, earlier).await? {
            return Ok(());
        }
        ensure!(!matches!(kind, Kill::Signed), "{text:?} is a draft again");
    }
    device.open_in_app("/").await?;
    page.link("Verder schrijven").await?;
    page.expect_value(
        "Resultaat",
        "Zorg gegeven zoals afgesproken. Geen bijzonderheden.",
    )
    .await?;
    let kept = page.value("Wat heb je gedaan?").await?;
    ensure!(
        kept.starts_with(text) && format!("{text}{MORE}").starts_with(&kept),
        "{text:?} reads {kept:?}"
    );
    device.sign_visit().await
}

/// The client stands in the list, or whole in its form, which is saved now.
async fn finish_client(device: &Device, kind: Kill, name: &str) -> Result<()> {
    let page = device.page();
    device.open_in_app("/clienten").await?;
    page.find(Role::Link, "Kroon Getuige, 01-02-1934, Zwolle")
        .await?;
    if page.has(Role::Link, &format!("{name}, 01-02-1934")).await? {
        return Ok(());
    }
    ensure!(!matches!(kind, Kill::Added), "{name:?} is not in the list");
    device.open_in_app("/clienten/nieuw").await?;
    for (label, value) in client_form(name) {
        page.expect_value(label, value).await?;
    }
    page.button("Cliënt opslaan").await?;
    page.heading(name).await
}

fn client_form(name: &str) -> [(&'static str, &str); 4] {
    let (first, last) = name.split_once(' ').unwrap();
    [
        ("Voornaam", first),
        ("Achternaam", last),
        ("Geboortedatum", "1-2-34"),
        ("Aanvraagdatum zorg", "30-09-2026"),
    ]
}

/// A new client, ready to be saved.
async fn type_client(device: &Device, name: &str) -> Result<()> {
    let page = device.page();
    device.open_in_app("/clienten/nieuw").await?;
    page.heading("Nieuwe cliënt").await?;
    for (label, value) in client_form(name) {
        page.fill(label, value).await?;
    }
    page.choose(Role::Checkbox, "Particulier").await
}

/// A visit of the client, ready to be signed.
async fn write(device: &Device, client: &str, text: &str) -> Result<()> {
    device.open_in_app(client).await?;
    device.start_visit().await?;
    device.page().fill("Wat heb je gedaan?", text).await?;
    device.page().button("Geen bijzonderheden").await
}

/// Has the browser look for a new version, as it does by itself now and then; answers when one waits.
const LOOK: &str = r#"
const done = arguments[0];
navigator.serviceWorker.getRegistration().then(async (kept) => {
  await kept.update();
  const look = () => (kept.waiting ? done(true) : setTimeout(look, 40));
  look();
});
"#;

/// The versions of the app that the browser keeps.
async fn versions(device: &Device) -> Result<Vec<String>> {
    let names = "const done = arguments[0]; caches.keys().then(done);";
    let names = device.script_async(names, Vec::new()).await?;
    Ok(serde_json::from_value(names)?)
}

/// Waits until the marked page has made way for a new one.
async fn loaded_anew(device: &Device) -> Result<()> {
    let waiting = async {
        while is_marked(device).await.unwrap_or(true) {
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .context("the page was not loaded anew")
}

/// Whether the page that was marked is still the one on screen, or was loaded anew.
async fn is_marked(device: &Device) -> Result<bool> {
    let mark = device
        .script("return window.mark === 1", Vec::new())
        .await?;
    Ok(mark == json!(true))
}

/// Whether the page may ask a relay at this address, and what the kept files' policies name it in.
const ASK_ELSEWHERE: &str = r#"
const [address, done] = arguments;
const answers = fetch(`${address}/relay/info`).then((found) => found.ok, () => false);
const kept = caches.keys().then(async (names) => {
  const cache = await caches.open(names[0]);
  const files = await cache.matchAll();
  const policies = files.map((file) => file.headers.get("content-security-policy"));
  return [policies.length, policies.filter((policy) => policy.includes(address)).length];
});
Promise.all([answers, kept]).then(([may, [all, named]]) => done([may, all, named]));
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installed_app_may_reach_a_relay_elsewhere_after_its_update() -> Result<()> {
    let mut turn = World::enter().await?;
    let folder = tempfile::TempDir::new()?;
    let mut relay = Server::start(&app_folder()?, folder.path()).await?;
    relay.be_relay().await?;
    let address = relay.origin();
    let ask = async |device: &Device| -> Result<(bool, u64, u64)> {
        let asked = device.script_async(ASK_ELSEWHERE, vec![json!(address)]);
        Ok(serde_json::from_value(asked.await?)?)
    };
    let device = turn.unlocked().await?;
    let page = device.page();
    device.script_async(READY, Vec::new()).await?;
    let old = versions(&device).await?;
    let (may, all, named) = ask(&device).await?;
    ensure!(!may && all > 5 && named == 0, "before: {may} {all} {named}");

    turn.server()?.point_at(&address).await?;
    device.script_async(LOOK, Vec::new()).await?;
    device.script("window.mark = 1", Vec::new()).await?;
    page.button("Op slot").await?;
    page.button("Bijwerken").await?;
    loaded_anew(&device).await?;
    page.heading("Kluis op slot").await?;
    let new = versions(&device).await?;
    ensure!(new.len() == 1 && new != old, "{old:?} became {new:?}");
    let (may, all, named) = ask(&device).await?;
    ensure!(may && all > 5 && named == all, "after: {may} {all} {named}");

    // And back: what was allowed is allowed no more.
    turn.server()?.serve(&app_folder()?).await?;
    device.script_async(LOOK, Vec::new()).await?;
    device.script("window.mark = 1", Vec::new()).await?;
    page.button("Bijwerken").await?;
    loaded_anew(&device).await?;
    page.heading("Kluis op slot").await?;
    ensure!(versions(&device).await? == old);
    let (may, all, named) = ask(&device).await?;
    ensure!(!may && named == 0, "back: {may} {all} {named}");
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_version_is_offered_at_lock_and_never_forced() -> Result<()> {
    const OFFER: &str = "Nieuwe versie klaar.";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Nieuwe", "", "Versie").await?;
    device.script_async(READY, Vec::new()).await?;
    let old = versions(&device).await?;
    ensure!(old.len() == 1, "{old:?}");
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Bezig met schrijven")
        .await?;
    device.script("window.mark = 1", Vec::new()).await?;

    let newer = AlteredApp::newer()?;
    turn.server()?.serve(newer.folder()).await?;
    device.script_async(LOOK, Vec::new()).await?;
    page.expect_value("Wat heb je gedaan?", "Bezig met schrijven")
        .await?;
    ensure!(is_marked(&device).await?, "the page was loaded anew");
    ensure!(!page.text().await?.contains(OFFER), "offered during work");

    page.button("Op slot").await?;
    page.reads(OFFER).await?;
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", "Bezig met schrijven")
        .await?;
    ensure!(is_marked(&device).await?, "the page was loaded anew");
    ensure!(versions(&device).await?.contains(&old[0]));

    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    let first = device.driver.window().await?;
    let second = device.driver.new_tab().await?;
    device.driver.switch_to_window(second.clone()).await?;
    device.open("/").await?;
    page.heading("Dossierkluis is al open").await?;
    device.script("window.mark = 1", Vec::new()).await?;
    device.driver.switch_to_window(first).await?;
    page.button("Bijwerken").await?;
    loaded_anew(&device).await?;
    page.heading("Kluis op slot").await?;
    let new = versions(&device).await?;
    ensure!(new.len() == 1 && new != old, "{old:?} became {new:?}");
    device.unlock().await?;
    page.expect_value("Wat heb je gedaan?", "Bezig met schrijven")
        .await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    ensure!(!page.has(Role::Button, "Bijwerken").await?);

    // The files of the old version are gone: the other tab has loaded the new one by itself.
    device.driver.switch_to_window(second).await?;
    loaded_anew(&device).await?;
    page.heading("Dossierkluis is al open").await?;
    device.close().await?;
    turn.server()?.serve(&app_folder()?).await
}
