//! Words of drafts between devices: where each stands, what another device wrote in the same visit.

use dossier::edit::VisitField;

use super::visit;

/// On which device a draft stands.
pub fn on(device: &str) -> String {
    format!("op {device}")
}

/// When a draft was last written.
pub fn last_written(moment: &str) -> String {
    format!("Laatst geschreven op {moment}")
}

/// Other devices hold other text of the same visit.
pub fn also_on(names: &[String]) -> String {
    format!("Ook geschreven op {}", listed(names))
}

/// Text of a signed visit that does not stand in it, by the devices that hold it.
pub fn late_on(names: &[String]) -> String {
    visit::later_on(&listed(names))
}

/// The draft was taken up from another device.
pub fn begun_on(device: &str) -> String {
    format!("Begonnen op {device}")
}

/// Adds what another device wrote to the draft here.
pub fn take_over() -> &'static str {
    "Tekst overnemen"
}

/// After that.
pub fn taken_over() -> &'static str {
    "Tekst overgenomen"
}

/// Nothing can be added without putting something in its place.
pub fn differs() -> &'static str {
    "Dit verschilt van wat hier staat. Pas het zelf aan als het moet."
}

/// The visit of the draft on screen was signed on another device.
pub fn already_signed() -> &'static str {
    "Dit bezoek is al ondertekend"
}

/// What to do with what is on screen.
pub fn already_signed_text() -> &'static str {
    "Schreef je hier nog iets? Dat staat bij het ondertekende bezoek. Maak er daar een aanvulling van."
}

/// A value of a field as somebody typed it.
pub fn value(field: VisitField, typed: &str) -> String {
    match field {
        VisitField::Measurement(kind) => format!("{typed} {}", visit::unit(kind)),
        _ => typed.to_owned(),
    }
}

/// Parts of a draft as the text of an addition: every line as it was written.
pub fn as_addition(parts: &[(VisitField, String)]) -> String {
    let part = |(field, typed): &(VisitField, String)| {
        let label = visit::label(*field);
        let end = if label.ends_with('?') { "" } else { ":" };
        let between = if is_text(*field) { "\n" } else { " " };
        format!("{label}{end}{between}{}", value(*field, typed))
    };
    parts.iter().map(part).collect::<Vec<String>>().join("\n")
}

fn is_text(field: VisitField) -> bool {
    matches!(
        field,
        VisitField::Done | VisitField::Result | VisitField::Facts | VisitField::Experience
    )
}

fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} en {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier::edit::MeasurementKind;

    #[test]
    fn an_addition_holds_every_line_and_says_what_it_is_of() {
        let parts = [
            (VisitField::End, "10:15".to_owned()),
            (
                VisitField::Done,
                "Ogen gedruppeld\nBenen gezalfd".to_owned(),
            ),
            (VisitField::Result, "Rustig".to_owned()),
            (
                VisitField::Measurement(MeasurementKind::Pulse),
                "83".to_owned(),
            ),
        ];
        assert_eq!(
            as_addition(&parts),
            "Eindtijd: 10:15\nWat heb je gedaan?\nOgen gedruppeld\nBenen gezalfd\nResultaat:\nRustig\nPols: 83 per minuut"
        );
    }

    #[test]
    fn devices_are_listed_as_one_says_them() {
        let names = ["Tablet", "Laptop", "Telefoon"].map(str::to_owned);
        assert_eq!(
            also_on(&names),
            "Ook geschreven op Tablet, Laptop en Telefoon"
        );
        let one = ["Tablet".to_owned()];
        assert_eq!(late_on(&one), "Later geschreven op Tablet");
    }
}
