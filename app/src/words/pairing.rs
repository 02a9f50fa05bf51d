//! Words of pairing: a code from the new device to the old one, four digits back, and a yes.

use engine::pairing::PairingFailure;

/// The way in on a device without a vault, and its screen.
pub fn join() -> &'static str {
    "Dit apparaat koppelen"
}

/// What pairing does.
pub fn join_lead() -> &'static str {
    "Dit apparaat krijgt dezelfde dossiers als je andere apparaat. Houd dat apparaat erbij."
}

/// Field.
pub fn device_name() -> &'static str {
    "Naam van dit apparaat"
}

/// Help at the field.
pub fn device_name_hint() -> &'static str {
    "Bijvoorbeeld: tablet of laptop. Zo herken je het in de lijst."
}

/// The field is empty.
pub fn device_name_missing() -> &'static str {
    "Vul de naam van dit apparaat in"
}

/// The name does not fit.
pub fn device_name_long() -> &'static str {
    "Kies een kortere naam"
}

/// Before the passphrase of this device.
pub fn own_passphrase() -> &'static str {
    "Dit apparaat krijgt een eigen wachtwoord. Het mag hetzelfde zijn als op je andere apparaat."
}

/// What to do with the code.
pub fn code_steps() -> [&'static str; 3] {
    [
        "Open Dossierkluis op je andere apparaat.",
        "Kies Meer, Apparaten en dan Apparaat koppelen.",
        "Scan daar deze code, of typ hem over.",
    ]
}

/// The picture of the code, for the ear.
pub fn code_picture() -> &'static str {
    "Koppelcode als plaatje"
}

/// Before the code.
pub fn code_label() -> &'static str {
    "Koppelcode"
}

/// How long it works.
pub fn code_life() -> &'static str {
    "De code werkt vijf minuten, één keer."
}

/// Field.
pub fn digits() -> &'static str {
    "Controlegetal"
}

/// Help at the field.
pub fn digits_hint() -> &'static str {
    "Vier cijfers. Je andere apparaat laat ze zien."
}

/// Not four digits.
pub fn digits_missing() -> &'static str {
    "Vul de vier cijfers in die je andere apparaat laat zien"
}

/// Goes on.
pub fn pair() -> &'static str {
    "Koppelen"
}

/// The digits were right; the other device has to say yes.
pub fn digits_right() -> &'static str {
    "Het controlegetal klopt"
}

/// What to do now.
pub fn say_yes() -> &'static str {
    "Tik op je andere apparaat op Toevoegen."
}

/// Starts over.
pub fn new_code() -> &'static str {
    "Nieuwe code"
}

/// The vault is there; what it holds comes in.
pub fn joined() -> &'static str {
    "Dit apparaat is gekoppeld"
}

/// Over the bar while dossiers come in; without a number before the server says how many there are.
pub fn filling(percent: Option<u32>) -> String {
    match percent {
        Some(percent) => {
            format!("Je dossiers komen binnen: {percent} %. Je kunt al werken met wat er is.")
        }
        None => "Nog niet al je dossiers staan hier. Je kunt al werken met wat er is.".to_owned(),
    }
}

/// Where clients would stand, before the first of them came in.
pub fn clients_to_come() -> &'static str {
    "Hier staan nog geen cliënten. Ze komen vanzelf binnen."
}

/// In place of the visits of today, before all clients came in.
pub fn visits_to_come() -> &'static str {
    "Nog geen bezoeken voor vandaag. Er komen nog dossiers binnen."
}

/// Everything came in.
pub fn filled() -> &'static str {
    "Al je dossiers staan nu op dit apparaat"
}

/// The old device: what to do.
pub fn host_lead() -> &'static str {
    "Kies op het nieuwe apparaat: Dit apparaat koppelen. Neem de code over die het laat zien."
}

/// The old device: opens the camera.
pub fn scan() -> &'static str {
    "Code scannen"
}

/// The old device: back to typing.
pub fn type_instead() -> &'static str {
    "Code typen"
}

