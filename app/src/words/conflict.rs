//! Words of two answers: what two devices say differently of one value, and choosing between them.

use dossier::edit::ProfileField;
use dossier::view::{ConflictAbout, FundingValue, IdentityValue, PlanningValue};

use super::{client, date, practice};

/// Mark in the client's row.
pub fn mark() -> &'static str {
    "2 antwoorden"
}

/// Name of the region at a field.
pub fn region(field: &str) -> String {
    format!("Twee antwoorden: {field}")
}

/// Heading of it.
pub fn question(count: usize) -> String {
    format!("Er zijn {count} antwoorden. Welke klopt?")
}

/// Begins an answer.
pub fn number(number: usize) -> String {
    format!("Antwoord {number}")
}

/// Chooses one.
pub fn choose(number: usize) -> String {
    format!("Antwoord {number} kiezen")
}

/// Neither is right.
pub fn something_else() -> &'static str {
    "Iets anders invullen"
}

/// Field for what is right then.
pub fn other() -> &'static str {
    "Ander antwoord"
}

/// Keeps it.
pub fn save_other() -> &'static str {
    "Bewaren"
}

/// The answer that stands in the dossier until one is chosen.
pub fn is_shown() -> &'static str {
    "Dit staat nu in het dossier."
}

/// An answer that breaks a rule beside what is held.
pub fn cannot_be_chosen() -> &'static str {
    "Dit past niet bij het BSN dat is vastgelegd. Vul iets anders in."
}

/// The answers changed between reading and choosing.
pub fn is_gone() -> &'static str {
    "Dit antwoord is er niet meer. Kijk opnieuw welk antwoord klopt."
}

/// Shows the BSN of one answer.
pub fn show_bsn(number: usize) -> String {
    format!("BSN van antwoord {number} tonen")
}

/// Covers it again.
pub fn hide_bsn(number: usize) -> String {
    format!("BSN van antwoord {number} verbergen")
}

/// Who gave an answer, on which device and when, as far as is known.
pub fn given(author: &str, device: Option<&str>, moment: Option<&str>) -> String {
    let author = if author.is_empty() {
        "Niet bekend wie"
    } else {
        author
    };
    [Some(author), device, moment]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Link to the first question about a client.
pub fn go_to(field: &str) -> String {
    format!("Kies wat klopt: {field}")
}

/// Link to all of them.
pub fn all(count: usize) -> String {
    format!("Alle {count} vragen")
}

/// What a question is about.
pub fn about(about: ConflictAbout) -> &'static str {
    match about {
        ConflictAbout::Field(field) => client::field_label(field),
        ConflictAbout::Bsn => client::bsn(),
        ConflictAbout::Identity => client::identity(),
        ConflictAbout::Planning(_) => client::planning(),
    }
}

/// What a question about the caregiver is about.
pub fn profile(field: ProfileField) -> &'static str {
    match field {
        ProfileField::Name => practice::name(),
        ProfileField::Profession => practice::profession_label(),
        ProfileField::Agb => practice::agb(),
        ProfileField::AgbPractice => practice::agb_practice(),
    }
}

/// Who pays, and for what.
pub fn funding(value: &FundingValue) -> String {
    let sources = value.funding.iter().map(|one| client::funding_name(*one));
    let budget = value.is_personal_budget.then(client::personal_budget);
    let care = value
        .care_kinds
        .iter()
        .map(|one| client::care_kind_name(*one));
    let words: Vec<_> = sources.chain(budget).chain(care).collect();
    filled_in(&words.join(", ")).to_owned()
}

/// The document by which the identity was established, and when.
pub fn identity(value: &IdentityValue) -> String {
    format!(
        "{} {}\n{} {}",
        client::document_name(value.document_kind),
        value.document_number,
        client::established_on(&date::short(&value.date)),
        client::established_at(&value.time),
    )
}

/// When visits are planned; `line` says on which days and at what time.
pub fn planning(line: &str, value: &PlanningValue) -> String {
    let until = value.until.as_deref().map(date::short);
    let term = client::planning_term(&date::short(&value.from), until.as_deref());
    match &value.ended {
        Some(ended) => format!("{line}\n{term}\nGestopt op {}", date::short(ended)),
        None => format!("{line}\n{term}"),
    }
}

/// A value of several lines within a sentence.
pub fn in_a_line(value: &str) -> String {
    value.replace('\n', ", ")
}

/// The text, or that there is none.
pub fn filled_in(text: &str) -> &str {
    if text.is_empty() {
        client::not_filled_in()
    } else {
        text
    }
}

/// A choice as a sentence of the history.
pub fn chosen(author: &str, field: &str, to: &str, aside: &[String]) -> String {
    let aside: Vec<_> = aside.iter().map(|one| filled_in(one)).collect();
    format!(
        "{author} koos bij {field}: {}. Niet gekozen: {}",
        filled_in(to),
        aside.join(", ")
    )
}

/// A choice was taken back.
pub fn asked_again(author: &str, field: &str) -> String {
    format!("{author} maakte de keuze bij {field} ongedaan")
}

/// An answer that was not chosen, among the earlier values.
pub fn put_aside(value: &str, moment: &str, author: &str) -> String {
    format!(
        "{} (niet gekozen op {moment} door {author})",
        filled_in(value)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier::edit::{CareKind, DocumentKind, Funding};

    #[test]
    fn what_is_not_known_of_an_answer_is_left_out() {
        let whole = given("Anna de Wit", Some("Laptop"), Some("22-11-2026 09:30"));
        assert_eq!(whole, "Anna de Wit · Laptop · 22-11-2026 09:30");
        assert_eq!(given("Anna de Wit", None, None), "Anna de Wit");
        assert_eq!(given("", Some("Laptop"), None), "Niet bekend wie · Laptop");
    }

    #[test]
    fn answers_of_more_parts_are_read_whole() {
        let paid = FundingValue {
            funding: vec![Funding::Wmo],
            is_personal_budget: true,
            care_kinds: vec![CareKind::Support],
        };
        assert_eq!(funding(&paid), "Wmo, Via pgb, Begeleiding");
        let document = IdentityValue {
            document_kind: DocumentKind::Passport,
            document_number: "NX1234567".into(),
            date: "2026-11-21".into(),
            time: "09:30".into(),
        };
        assert_eq!(
            identity(&document),
            "Paspoort NX1234567\nIdentiteit vastgesteld op 21-11-2026 om 09:30"
        );
        assert_eq!(
            in_a_line(&identity(&document)),
            "Paspoort NX1234567, Identiteit vastgesteld op 21-11-2026 om 09:30"
        );
        let mut plan = PlanningValue {
            weekdays: vec![1],
            time: "09:30".into(),
            minutes: 45,
            from: "2026-11-02".into(),
            until: None,
            ended: None,
        };
        assert_eq!(planning("Maandag", &plan), "Maandag\nVanaf 02-11-2026");
        plan.ended = Some("2026-11-20".into());
        assert_eq!(
            planning("Maandag", &plan),
            "Maandag\nVanaf 02-11-2026\nGestopt op 20-11-2026"
        );
    }

    #[test]
    fn a_choice_says_what_was_put_aside_even_when_that_was_empty() {
        assert_eq!(
            chosen("Anna", "Plaats", "Zwolle", &[String::new()]),
            "Anna koos bij Plaats: Zwolle. Niet gekozen: Niet ingevuld"
        );
    }
}
