//! Words of **Meer** and **Instellingen**.

/// The screen.
pub fn title() -> &'static str {
    "Instellingen"
}

/// Where the choices stand.
pub fn lead() -> &'static str {
    "Deze keuzes gelden alleen op dit apparaat."
}

/// Group.
pub fn theme() -> &'static str {
    "Kleuren"
}

/// As the device.
pub fn theme_system() -> &'static str {
    "Zoals het apparaat"
}

/// Light.
pub fn theme_light() -> &'static str {
    "Licht"
}

/// Dark.
pub fn theme_dark() -> &'static str {
    "Donker"
}

/// Box.
pub fn large_targets() -> &'static str {
    "Grote knoppen"
}

/// Help at the box.
pub fn large_targets_hint() -> &'static str {
    "Makkelijker te raken, ook met handschoenen."
}

/// Section.
pub fn lock() -> &'static str {
    "Op slot"
}

/// Field.
pub fn idle() -> &'static str {
    "Op slot na stilstand"
}

/// Field.
pub fn hidden() -> &'static str {
    "Op slot na wegklikken"
}

/// Help at the field.
pub fn idle_hint() -> &'static str {
    "Zo lang mag je niets doen. Kies 1 tot en met 30 minuten."
}

/// Help at the field.
pub fn hidden_hint() -> &'static str {
    "Zo lang mag de app uit beeld zijn. Kies 1 tot en met 10 minuten."
}

/// Unit.
pub fn minutes() -> &'static str {
    "minuten"
}

/// Not a number that can be chosen.
pub fn minutes_wrong(least: u8, most: u8) -> String {
    format!("Vul een heel getal in van {least} tot en met {most}")
}

/// The choice is kept.
pub fn kept() -> &'static str {
    "Keuze bewaard op dit apparaat"
}

/// Section.
pub fn server() -> &'static str {
    "Server"
}

/// Before its address.
pub fn server_text() -> &'static str {
    "Je werk gaat versleuteld naar je andere apparaten via:"
}

/// Field.
pub fn use_server() -> &'static str {
    "Versturen en ontvangen"
}

/// Help at the field.
pub fn use_server_hint() -> &'static str {
    "Zonder vinkje blijft alles alleen op dit apparaat. Wat al verstuurd is, blijft op de server."
}
