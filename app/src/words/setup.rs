//! Words of the first run: welcome, who, passphrase, recovery sheet.

use crypto::Strength;

/// First screen of all.
pub fn welcome() -> &'static str {
    "Welkom bij Dossierkluis"
}

/// What it is.
pub fn welcome_lead() -> &'static str {
    "Het dossier van je cliënten, op slot op dit apparaat. Alleen jij kunt het lezen."
}

/// What it does, in three lines.
pub fn welcome_points() -> [&'static str; 3] {
    [
        "Het werkt ook zonder internet.",
        "Alles wordt versleuteld bewaard op dit apparaat.",
        "Niemand anders heeft je wachtwoord. Wij ook niet.",
    ]
}

/// Begins the first run.
pub fn make_vault() -> &'static str {
    "Nieuwe kluis maken"
}

/// Where the person is in the first run.
pub fn step(number: u8) -> String {
    format!("Stap {number} van 3")
}

/// Step 1.
pub fn who() -> &'static str {
    "Wie ben je?"
}

/// Why it is asked.
pub fn who_lead() -> &'static str {
    "Je naam komt bij elk bezoek dat je ondertekent."
}

/// Field, where the server asks an invitation.
pub fn invite() -> &'static str {
    "Uitnodigingscode"
}

/// Help at the field.
pub fn invite_hint() -> &'static str {
    "Je krijgt deze code van de beheerder van de server. Je mag dit ook later invullen."
}

/// Step 2.
pub fn passphrase() -> &'static str {
    "Kies een wachtwoord"
}

/// What a good one is.
pub fn passphrase_lead() -> &'static str {
    "Met dit wachtwoord open je de kluis. Een korte zin onthoud je het best."
}

/// The rule.
pub fn passphrase_hint() -> &'static str {
    "Minstens 12 tekens. Spaties mogen. Bekende wachtwoorden mogen niet."
}

/// Field.
pub fn password() -> &'static str {
    "Wachtwoord"
}

/// Field.
pub fn password_again() -> &'static str {
    "Herhaal wachtwoord"
}

/// Shows what is typed.
pub fn show_password() -> &'static str {
    "Toon wachtwoord"
}

/// Before the word for the strength.
pub fn strength_label() -> &'static str {
    "Sterkte:"
}

/// The word for a strength.
pub fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::TooShort => "Te kort",
        Strength::Weak => "Zwak",
        Strength::Good => "Goed",
        Strength::Strong => "Sterk",
    }
}

/// Nothing typed.
pub fn password_missing() -> &'static str {
    "Vul een wachtwoord in"
}

/// Too short.
pub fn password_short() -> &'static str {
    "Kies een wachtwoord van minstens 12 tekens"
}

/// Easily guessed.
pub fn password_weak() -> &'static str {
    "Dit wachtwoord is makkelijk te raden. Kies een andere zin."
}

/// Holds something that is no text, or has no end.
pub fn password_unusable() -> &'static str {
    "Dit wachtwoord kan niet. Gebruik gewone letters en tekens."
}

/// The second time differs.
pub fn password_differs() -> &'static str {
    "De twee wachtwoorden zijn niet gelijk"
}

/// Nobody can give it back.
pub fn password_warning() -> &'static str {
    "Wachtwoord kwijt? Dan kan in deze versie niemand de kluis nog openen."
}

/// Step 3.
pub fn sheet() -> &'static str {
    "Herstelblad"
}

/// What to do with it.
pub fn sheet_lead() -> &'static str {
    "Druk dit blad af of schrijf de code over. Je ziet de code maar één keer."
}

/// Heading on the sheet itself.
pub fn sheet_title() -> &'static str {
    "Herstelblad van Dossierkluis"
}

/// On the sheet itself.
pub fn sheet_text() -> &'static str {
    "Bewaar dit blad op een veilige plek, niet bij het apparaat. Laat het aan niemand zien."
}

/// Prints it.
pub fn print_sheet() -> &'static str {
    "Herstelblad afdrukken"
}

/// While the code is made.
pub fn sheet_waiting() -> &'static str {
    "De code wordt gemaakt."
}

/// Why two groups are typed.
pub fn check_lead() -> &'static str {
    "Typ twee groepen over van je blad. Zo weet je dat het blad klopt."
}

/// One group.
pub fn group(number: u8) -> String {
    format!("Groep {number}")
}

/// A group that differs.
pub fn group_wrong() -> &'static str {
    "Deze groep klopt niet. Kijk op je herstelblad."
}

/// Makes the vault and opens it.
pub fn open_vault() -> &'static str {
    "Kluis openen"
}

/// While the vault is made.
pub fn making() -> &'static str {
    "De kluis wordt gemaakt."
}
