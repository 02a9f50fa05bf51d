//! Words of the client list, a client's pages, identity and planning.

use dossier::edit::{CareKind, ClientField, DocumentKind, Funding};

/// Title of the list.
pub fn clients() -> &'static str {
    "Cliënten"
}

/// Search box of the list.
pub fn search() -> &'static str {
    "Zoek cliënt"
}

/// What can be searched for.
pub fn search_hint() -> &'static str {
    "Naam, postcode, plaats of geboortedatum"
}

/// Group of filters.
pub fn show() -> &'static str {
    "Toon"
}

/// Filter: changed or visited last.
pub fn recent() -> &'static str {
    "Recent"
}

/// Filter, and card: something to complete.
pub fn attention() -> &'static str {
    "Let op"
}

/// Filter: all by name.
pub fn all() -> &'static str {
    "Alle"
}

/// Filter: care ended.
pub fn closed() -> &'static str {
    "Afgesloten"
}

/// Opens the form.
pub fn new_client() -> &'static str {
    "Nieuwe cliënt"
}

/// Empty list.
pub fn no_clients() -> &'static str {
    "Je hebt nog geen cliënten. Voeg je eerste cliënt toe."
}

/// Nothing matches the search.
pub fn no_match() -> &'static str {
    "Geen cliënt gevonden. Probeer een deel van de naam of de postcode."
}

/// No client needs attention.
pub fn none_with_attention() -> &'static str {
    "Bij geen cliënt is iets aan te vullen."
}

/// Ending care comes later.
pub fn none_closed() -> &'static str {
    "Er zijn geen afgesloten dossiers."
}

/// Number of results, read out.
pub fn count(count: usize) -> String {
    match count {
        1 => "1 cliënt".into(),
        count => format!("{count} cliënten"),
    }
}

/// Why a client matched when it is not the name.
pub fn found_in(field: ClientField) -> String {
    format!("Gevonden in: {}", field_label(field).to_lowercase())
}

/// Mark in a row: the identity is not established.
pub fn identity_mark() -> &'static str {
    "Identiteit"
}

/// Names of the form's fields.
pub fn field_label(field: ClientField) -> &'static str {
    match field {
        ClientField::FirstName => "Voornaam",
        ClientField::Infix => "Tussenvoegsel",
        ClientField::LastName => "Achternaam",
        ClientField::BirthDate => "Geboortedatum",
        ClientField::Street => "Straat en huisnummer",
        ClientField::Postcode => "Postcode",
        ClientField::Place => "Plaats",
        ClientField::Phone => "Telefoonnummer",
        ClientField::RequestedOn => "Aanvraagdatum zorg",
        ClientField::StartsOn => "Startdatum zorg",
        ClientField::Funding => "Financiering",
    }
}

/// Hint at the birth date.
pub fn birth_date_hint() -> &'static str {
    "Bijvoorbeeld 3-2-1934. Weet je alleen het jaar? Typ dan 1934."
}

/// Hint at other dates.
pub fn date_hint() -> &'static str {
    "Bijvoorbeeld 21-11-2026"
}

/// Hint at the request date (A22).
pub fn requested_hint() -> &'static str {
    "Vanaf deze dag heb je zes weken voor het zorgplan."
}

/// Group heading: who.
pub fn person() -> &'static str {
    "Persoon"
}

/// Group heading: where.
pub fn address() -> &'static str {
    "Adres en telefoon"
}

/// Group heading: care.
pub fn care() -> &'static str {
    "Zorg"
}

/// Who pays.
pub fn funding() -> &'static str {
    "Financiering"
}

/// Hint at funding (B7, B9).
pub fn funding_hint() -> &'static str {
    "Kies alles wat klopt. Alleen bij Zvw of Wlz leg je het BSN vast."
}

/// One source.
pub fn funding_name(funding: Funding) -> &'static str {
    match funding {
        Funding::Zvw => "Zvw",
        Funding::Wlz => "Wlz",
        Funding::Wmo => "Wmo",
        Funding::Jeugdwet => "Jeugdwet",
        Funding::Private => "Particulier",
        Funding::Other => "Anders",
    }
}

/// Personal budget.
pub fn personal_budget() -> &'static str {
    "Via pgb"
}

/// Kinds of care.
pub fn care_kind() -> &'static str {
    "Soort zorg"
}

