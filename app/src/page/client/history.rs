//! **Geschiedenis**: who changed what, as sentences, newest first; each can be taken back while nothing followed.

use std::sync::Arc;

use dossier::calendar;
use dossier::edit::ClientField;
use dossier::view::{ClientView, Earlier};
use leptos::prelude::*;

use super::layout::{ClientLayout, Section};
use crate::page::session::use_session;
use crate::ui::{Button, ButtonKind, EmptyState, Glyph};
use crate::words;

/// The screen.
#[component]
pub fn HistoryPage() -> impl IntoView {
    view! { <ClientLayout section=Section::History view=|client| history(client).into_any() /> }
}

struct Change {
    field: ClientField,
    from: String,
    to: String,
    entry: Earlier,
    is_last: bool,
}

fn history(client: Arc<ClientView>) -> impl IntoView {
    let session = use_session();
    let id = client.row.id;
    let changes = changes(&client);
    let is_empty = changes.is_empty();
    let rows = changes
        .into_iter()
        .map(|change| {
            let label = words::client::field_label(change.field);
            let sentence =
                words::client::changed(&change.entry.author, label, &change.from, &change.to);
            let when = moment(change.entry.changed_at);
            let entry = change.entry.change;
            view! {
                <li class="p-entry" data-testid="history-line">
                    <p>{sentence}" · "{when}</p>
                    {change
                        .is_last
                        .then(|| {
                            view! {
                                <Button
                                    kind=ButtonKind::Quiet
                                    icon=Glyph::Undo
                                    on_press=move || {
                                        session.spawn(async move {
                                            if session.undo(id, entry).await.is_err() {
                                                session.say_done(words::shell::undo_failed());
                                            }
                                        })
                                    }
                                >
                                    {words::common::undo()}
                                    <span class="u-hidden">": "{label}</span>
                                </Button>
                            }
                        })}
                </li>
            }
        })
        .collect_view();
    view! {
        <h2>{words::client::history()}</h2>
        <p class="u-meta">{words::client::opened_on(&date_of(client.opened_at))}</p>
        {if is_empty {
            view! { <EmptyState text=words::client::no_history() icon=Glyph::Clock /> }.into_any()
        } else {
            view! { <ul class="l-stack" role="list">{rows}</ul> }.into_any()
        }}
    }
}

/// All changes of all fields, newest first. A change replaced its own value by the next newer one.
fn changes(client: &ClientView) -> Vec<Change> {
    let mut changes = Vec::new();
    let funding = client
        .funding
        .iter()
        .map(|one| words::client::funding_name(*one))
        .collect::<Vec<_>>()
        .join(", ");
    let all = client
        .fields
        .iter()
        .map(|field| (field.field, field.value.clone(), &field.earlier));
    for (field, value, earlier) in
        all.chain([(ClientField::Funding, funding, &client.funding_earlier)])
    {
        let mut to = value;
        for (place, entry) in earlier.iter().enumerate() {
            let from = super::details::shown(field, &entry.value);
            let next = super::details::shown(field, &to);
            changes.push(Change {
                field,
                from,
                to: next,
                entry: entry.clone(),
                is_last: place == 0,
            });
            to.clone_from(&entry.value);
        }
    }
    changes.sort_by_key(|change| std::cmp::Reverse(change.entry.changed_at));
    changes
}

/// Local date and time of a moment.
pub fn moment(ms: i64) -> String {
    calendar::rfc3339(ms)
        .map(|text| words::date::moment(&text))
        .unwrap_or_default()
}

fn date_of(ms: i64) -> String {
    calendar::rfc3339(ms)
        .map(|text| words::date::short(words::date::date_of(&text)))
        .unwrap_or_default()
}
