//! **Geschiedenis**: who changed what, as sentences, newest first; each can be taken back while nothing followed.

use std::sync::Arc;

use dossier::calendar;
use dossier::edit::ClientField;
use dossier::view::{ClientView, ConflictAbout, Earlier};
use leptos::prelude::*;

use super::layout::{ClientLayout, Section};
use crate::page::answers::Questions;
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
    entry: Earlier,
    can_undo: bool,
}

impl Change {
    fn sentence(&self) -> String {
        let label = words::client::field_label(self.field);
        let author = &self.entry.author;
        let aside = super::details::put_aside(self.field, &self.entry);
        let from = super::details::shown(self.field, &self.entry.value);
        let to = super::details::shown(self.field, &self.entry.to);
        if !aside.is_empty() {
            words::conflict::chosen(author, label, &to, &aside)
        } else if from == to {
            words::conflict::asked_again(author, label)
        } else {
            words::client::changed(author, label, &from, &to)
        }
    }
}

fn history(client: Arc<ClientView>) -> impl IntoView {
    let session = use_session();
    let id = client.row.id;
    let changes = changes(&client);
    let questions = Questions::of(client.clone()).all();
    let has_questions = !questions.is_empty();
    let has_changes = !changes.is_empty();
    let rows = changes
        .into_iter()
        .map(|change| {
            let label = words::client::field_label(change.field);
            let sentence = change.sentence();
            let when = moment(change.entry.changed_at);
            let entry = change.entry.change;
            view! {
                <li class="p-entry" data-testid="history-line">
                    <p>{sentence}" · "{when}</p>
                    {change
                        .can_undo
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
        {has_questions.then(|| view! { <div class="l-stack">{questions}</div> })}
        {if has_changes {
            view! { <ul class="l-stack" role="list">{rows}</ul> }.into_any()
        } else if has_questions {
            ().into_any()
        } else {
            view! { <EmptyState text=words::client::no_history() icon=Glyph::Clock /> }.into_any()
        }}
    }
}

/// All changes of all fields, newest first. The newest of a field can be undone, unless its value is in question.
fn changes(client: &ClientView) -> Vec<Change> {
    let funding = (ClientField::Funding, &client.funding_earlier);
    let fields = client.fields.iter().map(|of| (of.field, &of.earlier));
    let mut changes = Vec::new();
    for (field, earlier) in fields.chain([funding]) {
        let is_settled = client.answers(ConflictAbout::Field(field)).is_empty();
        for (place, entry) in earlier.iter().enumerate() {
            changes.push(Change {
                field,
                entry: entry.clone(),
                can_undo: place == 0 && is_settled,
            });
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
