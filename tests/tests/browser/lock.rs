//! The lock: wrong passphrases, waits, what leaves the page.

use anyhow::{Context, Result, bail, ensure};
use e2e::{AlteredApp, Device, PASSPHRASE, Role, SAVED, World};
use serde_json::json;

use crate::faults::{paste, serve, without_offline_copy};

/// The window's own list of screens.
const SCREENS: &str = include_str!("../../../app/src/page/boot.rs");

/// Everything that the page holds: its text, what stands in its boxes, its title, its address and its history.
const HELD: &str = r#"
const boxes = [...document.querySelectorAll("input,textarea,select")].map((box) => box.value);
return [document.documentElement.outerHTML, ...boxes, document.title, location.href, JSON.stringify(history.state)].join("\n");
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_passphrase_keeps_the_text_and_five_bring_a_wait_that_survives_a_reload()
-> Result<()> {
    let mut turn = World::enter().await?;
    let an_hour_later = AlteredApp::ahead(1)?;
    let device = turn.locked().await?;
    let page = device.page();
    device.fail_to_unlock("helemaal niet goed").await?;
    page.expect_value("Wachtwoord", "helemaal niet goed")
        .await?;
    for round in 2..=4 {
        device
            .fail_to_unlock(&format!("helemaal niet goed {round}"))
            .await?;
    }
    page.fill("Wachtwoord", "helemaal niet goed 5").await?;
    page.button("Ontgrendelen").await?;
    let first = seconds_to_wait(&device).await?;
    ensure!((1..=30).contains(&first), "{first} s after five tries");
    device.driver.refresh().await?;
    page.reads("Wacht nog").await?;
    page.fill("Wachtwoord", PASSPHRASE).await?;
    page.button("Ontgrendelen").await?;
    page.reads("Wacht nog").await?;
    page.heading("Kluis op slot").await?;

    without_offline_copy(&device).await?;
    serve(&mut turn, &device, an_hour_later.folder()).await?;
    device.driver.refresh().await?;
    page.heading("Kluis op slot").await?;
    ensure!(!page.text().await?.contains("Wacht nog"), "still waiting");
    page.fill("Wachtwoord", "helemaal niet goed 6").await?;
    page.button("Ontgrendelen").await?;
    let second = seconds_to_wait(&device).await?;
    ensure!((31..=60).contains(&second), "{second} s after six tries");
    device.close().await?;
    Ok(())
}

/// Waits until the lock screen says how long nothing can be tried, and reads the number.
async fn seconds_to_wait(device: &Device) -> Result<u32> {
    device.page().reads("Wacht nog").await?;
    let words = device.page().test_id("lock-wait").await?;
    let number = words.split(' ').find_map(|word| word.parse().ok());
    number.with_context(|| format!("no number in {words:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locking_takes_the_content_off_the_page_and_unlocking_brings_the_place_back() -> Result<()>
{
    const NAME: &str = "Naamdrager";
    const WRITTEN: &str = "Voetbad gegeven";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Geheime", "", NAME).await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", WRITTEN).await?;
    page.reads(SAVED).await?;
    let place = device.path().await?;
    let open = held(&device).await?;
    ensure!(open.contains(NAME) && open.contains(WRITTEN), "{open}");
    let title = device.driver.title().await?;
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    let locked = held(&device).await?;
    for word in [NAME, "Geheime", WRITTEN, title.as_str()] {
        ensure!(!locked.contains(word), "the locked page holds {word}");
    }
    assert_eq!(device.driver.title().await?, "Kluis op slot · Dossierkluis");
    device.unlock().await?;
    page.heading("Geheime Naamdrager").await?;
    assert_eq!(device.path().await?, place);
    page.expect_value("Wat heb je gedaan?", WRITTEN).await?;
    assert_eq!(device.driver.title().await?, title);
    device.close().await?;
    Ok(())
}

async fn held(device: &Device) -> Result<String> {
    let held = device.script(HELD, Vec::new()).await?;
    Ok(held.as_str().context("nothing")?.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_screen_has_the_button_that_locks() -> Result<()> {
    const WITHIN_REACH: &str = "const [button] = arguments; button.scrollIntoView({ block: 'center' }); \
        const { x, y, width, height } = button.getBoundingClientRect(); \
        return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Overal", "", "Slotje").await?;
    device.start_visit().await?;
    page.fill("Wat heb je gedaan?", "Ondertekend").await?;
    page.button("Geen bijzonderheden").await?;
    device.sign_visit().await?;
    let signed = device.path().await?;
    device.open_in_app(&client).await?;
    device.start_visit().await?;
    let draft = device.path().await?;
    let drafts = format!("{client}/concept/");

    let screens = screens(&[&client, &signed, &draft])?;
    ensure!(screens.len() >= 18, "{screens:?}");
    for (width, height) in [(1024, 768), (360, 640)] {
        device.resize(width, height).await?;
        for screen in &screens {
            device.open_in_app(screen).await?;
            // The address that begins a visit gives way to a draft.
            let begins = format!("{client}/bezoek/nieuw");
            let end = if *screen == begins { &drafts } else { screen };
            arrive(&device, end).await?;
            let lock = page.find(Role::Button, "Op slot").await?;
            let is_free = device.script(WITHIN_REACH, vec![lock.to_json()?]).await?;
            ensure!(is_free == json!(true), "{screen}: not within reach");
        }
    }
    page.button("Op slot").await?;
    page.heading("Kluis op slot").await?;
    device.close().await?;
    Ok(())
}

/// The addresses of all screens, with the ids that stand in these addresses.
fn screens(known: &[&str]) -> Result<Vec<String>> {
    let mut screens = Vec::new();
    for pattern in SCREENS.split("path!(\"").skip(1) {
        let pattern = pattern.split('"').next().unwrap_or_default();
        // What stands around several screens has no address.
        if pattern.is_empty() {
            continue;
        }
        let screen: Vec<&str> = pattern
            .split('/')
            .enumerate()
            .map(|(place, part)| match part.starts_with(':') {
                true => known_part(known, pattern, place),
                false => Some(part),
            })
            .collect::<Option<_>>()
            .with_context(|| format!("nothing for {pattern}"))?;
        screens.push(screen.join("/"));
    }
    Ok(screens)
}

/// What stands at this place in the first address that has the pattern's form as far as that.
fn known_part<'a>(known: &[&'a str], pattern: &str, place: usize) -> Option<&'a str> {
    let is_like = |address: &str| {
        let mut parts = address.split('/');
        pattern.split('/').take(place + 1).all(|part| {
            let own = parts.next();
            own.is_some() && (part.starts_with(':') || own == Some(part))
        })
    };
    let address = known.iter().find(|address| is_like(address))?;
    address.split('/').nth(place)
}