/// One kind.
pub fn care_kind_name(kind: CareKind) -> &'static str {
    match kind {
        CareKind::Nursing => "Verpleging",
        CareKind::PersonalCare => "Verzorging",
        CareKind::Support => "Begeleiding",
        CareKind::Household => "Huishouden",
        CareKind::Maternity => "Kraamzorg",
    }
}

/// The number.
pub fn bsn() -> &'static str {
    "Burgerservicenummer (BSN)"
}

/// Hint at the number.
pub fn bsn_hint() -> &'static str {
    "9 cijfers, zoals op het identiteitsbewijs"
}

/// Shows it.
pub fn show_bsn() -> &'static str {
    "BSN tonen"
}

/// Covers it again.
pub fn hide_bsn() -> &'static str {
    "BSN verbergen"
}

/// No BSN may be held.
pub fn bsn_not_held() -> &'static str {
    "Niet vastgelegd. Dat mag alleen bij Zvw of Wlz."
}

/// Changes it.
pub fn change_bsn() -> &'static str {
    "BSN wijzigen"
}

/// Saves the form.
pub fn save_client() -> &'static str {
    "Cliënt opslaan"
}

/// Saves a changed field.
pub fn save() -> &'static str {
    "Opslaan"
}

/// Saves changed funding.
pub fn save_funding() -> &'static str {
    "Financiering opslaan"
}

/// Name of the button at one row.
pub fn change_name(label: &str) -> String {
    format!("Wijzig {}", label.to_lowercase())
}

/// Heading of the dialog at one row.
pub fn change_title(label: &str) -> String {
    format!("{label} wijzigen")
}

/// Generic name of a client's screens, for the tab.
pub fn screen() -> &'static str {
    "Cliënt"
}

/// Back to the list.
pub fn back_to_list() -> &'static str {
    "Terug naar cliënten"
}

/// The sections.
pub fn sections() -> &'static str {
    "Onderdelen"
}

/// Section.
pub fn overview() -> &'static str {
    "Overzicht"
}

/// Section.
pub fn visits() -> &'static str {
    "Bezoeken"
}

/// Section.
pub fn details() -> &'static str {
    "Gegevens"
}

/// Section.
pub fn planning() -> &'static str {
    "Planning"
}

/// Section.
pub fn history() -> &'static str {
    "Geschiedenis"
}

/// Begins a visit.
pub fn new_visit() -> &'static str {
    "Nieuw bezoek"
}

/// Card of the newest visits.
pub fn last_visits() -> &'static str {
    "Laatste bezoeken"
}

/// Link below them.
pub fn all_visits() -> &'static str {
    "Alle bezoeken"
}

/// No visit yet.
pub fn no_visits() -> &'static str {
    "Nog geen bezoeken."
}

/// No visit in this year.
pub fn no_visits_in(year: u16) -> String {
    format!("Geen bezoeken in {year}.")
}

/// Choice of a year.
pub fn year() -> &'static str {
    "Jaar"
}

/// Corrections and additions of a visit.
pub fn amended(count: u32) -> String {
    match count {
        1 => "1 correctie of aanvulling".into(),
        count => format!("{count} correcties of aanvullingen"),
    }
}

/// Card with address and telephone.
pub fn reach() -> &'static str {
    "Bereiken"
}

/// Telephone link.
pub fn call() -> &'static str {
    "Bellen"
}

/// Maps link.
pub fn route() -> &'static str {
    "Route"
}

/// What the maps link does (A19).
pub fn route_hint() -> &'static str {
    "Route opent je kaarten-app. Die krijgt het adres, niet de naam."
}

/// Nothing to reach by.
pub fn no_reach() -> &'static str {
    "Geen adres of telefoonnummer bekend."
}

/// Planned visits in a card.
pub fn planned_visits() -> &'static str {
    "Geplande bezoeken"
}

/// Nothing planned.
pub fn nothing_planned() -> &'static str {
    "Geen vaste bezoeken gepland."
}

/// Care plan clock (A22).
pub fn plan_deadline(date: &str) -> String {
    format!("Zorgplan uiterlijk {date}")
}

/// When the dossier was opened (B1).
pub fn opened_on(date: &str) -> String {
    format!("Dossier geopend op {date}")
}

/// Pieces that cannot be read.
pub fn unreadable() -> &'static str {
    "Eén stuk van het dossier kan niet gelezen worden. De rest werkt."
}

/// An empty value in a list.
pub fn not_filled_in() -> &'static str {
    "Niet ingevuld"
}

