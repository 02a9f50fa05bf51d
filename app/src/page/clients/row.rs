//! One client in a list: told apart by first name, birth date and place.

use dossier::project::client_name;
use dossier::view::{ClientHit, ClientRow};
use leptos::prelude::*;

use crate::ui::{Badge, ListRow, NoticeKind};
use crate::words;

/// Birth date and place: what tells two people of one name apart.
pub fn row_meta(row: &ClientRow) -> String {
    let born = words::date::short(&row.birth_date);
    match row.place.as_str() {
        "" => born,
        place => format!("{born}, {place}"),
    }
}

/// The row; its link is named by name, birth date and place.
#[component]
pub fn ClientLink(
    /// The client, and why it was found.
    hit: ClientHit,
    /// Where it goes.
    href: String,
    /// This client is on screen.
    #[prop(optional, into)]
    current: Signal<bool>,
) -> impl IntoView {
    let why = hit.why.map(words::client::found_in);
    let is_identity_missing = hit.row.is_identity_missing;
    let has_conflict = hit.row.has_conflict();
    view! {
        <ListRow href title=client_name(&hit.row) meta=row_meta(&hit.row) current>
            {why.map(|why| view! { <span class="u-quiet" data-testid="search-why">{why}</span> })}
            {has_conflict
                .then(|| {
                    view! {
                        <Badge kind=NoticeKind::Conflict testid="conflict-mark">
                            {words::conflict::mark()}
                        </Badge>
                    }
                })}
            {is_identity_missing
                .then(|| {
                    view! { <Badge kind=NoticeKind::Warning>{words::client::identity_mark()}</Badge> }
                })}
        </ListRow>
    }
}
