//! Fields of a signed visit: which one can be corrected, what they say, and when something happened.

use dossier::calendar;
use dossier::edit::VisitField;
use dossier::view::VisitView;

use crate::page::code::code;
use crate::words;

/// Fields that a correction can be about, in the order of the form. The kind of contact is never one.
pub(super) fn correctable(visit: &VisitView) -> Vec<VisitField> {
    let mut fields = vec![
        VisitField::Date,
        VisitField::Begin,
        VisitField::End,
        VisitField::Done,
        VisitField::Result,
        VisitField::Facts,
        VisitField::Experience,
    ];
    fields.extend(
        visit
            .measurements
            .iter()
            .map(|(kind, _)| VisitField::Measurement(*kind)),
    );
    if visit.performer != visit.signed_by {
        fields.extend([VisitField::SubstituteName, VisitField::SubstituteAgb]);
    }
    fields
}

/// A fixed word for a field, for the list to choose from.
pub(super) fn key(field: VisitField) -> String {
    match field {
        VisitField::Measurement(kind) => format!("measurement-{}", code(&kind)),
        field => code(&field),
    }
}

/// What a field says now, as a person would type it.
pub(super) fn text(visit: &VisitView, field: VisitField) -> String {
    match field {
        VisitField::Contact => words::visit::contact(visit.contact).to_owned(),
        VisitField::Date => words::date::short(words::date::date_of(&visit.begin_local)),
        VisitField::Begin => words::date::time_of(&visit.begin_local).to_owned(),
        VisitField::End => words::date::time_of(&visit.end_local).to_owned(),
        VisitField::Done => {
            let own = Some(&visit.done).filter(|text| !text.is_empty());
            visit
                .actions
                .iter()
                .chain(own)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n")
        }
        VisitField::Result => visit.result.clone(),
        VisitField::Facts => visit.facts.clone(),
        VisitField::Experience => visit.experience.clone(),
        VisitField::SubstituteName => visit.performer.clone(),
        VisitField::SubstituteAgb => visit.performer_agb.clone().unwrap_or_default(),
        VisitField::Measurement(kind) => {
            let found = visit.measurements.iter().find(|(other, _)| *other == kind);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        }
    }
}

/// All that a signed visit says, without what is empty, in the order of the form.
pub(super) fn written(visit: &VisitView) -> Vec<(VisitField, String)> {
    let fields = std::iter::once(VisitField::Contact)
        .chain(correctable(visit))
        .filter(|field| !matches!(field, VisitField::SubstituteAgb));
    fields
        .map(|field| match field {
            VisitField::End => (field, end(visit)),
            VisitField::SubstituteName => {
                let agb = visit.performer_agb.as_deref();
                let who = words::visit::performer_line(&visit.performer, agb);
                (field, who)
            }
            field => (field, text(visit, field)),
        })
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// Time of the end, with its day where that is not the day of the begin.
pub(super) fn end(visit: &VisitView) -> String {
    let time = text(visit, VisitField::End);
    match words::date::date_of(&visit.end_local) {
        day if day == words::date::date_of(&visit.begin_local) => time,
        day => words::visit::end_next_day(&time, day),
    }
}

/// A value of a field as a person reads it, such as one before a correction.
pub(super) fn shown(field: VisitField, value: &str) -> String {
    match field {
        _ if value.is_empty() => words::visit::empty().to_owned(),
        VisitField::Date => words::date::long(value),
        VisitField::Measurement(kind) => format!("{value} {}", words::visit::unit(kind)),
        _ => value.to_owned(),
    }
}

/// Local date and time.
pub fn moment(ms: i64) -> String {
    calendar::rfc3339(ms)
        .map(|text| words::date::moment(&text))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier::edit::{ContactKind, MeasurementKind};
    use dossier::id::EntryId;

    #[test]
    fn every_field_has_its_own_word() {
        let fields = [
            VisitField::Date,
            VisitField::Done,
            VisitField::SubstituteAgb,
            VisitField::Measurement(MeasurementKind::Pulse),
            VisitField::Measurement(MeasurementKind::Pain),
        ];
        let keys: std::collections::BTreeSet<String> = fields.into_iter().map(key).collect();
        assert_eq!(keys.len(), fields.len());
        assert!(!keys.contains(""));
    }

    #[test]
    fn a_signed_visit_is_told_part_by_part_with_the_day_of_its_end() {
        let visit = VisitView {
            id: EntryId([1; 16]),
            contact: ContactKind::Phone,
            begin_at: 0,
            end_at: 0,
            begin_local: "2026-11-22T23:30:00+01:00".to_owned(),
            end_local: "2026-11-23T07:00:00+01:00".to_owned(),
            recorded_at: 0,
            performer: "Anna".to_owned(),
            performer_agb: None,
            signed_by: "Bea".to_owned(),
            actions: vec!["Gewassen".to_owned()],
            done: "Gekleed".to_owned(),
            result: "Goed".to_owned(),
            facts: String::new(),
            experience: String::new(),
            measurements: vec![(MeasurementKind::Pulse, "83".to_owned())],
            corrections: Vec::new(),
            additions: Vec::new(),
            is_identity_deferred: false,
        };
        let told = [
            (VisitField::Contact, "Telefoon"),
            (VisitField::Date, "22-11-2026"),
            (VisitField::Begin, "23:30"),
            (
                VisitField::End,
                "07:00, op maandag 23 november 2026 (de volgende dag)",
            ),
            (VisitField::Done, "Gewassen\nGekleed"),
            (VisitField::Result, "Goed"),
            (VisitField::Measurement(MeasurementKind::Pulse), "83"),
            (VisitField::SubstituteName, "Anna"),
        ];
        assert_eq!(
            written(&visit),
            told.map(|(field, text)| (field, text.to_owned()))
        );
    }
}
