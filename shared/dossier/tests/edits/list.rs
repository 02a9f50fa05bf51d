//! The client list: search, filters and order.

use dossier::edit::ClientField;
use dossier::id::ClientId;
use dossier::project::{Filter, search};
use dossier::view::ClientRow;

use super::world::ms;

fn row(number: u8, first: &str, infix: &str, last: &str, birth: &str) -> ClientRow {
    ClientRow {
        id: ClientId([number; 16]),
        first_name: first.to_owned(),
        infix: infix.to_owned(),
        last_name: last.to_owned(),
        birth_date: birth.to_owned(),
        street: format!("Dorpsstraat {number}"),
        postcode: "1234 AB".to_owned(),
        place: "Zwolle".to_owned(),
        phone: format!("+316000000{number:02}"),
        is_identity_missing: number == 2,
        conflict_count: 0,
        identity_deferred: None,
        last_visit_at: (number == 1).then_some(900),
        changed_at: i64::from(number) * 100,
        core_changed_at: None,
        planning: Vec::new(),
        answered: Vec::new(),
    }
}

fn rows() -> Vec<ClientRow> {
    vec![
        row(1, "Zoë", "", "Jansen", "1934-02-01"),
        row(2, "Anna", "van der", "Jansen", "1950"),
        row(3, "Çelik", "", "Özdemir", "1934-02-01"),
        row(4, "Gerrit", "'t", "Hart", "1960-12-31"),
    ]
}

fn found(query: &str, filter: Filter) -> Vec<(u8, Option<ClientField>)> {
    let now_ms = ms("2026-11-22T14:00:00+01:00");
    search(&rows(), query, filter, now_ms)
        .into_iter()
        .map(|hit| (hit.row.id.0[0], hit.why))
        .collect()
}

#[test]
fn an_empty_query_lists_by_name() {
    assert_eq!(
        found("", Filter::All),
        [(4, None), (2, None), (1, None), (3, None)]
    );
    assert_eq!(found(" ", Filter::Attention), [(2, None)]);
    assert_eq!(found("", Filter::Closed), []);
    assert_eq!(
        found("", Filter::Recent),
        [(1, None), (4, None), (3, None), (2, None)]
    );
}

#[test]
fn any_word_start_is_found_without_regard_to_diacritics() {
    assert_eq!(found("zoe", Filter::All), [(1, None)]);
    assert_eq!(found("ozd cel", Filter::All), [(3, None)]);
    assert_eq!(found("JANSEN an", Filter::All), [(2, None)]);
    assert_eq!(found("ansen", Filter::All), []);
}

#[test]
fn another_reason_than_the_name_is_told() {
    assert_eq!(
        found("1-2-1934", Filter::All),
        [
            (1, Some(ClientField::BirthDate)),
            (3, Some(ClientField::BirthDate))
        ]
    );
    assert_eq!(
        found("zwolle hart", Filter::All),
        [(4, Some(ClientField::Place))]
    );
    assert_eq!(
        found("1234ab zoe", Filter::All),
        [(1, Some(ClientField::Postcode))]
    );
    assert_eq!(
        found("0600000004", Filter::All),
        [(4, Some(ClientField::Phone))]
    );
}

#[test]
fn recent_is_at_most_twenty() {
    let many: Vec<ClientRow> = (0..30)
        .map(|number| row(number, "A", "", "B", "1950"))
        .collect();
    assert_eq!(search(&many, "", Filter::Recent, 0).len(), 20);
    assert_eq!(search(&many, "", Filter::All, 0).len(), 30);
}
