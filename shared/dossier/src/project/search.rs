//! The client list: filtered, searched while typing, and sorted.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::calendar;
use crate::edit::ClientField;
use crate::value::birth::BirthDate;
use crate::value::name::sort_key;
use crate::value::search::{Entry, Field, Query, matches};
use crate::view::{ClientHit, ClientRow};

/// Most clients under [`Filter::Recent`].
const RECENT_MAX: usize = 20;

/// Which clients a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Filter {
    /// Changed or visited last, at most 20, newest first.
    Recent,
    /// With something to complete.
    Attention,
    /// All by name.
    #[default]
    All,
    /// Care ended; none yet, because care cannot be ended in this version.
    Closed,
}

/// The clients that match, with the reason when it is not the name. An empty query matches all.
#[must_use]
pub fn search(rows: &[ClientRow], query: &str, filter: Filter, now_ms: i64) -> Vec<ClientHit> {
    let today = calendar::today(now_ms).unwrap_or(Date::ZERO);
    let query = Query::parse(query, today);
    let mut found: Vec<(&ClientRow, Option<ClientField>)> = rows
        .iter()
        .filter(|row| is_shown(row, filter))
        .filter_map(|row| match query.is_empty() {
            true => Some((row, None)),
            false => matches(&query, &entry(row)).map(|fields| (row, why(&fields))),
        })
        .collect();
    if filter == Filter::Recent {
        found.sort_unstable_by_key(|(row, _)| {
            (
                std::cmp::Reverse(row.last_visit_at.max(Some(row.changed_at))),
                row.id,
            )
        });
        found.truncate(RECENT_MAX);
    } else {
        found.sort_by_cached_key(|(row, _)| {
            (
                sort_key(&row.first_name, &row.infix, &row.last_name),
                row.birth_date.clone(),
                row.id,
            )
        });
    }
    found
        .into_iter()
        .map(|(row, why)| ClientHit {
            row: row.clone(),
            why,
        })
        .collect()
}

fn is_shown(row: &ClientRow, filter: Filter) -> bool {
    match filter {
        Filter::Recent | Filter::All => true,
        Filter::Attention => row.is_identity_missing || row.has_conflict(),
        Filter::Closed => false,
    }
}

fn entry(row: &ClientRow) -> Entry {
    let mut entry = Entry::default()
        .with_text(Field::Name, &row.first_name)
        .with_text(Field::Name, &row.infix)
        .with_text(Field::Name, &row.last_name)
        .with_text(Field::Street, &row.street)
        .with_text(Field::Place, &row.place);
    if let Ok(birth) = BirthDate::from_stored(&row.birth_date) {
        entry = entry.with_birth_date(birth);
    }
    if !row.postcode.is_empty() {
        entry = entry.with_postcode(&row.postcode);
    }
    if !row.phone.is_empty() {
        entry = entry.with_phone(&row.phone);
    }
    entry
}

fn why(fields: &BTreeSet<Field>) -> Option<ClientField> {
    let first = fields.iter().find(|field| **field != Field::Name)?;
    Some(match first {
        Field::Name => return None,
        Field::BirthDate => ClientField::BirthDate,
        Field::Postcode => ClientField::Postcode,
        Field::Street => ClientField::Street,
        Field::Place => ClientField::Place,
        Field::Phone => ClientField::Phone,
    })
}
