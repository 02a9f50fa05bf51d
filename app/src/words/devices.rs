//! Words of **Apparaten**: names, when each was last at work, what it holds.

use dossier::calendar;
use engine::command::{DeviceRow, Receipt};

use super::date;

/// Screen.
pub fn title() -> &'static str {
    "Apparaten"
}

/// What the list is.
pub fn lead() -> &'static str {
    "Op elk apparaat in deze lijst staat dezelfde kluis. Ze wisselen versleuteld uit."
}

/// What a device is called: as a person named it, else by its number.
pub fn name(row: &DeviceRow) -> String {
    row.name.clone().unwrap_or_else(|| numbered(row.device))
}

/// What a device without a name is called.
pub fn numbered(device: u16) -> String {
    format!("Apparaat {}", u32::from(device) + 1)
}

/// What the device of this number is called, `None` being the one the person holds.
pub fn name_in(rows: &[DeviceRow], device: Option<u16>) -> String {
    let is_it = |row: &&DeviceRow| match device {
        Some(device) => row.device == device,
        None => row.is_own,
    };
    match (rows.iter().find(is_it), device) {
        (Some(row), _) => name(row),
        (None, Some(device)) => numbered(device),
        (None, None) => own().to_owned(),
    }
}

/// The device the person holds, in a sentence.
pub fn own() -> &'static str {
    "dit apparaat"
}

/// Mark of the device the person holds.
pub fn this_one() -> &'static str {
    "Dit apparaat"
}

/// Mark of a device that has access; programs read this word, too.
pub fn active() -> &'static str {
    "actief"
}

/// Mark of one that was added elsewhere.
pub fn added_mark() -> &'static str {
    "Nieuw"
}

/// A device was added: said on every other device.
pub fn added(name: &str) -> String {
    format!("{name} is toegevoegd")
}

/// What that means.
pub fn added_text() -> &'static str {
    "Dit apparaat leest nu alle dossiers mee. Was jij dat niet? Vraag meteen de beheerder van de server om hulp."
}

/// The person has seen it.
pub fn added_seen() -> &'static str {
    "Dat was ik"
}

/// When a device was last at work.
pub fn last_seen(ms: Option<i64>) -> String {
    match ms.and_then(|ms| calendar::rfc3339(ms).ok()) {
        Some(moment) => format!("Laatst gezien op {}", date::moment(&moment)),
        None => "Nog niet gezien".to_owned(),
    }
}

/// Since when a device is one of the account.
pub fn since(ms: i64) -> Option<String> {
    let moment = calendar::rfc3339(ms).ok()?;
    Some(format!(
        "Erbij sinds {}",
        date::long(date::date_of(&moment))
    ))
}

/// What a device holds of the changes made here.
pub fn receipt(row: &DeviceRow) -> String {
    match row.receipt {
        Receipt::All => "Heeft alles van dit apparaat".to_owned(),
        Receipt::Coming => format!("Krijgt nog {}.", changes(row.unseen_count)),
        Receipt::Away => match row.last_seen_at.and_then(|ms| calendar::rfc3339(ms).ok()) {
            Some(moment) => {
                let day = date::long(date::date_of(&moment));
                format!(
                    "Was sinds {day} niet online. Krijgt nog {}.",
                    changes(row.unseen_count)
                )
            }
            None => "Was nog niet online".to_owned(),
        },
        Receipt::Withheld { count, since } => {
            let verb = if count == 1 { "is" } else { "zijn" };
            let (changes, name) = (changes(count), name(row));
            let since = calendar::rfc3339(since).map_or_else(
                |_| String::new(),
                |moment| format!(" sinds {}", date::day_and_month(date::date_of(&moment))),
            );
            format!("{changes} {verb} nog niet aangekomen op {name}{since}.")
        }
    }
}

/// What this device was not given of another's.
pub fn missing_here(count: u32) -> String {
    format!(
        "Dit apparaat mist {} die een ander apparaat wel heeft",
        changes(count)
    )
}

/// Nothing more is taken in of this device.
pub fn held() -> &'static str {
    "Van dit apparaat komen twee verschillende versies. De app neemt niets meer over. Vraag de beheerder om hulp."
}

/// How many changes.
pub fn changes(count: u32) -> String {
    match count {
        1 => "1 wijziging".to_owned(),
        count => format!("{count} wijzigingen"),
    }
}

/// Gives a device another name.
pub fn rename() -> &'static str {
    "Naam wijzigen"
}

/// Field: of the device the person holds, or of another.
pub fn name_label(is_own: bool) -> &'static str {
    match is_own {
        true => "Naam van dit apparaat",
        false => "Naam van het apparaat",
    }
}

/// Keeps the name.
pub fn save_name() -> &'static str {
    "Opslaan"
}

/// Begins to add one.
pub fn pair() -> &'static str {
    "Apparaat koppelen"
}

/// No server, so no other device.
pub fn no_server() -> &'static str {
    "Er is geen server ingesteld. Zonder server kun je geen apparaat koppelen."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_come_through_is_told_with_its_device_and_its_day() {
        // 20 November 2026, 11:00 in Amsterdam.
        const SINCE: i64 = 1_795_168_800_000;
        let receipt = |count| {
            receipt(&DeviceRow {
                device: 1,
                name: Some("Laptop".to_owned()),
                is_own: false,
                is_new: false,
                added_at: None,
                last_seen_at: None,
                receipt: Receipt::Withheld {
                    count,
                    since: SINCE,
                },
                unseen_count: count,
                missing_here_count: 0,
                is_held: false,
            })
        };
        assert_eq!(
            receipt(1),
            "1 wijziging is nog niet aangekomen op Laptop sinds 20-11."
        );
        assert_eq!(
            receipt(3),
            "3 wijzigingen zijn nog niet aangekomen op Laptop sinds 20-11."
        );
    }
}
