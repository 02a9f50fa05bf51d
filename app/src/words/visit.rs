//! Words of a visit: choosing for whom, writing, signing, correcting, reading.

use dossier::edit::{ContactKind, MeasurementKind, VisitField};

use super::date;

/// Title of the tab, and heading under the client's name.
pub fn screen() -> &'static str {
    "Bezoek"
}

/// Under the title while choosing a client.
pub fn for_whom() -> &'static str {
    "Bij wie?"
}

/// Label of a field of the form.
pub fn label(field: VisitField) -> &'static str {
    match field {
        VisitField::Contact => "Soort contact",
        VisitField::Date => "Datum",
        VisitField::Begin => "Begintijd",
        VisitField::End => "Eindtijd",
        VisitField::Done => "Wat heb je gedaan?",
        VisitField::Result => "Resultaat",
        VisitField::Facts => "Feiten en omstandigheden",
        VisitField::Experience => "Ervaring van de cliënt",
        VisitField::SubstituteName => "Naam waarnemer",
        VisitField::SubstituteAgb => "AGB-code waarnemer",
        VisitField::Measurement(kind) => measurement(kind),
    }
}

/// Label of a measurement.
pub fn measurement(kind: MeasurementKind) -> &'static str {
    match kind {
        MeasurementKind::UpperPressure => "Bovendruk",
        MeasurementKind::LowerPressure => "Onderdruk",
        MeasurementKind::Pulse => "Pols",
        MeasurementKind::Temperature => "Temperatuur",
        MeasurementKind::Saturation => "Saturatie",
        MeasurementKind::Weight => "Gewicht",
        MeasurementKind::Glucose => "Glucose",
        MeasurementKind::Pain => "Pijn",
    }
}

/// Unit of a measurement.
pub fn unit(kind: MeasurementKind) -> &'static str {
    match kind {
        MeasurementKind::UpperPressure | MeasurementKind::LowerPressure => "mmHg",
        MeasurementKind::Pulse => "per minuut",
        MeasurementKind::Temperature => "°C",
        MeasurementKind::Saturation => "%",
        MeasurementKind::Weight => "kg",
        MeasurementKind::Glucose => "mmol/l",
        MeasurementKind::Pain => "van 10",
    }
}

/// Kind of contact.
pub fn contact(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::HomeVisit => "Huisbezoek",
        ContactKind::Phone => "Telefoon",
        ContactKind::Video => "Beeldbellen",
        ContactKind::Consultation => "Overleg",
    }
}

/// Stamps the begin.
pub fn start() -> &'static str {
    "Start bezoek"
}

/// Stamps the end.
pub fn ready() -> &'static str {
    "Nu klaar"
}

/// The end was confirmed to lie on the next day.
pub fn next_day_confirmed(iso: &str, time: &str) -> String {
    format!("Tot {} {time}", date::long(iso))
}

/// Takes over what was done last time.
pub fn same_as_last() -> &'static str {
    "Zelfde als vorige keer"
}

/// Boxes of what was done last time.
pub fn actions() -> &'static str {
    "Gedaan, net als vorige keer"
}

/// Where the boxes come from.
pub fn taken_over(iso: &str) -> String {
    let whole = date::short(iso);
    let day = whole.get(..5).unwrap_or(&whole);
    format!("Dit is overgenomen van {day}. Haal weg wat je niet deed.")
}

/// Nothing to take over.
pub fn nothing_to_take_over() -> &'static str {
    "Er is geen vorig bezoek om over te nemen."
}

/// What was done, beside boxes.
pub fn done_hint() -> &'static str {
    "Eén handeling per regel"
}

/// Writes [`no_remarks_text`].
pub fn no_remarks() -> &'static str {
    "Geen bijzonderheden"
}

/// Goes into the result, and may be changed there.
pub fn no_remarks_text() -> &'static str {
    "Zorg gegeven zoals afgesproken. Geen bijzonderheden."
}

/// Opens the boxes for measurements.
pub fn add_measurements() -> &'static str {
    "Metingen erbij"
}

/// The boxes for measurements.
pub fn measurements() -> &'static str {
    "Metingen"
}

/// Name of the question whether an unusual value is right.
pub fn is_unusual(kind: MeasurementKind) -> String {
    format!("{}: klopt dit?", measurement(kind))
}

/// Who did it.
pub fn performer() -> &'static str {
    "Uitgevoerd door"
}

/// Name and AGB code of who did it.
pub fn performer_line(name: &str, agb: Option<&str>) -> String {
    match agb {
        Some(agb) if !agb.is_empty() => format!("{name} · AGB {agb}"),
        _ => name.to_owned(),
    }
}

/// The substitute has no name yet.
pub fn someone_else_unnamed() -> &'static str {
    "Iemand anders"
}

/// Someone else did the visit.
pub fn someone_else() -> &'static str {
    "Iemand anders deed dit"
}

/// State of a draft: a test id's value, so without a capital.
pub fn state_draft() -> &'static str {
    "concept"
}

/// State of a signed visit: a test id's value, so without a capital.
pub fn state_signed() -> &'static str {
    "ondertekend"
}

/// Text that another device wrote in the same visit, later.
pub fn later_on(device: &str) -> String {
    format!("Later geschreven op {device}")
}

/// Where a signed entry is.
pub fn only_here() -> &'static str {
    "Alleen op dit apparaat"
}