/// Waits until the window stands at this address with a screen of its own; `…/concept/` is any draft.
async fn arrive(device: &Device, path: &str) -> Result<()> {
    const ARRIVED: &str = r#"
const [path, done] = arguments;
const end = Date.now() + 15000;
const look = () => {
  const title = document.querySelector("main h1")?.textContent;
  const is_here = location.pathname === path || (path.endsWith("/concept/") && location.pathname.startsWith(path));
  const is_whole = title && !document.querySelector("main [aria-busy=true]");
  if (is_here && is_whole) done(title);
  else if (Date.now() > end) done(location.pathname);
  else setTimeout(look, 20);
};
look();
"#;
    let title = device.script_async(ARRIVED, vec![json!(path)]).await?;
    let title = title.as_str().unwrap_or_default();
    ensure!(!title.starts_with('/'), "{title} for {path}");
    ensure!(!title.is_empty() && title != "Deze pagina is er niet");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_back_after_a_lock_shows_no_content() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    device.add_client("Terug", "", "Knopje").await?;
    device.page().button("Op slot").await?;
    device.page().heading("Kluis op slot").await?;
    device.driver.back().await?;
    device.page().heading("Kluis op slot").await?;
    assert!(!device.driver.source().await?.contains("Knopje"));
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn composed_and_decomposed_letters_open_the_same_vault() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.fresh().await?;
    let page = device.page();
    device.open("/").await?;
    page.button("Nieuwe kluis maken").await?;
    page.fill("Je naam", "Bé").await?;
    page.select("Beroep", "Anders").await?;
    page.button("Verder").await?;
    page.fill("Wachtwoord", "café aan de gracht \u{e9}\u{e9}n")
        .await?;
    page.fill(
        "Herhaal wachtwoord",
        "cafe\u{301} aan de gracht e\u{301}\u{e9}n",
    )
    .await?;
    page.button("Verder").await?;
    page.heading("Herstelblad").await?;
    let groups = device.recovery_groups().await?;
    for (number, label) in device.asked_groups().await? {
        page.fill(&label, &groups[number - 1].to_lowercase())
            .await?;
    }
    page.button("Kluis openen").await?;
    page.heading("Vandaag").await?;
    page.button("Op slot").await?;
    page.fill("Wachtwoord", "cafe\u{301} aan de gracht e\u{301}\u{e9}n")
        .await?;
    page.button("Ontgrendelen").await?;
    page.heading("Vandaag").await?;
    device.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_time_locks() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Stil", "", "Moment").await?;
    jump(&device, 4 * 60).await?;
    ensure!(!is_locked(&device).await?, "locked after 4 minutes");
    jump(&device, 2 * 60).await?;
    ensure!(is_locked(&device).await?, "open after 6 minutes");
    assert!(!device.driver.source().await?.contains("Moment"));

    device.unlock().await?;
    choose_minutes(&device, "Op slot na stilstand", "3").await?;
    choose_minutes(&device, "Op slot na wegklikken", "1").await?;
    jump(&device, 2 * 60).await?;
    ensure!(!is_locked(&device).await?, "locked after 2 of 3 minutes");
    jump(&device, 100).await?;
    ensure!(is_locked(&device).await?, "open after 3 minutes of 3");

    device.driver.refresh().await?;
    device.unlock().await?;
    page.expect_value("Op slot na stilstand", "3").await?;
    hide(&device).await?;
    jump(&device, 20).await?;
    ensure!(!is_locked(&device).await?, "locked after 20 s out of sight");
    jump(&device, 60).await?;
    ensure!(
        is_locked(&device).await?,
        "open after 1 minute out of sight"
    );
    device.close().await?;
    Ok(())
}

