//! Why an edit was refused, in one sentence that stands at the field and in the summary.

use dossier::edit::{ClientField, MeasurementKind, VisitField};
use dossier::problem::{Fault, Field, Problem};

use super::date;

/// The sentence for a problem; a legal point begins with the id of its rule.
pub fn sentence(problem: &Problem) -> String {
    let words = without_rule(problem);
    match &problem.rule {
        Some(rule) => format!("{rule} {words}"),
        None => words,
    }
}

/// The sentence without the id of the rule.
pub fn without_rule(problem: &Problem) -> String {
    let field = problem.field;
    match &problem.fault {
        Fault::Missing => missing(field),
        Fault::Malformed => malformed(field),
        Fault::BsnInvalid => "Dit burgerservicenummer klopt niet".to_owned(),
        Fault::BsnNotAllowed => bsn_not_allowed().to_owned(),
        Fault::TooLong { limit } => format!("Maak {} korter: hooguit {limit} tekens", noun(field)),
        Fault::InFuture => format!("{} ligt in de toekomst", capital(noun(field))),
        Fault::TooEarly => too_early(field),
        Fault::TooLongAgo => format!("{} ligt meer dan 120 jaar terug", capital(noun(field))),
        Fault::NextDay { date, time } => next_day(date, time),
        Fault::Skipped { resumes_at } => {
            let what = match field {
                Field::Visit(_) => capital(noun(field)),
                _ => "Deze tijd".to_owned(),
            };
            format!("{what} bestond niet: de klok ging die nacht naar {resumes_at}")
        }
        Fault::OutOfRange { kind, min, max } => {
            format!(
                "Vul bij {} een getal in van {min} tot {max}",
                measurement(*kind)
            )
        }
        Fault::Unusual { kind } => {
            let noun = visit_noun(VisitField::Measurement(*kind));
            format!("{} is ongewoon. Klopt dit?", capital(noun))
        }
        Fault::NotBelowUpper => "Vul een onderdruk in die lager is dan de bovendruk".to_owned(),
        Fault::IdentityMissing => "Stel eerst de identiteit vast".to_owned(),
        Fault::Unchanged => "Er is niets gewijzigd".to_owned(),
        Fault::NotPossible => "Dit kan niet meer worden gewijzigd".to_owned(),
    }
}

/// A BSN stands where none may be held.
pub fn bsn_not_allowed() -> &'static str {
    "Hier lijkt een BSN te staan. Dat mag bij deze cliënt niet."
}

/// The end lies on the next day: read back and to be confirmed.
pub fn next_day(date: &str, time: &str) -> String {
    format!("Tot {} {time}. Klopt dit?", date::weekday(date))
}

/// The name of a measurement within a sentence.
pub fn measurement(kind: MeasurementKind) -> &'static str {
    match kind {
        MeasurementKind::UpperPressure => "bovendruk",
        MeasurementKind::LowerPressure => "onderdruk",
        MeasurementKind::Pulse => "pols",
        MeasurementKind::Temperature => "temperatuur",
        MeasurementKind::Saturation => "saturatie",
        MeasurementKind::Weight => "gewicht",
        MeasurementKind::Glucose => "glucose",
        MeasurementKind::Pain => "pijnscore",
    }
}

fn missing(field: Field) -> String {
    let fixed = match field {
        Field::Funding | Field::Client(ClientField::Funding) => "Kies wie de zorg betaalt",
        Field::Profession => "Kies je beroep",
        Field::DocumentKind => "Kies het soort document",
        Field::BsnCompared => "Vergelijk het BSN met het document en vink dit aan",
        Field::DeferReason => "Vul in waarom het nu niet kan",
        Field::PlanningDays => "Kies één of meer dagen",
        Field::CorrectionField => "Kies welk onderdeel je corrigeert",
        Field::CorrectionReason => "Vul in waarom je dit corrigeert",
        Field::Visit(VisitField::Contact) => "Kies het soort contact",
        Field::Visit(VisitField::Done) => "Vul in wat je hebt gedaan",
        Field::Whole => "Vul alles in wat nog ontbreekt",
        _ => return format!("Vul {} in", noun(field)),
    };
    fixed.to_owned()
}