/// Where a signed entry is.
pub fn on_server() -> &'static str {
    "Versleuteld op de server"
}

/// Where a signed entry is: on these devices, too.
pub fn also_on(names: &[String]) -> String {
    match names {
        [] => on_server().to_owned(),
        [one] => format!("Ook op {one}"),
        [first @ .., last] => format!("Ook op {} en {last}", first.join(", ")),
    }
}

/// Signs.
pub fn sign() -> &'static str {
    "Bezoek ondertekenen"
}

/// It is signed.
pub fn signed() -> &'static str {
    "Bezoek ondertekend"
}

/// What signing means.
pub fn sign_hint() -> &'static str {
    "Na het ondertekenen ligt de tekst vast. Je kunt wel corrigeren of aanvullen."
}

/// Throws the draft away.
pub fn discard() -> &'static str {
    "Concept verwijderen"
}

/// After that.
pub fn discarded() -> &'static str {
    "Het concept is verwijderd"
}

/// The draft of this address was signed or thrown away.
pub fn draft_gone() -> &'static str {
    "Dit concept is er niet meer. Het is ondertekend of verwijderd, of het is niet leesbaar."
}

/// To the client.
pub fn to_client() -> &'static str {
    "Naar de cliënt"
}

/// Name of the group at a field that holds a BSN.
pub fn bsn_found(field: VisitField) -> String {
    format!("BSN gevonden bij {}", label(field))
}

/// The part with the BSN is not on disk.
pub fn part_not_saved() -> &'static str {
    "Dit stuk is nog niet bewaard."
}

/// Back to the text.
pub fn mend_text() -> &'static str {
    "Tekst aanpassen"
}

/// The identity must be established before signing.
pub fn identity_first() -> &'static str {
    "Stel eerst de identiteit vast. Daarna kun je het bezoek ondertekenen."
}

/// Signed without identification, in acute care.
pub fn identity_deferred() -> &'static str {
    "Ondertekend bij acute zorg. De identiteit was nog niet vastgesteld."
}

/// Another open draft.
pub fn next_draft(name: &str) -> String {
    format!("Nog een concept: {name}")
}

/// Opens it.
pub fn resume() -> &'static str {
    "Verder schrijven"
}

/// When it was recorded.
pub fn recorded() -> &'static str {
    "Vastgelegd op"
}

/// Who signed, when someone else did the visit.
pub fn signed_by() -> &'static str {
    "Ondertekend door"
}

/// How long it took.
pub fn length() -> &'static str {
    "Duur"
}

/// An end that lies on another day than the begin.
pub fn end_next_day(time: &str, iso: &str) -> String {
    format!("{time}, op {} (de volgende dag)", date::long(iso))
}

/// Nothing stands in this field.
pub fn empty() -> &'static str {
    "Niet ingevuld"
}

/// Begins a correction.
pub fn correct() -> &'static str {
    "Corrigeren"
}

/// Title of the dialog.
pub fn correct_title() -> &'static str {
    "Bezoek corrigeren"
}

/// What is corrected.
pub fn which_part() -> &'static str {
    "Welk onderdeel?"
}

/// What it must say.
pub fn new_text() -> &'static str {
    "Nieuwe tekst"
}

/// Why.
pub fn why() -> &'static str {
    "Waarom corrigeer je dit?"
}

/// At whose request.
pub fn client_request() -> &'static str {
    "Op verzoek van de cliënt"
}

/// Signs the correction.
pub fn sign_correction() -> &'static str {
    "Correctie ondertekenen"
}

/// After that.
pub fn correction_signed() -> &'static str {
    "Correctie ondertekend"
}

/// The earlier text stays.
pub fn correction_hint() -> &'static str {
    "De eerdere tekst blijft zichtbaar."
}

/// Name of one correction.
pub fn correction_name(number: usize, field: VisitField) -> String {
    format!("Correctie {number}: {}", label(field))
}

/// When it was corrected.
pub fn corrected_on(moment: &str) -> String {
    format!("Gecorrigeerd op {moment}")
}

/// By whom and why.
pub fn corrected_by(author: &str, reason: &str) -> String {
    format!("Door {author}. Reden: {reason}")
}

/// Opens the text before a correction.
pub fn show_earlier() -> &'static str {
    "Toon eerdere tekst"
}

/// The text before a correction.
pub fn earlier() -> &'static str {
    "Eerdere tekst"
}

/// Begins an addition.
pub fn add() -> &'static str {
    "Aanvulling schrijven"
}

/// Title of the dialog, its field, and what an addition is called.
pub fn addition() -> &'static str {
    "Aanvulling"
}

/// Signs the addition.
pub fn sign_addition() -> &'static str {
    "Aanvulling ondertekenen"
}

/// After that.
pub fn addition_signed() -> &'static str {
    "Aanvulling ondertekend"
}

/// Who wrote an addition, and when.
pub fn added_by(author: &str, moment: &str) -> String {
    format!("{author} · {moment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_over_says_from_which_day() {
        assert!(taken_over("2026-11-21").contains("overgenomen van 21-11."));
    }

    #[test]
    fn a_performer_without_code_is_only_named() {
        assert_eq!(performer_line("Anna", None), "Anna");
        assert_eq!(performer_line("Anna", Some("")), "Anna");
        assert_eq!(
            performer_line("Anna", Some("12345678")),
            "Anna · AGB 12345678"
        );
    }
}