/// Makes a choice in **Instellingen**; it counts when the box is left.
async fn choose_minutes(device: &Device, label: &str, minutes: &str) -> Result<()> {
    let page = device.page();
    device.open_in_app("/meer/instellingen").await?;
    page.heading("Instellingen").await?;
    page.fill(label, minutes).await?;
    page.add_text(label, "\u{e004}").await?;
    page.reads("Keuze bewaard op dit apparaat").await?;
    device.open_in_app("/meer").await?;
    page.heading("Meer").await?;
    device.open_in_app("/meer/instellingen").await?;
    page.expect_value(label, minutes).await
}

/// Whether the vault is locked once the window has looked at the clock, which it does when it gets the focus.
async fn is_locked(device: &Device) -> Result<bool> {
    let look = "window.dispatchEvent(new Event('focus'))";
    device.script(look, Vec::new()).await?;
    let ends = ["Kluis op slot", "Stil Moment", "Instellingen"];
    let is_covered = device
        .page()
        .text()
        .await?
        .contains("De inhoud is afgedekt.");
    Ok(!is_covered && device.page().first_heading(&ends).await? == 0)
}

/// Lets the page's clock stand `seconds` further than it is: the tablet slept.
async fn jump(device: &Device, seconds: u32) -> Result<()> {
    let script = "const ahead = arguments[0] * 1000; const real = Date.now.bind(Date); Date.now = () => real() + ahead; \
                  const run = performance.now.bind(performance); performance.now = () => run() + ahead;";
    device.script(script, vec![json!(seconds)]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_passphrase_field_takes_a_paste_and_shows_its_text() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.locked().await?;
    let page = device.page();
    paste(&device, "Wachtwoord", PASSPHRASE).await?;
    let show = page.find(Role::Button, "Toon wachtwoord").await?;
    assert_eq!(show.attr("aria-pressed").await?.as_deref(), Some("false"));
    show.click().await?;
    assert_eq!(show.attr("aria-pressed").await?.as_deref(), Some("true"));
    assert_eq!(
        page.find(Role::Textbox, "Wachtwoord")
            .await?
            .attr("type")
            .await?
            .as_deref(),
        Some("text")
    );
    page.button("Ontgrendelen").await?;
    page.heading("Vandaag").await?;
    device.close().await?;
    Ok(())
}

/// Puts the window away, as another app in front does.
async fn hide(device: &Device) -> Result<()> {
    device.driver.minimize_window().await?;
    let seen = device.script("return document.visibilityState", Vec::new());
    ensure!(seen.await? == json!("hidden"), "the window is in sight");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_out_of_sight_is_covered_at_once_and_locked_after_minutes() -> Result<()> {
    const COVER: &str = "De inhoud is afgedekt.";
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Achter", "", "Glas").await?;
    hide(&device).await?;
    ensure!(
        !page.has(Role::Heading, "Achter Glas").await?,
        "not covered"
    );
    page.reads(COVER).await?;
    device.driver.set_window_rect(0, 0, 1024, 768).await?;
    page.heading("Achter Glas").await?;
    ensure!(!page.text().await?.contains(COVER), "still covered");

    hide(&device).await?;
    jump(&device, 2 * 60).await?;
    ensure!(!is_locked(&device).await?, "locked after 2 minutes");
    // Less than the five minutes without input, more than the three out of sight.
    jump(&device, 2 * 60).await?;
    page.heading("Kluis op slot").await?;
    assert!(!device.driver.source().await?.contains("Glas"));
    device.close().await?;
    Ok(())
}

/// Leaves the app and comes back until the browser kept the page (it may decide not to); answers what the kept page held at once.
async fn kept(device: &Device) -> Result<String> {
    const NOTE: &str =
        "addEventListener('pageshow', () => { window.seen = document.documentElement.innerHTML; })";
    const WHY: &str = "const [entry] = performance.getEntriesByType('navigation'); return JSON.stringify(entry.notRestoredReasons)";
    let mut reasons = Vec::new();
    for _ in 0..8 {
        device.script(NOTE, Vec::new()).await?;
        device.open("/health").await?;
        device.driver.back().await?;
        device.page().heading("Kluis op slot").await?;
        let seen = device.script("return window.seen", Vec::new()).await?;
        if let Some(seen) = seen.as_str() {
            return Ok(seen.to_owned());
        }
        reasons.push(device.script(WHY, Vec::new()).await?);
        device.unlock().await?;
        device.page().heading("Uit Geheugen").await?;
    }
    bail!("the browser never kept the page: {reasons:?}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_the_browser_kept_holds_no_content() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    device.add_client("Uit", "", "Geheugen").await?;
    let seen = kept(&device).await?;
    ensure!(seen.contains("Kluis op slot") && !seen.contains("Geheugen"));
    assert!(!device.driver.source().await?.contains("Geheugen"));
    device.unlock().await?;
    page.heading("Uit Geheugen").await?;
    device.close().await?;
    Ok(())
}
