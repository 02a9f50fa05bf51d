//! Words of **Wie ben je?** and **Mijn praktijk**.

use dossier::edit::Profession;

/// The screen.
pub fn title() -> &'static str {
    "Mijn praktijk"
}

/// What it changes and what not.
pub fn lead() -> &'static str {
    "Een wijziging geldt voor nieuwe bezoeken. Ondertekende bezoeken veranderen niet."
}

/// Field.
pub fn name() -> &'static str {
    "Je naam"
}

/// Field.
pub fn profession_label() -> &'static str {
    "Beroep"
}

/// Field.
pub fn agb() -> &'static str {
    "AGB-code"
}

/// Help at the field.
pub fn agb_hint() -> &'static str {
    "8 cijfers. Heb je er geen? Laat dit leeg."
}

/// Field.
pub fn agb_practice() -> &'static str {
    "AGB-code onderneming"
}

/// Writes it.
pub fn save() -> &'static str {
    "Opslaan"
}

/// The word for a profession.
pub fn profession(profession: Profession) -> &'static str {
    match profession {
        Profession::Nurse => "Verpleegkundige",
        Profession::CareWorker => "Verzorgende IG",
        Profession::CareAssistant => "Helpende",
        Profession::SupportWorker => "Begeleider",
        Profession::MaternityCareWorker => "Kraamverzorgende",
        Profession::Other => "Anders",
    }
}
