//! **Metingen erbij**: limits and questions in words, and numbers only on the signed visit.

use anyhow::Result;
use e2e::{Device, Role, World};
use serde_json::Value;

use crate::visit::press_sign_in_vain;

/// One measurement: what is just too little and just too much, and the limits between them.
struct Kind {
    label: &'static str,
    in_sentence: &'static str,
    unit: &'static str,
    too_little: &'static str,
    least: &'static str,
    ordinary: &'static str,
    most: &'static str,
    too_much: &'static str,
    /// Whether the least, then the most possible value is asked about.
    is_asked: (bool, bool),
}

const fn kind(
    [label, in_sentence, unit]: [&'static str; 3],
    [too_little, least, ordinary, most, too_much]: [&'static str; 5],
    is_asked: (bool, bool),
) -> Kind {
    Kind {
        label,
        in_sentence,
        unit,
        too_little,
        least,
        ordinary,
        most,
        too_much,
        is_asked,
    }
}

/// The input limits of the requirements.
const KINDS: [Kind; 8] = [
    kind(
        ["Bovendruk", "de bovendruk", "mmHg"],
        ["49", "50", "132", "300", "301"],
        (true, true),
    ),
    kind(
        ["Onderdruk", "de onderdruk", "mmHg"],
        ["19", "20", "84", "200", "201"],
        (true, true),
    ),
    kind(
        ["Pols", "de pols", "per minuut"],
        ["19", "20", "72", "250", "251"],
        (true, true),
    ),
    kind(
        ["Temperatuur", "de temperatuur", "°C"],
        ["29,9", "30", "36,8", "43", "43,1"],
        (true, true),
    ),
    kind(
        ["Saturatie", "de saturatie", "%"],
        ["49", "50", "97", "100", "101"],
        (true, false),
    ),
    kind(
        ["Gewicht", "het gewicht", "kg"],
        ["0,4", "0,5", "71,5", "400", "400,1"],
        (true, true),
    ),
    kind(
        ["Glucose", "de glucose", "mmol/l"],
        ["0,4", "0,5", "6,1", "50", "50,1"],
        (true, true),
    ),
    kind(
        ["Pijn", "de pijnscore", "van 10"],
        ["-1", "0", "3", "10", "11"],
        (false, false),
    ),
];

impl Kind {
    fn refusal(&self) -> String {
        let name = self.in_sentence.split_once(' ').unwrap().1;
        format!(
            "Vul bij {name} een getal in van {} tot {}",
            self.least, self.most
        )
    }

    fn question(&self) -> String {
        let (article, name) = self.in_sentence.split_once(' ').unwrap();
        let article = if article == "de" { "De" } else { "Het" };
        format!("{article} {name} is ongewoon. Klopt dit?")
    }

    fn answer_group(&self) -> String {
        format!("{}: klopt dit?", self.label)
    }
}

/// The rows under **Metingen** as `[name, value]`, and how a value looks; last how a time of the same visit looks.
const MEASURED: &str = r#"
const look = (value) => [value, ...value.querySelectorAll("*")]
  .map((part) => { const { color, backgroundColor, fontWeight } = getComputedStyle(part); return `${part.localName} ${color} ${backgroundColor} ${fontWeight}`; })
  .join();
const heading = [...document.querySelectorAll("article h3")].find((heading) => heading.textContent.trim() === "Metingen");
const rows = [...heading.nextElementSibling.children];
return {
  rows: rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
  looks: rows.map((row) => look(row.querySelector("dd"))),
  neutral: look(document.querySelector("[data-testid=visit-begin]")),
};
"#;

async fn begin(device: &Device, client: &str) -> Result<()> {
    device.open_in_app(client).await?;
    device.start_visit().await?;
    let page = device.page();
    page.fill("Wat heb je gedaan?", "Gemeten").await?;
    page.button("Geen bijzonderheden").await?;
    page.button("Metingen erbij").await
}

async fn type_all(device: &Device, value: impl Fn(&Kind) -> &'static str) -> Result<()> {
    let group = device.page().group("Metingen");
    for kind in &KINDS {
        group.fill(kind.label, value(kind)).await?;
    }
    Ok(())
}

/// Signing is refused: each value has its sentence in the summary and still stands in its box.
async fn expect_refusals(device: &Device, value: impl Fn(&Kind) -> &'static str) -> Result<()> {
    let page = device.page();
    press_sign_in_vain(device).await?;
    page.heading("Er is een probleem. Kijk deze 8 punten na.")
        .await?;
    for kind in &KINDS {
        page.find(Role::Link, &kind.refusal()).await?;
        page.expect_value(kind.label, value(kind)).await?;
    }
    Ok(())
}

/// Signing asks about these values and no other; each answer takes its question away.
async fn answer_questions(device: &Device, asked: &[&Kind]) -> Result<()> {
    let page = device.page();
    press_sign_in_vain(device).await?;
    page.heading(&format!(
        "Er is een probleem. Kijk deze {} punten na.",
        asked.len()
    ))
    .await?;
    for kind in asked {
        page.find(Role::Link, &kind.question()).await?;
        page.group(&kind.answer_group()).button("Klopt").await?;
        page.gone(Role::Group, &kind.answer_group()).await?;
    }
    Ok(())
}

/// The signed visit shows every value with its unit, in the look of a time, and nothing else about it.
async fn expect_measured(device: &Device, value: impl Fn(&Kind) -> &'static str) -> Result<()> {
    device.sign_visit().await?;
    device.page().by_test_id("recorded-at").await?;
    let shown = device.script(MEASURED, Vec::new()).await?;
    let rows: Vec<[String; 2]> = serde_json::from_value(shown["rows"].clone())?;
    let expected: Vec<[String; 2]> = KINDS
        .iter()
        .map(|kind| {
            [
                kind.label.to_owned(),
                format!("{} {}", value(kind), kind.unit),
            ]
        })
        .collect();
    assert_eq!(rows, expected);
    for look in shown["looks"].as_array().unwrap() {
        assert_eq!(look, &shown["neutral"], "a value looks like a judgement");
    }
    assert!(matches!(&shown["neutral"], Value::String(look) if look.contains("rgb")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_measurement_has_limits_and_questions_in_words_and_is_a_number_only() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.unlocked().await?;
    let page = device.page();
    let client = device.add_client("Piet", "", "Druk").await?;

    begin(&device, &client).await?;
    type_all(&device, |kind| kind.too_little).await?;
    expect_refusals(&device, |kind| kind.too_little).await?;
    type_all(&device, |kind| kind.too_much).await?;
    expect_refusals(&device, |kind| kind.too_much).await?;
    type_all(&device, |kind| kind.ordinary).await?;
    page.fill("Bovendruk", "120").await?;
    page.fill("Onderdruk", "120").await?;
    press_sign_in_vain(&device).await?;
    page.find(
        Role::Link,
        "Vul een onderdruk in die lager is dan de bovendruk",
    )
    .await?;
    page.expect_value("Onderdruk", "120").await?;
    page.fill("Bovendruk", "132").await?;
    page.fill("Onderdruk", "84").await?;
    page.gone(
        Role::Link,
        "Vul een onderdruk in die lager is dan de bovendruk",
    )
    .await?;
    let said = page.find(Role::Group, "Metingen").await?.text().await?;
    for line in said.lines().map(str::trim) {
        assert!(
            line == "Metingen"
                || KINDS
                    .iter()
                    .any(|kind| [kind.label, kind.unit].contains(&line)),
            "{line:?} stands beside ordinary values"
        );
    }
    expect_measured(&device, |kind| kind.ordinary).await?;

    begin(&device, &client).await?;
    type_all(&device, |kind| kind.least).await?;
    let asked: Vec<&Kind> = KINDS.iter().filter(|kind| kind.is_asked.0).collect();
    answer_questions(&device, &asked).await?;
    // The answer was about that value: another one is asked about again.
    page.fill("Pols", "21").await?;
    answer_questions(&device, &[&KINDS[2]]).await?;
    page.fill("Pols", "20").await?;
    answer_questions(&device, &[&KINDS[2]]).await?;
    expect_measured(&device, |kind| kind.least).await?;

    begin(&device, &client).await?;
    type_all(&device, |kind| kind.most).await?;
    let asked: Vec<&Kind> = KINDS.iter().filter(|kind| kind.is_asked.1).collect();
    answer_questions(&device, &asked).await?;
    page.button("Op slot").await?;
    device.unlock().await?;
    page.expect_value("Bovendruk", "300").await?;
    expect_measured(&device, |kind| kind.most).await?;
    device.close().await?;
    Ok(())
}
