//! Words of **Over en hulp**.

/// The screen.
pub fn title() -> &'static str {
    "Over en hulp"
}

/// The version.
pub fn version(number: &str) -> String {
    format!("Versie {number}")
}

/// Section.
pub fn promises() -> &'static str {
    "Wat de app belooft"
}

/// What it promises.
pub fn promise_lines() -> [&'static str; 5] {
    [
        "Staat er ‘Bewaard op dit apparaat’? Dan blijft je werk na een storing bestaan.",
        "Alles wordt versleuteld bewaard. Zonder je wachtwoord is het niet te lezen.",
        "Je doet al je dagelijkse werk zonder internet.",
        "Een ondertekend bezoek verandert nooit. Een correctie staat erbij.",
        "Elke keer openen, lezen en wijzigen komt in het logboek.",
    ]
}

/// Section.
pub fn limits() -> &'static str {
    "Wat de app niet kan"
}

/// What it cannot do.
pub fn limit_lines() -> [&'static str; 4] {
    [
        "Je gegevens staan alleen op dit apparaat. Er is nog geen kopie ergens anders.",
        "Gaat dit apparaat kapot of kwijt? Dan zijn de gegevens weg.",
        "Vergeet je het wachtwoord? Dan kan niemand de kluis openen.",
        "Een virus op het apparaat kan meelezen terwijl de kluis open is.",
    ]
}

/// Section.
pub fn help() -> &'static str {
    "Hulp"
}

/// How a day goes.
pub fn help_lines() -> [&'static str; 4] {
    [
        "Kies Nieuw en dan Nieuw bezoek. Kies de cliënt en schrijf je bezoek.",
        "Je tekst wordt vanzelf bewaard. Ondertekenen kan ook later.",
        "Kies Op slot als je wegloopt. Je gaat verder waar je was.",
        "Zie je een rode melding? Lees wat je nu kunt doen.",
    ]
}