fn malformed(field: Field) -> String {
    let form = match field {
        Field::Client(ClientField::BirthDate) => "zoals 1-2-1934, 1934 of 02-1934",
        Field::Client(ClientField::RequestedOn | ClientField::StartsOn)
        | Field::Visit(VisitField::Date)
        | Field::IdentityDate
        | Field::PlanningFrom
        | Field::PlanningUntil => "als dag, maand en jaar, zoals 1-2-2026",
        Field::Visit(VisitField::Begin | VisitField::End)
        | Field::IdentityTime
        | Field::PlanningTime => "als uren en minuten, zoals 9:30",
        Field::Client(ClientField::Postcode) => "zoals 1234 AB",
        Field::Client(ClientField::Phone) => "met 10 cijfers, zoals 06 12345678",
        Field::Agb | Field::AgbPractice | Field::Visit(VisitField::SubstituteAgb) => {
            "met 8 cijfers"
        }
        Field::Bsn => "met 9 cijfers",
        Field::PlanningMinutes | Field::Visit(VisitField::Measurement(_)) => "als getal",
        Field::DocumentNumber => "zoals het op het document staat",
        _ => "op een andere manier",
    };
    format!("Vul {} in {form}", noun(field))
}

fn too_early(field: Field) -> String {
    match field {
        Field::Client(ClientField::StartsOn) => {
            "De startdatum ligt vóór de aanvraagdatum".to_owned()
        }
        Field::PlanningUntil => "De einddatum ligt vóór de begindatum".to_owned(),
        _ => format!("{} ligt te vroeg", capital(noun(field))),
    }
}

/// The field with its article, within a sentence.
fn noun(field: Field) -> &'static str {
    match field {
        Field::Client(field) => client_noun(field),
        Field::Funding => "de financiering",
        Field::Bsn => "het burgerservicenummer (BSN)",
        Field::Visit(field) => visit_noun(field),
        Field::ProfileName => "je naam",
        Field::Profession => "je beroep",
        Field::Agb => "de AGB-code",
        Field::AgbPractice => "de AGB-code van de onderneming",
        Field::DeviceName => "de naam van dit apparaat",
        Field::DocumentKind => "het soort document",
        Field::DocumentNumber => "het documentnummer",
        Field::IdentityDate => "de datum van vaststellen",
        Field::IdentityTime => "de tijd van vaststellen",
        Field::BsnCompared => "de vergelijking van het BSN",
        Field::DeferReason => "de reden",
        Field::PlanningDays => "de dagen",
        Field::PlanningTime => "de tijd",
        Field::PlanningMinutes => "de duur in minuten",
        Field::PlanningFrom => "de begindatum",
        Field::PlanningUntil => "de einddatum",
        Field::CorrectionField => "het onderdeel",
        Field::CorrectionText => "de nieuwe tekst",
        Field::CorrectionReason => "de reden",
        Field::Addition => "de aanvulling",
        Field::Whole => "dit",
    }
}

fn client_noun(field: ClientField) -> &'static str {
    match field {
        ClientField::FirstName => "de voornaam",
        ClientField::Infix => "het tussenvoegsel",
        ClientField::LastName => "de achternaam",
        ClientField::BirthDate => "de geboortedatum",
        ClientField::Street => "straat en huisnummer",
        ClientField::Postcode => "de postcode",
        ClientField::Place => "de plaats",
        ClientField::Phone => "het telefoonnummer",
        ClientField::RequestedOn => "de aanvraagdatum",
        ClientField::StartsOn => "de startdatum",
        ClientField::Funding => "de financiering",
    }
}