/// Opens earlier values.
pub fn show_earlier(label: &str) -> String {
    format!("Eerder: {}", label.to_lowercase())
}

/// One earlier value.
pub fn earlier(value: &str, date: &str, author: &str) -> String {
    let value = if value.is_empty() {
        "niet ingevuld"
    } else {
        value
    };
    format!("{value} (tot {date}, gewijzigd door {author})")
}

/// One change as a sentence.
pub fn changed(author: &str, label: &str, from: &str, to: &str) -> String {
    let shown = |text: &str| {
        if text.is_empty() {
            "niet ingevuld".to_owned()
        } else {
            text.to_owned()
        }
    };
    format!(
        "{author} wijzigde {label} van {} in {}",
        shown(from),
        shown(to)
    )
}

/// No change yet.
pub fn no_history() -> &'static str {
    "Er is nog niets gewijzigd."
}

/// Identity heading.
pub fn identity() -> &'static str {
    "Identiteit"
}

/// The dialog.
pub fn establish_identity() -> &'static str {
    "Identiteit vaststellen"
}

/// How it was established.
pub fn established_on(date: &str) -> String {
    format!("Identiteit vastgesteld op {date}")
}

/// The time that goes with [`established_on`].
pub fn established_at(time: &str) -> String {
    format!("om {time}")
}

/// Not yet established.
pub fn not_established() -> &'static str {
    "Nog niet vastgesteld"
}

/// Put off with a reason.
pub fn deferred(reason: &str) -> String {
    format!("Later vaststellen: {reason}")
}

/// Field.
pub fn document_kind() -> &'static str {
    "Soort document"
}

/// One kind.
pub fn document_name(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Passport => "Paspoort",
        DocumentKind::IdentityCard => "Identiteitskaart",
        DocumentKind::DrivingLicence => "Rijbewijs",
        DocumentKind::ResidencePermit => "Vreemdelingendocument",
    }
}

/// Field.
pub fn document_number() -> &'static str {
    "Documentnummer"
}

/// Field.
pub fn identity_date() -> &'static str {
    "Datum vastgesteld"
}

/// Field.
pub fn identity_time() -> &'static str {
    "Tijd vastgesteld"
}

/// Field.
pub fn bsn_compared() -> &'static str {
    "BSN vergeleken met het document"
}

/// No picture of the document is made.
pub fn no_copy() -> &'static str {
    "Maak geen foto of kopie van het document. Dat mag niet."
}

/// Saves it.
pub fn save_identity() -> &'static str {
    "Identiteit vastleggen"
}

/// The acute way out.
pub fn acute() -> &'static str {
    "Acute zorg: later vaststellen"
}

/// Why not now.
pub fn why_not_now() -> &'static str {
    "Waarom kan het nu niet?"
}

/// Saves the acute way out.
pub fn establish_later() -> &'static str {
    "Later vaststellen"
}

/// Days of a planning.
pub fn days() -> &'static str {
    "Dagen"
}

/// Field.
pub fn time() -> &'static str {
    "Tijd"
}

/// Below a long list of clients.
pub fn more_clients() -> &'static str {
    "Toon meer cliënten"
}

/// Below a long list of days with visits.
pub fn more_visits() -> &'static str {
    "Toon meer bezoeken"
}

/// Hint at a time.
pub fn time_hint() -> &'static str {
    "Bijvoorbeeld 9:30"
}

/// Field.
pub fn minutes() -> &'static str {
    "Duur in minuten"
}

/// Hint at it, beside the hint at a time.
pub fn minutes_hint() -> &'static str {
    "Bijvoorbeeld 45"
}

/// Field.
pub fn from() -> &'static str {
    "Vanaf"
}

/// Field.
pub fn until() -> &'static str {
    "Tot"
}

/// Opens the form.
pub fn plan_visit() -> &'static str {
    "Bezoek plannen"
}

/// Saves it.
pub fn save_planning() -> &'static str {
    "Planning opslaan"
}

/// Ends a planning.
pub fn stop_planning() -> &'static str {
    "Planning stoppen"
}

/// Days and time of one planning.
pub fn planning_line(days: &str, time: &str, minutes: u16) -> String {
    format!("{days} om {time}, {minutes} minuten")
}

/// Term of one planning.
pub fn planning_term(from: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => format!("Van {from} tot en met {until}"),
        None => format!("Vanaf {from}"),
    }
}