/// The field is empty.
pub fn code_missing() -> &'static str {
    "Vul de koppelcode in"
}

/// Help at the field.
pub fn code_hint() -> &'static str {
    "Zeven groepjes van vier letters en cijfers. Hoofdletters en spaties maken niet uit."
}

/// The messages are on their way.
pub fn waiting() -> &'static str {
    "Bezig met verbinden"
}

/// Before the digits.
pub fn type_there() -> &'static str {
    "Typ dit controlegetal op het nieuwe apparaat"
}

/// The question before the new device is added.
pub fn wants_in(name: &str) -> String {
    format!("{name} wil erbij. Zie je daar een vinkje?")
}

/// After a yes, until the right digits were typed on the new device.
pub fn waits_for_digits(name: &str) -> String {
    format!("{name} komt erbij zodra het controlegetal daar goed is getypt.")
}

/// What a yes means.
pub fn wants_in_text() -> &'static str {
    "Het nieuwe apparaat leest daarna alle dossiers."
}

/// Adds it.
pub fn add() -> &'static str {
    "Toevoegen"
}

/// It is being added.
pub fn adding() -> &'static str {
    "Bezig met toevoegen"
}

/// It was added.
pub fn added(name: &str) -> String {
    format!("{name} is toegevoegd")
}

/// Why nothing was paired.
pub fn failed(failure: PairingFailure) -> &'static str {
    match failure {
        PairingFailure::CodeWrong => "Deze code klopt niet.",
        PairingFailure::Expired => "Deze code is verlopen.",
        PairingFailure::CodeUsed => "Deze code is al gebruikt.",
        PairingFailure::DigitsWrong => "Het controlegetal klopt niet. Er is niets gekoppeld.",
        PairingFailure::NoConnection => "De server antwoordt niet. Er is niets gekoppeld.",
        PairingFailure::RelayRefuses => "De server weigert. Er is niets gekoppeld.",
        PairingFailure::OtherRelay => {
            "De twee apparaten gebruiken niet dezelfde server. Er is niets gekoppeld."
        }
        PairingFailure::OtherVersion => {
            "De twee apparaten hebben niet dezelfde versie. Werk ze allebei bij."
        }
        PairingFailure::Tampered => {
            "Wat er binnenkwam klopt niet. Misschien luistert iemand mee. Er is niets gekoppeld."
        }
        PairingFailure::Cancelled => "Het koppelen is gestopt.",
        PairingFailure::OtherStopped => "Het andere apparaat is gestopt. Er is niets gekoppeld.",
        PairingFailure::DevicesFull => {
            "Er staan al acht apparaten in je lijst. Er is niets gekoppeld."
        }
        PairingFailure::Vault => {
            "Dit apparaat kon de kluis niet bewaren. Het kan wel al in je lijst met apparaten staan."
        }
    }
}

/// The new device is added, and has no room for its vault.
pub fn no_room() -> &'static str {
    "Het apparaat is vol."
}

/// What to do then.
pub fn no_room_text() -> &'static str {
    "Je andere apparaat heeft dit apparaat al toegevoegd. Je dossiers staan daar veilig. Maak hier ruimte en probeer het \
     opnieuw. Stop je nu? Dan blijft dit apparaat daar in de lijst staan."
}

/// Another try to store it.
pub fn storing() -> &'static str {
    "Bezig met bewaren"
}

/// What to do after a failure, on the new device.
pub fn again_here() -> &'static str {
    "Maak een nieuwe code. Je naam en wachtwoord hoef je niet opnieuw te typen."
}

/// What to do after a failure, on the old device.
pub fn again(failure: PairingFailure) -> &'static str {
    match failure {
        PairingFailure::CodeWrong => "Kijk de code na, of maak een nieuwe op het nieuwe apparaat.",
        PairingFailure::DevicesFull => "Een apparaat eraf halen kan nog niet in deze versie.",
        _ => "Maak een nieuwe code op het nieuwe apparaat en probeer het opnieuw.",
    }
}