fn visit_noun(field: VisitField) -> &'static str {
    match field {
        VisitField::Contact => "het soort contact",
        VisitField::Date => "de datum",
        VisitField::Begin => "de begintijd",
        VisitField::End => "de eindtijd",
        VisitField::Done => "wat je hebt gedaan",
        VisitField::Result => "het resultaat",
        VisitField::Facts => "de feiten en omstandigheden",
        VisitField::Experience => "de ervaring van de cliënt",
        VisitField::SubstituteName => "de naam van de waarnemer",
        VisitField::SubstituteAgb => "de AGB-code van de waarnemer",
        VisitField::Measurement(kind) => match kind {
            MeasurementKind::UpperPressure => "de bovendruk",
            MeasurementKind::LowerPressure => "de onderdruk",
            MeasurementKind::Pulse => "de pols",
            MeasurementKind::Temperature => "de temperatuur",
            MeasurementKind::Saturation => "de saturatie",
            MeasurementKind::Weight => "het gewicht",
            MeasurementKind::Glucose => "de glucose",
            MeasurementKind::Pain => "de pijnscore",
        },
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(field: Field, fault: Fault) -> Problem {
        Problem {
            field,
            fault,
            rule: None,
        }
    }

    #[test]
    fn a_legal_point_begins_with_its_rule() {
        let missing = Problem {
            rule: Some("B19".into()),
            ..problem(Field::Visit(VisitField::Result), Fault::Missing)
        };
        assert_eq!(sentence(&missing), "B19 Vul het resultaat in");
        assert_eq!(without_rule(&missing), "Vul het resultaat in");
    }

    #[test]
    fn a_required_field_is_named() {
        let birth = problem(Field::Client(ClientField::BirthDate), Fault::Missing);
        assert_eq!(sentence(&birth), "Vul de geboortedatum in");
        assert_eq!(
            sentence(&problem(Field::ProfileName, Fault::Missing)),
            "Vul je naam in"
        );
    }

    #[test]
    fn an_end_on_the_next_day_is_read_back() {
        let fault = Fault::NextDay {
            date: "2026-11-23".to_owned(),
            time: "07:00".to_owned(),
        };
        let end = problem(Field::Visit(VisitField::End), fault);
        assert_eq!(sentence(&end), "Tot maandag 07:00. Klopt dit?");
    }

    #[test]
    fn every_field_and_fault_makes_short_sentences() {
        for field in every_field() {
            for fault in every_fault() {
                let words = sentence(&problem(field, fault));
                for part in words.split(['.', '?']) {
                    assert!(part.split_whitespace().count() <= 15, "{words}");
                }
                assert!(
                    words.chars().next().is_some_and(char::is_uppercase),
                    "{words}"
                );
            }
        }
    }

    fn every_field() -> Vec<Field> {
        let clients = [
            ClientField::FirstName,
            ClientField::Infix,
            ClientField::LastName,
            ClientField::BirthDate,
            ClientField::Street,
            ClientField::Postcode,
            ClientField::Place,
            ClientField::Phone,
            ClientField::RequestedOn,
            ClientField::StartsOn,
            ClientField::Funding,
        ];
        let visits = [
            VisitField::Contact,
            VisitField::Date,
            VisitField::Begin,
            VisitField::End,
            VisitField::Done,
            VisitField::Result,
            VisitField::Facts,
            VisitField::Experience,
            VisitField::SubstituteName,
            VisitField::SubstituteAgb,
            VisitField::Measurement(MeasurementKind::Weight),
        ];
        let rest = [
            Field::Funding,
            Field::Bsn,
            Field::ProfileName,
            Field::Profession,
            Field::Agb,
            Field::AgbPractice,
            Field::DeviceName,
            Field::DocumentKind,
            Field::DocumentNumber,
            Field::IdentityDate,
            Field::IdentityTime,
            Field::BsnCompared,
            Field::DeferReason,
            Field::PlanningDays,
            Field::PlanningTime,
            Field::PlanningMinutes,
            Field::PlanningFrom,
            Field::PlanningUntil,
            Field::CorrectionField,
            Field::CorrectionText,
            Field::CorrectionReason,
            Field::Addition,
            Field::Whole,
        ];
        let clients = clients.into_iter().map(Field::Client);
        clients
            .chain(visits.into_iter().map(Field::Visit))
            .chain(rest)
            .collect()
    }

    fn every_fault() -> Vec<Fault> {
        let kind = MeasurementKind::Glucose;
        vec![
            Fault::Missing,
            Fault::Malformed,
            Fault::BsnInvalid,
            Fault::BsnNotAllowed,
            Fault::TooLong { limit: 60 },
            Fault::InFuture,
            Fault::TooEarly,
            Fault::TooLongAgo,
            Fault::NextDay {
                date: "2026-11-23".to_owned(),
                time: "07:00".to_owned(),
            },
            Fault::Skipped {
                resumes_at: "03:00".to_owned(),
            },
            Fault::OutOfRange {
                kind,
                min: "0,5".to_owned(),
                max: "60".to_owned(),
            },
            Fault::Unusual { kind },
            Fault::NotBelowUpper,
            Fault::IdentityMissing,
            Fault::Unchanged,
            Fault::NotPossible,
        ]
    }
}
